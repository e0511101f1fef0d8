"""A density for each stratum of observations: that of all, tilted towards one end by as much as the stratum asks for.

Short tracks are mostly those of fast sources, which leave soon. One prior for tracks of every length would pull the
short ones, which say little by themselves, towards what the long ones are. A prior of its own for each length would
follow noise. A tilt, a factor exp(b x) along the grid, has one number per stratum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray

_BOUNDS = (6.0, 14.0, 35.0)
_FEWEST = 150
_ROUNDS, _LARGEST, _LARGEST_STEP = 12, 12.0, 2.0
_USUAL = 2.0
"""Tilts are powers of size, mostly no larger than this: the time in view grows with the 1st to 2nd power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltedFit:
    """Densities by stratum, shape (strata, grid), each sums to 1; ``density`` is their mean by counts.

    ``log_odds`` is the log of how probable each stratum is at each place, shape (strata, grid). ``gain`` is how much
    the tilts add to the log likelihood of all observations, counted as they were.
    """

    density: FloatArray
    by_stratum: FloatArray
    tilts: FloatArray
    log_odds: FloatArray
    gain: float

    @property
    def matters(self) -> bool:
        """Whether the strata differ, by the likelihood ratio at the 1 % level, where each observation counts once."""
        from scipy.special import chdtri

        strata = len(self.tilts)
        return strata > 1 and 2 * self.gain > float(chdtri(strata - 1, 0.01))


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


def fit_tilts(
    likelihood: FloatArray,
    log_size: FloatArray,
    density: FloatArray,
    stratum: NDArray[np.int64],
    *,
    counts: FloatArray,
) -> TiltedFit:
    """The tilt of each stratum by maximum likelihood.

    Parameters
    ----------
    likelihood : numpy.ndarray
        Relative likelihoods, shape (observations, grid).
    log_size : numpy.ndarray
        The grid, shape (grid,).
    density : numpy.ndarray
        That of all observations, shape (grid,).
    stratum : numpy.ndarray
        Of each observation, whole numbers from 0, shape (observations,).
    counts : numpy.ndarray
        How often each observation counts, shape (observations,).

    Returns
    -------
    TiltedFit
        A stratum without observations is not tilted.
    """
    from scipy.special import logsumexp

    kinds = int(stratum.max(initial=0)) + 1
    x = log_size - float(log_size @ density)
    tilts = np.array(
        [_tilt(likelihood[stratum == k], x, density, counts[stratum == k]) for k in range(kinds)]
    )
    tilted = np.maximum(density * np.exp(tilts[:, None] * x), 0.0)
    tilted_sums = tilted.sum(axis=1)
    tilted /= tilted_sums[:, None]
    total = np.bincount(stratum, counts, kinds)
    by_tilt = np.zeros(len(stratum))
    for k in range(kinds):
        by_tilt[stratum == k] = likelihood[stratum == k] @ tilted[k]
    plain = likelihood @ (density / density.sum())
    gain = float(counts @ np.log(np.maximum(by_tilt, 1e-290) / np.maximum(plain, 1e-290)))
    odds = np.log(np.maximum(total / tilted_sums, 1e-290))[:, None] + tilts[:, None] * x
    return TiltedFit(
        density=total @ tilted / total.sum(),
        by_stratum=tilted,
        tilts=tilts,
        log_odds=odds - logsumexp(odds, axis=0),
        gain=gain,
    )


def _tilt(likelihood: FloatArray, x: FloatArray, density: FloatArray, counts: FloatArray) -> float:
    """Newton's method on one number; its log likelihood has one maximum for all that was tried."""
    if not counts.sum() > 0:
        return 0.0
    powers, tilt = np.vander(x, 3, increasing=True), 0.0
    for _ in range(_ROUNDS):
        weighted = (density * np.exp(tilt * x))[:, None] * powers
        of_all, of_each = weighted.sum(axis=0), np.maximum(likelihood @ weighted[:, :1], 1e-290)
        mean, square = of_all[1] / of_all[0], of_all[2] / of_all[0]
        moments = (likelihood @ weighted[:, 1:]) / of_each
        slope = float(counts @ (moments[:, 0] - mean)) - tilt / _USUAL**2
        bend = float(counts @ (moments[:, 1] - moments[:, 0] ** 2)) - float(counts.sum()) * (square - mean**2)
        step = slope / (max(-bend, 0.02 * float(counts.sum()) * (square - mean**2)) + 1 / _USUAL**2)
        step = float(np.clip(step, -_LARGEST_STEP, _LARGEST_STEP))
        tilt = float(np.clip(tilt + step, -_LARGEST, _LARGEST))
        if abs(step) < 1e-3:
            break
    return tilt
