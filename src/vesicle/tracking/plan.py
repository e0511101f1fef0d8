"""All numbers that the compiled detector needs, worked out once for a video."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.video import Polarity
from vesicle.tracking.filters import smoothing_taps

CANDIDATE = 0.8
"""Maxima above this part of the threshold are kept until the noise of the whole video is known."""


class Plan(NamedTuple):
    """What is done to every frame.

    ``left`` and ``right_part`` say between which two columns of background cells a column of pixels lies,
    ``top`` and ``bottom_part`` the same for rows. The limit of a maximum is
    ``sqrt(max(floor, base + slope * level))``; ``noise`` is that after the filter.
    """

    taps: NDArray[np.float32]
    sign: float
    ceiling: int
    cell: int
    left: NDArray[np.int64]
    right_part: NDArray[np.float32]
    top: NDArray[np.int64]
    bottom_part: NDArray[np.float32]
    margin: int
    sigma: float
    noise: float
    floor: float
    base: float
    slope: float


class Limit(NamedTuple):
    """Squared height that a maximum needs: a floor, and a line of the local level; ``noise`` is that of the filtered frame."""

    noise: float
    floor: float
    base: float
    slope: float


def make_plan(
    shape: tuple[int, int], *, sigma_px: float, polarity: Polarity, bits: int, limit: Limit
) -> Plan:
    """The plan of a video.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    sigma_px : float
        Standard deviation of a spot, and of the filter.
    polarity : str
        ``bright`` or ``dark``.
    bits : int
        Significant bits of a grey level.
    limit : Limit
        Squared height, after filtering, from which on maxima are kept.

    Returns
    -------
    Plan
        For frames of that shape.
    """
    cell = cell_px(sigma_px)
    top, bottom_part = _between_cells(shape[0], cell)
    left, right_part = _between_cells(shape[1], cell)
    return Plan(
        taps=smoothing_taps(sigma_px),
        sign=1.0 if polarity == "bright" else -1.0,
        ceiling=2**bits - 1 if polarity == "bright" else 0,
        cell=cell,
        left=left,
        right_part=right_part,
        top=top,
        bottom_part=bottom_part,
        margin=margin_px(sigma_px),
        sigma=float(sigma_px),
        noise=float(limit.noise),
        floor=float(limit.floor),
        base=float(limit.base),
        slope=float(limit.slope),
    )


def cell_px(sigma_px: float) -> int:
    """Side of the cells whose means give the background; a median of 5 by 5 of them outvotes a spot.

    Parameters
    ----------
    sigma_px : float
        Standard deviation of a spot.

    Returns
    -------
    int
        Between 8 and 20 pixels.
    """
    return int(np.clip(4 * round(1.25 * sigma_px), 8, 20))


def margin_px(sigma_px: float) -> int:
    """Width of the rim in which no centre is accepted, since a part of the spot lies outside the frame.

    Parameters
    ----------
    sigma_px : float
        Standard deviation of a spot.

    Returns
    -------
    int
        Two standard deviations, rounded up.
    """
    return max(2, math.ceil(2 * sigma_px))


def cells_along(length: int, cell: int) -> int:
    """Number of background cells along an axis; the last one takes the rest.

    Parameters
    ----------
    length : int
        Pixels.
    cell : int
        Side of a cell.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, length // cell)


def _between_cells(length: int, cell: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each pixel the cell before it and how far it is on the way to the next, beyond the ends too."""
    count = cells_along(length, cell)
    starts = np.arange(count) * cell
    ends = np.append(starts[1:], length)
    centres = (starts + ends - 1) / 2
    pixel = np.arange(length)
    before = np.clip(np.searchsorted(centres, pixel, side="right") - 1, 0, max(0, count - 2))
    gap = np.diff(centres) if count > 1 else np.ones(1)
    part = (pixel - centres[before]) / gap[before] if count > 1 else np.zeros(length)
    return before.astype(np.int64), part.astype(np.float32)
