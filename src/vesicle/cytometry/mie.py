"""Light scattered by one sphere, homogeneous or with a shell, by the exact (Mie) solution.

After Bohren & Huffman 1983, chapters 4 and 8 (from memory); the tests compare with two other programs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.cytometry.riccati import Waves, radial_waves
from vesicle.errors import UsageError
from vesicle.measurements.sizing import FloatArray

ComplexArray: TypeAlias = NDArray[np.complex128]

DIAMETERS_NM = (1.0, 20_000.0)
WAVELENGTHS_NM = (200.0, 2_000.0)
INDICES = (1.0, 4.0)
"""What is accepted; a slip of a unit lies outside, and below 1 nm a particle has no refractive index."""
_ROUNDING_NM = 1e-9
_FEW = 64
"""So many diameters are summed without the threads of a linear algebra library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A laser line and the liquid it passes: wavelength in vacuum, refractive index of the medium there."""

    wavelength_nm: float
    medium_index: float

    def __post_init__(self) -> None:
        _within(self.wavelength_nm, WAVELENGTHS_NM, "wavelength", "nm")
        _within(self.medium_index, INDICES, "refractive index of the medium")

    @property
    def wavenumber_per_nm(self) -> float:
        """Radians per nm in the medium."""
        return 2 * math.pi * self.medium_index / self.wavelength_nm


@dataclass(frozen=True, slots=True, kw_only=True)
class Particle:
    """A sphere that does not absorb: one refractive index, or that of a core inside a shell.

    ``shell_nm`` is the thickness of the shell; diameters are always outer ones. A particle whose shell
    reaches its centre is a solid sphere of the shell's index; a smaller one cannot exist and is refused.
    """

    core_index: float
    shell_index: float | None = None
    shell_nm: float = 0.0

    def __post_init__(self) -> None:
        _within(self.core_index, INDICES, "refractive index of the core")
        if self.shell_index is not None:
            _within(self.shell_index, INDICES, "refractive index of the shell")
            _within(self.shell_nm, (0.01, DIAMETERS_NM[1]), "thickness of the shell", "nm")
        elif self.shell_nm != 0.0:
            raise UsageError(
                "A shell needs a refractive index.",
                why=f"Its thickness is {self.shell_nm:g} nm, and no index of a shell is given.",
                next_step="Give both the index and the thickness of the shell, or neither.",
            )

    @property
    def outer_index(self) -> float:
        """The refractive index at the surface."""
        return self.core_index if self.shell_index is None else self.shell_index

    @property
    def smallest_nm(self) -> float:
        """The outer diameter at which the shell leaves no core."""
        return max(DIAMETERS_NM[0], 2 * self.shell_nm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scattering:
    """The coefficients a and b of every diameter (rows) and order from 1 on (columns).

    ``size_parameter`` is the circumference over the wavelength in the medium.
    """

    size_parameter: FloatArray
    a: ComplexArray
    b: ComplexArray

    @property
    def efficiency(self) -> FloatArray:
        """Light scattered into all directions over light that meets the particle's cross-section (Qsca)."""
        weight = 2 * np.arange(1, self.a.shape[1] + 1) + 1
        power = self.a.real**2 + self.a.imag**2 + self.b.real**2 + self.b.imag**2
        return 2 / self.size_parameter**2 * (power @ weight)


def scatter(diameter_nm: FloatArray, particle: Particle, light: Light) -> Scattering:
    """How spheres of these outer diameters scatter the light.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        Outer diameters from 1 to 20,000 nm, shape (k,).
    particle : Particle
        Refractive indices, and the shell's thickness.
    light : Light
        Wavelength and medium.

    Returns
    -------
    Scattering
        Coefficients of every diameter; those beyond its own last order are 0.

    Raises
    ------
    UsageError
        When a diameter is not a number, out of range, or too small for its shell.

    Examples
    --------
    >>> light = Light(wavelength_nm=488.0, medium_index=1.3374)
    >>> polystyrene = Particle(core_index=1.6054)
    >>> round(float(scatter(np.array([100.0]), polystyrene, light).efficiency[0]), 4)
    0.0202
    """
    diameters = _checked(diameter_nm, particle)
    x = light.wavenumber_per_nm * diameters / 2
    last = _last_order(x)
    orders = int(last.max(initial=1))
    with np.errstate(all="ignore"):  # orders beyond a particle's last one overflow, and are dropped below
        a, b = _outer(
            x, particle.outer_index / light.medium_index, _of_core(diameters, particle, light, orders), orders
        )
    is_beyond = np.arange(1, orders + 1)[:, np.newaxis] > last
    return Scattering(
        size_parameter=x,
        a=np.ascontiguousarray(np.where(is_beyond, 0, a).T),
        b=np.ascontiguousarray(np.where(is_beyond, 0, b).T),
    )


def amplitudes(scattering: Scattering, cosine: FloatArray) -> tuple[ComplexArray, ComplexArray]:
    """The amplitudes S1 (perpendicular to the plane of scattering) and S2 (in it) at some angles.

    Parameters
    ----------
    scattering : Scattering
        Of k diameters.
    cosine : numpy.ndarray
        Cosines of the angles to the direction of the laser, shape (m,).

    Returns
    -------
    s1, s2 : numpy.ndarray
        Shape (k, m).
    """
    orders = scattering.a.shape[1]
    pi, tau = _angular(cosine, orders)
    order = np.arange(1, orders + 1)
    weight = (2 * order + 1) / (order * (order + 1))
    both = np.hstack((scattering.a * weight, scattering.b * weight))
    return _product(both, np.vstack((pi, tau))), _product(both, np.vstack((tau, pi)))


