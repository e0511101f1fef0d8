"""Encoded videos in any container that PyAV opens: mp4, mov, mkv, wmv, and AVI with a codec."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from io import FileIO
from typing import TYPE_CHECKING

import numpy as np

from vesicle.errors import ReadError
from vesicle.measurements import Video
from vesicle.readers import HEAD_BYTES, RawFile, Reader
from vesicle.readers.streams import opened
from vesicle.readers.video_av_frames import (
    LIMITED_RANGE,
    DecodedFrames,
    demuxed,
    has_luma,
    packets,
    pictures,
    refusing,
    stored_samples,
    undecodable,
)
from vesicle.readers.video_avi import header_of, needs_decoder
from vesicle.readers.video_avi_chunks import is_avi
from vesicle.readers.video_frames import MOST_FRAMES, PixelLayout
from vesicle.readers.video_metadata import Stated, iso_date
from vesicle.readers.video_probe import PROBED_FRAMES, with_bits, with_grey
from vesicle.readers.video_record import check_size, location_of, lost_frames, video_record
from vesicle.readers.video_times import Times, times_from
from vesicle.results import Warned

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

NAME = "video-av"
_PICTURE_BRANDS = (b"heic", b"heix", b"avif", b"mif1", b"msf1", b"M4A ", b"jp2 ", b"jpx ", b"crx ")
_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_STARTS = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"FLV\x01", "flv"),
    (b"YUV4MPEG2 ", "yuv4mpegpipe"),
)
_LIMITED, _FULL = 1, 2
_BLACK, _WHITE = 16, 235
_WHOLE = 0.2
"""A duration that is no whole number of frames is not believed to the last of them."""


def container_of(head: bytes) -> str | None:
    """PyAV's name for the kind of container, by its first bytes.

    Parameters
    ----------
    head : bytes
        The beginning of a file.

    Returns
    -------
    str or None
        None for what is no video that a decoder is needed for.

    Examples
    --------
    >>> container_of(b"YUV4MPEG2 W64 H48"), container_of(b"hello")
    ('yuv4mpegpipe', None)
    """
    if is_avi(head):
        header = header_of(head)
        return "avi" if header is not None and needs_decoder(header) else None
    if head[4:8] in _ATOMS:
        return None if head[8:12] in _PICTURE_BRANDS else "mov"
    return next((name for start, name in _STARTS if head.startswith(start)), None)


def sniff(name: str, head: bytes) -> float:
    """How surely a file is an encoded video.

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
    return 0.9 if container_of(head) else 0.0


