"""What a table of tracks gives away about itself: points that stand twice, columns that may be exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import BadValue
from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.readers.track_rows import Points
from vesicle.results import Warned

_FEWEST_STEPS = 20
"""Fewer steps than this say nothing about the columns."""

_FEWEST_TRACKS = 3
_GAPS_SHARE = 0.1
_JUMP_RATIO = 0.25
_UNEVEN_RATIO = 3.0
"""House rules for a warning; none of them changes a number."""


def once_per_frame(points: Points) -> Points:
    """The points sorted by track and frame, each track at most once in a frame.

    Parameters
    ----------
    points : Points
        In any order.

    Returns
    -------
    Points
        Without repeated rows, and without tracks that stand at two places in one frame.

    Raises
    ------
    BadValue
        When every track stands at two places in a frame.
    """
    order = np.lexsort((points.y, points.x, points.frame, points.track))
    return _unbranched(_unrepeated(points.keep(order)))


def _unrepeated(points: Points) -> Points:
    again = _same_frame(points) & (np.diff(points.x) == 0) & (np.diff(points.y) == 0)
    if not again.any():
        return points
    message = (
        f"{int(again.sum())} points stand twice, at the same place in the same frame; each is used once."
    )
    warned = Warned(code="points_repeated", message=message, row=_first_row(points, again))
    kept = points.keep(np.concatenate([[True], ~again]))
    return replace(kept, warnings=(*points.warnings, warned))


def _unbranched(points: Points) -> Points:
    twice = _same_frame(points)
    if not twice.any():
        return points
    branched = np.unique(points.track[1:][twice])
    is_single = ~np.isin(points.track, branched)
    row = _first_row(points, twice)
    if not is_single.any():
        raise BadValue(
            "Every track stands at two places in one frame.",
            where=f"{points.where}, row {row}",
            why=f"The columns '{points.columns.headers['track']}' and '{points.columns.headers['frame']}' are not "
            "those of tracks of single particles.",
            next_step="Name the columns under [readers.track-table], or link without splitting and merging.",
        )
    message = f"{len(branched)} tracks stand at two places in one frame (split or merged); they are left out."
    warned = Warned(code="tracks_branch", message=message, row=row)
    return replace(points.keep(is_single), warnings=(*points.warnings, warned))


def _same_frame(points: Points) -> NDArray[np.bool_]:
    return (np.diff(points.track) == 0) & (np.diff(points.frame) == 0)


def _first_row(points: Points, later: NDArray[np.bool_]) -> int:
    """The first row of the file among the second points of chosen pairs."""
    return int(points.row[1:][later].min())


def doubts(trajectories: Trajectories) -> Iterator[Warned]:
    """Why the columns may not be what they are called, or rows may be lost.

    Parameters
    ----------
    trajectories : Trajectories
        As read.

    Yields
    ------
    Warned
        ``tracks_of_one_point``, ``frames_missing``, ``tracks_jump`` or ``steps_uneven``.
    """
    is_step = np.diff(trajectories.track) == 0
    if not is_step.any():
        if len(is_step):
            message = "No track has two points: the column may number the points instead of the tracks."
            yield Warned(code="tracks_of_one_point", message=message)
        return
    frames = np.diff(trajectories.frame)[is_step]
    gaps = float(np.mean(frames > 1))
    if gaps > _GAPS_SHARE:
        message = f"{gaps:.0%} of the steps skip frames; rows may be lost, or frames were counted otherwise."
        yield Warned(code="frames_missing", message=message)
    dx, dy = (np.diff(at)[is_step] for at in (trajectories.x_px, trajectories.y_px))
    if len(dx) >= _FEWEST_STEPS:
        yield from _doubt_jumps(trajectories, dx, dy)
        yield from _doubt_axes(dx, dy)


def _doubt_jumps(trajectories: Trajectories, dx: FloatArray, dy: FloatArray) -> Iterator[Warned]:
    """Steps within a track against the spread of all points."""
    spread = _typical(trajectories.x_px) ** 2 + _typical(trajectories.y_px) ** 2
    step = float(np.median(np.abs(dx)) ** 2 + np.median(np.abs(dy)) ** 2)
    if trajectories.count > _FEWEST_TRACKS and step > _JUMP_RATIO * spread:
        message = (
            "The points of a track lie as far apart as those of different tracks: track and frame may be "
            "exchanged, or the tracks badly linked."
        )
        yield Warned(code="tracks_jump", message=message)


def _doubt_axes(dx: FloatArray, dy: FloatArray) -> Iterator[Warned]:
    """Brownian motion is the same along both axes, whatever common flow lies over it."""
    along, across = _typical(dx), _typical(dy)
    if max(along, across) > _UNEVEN_RATIO * min(along, across):
        message = (
            f"The steps along x and y differ (typically {along:.3g} and {across:.3g}), which free motion does not "
            "explain: another column may have been taken for a position."
        )
        yield Warned(code="steps_uneven", message=message)


def _typical(values: FloatArray) -> float:
    """The median distance from the median."""
    return float(np.median(np.abs(values - np.median(values))))
