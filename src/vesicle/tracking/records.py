"""What the engine is told, and what it returns: settings, spots, links, drift; all in pixels and frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import Polarity, Trajectories
from vesicle.results import Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionSettings:
    """How spots are found.

    ``threshold_factor`` multiplies the automatic threshold, ``spot_sigma_px`` is the width of a spot (None:
    estimated from the video), ``polarity`` whether spots are brighter or darker than the ground (None: as the
    video shows).
    """

    threshold_factor: float = 1.0
    spot_sigma_px: float | None = None
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """All spots of a video, sorted by frame, with the settings that were in force.

    Columns have shape (spots,). ``peak`` is the height above the local background in grey levels, of a spot of
    the usual width that the filter answers equally. ``threshold`` is in grey levels of ``peak``: a spot of that
    peak is found in half of the frames. ``noise_grey`` is the robust noise of a pixel, ``level_grey`` the
    median level. No centre is nearer to the rim than ``margin_px``. ``frames`` is the number of frames looked at;
    ``repeated`` lists frames that equal the one before (a dropped frame that the recorder filled), or that the file
    lacks; they hold no spots. ``stored`` is the number of each frame in the file, -1 where it has none, and None
    where both are counted alike; every picture stands ``times_shown`` times in the file. Noise alone would give
    ``noise_spots`` a frame.
    """

    frame: NDArray[np.int64]
    x_px: FloatArray
    y_px: FloatArray
    peak: FloatArray
    is_saturated: NDArray[np.bool_]
    frames: int
    height_px: int
    width_px: int
    margin_px: int
    threshold: float
    threshold_factor: float
    noise_grey: float
    level_grey: float
    spot_sigma_px: float
    polarity: Polarity
    repeated: tuple[int, ...] = ()
    stored: NDArray[np.int64] | None = None
    times_shown: int = 1
    noise_spots: float = 0.0
    warnings: tuple[Warned, ...] = ()

    @property
    def is_searched(self) -> NDArray[np.bool_]:
        """Whether each frame is a picture of its own, shape (frames,)."""
        searched = np.ones(self.frames, dtype=np.bool_)
        searched[list(self.repeated)] = False
        return searched


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Spots joined to tracks; every spot is in one, which may be its only one.

    ``drift_px`` is the common displacement between a frame and the next, shape (frames - 1, 2), x then y,
    smoothed in time; it is not removed from the trajectories. ``drift_error_px`` is its standard error, infinite
    where no link tells it. ``range_px`` is the largest step, after drift, that a link between neighbouring frames
    may have (the square root of 2 more across a missed one); a track that is known to be slow accepts less,
    4.75 of its own standard deviations. ``memory`` is how many frames a track may miss. ``step_px`` is the
    largest step that the range was made for (one standard deviation per axis of the fastest particles seen).
    """

    trajectories: Trajectories
    drift_px: FloatArray
    drift_error_px: FloatArray
    range_px: float
    memory: int
    step_px: float
    warnings: tuple[Warned, ...] = ()
