"""Numbers read off densities over an even grid of log size; each share is spread evenly inside its step."""

from __future__ import annotations

import numpy as np

from vesicle.inference.histograms import percentiles_at_edges, share_between
from vesicle.measurements.sizing import FloatArray

_MODE_WIDTH = 0.05
"""Smoothing of the mode in log size, so that it does not jump between neighbouring grid points."""


def log_edges(log_size: FloatArray) -> FloatArray:
    """Edges of the steps around the points of an even grid.

    Parameters
    ----------
    log_size : numpy.ndarray
        Shape (grid,).

    Returns
    -------
    numpy.ndarray
        Shape (grid + 1,).
    """
    step = log_size[1] - log_size[0]
    return np.append(log_size - step / 2, log_size[-1] + step / 2)


def quantiles(log_size: FloatArray, density: FloatArray, shares: FloatArray) -> FloatArray:
    """Sizes below which the given shares lie.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (..., grid), not negative.
    shares : numpy.ndarray
        Shape (q,).

    Returns
    -------
    numpy.ndarray
        Shape (..., q).
    """
    return np.exp(percentiles_at_edges(log_edges(log_size), density, shares))


def share_of(log_size: FloatArray, density: FloatArray, low: float, high: float) -> FloatArray:
    """The share between two sizes.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (..., grid).
    low, high : float
        Sizes; 0 and infinity are open ends.

    Returns
    -------
    numpy.ndarray
        Between 0 and 1, shape (...).
    """
    with np.errstate(divide="ignore"):
        return share_between(log_edges(log_size), density, float(np.log(low)), float(np.log(high)))


def mean_and_spread(log_size: FloatArray, density: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of size.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (..., grid).

    Returns
    -------
    mean, spread : numpy.ndarray
        Each of shape (...).
    """
    step = float(log_size[1] - log_size[0])
    share = density / density.sum(axis=-1, keepdims=True)
    mean = share @ np.exp(log_size) * np.sinh(step / 2) / (step / 2)
    square = share @ np.exp(2 * log_size) * np.sinh(step) / step
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def mode(log_size: FloatArray, density: FloatArray) -> FloatArray:
    """The size where there are most per unit of size, after slight smoothing.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (..., grid).

    Returns
    -------
    numpy.ndarray
        Shape (...); between grid points by a parabola.
    """
    smooth = smoothed(log_size, density, _MODE_WIDTH) * np.exp(-log_size)
    rows = np.log(np.maximum(smooth.reshape(-1, len(log_size)), np.finfo(np.float64).tiny))
    top = np.clip(rows.argmax(axis=1), 1, len(log_size) - 2)
    left, centre, right = (rows[np.arange(len(rows)), top + shift] for shift in (-1, 0, 1))
    bend = left - 2 * centre + right
    shift = np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend < 0)
    step = log_size[1] - log_size[0]
    return np.exp(log_size[top] + step * np.clip(shift, -0.5, 0.5)).reshape(density.shape[:-1])


def smoothed(log_size: FloatArray, density: FloatArray, width: float) -> FloatArray:
    """Densities convolved with a Gaussian.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (..., grid).
    width : float
        Standard deviation in log size, positive.

    Returns
    -------
    numpy.ndarray
        Of the same shape; the sum is kept.
    """
    kernel = np.exp(-0.5 * ((log_size - log_size[:, None]) / width) ** 2)
    return density @ (kernel / kernel.sum(axis=1, keepdims=True))
