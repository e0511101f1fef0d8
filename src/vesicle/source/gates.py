"""Which events of a tube are single, live cells, with the count after each gate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vesicle.findings import GateStep
from vesicle.measurements import FlowDataset
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

_DYE = re.compile(
    r"(?<![a-z])(?:7[\s_-]?aad|viab\w*|live[\s_/-]*dead|l/d|zombie|ghost|fvs\d*|fvd|dapi|propidium)",
    re.IGNORECASE,
)
_FORWARD, _SIDE = (
    re.compile(r"^(?:FSC?)(?![a-z])", re.IGNORECASE),
    re.compile(r"^(?:SSC?)(?![a-z])", re.IGNORECASE),
)
_AREA, _HEIGHT = (
    re.compile(r"(?:\bA|area)\s*$", re.IGNORECASE),
    re.compile(r"(?:\bH|height|peak)\s*\)?$", re.IGNORECASE),
)
_WIDTH = re.compile(r"(?:\bW|width|tof)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """Places of the events that are left, the steps, and what makes their number doubtful."""

    rows: NDArray[np.intp]
    steps: tuple[GateStep, ...]
    doubts: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channels:
    """Places of the channels that gates look at; None where the file has none."""

    forward: int | None
    side: int | None
    forward_area: int | None
    forward_height: int | None
    time: int | None
    dye: int | None


def gate_events(dataset: FlowDataset, viability_channel: str | None) -> Gated:
    """The events of single, live cells.

    Saturated and zero scatter, unusual times, events that are not single, debris and cells that took up a viability
    dye are dropped, in this order.

    Parameters
    ----------
    dataset : FlowDataset
        With at least one event.
    viability_channel : str or None
        As the manifest names it; else the channel whose label names such a dye.

    Returns
    -------
    Gated
        With a doubt where cells could not be told from debris, or the named dye is not there.

    Raises
    ------
    ReadError
        When the file changed since it was recognised.

    Notes
    -----
    **Source**: the limits of every gate are house rules of ``vesicle.cytometry.gating``.
    """
    from vesicle.cytometry import gating

    found = _channels(dataset, viability_channel)
    signal = _signals(dataset, found)
    kept = np.ones(dataset.values.shape[0], dtype=np.bool_)
    scatter = {
        dataset.channels[place].name: signal[place]
        for place in (found.forward, found.side)
        if place is not None
    }
    steps = [GateStep(name="recorded", events=len(kept), note=_dropped(dataset))]
    gates: tuple[Callable[[NDArray[np.bool_]], gating.Gate], ...] = (
        partial(gating.gate_ends, scatter=scatter, ceilings=_ceilings(dataset, found)),
        partial(gating.gate_time, time=_at(signal, found.time)),
        partial(
            gating.gate_singlets,
            area=_at(signal, found.forward_area),
            height=_at(signal, found.forward_height),
        ),
        partial(gating.gate_cells, forward=_at(signal, found.forward), side=_at(signal, found.side)),
        partial(gating.gate_viable, dye=_at(signal, found.dye)),
    )
    for gate in gates:
        done = gate(kept)
        kept = done.kept
        note = done.record.note if done.record.is_applied else f"not applied: {done.record.note}"
        steps.append(GateStep(name=done.record.name, events=done.record.after, note=note))
    return Gated(
        rows=np.flatnonzero(kept), steps=tuple(steps), doubts=tuple(_doubts(found, viability_channel))
    )


def _channels(dataset: FlowDataset, viability_channel: str | None) -> _Channels:
    names = [channel.name.strip() for channel in dataset.channels]
    forward = [place for place, name in enumerate(names) if _FORWARD.search(name) and not _WIDTH.search(name)]
    side = [place for place, name in enumerate(names) if _SIDE.search(name) and not _WIDTH.search(name)]
    area, height = _ending(names, forward, _AREA), _ending(names, forward, _HEIGHT)
    time = next((place for place, name in enumerate(names) if name.casefold() == "time"), None)
    return _Channels(
        forward=area if area is not None else next(iter(forward), None),
        side=first if (first := _ending(names, side, _AREA)) is not None else next(iter(side), None),
        forward_area=area,
        forward_height=height,
        time=time,
        dye=_dye(dataset, viability_channel),
    )


def _ending(names: list[str], places: list[int], pattern: re.Pattern[str]) -> int | None:
    return next((place for place in places if pattern.search(names[place])), None)


def _dye(dataset: FlowDataset, named: str | None) -> int | None:
    if named:
        return dataset.place(named)
    found = [place for place, channel in enumerate(dataset.channels) if _DYE.search(channel.label)]
    areas = [place for place in found if _AREA.search(dataset.channels[place].name)]
    return next(iter(areas or found), None)


def _signals(dataset: FlowDataset, found: _Channels) -> dict[int, FloatArray]:
    places = {found.forward, found.side, found.forward_area, found.forward_height, found.time, found.dye} - {
        None
    }
    wanted = sorted(place for place in places if place is not None)
    block = dataset.values.columns(wanted) if wanted else np.empty((dataset.values.shape[0], 0))
    return {place: block[:, index] for index, place in enumerate(wanted)}


def _at(signal: dict[int, FloatArray], place: int | None) -> FloatArray | None:
    return None if place is None else signal[place]


def _ceilings(dataset: FlowDataset, found: _Channels) -> dict[str, float]:
    """Where the file's own range ends a channel of whole numbers; the range of floats is no limit of theirs."""
    ceilings: dict[str, float] = {}
    for place in (found.forward, found.side):
        channel = dataset.channels[place] if place is not None else None
        if channel and channel.range and channel.bits < 32 and channel.decades is None and channel.gain == 1:
            ceilings[channel.name] = channel.range - 1
    return ceilings


def _dropped(dataset: FlowDataset) -> str:
    if not dataset.dropped_events:
        return ""
    return f"{dataset.dropped_events} of {dataset.stored_events} events with a value that is no number were left out"


def _doubts(found: _Channels, viability_channel: str | None) -> Iterator[Warned]:
    if found.forward is None or found.side is None:
        message = "forward or side scatter is missing, so that cells could not be told from debris"
        yield Warned(code="no_scatter", message=message)
    if viability_channel and found.dye is None:
        message = f"the viability channel '{viability_channel}' of vesicle.toml is not in the file"
        yield Warned(code="viability_channel_missing", message=message)
