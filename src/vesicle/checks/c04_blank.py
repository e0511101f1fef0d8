"""C04: how much of what was counted is in the blank?"""

from __future__ import annotations

import re

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import BlankRow, ComparisonFinding, FlowFinding
from vesicle.results import CheckResult, Estimate, NotAssessed, Part, Verdict, at_best
from vesicle.standards import CheckStandard

_NEEDS_MEDIUM_CONTROL = re.compile(
    r"(?:serum|\bf[bc]s\b|lysate|\bhpl\b|plasma(?!-?lyte))(?![- ]?free)", re.IGNORECASE
)
"""Words for serum, plasma or lysate, but for "serum-free" and the salt solution Plasma-Lyte."""


def judge(inputs: Inputs) -> CheckResult:
    """The blank of every sample, as measured, relative to the sample as measured.

    Parameters
    ----------
    inputs : Inputs
        With the comparisons of sizing runs and of cytometer files, and the manifest's supplement.

    Returns
    -------
    CheckResult
        One part per sample, and one for the medium control where serum or lysate was used.
    """
    standard = inputs.limits["C04"]
    found = [
        finding
        for kind in (ComparisonFinding, FlowFinding)
        if not isinstance(finding := inputs.finding(kind), NotAssessed)
    ]
    parts = [judge_row(row, standard) for finding in found for row in finding.blanks]
    if not parts:
        return not_assessed(standard, "no counted sample in the folder")
    parts += _medium_control(inputs, has_control=any(finding.has_medium_control for finding in found))
    verdict, reason = overall(parts)
    return result(
        standard, verdict, deciding_value(parts), unit="% of the sample", reason=reason, parts=parts
    )


def judge_row(row: BlankRow, standard: CheckStandard) -> Part:
    """The verdict on the blank of one sample.

    Parameters
    ----------
    row : BlankRow
        Blank over sample, in per cent.
    standard : CheckStandard
        C04 with the limits in force.

    Returns
    -------
    Part
        With the net stock concentration in its reason.
    """
    percent = row.percent
    if isinstance(percent, NotAssessed):
        is_judged = bool(row.judged_as)
        other = f"no blank of its own; the diluent was judged as {row.judged_as}"
        return Part(
            subject=row.sample,
            verdict=Verdict.WARN if is_judged else Verdict.NOT_ASSESSED,
            value=percent,
            reason=other if is_judged else percent.reason,
            evidence=row.evidence,
        )
    verdict = Verdict.FAIL
    if percent.value <= standard["pass_percent"]:
        verdict = Verdict.PASS
    elif percent.value <= standard["warn_percent"]:
        verdict = Verdict.WARN
    reason = f"blank {percent.value:.3g} % of the sample, as measured"
    if row.doubt:
        verdict = at_best(verdict, Verdict.WARN)
        reason += f"; {row.doubt}"
    if isinstance(row.net_per_ml, Estimate):
        net = row.net_per_ml
        reason += f"; net {net.value:.3g} particles/mL ({net.low:.3g} to {net.high:.3g})"
    return Part(subject=row.sample, verdict=verdict, value=percent, reason=reason, evidence=row.evidence)


def _medium_control(inputs: Inputs, *, has_control: bool) -> list[Part]:
    culture = inputs.manifest.culture
    declared = f"{culture.medium or ''}; {culture.supplement or ''}"
    if culture.supplement_percent == 0 or not _NEEDS_MEDIUM_CONTROL.search(declared):
        return []
    if has_control:
        return []
    reason = "serum, plasma or lysate is declared, and no file has the role 'unconditioned medium'"
    return [
        Part(
            subject="medium control",
            verdict=Verdict.NOT_ASSESSED,
            value=NotAssessed(reason),
            reason=reason,
        )
    ]


CHECK = Check(id="C04", needs=(ComparisonFinding, FlowFinding), judge=judge)
