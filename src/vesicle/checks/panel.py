"""The verdict on one side of the panel: the antigens that must be there, or those that must not."""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.checks import deciding_value, not_assessed, overall, result
from vesicle.checks.panel_rules import group_parts, judged_markers
from vesicle.findings import IdentityFinding
from vesicle.results import CheckResult, Evidence, NotAssessed, Verdict
from vesicle.standards import CheckStandard


def judge_panel(inputs: Inputs, standard: CheckStandard, *, required: str) -> CheckResult:
    """The verdict on all antigens of one side.

    Parameters
    ----------
    inputs : Inputs
        With what the cytometer saw.
    standard : CheckStandard
        C05 or C06 with the limits in force.
    required : {"positive", "negative"}
        Which side.

    Returns
    -------
    CheckResult
        Not assessed without a stained tube or a statistics table; not applicable for another species than human.
    """
    finding = inputs.finding(IdentityFinding)
    if isinstance(finding, NotAssessed) or not finding.readings:
        paths = () if isinstance(finding, NotAssessed) else tuple(path for path, _ in finding.unplaced)
        reason = "no cytometer file or statistics table of the cells in the folder"
        return not_assessed(standard, reason, evidence=(Evidence(file=path) for path in paths))
    parts = group_parts(inputs, finding, required=required)
    verdict, reason = overall(parts)
    if not finding.is_human:
        verdict, reason = (
            Verdict.NOT_APPLICABLE,
            "the criteria define human cells, and another species is declared",
        )
    codes = [m.code for m in judged_markers(inputs, finding, required=required) if m.verdict is verdict]
    return result(
        standard,
        verdict,
        deciding_value(parts),
        unit="%",
        reason=reason,
        reason_code=codes[0] if codes and verdict is not Verdict.PASS else "",
        parts=parts,
    )
