"""Intervals for means, ratios and counts; every function says its method in the estimate it returns."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate

LEVEL = 0.95
BOOTSTRAPS = 1000
LARGEST_RESAMPLE = 1e15
"""More counts than any instrument makes; a resample of more would not fit an integer."""


def t_quantile(degrees_of_freedom: float, *, level: float = LEVEL) -> float:
    """The two-sided quantile of Student's t.

    Parameters
    ----------
    degrees_of_freedom : float
        At least 1; need not be whole.
    level : float, optional
        Coverage between 0 and 1.

    Returns
    -------
    float
        The half-width of the interval in standard errors.

    Examples
    --------
    >>> round(t_quantile(4), 3)
    2.776
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, 0.5 + level / 2))


def mean_with_interval(
    values: Sequence[float], *, what: str, value: float | None = None, floor: float = 0.0
) -> Estimate:
    """The mean of independent values with Student's t interval.

    Parameters
    ----------
    values : sequence of float
        At least two.
    what : str
        What the values are, for the method: "runs", "videos", "positions".
    value : float, optional
        Reported in place of the mean when the same quantity is known better from pooled data.
    floor : float, optional
        The interval does not go below this; sizes and numbers cannot be negative.

    Returns
    -------
    Estimate
        With ``n`` the number of values.

    Examples
    --------
    >>> mean_with_interval([1.0, 2.0, 3.0], what="runs").value
    2.0
    """
    array = np.asarray(values, dtype=np.float64)
    n = len(array)
    centre = float(array.mean()) if value is None else value
    half = t_quantile(n - 1) * float(array.std(ddof=1)) / math.sqrt(n)
    return Estimate(
        value=centre,
        low=max(floor, centre - half),
        high=centre + half,
        n=n,
        method=f"mean of {n} {what}, Student's t interval",
    )


def mean_less_mean(values: Sequence[float], background: Sequence[float], *, what: str) -> Estimate:
    """The mean of values less the mean of a background, with the errors of both.

    Parameters
    ----------
    values : sequence of float
        At least two.
    background : sequence of float
        May be empty, or a single value, which is then taken as known.
    what : str
        What the values are, for the method.

    Returns
    -------
    Estimate
        With ``n`` the number of values; the interval does not go below 0.

    Notes
    -----
    **Source**: Welch's t interval (Satterthwaite's degrees of freedom); coverage is checked by simulation.

    Examples
    --------
    >>> mean_less_mean([5.0, 6.0, 7.0], [1.0], what="replicates").value
    5.0
    """
    sides = [np.asarray(side, dtype=np.float64) for side in (values, background) if len(side) > 1]
    errors = [(float(side.var(ddof=1)) / len(side), len(side) - 1) for side in sides]
    difference = sum(values) / len(values) - (sum(background) / len(background) if len(background) else 0.0)
    variance = sum(error for error, _ in errors)
    weights = sum(error**2 / dof for error, dof in errors)
    half = t_quantile(variance**2 / weights) * math.sqrt(variance) if weights > 0 else 0.0
    kind = "Student's" if len(errors) == 1 else "Welch's"
    return Estimate(
        value=difference,
        low=max(0.0, difference - half),
        high=difference + half,
        n=len(values),
        method=f"mean of {len(values)} {what}, {kind} t interval",
    )


def envelope(estimates: Sequence[Estimate], *, what: str) -> Estimate:
    """The mean of few estimates with an interval that covers all of theirs.

    Used where too few replicates exist for an interval between them, or where they do not differ at all.

    Parameters
    ----------
    estimates : sequence of Estimate
        At least one.
    what : str
        What they are, for the method.

    Returns
    -------
    Estimate
        Mean of the values, lowest low and highest high.
    """
    n = len(estimates)
    if n == 1:
        return estimates[0]
    return Estimate(
        value=sum(e.value for e in estimates) / n,
        low=min(e.low for e in estimates),
        high=max(e.high for e in estimates),
        n=n,
        method=f"mean of {n} {what}; the interval covers the interval of each (too few or too alike for one "
        "between them)",
    )


def poisson_interval(value: float, *, counted: float, what: str) -> Estimate:
    """A value that is proportional to a count, with the count's exact Poisson interval.

    Parameters
    ----------
    value : float
        The value.
    counted : float
        The count behind it, at least 1.
    what : str
        What was counted.

    Returns
    -------
    Estimate
        A lower bound of the true uncertainty, and said so.

    Notes
    -----
    **Source**: the exact interval from chi-square quantiles (Garwood 1936, from memory); checked in the
    tests against the coverage of simulated counts.
    """
    from scipy.special import gammaincinv

    tail = (1 - LEVEL) / 2
    low = float(gammaincinv(counted, tail)) / counted
    high = float(gammaincinv(counted + 1, 1 - tail)) / counted
    return Estimate(
        value=value,
        low=value * low,
        high=value * high,
        n=int(counted),
        method=f"Poisson interval of {counted:g} {what}; a lower bound of the uncertainty",
    )


def binomial_interval(share: float, *, n: int, what: str) -> Estimate:
    """A share of n things with its exact (Clopper-Pearson) interval.

    Parameters
    ----------
    share : float
        Between 0 and 1; need not be a whole number of things.
    n : int
        How many there are, at least 1.
    what : str
        What they are.

    Returns
    -------
    Estimate
        Between 0 and 1; a share of 0 has an upper bound above 0.

    Notes
    -----
    **Source**: Clopper-Pearson limits as quantiles of the beta distribution; the tests compare them with
    ``scipy.stats.binomtest``.

    Examples
    --------
    >>> round(binomial_interval(0.0, n=100, what="tracks").high, 3)
    0.036
    """
    from scipy.special import betaincinv

    found, tail = share * n, (1 - LEVEL) / 2
    low = float(betaincinv(found, n - found + 1, tail)) if found > 0 else 0.0
    high = float(betaincinv(found + 1, n - found, 1 - tail)) if found < n else 1.0
    return Estimate(
        value=share,
        low=min(low, share),
        high=max(high, share),
        n=n,
        method=f"share of {n} {what}, exact binomial interval",
    )


