"""Components of densities that are known, and of simulated tracks."""

import numpy as np
import pytest
from tests.inference.brownian import log_normal, mixture
from tests.inference.estimates import LOG_SIZE, estimate_of

from vesicle.inference.components import find_components


def bumps(*parts):
    """A density with a normal bump of (median, width in the logarithm, share) each."""
    total = sum(
        share * np.exp(-0.5 * ((LOG_SIZE - np.log(median)) / width) ** 2) / width
        for median, width, share in parts
    )
    return total / total.sum()


def found_in(density, resampled=None):
    return find_components(LOG_SIZE, density, density[None, :] if resampled is None else resampled)


def test_two_bumps_are_two_components_with_their_sizes_and_shares():
    first, second = found_in(bumps((100, 0.05, 0.7), (160, 0.08, 0.3)))
    assert (first.size.value, second.size.value) == pytest.approx((100, 160), rel=0.005)
    assert (first.share.value, second.share.value) == pytest.approx((0.7, 0.3), abs=0.01)
    assert (first.spread, second.spread) == pytest.approx((0.05, 0.08), rel=0.1)
    assert first.low == pytest.approx(np.exp(LOG_SIZE[0] - 0.01))
    assert first.high == second.low
    assert 110 < first.high < 150


@pytest.mark.parametrize("median", [25.0, 110.0, 900.0])
def test_one_bump_is_one_component_wherever_it_is(median):
    (only,) = found_in(bumps((median, 0.3, 1.0)))
    assert only.share.value == pytest.approx(1.0)
    assert only.size.value == pytest.approx(median, rel=0.02)


def test_a_shallow_valley_separates_nothing():
    close = bumps((100, 0.1, 0.5), (122.5, 0.1, 0.5))
    interior = close[1:-1]
    assert ((interior > close[:-2]) & (interior > close[2:])).sum() == 2
    assert len(found_in(close)) == 1


def test_a_sliver_is_left_to_its_neighbour():
    (only,) = found_in(bumps((100, 0.05, 0.99), (400, 0.05, 0.01)))
    assert only.share.value == pytest.approx(1.0)
    assert only.size.value == pytest.approx(100, rel=0.005)


def test_a_component_that_resamples_do_not_bear_out_is_left_to_its_neighbour():
    density = bumps((100, 0.05, 0.95), (200, 0.05, 0.05))
    often, seldom = (bumps((100, 0.05, 1 - share), (200, 0.05, share)) for share in (0.05, 0.0))
    assert len(found_in(density, np.stack((often, often)))) == 2
    assert len(found_in(density, np.stack((often, seldom)))) == 1


def test_intervals_come_from_the_resamples():
    density = bumps((100, 0.05, 0.7), (200, 0.05, 0.3))
    resampled = np.array(
        [bumps((nm, 0.05, share), (200, 0.05, 1 - share)) for nm, share in ((95, 0.6), (105, 0.8))]
    )
    first, _ = found_in(density, resampled)
    assert (first.size.low, first.size.high) == pytest.approx((95.25, 104.75), abs=0.3)
    assert (first.share.low, first.share.high) == pytest.approx((0.605, 0.795), abs=0.005)


def test_zeros_beyond_the_density_are_no_components():
    density = bumps((100, 0.02, 0.5), (200, 0.02, 0.5))
    density[density < 1e-12] = 0.0
    assert len(found_in(density)) == 2


@pytest.mark.parametrize("share", [0.5, 0.8, 0.2])
@pytest.mark.parametrize("pair", [(100, 150), (100, 200)])
def test_mixtures_of_two_sizes_are_two_components(pair, share):
    rng = np.random.default_rng(4)
    sizes = mixture(rng, 1500, diameters_nm=pair, shares=(share, 1 - share))
    made = estimate_of(sizes, rng, mean_points=25)
    parts = find_components(LOG_SIZE, made.fit.density, made.resampled.density)
    assert [part.size.value for part in parts] == pytest.approx(pair, rel=0.05)
    assert [part.share.value for part in parts] == pytest.approx([share, 1 - share], abs=0.08)


@pytest.mark.parametrize("gsd", [1.0, 1.2, 1.6])
def test_one_population_is_one_component_however_broad(gsd):
    rng = np.random.default_rng(2)
    made = estimate_of(log_normal(rng, 1000, gsd=gsd), rng)
    assert len(find_components(LOG_SIZE, made.fit.density, made.resampled.density)) == 1
