"""Frames of a TIFF stack that are compressed, tiled or in scattered strips: decoded page by page."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from io import FileIO
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import MissingExtra, ReadError
from vesicle.measurements.sizing import read_only
from vesicle.measurements.video import GreyBlock
from vesicle.readers.streams import changed, opened
from vesicle.readers.video_frames import PixelLayout, block_length, mixed, unpack_12_bits
from vesicle.readers.video_tiff_pages import Geometry

NONE, LZW, JPEG, DEFLATE, PACK_BITS, LZMA, ZSTD = 1, 5, 7, 8, 32773, 34925, 50000
OLD_DEFLATE = 32946
CODECS = {
    NONE: "uncompressed",
    LZW: "LZW",
    JPEG: "JPEG",
    DEFLATE: "deflate",
    OLD_DEFLATE: "deflate",
    PACK_BITS: "PackBits",
    LZMA: "LZMA",
    ZSTD: "Zstandard",
}
LOSSY = frozenset({JPEG})
_OF_IMAGECODECS = frozenset({LZW, JPEG, ZSTD})
_HORIZONTAL = 2

Segment: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
_Decode: TypeAlias = Callable[[bytes, int], Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentedFrames:
    """Frames that are put together from strips or tiles; both arrays have shape (frames, segments)."""

    path: Path
    where: str
    size_bytes: int
    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]
    geometry: Geometry
    layout: PixelLayout
    bits: int = 8

    @property
    def shape(self) -> tuple[int, int, int]:
        """Frames, rows and columns."""
        return len(self.offsets), self.layout.height, self.layout.width

    def only(self, frames: NDArray[np.int64]) -> SegmentedFrames:
        """As :meth:`vesicle.readers.video_frames.StoredFrames.only`."""
        offsets, counts = self.offsets[frames], self.counts[frames]
        return replace(self, offsets=read_only(offsets), counts=read_only(counts))

    def blocks(self, length: int) -> Iterator[GreyBlock]:
        """As :meth:`vesicle.measurements.Frames.blocks`, in fewer frames a block where they are large."""
        step = block_length(length, self.layout.frame_bytes)
        with (
            opened(self.path, where=self.where, size_bytes=self.size_bytes) as stream,
            _decoder(self.path, self.geometry, self.layout, where=self.where) as decode,
        ):
            for first in range(0, len(self.offsets), step):
                pages = range(first, min(first + step, len(self.offsets)))
                frames = [self._frame(stream, page, decode) for page in pages]
                yield cast("GreyBlock", read_only(np.stack(frames)))

    def _frame(self, stream: FileIO, page: int, decode: _Decode) -> GreyBlock:
        planes = [self._plane(stream, page, plane, decode) for plane in range(self._planes)]
        samples = planes[0] if len(planes) == 1 else np.stack(planes, axis=-1)
        rows = cast("GreyBlock", samples.reshape(1, self.layout.height, -1))
        return mixed(rows, self.layout)[0]

    @property
    def _planes(self) -> int:
        return self.geometry.samples if self.geometry.is_planar else 1

    def _plane(self, stream: FileIO, page: int, plane: int, decode: _Decode) -> Segment:
        """One plane of a page, all its strips or tiles in their places."""
        height, width = self.layout.height, self.layout.width
        deep, wide = segment_shape(self.geometry)
        across = -(-width // wide)
        each = self.offsets.shape[1] // self._planes
        per_pixel = 1 if self.geometry.is_planar else self.geometry.samples
        picture = np.zeros((height, width, per_pixel), np.dtype(self.layout.sample).newbyteorder("="))
        for index in range(each):
            data = self._segment(stream, page, plane * each + index)
            top, left = index // across * deep, index % across * wide
            place = picture[top : top + deep, left : left + wide]
            try:
                place[...] = decode(data, plane * each + index)[: place.shape[0], : place.shape[1]]
            except Exception as error:  # a damaged page can make other people's code fail in any way
                raise _undecodable(self.where, page, str(error)) from error
        return cast("Segment", picture if per_pixel > 1 else picture[..., 0])

    def _segment(self, stream: FileIO, page: int, index: int) -> bytes:
        offset, count = int(self.offsets[page, index]), int(self.counts[page, index])
        stream.seek(offset)
        data = stream.read(count)
        if len(data) < count:
            raise changed(self.where, f"It ends before byte {offset + count:,}.")
        return data


def segment_shape(geometry: Geometry) -> tuple[int, int]:
    """Rows and columns of a tile, or of a strip.

    Parameters
    ----------
    geometry : Geometry
        Of the pages.

    Returns
    -------
    tuple of int
        Those of the last strip may be fewer.
    """
    return geometry.tile if all(geometry.tile) else (geometry.rows_per_strip, geometry.width)


def _undecodable(where: str, page: int, why: str) -> ReadError:
    return ReadError(
        "A page of the video cannot be decoded.",
        where=f"{where}, page {page + 1}",
        why=why[:200] or "Its bytes make no picture.",
        next_step="Copy the file again, or save the video again without compression.",
    )


@contextmanager
def _decoder(path: Path, geometry: Geometry, layout: PixelLayout, *, where: str) -> Generator[_Decode]:
    """A function from the bytes of a segment to its samples, shape (rows, columns, samples)."""
    if geometry.compression in {NONE, DEFLATE, OLD_DEFLATE, PACK_BITS}:
        yield lambda data, _: _unpacked(data, geometry, layout)
        return
    if geometry.compression in _OF_IMAGECODECS and find_spec("imagecodecs") is None:
        raise MissingExtra(
            f"The pages of this video are compressed with {CODECS[geometry.compression]}, which needs a package.",
            where=where,
            why="The package 'imagecodecs' is not installed.",
            next_step="Run: pip install 'vesicle[video]', or save the video without compression.",
        )
    with _decoder_of_tifffile(path, where=where) as decode:
        yield decode


def _unpacked(data: bytes, geometry: Geometry, layout: PixelLayout) -> Segment:
    deep, wide = segment_shape(geometry)
    per_pixel = 1 if geometry.is_planar else geometry.samples
    item = np.dtype(layout.sample)
    row_bytes = -(-wide * per_pixel * geometry.bits[0] // 8)
    data = _expanded(data, geometry.compression, most=deep * row_bytes)
    rows = len(data) // row_bytes
    if not rows:
        raise ValueError(f"a strip holds {len(data)} bytes, less than a row of {row_bytes}")
    stored = np.frombuffer(data, np.uint8, rows * row_bytes).reshape(rows, row_bytes)
    if layout.is_packed:
        return unpack_12_bits(stored, width=wide)[..., np.newaxis]
    samples = stored.view(item).reshape(rows, wide, per_pixel).astype(item.newbyteorder("="))
    if geometry.predictor == _HORIZONTAL:
        np.cumsum(samples, axis=1, dtype=samples.dtype, out=samples)
    return cast("Segment", samples)


def _expanded(data: bytes, compression: int, *, most: int) -> bytes:
    """The bytes of a segment, never more than it may hold, whatever the file claims."""
    if compression in {DEFLATE, OLD_DEFLATE}:
        return zlib.decompressobj().decompress(data, most)
    if compression == PACK_BITS:
        return _from_pack_bits(data, most=most)
    return data[:most]


def _from_pack_bits(data: bytes, *, most: int) -> bytes:
    out, at = bytearray(), 0
    while at + 1 < len(data) and len(out) < most:
        head = data[at]
        if head < 128:
            out += data[at + 1 : at + 2 + head]
            at += 2 + head
        elif head == 128:
            at += 1
        else:
            out += data[at + 1 : at + 2] * (257 - head)
            at += 2
    return bytes(out[:most])


@contextmanager
def _decoder_of_tifffile(path: Path, *, where: str) -> Generator[_Decode]:
    import logging

    import tifffile

    logging.getLogger("tifffile").addHandler(logging.NullHandler())  # its doubts are not for standard error
    try:
        file = tifffile.TiffFile(path)
    except Exception as error:  # a damaged page can make other people's code fail in any way
        raise _undecodable(where, 0, f"{type(error).__name__}: {error}") from error
    with file:
        page = file.pages.first

        def decode(data: bytes, index: int) -> Segment:
            found = page.decode(data, index, jpegtables=page.jpegtables)[0]
            if found is None:
                raise ValueError("The strip is empty.")
            return cast("Segment", found[0])

        yield decode
