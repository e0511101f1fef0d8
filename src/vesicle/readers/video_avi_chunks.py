"""The chunks of an AVI file, walked one by one: headers, frames, and the parts that follow beyond 2 GB.

Lists are entered and their own sizes ignored, since recorders that were stopped, or wrote more than 4 GB, leave
wrong ones. The index is not needed: it repeats what the chunks say, and is the first to be lost.

Source: the layout of RIFF AVI, and of its OpenDML extension (RIFF AVIX), as public readers have it.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError, TruncatedFile
from vesicle.readers.video_frames import MOST_FRAMES

_LISTS = (b"LIST", b"RIFF")
_CHUNK_ID = re.compile(rb"[A-Za-z0-9 _#]{4}")
_FRAME_ID = re.compile(rb"(\d\d)(d[bc])")
_LARGEST_HEADER = 64 * 1024
_MOST_CHUNKS = 2 * MOST_FRAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One chunk: its name, the place of its content and the size it claims."""

    name: bytes
    start: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AviHeader:
    """What the headers of an AVI file say about its first video stream.

    ``height`` is negative for rows from the top. ``palette`` holds blue, green, red and nothing per entry.
    ``frames`` is what the header claims; ``date`` and ``software`` are texts of the recorder.
    """

    stream: int
    width: int
    height: int
    bits: int
    codec: bytes
    palette: bytes
    fps: float | None
    frames: int
    date: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AviFrames:
    """Where the frames are: content of each chunk and its size in bytes, as claimed; ``broken`` as for TIFF."""

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    broken: str = ""


def is_avi(head: bytes) -> bool:
    """Whether a file begins like an AVI.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        By its magic words alone.
    """
    return head[:4] == b"RIFF" and head[8:12] == b"AVI "


def walk(stream: BinaryIO, *, size_bytes: int) -> Iterator[Chunk]:
    """The chunks of a file in order; ends with an empty name where the chain is broken.

    Parameters
    ----------
    stream : BinaryIO
        The file, or its beginning.
    size_bytes : int
        Its length.

    Yields
    ------
    Chunk
        Its content may reach beyond the end of the file.
    """
    at = 0
    for _ in range(_MOST_CHUNKS):
        if at + 8 > size_bytes:
            return
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        name, size = head[:4], struct.unpack("<I", head[4:])[0]
        if name in _LISTS:
            at += 12
        elif _CHUNK_ID.fullmatch(name):
            yield Chunk(name=name, start=at + 8, size=size)
            at += 8 + size + size % 2
        else:
            break
    yield Chunk(name=b"", start=at, size=0)


def read_header(stream: BinaryIO, *, size_bytes: int, where: str) -> AviHeader:
    """The headers of the first video stream.

    Parameters
    ----------
    stream : BinaryIO
        The file, or its beginning.
    size_bytes : int
        Its length.
    where : str
        The file's name for messages.

    Returns
    -------
    AviHeader
        Nothing in it is checked.

    Raises
    ------
    ReadError
        When it is not AVI, or has no whole header of a video stream.
    """
    stream.seek(0)
    head = stream.read(12)
    if not is_avi(head):
        raise ReadError(
            "This is not an AVI file, whatever its name says.",
            where=where,
            why=f"It begins with {head[:4].hex(' ') or 'nothing'}; an AVI begins with 'RIFF'.",
            next_step="Save the video again as AVI.",
        )
    found = _headers(stream, size_bytes=size_bytes)
    if len(found.strf) < 40 or len(found.strh) < 36:
        raise TruncatedFile(
            "The AVI file has no whole header of a video.",
            where=where,
            why="It ends before it, or holds sound alone.",
            next_step="Copy it again from the instrument's computer.",
        )
    return _header(found)


@dataclass(slots=True, kw_only=True)
class _Headers:
    avih: bytes = b""
    strh: bytes = b""
    strf: bytes = b""
    stream: int = 0
    texts: dict[bytes, str]


def _headers(stream: BinaryIO, *, size_bytes: int) -> _Headers:
    found, streams = _Headers(texts={}), -1
    is_ours = False
    for chunk in walk(stream, size_bytes=size_bytes):
        if not chunk.name or _FRAME_ID.fullmatch(chunk.name) or chunk.name == b"idx1":
            break
        content = b""
        if chunk.name in {b"avih", b"strh", b"strf", b"ISFT", b"IDIT"}:
            stream.seek(chunk.start)
            content = stream.read(min(chunk.size, _LARGEST_HEADER))
        if chunk.name == b"avih":
            found.avih = content
        elif chunk.name == b"strh":
            streams += 1
            is_ours = content[:4] == b"vids" and not found.strh
            if is_ours:
                found.strh, found.stream = content, streams
        elif chunk.name == b"strf" and is_ours:
            found.strf = found.strf or content
        elif content:
            found.texts[chunk.name] = content.split(b"\x00")[0].decode("latin-1").strip()[:80]
    return found


def _header(found: _Headers) -> AviHeader:
    _, width, height, _, bits, codec = struct.unpack("<IiiHH4s", found.strf[:20])
    head_size, colours = struct.unpack("<I", found.strf[:4])[0], struct.unpack("<I", found.strf[32:36])[0]
    scale, rate, _, length = struct.unpack("<IIII", found.strh[20:36])
    period_us = struct.unpack("<I", found.avih[:4])[0] if len(found.avih) >= 4 else 0
    fps = rate / scale if rate and scale else 1e6 / period_us if period_us else 0.0
    entries = min(colours or 256, 256)
    return AviHeader(
        stream=found.stream,
        width=width,
        height=height,
        bits=bits,
        codec=codec,
        palette=found.strf[head_size : head_size + 4 * entries] if head_size >= 40 else b"",
        fps=fps,
        frames=length,
        date=found.texts.get(b"IDIT", ""),
        software=found.texts.get(b"ISFT", ""),
    )


def read_frames(stream: BinaryIO, header: AviHeader, *, size_bytes: int) -> AviFrames:
    """Where the frames of the video stream are.

    Parameters
    ----------
    stream : BinaryIO
        The open file.
    header : AviHeader
        With the number of the stream.
    size_bytes : int
        Its length.

    Returns
    -------
    AviFrames
        A frame of size zero is one that the recorder lost; the last may reach beyond the end of the file.
    """
    starts, sizes, broken = array("q"), array("q"), ""
    for chunk in walk(stream, size_bytes=size_bytes):
        match = _FRAME_ID.fullmatch(chunk.name)
        if not chunk.name:
            broken = f"what stands at byte {chunk.start:,} is no chunk."
        elif match and int(match[1]) == header.stream:
            if len(starts) == MOST_FRAMES:
                broken = f"the file holds more than {MOST_FRAMES:,} frames."
                break
            starts.append(chunk.start)
            sizes.append(chunk.size)
    return AviFrames(starts=np.array(starts, np.int64), sizes=np.array(sizes, np.int64), broken=broken)
