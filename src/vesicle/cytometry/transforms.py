"""Scales on which fluorescence is drawn: logicle, FlowJo's biexponential, inverse hyperbolic sine.

For display only. No number of a dossier is computed on these scales: shares above a threshold do not depend on a
monotone scale, and medians are taken before it. Draw a subsample; transforming a million events takes longer than
reading them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]

TOP = 262144.0
CHANNELS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Logicle:
    """The parameters of a logicle scale.

    ``top`` is the value drawn at 1, ``linear_decades`` (W) the width of the nearly linear part, ``decades`` (M) the
    width of the whole, ``negative_decades`` (A) what is added below it.
    """

    top: float = TOP
    linear_decades: float = 0.5
    decades: float = 4.5
    negative_decades: float = 0.0

    def __post_init__(self) -> None:
        is_sound = (
            self.top > 0
            and self.decades > 0
            and 0 <= self.linear_decades <= self.decades / 2
            and -self.linear_decades <= self.negative_decades <= self.decades - 2 * self.linear_decades
        )
        if not is_sound:
            raise ValueError(f"no logicle scale has these parameters: {self}")


class _Curve(NamedTuple):
    """value(y) = a exp(b y) - c exp(-d y) + f, odd around x1."""

    a: float
    b: float
    c: float
    d: float
    f: float
    x1: float


def logicle(values: FloatArray, scale: Logicle) -> FloatArray:
    """Where values are drawn on a logicle scale; for display only.

    Parameters
    ----------
    values : numpy.ndarray
        Linear values of any shape.
    scale : Logicle
        Its parameters.

    Returns
    -------
    numpy.ndarray
        1 for ``scale.top``; not a number where the value is none.

    Notes
    -----
    **Source**: the biexponential of Parks, Roederer and Moore and its parametrisation by Moore and Parks (from
    memory); the tests compare with values frozen from FlowUtils 1.2.2.

    Examples
    --------
    >>> import numpy as np
    >>> logicle(np.array([0.0, 262144.0]), Logicle()).round(6).tolist()
    [0.111111, 1.0]
    """
    from vesicle.cytometry.logicle_places import (
        solve,
    )  # loads the compiler, which the ticks of an axis do not need

    flat = np.ascontiguousarray(values, dtype=np.float64).ravel()
    return solve(flat, _coefficients(scale)).reshape(np.shape(values))


def from_logicle(places: FloatArray, scale: Logicle) -> FloatArray:
    """The values that stand at places of a logicle scale, for its ticks.

    Parameters
    ----------
    places : numpy.ndarray
        As `logicle` returns them.
    scale : Logicle
        Its parameters.

    Returns
    -------
    numpy.ndarray
        Linear values.
    """
    a, b, c, d, f, x1 = _coefficients(scale)
    beyond = np.abs(np.asarray(places, dtype=np.float64) - x1) + x1
    return np.sign(places - x1) * (a * np.exp(b * beyond) - c * np.exp(-d * beyond) + f)


def logicle_for(values: FloatArray, *, top: float = TOP, decades: float = 4.5) -> Logicle:
    """The logicle scale whose linear part is as wide as the negative values need.

    Parameters
    ----------
    values : numpy.ndarray
        Linear values of one channel.
    top : float, optional
        The value drawn at 1.
    decades : float, optional
        Width of the whole scale.

    Returns
    -------
    Logicle
        With W from the 5th percentile of the negative values, and W = 0.5 where there are none.

    Notes
    -----
    **Source**: W = (M - log10(T / abs(r))) / 2 with r the 5th percentile of the negative values (Parks, Roederer and
    Moore, from memory).
    """
    negative = values[values < 0]
    if len(negative) == 0:
        return Logicle(top=top, linear_decades=min(0.5, decades / 2), decades=decades)
    lowest = abs(float(np.percentile(negative, 5)))
    width = (decades - math.log10(top / lowest)) / 2
    return Logicle(top=top, linear_decades=min(max(0.0, width), decades / 2), decades=decades)


def hyperbolic_sine(values: FloatArray, *, cofactor: float = 150.0) -> FloatArray:
    """The inverse hyperbolic sine of values over a cofactor; for display only.

    Parameters
    ----------
    values : numpy.ndarray
        Linear values.
    cofactor : float, optional
        Below it the scale is nearly linear; 150 is a habit for fluorescence.

    Returns
    -------
    numpy.ndarray
        Same shape.

    Examples
    --------
    >>> import numpy as np
    >>> hyperbolic_sine(np.array([0.0])).tolist()
    [0.0]
    """
    return np.arcsinh(np.asarray(values, dtype=np.float64) / cofactor)


def biexponential_table(
    *, width_basis: float, negative: float, positive: float, top: float = TOP, channels: int = CHANNELS
) -> FloatArray:
    """FlowJo's biexponential scale as a table: the linear value of each of its channels.

    Parameters
    ----------
    width_basis : float
        Negative; -10 is FlowJo's usual one.
    negative, positive : float
        Extra negative decades, and positive decades.
    top : float, optional
        Value at the end of the scale.
    channels : int, optional
        How many.

    Returns
    -------
    numpy.ndarray
        Rising values, shape (channels,).

    Notes
    -----
    **Source**: worked out to reproduce a table that FlowJo wrote; the tests compare with it (6 printed digits).
    """
    stated = math.log10(-width_basis) if width_basis < 0 else 0.0
    width = stated if 0.5 <= stated <= 3 else 0.5
    extra, decades = max(negative, 0.0) + width / 2, positive - width / 2
    zero = min(int(extra * channels / (extra + decades)), channels // 2)
    decades = extra * channels / zero
    rise, part = math.log(10) * decades, width / (2 * decades)
    fall = _slow_exponent(rise, part)
    place = np.arange(channels + 1) / (channels + 1)
    offset = math.exp((rise + fall) * (part + extra / decades))
    curve = np.exp(place * rise) - offset * np.exp(-place * fall)
    values = top * math.exp(-rise) * (curve - curve[zero])
    values[:zero] = -values[2 * zero - np.arange(zero)]
    return values[:channels]


def biexponential(values: FloatArray, table: FloatArray) -> FloatArray:
    """The channel of FlowJo's biexponential scale in which values are drawn; for display only.

    Parameters
    ----------
    values : numpy.ndarray
        Linear values.
    table : numpy.ndarray
        As `biexponential_table` makes it, or as FlowJo exports it.

    Returns
    -------
    numpy.ndarray
        Between 0 and the last channel, where values outside the table are drawn.
    """
    return np.interp(values, table, np.arange(len(table), dtype=np.float64))


def _coefficients(scale: Logicle) -> _Curve:
    """The a, b, c, d, f and the place of zero, in the equations of the parametrisation."""
    whole = scale.decades + scale.negative_decades
    w, x2 = scale.linear_decades / whole, scale.negative_decades / whole
    x1, x0 = x2 + w, x2 + 2 * w
    b = whole * math.log(10)
    d = _slow_exponent(b, w)
    c_over_a = math.exp(x0 * (b + d))
    f_over_a = c_over_a * math.exp(-d * x1) - math.exp(b * x1)
    a = scale.top / (math.exp(b) - c_over_a * math.exp(-d) + f_over_a)
    return _Curve(a=a, b=b, c=c_over_a * a, d=d, f=f_over_a * a, x1=x1)


def _slow_exponent(b: float, w: float) -> float:
    """The root of 2 (ln d - ln b) + w (b + d), by Lambert's function."""
    from scipy.special import lambertw

    half = w * b / 2
    return b if half < 1e-12 else float(2 / w * lambertw(half * math.exp(-half)).real)