def read(raw: RawFile) -> Video:
    """An encoded video; its frames are decoded when they are asked for.

    Parameters
    ----------
    raw : RawFile
        With its location.

    Returns
    -------
    Video
        ``is_lossy`` says whether the codec altered grey levels.

    Raises
    ------
    ReadError
        When the package is missing, or no frame can be decoded.
    """
    path, size = location_of(raw), raw.ref.size_bytes
    with opened(path, where=raw.name, size_bytes=size) as stream:
        container = container_of(stream.read(HEAD_BYTES))
        if container is None:
            raise undecodable(raw.name, 0, "It does not begin like a video that can be decoded.")
        header = _header(stream, container, where=raw.name)
        look = _look(stream, container, header, where=raw.name)
    claimed = max(header.claimed, header.packets)
    notes = lost_frames(look.count, claimed, where=raw.name)
    frames = DecodedFrames(
        path=path,
        where=raw.name,
        size_bytes=size,
        container=container,
        count=look.count,
        layout=look.layout,
        bits=look.bits,
    )
    frames, colours = with_grey(frames, "rgb" if look.layout.samples > 1 else "")
    frames, bits = with_bits(frames, None)
    return video_record(
        raw,
        reader=NAME,
        frames=frames,
        stated=replace(header.stated, fps=header.times.fps),
        codec=header.codec,
        is_lossy=header.is_lossy,
        dropped=tuple(place for i, place in enumerate(header.times.dropped) if place - i < look.count),
        warnings=(*notes, *header.times.warnings, *_doubt_gaps(header.times), *colours, *bits),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What the container says, and the time stamps of its packets."""

    codec: str
    is_lossy: bool
    is_counted: bool
    claimed: int
    packets: int
    times: Times
    stated: Stated


def _header(stream: FileIO, container: str, *, where: str) -> _Header:
    with demuxed(stream, container, where=where) as (source, video), refusing(where, lambda: 0):
        context = video.codec_context
        check_size(context.height, context.width, where=where)
        stamps = [packet.pts for _, packet in zip(range(MOST_FRAMES), packets(source, video), strict=False)]
        rate, tick = video.average_rate or video.guessed_rate, video.time_base
        times = times_from(stamps, tick_s=float(tick) if tick else 0.0, fps=float(rate) if rate else None)
        codec = context.codec
        return _Header(
            codec=codec.name,
            is_lossy=codec.lossy,
            is_counted=codec.intra_only or not codec.lossy,
            claimed=_claimed(source, video, times),
            packets=len(stamps),
            times=times,
            stated=_stated(source),
        )


def _claimed(source: InputContainer, video: VideoStream, times: Times) -> int:
    """Frames that the header claims: in number, or as a duration."""
    if 0 < video.frames <= MOST_FRAMES:
        return video.frames
    frames = (source.duration or 0) / 1e6 * (times.fps or 0.0)
    if not 0 < frames <= MOST_FRAMES:
        return 0
    return round(frames) if abs(frames - round(frames)) < _WHOLE else int(frames) - 1


def _stated(source: InputContainer) -> Stated:
    texts = {key.casefold(): value for key, value in source.metadata.items()}
    return Stated(
        acquired=iso_date(texts.get("creation_time", texts.get("date", ""))),
        software=(texts.get("software") or texts.get("encoder") or "")[:80],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What decoding some frames, or all, showed."""

    count: int
    layout: PixelLayout
    bits: int


def _look(stream: FileIO, container: str, header: _Header, *, where: str) -> _Look:
    """Decode the first frames, or all where the packets do not say how many there are."""
    first: VideoFrame | None = None
    count, is_limited = 0, True
    with closing(pictures(stream, container, where=where)) as frames:
        try:
            for frame in frames:
                first = first or frame
                count += 1
                if count <= PROBED_FRAMES:
                    is_limited &= _is_limited(frame)
                elif header.is_counted:
                    count = header.packets
                    break
        except ReadError:
            if first is None:
                raise
    if first is None:
        raise undecodable(where, 0, "It holds no frame.")
    layout = _layout(first, is_limited=is_limited)
    # Colours are asked for in 8 bits each, whatever the encoder had.
    return _Look(count=count, layout=layout, bits=_bits(first) if layout.samples == 1 else 8)


def _bits(frame: VideoFrame) -> int:
    return frame.format.components[0].bits


def _layout(first: VideoFrame, *, is_limited: bool) -> PixelLayout:
    samples = 1 if has_luma(first) else 3
    item = "|u1" if _bits(first) <= 8 or samples > 1 else "<u2"
    return PixelLayout(
        height=first.height,
        width=first.width,
        sample=item,
        samples=samples,
        row_bytes=first.width * samples * np.dtype(item).itemsize,
        table=LIMITED_RANGE if is_limited else b"",
    )


def _is_limited(frame: VideoFrame) -> bool:
    """Whether black is 16 and white 235: as the file says, else when no level of the frame lies outside."""
    name, said = frame.format.name, int(frame.color_range)
    is_full = said == _FULL or name.startswith(("gray", "ya", "yuvj"))
    if is_full or not has_luma(frame) or _bits(frame) > 8:
        return False
    level = stored_samples(frame, 1)
    return said == _LIMITED or bool(level.min() >= _BLACK and level.max() <= _WHITE)


def _doubt_gaps(times: Times) -> tuple[Warned, ...]:
    if not times.dropped:
        return ()
    message = f"The time stamps leave out {len(times.dropped):,} frames, the first at {times.dropped[0]}."
    return (Warned(code="frames_dropped", message=message),)


READER = Reader(
    name=NAME,
    title="Video that is encoded (mp4, mov, mkv, wmv, avi)",
    patterns=("*.mp4", "*.mov", "*.mkv", "*.wmv", "*.avi"),
    sniff=sniff,
    read=read,
    gives="a video of particles, to be tracked",
    how_to_export="Better save the video uncompressed, as AVI or TIFF stack: encoding alters weak particles.",
    is_streamed=True,
)
