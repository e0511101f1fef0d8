"""What a density would have been, had other observations been drawn: resamples, and intervals from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.inference.intervals import LEVEL
from vesicle.inference.mixture import MixtureFit, posterior
from vesicle.inference.smoothing import one_step, scores_of
from vesicle.measurements.sizing import FloatArray

RESAMPLES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Densities of resampled observations, and how often each observation was drawn.

    ``density`` has shape (resamples, grid), rows sum to 1; ``counts`` has shape (resamples, observations).
    """

    density: FloatArray
    counts: FloatArray

    def adjusted(self, adjust: Callable[[FloatArray, FloatArray], FloatArray]) -> Resampled:
        """The same resamples, with something else that each of them decides taken into account.

        Parameters
        ----------
        adjust : callable
            Given densities and counts, new densities.

        Returns
        -------
        Resampled
            With the same counts.
        """
        return Resampled(density=adjust(self.density, self.counts), counts=self.counts)


def resample(
    fit: MixtureFit,
    *,
    group: NDArray[np.int64] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Resampled:
    """Densities had other observations been drawn, and other groups as far as the groups differ.

    Each resample draws observations again with replacement and takes one step of Newton's method from the
    softer fit towards the optimum of what was drawn; third differences are drawn too, from what the stiffness
    says of them, so that the spread holds what smoothing hides.

    Parameters
    ----------
    fit : MixtureFit
        Of all observations.
    group : numpy.ndarray, optional
        The group that each observation belongs to, whole numbers, shape (observations,).
    resamples : int, optional
        How many.
    seed : int, optional
        Of the drawing.

    Returns
    -------
    Resampled
        The same for the same seed.

    Notes
    -----
    **Source**: the bootstrap with one Newton step is Kline and Santos (2012), not seen; that intervals of a
    penalised fit cover when the prior of the penalty is counted in is Nychka (1988), not seen. Coverage is
    checked by simulation, see docs/validation.md.
    """
    rng = np.random.default_rng(seed)
    counts = draw_counts(fit.counts, resamples, rng)
    if group is not None:
        counts *= _group_factors(fit, group, resamples, rng)
    _, scores = scores_of(fit.observed, fit.band.density)
    noise = rng.standard_normal((resamples, len(fit.band.spline) - 3))
    return Resampled(density=one_step(fit.band, (counts - fit.counts) @ scores, noise), counts=counts)


def draw_counts(counts: FloatArray, resamples: int, rng: np.random.Generator) -> FloatArray:
    """How often each observation is drawn, with replacement.

    Parameters
    ----------
    counts : numpy.ndarray
        How often each observation is there, shape (observations,).
    resamples : int
        How many.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    numpy.ndarray
        Shape (resamples, observations); rows sum to the sum of the counts, rounded.
    """
    total = counts.sum()
    return rng.multinomial(round(float(total)), counts / total, size=resamples).astype(np.float64)


def group_excess(values: FloatArray, group: NDArray[np.int64]) -> float:
    """How much of the spread between groups is not explained by the spread of what is in them.

    Parameters
    ----------
    values : numpy.ndarray
        One per observation, shape (observations,).
    group : numpy.ndarray
        Whole numbers, shape (observations,).

    Returns
    -------
    float
        From 0 for groups that differ as chance would have it, to 1 for groups of one value each; the square
        root of a share of variance.

    Notes
    -----
    **Source**: one-way analysis of variance.
    """
    names, index, sizes = np.unique(group, return_inverse=True, return_counts=True)
    if len(names) < 2 or len(values) <= len(names):
        return 0.0
    means = np.bincount(index, values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2) / (len(names) - 1)
    within = float(((values - means[index]) ** 2).sum()) / (len(values) - len(names))
    if between <= within:
        return 0.0
    share = (1.0 - within / between) * len(names) / (len(names) - 1)
    return float(np.sqrt(min(share, 1.0)))


def _group_factors(
    fit: MixtureFit, group: NDArray[np.int64], resamples: int, rng: np.random.Generator
) -> FloatArray:
    """What the observations of each resample count, as whole groups are drawn more or less often."""
    names, index = np.unique(group, return_inverse=True)
    excess = group_excess(posterior(fit) @ fit.log_size, group)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    return np.asarray(1.0 + excess * (drawn - 1.0), dtype=np.float64)[:, index]


def interval_of(resampled: FloatArray, value: float, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval that holds most of the resampled values, widened to hold the estimate.

    Parameters
    ----------
    resampled : numpy.ndarray
        One value per resample.
    value : float
        The estimate.
    level : float, optional
        Share of the resamples inside.

    Returns
    -------
    low, high : float
        Percentiles.
    """
    tail = 50 * (1 - level)
    low, high = np.percentile(resampled, [tail, 100 - tail])
    return min(float(low), value), max(float(high), value)
