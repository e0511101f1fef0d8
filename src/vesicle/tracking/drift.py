"""The common displacement of all particles, from links, smoothed in time as far as its noise demands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import Trajectories

HUBER = 1.5
"""Steps farther out than this many standard deviations weigh less."""

AGILITIES = np.array([0.0, *np.geomspace(1e-8, 30.0, 20)])
"""Squared change of the drift from frame to frame, in pixels, of which the likeliest is taken."""


def drift_from_steps(
    steps: FloatArray, frame: NDArray[np.int64], around: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Common displacement from each frame to the next along one axis, with its standard error.

    Parameters
    ----------
    steps : numpy.ndarray
        Shape (links,): displacements along the axis.
    frame : numpy.ndarray
        Shape (links,): frame in which each step begins.
    around : numpy.ndarray
        Shape (frames - 1,): drift that was believed before.

    Returns
    -------
    drift, error : numpy.ndarray
        Shape (frames - 1,); an error of infinity where no link tells anything at all.
    """
    if not len(steps):
        return np.zeros_like(around), np.full_like(around, np.inf)
    mean, variance = robust_means(steps, frame, around)
    best = max(AGILITIES, key=lambda agility: smooth_walk(mean, variance, float(agility))[2])
    drift, error2, _ = smooth_walk(mean, variance, float(best))
    return drift, np.sqrt(error2)


def robust_means(
    steps: FloatArray, frame: NDArray[np.int64], around: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean of the steps of each transition, far ones weighing less, and its squared error.

    Parameters
    ----------
    steps : numpy.ndarray
        Shape (links,).
    frame : numpy.ndarray
        Shape (links,): frame in which each step begins.
    around : numpy.ndarray
        Shape (frames - 1,): drift that was believed before.

    Returns
    -------
    mean, variance : numpy.ndarray
        Shape (frames - 1,); the variance is infinite where there is no link.
    """
    transitions = len(around)
    count = np.bincount(frame, minlength=transitions).astype(np.float64)
    mean = around
    weight = np.ones(len(steps))
    spread = 0.0
    for _ in range(5):
        residual = steps - mean[frame]
        spread = max(1e-3, 1.4826 * float(np.median(np.abs(residual))))
        weight = np.minimum(1.0, HUBER * spread / np.maximum(np.abs(residual), 1e-12))
        total = np.bincount(frame, weights=weight, minlength=transitions)
        mean = np.bincount(frame, weights=weight * steps, minlength=transitions) / np.maximum(total, 1e-12)
    residual2 = float(np.mean(np.square(weight * (steps - mean[frame])))) / float(np.mean(weight > 0.99)) ** 2
    variance = np.full(transitions, np.inf)
    np.divide(max(residual2, 1e-6), count, out=variance, where=count > 0)
    return mean, variance


@compiled
def smooth_walk(
    seen: FloatArray, variance: FloatArray, agility: float
) -> tuple[FloatArray, FloatArray, float]:
    """A random walk seen with noise: its likeliest course, the squared error, and the log likelihood.

    Parameters
    ----------
    seen : numpy.ndarray
        Shape (times,).
    variance : numpy.ndarray
        Of what was seen; infinite where nothing was.
    agility : float
        Variance of a step of the walk.

    Returns
    -------
    course, error2 : numpy.ndarray
        Shape (times,).
    likelihood : float
        Of everything seen but the first.

    Notes
    -----
    Kalman filter forwards, Rauch-Tung-Striebel smoother backwards (1965, not seen).
    """
    times = seen.size
    mean, error2 = np.zeros(times), np.full(times, np.inf)
    at, doubt, likelihood = 0.0, np.inf, 0.0
    for t in range(times):
        doubt += agility
        if variance[t] < np.inf:
            if doubt == np.inf:
                at, doubt = seen[t], variance[t]
            else:
                total = doubt + variance[t]
                likelihood -= 0.5 * (np.log(total) + (seen[t] - at) ** 2 / total)
                at += doubt / total * (seen[t] - at)
                doubt *= variance[t] / total
        mean[t], error2[t] = at, doubt
    for t in range(times - 2, -1, -1):
        if error2[t] == np.inf:
            mean[t], error2[t] = mean[t + 1], error2[t + 1] + agility
            continue
        ahead = error2[t] + agility
        pull = error2[t] / ahead if ahead > 0 else 1.0
        mean[t] += pull * (mean[t + 1] - mean[t])
        error2[t] += pull * pull * (error2[t + 1] - ahead)
    return mean, error2, likelihood


def remove_drift(trajectories: Trajectories, drift_px: FloatArray) -> Trajectories:
    """The same trajectories as seen by an observer who drifts along.

    Parameters
    ----------
    trajectories : Trajectories
        As in the video.
    drift_px : numpy.ndarray
        Shape (frames - 1, 2): common displacement between a frame and the next, x then y.

    Returns
    -------
    Trajectories
        Equal in the first frame of the video.
    """
    moved = position_of_drift(drift_px)[trajectories.frame] if len(trajectories.frame) else np.empty((0, 2))
    return replace(trajectories, x_px=trajectories.x_px - moved[:, 0], y_px=trajectories.y_px - moved[:, 1])


def position_of_drift(drift_px: FloatArray) -> FloatArray:
    """How far everything has moved since the first frame.

    Parameters
    ----------
    drift_px : numpy.ndarray
        Shape (frames - 1, 2).

    Returns
    -------
    numpy.ndarray
        Shape (frames, 2).
    """
    return np.vstack([np.zeros((1, 2)), np.cumsum(drift_px, axis=0)])
