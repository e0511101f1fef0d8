"""C14: does a detergent take away what was counted?"""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import DetergentFinding, DetergentLoss
from vesicle.results import CheckResult, Estimate, NotAssessed, Part, Verdict
from vesicle.standards import CheckStandard

_CAVEAT = "compatible with vesicles, not proof: some lipoproteins vanish too"


def judge(inputs: Inputs) -> CheckResult:
    """The net loss of every sample that was also measured with detergent.

    Parameters
    ----------
    inputs : Inputs
        With the pairs.

    Returns
    -------
    CheckResult
        One part per sample and kind of instrument.
    """
    standard, found = inputs.limits["C14"], inputs.finding(DetergentFinding)
    if isinstance(found, NotAssessed) or not found.rows:
        return not_assessed(
            standard, "no file has the role 'detergent'; measure the sample with detergent too"
        )
    parts = tuple(judge_row(row, standard) for row in found.rows)
    verdict, reason = overall(parts)
    value = deciding_value(parts)
    is_crossing = isinstance(value, Estimate) and value.contains(standard["pass_percent"])
    code = "interval_crosses_limit" if verdict is Verdict.WARN and is_crossing else ""
    return result(standard, verdict, value, unit="% lost", reason=reason, reason_code=code, parts=parts)


def judge_row(row: DetergentLoss, standard: CheckStandard) -> Part:
    """The verdict on the loss of one sample.

    Parameters
    ----------
    row : DetergentLoss
        With its interval.
    standard : CheckStandard
        C14 with the limits in force.

    Returns
    -------
    Part
        A pass needs the whole interval above its limit, a fail the whole interval below the other.
    """
    loss = row.loss_percent
    subject = f"{row.sample} ({row.measured_with})"
    if isinstance(loss, NotAssessed):
        return Part(
            subject=subject,
            verdict=Verdict.NOT_ASSESSED,
            value=loss,
            reason=loss.reason,
            evidence=row.evidence,
        )
    verdict, reason = Verdict.WARN, f"{loss.value:.3g} % lost ({loss.low:.3g} to {loss.high:.3g}), {_CAVEAT}"
    if loss.low >= standard["pass_percent"]:
        verdict = Verdict.PASS
    elif loss.high < standard["warn_percent"]:
        verdict = Verdict.FAIL
    for limit in (standard["pass_percent"], standard["warn_percent"]):
        if verdict is Verdict.WARN and loss.contains(limit):
            reason += f"; the interval crosses {limit:g} %"
    if row.note:
        verdict = Verdict.WARN if verdict is Verdict.PASS else verdict
        reason += f"; {row.note}"
    return Part(subject=subject, verdict=verdict, value=loss, reason=reason, evidence=row.evidence)


CHECK = Check(id="C14", needs=(DetergentFinding,), judge=judge)
