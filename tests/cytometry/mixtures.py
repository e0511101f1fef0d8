"""Mixtures of positive and negative events in a known fraction, and how their estimates compare with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.cytometry.fcs import read_fcs

from vesicle.cytometry.positives import percent_positive, wilson

LEVELS_PERCENT = (0.5, 1.5, 2.0, 3.0, 50.0, 94.0, 95.0, 96.0)


@dataclass(frozen=True, kw_only=True)
class Real:
    """The 561 eYFP events above 1,000 and the blank events below the blank's 99.5th percentile."""

    positive: np.ndarray
    negative: np.ndarray

    @classmethod
    def read(cls, folder: Path) -> Real:
        blank, names = read_fcs(folder / "tasbe_blank.fcs")
        bright, _ = read_fcs(folder / "tasbe_eyfp.fcs")
        channel = names.index("FITC-A")
        blank, bright = blank[:, channel], bright[:, channel]
        return cls(positive=bright[bright > 1000], negative=blank[blank < np.percentile(blank, 99.5)])

    def events(self, share: float) -> int:
        """As many as both pools can fill without using an event twice, with room for chance."""
        return int(min(len(self.negative) // 2 - 75, 0.9 * len(self.positive) / share))

    def draw(self, rng: np.random.Generator, share: float) -> tuple[np.ndarray, np.ndarray]:
        """A sample and its control from disjoint halves of the negatives; how many are positive is chance."""
        shuffled = rng.permutation(self.negative)
        half = len(shuffled) // 2
        events = self.events(share)
        count = min(rng.binomial(events, share), len(self.positive))
        bright = rng.choice(self.positive, count, replace=False)
        return np.append(bright, shuffled[half : half + events - count]), shuffled[:half]


@dataclass(frozen=True, kw_only=True)
class Made:
    """Negatives of any law; positives far above them."""

    negative: Callable[[np.random.Generator, int], np.ndarray]
    sample_events: int = 5000
    control_events: int = 5000

    def draw(self, rng: np.random.Generator, share: float) -> tuple[np.ndarray, np.ndarray]:
        count = rng.binomial(self.sample_events, share)
        bright = rng.normal(1e6, 1e4, count)
        dim = self.negative(rng, self.sample_events - count)
        return np.append(bright, dim), self.negative(rng, self.control_events)


@dataclass(frozen=True, kw_only=True)
class Covered:
    """In points and per cent: mean error, standard deviation, coverage, and mean width over Wilson's."""

    error: float
    deviation: float
    coverage: float
    width: float


def compare(source: Real | Made, share: float, *, repeats: int, seed: int = 0) -> Covered:
    net, inside, width = [], [], []
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat, round(1e5 * share)])
        sample, control = source.draw(rng, share)
        found = percent_positive(sample, control)
        estimate = found.net_percent
        net.append(estimate.value)
        inside.append(estimate.low - 1e-9 <= 100 * share <= estimate.high + 1e-9)
        low, high = wilson(round(found.gated_percent.value * len(sample) / 100), len(sample))
        width.append((estimate.high - estimate.low) / (100 * (high - low)))
    return Covered(
        error=float(np.mean(net) - 100 * share),
        deviation=float(np.std(net)),
        coverage=100 * float(np.mean(inside)),
        width=float(np.mean(width)),
    )
