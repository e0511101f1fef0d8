"""What the headers of PNG, JPEG and MRC pictures say: size, bits, and the size of a pixel where it can be true."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from vesicle.errors import ReadError, TruncatedFile
from vesicle.results import Warned

PNG_MARK = b"\x89PNG\r\n\x1a\n"
JPEG_MARK = b"\xff\xd8\xff"
MRC_HEADER_BYTES = 1024
_MOST_CHUNKS = 10_000
_SAMPLES_OF_PNG = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_BITS_OF_MRC = {0: 8, 1: 16, 2: 32, 6: 16, 12: 16, 101: 4}
_FRAMES_OF_JPEG = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE_IN_JPEG = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of its picture; ``pictures`` counts those of a stack."""

    width_px: int
    height_px: int
    bits: int
    pixel_nm: float | None = None
    pixel_height_nm: float | None = None
    pictures: int = 1
    method: str = ""
    warnings: tuple[Warned, ...] = ()


def png_header(stream: BinaryIO, *, where: str) -> Header:
    """The header of a PNG.

    Parameters
    ----------
    stream : BinaryIO
        At its beginning.
    where : str
        The file's name for messages.

    Returns
    -------
    Header
        With the pixel size of its ``pHYs`` chunk.

    Raises
    ------
    ReadError
        When a chunk is damaged.
    """
    width = height = depth = colour = 0
    pixel: tuple[float | None, float | None] = (None, None)
    is_whole = False
    for kind, data in _png_chunks(stream, where=where):
        if kind == b"IHDR" and len(data) == 13:
            width, height, depth, colour = struct.unpack(">IIBB", data[:10])
        elif kind == b"pHYs" and len(data) == 9:
            across, down, unit = struct.unpack(">IIB", data)
            pixel = (
                1e9 / across if unit == 1 and across else None,
                1e9 / down if unit == 1 and down else None,
            )
        is_whole = is_whole or kind == b"IEND"
    if not width or not height or colour not in _SAMPLES_OF_PNG:
        raise _damaged(where, "It has no header with a width and a height.")
    return Header(
        width_px=width,
        height_px=height,
        bits=depth,
        pixel_nm=pixel[0],
        pixel_height_nm=pixel[1],
        warnings=() if is_whole else (_cut(),),
    )


def _png_chunks(stream: BinaryIO, *, where: str) -> Iterator[tuple[bytes, bytes]]:
    stream.seek(len(PNG_MARK))
    for _ in range(_MOST_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind not in {b"IHDR", b"pHYs", b"IEND"}:
            stream.seek(length + 4, 1)
            continue
        data, check = stream.read(min(length, 64)), stream.read(4)
        if len(check) < 4 or zlib.crc32(kind + data) != int.from_bytes(check, "big"):
            raise _damaged(where, f"The checksum of its part {kind.decode()} does not fit.")
        yield kind, data
        if kind == b"IEND":
            return


def jpeg_header(stream: BinaryIO, *, where: str) -> Header:
    """The header of a JPEG; its dots per inch are those of print and never of a microscope.

    Parameters
    ----------
    stream : BinaryIO
        At its beginning.
    where : str
        The file's name for messages.

    Returns
    -------
    Header
        Without a pixel size.

    Raises
    ------
    ReadError
        When it states no size.
    """
    stream.seek(-2, 2)
    is_whole = stream.read(2) == b"\xff\xd9"
    stream.seek(2)
    for _ in range(_MOST_CHUNKS):
        kind = _jpeg_marker(stream)
        if kind is None or kind == 0xDA:
            break
        if kind in _ALONE_IN_JPEG:
            continue
        size = stream.read(2)
        length = int.from_bytes(size, "big")
        if len(size) < 2 or length < 2:
            break
        if kind in _FRAMES_OF_JPEG:
            data = stream.read(5)
            if len(data) == 5 and all(struct.unpack(">HH", data[1:])):
                height, width = struct.unpack(">HH", data[1:])
                notes = () if is_whole else (_cut(),)
                return Header(width_px=width, height_px=height, bits=data[0], warnings=notes)
            break
        stream.seek(length - 2, 1)
    raise _damaged(where, "It states no width and height.")


def _jpeg_marker(stream: BinaryIO) -> int | None:
    byte = stream.read(1)
    while byte == b"\xff":
        byte = stream.read(1)
        if byte and byte != b"\xff":
            return byte[0]
    return None


def is_mrc(head: bytes) -> bool:
    """Whether bytes begin like an MRC file of 2000 or later.

    Parameters
    ----------
    head : bytes
        The first bytes of a file.

    Returns
    -------
    bool
        By the word MAP, the machine stamp and a mode that is known.
    """
    if len(head) < MRC_HEADER_BYTES or head[208:211] != b"MAP":
        return False
    order = _mrc_order(head)
    return order != "" and struct.unpack(order + "i", head[12:16])[0] in _BITS_OF_MRC


def _mrc_order(head: bytes) -> str:
    return {b"DD": "<", b"DA": "<", b"\x11\x11": ">"}.get(head[212:214], "")


def mrc_header(stream: BinaryIO, *, where: str) -> Header:
    """The header of an MRC picture, whose cell states the size of a pixel in Angstrom.

    Parameters
    ----------
    stream : BinaryIO
        At its beginning.
    where : str
        The file's name for messages.

    Returns
    -------
    Header
        With the number of sections as ``pictures``.

    Raises
    ------
    ReadError
        When its numbers cannot be those of a picture, or the file ends before it does.
    """
    size_bytes = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(MRC_HEADER_BYTES)
    order = _mrc_order(head)
    if not is_mrc(head):
        raise _damaged(where, "Its header is not that of an MRC file.")
    width, height, sections, mode = struct.unpack(order + "4i", head[:16])
    grid = struct.unpack(order + "2i", head[28:36])
    cell = struct.unpack(order + "2f", head[40:48])
    (extended,) = struct.unpack(order + "i", head[92:96])
    if min(width, height, sections) < 1 or max(width, height) > 1 << 20 or extended < 0:
        raise _damaged(where, f"It states a picture of {width} x {height} pixels in {sections} sections.")
    bits = _BITS_OF_MRC[mode]
    if MRC_HEADER_BYTES + extended + -(-width * bits // 8) * height * sections > size_bytes:
        raise TruncatedFile(
            "The picture ends before all of its pixels.",
            where=where,
            why=f"{width} x {height} pixels of {bits} bits do not fit into {size_bytes:,} bytes.",
            next_step="Copy it again from the microscope's computer.",
        )
    across, down = ((c / g / 10 if g > 0 and c > 0 else None) for c, g in zip(cell, grid, strict=True))
    notes = (_default_scale(),) if across == down == 0.1 else ()
    return Header(
        width_px=width,
        height_px=height,
        bits=bits,
        pixel_nm=across,
        pixel_height_nm=down,
        pictures=sections,
        method="EM",
        warnings=notes,
    )


def _default_scale() -> Warned:
    message = "The file states exactly 1 Angstrom per pixel, which programs also write that know no scale."
    return Warned(code="scale_may_be_default", message=message)


def _cut() -> Warned:
    return Warned(code="picture_may_be_cut", message="The file has no end mark; the picture may be cut off.")


def _damaged(where: str, why: str) -> ReadError:
    return ReadError(
        "The picture is damaged.",
        where=where,
        why=why,
        next_step="Copy it again, or export it again as TIFF.",
    )
