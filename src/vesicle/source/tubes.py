"""A tube whose events were gated once: its signals, channel by channel, with spillover taken off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError
from vesicle.findings import GatedTube, GateStep
from vesicle.measurements import FlowDataset, FlowFile, Spillover
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned
from vesicle.source.gates import gate_events
from vesicle.source.spillover import Chosen, Measured, choose
from vesicle.source.stains import dataset_of, kind_of_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """The gated events of one file; ``problem`` says why there are none."""

    dataset: FlowDataset
    record: GatedTube
    chosen: Chosen
    rows: NDArray[np.intp]
    problem: Warned | None = None
    doubts: tuple[Warned, ...] = ()

    def signal(self, place: int, *, like: Tube | None = None) -> FloatArray:
        """The signals of the gated events in one channel.

        Parameters
        ----------
        place : int
            Of the channel.
        like : Tube, optional
            The tube whose spillover is to be taken off here too, as for a control; its own unless said.

        Returns
        -------
        numpy.ndarray
            One value per gated event.
        """
        spillover = (like or self).chosen.spillover
        places = _same_channels((like or self).dataset, self.dataset, spillover)
        if spillover is None or place not in places:
            return self.dataset.values.columns([place])[self.rows, 0]
        block = self.dataset.values.columns(places)[self.rows]
        # Only one column of the product is wanted: true = observed x inverse of the matrix.
        return block @ np.linalg.inv(spillover.matrix)[:, places.index(place)]

    def notes_on(self, place: int) -> tuple[Warned, ...]:
        """What a reader of a signal should know of its spillover.

        Parameters
        ----------
        place : int
            Of the channel.

        Returns
        -------
        tuple of Warned
            Empty when it was compensated; with the reason where single stains are there and cannot be used.
        """
        spillover, refused = self.chosen.spillover, self.chosen.refused
        if spillover is not None and place in spillover.channels:
            return ()
        note = Warned(code="not_compensated", message=self.record.compensation)
        return (note, refused) if refused else (note,)


def gated_tube(
    file: FlowFile,
    viability_channel: str | None,
    *,
    measured: Measured | None = None,
    stained: Collection[int] = (),
) -> Tube:
    """A file's events after all gates.

    Parameters
    ----------
    file : FlowFile
        With at least one data set.
    viability_channel : str or None
        The channel of a dye that dead cells take up, as the manifest names it.
    measured : Measured, optional
        Spillover from single stains, for a tube whose file states none that can be used.
    stained : collection of int, optional
        Places of the channels in which its antigens were stained.

    Returns
    -------
    Tube
        With a problem instead of events where the file has none, or cannot be read again; with a doubt where several
        colours were to be compensated by single stains that cannot be used.
    """
    dataset = dataset_of(file)
    chosen = choose(dataset, measured, stained)
    if dataset.values.shape[0] == 0:
        return _without(file, chosen, Warned(code="zero_events", message="the file holds no events"))
    try:
        gated = gate_events(dataset, viability_channel)
    except ReadError as error:
        return _without(file, chosen, Warned(code="events_unreadable", message=error.what))
    record = _record(file, chosen, gated.steps)
    problem = Warned(code="no_gated_events", message="no event is left after the gates")
    return Tube(
        dataset=dataset,
        record=record,
        chosen=chosen,
        rows=gated.rows,
        problem=None if len(gated.rows) else problem,
        doubts=(*gated.doubts, *((chosen.refused,) if chosen.refused and len(stained) > 1 else ())),
    )


def _same_channels(mine: FlowDataset, other: FlowDataset, spillover: Spillover | None) -> list[int]:
    """Places in another data set of the channels of a matrix; none unless all are there."""
    if spillover is None:
        return []
    found = [other.place(mine.channels[place].name) for place in spillover.channels]
    places = [place for place in found if place is not None]
    return places if len(places) == len(found) else []


def _record(file: FlowFile, chosen: Chosen, steps: tuple[GateStep, ...]) -> GatedTube:
    return GatedTube(
        file=file.file.path,
        role=kind_of_control(file) or "stained",
        steps=steps,
        compensation=chosen.said,
    )


def _without(file: FlowFile, chosen: Chosen, problem: Warned) -> Tube:
    dataset = dataset_of(file)
    steps = (GateStep(name="recorded", events=dataset.values.shape[0], note=problem.message),)
    record = _record(file, chosen, steps)
    return Tube(
        dataset=dataset, record=record, chosen=chosen, rows=np.empty(0, dtype=np.intp), problem=problem
    )
