"""Densities whose logarithm is a smooth spline, fitted to observations that each say how likely every place is.

The penalty is on third differences of the log density, so the stiffest fit is a normal density with free mean
and spread, and softer fits depart from it as far as the observations ask.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.inference.ascent import FLOOR, Data, climb
from vesicle.inference.splines import PER_KNOT, blend, differences, normal_spline, spline_basis
from vesicle.measurements.sizing import FloatArray

_NARROWNESS = 1e-4
"""Penalty on second differences: it tells from about a grid step on that a density is narrow, and nothing else."""
_TOLERANCE = 1e-3
_MOST_LEVERAGE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What each observation says: likelihoods relative to its best place, and where they are not negligible.

    ``likelihood`` has shape (observations, grid); ``windows`` holds the first knot that counts and the one
    after the last, shape (observations, 2).
    """

    likelihood: FloatArray
    windows: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of observations."""
        return len(self.likelihood)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothFit:
    """A smooth density at one stiffness.

    ``spline`` holds the coefficients of the log density, ``density`` sums to 1 over the grid. ``value`` is the
    log likelihood less the penalty, ``curvature`` minus its second derivatives by the coefficients. ``missing``
    is how much one more of the ``rounds`` would have added to ``value``, ``log_det`` the log determinant of
    the curvature.
    """

    stiffness: float
    spline: FloatArray
    density: FloatArray
    value: float
    curvature: FloatArray
    rounds: int
    missing: float
    log_det: float

    @property
    def converged(self) -> bool:
        """Whether another round would change the log likelihood by less than a thousandth."""
        return self.missing <= _TOLERANCE

    @property
    def evidence(self) -> float:
        """Log of the marginal likelihood of the stiffness, up to a constant.

        Laplace's approximation: the spline is integrated over, with third differences that are independently
        normal with variance 1 / stiffness.
        """
        size = len(self.spline)
        return self.value - 0.5 * self.log_det + 0.5 * (size - 3) * float(np.log(self.stiffness))


def observe(log_likelihood: FloatArray) -> Observed:
    """Log likelihoods made ready for fitting.

    Parameters
    ----------
    log_likelihood : numpy.ndarray
        Of each observation at each place of an even grid, shape (observations, grid), up to a constant of the
        observation. The grid has a multiple of 4 places.

    Returns
    -------
    Observed
        With likelihoods between 0 and 1.

    Raises
    ------
    ValueError
        When the number of places is not a multiple of 4.
    """
    grid = log_likelihood.shape[1]
    if grid % PER_KNOT:
        raise ValueError(f"the grid needs a multiple of {PER_KNOT} places, got {grid}")
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    counts = likelihood > 0.01 * FLOOR
    first = counts.argmax(axis=1) // PER_KNOT
    after = grid // PER_KNOT - counts[:, ::-1].argmax(axis=1) // PER_KNOT
    return Observed(likelihood=likelihood, windows=np.stack((first, after), axis=1).astype(np.int64))


def fit_smooth(observed: Observed, counts: FloatArray, stiffness: float, start: FloatArray) -> SmoothFit:
    """The log density that maximises likelihood less half the stiffness times its squared third differences.

    Parameters
    ----------
    observed : Observed
        The observations.
    counts : numpy.ndarray
        How often each counts, shape (observations,).
    stiffness : float
        Positive.
    start : numpy.ndarray
        Coefficients to start from.

    Returns
    -------
    SmoothFit
        An optimum near the start; starts that come from a stiffer fit led to the best one known in the tests.
    """
    data = Data(observed.likelihood, observed.windows, counts, blend())
    spline, state, numbers = climb(data, _roots(len(start), stiffness), start, _TOLERANCE)
    return SmoothFit(
        stiffness=stiffness,
        spline=spline,
        density=state.density,
        value=float(numbers[0]),
        curvature=state.curvature,
        rounds=int(numbers[1]),
        missing=float(numbers[2]),
        log_det=float(numbers[3]),
    )


def fit_normal(observed: Observed, counts: FloatArray, *, rounds: int = 40) -> FloatArray:
    """Coefficients of the normal density that suits the observations, to start from.

    Parameters
    ----------
    observed : Observed
        The observations.
    counts : numpy.ndarray
        How often each counts, shape (observations,).
    rounds : int, optional
        Of expectation and maximisation.

    Returns
    -------
    numpy.ndarray
        Shape (coefficients,).
    """
    grid = observed.likelihood.shape[1]
    places = np.arange(grid, dtype=np.float64)
    density = np.full(grid, 1.0 / grid)
    mean, spread = 0.0, 1.0
    for _ in range(rounds):
        joint = observed.likelihood @ density + FLOOR
        share = density * ((counts / joint) @ observed.likelihood)
        share /= share.sum()
        mean = float(share @ places)
        spread = max(1.0, float(np.sqrt(share @ (places - mean) ** 2)))
        density = np.exp(-0.5 * ((places - mean) / spread) ** 2)
        density /= density.sum()
    return normal_spline(grid, mean, spread)


def scores_of(observed: Observed, density: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The likelihood of each observation under a density, and how its logarithm depends on the spline.

    Parameters
    ----------
    observed : Observed
        The observations.
    density : numpy.ndarray
        Shape (grid,), sum 1.

    Returns
    -------
    likelihood : numpy.ndarray
        Shape (observations,).
    scores : numpy.ndarray
        Derivatives of the logarithm by the coefficients, shape (observations, coefficients).
    """
    basis = spline_basis(len(density))
    centred = basis - density @ basis
    likelihood = observed.likelihood @ density + FLOOR
    return likelihood, (observed.likelihood @ (density[:, None] * centred)) / likelihood[:, None]


