"""Positions of particles over time, as programs that track them write them: trackpy, TrackMate and others."""

from __future__ import annotations

import re

import numpy as np

from vesicle.errors import BadValue, ReadError
from vesicle.measurements import Scale, Setting, TrackTable, Trajectories
from vesicle.measurements.sizing import frozen, read_only
from vesicle.readers import RawFile, Reader
from vesicle.readers.headers import fold
from vesicle.readers.sheets import sniff_table
from vesicle.readers.track_columns import Columns, is_sure_header, is_track_header
from vesicle.readers.track_doubts import doubts, once_per_frame
from vesicle.readers.track_rows import Points, read_points
from vesicle.readers.workbooks import XLSX_MARK
from vesicle.results import FileRef, Warned

NAME = "track-table"
_SURE, _UNSURE = 0.7, 0.4
"""Below the readers of instruments; above and below a table of diameters."""

_ENDING = re.compile(r"\.[A-Za-z]{3,4}$")
_OF_TRACKS = re.compile(r"[-_ ]+(tracks?|trajector(y|ies)|spots|linked|alltracks)$", flags=re.IGNORECASE)
_TRACKMATE = {"track_id", "position_x", "position_y", "frame"}


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a table of tracks; never as sure as an instrument's own reader.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.7 where the header names track, frame and position, 0.4 where it may and numbers repeat, else 0.
    """
    if head.startswith(XLSX_MARK):
        return 0.0
    seen = sniff_table(name, head, is_track_header)
    if seen is None:
        return 0.0
    if is_sure_header(seen[0]):
        return _SURE
    return _UNSURE if _has_tracks(name, head) else 0.0


def _has_tracks(name: str, head: bytes) -> bool:
    """Whether some track has two points, which no list of single particles shows."""
    ref = FileRef(path=name, sha256="", size_bytes=len(head))
    try:
        points = read_points(RawFile(ref=ref, content=head))
    except ReadError:
        return False
    return len(np.unique(points.track)) < len(points.track)


def read(raw: RawFile) -> TrackTable:
    """The tracks of one video, found by another program.

    Parameters
    ----------
    raw : RawFile
        csv, tsv or txt. ``columns`` may name ``track``, ``frame``, ``x``, ``y``, and the ``unit`` of positions.

    Returns
    -------
    TrackTable
        Sorted by track and frame; the order of the rows says nothing. Positions in a length are kept as pixels of
        that length, and the scale says so.

    Raises
    ------
    ReadError
        When a column is missing or a row cannot be true.
    """
    points = once_per_frame(read_points(raw))
    found = _trajectories(points)
    columns = points.columns
    notes = (*points.warnings, *_said_of_unit(columns), *doubts(found))
    if not columns.is_sure and "tracks_of_one_point" in {note.code for note in notes}:
        raise _numbers_points(points)
    stem = _ENDING.sub("", raw.name) or raw.name
    return TrackTable(
        file=raw.ref,
        reader=NAME,
        stem=stem,
        sample=_OF_TRACKS.sub("", stem) or stem,
        trajectories=found,
        scale=Scale(pixel_nm=columns.unit_nm),
        is_in_length=columns.unit_nm is not None,
        settings=(Setting(name="positions", value=columns.unit or "px", key=columns.headers["x"]),),
        software=_software(points),
        warnings=notes,
    )


def _trajectories(points: Points) -> Trajectories:
    _, track = np.unique(points.track, return_inverse=True)
    return Trajectories(
        track=read_only(track.astype(np.int64)),
        frame=read_only(points.frame),
        x_px=frozen(points.x),
        y_px=frozen(points.y),
    )


def _said_of_unit(columns: Columns) -> tuple[Warned, ...]:
    x, y = columns.headers["x"], columns.headers["y"]
    if columns.unit_nm is not None:
        message = (
            f"The positions '{x}' and '{y}' are in {columns.unit}: they are kept as pixels of "
            f"{columns.unit_nm:g} nm, and no other pixel size is applied to them."
        )
        return (Warned(code="positions_in_length", message=message),)
    is_trackpy = {fold(name) for name in columns.headers.values()} == {"particle", "frame", "x", "y"}
    if columns.unit or is_trackpy:
        return ()
    message = (
        f"The positions '{x}' and '{y}' state no unit and were taken as pixels; state unit under "
        f"[readers.{NAME}] if they are lengths."
    )
    return (Warned(code="unit_assumed", message=message),)


def _numbers_points(points: Points) -> BadValue:
    name = points.columns.headers["track"]
    return BadValue(
        f"The column '{name}' numbers points, not tracks: no number stands twice.",
        where=points.where,
        why="A size needs the positions of one particle in several frames.",
        next_step=f'Name the column of the tracks: track = "..." under [readers.{NAME}] in vesicle.toml.',
    )


def _software(points: Points) -> str:
    return "TrackMate" if {fold(cell) for cell in points.header} >= _TRACKMATE else ""


READER = Reader(
    name=NAME,
    title="Table of tracks (trackpy, TrackMate and others; csv, tsv, txt)",
    patterns=("*.csv", "*.tsv", "*.txt"),
    sniff=sniff,
    read=read,
    gives="the positions of every particle over time, from which size is estimated as from a video",
    how_to_export="Columns 'track', 'frame', 'x' and 'y', one row per point: trackpy's table saved with to_csv, "
    "or 'Spots' of TrackMate's track tables as csv. State pixel size and frame rate under [video].",
)
