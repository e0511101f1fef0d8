"""TIFF stacks as videos: one page per frame, or one directory for many frames (ImageJ beyond 4 GB)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import BadValue, ReadError, quoted
from vesicle.measurements import Video
from vesicle.measurements.sizing import read_only
from vesicle.readers import RawFile, Reader
from vesicle.readers import video_tiff_pages as tiff
from vesicle.readers.streams import opened
from vesicle.readers.video_frames import MOST_FRAMES, PixelLayout, StoredFrames
from vesicle.readers.video_probe import with_bits, with_grey
from vesicle.readers.video_record import check_size, location_of, lost_frames, video_record
from vesicle.readers.video_tiff_axes import frame_pages
from vesicle.readers.video_tiff_directory import MAGIC
from vesicle.readers.video_tiff_frames import CODECS, LOSSY, NONE, SegmentedFrames, segment_shape
from vesicle.readers.video_tiff_metadata import describe
from vesicle.results import Warned

NAME = "video-tiff"
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _YCBCR = 0, 1, 2, 3, 6
_COLOURS = (_RGB, _YCBCR)
_UNSIGNED = 1
_PACKED_BITS = 12
_LOOKED_AT = 16
_PICTURE_REMEDY = (
    "Leave it here, nothing fails; sizes that were measured in it can be added as csv with the column "
    "'Diameter (nm)'."
)


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a TIFF stack.

    Parameters
    ----------
    name : str
        Not used.
    head : bytes
        The first 64 KiB, which need not hold a single directory.

    Returns
    -------
    float
        0 to 1.
    """
    del name
    return 0.9 if head.startswith(MAGIC) else 0.0


def declines(location: Path) -> str:
    """Why a TIFF file is no video: it holds a single picture, or several of different kinds.

    Parameters
    ----------
    location : pathlib.Path
        A file that begins like a TIFF.

    Returns
    -------
    str
        Empty when it may be a video, and when it is damaged: reading it says why.
    """
    try:
        with location.open("rb") as stream:
            structure = tiff.read_structure(stream, where=location.name, most=_LOOKED_AT)
    except (ReadError, OSError):
        return ""
    if len(structure.offsets) > 1 or structure.broken or describe(structure.first).axes.images > 1:
        return ""
    found = "pictures of different kinds" if structure.others else "a single picture"
    return f"This file holds {found}, not the frames of a video. {_PICTURE_REMEDY}"


def read(raw: RawFile) -> Video:
    """A TIFF stack as a video.

    Parameters
    ----------
    raw : RawFile
        With its location.

    Returns
    -------
    Video
        Its scale holds what the metadata states and can be true.

    Raises
    ------
    ReadError
        When it is no stack of frames of whole numbers, or no frame is whole.
    """
    with opened(location_of(raw), where=raw.name, size_bytes=raw.ref.size_bytes) as stream:
        structure = tiff.read_structure(stream, where=raw.name)
    described = describe(structure.first)
    layout = _layout(structure, where=raw.name)
    pages = _pages(structure, layout, images=described.axes.images)
    kept, notes = _whole(pages, structure, where=raw.name)
    chosen, choices = frame_pages(described.axes, kept, where=raw.name)
    frames = _frames(raw, structure, layout, pages.taken(chosen))
    frames, colours = with_grey(frames, "rgb" if structure.geometry.photometric in _COLOURS else "")
    # A codec that is missing, or a first page that is damaged, is a refusal of the file.
    next(frames.blocks(1))
    frames, bits = with_bits(frames, described.stated.bits)
    return video_record(
        raw,
        reader=NAME,
        frames=frames,
        stated=described.stated,
        codec=CODECS[structure.geometry.compression],
        is_lossy=structure.geometry.compression in LOSSY,
        warnings=(*notes, *choices, *_doubt_display(structure), *colours, *bits),
    )


