"""What is believed of the particles of a video before they are followed, and what following them teaches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.tracking.drift import position_of_drift
from vesicle.tracking.following import Expected
from vesicle.tracking.records import Detected
from vesicle.tracking.steps import Points, step_grid, steps_of_pairs

STRANGERS_IN_RANGE = 1.5
"""The range ends where so many other spots lie within it on average."""

RANGE_IN_STEPS = 5.0
"""Range over the step of the fastest particles; beyond lies one step in 270,000."""

LEAST_LIKELY = math.exp(-(4.75**2) / 2)
"""A track makes no step that is less likely for it than 4.75 standard deviations."""

FASTEST_SHARE = 0.005
"""The fastest particles are those above which lies this share of all links."""

FIRST_TURNOVER = 0.1
"""Share of spots that begin or end a track, before it is known."""

PEAK_BIN = 0.25
"""Width, as a natural logarithm, of the classes of height in which beginnings and ends are counted."""

LEAST_FLICKER = 0.05

MOST_MISSED = 20.0
"""Odds, at most, that a track which misses a frame has ended; otherwise none would ever go on."""


class Links(NamedTuple):
    """Spots that follow each other: for each spot the number of the spot before (-1: none) and of its track."""

    before: NDArray[np.int64]
    track: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """Expectations for a video, and for each spot that a track begins or ends there (logarithms).

    ``step_px`` is the step of the fastest particles, one standard deviation along an axis; 0 before it is known.
    """

    expected: Expected
    log_start: FloatArray
    log_end: FloatArray
    step_px: float = 0.0


def widest_range(detected: Detected) -> float:
    """The range in which a track would meet few other spots.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.

    Returns
    -------
    float
        In pixels, at most a quarter of the frame.
    """
    density = len(detected.frame) / max(1, detected.frames) / _area(detected)
    most = min(detected.height_px, detected.width_px) / 4
    return min(most, math.sqrt(STRANGERS_IN_RANGE / (math.pi * density))) if density > 0 else most


def points_of(detected: Detected, drift_px: FloatArray, belief: Belief | None = None) -> Points:
    """Spots as an observer sees them who drifts along.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2).
    belief : Belief, optional
        Where tracks begin and end.

    Returns
    -------
    Points
        In the order of the spots.
    """
    moved = position_of_drift(drift_px)[detected.frame]
    first = np.searchsorted(detected.frame, np.arange(detected.frames + 1))
    nothing = np.zeros(len(detected.frame))
    return Points(
        detected.x_px - moved[:, 0],
        detected.y_px - moved[:, 1],
        first.astype(np.int64),
        log_peaks(detected),
        nothing if belief is None else belief.log_start,
        nothing if belief is None else belief.log_end,
    )


def log_peaks(detected: Detected) -> FloatArray:
    """Natural logarithm of the heights.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.

    Returns
    -------
    numpy.ndarray
        Shape (spots,).
    """
    return np.log(np.maximum(detected.peak, 1e-3))


def first_belief(detected: Detected, drift_px: FloatArray, *, range_px: float, memory: int) -> Belief:
    """What is expected of particles before any was followed.

    Parameters
    ----------
    detected : Detected
        Spots of all frames, at least two.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2).
    range_px : float
        Largest step of a link.
    memory : int
        Frames that a track may miss.

    Returns
    -------
    Belief
        With the steps of all pairs; heights tell nothing yet.
    """
    grid = step_grid(range_px)
    share = steps_of_pairs(points_of(detected, drift_px), grid, range_px=range_px)
    classes, width = peak_classes(detected)
    count = np.bincount(classes)
    start = FIRST_TURNOVER * count / (detected.frames * _area(detected) * width)
    return Belief(
        expected=Expected(
            step2=grid**2,
            share=_never_zero(share),
            least=LEAST_LIKELY,
            flicker=0.5 + LEAST_FLICKER,
            log_missed=math.log(4.0),
            range2=range_px**2,
            memory=memory,
        ),
        log_start=np.log(np.maximum(start, 1e-12))[classes],
        log_end=np.full(len(classes), math.log(FIRST_TURNOVER)),
    )


def peak_classes(detected: Detected) -> tuple[NDArray[np.int64], float]:
    """Class of height of each spot.

    Parameters
    ----------
    detected : Detected
        Spots of all frames, at least one.

    Returns
    -------
    classes : numpy.ndarray
        Shape (spots,), from 0.
    width : float
        Of a class, in natural logarithms.
    """
    log = log_peaks(detected)
    return ((log - log.min()) / PEAK_BIN).astype(np.int64), PEAK_BIN


def learn_from(
    detected: Detected, links: Links, drift_px: FloatArray, *, belief: Belief, widest: float
) -> Belief:
    """What the links say about steps, heights, beginnings and ends.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    links : Links
        From the pass before.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2): of these links.
    belief : Belief
        What was believed in that pass.
    widest : float
        Range that is not to be passed.

    Returns
    -------
    Belief
        For the next pass; the same where there are no links.
    """
    later = np.flatnonzero(links.before >= 0)
    if not len(later):
        return belief
    earlier = links.before[later]
    points = points_of(detected, drift_px)
    lag = detected.frame[later] - detected.frame[earlier]
    step2 = ((points.x[later] - points.x[earlier]) ** 2 + (points.y[later] - points.y[earlier]) ** 2) / lag
    share, fastest = shares_of_steps(links.track[later], step2, np.sqrt(belief.expected.step2))
    change = points.log_peak[later] - points.log_peak[earlier]
    flicker = (
        max(LEAST_FLICKER, 1.4826 * float(np.median(np.abs(change[lag == 1])))) if (lag == 1).any() else 1.0
    )
    missed = np.count_nonzero(lag > 1)
    expected = belief.expected._replace(
        share=_never_zero(share),
        flicker=flicker,
        log_missed=math.log(min(MOST_MISSED, max(1.0, (len(points.x) - len(later)) / max(1, missed)))),
        range2=min(widest, RANGE_IN_STEPS * fastest) ** 2,
    )
    return replace(_with_turnover(detected, later, earlier, belief), expected=expected, step_px=fastest)


def shares_of_steps(
    track: NDArray[np.int64], step2: FloatArray, grid: FloatArray
) -> tuple[FloatArray, float]:
    """Share of tracks with each step size, and the step size of the fastest.

    Parameters
    ----------
    track : numpy.ndarray
        Shape (links,), at least one: track of each link.
    step2 : numpy.ndarray
        Shape (links,): squared lengths for one frame.
    grid : numpy.ndarray
        Step sizes.

    Returns
    -------
    share : numpy.ndarray
        Shape of the grid.
    fastest : float
        Of the grid.
    """
    steps, total2 = np.bincount(track), np.bincount(track, weights=step2)
    steps, total2 = steps[steps > 0, None], total2[steps > 0, None]
    log = -steps * np.log(grid**2) - total2 / (2 * grid**2)
    chance = np.exp(log - log.max(axis=1, keepdims=True))
    share = np.full(len(grid), 1 / len(grid))
    belongs = chance * share
    for _ in range(50):
        belongs = chance * share
        belongs /= belongs.sum(axis=1, keepdims=True)
        share = belongs.mean(axis=0)
    links = (belongs * steps).sum(axis=0) / steps.sum()
    from_fastest = np.cumsum(links[::-1])
    return share, float(grid[::-1][int(np.argmax(from_fastest > FASTEST_SHARE))])


def _with_turnover(
    detected: Detected, later: NDArray[np.int64], earlier: NDArray[np.int64], belief: Belief
) -> Belief:
    """Beginnings and ends by class of height; a few of the usual are added, so that none is impossible."""
    classes, width = peak_classes(detected)
    spots = np.bincount(classes).astype(np.float64)
    size = len(spots)
    entered, left = np.bincount(classes[later], minlength=size), np.bincount(classes[earlier], minlength=size)
    turnover = max(1, len(classes) - len(later)) / len(classes)
    starts = spots - entered + 5 * turnover
    ends = spots - left + 5 * turnover
    log_start = np.log(starts / (detected.frames * _area(detected) * width))
    log_end = np.log(np.minimum(1.0, ends / (left + 5)))
    return replace(belief, log_start=log_start[classes], log_end=log_end[classes])


def _never_zero(share: FloatArray) -> FloatArray:
    return 0.99 * share + 0.01 / len(share)


def _area(detected: Detected) -> int:
    return detected.height_px * detected.width_px
