"""Bead populations that no valley separates, divided by a mixture of equal shares."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

NEAR_SD = 6.0
WHOLE = 1.5
PART = 0.7
"""House rules: a part under 0.7 of the usual size is joined to a near one, unless both make more than 1.5."""
ROUNDS = 200
TOLERANCE = 1e-6


def divide_equally(scaled: FloatArray, part: IntArray, count: int, *, seed: int = 0) -> list[IntArray]:
    """The events of a merged population, given to so many populations of equal size.

    Each event goes to one of them by chance, with the chances that the fitted mixture gives it, so that the medians
    of overlapping populations are not pulled apart.

    Parameters
    ----------
    scaled : numpy.ndarray
        All events on the scale on which populations are nearly normal, shape (events, channels).
    part : numpy.ndarray
        Which events belong to the merged population.
    count : int
        How many populations it holds, at least 2.
    seed : int, optional
        Seed of the chances.

    Returns
    -------
    list of numpy.ndarray
        From dim to bright.
    """
    values = scaled[part]
    chances = _fit(values, count)
    drawn = np.random.default_rng(seed).random(len(part))
    label = (chances.cumsum(axis=1) < drawn[:, None] * chances.sum(axis=1, keepdims=True)).sum(axis=1)
    return [part[label == number] for number in range(count)]


def join_surplus(scaled: FloatArray, parts: list[IntArray], expected: int) -> list[IntArray]:
    """Populations without the small ones that are more than expected.

    A small one near another is a piece of it and is joined to it; one that is far from all is dirt and is dropped.

    Parameters
    ----------
    scaled : numpy.ndarray
        All events, shape (events, channels).
    parts : list of numpy.ndarray
        Which events belong to each population.
    expected : int
        How many populations there should be.

    Returns
    -------
    list of numpy.ndarray
        As many as expected, or more where all that are left are of the usual size.
    """
    left = list(parts)
    while len(left) > max(expected, 1):
        usual = float(np.median([len(part) for part in left]))
        small = left.pop(int(np.argmin([len(part) for part in left])))
        if len(small) > PART * usual:
            return [*left, small]
        distances = [_distance(scaled[small], scaled[part]) for part in left]
        nearest = int(np.argmin(distances))
        if distances[nearest] < NEAR_SD and len(small) + len(left[nearest]) <= WHOLE * usual:
            left[nearest] = np.concatenate([left[nearest], small])
    return left


def _distance(one: FloatArray, other: FloatArray) -> float:
    """The greatest distance of two medians in any channel, in robust SDs of the wider population."""
    spreads = [1.4826 * np.median(np.abs(part - np.median(part, axis=0)), axis=0) for part in (one, other)]
    apart = np.abs(np.median(one, axis=0) - np.median(other, axis=0))
    return float((apart / np.maximum(np.maximum(*spreads), 1e-9)).max())


def _fit(values: FloatArray, count: int) -> FloatArray:
    """Chances of each event, shape (events, count), by expectation and maximisation from equal slices."""
    slices = np.argsort(np.argsort(values.sum(axis=1), kind="stable"), kind="stable") * count // len(values)
    chances = np.eye(count)[slices]
    least = 1e-4 * np.maximum(np.ptp(values, axis=0), 1e-9)
    before = -np.inf
    for _ in range(ROUNDS):
        weight = chances.sum(axis=0)[:, None]
        mean = chances.T @ values / weight
        spread = np.sqrt(np.maximum(chances.T @ values**2 / weight - mean**2, least**2))
        deviates = (values[:, None, :] - mean) / spread
        log = -(deviates**2 / 2 + np.log(spread)).sum(axis=2)
        top = log.max(axis=1, keepdims=True)
        odds = np.exp(log - top)
        total = odds.sum(axis=1, keepdims=True)
        chances = odds / total
        likelihood = float((np.log(total) + top).mean())
        if likelihood - before < TOLERANCE:
            break
        before = likelihood
    return chances