def _layout(structure: tiff.Structure, *, where: str) -> PixelLayout:
    """How a page is stored, or the reason why it cannot be read."""
    found = structure.geometry
    check_size(found.height, found.width, where=where)
    reason = _reason_against(found)
    if reason:
        raise ReadError(
            "The pages of this file are not frames that can be tracked.",
            where=where,
            why=reason,
            next_step="Save the video as a stack of 8-bit or 16-bit grey frames without compression.",
        )
    bits, samples = found.bits[0], 1 if found.is_planar else found.samples
    return PixelLayout(
        height=found.height,
        width=found.width,
        sample="|u1" if bits == 8 else f"{structure.order}u2",
        samples=found.samples,
        row_bytes=-(-found.width * samples * bits // 8),
        is_packed=bits == _PACKED_BITS,
    )


def _reason_against(found: tiff.Geometry) -> str:
    bits = set(found.bits)
    if set(found.sample_format) != {_UNSIGNED}:
        return "The pixels are not whole numbers from zero (unsigned integers)."
    if len(bits) != 1 or not bits <= {8, 12, 16} or (bits == {_PACKED_BITS} and found.samples > 1):
        return f"A sample has {quoted(sorted(bits))} bits; 8, 12 and 16 are read."
    if found.compression not in CODECS:
        return f"The compression {found.compression} is not known; read are {quoted(set(CODECS.values()))}."
    if not 1 <= found.samples <= 4:
        return f"A pixel has {found.samples} samples; 1 to 4 are read."
    if found.photometric not in {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _PALETTE, *_COLOURS}:
        return f"The colour space {found.photometric} is not read; grey and RGB are."
    if found.predictor not in {1, 2} or found.fill_order != 1:
        return "The pixels are stored in a way that is not read (predictor or order of bits)."
    return "" if all(segment_shape(found)) else "A strip has no rows."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """Where the pages are; ``counts`` is None for pages that lie in one piece without compression."""

    offsets: NDArray[np.int64]
    counts: NDArray[np.int64] | None
    claimed: int
    page_bytes: int

    def taken(self, chosen: NDArray[np.int64]) -> _Pages:
        counts = None if self.counts is None else self.counts[chosen]
        return replace(self, offsets=self.offsets[chosen], counts=counts)

    def are_whole(self, size_bytes: int) -> NDArray[np.bool_]:
        """Which pages lie inside the file."""
        if self.counts is None:
            return (self.offsets > 0) & (self.offsets + self.page_bytes <= size_bytes)
        return np.all((self.offsets > 0) & (self.offsets + self.counts <= size_bytes), axis=1)


def _pages(structure: tiff.Structure, layout: PixelLayout, *, images: int) -> _Pages:
    page_bytes = layout.frame_bytes * (layout.samples if structure.geometry.is_planar else 1)
    offsets, counts = structure.offsets, structure.counts
    if not _is_in_one_piece(structure, layout):
        return _Pages(offsets=offsets, counts=counts, claimed=len(offsets), page_bytes=page_bytes)
    firsts, claimed = offsets[:, 0], max(len(offsets), images)
    if len(offsets) == 1 < images:
        first = int(firsts[0])
        room = max(0, structure.size_bytes - first) // page_bytes
        firsts = first + np.arange(min(images, room, MOST_FRAMES), dtype=np.int64) * page_bytes
    return _Pages(offsets=firsts, counts=None, claimed=claimed, page_bytes=page_bytes)


def _is_in_one_piece(structure: tiff.Structure, layout: PixelLayout) -> bool:
    found = structure.geometry
    if found.compression != NONE or found.is_planar or found.predictor != 1 or not structure.offsets.size:
        return False
    deep, wide = segment_shape(found)
    is_strip = wide == found.width
    return is_strip and bool(np.all(np.diff(structure.offsets, axis=1) == deep * layout.row_bytes))


def _whole(pages: _Pages, structure: tiff.Structure, *, where: str) -> tuple[int, tuple[Warned, ...]]:
    """How many pages from the first on are whole, and what was left out."""
    is_whole = pages.are_whole(structure.size_bytes)
    kept = len(is_whole) if is_whole.all() else int(np.argmin(is_whole))
    notes = lost_frames(kept, pages.claimed, where=where, broken=structure.broken)
    stored = kept * pages.page_bytes if pages.counts is None else int(pages.counts[:kept].sum())
    if stored > structure.size_bytes:
        raise BadValue(
            "Several pages of the file share the same bytes.",
            where=where,
            why=f"{kept:,} pages claim {stored:,} bytes in a file of {structure.size_bytes:,}.",
            next_step="Copy the file again, or save the video again.",
        )
    if structure.others > kept:
        raise ReadError(
            "The pages of this file are pictures of different kinds, not the frames of a video.",
            where=where,
            why=f"{kept} pages are like the first, {structure.others} are not.",
            next_step="Save the video as a stack of its own.",
        )
    return kept, (*notes, *_doubt_pages(structure))


def _doubt_pages(structure: tiff.Structure) -> tuple[Warned, ...]:
    if not structure.others:
        return ()
    message = f"{structure.others} pages differ from the first in size or kind; they were left out."
    return (Warned(code="pages_left_out", message=message),)


def _doubt_display(structure: tiff.Structure) -> tuple[Warned, ...]:
    shown = {_WHITE_IS_ZERO: "inverted", _PALETTE: "in false colours"}.get(structure.geometry.photometric)
    if shown is None:
        return ()
    message = f"The file is shown {shown}; the stored grey levels are used as they are."
    return (Warned(code="display_ignored", message=message),)


def _frames(
    raw: RawFile, structure: tiff.Structure, layout: PixelLayout, pages: _Pages
) -> StoredFrames | SegmentedFrames:
    path, bits = location_of(raw), structure.geometry.bits[0]
    if pages.counts is None:
        return StoredFrames(
            path=path,
            where=raw.name,
            size_bytes=structure.size_bytes,
            offsets=read_only(pages.offsets),
            layout=layout,
            bits=bits,
        )
    return SegmentedFrames(
        path=path,
        where=raw.name,
        size_bytes=structure.size_bytes,
        offsets=read_only(pages.offsets),
        counts=read_only(pages.counts),
        geometry=structure.geometry,
        layout=layout,
        bits=bits,
    )


READER = Reader(
    name=NAME,
    title="Video as a TIFF stack",
    patterns=("*.tif", "*.tiff", "*.stk"),
    sniff=sniff,
    read=read,
    gives="a video of particles, to be tracked",
    how_to_export="Save the video as an uncompressed stack of grey frames (tif), one page per frame.",
    is_streamed=True,
    declines=declines,
)
