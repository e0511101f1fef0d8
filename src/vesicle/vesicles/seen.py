"""How deep each size was seen, and so how many particles per volume a sighting stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.tracking.records import Detected
from vesicle.vesicles.estimate import TrackSizes

if TYPE_CHECKING:
    from vesicle.inference.crowding import Crowding
    from vesicle.inference.visibility import Visibility

_ABOVE = 1.3
"""The brightness is fitted from this many thresholds on: nearer to it, sightings are lost to noise."""

_FEWEST_SIGHTINGS = 500
LEAST_IN_FOCUS = 1.5
"""A size whose peak in focus is less than this many thresholds is below the detection limit (house rule)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The depth profile of the instrument, from beads of a known size in a video of the same optics.

    ``scale_um`` multiplies depths, with its relative standard error; ``shape`` is that of the profile, ``known_to``
    how far the beads tell it (as in ``Visibility``); ``text`` names the video, the size and what was found.
    """

    scale_um: float
    relative_error: float
    shape: float
    text: str
    known_to: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How deep each size was seen, on the grid of sizes.

    ``depth`` has shape (grid,), in units of the profile's scale, 0 below the detection limit. ``open_share``,
    shape (grid,), is the part of the field in which brighter spots do not hide it. ``limit_nm`` is that limit.
    ``threshold`` is the peak from which on sightings are counted, and ``hidden_at_threshold`` the part of the field
    that is hidden from such. ``is_measured`` is false where every size is only taken as seen equally deep.
    """

    depth: FloatArray
    open_share: FloatArray
    is_measured: bool
    limit_nm: Quantity
    threshold: float
    shape: float
    text: str
    hidden_at_threshold: float = 0.0

    @property
    def room(self) -> FloatArray:
        """The depth in which each size was seen, less what brighter spots hide of it; shape (grid,)."""
        return self.depth * self.open_share


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
        open_share=np.ones_like(sizes.log_size),
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
    crowding = crowding_of(detected)
    fitted = _brightness(
        trajectories, detected, sizes, calibration=calibration, ceiling=ceiling, crowding=crowding
    )
    if fitted is None:
        return evenly_seen(sizes, "too few sightings say how bright each size is")
    own = max(0.05, float(np.sqrt(max(fitted.spread**2 - fitted.slope() ** 2 * sizes.log_variance, 0.0))))
    sharper = replace(fitted, spread=own)
    # A fainter threshold finds noise too; what is counted begins where the automatic one would.
    counted_from = detected.threshold * max(1.0, 1 / detected.threshold_factor)
    depth = sharper.depth(sizes.log_size, counted_from)
    unhidden = crowding.open_depth(sharper, sizes.log_size, counted_from)
    over = fitted.log_peak(sizes.log_size) - np.log(LEAST_IN_FOCUS * counted_from)
    limit, is_below = _limit(sizes, over, fitted.slope())
    return Seen(
        depth=np.where(is_below, 0.0, depth),
        open_share=np.divide(unhidden, depth, out=np.ones_like(depth), where=depth > 0),
        is_measured=True,
        limit_nm=limit,
        threshold=counted_from,
        shape=fitted.shape,
        hidden_at_threshold=1 - float(crowding.open_share(np.log(counted_from))),
        text=f"each size is weighted by the depth in which it is seen: its peak grows as size^{fitted.slope():.1f}",
    )


def _brightness(
    trajectories: Trajectories,
    detected: Detected,
    sizes: TrackSizes,
    *,
    calibration: Calibration | None,
    ceiling: float,
    crowding: Crowding,
) -> Visibility | None:
    """How bright each size is; None where too few sightings say it."""
    from vesicle.inference.visibility import Profile, fit_visibility

    of_track = np.full(trajectories.count, np.nan)
    of_track[sizes.rows] = sizes.log_mean
    at = of_track[trajectories.track]
    least = float(np.log(_ABOVE * detected.threshold))
    peaks = np.log(np.maximum(trajectories.peak if trajectories.peak is not None else 0.0, 1e-9))
    is_known = np.isfinite(at) & (peaks >= least)
    if is_known.sum() < _FEWEST_SIGHTINGS:
        return None
    return fit_visibility(
        at[is_known],
        peaks[is_known],
        least=least,
        most=float(np.log(ceiling)),
        known=None if calibration is None else Profile(calibration.shape, calibration.known_to),
        open_share=crowding.open_share,
    )


def crowding_of(detected: Detected) -> Crowding:
    """How much of the field brighter spots hide from fainter ones.

    Parameters
    ----------
    detected : Detected
        All spots.

    Returns
    -------
    Crowding
        By the peak of the fainter one.
    """
    from vesicle.inference.crowding import Field, crowding_in

    order = np.argsort(detected.frame, kind="stable")
    field = Field(
        frame=detected.frame[order],
        x_px=detected.x_px[order],
        y_px=detected.y_px[order],
        peak=detected.peak[order],
        frames=detected.frames,
        area_px=float(detected.height_px * detected.width_px),
        sigma_px=detected.spot_sigma_px,
    )
    return crowding_in(field)


def ceiling_of(trajectories: Trajectories) -> float:
    """The least peak that touched the camera's ceiling, above which peaks are not comparable.

    Parameters
    ----------
    trajectories : Trajectories
        With peaks.

    Returns
    -------
    float
        In grey levels; infinite where none touched it.
    """
    peak, saturated = trajectories.peak, trajectories.is_saturated
    if peak is None or saturated is None or not saturated.any():
        return math.inf
    return float(np.quantile(peak[saturated], 0.02))


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
