"""C11: are two components quantified, each per medium and per cell?"""

from __future__ import annotations

from itertools import groupby

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import QuantityFinding, QuantityRow
from vesicle.results import CheckResult, Estimate, NotAssessed, Part, Verdict, exact
from vesicle.standards import CheckStandard


def judge(inputs: Inputs) -> CheckResult:
    """Whether each sample has enough quantities with both denominators.

    Parameters
    ----------
    inputs : Inputs
        With the quantities.

    Returns
    -------
    CheckResult
        One part per sample. What is missing is not assessed, never failed.
    """
    standard, quantity = inputs.limits["C11"], inputs.finding(QuantityFinding)
    rows = () if isinstance(quantity, NotAssessed) else quantity.rows
    if not rows:
        return not_assessed(standard, "no counted sample in the folder")
    groups = [(name, tuple(group)) for name, group in groupby(rows, key=lambda row: row.sample)]
    parts = tuple(judge_sample(name, group, standard) for name, group in groups)
    verdict, reason = overall(parts)
    return result(
        standard, verdict, deciding_value(parts), unit="complete quantities", reason=reason, parts=parts
    )


def judge_sample(name: str, rows: tuple[QuantityRow, ...], standard: CheckStandard) -> Part:
    """The verdict on the quantities of one sample.

    Parameters
    ----------
    name : str
        The sample.
    rows : tuple of QuantityRow
        One per component.
    standard : CheckStandard
        C11 with the limits in force.

    Returns
    -------
    Part
        Its value counts the components that are complete.
    """
    complete = [row for row in rows if not _gaps(row)]
    enough = len(complete) >= standard["min_quantities"]
    gaps = dict.fromkeys(f"{row.component}: {gap}" for row in rows for gap in _gaps(row))
    named = ", ".join(row.component for row in complete) or "none"
    return Part(
        subject=name,
        verdict=Verdict.PASS if enough else Verdict.NOT_ASSESSED,
        value=exact(len(complete), method="components with stock, per mL medium and per million cells"),
        reason=f"complete: {named}" + ("" if enough else f"; {'; '.join(gaps)}"),
        evidence=tuple(dict.fromkeys(item for row in rows for item in row.evidence)),
    )


def _gaps(row: QuantityRow) -> tuple[str, ...]:
    quantities = (row.per_ml, row.per_ml_medium, row.per_million_cells)
    return tuple(dict.fromkeys(q.reason for q in quantities if not isinstance(q, Estimate)))


CHECK = Check(id="C11", needs=(QuantityFinding,), judge=judge)
