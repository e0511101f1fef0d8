"""The scatter peaks of bead populations among all events of a file, told apart by the spacing that Mie theory expects.

A file of beads also holds noise, doublets, debris and beads that nobody asked for, so the highest peaks need not be
the beads. What is known is how far apart their signals must lie, up to the lens's half-angle: the peaks that fit that
pattern are taken, and a population without a peak is named instead of replaced by the next best bump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from vesicle.cytometry.collection import collected_at_the_side
from vesicle.cytometry.mie import Light, Particle, scatter
from vesicle.cytometry.scatter_fit import WIDEST_DEG
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed

_BIN = 0.005
_WIDTH = 0.03
"""Standard deviation in log10 of the smoothing that finds peaks; beads of 3 % are twice as wide in scatter."""
_SHARE_OF_WIDTH = 1 / 4
"""A peak's place is found with a smoothing of this share of its half-width at half height, on the narrower side:
debris, doublets and particles at the edge of the beam widen the other, and would draw the place along."""
_FEWEST_EVENTS = 200
_RISE = 1.25
_SIGMAS = 4.0
"""A peak rises by a quarter above the lower ground beside it, and by four standard deviations of its counts."""
_MOST_CANDIDATES = 16
_TWINS_LOG10 = (0.2, 0.65)
_TWINS_SHARE = 0.1
"""Two beads at once give twice the signal of one, and up to four times where they stick together: a peak that far
above one with ten times its events is taken for doublets."""
_PATTERN = 0.03
"""What a peak may be off its place in the pattern (log10, one standard deviation) before its size speaks for it."""
_WORST = 0.07
"""Root mean square beyond which the peaks are not this set of beads."""
_MARGIN = 2.0
"""By how much (natural logarithm) the best choice of peaks must be better than the next to be taken."""
_ANGLES_DEG = np.linspace(15.0, WIDEST_DEG, 25)
"""Half-angles of lenses; in narrower cones scatter of larger beads rises and falls so that any spacing fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedBead:
    """A population that should be in the file."""

    diameter_nm: float
    particle: Particle

    @property
    def name(self) -> str:
        """The diameter with its unit."""
        return f"{self.diameter_nm:g} nm"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeadPeak:
    """Where one population's events are densest on a logarithmic scale, and how broad and many they are.

    ``events`` are those between ``low`` and ``high``, the signals at half the height of the peak.
    """

    bead: ExpectedBead
    signal: float
    low: float
    high: float
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bump:
    log10: float
    low: float
    high: float
    events: int


def find_bead_peaks(
    signals: FloatArray,
    beads: Sequence[ExpectedBead],
    light: Light,
    *,
    half_angle_deg: float | None = None,
) -> tuple[BeadPeak, ...] | NotAssessed:
    """The peak of every expected population of beads.

    Parameters
    ----------
    signals : numpy.ndarray
        Linear side scatter of every event; what is not a positive number is left out.
    beads : sequence of ExpectedBead
        At least two populations, in any order.
    light : Light
        Laser and medium, from which the spacing follows.
    half_angle_deg : float, optional
        Of the lens where it is known; else any lens from 15 degrees on may have collected the light.

    Returns
    -------
    tuple of BeadPeak or NotAssessed
        In the order of the beads; not assessed, with the name of the population, when one has no peak.
    """
    usable = np.log10(signals[np.isfinite(signals) & (signals > 0)])
    if len(usable) < _FEWEST_EVENTS:
        return NotAssessed(f"{len(usable)} events with scatter are too few to find peaks of beads in")
    if len(beads) < 2:
        return NotAssessed("one population of beads has no spacing to be recognised by")
    angles = _ANGLES_DEG if half_angle_deg is None else np.array([half_angle_deg])
    patterns = _patterns(beads, light, angles)
    bumps = _bumps(usable)
    matches = _matches(bumps, patterns)
    if not matches:
        return NotAssessed(_missing(bumps, patterns, beads))
    peaks = tuple(_peak(bead, bump) for bead, bump in zip(beads, matches[0].bumps, strict=True))
    if len(matches) > 1 and matches[0].score - matches[1].score < _MARGIN:
        return NotAssessed(_ambiguous(peaks, matches[1], half_angle_deg))
    return peaks


def _patterns(beads: Sequence[ExpectedBead], light: Light, angles_deg: FloatArray) -> FloatArray:
    """Log10 cross-sections, one row per half-angle that a lens may have."""
    scatterings = [scatter(np.array([bead.diameter_nm]), bead.particle, light) for bead in beads]
    rows = [
        [float(collected_at_the_side(one, light, float(angle))[0]) for one in scatterings]
        for angle in angles_deg
    ]
    return np.log10(np.array(rows))


def _bumps(log10: FloatArray) -> list[_Bump]:
    """Every peak that stands out of the ground beside it, the largest first where there are too many."""
    grid, counts = _histogram(log10)
    height = _smoothed(counts, _WIDTH)
    is_top = (height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:])
    tops = [int(top) for top in np.flatnonzero(is_top) + 1 if _stands_out(height, int(top))]
    bumps = [_placed(grid, counts, height, top) for top in tops]
    single = [bump for bump in bumps if not any(_are_twins(bump, of=other) for other in bumps)]
    return sorted(single, key=lambda bump: -bump.events)[:_MOST_CANDIDATES]


def _are_twins(bump: _Bump, *, of: _Bump) -> bool:
    low, high = _TWINS_LOG10
    return low <= bump.log10 - of.log10 <= high and bump.events < _TWINS_SHARE * of.events


