"""Where values stand on a logicle scale, solved step by step."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled

FloatArray: TypeAlias = NDArray[np.float64]

MOST_STEPS = 40


@compiled
def solve(values: FloatArray, curve: tuple[float, float, float, float, float, float]) -> FloatArray:
    """The places of values on the curve value(y) = a exp(b y) - c exp(-d y) + f.

    Halley's steps from an upper bound, on the side above zero; values below it are mirrored.

    Parameters
    ----------
    values : numpy.ndarray
        One dimension.
    curve : tuple of float
        a, b, c, d, f, and the place of zero.

    Returns
    -------
    numpy.ndarray
        Not a number where the value is none.
    """
    a, b, c, d, f, x1 = curve
    places = np.empty_like(values)
    for i in range(len(values)):
        value = abs(values[i])
        place = x1 + value / (a * b * np.exp(b * x1) + c * d * np.exp(-d * x1))
        steep = np.log((value - f + c * np.exp(-d * x1)) / a) / b if value > 0 else x1
        place = min(place, steep)
        for _ in range(MOST_STEPS):
            up, down = a * np.exp(b * place), c * np.exp(-d * place)
            miss, slope = up - down + f - value, b * up + d * down
            step = 2 * miss * slope / (2 * slope * slope - miss * (b * b * up - d * d * down))
            place -= step
            if not abs(step) > 1e-14:
                break
        places[i] = place if values[i] >= 0 else 2 * x1 - place
        if np.isnan(values[i]):
            places[i] = np.nan
    return places
