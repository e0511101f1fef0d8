"""C22: can the cytometer's files of small particles be interpreted at all?"""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks import Check, not_assessed, overall, result
from vesicle.findings import DilutionSeries, FlowFinding
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

_STAINED_NEEDS = (("reagent control", "a control with reagents"), ("unstained", "an unstained sample"))


def judge(inputs: Inputs) -> CheckResult:
    """Controls, cleanness, dilution series, rate and calibration.

    Parameters
    ----------
    inputs : Inputs
        With the findings of the cytometer's files.

    Returns
    -------
    CheckResult
        One part per question, and one per sample for its dilutions.
    """
    standard, found = inputs.limits["C22"], inputs.finding(FlowFinding)
    if isinstance(found, NotAssessed) or not found.of_part("sample"):
        return not_assessed(standard, "no cytometer file of particles with the role 'sample'")
    parts = (
        _controls(found),
        *_cleanness(found),
        *(judge_series(series, standard) for series in found.series),
        *_rates(found),
        _calibration(found),
    )
    verdict, reason = overall(parts)
    series = [part.value for part in parts if part.unit == "slope"]
    value: Quantity = next((value for value in series if isinstance(value, Estimate)), series[0])
    return result(standard, verdict, value, unit="slope", reason=reason, parts=parts)


def _controls(found: FlowFinding) -> Part:
    roles = {count.file.role for count in found.counts}
    missing = [] if roles & {"buffer blank"} else ["a buffer blank"]
    if found.markers:
        missing += [words for role, words in _STAINED_NEEDS if role not in roles]
    controls = [count for count in found.counts if count.part in {"blank", "buffer", "wash"}]
    evidence = tuple(Evidence(file=count.path) for count in controls)
    if missing:
        reason = f"missing: {', '.join(missing)}"
        return Part(
            subject="controls",
            verdict=Verdict.NOT_ASSESSED,
            value=NotAssessed(reason),
            reason=reason,
            evidence=evidence,
        )
    number = exact(float(len(controls)), method="controls counted", n=len(controls))
    reason = f"{len(controls)} control(s){'' if found.markers else '; nothing is stained'}"
    return Part(
        subject="controls", verdict=Verdict.PASS, value=number, unit="files", reason=reason, evidence=evidence
    )


def _cleanness(found: FlowFinding) -> Iterator[Part]:
    for count in found.counts:
        if "control_not_clean" in count.flags:
            yield Part(
                subject=count.path,
                verdict=Verdict.FAIL,
                value=count.events_per_ml,
                unit="events/mL",
                reason="this control or wash counts as much as a sample or more (control_not_clean)",
                evidence=(Evidence(file=count.path),),
            )


def judge_series(series: DilutionSeries, standard: CheckStandard) -> Part:
    """The verdict on the dilutions of one sample.

    Parameters
    ----------
    series : DilutionSeries
        With slope and medians.
    standard : CheckStandard
        C22 with the limits in force.

    Returns
    -------
    Part
        Not assessed with too few dilutions.
    """
    slope = series.slope
    if isinstance(slope, NotAssessed):
        verdict, reason = Verdict.NOT_ASSESSED, f"dilution series: {slope.reason}"
    else:
        found = [_slope(slope, standard), *_medians(series, standard)]
        verdict = worst(part for part, _ in found)
        reason = "; ".join(text for _, text in found)
    return Part(
        subject=series.sample,
        verdict=verdict,
        value=slope,
        unit="slope",
        reason=reason,
        evidence=series.evidence,
    )


def _slope(slope: Estimate, standard: CheckStandard) -> tuple[Verdict, str]:
    low, high = standard["slope_low"], standard["slope_high"]
    text = f"slope {slope.value:.3g} ({slope.low:.3g} to {slope.high:.3g})"
    if low <= slope.low and slope.high <= high:
        return Verdict.PASS, text
    if slope.high < low or slope.low > high:
        return Verdict.FAIL, f"{text}: the events do not follow the dilution"
    return Verdict.WARN, f"{text}: the interval crosses a limit"


def _medians(series: DilutionSeries, standard: CheckStandard) -> Iterator[tuple[Verdict, str]]:
    for channel, change in series.median_percent:
        if isinstance(change, NotAssessed):
            yield Verdict.WARN, f"median of {channel}: {change.reason}"
            continue
        text = (
            f"median of {channel} changes by {change.value:+.3g} % ({change.low:+.3g} to {change.high:+.3g})"
        )
        widest = standard["median_warn_percent"]
        is_inside = -widest <= change.low and change.high <= widest
        if is_inside and abs(change.value) <= standard["median_pass_percent"]:
            yield Verdict.PASS, text
        elif change.low > widest or change.high < -widest:
            yield Verdict.FAIL, f"{text}: several particles may pass together (swarm)"
        else:
            yield Verdict.WARN, text


def _rates(found: FlowFinding) -> Iterator[Part]:
    for count in found.of_part("sample"):
        if "coincidence" in count.flags:
            yield Part(
                subject=count.path,
                verdict=Verdict.WARN,
                value=count.coincidence_percent,
                unit="% coincident",
                reason="so many events per second that some meet in the beam",
                evidence=(Evidence(file=count.path),),
            )


def _calibration(found: FlowFinding) -> Part:
    """Never against the data: without beads there are no diameters, and that is said."""
    scatter = found.scatter
    is_calibrated = not isinstance(scatter, NotAssessed)
    ladders = [ladder.channel for ladder in found.ladders if isinstance(ladder.factor, Estimate)]
    if not is_calibrated and not ladders:
        reason = f"no calibration, so neither diameters nor calibrated brightness: {scatter.reason}"
        return Part(
            subject="calibration", verdict=Verdict.NOT_ASSESSED, value=NotAssessed(reason), reason=reason
        )
    doubts = [warned.message for warned in scatter.warnings] if is_calibrated else [scatter.reason]
    doubts += [warned.message for ladder in found.ladders for warned in ladder.doubts]
    number = len(ladders) + is_calibrated
    return Part(
        subject="calibration",
        verdict=Verdict.WARN if doubts else Verdict.PASS,
        value=exact(float(number), method="calibrated channels", n=number),
        unit="channels",
        reason="; ".join(doubt.rstrip(".") for doubt in doubts) or "scatter and fluorescence are calibrated",
        evidence=(Evidence(file=scatter.file),) if is_calibrated else (),
    )


CHECK = Check(id="C22", needs=(FlowFinding,), judge=judge)
