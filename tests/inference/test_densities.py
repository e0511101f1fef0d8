"""Numbers read off densities over log size against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vesicle.inference.densities import log_edges, mean_and_spread, mode, moved, quantiles, share_of
from vesicle.inference.mixture import log_grid

GRID = log_grid(20, 1000)
SIGMA = 0.3


def log_normal(median, sigma=SIGMA):
    density = np.diff(stats.norm.cdf(log_edges(GRID), np.log(median), sigma))
    return density / density.sum()


def test_quantiles_of_a_log_normal_density_are_exact():
    shares = np.array([0.1, 0.5, 0.9])
    wanted = 110 * np.exp(SIGMA * stats.norm.ppf(shares))
    both = np.stack((log_normal(110), log_normal(220)))
    assert quantiles(GRID, both, shares) == pytest.approx(np.stack((wanted, 2 * wanted)), rel=1e-3)


def test_mean_and_spread_of_a_log_normal_density_are_exact():
    mean, spread = mean_and_spread(GRID, log_normal(110))
    assert mean == pytest.approx(110 * np.exp(SIGMA**2 / 2), rel=1e-3)
    assert spread == pytest.approx(mean * np.sqrt(np.exp(SIGMA**2) - 1), rel=2e-3)


def test_the_mode_is_that_of_the_number_per_unit_of_size():
    modes = mode(GRID, np.stack((log_normal(110), log_normal(150, 0.05))))
    assert modes == pytest.approx([110 * np.exp(-(SIGMA**2)), 150 * np.exp(-(0.05**2))], rel=2e-3)
    assert mode(GRID, log_normal(110)).shape == ()


def test_the_mode_at_the_end_of_the_grid_stays_there():
    assert mode(GRID, np.eye(len(GRID))[0]) == pytest.approx(20, rel=0.05)


@given(st.floats(25, 900), st.floats(1.01, 3))
def test_shares_of_two_parts_add_up(bound, factor):
    density = log_normal(110)
    below, middle = share_of(GRID, density, 0, bound), share_of(GRID, density, bound, bound * factor)
    above = share_of(GRID, density, bound * factor, np.inf)
    assert below + middle + above == pytest.approx(1.0)


def test_a_share_of_a_log_normal_density_is_exact():
    assert share_of(GRID, log_normal(110), 0, 150) == pytest.approx(
        stats.norm.cdf(np.log(150 / 110) / SIGMA), abs=2e-4
    )


@pytest.mark.parametrize("shift", [0.1, -0.25])
def test_a_density_that_is_moved_has_moved_quantiles(shift):
    density = log_normal(110)[None, :]
    found = moved(GRID, density, np.full_like(density, shift))
    shares = np.array([0.1, 0.5, 0.9])
    assert found.sum() == pytest.approx(1.0)
    assert quantiles(GRID, found, shares) == pytest.approx(
        quantiles(GRID, density, shares) * np.exp(shift), rel=1e-3
    )


def test_what_leaves_the_grid_stays_at_its_end():
    density = np.eye(len(GRID))[[3, -3]]
    found = moved(GRID, density, np.stack((np.full(len(GRID), -1.0), np.full(len(GRID), 1.0))))
    assert found[0, 0] == pytest.approx(1.0)
    assert found[1, -1] == pytest.approx(1.0)
