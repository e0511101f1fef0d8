"""Spots of single frames: filter, maxima and sub-pixel centres in one pass over the rows; compiled."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.video import GreyBlock
from vesicle.tracking.ground import background_rows
from vesicle.tracking.plan import Plan

FRAME: Final = 0
X: Final = 1
Y: Final = 2
HEIGHT: Final = 3
WIDTH2: Final = 4
LEVEL: Final = 5
SATURATED: Final = 6
REACH: Final = 7
COLUMNS: Final = 8
"""Columns of the table of candidates: height and squared width are those after the filter; ``REACH`` is the
radius of a saturated plateau."""

STRIP = 64
"""Pixels that are tested together for one above the limit; a whole number of vector registers."""


@compiled
def smooth_down(frame: GreyBlock, y: int, taps: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Weighted sum of the rows around one row; rows beyond the rim are mirrored.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    y : int
        The row.
    taps : numpy.ndarray
        Weights from the centre outwards.
    out : numpy.ndarray
        Shape (columns,), written.
    """
    rows, columns = frame.shape
    row = frame[y]
    weight = taps[0]
    for x in range(columns):
        out[x] = weight * np.float32(row[x])
    for k in range(1, taps.size):
        above = frame[min(abs(y - k), rows - 1)]
        below = frame[max(0, min(y + k, 2 * rows - 2 - y - k))]
        weight = taps[k]
        for x in range(columns):
            out[x] += weight * (np.float32(above[x]) + np.float32(below[x]))


