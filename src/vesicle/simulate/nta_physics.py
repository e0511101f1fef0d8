"""Nature as the simulator knows it: water, diffusion, scattering; shared with no other part of vesicle."""

from __future__ import annotations

import math

import numpy as np

from vesicle.measurements.sizing import FloatArray
from vesicle.simulate.nta_settings import NtaSettings, TrackSettings

BOLTZMANN_J_PER_K = 1.380649e-23
"""Exact since the SI of 2019."""

ZERO_CELSIUS_K = 273.15


def water_mpas(temperature_c: float) -> float:
    """The dynamic viscosity of liquid water at 0.1 MPa.

    Parameters
    ----------
    temperature_c : float
        Between 0 and 100 degrees Celsius.

    Returns
    -------
    float
        In mPa s.

    Notes
    -----
    **Source**: the four-term fit of the IAPWS supplementary release on properties of liquid water at 0.1 MPa
    (SR6-08), written from memory and not seen; a test compares it with 0.8900 mPa s at 25 degrees.

    Examples
    --------
    >>> round(water_mpas(25.0), 3)
    0.89
    """
    reduced = (temperature_c + ZERO_CELSIUS_K) / 300.0
    terms = ((280.68, -1.9), (511.45, -7.7), (61.131, -19.6), (0.45903, -40.0))
    return sum(factor * reduced**power for factor, power in terms) * 1e-3


def viscosity_of(settings: NtaSettings | TrackSettings) -> float:
    """The viscosity given, or that of water at the temperature.

    Parameters
    ----------
    settings : NtaSettings or TrackSettings
        What the user asked for.

    Returns
    -------
    float
        In mPa s.
    """
    return water_mpas(settings.temperature_c) if settings.viscosity_mpas is None else settings.viscosity_mpas


def diffusion_um2_per_s(
    diameter_nm: FloatArray, *, temperature_c: float, viscosity_mpas: float
) -> FloatArray:
    """Diffusion coefficients of spheres in an unbounded liquid (Stokes and Einstein).

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        Hydrodynamic diameters.
    temperature_c : float
        Of the liquid.
    viscosity_mpas : float
        Of the liquid.

    Returns
    -------
    numpy.ndarray
        In um^2 per s, same shape.

    Examples
    --------
    >>> import numpy as np
    >>> float(diffusion_um2_per_s(np.array([100.0]), temperature_c=25, viscosity_mpas=0.89)[0].round(3))
    4.907
    """
    energy_j = BOLTZMANN_J_PER_K * (temperature_c + ZERO_CELSIUS_K)
    metres2_per_s = energy_j / (3 * math.pi * viscosity_mpas * 1e-3 * diameter_nm * 1e-9)
    return metres2_per_s * 1e12


def scattered(diameter_nm: FloatArray, *, cap_nm: float) -> FloatArray:
    """Light scattered by a particle, relative to one at the cap.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        Diameters.
    cap_nm : float
        Up to here light grows with the sixth power of the diameter, above with the second.

    Returns
    -------
    numpy.ndarray
        1 at the cap, same shape.

    Notes
    -----
    **Source**: the sixth power is Rayleigh's law for particles far smaller than the wavelength; the second
    power is that of the geometric cross-section. Where one gives way to the other depends on the material,
    hence a setting.

    Examples
    --------
    >>> import numpy as np
    >>> scattered(np.array([50.0, 200.0]), cap_nm=100.0).tolist()
    [0.015625, 4.0]
    """
    ratio = diameter_nm / cap_nm
    return np.where(ratio <= 1, ratio**6, ratio**2)
