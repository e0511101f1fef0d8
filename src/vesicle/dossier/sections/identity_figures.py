"""Figures of cell identity: the net percentages beside their limits, and each antigen beside its control."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks.panel_rules import MarkerVerdict
from vesicle.dossier.blocks import Axis, Block, Figure, Line, PointInterval, Zone
from vesicle.findings import AntigenReading, IdentityFinding
from vesicle.results import Estimate

_GROUPS = {"positive": "Positive", "negative": "Negative"}
MOST_PANELS = 18


def figures(inputs: Inputs, finding: IdentityFinding, judged: tuple[MarkerVerdict, ...]) -> Iterator[Block]:
    """The percentages of all antigens, and the histograms of those whose events were seen.

    Parameters
    ----------
    inputs : Inputs
        For the limits.
    finding : IdentityFinding
        What the tubes say.
    judged : tuple of MarkerVerdict
        The verdict on each antigen.

    Yields
    ------
    Figure
        None where there are no numbers.
    """
    yield from _percentages(inputs, judged)
    yield from _histograms(finding)


def _percentages(inputs: Inputs, judged: tuple[MarkerVerdict, ...]) -> Iterator[Block]:
    points = tuple(
        PointInterval(
            label=f"{marker.marker}, {_wanted(inputs, marker)}",
            value=net.value,
            low=net.low,
            high=net.high,
            group=_GROUPS[marker.reading.required],
        )
        for marker in judged
        if isinstance(net := marker.net_percent, Estimate)
    )
    if not points:
        return
    most, least = inputs.limits["C06"]["max_percent"], inputs.limits["C05"]["min_percent"]
    yield Figure(
        id="identity",
        title="Cells that carry each antigen",
        caption="Net percentages of the gated cells with 95 % intervals. Shaded are the limits: the left one for the "
        "antigens that must be absent, the right one for those that must be there.",
        summary=f"{'; '.join(f'{p.label}: {p.value:.3g} % ({p.low:.3g} to {p.high:.3g})' for p in points)}.",
        x=Axis(title="Net share of the gated cells", unit="%", low=0.0, high=100.0),
        y=Axis(title="Antigen"),
        points=points,
        zones=(
            Zone(label=f"at most {most:g} %", low=0.0, high=most, tone="good"),
            Zone(label=f"at least {least:g} %", low=least, high=100.0, tone="good"),
        ),
    )


def _wanted(inputs: Inputs, marker: MarkerVerdict) -> str:
    if marker.reading.required == "positive":
        return f"at least {inputs.limits['C05']['min_percent']:g} %"
    return f"at most {inputs.limits['C06']['max_percent']:g} %"


def _histograms(finding: IdentityFinding) -> Iterator[Block]:
    shown = [reading for reading in finding.readings if reading.histogram][:MOST_PANELS]
    edges = [edge for reading in shown if reading.histogram for edge in reading.histogram.edges[[0, -1]]]
    if not shown:
        return
    named = dict(zip(map(id, shown), _names(shown), strict=True))
    more = sum(reading.histogram is not None for reading in finding.readings) - len(shown)
    yield Figure(
        id="identity-histograms",
        title="Each antigen beside its control",
        caption="Share of the gated events by signal, each panel up to its own highest class; events below the axis "
        "are counted in the first class. The dashed vertical line is the threshold that the control set."
        + (f" {more} more tubes are in the table." if more else ""),
        summary=f"Above the threshold: {'; '.join(_in_words(named[id(r)], r) for r in shown)}.",
        x=Axis(title="Signal", is_log=True, low=float(min(edges)), high=float(max(edges))),
        y=Axis(title="Share of gated events", low=0.0),
        lines=tuple(line for reading in shown for line in _lines(named[id(reading)], reading)),
        marks=tuple(
            (f"{named[id(reading)]}: threshold", reading.threshold)
            for reading in shown
            if reading.threshold is not None
        ),
    )


def _names(readings: list[AntigenReading]) -> Iterator[str]:
    """The marker and its channel; a number where a marker has several tubes in one channel."""
    seen: dict[str, int] = {}
    for reading in readings:
        name = f"{reading.marker}, {reading.channel}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _lines(name: str, reading: AntigenReading) -> Iterator[Line]:
    found = reading.histogram
    if found is not None:
        yield Line(label="stained tube", x=found.edges, y=found.sample, is_step=True, panel=name)
        yield Line(label="its control", x=found.edges, y=found.control, is_step=True, panel=name)


def _in_words(name: str, reading: AntigenReading) -> str:
    gated, control = reading.gated_percent, reading.control_percent
    if isinstance(gated, Estimate) and isinstance(control, Estimate):
        return f"{name} {gated.value:.3g} %, its control {control.value:.3g} %"
    return f"{name} not assessed"
