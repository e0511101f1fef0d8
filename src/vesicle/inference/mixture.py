"""The distribution behind noisy observations, as smooth as observations that were left out ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vesicle.inference.smoothing import Observed, SmoothFit, fit_normal, fit_smooth, left_out, observe
from vesicle.inference.splines import PER_KNOT
from vesicle.measurements.sizing import FloatArray

STEP = 0.02
"""Distance of neighbouring grid points in the natural logarithm of size, unless another is asked for."""

_STIFFNESSES = 10.0 ** np.arange(6.5, -6.1, -0.5)
_PLAUSIBLE = 2.0
"""How far, as a log, the evidence of a stiffness may be below the best for it to be a candidate."""
_BAND_STEPS = 4
"""How many steps of stiffness, two decades in all, the fit for intervals is softer than the most plausible."""
_ENOUGH = 6.0
"""Softer fits are not tried once the evidence is this far below the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One stiffness that is plausible.

    ``evidence`` is the log of its marginal likelihood over the best one's, ``held_out`` the mean log likelihood
    of an observation under the fit to all others, relative to the place that suits it best.
    """

    stiffness: float
    evidence: float
    held_out: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureFit:
    """A density over the logarithm of size.

    ``log_size`` is the even grid, shape (grid,), and ``observed`` what was fitted. ``fit`` is the fit of the
    chosen stiffness, ``band`` a softer one that intervals are made from, since its bias is small against its
    spread. ``counts`` says how often each observation counts; ``trials`` has a row per plausible stiffness,
    stiffest first.
    """

    log_size: FloatArray
    observed: Observed
    counts: FloatArray
    fit: SmoothFit
    band: SmoothFit
    trials: tuple[Trial, ...]

    @property
    def density(self) -> FloatArray:
        """Shares of the grid points, shape (grid,); they sum to 1."""
        return self.fit.density

    @property
    def stiffness(self) -> float:
        """The chosen one; above about 10,000 the density is log-normal to the eye."""
        return self.fit.stiffness

    @property
    def converged(self) -> bool:
        """Whether both fits are at their optimum."""
        return self.fit.converged and self.band.converged


def log_grid(low: float, high: float, *, step: float = STEP) -> FloatArray:
    """An even grid of logarithms, with as many points as splines over it need.

    Parameters
    ----------
    low, high : float
        First size, and one that the last reaches.
    step : float, optional
        Distance of neighbours in the natural logarithm.

    Returns
    -------
    numpy.ndarray
        Logarithms of sizes; a multiple of 4 of them.

    Examples
    --------
    >>> log_grid(20, 1000).shape
    (200,)
    """
    steps = int(np.ceil(np.log(high / low) / step)) + 1
    return np.log(low) + step * np.arange(-(-steps // PER_KNOT) * PER_KNOT)


def fit_mixture(
    log_likelihood: FloatArray, log_size: FloatArray, *, counts: FloatArray | None = None
) -> MixtureFit:
    """The density over log size that makes the observations likely and is as smooth as they ask for.

    Fits run from stiff to soft. Of the stiffnesses whose marginal likelihood is within a factor of e^2 of the
    best, the one is chosen under which observations that were left out, one at a time, are most likely.

    Parameters
    ----------
    log_likelihood : numpy.ndarray
        Of each observation for each size, shape (observations, grid), up to a constant of the observation.
    log_size : numpy.ndarray
        From :func:`log_grid`.
    counts : numpy.ndarray, optional
        How often each observation counts, shape (observations,); once unless given.

    Returns
    -------
    MixtureFit
        The density, and a softer fit for intervals.

    Raises
    ------
    ValueError
        When there are no observations, or the grid is not from :func:`log_grid`.
    """
    if not len(log_likelihood):
        raise ValueError("nothing was observed")
    observed = observe(log_likelihood)
    weights = np.ones(observed.count) if counts is None else np.asarray(counts, dtype=np.float64)
    fits = _fits(observed, weights)
    evidence = np.array([fit.evidence for fit in fits])
    evidence -= evidence.max()
    trials = tuple(
        _trial(observed, weights, fit, float(value))
        for fit, value in zip(fits, evidence, strict=True)
        if value >= -_PLAUSIBLE
    )
    chosen = max(trials, key=lambda trial: trial.held_out).stiffness
    softer = min(int(evidence.argmax()) + _BAND_STEPS, len(fits) - 1)
    return MixtureFit(
        log_size=log_size,
        observed=observed,
        counts=weights,
        fit=next(fit for fit in fits if fit.stiffness == chosen),
        band=fits[softer],
        trials=trials,
    )


def _trial(observed: Observed, counts: FloatArray, fit: SmoothFit, evidence: float) -> Trial:
    held_out = float(counts @ left_out(observed, fit) / counts.sum())
    return Trial(stiffness=fit.stiffness, evidence=evidence, held_out=held_out)


def _fits(observed: Observed, counts: FloatArray) -> list[SmoothFit]:
    """Fits from stiff to soft, each started from the one before, until softer ones are implausible."""
    fits: list[SmoothFit] = []
    spline, best, best_at = fit_normal(observed, counts), -np.inf, 0
    for place, stiffness in enumerate(_STIFFNESSES):
        fit = fit_smooth(observed, counts, float(stiffness), spline)
        fits.append(fit)
        spline, evidence = fit.spline, fit.evidence
        if evidence > best:
            best, best_at = evidence, place
        if evidence < best - _ENOUGH and place >= best_at + _BAND_STEPS:
            break
    return fits


def posterior(fit: MixtureFit) -> FloatArray:
    """How probable each size is for each observation, given the density of all.

    Parameters
    ----------
    fit : MixtureFit
        The density and its observations.

    Returns
    -------
    numpy.ndarray
        Shape (observations, grid); rows sum to 1.
    """
    joint = fit.observed.likelihood * fit.density
    return joint / np.maximum(joint.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
