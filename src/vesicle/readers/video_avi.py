"""AVI files with uncompressed frames: grey or colour bitmaps, with or without a palette."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import ReadError
from vesicle.measurements import Video
from vesicle.measurements.sizing import read_only
from vesicle.readers import RawFile, Reader
from vesicle.readers.streams import opened
from vesicle.readers.video_avi_chunks import AviFrames, AviHeader, is_avi, read_frames, read_header
from vesicle.readers.video_frames import PixelLayout, StoredFrames
from vesicle.readers.video_metadata import Stated, avi_date
from vesicle.readers.video_probe import with_bits, with_grey
from vesicle.readers.video_record import check_size, location_of, lost_frames, video_record
from vesicle.results import Warned

NAME = "video-avi"
_BITMAP = (b"\x00\x00\x00\x00", b"DIB ", b"RGB ", b"RAW ")
_GREY = {b"Y800": 8, b"Y8  ": 8, b"GREY": 8, b"Y10 ": 10, b"Y12 ": 12, b"Y16 ": 16} | {
    b"Y1\x00\x0a": 10,
    b"Y1\x00\x0c": 12,
    b"Y1\x00\x10": 16,
}
_ORDER = {8: "", 24: "bgr", 32: "bgrx"}


def is_stored(header: AviHeader) -> bool:
    """Whether the frames of an AVI file lie in it uncompressed, in a layout that is read here.

    Parameters
    ----------
    header : AviHeader
        Its headers.

    Returns
    -------
    bool
        False for what a decoder is needed for.
    """
    return header.codec in _GREY or (header.codec in _BITMAP and header.bits in _ORDER)


def needs_decoder(header: AviHeader) -> bool:
    """Whether the frames of an AVI file are encoded.

    Sixteen bits a pixel without a codec are not: a decoder takes them for colours, some writers mean grey, and
    so they are refused.

    Parameters
    ----------
    header : AviHeader
        Its headers.

    Returns
    -------
    bool
        True for every codec that is not stored plainly.
    """
    return not is_stored(header) and header.codec not in _BITMAP


def header_of(head: bytes) -> AviHeader | None:
    """The headers of an AVI file from its beginning.

    Parameters
    ----------
    head : bytes
        The first 64 KiB.

    Returns
    -------
    AviHeader or None
        None when it is not AVI, or they do not stand there.
    """
    try:
        return read_header(io.BytesIO(head), size_bytes=len(head), where="")
    except ReadError:
        return None


def sniff(name: str, head: bytes) -> float:
    """How surely a file is an AVI with uncompressed frames.

    Parameters
    ----------
    name : str
        Not used.
    head : bytes
        The first 64 KiB.

    Returns
    -------
    float
        0 to 1.
    """
    del name
    if not is_avi(head):
        return 0.0
    header = header_of(head)
    if header is None:
        return 0.5
    return 0.0 if needs_decoder(header) else 0.95


def read(raw: RawFile) -> Video:
    """An uncompressed AVI as a video.

    Parameters
    ----------
    raw : RawFile
        With its location.

    Returns
    -------
    Video
        Frames that the recorder lost are in ``dropped``, not among the frames.

    Raises
    ------
    ReadError
        When it is compressed, or no frame is whole.
    """
    path, size = location_of(raw), raw.ref.size_bytes
    with opened(path, where=raw.name, size_bytes=size) as stream:
        header = read_header(stream, size_bytes=size, where=raw.name)
        found = read_frames(stream, header, size_bytes=size)
    layout = _layout(header, found, where=raw.name)
    kept = _kept(found, header, layout, size_bytes=size, where=raw.name)
    stored = StoredFrames(
        path=path,
        where=raw.name,
        size_bytes=size,
        offsets=read_only(kept.starts),
        layout=layout,
        bits=_GREY.get(header.codec, 8),
    )
    frames, colours = with_grey(stored, _ORDER.get(header.bits, "") if header.codec in _BITMAP else "")
    frames, bits = with_bits(frames, None)
    stated = Stated(fps=header.fps, acquired=avi_date(header.date), software=header.software)
    return video_record(
        raw,
        reader=NAME,
        frames=frames,
        stated=stated,
        dropped=kept.dropped,
        warnings=(*kept.warnings, *_doubt_palette(header, layout), *colours, *bits),
    )


def _layout(header: AviHeader, found: AviFrames, *, where: str) -> PixelLayout:
    height = abs(header.height)
    check_size(height, header.width, where=where)
    if not is_stored(header):
        raise _refused(header, where=where)
    is_bitmap = header.codec in _BITMAP
    samples = header.bits // 8 if is_bitmap else 1
    used = header.width * (samples if is_bitmap else (_GREY[header.codec] + 7) // 8)
    padded = -(-used // 4) * 4
    # Some writers leave the padding out; the size of the frames says which kind this is.
    sizes = found.sizes[found.sizes > 0]
    is_tight = len(sizes) > 0 and used * height <= int(np.median(sizes)) < padded * height
    return PixelLayout(
        height=height,
        width=header.width,
        sample="|u1" if is_bitmap or _GREY[header.codec] == 8 else "<u2",
        samples=samples,
        row_bytes=used if is_tight else padded,
        is_bottom_up=is_bitmap and header.height > 0,
        table=_table(header) if is_bitmap and header.bits == 8 else b"",
    )


def _refused(header: AviHeader, *, where: str) -> ReadError:
    if needs_decoder(header):
        why = f"The codec is '{header.codec.decode('latin-1')}', which needs a decoder."
    else:
        why = f"With {header.bits} bits a pixel and no codec, whether grey or colour is meant cannot be told."
    return ReadError(
        "The frames of this AVI file have a layout that is not read here.",
        where=where,
        why=why,
        next_step="Save the video again as uncompressed 8-bit grey AVI or as a TIFF stack.",
    )


def _table(header: AviHeader) -> bytes:
    """The grey level of each palette entry; empty when entries are grey levels already."""
    entries = _entries(header)
    if not len(entries):
        return b""
    luma = np.rint(entries[:, :3] @ np.array([0.114, 0.587, 0.299])).astype(np.uint8)
    full = np.zeros(256, np.uint8)
    full[: len(luma)] = luma
    is_ramp = bool(np.array_equal(luma, np.arange(len(luma)))) and _is_grey(entries)
    return b"" if is_ramp else full.tobytes()


def _entries(header: AviHeader) -> NDArray[np.uint8]:
    whole = len(header.palette) // 4 * 4
    return np.frombuffer(header.palette[:whole], np.uint8).reshape(-1, 4)


def _is_grey(entries: NDArray[np.uint8]) -> bool:
    return bool(np.all(entries[:, :3] == entries[:, :1]))


def _doubt_palette(header: AviHeader, layout: PixelLayout) -> tuple[Warned, ...]:
    if not layout.table:
        return ()
    if _is_grey(_entries(header)):
        message = "The palette is grey but not a plain ramp; its grey levels are used."
    else:
        message = "The palette has colours; the grey level is 0.299 red + 0.587 green + 0.114 blue."
    return (Warned(code="palette_used", message=message),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The frames that are whole, the places in time of those that the recorder lost, and the doubts."""

    starts: NDArray[np.int64]
    dropped: tuple[int, ...]
    warnings: tuple[Warned, ...]


