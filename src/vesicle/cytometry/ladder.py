"""Fluorescence in units of a bead ladder (MESF, MEFL, ERF): the fit, its limits and its doubts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.cytometry.ladder_fit import Fit, fit_curve, fit_line
from vesicle.cytometry.ladder_peaks import Populations
from vesicle.results import Estimate

FloatArray: TypeAlias = NDArray[np.float64]

SLOPE_RANGE = (0.9, 1.1)
"""FlowCal's own guidance, as its maintainers give it; a house rule here."""
LEAST_R_SQUARED = 0.999
LEAST_PEAKS = 4
NEAR_END = 0.85
"""House rule: a median above this share of the largest value is saturated: detectors bend before they end."""
MOST_AT_END = 0.01
APART_SD = 0.5
"""House rule: a peak whose median is nearer to the next dimmer one, in robust SDs, is indistinct."""
MERGED = 1.6
"""House rule: a population with so many times the events of the median one may be two."""
BLANK_ERROR = 0.1
"""House rule: a peak whose median has a larger relative standard error is lost in the noise."""
RESAMPLES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLadder:
    """Why no calibration is made: a stable code and a sentence."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderDoubt:
    """A fit that is made and doubted: a stable code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPeak:
    """One bead population in the calibrated channel.

    ``state`` is "used", "saturated", "indistinct" or "no value"; ``residual_percent`` is how far the assigned value
    lies from the fit, for peaks that were used and have a value above 0.
    """

    events: int
    signal: float
    spread: float
    value: float | None
    state: str
    residual_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Signal to assigned units: log10(value + autofluorescence) = slope log10(signal) + intercept.

    ``autofluorescence`` is the beads' own, in the units of the ladder, and not added to samples. ``factor`` and
    ``linear_autofluorescence`` belong to the fit with slope 1, value = factor x signal, which keeps zero straight.
    """

    unit: str
    peaks: tuple[LadderPeak, ...]
    slope: Estimate
    intercept_log10: Estimate
    autofluorescence: Estimate
    r_squared: float
    factor: Estimate
    linear_autofluorescence: Estimate
    linear_r_squared: float
    doubts: tuple[LadderDoubt, ...]

    def calibrated(self, signal: FloatArray) -> FloatArray:
        """Signals in the units of the ladder; odd around 0.

        Parameters
        ----------
        signal : numpy.ndarray
            Linear values of the calibrated channel, at the gain of the beads.

        Returns
        -------
        numpy.ndarray
            Same shape.
        """
        size = np.abs(signal)
        power = np.power(size, self.slope.value, where=size > 0, out=np.zeros_like(size))
        return np.sign(signal) * 10**self.intercept_log10.value * power

    def calibrated_linear(self, signal: FloatArray) -> FloatArray:
        """Signals in the units of the ladder by the fit with slope 1.

        Parameters
        ----------
        signal : numpy.ndarray
            Linear values of the calibrated channel, at the gain of the beads.

        Returns
        -------
        numpy.ndarray
            Same shape.
        """
        return self.factor.value * signal


def fit_ladder(
    populations: Populations,
    values: Sequence[float],
    *,
    channel: int,
    ceiling: float,
    unit: str = "MESF",
    seed: int = 0,
) -> Ladder | RefusedLadder:
    """The calibration of one channel from bead populations and their assigned values.

    Values are given to populations from the bright side, as dim ones merge first. When there are fewer values than
    populations and too few of those are usable, the brightest usable one gets the highest value, and the ladder is
    doubted.

    Parameters
    ----------
    populations : Populations
        From `vesicle.cytometry.ladder_peaks.find_populations`, over all channels.
    values : sequence of float
        Assigned values, rising; the first may be 0, for beads without dye.
    channel : int
        Column of the channel in ``populations``.
    ceiling : float
        Largest value that the channel can record.
    unit : str, optional
        Unit of the values.
    seed : int, optional
        Seed of the resampling.

    Returns
    -------
    Ladder or RefusedLadder
        Refused: values that are not finite, repeat, fall or are negative; fewer populations than values; fewer than 4
        usable peaks.

    Notes
    -----
    **Source**: the model with the beads' own fluorescence is FlowCal's; the tests compare with it. Intervals: 95 %
    percentiles over resampled events of each population (the median of a resample is an order statistic whose rank
    follows a beta law).
    """
    refused = refuse_values(values)
    if refused is not None:
        return refused
    count = len(populations.events)
    if count < len(values):
        return RefusedLadder(
            code="ladder_fewer_beads",
            reason=f"the file shows {count} bead populations, the ladder has {len(values)} values",
        )
    states = _states(populations, channel, ceiling)
    offset, doubts = _offset(states, values)
    if populations.divided:
        message = (
            f"{populations.divided} bead populations overlap and were divided by a mixture of equal shares"
        )
        doubts.append(LadderDoubt(code="ladder_divided", message=message))
    assigned = [values[i - offset] if 0 <= i - offset < len(values) else None for i in range(count)]
    used = [i for i in range(count) if states[i] == "used" and assigned[i] is not None]
    if len(used) < LEAST_PEAKS:
        return RefusedLadder(
            code="ladder_few_peaks",
            reason=f"only {len(used)} peaks are neither saturated nor indistinct; {LEAST_PEAKS} are needed",
        )
    given = np.array([assigned[i] for i in used], dtype=np.float64)
    signals = _resampled(populations, channel, used, seed=seed)
    curve, line = fit_curve(signals, given), fit_line(signals, given)
    peaks = [
        _peak(populations, i, channel, value=assigned[i], state=states[i], curve=curve if i in used else None)
        for i in range(count)
    ]
    return _ladder(curve, line, peaks, unit=unit, doubts=doubts)


def refuse_values(values: Sequence[float]) -> RefusedLadder | None:
    """Why assigned values cannot be those of a ladder, or None.

    Parameters
    ----------
    values : sequence of float
        As a user or a data sheet gives them.

    Returns
    -------
    RefusedLadder or None
        With the first reason found.

    Examples
    --------
    >>> refuse_values([4000, 20000, 108185, 108185]).code
    'ladder_repeated_values'
    """
    numbers = [float(value) for value in values]
    if not all(math.isfinite(number) for number in numbers):
        return RefusedLadder(code="ladder_not_finite", reason="a value of the ladder is not a finite number")
    if len(numbers) < LEAST_PEAKS:
        return RefusedLadder(
            code="ladder_few_values", reason=f"the ladder has {len(numbers)} values; {LEAST_PEAKS} are needed"
        )
    if len(set(numbers)) < len(numbers):
        return RefusedLadder(code="ladder_repeated_values", reason="a value of the ladder stands there twice")
    if numbers != sorted(numbers):
        return RefusedLadder(
            code="ladder_unsorted", reason="the values of the ladder do not rise from dim to bright"
        )
    if min(numbers) < 0 or min(numbers[1:]) <= 0:
        return RefusedLadder(
            code="ladder_not_positive", reason="only the first value of a ladder may be 0, and none negative"
        )
    return None


def _states(populations: Populations, channel: int, ceiling: float) -> list[str]:
    median, spread = populations.median[:, channel], populations.spread[:, channel]
    usual = float(np.median(populations.events))
    states: list[str] = []
    for i, events in enumerate(populations.events):
        error = 1.2533 * spread[i] / math.sqrt(events)
        is_near = i > 0 and median[i] - median[i - 1] < APART_SD * max(spread[i], spread[i - 1])
        is_next = i + 1 < len(median) and median[i + 1] - median[i] < APART_SD * max(spread[i], spread[i + 1])
        if median[i] > NEAR_END * ceiling or populations.saturated[i, channel] > MOST_AT_END:
            states.append("saturated")
        elif (
            median[i] <= 0 or error > BLANK_ERROR * median[i] or is_near or is_next or events > MERGED * usual
        ):
            states.append("indistinct")
        else:
            states.append("used")
    return states


def _offset(states: list[str], values: Sequence[float]) -> tuple[int, list[LadderDoubt]]:
    """The number of the population that gets the first value."""
    whole = len(states) - len(values)
    usable = [i for i, state in enumerate(states) if state == "used"]
    if whole == 0 or len([i for i in usable if i >= whole]) >= LEAST_PEAKS or len(usable) < LEAST_PEAKS:
        return whole, []
    offset = max(0, usable[-1] + 1 - len(values))
    message = (
        f"the file shows {len(states)} bead populations and the ladder {len(values)} values; the highest value was "
        "given to the brightest population that is not saturated"
    )
    return offset, [LadderDoubt(code="ladder_match_assumed", message=message)]


def _resampled(populations: Populations, channel: int, used: list[int], *, seed: int) -> FloatArray:
    """Medians of the used peaks: the first row as found, the others of resampled events."""
    rng = np.random.default_rng(seed)
    columns = []
    for i in used:
        centre, events = float(populations.median[i, channel]), populations.events[i]
        rank = rng.beta((events + 1) / 2, (events + 1) / 2, RESAMPLES)
        quantiles = populations.quantiles[i, :, channel]
        drawn = np.interp(rank, populations.levels, quantiles)
        columns.append(np.append(centre, np.maximum(drawn, 1e-3 * centre)))
    return np.array(columns).T


def _peak(
    populations: Populations, i: int, channel: int, *, value: float | None, state: str, curve: Fit | None
) -> LadderPeak:
    """One population beside its value; only a used one is compared with the curve."""
    signal = float(populations.median[i, channel])
    return LadderPeak(
        events=populations.events[i],
        signal=signal,
        spread=float(populations.spread[i, channel]),
        value=value,
        state="no value" if value is None else state,
        residual_percent=None if curve is None else _residual(curve, signal, value),
    )


def _residual(curve: Fit, signal: float, value: float | None) -> float | None:
    if value is None or value <= 0:
        return None
    fitted = 10 ** (curve.slope[0] * math.log10(signal) + curve.intercept[0]) - curve.auto[0]
    return 100 * float(fitted / value - 1)


def _ladder(
    curve: Fit, line: Fit, peaks: list[LadderPeak], *, unit: str, doubts: list[LadderDoubt]
) -> Ladder:
    doubts = [*doubts, *_doubts(curve)]
    n = sum(peak.state == "used" for peak in peaks)
    return Ladder(
        unit=unit,
        peaks=tuple(peaks),
        slope=_estimate(curve.slope, n, "slope of log10 value on log10 signal"),
        intercept_log10=_estimate(curve.intercept, n, "log10 value at signal 1"),
        autofluorescence=_estimate(curve.auto, n, "fluorescence of the beads themselves, fitted"),
        r_squared=curve.r_squared,
        factor=_estimate(10**line.intercept, n, "value per signal, slope 1"),
        linear_autofluorescence=_estimate(line.auto, n, "fluorescence of the beads themselves, slope 1"),
        linear_r_squared=line.r_squared,
        doubts=tuple(doubts),
    )


def _doubts(curve: Fit) -> list[LadderDoubt]:
    slope, found = float(curve.slope[0]), list[LadderDoubt]()
    if not SLOPE_RANGE[0] <= slope <= SLOPE_RANGE[1]:
        message = (
            f"the log-log slope is {slope:.3f}, outside {SLOPE_RANGE[0]:g}-{SLOPE_RANGE[1]:g}: the ladder may belong "
            "to other beads, or the channel is not linear"
        )
        found.append(LadderDoubt(code="ladder_slope", message=message))
    if curve.r_squared < LEAST_R_SQUARED:
        message = (
            f"R squared is {curve.r_squared:.5f}, below {LEAST_R_SQUARED:g}: peaks and values may not match"
        )
        found.append(LadderDoubt(code="ladder_poor_fit", message=message))
    return found


def _estimate(values: FloatArray, n: int, what: str) -> Estimate:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    value = float(values[0])
    return Estimate(
        value=value,
        low=min(value, float(low)),
        high=max(value, float(high)),
        n=n,
        method=f"{what}; {n} peaks, resampled events; errors of the assigned values are not in the interval",
    )
