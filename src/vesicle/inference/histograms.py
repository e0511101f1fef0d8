"""Percentiles and moments of histograms, by the two conventions that instruments and people use."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]


def percentiles_at_edges(edges: FloatArray, amount: FloatArray, shares: FloatArray) -> FloatArray:
    """Percentiles of a histogram whose content is spread evenly inside each class.

    The cumulative amount is known exactly at class edges, so it is interpolated between them.

    Parameters
    ----------
    edges : numpy.ndarray
        Class edges, shape (k + 1,), increasing.
    amount : numpy.ndarray
        Content of each class, shape (..., k), not negative, with a positive sum along the last axis.
    shares : numpy.ndarray
        Shares between 0 and 1, shape (q,).

    Returns
    -------
    numpy.ndarray
        In the unit of the edges, shape (..., q).

    Examples
    --------
    >>> percentiles_at_edges(np.array([0.0, 10, 20]), np.array([1.0, 1]), np.array([0.5]))
    array([10.])
    """
    cumulative = np.cumsum(amount, axis=-1)
    total = cumulative[..., -1:]
    rows = (cumulative / total).reshape(-1, amount.shape[-1])
    found = np.array([_crossings(np.concatenate(([0.0], row)), edges, shares) for row in rows])
    return found.reshape((*amount.shape[:-1], len(shares)))


def percentiles_at_centres(centres: FloatArray, amount: FloatArray, shares: FloatArray) -> FloatArray:
    """Percentiles by linear interpolation of the cumulative amount at class centres.

    ZetaView's X10, X50 and X90 follow this convention exactly; it lies half a class below
    :func:`percentiles_at_edges`.

    Parameters
    ----------
    centres : numpy.ndarray
        Class centres, shape (k,), increasing.
    amount : numpy.ndarray
        Content of each class, shape (k,), with a positive sum.
    shares : numpy.ndarray
        Shares between 0 and 1, shape (q,).

    Returns
    -------
    numpy.ndarray
        Shape (q,).

    Examples
    --------
    >>> percentiles_at_centres(np.array([5.0, 15]), np.array([1.0, 1]), np.array([0.75]))
    array([10.])
    """
    cumulative = np.cumsum(amount) / amount.sum()
    return _crossings(cumulative, centres, shares)


def _crossings(cumulative: FloatArray, points: FloatArray, shares: FloatArray) -> FloatArray:
    upper = np.clip(np.searchsorted(cumulative, shares), 1, len(points) - 1)
    lower = upper - 1
    step = cumulative[upper] - cumulative[lower]
    inside = np.divide(shares - cumulative[lower], step, out=np.zeros_like(shares), where=step > 0)
    return points[lower] + np.clip(inside, 0.0, 1.0) * (points[upper] - points[lower])


def mean_and_sd(centres: FloatArray, amount: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and population standard deviation of a histogram, each class at its centre.

    Parameters
    ----------
    centres : numpy.ndarray
        Shape (k,).
    amount : numpy.ndarray
        Shape (..., k), with a positive sum along the last axis.

    Returns
    -------
    mean, sd : numpy.ndarray
        Each of shape (...).

    Examples
    --------
    >>> mean_and_sd(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    (np.float64(2.0), np.float64(1.0))
    """
    share = amount / amount.sum(axis=-1, keepdims=True)
    mean = share @ centres
    spread = (centres - np.expand_dims(mean, -1)) ** 2
    return mean, np.sqrt((share * spread).sum(axis=-1))


def share_between(edges: FloatArray, amount: FloatArray, low: float, high: float) -> FloatArray:
    """The share of the content between two bounds, content spread evenly inside each class.

    Parameters
    ----------
    edges : numpy.ndarray
        Shape (k + 1,).
    amount : numpy.ndarray
        Shape (..., k), with a positive sum along the last axis.
    low, high : float
        Bounds in the unit of the edges; ``high`` may be infinite.

    Returns
    -------
    numpy.ndarray
        Between 0 and 1, shape (...).

    Examples
    --------
    >>> share_between(np.array([0.0, 10, 20]), np.array([1.0, 1]), 0, 5)
    np.float64(0.25)
    """
    lower, upper = edges[:-1], edges[1:]
    inside = np.clip(np.minimum(upper, high) - np.maximum(lower, low), 0.0, None) / (upper - lower)
    return (amount @ inside) / amount.sum(axis=-1)


def smoothed_mode(centres: FloatArray, amount: FloatArray, bandwidth: float) -> FloatArray:
    """The most frequent value: the highest class after smoothing with a Gaussian kernel.

    Parameters
    ----------
    centres : numpy.ndarray
        Class centres, shape (k,).
    amount : numpy.ndarray
        Density or content of equally wide classes, shape (..., k).
    bandwidth : float
        Standard deviation of the kernel in the unit of the centres; 0 leaves the classes as they are.

    Returns
    -------
    numpy.ndarray
        Class centres, shape (...).
    """
    if bandwidth <= 0:
        return centres[np.argmax(amount, axis=-1)]
    kernel = np.exp(-0.5 * ((centres[:, None] - centres[None, :]) / bandwidth) ** 2)
    return centres[np.argmax(amount @ kernel, axis=-1)]


def silverman_bandwidth(sd: float, quartile_range: float, n: float) -> float:
    """A kernel width that suits n observations of a single broad peak.

    Parameters
    ----------
    sd : float
        Standard deviation.
    quartile_range : float
        Distance between the quartiles; 0 is ignored.
    n : float
        Number of observations, at least 1.

    Returns
    -------
    float
        In the unit of ``sd``.

    Notes
    -----
    **Source**: the rule 0.9 min(sd, IQR / 1.34) n^(-1/5), known as Silverman's (from memory); it
    widens the mode's neighbourhood only and enters no other number.
    """
    spread = min(sd, quartile_range / 1.34) if quartile_range > 0 else sd
    return 0.9 * spread * n**-0.2
