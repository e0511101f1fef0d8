"""The distribution behind noisy observations: a mixture whose smoothness is chosen on observations left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vesicle.inference.mixing import fit_weights
from vesicle.measurements.sizing import FloatArray

STEP = 0.02
WIDTHS = (0.03, 0.045, 0.065, 0.09, 0.13, 0.18, 0.25, 0.35, 0.5)
FOLDS = 5
_TOLERANCE = 0.01
"""How far, in units of log likelihood, a fit may stay below the best possible."""
_CUT = 4.0
"""Kernels end this many widths from their centre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """Kernels of one width: their shares of the grid, and how likely each makes each observation.

    ``shapes`` has shape (kernels, grid), each row sums to 1; ``likelihood`` has shape (kernels, observations).
    """

    width: float
    shapes: FloatArray
    likelihood: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well a kernel width foretells observations left out: mean log likelihood, and how far below the best.

    ``loss`` is the mean difference to the best width per observation and ``loss_error`` its standard error.
    """

    width: float
    held_out: float
    loss: float
    loss_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureFit:
    """A density over the logarithm of size.

    ``log_size`` is the even grid, shape (grid,); ``density`` sums to 1. ``sieve`` holds the kernels of the chosen
    ``width`` and ``weights`` their shares. ``scores`` has one row per width tried. ``gap`` bounds how far
    ``log_likelihood`` is below the best possible of this width.
    """

    log_size: FloatArray
    density: FloatArray
    width: float
    weights: FloatArray
    sieve: Sieve
    scores: tuple[Score, ...]
    log_likelihood: float
    gap: float
    iterations: int

    @property
    def converged(self) -> bool:
        """Whether the fit is as close to the best possible as was asked for."""
        return self.gap <= _TOLERANCE


def log_grid(low: float, high: float, *, step: float = STEP) -> FloatArray:
    """An even grid of logarithms.

    Parameters
    ----------
    low, high : float
        First size, and one that the last size reaches.
    step : float, optional
        Distance of neighbours in the natural logarithm.

    Returns
    -------
    numpy.ndarray
        Logarithms of sizes.
    """
    return np.log(low) + step * np.arange(int(np.ceil(np.log(high / low) / step - 1e-9)) + 1)


def fit_mixture(
    log_likelihood: FloatArray,
    log_size: FloatArray,
    *,
    weights: FloatArray | None = None,
    widths: Sequence[float] = WIDTHS,
    seed: int = 0,
) -> MixtureFit:
    """The density over log size that makes the observations most likely, as smooth as they ask for.

    Parameters
    ----------
    log_likelihood : numpy.ndarray
        Of each observation for each size, shape (observations, grid), up to a constant of the observation.
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    weights : numpy.ndarray, optional
        How often each observation counts, shape (observations,); once unless given.
    widths : sequence of float, optional
        Standard deviations of the kernels to choose from; 0 is a point of the grid.
    seed : int, optional
        Of the division into parts that are left out in turn.

    Returns
    -------
    MixtureFit
        At the width whose held-out likelihood is best.
    """
    likelihood = relative_likelihood(log_likelihood)
    counts = np.ones(len(likelihood)) if weights is None else np.asarray(weights, dtype=np.float64)
    parts = np.random.default_rng(seed).permutation(len(likelihood)) % FOLDS
    sieves = [make_sieve(likelihood, log_size, width) for width in widths]
    held_out = [_held_out(sieve, counts, parts) for sieve in sieves]
    scores = _scores(widths, np.array(held_out), counts)
    best = int(np.argmax([score.held_out for score in scores]))
    return fit_at(sieves[best], log_size, counts, scores=scores)


def relative_likelihood(log_likelihood: FloatArray) -> FloatArray:
    """Likelihoods relative to the best of each observation, which is 1.

    Parameters
    ----------
    log_likelihood : numpy.ndarray
        Shape (observations, grid).

    Returns
    -------
    numpy.ndarray
        Between 0 and 1, of the same shape.
    """
    return np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))


def make_sieve(likelihood: FloatArray, log_size: FloatArray, width: float) -> Sieve:
    """The kernels of one width.

    Parameters
    ----------
    likelihood : numpy.ndarray
        Shape (observations, grid).
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    width : float
        Standard deviation of a kernel; below a grid step, kernels are single points.

    Returns
    -------
    Sieve
        Kernels half a width apart.
    """
    step = float(log_size[1] - log_size[0])
    if width < step:
        shapes = np.eye(len(log_size))
    else:
        inner = log_size[-1] - log_size[0]
        count = max(2, int(inner / max(step, width / 2)) + 1)
        centres = np.linspace(log_size[0], log_size[-1], count)
        shapes = np.exp(-0.5 * ((log_size - centres[:, None]) / width) ** 2)
        shapes /= shapes.sum(axis=1, keepdims=True)
    return Sieve(width=width, shapes=shapes, likelihood=np.ascontiguousarray(shapes @ likelihood.T))


def fit_at(
    sieve: Sieve, log_size: FloatArray, counts: FloatArray, *, scores: tuple[Score, ...] = ()
) -> MixtureFit:
    """The best mixture of kernels of one width.

    Parameters
    ----------
    sieve : Sieve
        The kernels.
    log_size : numpy.ndarray
        Grid, shape (grid,).
    counts : numpy.ndarray
        How often each observation counts, shape (observations,).
    scores : tuple of Score, optional
        Kept in the result.

    Returns
    -------
    MixtureFit
        The fit.
    """
    weights, value, gap, rounds = fit_weights(sieve.likelihood, counts, _start(sieve), _TOLERANCE)
    return MixtureFit(
        log_size=log_size,
        density=weights @ sieve.shapes,
        width=sieve.width,
        weights=weights,
        sieve=sieve,
        scores=scores,
        log_likelihood=float(value),
        gap=float(gap),
        iterations=int(rounds),
    )


def posterior(fit: MixtureFit, log_likelihood: FloatArray) -> FloatArray:
    """How probable each size is for each observation, given the density of all.

    Parameters
    ----------
    fit : MixtureFit
        The density.
    log_likelihood : numpy.ndarray
        Shape (observations, grid).

    Returns
    -------
    numpy.ndarray
        Shape (observations, grid); rows sum to 1.
    """
    joint = relative_likelihood(log_likelihood) * fit.density
    return joint / np.maximum(joint.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)


def _start(sieve: Sieve) -> FloatArray:
    """A few kernels, evenly spread: the solver finds the others."""
    weights = np.zeros(len(sieve.shapes))
    weights[:: max(1, len(weights) // 12)] = 1.0
    return weights / weights.sum()


def _held_out(sieve: Sieve, counts: FloatArray, parts: FloatArray) -> FloatArray:
    """The log likelihood of each observation under the fit to the parts it is not in."""
    found = np.zeros(len(counts))
    start = fit_weights(sieve.likelihood, counts, _start(sieve), _TOLERANCE)[0]
    for part in range(FOLDS):
        kept = np.where(parts == part, 0.0, counts)
        weights = fit_weights(sieve.likelihood, kept, start, _TOLERANCE)[0]
        is_out = parts == part
        found[is_out] = np.log(np.maximum(weights @ sieve.likelihood[:, is_out], 1e-300))
    return found


def _scores(widths: Sequence[float], held_out: FloatArray, counts: FloatArray) -> tuple[Score, ...]:
    total = counts.sum()
    means = held_out @ counts / total
    losses = held_out[int(np.argmax(means))] - held_out
    loss = losses @ counts / total
    spread = np.sqrt(np.maximum((losses**2) @ counts / total - loss**2, 0.0) / total)
    columns = zip(widths, means, loss, spread, strict=True)
    return tuple(
        Score(width=width, held_out=float(a), loss=float(b), loss_error=float(c))
        for width, a, b, c in columns
    )


def bootstrap_counts(
    observations: int, resamples: int, *, group: FloatArray | None = None, seed: int = 0
) -> Iterator[FloatArray]:
    """How often each observation is drawn in each resample; groups are drawn first, where there are several.

    Parameters
    ----------
    observations : int
        How many there are.
    resamples : int
        How many to make.
    group : numpy.ndarray, optional
        The group of each observation, whole numbers from 0, shape (observations,).
    seed : int, optional
        Each resample has its own stream.

    Yields
    ------
    numpy.ndarray
        Shape (observations,).
    """
    groups = np.zeros(observations, dtype=np.int64) if group is None else group.astype(np.int64)
    members = [np.flatnonzero(groups == one) for one in np.unique(groups)]
    for stream in np.random.SeedSequence(seed).spawn(resamples):
        rng = np.random.default_rng(stream)
        counts = np.zeros(observations)
        for chosen in rng.integers(len(members), size=len(members)) if len(members) > 1 else (0,):
            places = members[chosen]
            np.add.at(counts, places[rng.integers(len(places), size=len(places))], 1.0)
        yield counts


def bootstrap_fits(
    fit: MixtureFit,
    *,
    resamples: int = 200,
    group: FloatArray | None = None,
    weights: FloatArray | None = None,
    seed: int = 0,
    threads: int = 2,
) -> FloatArray:
    """Densities fitted to observations drawn again with replacement.

    Parameters
    ----------
    fit : MixtureFit
        Of all observations.
    resamples : int, optional
        How many.
    group : numpy.ndarray, optional
        As in :func:`bootstrap_counts`.
    weights : numpy.ndarray, optional
        How often each observation counts when it is drawn, as in :func:`fit_mixture`.
    seed : int, optional
        Of the drawing.
    threads : int, optional
        How many fits run side by side; the result does not depend on it.

    Returns
    -------
    numpy.ndarray
        Shape (resamples, grid).
    """
    from concurrent.futures import ThreadPoolExecutor

    each = 1.0 if weights is None else weights

    def one(counts: FloatArray) -> FloatArray:
        found = fit_weights(fit.sieve.likelihood, counts * each, fit.weights, _TOLERANCE)[0]
        return found @ fit.sieve.shapes

    drawn = bootstrap_counts(fit.sieve.likelihood.shape[1], resamples, group=group, seed=seed)
    with ThreadPoolExecutor(threads) as pool:
        return np.array(list(pool.map(one, drawn)))
