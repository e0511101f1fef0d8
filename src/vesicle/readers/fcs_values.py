"""The events of a data set: read from the file block by block, summed once, on their linear scale when asked for.

Reading, not mapping, as for videos: a block that stays in the processor's cache is summed faster than pages of a
map, memory does not grow with the file, and a file that is cut by somebody else is an error instead of a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import TruncatedFile
from vesicle.measurements import EventValues
from vesicle.measurements.sizing import FloatArray
from vesicle.readers.fcs_layout import Layout
from vesicle.readers.fcs_place import Place
from vesicle.readers.fcs_sums import FOLDED, Stored, Summary, summarised
from vesicle.readers.streams import opened

BLOCK_BYTES = 1024**2
"""Small enough for the cache of a core, large enough for the cost of a call not to matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearScale:
    """How a stored value becomes a linear one: ``f2 * 10**(f1 * x / span)`` with decades, else ``x / gain``."""

    decades: tuple[float, float] | None = None
    span: float = 1.0
    gain: float = 1.0

    def linear(self, stored: Stored) -> FloatArray:
        """Values on the linear scale.

        Parameters
        ----------
        stored : numpy.ndarray
            Of one channel.

        Returns
        -------
        numpy.ndarray
            Float64.
        """
        values = stored.astype(np.float64)
        if self.decades is not None:
            return self.decades[1] * 10.0 ** (self.decades[0] / self.span * values)
        return values if self.gain == 1.0 else values / self.gain


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvents:
    """The events of one data set in their file.

    ``dropped`` holds the places of events with a value that is no finite number; they are left out of
    everything. ``total`` has the sums of the values as stored: masked to their bits, without any scale.
    """

    path: Path
    where: str
    size_bytes: int
    first: int
    stored: int
    layout: Layout
    scales: tuple[LinearScale, ...]
    dropped: NDArray[np.int64]
    total: FloatArray

    @property
    def summary(self) -> Summary:
        """Least, greatest and sum of the values as stored; read from the file anew."""
        return summarised(self.blocks(), self.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """Events that are kept and channels."""
        return self.stored - len(self.dropped), len(self.layout.widths)

    def blocks(self) -> Iterator[Stored]:
        """The values as stored, block by block.

        Yields
        ------
        numpy.ndarray
            Shape (events, channels); valid until the next one is asked for.

        Raises
        ------
        ReadError
            When the file changed since it was recognised.
        """
        start = 0
        for block in stored_blocks(self.path, _place_of(self), where=self.where, size_bytes=self.size_bytes):
            inside = self.dropped[(self.dropped >= start) & (self.dropped < start + len(block))] - start
            start += len(block)
            yield np.delete(block, inside, axis=0) if inside.size else block

    def as_stored(self, places: Sequence[int]) -> FloatArray:
        """Some channels as they are stored, without any scale.

        Parameters
        ----------
        places : sequence of int
            Channels.

        Returns
        -------
        numpy.ndarray
            Shape (events, len(places)), float64.
        """
        chosen = list(places)
        values = np.empty((self.shape[0], len(chosen)), dtype=np.float64)
        start = 0
        for block in self.blocks():
            values[start : start + len(block)] = block[:, chosen]
            start += len(block)
        return values

    def columns(self, places: Sequence[int]) -> FloatArray:
        """Some channels on their linear scale.

        Parameters
        ----------
        places : sequence of int
            Channels.

        Returns
        -------
        numpy.ndarray
            Shape (events, len(places)), float64; amplification and gain are undone, nothing is compensated.
        """
        values = self.as_stored(places)
        for column, place in enumerate(places):
            scale = self.scales[place]
            if scale != LinearScale(span=scale.span):
                values[:, column] = scale.linear(values[:, column])
        return values


def _place_of(events: StoredEvents) -> Place:
    return Place(first=events.first, events=events.stored, layout=events.layout)


def summary_of(values: EventValues) -> Summary:
    """Least, greatest and sum of each channel.

    Parameters
    ----------
    values : EventValues
        Of a data set.

    Returns
    -------
    Summary
        Of the values as stored where they were read from a file here, else of the linear ones.
    """
    if isinstance(values, StoredEvents):
        return values.summary
    channels = values.shape[1]
    return summarised(iter((values.columns(range(channels)),)), channels)


def stored_blocks(path: Path, place: Place, *, where: str, size_bytes: int) -> Iterator[Stored]:
    """Every event of a data set as stored, block by block.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    place : Place
        Where its events are.
    where : str
        Its name for messages.
    size_bytes : int
        Its size when it was recognised.

    Yields
    ------
    numpy.ndarray
        Shape (events, channels), masked to the bits that count; valid until the next one is asked for.

    Raises
    ------
    ReadError
        When the file changed since.
    """
    row = place.layout.row_bytes
    rows = max(FOLDED, BLOCK_BYTES // row // FOLDED * FOLDED)
    buffer = bytearray(min(rows, place.events) * row)
    masks = _mask_row(place.layout)
    with opened(path, where=where, size_bytes=size_bytes) as stream:
        stream.seek(place.first)
        for start in range(0, place.events, rows):
            view = memoryview(buffer)[: min(rows, place.events - start) * row]
            _fill(stream.readinto, view, where=where)
            values = decoded(np.frombuffer(view, dtype=np.uint8), place.layout)
            yield values if masks is None else _masked(values, masks)


def _fill(read_into: Callable[[memoryview], int | None], view: memoryview, *, where: str) -> None:
    while len(view):
        count = read_into(view) or 0
        if not count:
            raise TruncatedFile("The file became shorter while it was read.", where=where)
        view = view[count:]


def decoded(data: NDArray[np.uint8], layout: Layout) -> Stored:
    """Stored values from the bytes of whole events, not masked.

    Parameters
    ----------
    data : numpy.ndarray
        Bytes.
    layout : Layout
        What they mean.

    Returns
    -------
    numpy.ndarray
        Shape (events, channels): the machine's own type for a uniform layout, else float64.
    """
    if not layout.is_uniform:
        return _mixed(data.reshape(-1, layout.row_bytes), layout)
    letter = "u" if layout.kinds[0] == "I" else "f"
    width = layout.widths[0]
    if layout.is_big_endian and width > 1:
        words = data.view(f"<u{width}").byteswap()
        values = words.view(f"<{letter}{width}")
    else:
        values = data.view(f"<{letter}{width}")
    return values.reshape(-1, len(layout.widths))


def _mixed(rows: NDArray[np.uint8], layout: Layout) -> FloatArray:
    values = np.empty((len(rows), len(layout.widths)), dtype=np.float64)
    at = 0
    for column, (kind, width) in enumerate(zip(layout.kinds, layout.widths, strict=True)):
        places = _significance(layout, width)
        rising = [at + places.index(place) for place in range(width)]
        data = np.ascontiguousarray(rows[:, rising])
        if kind == "I":
            whole = np.zeros((len(rows), 8 if width > 4 else 4), dtype=np.uint8)
            whole[:, :width] = data
            values[:, column] = whole.view(f"<u{whole.shape[1]}")[:, 0]
        else:
            with np.errstate(all="ignore"):  # some patterns of no number warn when they are widened
                values[:, column] = data.view(f"<f{width}")[:, 0]
        at += width
    return values


def _significance(layout: Layout, width: int) -> list[int]:
    """For each byte of a word as it stands in the file, its place from the least significant."""
    if layout.is_mixed_endian and width == len(layout.order):
        return list(layout.order)
    return list(range(width))[::-1] if layout.is_big_endian else list(range(width))


def _mask_row(layout: Layout) -> NDArray[np.uint64] | None:
    if not any(layout.masks):
        return None
    full = [(1 << 8 * width) - 1 for width in layout.widths]
    return np.array([m or f for m, f in zip(layout.masks, full, strict=True)], dtype=np.uint64)


def _masked(values: Stored, masks: NDArray[np.uint64]) -> Stored:
    if values.dtype.kind == "u":
        return values & masks.astype(values.dtype)
    for column in np.flatnonzero(masks < np.uint64(1 << 53)):
        if np.all(values[:, column] >= 0) and np.all(values[:, column] < 2.0**63):
            values[:, column] = values[:, column].astype(np.uint64) & masks[column]
    return values
