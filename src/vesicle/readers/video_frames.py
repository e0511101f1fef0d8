"""The pixels of a video that lie in the file as they are: read block by block, never as a whole.

Reading, not mapping: a mapped file that is cut by somebody else kills the process, and every page that was
looked at counts as memory of ours. A pass by reading costs 0.03 ms per 640x480 frame, by mapping 0.013 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import read_only
from vesicle.measurements.video import GreyBlock
from vesicle.readers.streams import changed, opened

LARGEST_FRAME_PX = 100_000_000
"""Larger frames are refused: no camera for particles has them, and one would take the memory of a run."""

MOST_FRAMES = 1_000_000
"""Nine hours at 30 frames per second; a file that claims more is damaged."""

BLOCK_BYTES = 64 * 1024**2
"""A block is cut shorter than asked for above this size, but for at least one frame."""

_LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelLayout:
    """How the bytes of one stored frame become grey levels.

    ``sample`` is a NumPy type (``|u1``, ``<u2``, ``>u2``), ``samples`` how many stand for a pixel,
    ``row_bytes`` the length of a row with its padding. ``is_packed`` means two 12-bit pixels in three bytes.
    ``weights`` mix several samples to grey; empty for one. ``table`` maps stored values of 8 bits to grey
    levels, empty when they are grey levels. ``shift`` is the number of empty low bits.
    """

    height: int
    width: int
    sample: str = "|u1"
    samples: int = 1
    row_bytes: int
    is_packed: bool = False
    is_bottom_up: bool = False
    weights: tuple[float, ...] = ()
    table: bytes = b""
    shift: int = 0

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame with its padding."""
        return self.row_bytes * self.height


def luma_weights(order: str) -> tuple[float, ...]:
    """The share of each sample in the grey level (ITU-R BT.601 luma).

    Parameters
    ----------
    order : str
        The samples of a pixel, for example ``rgb``, ``bgra``; letters other than r, g, b count nothing.

    Returns
    -------
    tuple of float
        One weight per sample.

    Examples
    --------
    >>> luma_weights("bgra")
    (0.114, 0.587, 0.299, 0.0)
    """
    share = dict(zip("rgb", _LUMA, strict=True))
    return tuple(share.get(letter, 0.0) for letter in order)


def to_grey(stored: NDArray[np.uint8], layout: PixelLayout) -> GreyBlock:
    """Grey levels of frames from their bytes.

    Parameters
    ----------
    stored : numpy.ndarray
        Shape (frames, frame_bytes).
    layout : PixelLayout
        What the bytes mean.

    Returns
    -------
    numpy.ndarray
        Shape (frames, height, width), uint8 or uint16 in the machine's byte order.
    """
    rows = stored.reshape(len(stored), layout.height, layout.row_bytes)
    if layout.is_bottom_up:
        rows = rows[:, ::-1]
    if layout.is_packed:
        return unpack_12_bits(rows, width=layout.width)
    used = layout.width * layout.samples * np.dtype(layout.sample).itemsize
    samples = np.ascontiguousarray(rows[:, :, :used]).view(layout.sample)
    return mixed(samples.astype(samples.dtype.newbyteorder("="), copy=False), layout)


def mixed(samples: GreyBlock, layout: PixelLayout) -> GreyBlock:
    """Grey levels from the samples of each pixel.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (frames, height, width * samples).
    layout : PixelLayout
        With the weights, the table and the shift.

    Returns
    -------
    numpy.ndarray
        Shape (frames, height, width).
    """
    grey = samples
    if layout.samples > 1:
        colours = samples.reshape(*samples.shape[:2], layout.width, layout.samples)
        grey = _weighed(colours, layout.weights)
    if layout.table:
        grey = np.take(np.frombuffer(layout.table, np.uint8), grey)
    return cast("GreyBlock", grey >> layout.shift) if layout.shift else grey


