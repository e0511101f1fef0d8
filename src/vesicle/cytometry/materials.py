"""Refractive indices of media, beads and vesicles, from ``standards/refractive_index.toml``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vesicle.cytometry.mie import Light, Particle
from vesicle.errors import UsageError, nearest, quoted
from vesicle.results import Source
from vesicle.standards import load_standard


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A substance whose refractive index follows the Sellmeier formula between two wavelengths."""

    name: str
    title: str
    terms: tuple[tuple[float, float], ...]
    from_nm: float
    to_nm: float
    source: Source

    def index(self, wavelength_nm: float) -> float:
        """The refractive index at a vacuum wavelength.

        Parameters
        ----------
        wavelength_nm : float
            From 200 to 2000 nm; outside the material's own range the formula is an extrapolation.

        Returns
        -------
        float
            Relative to vacuum.

        Raises
        ------
        UsageError
            When the formula has no value there.
        """
        squared = (wavelength_nm / 1000) ** 2
        total = 1 + sum(b * squared / (squared - c) for b, c in self.terms)
        if not (math.isfinite(total) and total >= 1 and 200 <= wavelength_nm <= 2000):
            raise UsageError(
                f"The refractive index of {self.name} is not known at {wavelength_nm:g} nm.",
                why=f"The formula holds from {self.from_nm:g} to {self.to_nm:g} nm.",
                next_step="Give the index as a number.",
            )
        return math.sqrt(total)

    def is_extrapolated(self, wavelength_nm: float) -> bool:
        """Whether the formula was not fitted at this wavelength.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum.

        Returns
        -------
        bool
            True outside the material's own range.
        """
        return not self.from_nm <= wavelength_nm <= self.to_nm


@dataclass(frozen=True, slots=True, kw_only=True)
class VesicleModel:
    """An assumption about what a vesicle is made of, with who made it."""

    name: str
    particle: Particle
    source: Source


def material(name: str) -> Material:
    """One material by its name.

    Parameters
    ----------
    name : str
        ``water``, ``polystyrene`` or ``silica``, in any case.

    Returns
    -------
    Material
        With its source.

    Raises
    ------
    UsageError
        When there is no such material.

    Examples
    --------
    >>> round(material("polystyrene").index(488.0), 4)
    1.6054
    """
    rows: Mapping[str, Any] = load_standard("refractive_index")["material"]
    key = name.strip().casefold()
    if key not in rows:
        close = nearest(key, rows)
        raise UsageError(
            f"No refractive index of '{name}' is known.",
            why=f"Known are {quoted(rows)}.",
            next_step=f"Did you mean '{close}'?" if close else "Give the index as a number.",
        )
    row = rows[key]
    return Material(
        name=key,
        title=row["title"],
        terms=tuple((term["b"], term["c_um2"]) for term in row["terms"]),
        from_nm=row["from_nm"],
        to_nm=row["to_nm"],
        source=Source(text=row["source"], status=row["status"], seen_in=row["seen_in"]),
    )


def laser_in(medium: str, wavelength_nm: float) -> Light:
    """A laser line in a liquid whose index is known.

    Parameters
    ----------
    medium : str
        For example ``water``.
    wavelength_nm : float
        In vacuum.

    Returns
    -------
    Light
        With the medium's index at that wavelength.

    Examples
    --------
    >>> round(laser_in("water", 405.0).medium_index, 4)
    1.3431
    """
    return Light(wavelength_nm=wavelength_nm, medium_index=material(medium).index(wavelength_nm))


def sphere_of(name: str, wavelength_nm: float) -> Particle:
    """A homogeneous bead of a material, as light of one wavelength sees it.

    Parameters
    ----------
    name : str
        For example ``polystyrene``.
    wavelength_nm : float
        In vacuum.

    Returns
    -------
    Particle
        Without a shell.
    """
    return Particle(core_index=material(name).index(wavelength_nm))


def vesicle_models() -> tuple[VesicleModel, ...]:
    """The assumptions over which a vesicle's diameter is given, lowest core index first.

    Returns
    -------
    tuple of VesicleModel
        All are house models.
    """
    return tuple(_model(row) for row in load_standard("refractive_index")["vesicle"])


def _model(row: Mapping[str, Any]) -> VesicleModel:
    particle = Particle(
        core_index=row["core_index"], shell_index=row["shell_index"], shell_nm=row["shell_nm"]
    )
    return VesicleModel(
        name=row["name"], particle=particle, source=Source(text=row["source"], status=row["status"])
    )
