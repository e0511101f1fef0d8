"""Least squares on log scales for a bead ladder, for many resamples at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
Solve: TypeAlias = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray, FloatArray]]

GRID = 41
ROUNDS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """log10(value + auto) = slope log10(signal) + intercept, one of each per row of signals.

    ``r_squared`` is that of the first row, on the log scale.
    """

    slope: FloatArray
    intercept: FloatArray
    auto: FloatArray
    r_squared: float


def fit_curve(signals: FloatArray, values: FloatArray) -> Fit:
    """The fit with a free slope.

    Parameters
    ----------
    signals : numpy.ndarray
        Shape (rows, peaks), positive.
    values : numpy.ndarray
        Assigned values, shape (peaks,), not negative, rising.

    Returns
    -------
    Fit
        With the fluorescence of the beads themselves, at least 0.

    Examples
    --------
    >>> import numpy as np
    >>> signals = np.array([[10.0, 100.0, 1000.0, 10000.0]])
    >>> float(fit_curve(signals, 3 * signals[0] - 20).auto[0].round(3))
    20.0
    """
    return _fit(np.log10(signals), values, _free)


def fit_line(signals: FloatArray, values: FloatArray) -> Fit:
    """The fit with slope 1: value + auto = factor times signal.

    Parameters
    ----------
    signals : numpy.ndarray
        Shape (rows, peaks), positive.
    values : numpy.ndarray
        Assigned values, shape (peaks,), not negative, rising.

    Returns
    -------
    Fit
        ``intercept`` is log10 of the factor.
    """
    return _fit(np.log10(signals), values, _unit)


def _free(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    dx = x - x.mean(axis=-1, keepdims=True)
    slope = (dx * y).sum(axis=-1) / (dx * dx).sum(axis=-1)
    return slope, *_rest(x, y, slope)


def _unit(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    slope = np.ones(np.broadcast_shapes(x.shape, y.shape)[:-1])
    return slope, *_rest(x, y, slope)


def _rest(x: FloatArray, y: FloatArray, slope: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Intercept and sum of squares for a slope."""
    intercept = y.mean(axis=-1) - slope * x.mean(axis=-1)
    residual = y - slope[..., None] * x - intercept[..., None]
    return intercept, (residual * residual).sum(axis=-1)


def _fit(x: FloatArray, values: FloatArray, solve: Solve) -> Fit:
    """Zoom on the fluorescence of the beads: the rest has a closed form.

    What is least is the sum of squares in log signal, where the errors are: in log value it would vanish for a
    boundless fluorescence of the beads.
    """
    positive = float(values[values > 0].min())
    low = np.full(len(x), 1e-6 * positive)
    high = np.full(len(x), 1e2 * float(values.max()))
    for _ in range(ROUNDS):
        grid = np.exp(np.linspace(np.log(low), np.log(high), GRID)).T
        slope, _, squares = solve(x[:, None, :], np.log10(values + grid[..., None]))
        best = (squares / np.maximum(slope, 1e-9) ** 2).argmin(axis=1)
        rows = np.arange(len(x))
        low, high = grid[rows, np.maximum(best - 1, 0)], grid[rows, np.minimum(best + 1, GRID - 1)]
    auto = np.sqrt(low * high)
    auto = np.where(auto < 1e-5 * positive, 0.0 if values[0] > 0 else auto, auto)
    y = np.log10(values + auto[:, None])
    slope, intercept, squares = solve(x, y)
    total = float(((y[0] - y[0].mean()) ** 2).sum())
    return Fit(slope=slope, intercept=intercept, auto=auto, r_squared=1 - float(squares[0]) / total)
