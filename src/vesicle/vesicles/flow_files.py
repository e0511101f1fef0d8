"""Which cytometer files hold small particles, what each is for, and with which settings it was taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vesicle.analysis import Inputs
from vesicle.findings.flow import Part
from vesicle.measurements.cytometry import FlowDataset, FlowFile
from vesicle.measurements.sizing import FloatArray

if TYPE_CHECKING:
    from vesicle.measurements.cytometry import FlowChannel

_PARTS: Mapping[str, Part] = {
    "sample": "sample",
    "buffer blank": "blank",
    "wash": "wash",
    "reagent control": "buffer",
    "procedural control": "buffer",
    "calibration beads": "beads",
    "size standard": "beads",
}
_BUFFER = re.compile(r"(?<![a-z])(?:buffer|d?pbs|saline|hepes|tris)(?![a-z])", re.IGNORECASE)
_BLANK = re.compile(r"blank|water|h2o", re.IGNORECASE)
_PARTICLES = re.compile(
    r"(?<![a-z])(?:s?m?evs?|exo|exosomes?|vesicles?|m?isev|nanovis|liposomes?)(?![a-z])", re.IGNORECASE
)
_SMALL_PARTICLE_CYTOMETER = re.compile(r"nano|apogee|micro-?plus", re.IGNORECASE)
_THRESHOLD = re.compile(r"^\$?TR$|THRESH|^CH\d+TR|TRLGC|DISCRIM", re.IGNORECASE)
_SCATTER = re.compile(r"ssc|side.?scatter|lals|mals", re.IGNORECASE)
_HEIGHT = re.compile(r"(?:-h|height)$", re.IGNORECASE)

ALL = "particles"
"""The value of the setting ``cytometry`` by which every file that is not of cells counts as one of particles."""


def particle_files(inputs: Inputs) -> tuple[FlowFile, ...]:
    """The cytometer files of small particles, with their controls and beads.

    Parameters
    ----------
    inputs : Inputs
        With the files; the setting ``cytometry = particles`` takes all that are not stated to be of cells.

    Returns
    -------
    tuple of FlowFile
        A file counts where the manifest says so, where its name or a small-particle cytometer suggests it, or
        where another file of the same instrument does and this one is a control or beads.
    """
    files = [file for file in inputs.all(FlowFile) if file.subject != "cells"]
    if inputs.settings.get("cytometry") == ALL:
        return tuple(files)
    known = [file for file in files if is_of_particles(file)]
    instruments = {file.instrument for file in known}
    ids = {id(file) for file in known}
    return tuple(
        file
        for file in files
        if id(file) in ids or (file.role != "sample" and not file.subject and file.instrument in instruments)
    )


def is_of_particles(file: FlowFile) -> bool:
    """Whether a file says by itself that small particles were run.

    Parameters
    ----------
    file : FlowFile
        As read.

    Returns
    -------
    bool
        By its stated subject, its instrument, its name or its beads' diameters.
    """
    if file.subject:
        return file.subject == "particles"
    has_sized_beads = file.beads is not None and bool(file.beads.diameters_nm)
    named = _PARTICLES.search(f"{file.stem} {file.sample} {file.label}")
    return has_sized_beads or bool(named or _SMALL_PARTICLE_CYTOMETER.search(file.instrument))


def part_of(file: FlowFile) -> Part:
    """What a file is for.

    Parameters
    ----------
    file : FlowFile
        With its role.

    Returns
    -------
    str
        Buffer blanks are called ``buffer`` where their name says buffer and neither blank nor water.
    """
    if file.subject == "cells":
        return "other"
    part = _PARTS.get(file.role, "other")
    names = f"{file.stem} {file.label}"
    if part == "blank" and _BUFFER.search(names) and not _BLANK.search(names):
        return "buffer"
    return part


def main_dataset(file: FlowFile) -> FlowDataset | None:
    """The data set that is counted: the first that holds events, else the first.

    Parameters
    ----------
    file : FlowFile
        With its data sets; some instruments store one measurement twice, in two formats.

    Returns
    -------
    FlowDataset or None
        None for a file without any.
    """
    return next(
        (found for found in file.datasets if found.stored_events), file.datasets[0] if file.datasets else None
    )


def day_of(file: FlowFile) -> str:
    """The day of the measurement.

    Parameters
    ----------
    file : FlowFile
        With its time in ISO 8601.

    Returns
    -------
    str
        Empty where the file states none.
    """
    return (file.acquired or "")[:10]


def settings_of(file: FlowFile) -> Mapping[str, str]:
    """What must be equal before two files can be held against each other: voltages, gains and thresholds.

    Parameters
    ----------
    file : FlowFile
        As read.

    Returns
    -------
    mapping of str to str
        By the name of the channel or of the keyword.
    """
    dataset = main_dataset(file)
    if dataset is None:
        return {}
    found = {
        f"voltage of {channel.name}": f"{channel.voltage:g}"
        for channel in dataset.channels
        if channel.voltage is not None
    }
    found |= {
        f"gain of {channel.name}": f"{channel.gain:g}" for channel in dataset.channels if channel.gain != 1
    }
    return {**found, **thresholds_of(file)}


def thresholds_of(file: FlowFile) -> Mapping[str, str]:
    """The trigger and the thresholds that a file states.

    Parameters
    ----------
    file : FlowFile
        As read.

    Returns
    -------
    mapping of str to str
        By the name of the keyword.
    """
    dataset = main_dataset(file)
    stated = dict(dataset.keywords) if dataset else {}
    stated |= {item.name: item.value for item in file.settings}
    return {name: value.strip() for name, value in stated.items() if _THRESHOLD.search(name)}


def differing_settings(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, ...]:
    """The settings that two files state differently.

    Parameters
    ----------
    ours, theirs : mapping of str to str
        Of :func:`settings_of`; what only one of them states differs from nothing.

    Returns
    -------
    tuple of str
        As sentences such as ``voltage of SSC-H 400 against 450``.

    Examples
    --------
    >>> differing_settings({"voltage of SSC-H": "400"}, {"voltage of SSC-H": "450", "gain of SSC-H": "2"})
    ('voltage of SSC-H 400 against 450',)
    """
    return tuple(
        f"{name} {ours[name]} against {theirs[name]}"
        for name in ours
        if name in theirs and ours[name] != theirs[name]
    )


def scatter_place(dataset: FlowDataset, wanted: str | None) -> int | None:
    """The channel whose scatter is used.

    Parameters
    ----------
    dataset : FlowDataset
        With its channels.
    wanted : str or None
        The manifest's ``scatter_channel``.

    Returns
    -------
    int or None
        The channel that the manifest names and None where it is not there; without a name the first side scatter,
        heights first.
    """
    if wanted is not None:
        return dataset.place(wanted)
    scatter = [place for place, channel in enumerate(dataset.channels) if _SCATTER.search(_names(channel))]
    heights = [place for place in scatter if _is_height(dataset.channels[place])]
    return next(iter([*heights, *scatter]), None)


def shown_channel(dataset: FlowDataset, place: int) -> str:
    """The name of a channel for people.

    Parameters
    ----------
    dataset : FlowDataset
        With its channels.
    place : int
        Its place.

    Returns
    -------
    str
        The label where it has one, else the name.
    """
    return dataset.channels[place].label or dataset.channels[place].name


def values_of(dataset: FlowDataset, places: Sequence[int]) -> FloatArray:
    """Some channels of a data set; nothing is read of one without events.

    Parameters
    ----------
    dataset : FlowDataset
        As read.
    places : sequence of int
        Channels.

    Returns
    -------
    numpy.ndarray
        Shape (events, len(places)).
    """
    if not dataset.stored_events or not dataset.values.shape[0]:
        return np.empty((0, len(places)))
    return dataset.values.columns(places)


def _names(channel: FlowChannel) -> str:
    return f"{channel.name} {channel.label}"


def _is_height(channel: FlowChannel) -> bool:
    return bool(_HEIGHT.search(channel.name) or _HEIGHT.search(channel.label))
