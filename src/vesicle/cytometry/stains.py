"""Spillover measured from single stains, with its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.cytometry.compensation import RefusedSpillover, checked_spillover
from vesicle.measurements.cytometry import Spillover

FloatArray: TypeAlias = NDArray[np.float64]

POSITIVE_PERCENTILE = 99.9
"""House rule: an event of a stain is positive above this percentile of the unstained tube."""
LEAST_POSITIVES = 100
"""House rule: fewer positive events give no median worth dividing by."""
MOST_SATURATED = 0.1
"""House rule: with a larger share of positives at the detector's end, their median is too low."""
RESAMPLES = 200
MOST_RESAMPLED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSpillover:
    """A matrix from single stains: positive events per row, and 95 % intervals of the shares.

    The intervals hold the error of counting. Medians of skewed signals do not add up exactly; the shares can lie off
    by about the skew of the cells' own fluorescence over the brightness of the stain, some thousandths.
    """

    spillover: Spillover
    positives: tuple[int, ...]
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """The unstained cells, and the errors of their medians."""

    events: FloatArray
    errors: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    shares: FloatArray
    resampled: FloatArray
    positives: int


def spillover_from_stains(
    unstained: FloatArray,
    stains: Mapping[str, FloatArray],
    *,
    names: Sequence[str],
    channels: Sequence[int],
    seed: int = 0,
) -> MeasuredSpillover | RefusedSpillover:
    """The spillover matrix that single stains and an unstained tube show.

    The share of a stain in a detector is (median of its positives - median of the unstained) there, over the same in
    its own detector; so the cells' own fluorescence cancels where all tubes hold the same cells.

    Parameters
    ----------
    unstained : numpy.ndarray
        Fluorescence detectors of the unstained tube, shape (events, n), linear and uncompensated.
    stains : mapping of str to numpy.ndarray
        For each detector the tube stained for it alone, shape (events, n).
    names : sequence of str
        Names of the n detectors, in the order of the columns.
    channels : sequence of int
        Their places among the channels of the files.
    seed : int, optional
        Seed of the resampling.

    Returns
    -------
    MeasuredSpillover or RefusedSpillover
        Refused: a detector without its stain, a stain with too few positives, or whose positives are brightest in
        another detector or at the end of its own; and what `checked_spillover` refuses.

    Notes
    -----
    **Source**: medians and the 99.9th percentile are house rules; the tests compare with a reference of flowCore.
    """
    blank = np.asarray(unstained, dtype=np.float64)
    own = _Own(events=blank, errors=_errors(blank, np.random.default_rng([seed, len(names)])))
    rows: list[_Row] = []
    for column, name in enumerate(names):
        rng = np.random.default_rng([seed, column])
        row = _row(own, stains.get(name), (column, names), rng)
        if isinstance(row, RefusedSpillover):
            return row
        rows.append(row)
    matrix = np.array([row.shares for row in rows])
    found = checked_spillover(matrix, names=names, channels=channels, keyword="single stains")
    if isinstance(found, RefusedSpillover):
        return found
    low, high = np.quantile([row.resampled for row in rows], [0.025, 0.975], axis=1)
    return MeasuredSpillover(
        spillover=found, positives=tuple(row.positives for row in rows), low=low, high=high
    )


def _row(
    own: _Own, stain: FloatArray | None, detector: tuple[int, Sequence[str]], rng: np.random.Generator
) -> _Row | RefusedSpillover:
    column, names = detector
    if stain is None or len(own.events) == 0:
        missing = (
            f"no tube is stained for {names[column]!r}"
            if len(own.events)
            else "the unstained tube has no events"
        )
        return RefusedSpillover(code="stain_missing", reason=missing)
    values = np.asarray(stain, dtype=np.float64)
    positive = values[values[:, column] > np.percentile(own.events[:, column], POSITIVE_PERCENTILE)]
    doubt = _doubt(positive, own.events, column, names)
    if doubt is not None:
        return doubt
    centre = np.median(positive, axis=0) - np.median(own.events, axis=0)
    shifted = centre + _errors(positive, rng) - own.errors
    return _Row(
        shares=centre / centre[column], resampled=shifted / shifted[:, [column]], positives=len(positive)
    )


def _doubt(
    positive: FloatArray, blank: FloatArray, column: int, names: Sequence[str]
) -> RefusedSpillover | None:
    name = names[column]
    if len(positive) < LEAST_POSITIVES:
        return RefusedSpillover(
            code="stain_too_few_positives",
            reason=f"the stain for {name!r} has {len(positive)} positive events; at least {LEAST_POSITIVES} are needed",
        )
    own = positive[:, column]
    if np.mean(own == own.max()) > MOST_SATURATED:
        return RefusedSpillover(
            code="stain_saturated", reason=f"the positives for {name!r} lie at the end of their own detector"
        )
    centre = np.median(positive, axis=0) - np.median(blank, axis=0)
    brightest = int(np.argmax(centre))
    if brightest != column:
        return RefusedSpillover(
            code="stain_in_wrong_detector",
            reason=f"the stain for {name!r} is brightest in {names[brightest]!r}; tubes may be exchanged",
        )
    return None


def _errors(events: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Errors of the medians by resampling; of large tubes a part is resampled and its errors are scaled down."""
    n = min(len(events), MOST_RESAMPLED)
    if n == 0:
        return np.zeros((RESAMPLES, events.shape[1]))
    part = events if n == len(events) else events[rng.choice(len(events), n, replace=False)]
    draws = rng.integers(0, n, (RESAMPLES, n))
    medians = np.array([np.median(part[draw], axis=0) for draw in draws])
    return (medians - np.median(part, axis=0)) * np.sqrt(n / len(events))
