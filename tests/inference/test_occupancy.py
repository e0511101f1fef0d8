"""Lengths as a function of size, and what weighting by them gives."""

import numpy as np
import pytest
from tests.inference.brownian import follow, log_normal, track_lengths
from tests.inference.estimates import LOG_SIZE, SHARES, estimate

from vesicle.inference.densities import quantiles
from vesicle.inference.displacements import steps_of
from vesicle.inference.mixture import posterior
from vesicle.inference.occupancy import Expected, mean_lengths, reweighted


def test_a_weight_moves_a_log_normal_density_as_algebra_says():
    sigma, power = 0.3, 1.5
    density = np.exp(-0.5 * ((LOG_SIZE - np.log(110)) / sigma) ** 2)
    found = reweighted(np.stack((density, density)), np.exp(power * LOG_SIZE))
    assert found.sum(axis=1) == pytest.approx([1.0, 1.0])
    wanted = 110 * np.exp(power * sigma**2)
    assert quantiles(LOG_SIZE, found, np.array([0.5])) == pytest.approx(wanted, rel=1e-3)


@pytest.fixture(scope="module")
def longer_when_larger():
    rng = np.random.default_rng(1)
    sizes = log_normal(rng, 1500)
    points = track_lengths(rng, 1500, mean=6 + 34 * (sizes / 110) ** 0.8)
    return sizes, points, estimate(steps_of(*follow(rng, sizes, points)))


def test_mean_lengths_rise_with_size_as_the_tracks_do(longer_when_larger):
    _, points, found = longer_when_larger
    curve = mean_lengths(LOG_SIZE, posterior(found.fit), points.astype(np.float64))
    at = np.interp(np.log([80.0, 110.0, 160.0]), LOG_SIZE, curve)
    assert at == pytest.approx(6 + 34 * (np.array([80.0, 110.0, 160.0]) / 110) ** 0.8, rel=0.12)
    slopes = np.diff(np.log(curve)) / 0.02
    assert slopes == pytest.approx(np.full(len(slopes), slopes[0]))


def test_weighting_by_length_gives_the_sizes_in_view(longer_when_larger):
    sizes, points, found = longer_when_larger
    curve = mean_lengths(LOG_SIZE, posterior(found.fit), points.astype(np.float64))
    seen = quantiles(LOG_SIZE, reweighted(found.fit.density, curve), SHARES)
    order = np.argsort(sizes)
    weight = 6 + 34 * (sizes[order] / 110) ** 0.8
    wanted = np.interp(SHARES, np.cumsum(weight) / weight.sum(), sizes[order])
    unweighted = np.quantile(sizes, SHARES)
    assert seen == pytest.approx(wanted, rel=0.05)
    assert np.abs(unweighted / wanted - 1).min() > 0.03


def test_each_resample_has_its_own_lengths(longer_when_larger):
    _, points, found = longer_when_larger
    counts = found.resampled.counts[:5]
    curves = mean_lengths(LOG_SIZE, posterior(found.fit), points.astype(np.float64), counts=counts)
    assert curves.shape == (5, len(LOG_SIZE))
    alike = mean_lengths(
        LOG_SIZE, posterior(found.fit), points.astype(np.float64), counts=np.ones((1, 1500))
    )[0]
    assert alike == pytest.approx(mean_lengths(LOG_SIZE, posterior(found.fit), points.astype(np.float64)))
    assert np.std(np.log(curves), axis=0).min() > 0.001


def test_equal_lengths_give_a_flat_curve(longer_when_larger):
    _, _, found = longer_when_larger
    assert mean_lengths(LOG_SIZE, posterior(found.fit), np.full(1500, 12.0)) == pytest.approx(
        np.full(len(LOG_SIZE), 12.0)
    )


@pytest.fixture(scope="module")
def sorted_by_size():
    """Observations whose size is known, at 100 and 200 nm: 60 of the smaller, 40 of the larger."""
    at = np.log([100.0, 141.4, 200.0])
    known = np.zeros((100, 3))
    known[:60, 0] = known[60:, 2] = 1.0
    rng = np.random.default_rng(3)
    lengths = rng.exponential(np.where(np.arange(100) < 60, 10.0, 40.0))
    return at, known, lengths


def test_the_mean_lengths_of_known_sizes_are_the_means(sorted_by_size):
    at, known, lengths = sorted_by_size
    curve = mean_lengths(at, known, lengths)
    assert curve[[0, 2]] == pytest.approx([lengths[:60].mean(), lengths[60:].mean()])


def test_an_end_that_all_share_bounds_every_length_and_moves_no_known_mean(sorted_by_size):
    at, known, lengths = sorted_by_size
    curve = mean_lengths(at, known, lengths, expected=Expected(trend=np.zeros(3), ends=1 / 200))
    assert curve[[0, 2]] == pytest.approx([lengths[:60].mean(), lengths[60:].mean()])
    assert curve.max() < 200


def test_a_trend_that_is_surely_known_decides_and_an_unsure_one_gives_way(sorted_by_size):
    at, known, lengths = sorted_by_size
    steep = 3 * at

    def ratio(slope_error):
        expected = Expected(trend=steep, slope_error=slope_error)
        curve = mean_lengths(at, known, lengths, expected=expected)
        return curve[2] / curve[0]

    seen = lengths[60:].mean() / lengths[:60].mean()
    assert ratio(1e-3) == pytest.approx(8.0, rel=0.01)
    assert ratio(1e3) == pytest.approx(seen, rel=0.01)
    assert seen < ratio(0.3) < 8.0


def test_lengths_beyond_what_the_end_allows_stay_at_the_bound():
    at = np.log([100.0, 200.0])
    curve = mean_lengths(at, np.eye(2), np.array([30.0, 90.0]), expected=Expected(trend=at, ends=1 / 20))
    assert curve == pytest.approx([20.0, 20.0], rel=1e-3)
