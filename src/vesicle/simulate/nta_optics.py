"""The light sheet and the focus: how bright a particle is at a height, and over which depth it is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vesicle.measurements.sizing import FloatArray
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_spots import DiffractedSpots, GaussianSpots, Spots, diffraction_table

WAVELENGTH_NM = 488.0
"""Of the laser, in vacuum."""

REFRACTIVE_INDEX = 1.33
SIGMA_PER_AIRY_UNIT = 0.21
"""Standard deviation of the Gaussian nearest to a diffraction-limited spot, in wavelength / NA."""

HALF_PEAK_DEFOCUS = 0.886
"""Defocus at which the peak on the axis has halved, in wavelength x index / NA^2: sin(x)^2 / x^2 = 1/2."""

SHEETS_SEEN = 8.0
"""Beyond this many standard deviations of the light sheet nothing is seen: exp(-32)."""

HEIGHTS = 20_001


def focus_from_spot_um(sigma_nm: float) -> float:
    """The defocus at which a diffraction-limited spot has lost half of its peak.

    Parameters
    ----------
    sigma_nm : float
        Standard deviation of the spot in focus, in the object's scale.

    Returns
    -------
    float
        In um.

    Notes
    -----
    **Source**: scalar diffraction at a circular aperture (as in Born and Wolf; not looked up): the peak on the
    axis is (sin x / x)^2 with x = pi NA^2 z / (2 n wavelength).

    Examples
    --------
    >>> round(focus_from_spot_um(249.0), 2)
    3.39
    """
    aperture = SIGMA_PER_AIRY_UNIT * WAVELENGTH_NM / sigma_nm
    return HALF_PEAK_DEFOCUS * WAVELENGTH_NM * REFRACTIVE_INDEX / aperture**2 / 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Relative peaks of one particle over evenly spaced heights, and the same in ascending order."""

    z_um: FloatArray
    peak: FloatArray
    ascending: FloatArray

    def depth_um(self, least: FloatArray) -> FloatArray:
        """The depth over which a spot is at least so high.

        Parameters
        ----------
        least : numpy.ndarray
            Relative peak.

        Returns
        -------
        numpy.ndarray
            Total length of the heights where the peak reaches it, in um; 0 where it never does.
        """
        seen = len(self.ascending) - np.searchsorted(self.ascending, least, side="left")
        return np.asarray(seen * (self.z_um[1] - self.z_um[0]), dtype=np.float64)

    def reach_um(self, least: float) -> float:
        """The largest height at which a spot is at least so high.

        Parameters
        ----------
        least : float
            Relative peak.

        Returns
        -------
        float
            In um; 0 when it is so high nowhere.
        """
        return float(np.max(np.abs(self.z_um), where=self.peak >= least, initial=0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Optics:
    """A light sheet, Gaussian along z, and the spots of the lens; both have their middle at z = 0."""

    sheet_um: float
    focus_um: float
    spots: Spots

    def light(self, z_um: FloatArray) -> FloatArray:
        """Illumination, relative to the middle of the sheet.

        Parameters
        ----------
        z_um : numpy.ndarray
            Height above the middle of the sheet.

        Returns
        -------
        numpy.ndarray
            Same shape.
        """
        return np.exp(-0.5 * (z_um / self.sheet_um) ** 2)

    def peak(self, z_um: FloatArray) -> FloatArray:
        """Height of a spot, relative to the same particle in focus in the middle of the sheet.

        Parameters
        ----------
        z_um : numpy.ndarray
            Height above the focal plane.

        Returns
        -------
        numpy.ndarray
            Same shape.
        """
        return self.light(z_um) * self.spots.peak(z_um)

    def profile(self) -> Profile:
        """How high the peaks are over all heights.

        Returns
        -------
        Profile
            From below to above all that is seen.
        """
        edges = np.linspace(-1, 1, HEIGHTS + 1) * SHEETS_SEEN * self.sheet_um
        z_um = (edges[1:] + edges[:-1]) / 2
        peak = self.peak(z_um)
        return Profile(z_um=z_um, peak=peak, ascending=np.sort(peak))


def optics_of(settings: NtaSettings) -> Optics:
    """The optics, with the focus from the width of the spot where it is not given.

    Parameters
    ----------
    settings : NtaSettings
        What the user asked for.

    Returns
    -------
    Optics
        With Gaussian spots, or with those of diffraction when rings are wanted.
    """
    focus_um = settings.focus_um or focus_from_spot_um(settings.psf_px * settings.pixel_nm)
    gaussian = GaussianSpots(psf_px=settings.psf_px, focus_um=focus_um)
    if not settings.rings:
        return Optics(sheet_um=settings.sheet_um, focus_um=focus_um, spots=gaussian)
    ringed = DiffractedSpots(psf_px=settings.psf_px, focus_um=focus_um, table=diffraction_table())
    return Optics(sheet_um=settings.sheet_um, focus_um=focus_um, spots=ringed)
