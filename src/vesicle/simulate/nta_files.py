"""Simulated videos as files: a TIFF that ImageJ understands, or an uncompressed grey AVI."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vesicle.errors import UsageError
from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta_avi import frame_bytes, write_avi
from vesicle.simulate.nta_settings import NtaSettings

SUFFIXES = (".tif", ".tiff", ".avi")
LARGEST_IMAGEJ_BYTES = 4_000_000_000
"""ImageJ's own TIFF has 32-bit offsets; longer videos become BigTIFF with OME metadata."""

LARGEST_AVI_BYTES = 2_000_000_000
"""The first version of AVI counts in 32 bits, and many programs stop at half of that."""

SIMULATED = "simulated by vesicle, not measured"


def check_name(path: Path, settings: NtaSettings) -> None:
    """Refuse a file that could not hold the video.

    Parameters
    ----------
    path : pathlib.Path
        Where the video goes.
    settings : NtaSettings
        Bits and size of the video.

    Raises
    ------
    UsageError
        When the suffix is not known, or an AVI would have to hold more than it can.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise _refused(path, f"The name ends in '{suffix}'; it can end in {', '.join(SUFFIXES)}.")
    if suffix == ".avi" and settings.bits != 8:
        raise _refused(path, f"An AVI holds 8 bits here, not {settings.bits}.")
    size = settings.frames * frame_bytes(settings)
    if suffix == ".avi" and size > LARGEST_AVI_BYTES:
        raise _refused(
            path, f"The video has {size / 1e9:.1f} GB; an AVI holds {LARGEST_AVI_BYTES / 1e9:g} GB."
        )


def write_frames(path: Path, frames: Iterable[GreyBlock], settings: NtaSettings, *, suffix: str) -> None:
    """Write a video, one frame in memory at a time.

    Parameters
    ----------
    path : pathlib.Path
        Written anew.
    frames : iterable of numpy.ndarray
        As many as the settings say, each of shape (rows, columns).
    settings : NtaSettings
        Scale and size of the video.
    suffix : str
        Kind of file: ``.tif``, ``.tiff`` or ``.avi``.
    """
    if suffix.lower() == ".avi":
        with path.open("wb") as file:
            write_avi(file, frames, settings, comment=SIMULATED)
    else:
        _write_tiff(path, frames, settings)


def _write_tiff(path: Path, frames: Iterable[GreyBlock], settings: NtaSettings) -> None:
    import tifffile

    shape = (settings.frames, settings.height_px, settings.width_px)
    kind = np.uint8 if settings.bits == 8 else np.uint16
    is_big = int(np.prod(shape)) * np.dtype(kind).itemsize > LARGEST_IMAGEJ_BYTES
    metadata = _ome_metadata(settings) if is_big else _imagej_metadata(settings)
    per_um = 1000 / settings.pixel_nm
    with tifffile.TiffWriter(path, bigtiff=is_big, ome=is_big, imagej=not is_big) as writer:
        writer.write(
            iter(frames),
            shape=shape,
            dtype=kind,
            photometric="minisblack",
            resolution=(per_um, per_um) if not is_big else (per_um * 1e4, per_um * 1e4),
            resolutionunit="NONE" if not is_big else "CENTIMETER",
            metadata=metadata,
        )


def _imagej_metadata(settings: NtaSettings) -> dict[str, object]:
    return {
        "axes": "TYX",
        "unit": "um",
        "finterval": settings.frame_s,
        "fps": settings.fps,
        "Info": SIMULATED,
    }


def _ome_metadata(settings: NtaSettings) -> dict[str, object]:
    pixel_um = settings.pixel_nm / 1000
    return {
        "axes": "TYX",
        "SignificantBits": settings.bits,
        "PhysicalSizeX": pixel_um,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": pixel_um,
        "PhysicalSizeYUnit": "µm",
        "TimeIncrement": settings.frame_s,
        "TimeIncrementUnit": "s",
        "Description": SIMULATED,
    }


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(
        "The video cannot be written in this form.",
        where=str(path),
        why=why,
        next_step="Name a file that ends in .tif.",
    )
