"""From runs to samples: replicates taken together, with intervals that say how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import (
    RunSize,
    SampleSize,
    SettingRow,
    Share,
    SizeDistribution,
    SizeFinding,
    TrackingFinding,
)
from vesicle.inference.intervals import BOOTSTRAPS, envelope, mean_with_interval
from vesicle.measurements import SizeRun
from vesicle.measurements.sizing import frozen
from vesicle.results import Estimate, NotAssessed, Provenance, Quantity, Source
from vesicle.vesicles.classes import has_log_classes, in_common_classes
from vesicle.vesicles.conditions import Conditions
from vesicle.vesicles.size import summarise

FEW = 3
"""Fewer replicates than this give no interval between them (house rule)."""

_VOLATILE = ("max_jump_distance",)
"""Settings that the instrument chooses anew for each video."""

SENSED = frozenset(
    {
        "conductivity",
        "ph",
        "detection_threshold",
        "noise",
        "spot_width",
        "search_range",
        "field_hidden_at_threshold",
        "frames_per_step",
        "smoothing",
    }
)
"""What stands among the settings and was found in the liquid or the video: it varies and is no difference."""


def assess_size(inputs: Inputs) -> SizeFinding:
    """Size and number of every run and of every sample.

    Parameters
    ----------
    inputs : Inputs
        With the sizing runs among its measurements.

    Returns
    -------
    SizeFinding
        Empty when the folder holds no sizing run.
    """
    wanted = Conditions(is_water=inputs.settings.get("viscosity") == "water")
    tracked = inputs.finding(TrackingFinding)
    ours = () if isinstance(tracked, NotAssessed) else tracked.runs
    again = {size.run.files[0] for size in ours}  # exports whose positions were sized again count once
    theirs = (summarise(run, wanted) for run in inputs.all(SizeRun) if run.files[0] not in again)
    sizes = tuple(sorted((*theirs, *ours), key=_order))
    runs = [size.run for size in sizes]
    return SizeFinding(
        runs=sizes,
        samples=tuple(_samples(sizes)),
        settings=compare_settings(runs),
        provenance=_provenance(runs),
    )


def _order(size: RunSize) -> tuple[str, str, str]:
    run = size.run
    return (run.acquired or "", run.stem, run.files[0].path)


def _samples(sizes: Iterable[RunSize]) -> Iterator[SampleSize]:
    """Every preparation, once for each kind of instrument that measured it."""
    for preparation, kinds in _groups(sizes).items():
        for kind, group in kinds.items():
            name = f"{preparation} ({kind or 'other'})" if len(kinds) > 1 else preparation
            sample = _sample(name, group)
            yield replace(sample, preparation=preparation, measured_with=kind if len(kinds) > 1 else "")


def _groups(sizes: Iterable[RunSize]) -> dict[str, dict[str, list[RunSize]]]:
    groups: dict[str, dict[str, list[RunSize]]] = defaultdict(lambda: defaultdict(list))
    for size in once_each(size for size in sizes if size.run.role == "sample"):
        groups[size.run.sample][size.measured_with].append(size)
    return groups


def once_each(sizes: Iterable[RunSize]) -> list[RunSize]:
    """The runs without those that repeat the content of an earlier one: a copy is no replicate.

    Parameters
    ----------
    sizes : iterable of RunSize
        In any order.

    Returns
    -------
    list of RunSize
        In the same order.
    """
    first: dict[str, RunSize] = {}
    for size in sizes:
        first.setdefault(size.run.files[0].sha256, size)
    return list(first.values())


def _sample(name: str, group: Sequence[RunSize]) -> SampleSize:
    valid = [size for size in group if size.run.status == "ok"]
    stock = [size.concentration_per_ml for size in valid]
    return SampleSize(
        sample=name,
        runs=tuple(size.run.stem for size in valid),
        replicates=len(valid),
        mode_nm=_together(valid, lambda size: size.mode_nm),
        median_nm=_together(valid, lambda size: size.median_nm),
        mean_nm=_together(valid, lambda size: size.mean_nm),
        d10_nm=_together(valid, lambda size: size.d10_nm),
        d90_nm=_together(valid, lambda size: size.d90_nm),
        particle_mass_ug=_together(valid, lambda size: size.particle_mass_ug),
        concentration_per_ml=_together(valid, lambda size: size.concentration_per_ml),
        shares=_shares(valid),
        distribution=_distribution(valid),
        stock_per_ml=tuple(q.value for q in stock if isinstance(q, Estimate)),
    )


def _together(valid: Sequence[RunSize], pick: Callable[[RunSize], Quantity]) -> Quantity:
    found = [pick(size) for size in valid]
    known = [quantity for quantity in found if isinstance(quantity, Estimate)]
    if not found:
        return NotAssessed("no run of this sample has a result")
    if not known:
        return next(q for q in found if isinstance(q, NotAssessed))
    values = [estimate.value for estimate in known]
    # Runs that all say the same, such as none above 1000 nm, have no spread to make an interval from.
    if len(known) < FEW or len(set(values)) == 1:
        return envelope(known, what="runs")
    return mean_with_interval(values, what="runs")


def _shares(valid: Sequence[RunSize]) -> tuple[Share, ...]:
    if not valid:
        return ()
    shares = (
        (share, _together(valid, lambda size, i=i: size.shares[i].share))
        for i, share in enumerate(valid[0].shares)
    )
    return tuple(
        Share(label=share.label, low_nm=share.low_nm, high_nm=share.high_nm, share=_capped(quantity))
        for share, quantity in shares
    )


def _capped(share: Quantity) -> Quantity:
    if isinstance(share, NotAssessed):
        return share
    return Estimate(
        value=share.value, low=share.low, high=min(1.0, share.high), n=share.n, method=share.method
    )


def _distribution(valid: Sequence[RunSize]) -> SizeDistribution | NotAssessed:
    known = [size.distribution for size in valid if isinstance(size.distribution, SizeDistribution)]
    if not known:
        return NotAssessed("no run of this sample has a distribution")
    if any(not np.array_equal(known[0].edges_nm, other.edges_nm) for other in known):
        if not all(map(has_log_classes, known)):
            return NotAssessed("the runs of this sample have different size classes; see them one by one")
        known = in_common_classes(known)
    if len(known) == 1:
        return known[0]
    fractions = np.array([d.fraction for d in known])
    return SizeDistribution(
        diameter_nm=known[0].diameter_nm,
        edges_nm=known[0].edges_nm,
        fraction=frozen(fractions.mean(axis=0)),
        low=frozen(np.min([d.low for d in known], axis=0)),
        high=frozen(np.max([d.high for d in known], axis=0)),
    )


def compare_settings(runs: Sequence[SizeRun]) -> tuple[SettingRow, ...]:
    """Every instrument setting over the runs, so that a difference can be seen.

    Parameters
    ----------
    runs : sequence of SizeRun
        In the order of the columns.

    Returns
    -------
    tuple of SettingRow
        One per setting that any run states, then software and instrument.
    """
    tables = [{(item.name, item.unit): item.value for item in run.settings} for run in runs]
    named = dict.fromkeys(key for table in tables for key in table if key[0] not in _VOLATILE)
    rows = [
        SettingRow(name=name, unit=unit, values=tuple(table.get((name, unit), "") for table in tables))
        for name, unit in named
    ]
    extra = (
        ("software", "", tuple(run.software for run in runs)),
        ("instrument", "", tuple(run.instrument for run in runs)),
    )
    return (*rows, *(SettingRow(name=n, unit=u, values=v) for n, u, v in extra))


def _provenance(runs: Sequence[SizeRun]) -> Provenance:
    readers = dict.fromkeys(run.reader for run in runs)
    return Provenance(
        files=tuple(file for run in runs for file in run.files),
        reader=", ".join(readers),
        method="percentiles at class edges; intervals as named with each number",
        source=Source(text="nta_reporting.toml, nomenclature.toml", status="seen; limits house"),
        parameters=(("bootstrap resamples", str(BOOTSTRAPS)), ("seed", "0")),
    )


ANALYSIS = Analysis(name="size", needs=(SizeRun, TrackingFinding), gives=SizeFinding, run=assess_size)
