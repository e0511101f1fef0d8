"""How deep each size was seen, and so how many particles per volume a sighting stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.tracking.records import Detected
from vesicle.vesicles.estimate import TrackSizes

_ABOVE = 1.3
"""The brightness is fitted from this many thresholds on: nearer to it, sightings are lost to noise."""

_FEWEST_SIGHTINGS = 500
LEAST_IN_FOCUS = 1.5
"""A size whose peak in focus is less than this many thresholds is below the detection limit (house rule)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The depth profile of the instrument, from beads of a known size in a video of the same optics.

    ``scale_um`` multiplies depths, with its relative standard error; ``shape`` is that of the profile; ``text``
    names the video, the size and what was found.
    """

    scale_um: float
    relative_error: float
    shape: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How deep each size was seen, on the grid of sizes.

    ``depth`` has shape (grid,), in units of the profile's scale, 0 below the detection limit. ``limit_nm`` is
    that limit. ``threshold`` is the peak from which on sightings are counted. ``is_measured`` is false where every
    size is only taken as seen equally deep.
    """

    depth: FloatArray
    is_measured: bool
    limit_nm: Quantity
    threshold: float
    shape: float
    text: str


def evenly_seen(sizes: TrackSizes, reason: str) -> Seen:
    """Every size seen equally deep, for tables without brightness; the limit is not known then.

    Parameters
    ----------
    sizes : TrackSizes
        With the grid.
    reason : str
        Why nothing better is known.

    Returns
    -------
    Seen
        With a depth of 1 everywhere.
    """
    return Seen(
        depth=np.ones_like(sizes.log_size),
        is_measured=False,
        limit_nm=NotAssessed(reason),
        threshold=0.0,
        shape=0.0,
        text=f"every size is taken as seen equally deep, since {reason}",
    )


def how_deep(
    trajectories: Trajectories,
    detected: Detected,
    sizes: TrackSizes,
    *,
    calibration: Calibration | None,
    ceiling: float,
) -> Seen:
    """How deep each size was seen, from the brightness of every sighting.

    Parameters
    ----------
    trajectories : Trajectories
        With peaks.
    detected : Detected
        With the threshold in force.
    sizes : TrackSizes
        What the tracks say of their sizes.
    calibration : Calibration or None
        Gives the shape of the depth profile.
    ceiling : float
        The peak at which the camera saturates.

    Returns
    -------
    Seen
        As a function of size.

    Notes
    -----
    **Source**: own derivation (``inference/visibility.py``), checked on simulated videos with known depth.
    """
    from vesicle.inference.visibility import fit_visibility

    of_track = np.full(trajectories.count, np.nan)
    of_track[sizes.rows] = sizes.log_mean
    at = of_track[trajectories.track]
    least = float(np.log(_ABOVE * detected.threshold))
    peaks = np.log(np.maximum(trajectories.peak if trajectories.peak is not None else 0.0, 1e-9))
    is_known = np.isfinite(at) & (peaks >= least)
    if is_known.sum() < _FEWEST_SIGHTINGS:
        return evenly_seen(sizes, "too few sightings say how bright each size is")
    fitted = fit_visibility(
        at[is_known],
        peaks[is_known],
        least=least,
        most=float(np.log(ceiling)),
        shape=None if calibration is None else calibration.shape,
    )
    own = max(0.05, float(np.sqrt(max(fitted.spread**2 - fitted.slope() ** 2 * sizes.log_variance, 0.0))))
    sharper = type(fitted)(knots=fitted.knots, peaks=fitted.peaks, spread=own, shape=fitted.shape)
    # A fainter threshold finds noise too; what is counted begins where the automatic one would.
    counted_from = detected.threshold * max(1.0, 1 / detected.threshold_factor)
    depth = sharper.depth(sizes.log_size, counted_from)
    over = fitted.log_peak(sizes.log_size) - np.log(LEAST_IN_FOCUS * counted_from)
    limit, is_below = _limit(sizes, over, fitted.slope())
    return Seen(
        depth=np.where(is_below, 0.0, depth),
        is_measured=True,
        limit_nm=limit,
        threshold=counted_from,
        shape=fitted.shape,
        text=f"each size is weighted by the depth in which it is seen: its peak grows as size^{fitted.slope():.1f}",
    )


def _limit(sizes: TrackSizes, over: FloatArray, slope: float) -> tuple[Quantity, NDArray[np.bool_]]:
    from vesicle.inference.visibility import LEAST_SLOPE

    if slope < LEAST_SLOPE:
        reason = "brightness hardly depends on size in this video, so no size is too faint on that account"
        return NotAssessed(reason), np.zeros(len(over), dtype=np.bool_)
    below = over < 0
    edge = float(np.exp(sizes.log_size[below][-1])) if below.any() else float(np.exp(sizes.log_size[0]))
    method = (
        f"size whose peak in focus is {LEAST_IN_FOCUS:g} thresholds (house rule), with peaks growing as "
        f"size^{slope:.1f}"
    )
    return Estimate(value=edge, low=edge, high=edge, n=sizes.tracks, method=method), below
