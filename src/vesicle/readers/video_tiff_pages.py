"""The pages of a TIFF file as its directories state them, for files that may be damaged or hostile.

Written for chains of a million pages: a page costs one small read, every count has a limit, and a chain that
runs in a circle or out of the file ends there.

Source: TIFF 6.0, section 2 (structure), and the BigTIFF layout (8-byte offsets, magic number 43).
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError, TruncatedFile
from vesicle.readers.video_frames import MOST_FRAMES

MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
Value: TypeAlias = tuple[float, ...] | bytes

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
FILL_ORDER, DESCRIPTION, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP = 266, 270, 273, 277, 278
STRIP_COUNTS, X_RESOLUTION, Y_RESOLUTION, PLANAR, RESOLUTION_UNIT = 279, 282, 283, 284, 296
SOFTWARE, DATE_TIME, PREDICTOR = 305, 306, 317
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT = 322, 323, 324, 325, 339
PLANES_OF_METAMORPH = 33629

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
_MOST_SEGMENTS = 4_000_000
_LARGEST = 1 << 62
_SMALLEST_BUDGET = 1 << 20
_REDUCED, _SEPARATE = 1, 2


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """What all frames of a stack have in common; a tile of 0 x 0 means strips."""

    height: int
    width: int
    bits: tuple[int, ...]
    compression: int
    photometric: int
    samples: int
    sample_format: tuple[int, ...]
    is_planar: bool
    predictor: int
    fill_order: int
    rows_per_strip: int
    tile: tuple[int, int]

    @property
    def segments(self) -> int:
        """How many strips or tiles a page has."""
        planes = self.samples if self.is_planar else 1
        if all(self.tile):
            across, down = -(-self.width // self.tile[1]), -(-self.height // self.tile[0])
            return across * down * planes
        return -(-self.height // self.rows_per_strip) * planes if self.rows_per_strip else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The pages of a file that are frames: those of full size, in their order.

    ``offsets`` and ``counts`` have shape (pages, segments). ``others`` counts pages of another geometry, which
    are in no array; ``broken`` says why the chain ended early, empty when it did not.
    """

    order: str
    is_big: bool
    size_bytes: int
    first: Page
    geometry: Geometry
    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]
    others: int = 0
    broken: str = ""


@dataclass(slots=True, kw_only=True)
class _Source:
    """The file; ``budget`` is what may still be read of it, since directories that overlap could go on forever."""

    stream: BinaryIO
    size_bytes: int
    order: str
    is_big: bool
    budget: int

    def at(self, offset: int, length: int) -> bytes:
        """Bytes of the file; fewer than asked for where it ends, none when the budget is spent."""
        if not 0 <= offset < self.size_bytes:
            return b""
        length = min(length, self.size_bytes - offset)
        self.budget -= length
        if self.budget < 0:
            return b""
        self.stream.seek(offset)
        return self.stream.read(length)

    def unpack(self, kind: str, data: bytes) -> tuple[int, ...]:
        return struct.unpack(self.order + kind, data)


