"""From spots to trajectories: links that know the flow and each track's own steps, and the drift that they show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import Trajectories
from vesicle.results import Warned
from vesicle.tracking.drift import drift_from_steps, position_of_drift
from vesicle.tracking.following import Expected, follow
from vesicle.tracking.records import Detected, Linked
from vesicle.tracking.steps import Points, first_drift, step_grid, steps_of_pairs

STRANGERS_IN_RANGE = 1.5
"""The range ends where so many other spots lie within it on average."""

RANGE_IN_STEPS = 5.0
"""Range over the step of the fastest particles; beyond lies one step in 270,000."""

LEAST_LIKELY = math.exp(-(4.75**2) / 2)
"""A track makes no step that is less likely for it than 4.75 standard deviations."""

FASTEST_SHARE = 0.005
"""The fastest particles are those above which lies this share of all links."""

PASSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """Spots that follow each other: number of the spot before (-1: none) and of the track, with drift per frame."""

    before: NDArray[np.int64]
    track: NDArray[np.int64]
    drift_px: FloatArray
    error_px: FloatArray


def link_spots(detected: Detected, *, largest_step_px: float | None = None, memory: int = 1) -> Linked:
    """Trajectories of the particles of a video, with the drift that they have in common.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    largest_step_px : float, optional
        Largest step of a link after drift, in pixels; by default as large as the fastest particles need.
    memory : int, optional
        Frames that a track may miss.

    Returns
    -------
    Linked
        With every spot in a track, which may be its only one.
    """
    frames, count = detected.frames, len(detected.frame)
    widest = widest_range(detected) if largest_step_px is None else largest_step_px
    points = points_of(detected, np.zeros((max(0, frames - 1), 2)))
    drift = first_drift(points)
    chains = Chains(
        before=np.full(count, -1),
        track=np.arange(count),
        drift_px=drift,
        error_px=np.full_like(drift, np.inf),
    )
    if count < 2 or frames < 2:
        return _linked(detected, chains, range_px=widest, step_px=0.0, memory=memory)
    grid = step_grid(widest)
    expected = first_guess(detected, drift, grid, range_px=widest, memory=memory)
    step = 0.0
    for _ in range(PASSES):
        chains = link_once(detected, chains.drift_px, expected)
        expected, step = learn_from(detected, chains, expected, widest=widest)
    return _linked(detected, chains, range_px=math.sqrt(expected.range2), step_px=step, memory=memory)


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
    area = detected.height_px * detected.width_px
    density = len(detected.frame) / max(1, detected.frames) / area
    most = min(detected.height_px, detected.width_px) / 4
    return min(most, math.sqrt(STRANGERS_IN_RANGE / (math.pi * density))) if density > 0 else most


def points_of(detected: Detected, drift_px: FloatArray) -> Points:
    """Spots as an observer sees them who drifts along.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2).

    Returns
    -------
    Points
        In the order of the spots.
    """
    moved = position_of_drift(drift_px)[detected.frame]
    first = np.searchsorted(detected.frame, np.arange(detected.frames + 1))
    return Points(detected.x_px - moved[:, 0], detected.y_px - moved[:, 1], first.astype(np.int64))


def first_guess(
    detected: Detected, drift_px: FloatArray, grid: FloatArray, *, range_px: float, memory: int
) -> Expected:
    """What is expected of particles before any was followed.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2).
    grid : numpy.ndarray
        Step sizes.
    range_px : float
        Largest step of a link.
    memory : int
        Frames that a track may miss.

    Returns
    -------
    Expected
        With the steps of all pairs, and one stranger for every fifty spots.
    """
    share = steps_of_pairs(points_of(detected, drift_px), grid, range_px=range_px)
    density = len(detected.frame) / detected.frames / (detected.height_px * detected.width_px)
    return Expected(
        step2=grid**2,
        share=_never_zero(share),
        least=LEAST_LIKELY,
        strangers=0.02 * density,
        range2=range_px**2,
        memory=memory,
    )


def link_once(detected: Detected, drift_px: FloatArray, expected: Expected) -> Chains:
    """Links with one set of expectations, and the drift that they show.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2): from what was known before.
    expected : Expected
        For the video.

    Returns
    -------
    Chains
        With a better drift.
    """
    is_broken = np.zeros(detected.frames, np.bool_)
    is_broken[np.array(detected.repeated, dtype=np.int64)] = True  # time may or may not have passed here
    before = follow(points_of(detected, drift_px), is_broken, expected)
    track = number_tracks(before)
    linked = np.flatnonzero(before >= 0)
    linked = linked[detected.frame[linked] - detected.frame[before[linked]] == 1]
    at, transitions = detected.frame[before[linked]], detected.frames - 1
    x = detected.x_px[linked] - detected.x_px[before[linked]]
    y = detected.y_px[linked] - detected.y_px[before[linked]]
    along = [drift_from_steps(step, at, transitions=transitions) for step in (x, y)]
    drift, error = (np.stack([axis[k] for axis in along], axis=1) for k in (0, 1))
    return Chains(before=before, track=track, drift_px=drift, error_px=error)


def number_tracks(before: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the track of each spot, in the order in which tracks begin.

    Parameters
    ----------
    before : numpy.ndarray
        Number of the spot before, always a smaller one, or -1.

    Returns
    -------
    numpy.ndarray
        Counted from 0 without gaps.
    """
    is_first = before < 0
    track = np.cumsum(is_first) - 1
    for spot in np.flatnonzero(~is_first):
        track[spot] = track[before[spot]]
    return track


