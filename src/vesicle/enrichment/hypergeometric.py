"""Tails of the hypergeometric distribution for many sets at once, and false discovery rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vesicle.measurements.sizing import FloatArray

_NEGLIGIBLE = 1e-17
"""Terms that are smaller than this share of their sum no longer change it."""


def upper_tail(hits: ArrayLike, *, size: ArrayLike, drawn: ArrayLike, population: ArrayLike) -> FloatArray:
    """P(X >= hits) when genes are drawn at random from a background, without putting them back.

    Parameters
    ----------
    hits : array_like
        Drawn genes that are in the set (k), whole numbers.
    size : array_like
        Genes of the set in the background (K).
    drawn : array_like
        Genes of the query in the background (n).
    population : array_like
        Genes of the background (N), at least 1.

    Returns
    -------
    numpy.ndarray
        Probabilities; their relative error is below 1e-8 for backgrounds up to a million genes.

    Notes
    -----
    The sum runs away from the mean on either side of it, so its terms fall and few of them matter.

    Examples
    --------
    >>> round(float(upper_tail(2, size=2, drawn=2, population=4)), 6)
    0.166667
    """
    arrays = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (hits, size, drawn, population)))
    k, size_, drawn_, total = (np.atleast_1d(x) for x in arrays)
    is_upper = k * (total + 2.0) > (size_ + 1.0) * (drawn_ + 1.0)  # beyond the most likely number
    p = np.empty(k.shape)
    for side, start, step in ((is_upper, k, 1.0), (~is_upper, k - 1.0, -1.0)):
        p[side] = _sum_away(start[side], size_[side], drawn_[side], total[side], step=step)
    p[~is_upper] = 1.0 - p[~is_upper]
    return np.clip(p, 0.0, 1.0).reshape(arrays[0].shape)


def _sum_away(
    start: FloatArray, size: FloatArray, drawn: FloatArray, total: FloatArray, *, step: float
) -> FloatArray:
    """Probabilities of ``start`` and all numbers beyond it, in the direction of the step."""
    least, most = np.maximum(0.0, drawn + size - total), np.minimum(size, drawn)
    is_possible = (start >= least) & (start <= most)
    k = np.where(is_possible, start, least)
    term = np.where(is_possible, np.exp(_log_probability(k, size, drawn, total)), 0.0)
    summed = term.copy()
    left = np.flatnonzero(is_possible)
    while left.size:
        at, s, d = k[left], size[left], drawn[left]
        rest = total[left] - s - d
        if step > 0:
            ratio = (s - at) * (d - at) / ((at + 1.0) * (rest + at + 1.0))
        else:
            ratio = at * (rest + at) / ((s - at + 1.0) * (d - at + 1.0))
        term[left] *= ratio
        summed[left] += term[left]
        k[left] += step
        left = left[term[left] > _NEGLIGIBLE * summed[left]]
    return summed


def _log_probability(k: FloatArray, size: FloatArray, drawn: FloatArray, total: FloatArray) -> FloatArray:
    def log_choose(n: FloatArray, m: FloatArray) -> FloatArray:
        return (
            log_factorial[n.astype(np.int64)]
            - log_factorial[m.astype(np.int64)]
            - log_factorial[(n - m).astype(np.int64)]
        )

    log_factorial = _log_factorials(int(total.max(initial=0.0)))
    return log_choose(size, k) + log_choose(total - size, drawn - k) - log_choose(total, drawn)


def _log_factorials(most: int) -> FloatArray:
    """Summed in extended precision where the machine has it, since 1e6 terms are added."""
    logs = np.log(np.arange(1, most + 1, dtype=np.float64))
    return np.concatenate([[0.0], np.cumsum(logs, dtype=np.longdouble).astype(np.float64)])


def false_discovery_rates(p: ArrayLike) -> FloatArray:
    """Benjamini and Hochberg's q of each p: the share of false findings if all as small were believed.

    Parameters
    ----------
    p : array_like
        Probabilities of all tests that were made, shape (tests,).

    Returns
    -------
    numpy.ndarray
        Same order, at most 1.

    Examples
    --------
    >>> false_discovery_rates([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    given = np.asarray(p, np.float64)
    order = np.argsort(given, kind="stable")
    scaled = given[order] * given.size / np.arange(1, given.size + 1)
    q: NDArray[np.float64] = np.empty(given.size)
    q[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(q, 1.0)
