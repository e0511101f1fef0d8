"""NanoSight ``*AllTracks.csv``: every point of every track, a door to analysis without the video.

The layout is known from public programs that read such files; no real file was at hand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import BadValue
from vesicle.measurements import SizeRun, SizeTracks
from vesicle.measurements.sizing import FloatArray, frozen, read_only
from vesicle.readers import RawFile, Reader
from vesicle.readers.nanosight_tracktable import (
    DIFFUSION,
    INCLUDED,
    INTENSITY,
    PARTICLE,
    SIZE,
    TrackTable,
    doubt_diffusion,
    doubt_intensity,
    read_columns,
    read_sizes,
    run_of,
    sniff_columns,
    without_unsized,
)
from vesicle.results import Warned

NAME = "nanosight-alltracks-csv"
FRAME, X, Y = "Frame", "X/pixels", "Y/pixels"
COLUMNS = (PARTICLE, SIZE, DIFFUSION, FRAME, X, Y, INTENSITY, INCLUDED)
_SAME_NM = 0.05


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a NanoSight table of track points.

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
    return sniff_columns(head, columns=COLUMNS, without=("Start frame", "Tracklength"))


def read_all_tracks(raw: RawFile) -> SizeRun:
    """The tracks of one video with their positions in pixels.

    Parameters
    ----------
    raw : RawFile
        The file.

    Returns
    -------
    SizeRun
        With ``tracks``; tracks stand in the order in which they first appear.

    Raises
    ------
    ReadError
        When columns are missing or values cannot be true.
    """
    table = without_unsized(read_columns(raw, columns=COLUMNS))
    size, included = read_sizes(table), table.included()
    frame = table.integers(FRAME, least=0)
    track, first = _index(table.integers(PARTICLE, least=0))
    x, y = (table.numbers(name, is_allowed=lambda _: True) for name in (X, Y))
    doubts = (
        *doubt_diffusion(table, size),
        *doubt_intensity(table),
        *_doubt_tracks(table, size, included, first[track]),
    )
    tracks = SizeTracks(
        diameter_nm=frozen(size[first]),
        included=read_only(included[first]),
        length_frames=frozen(_lengths(table, track, frame, len(first))),
        track=read_only(track),
        frame=read_only(frame),
        x_px=frozen(x),
        y_px=frozen(y),
    )
    run = run_of(raw, table, tracks, reader=NAME, suffix="AllTracks")
    return replace(run, warnings=(*run.warnings, *doubts, *_doubt_frames(table, track, frame)))


def _index(particle: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The track of each point, numbered by first appearance, and the first point of each track."""
    _, first, inverse = np.unique(particle, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[inverse].astype(np.int64), first[order].astype(np.int64)


def _lengths(table: TrackTable, track: NDArray[np.int64], frame: NDArray[np.int64], count: int) -> FloatArray:
    points = np.stack([track, frame], axis=1)
    _, first = np.unique(points, axis=0, return_index=True)
    if len(first) != len(points):
        twice = table.rows[min(set(range(len(points))) - set(first.tolist()))]
        raise BadValue(
            "A particle stands twice in one frame.",
            where=f"{table.where}, row {twice}",
            why="Every particle has one position in each frame.",
            next_step="Export the file again; rows were repeated.",
        )
    return np.bincount(track, minlength=count).astype(np.float64)


def _doubt_tracks(
    table: TrackTable, size: FloatArray, included: NDArray[np.bool_], firsts: NDArray[np.int64]
) -> tuple[Warned, ...]:
    """``firsts`` holds, for each point, the first point of its track."""
    varies = (np.abs(size - size[firsts]) > _SAME_NM) | (included != included[firsts])
    if not varies.any():
        return ()
    row = table.rows[int(np.argmax(varies))]
    message = "Size or inclusion of a particle changes within its track; its first row is used."
    return (Warned(code="track_disagrees", message=message, row=row),)


def _doubt_frames(
    table: TrackTable, track: NDArray[np.int64], frame: NDArray[np.int64]
) -> tuple[Warned, ...]:
    if not len(track):
        return ()
    order = np.lexsort((frame, track))
    gap = (np.diff(frame[order]) != 1) & (np.diff(track[order]) == 0)
    if not gap.any():
        return ()
    row = table.rows[int(order[int(np.argmax(gap)) + 1])]
    return (Warned(code="frames_missing", message="A track skips frames; rows may be lost.", row=row),)


READER = Reader(
    name=NAME,
    title="NanoSight AllTracks (csv)",
    patterns=("*AllTracks.csv",),
    sniff=sniff,
    read=read_all_tracks,
    gives="two-dimensional tracks and one diameter per track",
    how_to_export="In NTA, tick 'All tracks (csv)' on export.",
)
