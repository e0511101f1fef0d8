"""The camera: spots on a background, noise, and grey levels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta_settings import NtaSettings

FEW_ELECTRONS = 20.0
"""Below this mean the Poisson law is drawn exactly; above, by its first three cumulants."""

FAINTEST_GREY = 0.02
"""A spot is drawn out to where it falls below this level."""

Image = NDArray[np.float32]


def empty_scene(settings: NtaSettings, rng: np.random.Generator) -> Image:
    """The mean image without particles: the background, uneven or not, and the flares.

    Parameters
    ----------
    settings : NtaSettings
        With background, ``uneven`` and ``flare``.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), in grey levels.
    """
    y, x = np.mgrid[0 : settings.height_px, 0 : settings.width_px].astype(np.float64)
    shape = _mound(x / settings.width_px - 0.5, y / settings.height_px - 0.5)
    level = settings.background_grey * (1 + settings.uneven * shape)
    for _ in range(settings.flare):
        level += _flare(settings, x, y, rng)
    return level.astype(np.float32)


def _mound(x: FloatArray, y: FloatArray) -> FloatArray:
    """A tilted mound over the unit square, of mean 0 and largest deviation 1."""
    shape = np.exp(-(x**2) / 0.5 - y**2 / 0.12) + 0.4 * x + 0.1 * y
    shape = shape - shape.mean()
    return shape / np.abs(shape).max()


def _flare(settings: NtaSettings, x: FloatArray, y: FloatArray, rng: np.random.Generator) -> FloatArray:
    centre_x, centre_y = rng.random(2) * (settings.width_px, settings.height_px)
    width_px = rng.uniform(0.02, 0.06) * min(settings.width_px, settings.height_px)
    height = rng.uniform(0.5, 3.0) * settings.background_grey
    return height * np.exp(-((x - centre_x) ** 2 + (y - centre_y) ** 2) / (2 * width_px**2))


@compiled
def add_spots(image: Image, place_px: FloatArray, height: FloatArray, sigma_px: FloatArray) -> None:
    """Add Gaussian spots to an image; a centre may lie outside.

    Parameters
    ----------
    image : numpy.ndarray
        Changed in place.
    place_px : numpy.ndarray
        Centres, shape (spots, 2), x then y, the centre of the first pixel at 0.
    height : numpy.ndarray
        Peaks in grey levels; negative ones darken.
    sigma_px : numpy.ndarray
        Widths.
    """
    rows, columns = image.shape
    profile = np.empty(columns, dtype=np.float32)
    for i in range(len(height)):
        if abs(height[i]) <= FAINTEST_GREY:
            continue
        x_px, y_px = place_px[i]
        radius = sigma_px[i] * math.sqrt(2 * math.log(abs(height[i]) / FAINTEST_GREY))
        left, right = max(0, math.ceil(x_px - radius)), min(columns - 1, math.floor(x_px + radius))
        top, bottom = max(0, math.ceil(y_px - radius)), min(rows - 1, math.floor(y_px + radius))
        steep = -0.5 / sigma_px[i] ** 2
        for column in range(left, right + 1):
            profile[column] = height[i] * math.exp(steep * (column - x_px) ** 2)
        for row in range(top, bottom + 1):
            across = np.float32(math.exp(steep * (row - y_px) ** 2))
            for column in range(left, right + 1):
                image[row, column] += across * profile[column]


def record(image: Image, settings: NtaSettings, rng: np.random.Generator) -> GreyBlock:
    """What the camera makes of a mean image: shot noise, read noise, whole grey levels, a ceiling.

    Parameters
    ----------
    image : numpy.ndarray
        Mean grey levels.
    settings : NtaSettings
        With noise and bits.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        uint8 for 8 bits, else uint16, same shape.

    Notes
    -----
    Above 20 electrons the sum of Poisson and read noise is drawn as m + s (g + k (g^2 - 1) / 6), g a standard
    normal number and k the skewness (the first terms of Cornish and Fisher); a test compares its tails with
    the exact law.
    """
    electrons = settings.electrons_per_grey
    normal = rng.standard_normal(image.shape, dtype=np.float32)
    level = with_noise(image, normal, electrons, settings.read_noise)
    dim = image * electrons < FEW_ELECTRONS
    if dim.any():
        counted = rng.poisson(np.maximum(image[dim], 0) * electrons) / electrons
        level[dim] = counted + settings.read_noise * normal[dim]
    whole = np.clip(np.rint(level), 0, settings.ceiling)
    return whole.astype(np.uint8) if settings.bits == 8 else whole.astype(np.uint16)


@compiled
def with_noise(image: Image, normal: Image, electrons: float, read_noise: float) -> Image:
    """Noisy levels where many electrons were counted.

    Parameters
    ----------
    image : numpy.ndarray
        Mean grey levels.
    normal : numpy.ndarray
        Independent standard normal numbers.
    electrons : float
        Per grey level.
    read_noise : float
        Standard deviation in grey levels.

    Returns
    -------
    numpy.ndarray
        Levels, not yet rounded.
    """
    level = np.empty_like(image)
    per_electron, read = np.float32(1 / electrons), np.float32(read_noise**2)
    rows, columns = image.shape
    for row in range(rows):
        for column in range(columns):
            mean = max(image[row, column], np.float32(0))
            shot = mean * per_electron
            variance = shot + read + np.float32(1e-12)
            lean = shot * per_electron / (np.float32(6) * variance)
            g = normal[row, column]
            level[row, column] = mean + np.sqrt(variance) * g + lean * (g * g - np.float32(1))
    return level
