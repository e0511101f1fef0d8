"""Running sums over ranked genes, and those of random sets, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)


@compiled
def mixed(counter: np.uint64) -> np.uint64:
    """A pseudo-random number of 64 bits from a counter (the finaliser of splitmix64).

    Parameters
    ----------
    counter : numpy.uint64
        Any number; neighbours give unrelated results.

    Returns
    -------
    numpy.uint64
        The same for the same counter, on every machine.
    """
    z = (counter + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@compiled
def extreme(places: NDArray[np.int64], weight: FloatArray) -> float:
    """The running sum of a set where it is furthest from zero.

    Parameters
    ----------
    places : numpy.ndarray
        Ranks of the set's genes, ascending from 0.
    weight : numpy.ndarray
        Of each rank, not negative.

    Returns
    -------
    float
        Between -1 and 1; 0 for a set whose weights are all zero.
    """
    total = 0.0
    for place in places:
        total += weight[place]
    if total == 0.0:
        return 0.0
    miss = 1.0 / (weight.size - places.size)
    highest, lowest, hit = 0.0, 0.0, 0.0
    for i in range(places.size):
        below = hit / total - (places[i] - i) * miss
        hit += weight[places[i]]
        lowest = min(lowest, below)
        highest = max(highest, hit / total - (places[i] - i) * miss)
    return highest if highest > -lowest else lowest


@compiled
def extremes(starts: NDArray[np.int64], places: NDArray[np.int64], weight: FloatArray) -> FloatArray:
    """The extreme of every set.

    Parameters
    ----------
    starts : numpy.ndarray
        Where each set begins in ``places``, and the end of the last one.
    places : numpy.ndarray
        Ranks of the genes, ascending within a set.
    weight : numpy.ndarray
        Of each rank.

    Returns
    -------
    numpy.ndarray
        Shape (sets,).
    """
    found = np.empty(starts.size - 1)
    for i in range(found.size):
        found[i] = extreme(places[starts[i] : starts[i + 1]], weight)
    return found


@compiled
def random_extremes(sizes: NDArray[np.int64], weight: FloatArray, draws: int, seed: int) -> FloatArray:
    """Extremes of random sets of each size.

    Parameters
    ----------
    sizes : numpy.ndarray
        Genes per set, each below the number of ranks.
    weight : numpy.ndarray
        Of each rank.
    draws : int
        Random sets per size.
    seed : int
        Of the drawing; each size and draw has numbers of its own.

    Returns
    -------
    numpy.ndarray
        Shape (sizes, draws).
    """
    found = np.empty((sizes.size, draws))
    pool = np.arange(weight.size)
    counter = mixed(np.uint64(seed))
    for i in range(sizes.size):
        size = sizes[i]
        for draw in range(draws):
            for k in range(size):  # the first steps of a shuffle: a random set, whatever the order before
                counter += np.uint64(1)
                other = k + np.int64(mixed(counter) % np.uint64(pool.size - k))
                pool[k], pool[other] = pool[other], pool[k]
            found[i, draw] = extreme(np.sort(pool[:size]), weight)
    return found