def learn_from(
    detected: Detected, chains: Chains, expected: Expected, *, widest: float
) -> tuple[Expected, float]:
    """What the links say about steps and strangers, and the step of the fastest particles.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    chains : Chains
        From the pass before.
    expected : Expected
        What was expected in it.
    widest : float
        Range that is not to be passed.

    Returns
    -------
    expected : Expected
        For the next pass.
    step_px : float
        One standard deviation along an axis.
    """
    points = points_of(detected, chains.drift_px)
    linked = np.flatnonzero(chains.before >= 0)
    earlier = chains.before[linked]
    lag = detected.frame[linked] - detected.frame[earlier]
    step2 = ((points.x[linked] - points.x[earlier]) ** 2 + (points.y[linked] - points.y[earlier]) ** 2) / lag
    tracks = int(chains.track[-1]) + 1 if len(chains.track) else 0
    steps = np.bincount(chains.track[linked], minlength=tracks)
    total2 = np.bincount(chains.track[linked], weights=step2, minlength=tracks)
    share, fastest = shares_of_steps(steps, total2, np.sqrt(expected.step2))
    range_px = min(widest, RANGE_IN_STEPS * fastest) if fastest > 0 else widest
    return expected._replace(
        share=_never_zero(share), strangers=strangers(detected, len(linked)), range2=range_px**2
    ), fastest


def shares_of_steps(
    steps: NDArray[np.int64], total2: FloatArray, grid: FloatArray
) -> tuple[FloatArray, float]:
    """Share of tracks with each step size, and the step size of the fastest.

    Parameters
    ----------
    steps : numpy.ndarray
        Shape (tracks,): number of steps.
    total2 : numpy.ndarray
        Shape (tracks,): sum of their squared lengths.
    grid : numpy.ndarray
        Step sizes.

    Returns
    -------
    share : numpy.ndarray
        Shape of the grid.
    fastest : float
        Of the grid; 0 without steps.
    """
    some = steps > 0
    if not some.any():
        return np.full(len(grid), 1 / len(grid)), 0.0
    steps, total2 = steps[some, None], total2[some, None]
    log = -steps * np.log(grid**2) - total2 / (2 * grid**2)
    chance = np.exp(log - log.max(axis=1, keepdims=True))
    share = np.full(len(grid), 1 / len(grid))
    belongs = chance * share
    for _ in range(100):
        belongs = chance * share
        belongs /= belongs.sum(axis=1, keepdims=True)
        share = belongs.mean(axis=0)
    links = (belongs * steps).sum(axis=0) / steps.sum()
    from_fastest = np.cumsum(links[::-1])
    return share, float(grid[::-1][int(np.argmax(from_fastest > FASTEST_SHARE))])


def strangers(detected: Detected, links: int) -> float:
    """Density of spots that follow the end of a track by chance.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    links : int
        Links of the pass before.

    Returns
    -------
    float
        Per square pixel: beginnings per frame, times the odds that a track ends.
    """
    spots = len(detected.frame)
    starts = max(1, spots - links)
    ending = min(0.5, starts / spots)
    area = detected.height_px * detected.width_px
    return starts / detected.frames / area * ending / (1 - ending)


def _never_zero(share: FloatArray) -> FloatArray:
    return 0.99 * share + 0.01 / len(share)


def _linked(detected: Detected, chains: Chains, *, range_px: float, step_px: float, memory: int) -> Linked:
    order = np.lexsort((detected.frame, chains.track))
    trajectories = Trajectories(
        track=chains.track[order].astype(np.int64),
        frame=detected.frame[order],
        x_px=detected.x_px[order],
        y_px=detected.y_px[order],
        peak=detected.peak[order],
        is_saturated=detected.is_saturated[order],
    )
    return Linked(
        trajectories=trajectories,
        drift_px=chains.drift_px,
        drift_error_px=chains.error_px,
        range_px=range_px,
        memory=memory,
        step_px=step_px,
        warnings=tuple(doubts_of(chains, range_px=range_px, step_px=step_px)),
    )


def doubts_of(chains: Chains, *, range_px: float, step_px: float) -> Iterator[Warned]:
    """What a user should know about the links.

    Parameters
    ----------
    chains : Chains
        From the last pass.
    range_px : float
        Largest step of a link.
    step_px : float
        Step of the fastest particles.

    Yields
    ------
    Warned
        One per doubt.
    """
    if not (chains.before >= 0).any():
        yield Warned(code="no_links", message="No spot could be followed into the next frame.")
    elif range_px < 4.5 * step_px:
        message = (
            f"The fastest particles step {step_px:.2g} px a frame, but links are at most {range_px:.2g} px long, "
            "since farther ones would join strangers; the smallest particles are missed in part."
        )
        yield Warned(code="steps_exceed_range", message=message)
