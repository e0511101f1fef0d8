"""Records of a scatter calibration: beads that were measured, what was fitted to them, and what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from vesicle.cytometry.mie import Light, Particle
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Quantity, Warned

DiameterKind: TypeAlias = Literal["measured", "label", ""]
"""The mean that somebody measured, as a data sheet states it, or the number on the bottle; empty where nobody says."""

NARROWEST_DEG, WIDEST_DEG = 5.0, 88.0
"""The half-angles that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitLimits:
    """What calls a fit doubtful; every one is a house limit.

    ``residual_log10`` bounds the residual per degree of freedom, ``fewest_beads`` and ``largest_nm`` say
    when the half-angle rests on too little, ``angle_range_deg`` how wide its interval may be, ``floor_log10``
    is the error that every bead is granted (0.01 is about 0.4 % in diameter where scatter goes with its
    sixth power).
    """

    residual_log10: float = 0.03
    fewest_beads: int = 4
    largest_nm: float = 300.0
    angle_range_deg: float = 20.0
    floor_log10: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """One population of beads: its diameter and substance, and the signal of its peak.

    ``signal`` is linear, in the instrument's own units; ``events`` is how many it rests on.
    """

    diameter_nm: float
    particle: Particle
    signal: float
    kind: DiameterKind = "measured"
    events: int | None = None

    @property
    def name(self) -> str:
        """The diameter with its unit."""
        return f"{self.diameter_nm:g} nm"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeadFit:
    """How one bead agrees with the fit, and what the other beads say of its diameter.

    ``log10_ratio`` is measured over predicted signal; ``error_nm`` is the diameter predicted from the
    other beads less the one stated, or why it cannot be predicted.
    """

    bead: Bead
    log10_ratio: float
    error_nm: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class AngleProfile:
    """The residual (root mean square, log10) at each half-angle, with the gain that fits best there."""

    half_angle_deg: FloatArray
    gain: FloatArray
    residual_log10: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterCalibration:
    """Signal per nm2 of collected light, and the effective half-angle of the lens.

    ``half_angle_low_deg`` and ``half_angle_high_deg`` bound the angles that the beads cannot tell from the
    best one (95 %); both equal the angle when it was given. ``residual_log10`` is the root mean square over
    the beads, ``residual_per_freedom_log10`` allows for the parameters that were fitted; the limit applies
    to that one. ``is_angle_refitted`` says whether the errors of left-out beads include the angle.
    """

    light: Light
    gain: float
    half_angle_deg: float
    half_angle_low_deg: float
    half_angle_high_deg: float
    is_angle_fitted: bool
    is_angle_refitted: bool
    residual_log10: float
    residual_per_freedom_log10: float
    profile: AngleProfile
    beads: tuple[BeadFit, ...]
    warnings: tuple[Warned, ...]

    @property
    def method(self) -> str:
        """What was done, in one sentence."""
        angle = "gain and effective half-angle" if self.is_angle_fitted else "gain (half-angle given)"
        return (
            f"{angle} by least squares of log10 signal on the Mie cross-section collected in a cone at 90 "
            f"degrees, {self.light.wavelength_nm:g} nm in a medium of {self.light.medium_index:.4f}, "
            f"{len(self.beads)} populations of beads"
        )
