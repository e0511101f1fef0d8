"""What turns pixels and frames into lengths and times."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What turns pixels and frames into lengths and times; None where nothing states it.

    ``exposure_ms`` is the time the shutter is open in one frame, ``depth_um`` the depth in which particles
    are seen, where the user knows it.
    """

    pixel_nm: float | None = None
    fps: float | None = None
    exposure_ms: float | None = None
    temperature_c: float | None = None
    viscosity_mpas: float | None = None
    depth_um: float | None = None

    @property
    def stated(self) -> dict[str, float]:
        """What is known, by name."""
        return {name: value for name in SCALE_NAMES if (value := getattr(self, name)) is not None}


SCALE_NAMES = tuple(field.name for field in fields(Scale))