def read_structure(stream: BinaryIO, *, where: str, most: int = MOST_FRAMES + 1) -> Structure:
    """The pages of a TIFF file.

    Parameters
    ----------
    stream : BinaryIO
        The open file.
    where : str
        Its name for messages.
    most : int, optional
        How many pages are looked at.

    Returns
    -------
    Structure
        With at least one page.

    Raises
    ------
    ReadError
        When it is not TIFF, or its first directory is not in the file.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(16)
    if not head.startswith(MAGIC):
        raise ReadError(
            "This is not a TIFF file, whatever its name says.",
            where=where,
            why=f"It begins with {head[:4].hex(' ') or 'nothing'}; a TIFF begins with 'II' or 'MM'.",
            next_step="Save the video again as a TIFF stack.",
        )
    source = _Source(
        stream=stream,
        size_bytes=size,
        order="<" if head[:1] == b"I" else ">",
        is_big=head[:4] in (b"II+\x00", b"MM\x00+"),
        budget=4 * size + _SMALLEST_BUDGET,
    )
    collected = _Collected(source)
    for page in islice(_chain(source, head), most):
        collected.add(page)
        if collected.broken:
            break
    return collected.structure(where)


class _Collected:
    """Grows while the chain is walked: numbers alone, since a file may claim a million pages."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.first: Page | None = None
        self.geometry: Geometry | None = None
        self.offsets, self.counts = array("q"), array("q")
        self.others, self.broken = 0, ""

    def add(self, page: Page | str) -> None:
        if isinstance(page, str):
            self.broken = page
        elif not page.number(SUBFILE, 0) & _REDUCED:
            self._add_frame(page)

    def _add_frame(self, page: Page) -> None:
        geometry = _geometry(page)
        if self.first is None:
            self.first, self.geometry = page, geometry
        offsets = page.numbers(STRIP_OFFSETS) or page.numbers(TILE_OFFSETS)
        counts = page.numbers(STRIP_COUNTS) or page.numbers(TILE_COUNTS)
        if not counts and len(offsets) == 1:  # some writers leave the count of a single strip out
            counts = (self.source.size_bytes - offsets[0],)
        wanted = geometry.segments
        is_like = geometry == self.geometry and len(offsets) == len(counts) == wanted > 0
        if not is_like or max(*offsets, *counts) >= _LARGEST:
            self.others += 1
        elif len(self.offsets) + wanted > _MOST_SEGMENTS:
            self.broken = f"The file lists more than {_MOST_SEGMENTS:,} strips."
        else:
            self.offsets.extend(offsets)
            self.counts.extend(counts)

    def structure(self, where: str) -> Structure:
        if self.first is None or self.geometry is None:
            raise TruncatedFile(
                "The TIFF file holds no picture.",
                where=where,
                why=self.broken or "Its list of pages is empty.",
                next_step="Copy it again, or save the video again as a TIFF stack.",
            )
        if not self.offsets:
            raise ReadError(
                "The first page of the TIFF file does not say where its pixels are.",
                where=where,
                why="Its list of strips does not fit its size.",
                next_step="Copy it again, or save the video again as a TIFF stack.",
            )
        shape = (-1, self.geometry.segments)
        return Structure(
            order=self.source.order,
            is_big=self.source.is_big,
            size_bytes=self.source.size_bytes,
            first=self.first,
            geometry=self.geometry,
            offsets=np.array(self.offsets, np.int64).reshape(shape),
            counts=np.array(self.counts, np.int64).reshape(shape),
            others=self.others,
            broken=self.broken,
        )


def _geometry(page: Page) -> Geometry:
    height = page.number(HEIGHT, 0)
    samples = page.number(SAMPLES, 1)
    bits = page.numbers(BITS) or (1,)
    return Geometry(
        height=height,
        width=page.number(WIDTH, 0),
        bits=bits,
        compression=page.number(COMPRESSION, 1),
        photometric=page.number(PHOTOMETRIC, 1),
        samples=samples,
        sample_format=page.numbers(SAMPLE_FORMAT) or (1,),
        is_planar=samples > 1 and page.number(PLANAR, 1) == _SEPARATE,
        predictor=page.number(PREDICTOR, 1),
        fill_order=page.number(FILL_ORDER, 1),
        rows_per_strip=min(page.number(ROWS_PER_STRIP, height), height),
        tile=(page.number(TILE_HEIGHT, 0), page.number(TILE_WIDTH, 0)),
    )


def _chain(source: _Source, head: bytes) -> Iterator[Page | str]:
    """Pages in the order of the chain, and at its end the reason when it broke."""
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


def _directory(source: _Source, offset: int, *, wanted: frozenset[int]) -> tuple[Page, int] | None:
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


def _entry(source: _Source, data: bytes, wanted: frozenset[int]) -> tuple[int, Value] | None:
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
