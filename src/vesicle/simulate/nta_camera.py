"""The camera: spots on a background, noise, and grey levels."""

from __future__ import annotations

import numpy as np

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_spots import Image

FEW_ELECTRONS = 20.0
"""Below this mean the Poisson law is drawn exactly; above, by its first three cumulants."""


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
