"""C03: do replicates agree, and were they measured with the same settings?"""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import ComparisonFinding, ReplicateRow
from vesicle.results import CheckResult, NotAssessed, Part, Verdict, at_best
from vesicle.standards import CheckStandard


def judge(inputs: Inputs) -> CheckResult:
    """The spread of replicates of every sample.

    Parameters
    ----------
    inputs : Inputs
        With the comparisons.

    Returns
    -------
    CheckResult
        One part per sample; its value is that of the sample with the largest spread.
    """
    standard, comparison = inputs.limits["C03"], inputs.finding(ComparisonFinding)
    rows = () if isinstance(comparison, NotAssessed) else comparison.replicates
    if not rows:
        return not_assessed(standard, "no counted sample in the folder")
    parts = tuple(judge_row(row, standard) for row in rows)
    verdict, reason = overall(parts)
    return result(standard, verdict, deciding_value(parts), unit="% CV", reason=reason, parts=parts)


def judge_row(row: ReplicateRow, standard: CheckStandard) -> Part:
    """The verdict on the replicates of one sample.

    Parameters
    ----------
    row : ReplicateRow
        Replicates with their CV.
    standard : CheckStandard
        C03 with the limits in force.

    Returns
    -------
    Part
        Not assessed below the least number of replicates.
    """
    n, cv = len(row.values_per_ml), row.cv_percent
    are_few = n < standard["min_runs"]
    if are_few or isinstance(cv, NotAssessed):
        kind = row.kind.removesuffix("s") if n == 1 else row.kind
        found = f"{n} {kind}" if n else "no run with a concentration"
        reason = f"{found}; at least {standard['min_runs']:g} are needed"
        if isinstance(cv, NotAssessed) and not are_few:
            reason = cv.reason
        return Part(
            subject=row.sample, verdict=Verdict.NOT_ASSESSED, value=cv, reason=reason, evidence=row.evidence
        )
    verdict = Verdict.FAIL
    if cv.value <= standard["pass_percent"]:
        verdict = Verdict.PASS
    elif cv.value <= standard["warn_percent"]:
        verdict = Verdict.WARN
    reason = f"CV {cv.value:.3g} % over {n} {row.kind}"
    if row.differing:
        verdict = at_best(verdict, Verdict.WARN)
        reason += f"; settings differ: {', '.join(row.differing)}"
    return Part(subject=row.sample, verdict=verdict, value=cv, reason=reason, evidence=row.evidence)


CHECK = Check(id="C03", needs=(ComparisonFinding,), judge=judge)
