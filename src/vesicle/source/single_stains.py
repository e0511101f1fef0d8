"""Which detector a single stain belongs to: by the manifest, its file's name, its labels, else its signal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from vesicle.measurements import FlowDataset, FlowFile
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned
from vesicle.source.stains import base_of, dataset_of, dyes_in, is_scatter, part_of
from vesicle.standards.antigens import antigens_in, control_named

_ORDER = {"a": 0, "": 1, "h": 2, "w": 3}
BY_SIGNAL = "largest signal above the unstained tube"


def detectors_of(dataset: FlowDataset) -> tuple[int, ...]:
    """The fluorescence channels among which spillover is measured, one of each detector.

    Parameters
    ----------
    dataset : FlowDataset
        Of an unstained tube or a single stain.

    Returns
    -------
    tuple of int
        Places of the areas, or of the heights where most detectors were recorded so.
    """
    places = [place for place, channel in enumerate(dataset.channels) if not is_scatter(channel)]
    parts = Counter(part_of(dataset.channels[place].name) for place in places)
    usual = min(parts, key=lambda part: (-parts[part], _ORDER[part]), default="")
    return tuple(place for place in places if part_of(dataset.channels[place].name) == usual)


def stated_detector(file: FlowFile) -> tuple[str, str] | Warned | None:
    """The channel that somebody named as the one of a single stain.

    Parameters
    ----------
    file : FlowFile
        With the role ``single stain``.

    Returns
    -------
    tuple of (str, str), Warned or None
        Its name and what named it; a warning where vesicle.toml names several; None where nothing does.
    """
    dataset = dataset_of(file)
    if file.markers:
        places = {place for name in file.markers if (place := dataset.place(name)) is not None}
        if len(places) == 1:
            return dataset.channels[places.pop()].name, "vesicle.toml"
        message = (
            f"{file.file.path}: vesicle.toml names {len(places)} of its channels; a single stain has one"
        )
        return Warned(code="stain_ambiguous", message=message)
    ways: tuple[tuple[Callable[[FlowFile], Iterator[int]], str], ...] = (
        (_by_dye, "name of the file"),
        (_by_antigen, "name of the file"),
        (_by_label, "label of the channel"),
    )
    for way, origin in ways:
        found = set(way(file))
        if len(found) == 1:
            return dataset.channels[found.pop()].name, origin
    return None


def brightest(stain: FloatArray, blank: FloatArray) -> int | None:
    """The column in which a stain lies farthest above the unstained events.

    Parameters
    ----------
    stain, blank : numpy.ndarray
        Signals of the same detectors, shape (events, n).

    Returns
    -------
    int or None
        By the median of the events above the unstained ones; None where no detector has enough of them.
    """
    from vesicle.cytometry.stains import LEAST_POSITIVES, POSITIVE_PERCENTILE

    if not len(blank):
        return None
    limits, centre = np.percentile(blank, POSITIVE_PERCENTILE, axis=0), np.median(blank, axis=0)
    heights: dict[int, float] = {}
    for column in range(blank.shape[1]):
        positive = stain[stain[:, column] > limits[column], column]
        if len(positive) >= LEAST_POSITIVES:
            heights[column] = float(np.median(positive) - centre[column])
    return max(heights, key=lambda column: heights[column]) if heights else None


def _by_dye(file: FlowFile) -> Iterator[int]:
    """Detectors that the file's name holds, by their own names, else by their labels."""
    dataset = dataset_of(file)
    channels = {place: dataset.channels[place] for place in detectors_of(dataset)}
    named = {dye for dye, _ in dyes_in(file.stem, channels.values())}
    if named:
        yield from (place for place, channel in channels.items() if base_of(channel.name) in named)
        return
    labelled = {place: replace(c, name=c.label) for place, c in channels.items() if c.label.strip()}
    named = {dye for dye, _ in dyes_in(file.stem, labelled.values())}
    yield from (place for place, channel in labelled.items() if base_of(channel.name) in named)


def _by_antigen(file: FlowFile) -> Iterator[int]:
    """Detectors whose label holds the antigen of the file's name."""
    dataset, wanted = dataset_of(file), set(antigens_in(file.stem))
    for place in detectors_of(dataset):
        if wanted & set(antigens_in(dataset.channels[place].label)):
            yield place


def _by_label(file: FlowFile) -> Iterator[int]:
    """Detectors with a label of their own, which is one where the label was written for this tube."""
    dataset = dataset_of(file)
    for place in detectors_of(dataset):
        channel = dataset.channels[place]
        label = channel.label.strip()
        if label and label.casefold() != channel.name.strip().casefold() and not control_named(label):
            yield place
