"""Resamples: what they are drawn from, and how they spread."""

import numpy as np
import pytest
from tests.inference.brownian import log_normal
from tests.inference.estimates import LOG_SIZE, estimate, estimate_of

from vesicle.inference.resampling import (
    draw_counts,
    group_excess,
    interval_of,
    median_of_few,
    resample,
)
from vesicle.results import Estimate, NotAssessed


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(1)
    return estimate_of(log_normal(rng, 600), rng)


def width(resampled):
    return np.std(resampled.density @ LOG_SIZE)


def test_each_resample_draws_as_many_as_there_are_from_those_there_are():
    counts = np.array([1.0, 0.0, 2.0, 1.0])
    drawn = draw_counts(counts, 500, np.random.default_rng(0))
    assert set(drawn.sum(axis=1)) == {4.0}
    assert drawn.mean(axis=0) == pytest.approx(counts, abs=0.2)
    assert not drawn[:, 1].any()


def test_the_same_seed_draws_the_same_and_another_does_not(found):
    first, again, other = (resample(found.fit, resamples=20, seed=seed) for seed in (3, 3, 4))
    assert (first.density == again.density).all()
    assert not np.allclose(first.density, other.density)


def test_resampled_densities_are_densities_around_the_estimate(found):
    density = found.resampled.density
    assert (density >= 0).all()
    assert density.sum(axis=1) == pytest.approx(np.ones(len(density)))
    low, high = found.intervals()
    assert (low <= found.numbers()).all()
    assert (found.numbers() <= high).all()


def test_four_times_the_observations_halve_the_interval():
    widths = []
    for tracks in (300, 1200):
        each = []
        for seed in range(4):
            rng = np.random.default_rng([seed, tracks])
            low, high = estimate_of(log_normal(rng, tracks), rng).intervals()
            each.append(np.log(high[1] / low[1]))
        widths.append(np.mean(each))
    assert widths[0] / widths[1] == pytest.approx(2.0, abs=0.6)


def test_groups_that_differ_by_chance_alone_seldom_add_anything():
    rng = np.random.default_rng(2)
    excess = [group_excess(rng.standard_normal(300), np.arange(300) % 5) for _ in range(300)]
    assert np.mean(np.square(excess)) < 0.25
    assert np.median(excess) < 0.1


def test_groups_that_differ_widen_the_resamples():
    rng = np.random.default_rng(3)
    medians = np.repeat([90.0, 100.0, 110.0, 125.0], 200)
    fit = estimate_of(medians * log_normal(rng, 800, median_nm=1, gsd=1.2), rng).fit
    group = np.repeat(np.arange(4), 200)
    plain, grouped = (resample(fit, group=each, seed=1) for each in (None, group))
    between = np.std(np.log(medians[::200]), ddof=1) / 2
    assert width(plain) < 0.6 * between
    assert width(grouped) == pytest.approx(between, rel=0.35)


@pytest.mark.parametrize(
    ("values", "group", "expected"),
    [
        ([1.0, 2.0, 3.0, 4.0], [0, 0, 0, 0], 0.0),
        ([1.0, 1.0, 5.0, 5.0], [0, 0, 1, 1], 1.0),
        ([1.0, 5.0, 1.0, 5.0], [0, 0, 1, 1], 0.0),
        ([1.0, 5.0], [0, 1], 0.0),
    ],
)
def test_the_excess_between_groups_is_what_their_members_do_not_explain(values, group, expected):
    assert group_excess(np.array(values), np.array(group)) == expected


def test_an_adjustment_sees_densities_and_counts_and_keeps_the_counts(found):
    def last_place(density, counts):
        assert counts.shape == (len(density), found.fit.observed.count)
        return np.eye(density.shape[1])[-np.ones(len(density), dtype=int)]

    adjusted = found.resampled.adjusted(last_place)
    assert (adjusted.density[:, -1] == 1).all()
    assert adjusted.counts is found.resampled.counts


def test_an_interval_holds_its_estimate():
    values = np.arange(101.0)
    assert interval_of(values, 50.0) == pytest.approx((2.5, 97.5))
    assert interval_of(values, 200.0) == pytest.approx((2.5, 200.0))
    assert interval_of(values, -1.0, level=0.5) == pytest.approx((-1.0, 75.0))


def test_the_median_of_few_is_wider_than_that_of_many_is_taken_to_be():
    rng = np.random.default_rng(5)
    few = estimate_of(log_normal(rng, 60), rng)
    median = median_of_few(few.fit, few.resampled)
    low, high = few.intervals()
    assert isinstance(median, Estimate)
    assert median.n == 60
    assert median.low < low[1] < median.value < high[1] < median.high
    assert "Student's t with 6 degrees of freedom" in median.method


def test_the_median_of_a_handful_is_not_assessed():
    rng = np.random.default_rng(6)
    few = estimate_of(log_normal(rng, 19), rng)
    assert median_of_few(few.fit, few.resampled) == NotAssessed(
        "19 observations are too few for an interval; 20 are needed"
    )


def test_the_noise_estimated_anew_widens_the_interval():
    rng = np.random.default_rng(7)
    found = estimate_of(log_normal(rng, 500), rng)
    assert width(found.resampled) > width(resample(found.fit, seed=0))
    assert estimate(found.steps, resamples=7).resampled.density.shape == (7, len(LOG_SIZE))
