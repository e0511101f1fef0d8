"""From spots to trajectories: links that know the flow and each track's own steps, and the drift that they show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import Trajectories
from vesicle.results import Warned
from vesicle.tracking.beliefs import Belief, Links, first_belief, learn_from, points_of, widest_range
from vesicle.tracking.drift import drift_from_steps
from vesicle.tracking.following import follow
from vesicle.tracking.records import Detected, Linked
from vesicle.tracking.steps import first_drift

PASSES = 2


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
    detected = in_order(detected)
    frames, count = detected.frames, len(detected.frame)
    widest = widest_range(detected) if largest_step_px is None else largest_step_px
    still = np.zeros((max(0, frames - 1), 2))
    if count < 2 or frames < 2:
        links = Links(np.full(count, -1), np.arange(count))
        return _linked(detected, links, (still, still + np.inf), range_px=widest, step_px=0.0, memory=memory)
    drift = first_drift(points_of(detected, still))
    belief = first_belief(detected, drift, range_px=widest, memory=memory)
    links = link_once(detected, drift, belief)
    for _ in range(PASSES - 1):
        drift, _ = drift_of(detected, links, drift)
        belief = learn_from(detected, links, drift, belief=belief, widest=widest)
        links = link_once(detected, drift, belief)
    return _linked(
        detected,
        links,
        drift_of(detected, links, drift),
        range_px=math.sqrt(belief.expected.range2),
        step_px=belief.step_px,
        memory=memory,
    )


def in_order(detected: Detected) -> Detected:
    """The same spots by frame and then by y.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.

    Returns
    -------
    Detected
        With sorted columns.
    """
    order = np.lexsort((detected.y_px, detected.frame))
    columns = ("frame", "x_px", "y_px", "peak", "is_saturated")
    return replace(detected, **{name: getattr(detected, name)[order] for name in columns})


def link_once(detected: Detected, drift_px: FloatArray, belief: Belief) -> Links:
    """Links with one set of beliefs.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2): from what was known before.
    belief : Belief
        For the video.

    Returns
    -------
    Links
        None across a repeated frame, where time may or may not have passed.
    """
    before = follow(points_of(detected, drift_px, belief), ~detected.is_searched, belief.expected)
    return Links(before, number_tracks(before))


def drift_of(detected: Detected, links: Links, believed_px: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The drift that links show, with its standard error.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.
    links : Links
        Those between one frame and the next are used.
    believed_px : numpy.ndarray
        Shape (frames - 1, 2): drift with which they were made.

    Returns
    -------
    drift_px, error_px : numpy.ndarray
        Shape (frames - 1, 2), x then y.
    """
    later = np.flatnonzero(links.before >= 0)
    later = later[detected.frame[later] - detected.frame[links.before[later]] == 1]
    earlier = links.before[later]
    at = detected.frame[earlier]
    steps = [column[later] - column[earlier] for column in (detected.x_px, detected.y_px)]
    along = [drift_from_steps(step, at, believed_px[:, k]) for k, step in enumerate(steps)]
    drift, error = (np.stack([axis[k] for axis in along], axis=1) for k in (0, 1))
    return drift, error


@compiled
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
    track = np.empty_like(before)
    count = 0
    for spot in range(before.size):
        if before[spot] < 0:
            track[spot] = count
            count += 1
        else:
            track[spot] = track[before[spot]]
    return track


def _linked(
    detected: Detected,
    links: Links,
    drift: tuple[FloatArray, FloatArray],
    *,
    range_px: float,
    step_px: float,
    memory: int,
) -> Linked:
    order = np.argsort(links.track, kind="stable")
    trajectories = Trajectories(
        track=links.track[order],
        frame=detected.frame[order],
        x_px=detected.x_px[order],
        y_px=detected.y_px[order],
        peak=detected.peak[order],
        is_saturated=detected.is_saturated[order],
    )
    return Linked(
        trajectories=trajectories,
        drift_px=drift[0],
        drift_error_px=drift[1],
        range_px=range_px,
        memory=memory,
        step_px=step_px,
        warnings=tuple(doubts_of(links, range_px=range_px, step_px=step_px)),
    )


def doubts_of(links: Links, *, range_px: float, step_px: float) -> Iterator[Warned]:
    """What a user should know about the links.

    Parameters
    ----------
    links : Links
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
    if len(links.before) and not (links.before >= 0).any():
        yield Warned(code="no_links", message="No spot could be followed into the next frame.")
    elif range_px < 4.75 * step_px:
        message = (
            f"The fastest particles step {step_px:.2g} px a frame, but links are at most {range_px:.2g} px long, "
            "since farther ones would join strangers; the smallest particles are missed in part."
        )
        yield Warned(code="steps_exceed_range", message=message)
