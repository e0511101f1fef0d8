"""Frames of an encoded video, decoded one after the other by PyAV; only a block of them is in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import MissingExtra, ReadError
from vesicle.measurements.sizing import read_only
from vesicle.measurements.video import GreyBlock
from vesicle.readers.streams import opened
from vesicle.readers.video_frames import LARGEST_FRAME_PX, PixelLayout, block_length, mixed

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

LIMITED_RANGE = bytes(
    np.clip(np.rint((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8).tobytes()
)
"""Grey levels of the luma that most encoders write, in which black is 16 and white 235."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedFrames:
    """Frames that a decoder makes; ``container`` is the name that PyAV has for the kind of file.

    A layout of one sample takes the luma plane as it is, one of three asks the decoder for red, green and blue.
    """

    path: Path
    where: str
    size_bytes: int
    container: str
    count: int
    layout: PixelLayout
    bits: int = 8

    @property
    def shape(self) -> tuple[int, int, int]:
        """Frames, rows and columns."""
        return self.count, self.layout.height, self.layout.width

    def only(self, frames: NDArray[np.int64]) -> DecodedFrames:
        """As many frames as there are indices, from the beginning: others would have to be decoded too.

        Parameters
        ----------
        frames : numpy.ndarray
            Indices.

        Returns
        -------
        DecodedFrames
            At least one.
        """
        return replace(self, count=max(1, min(self.count, len(frames))))

    def blocks(self, length: int) -> Iterator[GreyBlock]:
        """As :meth:`vesicle.measurements.Frames.blocks`, in fewer frames a block where they are large."""
        step, block, done = block_length(length, self.layout.frame_bytes), [], 0
        with opened(self.path, where=self.where, size_bytes=self.size_bytes) as stream:
            for frame in pictures(stream, self.container, where=self.where):
                block.append(self._grey(frame, done))
                done += 1
                if len(block) == step or done == self.count:
                    yield _stacked(block)
                    block = []
                if done == self.count:
                    return
        raise undecodable(self.where, done, f"Only {done:,} of {self.count:,} frames could be decoded.")

    def _grey(self, frame: VideoFrame, number: int) -> GreyBlock:
        if (frame.height, frame.width) != (self.layout.height, self.layout.width):
            raise undecodable(self.where, number, f"Its size is {frame.width} x {frame.height} pixels.")
        samples = stored_samples(frame, self.layout.samples)
        return mixed(samples[np.newaxis], self.layout)[0]


def _stacked(frames: list[GreyBlock]) -> GreyBlock:
    return cast("GreyBlock", read_only(np.stack(frames)))


def has_luma(frame: VideoFrame) -> bool:
    """Whether a frame has a plane of luma, or can be given one without a change of its values.

    Parameters
    ----------
    frame : av.VideoFrame
        As decoded.

    Returns
    -------
    bool
        False for red, green and blue, and for palettes.
    """
    return not (frame.format.is_rgb or frame.format.has_palette)


def stored_samples(frame: VideoFrame, samples: int) -> GreyBlock:
    """The samples of a decoded frame: its luma plane, or red, green and blue.

    Parameters
    ----------
    frame : av.VideoFrame
        As decoded.
    samples : int
        1 for luma, 3 for colours.

    Returns
    -------
    numpy.ndarray
        Shape (height, width * samples).
    """
    if samples > 1:
        return cast("GreyBlock", frame.to_ndarray(format="rgb24").reshape(frame.height, -1))
    if sum(component.plane == 0 for component in frame.format.components) > 1:
        frame = frame.reformat(format="yuv444p")  # luma and colour share a plane; this only takes them apart
    plane, component = frame.planes[0], frame.format.components[0]
    item = np.dtype("|u1" if component.bits <= 8 else ">u2" if frame.format.is_big_endian else "<u2")
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * frame.height].reshape(
        -1, plane.line_size
    )
    luma = np.ascontiguousarray(rows[:, : frame.width * item.itemsize]).view(item)
    return cast("GreyBlock", luma.astype(item.newbyteorder("="), copy=False))


