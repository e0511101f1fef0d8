"""Cubic splines over an even grid, with one knot every four points: the shape of a smooth log density."""

from __future__ import annotations

import numpy as np

from vesicle.measurements.sizing import FloatArray

PER_KNOT = 4
"""Grid points from one knot of the spline to the next; the compiled functions count on it."""


def spline_size(grid: int) -> int:
    """How many coefficients a spline over a grid has.

    Parameters
    ----------
    grid : int
        Number of grid points, a multiple of 4.

    Returns
    -------
    int
        Number of B-splines that do not vanish there.
    """
    return grid // PER_KNOT + 3


def blend() -> FloatArray:
    """Weights of the four splines that overlap between two knots, at each grid point there.

    Returns
    -------
    numpy.ndarray
        Shape (4 points, 4 splines); rows sum to 1.
    """
    u = np.arange(PER_KNOT) / PER_KNOT
    columns = ((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3)
    return np.ascontiguousarray(np.stack(columns, axis=1) / 6)


def spline_basis(grid: int) -> FloatArray:
    """Cubic B-splines at the points of an even grid.

    Parameters
    ----------
    grid : int
        Number of grid points, a multiple of 4.

    Returns
    -------
    numpy.ndarray
        Shape (grid, coefficients); rows sum to 1.
    """
    basis, weights = np.zeros((grid, spline_size(grid))), blend()
    for point in range(grid):
        knot = point // PER_KNOT
        basis[point, knot : knot + 4] = weights[point % PER_KNOT]
    return basis


def differences(size: int, order: int) -> FloatArray:
    """The matrix that takes coefficients to their differences of some order.

    Third differences vanish for a parabola, and a log density that is a parabola is a normal density: what is
    free of them is normal.

    Parameters
    ----------
    size : int
        Number of coefficients.
    order : int
        At least 1.

    Returns
    -------
    numpy.ndarray
        Shape (size - order, size).
    """
    return np.diff(np.eye(size), order, axis=0)


def normal_spline(grid: int, mean: float, spread: float) -> FloatArray:
    """Coefficients of a normal log density.

    Parameters
    ----------
    grid : int
        Number of grid points, a multiple of 4.
    mean, spread : float
        In grid steps, from the first point.

    Returns
    -------
    numpy.ndarray
        Shape (coefficients,); exact but for a constant.
    """
    places = PER_KNOT * (np.arange(spline_size(grid)) - 1.0)
    return np.asarray(-0.5 * ((places - mean) / spread) ** 2, dtype=np.float64)
