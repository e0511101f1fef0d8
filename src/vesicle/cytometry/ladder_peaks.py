"""Populations of a file of beads, found in all fluorescence channels together and without given windows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.cytometry.ladder_mixture import divide_equally, join_surplus
from vesicle.cytometry.modes import find_modes, places, smoothed

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

BINS = 512
VALLEY = 0.6
"""House rule: two populations have a valley between them below this share of the lower one's height."""
CLEAR_SD = 5.0
"""House rule: the valley must lie so many counting errors below the lower height."""
LEAST_SHARE = 0.01
"""House rule: a smaller share of the events is no population while dividing."""
FAIR_SHARE = 0.2
"""House rule: populations below this share of the median one are doublets or dirt."""
LEAST_EVENTS = 50
FAR = 3.5
"""House rule: events so many robust SDs from their population in any channel are dropped."""
DEEPEST = 12
LEVELS = np.linspace(0.0, 1.0, 401)


@dataclass(frozen=True, slots=True, kw_only=True)
class Populations:
    """Bead populations from dim to bright: the number of each event's population, -1 for none, and their medians.

    ``divided`` says how many of them no valley separates: they come from a mixture fitted to the others.
    ``median`` and ``spread`` (robust SD) have shape (populations, channels), ``saturated`` gives the share of a
    population's events at the end of each channel. ``quantiles`` of each population at ``levels``, shape
    (populations, levels, channels), are what medians of resampled events are drawn from.
    """

    label: IntArray
    divided: int
    events: tuple[int, ...]
    median: FloatArray
    spread: FloatArray
    saturated: FloatArray
    levels: FloatArray
    quantiles: FloatArray


def find_populations(
    fluorescence: FloatArray, *, ceilings: FloatArray, expected: int | None = None
) -> Populations:
    """The populations of multi-level beads.

    The events are divided where a projection of them shows a valley: along the first principal component of the
    channels in units of their local noise, or along one channel; each part is divided again until none shows a
    valley. So populations that are merged in one channel are told apart in another. Where fewer are found than
    expected, those with two or more times the usual number of events are taken for merged ones of equal size, if
    that makes the expected number. Where more are found, small ones are joined to near ones or dropped.

    Parameters
    ----------
    fluorescence : numpy.ndarray
        Gated beads, shape (events, channels), linear and finite.
    ceilings : numpy.ndarray
        The largest value of each channel.
    expected : int, optional
        How many populations the beads have.

    Returns
    -------
    Populations
        Ordered by their place in all channels; none where there are too few events.
    """
    fine = np.column_stack([_dithered(column) for column in fluorescence.T])
    scaled = _stretched(fine)
    parts = _divide(scaled, np.arange(len(scaled)), depth=0) if len(scaled) >= LEAST_EVENTS else []
    kept = [_without_strays(scaled, part) for part in parts]
    least = FAIR_SHARE * float(np.median([len(part) for part in kept])) if kept else 0.0
    kept = [part for part in kept if len(part) >= max(least, LEAST_EVENTS)]
    kept = join_surplus(scaled, kept, expected) if expected else kept
    found = len(kept)
    kept = _as_expected(scaled, kept, expected or 0)
    kept.sort(key=lambda part: float(np.median(scaled[part], axis=0).sum()))
    label = np.full(len(fluorescence), -1, dtype=np.int64)
    for number, part in enumerate(kept):
        label[part] = number
    channels = fluorescence.shape[1]
    groups = [fine[part] for part in kept]
    return Populations(
        label=label,
        divided=len(kept) - found,
        events=tuple(len(part) for part in kept),
        median=np.array([np.median(group, axis=0) for group in groups]).reshape(-1, channels),
        spread=np.array([_spread(group) for group in groups]).reshape(-1, channels),
        saturated=np.array([np.mean(fluorescence[part] >= ceilings, axis=0) for part in kept]).reshape(
            -1, channels
        ),
        levels=LEVELS,
        quantiles=np.array([np.quantile(group, LEVELS, axis=0) for group in groups]).reshape(
            -1, len(LEVELS), channels
        ),
    )


def _as_expected(scaled: FloatArray, parts: list[IntArray], expected: int) -> list[IntArray]:
    if len(parts) < 2 or len(parts) >= expected:
        return parts
    usual = float(np.median([len(part) for part in parts]))
    counts = [max(1, round(len(part) / usual)) for part in parts]
    if sum(counts) != expected:
        return parts
    shared = [
        divide_equally(scaled, part, n) if n > 1 else [part] for part, n in zip(parts, counts, strict=True)
    ]
    return [piece for pieces in shared for piece in pieces if len(piece) > 0]


def _dithered(values: FloatArray) -> FloatArray:
    """One channel with each value moved at random within half the way to its nearer neighbour.

    The steps of a coarse digitiser would look like populations.
    """
    levels, place = np.unique(values, return_inverse=True)
    gaps = np.diff(levels, prepend=-np.inf, append=np.inf)
    nearer = np.minimum(gaps[:-1], gaps[1:])
    room = np.where(np.isfinite(nearer), nearer, 0.0)
    return values + np.random.default_rng(0).uniform(-0.5, 0.5, len(values)) * room[place]


