"""C09: are the cells' own proteins depleted in the vesicles, beside a lysate that has them?"""

from __future__ import annotations

from collections.abc import Iterable

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.checks.c08_panel import merged_rows
from vesicle.findings import DepletionRow, MarkerFinding
from vesicle.results import CheckResult, Estimate, NotAssessed, Part, Verdict, at_best
from vesicle.standards import CheckStandard

_CROSSES = "interval_crosses_limit"


def judge(inputs: Inputs) -> CheckResult:
    """The depletion of every marker of other compartments.

    Parameters
    ----------
    inputs : Inputs
        With the markers.

    Returns
    -------
    CheckResult
        One part per sample and marker. Where some could be judged, they decide; a marker that is there without a
        lysate makes it at best a warning.
    """
    standard, found = inputs.limits["C09"], inputs.finding(MarkerFinding)
    rows = () if isinstance(found, NotAssessed) else found.depletion
    if not rows:
        return not_assessed(standard, "no marker of other compartments (calnexin, GM130, GRP94) was assayed")
    judged = [(row, *judge_row(row, standard)) for row in rows]
    parts = tuple(part for _, part, _ in judged)
    decided = [part for part in parts if part.verdict is not Verdict.NOT_ASSESSED]
    verdict, reason = overall(decided or parts)
    uncompared = [
        row.marker
        for row, part, _ in judged
        if row.state in {"present", "unclear"} and part.verdict is Verdict.NOT_ASSESSED
    ]
    if decided and uncompared:
        verdict = at_best(verdict, Verdict.WARN)
        reason = "; ".join(
            filter(None, (reason, f"{_listed(uncompared)} seen and not compared with a lysate"))
        )
    crossing = verdict is Verdict.WARN and any(code for _, _, code in judged)
    return result(
        standard,
        verdict,
        deciding_value(decided or parts),
        unit="ratio to lysate",
        reason=reason,
        reason_code=_CROSSES if crossing else "",
        parts=parts,
    )


def judge_row(row: DepletionRow, standard: CheckStandard) -> tuple[Part, str]:
    """The verdict on one marker of one sample.

    Parameters
    ----------
    row : DepletionRow
        The marker in vesicles and lysate.
    standard : CheckStandard
        C09 with the limits in force.

    Returns
    -------
    part : Part
        The verdict with its reason.
    code : str
        ``interval_crosses_limit`` or empty.
    """
    code = ""
    if isinstance(row.ratio, Estimate):
        verdict, reason, code = _by_ratio(row.ratio, standard)
    elif row.is_depleted_by_word:
        verdict, reason = Verdict.PASS, f"{row.state} in the vesicles, positive in the lysate"
    else:
        verdict, reason = Verdict.NOT_ASSESSED, row.ratio.reason
    if verdict is not Verdict.NOT_ASSESSED and not row.is_load_known:
        verdict = Verdict.WARN
        reason += "; the loads are not stated, so equal protein is not shown"
    subject = f"{row.marker} in {row.sample}"
    return Part(
        subject=subject, verdict=verdict, value=row.ratio, reason=reason, evidence=merged_rows(row.evidence)
    ), code


def _by_ratio(ratio: Estimate, standard: CheckStandard) -> tuple[Verdict, str, str]:
    limits = (standard["pass_ratio"], standard["warn_ratio"])
    text = f"vesicles to lysate {ratio.value:.2g}"
    if ratio.low < ratio.high:
        text = f"{text} ({ratio.low:.2g} to {ratio.high:.2g})"
    verdicts = {_band(value, limits) for value in (ratio.low, ratio.high)}
    if len(verdicts) == 1:
        return verdicts.pop(), text, ""
    crossed = next(limit for limit in limits if ratio.low <= limit < ratio.high)
    return Verdict.WARN, f"{text}; the interval crosses {crossed:g}", _CROSSES


def _band(value: float, limits: tuple[float, float]) -> Verdict:
    if value <= limits[0]:
        return Verdict.PASS
    return Verdict.WARN if value <= limits[1] else Verdict.FAIL


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


CHECK = Check(id="C09", needs=(MarkerFinding,), judge=judge)
