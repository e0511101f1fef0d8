"""The part of the scattered light that a cytometer's lens collects: a cone at the side, or around the beam.

The laser runs along z and is polarised along y; a lens at the side looks along x. A direction at the angle
theta to the beam and the azimuth phi to the lens's axis lies in the cone when sin(theta) cos(phi) >= cos(h).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vesicle.cytometry.mie import ComplexArray, Light, Particle, Scattering, amplitudes, scatter
from vesicle.errors import UsageError
from vesicle.measurements.sizing import FloatArray, frozen

WIDEST_DEG = 90.0
_SPARE_NODES = 96
"""Nodes of the quadrature beyond the orders of the light; the curve of the cone's edge needs them."""
_BLOCK = 1000
"""Diameters at a time, so that memory stays small however many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterCurve:
    """What a lens at the side collects from each diameter, and the efficiency of scattering into all directions.

    ``collected_nm2`` is a cross-section: the area of the beam whose light would enter the lens.
    """

    diameter_nm: FloatArray
    collected_nm2: FloatArray
    efficiency: FloatArray


def side_scatter_curve(
    diameter_nm: FloatArray, particle: Particle, light: Light, half_angle_deg: float
) -> ScatterCurve:
    """Scatter against diameter for a lens at 90 degrees to the laser.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        Outer diameters.
    particle : Particle
        Refractive indices and shell.
    light : Light
        Laser and medium.
    half_angle_deg : float
        Half the opening of the cone, above 0 up to 90.

    Returns
    -------
    ScatterCurve
        In the order of the diameters.

    Examples
    --------
    >>> light = Light(wavelength_nm=405.0, medium_index=1.3431)
    >>> vesicle = Particle(core_index=1.38, shell_index=1.48, shell_nm=5.0)
    >>> curve = side_scatter_curve(np.array([80.0, 160.0]), vesicle, light, 60.0)
    >>> bool(curve.collected_nm2[1] > 15 * curve.collected_nm2[0])
    True
    """
    collected, efficiency = np.empty(len(diameter_nm)), np.empty(len(diameter_nm))
    for start in range(0, len(diameter_nm), _BLOCK):
        block = slice(start, start + _BLOCK)
        scattering = scatter(diameter_nm[block], particle, light)
        collected[block] = collected_at_the_side(scattering, light, half_angle_deg)
        efficiency[block] = scattering.efficiency
    return ScatterCurve(
        diameter_nm=frozen(diameter_nm), collected_nm2=frozen(collected), efficiency=frozen(efficiency)
    )


def collected_at_the_side(scattering: Scattering, light: Light, half_angle_deg: float) -> FloatArray:
    """The cross-section in nm2 of the light in a cone centred at 90 degrees to the laser.

    The laser is polarised perpendicular to the plane of laser and lens, as it is in cytometers.

    Parameters
    ----------
    scattering : Scattering
        Of k diameters.
    light : Light
        Laser and medium.
    half_angle_deg : float
        Half the opening of the cone, above 0 up to 90.

    Returns
    -------
    numpy.ndarray
        Shape (k,).

    Raises
    ------
    UsageError
        When the half-angle is out of range.
    """
    if not 0 < half_angle_deg <= WIDEST_DEG:
        raise UsageError(
            f"A cone cannot have a half-angle of {half_angle_deg:g} degrees.",
            why="Accepted is anything above 0 up to 90.",
            next_step="Give half the opening of the lens; an NA of 1.0 in water is about 49 degrees.",
        )
    nodes = math.ceil((scattering.a.shape[1] + _SPARE_NODES) / 16) * 16  # few sizes, so that they are kept
    cosine, perpendicular, parallel = _cone(half_angle_deg, nodes)
    s1, s2 = amplitudes(scattering, cosine)
    return (_power(s1) @ perpendicular + _power(s2) @ parallel) / light.wavenumber_per_nm**2


def collected_forward(
    scattering: Scattering, light: Light, *, outer_deg: float, inner_deg: float = 0.0
) -> FloatArray:
    """The cross-section in nm2 of the light in a ring around the laser beam.

    Parameters
    ----------
    scattering : Scattering
        Of k diameters.
    light : Light
        Laser and medium.
    outer_deg : float
        The largest angle that the lens takes, up to 90.
    inner_deg : float, optional
        The angle below which the beam stop covers it.

    Returns
    -------
    numpy.ndarray
        Shape (k,).

    Raises
    ------
    UsageError
        When the ring is empty or opens beyond 90 degrees.
    """
    if not 0 <= inner_deg < outer_deg <= WIDEST_DEG:
        raise UsageError(
            f"A ring from {inner_deg:g} to {outer_deg:g} degrees collects nothing that can be computed.",
            why="Accepted is 0 <= inner < outer <= 90.",
            next_step="Give the angle of the beam stop and that of the lens.",
        )
    node, weight = _nodes(scattering.a.shape[1] + 2)
    first, last = np.cos(np.radians([outer_deg, inner_deg]))
    s1, s2 = amplitudes(scattering, (first + last) / 2 + (last - first) / 2 * node)
    total = (_power(s1) + _power(s2)) @ (weight * (last - first) / 2)
    return np.pi * total / light.wavenumber_per_nm**2


def _power(amplitude: ComplexArray) -> FloatArray:
    return amplitude.real**2 + amplitude.imag**2


@lru_cache(maxsize=1024)
def _cone(half_angle_deg: float, nodes: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cosines of the angles, and the weights of |S1|^2 and |S2|^2 there.

    The cosine runs as sin(h) sin(u): at the cone's edge the range of the azimuth closes like a square root,
    which in u is smooth.
    """
    node, weight = _nodes(nodes)
    u = node * np.pi / 2
    half = np.radians(half_angle_deg)
    cosine = np.sin(half) * np.sin(u)
    azimuth = np.arctan2(np.sin(half) * np.cos(u), np.cos(half)) if half_angle_deg < WIDEST_DEG else np.pi / 2
    step = weight * np.pi / 2 * np.sin(half) * np.cos(u)
    return cosine, step * (azimuth + np.sin(2 * azimuth) / 2), step * (azimuth - np.sin(2 * azimuth) / 2)


@lru_cache(maxsize=32)
def _nodes(number: int) -> tuple[FloatArray, FloatArray]:
    node, weight = np.polynomial.legendre.leggauss(number)
    return node, weight