def coefficient_of_variation(values: Sequence[float], *, what: str) -> Estimate:
    """The coefficient of variation in per cent with its chi-square interval.

    Parameters
    ----------
    values : sequence of float
        At least two, with a positive mean.
    what : str
        What the values are, for the method.

    Returns
    -------
    Estimate
        In per cent.

    Notes
    -----
    **Source**: the interval of a normal standard deviation divided by the mean, which is taken as known;
    the tests compare its coverage with simulated values at CV 10 %.
    """
    from scipy.special import gammaincinv

    array = np.asarray(values, dtype=np.float64)
    n = len(array)
    cv = 100 * float(array.std(ddof=1)) / float(array.mean())
    upper, lower = (2 * float(gammaincinv((n - 1) / 2, q)) for q in (0.975, 0.025))
    return Estimate(
        value=cv,
        low=cv * math.sqrt((n - 1) / upper),
        high=cv * math.sqrt((n - 1) / lower),
        n=n,
        method=f"standard deviation over mean of {n} {what}, chi-square interval",
    )


def bootstrap_counts(
    counts: FloatArray, statistic: Callable[[FloatArray], FloatArray], *, seed: int = 0
) -> FloatArray:
    """A statistic of a histogram recomputed on multinomial resamples of its counts.

    Parameters
    ----------
    counts : numpy.ndarray
        Counts per class, shape (k,), with a positive sum.
    statistic : callable
        Takes resampled counts of shape (resamples, k), returns shape (resamples, ...).
    seed : int, optional
        Seed of the generator; the same input gives the same interval.

    Returns
    -------
    numpy.ndarray
        The statistic of each resample.
    """
    total = round(min(float(counts.sum()), LARGEST_RESAMPLE))
    draws = np.random.default_rng(seed).multinomial(total, counts / counts.sum(), size=BOOTSTRAPS)
    return statistic(draws.astype(np.float64))


def percentile_interval(replicates: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The 95 % percentile interval of bootstrap replicates.

    Parameters
    ----------
    replicates : numpy.ndarray
        Shape (resamples, ...).

    Returns
    -------
    low, high : numpy.ndarray
        Each of shape (...).
    """
    low, high = np.quantile(replicates, [0.025, 0.975], axis=0)
    return low, high


def studentised_interval(
    value: float, error: float, replicates: FloatArray, errors: FloatArray
) -> tuple[float, float]:
    """The 95 % bootstrap-t interval of a positive statistic on the log scale.

    Resamples are compared in units of their own standard error, which keeps the coverage for skewed
    distributions where the percentile interval is too short.

    Parameters
    ----------
    value : float
        The statistic, positive.
    error : float
        Standard error of its log.
    replicates : numpy.ndarray
        The statistic of each resample, shape (resamples,), positive.
    errors : numpy.ndarray
        Standard error of the log in each resample, shape (resamples,).

    Returns
    -------
    low, high : float
        Both equal to the value when it has no error.

    Notes
    -----
    **Source**: Efron's bootstrap-t (from memory); coverage is checked by simulation in the tests.
    """
    usable = (errors > 0) & (replicates > 0)
    if error <= 0 or value <= 0 or not usable.any():
        return value, value
    deviates = np.log(replicates[usable] / value) / errors[usable]
    upper, lower = np.quantile(deviates, [0.975, 0.025])
    return value * math.exp(-upper * error), value * math.exp(-lower * error)


def log_ratio(top: Sequence[float], bottom: Sequence[float], *, top_se: float, bottom_se: float) -> Estimate:
    """The ratio of two means with an interval on the log scale.

    Replicates give the standard error of each log mean, with Welch-Satterthwaite degrees of freedom; a
    side with a single value uses the standard error that is passed in, as if known.

    Parameters
    ----------
    top, bottom : sequence of float
        Positive replicates, at least one each.
    top_se, bottom_se : float
        Relative standard error of a single value, used only when there is one.

    Returns
    -------
    Estimate
        The ratio of the arithmetic means; ``n`` is the smaller number of replicates.

    Notes
    -----
    **Source**: purity.toml, uncertainty rule: replicate SD of both assays on the log scale; coverage is
    checked by simulation in the tests.
    """
    sides = [_log_error(top, top_se), _log_error(bottom, bottom_se)]
    variance = sum(error**2 for error, _ in sides)
    weights = sum(error**4 / dof for error, dof in sides if math.isfinite(dof))
    dof = variance**2 / weights if weights > 0 else math.inf
    half = (t_quantile(dof) if math.isfinite(dof) else 1.959964) * math.sqrt(variance)
    ratio = (sum(top) / len(top)) / (sum(bottom) / len(bottom))
    return Estimate(
        value=ratio,
        low=ratio * math.exp(-half),
        high=ratio * math.exp(half),
        n=min(len(top), len(bottom)),
        method=_of_ratio(len(top), len(bottom)),
    )


def _of_ratio(top: int, bottom: int) -> str:
    method = f"log scale, {top} and {bottom} replicates, Welch-Satterthwaite t interval"
    return method if bottom > 1 else f"{method}; the single value below the line is taken as known"


def _log_error(values: Sequence[float], single_se: float) -> tuple[float, float]:
    n = len(values)
    if n == 1:
        return single_se, math.inf
    logs = np.log(np.asarray(values, dtype=np.float64))
    return float(logs.std(ddof=1)) / math.sqrt(n), n - 1