def _weighed(colours: GreyBlock, weights: tuple[float, ...]) -> GreyBlock:
    only = [index for index, weight in enumerate(weights) if weight]
    if len(only) == 1:
        return cast("GreyBlock", np.ascontiguousarray(colours[..., only[0]]))
    grey, shares = np.empty(colours.shape[:-1], colours.dtype), np.array(weights, np.float32)
    # One frame at a time, since a frame stays in the processor's cache.
    for frame, into in zip(colours, grey, strict=True):
        into[...] = np.rint(frame.astype(np.float32) @ shares)
    return cast("GreyBlock", grey)


def unpack_12_bits(rows: NDArray[np.uint8], *, width: int) -> NDArray[np.uint16]:
    """Grey levels from rows in which two pixels share three bytes, highest bits first.

    Parameters
    ----------
    rows : numpy.ndarray
        Shape (..., bytes), with at least ``ceil(1.5 * width)`` bytes.
    width : int
        Pixels in a row.

    Returns
    -------
    numpy.ndarray
        Shape (..., width).
    """
    used = (width * 3 + 1) // 2
    wide = np.zeros((*rows.shape[:-1], -(-used // 3) * 3), np.uint16)
    wide[..., :used] = rows[..., :used]
    first, middle, last = wide[..., 0::3], wide[..., 1::3], wide[..., 2::3]
    pixels = np.empty((*rows.shape[:-1], 2 * first.shape[-1]), np.uint16)
    pixels[..., 0::2] = (first << 4) | (middle >> 4)
    pixels[..., 1::2] = ((middle & 15) << 8) | last
    return np.ascontiguousarray(pixels[..., :width])


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFrames:
    """Frames that lie uncompressed in a file; ``offsets`` are the places of their first bytes."""

    path: Path
    where: str
    size_bytes: int
    offsets: NDArray[np.int64]
    layout: PixelLayout
    bits: int = 8

    @property
    def shape(self) -> tuple[int, int, int]:
        """Frames, rows and columns."""
        return len(self.offsets), self.layout.height, self.layout.width

    def only(self, frames: NDArray[np.int64]) -> StoredFrames:
        """Some of the frames as a video of its own.

        Parameters
        ----------
        frames : numpy.ndarray
            Indices.

        Returns
        -------
        StoredFrames
            In the order of the indices.
        """
        return replace(self, offsets=read_only(self.offsets[frames]))

    def blocks(self, length: int) -> Iterator[GreyBlock]:
        """As :meth:`vesicle.measurements.Frames.blocks`, in fewer frames a block where they are large."""
        step = block_length(length, self.layout.frame_bytes)
        with opened(self.path, where=self.where, size_bytes=self.size_bytes) as stream:
            for first in range(0, len(self.offsets), step):
                yield self._block(stream, self.offsets[first : first + step])

    def _block(self, stream: FileIO, offsets: NDArray[np.int64]) -> GreyBlock:
        stored = np.empty((len(offsets), self.layout.frame_bytes), np.uint8)
        if np.all(np.diff(offsets) == self.layout.frame_bytes):
            self._fill(stream, int(offsets[0]), stored)
        else:
            for offset, frame in zip(offsets.tolist(), stored, strict=True):
                self._fill(stream, offset, frame)
        return cast("GreyBlock", read_only(to_grey(stored, self.layout)))

    def _fill(self, stream: FileIO, offset: int, into: NDArray[np.uint8]) -> None:
        """Fill an array from the file; one call may return less than it was asked for."""
        stream.seek(offset)
        left = memoryview(into.data).cast("B")
        while left.nbytes:
            got = stream.readinto(left)
            if not got:
                raise changed(self.where, f"It ends before byte {offset + into.nbytes:,}.")
            left = left[got:]


def block_length(length: int, frame_bytes: int) -> int:
    """How many frames a block holds when memory has a limit.

    Parameters
    ----------
    length : int
        How many were asked for.
    frame_bytes : int
        Bytes of one frame.

    Returns
    -------
    int
        At least 1, at most ``length``.

    Examples
    --------
    >>> block_length(32, 640 * 480), block_length(32, 50_000_000)
    (32, 1)
    """
    return max(1, min(length, BLOCK_BYTES // max(1, frame_bytes)))
