"""Percent positive against a matched control: by threshold, by Overton's difference and by scaled subtraction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.results import Estimate, NotAssessed, Quantity

FloatArray: TypeAlias = NDArray[np.float64]

PERCENTILE = 99.5
"""House rule: the percentile of the control at which an event begins to count as positive."""
SEPARATED_SD = 4.0
"""House rule: closer than this (control SDs between the medians), the scaled subtraction is given as well."""
DIM_SIDE = 0.25
"""House rule: the share of the control, from its dim end, that the scaled subtraction takes for negative."""
TOO_MANY = 3.0
"""Poisson SDs by which events near the threshold exceed the control's share before their density is used."""
MOST_TIED = 0.05
"""House rule: so large a share of the control may be tied at its largest value and still be the threshold."""
Z = 1.959964
TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentPositive:
    """Events of a tube at or above a threshold that its control set, in per cent of the gated events.

    ``gated_percent`` is counted in the sample, ``control_percent`` in the control, ``net_percent`` is
    (gated - control) / (1 - control), never below 0. ``separation_sd`` is the distance of the two medians in
    robust SDs of the control. ``is_below_control`` says that the sample has significantly fewer events above the
    threshold than its own control, as happens when the two were swapped.
    """

    threshold: float
    percentile: float
    events: int
    control_events: int
    gated_percent: Estimate
    control_percent: Estimate
    net_percent: Estimate
    overton_percent: Estimate
    subtracted_percent: Quantity
    separation_sd: float
    is_below_control: bool


