"""The bars of the estimator on simulated trajectories, with fewer seeds than `make validate` takes."""

import numpy as np
import pytest
from scripts.validate import BROAD, DISTRIBUTIONS, SINGLE_NM, Case, measure, pair, run_case
from tests.inference.estimates import LOG_SIZE

from vesicle.inference.densities import mean_and_spread, mode, quantiles

SEEDS, LEAST = 20, 17


@pytest.mark.slow
def test_intervals_of_a_broad_population_cover_and_its_density_is_close():
    found = measure(BROAD, range(SEEDS))
    assert (found.covered >= LEAST).all()
    assert found.width[1] <= 0.065
    assert np.mean(found.distance_nm) < 3
    assert np.mean(found.distance_nm) < np.mean(found.lag1_nm) / 4
    assert np.abs(found.bias).max() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("case", [DISTRIBUTIONS[place] for place in (1, 3, 4, 8)], ids=lambda case: case.name)
def test_populations_that_nothing_was_tuned_to_are_covered_too(case):
    found = measure(case, range(500, 512))
    assert (found.covered >= 8).all()
    assert np.mean(found.covered) >= 10
    assert np.mean(found.distance_nm) < np.mean(found.lag1_nm) / 4


@pytest.mark.slow
@pytest.mark.parametrize("nm", SINGLE_NM)
def test_single_sizes_are_exact_and_narrow(nm):
    case = Case(name="one size", draw=lambda _rng, n: np.full(n, float(nm)))
    densities = np.array([run_case(case, seed).estimated.fit.density for seed in range(4)])
    mean, spread = mean_and_spread(LOG_SIZE, densities)
    assert mode(LOG_SIZE, densities) == pytest.approx(np.full(4, nm), rel=0.03)
    assert quantiles(LOG_SIZE, densities, np.array([0.5]))[:, 0] == pytest.approx(np.full(4, nm), rel=0.03)
    assert (spread / mean).max() < 0.08


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("second", [150, 200])
def test_two_sizes_are_two_components_in_nearly_every_seed(second, share):
    row, is_met = pair(100, second, share, 10)
    assert is_met, row
