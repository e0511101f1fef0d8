"""Intervals against closed forms, against scipy, and against simulated data whose truth is known."""

import math

import numpy as np
import pytest
from scipy import stats

from vesicle.inference.histograms import percentiles_at_edges
from vesicle.inference.intervals import (
    binomial_interval,
    bootstrap_counts,
    coefficient_of_variation,
    envelope,
    log_ratio,
    mean_less_mean,
    mean_with_interval,
    percentile_interval,
    poisson_interval,
    studentised_interval,
    t_quantile,
)
from vesicle.results import Estimate

TIMES = 1500
"""Simulated data sets per setting: the coverage is then known to 0.006."""


def lognormal(rng, *, cv, n):
    """Values with mean 1 and the given coefficient of variation."""
    sigma = math.sqrt(math.log(1 + cv**2))
    return np.exp(rng.normal(-(sigma**2) / 2, sigma, n))


def coverage(make, truth, *, seed, times=TIMES):
    rng = np.random.default_rng(seed)
    return sum(make(rng).contains(truth) for _ in range(times)) / times


def test_t_quantiles_are_those_of_scipy():
    for degrees in (1, 2.5, 30):
        assert t_quantile(degrees) == pytest.approx(stats.t.ppf(0.975, degrees))
    assert t_quantile(4, level=0.9) == pytest.approx(stats.t.ppf(0.95, 4))


def test_a_t_interval_is_that_of_scipy():
    values = [3.1, 2.7, 3.9, 3.3]
    found = mean_with_interval(values, what="runs")
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.n == 4


def test_a_t_interval_does_not_go_below_zero_and_may_centre_on_a_better_value():
    found = mean_with_interval([0.1, 9.0], what="runs", value=5.0)
    assert (found.value, found.low) == (5.0, 0.0)


@pytest.mark.parametrize(("n", "cv"), [(3, 0.1), (3, 0.3), (5, 0.25), (11, 0.2)])
def test_a_t_interval_covers_the_mean_of_lognormal_values(n, cv):
    found = coverage(lambda rng: mean_with_interval(lognormal(rng, cv=cv, n=n), what="runs"), 1.0, seed=n)
    assert 0.92 <= found <= 0.98


@pytest.mark.parametrize(("n", "blanks", "blank_sd"), [(3, 3, 0.5), (3, 2, 0.05), (4, 8, 2.0), (3, 1, 0.0)])
def test_a_net_mean_covers_the_truth_whatever_the_error_of_the_blank(n, blanks, blank_sd):
    def net(rng):
        return mean_less_mean(rng.normal(20, 1, n), rng.normal(3, blank_sd, blanks), what="replicates")

    assert 0.92 <= coverage(net, 17.0, seed=blanks) <= 0.985


def test_a_net_mean_without_spread_has_no_width_and_without_a_blank_is_students():
    assert mean_less_mean([4.0, 4.0], [], what="x").high == 4.0
    plain = mean_less_mean([4.0, 5.0, 7.0], [], what="x")
    assert plain.low == pytest.approx(mean_with_interval([4.0, 5.0, 7.0], what="x").low)
    assert "Student" in plain.method
    assert "Welch" in mean_less_mean([4.0, 5.0], [1.0, 1.5], what="x").method


def test_an_envelope_covers_each_interval_and_leaves_a_single_one_alone():
    one, two = (Estimate(value=v, low=v - 1, high=v + 2, method="m") for v in (10.0, 14.0))
    both = envelope([one, two], what="runs")
    assert (both.value, both.low, both.high, both.n) == (12.0, 9.0, 16.0, 2)
    assert envelope([one], what="runs") is one


@pytest.mark.parametrize("mean", [1.5, 8, 60, 900])
def test_a_poisson_interval_covers_the_expected_count(mean):
    def counted(rng):
        count = rng.poisson(mean)
        count = max(count, 1)
        return poisson_interval(float(count), counted=count, what="tracks")

    assert coverage(counted, mean, seed=int(mean)) >= 0.945


def test_a_poisson_interval_is_garwoods():
    found = poisson_interval(2e8, counted=10, what="tracks")
    low, high = stats.chi2.ppf(0.025, 20) / 2, stats.chi2.ppf(0.975, 22) / 2
    assert (found.low, found.high) == pytest.approx((2e7 * low, 2e7 * high))
    assert "lower bound" in found.method


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 20), (10, 20), (19, 20), (20, 20), (300, 630)])
def test_a_binomial_interval_is_that_of_scipys_exact_test(k, n):
    found = binomial_interval(k / n, n=n, what="tracks")
    expected = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_binomial_interval_survives_shares_that_rounding_put_beside_a_whole_number():
    for share in (1 - 1e-16, 1e-18, 0.1 + 0.2, math.nextafter(1.0, 0.0)):
        found = binomial_interval(share, n=30, what="tracks")
        assert 0 <= found.low <= share <= found.high <= 1


