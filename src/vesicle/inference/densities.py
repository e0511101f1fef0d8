"""Numbers read off densities over an even grid of log size; each share is spread evenly inside its step."""

from __future__ import annotations

import numpy as np

from vesicle.inference.histograms import percentiles_at_edges, share_between
from vesicle.measurements.sizing import FloatArray


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
    """The size where there are most per unit of size.

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
    per_size = (density * np.exp(-log_size)).reshape(-1, len(log_size))
    rows = np.log(np.maximum(per_size, np.finfo(np.float64).tiny))
    top = np.clip(rows.argmax(axis=1), 1, len(log_size) - 2)
    left, centre, right = (rows[np.arange(len(rows)), top + shift] for shift in (-1, 0, 1))
    bend = left - 2 * centre + right
    shift = np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend < 0)
    step = log_size[1] - log_size[0]
    return np.exp(log_size[top] + step * np.clip(shift, -0.5, 0.5)).reshape(density.shape[:-1])


def moved(log_size: FloatArray, density: FloatArray, shift: FloatArray) -> FloatArray:
    """Densities after every place has been moved.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (densities, grid).
    shift : numpy.ndarray
        How far each place moves in log size, of the same shape; neighbours keep their order.

    Returns
    -------
    numpy.ndarray
        On the same grid, with the same sums; what leaves the grid stays in its last step.
    """
    edges = log_edges(log_size)
    found = np.empty_like(density)
    for row, share, by in zip(found, density, shift, strict=True):
        cumulative = np.concatenate(([0.0], np.cumsum(share)))
        inner = edges[1:-1] + 0.5 * (by[:-1] + by[1:])
        at = np.concatenate(([edges[0] + by[0]], inner, [edges[-1] + by[-1]]))
        reached = np.interp(edges, at, cumulative)
        reached[0], reached[-1] = 0.0, cumulative[-1]
        row[:] = np.diff(reached)
    return found