def _product(terms: ComplexArray, angular: FloatArray) -> ComplexArray:
    """A matrix product that starts no threads where starting them costs more than the product."""
    if len(terms) <= _FEW:
        return np.einsum("ko,om->km", terms, angular)
    found = np.empty((len(terms), angular.shape[1]), dtype=np.complex128)
    found.real, found.imag = terms.real @ angular, terms.imag @ angular
    return found


def _outer(
    x: FloatArray, index: float, core: tuple[FloatArray | float, FloatArray | float], orders: int
) -> tuple[ComplexArray, ComplexArray]:
    """Both coefficients at the outer surface, given how much irregular wave the core adds inside."""
    outside, inside = radial_waves(x, orders), radial_waves(index * x, orders)
    return (
        _coefficient(outside, _mixed(inside, core[0]), 1.0, index),
        _coefficient(outside, _mixed(inside, core[1]), index, 1.0),
    )


def _of_core(
    diameters: FloatArray, particle: Particle, light: Light, orders: int
) -> tuple[FloatArray | float, FloatArray | float]:
    """The share of the irregular wave in the shell, for a and for b; none without a shell."""
    if particle.shell_index is None:
        return 0.0, 0.0
    core_nm = np.maximum(diameters - 2 * particle.shell_nm, _ROUNDING_NM)
    x = light.wavenumber_per_nm * core_nm / 2
    core = radial_waves(particle.core_index / light.medium_index * x, orders)
    shell = radial_waves(particle.shell_index / light.medium_index * x, orders)
    has_core = diameters - 2 * particle.shell_nm > _ROUNDING_NM
    for_a = _share(core, shell, particle.shell_index, particle.core_index)
    for_b = _share(core, shell, particle.core_index, particle.shell_index)
    return (
        np.where(has_core & np.isfinite(for_a), for_a, 0.0),
        np.where(has_core & np.isfinite(for_b), for_b, 0.0),
    )


def _share(core: Waves, shell: Waves, first: float, second: float) -> FloatArray:
    regular = first * shell.regular * core.regular_slope - second * shell.regular_slope * core.regular
    irregular = first * shell.irregular * core.regular_slope - second * shell.irregular_slope * core.regular
    return regular / irregular


def _mixed(waves: Waves, share: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    if isinstance(share, float):
        return waves.regular, waves.regular_slope
    has_mix = share != 0.0  # an overflown irregular wave times no share would not be a number
    wave = waves.regular - np.where(has_mix, share * waves.irregular, 0.0)
    slope = waves.regular_slope - np.where(has_mix, share * waves.irregular_slope, 0.0)
    return wave, slope


def _coefficient(
    outside: Waves, inside: tuple[FloatArray, FloatArray], first: float, second: float
) -> ComplexArray:
    wave, slope = inside
    regular = first * outside.regular * slope - second * outside.regular_slope * wave
    irregular = first * outside.irregular * slope - second * outside.irregular_slope * wave
    return regular / (regular - 1j * irregular)


def _angular(cosine: FloatArray, orders: int) -> tuple[FloatArray, FloatArray]:
    pi = np.zeros((orders + 1, len(cosine)))
    pi[1] = 1.0
    for order in range(2, orders + 1):
        pi[order] = ((2 * order - 1) * cosine * pi[order - 1] - order * pi[order - 2]) / (order - 1)
    order = np.arange(1, orders + 1)[:, np.newaxis]
    return pi[1:], order * cosine * pi[1:] - (order + 1) * pi[:-1]


def _last_order(x: FloatArray) -> NDArray[np.int64]:
    """Wiscombe's number of orders, and a few more, since ours must hold to 1e-8 in every direction."""
    return np.ceil(x + 4.05 * np.cbrt(x) + 6).astype(np.int64)


def _checked(diameter_nm: FloatArray, particle: Particle) -> FloatArray:
    diameters = np.asarray(diameter_nm, dtype=np.float64)
    if diameters.ndim != 1:
        raise ValueError(f"diameters come as one row, not with shape {diameters.shape}")
    for diameter in diameters[~((diameters >= DIAMETERS_NM[0]) & (diameters <= DIAMETERS_NM[1]))][:1]:
        _within(float(diameter), DIAMETERS_NM, "diameter", "nm")
    too_small = diameters[diameters < particle.smallest_nm - _ROUNDING_NM]
    if len(too_small):
        raise UsageError(
            "A particle is smaller than its shell.",
            why=f"A diameter of {too_small[0]:g} nm leaves no room for a shell of {particle.shell_nm:g} nm "
            "on both sides.",
            next_step=f"Start at {particle.smallest_nm:g} nm, or take a thinner shell.",
        )
    return diameters


def _within(value: float, limits: tuple[float, float], what: str, unit: str = "") -> None:
    low, high = limits
    if not low <= value <= high:
        tail = f" {unit}" if unit else ""
        raise UsageError(
            f"The {what} cannot be {value:g}{tail}.",
            why=f"Accepted are {low:g} to {high:g}{tail}.",
            next_step="Check the number and its unit.",
        )