def _kept(found: AviFrames, header: AviHeader, layout: PixelLayout, *, size_bytes: int, where: str) -> _Kept:
    is_short = found.sizes < layout.frame_bytes
    is_cut = found.starts + layout.frame_bytes > size_bytes
    end = int(np.argmax(is_cut & ~is_short)) if bool(np.any(is_cut & ~is_short)) else len(is_cut)
    is_lost = is_short[:end]
    starts = found.starts[:end][~is_lost]
    claimed = max(len(found.sizes), header.frames if header.frames <= 10 * max(1, len(found.sizes)) else 0)
    dropped = tuple(np.flatnonzero(is_lost).tolist())
    notes = lost_frames(len(starts) and end, claimed, where=where, broken=found.broken)
    if dropped:
        message = f"The recorder lost {len(dropped):,} of {end:,} frames, the first at {dropped[0]}."
        notes += (Warned(code="frames_dropped", message=message),)
    return _Kept(starts=starts, dropped=dropped, warnings=notes)


READER = Reader(
    name=NAME,
    title="Video as uncompressed AVI",
    patterns=("*.avi",),
    sniff=sniff,
    read=read,
    gives="a video of particles, to be tracked",
    how_to_export="Save the video as uncompressed 8-bit grey AVI.",
    is_streamed=True,
)
