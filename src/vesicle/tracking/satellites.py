"""Maxima that belong to another: rings of diffraction, noise on a broad top, parts of a spot out of focus; compiled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.tracking.plan import Plan
from vesicle.tracking.spots import HEIGHT, REACH, SATURATED, Room, X, Y

MERGED = 2.5
"""Two maxima closer than this many standard deviations of a spot are one spot, since two spots of equal
brightness show two maxima after the filter only from 2.8 on."""

BROAD = 5.0
"""Maxima up to this many standard deviations apart may be those of one spot that is out of focus."""

DIP_IN_NOISE, DIP = 0.5, 0.05
"""A dip between two maxima is one when it is deeper than so many standard deviations of noise and this part."""

LIKE_SIZE = 0.5
"""Size of a plateau, relative to another, from which on it is not a part of its ring."""

EXCESS = 1.3
"""Light in a disc over that of its maxima, from which on it is one spot out of focus."""


@compiled
def strength_of(spot: NDArray[np.float32], sigma: float) -> float:
    """Height of a spot; of a saturated one that of the Gaussian which is cut so far from its centre.

    Parameters
    ----------
    spot : numpy.ndarray
        A row of candidates.
    sigma : float
        Standard deviation of a spot.

    Returns
    -------
    float
        In grey levels after the filter.
    """
    if spot[REACH] == 0:
        return float(spot[HEIGHT])
    cut = min(float(spot[REACH]) / sigma, 3.0)
    return float(spot[HEIGHT]) * math.exp(cut * cut / 2)


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
        least = min(least, float(image[y, x]))
    return least


@compiled
def belongs_to(
    image: NDArray[np.float32], strong: NDArray[np.float32], weak: NDArray[np.float32], plan: Plan
) -> bool:
    """Whether a maximum is a part of a stronger one: noise on its top, or a ring around it.

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
        From a saturated plateau r counts from its edge. Two plateaus of like size are two particles.
    """
    dx, dy = strong[X] - weak[X], strong[Y] - weak[Y]
    away = np.sqrt(dx * dx + dy * dy) - strong[REACH]
    if weak[REACH] > LIKE_SIZE * strong[REACH]:
        return away < 0
    if away < MERGED * plan.sigma:
        return True
    part = MERGED * plan.sigma / away
    if weak[HEIGHT] < strength_of(strong, plan.sigma) * part * part * part:
        return True
    if away > BROAD * plan.sigma:
        return False
    return weak[HEIGHT] - saddle(image, strong, weak) < DIP_IN_NOISE * plan.noise + DIP * weak[HEIGHT]


@compiled
def centre_of_broad(image: NDArray[np.float32], spot: NDArray[np.float32], plan: Plan) -> bool:
    """Whether there is more light around a place than its maxima explain; the place is moved to its centre if so.

    Parameters
    ----------
    image : numpy.ndarray
        Filtered frame.
    spot : numpy.ndarray
        A row of candidates: its place lies between the maxima, its height is the sum of theirs; moved.
    plan : Plan
        Of the video.

    Returns
    -------
    bool
        True for a spot out of focus, which may be a ring.
    """
    rows, columns = image.shape
    radius = BROAD * plan.sigma
    least = EXCESS * spot[HEIGHT] * 4 * np.pi * plan.sigma**2
    for _ in range(3):
        x, y = spot[X], spot[Y]
        light = at_x = at_y = 0.0
        for j in range(max(0, int(y - radius)), min(rows, int(y + radius) + 2)):
            for i in range(max(0, int(x - radius)), min(columns, int(x + radius) + 2)):
                dy, dx = j - y, i - x
                if dx * dx + dy * dy <= radius * radius:
                    light += image[j, i]
                    at_x += image[j, i] * dx
                    at_y += image[j, i] * dy
        if light < least:
            return False
        spot[X] += at_x / light
        spot[Y] += at_y / light
    return True


@compiled
def members_of(
    rank: int, order: NDArray[np.int64], plan: Plan, found: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The maxima that may be parts of one broad spot with a stronger one.

    Parameters
    ----------
    rank : int
        Place of that one in the order.
    order : numpy.ndarray
        Candidates by falling strength.
    plan : Plan
        Of the video.
    found : numpy.ndarray
        Table of candidates.

    Returns
    -------
    numpy.ndarray
        Rows of the table, that of the strong one first.
    """
    strong = found[order[rank]]
    members = np.empty(order.size - rank, np.int64)
    count = 0
    for b in range(rank, order.size):
        weak = found[order[b]]
        dx, dy = weak[X] - strong[X], weak[Y] - strong[Y]
        if weak[HEIGHT] > 0 and dx * dx + dy * dy < (BROAD * plan.sigma) ** 2:
            members[count] = order[b]
            count += 1
    return members[:count]


