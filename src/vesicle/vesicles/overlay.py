"""What a reader needs to see of a tracked video: one frame with its spots, some tracks, counts and drift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.findings import FrameOverlay, TrackedVideo, TrackOverlay
from vesicle.findings.tracking import MOST_TRACKS_SHOWN
from vesicle.measurements import Frames, Trajectories
from vesicle.measurements.sizing import FloatArray, Setting, frozen, read_only
from vesicle.tracking.records import Detected, Linked

_DARKEST, _BRIGHTEST = 0.5, 99.7
"""Percentiles of the grey levels that become black and white."""


def tracked_video(
    frames: Frames,
    detected: Detected,
    linked: Linked,
    *,
    used: NDArray[np.int64],
    pixel_nm: float | None,
    settings: tuple[Setting, ...],
) -> TrackedVideo:
    """The picture of a video's tracking.

    Parameters
    ----------
    frames : Frames
        The video; one frame of it is read again.
    detected : Detected
        All spots.
    linked : Linked
        Tracks and drift.
    used : numpy.ndarray
        Numbers of the tracks that were sized.
    pixel_nm : float or None
        For the scale bar.
    settings : tuple of Setting
        Every choice that moves a number.

    Returns
    -------
    TrackedVideo
        With the frame whose number of spots is the median one nearest to the middle.
    """
    counts = np.bincount(detected.frame, minlength=detected.frames).astype(np.float64)
    shown = _typical_frame(counts, detected.is_searched)
    number = shown if detected.stored is None else int(detected.stored[shown])
    trajectories = linked.trajectories
    is_used = np.isin(trajectories.track, used)
    here = detected.frame == shown
    tracked_here = trajectories.frame[is_used] == shown
    x, y = trajectories.x_px[is_used][tracked_here], trajectories.y_px[is_used][tracked_here]
    return TrackedVideo(
        overlay=FrameOverlay(
            frame=shown,
            grey=_stretched(_frame(frames, number)),
            x_px=frozen(detected.x_px[here]),
            y_px=frozen(detected.y_px[here]),
            is_tracked=read_only(_are_among(detected.x_px[here], detected.y_px[here], x, y)),
            spot_radius_px=3 * detected.spot_sigma_px,
            pixel_nm=pixel_nm,
        ),
        tracks=_longest(trajectories, used, through=shown),
        frames=detected.frames,
        spots_per_frame=frozen(counts[detected.is_searched]),
        drift_px=frozen(linked.drift_px),
        settings=settings,
        polarity=detected.polarity,
    )


def _typical_frame(counts: FloatArray, is_searched: NDArray[np.bool_]) -> int:
    middle, searched = len(counts) // 2, np.flatnonzero(is_searched)
    typical = searched[np.abs(counts[searched] - np.median(counts[searched])) <= 0.5]
    among = typical if len(typical) else searched
    return int(among[np.argmin(np.abs(among - middle))])


def _frame(frames: Frames, wanted: int) -> NDArray[np.float64]:
    start = 0
    for block in frames.blocks(8):
        if start + len(block) > wanted:
            return block[wanted - start].astype(np.float64)
        start += len(block)
    raise ValueError(f"the video has no frame {wanted}")


def _stretched(grey: NDArray[np.float64]) -> NDArray[np.uint8]:
    low, high = np.percentile(grey, [_DARKEST, _BRIGHTEST])
    scaled = (grey - low) / max(high - low, 1e-9)
    return read_only((255 * np.clip(scaled, 0, 1)).astype(np.uint8))


def _are_among(x: FloatArray, y: FloatArray, some_x: FloatArray, some_y: FloatArray) -> NDArray[np.bool_]:
    some = set(zip(some_x.tolist(), some_y.tolist(), strict=True))
    return np.array([point in some for point in zip(x.tolist(), y.tolist(), strict=True)], dtype=np.bool_)


def _longest(trajectories: Trajectories, used: NDArray[np.int64], *, through: int) -> TrackOverlay:
    here = used[np.isin(used, trajectories.track[trajectories.frame == through])]
    lengths = np.bincount(trajectories.track, minlength=trajectories.count)[here]
    chosen = here[np.argsort(-lengths, kind="stable")[:MOST_TRACKS_SHOWN]]
    first, last = (np.searchsorted(trajectories.track, chosen, side=side) for side in ("left", "right"))
    places = list(zip(first.tolist(), last.tolist(), strict=True))
    return TrackOverlay(
        x_px=tuple(frozen(trajectories.x_px[a:b]) for a, b in places),
        y_px=tuple(frozen(trajectories.y_px[a:b]) for a, b in places),
        total=len(used),
    )