def pictures(stream: FileIO, container: str, *, where: str) -> Generator[VideoFrame]:
    """The frames of the first video stream, in the order in which they are shown.

    Parameters
    ----------
    stream : BinaryIO
        The open file.
    container : str
        PyAV's name for its kind.
    where : str
        Its name for messages.

    Yields
    ------
    av.VideoFrame
        Those before the first that cannot be decoded.

    Raises
    ------
    ReadError
        When one cannot be decoded.
    """
    with demuxed(stream, container, where=where) as (source, video):
        done = 0
        with refusing(where, lambda: done):
            for packet in source.demux(video):
                if not packet.is_corrupt:
                    for frame in packet.decode():
                        yield frame
                        done += 1


@contextmanager
def demuxed(stream: FileIO, container: str, *, where: str) -> Generator[tuple[InputContainer, VideoStream]]:
    """An opened container and its first video stream.

    Parameters
    ----------
    stream : BinaryIO
        The open file; PyAV is never given a name, which it could take for an address or a pattern.
    container : str
        PyAV's name for its kind, so that no list of other files is followed.
    where : str
        Its name for messages.

    Yields
    ------
    container : av.container.InputContainer
        Closed afterwards.
    stream : av.video.stream.VideoStream
        The first one.

    Raises
    ------
    ReadError
        When it cannot be opened, or holds no video.
    """
    av = _library(where)
    try:
        source = av.open(_Source(stream), mode="r", format=container)
    except Exception as error:  # a damaged file can make a decoder fail in any way
        raise ReadError(
            "The video cannot be opened.",
            where=where,
            why=f"{_reason(error)}; its index may be missing, as in a recording that was not ended.",
            next_step="Copy the file again, or save the video again.",
        ) from error
    with source:
        known = [video for video in source.streams.video if video.codec_context is not None]
        if not known:
            raise ReadError(
                "The file holds no video that can be decoded.",
                where=where,
                why="It holds sound alone, or its codec is not known.",
                next_step="Save the video again, uncompressed where the camera allows it.",
            )
        # A damaged stream may state another size in its middle; the decoder must not make room for it.
        known[0].codec_context.options = {"max_pixels": str(LARGEST_FRAME_PX)}
        yield source, known[0]


class _Source:
    """A file that can be read, and in which no place is refused: PyAV prints what a refusal raises."""

    def __init__(self, stream: FileIO) -> None:
        self._stream = stream
        self._size = stream.seek(0, os.SEEK_END)
        self._stream.seek(0)

    def read(self, size: int) -> bytes:
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._stream.tell()}.get(whence, self._size)
        return self._stream.seek(min(max(0, start + offset), self._size))

    def tell(self) -> int:
        return self._stream.tell()


def _library(where: str) -> Any:
    try:
        import av
    except ImportError as error:
        raise MissingExtra(
            "This kind of video needs another package.",
            where=where,
            why="The package 'av' is not installed.",
            next_step="Run: pip install 'vesicle[video]', or save the video as an uncompressed AVI or TIFF stack.",
        ) from error
    return av


@contextmanager
def refusing(where: str, done: Callable[[], int]) -> Generator[None]:
    """Turn what the decoder raises into a refusal of the file.

    Parameters
    ----------
    where : str
        The file's name.
    done : callable
        How many frames were decoded.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    ReadError
        In place of the decoder's own error.
    """
    try:
        yield
    except ReadError:
        raise
    except Exception as error:  # a damaged file can make a decoder fail in any way
        raise undecodable(where, done(), f"{_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """What a decoder said, without the number and the name of the place where it said so."""
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200].rstrip(".")


def undecodable(where: str, frame: int, why: str) -> ReadError:
    """The refusal of a video whose frames cannot be made.

    Parameters
    ----------
    where : str
        The file's name.
    frame : int
        The first that is missing, counted from 0.
    why : str
        What the decoder said.

    Returns
    -------
    ReadError
        To be raised.
    """
    return ReadError(
        f"The video cannot be decoded from frame {frame + 1} on.",
        where=where,
        why=why,
        next_step="Copy the file again, or save the video again, uncompressed where the camera allows it.",
    )


def packets(source: InputContainer, video: VideoStream) -> Iterator[Packet[VideoStream]]:
    """The packets of a video stream that hold a frame.

    Parameters
    ----------
    source : av.container.InputContainer
        Opened.
    video : av.video.stream.VideoStream
        One of its streams.

    Returns
    -------
    iterator of av.Packet
        Whole ones.
    """
    return (packet for packet in source.demux(video) if packet.size and not packet.is_corrupt)
