"""Everything a simulated video is made of, with the range that each number may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from vesicle.errors import UsageError
from vesicle.simulate.nta_sizes import Component

Brightness: TypeAlias = Literal["size", "equal"]

VISIBLE_SNR = 3.0
"""A particle is visible where its motionless spot is this many times higher than the noise of a pixel."""

LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "frames": (2, 1_000_000),
        "width_px": (32, 8192),
        "height_px": (32, 8192),
        "fps": (0.1, 10_000),
        "exposure_ms": (0, 10_000),
        "pixel_nm": (10, 5000),
        "temperature_c": (0, 40),
        "viscosity_mpas": (0.1, 100),
        "sheet_um": (0.2, 50),
        "focus_um": (0.2, 100),
        "psf_px": (0.6, 10),
        "background": (0, 60_000),
        "read_noise": (0, 1000),
        "electrons_per_grey": (0.01, 1000),
        "brightness_cap_nm": (10, 5000),
        "brightness_spread": (0, 2),
        "per_frame": (0.5, 2000),
        "snr": (3.5, 1000),
        "snr_at_nm": (5, 5000),
        "drift_period_s": (0.1, 100_000),
        "flare": (0, 50),
        "uneven": (0, 0.9),
        "substeps": (1, 256),
        "seed": (0, 2**63 - 1),
    }
)
"""Lowest and highest value of each number."""

SHORTEST = 5
"""Points of the shortest simulated track."""

TRACK_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "tracks": (1, 1_000_000),
        "length": (SHORTEST, 10_000),
        "localisation_nm": (0, 10_000),
        **{
            name: LIMITS[name]
            for name in ("fps", "exposure_ms", "pixel_nm", "temperature_c", "viscosity_mpas", "seed")
        },
    }
)
"""The same for tracks without a video."""

BITS = (8, 12)
FASTEST_DRIFT_PX = 50.0
EXPOSURE_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class NtaSettings:
    """What is simulated: the particles, the liquid, the optics, the camera.

    Lengths in z are in um from the middle of the light sheet. ``sheet_um`` is the standard deviation of the
    sheet's intensity along z; ``focus_um`` the defocus at which the peak of a spot has halved (None: from
    the width of the spot by diffraction); ``psf_px`` the standard deviation of a spot in focus;
    ``rings`` asks for the rings of diffraction around spots out of focus.
    ``background`` and ``read_noise`` are in grey levels (background None: 24, or 60 % of the ceiling when dark).
    ``brightness`` is ``size`` for peak ~ d^6 up to ``brightness_cap_nm`` and ~ d^2 above, or ``equal``;
    each particle's own factor is lognormal with standard deviation ``brightness_spread`` of its logarithm.
    ``snr`` is the median peak over noise of the visible particles of the smallest component (of its D10 when it is
    a lognormal; of ``snr_at_nm`` when given). ``drift_px`` is x and y per frame; with ``drift_period_s`` it swings
    by half of itself around its mean. ``substeps`` are the points of time in one exposure.
    """

    components: tuple[Component, ...]
    frames: int = 600
    width_px: int = 640
    height_px: int = 480
    fps: float = 30.0
    exposure_ms: float = 10.0
    pixel_nm: float = 166.0
    temperature_c: float = 25.0
    viscosity_mpas: float | None = None
    sheet_um: float = 2.5
    focus_um: float | None = None
    psf_px: float = 1.5
    rings: bool = False
    bits: int = 8
    background: float | None = None
    read_noise: float = 1.5
    electrons_per_grey: float = 1.0
    brightness: Brightness = "size"
    brightness_cap_nm: float = 150.0
    brightness_spread: float = 0.1
    per_frame: float = 60.0
    snr: float = 6.0
    snr_at_nm: float | None = None
    drift_px: tuple[float, float] = (0.0, 0.0)
    drift_period_s: float | None = None
    flare: int = 0
    uneven: float = 0.0
    dark: bool = False
    substeps: int = 8
    seed: int = 0

    @property
    def ceiling(self) -> int:
        """The grey level of a saturated pixel."""
        return 2**self.bits - 1

    @property
    def background_grey(self) -> float:
        """Mean level of an empty pixel."""
        if self.background is not None:
            return self.background
        return round(0.6 * self.ceiling) if self.dark else 24.0

    @property
    def frame_s(self) -> float:
        """Time from one frame to the next."""
        return 1.0 / self.fps

    @property
    def exposure_s(self) -> float:
        """Time that the shutter is open; 0 is a flash."""
        return self.exposure_ms / 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSettings:
    """What tracks without a video are made of.

    ``length`` is the mean number of points of a track, ``localisation_nm`` the standard deviation of the error of
    a position, per axis.
    """

    components: tuple[Component, ...]
    tracks: int = 1500
    length: float = 20.0
    fps: float = 30.0
    exposure_ms: float = 10.0
    pixel_nm: float = 166.0
    temperature_c: float = 25.0
    viscosity_mpas: float | None = None
    localisation_nm: float = 30.0
    seed: int = 0


def check_settings(settings: NtaSettings) -> None:
    """Refuse what cannot be simulated.

    Parameters
    ----------
    settings : NtaSettings
        What the user asked for.

    Raises
    ------
    UsageError
        With the value found beside the values allowed.
    """
    _check_numbers(settings, LIMITS)
    if settings.bits not in BITS:
        raise refused("bits", settings.bits, allowed=" or ".join(map(str, BITS)))
    if not all(abs(speed) <= FASTEST_DRIFT_PX for speed in settings.drift_px):
        raise refused("drift_px", settings.drift_px, allowed=f"up to {FASTEST_DRIFT_PX:g} px per frame")
    if settings.background_grey >= settings.ceiling:
        raise refused("background", settings.background_grey, allowed=f"below {settings.ceiling}")


def check_track_settings(settings: TrackSettings) -> None:
    """Refuse what cannot be simulated.

    Parameters
    ----------
    settings : TrackSettings
        What the user asked for.

    Raises
    ------
    UsageError
        With the value found beside the values allowed.
    """
    _check_numbers(settings, TRACK_LIMITS)


def _check_numbers(settings: NtaSettings | TrackSettings, limits: Mapping[str, tuple[float, float]]) -> None:
    if not settings.components:
        raise refused("components", "none", allowed="one or more")
    for name, (low, high) in limits.items():
        value = getattr(settings, name)
        if value is not None and not low <= value <= high:
            raise refused(name, value, allowed=f"from {low:g} to {high:g}")
    frame_ms = 1000.0 / settings.fps
    if settings.exposure_ms > frame_ms * (1 + EXPOSURE_SLACK):
        raise refused("exposure_ms", settings.exposure_ms, allowed=f"at most one frame, {frame_ms:.6g} ms")


_OPTIONS = {
    "width_px": "--width",
    "height_px": "--height",
    "drift_px": "--drift",
    "components": "--mix or --lognormal",
}
"""Options whose name is not that of the setting."""


def refused(name: str, value: object, *, allowed: str) -> UsageError:
    """The error for a setting outside its range.

    Parameters
    ----------
    name : str
        Name of the setting.
    value : object
        What was found.
    allowed : str
        What would be right.

    Returns
    -------
    UsageError
        Ready to be raised.
    """
    return UsageError(
        f"The simulation cannot have {name.replace('_', ' ')} = {value}.",
        where=_OPTIONS.get(name, f"--{name.replace('_', '-')}"),
        why=f"Allowed: {allowed}.",
        next_step="Choose a value in this range.",
    )