@compiled
def smooth_across(padded: NDArray[np.float32], taps: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Weighted sum of the pixels around each pixel of a row.

    Parameters
    ----------
    padded : numpy.ndarray
        Shape (columns + 2 * radius,); the ends are overwritten by the mirrored row.
    taps : numpy.ndarray
        Weights from the centre outwards.
    out : numpy.ndarray
        Shape (columns,), written.
    """
    columns, radius = out.size, taps.size - 1
    for k in range(1, radius + 1):
        inside = min(k, columns - 1)
        padded[radius - k] = padded[radius + inside]
        padded[radius + columns - 1 + k] = padded[radius + columns - 1 - inside]
    centre = padded[radius : radius + columns]
    weight = taps[0]
    for x in range(columns):
        out[x] = weight * centre[x]
    for k in range(1, radius + 1):
        before = padded[radius - k : radius - k + columns]
        after = padded[radius + k : radius + k + columns]
        weight = taps[k]
        for x in range(columns):
            out[x] += weight * (before[x] + after[x])


@compiled
def filter_row(
    frame: GreyBlock, y: int, plan: Plan, ground: NDArray[np.float32], padded: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:  # fmt: skip
    """One row after the filter: smoothed, without its background, spots upwards.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    y : int
        The row.
    plan : Plan
        Of the video.
    ground : numpy.ndarray
        From ``background_rows``.
    padded : numpy.ndarray
        Room for a row with the radius of the filter at both ends.
    out : numpy.ndarray
        Shape (columns,), written.
    """
    radius, columns = plan.taps.size - 1, out.size
    smooth_down(frame, y, plan.taps, padded[radius : radius + columns])
    smooth_across(padded, plan.taps, out)
    top = plan.top[y]
    above, below = ground[top], ground[min(top + 1, ground.shape[0] - 1)]
    part, sign = plan.bottom_part[y], plan.sign
    for x in range(columns):
        out[x] = sign * (out[x] - above[x] - part * (below[x] - above[x]))


@compiled
def filtered(frame: GreyBlock, plan: Plan) -> NDArray[np.float32]:
    """A whole frame after the filter.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.

    Returns
    -------
    numpy.ndarray
        Same shape; spots point upwards whatever their polarity.
    """
    rows, columns = frame.shape
    ground = background_rows(frame, plan)
    padded = np.zeros(columns + 2 * plan.taps.size, np.float32)
    out = np.empty((rows, columns), np.float32)
    for y in range(rows):
        filter_row(frame, y, plan, ground=ground, padded=padded, out=out[y])
    return out


@compiled
def limits_across(ground: NDArray[np.float32], plan: Plan) -> NDArray[np.float32]:
    """The height that a maximum needs, at every column and row of cells.

    Parameters
    ----------
    ground : numpy.ndarray
        From ``background_rows``.
    plan : Plan
        Of the video.

    Returns
    -------
    numpy.ndarray
        Shape of ``ground``.
    """
    limits = np.empty_like(ground)
    for i in range(ground.shape[0]):
        for x in range(ground.shape[1]):
            limits[i, x] = np.sqrt(max(plan.floor, plan.base + plan.slope * ground[i, x]))
    return limits


@compiled
def is_maximum(image: NDArray[np.float32], y: int, x: int) -> bool:
    """Whether a pixel is above its eight neighbours; of equal ones the last counts.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    y, x : int
        A pixel that does not lie on the rim.

    Returns
    -------
    bool
        True for a local maximum.
    """
    value = image[y, x]
    for k in range(-1, 2):
        if image[y - 1, x + k] > value or image[y + 1, x + k] >= value:
            return False
    return image[y, x - 1] <= value and image[y, x + 1] < value


@compiled
def refine(image: NDArray[np.float32], y: int, x: int, found: NDArray[np.float32]) -> None:
    """Centre, height and squared width of a maximum, from the Gaussian through its 3 by 3 pixels.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    y, x : int
        A local maximum above 0.
    found : numpy.ndarray
        A row of candidates, written.
    """
    log = np.empty((3, 3))
    least = 0.05 * image[y, x]
    for j in range(3):
        for i in range(3):
            log[j, i] = np.log(max(image[y + j - 1, x + i - 1], least))
    slope_x, slope_y = (log[1, 2] - log[1, 0]) / 2, (log[2, 1] - log[0, 1]) / 2
    bend_x = log[1, 2] - 2 * log[1, 1] + log[1, 0]
    bend_y = log[2, 1] - 2 * log[1, 1] + log[0, 1]
    twist = (log[2, 2] - log[2, 0] - log[0, 2] + log[0, 0]) / 4
    bend = bend_x * bend_y - twist * twist
    if bend <= 0.1 * bend_x * bend_y:  # no summit: a ridge, or a plateau
        twist, bend = 0.0, bend_x * bend_y
    dx = dy = 0.0
    if bend > 0:
        dx = max(-0.75, min(0.75, (twist * slope_y - bend_y * slope_x) / bend))
        dy = max(-0.75, min(0.75, (twist * slope_x - bend_x * slope_y) / bend))
    found[X], found[Y] = x + dx, y + dy
    found[HEIGHT] = np.exp(log[1, 1] + (slope_x * dx + slope_y * dy) / 2)
    found[WIDTH2] = 2 / max(-bend_x - bend_y, 1e-6)


@compiled
def search_row(
    image: NDArray[np.float32], y: int, plan: Plan, limit: NDArray[np.float32],
    found: NDArray[np.float32], count: int,
) -> int:  # fmt: skip
    """Maxima of one row above the limit, appended to the candidates.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame; the rows above and below are there already.
    y : int
        The row.
    plan : Plan
        Of the video.
    limit : numpy.ndarray
        Height that a maximum needs at each column.
    found : numpy.ndarray
        Table of candidates; when it is full, the rest is left out.
    count : int
        Candidates so far.

    Returns
    -------
    int
        Candidates now.
    """
    columns, row = image.shape[1], image[y]
    for start in range(0, columns, STRIP):
        heights, needed = row[start : start + STRIP], limit[start : start + STRIP]
        above = 0
        for x in range(heights.size):
            above += heights[x] > needed[x]
        if above == 0:
            continue
        for x in range(max(start, plan.margin), min(start + STRIP, columns - plan.margin)):
            if row[x] > limit[x] and count < found.shape[0] and is_maximum(image, y, x):
                refine(image, y, x, found[count])
                count += 1
    return count


@compiled
def find_candidates(
    frame: GreyBlock, plan: Plan, image: NDArray[np.float32], found: NDArray[np.float32]
) -> int:
    """All maxima of a frame above the limit; its filtered pixels are left in ``image``.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.
    image : numpy.ndarray
        Room for the filtered frame.
    found : numpy.ndarray
        Room for candidates.

    Returns
    -------
    int
        Rows of ``found`` that are filled.
    """
    rows, columns = frame.shape
    ground = background_rows(frame, plan)
    limits = limits_across(ground, plan)
    padded = np.zeros(columns + 2 * plan.taps.size, np.float32)
    count = 0
    for y in range(rows):
        filter_row(frame, y, plan, ground=ground, padded=padded, out=image[y])
        if plan.margin < y <= rows - plan.margin:
            nearest = plan.top[y - 1] + (plan.bottom_part[y - 1] > 0.5)
            limit = limits[min(nearest, limits.shape[0] - 1)]
            count = search_row(image, y - 1, plan, limit=limit, found=found, count=count)
    for i in range(count):
        x, y = round(found[i, X]), round(found[i, Y])
        above, below = ground[plan.top[y], x], ground[min(plan.top[y] + 1, ground.shape[0] - 1), x]
        found[i, LEVEL] = above + plan.bottom_part[y] * (below - above)
    return count
