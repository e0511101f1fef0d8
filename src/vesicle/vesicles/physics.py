"""Physics that turns a diffusing particle into a diameter, and one vendor's diameter into another's."""

from __future__ import annotations

import math

KELVIN = 273.15
BOLTZMANN_J_PER_K = 1.380649e-23
"""Exact since the SI of 2019."""
COLDEST_C, WARMEST_C = 0.0, 40.0
"""Between these temperatures the formula for water's viscosity was checked."""

PARTICLE_DENSITY_G_PER_ML = 1.10
"""Density of a hydrated vesicle, as in purity.toml (physical plausibility; our own derivation)."""


def water_viscosity_mpas(temperature_c: float) -> float:
    """The viscosity of water at atmospheric pressure.

    Parameters
    ----------
    temperature_c : float
        Between 0 and 40 degrees Celsius.

    Returns
    -------
    float
        In mPa s.

    Raises
    ------
    ValueError
        Outside 0 to 40 degrees, where the formula was not checked.

    Notes
    -----
    **Source**: correlation of Kestin, Sokolov and Wakeham 1978 (the paper itself was not seen; the
    formula agrees within 0.03 % with an IAPWS-type fit at 20-25 degrees).

    Examples
    --------
    >>> round(water_viscosity_mpas(25.0), 4)
    0.8902
    """
    if not COLDEST_C <= temperature_c <= WARMEST_C:
        raise ValueError(f"the viscosity of water is known here from 0 to 40 C, not at {temperature_c:g} C")
    below = 20 - temperature_c
    exponent = below / (temperature_c + 96) * (1.2364 - 1.37e-3 * below + 5.7e-6 * below**2)
    return 1.002 * 10**exponent


def diffusion_um2_s(diameter_nm: float, *, temperature_c: float, viscosity_mpas: float) -> float:
    """The diffusion coefficient of a sphere.

    Parameters
    ----------
    diameter_nm : float
        Hydrodynamic diameter.
    temperature_c : float
        Of the liquid.
    viscosity_mpas : float
        Of the liquid.

    Returns
    -------
    float
        In um^2/s.

    Notes
    -----
    **Source**: Stokes-Einstein relation, D = kT / (3 pi viscosity d).

    Examples
    --------
    >>> round(diffusion_um2_s(100.0, temperature_c=25.0, viscosity_mpas=0.8902), 3)
    4.906
    """
    energy = BOLTZMANN_J_PER_K * (temperature_c + KELVIN)
    return energy / (3 * math.pi * viscosity_mpas * 1e-3 * diameter_nm * 1e-9) * 1e12


def size_factor(
    *,
    from_temperature_c: float,
    from_viscosity_mpas: float,
    to_temperature_c: float,
    to_viscosity_mpas: float,
) -> float:
    """What a hydrodynamic diameter is multiplied with when temperature or viscosity are corrected.

    The measured diffusion coefficient stays; the diameter follows T / viscosity (Stokes-Einstein).

    Parameters
    ----------
    from_temperature_c, from_viscosity_mpas : float
        What the diameter was computed with.
    to_temperature_c, to_viscosity_mpas : float
        What it should have been computed with.

    Returns
    -------
    float
        Above 1 when the corrected liquid is thinner or warmer.

    Examples
    --------
    >>> round(size_factor(from_temperature_c=25, from_viscosity_mpas=0.9, to_temperature_c=25,
    ...                   to_viscosity_mpas=0.45), 3)
    2.0
    """
    warmth = (to_temperature_c + KELVIN) / (from_temperature_c + KELVIN)
    return warmth * from_viscosity_mpas / to_viscosity_mpas


def particle_mass_ug(mean_cube_nm3: float) -> float:
    """The mean mass of one particle from the mean of its cubed diameter.

    Parameters
    ----------
    mean_cube_nm3 : float
        Mean of d^3 over particles, in nm^3.

    Returns
    -------
    float
        In ug, for a sphere of density 1.10 g/mL.

    Notes
    -----
    **Source**: purity.toml, physical plausibility (derived by us): m = pi/6 <d^3> 1.10 g/cm3.

    Examples
    --------
    >>> f"{particle_mass_ug(100.0**3):.2e}"
    '5.76e-10'
    """
    cm3 = math.pi / 6 * mean_cube_nm3 * 1e-21
    return cm3 * PARTICLE_DENSITY_G_PER_ML * 1e6
