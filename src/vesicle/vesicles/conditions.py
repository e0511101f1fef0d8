"""Temperature and viscosity: what a run was computed with, and what the user wants it computed with."""

from __future__ import annotations

from dataclasses import dataclass

from vesicle.measurements import SizeRun
from vesicle.results import NotAssessed, Warned
from vesicle.vesicles.physics import COLDEST_C, WARMEST_C, size_factor, water_viscosity_mpas

VISCOSITY_TOLERANCE = 0.05
"""Share by which a stated viscosity may differ from water's before it is flagged (house rule, NTA5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What diameters are to be computed with; None leaves the file's own value.

    ``is_water`` asks for the viscosity of water at the temperature in force, the same formula for every
    vendor.
    """

    temperature_c: float | None = None
    viscosity_mpas: float | None = None
    is_water: bool = False


def corrected_factor(run: SizeRun, wanted: Conditions) -> tuple[float | NotAssessed, tuple[Warned, ...]]:
    """What the run's diameters are multiplied with, and a note that says so.

    A temperature alone also changes the viscosity, in the proportion in which water's changes: it is the
    same liquid at another temperature.

    Parameters
    ----------
    run : SizeRun
        With the temperature and viscosity that its file states.
    wanted : Conditions
        What to harmonise to.

    Returns
    -------
    factor : float or NotAssessed
        1 when nothing was asked for; not assessed when the file does not state what its sizes were
        computed with, or the viscosity of water is not known at the temperature.
    notes : tuple of Warned
        ``harmonised`` with the numbers, ``not_harmonised``, or ``viscosity_unlike_water``.
    """
    if wanted == Conditions():
        return 1.0, _unlike_water(run)
    stated_c, stated_mpas = run.temperature_c, run.viscosity_mpas
    if stated_c is None or not stated_mpas or stated_mpas < 0:
        return _refused("the file does not state the temperature and viscosity its sizes were computed with")
    to_c = stated_c if wanted.temperature_c is None else wanted.temperature_c
    unknown = [c for c in (to_c, stated_c) if not COLDEST_C <= c <= WARMEST_C]
    if wanted.viscosity_mpas is None and unknown:
        known = f"known here from {COLDEST_C:g} to {WARMEST_C:g} C"
        return _refused(f"the viscosity of water at {unknown[0]:g} C is not {known}; state it too")
    to_mpas = _wanted_viscosity(stated_c, stated_mpas, to_c, wanted)
    factor = size_factor(
        from_temperature_c=stated_c,
        from_viscosity_mpas=stated_mpas,
        to_temperature_c=to_c,
        to_viscosity_mpas=to_mpas,
    )
    message = (
        f"Diameters multiplied by {factor:.4f}: computed by the vendor at {stated_c:g} C and "
        f"{stated_mpas:.4g} mPa s, harmonised to {to_c:g} C and {to_mpas:.4g} mPa s."
    )
    return factor, (Warned(code="harmonised", message=message),)


def _refused(reason: str) -> tuple[NotAssessed, tuple[Warned, ...]]:
    message = f"The sizes cannot be harmonised: {reason}."
    return NotAssessed(message.removesuffix(".")), (Warned(code="not_harmonised", message=message),)


def _wanted_viscosity(stated_c: float, stated_mpas: float, to_c: float, wanted: Conditions) -> float:
    if wanted.viscosity_mpas is not None:
        return wanted.viscosity_mpas
    if wanted.is_water:
        return water_viscosity_mpas(to_c)
    return stated_mpas * water_viscosity_mpas(to_c) / water_viscosity_mpas(stated_c)


def _unlike_water(run: SizeRun) -> tuple[Warned, ...]:
    if run.temperature_c is None or run.viscosity_mpas is None:
        return ()
    if not COLDEST_C <= run.temperature_c <= WARMEST_C:
        return ()
    water = water_viscosity_mpas(run.temperature_c)
    if abs(run.viscosity_mpas / water - 1) <= VISCOSITY_TOLERANCE:
        return ()
    message = (
        f"The stated viscosity {run.viscosity_mpas:.4g} mPa s differs by more than "
        f"{VISCOSITY_TOLERANCE:.0%} (house rule) from water at {run.temperature_c:g} C, {water:.4g} mPa s."
    )
    return (Warned(code="viscosity_unlike_water", message=message),)
