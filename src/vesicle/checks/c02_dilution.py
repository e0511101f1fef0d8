"""C02: was the concentration read right and the dilution applied exactly once?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import ComparisonFinding, DilutionRow, RunSize, SizeFinding
from vesicle.measurements import SizeRun, VendorReport
from vesicle.readers.labels import named_dilution
from vesicle.results import (
    CheckResult,
    Estimate,
    Evidence,
    NotAssessed,
    Part,
    Quantity,
    Verdict,
    exact,
    worst,
)
from vesicle.standards import CheckStandard


def judge(inputs: Inputs) -> CheckResult:
    """Whether each stock concentration rests on one dilution, and dilutions agree.

    Parameters
    ----------
    inputs : Inputs
        With sizes and comparisons.

    Returns
    -------
    CheckResult
        One part per run with a result, and one per sample measured at several dilutions.
    """
    standard, sizes = inputs.limits["C02"], inputs.finding(SizeFinding)
    runs = (
        [] if isinstance(sizes, NotAssessed) else [s for s in sizes.of_role("sample") if s.run.status == "ok"]
    )
    if not runs:
        return not_assessed(standard, "no tracking run with a result in the folder")
    comparison = inputs.finding(ComparisonFinding)
    rows = comparison.dilutions if isinstance(comparison, ComparisonFinding) else ()
    several = [row for row in rows if len(row.dilutions) > 1]
    parts = (
        *(judge_run(size, standard) for size in runs),
        *(judge_agreement(row, standard) for row in several),
    )
    verdict, reason = overall(parts)
    if not several:
        reason = "; ".join(
            filter(None, (reason, "agreement between dilutions not assessed: one dilution only"))
        )
    value, unit = deciding_value(parts), "% of the instrument's own concentration"
    if several:
        value, unit = several[0].ratio, "stock value, one dilution over the other"
    return result(standard, verdict, value, unit=unit, reason=reason, parts=parts)


def judge_run(size: RunSize, standard: CheckStandard) -> Part:
    """Whether one run's stock concentration rests on one dilution and a table that was read right.

    Parameters
    ----------
    size : RunSize
        A run with a result.
    standard : CheckStandard
        C02 with the limits in force.

    Returns
    -------
    Part
        Its value is the table's sum over the instrument's own mean, in per cent.
    """
    run = size.run
    share = _COUNTED_HERE if size.estimate is not None else table_over_instrument(run)
    found = [*_known(size), *_sum(run, share, standard), *_statements(run)]
    return Part(
        subject=run.stem,
        verdict=worst(verdict for verdict, _ in found),
        value=share,
        unit="% of the instrument's own concentration",
        reason="; ".join(reason for _, reason in found if reason),
        evidence=_evidence(run),
    )


_COUNTED_HERE = NotAssessed("the particles were counted here, so there is no table that could be misread")


def _known(size: RunSize) -> Iterator[tuple[Verdict, str]]:
    run, measured = size.run, size.measured_per_ml
    if size.estimate is not None and isinstance(measured, NotAssessed):
        yield Verdict.NOT_ASSESSED, measured.reason
    elif size.estimate is None and run.measured_per_ml is None:
        yield Verdict.NOT_ASSESSED, "the file states no concentration"
    elif run.dilution.factor is None:
        yield Verdict.NOT_ASSESSED, "the dilution is not recorded"
    else:
        who = "the instrument" if run.dilution.applied_by == "instrument" else "vesicle"
        yield Verdict.PASS, f"dilution {run.dilution.factor:g} ({run.dilution.origin}) applied once, by {who}"


def table_over_instrument(run: SizeRun) -> Quantity:
    """The sum of the size table that was used over the instrument's own concentration, in per cent.

    The instrument's own is, in this order: the mean of its kept positions, the concentration that its
    report or its results block prints, the sum of its second table.

    Parameters
    ----------
    run : SizeRun
        A run with a result.

    Returns
    -------
    Estimate or NotAssessed
        100 when they are the same.
    """
    own = _own(run)
    if run.histogram is None or own is None:
        return NotAssessed("nothing in the folder repeats the concentration (position table, report)")
    if own.per_ml <= 0:
        return NotAssessed(f"the {own.what} is zero, so there is nothing to compare the size table with")
    table = float(run.histogram.amount.sum())
    scale = run.dilution.factor or 1.0 if run.dilution.applied_by == "instrument" else 1.0
    return exact(100 * table / scale / own.per_ml, method=f"sum of the size table over the {own.what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """The instrument's own concentration, what states it, and what its rounding may hide, in per cent."""

    per_ml: float
    what: str
    rounding_percent: float = 0.0


