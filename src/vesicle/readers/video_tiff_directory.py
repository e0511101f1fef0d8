"""The directories of a TIFF file, one per page, for files that may be damaged or hostile.

Written for chains of a million pages: a page costs one small read, every count has a limit, and a chain that
runs in a circle or out of the file ends there.

Source: TIFF 6.0, section 2 (structure), and the BigTIFF layout (8-byte offsets, magic number 43).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, TypeAlias

from vesicle.readers.video_frames import MOST_FRAMES

MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
Value: TypeAlias = tuple[float, ...] | bytes

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
FILL_ORDER, DESCRIPTION, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP = 266, 270, 273, 277, 278
STRIP_COUNTS, X_RESOLUTION, Y_RESOLUTION, PLANAR, RESOLUTION_UNIT = 279, 282, 283, 284, 296
SOFTWARE, DATE_TIME, PREDICTOR = 305, 306, 317
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT = 322, 323, 324, 325, 339
PLANES_OF_METAMORPH = 33629
ZEISS_TEXT, FEI_TEXT, FEI_TEXT_2 = 34118, 34680, 34682
GATAN_UNIT, GATAN_SCALE_X, GATAN_SCALE_Y = 65003, 65009, 65010

_EVERY_PAGE = frozenset(
    {
        *(SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP),
        *(STRIP_COUNTS, PLANAR, PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS),
        *(SAMPLE_FORMAT, FILL_ORDER),
    }
)
_FIRST_PAGE = _EVERY_PAGE | {
    *(DESCRIPTION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, SOFTWARE, DATE_TIME),
    PLANES_OF_METAMORPH,
    *(ZEISS_TEXT, FEI_TEXT, FEI_TEXT_2, GATAN_UNIT, GATAN_SCALE_X, GATAN_SCALE_Y),
}
_TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii"} | {
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
_MOST_ENTRIES, _MOST_VALUES, _MOST_TEXT = 4096, 1_000_000, 64 * 1024**2
_SMALLEST_BUDGET = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One directory: the values of the tags that we know, by number; texts are bytes."""

    offset: int
    tags: Mapping[int, Value]

    def number(self, tag: int, default: int) -> int:
        """The first value of a tag as a whole number.

        Parameters
        ----------
        tag : int
            Its number.
        default : int
            For a page without it.

        Returns
        -------
        int
            As stated.
        """
        value = self.tags.get(tag)
        return int(value[0]) if isinstance(value, tuple) and value else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """All values of a tag as whole numbers.

        Parameters
        ----------
        tag : int
            Its number.

        Returns
        -------
        tuple of int
            Empty for a page without it.
        """
        value = self.tags.get(tag)
        return tuple(int(item) for item in value) if isinstance(value, tuple) else ()

    def text(self, tag: int) -> str:
        """The text of a tag.

        Parameters
        ----------
        tag : int
            Its number.

        Returns
        -------
        str
            Empty for a page without it.
        """
        value = self.tags.get(tag)
        return value.split(b"\x00")[0].decode("utf-8", errors="replace") if isinstance(value, bytes) else ""

    def ratio(self, tag: int) -> float | None:
        """The value of a tag that holds a fraction.

        Parameters
        ----------
        tag : int
            Its number.

        Returns
        -------
        float or None
            None for a page without it, or a denominator of zero.
        """
        value = self.tags.get(tag)
        if not isinstance(value, tuple) or len(value) < 2 or not value[1]:
            return None
        return value[0] / value[1]


@dataclass(slots=True, kw_only=True)
class Source:
    """The file; ``budget`` is what may still be read of it, since directories that overlap could go on forever."""

    stream: BinaryIO
    size_bytes: int
    order: str
    is_big: bool
    budget: int

    def at(self, offset: int, length: int) -> bytes:
        """Bytes of the file; fewer than asked for where it ends, none when the budget is spent.

        Parameters
        ----------
        offset : int
            From its beginning; any number.
        length : int
            How many.

        Returns
        -------
        bytes
            As they stand.
        """
        if not 0 <= offset < self.size_bytes:
            return b""
        length = min(length, self.size_bytes - offset)
        self.budget -= length
        if self.budget < 0:
            return b""
        self.stream.seek(offset)
        return self.stream.read(length)

    def unpack(self, kind: str, data: bytes) -> tuple[int, ...]:
        """Numbers in the byte order of the file.

        Parameters
        ----------
        kind : str
            As for ``struct``, without the order.
        data : bytes
            Of that length.

        Returns
        -------
        tuple of int
            One per letter.
        """
        return struct.unpack(self.order + kind, data)


