"""What turns pixels and frames into sizes: what is stated, what is missing, and what is taken instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vesicle.measurements import Scale
from vesicle.results import NotAssessed, Warned
from vesicle.vesicles.physics import COLDEST_C, WARMEST_C, diffusion_um2_s, water_viscosity_mpas

_NEEDED = {"pixel_nm": ("the pixel size", "--pixel-nm"), "fps": ("the frame rate", "--fps")}
_MANIFEST = "under [video] in vesicle.toml"

NOMINAL_NM = 1.0
"""Only the product of size and mobility enters; this is the size at which it is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optics:
    """A complete scale: what the estimate is computed with.

    ``blur`` is a sixth of the exposure over the frame time, None where nothing states the exposure.
    ``mobility_um2_s_nm`` is the diffusion coefficient times the diameter, not assessed where the temperature is
    not known: diffusion can then be given, size not.
    """

    pixel_nm: float
    fps: float
    blur: float | None
    mobility_um2_s_nm: float | NotAssessed
    temperature_c: float | None = None
    viscosity_mpas: float | None = None
    depth_um: float | None = None
    warnings: tuple[Warned, ...] = ()

    @property
    def pixel_um(self) -> float:
        """Length of a pixel's side in the object."""
        return self.pixel_nm / 1000


def completed(stated: Scale, said: Scale) -> Scale:
    """A scale with what the user says in place of what the file states.

    Parameters
    ----------
    stated : Scale
        From the file and the manifest.
    said : Scale
        From the command line; None where it says nothing.

    Returns
    -------
    Scale
        None only where neither says anything.
    """
    return replace(stated, **said.stated)


def optics_of(scale: Scale) -> Optics | NotAssessed:
    """What an estimate is computed with, or what the user has to give first.

    Parameters
    ----------
    scale : Scale
        As far as it is known.

    Returns
    -------
    Optics or NotAssessed
        Not assessed names every number that is missing and where to state it.
    """
    missing = [(words, option) for name, (words, option) in _NEEDED.items() if getattr(scale, name) is None]
    if scale.pixel_nm is None or scale.fps is None:
        words, options = zip(*missing, strict=True)
        return NotAssessed(
            f"nothing states {' and '.join(words)}; give {' and '.join(options)}, or state it {_MANIFEST}"
        )
    exposure, doubts = _exposure(scale.exposure_ms, 1000 / scale.fps)
    viscosity = _viscosity(scale)
    return Optics(
        pixel_nm=scale.pixel_nm,
        fps=scale.fps,
        blur=None if exposure is None else exposure / 6,
        mobility_um2_s_nm=_mobility(scale.temperature_c, viscosity),
        temperature_c=scale.temperature_c,
        viscosity_mpas=None if isinstance(viscosity, NotAssessed) else viscosity,
        depth_um=scale.depth_um,
        warnings=tuple(doubts),
    )


def _exposure(exposure_ms: float | None, frame_ms: float) -> tuple[float | None, list[Warned]]:
    """The share of a frame in which the shutter is open, and what is doubtful about it."""
    if exposure_ms is None:
        return None, []
    if exposure_ms > frame_ms * 1.001:
        message = (
            f"An exposure of {exposure_ms:g} ms exceeds a frame, {frame_ms:.4g} ms: a whole frame is taken."
        )
        return 1.0, [Warned(code="exposure_too_long", message=message)]
    return min(1.0, exposure_ms / frame_ms), []


def _viscosity(scale: Scale) -> float | NotAssessed:
    if scale.viscosity_mpas is not None:
        return scale.viscosity_mpas
    if scale.temperature_c is None:
        return NotAssessed("no viscosity")
    if not COLDEST_C <= scale.temperature_c <= WARMEST_C:
        return NotAssessed(
            f"the viscosity of water at {scale.temperature_c:g} C is not known here; give --viscosity-mpas"
        )
    return water_viscosity_mpas(scale.temperature_c)


def _mobility(temperature_c: float | None, viscosity: float | NotAssessed) -> float | NotAssessed:
    if temperature_c is None:
        return NotAssessed(
            f"nothing states the temperature, which size follows; give --temperature-c, or state it {_MANIFEST}"
        )
    if isinstance(viscosity, NotAssessed):
        return viscosity
    return diffusion_um2_s(NOMINAL_NM, temperature_c=temperature_c, viscosity_mpas=viscosity)


def scale_settings(scale: Scale) -> Iterator[tuple[str, float | None, str]]:
    """The scale as settings that can be compared between runs: name, value, unit.

    Parameters
    ----------
    scale : Scale
        As it was used.

    Yields
    ------
    tuple of (str, float or None, str)
        In the order of a supplement.
    """
    yield "pixel_size", scale.pixel_nm, "nm"
    yield "frame_rate", scale.fps, "1/s"
    yield "exposure", scale.exposure_ms, "ms"
