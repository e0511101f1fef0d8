"""What random microRNAs of like degree would have hit, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.enrichment.walks import mixed
from vesicle.measurements.sizing import FloatArray

_TRIES = 64
_SAME = 1e-9
"""Sums that differ by less are equal: the order of terms must not decide."""


@compiled
def draw_units(
    counter: np.uint64, starts: NDArray[np.int64], candidates: NDArray[np.int64], units: NDArray[np.int64]
) -> np.uint64:
    """Write one random candidate for each slot, all different where that is possible.

    Parameters
    ----------
    counter : numpy.uint64
        State of the drawing.
    starts : numpy.ndarray
        Where the candidates of each slot begin.
    candidates : numpy.ndarray
        Those of all slots.
    units : numpy.ndarray
        Written to.

    Returns
    -------
    numpy.uint64
        The next state.
    """
    for slot in range(units.size):
        among = np.uint64(starts[slot + 1] - starts[slot])
        for _ in range(_TRIES):
            counter += np.uint64(1)
            chosen = candidates[starts[slot] + np.int64(mixed(counter) % among)]
            is_new = True
            for earlier in range(slot):
                is_new = is_new and units[earlier] != chosen
            units[slot] = chosen
            if is_new:
                break
    return counter


@compiled
def add_up(units: NDArray[np.int64], strength: FloatArray, votes: FloatArray, total: FloatArray) -> None:
    """Write the sum of the votes of some microRNAs for each set.

    Parameters
    ----------
    units : numpy.ndarray
        Which microRNAs.
    strength : numpy.ndarray
        Of each of them.
    votes : numpy.ndarray
        Shape (microRNAs, sets).
    total : numpy.ndarray
        Written to, shape (sets,).
    """
    for i in range(total.size):
        total[i] = strength[0] * votes[units[0], i]
    for slot in range(1, units.size):
        for i in range(total.size):
            total[i] += strength[slot] * votes[units[slot], i]


@compiled
def keep_largest(heap: FloatArray, value: float) -> None:
    """Put a value in the place of the smallest one of a heap, and restore its order.

    Parameters
    ----------
    heap : numpy.ndarray
        The smallest value stands first; changed.
    value : float
        Larger than the smallest one.
    """
    place = 0
    while True:
        child = 2 * place + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value


@compiled
def random_votes(
    observed: FloatArray,
    voters: tuple[FloatArray, FloatArray],
    matches: tuple[NDArray[np.int64], NDArray[np.int64]],
    plan: tuple[int, int, int],
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """How many random draws vote for each set at least as much as what was observed.

    Parameters
    ----------
    observed : numpy.ndarray
        Votes for each set.
    voters : tuple of numpy.ndarray
        Strength of each slot, which a drawn microRNA takes, and votes of all, shape (microRNAs, sets).
    matches : tuple of numpy.ndarray
        Where the candidates of each slot begin, and the candidates.
    plan : tuple of int
        How many draws, the seed, and how many of the largest sums of each set are kept.

    Returns
    -------
    count : numpy.ndarray
        Draws that reach what was observed, shape (sets,).
    mean : numpy.ndarray
        Mean of all draws, shape (sets,).
    largest : numpy.ndarray
        The largest sums of each set in ascending order, shape (sets, kept).
    """
    strength, votes = voters
    draws, seed, kept = plan
    count, summed = np.zeros(observed.size, np.int64), np.zeros(observed.size)
    largest = np.full((observed.size, kept), -1.0)
    total = np.empty(observed.size)
    units = np.empty(strength.size, np.int64)
    counter = mixed(np.uint64(seed))
    for _ in range(draws):
        counter = draw_units(counter, matches[0], matches[1], units)
        add_up(units, strength, votes, total)
        for i in range(total.size):
            summed[i] += total[i]
            if total[i] >= observed[i] - _SAME:
                count[i] += 1
            if total[i] > largest[i, 0]:
                keep_largest(largest[i], total[i])
    for i in range(observed.size):
        largest[i] = np.sort(largest[i])
    return count, summed / draws, largest


@compiled
def smallest_ranks(
    voters: tuple[FloatArray, FloatArray],
    matches: tuple[NDArray[np.int64], NDArray[np.int64]],
    largest: FloatArray,
    plan: tuple[int, int, int],
) -> NDArray[np.int64]:
    """The best rank that each random draw has in any set, among all draws.

    Parameters
    ----------
    voters : tuple of numpy.ndarray
        As for ``random_votes``.
    matches : tuple of numpy.ndarray
        As for ``random_votes``.
    largest : numpy.ndarray
        As ``random_votes`` returned it.
    plan : tuple of int
        As for ``random_votes``, so that the draws are the same.

    Returns
    -------
    numpy.ndarray
        Shape (draws,); the number kept plus one for draws that are among the largest of no set.
    """
    strength, votes = voters
    draws, seed, kept = plan
    sets = largest.shape[0]
    best = np.full(draws, kept + 1)
    total = np.empty(sets)
    units = np.empty(strength.size, np.int64)
    counter = mixed(np.uint64(seed))
    for draw in range(draws):
        counter = draw_units(counter, matches[0], matches[1], units)
        add_up(units, strength, votes, total)
        for i in range(sets):
            if total[i] > largest[i, 0] + _SAME:
                rank = kept - np.searchsorted(largest[i], total[i] - _SAME)
                best[draw] = min(best[draw], rank)
    return best
