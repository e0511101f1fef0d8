"""The common flow in a table of tracks: found from all steps together, as in a video, and taken off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed

FEWEST_STEPS = 200
"""With fewer steps a flow cannot be told from free motion, and taking it off would cost more than it gives (ours)."""

FEWEST_PER_FRAME = 10
"""With fewer steps from a frame to the next, one flow is taken for all frames: following it would follow particles."""


def drift_of_table(trajectories: Trajectories) -> FloatArray | NotAssessed:
    """The common displacement between each frame and the next.

    Parameters
    ----------
    trajectories : Trajectories
        As another program found them; where it took the flow off already, next to none is found.

    Returns
    -------
    numpy.ndarray or NotAssessed
        Shape (frames - 1, 2), x then y, in pixels; zero before the first sighting.

    Notes
    -----
    **Source**: as for videos (``tracking/drift.py``) where particles are many, else the median step.
    """
    is_step = (np.diff(trajectories.track) == 0) & (np.diff(trajectories.frame) == 1)
    if is_step.sum() < FEWEST_STEPS:
        return NotAssessed(f"fewer than {FEWEST_STEPS} steps do not tell a common flow from free motion")
    start, last = int(trajectories.frame.min()), int(trajectories.frame.max())
    frame = trajectories.frame[:-1][is_step] - start
    x, y = (np.diff(at)[is_step] for at in (trajectories.x_px, trajectories.y_px))
    drift = np.column_stack([_along(steps, frame, last - start) for steps in (x, y)])
    return np.concatenate([np.zeros((start, 2)), drift])


def _along(steps: FloatArray, frame: NDArray[np.int64], transitions: int) -> FloatArray:
    from vesicle.tracking.drift import drift_from_steps

    same = np.full(transitions, float(np.median(steps)))
    if len(steps) < FEWEST_PER_FRAME * len(np.unique(frame)):
        return same
    return drift_from_steps(steps, frame, same)[0]
