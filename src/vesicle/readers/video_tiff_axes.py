"""Which pages of a TIFF stack are the frames, when the metadata names channels and slices."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError
from vesicle.readers.video_record import single_frame
from vesicle.readers.video_tiff_metadata import Axes
from vesicle.results import Warned

_MOST_CHANNELS = 6
"""No camera has more; programs write a stack without axes as one of many channels."""


def frame_pages(axes: Axes, count: int, *, where: str) -> tuple[NDArray[np.int64], tuple[Warned, ...]]:
    """The pages that are frames, in the order of time.

    Parameters
    ----------
    axes : Axes
        What the metadata claims.
    count : int
        Pages that are there, at least 1.
    where : str
        The file's name for messages.

    Returns
    -------
    pages : numpy.ndarray
        Indices of pages, int64.
    warnings : tuple of Warned
        ``first_channel_used`` and ``axis_as_frames``.

    Raises
    ------
    ReadError
        When there is one frame alone, or a volume at each time.
    """
    pages, notes = np.arange(count, dtype=np.int64), ()
    if axes.slices > 1 and axes.frames > 1:
        raise ReadError(
            "This stack holds a volume at each time, not a video.",
            where=where,
            why=f"It states {axes.slices} slices and {axes.frames} frames.",
            next_step="Save the slice in focus as a stack of its own.",
        )
    if axes.channels > _MOST_CHANNELS and axes.slices < 2 and axes.frames < 2:
        message = (
            f"The stack states {axes.channels} channels and no frames; the channels are taken as frames."
        )
        notes = (Warned(code="axis_as_frames", message=message),)
    elif axes.channels > 1:
        pages = pages[pages // _stride(axes, count) % axes.channels == 0]
        message = f"The stack has {axes.channels} channels; the first is used."
        notes = (Warned(code="first_channel_used", message=message),)
    if axes.slices > 1:
        message = f"The stack states {axes.slices} slices and no frames; the slices are taken as frames."
        notes = (*notes, Warned(code="axis_as_frames", message=message))
    if len(pages) < 2:
        why = "It has one page." if count == 1 else f"Its {count} pages are channels of one."
        raise single_frame(where, why)
    return pages, notes


def _stride(axes: Axes, count: int) -> int:
    """How many pages lie between a channel and the next."""
    sizes = {"C": axes.channels, "Z": axes.slices, "T": axes.frames or 1}
    faster = math.prod(sizes.get(axis, 1) for axis in axes.order.partition("C")[2])
    return min(faster, count)