def open_source(stream: BinaryIO) -> tuple[Source, bytes] | None:
    """A TIFF file to be walked, and its header.

    Parameters
    ----------
    stream : BinaryIO
        The open file.

    Returns
    -------
    tuple of (Source, bytes) or None
        None for what does not begin like a TIFF.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(16)
    if not head.startswith(MAGIC):
        return None
    source = Source(
        stream=stream,
        size_bytes=size,
        order="<" if head[:1] == b"I" else ">",
        is_big=head[:4] in (b"II+\x00", b"MM\x00+"),
        budget=4 * size + _SMALLEST_BUDGET,
    )
    return source, head


def pages_of(source: Source, head: bytes) -> Iterator[Page | str]:
    """Pages in the order of the chain, and at its end the reason when it broke.

    Parameters
    ----------
    source : Source
        The file.
    head : bytes
        Its header.

    Yields
    ------
    Page or str
        A text only as the last.
    """
    kind, start, length = ("Q", 8, 8) if source.is_big else ("I", 4, 4)
    if len(head) < start + length:
        yield "The file ends within its header."
        return
    (offset,) = source.unpack(kind, head[start : start + length])
    seen: set[int] = set()
    while offset:
        if offset in seen:
            yield f"The list of pages runs in a circle after {len(seen)}."
            return
        if len(seen) >= MOST_FRAMES:
            yield f"The list holds more than {MOST_FRAMES:,} pages."
            return
        seen.add(offset)
        found = _directory(source, offset, wanted=_EVERY_PAGE if len(seen) > 1 else _FIRST_PAGE)
        if found is None:
            yield f"The directory of page {len(seen)} is not whole; the file may have been cut."
            return
        page, offset = found
        yield page


def _directory(source: Source, offset: int, *, wanted: frozenset[int]) -> tuple[Page, int] | None:
    """The page at an offset and the offset of the next, or None when the file does not hold it all."""
    counter, entry, pointer = ("Q", 20, 8) if source.is_big else ("H", 12, 4)
    width = struct.calcsize(counter)
    data = source.at(offset, width + 32 * entry + pointer)
    if len(data) < width:
        return None
    (count,) = source.unpack(counter, data[:width])
    if not 0 < count <= _MOST_ENTRIES:
        return None
    length = width + count * entry + pointer
    data = data if length <= len(data) else source.at(offset, length)
    if len(data) < length - pointer:
        return None
    starts = range(width, width + count * entry, entry)
    entries = (_entry(source, data[start : start + entry], wanted) for start in reversed(starts))
    tags = dict(
        found for found in entries if found is not None
    )  # of a tag that stands twice, the first counts
    # Some writers end the last directory with the file, without the pointer to the next.
    tail = data[length - pointer : length]
    following = source.unpack("Q" if source.is_big else "I", tail)[0] if len(tail) == pointer else 0
    return Page(offset=offset, tags=MappingProxyType(tags)), following


def _entry(source: Source, data: bytes, wanted: frozenset[int]) -> tuple[int, Value] | None:
    tag, kind = source.unpack("HH", data[:4])
    layout = _TYPES.get(kind)
    if tag not in wanted or layout is None:
        return None
    (count,) = source.unpack("Q" if source.is_big else "I", data[4 : 12 if source.is_big else 8])
    field = data[12:20] if source.is_big else data[8:12]
    length = count * struct.calcsize("<" + layout)
    if count > (_MOST_TEXT if layout == "s" else _MOST_VALUES):
        return None
    if length > len(field):
        field = source.at(source.unpack("Q" if source.is_big else "I", field)[0], length)
    if len(field) < length:
        return None
    if layout == "s":
        return tag, field[:length]
    values = struct.unpack(f"{source.order}{count * len(layout)}{layout[0]}", field[:length])
    return (tag, values) if all(map(math.isfinite, values)) else None
