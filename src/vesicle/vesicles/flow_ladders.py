"""Fluorescence channels calibrated with ladders of beads, for small particles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from vesicle.findings.flow import FlowCount, Ladder
from vesicle.measurements.cytometry import FlowDataset
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed, Warned
from vesicle.vesicles.flow_files import differing_settings, main_dataset, values_of
from vesicle.vesicles.flow_scatter import is_same_instrument

_NO_FLUORESCENCE = re.compile(r"fsc|ssc|scatter|lals|mals|sals|time|width|(?:^|[-_ ])w$", re.IGNORECASE)
_FORWARD, _SIDE = re.compile(r"fsc|forward", re.IGNORECASE), re.compile(r"ssc|side", re.IGNORECASE)


def calibrate_fluorescence(counts: Sequence[FlowCount]) -> tuple[Ladder, ...]:
    """Every channel whose ladder the user states.

    Parameters
    ----------
    counts : sequence of FlowCount
        All files; those of beads carry the assigned values.

    Returns
    -------
    tuple of Ladder
        Refused ones included, with their reason.
    """
    return tuple(ladder for count in counts for ladder in _of_file(count))


def _of_file(count: FlowCount) -> Iterator[Ladder]:
    dataset, beads = main_dataset(count.file), count.file.beads
    if dataset is None or beads is None or not beads.values:
        return
    places = {name: dataset.place(name) for name in beads.values}
    unit = beads.unit or "units of the ladder"
    for name, place in places.items():
        if place is None:
            yield refused(name, unit, count.path, f"the file has no channel {name}")
    stated = {name: place for name, place in places.items() if place is not None}
    if stated:
        yield from _fitted(count, dataset, stated, unit)


def refused(channel: str, unit: str, file: str, reason: str) -> Ladder:
    """A ladder that gives no calibration.

    Parameters
    ----------
    channel, unit, file : str
        As in :class:`Ladder`.
    reason : str
        Why.

    Returns
    -------
    Ladder
        With the reason in place of every number.
    """
    missing = NotAssessed(reason)
    return Ladder(
        channel=channel,
        unit=unit,
        file=file,
        slope=missing,
        intercept=missing,
        auto=missing,
        factor=missing,
    )


def unlike_ladder(count: FlowCount, beads: FlowCount, channel: str) -> str:
    """Why a channel of a file cannot be calibrated with the ladder of another.

    Parameters
    ----------
    count, beads : FlowCount
        The file, and that of the ladder.
    channel : str
        Its name. Another threshold does not move its calibration; another voltage or gain does.

    Returns
    -------
    str
        Empty where nothing speaks against it.
    """
    if not is_same_instrument(count, beads.file):
        return "measured on another instrument than the ladder"
    names = {f"voltage of {channel}", f"gain of {channel}"}
    differing = differing_settings(
        {name: value for name, value in count.taken_with.items() if name in names}, beads.taken_with
    )
    return f"not measured with the settings of the ladder ({differing[0]})" if differing else ""


def _fitted(count: FlowCount, dataset: FlowDataset, stated: dict[str, int], unit: str) -> Iterator[Ladder]:
    from vesicle.cytometry.ladder import RefusedLadder, fit_ladder
    from vesicle.cytometry.ladder_peaks import find_populations

    places = list(dict.fromkeys([*stated.values(), *_fluorescence(dataset)]))
    ceilings = np.array([dataset.channels[place].range or np.inf for place in places])
    found = find_populations(_gated(dataset, places), ceilings=ceilings)
    values = count.file.beads.values if count.file.beads else {}
    for name, place in stated.items():
        column = places.index(place)
        fit = fit_ladder(found, values[name], channel=column, ceiling=float(ceilings[column]), unit=unit)
        channel = dataset.channels[place].name
        if isinstance(fit, RefusedLadder):
            yield refused(channel, unit, count.path, fit.reason)
            continue
        yield Ladder(
            channel=channel,
            unit=unit,
            file=count.path,
            slope=fit.slope,
            intercept=fit.intercept_log10,
            auto=fit.autofluorescence,
            factor=fit.factor,
            r_squared=fit.r_squared,
            peaks=sum(peak.state == "used" for peak in fit.peaks),
            doubts=tuple(Warned(code=doubt.code, message=doubt.message) for doubt in fit.doubts),
        )


def _fluorescence(dataset: FlowDataset) -> list[int]:
    return [
        place
        for place, channel in enumerate(dataset.channels)
        if not _NO_FLUORESCENCE.search(f"{channel.name} {channel.label}".strip())
    ]


def _gated(dataset: FlowDataset, places: Sequence[int]) -> FloatArray:
    """Fluorescence of the events around the main mode of scatter: single beads."""
    from vesicle.cytometry.gating import gate_cells, gate_ends

    values = values_of(dataset, places)
    scatter = {
        kind: place
        for kind, pattern in (("forward", _FORWARD), ("side", _SIDE))
        if (place := _first(dataset, pattern)) is not None
    }
    if len(scatter) < 2 or not len(values):
        return values
    both = values_of(dataset, list(scatter.values()))
    forward, side = both[:, 0], both[:, 1]
    ends = gate_ends(np.ones(len(values), dtype=np.bool_), {"forward": forward, "side": side})
    return values[gate_cells(ends.kept, forward, side).kept]


def _first(dataset: FlowDataset, pattern: re.Pattern[str]) -> int | None:
    names = [f"{channel.name} {channel.label}" for channel in dataset.channels]
    return next((place for place, name in enumerate(names) if pattern.search(name)), None)
