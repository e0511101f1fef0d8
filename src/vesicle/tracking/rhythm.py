"""When the pictures of a video were taken, where its file repeats some of them or lacks some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import read_only
from vesicle.results import NotAssessed
from vesicle.tracking.records import Detected

MOST_REPEATED = 0.2
"""Share of the pictures that may stand more than once: a camera that loses more of them keeps no rate."""

LEAST_REGULAR = 0.01
"""Regular repeats of a smaller share of the pictures move a size by as little, and may be chance."""

FEWEST_GAPS, FEWEST_SHOWN = 4, 3
"""Fewer distances between repeats, or fewer pictures that stand equally often, show no rule."""


def in_time(detected: Detected, dropped: Sequence[int] = ()) -> Detected | NotAssessed:
    """The spots with the frames at their places in time, each picture once.

    Parameters
    ----------
    detected : Detected
        Spots by the number of their frame in the file.
    dropped : sequence of int, optional
        Places in time at which the file has no frame.

    Returns
    -------
    Detected or NotAssessed
        A picture that fills a place at which the camera lost one is no picture of that place. Where every picture
        stands equally often, each is used once and ``times_shown`` says how often. Not assessed when the repeats
        are such that nothing says when the pictures were taken.
    """
    first = np.setdiff1d(np.arange(detected.frames), detected.repeated)
    shown = np.diff(np.append(first, detected.frames))
    if len(first) == 1 and detected.frames > 1:
        return NotAssessed(f"all {detected.frames} frames are the same picture")
    times = times_shown(shown)
    if times > 1 and not dropped:
        return each_once(detected, first, times=times)
    doubt = doubt_of(first[1:-1], shown[1:-1])
    if doubt is not None:
        return NotAssessed(
            f"{len(detected.repeated)} of {detected.frames} frames repeat the one before, {doubt}, so nothing says "
            "when the pictures were taken; save the video again with the frame rate of the camera"
        )
    return with_gaps(detected, dropped) if dropped else detected


def times_shown(shown: NDArray[np.int64]) -> int:
    """How often every picture stands in the file.

    Parameters
    ----------
    shown : numpy.ndarray
        How often each stands, in their order; the first and the last may be cut.

    Returns
    -------
    int
        1 where they do not stand equally often.

    Examples
    --------
    >>> times_shown(np.array([1, 2, 2, 2, 1])), times_shown(np.array([1, 2, 1, 2, 1]))
    (2, 1)
    """
    inner = shown[1:-1]
    if not len(inner) or np.ptp(inner) or max(shown[0], shown[-1]) > inner[0]:
        return 1
    return int(inner[0]) if np.count_nonzero(shown == inner[0]) >= FEWEST_SHOWN else 1


def doubt_of(first: NDArray[np.int64], shown: NDArray[np.int64]) -> str | None:
    """What speaks against the belief that repeats fill the places of frames that a camera lost now and then.

    Parameters
    ----------
    first : numpy.ndarray
        Frame at which each picture first stands.
    shown : numpy.ndarray
        How often it stands in a row.

    Returns
    -------
    str or None
        None when nothing does.
    """
    is_repeated = shown > 1
    share = float(np.mean(is_repeated)) if len(shown) else 0.0
    gaps = np.diff(first[is_repeated])
    if share > LEAST_REGULAR and len(gaps) >= FEWEST_GAPS and np.ptp(gaps) <= 1:
        return f"at every {np.mean(gaps):.3g}th frame, as when a program changed the frame rate"
    return "at no regular distance" if share > MOST_REPEATED else None


def each_once(detected: Detected, first: NDArray[np.int64], *, times: int) -> Detected:
    """The spots of a video in which every picture stands several times, as if it stood once.

    Parameters
    ----------
    detected : Detected
        Without spots in the frames that repeat.
    first : numpy.ndarray
        Frame at which each picture first stands.
    times : int
        How often it stands.

    Returns
    -------
    Detected
        With a frame per picture, none of which repeats.
    """
    return replace(
        detected,
        frame=np.searchsorted(first, detected.frame).astype(np.int64),
        frames=len(first),
        repeated=(),
        stored=read_only(first.astype(np.int64)),
        times_shown=times,
        warnings=tuple(doubt for doubt in detected.warnings if doubt.code != "frames_repeated"),
    )


def with_gaps(detected: Detected, dropped: Sequence[int]) -> Detected:
    """The spots with frames counted in time, so that no step is made across a frame that is not there.

    Parameters
    ----------
    detected : Detected
        Spots by the number of their frame in the file.
    dropped : sequence of int
        Places in time at which the file has no frame.

    Returns
    -------
    Detected
        The places are among the ``repeated`` ones, and have no frame in ``stored``.
    """
    place = np.setdiff1d(np.arange(detected.frames + len(set(dropped))), dropped)[: detected.frames]
    frames = int(place[-1]) + 1
    stored = np.full(frames, -1, dtype=np.int64)
    stored[place] = np.arange(detected.frames)
    missing = {*np.flatnonzero(stored < 0).tolist(), *place[list(detected.repeated)].tolist()}
    return replace(
        detected,
        frame=place[detected.frame].astype(np.int64),
        frames=frames,
        repeated=tuple(sorted(missing)),
        stored=read_only(stored),
    )
