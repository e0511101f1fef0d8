"""Components of a density: the hills that valleys part, when each of them is sure to be there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vesicle.inference.densities import mean_and_spread
from vesicle.measurements.sizing import FloatArray

_BLUR = 0.03
"""Hills are looked for after smoothing by this much in log size, so that a notch is no valley."""

_DEEP = 0.7
"""A valley is lower than this share of the lower hill beside it."""

_LEAST_SHARE = 0.02
"""A smaller hill is a sliver: it is counted with its neighbour (house rule)."""

_NEAR = 3
_SURE = 0.95
"""Share of the resamples in which the valley has to be there, in some depth, within so many steps of the grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hill:
    """One component: mean size, share of all and relative spread, each with its value in every resample.

    ``sizes``, ``shares`` and ``spreads`` have shape (resamples,).
    """

    size: float
    share: float
    spread: float
    sizes: FloatArray
    shares: FloatArray
    spreads: FloatArray


def components(log_size: FloatArray, density: FloatArray, resamples: FloatArray) -> tuple[Hill, ...]:
    """The components of a density, from small to large.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    density : numpy.ndarray
        Shape (grid,), sums to 1.
    resamples : numpy.ndarray
        Shape (resamples, grid).

    Returns
    -------
    tuple of Hill
        One for a density without a valley; shares sum to 1.
    """
    step = float(log_size[1] - log_size[0])
    cuts = _valleys(_blurred(density, step), density)
    again = _blurred(resamples, step)
    cuts = [cut for cut in cuts if _is_sure(again, cut, around=cuts)]
    bounds = [0, *cuts, len(log_size)]
    return tuple(_hill(log_size, density, resamples, slice(*bound)) for bound in pairwise(bounds))


def _blurred(density: FloatArray, step: float) -> FloatArray:
    reach = int(np.ceil(4 * _BLUR / step))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / _BLUR) ** 2)
    rows = np.atleast_2d(density)
    smooth = np.array([np.convolve(row, kernel / kernel.sum(), mode="same") for row in rows])
    return smooth.reshape(density.shape)


def _valleys(smooth: FloatArray, density: FloatArray) -> list[int]:
    """Lowest places between neighbouring hills, after merging hills that no valley parts or that are slivers."""
    rises = np.diff(smooth)
    tops: list[int] = (np.flatnonzero((rises[:-1] > 0) & (rises[1:] <= 0)) + 1).tolist()
    while len(tops) > 1:
        lows = [a + int(np.argmin(smooth[a : b + 1])) for a, b in pairwise(tops)]
        depth = [
            smooth[low] / min(smooth[a], smooth[b]) for low, (a, b) in zip(lows, pairwise(tops), strict=True)
        ]
        shares = [float(density[a:b].sum()) for a, b in pairwise([0, *lows, len(density)])]
        if min(shares) < _LEAST_SHARE:
            tops.pop(int(np.argmin(shares)))
        elif max(depth) > _DEEP:
            shallow = int(np.argmax(depth))
            tops.pop(shallow if smooth[tops[shallow]] < smooth[tops[shallow + 1]] else shallow + 1)
        else:
            return lows
    return []


def _is_sure(resamples: FloatArray, cut: int, *, around: list[int]) -> bool:
    """Whether nearly all resamples are lower near the cut than on both sides of it."""
    place = around.index(cut)
    left = around[place - 1] if place > 0 else 0
    right = around[place + 1] if place + 1 < len(around) else resamples.shape[1]
    near = _NEAR
    low = resamples[:, max(left, cut - near) : cut + near + 1].min(axis=1)
    higher = np.minimum(resamples[:, left:cut].max(axis=1), resamples[:, cut:right].max(axis=1))
    return bool(np.mean(low < 0.9 * higher) >= _SURE)


def _hill(log_size: FloatArray, density: FloatArray, resamples: FloatArray, part: slice) -> Hill:
    mean, spread = mean_and_spread(log_size[part], density[part])
    shares = resamples[:, part].sum(axis=1)
    there = np.maximum(resamples[:, part], 1e-300)
    means, spreads = mean_and_spread(log_size[part], there)
    return Hill(
        size=float(mean),
        share=float(density[part].sum() / density.sum()),
        spread=float(spread / mean),
        sizes=means,
        shares=shares / resamples.sum(axis=1),
        spreads=spreads / means,
    )
