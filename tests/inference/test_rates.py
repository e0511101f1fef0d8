"""Intervals of counts, of their difference and of their ratio: coverage by simulation."""

import numpy as np
import pytest

from vesicle.inference.rates import count_estimate, difference, ratio
from vesicle.results import Estimate, NotAssessed


def of(count, scale=1.0):
    return count_estimate(int(count), scale=scale, what="events")


def coverage(truth, tops, bottoms, combine):
    found = [combine(of(a), of(b)) for a, b in zip(tops, bottoms, strict=True)]
    return np.mean([estimate.contains(truth) for estimate in found])


def test_a_count_of_zero_has_the_upper_bound_of_garwood():
    found = of(0, scale=2.0)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(2 * 3.6889, rel=1e-4)


@pytest.mark.parametrize(("top", "bottom"), [(30, 10), (200, 150), (1000, 3)])
def test_the_interval_of_a_difference_covers_the_truth(top, bottom):
    rng = np.random.default_rng(5)
    covered = coverage(top - bottom, rng.poisson(top, 600), rng.poisson(bottom, 600), difference)
    assert 0.93 <= covered <= 0.995


@pytest.mark.parametrize(("top", "bottom"), [(20, 60), (200, 150), (5, 400)])
def test_the_interval_of_a_ratio_covers_the_truth(top, bottom):
    rng = np.random.default_rng(7)
    covered = coverage(top / bottom, rng.poisson(top, 600), rng.poisson(bottom, 600), ratio)
    assert 0.93 <= covered <= 0.995


def test_a_ratio_to_what_may_be_zero_has_no_upper_bound_and_is_not_assessed():
    assert isinstance(ratio(of(10), of(0)), NotAssessed)


def test_a_net_number_may_be_negative_and_so_may_its_ratio():
    net = difference(of(10), of(100))
    assert net.high < 0
    found = ratio(net, of(50))
    assert found.low < found.value < found.high < 0


def test_an_interval_beyond_twice_the_value_takes_the_farthest_corner():
    wide = Estimate(value=1.0, low=0.5, high=5.0, method="t")
    assert ratio(Estimate(value=2.0, low=1.0, high=3.0, method="t"), wide).low == pytest.approx(0.2)
