"""Brownian motion in three dimensions, in a periodic box, seen at a few points of time in each exposure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from vesicle.measurements.sizing import FloatArray
from vesicle.simulate.nta_plan import VideoPlan
from vesicle.simulate.nta_settings import NtaSettings

SWING = 0.5
"""How far a varying drift swings around its mean, as a part of it."""


def exposures_um(plan: VideoPlan) -> Iterator[FloatArray]:
    """Where the particles are during each exposure.

    Each frame begins with its exposure. A particle that left the box comes in on the other side, between frames.

    Parameters
    ----------
    plan : VideoPlan
        Particles, box and times.

    Yields
    ------
    numpy.ndarray
        Shape (points of time, particles, 3), in um: x and y from the corner of the box, z from the
        middle of the light sheet.
    """
    settings = plan.settings
    rng = np.random.default_rng([settings.seed, 1])
    size_um = plan.box.size_um
    place = rng.random((len(plan.peak_grey), 3)) * size_um
    step_um = np.sqrt(2 * plan.diffusion_um2_per_s)[:, None]
    waits_s = _waits_s(settings)
    corner = np.array([0.0, 0.0, plan.box.half_um])
    for frame in range(settings.frames):
        moved = rng.standard_normal((len(waits_s), *place.shape)) * np.sqrt(waits_s)[:, None, None] * step_um
        path = place + np.cumsum(moved, axis=0)
        path[:, :, :2] += _drift_um(settings, frame, waits_s)[:, None, :]
        yield path[:-1] - corner
        place = path[-1] % size_um


def _waits_s(settings: NtaSettings) -> FloatArray:
    """Time from the start of a frame to its first point, between points, and from the last to the frame's end."""
    if settings.exposure_s == 0:
        return np.array([0.0, settings.frame_s])
    apart = settings.exposure_s / settings.substeps
    inside = np.full(settings.substeps, apart)
    inside[0] = apart / 2
    return np.append(inside, settings.frame_s - settings.exposure_s + apart / 2)


def _drift_um(settings: NtaSettings, frame: int, waits_s: FloatArray) -> FloatArray:
    """Displacement by drift since the start of the frame, shape (points + 1, 2)."""
    start = frame * settings.frame_s
    frames = drift_frames(settings, start + np.cumsum(waits_s)) - drift_frames(settings, np.array(start))
    return frames[:, None] * np.array(settings.drift_px) * settings.pixel_nm / 1000


def drift_frames(settings: NtaSettings, time_s: FloatArray) -> FloatArray:
    """How far everything has drifted, in mean drifts per frame.

    Parameters
    ----------
    settings : NtaSettings
        With the frame rate and the period.
    time_s : numpy.ndarray
        Since the start of the video.

    Returns
    -------
    numpy.ndarray
        Times ``drift_px`` it is the displacement in px, same shape.
    """
    steady = time_s * settings.fps
    if settings.drift_period_s is None:
        return steady
    turns = 2 * math.pi / settings.drift_period_s
    return steady + SWING * settings.fps / turns * (1 - np.cos(turns * time_s))
