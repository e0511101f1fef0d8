"""Percentiles and moments of histograms against arithmetic, and the laws that every diameter obeys."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vesicle.inference.histograms import (
    log_errors,
    log_errors_of_sd,
    mean_and_sd,
    percentiles_at_centres,
    percentiles_at_edges,
    share_between,
    silverman_bandwidth,
    smoothed_mode,
)

SHARES = np.array([0.05, 0.1, 0.5, 0.9, 0.95])


@st.composite
def histograms(draw):
    """Edges that increase, and counts of which at least one is positive."""
    widths = draw(st.lists(st.integers(1, 40), min_size=2, max_size=30))
    counts = draw(st.lists(st.integers(0, 500), min_size=len(widths), max_size=len(widths)).filter(any))
    edges = draw(st.integers(0, 50)) + np.concatenate([[0], np.cumsum(widths)])
    return edges.astype(float), np.array(counts, dtype=float)


def test_percentiles_at_edges_follow_from_the_even_spread_inside_a_class():
    edges, amount = np.array([0.0, 10.0, 30.0]), np.array([1.0, 3.0])
    found = percentiles_at_edges(edges, amount, np.array([0.125, 0.25, 0.625, 1.0]))
    assert found == pytest.approx([5.0, 10.0, 20.0, 30.0])


def test_percentiles_at_edges_take_many_histograms_at_once():
    edges = np.array([0.0, 10.0, 20.0])
    found = percentiles_at_edges(edges, np.array([[1.0, 1.0], [3.0, 1.0]]), np.array([0.5]))
    assert found == pytest.approx(np.array([[10.0], [20 / 3]]))


def test_the_centre_rule_lies_half_a_class_below_the_edge_rule_for_equal_classes():
    rng = np.random.default_rng(1)
    edges = np.arange(0, 605, 5.0)
    counts = np.histogram(rng.normal(150, 40, 4000), bins=edges)[0].astype(float)
    centres = edges[:-1] + 2.5
    at_edges = percentiles_at_edges(edges, counts, SHARES)
    assert at_edges - percentiles_at_centres(centres, counts, SHARES) == pytest.approx(2.5)


def test_a_share_reached_before_empty_classes_is_reached_there_whatever_the_scale():
    edges, amount = np.arange(5.0), np.array([8.0, 73.0, 0.0, 9.0])
    for factor in (1.0, 1e-3, 1 / 3, 7e5):
        assert percentiles_at_edges(edges, amount * factor, np.array([0.9])) == pytest.approx([2.0])


def test_a_share_below_the_first_class_gives_the_first_centre():
    found = percentiles_at_centres(np.array([10.0, 20.0]), np.array([9.0, 1.0]), np.array([0.1]))
    assert found == pytest.approx([10.0])


@given(histograms())
def test_percentiles_increase_with_the_share_and_stay_inside_the_filled_classes(histogram):
    edges, amount = histogram
    found = percentiles_at_edges(edges, amount, SHARES)
    filled = np.flatnonzero(amount)
    assert np.all(np.diff(found) >= 0)
    assert edges[filled[0]] - 1e-9 <= found[0]
    assert found[-1] <= edges[filled[-1] + 1] + 1e-9


@given(histograms(), st.floats(0.5, 2.0))
def test_rescaling_the_edges_rescales_every_diameter(histogram, factor):
    edges, amount = histogram
    before, after = (percentiles_at_edges(e, amount, SHARES) for e in (edges, edges * factor))
    assert after == pytest.approx(before * factor)
    assert smoothed_mode(edges * factor, amount, 7.0 * factor) == pytest.approx(
        factor * smoothed_mode(edges, amount, 7.0)
    )
    middle = (edges[1:] + edges[:-1]) / 2
    for one, other in zip(mean_and_sd(middle * factor, amount), mean_and_sd(middle, amount), strict=True):
        assert one == pytest.approx(factor * other)


@given(histograms(), st.floats(1e-3, 1e6))
def test_the_amount_of_dilution_moves_no_diameter(histogram, factor):
    edges, amount = histogram
    thinner = amount * factor
    assert percentiles_at_edges(edges, thinner, SHARES) == pytest.approx(
        percentiles_at_edges(edges, amount, SHARES)
    )
    assert smoothed_mode(edges, thinner, 11.0) == smoothed_mode(edges, amount, 11.0)


@given(histograms(), st.lists(st.floats(0, 1500), min_size=1, max_size=5))
def test_shares_over_a_partition_add_up_to_one(histogram, cuts):
    edges, amount = histogram
    bounds = [0.0, *sorted(cuts), np.inf]
    parts = [share_between(edges, amount, low, high) for low, high in pairwise(bounds)]
    assert sum(parts) == pytest.approx(1.0)
    assert all(0 <= part <= 1 + 1e-12 for part in parts)


def test_mean_and_sd_are_those_of_the_classes_centres():
    mean, sd = mean_and_sd(np.array([10.0, 20.0]), np.array([[3.0, 1.0], [0.0, 5.0]]))
    assert mean == pytest.approx([12.5, 20.0])
    assert sd == pytest.approx([np.sqrt(0.75 * 2.5**2 + 0.25 * 7.5**2), 0.0])


def test_the_mode_without_smoothing_is_the_densest_class_not_the_fullest():
    edges = np.array([0.0, 10.0, 20.0, 100.0])
    assert smoothed_mode(edges, np.array([2.0, 8.0, 20.0]), 0.0) == 15.0


def test_the_mode_does_not_depend_on_whether_classes_are_linear_or_logarithmic():
    def cumulative(x):
        from scipy.special import ndtr

        return ndtr(np.log(np.maximum(x, 1e-9) / 120) / 0.4)

    linear = np.arange(1.0, 901.0, 1.0)
    logarithmic = np.geomspace(1.0, 900.0, 900)
    modes = [float(smoothed_mode(e, np.diff(cumulative(e)), 12.0)) for e in (linear, logarithmic)]
    assert modes[0] == pytest.approx(modes[1], abs=1.5)
    assert modes[0] == pytest.approx(120 * np.exp(-(0.4**2)), rel=0.05)


def test_equally_high_classes_give_the_first_of_them_whatever_the_rounding():
    edges = np.arange(0.0, 60.0, 10.0)
    for factor in (1.0, 1 / 3, 0.1, 7e-5):
        assert smoothed_mode(edges, np.array([1.0, 0, 0, 0, 1.0]) * factor, 0.0) == 5.0
        assert smoothed_mode(edges, np.array([1.0, 0, 0, 0, 1.0]) * factor, 2.0) == 5.0


def test_silvermans_width_shrinks_with_the_fifth_root_and_ignores_a_zero_quartile_range():
    assert silverman_bandwidth(10.0, 13.4, 1.0) == pytest.approx(9.0)
    assert silverman_bandwidth(10.0, 6.7, 32.0) == pytest.approx(0.9 * 5.0 / 2)
    assert silverman_bandwidth(10.0, 0.0, 1.0) == pytest.approx(9.0)


def test_the_log_error_of_a_mean_is_the_relative_standard_error():
    centres, counts = np.array([50.0, 100.0, 200.0]), np.array([20.0, 50.0, 30.0])
    mean, sd = mean_and_sd(centres, counts)
    assert log_errors(centres, counts, np.ones(3), 1.0) == pytest.approx(sd / mean / 10)
    cubes, spread = mean_and_sd(centres**3, counts)
    assert log_errors(centres, counts, np.ones(3), 3.0) == pytest.approx(spread / cubes / 10)


def test_log_errors_do_not_depend_on_the_unit_of_the_amount():
    centres, counts = np.array([50.0, 100.0, 200.0]), np.array([20.0, 50.0, 30.0])
    for power in (1.0, 3.0):
        plain = log_errors(centres, counts, np.ones(3), power)
        assert log_errors(centres, counts * 4e5, np.full(3, 4e5), power) == pytest.approx(plain)
    plain = log_errors_of_sd(centres, counts, np.ones(3))
    assert log_errors_of_sd(centres, counts * 4e5, np.full(3, 4e5)) == pytest.approx(plain)


@settings(max_examples=30)
@given(histograms())
def test_the_log_error_of_an_sd_agrees_with_its_definition(histogram):
    edges, counts = histogram
    x = (edges[1:] + edges[:-1]) / 2
    mean, sd = mean_and_sd(x, counts)
    found = log_errors_of_sd(x, counts, np.ones_like(x))
    if np.count_nonzero(counts) == 1:
        assert found == 0
        return
    influence = (x - mean) ** 2 - sd**2
    expected = np.sqrt(counts @ influence**2) / counts.sum() / (2 * sd**2)
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-7)
