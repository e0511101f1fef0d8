"""The verdict on one antigen of the producing cells, shared by C05 and C06 and by the command ``cells``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vesicle.analysis import Inputs
from vesicle.findings import AntigenReading, IdentityFinding
from vesicle.results import Estimate, NotAssessed, Part, Quantity, Verdict, at_best, worst
from vesicle.standards import CheckStandard, load_standard

COCKTAIL = "negative cocktail"
IN_COCKTAIL = "judged_as_cocktail"
MISSES = "misses_limit"
DECLARED = "events_not_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerVerdict:
    """The verdict on one antigen, cocktail, or tube of it; ``code`` is a stable word, ``reason`` the sentence.

    ``reading`` is the tube that decided; ``others`` are further tubes of the same antigen.
    """

    marker: str
    verdict: Verdict
    code: str
    reason: str
    reading: AntigenReading
    others: tuple[AntigenReading, ...] = ()

    @property
    def caveat(self) -> str:
        """What is known of the antigen and excuses nothing, where it missed its limit; else empty."""
        rows = load_standard("isct2006")["caveat"] if self.code == MISSES else ()
        return next((row["text"] for row in rows if row["about"] == self.marker and "tissue" not in row), "")

    @property
    def net_percent(self) -> Quantity:
        """The number that was judged; a member of a cocktail has none of its own."""
        return self.of(self.reading.net_percent)

    def of(self, quantity: Quantity) -> Quantity:
        """A quantity of the tube as this marker's, unless the tube held it in a cocktail.

        Parameters
        ----------
        quantity : Estimate or NotAssessed
            One of the reading.

        Returns
        -------
        Estimate or NotAssessed
            Unchanged, but for the member of a cocktail.
        """
        return NotAssessed(self.reason) if self.code == IN_COCKTAIL else quantity


def judged_markers(inputs: Inputs, finding: IdentityFinding, *, required: str) -> tuple[MarkerVerdict, ...]:
    """A verdict on every antigen that was stained, one for each antigen.

    Parameters
    ----------
    inputs : Inputs
        For the limits of C05 and C06.
    finding : IdentityFinding
        What the tubes say.
    required : {"positive", "negative"}
        Which antigens.

    Returns
    -------
    tuple of MarkerVerdict
        In the order of the criteria, a cocktail last. Members of a cocktail that were not stained alone are not
        assessed.
    """
    standard = inputs.limits["C05" if required == "positive" else "C06"]
    by_marker: dict[str, list[AntigenReading]] = {}
    for reading in finding.readings:
        if reading.required == required:
            by_marker.setdefault(reading.marker, []).append(reading)
    order = [*_named(required), COCKTAIL]
    found = [
        _of_tubes(by_marker[name], standard, is_human=finding.is_human) for name in order if name in by_marker
    ]
    return (*found, *_members(by_marker, order))


def judge_reading(reading: AntigenReading, standard: CheckStandard) -> MarkerVerdict:
    """The verdict on one tube of an antigen.

    Parameters
    ----------
    reading : AntigenReading
        With its net percentage, or the reason why there is none.
    standard : CheckStandard
        C05 for an antigen that must be there, C06 for one that must not.

    Returns
    -------
    MarkerVerdict
        At best a warning where the events were not seen; a warning whatever the number where it is unreliable, for
        want of scatter for example.
    """
    net = reading.net_percent
    if reading.problem or not isinstance(net, Estimate):
        code = reading.problem.code if reading.problem else "not_assessed"
        reason = reading.problem.message if reading.problem else "there is no number"
        return _verdict(reading, Verdict.NOT_ASSESSED, code, reason)
    if reading.events < standard["min_events"] and not reading.is_declared:
        reason = f"{reading.events} gated events; at least {standard['min_events']:g} are needed"
        return _verdict(reading, Verdict.NOT_ASSESSED, "too_few_events", reason)
    found = _by_interval(reading, net, standard)
    if not reading.doubts:
        return found
    reasons = "; ".join((found.reason, *(item.message for item in reading.doubts)))
    unreliable = [item.code for item in reading.doubts if item.code != DECLARED]
    if unreliable:
        return _verdict(reading, Verdict.WARN, unreliable[0], reasons)
    code = found.code if found.verdict is not Verdict.PASS else DECLARED
    return _verdict(reading, at_best(found.verdict, Verdict.WARN), code, reasons)


def share_text(net: Quantity) -> str:
    """A percentage with its interval in words.

    Parameters
    ----------
    net : Estimate or NotAssessed
        In per cent.

    Returns
    -------
    str
        Empty where there is none.
    """
    return f"{net.value:.3g} % ({net.low:.3g} to {net.high:.3g})" if isinstance(net, Estimate) else ""


def group_parts(
    inputs: Inputs, finding: IdentityFinding, *, required: str, unit: str = "%"
) -> tuple[Part, ...]:
    """One part for each antigen, cocktail, or criterion that nothing was stained for.

    Parameters
    ----------
    inputs : Inputs
        For the limits.
    finding : IdentityFinding
        What the tubes say.
    required : {"positive", "negative"}
        Which criteria.
    unit : str, optional
        Of the values.

    Returns
    -------
    tuple of Part
        Members of a cocktail are left out, since the cocktail speaks for them.
    """
    judged = [m for m in judged_markers(inputs, finding, required=required) if m.code != IN_COCKTAIL]
    parts = [
        Part(
            subject=marker.marker,
            verdict=marker.verdict,
            value=marker.net_percent,
            unit=unit,
            reason="; ".join(filter(None, (marker.reason, marker.caveat))),
            evidence=tuple(
                dict.fromkeys(item for r in (marker.reading, *marker.others) for item in r.evidence)
            ),
        )
        for marker in judged
    ]
    in_cocktail = {a for m in judged if m.marker == COCKTAIL and _is_assessed(m) for a in m.reading.antigens}
    return (*_spared(parts, in_cocktail), *_absent(finding, required))


def _named(required: str) -> list[str]:
    table = load_standard("isct2006")
    if required == "positive":
        return [row["label"] for row in table["positive"]]
    return [label for row in table["negative"] for label in row["any_of"]]


def _of_tubes(
    readings: Iterable[AntigenReading], standard: CheckStandard, *, is_human: bool
) -> MarkerVerdict:
    """The verdict of all tubes of one antigen: events before declared numbers, then the worst."""
    rows = tuple(readings)
    if not is_human:
        reason = "the criteria define human cells, and another species is declared"
        return _verdict(rows[0], Verdict.NOT_APPLICABLE, "not_human", reason, others=rows[1:])
    judged = [judge_reading(row, standard) for row in rows]
    seen = [one for one in judged if one.verdict is not Verdict.NOT_ASSESSED]
    of_events = [one for one in seen if not one.reading.is_declared]
    deciding = of_events or seen or judged
    verdict = worst(one.verdict for one in deciding)
    first = next(one for one in deciding if one.verdict is verdict)
    others = tuple(row for row in rows if row is not first.reading)
    if {Verdict.PASS, Verdict.FAIL} <= {one.verdict for one in deciding}:
        files = ", ".join(one.reading.file for one in deciding)
        reason = f"its tubes disagree ({files}); {first.reason}"
        return _verdict(first.reading, Verdict.WARN, "duplicates_disagree", reason, others=others)
    return _verdict(first.reading, first.verdict, first.code, first.reason, others=others)


def _by_interval(reading: AntigenReading, net: Estimate, standard: CheckStandard) -> MarkerVerdict:
    is_positive = reading.required == "positive"
    limit = standard["min_percent"] if is_positive else standard["max_percent"]
    meets, misses = (
        (net.low >= limit, net.high < limit) if is_positive else (net.high <= limit, net.low > limit)
    )
    text = share_text(net)
    if net.value == limit:
        reason = f"{text} lies exactly on the limit of {limit:g} %, where restatements of the rule differ"
        return _verdict(reading, Verdict.WARN, "interval_crosses_limit", reason)
    if meets:
        return _verdict(reading, Verdict.PASS, "", text)
    if not misses:
        reason = f"{text}: the interval crosses {limit:g} %"
        return _verdict(reading, Verdict.WARN, "interval_crosses_limit", reason)
    if is_positive and _is_dim(reading, limit):
        share = reading.subtracted_percent
        value = share.value if isinstance(share, Estimate) else 0.0
        reason = (
            f"{text} by the threshold, but the marker is dim: its events overlap the control's, and the scaled "
            f"subtraction gives {value:.3g} %"
        )
        return _verdict(reading, Verdict.WARN, "dim_marker", reason)
    side = "below" if is_positive else "above"
    return _verdict(reading, Verdict.FAIL, MISSES, f"{text}, {side} {limit:g} %")


def _is_dim(reading: AntigenReading, limit: float) -> bool:
    """Whether the scaled subtraction, which is given only for overlapping populations, leaves the limit open."""
    share = reading.subtracted_percent
    return isinstance(share, Estimate) and share.high >= limit


def _members(by_marker: dict[str, list[AntigenReading]], order: list[str]) -> Iterator[MarkerVerdict]:
    cocktails = by_marker.get(COCKTAIL, [])
    members = {antigen for reading in cocktails for antigen in reading.antigens}
    for name in order:
        if name in members and name not in by_marker:
            reason = "stained in the negative cocktail, which is judged as a whole"
            reading = next(row for row in cocktails if name in row.antigens)
            yield MarkerVerdict(
                marker=name, verdict=Verdict.NOT_ASSESSED, code=IN_COCKTAIL, reason=reason, reading=reading
            )


def _is_assessed(marker: MarkerVerdict) -> bool:
    return marker.verdict is not Verdict.NOT_ASSESSED


def _spared(parts: list[Part], in_cocktail: set[str]) -> Iterator[Part]:
    """Parts without those that another member of their group, or the cocktail, makes up for."""
    assessed = {part.subject for part in parts if part.verdict is not Verdict.NOT_ASSESSED}
    groups = [row["any_of"] for row in load_standard("isct2006")["negative"]]
    for part in parts:
        group = next((set(group) for group in groups if part.subject in group), {part.subject})
        if part.verdict is Verdict.NOT_ASSESSED and (
            (group - {part.subject}) & assessed or group & in_cocktail
        ):
            continue
        yield part


def _absent(finding: IdentityFinding, required: str) -> Iterator[Part]:
    positive = set(_named("positive"))
    for name in finding.missing:
        if (name in positive) is (required == "positive"):
            reason = "no tube or row of a table holds this marker"
            verdict = Verdict.NOT_ASSESSED if finding.is_human else Verdict.NOT_APPLICABLE
            yield Part(subject=name, verdict=verdict, value=NotAssessed(reason), reason=reason)


def _verdict(
    reading: AntigenReading,
    verdict: Verdict,
    code: str,
    reason: str,
    *,
    others: tuple[AntigenReading, ...] = (),
) -> MarkerVerdict:
    return MarkerVerdict(
        marker=reading.marker, verdict=verdict, code=code, reason=reason, reading=reading, others=others
    )
