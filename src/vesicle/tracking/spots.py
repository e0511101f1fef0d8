"""Spots of single frames: filter, maxima and sub-pixel centres in one pass over the rows; compiled."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.video import GreyBlock
from vesicle.tracking.ground import background_rows
from vesicle.tracking.plan import Plan, cells_along

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

STRIP = 32
"""Pixels that are tested together for one above the limit; a whole number of vector registers."""


class Room(NamedTuple):
    """Memory that is used again for every frame.

    ``image`` is the frame after the filter, ``ground`` its background at each row of cells, ``padded`` a row with
    the radius of the filter at both ends, ``found`` the table of candidates. ``seen`` marks pixels of saturated
    plateaus, of which ``places`` holds the numbers.
    """

    image: NDArray[np.float32]
    ground: NDArray[np.float32]
    padded: NDArray[np.float32]
    found: NDArray[np.float32]
    seen: NDArray[np.bool_]
    places: NDArray[np.int64]


def make_room(shape: tuple[int, int], plan: Plan, most: int) -> Room:
    """Memory for frames of one shape.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    plan : Plan
        Of the video.
    most : int
        Candidates that a frame may have.

    Returns
    -------
    Room
        For one thread.
    """
    rows, columns = shape
    return Room(
        image=np.empty(shape, np.float32),
        ground=np.empty((cells_along(rows, plan.cell), columns), np.float32),
        padded=np.zeros(columns + 2 * len(plan.taps), np.float32),
        found=np.empty((most, COLUMNS), np.float32),
        seen=np.zeros(rows * columns, np.bool_),
        places=np.empty(rows * columns + 1, np.int64),
    )


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
def filter_row(frame: GreyBlock, y: int, plan: Plan, room: Room) -> None:
    """One row after the filter: smoothed, without its background, spots upwards.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    y : int
        The row.
    plan : Plan
        Of the video.
    room : Room
        With the background; a row of the image is written.
    """
    out = room.image[y]
    radius, columns = plan.taps.size - 1, out.size
    smooth_down(frame, y, plan.taps, room.padded[radius : radius + columns])
    smooth_across(room.padded, plan.taps, out)
    top = plan.top[y]
    above, below = room.ground[top], room.ground[min(top + 1, room.ground.shape[0] - 1)]
    part, sign = plan.bottom_part[y], np.float32(plan.sign)
    for x in range(columns):
        out[x] = sign * (out[x] - above[x] - part * (below[x] - above[x]))


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
def level_at(y: int, x: int, plan: Plan, room: Room) -> float:
    """Level of the background of a pixel.

    Parameters
    ----------
    y, x : int
        The pixel.
    plan : Plan
        Of the video.
    room : Room
        With the background of the frame.

    Returns
    -------
    float
        In grey levels.
    """
    above = room.ground[plan.top[y], x]
    below = room.ground[min(plan.top[y] + 1, room.ground.shape[0] - 1), x]
    return above + plan.bottom_part[y] * (below - above)


@compiled
def search_row(y: int, plan: Plan, room: Room, count: int) -> int:
    """Maxima of one row above the limit, appended to the candidates.

    Parameters
    ----------
    y : int
        The row; those above and below are filtered already.
    plan : Plan
        Of the video.
    room : Room
        When its table is full, the rest is left out.
    count : int
        Candidates so far.

    Returns
    -------
    int
        Candidates now.
    """
    row, columns = room.image[y], room.image.shape[1]
    for start in range(0, columns, STRIP):
        heights = row[start : start + STRIP]
        end = start + heights.size - 1
        level = min(level_at(y, start, plan, room), level_at(y, end, plan, room))
        level = min(level, level_at(y, (start + end) // 2, plan, room))
        limit = np.float32(np.sqrt(max(plan.floor, plan.base + plan.slope * level)))
        above = 0
        for x in range(heights.size):
            above += heights[x] > limit
        if above == 0:
            continue
        for x in range(max(start, plan.margin), min(end + 1, columns - plan.margin)):
            if row[x] > limit and count < room.found.shape[0] and is_maximum(room.image, y, x):
                refine(room.image, y, x, room.found[count])
                count += 1
    return count


@compiled
def find_candidates(frame: GreyBlock, plan: Plan, room: Room) -> int:
    """All maxima of a frame above the limit.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.
    room : Room
        The filtered frame and the candidates are left here.

    Returns
    -------
    int
        Rows of the table that are filled.
    """
    rows = frame.shape[0]
    background_rows(frame, plan, room.ground)
    count = 0
    for y in range(rows):
        filter_row(frame, y, plan, room)
        if plan.margin < y <= rows - plan.margin:
            count = search_row(y - 1, plan, room, count)
    for i in range(count):
        spot = room.found[i]
        spot[LEVEL] = level_at(round(spot[Y]), round(spot[X]), plan, room)
    return count