@pytest.mark.parametrize("cv", [0.05, 0.12, 0.25, 0.4])
@pytest.mark.parametrize("n", [3, 5, 11])
def test_the_interval_of_a_cv_covers_the_cv_of_lognormal_values(n, cv):
    found = coverage(
        lambda rng: coefficient_of_variation(lognormal(rng, cv=cv, n=n), what="runs"), 100 * cv, seed=n
    )
    assert 0.92 <= found <= 0.98


def test_a_cv_is_the_sample_standard_deviation_over_the_mean():
    assert coefficient_of_variation([90.0, 100.0, 110.0], what="runs").value == pytest.approx(10.0)


@pytest.mark.parametrize(("top", "bottom"), [(3, 3), (5, 3), (3, 8)])
@pytest.mark.parametrize(("cv_top", "cv_bottom"), [(0.1, 0.1), (0.3, 0.3), (0.2, 0.05)])
def test_a_log_ratio_covers_the_ratio_of_lognormal_means(top, bottom, cv_top, cv_bottom):
    def ratio(rng):
        above, below = lognormal(rng, cv=cv_top, n=top), lognormal(rng, cv=cv_bottom, n=bottom)
        return log_ratio(3e10 * above, below, top_se=9.0, bottom_se=9.0)

    assert 0.92 <= coverage(ratio, 3e10, seed=top + bottom, times=3000) <= 0.98


def test_a_log_ratio_of_single_values_uses_the_errors_that_are_passed_in():
    found = log_ratio([8.0], [2.0], top_se=0.1, bottom_se=0.05)
    half = 1.959964 * math.hypot(0.1, 0.05)
    assert (found.value, found.low) == pytest.approx((4.0, 4.0 * math.exp(-half)))
    assert "taken as known" in found.method


def test_a_log_ratio_of_equal_replicates_has_no_width():
    found = log_ratio([8.0, 8.0], [2.0, 2.0], top_se=1.0, bottom_se=1.0)
    assert (found.low, found.value, found.high) == (4.0, 4.0, 4.0)


def test_bootstrap_resamples_keep_the_number_of_things_and_repeat_with_their_seed():
    counts = np.array([3.0, 0.0, 7.0])
    first, again = (bootstrap_counts(counts, lambda drawn: drawn) for _ in range(2))
    assert np.array_equal(first, again)
    assert set(first.sum(axis=1)) == {10.0}
    assert not first[:, 1].any()
    assert first[:, 0].mean() == pytest.approx(3.0, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "log_sd"), [(100, 0.3), (400, 0.45)])
def test_bootstrap_percentiles_cover_those_of_a_lognormal_preparation(n, log_sd):
    rng, edges, shares = np.random.default_rng(5), np.arange(0, 1205, 5.0), np.array([0.1, 0.5, 0.9])
    truth = 110 * np.exp(log_sd * stats.norm.ppf(shares))
    hits, times = np.zeros(3), 500
    for _ in range(times):
        counts = np.histogram(110 * np.exp(rng.normal(0, log_sd, n)), bins=edges)[0]
        counts = counts[: np.flatnonzero(counts)[-1] + 1].astype(float)
        inside = edges[: len(counts) + 1]
        drawn = bootstrap_counts(counts, lambda c, e=inside: percentiles_at_edges(e, c, shares))
        low, high = percentile_interval(drawn)
        hits += (low <= truth) & (truth <= high)
    assert np.all((hits / times >= 0.92) & (hits / times <= 0.98)), hits / times


def test_a_studentised_interval_is_wider_upwards_when_large_values_come_with_large_errors():
    replicates = np.exp(np.linspace(-1, 1, 1001))
    low, high = studentised_interval(1.0, 0.5, replicates, np.full(1001, 0.5))
    assert (low, high) == pytest.approx((math.exp(-0.95), math.exp(0.95)))
    skewed = np.where(replicates < 1, 0.25, 0.5)
    assert studentised_interval(1.0, 0.5, replicates, skewed)[1] > high


def test_a_studentised_interval_without_error_has_no_width():
    replicates = np.array([1.0, 2.0])
    assert studentised_interval(1.5, 0.0, replicates, replicates) == (1.5, 1.5)
    assert studentised_interval(1.5, 0.1, replicates, np.zeros(2)) == (1.5, 1.5)


def test_more_counts_than_an_integer_holds_are_still_resampled():
    from vesicle.inference.intervals import bootstrap_counts

    resampled = bootstrap_counts(np.array([1e25, 1e25]), lambda counts: counts[:, 0] / counts.sum(axis=1))
    assert np.all(np.abs(resampled - 0.5) < 1e-6)