def percent_positive(
    sample: FloatArray, control: FloatArray, *, percentile: float = PERCENTILE
) -> PercentPositive | NotAssessed:
    """The share of a tube's events that its matched control does not explain, with an interval.

    The threshold is the order statistic of the control at the percentile; events at or above it count as positive
    in both tubes. The interval of the net share holds the sampling error of the sample and the error of the
    threshold, which is an estimate from the control: at an order statistic the share of the control's population
    above it follows a beta law. Both are joined by the square-and-add rule (MOVER). The number estimated is what
    unlimited events of both tubes would give at the control's true percentile. A control that does not match the
    negative events of the sample is an error that no interval holds.

    Parameters
    ----------
    sample, control : numpy.ndarray
        One channel of the gated events of both tubes, on the same scale; values that are not finite are dropped.
    percentile : float, optional
        Between 50 and 100 (not included).

    Returns
    -------
    PercentPositive or NotAssessed
        Not assessed where the sample is empty, or where the control is too small to have such a percentile or has
        one value from its median up to it.

    Notes
    -----
    **Source**: the percentile is a house rule; Wilson's interval for the sample, the beta law of order statistics
    for the threshold, and the square-and-add rule are from memory, their coverage is measured by simulation.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> control, dim, bright = rng.normal(0, 1, 20_000), rng.normal(0, 1, 9_500), rng.normal(9, 1, 500)
    >>> round(percent_positive(np.append(dim, bright), control).net_percent.value)
    5
    """
    tube, matched = _sorted(sample), _sorted(control)
    above = math.ceil(round((1 - percentile / 100) * len(matched), 6))
    if len(tube) == 0 or len(matched) == 0:
        return NotAssessed(f"there are no events in the {'sample' if len(tube) == 0 else 'control'}")
    if (1 - percentile / 100) * len(matched) < 1:
        return NotAssessed(
            f"the control has {len(matched)} events, too few for a {percentile:g}th percentile"
        )
    if matched[len(matched) - above - 1] <= matched[len(matched) // 2]:
        return NotAssessed("nearly every event of the control has one value, so it sets no threshold")
    threshold = _threshold(matched, above)
    gate = _Gate(tube=tube, control=matched, threshold=threshold)
    separation = _separation(tube, matched)
    return PercentPositive(
        threshold=threshold,
        percentile=percentile,
        events=len(tube),
        control_events=len(matched),
        gated_percent=gate.gated(),
        control_percent=gate.fallen(),
        net_percent=gate.net(),
        overton_percent=_overton(tube, matched),
        subtracted_percent=scaled_subtraction(tube, matched)
        if separation < SEPARATED_SD
        else _apart(separation),
        separation_sd=separation,
        is_below_control=gate.is_below_control(),
    )


def scaled_subtraction(sample: FloatArray, control: FloatArray, *, dim_side: float = DIM_SIDE) -> Quantity:
    """The positive share left after the control, scaled to the sample's dim side, is taken off.

    For dim markers whose events overlap the control: a threshold would miss most of them. All events of the sample
    below a low quantile of the control are taken for negative, so dim positives that reach there are lost; near 0 it
    is noisy, and a sample whose negatives are brighter than its control reads as positive.

    Parameters
    ----------
    sample, control : numpy.ndarray
        One channel of both tubes, on the same scale.
    dim_side : float, optional
        Share of the control that lies below the quantile.

    Returns
    -------
    Estimate or NotAssessed
        In per cent.

    Notes
    -----
    **Source**: super-enhanced Dmax subtraction as described in words by FlowJo's documentation (from memory); the
    quantile is a house rule.
    """
    tube, matched = _sorted(sample), _sorted(control)
    below = round(dim_side * len(matched))
    if below < 1 or len(tube) == 0:
        return NotAssessed("too few events for a scaled subtraction")
    found = int(np.searchsorted(tube, matched[below - 1], side="right"))
    share = float(np.searchsorted(matched, matched[below - 1], side="right")) / len(matched)
    negative = found / len(tube)
    low, high = wilson(found, len(tube))
    lean, rich = _beta(below, len(matched) + 1 - below)
    return Estimate(
        value=100 * max(0.0, 1 - negative / share),
        low=100
        * max(0.0, 1 - negative / share - math.hypot(high - negative, negative * (1 - lean / share)) / share),
        high=100
        * min(
            1.0,
            max(
                0.0, 1 - negative / share + math.hypot(negative - low, negative * (rich / share - 1)) / share
            ),
        ),
        n=len(tube),
        method=f"control scaled to the events below its {100 * share:.0f}th percentile and taken off; Wilson and "
        "beta intervals joined by square-and-add",
    )


def wilson(found: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    Parameters
    ----------
    found : float
        How many.
    n : int
        Of how many, at least 1.

    Returns
    -------
    low, high : float
        Between 0 and 1.

    Notes
    -----
    **Source**: the tests compare it with ``scipy.stats.binomtest``.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(200, 10_000)]
    [0.0174, 0.0229]
    """
    share = found / n
    centre = share + Z**2 / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, (centre - half) / (1 + Z**2 / n)), min(1.0, (centre + half) / (1 + Z**2 / n))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """Sorted events of both tubes and the threshold between them."""

    tube: FloatArray
    control: FloatArray
    threshold: float

    def found(self, at: float) -> int:
        return len(self.tube) - int(np.searchsorted(self.tube, at))

    def control_above(self, at: float | None = None) -> int:
        return len(self.control) - int(np.searchsorted(self.control, self.threshold if at is None else at))

    def gated(self) -> Estimate:
        found, n = self.found(self.threshold), len(self.tube)
        low, high = wilson(found, n)
        method = f"{found} of {n} events at or above {self.threshold:.6g}, Wilson interval"
        return Estimate(value=100 * found / n, low=100 * low, high=100 * high, n=n, method=method)

    def fallen(self) -> Estimate:
        above, n = self.control_above(), len(self.control)
        low, high = _beyond(above, n)
        method = (
            f"{above} of {n} control events at or above {self.threshold:.6g}, beta law of order statistics"
        )
        return Estimate(
            value=100 * above / n, low=min(100 * low, 100 * above / n), high=100 * high, n=n, method=method
        )

    def net(self) -> Estimate:
        n, share = len(self.tube), self.control_above() / len(self.control)
        gated = self.found(self.threshold) / n
        used = max(gated, share)  # below the control the interval is that of a net share of 0
        low, high = wilson(used * n, n)
        too_high, too_low = self.threshold_error((used - share) / (1 - share))
        below = (used - share - math.hypot(used - low, too_high)) / (1 - share)
        beyond = (used - share + math.hypot(high - used, too_low)) / (1 - share)
        return Estimate(
            value=100 * max(0.0, gated - share) / (1 - share),
            low=100 * max(0.0, below),
            high=100 * min(1.0, beyond),
            n=n,
            method="(gated - control) / (1 - control); Wilson interval of the sample and the error of the "
            "threshold joined by square-and-add",
        )

    def threshold_error(self, net: float) -> tuple[float, float]:
        """How far the gated share may lie too high, and too low, because the control set the threshold.

        Where it lies too low, the share of the control's population above it is greater than counted, and so is
        that of the sample's negatives. Positives beside the threshold add to this: then it counts what the sample
        has up to the order statistics of the control that bound its true percentile.
        """
        above, n = self.control_above(), len(self.control)
        low, high = _beyond(above, n)
        higher, lower = (
            float(self.control[n - rank])
            for rank in (max(1, math.floor(low * n)), min(n, math.ceil(high * n)))
        )
        lost = self.found(self.threshold) - self.found(higher)
        won = self.found(lower) - self.found(self.threshold)
        of_lost = (1 - net) * (above - self.control_above(higher)) / n
        of_won = (1 - net) * (self.control_above(lower) - above) / n
        too_high = max((1 - net) * (high - above / n), self.clear(lost, of=of_lost))
        too_low = max((1 - net) * (above / n - low), self.clear(won, of=of_won))
        return too_high, too_low

    def clear(self, found: int, *, of: float) -> float:
        """A share between two thresholds, or 0 where it is no more than the control's own within its noise."""
        events = max(0.0, of) * len(self.tube)
        return found / len(self.tube) if found > events + TOO_MANY * math.sqrt(events + 1) else 0.0

    def is_below_control(self) -> bool:
        above, n = self.control_above(), len(self.tube)
        share, gated = above / len(self.control), self.found(self.threshold) / n
        slack = share - _beyond(above, len(self.control))[0]
        return gated < share and gated - share + math.hypot(wilson(gated * n, n)[1] - gated, slack) < 0


def _sorted(values: FloatArray) -> FloatArray:
    given = np.asarray(values, dtype=np.float64)
    finite = given[np.isfinite(given)]
    return finite if np.all(finite[:-1] <= finite[1:]) else np.sort(finite)


def _threshold(control: FloatArray, above: int) -> float:
    """The value with so many control events at or above it; fewer where ties would make them more.

    Where the tied value is the largest, it is the threshold while few events have it: they may lie at the end of the
    detector, where positives lie as well. Else it begins just above.
    """
    threshold = control[len(control) - above]
    tied = len(control) - int(np.searchsorted(control, threshold))
    if tied <= above:
        return float(threshold)
    if threshold < control[-1]:
        return float(control[np.searchsorted(control, threshold, side="right")])
    return float(threshold if tied <= MOST_TIED * len(control) else np.nextafter(threshold, np.inf))


def _separation(tube: FloatArray, control: FloatArray) -> float:
    centre = float(np.median(control))
    spread = 1.4826 * float(np.median(np.abs(control - centre)))
    distance = float(np.median(tube)) - centre
    return distance / spread if spread > 0 else math.copysign(math.inf, distance) if distance else 0.0


def _apart(separation: float) -> NotAssessed:
    return NotAssessed(
        f"the medians are {separation:.1f} SD apart, so the threshold separates the populations"
    )


def _beta(a: float, b: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, TAIL)), float(betaincinv(a, b, 1 - TAIL))


