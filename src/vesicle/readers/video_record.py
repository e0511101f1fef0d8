"""The record of a video, the same for every container."""

from __future__ import annotations

import re
from pathlib import Path

from vesicle.errors import ReadError, TruncatedFile
from vesicle.measurements import Frames, Video
from vesicle.readers import RawFile
from vesicle.readers.video_frames import LARGEST_FRAME_PX
from vesicle.readers.video_metadata import Stated, scale_from
from vesicle.results import Warned

_SUFFIX = re.compile(r"(\.ome)?\.[^.]{1,5}$", flags=re.IGNORECASE)


def location_of(raw: RawFile) -> Path:
    """Where the file of a streamed reader is.

    Parameters
    ----------
    raw : RawFile
        As the scan made it.

    Returns
    -------
    pathlib.Path
        An absolute path, so that another process finds it.

    Raises
    ------
    ReadError
        When a video is given as bytes.
    """
    if raw.location is None:
        raise ReadError(
            "A video is read from a file, not from memory.",
            where=raw.name,
            next_step="Write it to a file first, or call vesicle.read with its path.",
        )
    return raw.location.absolute()


def video_record(  # noqa: PLR0913 - what the readers know, each by its name
    raw: RawFile,
    *,
    reader: str,
    frames: Frames,
    stated: Stated,
    codec: str = "uncompressed",
    is_lossy: bool = False,
    dropped: tuple[int, ...] = (),
    warnings: tuple[Warned, ...] = (),
) -> Video:
    """A video with the name, the scale and the doubts that every container's reader gives it.

    Parameters
    ----------
    raw : RawFile
        The file.
    reader : str
        Its reader's name.
    frames : Frames
        The pixels.
    stated : Stated
        What the file says about its scale.
    codec : str, optional
        How the pixels are encoded.
    is_lossy : bool, optional
        Whether that altered grey levels.
    dropped : tuple of int, optional
        Frames that the file marks as lost.
    warnings : tuple of Warned, optional
        What the reader doubts.

    Returns
    -------
    Video
        Sample, role and dilution are settled later.

    Raises
    ------
    ReadError
        When there is one frame alone.
    """
    if frames.shape[0] < 2:
        raise single_frame(raw.name, "Its list of frames has one entry.")
    scale, doubts = scale_from(stated)
    stem = _SUFFIX.sub("", raw.name) or raw.name
    return Video(
        file=raw.ref,
        reader=reader,
        stem=stem,
        sample=stem,
        frames=frames,
        scale=scale,
        codec=codec,
        is_lossy=is_lossy,
        acquired=stated.acquired,
        dropped=dropped,
        software=stated.software,
        instrument=stated.instrument,
        warnings=(*warnings, *stated.warnings, *doubts, *_doubt_codec(codec, is_lossy=is_lossy)),
    )


def _doubt_codec(codec: str, *, is_lossy: bool) -> tuple[Warned, ...]:
    if not is_lossy:
        return ()
    message = (
        f"{codec} alters grey levels: weak particles vanish and positions shift. Record uncompressed where "
        "the camera's software allows it."
    )
    return (Warned(code="lossy_codec", message=message),)


def single_frame(where: str, why: str) -> ReadError:
    """The refusal of a file that holds one frame.

    Parameters
    ----------
    where : str
        The file's name.
    why : str
        What was found.

    Returns
    -------
    ReadError
        To be raised.
    """
    return ReadError(
        "The file holds one frame, and one frame cannot be tracked.",
        where=where,
        why=why,
        next_step="Leave it, if it is a picture; else save the whole video again.",
    )


def check_size(height: int, width: int, *, where: str) -> None:
    """Refuse frames that no camera takes.

    Parameters
    ----------
    height : int
        Rows.
    width : int
        Columns.
    where : str
        The file's name for messages.

    Raises
    ------
    ReadError
        When a frame has no pixels, or too many.
    """
    if height > 0 and width > 0 and height * width <= LARGEST_FRAME_PX:
        return
    raise ReadError(
        "The frames have a size that cannot be true.",
        where=where,
        why=f"Found {width:,} x {height:,} pixels; at most {LARGEST_FRAME_PX:,} pixels are read.",
        next_step="Copy the file again, or save the video again.",
    )


def lost_frames(kept: int, claimed: int, *, where: str, broken: str = "") -> tuple[Warned, ...]:
    """The doubt about a file that ends before its frames do.

    Parameters
    ----------
    kept : int
        Frames that are whole.
    claimed : int
        Frames that the file claims.
    where : str
        The file's name for messages.
    broken : str, optional
        In a sentence, where the list of frames stops to make sense.

    Returns
    -------
    tuple of Warned
        ``frames_lost``, none when all are whole.

    Raises
    ------
    TruncatedFile
        When no frame is whole.
    """
    if not kept:
        raise TruncatedFile(
            "The file ends before its first frame does.",
            where=where,
            why=f"It claims {claimed:,} frames, and none is whole.",
            next_step="Copy it again from the instrument's computer.",
        )
    if kept == claimed and not broken:
        return ()
    reason = f": {broken[0].lower()}{broken[1:]}" if broken else "."
    head = f"The file ends before its frames do: {claimed - kept:,} of {claimed:,} are lost"
    message = f"{'Frames may be lost' if kept == claimed else head}{reason}"
    return (Warned(code="frames_lost", message=message),)