def _own(run: SizeRun) -> _Own | None:
    if run.measured_per_ml is None:
        return None
    kept = [row.concentration_per_ml for row in run.positions.rows if row.is_kept] if run.positions else []
    if kept:
        return _Own(per_ml=sum(kept) / len(kept), what=f"mean of {len(kept)} kept positions")
    if run.report is not None and run.report.vendor.concentration_per_ml and run.dilution.factor:
        printed = run.report.vendor.concentration_per_ml / run.dilution.factor
        return _Own(per_ml=printed, what="printed report", rounding_percent=_rounding_percent(run.report))
    if run.instrument.startswith("NanoSight"):
        return _Own(per_ml=run.measured_per_ml, what="printed concentration")
    if run.second_histogram is not None:
        second = float(run.second_histogram.amount.sum())
        return _Own(per_ml=second, what="second table of the same file")
    return None


def _rounding_percent(report: VendorReport) -> float:
    printed = dict(report.printed).get("original_concentration_per_ml", "")
    digits = re.match(r"(\d+)[.,]?(\d*)", printed)
    if digits is None or not float(number := f"{digits[1]}.{digits[2]}"):
        return 0.0
    return 50 * 10.0 ** -len(digits[2]) / float(number)


def _sum(run: SizeRun, share: Quantity, standard: CheckStandard) -> Iterator[tuple[Verdict, str]]:
    if isinstance(share, NotAssessed):
        yield Verdict.PASS if share is _COUNTED_HERE else Verdict.NOT_ASSESSED, share.reason
        return
    own = _own(run)
    allowed = standard["sum_percent"] + (own.rounding_percent if own else 0.0)
    far = abs(share.value - 100) > allowed
    yield (Verdict.FAIL if far else Verdict.PASS), f"{share.method}: {share.value:.1f} %"


def _statements(run: SizeRun) -> Iterator[tuple[Verdict, str]]:
    stated, declared = run.dilution.factor, run.declared_dilution
    if stated is not None and declared is not None and stated != declared:
        yield Verdict.FAIL, f"the file states a dilution of {stated:g}, vesicle.toml {declared:g}"
    named = named_dilution(run.label)
    if stated is not None and named is not None and named >= 100 and named != round(stated):
        yield (
            Verdict.WARN,
            f"the sample's name suggests a dilution of {named:g}, the file states {stated:g}",
        )


def judge_agreement(row: DilutionRow, standard: CheckStandard) -> Part:
    """Whether two dilutions of one sample agree in the stock value.

    Parameters
    ----------
    row : DilutionRow
        A sample at several dilutions.
    standard : CheckStandard
        C02 with the limits in force.

    Returns
    -------
    Part
        Its value is the ratio of the stock values.
    """
    ratio = row.ratio
    if not isinstance(ratio, Estimate):
        return Part(subject=row.sample, verdict=Verdict.NOT_ASSESSED, value=ratio, reason=ratio.reason)
    verdict = Verdict.FAIL
    if standard["pass_low"] <= ratio.value <= standard["pass_high"]:
        verdict = Verdict.PASS
    elif standard["warn_low"] <= ratio.value <= standard["warn_high"]:
        verdict = Verdict.WARN
    listed = " and ".join(f"{factor:g}x" for factor in row.dilutions)
    reason = f"stock values at {listed} differ by a factor of {ratio.value:.3g}"
    return Part(
        subject=f"{row.sample}, agreement",
        verdict=verdict,
        value=ratio,
        unit="stock value, one dilution over the other",
        reason=reason,
        evidence=row.evidence,
    )


def _evidence(run: SizeRun) -> tuple[Evidence, ...]:
    row = run.histogram.first_row if run.histogram else None
    return (Evidence(file=run.files[0].path, row=row), *(Evidence(file=f.path) for f in run.files[1:]))


CHECK = Check(id="C02", needs=(SizeFinding, ComparisonFinding), judge=judge)
