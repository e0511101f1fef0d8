"""Saturated spots and the rings around strong ones: one particle, one spot; compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.video import GreyBlock
from vesicle.tracking.plan import Plan
from vesicle.tracking.spots import FRAME, HEIGHT, LEVEL, REACH, SATURATED, X, Y, find_candidates

MERGED = 2.5
"""Two maxima closer than this many standard deviations of a spot are one spot, since two spots of equal
brightness show two maxima after the filter only from 2.8 on."""

LARGEST_PLATEAU = 4096
"""Pixels of a saturated region that are followed; a larger one is no particle."""


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
def flood(
    frame: GreyBlock, start: int, ceiling: int, seen: NDArray[np.bool_], places: NDArray[np.int64]
) -> int:
    """Saturated pixels that hang together with one.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    start : int
        Place of a saturated pixel.
    ceiling : int
        Grey level of a saturated pixel.
    seen : numpy.ndarray
        Shape (rows * columns,): pixels that were visited, marked here.
    places : numpy.ndarray
        Room for the places that are found.

    Returns
    -------
    int
        How many places were written.
    """
    rows, columns = frame.shape
    places[0] = start
    seen[start] = True
    count, done = 1, 0
    while done < count:
        y, x = places[done] // columns, places[done] % columns
        done += 1
        for j in range(max(0, y - 1), min(rows, y + 2)):
            for i in range(max(0, x - 1), min(columns, x + 2)):
                place = j * columns + i
                if frame[j, i] == ceiling and not seen[place] and count < places.size:
                    seen[place] = True
                    places[count] = place
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
def join_plateaus(
    frame: GreyBlock, plan: Plan, found: NDArray[np.float32], count: int, seen: NDArray[np.bool_],
    places: NDArray[np.int64],
) -> None:  # fmt: skip
    """Mark saturated candidates, centre them, and take the height from all but one on each plateau.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.
    found : numpy.ndarray
        Table of candidates, changed.
    count : int
        Its filled rows.
    seen : numpy.ndarray
        Shape (rows * columns,), all False; left so.
    places : numpy.ndarray
        Room for the pixels of a plateau.
    """
    columns = frame.shape[1]
    used = 0
    for i in range(count):
        spot = found[i]
        spot[SATURATED] = spot[REACH] = 0
        place = saturated_pixel(frame, round(spot[Y]), round(spot[X]), plan.ceiling)
        if place < 0:
            continue
        spot[SATURATED] = 1
        if seen[place]:
            spot[HEIGHT] = 0
            continue
        pixels = flood(frame, place, plan.ceiling, seen=seen, places=places[used:])
        spot[REACH] = np.sqrt(pixels / np.pi)
        if spot[REACH] > plan.sigma:  # smaller ones are centred well by the filter
            spot[X] = np.mean(places[used : used + pixels] % columns)
            spot[Y] = np.mean(places[used : used + pixels] // columns)
            centroid(frame, spot, spot[REACH] + 2 * plan.sigma)
        used += pixels
    for k in range(used):
        seen[places[k]] = False


@compiled
def drop_satellites(found: NDArray[np.float32], count: int, sigma: float) -> int:
    """Leave out maxima that belong to a stronger one: noise on its top, or its diffraction rings.

    Parameters
    ----------
    found : numpy.ndarray
        Table of candidates; those that stay are moved to its beginning, in their order.
    count : int
        Its filled rows.
    sigma : float
        Standard deviation of a spot in pixels.

    Returns
    -------
    int
        Rows that stay.

    Notes
    -----
    A maximum at distance r goes when it is weaker than (2.5 sigma / r)**3 of a stronger one: the maxima of a
    diffraction pattern decay as r**-3. From a plateau r counts from its edge, and its height is what a
    Gaussian that saturates so far would have.
    """
    strength = np.empty(count)
    for i in range(count):
        above = min(found[i, REACH] / sigma, 3.0)
        strength[i] = found[i, HEIGHT] * np.exp(above * above / 2)
    order = np.argsort(-strength)
    is_kept = found[:count, HEIGHT] > 0
    for a in range(count):
        i = order[a]
        if not is_kept[i]:
            continue
        for b in range(a + 1, count):
            j = order[b]
            if not is_kept[j]:
                continue
            dx, dy = found[i, X] - found[j, X], found[i, Y] - found[j, Y]
            away = max(np.sqrt(dx * dx + dy * dy) - found[i, REACH], 1e-3)
            is_kept[j] = strength[j] >= strength[i] * min(1.0, (MERGED * sigma / away) ** 3) and (
                away >= MERGED * sigma
            )
    kept = 0
    for i in range(count):
        if is_kept[i]:
            found[kept] = found[i]
            kept += 1
    return kept


@compiled
def find_in_block(
    block: GreyBlock, numbers: NDArray[np.int64], plan: Plan, most: int
) -> tuple[NDArray[np.float32], int]:
    """Candidates of several frames.

    Parameters
    ----------
    block : numpy.ndarray
        Shape (frames, rows, columns).
    numbers : numpy.ndarray
        Number of each frame in the video; frames below 0 are passed over.
    plan : Plan
        Of the video.
    most : int
        Candidates that a frame may have.

    Returns
    -------
    candidates : numpy.ndarray
        One row per candidate, columns as in ``vesicle.tracking.spots``; frames count from that of the block.
    full : int
        Frames that had more candidates than room.
    """
    frames, rows, columns = block.shape
    image = np.empty((rows, columns), np.float32)
    seen = np.zeros(rows * columns, np.bool_)
    places = np.empty(rows * columns + 1, np.int64)
    found = np.empty((most, 8), np.float32)
    kept = np.empty((256 * frames, 8), np.float32)
    total = full = 0
    for k in range(frames):
        if numbers[k] < 0:
            continue
        count = find_candidates(block[k], plan, image, found)
        full += count == most
        join_plateaus(block[k], plan, found, count=count, seen=seen, places=places)
        count = drop_satellites(found, count, plan.sigma)
        found[:count, FRAME] = k
        if total + count > kept.shape[0]:
            larger = np.empty((2 * (total + count), 8), np.float32)
            larger[:total] = kept[:total]
            kept = larger
        kept[total : total + count] = found[:count]
        total += count
    return kept[:total].copy(), full
