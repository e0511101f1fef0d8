"""From shares of what was followed to shares of what was there: how long each size is followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vesicle.measurements.sizing import FloatArray

_ROUNDS = 50
_TOLERANCE = 1e-9
_LARGEST_STEP = 1.0
_LEAST_BEND = 1e-6
_LEAST_DISPERSION, _MOST_DISPERSION = 1.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is known of the mean length before any is seen.

    ``trend`` is the log of the mean length up to a constant, shape (grid,). The lengths may add a slope to it, per
    unit of log size, which is zero with the standard error ``slope_error``; infinite: nothing is known of it.
    ``ends`` is the rate at which following ends for reasons that are the same for every size.
    """

    trend: FloatArray
    slope_error: float = np.inf
    ends: float = 0.0


def reweighted(density: FloatArray, factor: FloatArray) -> FloatArray:
    """Densities in which each place counts more or less than before.

    Parameters
    ----------
    density : numpy.ndarray
        Shape (..., grid).
    factor : numpy.ndarray
        Not negative, shape (grid,) or that of the densities.

    Returns
    -------
    numpy.ndarray
        Shape (..., grid); sums to 1 along the grid.
    """
    product = density * factor
    return product / np.maximum(product.sum(axis=-1, keepdims=True), np.finfo(np.float64).tiny)


def mean_lengths(
    log_size: FloatArray,
    posterior: FloatArray,
    lengths: FloatArray,
    *,
    expected: Expected | None = None,
    counts: FloatArray | None = None,
) -> FloatArray:
    """How long, on average, an observation of each size was followed.

    Every observation stands for all sizes that it may have, each as far as it is probable.

    Parameters
    ----------
    log_size : numpy.ndarray
        The grid, shape (grid,).
    posterior : numpy.ndarray
        How probable each size is for each observation, shape (observations, grid).
    lengths : numpy.ndarray
        How long each observation was followed, shape (observations,), positive.
    expected : Expected, optional
        What is known beforehand; unless given, lengths are a power of size that they alone decide.
    counts : numpy.ndarray, optional
        How often each observation counts in each resample, shape (resamples, observations); once each unless
        given.

    Returns
    -------
    numpy.ndarray
        Shape (grid,), or (resamples, grid).

    Notes
    -----
    Two numbers are fitted to the rate at which following ends, a constant and a power of size, by the quasi-likelihood
    of a gamma law whose dispersion the lengths tell. So weighting by the result adds little variance; counting the
    sightings of each size adds more, since a few sources that stay for long decide them.
    """
    known = expected or Expected(trend=np.zeros_like(log_size))
    weights = np.ones((1, len(lengths))) if counts is None else counts
    total, followed = weights @ posterior, weights @ (posterior * lengths[:, None])
    whole = np.ones(len(lengths)) @ posterior
    centred = log_size - float(whole @ log_size) / float(whole.sum())
    first = _curve(centred, whole, lengths @ posterior, known, dispersion=1.0)
    dispersion = _dispersion(posterior, lengths, first)
    curves = np.array(
        [
            _curve(centred, one, two, known, dispersion=dispersion)
            for one, two in zip(total, followed, strict=True)
        ]
    )
    return curves[0] if counts is None else curves


def _dispersion(posterior: FloatArray, lengths: FloatArray, curve: FloatArray) -> float:
    """Variance of lengths over the square of their mean: 1 for an exponential law."""
    squares, singles = lengths**2 @ posterior / curve**2, lengths @ posterior / curve
    found = float((squares - 2 * singles).sum() / posterior.sum()) + 1
    return min(max(found, _LEAST_DISPERSION), _MOST_DISPERSION)


def _curve(
    at: FloatArray, total: FloatArray, followed: FloatArray, known: Expected, *, dispersion: float
) -> FloatArray:
    """The mean lengths that suit total lengths of so many observations at each place, by Fisher's scoring."""
    terms = np.stack((np.ones_like(at), at), axis=1)
    precision = np.diag([0.0, dispersion / known.slope_error**2])
    trend = known.trend - float(total @ known.trend) / float(total.sum())
    line = np.array([np.log(followed.sum() / total.sum()), 0.0])
    for _ in range(_ROUNDS):
        curve = _lengths(terms @ line + trend, known.ends)
        sloped = terms * (1 - known.ends * curve)[:, None]
        uphill = sloped.T @ (followed / curve - total) - precision @ line
        bend = (sloped * total[:, None]).T @ sloped + precision + _LEAST_BEND * total.sum() * np.eye(2)
        step = np.clip(np.linalg.solve(bend, uphill), -_LARGEST_STEP, _LARGEST_STEP)
        line = line + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return _lengths(terms @ line + trend, known.ends)


def _lengths(log_stay: FloatArray, ends: float) -> FloatArray:
    return 1 / (np.exp(-log_stay) + ends)
