"""Lengths as a function of size, and what weighting by them gives."""

import numpy as np
import pytest
from tests.inference.brownian import follow, log_normal, track_lengths
from tests.inference.estimates import LOG_SIZE, SHARES, estimate

from vesicle.inference.densities import quantiles
from vesicle.inference.displacements import steps_of
from vesicle.inference.occupancy import mean_lengths, reweighted


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
    curve = mean_lengths(found.fit, points.astype(np.float64))
    at = np.interp(np.log([80.0, 110.0, 160.0]), LOG_SIZE, curve)
    assert at == pytest.approx(6 + 34 * (np.array([80.0, 110.0, 160.0]) / 110) ** 0.8, rel=0.12)
    slopes = np.diff(np.log(curve)) / 0.02
    assert slopes == pytest.approx(np.full(len(slopes), slopes[0]))


def test_weighting_by_length_gives_the_sizes_in_view(longer_when_larger):
    sizes, points, found = longer_when_larger
    curve = mean_lengths(found.fit, points.astype(np.float64))
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
    curves = mean_lengths(found.fit, points.astype(np.float64), counts=counts)
    assert curves.shape == (5, len(LOG_SIZE))
    alike = mean_lengths(found.fit, points.astype(np.float64), counts=np.ones((1, 1500)))[0]
    assert alike == pytest.approx(mean_lengths(found.fit, points.astype(np.float64)))
    assert np.std(np.log(curves), axis=0).min() > 0.001


def test_equal_lengths_give_a_flat_curve(longer_when_larger):
    _, _, found = longer_when_larger
    assert mean_lengths(found.fit, np.full(1500, 12.0)) == pytest.approx(np.full(len(LOG_SIZE), 12.0))
