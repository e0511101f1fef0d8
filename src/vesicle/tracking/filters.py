"""The matched filter: its weights, what it does to a spot and to noise, and the threshold that follows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray

FALSE_SPOTS_A_FRAME = 0.02
"""How many spots a frame of pure noise may give; half of what a reader of the numbers would notice."""


def smoothing_taps(sigma_px: float) -> NDArray[np.float32]:
    """Weights of a Gaussian along one axis, from its centre to one side; with both sides they add up to 1.

    Parameters
    ----------
    sigma_px : float
        Standard deviation in pixels: that of a spot, so that noise is suppressed as far as it can be.

    Returns
    -------
    numpy.ndarray
        Shape (radius + 1,); the radius is 2.7 standard deviations.

    Examples
    --------
    >>> taps = smoothing_taps(1.5)
    >>> round(float(taps[0] + 2 * taps[1:].sum()), 5)
    1.0
    """
    distance = np.arange(math.ceil(2.7 * sigma_px) + 1)
    weights = np.exp(-(distance**2) / (2 * sigma_px**2))
    return (weights / (weights[0] + 2 * weights[1:].sum())).astype(np.float32)


def both_sides(taps: NDArray[np.float32]) -> FloatArray:
    """The weights of both sides, in the order in which they meet the pixels.

    Parameters
    ----------
    taps : numpy.ndarray
        From :func:`smoothing_taps`.

    Returns
    -------
    numpy.ndarray
        Shape (2 * radius + 1,).
    """
    return np.concatenate([taps[:0:-1], taps]).astype(np.float64)


def spot_response(taps: NDArray[np.float32], sigma_px: float) -> float:
    """Height of a filtered spot whose own height is 1.

    Parameters
    ----------
    taps : numpy.ndarray
        From :func:`smoothing_taps`.
    sigma_px : float
        Standard deviation of the spot in pixels.

    Returns
    -------
    float
        About 0.5 for a filter as wide as the spot.

    Examples
    --------
    >>> round(spot_response(smoothing_taps(1.5), 1.5), 2)
    0.5
    """
    weights = both_sides(taps)
    distance = np.arange(len(weights)) - len(taps) + 1
    return float(weights @ np.exp(-(distance**2) / (2 * sigma_px**2))) ** 2


def noise_gain(taps: NDArray[np.float32]) -> float:
    """Noise of a filtered pixel over that of a pixel, where neighbours are independent.

    Parameters
    ----------
    taps : numpy.ndarray
        From :func:`smoothing_taps`.

    Returns
    -------
    float
        Below 1.

    Examples
    --------
    >>> round(noise_gain(smoothing_taps(1.5)), 2)
    0.19
    """
    return float(np.sum(both_sides(taps) ** 2))


def tail_gains(taps: NDArray[np.float32]) -> tuple[float, float]:
    """Skewness and excess kurtosis of filtered noise over those of a pixel, where neighbours are independent.

    Parameters
    ----------
    taps : numpy.ndarray
        From :func:`smoothing_taps`.

    Returns
    -------
    skewness, kurtosis : float
        Below 1, since sums of many pixels are nearly normal.

    Examples
    --------
    >>> [round(gain, 2) for gain in tail_gains(smoothing_taps(1.5))]
    [0.25, 0.07]
    """
    weights = both_sides(taps)
    squared = float(np.sum(weights**2))
    return float(np.sum(weights**3)) ** 2 / squared**3, float(np.sum(weights**4)) ** 2 / squared**4


def threshold_in_noise(area_px: float, sigma_px: float, *, skew: float = 0.0, excess: float = 0.0) -> float:
    """Height, in standard deviations of filtered noise, that pure noise seldom reaches.

    Parameters
    ----------
    area_px : float
        Pixels of a frame.
    sigma_px : float
        Standard deviation of the filter.
    skew : float, optional
        Skewness of the filtered noise; light that arrives in few grains has a longer tail.
    excess : float, optional
        Excess kurtosis of the filtered noise.

    Returns
    -------
    float
        The level that maxima of filtered white noise pass ``FALSE_SPOTS_A_FRAME`` times a frame.

    Notes
    -----
    Expected maxima above a high level u: area * lambda2 * u * exp(-u**2 / 2) / (2 pi)**1.5, where lambda2 is
    the variance of the slope, 1 / (2 sigma**2) for a Gaussian filter. **Source**: the Euler characteristic of
    a Gaussian field (Adler 1981, The Geometry of Random Fields; not seen); checked by simulation in the tests.
    Skewness and kurtosis move it by the first terms of Cornish and Fisher (1938, not seen).

    Examples
    --------
    >>> round(threshold_in_noise(480 * 640, 1.5), 1)
    5.3
    """
    density = area_px / (2 * sigma_px**2) / (2 * math.pi) ** 1.5
    level = 5.0
    for _ in range(30):
        level = math.sqrt(2 * math.log(max(math.e, density * level / FALSE_SPOTS_A_FRAME)))
    return float(_with_tails(np.array(level), skew=skew, excess=excess))


def spots_of_noise(
    in_noise: float, area_px: float, sigma_px: float, *, skew: float = 0.0, excess: float = 0.0
) -> float:
    """How many maxima a frame of pure noise has above a height.

    Parameters
    ----------
    in_noise : float
        The height, in standard deviations of filtered noise.
    area_px : float
        Pixels of a frame.
    sigma_px : float
        Standard deviation of the filter.
    skew : float, optional
        Skewness of the filtered noise.
    excess : float, optional
        Excess kurtosis of the filtered noise.

    Returns
    -------
    float
        The inverse of :func:`threshold_in_noise`, for high levels; below one standard deviation that of one.

    Examples
    --------
    >>> automatic = threshold_in_noise(480 * 640, 1.5)
    >>> round(spots_of_noise(automatic, 480 * 640, 1.5), 3), round(spots_of_noise(automatic / 2, 480 * 640, 1.5))
    (0.02, 350)
    """
    levels = np.linspace(1.0, 12.0, 2201)
    heights = np.maximum.accumulate(_with_tails(levels, skew=skew, excess=excess))
    level = float(np.interp(in_noise, heights, levels))
    density = area_px / (2 * sigma_px**2) / (2 * math.pi) ** 1.5
    return density * level * math.exp(-(level**2) / 2)


def _with_tails(level: FloatArray, *, skew: float, excess: float) -> FloatArray:
    return level + (level**2 - 1) * skew / 6 + (level**3 - 3 * level) * excess / 24
