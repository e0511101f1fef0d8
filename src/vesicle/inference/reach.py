"""The absolute scale of a depth profile, from how fast sources of known mobility leave a brightness behind.

Sources that move along the axis with steps of variance v per lag pass the two faces of a layer at the rate
(number per depth) E|step|, so a layer that holds n of them and loses B per lag is ``n / B * sqrt(2 v / pi)``
deep, for whatever profile of brightness defines the layer, as long as it is deeper than a step. Several levels of
brightness give several layers, and one scale of the profile fits them all. Checked against simulation with known
depth in the tests; the rate of crossings is that of any stationary Gaussian walk seen at discrete times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.inference.visibility import Visibility
from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import Trajectories

LAG = 3
"""Frames between which a loss is looked for: over one frame, noise of the peak makes a third of the losses."""

_LEVELS, _FROM, _TO = 6, 0.8, 0.2
"""Levels of brightness, and the part of the way from the threshold to the peak in focus that they span (in logs):
near the threshold sightings are missed, near the peak the layer is thinner than a step."""

_LEAST_ROOM = 0.2
_FEWEST = 50
_BLOCKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileScale:
    """The length that a depth profile has to be multiplied with, and its standard error, in the steps' unit."""

    value: float
    error: float
    losses: int


def profile_scale(
    trajectories: Trajectories,
    visibility: Visibility,
    *,
    log_size: float,
    step_variance: float,
    threshold: float,
    frames: int,
    inside: NDArray[np.bool_],
) -> ProfileScale | None:
    """The scale of a depth profile from a video of sources of one known size.

    Parameters
    ----------
    trajectories : Trajectories
        With peaks.
    visibility : Visibility
        Fitted to the same sightings.
    log_size : float
        Natural log of the known size.
    step_variance : float
        Variance of the axial displacement over ``LAG`` frames, blur included, in any unit squared.
    threshold : float
        The peak from which on sightings are recorded.
    frames : int
        Length of the video.
    inside : numpy.ndarray of bool
        Sightings so far from the border of the field that the source cannot leave sideways within the lag.

    Returns
    -------
    ProfileScale or None
        None when fewer than 50 losses were seen, or the beads hardly rise above the threshold.
    """
    peak = trajectories.peak
    if peak is None:
        return None
    top = float(visibility.log_peak(np.array(log_size)))
    room = top - float(np.log(threshold))
    if room <= _LEAST_ROOM:
        return None
    levels = np.exp(np.linspace(top - _FROM * room, top - _TO * room, _LEVELS))
    later = _peak_later(trajectories, peak)
    counted = inside & (trajectories.frame < frames - LAG)
    blocks = trajectories.frame * _BLOCKS // max(frames, 1)
    seen, lost = _tables(peak, later, levels, np.where(counted, blocks, -1))
    if lost.sum(axis=0).max(initial=0) < _FEWEST:
        return None
    expected = np.array([float(visibility.depth(np.array(log_size), level)) for level in levels])
    jitter = _jitter(trajectories, peak, visibility, top=top, levels=levels)
    value = _scale(seen.sum(axis=0), lost.sum(axis=0), expected, variance=step_variance, jitter=jitter)
    without = [
        _scale(seen.sum(axis=0) - s, lost.sum(axis=0) - b, expected, variance=step_variance, jitter=jitter)
        for s, b in zip(seen, lost, strict=True)
    ]
    error = np.sqrt((_BLOCKS - 1) / _BLOCKS * np.sum((np.array(without) - np.mean(without)) ** 2))
    return ProfileScale(value=value, error=float(error), losses=int(lost.sum(axis=0).max()))


def _peak_later(trajectories: Trajectories, peak: FloatArray) -> FloatArray:
    """The peak of the same source ``LAG`` frames later, 0 where it is not seen then."""
    width = int(trajectories.frame.max(initial=0)) + LAG + 1
    key = trajectories.track * width + trajectories.frame
    place = np.minimum(np.searchsorted(key, key + LAG), len(key) - 1)
    return np.where(key[place] == key + LAG, peak[place], 0.0)


def _tables(
    peak: FloatArray, later: FloatArray, levels: FloatArray, blocks: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """Sightings above each level and losses below it, per block of time: shape (blocks, levels) each."""
    above = peak[:, None] > levels
    gone = above & (later[:, None] <= levels)
    rows = [blocks == block for block in range(_BLOCKS)]
    seen = np.array([above[row].sum(axis=0) for row in rows], dtype=np.float64)
    lost = np.array([gone[row].sum(axis=0) for row in rows], dtype=np.float64)
    return seen, lost


def _jitter(
    trajectories: Trajectories, peak: FloatArray, visibility: Visibility, *, top: float, levels: FloatArray
) -> FloatArray:
    """How far noise of the peak seems to move a source at each level, one standard deviation in units of the scale.

    Noise makes neighbouring changes of the log peak opposite, and motion does not.
    """
    log = np.log(np.maximum(peak, 1e-9))
    at = np.arange(len(log) - 2)
    follows = (trajectories.track[at + 2] == trajectories.track[at]) & (
        trajectories.frame[at + 2] == trajectories.frame[at] + 2
    )
    at = at[follows]
    opposite = -(log[at + 1] - log[at]) * (log[at + 2] - log[at + 1])
    middle = (log[at] + log[at + 1] + log[at + 2]) / 3
    near = np.abs(middle[:, None] - np.log(levels)) < _NEAR
    variance = np.maximum(opposite @ near, 0.0) / np.maximum(near.sum(axis=0), 1)
    t = np.sqrt(top - np.log(levels))
    return np.sqrt(variance) * (1 + 3 * visibility.shape * t * t) / (2 * t)


_NEAR = 0.3
_ROUNDS = 20


def _scale(
    seen: FloatArray, lost: FloatArray, expected: FloatArray, *, variance: float, jitter: FloatArray
) -> float:
    """The scale at which steps, with what noise adds to them, lose as many sources as were lost."""
    scale = 0.0
    for _ in range(_ROUNDS):
        step = np.sqrt(2 * (variance + 2 * (scale * jitter) ** 2) / np.pi)
        scale = float(np.sum(step * seen) / np.sum(lost * expected))
    return scale