def _histogram(log10: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Counts in narrow classes, with empty ones at both ends so that a peak at the edge is one."""
    first = int(np.floor(log10.min() / _BIN)) - 40
    last = int(np.ceil(log10.max() / _BIN)) + 40
    counts, edges = np.histogram(log10, bins=np.arange(first, last + 1) * _BIN)
    return (edges[:-1] + edges[1:]) / 2, counts.astype(np.float64)


def _smoothed(counts: FloatArray, width: float) -> FloatArray:
    reach = int(np.ceil(4 * width / _BIN))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _BIN / width) ** 2)
    smoothed: FloatArray = np.convolve(counts, kernel / kernel.sum(), mode="same").real
    return smoothed


def _stands_out(height: FloatArray, top: int) -> bool:
    """Against the higher of the two valleys that part it from higher ground (its prominence)."""
    left, right = _valley(height[top::-1]), _valley(height[top:])
    ground = max(left, right)
    events_smoothed = 2 * np.sqrt(np.pi) * _WIDTH / _BIN  # how many classes a smoothed one is worth
    noise = np.sqrt(height[top] / events_smoothed)
    return bool(height[top] >= _RISE * ground and height[top] - ground >= _SIGMAS * noise)


def _valley(heights: FloatArray) -> float:
    """The lowest height on the way from the first to the next that is higher than it."""
    higher = np.flatnonzero(heights > heights[0])
    return float(heights[: int(higher[0]) if len(higher) else len(heights)].min())


def _placed(grid: FloatArray, counts: FloatArray, height: FloatArray, top: int) -> _Bump:
    """The peak's place with a smoothing that suits its own width."""
    low, high = _half_height(height, top)
    width = max(_BIN, float(min(grid[high] - grid[top], grid[top] - grid[low])) * _SHARE_OF_WIDTH)
    fine = _smoothed(counts, width)
    best = _climbed(fine, top)
    return _Bump(
        log10=_vertex(grid, fine, best),
        low=float(grid[low]),
        high=float(grid[high]),
        events=int(counts[low : high + 1].sum()),
    )


def _climbed(height: FloatArray, start: int) -> int:
    """The top of the hill on whose slope the start lies."""
    here = start
    while (best := here - 1 + int(height[here - 1 : here + 2].argmax())) != here:
        here = best
    return here


def _half_height(height: FloatArray, top: int) -> tuple[int, int]:
    below = np.flatnonzero(height < height[top] / 2)
    low = below[below < top]
    high = below[below > top]
    return (int(low[-1]) if len(low) else 0, int(high[0]) if len(high) else len(height) - 1)


def _vertex(grid: FloatArray, height: FloatArray, top: int) -> float:
    """The top of the parabola through three heights."""
    before, here, after = height[top - 1 : top + 2]
    bend = before - 2 * here + after
    return float(grid[top] + (0.5 * (before - after) / bend * _BIN if bend < 0 else 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    score: float
    bumps: tuple[_Bump, ...]


def _matches(bumps: Sequence[_Bump], patterns: FloatArray) -> list[_Match]:
    """Every choice of one bump per bead whose spacing fits some half-angle, the best first.

    How well it fits decides, and how many events it explains.
    """
    order = np.argsort(patterns[len(patterns) // 2])
    rising = sorted(bumps, key=lambda bump: bump.log10)
    matches = (_match(chosen, patterns[:, order]) for chosen in combinations(rising, len(order)))
    ranked = sorted((match for match in matches if match), key=lambda match: -match.score)
    places = np.argsort(order).tolist()
    return [_Match(score=m.score, bumps=tuple(m.bumps[place] for place in places)) for m in ranked]


def _match(chosen: tuple[_Bump, ...], patterns: FloatArray) -> _Match | None:
    ratios = np.array([bump.log10 for bump in chosen]) - patterns
    mean_squares = float(ratios.var(axis=1).min())
    if mean_squares > _WORST**2:
        return None
    sizes = float(np.sum(np.log([max(1, bump.events) for bump in chosen])))
    return _Match(score=sizes - len(chosen) * mean_squares / (2 * _PATTERN**2), bumps=chosen)


def _missing(bumps: Sequence[_Bump], patterns: FloatArray, beads: Sequence[ExpectedBead]) -> str:
    """Which population lacks a peak: the one without which the others fit best."""
    found = f"{len(bumps)} peaks were found"
    without = {index: _matches(bumps, np.delete(patterns, index, axis=1)) for index in range(len(beads))}
    scores = {index: matches[0].score for index, matches in without.items() if matches and len(beads) > 2}
    if not scores:
        names = ", ".join(bead.name for bead in beads)
        return f"no peaks have the spacing of beads of {names} ({found})"
    name = beads[max(scores, key=lambda index: scores[index])].name
    return (
        f"no peak fits the {name} beads beside the others ({found}); leave them out if they were not in the file, "
        "or lie below its threshold"
    )


def _ambiguous(peaks: Sequence[BeadPeak], other: _Match, half_angle_deg: float | None) -> str:
    differs = [
        (peak, 10**bump.log10)
        for peak, bump in zip(peaks, other.bumps, strict=True)
        if not peak.low <= 10**bump.log10 <= peak.high
    ]
    which = "; ".join(
        f"the {peak.bead.name} beads can be those at {min(peak.signal, signal):.4g} or at "
        f"{max(peak.signal, signal):.4g}"
        for peak, signal in differs
    )
    remedy = "state the lens's half-angle" if half_angle_deg is None else "state the signals of the peaks"
    return f"two choices of peaks fit alike: {which}; {remedy}"


def _peak(bead: ExpectedBead, bump: _Bump) -> BeadPeak:
    low, middle, high = (float(10**place) for place in (bump.low, bump.log10, bump.high))
    return BeadPeak(bead=bead, signal=middle, low=low, high=high, events=bump.events)
