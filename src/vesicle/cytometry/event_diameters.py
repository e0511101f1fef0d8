"""A diameter for every event, as one model of a particle has it; none where the model allows several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.cytometry.mie import Light, Particle
from vesicle.cytometry.scatter_sizing import VESICLES_NM, log10_curve
from vesicle.measurements.sizing import FloatArray, frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDiameters:
    """Diameters of events; 0 marks those without one, since a file of events has no word for a missing value.

    ``below`` and ``above`` count events that the curve does not reach (those without scatter above 0 are below),
    ``several`` those whose signal belongs to more than one diameter.
    """

    diameter_nm: FloatArray
    below: int
    above: int
    several: int


def event_diameters(
    cross_section_nm2: FloatArray,
    particle: Particle,
    light: Light,
    half_angle_deg: float,
    *,
    range_nm: tuple[float, float] = VESICLES_NM,
) -> EventDiameters:
    """The one diameter of each event that a model of a particle allows.

    Parameters
    ----------
    cross_section_nm2 : numpy.ndarray
        Collected cross-sections, signal over gain; shape (events,).
    particle : Particle
        Refractive indices and shell.
    light : Light
        Laser and medium.
    half_angle_deg : float
        Of the cone.
    range_nm : tuple of float, optional
        Where diameters are searched.

    Returns
    -------
    EventDiameters
        Interpolated in the curve; 0 where no diameter or more than one has the cross-section.

    Notes
    -----
    A curve need not rise everywhere. Only where all smaller particles scatter less and all larger ones more does
    a signal belong to one diameter; to choose among several would put a peak where none was measured.

    Examples
    --------
    >>> light = Light(wavelength_nm=405.0, medium_index=1.3431)
    >>> found = event_diameters(np.array([0.0, 2.0]), Particle(core_index=1.38), light, 40.0)
    >>> found.diameter_nm.round().tolist(), found.below
    ([0.0, 119.0], 1)
    """
    diameters, curve = log10_curve(particle, light, half_angle_deg, range_nm)
    signals = np.full(len(cross_section_nm2), -np.inf)
    np.log10(cross_section_nm2, out=signals, where=cross_section_nm2 > 0)
    is_below, is_above = signals < curve.min(), signals > curve.max()
    places, is_single = _single(signals, curve)
    sizes = np.exp(np.interp(signals, curve[places], np.log(diameters[places])))
    return EventDiameters(
        diameter_nm=frozen(np.where(is_single, sizes, 0.0)),
        below=int(is_below.sum()),
        above=int(is_above.sum()),
        several=int(np.sum(~(is_single | is_below | is_above))),
    )


def _single(signals: FloatArray, curve: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where the curve is above all before and below all after it, and which signals lie between two such neighbours."""
    before = np.maximum.accumulate(curve)
    after = np.minimum.accumulate(curve[::-1])[::-1]
    places = np.flatnonzero((curve == before) & (curve == after))
    if not len(places):
        return np.zeros(1, dtype=np.intp), np.zeros(len(signals), dtype=np.bool_)
    above = np.searchsorted(curve[places], signals, side="left")
    upper = places[np.minimum(above, len(places) - 1)]
    lower = places[np.maximum(above - 1, 0)]
    is_met = curve[upper] == signals
    return places, is_met | ((above > 0) & (above < len(places)) & (upper - lower == 1))
