"""A tube whose events were gated once: its signals, channel by channel, with spillover taken off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError
from vesicle.findings import GatedTube, GateStep
from vesicle.measurements import FlowDataset, FlowFile, Spillover
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed, Warned
from vesicle.source.gates import gate_events
from vesicle.source.stains import dataset_of, kind_of_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """The gated events of one file; ``problem`` says why there are none."""

    dataset: FlowDataset
    record: GatedTube
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
        spillover = usable_spillover((like or self).dataset)
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
            Empty when it was compensated.
        """
        spillover = usable_spillover(self.dataset)
        if spillover is not None and place in spillover.channels:
            return ()
        return (Warned(code="not_compensated", message=self.record.compensation),)


def gated_tube(file: FlowFile, viability_channel: str | None) -> Tube:
    """A file's events after all gates.

    Parameters
    ----------
    file : FlowFile
        With at least one data set.
    viability_channel : str or None
        The channel of a dye that dead cells take up, as the manifest names it.

    Returns
    -------
    Tube
        With a problem instead of events where the file has none, or cannot be read again.
    """
    dataset = dataset_of(file)
    if dataset.values.shape[0] == 0:
        return _without(file, Warned(code="zero_events", message="the file holds no events"))
    try:
        gated = gate_events(dataset, viability_channel)
    except ReadError as error:
        return _without(file, Warned(code="events_unreadable", message=error.what))
    record = _record(file, gated.steps)
    problem = Warned(code="no_gated_events", message="no event is left after the gates")
    return Tube(
        dataset=dataset,
        record=record,
        rows=gated.rows,
        problem=None if len(gated.rows) else problem,
        doubts=gated.doubts,
    )


def usable_spillover(dataset: FlowDataset) -> Spillover | None:
    """The matrix that is taken off.

    Parameters
    ----------
    dataset : FlowDataset
        With what its file states.

    Returns
    -------
    Spillover or None
        None where the file states none, or one that cannot be used: not finite, singular, or no more than ones.
    """
    found = dataset.spillover
    return None if isinstance(found, NotAssessed) or refusal_of(found) else found


def refusal_of(spillover: Spillover) -> str:
    """Why a matrix cannot be taken off.

    Parameters
    ----------
    spillover : Spillover
        As the reader gives it.

    Returns
    -------
    str
        Empty when it can.
    """
    from vesicle.cytometry.compensation import RefusedSpillover, checked_spillover, is_identity

    found = checked_spillover(
        spillover.matrix,
        names=[str(place) for place in spillover.channels],
        channels=spillover.channels,
        keyword=spillover.keyword,
    )
    if isinstance(found, RefusedSpillover):
        return found.reason
    return "the matrix is the identity, so nothing is to be taken off" if is_identity(found) else ""


def _same_channels(mine: FlowDataset, other: FlowDataset, spillover: Spillover | None) -> list[int]:
    """Places in another data set of the channels of a matrix; none unless all are there."""
    if spillover is None:
        return []
    found = [other.place(mine.channels[place].name) for place in spillover.channels]
    places = [place for place in found if place is not None]
    return places if len(places) == len(found) else []


def _compensation(dataset: FlowDataset) -> str:
    found = dataset.spillover
    if isinstance(found, NotAssessed):
        return f"not compensated: {found.reason}"
    refused = refusal_of(found)
    if refused:
        return f"not compensated: {refused}"
    return f"compensated with {found.keyword} ({len(found.channels)} channels)"


def _record(file: FlowFile, steps: tuple[GateStep, ...]) -> GatedTube:
    return GatedTube(
        file=file.file.path,
        role=kind_of_control(file) or "stained",
        steps=steps,
        compensation=_compensation(dataset_of(file)),
    )


def _without(file: FlowFile, problem: Warned) -> Tube:
    dataset = dataset_of(file)
    steps = (GateStep(name="recorded", events=dataset.values.shape[0], note=problem.message),)
    return Tube(
        dataset=dataset, record=_record(file, steps), rows=np.empty(0, dtype=np.intp), problem=problem
    )