@compiled
def explained(members: NDArray[np.int64], plan: Plan, found: NDArray[np.float32]) -> NDArray[np.float32]:
    """A spot between several maxima, with the heights that they have without the light of the others, added up.

    Parameters
    ----------
    members : numpy.ndarray
        Rows of the table.
    plan : Plan
        Of the video.
    found : numpy.ndarray
        Table of candidates.

    Returns
    -------
    numpy.ndarray
        A row of candidates.
    """
    spot = found[members[0]].copy()
    total = at_x = at_y = 0.0
    for i in members:
        shared = 0.0
        for j in members:
            dx, dy = found[i, X] - found[j, X], found[i, Y] - found[j, Y]
            shared += np.exp(-(dx * dx + dy * dy) / (4 * plan.sigma**2))
        own = found[i, HEIGHT] / shared
        total += own
        at_x += own * (found[i, X] - spot[X])
        at_y += own * (found[i, Y] - spot[Y])
    spot[X] += at_x / total
    spot[Y] += at_y / total
    spot[HEIGHT] = total
    return spot


@compiled
def join_broad(rank: int, order: NDArray[np.int64], plan: Plan, room: Room) -> None:
    """Make one spot, centred on its light, of the maxima around one, when they are parts of a broad spot.

    Parameters
    ----------
    rank : int
        Place in the order.
    order : numpy.ndarray
        Candidates by falling strength.
    plan : Plan
        Of the video.
    room : Room
        With the candidates; those that become part of another lose their height.
    """
    members = members_of(rank, order, plan, room.found)
    if members.size < 2:
        return
    middle = explained(members, plan, room.found)
    if not centre_of_broad(room.image, middle, plan):
        return
    strong = room.found[order[rank]]
    strong[X], strong[Y] = middle[X], middle[Y]
    for k in range(1, members.size):
        room.found[members[k], HEIGHT] = 0


@compiled
def by_strength(found: NDArray[np.float32], count: int, sigma: float) -> NDArray[np.int64]:
    """Candidates by falling strength; of equal ones the first comes first.

    Parameters
    ----------
    found : numpy.ndarray
        Table of candidates.
    count : int
        Its filled rows.
    sigma : float
        Standard deviation of a spot.

    Returns
    -------
    numpy.ndarray
        Shape (count,): row of each.
    """
    order = np.empty(count, np.int64)
    strength = np.empty(count)
    for i in range(count):
        own = strength_of(found[i], sigma)
        place = i
        while place > 0 and strength[place - 1] < own:
            strength[place] = strength[place - 1]
            order[place] = order[place - 1]
            place -= 1
        strength[place] = own
        order[place] = i
    return order


@compiled
def drop_satellites(plan: Plan, room: Room, count: int) -> int:
    """Leave out maxima that belong to a stronger one.

    Parameters
    ----------
    plan : Plan
        Of the video.
    room : Room
        With the filtered frame and the candidates; those that stay are moved to the beginning, in their order.
    count : int
        Candidates.

    Returns
    -------
    int
        Candidates that stay.
    """
    found, order = room.found, by_strength(room.found, count, plan.sigma)
    weakest = np.inf
    for i in range(count):
        if found[i, HEIGHT] > 0:
            weakest = min(weakest, found[i, HEIGHT])
    for a in range(count):
        strong = found[order[a]]
        if strong[HEIGHT] == 0:
            continue
        if strong[SATURATED] == 0:
            join_broad(a, order, plan, room)
        ratio = (strength_of(strong, plan.sigma) / weakest) ** (1 / 3)
        far = strong[REACH] + plan.sigma * max(BROAD, MERGED * ratio)
        for b in range(a + 1, count):
            weak = found[order[b]]
            if weak[HEIGHT] == 0 or abs(weak[X] - strong[X]) > far or abs(weak[Y] - strong[Y]) > far:
                continue
            if belongs_to(room.image, strong, weak, plan):
                weak[HEIGHT] = 0
    kept = 0
    for i in range(count):
        if found[i, HEIGHT] > 0:
            for j in range(found.shape[1]):
                found[kept, j] = found[i, j]
            kept += 1
    return kept
