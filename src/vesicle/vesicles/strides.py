"""Steps over several frames, for particles that move less than a pixel from one frame to the next.

Where a step is smaller than a pixel, what the camera and its compression do to neighbouring frames (smoothing, noise
that persists) weighs as much as the motion. Over more frames the motion grows and the rest does not. Every frame
starts a step, so no position is left out; since such steps overlap, each counts as its share of a frame's step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.inference.displacements import Steps, steps_of
from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray

LEAST_STEP_PX = 1.0
"""A step along an axis is made at least so long on average, by taking more frames (house rule)."""

MOST_FRAMES = 10
_SHARE_OF_TRACK = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """Steps over ``frames`` frames; tracks are split into as many interleaved ones, kept side by side."""

    steps: Steps
    frames: int
    tracks: int

    @property
    def per_track(self) -> NDArray[np.int64]:
        """Steps of each track, shape (tracks,)."""
        return self._by_track(self.steps.per_track.astype(np.float64)[:, None])[:, 0].astype(np.int64)

    def together(self, log_likelihood: FloatArray) -> FloatArray:
        """The log likelihood of each track from that of its interleaved parts.

        Parameters
        ----------
        log_likelihood : numpy.ndarray
            Shape (parts, grid).

        Returns
        -------
        numpy.ndarray
            Shape (tracks, grid).
        """
        return self._by_track(log_likelihood) / self.frames

    def _by_track(self, values: FloatArray) -> FloatArray:
        whole = np.zeros((self.tracks * self.frames, values.shape[1]))
        whole[: len(values)] = values
        return whole.reshape(self.tracks, self.frames, values.shape[1]).sum(axis=1)


def steps_over(trajectories: Trajectories, *, pixel_um: float, frames: int) -> Stride:
    """Displacements over a number of frames, in um.

    Parameters
    ----------
    trajectories : Trajectories
        Drift removed.
    pixel_um : float
        Length of a pixel.
    frames : int
        At least 1.

    Returns
    -------
    Stride
        With the steps of every phase.
    """
    part = trajectories.track * frames + trajectories.frame % frames
    order = np.lexsort((trajectories.frame, part))
    steps = steps_of(
        part[order],
        trajectories.frame[order] // frames,
        trajectories.x_px[order] * pixel_um,
        trajectories.y_px[order] * pixel_um,
    )
    return Stride(steps=steps, frames=frames, tracks=trajectories.count)


def frames_for(trajectories: Trajectories) -> int:
    """How many frames a step takes to be a pixel long.

    Parameters
    ----------
    trajectories : Trajectories
        Drift removed, in pixels of a camera.

    Returns
    -------
    int
        1 for most particles in the nanometre range; at most ten, and a quarter of a long track.
    """
    single = steps_over(trajectories, pixel_um=1.0, frames=1).steps
    if not len(single.dx):
        return 1
    square = float(np.median(single.dx**2 + single.dy**2)) / (
        2 * math.log(2)
    )  # the median of an exponential law
    lengths = single.per_track
    longer = float(np.quantile(lengths[lengths > 0], 0.9))
    wanted = math.ceil(LEAST_STEP_PX**2 / max(square, 1e-6))
    return int(max(1, min(wanted, MOST_FRAMES, longer // _SHARE_OF_TRACK)))
