"""Riccati-Bessel functions of real arguments: the radial waves of which scattered light is made."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vesicle.measurements.sizing import FloatArray

_SPARE_ORDERS = 20
"""How far above the last order the ratios start; each order down makes their start matter less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """Regular and irregular radial waves with their derivatives, orders 1 to n along the first axis."""

    regular: FloatArray
    regular_slope: FloatArray
    irregular: FloatArray
    irregular_slope: FloatArray


def radial_waves(argument: FloatArray, orders: int) -> Waves:
    """The waves x j(x) and -x y(x) of the orders 1 to ``orders``.

    Orders far above the argument overflow to infinity in the irregular wave; whoever uses them drops
    those orders.

    Parameters
    ----------
    argument : numpy.ndarray
        Above 0, shape (k,).
    orders : int
        At least 1.

    Returns
    -------
    Waves
        Arrays of shape (orders, k).

    Examples
    --------
    >>> waves = radial_waves(np.array([2.0]), 3)
    >>> bool(np.isclose(waves.regular[0, 0], np.sin(2.0) / 2 - np.cos(2.0)))
    True
    """
    regular = _regular(argument, orders)
    irregular = _upward(np.cos(argument), np.cos(argument) / argument + np.sin(argument), argument, orders)
    order = np.arange(1, orders + 1)[:, np.newaxis]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return Waves(
            regular=regular[1:],
            regular_slope=regular[:-1] - order * regular[1:] / argument,
            irregular=irregular[1:],
            irregular_slope=irregular[:-1] - order * irregular[1:] / argument,
        )


def _regular(argument: FloatArray, orders: int) -> FloatArray:
    """Upward where that is stable (order below the argument), by ratios from above where it is not."""
    waves = _upward(np.sin(argument), np.sin(argument) / argument - np.cos(argument), argument, orders)
    ratios = _ratios(argument, orders)
    with np.errstate(under="ignore"):
        for order in range(1, orders + 1):
            waves[order] = np.where(order > argument, waves[order - 1] * ratios[order], waves[order])
    return waves


def _upward(zeroth: FloatArray, first: FloatArray, argument: FloatArray, orders: int) -> FloatArray:
    waves = np.empty((orders + 1, len(argument)))
    waves[0], waves[1] = zeroth, first
    with np.errstate(over="ignore", invalid="ignore"):
        for order in range(1, orders):
            waves[order + 1] = (2 * order + 1) / argument * waves[order] - waves[order - 1]
    return waves


def _ratios(argument: FloatArray, orders: int) -> FloatArray:
    """The regular wave of each order over the one before, by the recurrence that is stable downward."""
    largest = float(argument.max(initial=0.0))
    start = max(orders, math.ceil(largest)) + _SPARE_ORDERS
    ratios = np.zeros((orders + 1, len(argument)))
    ratio = np.zeros(len(argument))
    with np.errstate(divide="ignore", over="ignore"):
        for order in range(start, 0, -1):
            ratio = 1 / ((2 * order + 1) / argument - ratio)
            if order <= orders:
                ratios[order] = ratio
    return ratios