def left_out(observed: Observed, fit: SmoothFit) -> FloatArray:
    """The log likelihood of each observation under the fit to all others.

    Parameters
    ----------
    observed : Observed
        The observations, each counted once.
    fit : SmoothFit
        To all of them.

    Returns
    -------
    numpy.ndarray
        Shape (observations,); first order in what one observation changes. The tests compare it with fits
        that leave the observation out.
    """
    likelihood, scores = scores_of(observed, fit.density)
    leverage = leverages(fit, scores)
    return np.log(likelihood) - leverage / (1 - leverage)


def leverages(fit: SmoothFit, scores: FloatArray) -> FloatArray:
    """How much of a fit to itself each observation decides.

    Parameters
    ----------
    fit : SmoothFit
        The fit.
    scores : numpy.ndarray
        From :func:`scores_of`, shape (observations, coefficients).

    Returns
    -------
    numpy.ndarray
        From 0 to 0.9, shape (observations,).
    """
    leverage = (scores * np.linalg.solve(fit.curvature, scores.T).T).sum(axis=1)
    return np.minimum(leverage, _MOST_LEVERAGE)


def one_step(fit: SmoothFit, pull: FloatArray, noise: FloatArray) -> FloatArray:
    """Densities after one step of Newton's method away from a fit.

    Parameters
    ----------
    fit : SmoothFit
        Where to start.
    pull : numpy.ndarray
        Gradients of the log likelihood there, shape (steps, coefficients).
    noise : numpy.ndarray
        Standard normal numbers, shape (steps, coefficients - 3): each third difference is pulled towards a
        value drawn from what the stiffness says of it, not towards zero.

    Returns
    -------
    numpy.ndarray
        Shape (steps, grid); rows sum to 1. Where a density rises it does so linearly in the step, so that a
        place where there was nothing is not filled by a step too long for it.
    """
    wanted = np.sqrt(fit.stiffness) * noise @ differences(len(fit.spline), 3)
    step = np.linalg.solve(fit.curvature, (pull + wanted).T).T @ spline_basis(len(fit.density)).T
    step -= (step @ fit.density)[:, None]
    factor = np.where(step < 0, np.exp(np.minimum(step, 0.0)), 1.0 + np.maximum(step, 0.0))
    density = fit.density * factor
    return density / density.sum(axis=1, keepdims=True)


def _roots(size: int, stiffness: float) -> FloatArray:
    """Combinations of the coefficients whose squares add up to the penalty."""
    third, second = differences(size, 3), differences(size, 2)
    return np.concatenate((np.sqrt(stiffness) * third, np.sqrt(_NARROWNESS) * second))
