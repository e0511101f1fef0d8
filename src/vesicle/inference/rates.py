"""Counts per volume held against each other: intervals of a count, of a difference and of a ratio."""

from __future__ import annotations

import math

from vesicle.inference.intervals import LEVEL, poisson_interval
from vesicle.results import Estimate, NotAssessed, Quantity


def count_estimate(events: int, *, scale: float, what: str) -> Estimate:
    """A count as a number per volume or per second, with its exact Poisson interval; a count of zero has one too.

    Parameters
    ----------
    events : int
        What was counted.
    scale : float
        Positive; the count is multiplied with it.
    what : str
        What was counted, for the method.

    Returns
    -------
    Estimate
        From 0 up for a count of zero.

    Examples
    --------
    >>> round(count_estimate(0, scale=1.0, what="events").high, 3)
    3.689
    """
    if events > 0:
        return poisson_interval(events * scale, counted=events, what=what)
    return Estimate(
        value=0.0,
        low=0.0,
        high=-math.log((1 - LEVEL) / 2) * scale,
        n=0,
        method=f"Poisson interval of 0 {what}; a lower bound of the uncertainty",
    )


def difference(value: Estimate, background: Estimate) -> Estimate:
    """A number less its background, with the errors of both.

    Parameters
    ----------
    value, background : Estimate
        Independent, in one unit.

    Returns
    -------
    Estimate
        May reach below zero, as it must where the background is as high as the value.

    Notes
    -----
    **Source**: the square-and-add rule (MOVER; Zou and Donner, from memory); coverage is checked by simulation.

    Examples
    --------
    >>> a, b = (count_estimate(n, scale=1.0, what="events") for n in (100, 50))
    >>> difference(a, b).value
    50.0
    """
    net = value.value - background.value
    return Estimate(
        value=net,
        low=net - math.hypot(value.value - value.low, background.high - background.value),
        high=net + math.hypot(value.high - value.value, background.value - background.low),
        n=value.n,
        method="number less control; the errors of both by the square-and-add rule",
    )


def ratio(top: Estimate, bottom: Estimate) -> Quantity:
    """One number over another, with the errors of both.

    Parameters
    ----------
    top : Estimate
        Any sign.
    bottom : Estimate
        Independent of it.

    Returns
    -------
    Estimate or NotAssessed
        Not assessed where the lower bound of ``bottom`` is not above zero: the ratio then has no upper bound.

    Notes
    -----
    **Source**: the square-and-add rule for ratios (MOVER-R; Donner and Zou, from memory); coverage is checked by
    simulation.

    Examples
    --------
    >>> a, b = (count_estimate(n, scale=1.0, what="events") for n in (200, 100))
    >>> ratio(a, b).value
    2.0
    """
    if bottom.low <= 0:
        return NotAssessed("the number to compare with is not above zero, by its interval")
    low = _bound(top.value, top.low, bottom.value, bottom.high, sign=-1)
    high = _bound(top.value, top.high, bottom.value, bottom.low, sign=1)
    value = top.value / bottom.value
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=top.n,
        method="ratio of two numbers; the errors of both by the square-and-add rule",
    )


def _bound(top: float, top_end: float, bottom: float, bottom_end: float, *, sign: int) -> float:
    product, square = top * bottom, top_end * (2 * top - top_end) * bottom_end * (2 * bottom - bottom_end)
    scale = bottom_end * (2 * bottom - bottom_end)
    if scale <= 0:  # the interval reaches beyond twice the value: take the farthest corner
        return top_end / bottom_end
    return (product + sign * math.sqrt(max(0.0, product**2 - square))) / scale
