"""Runs held against each other: do replicates agree, do dilutions agree, how much is in the blank."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import (
    BlankRow,
    ComparisonFinding,
    DilutionRow,
    ReplicateRow,
    RunSize,
    SampleSize,
    SizeFinding,
)
from vesicle.inference.intervals import coefficient_of_variation, envelope
from vesicle.measurements import SizeRun
from vesicle.results import Estimate, Evidence, NotAssessed, Provenance, Quantity, exact
from vesicle.vesicles.samples import SENSED, compare_settings, once_each

MIN_VIDEOS = 2


def compare_runs(inputs: Inputs) -> ComparisonFinding:
    """Replicates, dilutions and blanks of every sample.

    Parameters
    ----------
    inputs : Inputs
        With the sizes of all runs.

    Returns
    -------
    ComparisonFinding
        One row per sample; a row says why where there is nothing to compare.
    """
    sizes = inputs.finding(SizeFinding)
    if isinstance(sizes, NotAssessed):
        return ComparisonFinding()
    groups = {sample.sample: _runs_of(sizes, sample) for sample in sizes.samples}
    blanks = once_each(sizes.of_role("buffer blank"))
    return ComparisonFinding(
        replicates=tuple(_replicates(name, runs) for name, runs in groups.items()),
        dilutions=tuple(_dilutions(name, runs) for name, runs in groups.items()),
        blanks=_blank_rows(sizes, groups, blanks),
        has_medium_control=bool(sizes.of_role("unconditioned medium")),
        provenance=Provenance(files=sizes.provenance.files, method="stock values; blanks as measured"),
    )


def _runs_of(sizes: SizeFinding, sample: SampleSize) -> list[RunSize]:
    return [size for size in once_each(sizes.runs_of(sample.sample)) if size.run.stem in sample.runs]


def _evidence(runs: Sequence[RunSize]) -> tuple[Evidence, ...]:
    return tuple(Evidence(file=size.run.files[0].path) for size in runs)


def _replicates(sample: str, runs: list[RunSize]) -> ReplicateRow:
    alike = _most_common_dilution(runs)
    values = [q.value for size in alike if isinstance(q := _level(size), Estimate)]
    kind, used = "runs", alike
    if len(values) < len(_videos(runs)):
        kind, used, values = "videos", runs[:1], _videos(runs)
    row_settings = compare_settings([size.run for size in used])
    differing = tuple(row.name for row in row_settings if row.differs and row.name not in SENSED)
    return ReplicateRow(
        sample=sample,
        kind=kind,
        values_per_ml=tuple(values),
        cv_percent=_cv(values, kind),
        differing=differing or _video_settings(used if kind == "videos" else []),
        evidence=_evidence(used),
    )


def _level(size: RunSize) -> Quantity:
    """The stock value, or the measured one where no run of the sample states its dilution."""
    if isinstance(size.concentration_per_ml, Estimate):
        return size.concentration_per_ml
    return size.measured_per_ml


def _most_common_dilution(runs: list[RunSize]) -> list[RunSize]:
    by_dilution: dict[float | None, list[RunSize]] = defaultdict(list)
    for size in runs:
        by_dilution[size.run.dilution.factor].append(size)
    return max(by_dilution.values(), key=len, default=[])


def _videos(runs: list[RunSize]) -> list[float]:
    if len(runs) != 1 or _is_combined(runs[0].run):
        return []
    printed = (video.vendor.concentration_per_ml for video in runs[0].run.per_video)
    return [value for value in printed if value is not None]


def _is_combined(run: SizeRun) -> bool:
    return any(warning.code == "combined_experiments" for warning in run.warnings)


def _video_settings(runs: Sequence[RunSize]) -> tuple[str, ...]:
    return tuple(w.message for size in runs for w in size.run.warnings if w.code == "settings_differ")


def _cv(values: Sequence[float], kind: str) -> Quantity:
    if not values:
        return NotAssessed("no run of it has a concentration")
    if len(values) < MIN_VIDEOS or sum(values) <= 0:
        return NotAssessed("one run only; there is nothing to compare it with")
    return coefficient_of_variation(values, what=kind)


def _dilutions(sample: str, runs: list[RunSize]) -> DilutionRow:
    stock: dict[float, list[float]] = defaultdict(list)
    for size in runs:
        factor, level = size.run.dilution.factor, size.concentration_per_ml
        if factor is not None and isinstance(level, Estimate) and level.value > 0:
            stock[factor].append(level.value)
    factors = tuple(sorted(stock))
    means = tuple(sum(stock[factor]) / len(stock[factor]) for factor in factors)
    return DilutionRow(
        sample=sample,
        dilutions=factors,
        stock_per_ml=means,
        ratio=_ratio(factors, means),
        evidence=_evidence(runs),
    )


def _ratio(factors: tuple[float, ...], means: tuple[float, ...]) -> Quantity:
    if not factors:
        return NotAssessed("no run states its dilution")
    if len(factors) == 1:
        return NotAssessed("one dilution only")
    ratios = [mean / means[0] for mean in means[1:]]
    furthest = max(ratios, key=lambda ratio: abs(math.log(ratio)))
    listed = ", ".join(f"{factor:g}x" for factor in factors)
    return exact(furthest, method=f"stock value relative to the lowest dilution, furthest of {listed}")


def _blank_rows(
    sizes: SizeFinding, groups: Mapping[str, list[RunSize]], blanks: Sequence[RunSize]
) -> tuple[BlankRow, ...]:
    """One row per sample; one whose instrument measured no blank names the instrument that did."""
    rows = [_blank(name, runs, blanks) for name, runs in groups.items()]
    preparation = {sample.sample: sample.preparation for sample in sizes.samples}
    judged = {preparation[row.sample]: row.sample for row in rows if isinstance(row.percent, Estimate)}
    return tuple(
        replace(row, judged_as=judged.get(preparation[row.sample], "")) if row.percent is _FOREIGN else row
        for row in rows
    )


def _blank(sample: str, runs: list[RunSize], found: Sequence[RunSize]) -> BlankRow:
    blanks = [blank for blank in found if _is_of_one_instrument(blank, runs)]
    percent, net = _blank_numbers(runs, blanks) if blanks or not found else (_FOREIGN, _FOREIGN)
    return BlankRow(
        sample=sample,
        blank_runs=tuple(size.run.stem for size in blanks),
        percent=percent,
        net_per_ml=net,
        evidence=(*_evidence(blanks), *_evidence(runs)),
    )


_FOREIGN = NotAssessed(
    "the blank was measured on another instrument, which counts otherwise; measure it with the sample's settings"
)


def _is_of_one_instrument(blank: RunSize, runs: Sequence[RunSize]) -> bool:
    """Whether the blank may be held against the runs; an instrument that is not stated is no other one."""
    kinds = {size.measured_with for size in runs} - {""}
    if blank.measured_with and kinds and blank.measured_with not in kinds:
        return False
    named = {size.run.instrument for size in runs} - {""}
    return not blank.run.instrument or not named or blank.run.instrument in named


def _blank_numbers(runs: list[RunSize], blanks: Sequence[RunSize]) -> tuple[Quantity, Quantity]:
    missing = _why_no_blank(runs, blanks)
    if missing is not None:
        return missing, missing
    known = [measured for _, measured in _counted(blanks)]
    blank = envelope(known, what="blank runs")
    weakest = _most_diluted(runs)
    sample = envelope([measured for _, measured in _counted(weakest)], what="runs")
    share = 100 * blank.value / sample.value
    up, down = (
        math.hypot(*errors) for errors in zip(_log_errors(blank), reversed(_log_errors(sample)), strict=True)
    )
    percent = Estimate(
        value=share,
        low=share * math.exp(-down) if blank.low > 0 else 0.0,
        high=share * math.exp(up),
        n=len(known),
        method="blank over sample, both as measured (at the highest dilution); errors added on the log scale",
    )
    return percent, _net(runs, blank)


def _most_diluted(runs: list[RunSize]) -> list[RunSize]:
    """The runs of the highest dilution: the blank weighs most where the sample is thinnest."""
    counted = [size for size, _ in _counted(runs)]
    highest = max(size.run.dilution.factor or 0.0 for size in counted)
    return [size for size in counted if (size.run.dilution.factor or 0.0) == highest]


def _counted(runs: Sequence[RunSize]) -> list[tuple[RunSize, Estimate]]:
    """The runs that counted something: a run without tracks shows neither zero nor how many."""
    pairs = ((size, size.measured_per_ml) for size in runs)
    return [
        (size, measured) for size, measured in pairs if isinstance(measured, Estimate) and measured.value > 0
    ]


def _net(runs: list[RunSize], blank: Estimate) -> Quantity:
    """The stock less the blank, each run at its own dilution."""
    pairs = [
        (size.run.dilution.factor, stock)
        for size in runs
        if size.run.dilution.factor is not None and isinstance(stock := size.concentration_per_ml, Estimate)
    ]
    if not pairs:
        return NotAssessed("no run states its dilution, so the blank cannot be taken off the stock")
    stock = envelope([stock for _, stock in pairs], what="runs")
    factor = sum(factor for factor, _ in pairs) / len(pairs)
    net = stock.value - factor * blank.value
    return Estimate(
        value=net,
        low=net - math.hypot(stock.value - stock.low, factor * (blank.high - blank.value)),
        high=net + math.hypot(stock.high - stock.value, factor * (blank.value - blank.low)),
        n=len(pairs),
        method="stock minus blank times each run's dilution; half-widths added in quadrature",
    )


def _log_errors(estimate: Estimate) -> tuple[float, float]:
    """How far the interval reaches up and down on the log scale; a lower bound of 0 is taken as far as up."""
    up = math.log(estimate.high / estimate.value)
    return up, math.log(estimate.value / estimate.low) if estimate.low > 0 else up


def _why_no_blank(runs: list[RunSize], blanks: Sequence[RunSize]) -> NotAssessed | None:
    if not blanks:
        return NotAssessed("no blank in the folder; measure the diluent with the sample's settings")
    if not _counted(blanks):
        return NotAssessed(
            "the blank run kept no track, which shows neither zero particles nor how many; "
            "measure it again, longer or at more positions"
        )
    if not _counted(runs):
        return NotAssessed("the sample has no concentration to compare the blank with")
    return None


ANALYSIS = Analysis(name="comparison", needs=(SizeFinding,), gives=ComparisonFinding, run=compare_runs)
