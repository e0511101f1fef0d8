"""The separate peaks of a density: where they are, how much is in each, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vesicle.inference.densities import log_edges
from vesicle.inference.resampling import interval_of
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate

_DEEPEST = 0.8
"""Peaks are separate when the valley between them is below this part of the lower of the two."""
_LEAST_SHARE = 0.02
"""Peaks with less are left to their neighbours, and so are those whose interval reaches down to half of it."""
_LEAST_PEAK = 1e-6
"""What is lower, as a part of the highest peak, is no peak but the error of a sum."""
_METHOD = "peak of the density, interval from resampled observations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One peak of a density between two valleys.

    ``size`` is where it is highest, ``share`` how much lies between ``low`` and ``high``, its bounds, and
    ``spread`` its standard deviation in the logarithm.
    """

    size: Estimate
    share: Estimate
    spread: float
    low: float
    high: float


def find_components(
    log_size: FloatArray, density: FloatArray, resampled: FloatArray
) -> tuple[Component, ...]:
    """The peaks of a density that real valleys separate.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (grid,), sum 1.
    resampled : numpy.ndarray
        Densities of resamples, shape (resamples, grid).

    Returns
    -------
    tuple of Component
        In the order of size, at least one; shares sum to 1.
    """
    cuts = _deep_valleys(density)
    while True:
        shares = _shares(density, cuts)
        low = np.percentile(_shares(resampled, cuts), 2.5, axis=0)
        weak = np.flatnonzero((shares < _LEAST_SHARE) | (low < _LEAST_SHARE / 2))
        if len(cuts) == 2 or not len(weak):
            break
        cuts = _without(cuts, density, int(weak[shares[weak].argmin()]))
    return tuple(_component(log_size, density, resampled, slice(a, b)) for a, b in pairwise(cuts))


def _deep_valleys(density: FloatArray) -> list[int]:
    """Where the density is cut, both ends included: the shallowest valleys are filled first."""
    rises = np.diff(density) > 0
    peaks = np.flatnonzero(np.diff(np.concatenate(([True], rises, [False])).astype(int)) < 0).tolist()
    peaks = [peak for peak in peaks if density[peak] > _LEAST_PEAK * density.max()]
    while len(peaks) > 1:
        valleys = [a + int(density[a:b].argmin()) for a, b in pairwise(peaks)]
        lower = [min(density[a], density[b]) for a, b in pairwise(peaks)]
        depth = density[valleys] / np.maximum(lower, np.finfo(np.float64).tiny)
        worst = int(depth.argmax())
        if depth[worst] < _DEEPEST:
            return [0, *valleys, len(density)]
        del peaks[worst if density[peaks[worst]] < density[peaks[worst + 1]] else worst + 1]
    return [0, len(density)]


def _shares(density: FloatArray, cuts: list[int]) -> FloatArray:
    return np.add.reduceat(density, cuts[:-1], axis=-1)


def _without(cuts: list[int], density: FloatArray, weak: int) -> list[int]:
    """Cuts without the lower wall of a component, so that it joins the neighbour on that side."""
    inner = [cut for cut in (cuts[weak], cuts[weak + 1]) if 0 < cut < len(density)]
    removed = max(inner, key=lambda cut: density[cut])
    return [cut for cut in cuts if cut != removed]


def _component(log_size: FloatArray, density: FloatArray, resampled: FloatArray, places: slice) -> Component:
    at, inside, again = log_size[places], density[places], resampled[:, places]
    share = float(inside.sum())
    mean = float(inside @ at) / share
    peak = _highest(at, inside[None, :])[0]
    walls = np.exp(log_edges(log_size)[[places.start, places.stop]])
    return Component(
        size=_estimate(peak, _highest(at, again)),
        share=_estimate(share, again.sum(axis=1)),
        spread=float(np.sqrt(inside @ (at - mean) ** 2 / share)),
        low=float(walls[0]),
        high=float(walls[1]),
    )


def _highest(at: FloatArray, density: FloatArray) -> FloatArray:
    """The size at which each row is highest, between grid points by a parabola in the logarithm."""
    rows = np.log(np.maximum(density, np.finfo(np.float64).tiny))
    top = np.clip(rows.argmax(axis=1), 1, len(at) - 2)
    left, centre, right = (rows[np.arange(len(rows)), top + shift] for shift in (-1, 0, 1))
    bend = left - 2 * centre + right
    shift = np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend < 0)
    return np.exp(at[top] + (at[1] - at[0]) * np.clip(shift, -0.5, 0.5))


def _estimate(value: float, resampled: FloatArray) -> Estimate:
    low, high = interval_of(resampled, value)
    return Estimate(value=float(value), low=low, high=high, method=_METHOD)
