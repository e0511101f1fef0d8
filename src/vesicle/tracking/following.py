"""Following particles from frame to frame: what a track knows of its own steps decides what may continue it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray
from vesicle.tracking.assignment import assign_in_groups
from vesicle.tracking.steps import Points, first_near

STEADY_SHARE, UNSTEADY = 0.9, 3.0
"""How often the height changes as it usually does; otherwise it changes so many times more."""


class Expected(NamedTuple):
    """What is known before a particle is followed.

    ``step2`` are squared step sizes of a grid and ``share`` how many particles have them; a step that is
    less likely than ``least`` for its track is no link. ``flicker`` is the standard deviation by which the
    log of the height changes from frame to frame; ``log_missed`` is the log of the odds that a track which
    misses a frame has ended. ``memory`` frames may be missed.
    """

    step2: FloatArray
    share: FloatArray
    least: float
    flicker: float
    log_missed: float
    range2: float
    memory: int


@compiled
def log_fit(knowledge: FloatArray, distance2: float, lag: int, expected: Expected) -> float:
    """Log of the density of a step of a track, or minus infinity where it is too long for it.

    Parameters
    ----------
    knowledge : numpy.ndarray
        Probability of each step size, given the steps so far.
    distance2 : float
        Squared length of the step.
    lag : int
        Frames that it spans.
    expected : Expected
        For the video.

    Returns
    -------
    float
        Natural logarithm, per square pixel.
    """
    beyond = density = 0.0
    for k in range(knowledge.size):
        variance = lag * expected.step2[k]
        fall = distance2 / (2 * variance)
        if fall < 50 and knowledge[k] > 1e-9:
            part = knowledge[k] * np.exp(-fall)
            beyond += part
            density += part / (2 * np.pi * variance)
    if beyond < expected.least:
        return -np.inf
    return np.log(density)


@compiled
def log_flicker(change: float, lag: int, expected: Expected) -> float:
    """Log of the density of a change of the log height.

    Parameters
    ----------
    change : float
        Natural logarithm of the ratio of two heights.
    lag : int
        Frames between them.
    expected : Expected
        For the video.

    Returns
    -------
    float
        Natural logarithm.
    """
    spread2 = lag * expected.flicker**2
    usual = STEADY_SHARE * np.exp(-change * change / (2 * spread2))
    more = (1 - STEADY_SHARE) / UNSTEADY * np.exp(-change * change / (2 * UNSTEADY**2 * spread2))
    return np.log(max(1e-12, (usual + more) / np.sqrt(2 * np.pi * spread2)))


@compiled
def learn_step(knowledge: FloatArray, distance2: float, lag: int, expected: Expected) -> None:
    """Take a step of a track into account.

    Parameters
    ----------
    knowledge : numpy.ndarray
        Probability of each step size; changed.
    distance2 : float
        Squared length of the step.
    lag : int
        Frames that it spans.
    expected : Expected
        For the video.
    """
    for k in range(knowledge.size):
        variance = lag * expected.step2[k]
        if knowledge[k] > 1e-30:
            knowledge[k] *= np.exp(-min(distance2 / (2 * variance), 300.0)) / variance
    total = knowledge.sum()
    for k in range(knowledge.size):
        knowledge[k] = knowledge[k] / total if total > 0 else expected.share[k]


class Open(NamedTuple):
    """Tracks that may go on: their last spot, its frame, and what is known of their steps; ``size`` holds how many."""

    last: NDArray[np.int64]
    frame: NDArray[np.int64]
    known: FloatArray
    size: NDArray[np.int64]


@compiled
def no_tracks(most: int, steps: int) -> Open:
    """Room for tracks.

    Parameters
    ----------
    most : int
        How many there may be.
    steps : int
        Step sizes of the grid.

    Returns
    -------
    Open
        Without a track.
    """
    return Open(
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty((most, steps)), np.zeros(1, np.int64)
    )


@compiled
def follow(points: Points, is_broken: NDArray[np.bool_], expected: Expected) -> NDArray[np.int64]:
    """For every spot the spot before it in its track.

    Parameters
    ----------
    points : Points
        Spots of a video, without the common displacement.
    is_broken : numpy.ndarray
        Shape (frames,): frames before which every track ends.
    expected : Expected
        For the video.

    Returns
    -------
    numpy.ndarray
        Shape (spots,): number of a spot, or -1 where a track begins.
    """
    frames, most = points.first.size - 1, 0
    for t in range(frames):
        most = max(most, points.first[t + 1] - points.first[t])
    before = np.full(points.x.size, -1, np.int64)
    now = no_tracks((expected.memory + 1) * most, expected.share.size)
    following = no_tracks((expected.memory + 1) * most, expected.share.size)
    for t in range(frames):
        if is_broken[t]:
            now.size[0] = 0
        edges, gains = candidates(points, t, now, expected)
        chosen = assign_in_groups(edges, gains, now.size[0], points.first[t + 1] - points.first[t])
        following.size[0] = 0
        for j in range(points.first[t], points.first[t + 1]):
            open_track(following, j, t, expected.share)
        for a in range(now.size[0]):
            if chosen[a] >= 0:
                j = points.first[t] + chosen[a]
                before[j] = now.last[a]
                distance2 = squared_distance(points, now.last[a], j)
                copy_to(now.known[a], following.known[chosen[a]])
                learn_step(following.known[chosen[a]], distance2, t - now.frame[a], expected)
            elif now.frame[a] >= t - expected.memory:
                open_track(following, now.last[a], now.frame[a], now.known[a])
        now, following = following, now
    return before


@compiled
def open_track(tracks: Open, last: int, frame: int, known: FloatArray) -> None:
    """Add a track that may go on.

    Parameters
    ----------
    tracks : Open
        Changed.
    last : int
        Its last spot.
    frame : int
        Frame of that spot.
    known : numpy.ndarray
        Probability of each step size.
    """
    place = tracks.size[0]
    tracks.last[place], tracks.frame[place] = last, frame
    copy_to(known, tracks.known[place])
    tracks.size[0] += 1


@compiled
def copy_to(source: FloatArray, target: FloatArray) -> None:
    """Write numbers over others.

    Parameters
    ----------
    source : numpy.ndarray
        The numbers.
    target : numpy.ndarray
        Same shape, written.
    """
    for k in range(target.size):
        target[k] = source[k]


@compiled
def squared_distance(points: Points, one: int, other: int) -> float:
    """Squared distance of two spots.

    Parameters
    ----------
    points : Points
        Spots of a video.
    one, other : int
        Their numbers.

    Returns
    -------
    float
        In squared pixels.
    """
    dx, dy = points.x[other] - points.x[one], points.y[other] - points.y[one]
    return dx * dx + dy * dy


@compiled
def candidates(
    points: Points, t: int, tracks: Open, expected: Expected
) -> tuple[NDArray[np.int64], FloatArray]:
    """All steps that may continue a track into a frame.

    Parameters
    ----------
    points : Points
        Spots of a video.
    t : int
        The frame.
    tracks : Open
        Tracks that may go on.
    expected : Expected
        For the video.

    Returns
    -------
    edges : numpy.ndarray
        Shape (edges, 2): place of a track and of a spot within the frame.
    gains : numpy.ndarray
        Shape (edges,).
    """
    near = 0
    for a in range(tracks.size[0]):
        start, end = window(points, t, tracks.last[a], expected)
        near += end - start
    edges, gains = np.empty((near, 2), np.int64), np.empty(near)
    count = 0
    for a in range(tracks.size[0]):
        last, lag = tracks.last[a], t - tracks.frame[a]
        ending = points.log_end[last] if lag == 1 else expected.log_missed
        start, end = window(points, t, last, expected)
        for j in range(start, end):
            distance2 = squared_distance(points, last, j)
            if distance2 > lag * expected.range2:
                continue
            gain = log_fit(tracks.known[a], distance2, lag, expected) - points.log_start[j] - ending
            gain += log_flicker(points.log_peak[j] - points.log_peak[last], lag, expected)
            if gain > 0:
                edges[count, 0], edges[count, 1], gains[count] = a, j - points.first[t], gain
                count += 1
    return edges[:count], gains[:count]


@compiled
def window(points: Points, t: int, spot: int, expected: Expected) -> tuple[int, int]:
    """Spots of a frame that are not too far above or below a spot.

    Parameters
    ----------
    points : Points
        Spots of a video.
    t : int
        The frame.
    spot : int
        The spot.
    expected : Expected
        For the video, with the range.

    Returns
    -------
    first, end : int
        Numbers of the first spot and of that after the last.
    """
    range_px = np.sqrt(expected.range2 * (expected.memory + 1))
    first = first_near(points, spot, t, range_px)
    end = first
    while end < points.first[t + 1] and points.y[end] <= points.y[spot] + range_px:
        end += 1
    return first, end
