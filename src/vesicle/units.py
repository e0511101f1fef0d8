"""Units at the border: what readers and the manifest find in text, turned into one canonical unit each.

Canonical units are nm, s, mL, ug, degrees Celsius and kg. Nothing inside the package converts.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from vesicle.errors import BadValue, nearest, quoted

_LENGTH_NM = {"nm": 1.0, "um": 1e3, "µm": 1e3, "mm": 1e6, "m": 1e9, "å": 0.1, "pm": 1e-3}
_PER_ML = {
    "ml": 1.0,
    "cm3": 1.0,
    "cm^3": 1.0,
    "cm³": 1.0,
    "l": 1e-3,
    "ul": 1e3,
    "µl": 1e3,
    "mm3": 1e3,
    "mm^3": 1e3,
    "m3": 1e-6,
}
_UG = {"pg": 1e-6, "ng": 1e-3, "ug": 1.0, "µg": 1.0, "mg": 1e3, "g": 1e6, "kg": 1e9}
_ML = {"ul": 1e-3, "µl": 1e-3, "ml": 1.0, "dl": 100.0, "l": 1e3}
_UG_PER_ML = {f"{mass}/{volume}": _UG[mass] / _ML[volume] for mass in _UG for volume in _ML}
_DOSE_UNITS = ("particles", "ug", "mg", "cell equivalents")


def length_to_nm(unit: str) -> float:
    """How many nm one of the unit is.

    Parameters
    ----------
    unit : str
        For example ``um``; the micro sign and the Greek letter both count.

    Returns
    -------
    float
        Factor to nm.

    Raises
    ------
    BadValue
        When the unit is not a length that vesicle knows.

    Examples
    --------
    >>> length_to_nm("um")
    1000.0
    """
    return _factor(unit, _LENGTH_NM, what="length")


def per_volume_to_per_ml(unit: str) -> float:
    """What a number per this volume must be multiplied with to be per mL.

    Parameters
    ----------
    unit : str
        The volume, for example ``cm3`` or ``L``.

    Returns
    -------
    float
        Factor to per mL.

    Raises
    ------
    BadValue
        When the unit is not a volume that vesicle knows.

    Examples
    --------
    >>> per_volume_to_per_ml("L")
    0.001
    """
    return _factor(unit, _PER_ML, what="volume")


def mass_concentration_to_ug_per_ml(unit: str) -> float:
    """How many ug per mL one of the unit is.

    Parameters
    ----------
    unit : str
        For example ``mg/mL``.

    Returns
    -------
    float
        Factor to ug per mL.

    Raises
    ------
    BadValue
        When the unit is not a mass concentration that vesicle knows.

    Examples
    --------
    >>> mass_concentration_to_ug_per_ml("mg/mL")
    1000.0
    """
    return _factor(re.sub(r"\bper\b", "/", unit), _UG_PER_ML, what="mass concentration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """An amount as the user wrote it; ``unit`` is one of particles, ug, mg, cell equivalents."""

    text: str
    amount: float
    unit: str
    per_kg: bool


def parse_dose(text: str) -> Dose:
    """A dose such as ``2e8 particles`` or ``50 ug/kg`` as amount and unit.

    Parameters
    ----------
    text : str
        Number, unit, and "/kg" when it is per body weight.

    Returns
    -------
    Dose
        In the unit that was written.

    Raises
    ------
    BadValue
        When there is no number, or the unit does not say what was counted or weighed.

    Examples
    --------
    >>> parse_dose("2e8 particles/kg").per_kg
    True
    """
    match = re.fullmatch(
        r"\s*((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*(/\s*kg)?\s*", _plain_micro(text)
    )
    unit = match[2].casefold().removesuffix(" per kg") if match else ""
    if match is None or unit not in _DOSE_UNITS or not math.isfinite(float(match[1])):
        raise BadValue(
            "The dose has no unit that can be compared.",
            where=f"'{text}'",
            why=f"Units: {quoted(_DOSE_UNITS)}, each with or without '/kg'.",
            next_step='Write, for example, dose = "2e8 particles".',
        )
    per_kg = match[3] is not None or match[2].casefold().endswith(" per kg")
    return Dose(text=text, amount=float(match[1]), unit=unit, per_kg=per_kg)


def _plain_micro(text: str) -> str:
    return text.replace("µ", "u").replace("μ", "u")


def _factor(unit: str, table: dict[str, float], *, what: str) -> float:
    key = unit.strip().casefold().replace("μ", "µ").replace(" ", "")
    if key in table:
        return table[key]
    close = nearest(key, table)
    raise BadValue(
        f"'{unit}' is not a {what} that vesicle knows.",
        why=f"Known: {quoted(table)}.",
        next_step=f"Did you mean '{close}'?" if close else "Name the unit in the column header.",
    )
