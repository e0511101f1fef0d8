"""Bead populations that no valley separates, divided by a mixture of equal shares."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

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
