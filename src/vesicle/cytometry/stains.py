"""Spillover measured from single stains, with its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.cytometry.compensation import RefusedSpillover, Spillover, checked_spillover

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
    """A matrix from single stains: positive events per row, and 95 % intervals of the shares."""

    spillover: Spillover
    positives: tuple[int, ...]
    low: FloatArray
    high: FloatArray


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
    places: Sequence[int],
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
    places : sequence of int
        Their columns in the files.
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
    rows: list[_Row] = []
    for column, name in enumerate(names):
        row = _row(blank, stains.get(name), column, names, seed=seed + column)
        if isinstance(row, RefusedSpillover):
            return row
        rows.append(row)
    matrix = np.array([row.shares for row in rows])
    found = checked_spillover(matrix, names=names, places=places, origin="single stains")
    if isinstance(found, RefusedSpillover):
        return found
    low, high = np.quantile([row.resampled for row in rows], [0.025, 0.975], axis=1)
    return MeasuredSpillover(
        spillover=found, positives=tuple(row.positives for row in rows), low=low, high=high
    )


def _row(
    blank: FloatArray, stain: FloatArray | None, column: int, names: Sequence[str], *, seed: int
) -> _Row | RefusedSpillover:
    if stain is None or len(blank) == 0:
        missing = (
            "the unstained tube has no events"
            if len(blank) == 0
            else f"no tube is stained for {names[column]!r}"
        )
        return RefusedSpillover(code="stain_missing", reason=missing)
    values = np.asarray(stain, dtype=np.float64)
    positive = values[values[:, column] > np.percentile(blank[:, column], POSITIVE_PERCENTILE)]
    doubt = _doubt(positive, blank, column, names)
    if doubt is not None:
        return doubt
    rng = np.random.default_rng(seed)
    centre = np.median(positive, axis=0) - np.median(blank, axis=0)
    shifted = centre + _errors(positive, rng) - _errors(blank, rng)
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
    part = events if n == len(events) else events[rng.choice(len(events), n, replace=False)]
    draws = rng.integers(0, n, (RESAMPLES, n))
    medians = np.array([np.median(part[draw], axis=0) for draw in draws])
    return (medians - np.median(part, axis=0)) * np.sqrt(n / len(events))
