"""Simulated videos as files: a TIFF that ImageJ understands, or an uncompressed grey AVI."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vesicle.errors import UsageError
from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta_settings import NtaSettings

SUFFIXES = (".tif", ".tiff", ".avi")
LARGEST_IMAGEJ_BYTES = 4_000_000_000
"""ImageJ's own TIFF has 32-bit offsets; longer videos become BigTIFF with OME metadata."""

LARGEST_AVI_BYTES = 2_000_000_000
"""The first version of AVI counts in 32 bits, and many programs stop at half of that."""

SIMULATED = "simulated by vesicle, not measured"
AVI_TICKS = 1_000_000
HAS_INDEX, IS_KEYFRAME = 0x10, 0x10


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
    size = settings.frames * _padded(settings.width_px) * settings.height_px
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
            _write_avi(file, frames, settings)
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


def _write_avi(file: BinaryIO, frames: Iterable[GreyBlock], settings: NtaSettings) -> None:
    size = _padded(settings.width_px) * settings.height_px
    header = _avi_header(settings)
    movie = settings.frames * (size + 8) + 4
    index = settings.frames * 16
    file.write(b"RIFF" + struct.pack("<I", 4 + len(header) + 8 + movie + 8 + index) + b"AVI " + header)
    file.write(b"LIST" + struct.pack("<I", movie) + b"movi")
    for image in frames:
        file.write(b"00db" + struct.pack("<I", size) + _bottom_up(image))
    file.write(b"idx1" + struct.pack("<I", index))
    for number in range(settings.frames):
        file.write(b"00db" + struct.pack("<III", IS_KEYFRAME, 4 + number * (size + 8), size))


def _bottom_up(image: GreyBlock) -> bytes:
    rows, columns = image.shape
    padded = np.zeros((rows, _padded(columns)), dtype=np.uint8)
    padded[:, :columns] = image[::-1]
    return padded.tobytes()


def _padded(columns: int) -> int:
    return -(-columns // 4) * 4


def _avi_header(settings: NtaSettings) -> bytes:
    width, height, frames = settings.width_px, settings.height_px, settings.frames
    size = _padded(width) * height
    rate = round(settings.fps * AVI_TICKS)
    main = struct.pack(
        "<14I",
        round(1e6 / settings.fps), round(size * settings.fps), 0, HAS_INDEX, frames, 0, 1, size,
        width, height, 0, 0, 0, 0,
    )  # fmt: skip
    stream = struct.pack(
        "<4s4sIHHIIIIIIII4H",
        b"vids", b"DIB ", 0, 0, 0, 0, AVI_TICKS, rate, 0, frames, size, 0xFFFFFFFF, 0,
        0, 0, width, height,
    )  # fmt: skip
    greys = b"".join(bytes((grey, grey, grey, 0)) for grey in range(256))
    bitmap = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, size, 0, 0, 256, 256) + greys
    streams = _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", bitmap))
    return _list(b"hdrl", _chunk(b"avih", main) + streams) + _list(b"INFO", _chunk(b"ICMT", _comment()))


def _comment() -> bytes:
    text = SIMULATED.encode() + b"\0"
    return text + b"\0" * (len(text) % 2)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _list(name: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", name + content)


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(
        "The video cannot be written in this form.",
        where=str(path),
        why=why,
        next_step="Name a file that ends in .tif.",
    )
