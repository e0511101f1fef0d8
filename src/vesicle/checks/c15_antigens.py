"""C15: is the pattern of antigens on the particles one that vesicles of MSC can have?"""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import AntigenPattern, FlowFinding
from vesicle.results import CheckResult, NotAssessed, Part, Verdict
from vesicle.standards import CheckStandard

_CAVEAT = "compatible with MSC, not specific: fibroblasts and endothelium share it"


def judge(inputs: Inputs) -> CheckResult:
    """The ratio of every sample, against the user's own limit where there is one.

    Parameters
    ----------
    inputs : Inputs
        With the patterns.

    Returns
    -------
    CheckResult
        Not assessed, with the ratio, while the user sets no limit.
    """
    standard, found = inputs.limits["C15"], inputs.finding(FlowFinding)
    if isinstance(found, NotAssessed) or not found.antigens:
        return not_assessed(standard, "no cytometer file of particles with these antigens stained and named")
    parts = tuple(judge_pattern(pattern, standard) for pattern in found.antigens)
    verdict, reason = overall(parts)
    return result(standard, verdict, deciding_value(parts), unit="ratio", reason=reason, parts=parts)


def judge_pattern(pattern: AntigenPattern, standard: CheckStandard) -> Part:
    """The verdict on one sample.

    Parameters
    ----------
    pattern : AntigenPattern
        With its ratio.
    standard : CheckStandard
        C15 with the limit in force.

    Returns
    -------
    Part
        The ratio stands in it whether it is judged or not.
    """
    ratio, limit = pattern.ratio, standard["min_ratio"]
    if isinstance(ratio, NotAssessed):
        verdict, reason = Verdict.NOT_ASSESSED, ratio.reason
    else:
        reason = f"ratio {ratio.value:.3g} ({ratio.low:.3g} to {ratio.high:.3g}), {_CAVEAT}"
        if limit <= 0:
            verdict, reason = (
                Verdict.NOT_ASSESSED,
                f"{reason}; reported, not judged: no limits.C15 min_ratio is set",
            )
        elif ratio.low >= limit:
            verdict = Verdict.PASS
        elif ratio.high < limit:
            verdict = Verdict.FAIL
        else:
            verdict, reason = Verdict.WARN, f"{reason}; the interval crosses {limit:g}"
    return Part(
        subject=pattern.sample, verdict=verdict, value=ratio, reason=reason, evidence=pattern.evidence
    )


CHECK = Check(id="C15", needs=(FlowFinding,), judge=judge)