def _beyond(above: int, n: int) -> tuple[float, float]:
    """Limits of the share of a population above the order statistic of n events with so many at or above it."""
    low, high = _beta(max(above, 1), n + 1 - max(above, 1))
    return (low if above > 0 else 0.0), high


def _overton(tube: FloatArray, control: FloatArray) -> Estimate:
    """The greatest difference of the two cumulative shares, counted from the bright end."""
    values = np.sort(np.concatenate([tube, control]), kind="stable")  # merges what is sorted already
    of_tube = 1 - np.searchsorted(tube, values) / len(tube)
    of_control = 1 - np.searchsorted(control, values) / len(control)
    at = int(np.argmax(of_tube - of_control))
    p, c = float(of_tube[at]), float(of_control[at])
    (p_low, p_high), (c_low, c_high) = (
        wilson(p * len(tube), len(tube)),
        wilson(c * len(control), len(control)),
    )
    return Estimate(
        value=100 * max(0.0, p - c),
        low=100 * max(0.0, p - c - math.hypot(p - p_low, c_high - c)),
        high=100 * min(1.0, p - c + math.hypot(p_high - p, c - c_low)),
        n=len(tube),
        method="greatest difference of the cumulative shares (Overton), biased upwards near 0; Wilson intervals "
        "of both joined by square-and-add",
    )