def _stretched(values: FloatArray) -> FloatArray:
    """Each channel on a scale that is linear within the noise of its dim end and logarithmic above."""
    negative = [
        np.abs(np.percentile(column[column < 0], 5)) if (column < 0).sum() > 20 else 0.0
        for column in values.T
    ]
    dim = np.percentile(np.abs(values), 5, axis=0) if len(values) else np.ones(values.shape[1])
    widest = np.ptp(values, axis=0) * 1e-6 if len(values) else dim
    return np.arcsinh(values / np.maximum(np.maximum(negative, dim), np.maximum(widest, 1e-12)))


def _spread(values: FloatArray) -> FloatArray:
    return 1.4826 * np.median(np.abs(values - np.median(values, axis=0)), axis=0)


def _divide(scaled: FloatArray, part: IntArray, *, depth: int) -> list[IntArray]:
    """The part, or its pieces where a projection of it shows a valley."""
    if depth == DEEPEST or len(part) < 2 * LEAST_EVENTS:
        return [part]
    cuts: list[tuple[float, IntArray]] = []
    for axis in _projections(scaled[part]):
        score, side = _split(axis, least=max(LEAST_EVENTS, LEAST_SHARE * len(scaled)))
        if score > 0:
            cuts.append((score, side))
    if not cuts:
        return [part]
    side = max(cuts, key=lambda cut: cut[0])[1]
    pieces = [part[side == number] for number in range(int(side.max()) + 1)]
    return [found for piece in pieces for found in _divide(scaled, piece, depth=depth + 1)]


def _projections(values: FloatArray) -> list[FloatArray]:
    """The first principal component in units of local noise, and each channel."""
    usable = values[:, np.ptp(values, axis=0) > 0]
    if usable.shape[1] == 0:
        return []
    columns = list(usable.T)
    if usable.shape[1] == 1:
        return columns
    order = np.argsort((usable - usable.mean(axis=0)) @ _first_component(usable))
    steps = np.median(np.abs(np.diff(usable[order], axis=0)), axis=0)
    units = usable / np.maximum(steps, 1e-3 * np.ptp(usable, axis=0))
    return [units @ _first_component(units), *columns]


def _first_component(values: FloatArray) -> FloatArray:
    low, high = np.percentile(values, [1, 99], axis=0)
    covariance = np.atleast_2d(np.cov(np.clip(values, low, high).T))
    vector = np.linalg.eigh(covariance)[1][:, -1]
    return vector * (np.sign(vector.sum()) or 1.0)


def _split(axis: FloatArray, *, least: float) -> tuple[float, IntArray]:
    """How clear the clearest valley is, and on which side of the clear valleys each event lies."""
    low, high = (float(limit) for limit in np.percentile(axis, [0.1, 99.9]))
    pad = 0.02 * (high - low)
    edges, nothing = (low - pad, high + pad), np.zeros(len(axis), dtype=np.int64)
    if high <= low:
        return 0.0, nothing
    valleys: list[int] = []
    best = 0.0
    for width in (3.0, 6.0, 12.0):
        density = smoothed(axis, edges=edges, bins=BINS, width=width)
        valleys, best = _valleys(density, width=width, least=least)
        if valleys:
            break
    side = np.searchsorted(
        np.array(valleys, dtype=np.int64), places(axis, edges=edges, bins=BINS), side="left"
    )
    return best, side.astype(np.int64)


def _valleys(density: FloatArray, *, width: float, least: float) -> tuple[list[int], float]:
    """Bins of the clear valleys between neighbouring modes that are heavy enough, and the best score."""
    modes = find_modes(density, saddle=VALLEY)
    heavy = sorted(
        int(peak)
        for peak, share in zip(modes.peak, modes.share, strict=True)
        if share * density.sum() >= least
    )
    window = 2 * np.sqrt(np.pi) * width  # smoothing counts as many bins together
    found: list[int] = []
    best = 0.0
    for left, right in itertools.pairwise(heavy):
        valley = left + int(np.argmin(density[left : right + 1]))
        lower = min(density[left], density[right])
        clear = (lower - density[valley]) * window / np.sqrt((lower + density[valley]) * window)
        if density[valley] < VALLEY * lower and clear > CLEAR_SD:
            found.append(valley)
            best = max(best, float(clear))
    return found, best


def _without_strays(scaled: FloatArray, part: IntArray) -> IntArray:
    """Events within the robust spread of their population in every channel."""
    values = scaled[part]
    for _ in range(3):
        core = values - np.median(values, axis=0)
        distance = np.abs(core) / np.maximum(_spread(values), 1e-9 + 1e-3 * np.abs(np.median(values, axis=0)))
        is_near = (distance <= FAR).all(axis=1)
        if is_near.all() or np.count_nonzero(is_near) < LEAST_EVENTS:
            break
        part, values = part[is_near], values[is_near]
    return part
