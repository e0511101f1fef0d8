"""Those pages of a TIFF file that can be frames: of one size and kind, with the places of their pixels."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError, TruncatedFile
from vesicle.readers import video_tiff_directory as tags
from vesicle.readers.video_frames import MOST_FRAMES
from vesicle.readers.video_tiff_directory import Page, Source, open_source, pages_of

_MOST_SEGMENTS = 4_000_000
_LARGEST = 1 << 62
_REDUCED, _SEPARATE = 1, 2


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
    opened = open_source(stream)
    if opened is None:
        stream.seek(0)
        raise ReadError(
            "This is not a TIFF file, whatever its name says.",
            where=where,
            why=f"It begins with {stream.read(4).hex(' ') or 'nothing'}; a TIFF begins with 'II' or 'MM'.",
            next_step="Save the video again as a TIFF stack.",
        )
    source, head = opened
    collected = _Collected(source)
    for page in islice(pages_of(source, head), most):
        collected.add(page)
        if collected.broken:
            break
    return collected.structure(where)


class _Collected:
    """Grows while the chain is walked: numbers alone, since a file may claim a million pages."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.first: Page | None = None
        self.geometry: Geometry | None = None
        self.offsets, self.counts = array("q"), array("q")
        self.others, self.broken = 0, ""

    def add(self, page: Page | str) -> None:
        if isinstance(page, str):
            self.broken = page
        elif not page.number(tags.SUBFILE, 0) & _REDUCED:
            self._add_frame(page)

    def _add_frame(self, page: Page) -> None:
        geometry = _geometry(page)
        if self.first is None:
            self.first, self.geometry = page, geometry
        offsets = page.numbers(tags.STRIP_OFFSETS) or page.numbers(tags.TILE_OFFSETS)
        counts = page.numbers(tags.STRIP_COUNTS) or page.numbers(tags.TILE_COUNTS)
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
    height = page.number(tags.HEIGHT, 0)
    samples = page.number(tags.SAMPLES, 1)
    bits = page.numbers(tags.BITS) or (1,)
    return Geometry(
        height=height,
        width=page.number(tags.WIDTH, 0),
        bits=bits,
        compression=page.number(tags.COMPRESSION, 1),
        photometric=page.number(tags.PHOTOMETRIC, 1),
        samples=samples,
        sample_format=page.numbers(tags.SAMPLE_FORMAT) or (1,),
        is_planar=samples > 1 and page.number(tags.PLANAR, 1) == _SEPARATE,
        predictor=page.number(tags.PREDICTOR, 1),
        fill_order=page.number(tags.FILL_ORDER, 1),
        rows_per_strip=min(page.number(tags.ROWS_PER_STRIP, height), height),
        tile=(page.number(tags.TILE_HEIGHT, 0), page.number(tags.TILE_WIDTH, 0)),
    )
