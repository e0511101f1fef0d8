"""Quantile intervals against scipy's binomial and against simulated data whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vesicle.inference.quantiles import quantile_interval


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("n", [60, 400])
def test_the_interval_covers_the_quantile_of_a_lognormal_preparation(share, n):
    rng = np.random.default_rng(n)
    truth = 110 * np.exp(0.35 * stats.norm.ppf(share))
    times = 1500
    samples = 110 * np.exp(0.35 * rng.standard_normal((times, n)))
    covered = sum(quantile_interval(sample, share, what="tracks").contains(truth) for sample in samples)
    assert 0.94 <= covered / times <= 0.985


@pytest.mark.parametrize(("n", "share"), [(50, 0.5), (100, 0.1), (1000, 0.9)])
def test_the_bounds_stand_at_the_ranks_of_the_binomial_distribution(n, share):
    found = quantile_interval(np.arange(1.0, n + 1), share, what="tracks")
    assert found.low == stats.binom.ppf(0.025, n, share)
    assert found.high == stats.binom.ppf(0.975, n, share) + 1
    assert found.value == np.quantile(np.arange(1.0, n + 1), share)


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_the_interval_holds_the_value_and_stays_inside_the_observations(values, share):
    found = quantile_interval(np.array(values), share, what="tracks")
    assert min(values) <= found.low <= found.value <= found.high <= max(values)
