"""What a video states about its own scale, taken only where it can be true."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vesicle.measurements import Scale
from vesicle.results import Warned

SLOWEST_FPS, FASTEST_FPS = 0.1, 10_000.0
SMALLEST_PIXEL_NM, LARGEST_PIXEL_NM = 1.0, 20_000.0
"""Screens and printers state 72 to 1200 dots per inch, which is 353,000 to 21,000 nm; no microscope does."""

LONGEST_EXPOSURE_MS = 60_000.0
SQUARE_WITHIN = 0.005

_TIME_S = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "us": 1e-6} | {
    "min": 60.0,
    "minute": 60.0,
    "ns": 1e-9,
}
_LENGTH_NM = {
    "nm": 1.0,
    "um": 1e3,
    "micron": 1e3,
    "microns": 1e3,
    "micrometer": 1e3,
    "mm": 1e6,
    "cm": 1e7,
} | {"m": 1e9, "a": 0.1, "pm": 1e-3, "inch": 25.4e6, "nanometer": 1.0, "micrometre": 1e3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a file says about itself before anybody doubted it; None where it says nothing.

    ``pixel_height_nm`` is the other side of a pixel, ``bits`` the significant bits of a grey level.
    """

    pixel_nm: float | None = None
    pixel_height_nm: float | None = None
    fps: float | None = None
    exposure_ms: float | None = None
    bits: int | None = None
    acquired: str | None = None
    software: str = ""
    instrument: str = ""
    warnings: tuple[Warned, ...] = ()


def first_stated(*sources: Stated) -> Stated:
    """What several places of a file say, each value from the first place that states it.

    Parameters
    ----------
    *sources : Stated
        The most reliable first.

    Returns
    -------
    Stated
        With the warnings of all.
    """
    merged = Stated()
    for source in sources:
        has_pixel = merged.pixel_nm is not None
        merged = replace(
            merged,
            pixel_nm=merged.pixel_nm if has_pixel else source.pixel_nm,
            pixel_height_nm=merged.pixel_height_nm if has_pixel else source.pixel_height_nm,
            fps=source.fps if merged.fps is None else merged.fps,
            exposure_ms=source.exposure_ms if merged.exposure_ms is None else merged.exposure_ms,
            bits=source.bits if merged.bits is None else merged.bits,
            acquired=merged.acquired or source.acquired,
            software=merged.software or source.software,
            instrument=merged.instrument or source.instrument,
            warnings=(*merged.warnings, *source.warnings),
        )
    return merged


def scale_from(stated: Stated) -> tuple[Scale, tuple[Warned, ...]]:
    """The scale of a video from what its file states, without what cannot be true.

    Parameters
    ----------
    stated : Stated
        As found in the file.

    Returns
    -------
    scale : Scale
        None for each value that is not stated or not believable.
    warnings : tuple of Warned
        ``scale_not_believed`` for each of the latter.
    """
    doubts = tuple(_doubts(stated))
    doubted = {name for name, _ in doubts}
    scale = Scale(
        pixel_nm=None if "pixel_nm" in doubted else stated.pixel_nm,
        fps=None if "fps" in doubted else stated.fps,
        exposure_ms=None if "exposure_ms" in doubted else stated.exposure_ms,
    )
    notes = (
        Warned(code="scale_not_believed", message=f"{why} It is not used; state {name} in vesicle.toml.")
        for name, why in doubts
    )
    return scale, tuple(notes)


def _doubts(stated: Stated) -> Iterable[tuple[str, str]]:
    pixel, height = stated.pixel_nm, stated.pixel_height_nm
    if pixel is not None and not SMALLEST_PIXEL_NM <= pixel <= LARGEST_PIXEL_NM:
        limits = f"{SMALLEST_PIXEL_NM:g} to {LARGEST_PIXEL_NM:,.0f} nm"
        yield (
            "pixel_nm",
            f"The file states {pixel:,.6g} nm per pixel, not {limits}; it may be that of a screen.",
        )
    elif pixel is not None and height is not None and abs(height - pixel) > SQUARE_WITHIN * pixel:
        yield "pixel_nm", f"The file states pixels of {pixel:g} x {height:g} nm, which are not square."
    if stated.fps is not None and not SLOWEST_FPS <= stated.fps <= FASTEST_FPS:
        limits = f"{SLOWEST_FPS:g} to {FASTEST_FPS:,.0f}"
        yield "fps", f"The file states {stated.fps:.6g} frames per second, not {limits}."
    exposure = stated.exposure_ms
    if exposure is None:
        return
    if not 0 < exposure <= LONGEST_EXPOSURE_MS:
        yield "exposure_ms", f"The file states an exposure of {exposure:.6g} ms."
    elif stated.fps and exposure > 1.05 * 1000.0 / stated.fps:
        yield (
            "exposure_ms",
            f"The file states an exposure of {exposure:g} ms, longer than a frame at {stated.fps:g} fps.",
        )


def number(text: str | None) -> float | None:
    """A number from the metadata, or None when the text is not one.

    Parameters
    ----------
    text : str or None
        For example ``0.0333``.

    Returns
    -------
    float or None
        Finite.
    """
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def nm_per(unit: str) -> float | None:
    r"""How many nm a unit of length has, as microscopes spell it.

    Parameters
    ----------
    unit : str
        For example ``micron``, ``µm``, ``\\u00B5m``.

    Returns
    -------
    float or None
        None for ``pixel`` and what is not a length.

    Examples
    --------
    >>> nm_per("micron"), nm_per("pixel")
    (1000.0, None)
    """
    return _LENGTH_NM.get(_plain(unit))


def seconds_per(unit: str) -> float | None:
    """How many seconds a unit of time has, as microscopes spell it.

    Parameters
    ----------
    unit : str
        For example ``ms`` or ``sec``.

    Returns
    -------
    float or None
        None for what is not a time.

    Examples
    --------
    >>> seconds_per("ms"), seconds_per("frames")
    (0.001, None)
    """
    return _TIME_S.get(_plain(unit))


def _plain(unit: str) -> str:
    text = re.sub(r"\\u00[bB]5", "u", unit.strip())
    return text.casefold().replace("µ", "u").replace("μ", "u").replace("å", "a").replace('"', "inch")


def iso_date(text: str) -> str | None:
    """A date and time of the metadata in ISO 8601, or None when it is not one.

    Parameters
    ----------
    text : str
        For example ``2026:03:02 10:11:12`` (TIFF) or ISO 8601 itself.

    Returns
    -------
    str or None
        To the second, as stated.

    Examples
    --------
    >>> iso_date("2026:03:02 10:11:12"), iso_date("0000:00:00 00:00:00")
    ('2026-03-02T10:11:12', None)
    """
    from datetime import datetime

    match = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)", text.strip())
    if match is None:
        return None
    iso = f"{match[1]}-{match[2]}-{match[3]}T{match[4]}"
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        return None
    return iso


def avi_date(text: str) -> str | None:
    """The date that an AVI recorder wrote, in ISO 8601, or None when it is not one.

    Parameters
    ----------
    text : str
        For example ``Mon Mar 02 10:11:12 2026`` or ``2026-03-02 10:11:12``.

    Returns
    -------
    str or None
        To the second.

    Examples
    --------
    >>> avi_date("MON MAR 02 10:11:12 2026"), avi_date("soon")
    ('2026-03-02T10:11:12', None)
    """
    from datetime import datetime

    for layout in ("%a %b %d %H:%M:%S %Y", "%b %d %H:%M:%S %Y"):
        try:
            return datetime.strptime(text.strip().title(), layout).isoformat()
        except ValueError:
            continue
    return iso_date(text)
