"""Percentiles and moments of histograms, by the two conventions that instruments and people use."""

from __future__ import annotations

import numpy as np

from vesicle.measurements.sizing import FloatArray

_ROUNDING = 1e-12
"""What the sums of a histogram's shares may be off by."""


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
    found = _crossings(np.concatenate((np.zeros((len(rows), 1)), rows), axis=1), edges, shares)
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
    return _crossings(cumulative[None, :], centres, shares)[0]


def _crossings(cumulative: FloatArray, points: FloatArray, shares: FloatArray) -> FloatArray:
    """Where each row of the cumulative share, known at the points, first reaches each of the shares."""
    # A share that is reached exactly before empty classes is reached there, whatever the rounding.
    reached = (cumulative[:, None, :] < shares[:, None] - _ROUNDING).sum(axis=-1)
    upper = np.clip(reached, 1, len(points) - 1)
    lower = upper - 1
    below, above = (np.take_along_axis(cumulative, index, axis=1) for index in (lower, upper))
    step = above - below
    inside = np.divide(shares - below, step, out=np.zeros_like(step), where=step > 0)
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


def smoothed_mode(edges: FloatArray, amount: FloatArray, bandwidth: float) -> FloatArray:
    """The most frequent value: the centre of the class whose density is highest after smoothing.

    The content is spread evenly inside each class and convolved with a Gaussian, so the answer does not
    depend on whether the classes are equally wide. Of classes that are equally high, the first is taken.

    Parameters
    ----------
    edges : numpy.ndarray
        Class edges, shape (k + 1,), increasing.
    amount : numpy.ndarray
        Content of each class, shape (..., k), with a positive sum along the last axis.
    bandwidth : float
        Standard deviation of the kernel in the unit of the edges; 0 leaves the classes as they are.

    Returns
    -------
    numpy.ndarray
        Class centres, shape (...).

    Examples
    --------
    >>> smoothed_mode(np.array([0.0, 10, 20]), np.array([1.0, 3]), 0.0)
    np.float64(15.0)
    """
    centres = (edges[1:] + edges[:-1]) / 2
    density = amount / np.diff(edges)
    if bandwidth > 0:
        # Empty classes add nothing, and most classes of an instrument's table are empty.
        filled = np.flatnonzero(amount.reshape(-1, amount.shape[-1]).any(axis=0))
        density = density[..., filled] @ _kernel(edges, centres, bandwidth)[filled]
    highest = density.max(axis=-1, keepdims=True)
    # Rounding must not choose between classes that are equally high.
    return centres[np.argmax(density >= highest * (1 - 1e-9), axis=-1)]


def _kernel(edges: FloatArray, centres: FloatArray, bandwidth: float) -> FloatArray:
    """The share of a unit density in class j (rows) that reaches centre i (columns)."""
    from scipy.special import ndtr

    reached = ndtr((edges[:, None] - centres[None, :]) / bandwidth)
    return np.diff(reached, axis=0)


def log_errors(centres: FloatArray, amount: FloatArray, weight: FloatArray, power: float) -> FloatArray:
    """The standard error of the log of the mean of a power, from the content of a histogram itself.

    Parameters
    ----------
    centres : numpy.ndarray
        Class centres, shape (k,), positive.
    amount : numpy.ndarray
        Content of each class, shape (..., k), with a positive sum along the last axis.
    weight : numpy.ndarray
        Content per counted thing in each class, shape (k,); counts are content over weight.
    power : float
        1 for the mean, 3 for the mean cube.

    Returns
    -------
    numpy.ndarray
        Shape (...).

    Notes
    -----
    **Source**: the delta method for a weighted mean of independent things; the tests check the coverage
    of the intervals that rest on it.
    """
    powered = (centres / centres.max()) ** power
    squares = amount * weight
    total = amount.sum(axis=-1)
    mean = amount @ powered / total
    spread = squares @ powered**2 - 2 * mean * (squares @ powered) + mean**2 * squares.sum(axis=-1)
    return np.sqrt(np.clip(spread, 0.0, None)) / (total * mean)


def log_errors_of_sd(centres: FloatArray, amount: FloatArray, weight: FloatArray) -> FloatArray:
    """The standard error of the log of the standard deviation, from the histogram itself.

    Parameters
    ----------
    centres : numpy.ndarray
        Class centres, shape (k,).
    amount : numpy.ndarray
        Content of each class, shape (..., k), with a positive sum along the last axis.
    weight : numpy.ndarray
        Content per counted thing in each class, shape (k,).

    Returns
    -------
    numpy.ndarray
        Shape (...); 0 where all content lies in one class.

    Notes
    -----
    **Source**: the delta method, var(s^2) = E[((x - m)^2 - s^2)^2] / n; the tests check the coverage.
    """
    mean, sd = mean_and_sd(centres, amount)
    # Powers of centred values stay near 1, so their sums keep their digits.
    pivot = float(np.mean(mean))
    scale = float(np.max(np.abs(centres - pivot)))
    z = (centres - pivot) / scale
    squares = amount * weight
    moments = squares @ np.stack([z**k for k in range(5)], axis=-1)
    shift, variance = (mean - pivot) / scale, (sd / scale) ** 2
    # ((z - shift)^2 - variance)^2 as a polynomial in z.
    c = shift**2 - variance
    terms = (c**2, -4 * shift * c, 4 * shift**2 + 2 * c, -4 * shift, np.ones_like(shift))
    spread = sum(term * moments[..., k] for k, term in enumerate(terms))
    error = np.sqrt(np.clip(spread, 0.0, None)) / amount.sum(axis=-1)
    return np.divide(error, 2 * variance, out=np.zeros_like(error), where=variance > 0)


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
