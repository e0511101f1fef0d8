"""Modes of a density on a grid: which bins belong to which mode, and where valleys lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Modes of a density, the heaviest first.

    ``label`` gives for each bin the number of its mode, -1 where there is no density; ``share`` is the mass of each
    mode and ``peak`` the flat place of its highest bin.
    """

    label: IntArray
    share: FloatArray
    peak: IntArray


def find_modes(density: FloatArray, *, saddle: float) -> Modes:
    """The modes of a density that stand clear of each other.

    Bins are taken from the highest down; where two mounds meet, the lower one is a mode of its own only when the
    place where they meet is lower than so much of its height.

    Parameters
    ----------
    density : numpy.ndarray
        Smoothed counts of one or two dimensions, not negative.
    saddle : float
        Between 0 and 1; smaller asks for deeper valleys.

    Returns
    -------
    Modes
        None where the density is zero everywhere.

    Examples
    --------
    >>> import numpy as np
    >>> find_modes(np.array([1.0, 5.0, 1.0, 0.0, 3.0]), saddle=0.5).share.tolist()
    [0.7, 0.3]
    """
    rows = density.shape[0] if density.ndim == 2 else 1
    flat = np.ascontiguousarray(density, dtype=np.float64).ravel()
    order = np.argsort(-flat, kind="stable")[: np.count_nonzero(flat > 0)]
    owner = _climb(flat, order, (rows, density.size // rows), saddle)
    tops, label = np.unique(owner[owner >= 0], return_inverse=True)
    mass = np.bincount(label, flat[owner >= 0], minlength=len(tops))
    rank = np.argsort(-mass, kind="stable")
    labels = np.full(flat.size, -1, dtype=np.int64)
    labels[owner >= 0] = np.argsort(rank)[label]
    return Modes(label=labels.reshape(density.shape), share=mass[rank] / mass.sum(), peak=tops[rank])


def smoothed(values: FloatArray, *, edges: tuple[float, float], bins: int, width: float) -> FloatArray:
    """A histogram of values, smoothed with a normal kernel.

    Parameters
    ----------
    values : numpy.ndarray
        Finite values; those beyond the edges count in the last bins.
    edges : tuple of float
        Both ends of the axis.
    bins : int
        How many.
    width : float
        Standard deviation of the kernel in bins.

    Returns
    -------
    numpy.ndarray
        Shape (bins,).
    """
    from scipy.ndimage import gaussian_filter1d

    place = places(values, edges=edges, bins=bins)
    return gaussian_filter1d(np.bincount(place, minlength=bins).astype(np.float64), width, mode="constant")


def places(values: FloatArray, *, edges: tuple[float, float], bins: int) -> IntArray:
    """The bin of each value on an even axis; values beyond its ends count in the last bins.

    Parameters
    ----------
    values : numpy.ndarray
        Finite values.
    edges : tuple of float
        Both ends of the axis.
    bins : int
        How many.

    Returns
    -------
    numpy.ndarray
        From 0 to bins - 1.
    """
    scale = bins / max(edges[1] - edges[0], 1e-300)
    return np.clip((values - edges[0]) * scale, 0, bins - 1).astype(np.int64)


@compiled
def _climb(flat: FloatArray, order: IntArray, shape: tuple[int, int], saddle: float) -> IntArray:
    """For each bin the highest bin of its mode."""
    rows, columns = shape
    parent = np.full(flat.size, -1, np.int64)
    for place in order:
        parent[place] = place
        y, x = place // columns, place % columns
        for j in range(max(0, y - 1), min(rows, y + 2)):
            for i in range(max(0, x - 1), min(columns, x + 2)):
                other = j * columns + i
                if parent[other] < 0:
                    continue
                a, b = place, other
                while parent[a] != a:
                    a = parent[a]
                while parent[b] != b:
                    b = parent[b]
                if flat[a] < flat[b] or (flat[a] == flat[b] and a > b):
                    a, b = b, a  # b is the lower mound
                if a != b and (b == place or flat[place] > saddle * flat[b]):
                    parent[b] = a
    for place in order:
        top = place
        while parent[top] != top:
            top = parent[top]
        parent[place] = top
    return parent
