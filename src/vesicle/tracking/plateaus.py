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

BROAD = 5.0
"""Maxima up to this many standard deviations apart may be those of one spot that is out of focus."""

DIP_IN_NOISE, DIP = 0.5, 0.05
"""A dip between two maxima is one when it is deeper than so many standard deviations of noise and this part."""

EXCESS = 1.25
"""Light in a disc over that of its maxima, from which on it is one spot out of focus."""


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
def saddle(image: NDArray[np.float32], one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Least height on the straight way between two maxima.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    one, other : numpy.ndarray
        Rows of candidates.

    Returns
    -------
    float
        Of the pixels nearest to the line.
    """
    dx, dy = other[X] - one[X], other[Y] - one[Y]
    points = int(np.ceil(max(abs(dx), abs(dy)))) + 1
    least = np.inf
    for k in range(1, points):
        x, y = round(one[X] + dx * k / points), round(one[Y] + dy * k / points)
        least = min(least, image[y, x])
    return least


@compiled
def belongs_to(
    image: NDArray[np.float32], strong: NDArray[np.float32], weak: NDArray[np.float32], plan: Plan
) -> bool:
    """Whether a maximum is a part of a stronger one: noise on its top, a ring around it, or the same broad spot.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    strong, weak : numpy.ndarray
        Rows of candidates.
    plan : Plan
        Of the video.

    Returns
    -------
    bool
        True for maxima closer than 2.5 sigma, for those weaker than (2.5 sigma / r)**3 of the strong one, since the
        maxima of a diffraction pattern decay as r**-3, and for close ones between which nearly no dip is seen.
        From a saturated plateau r counts from its edge, and its height is what a Gaussian cut so low would have.
    """
    dx, dy = strong[X] - weak[X], strong[Y] - weak[Y]
    away = np.sqrt(dx * dx + dy * dy) - strong[REACH]
    if away < MERGED * plan.sigma:
        return True
    above = min(strong[REACH] / plan.sigma, 3.0)
    ring = strong[HEIGHT] * np.exp(above * above / 2) * (MERGED * plan.sigma / away) ** 3
    if weak[HEIGHT] < ring:
        return True
    if away > BROAD * plan.sigma:
        return False
    return weak[HEIGHT] - saddle(image, strong, weak) < DIP_IN_NOISE * plan.noise + DIP * weak[HEIGHT]


@compiled
def is_broad(
    image: NDArray[np.float32], spot: NDArray[np.float32], heights: float, plan: Plan
) -> bool:
    """Whether there is more light around a place than its maxima explain; the place is moved to its centre if so.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    spot : numpy.ndarray
        A row of candidates, its place between all maxima; moved.
    heights : float
        Sum of the heights of these maxima.
    plan : Plan
        Of the video.

    Returns
    -------
    bool
        True for a spot out of focus, which may be a ring.
    """
    rows, columns = image.shape
    radius = BROAD * plan.sigma
    x, y = spot[X], spot[Y]
    light = 0.0
    for _ in range(3):
        light = at_x = at_y = 0.0
        for j in range(max(0, int(y - radius)), min(rows, int(y + radius) + 2)):
            for i in range(max(0, int(x - radius)), min(columns, int(x + radius) + 2)):
                dy, dx = j - y, i - x
                if dx * dx + dy * dy <= radius * radius:
                    light += image[j, i]
                    at_x += image[j, i] * dx
                    at_y += image[j, i] * dy
        if light < EXCESS * heights * 4 * np.pi * plan.sigma**2:
            return False
        x += at_x / light
        y += at_y / light
    spot[X], spot[Y] = x, y
    return True


@compiled
def drop_satellites(
    image: NDArray[np.float32], found: NDArray[np.float32], count: int, plan: Plan
) -> int:
    """Leave out maxima that belong to a stronger one.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    found : numpy.ndarray
        Table of candidates; those that stay are moved to its beginning, in their order.
    count : int
        Its filled rows.
    plan : Plan
        Of the video.

    Returns
    -------
    int
        Rows that stay. A broad spot with several maxima is centred on its light.
    """
    order = np.argsort(-(found[:count, HEIGHT] + 1e6 * found[:count, SATURATED]))
    is_kept = found[:count, HEIGHT] > 0
    for a in range(count):
        strong = found[order[a]]
        if not is_kept[order[a]]:
            continue
        join_broad(image, found, is_kept, (order, a), plan)
        for b in range(a + 1, count):
            weak = found[order[b]]
            if is_kept[order[b]] and belongs_to(image, strong, weak, plan):
                is_kept[order[b]] = False
    kept = 0
    for i in range(count):
        if is_kept[i]:
            found[kept] = found[i]
            kept += 1
    return kept


@compiled
def join_broad(image, found, is_kept, place, plan):
    order, a = place
    strong = found[order[a]]
    if strong[SATURATED] > 0:
        return
    reach2 = (BROAD * plan.sigma) ** 2
    heights = strong[HEIGHT]
    middle = strong.copy()
    members = 0
    at_x = at_y = 0.0
    for b in range(a + 1, order.size):
        weak = found[order[b]]
        dx, dy = weak[X] - strong[X], weak[Y] - strong[Y]
        if is_kept[order[b]] and dx * dx + dy * dy < reach2:
            members += 1
            heights += weak[HEIGHT]
            at_x += weak[HEIGHT] * dx
            at_y += weak[HEIGHT] * dy
    if members == 0:
        return
    middle[X] += at_x / heights
    middle[Y] += at_y / heights
    if not is_broad(image, middle, heights, plan):
        return
    for b in range(a + 1, order.size):
        weak = found[order[b]]
        dx, dy = weak[X] - middle[X], weak[Y] - middle[Y]
        if dx * dx + dy * dy < reach2:
            is_kept[order[b]] = False
    strong[X], strong[Y] = middle[X], middle[Y]


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
        count = drop_satellites(image, found, count, plan)
        found[:count, FRAME] = k
        if total + count > kept.shape[0]:
            larger = np.empty((2 * (total + count), 8), np.float32)
            larger[:total] = kept[:total]
            kept = larger
        kept[total : total + count] = found[:count]
        total += count
    return kept[:total].copy(), full
