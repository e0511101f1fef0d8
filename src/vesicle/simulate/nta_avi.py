"""An uncompressed grey AVI: bitmaps of 8 bits with a grey palette, which every player and ImageJ open."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from fractions import Fraction
from typing import BinaryIO

import numpy as np

from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta_settings import NtaSettings

MOST_TICKS = 100_000
MOST_32_BITS = 2**32 - 1
HAS_INDEX, IS_KEYFRAME = 0x10, 0x10
BEST_QUALITY_UNKNOWN = MOST_32_BITS


def frame_bytes(settings: NtaSettings) -> int:
    """The size of one frame in the file.

    Parameters
    ----------
    settings : NtaSettings
        Rows and columns.

    Returns
    -------
    int
        Rows are filled up to a multiple of four bytes.
    """
    return _padded(settings.width_px) * settings.height_px


def write_avi(file: BinaryIO, frames: Iterable[GreyBlock], settings: NtaSettings, *, comment: str) -> None:
    """Write a video, one frame in memory at a time.

    Parameters
    ----------
    file : file object
        Written from its start.
    frames : iterable of numpy.ndarray
        As many as the settings say, uint8.
    settings : NtaSettings
        Frame rate and size.
    comment : str
        Put where players show it.

    Notes
    -----
    **Source**: Microsoft's description of the AVI RIFF file format (from memory); a test opens the file with PyAV.
    """
    size = frame_bytes(settings)
    header = _header(settings, comment)
    movie, index = settings.frames * (size + 8) + 4, settings.frames * 16
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


def _header(settings: NtaSettings, comment: str) -> bytes:
    streams = _list(b"strl", _chunk(b"strh", _stream(settings)) + _chunk(b"strf", _bitmap(settings)))
    text = comment.encode("ascii") + b"\0"
    said = _list(b"INFO", _chunk(b"ICMT", text + b"\0" * (len(text) % 2)))
    return _list(b"hdrl", _chunk(b"avih", _main(settings)) + streams) + said


def _main(settings: NtaSettings) -> bytes:
    size = frame_bytes(settings)
    us_per_frame, bytes_per_s = round(1e6 / settings.fps), min(round(size * settings.fps), MOST_32_BITS)
    rates = (us_per_frame, bytes_per_s, 0, HAS_INDEX)
    counts = (settings.frames, 0, 1, size, settings.width_px, settings.height_px)
    return struct.pack("<14I", *rates, *counts, 0, 0, 0, 0)


def _stream(settings: NtaSettings) -> bytes:
    rate = Fraction(settings.fps).limit_denominator(MOST_TICKS)
    size = frame_bytes(settings)
    numbers = (rate.denominator, rate.numerator, 0, settings.frames, size, BEST_QUALITY_UNKNOWN, 0)
    place = (0, 0, settings.width_px, settings.height_px)
    return struct.pack("<4s4sIHHI7I4H", b"vids", b"DIB ", 0, 0, 0, 0, *numbers, *place)


def _bitmap(settings: NtaSettings) -> bytes:
    size = frame_bytes(settings)
    head = struct.pack(
        "<IiiHHIIiiII", 40, settings.width_px, settings.height_px, 1, 8, 0, size, 0, 0, 256, 256
    )
    return head + b"".join(bytes((grey, grey, grey, 0)) for grey in range(256))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _list(name: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", name + content)
