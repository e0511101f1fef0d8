"""Spots out of focus: Gaussian ones that widen, or those of diffraction with their rings; energy is conserved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray, read_only

FAINTEST_GREY = 0.02
"""A spot is drawn out to where it falls below this level."""

OPTICAL_PER_SIGMA = 2 * math.pi * 0.21
"""Optical units of radius (2 pi NA r / wavelength) in one standard deviation, which is 0.21 wavelength / NA."""

OPTICAL_AT_HALF_PEAK = 4 * 1.39156
"""Optical units of defocus at which the peak on the axis has halved: sin(u/4)^2 / (u/4)^2 = 1/2."""

RADIUS_STEP, RADIUS_MOST = 0.1, 80.0
DEFOCUS_STEP, DEFOCUS_MOST = 0.25, 50.0
NODES = 120

Image: TypeAlias = NDArray[np.float32]


class Spots(Protocol):
    """How the spot of a particle looks at a height above the focal plane."""

    def peak(self, z_um: FloatArray) -> FloatArray:
        """Height of a spot, relative to the same light in focus.

        Parameters
        ----------
        z_um : numpy.ndarray
            Heights above the focal plane.

        Returns
        -------
        numpy.ndarray
            At most 1, same shape.
        """
        ...

    def radius_px(self, z_um: float) -> float:
        """How far from its centre a spot is still bright.

        Parameters
        ----------
        z_um : float
            Height above the focal plane.

        Returns
        -------
        float
            Beyond it there is no more than a thousandth of the peak in focus.
        """
        ...

    def paint(self, image: Image, place_px: FloatArray, grey: FloatArray, z_um: FloatArray) -> None:
        """Add spots to an image; a centre may lie outside.

        Parameters
        ----------
        image : numpy.ndarray
            Changed in place.
        place_px : numpy.ndarray
            Centres, shape (spots, 2), x then y, the centre of the first pixel at 0.
        grey : numpy.ndarray
            Peaks that the same light would have in focus; negative ones darken.
        z_um : numpy.ndarray
            Heights above the focal plane.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianSpots:
    """Gaussian spots, whose width grows as that of a beam: sigma^2 = psf^2 (1 + (z / focus)^2)."""

    psf_px: float
    focus_um: float

    def peak(self, z_um: FloatArray) -> FloatArray:
        """As :meth:`Spots.peak`: the inverse of the area."""
        return 1 / (1 + (z_um / self.focus_um) ** 2)

    def radius_px(self, z_um: float) -> float:
        """As :meth:`Spots.radius_px`: four standard deviations."""
        return 4 * self.psf_px * math.hypot(1, z_um / self.focus_um)

    def paint(self, image: Image, place_px: FloatArray, grey: FloatArray, z_um: FloatArray) -> None:
        """As :meth:`Spots.paint`."""
        peak = self.peak(z_um)
        add_gaussians(image, place_px, grey * peak, self.psf_px / np.sqrt(peak))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffractedSpots:
    """Spots of an ideal lens with a circular aperture, with the rings that they get out of focus.

    ``table`` holds intensities relative to the peak in focus, a row per defocus, a column per radius, both in
    optical units.
    """

    psf_px: float
    focus_um: float
    table: FloatArray

    def peak(self, z_um: FloatArray) -> FloatArray:
        """As :meth:`Spots.peak`, of the brightest point, which far from focus lies on a ring."""
        rows = np.arange(len(self.table))
        return np.interp(self._rows(z_um), rows, self.table.max(axis=1))

    def radius_px(self, z_um: float) -> float:
        """As :meth:`Spots.radius_px`, from the table."""
        row = self.table[math.ceil(float(self._rows(np.array(z_um))))]
        return float(np.flatnonzero(row > 1e-3).max()) * self._step_px

    def paint(self, image: Image, place_px: FloatArray, grey: FloatArray, z_um: FloatArray) -> None:
        """As :meth:`Spots.paint`."""
        spots = np.column_stack((place_px, grey, self._rows(z_um)))
        add_profiles(image, spots, self.table, self._step_px)

    @property
    def _step_px(self) -> float:
        """Pixels between two columns of the table."""
        return RADIUS_STEP / OPTICAL_PER_SIGMA * self.psf_px

    def _rows(self, z_um: FloatArray) -> FloatArray:
        """Where in the table heights stand; beyond its end, at the end."""
        optical = np.abs(z_um) * (OPTICAL_AT_HALF_PEAK / self.focus_um)
        return np.minimum(optical / DEFOCUS_STEP, len(self.table) - 1.0)


@cache
def diffraction_table() -> FloatArray:
    """Intensity around the focus of a lens with a circular aperture.

    Returns
    -------
    numpy.ndarray
        A row for each defocus u, a column for each radius v, in optical units; 1 at the origin.

    Notes
    -----
    **Source**: scalar diffraction, Debye's integral |2 int_0^1 J0(v r) exp(i u r^2 / 2) r dr|^2 as in textbooks of
    optics (Born and Wolf, chapter 8.8, not looked up); tests compare both axes with their closed forms.
    """
    from scipy.special import j0

    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    r = (nodes + 1) / 2
    radius = np.arange(0, RADIUS_MOST + RADIUS_STEP / 2, RADIUS_STEP)
    defocus = np.arange(0, DEFOCUS_MOST + DEFOCUS_STEP / 2, DEFOCUS_STEP)
    phase = np.exp(0.5j * np.outer(defocus, r**2)) * (r * weights)
    return read_only(np.abs(phase @ j0(np.outer(r, radius))) ** 2)


@compiled
def add_gaussians(image: Image, place_px: FloatArray, height: FloatArray, sigma_px: FloatArray) -> None:
    """Add Gaussian spots to an image.

    Parameters
    ----------
    image : numpy.ndarray
        Changed in place.
    place_px : numpy.ndarray
        Centres, shape (spots, 2), x then y.
    height : numpy.ndarray
        Peaks in grey levels.
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


@compiled
def add_profiles(image: Image, spots: FloatArray, table: FloatArray, step_px: float) -> None:
    """Add spots of a tabulated round shape to an image.

    Parameters
    ----------
    image : numpy.ndarray
        Changed in place.
    spots : numpy.ndarray
        Shape (spots, 4): x, y, peak in focus, and row of the table, which may lie between two.
    table : numpy.ndarray
        A shape per row, a radius per column.
    step_px : float
        Pixels between two columns of the table.
    """
    rows, columns = image.shape
    length = table.shape[1]
    profile = np.empty(length, dtype=np.float32)
    for i in range(len(spots)):
        x_px, y_px, grey, place = spots[i]
        low = min(int(place), len(table) - 2)
        part = place - low
        last = -1
        for k in range(length):
            profile[k] = grey * ((1 - part) * table[low, k] + part * table[low + 1, k])
            if abs(profile[k]) > FAINTEST_GREY:
                last = k
        if last < 0:
            continue
        radius = min(last + 1, length - 2) * step_px
        left, right = max(0, math.ceil(x_px - radius)), min(columns - 1, math.floor(x_px + radius))
        top, bottom = max(0, math.ceil(y_px - radius)), min(rows - 1, math.floor(y_px + radius))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                square = (row - y_px) ** 2 + (column - x_px) ** 2
                along = math.sqrt(square) / step_px
                k = int(along)
                if along < length - 1:
                    image[row, column] += profile[k] + (along - k) * (profile[k + 1] - profile[k])
