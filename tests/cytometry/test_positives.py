"""Percent positive: what is counted, how sure it is, and that the interval keeps its promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from tests.cytometry.mixtures import LEVELS_PERCENT, Made, Real, compare

from vesicle.cytometry.positives import percent_positive, scaled_subtraction, wilson
from vesicle.results import Estimate, NotAssessed


def normal(rng, n):
    return rng.normal(0, 20, n)


def skewed(rng, n):
    return rng.gamma(1.5, 30, n)


def whole_numbers(rng, n):
    return np.floor(rng.lognormal(1.5, 0.6, n))


def mixed(share, *, events=10_000, separation=10.0, seed=0):
    rng = np.random.default_rng(seed)
    count = round(events * share)
    sample = np.append(rng.normal(20 * separation, 20, count), rng.normal(0, 20, events - count))
    return sample, rng.normal(0, 20, events)


@pytest.fixture
def real(real_data):
    return Real.read(real_data / "cytometry" / "control_mix")


@pytest.mark.parametrize(("found", "n"), [(0, 10), (10, 500), (200, 10_000), (9460, 10_000), (7, 7)])
def test_wilson_is_that_of_scipy(found, n):
    truth = binomtest(found, n).proportion_ci(method="wilson")
    assert wilson(found, n) == pytest.approx((truth.low, truth.high), abs=1e-6)


def test_the_parts_are_counted_above_the_controls_percentile():
    sample, control = mixed(0.05)
    found = percent_positive(sample, control)
    assert np.count_nonzero(control >= found.threshold) == 50
    assert found.control_percent.value == pytest.approx(0.5)
    assert found.gated_percent.value == pytest.approx(100 * np.mean(sample >= found.threshold))
    gated, fallen = found.gated_percent.value / 100, found.control_percent.value / 100
    assert found.net_percent.value == pytest.approx(100 * (gated - fallen) / (1 - fallen))
    assert found.control_percent.low < 0.5 < found.control_percent.high
    assert (found.events, found.control_events, found.percentile) == (10_000, 10_000, 99.5)


@pytest.mark.parametrize("percentile", [99.0, 99.5, 99.9])
def test_the_net_share_does_not_depend_on_the_percentile_where_populations_are_apart(percentile):
    assert percent_positive(*mixed(0.05), percentile=percentile).net_percent.contains(5.0)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.sampled_from(["cube", "shift"]))
def test_a_rising_scale_changes_neither_count_nor_net_share(seed, kind):
    sample, control = mixed(0.1, events=400, seed=seed)
    plain = percent_positive(sample, control)
    scaled = percent_positive(*((v**3 if kind == "cube" else v + 500) for v in (sample, control)))
    assert scaled.net_percent == plain.net_percent
    assert scaled.gated_percent.value == plain.gated_percent.value


def test_the_order_of_events_and_values_that_are_no_numbers_change_nothing():
    sample, control = mixed(0.1)
    spoiled = np.append(np.random.default_rng(1).permutation(sample), [np.nan, np.inf, -np.inf])
    assert percent_positive(spoiled, control).net_percent == percent_positive(sample, control).net_percent


def test_ties_at_the_threshold_count_alike_in_both_tubes():
    control = np.append(np.zeros(990), np.full(10, 7.0))
    found = percent_positive(np.append(np.zeros(900), np.full(100, 7.0)), control)
    assert found.control_percent.value == pytest.approx(1.0)
    assert found.gated_percent.value == pytest.approx(10.0)
    wide = percent_positive(np.zeros(500), np.append(np.repeat([0.0, 5.0], [900, 99]), 9.0))
    assert (wide.threshold, wide.control_percent.value) == (9.0, pytest.approx(0.1))


@pytest.mark.parametrize("control", [np.full(500, 3.0), np.append(np.full(998, 3.0), [2.0, 3.5])[2:]])
def test_a_control_of_one_value_sets_no_threshold(control):
    found = percent_positive(np.full(500, 4.0), control)
    assert isinstance(found, NotAssessed)
    assert "one value" in found.reason


@pytest.mark.parametrize(
    ("sample", "control", "words"),
    [(0, 1000, "in the sample"), (1000, 0, "in the control"), (1000, 150, "too few")],
)
def test_without_enough_events_there_is_no_number(sample, control, words):
    found = percent_positive(np.arange(sample, dtype=float), np.arange(control, dtype=float))
    assert isinstance(found, NotAssessed)
    assert words in found.reason


def test_a_sample_like_its_control_has_a_net_share_near_zero_with_an_upper_bound():
    found = percent_positive(*mixed(0.0)).net_percent
    assert found.low == 0
    assert 0 < found.high < 0.6


def test_exchanged_tubes_are_told_by_a_sample_below_its_control():
    sample, control = mixed(0.3)
    exchanged = percent_positive(control, sample)
    assert exchanged.is_below_control
    assert (exchanged.net_percent.value, exchanged.net_percent.low) == (0, 0)
    assert exchanged.net_percent.high > 0
    assert not percent_positive(sample, control).is_below_control
    assert not percent_positive(*mixed(0.0, seed=3)).is_below_control


def test_the_threshold_of_a_small_control_widens_the_interval():
    sample, control = mixed(0.02)
    small = percent_positive(sample, control[:400]).net_percent
    large = percent_positive(sample, control).net_percent
    assert small.high - small.low > 1.5 * (large.high - large.low)


def test_dim_positives_beside_the_threshold_widen_the_interval():
    dim, bright = (percent_positive(*mixed(0.5, separation=d)).net_percent for d in (2.5, 10.0))
    assert dim.high - dim.low > 1.5 * (bright.high - bright.low)


def test_a_dim_marker_that_a_threshold_misses_is_found_by_subtraction():
    """At 3 SD a threshold at 2.6 SD sees two thirds; methods for overlap see nearly all."""
    found = percent_positive(*mixed(0.97, separation=3.0))
    assert found.net_percent.value < 70
    assert isinstance(found.subtracted_percent, Estimate)
    assert found.subtracted_percent.value == pytest.approx(97, abs=1)
    assert found.net_percent.value < found.overton_percent.value < found.subtracted_percent.value
    assert 2.7 < found.separation_sd < 3.3


def test_subtraction_is_not_given_where_the_populations_are_apart():
    found = percent_positive(*mixed(0.95))
    assert isinstance(found.subtracted_percent, NotAssessed)
    assert "SD apart" in found.subtracted_percent.reason
    assert found.overton_percent.contains(95.0)


def test_subtraction_of_nothing_is_not_assessed():
    assert isinstance(scaled_subtraction(np.empty(0), np.arange(100.0)), NotAssessed)
    assert isinstance(scaled_subtraction(np.arange(100.0), np.array([1.0])), NotAssessed)


def test_intervals_of_subtraction_and_overton_hold_the_share():
    held = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        count = rng.binomial(3000, 0.5)
        sample = np.append(rng.normal(100, 20, count), normal(rng, 3000 - count))
        held.append(scaled_subtraction(sample, normal(rng, 3000)).contains(50))
    assert np.mean(held) > 0.88


@pytest.mark.parametrize("percent", [0.5, 2.0, 95.0])
@pytest.mark.parametrize("negative", [normal, skewed, whole_numbers])
def test_the_interval_covers_for_any_law_of_the_negatives(percent, negative):
    found = compare(
        Made(negative=negative, sample_events=2000, control_events=2000), percent / 100, repeats=150
    )
    assert abs(found.error) < 0.25
    assert found.coverage > 88
    assert found.width < 1.5


@pytest.mark.slow
@pytest.mark.parametrize("events", [(500, 500), (500, 5000), (5000, 500), (20_000, 5000)])
@pytest.mark.parametrize("percent", [0.5, 2.0, 50.0, 95.0])
def test_the_interval_covers_for_unequal_and_small_tubes(events, percent):
    made = Made(negative=skewed, sample_events=events[0], control_events=events[1])
    found = compare(made, percent / 100, repeats=300)
    assert abs(found.error) < 0.2
    assert found.coverage > 91


@pytest.mark.slow
@pytest.mark.parametrize("percent", LEVELS_PERCENT)
def test_real_noise_in_known_fractions_is_within_the_bar(real, percent):
    assert len(real.positive) == 561
    found = compare(real, percent / 100, repeats=250)
    assert abs(found.error) <= 0.3
    assert 91 <= found.coverage <= 99.5
    assert found.width <= 1.5


def test_a_dim_marker_covers_what_unlimited_events_would_give():
    """Positives 3 SD above the control: the net share at the control's true percentile is 33.13 %."""
    from scipy.stats import norm

    threshold = norm.ppf(0.995)
    truth = 50 * (norm.sf(threshold - 3) - 0.005) / 0.995
    held = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        count = rng.binomial(4000, 0.5)
        sample = np.append(rng.normal(3, 1, count), rng.normal(0, 1, 4000 - count))
        held.append(percent_positive(sample, rng.normal(0, 1, 2000)).net_percent.contains(truth))
    assert np.mean(held) > 0.9
