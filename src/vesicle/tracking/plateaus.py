"""Saturated spots: one for each plateau, at the centre of its light; compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.video import GreyBlock
from vesicle.tracking.plan import Plan
from vesicle.tracking.spots import HEIGHT, LEVEL, REACH, SATURATED, Room, X, Y

PULLED = 0.5
"""A centre of light farther from that of the plateau, in pixels, was pulled there by a neighbour."""


@compiled
def saturated_pixel(frame: GreyBlock, y: int, x: int, ceiling: int) -> int:
    """A saturated pixel in the core of a spot.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    y, x : int
        Centre of the spot, not on the rim.
    ceiling : int
        Grey level of a saturated pixel.

    Returns
    -------
    int
        Its place, row times columns plus column, or -1.
    """
    for j in range(y - 1, y + 2):
        for i in range(x - 1, x + 2):
            if frame[j, i] == ceiling:
                return j * frame.shape[1] + i
    return -1


@compiled
def flood(frame: GreyBlock, used: int, plan: Plan, room: Room) -> int:
    """Saturated pixels that hang together with one.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    used : int
        Where the place of that pixel stands in the list of places.
    plan : Plan
        Of the video.
    room : Room
        Pixels that are found are marked as seen, and their places written after that of the first.

    Returns
    -------
    int
        How many pixels there are.
    """
    rows, columns = frame.shape
    room.seen[room.places[used]] = True
    count, done = 1, 0
    while done < count:
        y, x = room.places[used + done] // columns, room.places[used + done] % columns
        done += 1
        for j in range(max(0, y - 1), min(rows, y + 2)):
            for i in range(max(0, x - 1), min(columns, x + 2)):
                place = j * columns + i
                if frame[j, i] == plan.ceiling and not room.seen[place]:
                    room.seen[place] = True
                    room.places[used + count] = place
                    count += 1
    return count


@compiled
def centroid(frame: GreyBlock, spot: NDArray[np.float32], radius: float) -> None:
    """Move a spot to the centre of brightness of a disc around it, until both agree.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    spot : numpy.ndarray
        A row of candidates: its centre is changed.
    radius : float
        Of the disc in pixels.
    """
    rows, columns = frame.shape
    for _ in range(8):
        total = at_x = at_y = 0.0
        for j in range(max(0, int(spot[Y] - radius)), min(rows, int(spot[Y] + radius) + 2)):
            for i in range(max(0, int(spot[X] - radius)), min(columns, int(spot[X] + radius) + 2)):
                dy, dx = j - spot[Y], i - spot[X]
                inside = min(1.0, max(0.0, radius + 0.5 - np.sqrt(dx * dx + dy * dy)))  # a soft rim
                weight = inside * abs(float(frame[j, i]) - spot[LEVEL])
                total += weight
                at_x += weight * dx
                at_y += weight * dy
        if total <= 0:
            return
        spot[X] += at_x / total
        spot[Y] += at_y / total


@compiled
def join_plateaus(frame: GreyBlock, plan: Plan, room: Room, count: int) -> None:
    """Mark saturated candidates, centre them, and take the height from all but one on each plateau.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.
    room : Room
        With the candidates, which are changed; no pixel is seen, before and after.
    count : int
        Candidates.
    """
    columns, used = frame.shape[1], 0
    for i in range(count):
        spot = room.found[i]
        spot[SATURATED] = spot[REACH] = 0
        place = saturated_pixel(frame, round(spot[Y]), round(spot[X]), plan.ceiling)
        if place < 0:
            continue
        spot[SATURATED] = 1
        if room.seen[place]:
            spot[HEIGHT] = 0
            continue
        room.places[used] = place
        pixels = flood(frame, used, plan, room)
        spot[REACH] = np.sqrt(pixels / np.pi)
        if spot[REACH] > plan.sigma:  # smaller ones are centred well by the filter
            plateau = room.places[used : used + pixels]
            x, y = np.mean(plateau % columns), np.mean(plateau // columns)
            spot[X], spot[Y] = x, y
            centroid(frame, spot, spot[REACH] + 2 * plan.sigma)
            if abs(spot[X] - x) > PULLED or abs(spot[Y] - y) > PULLED:
                spot[X], spot[Y] = x, y
        used += pixels
    for k in range(used):
        room.seen[room.places[k]] = False
