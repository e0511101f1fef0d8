"""From a scatter signal back to diameters: every one that has it, for each model of a vesicle.

A curve of scatter against diameter need not rise everywhere, so a signal can belong to several diameters; and it
depends on refractive indices that nobody measured. Hence a set per model and a band over models, never one number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from vesicle.cytometry.collection import collected_at_the_side
from vesicle.cytometry.materials import VesicleModel, vesicle_models
from vesicle.cytometry.mie import Light, Particle, Scattering, scatter
from vesicle.cytometry.scatter_fit import ScatterCalibration
from vesicle.errors import UsageError
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.results import NotAssessed

VESICLES_NM = (30.0, 1000.0)
_STEP_NM = 1.0
_TOLERANCE_NM = 1e-6
_SECTIONS = 32
"""A step is divided by so many at once: scatter of many diameters costs little more than of one."""
_ANGLE_STEP_DEG = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDiameters:
    """Every diameter at which one model has the signal, at the fitted half-angle.

    When there is none, ``outside`` says whether the signal lies below or above all that the range reaches.
    """

    model: VesicleModel
    diameters_nm: tuple[float, ...]
    outside: Literal["below", "above"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiameterBand:
    """The diameters that a signal can mean: from the smallest to the largest over all models.

    ``low_nm`` and ``high_nm`` are at the fitted half-angle; ``low_any_angle_nm`` and ``high_any_angle_nm``
    also run over the half-angles that the beads allow, to the next nm outward. ``is_complete`` is false when
    a model does not reach the signal within the range: the band is then open on that side.
    """

    signal: float
    low_nm: float
    high_nm: float
    low_any_angle_nm: float
    high_any_angle_nm: float
    by_model: tuple[ModelDiameters, ...]
    is_complete: bool


def diameter_band(
    signal: float,
    calibration: ScatterCalibration,
    *,
    models: Sequence[VesicleModel] | None = None,
    range_nm: tuple[float, float] = VESICLES_NM,
) -> DiameterBand | NotAssessed:
    """The diameters of vesicles that give this signal, over models of their refractive index.

    Parameters
    ----------
    signal : float
        Linear, in the units of the calibration: a median, a percentile, or the edge of the noise, which
        gives the limit of detection.
    calibration : ScatterCalibration
        Of the same channel and settings.
    models : sequence of VesicleModel, optional
        The house models when absent.
    range_nm : tuple of float, optional
        Where diameters are searched.

    Returns
    -------
    DiameterBand or NotAssessed
        Not assessed when no model reaches the signal in the range.
    """
    if not (math.isfinite(signal) and signal > 0):
        return NotAssessed("the signal is not a positive number, and scatter is")
    assumed = tuple(models or vesicle_models())
    by_model = tuple(_of_model(signal, calibration, model, range_nm) for model in assumed)
    sizes = [size for one in by_model for size in one.diameters_nm]
    if not sizes:
        low, high = range_nm
        return NotAssessed(f"no model of a vesicle from {low:g} to {high:g} nm has this signal")
    anywhere = [*sizes, *_at_other_angles(signal, calibration, assumed, range_nm)]
    return DiameterBand(
        signal=signal,
        low_nm=min(sizes),
        high_nm=max(sizes),
        low_any_angle_nm=min(anywhere),
        high_any_angle_nm=max(anywhere),
        by_model=by_model,
        is_complete=all(one.diameters_nm for one in by_model),
    )


def noise_edge(control_signals: FloatArray, *, percentile: float = 99.0) -> float | NotAssessed:
    """The signal below which a particle-free control has nearly all its events.

    Parameters
    ----------
    control_signals : numpy.ndarray
        Linear signals of a blank, a wash or water; what is not a number is left out.
    percentile : float, optional
        99 is the house rule.

    Returns
    -------
    float or NotAssessed
        Not assessed below 100 events, of which the 99th percentile is one.
    """
    usable = control_signals[np.isfinite(control_signals)]
    if len(usable) < 100:
        return NotAssessed(f"the control has {len(usable)} events; the edge of its noise needs 100")
    return float(np.percentile(usable, percentile))


def sizes_of(
    cross_section_nm2: float,
    particle: Particle,
    light: Light,
    half_angle_deg: float,
    *,
    range_nm: tuple[float, float] = VESICLES_NM,
) -> tuple[float, ...]:
    """Every diameter in the range at which a particle's collected cross-section is this one.

    Parameters
    ----------
    cross_section_nm2 : float
        Above 0.
    particle : Particle
        Refractive indices and shell.
    light : Light
        Laser and medium.
    half_angle_deg : float
        Of the cone.
    range_nm : tuple of float, optional
        Smallest and largest diameter searched.

    Returns
    -------
    tuple of float
        Increasing; several where the curve folds back, none where it does not reach.

    Examples
    --------
    >>> light = Light(wavelength_nm=488.0, medium_index=1.3374)
    >>> polystyrene = Particle(core_index=1.6054)
    >>> len(sizes_of(500.0, polystyrene, light, 30.0)) > 1
    True
    """
    steps = _crossings(cross_section_nm2, particle, light, half_angle_deg, range_nm=range_nm)
    return tuple(_bisected(cross_section_nm2, particle, light, half_angle_deg, inside=step) for step in steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    low_nm: float
    high_nm: float
    is_falling: bool


def _crossings(
    cross_section_nm2: float,
    particle: Particle,
    light: Light,
    half_angle_deg: float,
    *,
    range_nm: tuple[float, float],
) -> list[_Step]:
    """The steps of the grid in which the curve crosses the cross-section."""
    grid, curve = log10_curve(particle, light, half_angle_deg, range_nm)
    is_above = curve >= math.log10(cross_section_nm2)
    return [
        _Step(low_nm=float(grid[at]), high_nm=float(grid[at + 1]), is_falling=bool(is_above[at]))
        for at in np.flatnonzero(is_above[1:] != is_above[:-1])
    ]


@lru_cache(maxsize=256)
def log10_curve(
    particle: Particle, light: Light, half_angle_deg: float, range_nm: tuple[float, float] = VESICLES_NM
) -> tuple[FloatArray, FloatArray]:
    """A particle's curve of scatter; the same serves every signal of every file.

    Parameters
    ----------
    particle : Particle
        Refractive indices and shell.
    light : Light
        Laser and medium.
    half_angle_deg : float
        Of the cone.
    range_nm : tuple of float, optional
        Smallest and largest diameter.

    Returns
    -------
    diameter_nm : numpy.ndarray
        In steps of 1 nm or a little less.
    log10_nm2 : numpy.ndarray
        Collected cross-sections.
    """
    grid, scattering = _scattering(particle, light, range_nm)
    return grid, frozen(np.log10(collected_at_the_side(scattering, light, half_angle_deg)))


@lru_cache(maxsize=16)
def _scattering(
    particle: Particle, light: Light, range_nm: tuple[float, float]
) -> tuple[FloatArray, Scattering]:
    grid = _grid(particle, range_nm)
    return grid, scatter(grid, particle, light)


def _grid(particle: Particle, range_nm: tuple[float, float]) -> FloatArray:
    low, high = max(range_nm[0], particle.smallest_nm), range_nm[1]
    if not low < high:
        raise UsageError(
            f"There is no diameter between {range_nm[0]:g} and {range_nm[1]:g} nm.",
            why=f"The particle cannot be smaller than {particle.smallest_nm:g} nm.",
            next_step="Give a smaller and then a larger diameter.",
        )
    return frozen(np.linspace(low, high, math.ceil((high - low) / _STEP_NM) + 1))


def _bisected(
    cross_section_nm2: float,
    particle: Particle,
    light: Light,
    half_angle_deg: float,
    *,
    inside: _Step,
) -> float:
    """The diameter in a step at whose ends the curve lies on different sides of the cross-section."""
    low, high = inside.low_nm, inside.high_nm
    while high - low > _TOLERANCE_NM:
        grid = np.linspace(low, high, _SECTIONS + 1)
        scattering = scatter(grid[1:-1], particle, light)
        is_above = collected_at_the_side(scattering, light, half_angle_deg) >= cross_section_nm2
        is_beyond = np.append(is_above != inside.is_falling, True)
        place = int(np.argmax(is_beyond))
        low, high = float(grid[place]), float(grid[place + 1])
    return (low + high) / 2


def _of_model(
    signal: float, calibration: ScatterCalibration, model: VesicleModel, range_nm: tuple[float, float]
) -> ModelDiameters:
    cross_section, angle = signal / calibration.gain, calibration.half_angle_deg
    sizes = sizes_of(cross_section, model.particle, calibration.light, angle, range_nm=range_nm)
    if sizes:
        return ModelDiameters(model=model, diameters_nm=sizes)
    lowest = float(log10_curve(model.particle, calibration.light, angle, range_nm)[1].min())
    outside: Literal["below", "above"] = "below" if math.log10(cross_section) < lowest else "above"
    return ModelDiameters(model=model, diameters_nm=(), outside=outside)


def _at_other_angles(
    signal: float,
    calibration: ScatterCalibration,
    models: tuple[VesicleModel, ...],
    range_nm: tuple[float, float],
) -> list[float]:
    profile, sizes = calibration.profile, list[float]()
    low, high = calibration.half_angle_low_deg, calibration.half_angle_high_deg
    if low == high:
        return sizes
    for angle in np.linspace(low, high, math.ceil((high - low) / _ANGLE_STEP_DEG) + 1):
        cross_section = signal / float(np.interp(angle, profile.half_angle_deg, profile.gain))
        for model in models:
            steps = _crossings(
                cross_section, model.particle, calibration.light, float(angle), range_nm=range_nm
            )
            sizes += [size for step in steps for size in (step.low_nm, step.high_nm)]
    return sizes
