"""Following particles from frame to frame: what a track knows of its own steps decides what may continue it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray
from vesicle.tracking.assignment import assign_in_groups
from vesicle.tracking.steps import Points

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
    before = np.full(points.x.size, -1, np.int64)
    frames = points.first.size - 1
    ends = np.empty(0, np.int64)
    end_frame = np.empty(0, np.int64)
    known = np.empty((0, expected.share.size))
    for t in range(frames):
        first, count = points.first[t], points.first[t + 1] - points.first[t]
        if is_broken[t]:
            ends, end_frame = ends[:0], end_frame[:0]
        edges, gains = candidates(points, t, (ends, end_frame, known), expected)
        chosen = assign_in_groups(edges, gains, ends.size, count)
        learned = np.empty((count + ends.size, expected.share.size))
        learned[:count] = expected.share
        for a in range(ends.size):
            if chosen[a] >= 0:
                j = first + chosen[a]
                before[j] = ends[a]
                dx, dy = points.x[j] - points.x[ends[a]], points.y[j] - points.y[ends[a]]
                learned[chosen[a]] = known[a]
                learn_step(learned[chosen[a]], float(dx * dx + dy * dy), t - end_frame[a], expected)
        stays = (chosen < 0) & (end_frame >= t - expected.memory)
        kept = np.flatnonzero(stays)
        learned[count : count + kept.size] = known[kept]
        known = learned[: count + kept.size]
        ends = np.concatenate((np.arange(first, first + count), ends[kept]))
        end_frame = np.concatenate((np.full(count, t), end_frame[kept]))
    return before


@compiled
def candidates(
    points: Points,
    t: int,
    tracks: tuple[NDArray[np.int64], NDArray[np.int64], FloatArray],
    expected: Expected,
) -> tuple[NDArray[np.int64], FloatArray]:
    """All steps that may continue a track into a frame.

    Parameters
    ----------
    points : Points
        Spots of a video.
    t : int
        The frame.
    tracks : tuple
        Last spot of each track, its frame, and what is known of its steps.
    expected : Expected
        For the video.

    Returns
    -------
    edges : numpy.ndarray
        Shape (edges, 2): place of a track and of a spot within the frame.
    gains : numpy.ndarray
        Shape (edges,).
    """
    ends, end_frame, known = tracks
    first, last = points.first[t], points.first[t + 1]
    edges = np.empty((4 * (last - first) + 16, 2), np.int64)
    gains = np.empty(edges.shape[0])
    count = 0
    for a in range(ends.size):
        lag = t - end_frame[a]
        for j in range(first, last):
            dx, dy = points.x[j] - points.x[ends[a]], points.y[j] - points.y[ends[a]]
            distance2 = dx * dx + dy * dy
            if distance2 > lag * expected.range2:
                continue
            ending = points.log_end[ends[a]] if lag == 1 else expected.log_missed
            gain = log_fit(known[a], distance2, lag, expected) - points.log_start[j] - ending
            gain += log_flicker(points.log_peak[j] - points.log_peak[ends[a]], lag, expected)
            if gain <= 0:
                continue
            if count == gains.size:
                edges = np.concatenate((edges, np.empty_like(edges)))
                gains = np.concatenate((gains, np.empty_like(gains)))
            edges[count, 0], edges[count, 1], gains[count] = a, j - first, gain
            count += 1
    return edges[:count], gains[:count]
