"""From shares of what was followed to shares of what was there: how long each size is followed."""

from __future__ import annotations

import numpy as np

from vesicle.inference.mixture import MixtureFit, posterior
from vesicle.measurements.sizing import FloatArray

_ROUNDS = 50
_TOLERANCE = 1e-9


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
    return product / product.sum(axis=-1, keepdims=True)


def mean_lengths(fit: MixtureFit, lengths: FloatArray, *, counts: FloatArray | None = None) -> FloatArray:
    """How long, on average, an observation of each size was followed: a straight line in logarithms.

    Every observation stands for all sizes that it may have, each as far as it is probable.

    Parameters
    ----------
    fit : MixtureFit
        The density and its observations.
    lengths : numpy.ndarray
        How long each observation was followed, shape (observations,), positive.
    counts : numpy.ndarray, optional
        How often each observation counts in each resample, shape (resamples, observations); as in the fit
        unless given.

    Returns
    -------
    numpy.ndarray
        Shape (grid,), or (resamples, grid).

    Notes
    -----
    Two numbers are fitted, by the likelihood of a gamma law with a logarithmic link, so that weighting by the
    result adds little variance. In simulations where the mean length rose with size to the power 0.8, the
    weighted quantiles were within 1 % of the truth; see docs/validation.md.
    """
    shares = posterior(fit)
    weights = fit.counts[None, :] if counts is None else counts
    total, followed = weights @ shares, weights @ (shares * lengths[:, None])
    centred = fit.log_size - fit.density @ fit.log_size
    curves = np.array([_line(centred, one, two) for one, two in zip(total, followed, strict=True)])
    return curves[0] if counts is None else curves


def _line(at: FloatArray, total: FloatArray, followed: FloatArray) -> FloatArray:
    """The curve whose logarithm is straight and that suits total lengths of so many observations at each place."""
    terms = np.stack((np.ones_like(at), at), axis=1)
    line = np.array([np.log(followed.sum() / total.sum()), 0.0])
    for _ in range(_ROUNDS):
        ratio = followed * np.exp(-(terms @ line))
        step = np.linalg.solve((terms * ratio[:, None]).T @ terms, terms.T @ (ratio - total))
        line = line + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return np.exp(terms @ line)
