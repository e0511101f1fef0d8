"""A mixture whose observations come in strata: each stratum has weights of its own, the kernels are the same.

Short tracks are mostly those of fast sources, which leave soon. One prior for tracks of every length would pull the
short ones, which say little by themselves, towards what the long ones are; a prior for each length does not.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.inference.mixing import fit_weights
from vesicle.inference.mixture import Sieve, bootstrap_counts
from vesicle.measurements.sizing import FloatArray

_TOLERANCE = 0.01
_BOUNDS = (6.0, 14.0, 35.0)
_FEWEST = 150
_NOTHING = 1e-6
_APART = 4
"""Kernels, half a width apart each, without weight between two groups."""

LEAST_SHARE, LEAST_OBSERVATIONS = 0.005, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedFit:
    """Densities by stratum, and together: ``density`` sums to 1, each row of ``by_stratum`` too.

    ``together`` are the weights of the kernels for all observations as one, shape (kernels,).
    """

    density: FloatArray
    by_stratum: FloatArray
    together: FloatArray


def length_strata(frames: FloatArray) -> NDArray[np.int64]:
    """The stratum of each track by its length, with at least 150 tracks in each where there are as many.

    Parameters
    ----------
    frames : numpy.ndarray
        Sightings of each track, shape (tracks,).

    Returns
    -------
    numpy.ndarray
        Whole numbers from 0 without gaps, shape (tracks,).
    """
    stratum = np.searchsorted(_BOUNDS, frames, side="left").astype(np.int64)
    for lower in range(len(_BOUNDS)):
        if 0 < (stratum == lower).sum() < _FEWEST:
            stratum[stratum == lower] = lower + 1
    top = int(stratum.max(initial=0))
    if (stratum == top).sum() < _FEWEST and (stratum < top).any():
        stratum[stratum == top] = int(stratum[stratum < top].max())
    return np.unique(stratum, return_inverse=True)[1].reshape(-1).astype(np.int64)


def fit_strata(
    sieve: Sieve, stratum: NDArray[np.int64], counts: FloatArray, *, start: FloatArray
) -> StratifiedFit:
    """The mixture of each stratum, made of the kernels that all strata together call for.

    Parameters
    ----------
    sieve : Sieve
        Kernels of one width.
    stratum : numpy.ndarray
        Of each observation, whole numbers from 0, shape (observations,).
    counts : numpy.ndarray
        How often each observation counts, shape (observations,).
    start : numpy.ndarray
        Weights to start from, shape (kernels,).

    Returns
    -------
    StratifiedFit
        Of all strata.
    """
    together = fit_weights(sieve.likelihood, counts, start, _TOLERANCE)[0]
    chosen = _backed(together, float(counts.sum()))
    kinds = int(stratum.max(initial=0)) + 1
    weights = np.zeros((kinds, len(together)))
    first = together[chosen] / together[chosen].sum()
    for kind in range(kinds):
        rows = np.flatnonzero((stratum == kind) & (counts > 0))
        if len(rows):
            part = np.ascontiguousarray(sieve.likelihood[np.ix_(chosen, rows)])
            weights[kind, chosen] = fit_weights(part, counts[rows], first, _TOLERANCE)[0]
    total = np.bincount(stratum, counts, kinds)
    by_stratum = weights @ sieve.shapes
    density = total @ by_stratum / total.sum()
    return StratifiedFit(density=density, by_stratum=by_stratum, together=together)


def _backed(weights: FloatArray, observations: float) -> NDArray[np.intp]:
    """The kernels that count: groups of neighbours which stand for at least three observations, or 1 in 200.

    Without this a lone odd observation gets a kernel of its own, to which a stratum that says little by itself may
    then give more than there is.
    """
    used = np.flatnonzero(weights > _NOTHING)
    groups = np.split(used, np.flatnonzero(np.diff(used) > _APART) + 1)
    least = max(LEAST_SHARE, LEAST_OBSERVATIONS / observations)
    backed = [group for group in groups if weights[group].sum() >= least]
    return np.concatenate(backed) if backed else used


def bootstrap_strata(
    sieve: Sieve,
    stratum: NDArray[np.int64],
    weights: FloatArray,
    *,
    start: FloatArray,
    resamples: int,
    seed: int = 0,
    threads: int = 2,
) -> FloatArray:
    """Densities of observations drawn again with replacement, over all strata together.

    Parameters
    ----------
    sieve : Sieve
        Kernels of one width.
    stratum : numpy.ndarray
        Of each observation, shape (observations,).
    weights : numpy.ndarray
        How often an observation counts when it is drawn, shape (observations,).
    start : numpy.ndarray
        Weights to start from, shape (kernels,).
    resamples : int
        How many.
    seed : int, optional
        Of the drawing.
    threads : int, optional
        How many fits run side by side; the result does not depend on it.

    Returns
    -------
    numpy.ndarray
        Shape (resamples, grid).
    """

    def one(counts: FloatArray) -> FloatArray:
        return fit_strata(sieve, stratum, counts * weights, start=start).density

    drawn = bootstrap_counts(len(stratum), resamples, seed=seed)
    with ThreadPoolExecutor(threads) as pool:
        return np.array(list(pool.map(one, drawn)))
