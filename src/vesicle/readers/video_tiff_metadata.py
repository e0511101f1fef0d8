"""What the texts and tags of a TIFF stack say: ImageJ, OME, MetaMorph, tifffile's own note, plain resolution."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from vesicle.readers import video_tiff_directory as tiff
from vesicle.readers.video_metadata import Stated, first_stated, iso_date, nm_per, number, seconds_per
from vesicle.results import Warned

_PER_INCH, _PER_CM = 2, 3
_MOST_AXES = 9
_NM_PER_UNIT = {_PER_INCH: 25.4e6, _PER_CM: 1e7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """How many frames, channels and slices the metadata claims; 0 or 1 where it says nothing.

    ``order`` names the axes of the page list from the slowest to the fastest. ``images`` is the number of
    pictures that one directory stands for.
    """

    frames: int = 0
    channels: int = 1
    slices: int = 1
    images: int = 0
    order: str = "TZC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The metadata of a stack: its axes, and what it states."""

    axes: Axes
    stated: Stated
    is_imagej: bool = False


def describe(page: tiff.Page) -> Described:
    """The metadata that stands in the first page of a TIFF stack.

    Parameters
    ----------
    page : Page
        The first directory.

    Returns
    -------
    Described
        With the plain tags behind what the program's own text states.
    """
    text = page.text(tiff.DESCRIPTION)
    plain = _from_tags(page)
    if text.startswith("ImageJ="):
        found = _imagej(_keys(text), page)
        return replace(found, stated=first_stated(found.stated, replace(plain, pixel_nm=None)))
    root = _ome_root(text)
    if root is not None:
        found = _ome(root)
        return replace(found, stated=first_stated(found.stated, plain))
    planes = len(page.numbers(tiff.PLANES_OF_METAMORPH)) // 2
    return Described(axes=Axes(images=planes) if planes else _shaped(text, page), stated=plain)


def _from_tags(page: tiff.Page) -> Stated:
    unit_nm = _NM_PER_UNIT.get(page.number(tiff.RESOLUTION_UNIT, _PER_INCH))
    across, down = page.ratio(tiff.X_RESOLUTION), page.ratio(tiff.Y_RESOLUTION)
    return Stated(
        pixel_nm=unit_nm / across if unit_nm and across and across > 0 else None,
        pixel_height_nm=unit_nm / down if unit_nm and down and down > 0 else None,
        acquired=iso_date(page.text(tiff.DATE_TIME)),
        software=page.text(tiff.SOFTWARE).strip()[:80],
    )


def _keys(text: str) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value.strip() for key, mark, value in pairs if mark}


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,18}", text) else default


def _imagej(keys: Mapping[str, str], page: tiff.Page) -> Described:
    interval, fps = number(keys.get("finterval")), number(keys.get("fps"))
    unit_s = seconds_per(keys.get("tunit", "s")) or 1.0
    warnings: tuple[Warned, ...] = ()
    if interval:
        fps = 1.0 / (interval * unit_s)
    elif fps is not None:
        message = f"ImageJ's animation speed, {fps:g} per second, is taken for the camera's frame rate."
        warnings = (Warned(code="rate_from_playback", message=message),)
    nm = nm_per(keys.get("unit", ""))
    across, down = page.ratio(tiff.X_RESOLUTION), page.ratio(tiff.Y_RESOLUTION)
    stated = Stated(
        pixel_nm=nm / across if nm and across and across > 0 else None,
        pixel_height_nm=nm / down if nm and down and down > 0 else None,
        fps=fps,
        software=f"ImageJ {keys['ImageJ']}"[:80],
        warnings=warnings,
    )
    axes = Axes(
        frames=_whole(keys.get("frames"), 0),
        channels=_whole(keys.get("channels"), 1),
        slices=_whole(keys.get("slices"), 1),
        images=_whole(keys.get("images"), 1),
    )
    return Described(axes=axes, stated=stated, is_imagej=True)


def _shaped(text: str, page: tiff.Page) -> Axes:
    """The note of tifffile, ``{"shape": [200, 256, 256]}``: how many pictures of the page's size it stands for."""
    if not text.startswith('{"shape"'):
        return Axes()
    try:
        shape = [int(length) for length in json.loads(text)["shape"]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Axes()
    each = page.number(tiff.HEIGHT, 0) * page.number(tiff.WIDTH, 0) * page.number(tiff.SAMPLES, 1)
    is_sound = each > 0 and len(shape) < _MOST_AXES and all(0 < length < 1 << 40 for length in shape)
    return Axes(images=math.prod(shape) // each if is_sound else 0)


def _ome_root(text: str) -> ET.Element | None:
    """The root of OME-XML; texts that define entities are not parsed, since those can grow without limit."""
    if "<OME" not in text[:4000] or "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
        return None
    try:
        return ET.fromstring(text.encode())
    except (ET.ParseError, ValueError):
        return None


def _tag(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _all(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element.iter() if _tag(child) == name]


def _ome(root: ET.Element) -> Described:
    images = _all(root, "Image")
    pixels = _all(images[0], "Pixels") if images else []
    if not pixels:
        return Described(axes=Axes(), stated=Stated())
    found = pixels[0].attrib
    times = _plane_times(pixels[0])
    dates = _all(images[0], "AcquisitionDate")
    interval = number(found.get("TimeIncrement"))
    unit_s = seconds_per(found.get("TimeIncrementUnit", "s")) or 1.0
    fps = 1.0 / (interval * unit_s) if interval else times.fps
    stated = Stated(
        pixel_nm=_length(found, "PhysicalSizeX"),
        pixel_height_nm=_length(found, "PhysicalSizeY"),
        fps=fps,
        exposure_ms=times.exposure_ms,
        bits=_whole(found.get("SignificantBits"), 0) or None,
        acquired=iso_date(dates[0].text or "") if dates else None,
        software=root.attrib.get("Creator", "")[:80],
    )
    axes = Axes(
        frames=_whole(found.get("SizeT"), 0),
        channels=_whole(found.get("SizeC"), 1),
        slices=_whole(found.get("SizeZ"), 1),
        order=found.get("DimensionOrder", "XYCZT")[:1:-1],
    )
    return Described(axes=axes, stated=stated)


def _length(found: Mapping[str, str], name: str) -> float | None:
    size, nm = number(found.get(name)), nm_per(found.get(f"{name}Unit", "um"))
    return size * nm if size and nm else None


def _plane_times(pixels: ET.Element) -> Stated:
    """Frame rate and exposure from the planes, where every one states when and how long it was taken."""
    planes = [plane.attrib for plane in _all(pixels, "Plane")]
    planes = [p for p in planes if p.get("TheC", "0") == "0" and p.get("TheZ", "0") == "0"]
    moments = [number(plane.get("DeltaT")) for plane in planes]
    exposures = [number(plane.get("ExposureTime")) for plane in planes]
    unit_s = seconds_per(planes[0].get("DeltaTUnit", "s")) if planes else None
    known = [moment for moment in moments if moment is not None]
    fps = None
    if unit_s and len(known) == len(planes) > 1 and max(known) > min(known):
        fps = (len(known) - 1) / ((max(known) - min(known)) * unit_s)
    exposure_s = seconds_per(planes[0].get("ExposureTimeUnit", "s")) if planes else None
    exposure = exposures[0] if exposures else None
    same = exposure is not None and all(other == exposure for other in exposures)
    return Stated(
        fps=fps, exposure_ms=exposure * exposure_s * 1e3 if same and exposure and exposure_s else None
    )
