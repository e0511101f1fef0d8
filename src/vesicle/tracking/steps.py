"""How far particles step from frame to frame, seen in all pairs of spots before any is linked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

STEP_RATIO = 1.4
"""Neighbouring step sizes of the grid differ by this factor."""

SMALLEST_STEP_PX = 0.08
FARTHEST_DRIFT_PX = 24
PAIRS_A_WINDOW = 400
"""Spots after which the common displacement is seen well enough, even of the fastest particles."""

BIN_PX = 0.25


class Points(NamedTuple):
    """Spots of a video by frame and then by y; those of frame k are ``first[k]`` to ``first[k + 1]``.

    ``log_peak`` is the natural logarithm of the height. ``log_start`` is that of the density of beginning tracks,
    per square pixel and unit of ``log_peak``; ``log_end`` that of the odds that a track ends.
    """

    x: FloatArray
    y: FloatArray
    first: NDArray[np.int64]
    log_peak: FloatArray
    log_start: FloatArray
    log_end: FloatArray


@compiled
def first_near(points: Points, spot: int, frame: int, range_px: float) -> int:
    """The first spot of a frame that does not lie above a spot by more than a range.

    Parameters
    ----------
    points : Points
        Spots of a video.
    spot : int
        Any spot.
    frame : int
        The frame that is looked at.
    range_px : float
        In pixels.

    Returns
    -------
    int
        Number of a spot; that after the last of the frame when there is none.
    """
    low, high = points.first[frame], points.first[frame + 1]
    least = points.y[spot] - range_px
    while low < high:
        middle = (low + high) // 2
        if points.y[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def count_displacements(points: Points, window: int, reach: int) -> NDArray[np.float32]:
    """Displacements between all spots of a frame and all of the next, counted by whole pixels.

    Parameters
    ----------
    points : Points
        Spots of a video.
    window : int
        Frames that are counted together.
    reach : int
        Largest displacement along an axis, in pixels.

    Returns
    -------
    numpy.ndarray
        Shape (windows, 2 * reach + 1, 2 * reach + 1), y before x.
    """
    frames = points.first.size - 1
    side = 2 * reach + 1
    counts = np.zeros((max(1, (frames - 2) // window + 1), side, side), np.float32)
    for k in range(frames - 1):
        count = counts[k // window]
        for i in range(points.first[k], points.first[k + 1]):
            for j in range(first_near(points, i, k + 1, reach), points.first[k + 2]):
                dx, dy = points.x[j] - points.x[i], points.y[j] - points.y[i]
                if dy >= reach:
                    break
                if abs(dx) < reach and dy > -reach:
                    count[int(np.rint(dy)) + reach, int(np.rint(dx)) + reach] += 1
    return counts


@compiled
def count_distances(points: Points, bin_px: float, bins: int) -> NDArray[np.float64]:
    """Distances between all spots of a frame and all of the next, counted in rings of equal width.

    Parameters
    ----------
    points : Points
        Spots of a video, without the common displacement.
    bin_px : float
        Width of a ring.
    bins : int
        How many rings.

    Returns
    -------
    numpy.ndarray
        Shape (bins,).
    """
    counts = np.zeros(bins)
    for k in range(points.first.size - 2):
        for i in range(points.first[k], points.first[k + 1]):
            for j in range(first_near(points, i, k + 1, bins * bin_px), points.first[k + 2]):
                dx, dy = points.x[j] - points.x[i], points.y[j] - points.y[i]
                if dy > bins * bin_px:
                    break
                ring = int(np.sqrt(dx * dx + dy * dy) / bin_px)
                if ring < bins:
                    counts[ring] += 1
    return counts


def first_drift(points: Points) -> FloatArray:
    """The common displacement from each frame to the next, where the displacements of all pairs are densest.

    Parameters
    ----------
    points : Points
        Spots of a video.

    Returns
    -------
    numpy.ndarray
        Shape (frames - 1, 2), x then y; the same within a window of a few frames.
    """
    frames = len(points.first) - 1
    if frames < 2 or len(points.x) < 2:
        return np.zeros((max(0, frames - 1), 2))
    window = int(np.clip(np.ceil(PAIRS_A_WINDOW * frames / len(points.x)), 4, frames - 1))
    counts = count_displacements(points, window, FARTHEST_DRIFT_PX)
    blurred = gaussian_filter(counts, (1.0, 2.0, 2.0), mode="nearest")  # a little along time, too
    smooth = np.asarray(blurred, dtype=np.float32)
    peaks = np.array([densest(smooth[k]) for k in range(len(smooth))])
    return np.repeat(peaks, window, axis=0)[: frames - 1]


def densest(counts: NDArray[np.float32]) -> FloatArray:
    """Centre of the highest peak of a map of displacements.

    Parameters
    ----------
    counts : numpy.ndarray
        Square, with no displacement in its middle.

    Returns
    -------
    numpy.ndarray
        Displacement along x and y; 0 for an empty map.
    """
    reach = counts.shape[0] // 2
    if not counts.any():
        return np.zeros(2)
    at = np.arange(-reach, reach + 1)
    dy, dx = (float(at[i]) for i in np.unravel_index(int(np.argmax(counts)), counts.shape))
    above = np.maximum(counts - np.median(counts), 0)  # what pairs of strangers give is even
    for _ in range(5):
        weight = above * np.exp(-((at[:, None] - dy) ** 2 + (at - dx) ** 2) / (2 * 3.0**2))
        total = float(weight.sum())
        dy, dx = float(weight.sum(axis=1) @ at) / total, float(weight.sum(axis=0) @ at) / total
    return np.array([dx, dy])


def step_grid(range_px: float) -> FloatArray:
    """Step sizes, one standard deviation per axis, that a range can hold.

    Parameters
    ----------
    range_px : float
        Largest step of a link.

    Returns
    -------
    numpy.ndarray
        Ascending by a constant factor.
    """
    largest = max(range_px / 4.5, 2 * SMALLEST_STEP_PX)
    count = int(np.ceil(np.log(largest / SMALLEST_STEP_PX) / np.log(STEP_RATIO))) + 1
    return np.geomspace(SMALLEST_STEP_PX, largest, count)


def steps_of_pairs(points: Points, grid: FloatArray, *, range_px: float) -> FloatArray:
    """Shares of the step sizes of a grid in the pairs of spots, those of strangers left out.

    Parameters
    ----------
    points : Points
        Spots of a video, without the common displacement.
    grid : numpy.ndarray
        Step sizes.
    range_px : float
        Pairs farther apart are not looked at.

    Returns
    -------
    numpy.ndarray
        Shape of the grid; adds up to 1.
    """
    bins = max(8, int(range_px / BIN_PX))
    counts = count_distances(points, BIN_PX, bins)
    edge2 = (np.arange(bins + 1) * BIN_PX) ** 2
    chance = -np.diff(np.exp(-edge2[:, None] / (2 * grid**2)), axis=0)
    strangers = np.diff(edge2)[:, None] / edge2[-1]
    likelihood = np.hstack([chance, strangers])
    weights = np.full(likelihood.shape[1], 1 / likelihood.shape[1])
    for _ in range(300):
        share = likelihood * weights
        share *= (counts / np.maximum(share.sum(axis=1), 1e-300))[:, None]
        weights = share.sum(axis=0) / max(1.0, counts.sum())
    own = weights[:-1]
    return own / own.sum() if own.sum() > 0 else np.full(len(grid), 1 / len(grid))
