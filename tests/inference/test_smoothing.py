"""Smooth log densities: derivatives, limits, and what leaving observations out changes."""

import numpy as np
import pytest

from vesicle.inference import ascent
from vesicle.inference.smoothing import (
    fit_normal,
    fit_smooth,
    left_out,
    leverages,
    observe,
    one_step,
    scores_of,
)
from vesicle.inference.splines import blend, differences, normal_spline, spline_basis, spline_size

GRID = 80
PLACES = np.arange(GRID, dtype=np.float64)


def observations(rng, n=60, *, mean=38.0, spread=9.0, error=6.0):
    """Log likelihoods of normal observations of normal places."""
    seen = mean + spread * rng.standard_normal(n) + error * rng.standard_normal(n)
    return -0.5 * ((PLACES - seen[:, None]) / error) ** 2


def plain_value(observed, counts, spline):
    density = np.exp(spline_basis(GRID) @ spline)
    density /= density.sum()
    return float(counts @ np.log(observed.likelihood @ density + ascent.FLOOR))


def test_splines_add_up_to_one_and_hold_parabolas_exactly():
    basis = spline_basis(GRID)
    assert basis.sum(axis=1) == pytest.approx(np.ones(GRID))
    line = basis @ normal_spline(GRID, 30.0, 7.0)
    wanted = -0.5 * ((PLACES - 30.0) / 7.0) ** 2
    assert line - line[0] == pytest.approx(wanted - wanted[0], abs=1e-9)
    assert differences(spline_size(GRID), 3) @ normal_spline(GRID, 30.0, 7.0) == pytest.approx(0, abs=1e-9)


@pytest.fixture
def gathered():
    """A state with all that is gathered at an arbitrary spline, with counts and an observation far outside."""
    rng = np.random.default_rng(0)
    likelihood = observations(rng, 30)
    likelihood[0] = -0.5 * ((PLACES - 300.0) / 6.0) ** 2
    observed = observe(likelihood)
    counts = rng.integers(0, 3, 30).astype(np.float64)
    spline = normal_spline(GRID, 40.0, 8.0) + 0.3 * rng.standard_normal(spline_size(GRID))
    return observed, counts, spline


def gradient_of(observed, counts, spline):
    data = ascent.Data(observed.likelihood, observed.windows, counts, blend())
    state = ascent.new_state(GRID, len(spline))
    ascent.density_of(spline, data.blend, state.density)
    value = ascent.gather(data, state)
    mean = ascent.mean_weights(state.density, data.blend, len(spline))
    return value, state.sums[0] - state.sums[2, 0] * mean, data, state


def test_the_compiled_likelihood_and_its_gradient_are_those_of_plain_numpy(gathered):
    observed, counts, spline = gathered
    value, gradient, _, _ = gradient_of(observed, counts, spline)
    assert value == pytest.approx(plain_value(observed, counts, spline), abs=1e-5)
    step = 1e-5 * np.eye(len(spline))
    numeric = [
        (plain_value(observed, counts, spline + each) - plain_value(observed, counts, spline - each)) / 2e-5
        for each in step
    ]
    assert gradient == pytest.approx(numeric, abs=1e-4)
    _, scores = scores_of(
        observed, np.exp(spline_basis(GRID) @ spline) / np.exp(spline_basis(GRID) @ spline).sum()
    )
    assert counts @ scores == pytest.approx(gradient, abs=1e-4)


def test_the_compiled_curvature_is_the_derivative_of_the_gradient(gathered):
    observed, counts, spline = gathered
    _, _, data, state = gradient_of(observed, counts, spline)
    ascent.curve(data, state, 0.0)
    constant = state.sums[2, 0] / len(spline) ** 2
    step = 1e-5 * np.eye(len(spline))
    numeric = [
        (gradient_of(observed, counts, spline - each)[1] - gradient_of(observed, counts, spline + each)[1])
        / 2e-5
        for each in step
    ]
    assert state.curvature - constant == pytest.approx(np.array(numeric), abs=1e-5)


def test_a_factor_solves_its_system_and_a_matrix_that_is_not_positive_has_none():
    rng = np.random.default_rng(1)
    root = rng.standard_normal((6, 6))
    matrix, lower = root @ root.T, np.zeros((6, 6))
    right = rng.standard_normal(6)
    assert ascent.factorise(matrix, lower)
    assert ascent.solve(lower, right) == pytest.approx(np.linalg.solve(matrix, right))
    assert not ascent.factorise(matrix - 10 * np.eye(6), lower)


def test_a_stiff_fit_is_the_normal_density_of_maximum_likelihood():
    rng = np.random.default_rng(2)
    observed = observe(observations(rng, 3000))
    counts = np.ones(3000)
    fit = fit_smooth(observed, counts, 1e7, fit_normal(observed, counts))
    mean = fit.density @ PLACES
    spread = np.sqrt(fit.density @ (PLACES - mean) ** 2)
    assert fit.converged
    assert mean == pytest.approx(38.0, abs=3 * np.hypot(9, 6) / np.sqrt(3000))
    assert spread == pytest.approx(9.0, abs=0.7)
    logs = np.log(fit.density)
    assert np.diff(logs, 3) == pytest.approx(0, abs=1e-3)


def test_counting_an_observation_twice_is_having_it_twice():
    rng = np.random.default_rng(3)
    said = observations(rng, 50)
    counts = np.where(np.arange(50) < 20, 2.0, 1.0)
    doubled = observe(np.concatenate((said, said[:20])))
    observed = observe(said)
    start = fit_normal(observed, counts)
    once = fit_smooth(observed, counts, 10.0, start)
    twice = fit_smooth(doubled, np.ones(70), 10.0, start)
    assert once.density == pytest.approx(twice.density, abs=1e-8)
    assert once.evidence == pytest.approx(twice.evidence)


def test_softer_fits_reach_the_same_optimum_from_any_start():
    rng = np.random.default_rng(4)
    observed = observe(observations(rng, 400))
    counts = np.ones(400)
    stiff = fit_smooth(observed, counts, 1e4, fit_normal(observed, counts))
    near = fit_smooth(observed, counts, 1.0, stiff.spline)
    far = fit_smooth(observed, counts, 1.0, normal_spline(GRID, 70.0, 30.0))
    assert near.value == pytest.approx(far.value, abs=5e-3)
    assert near.value > stiff.value


def test_likelihoods_left_out_are_those_of_fits_without_the_observation():
    rng = np.random.default_rng(5)
    observed = observe(observations(rng, 120))
    counts = np.ones(120)
    fit = fit_smooth(observed, counts, 30.0, fit_normal(observed, counts))
    short = left_out(observed, fit)
    kept = np.log(observed.likelihood @ fit.density)
    for place in (0, 17, 55, int(short.argmin())):
        without = counts.copy()
        without[place] = 0.0
        density = fit_smooth(observed, without, 30.0, fit.spline).density
        exact = np.log(observed.likelihood[place] @ density)
        assert short[place] == pytest.approx(exact, abs=0.25 * (kept[place] - exact) + 2e-3)


def test_one_observation_that_nothing_explains_changes_little():
    rng = np.random.default_rng(6)
    said = observations(rng, 500)
    strange = np.where(PLACES == 79, 0.0, -50.0)[None, :]
    fits = []
    for each in (said, np.concatenate((said, strange))):
        observed = observe(each)
        counts = np.ones(observed.count)
        fits.append(fit_smooth(observed, counts, 1e6, fit_normal(observed, counts)))
    mean, other = (fit.density @ PLACES for fit in fits)
    assert other == pytest.approx(mean, abs=1.0)


def test_one_step_goes_where_a_fit_to_other_counts_goes():
    rng = np.random.default_rng(7)
    observed = observe(observations(rng, 600))
    counts = np.ones(600)
    fit = fit_smooth(observed, counts, 100.0, fit_normal(observed, counts))
    drawn = rng.multinomial(600, counts / 600).astype(np.float64)
    _, scores = scores_of(observed, fit.density)
    found = one_step(fit, (drawn - counts)[None, :] @ scores, np.zeros((1, len(fit.spline) - 3)))[0]
    again = fit_smooth(observed, drawn, 100.0, fit.spline).density
    moved = np.abs(again - fit.density).sum()
    assert found.sum() == pytest.approx(1.0)
    assert moved > 0.02
    assert np.abs(found - again).sum() < 0.25 * moved


def test_leverages_add_up_to_the_number_of_parameters_that_matter():
    rng = np.random.default_rng(8)
    observed = observe(observations(rng, 2000))
    counts = np.ones(2000)
    fit = fit_smooth(observed, counts, 1e7, fit_normal(observed, counts))
    assert leverages(fit, scores_of(observed, fit.density)[1]).sum() == pytest.approx(2.0, abs=0.3)


def test_a_grid_that_splines_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="multiple of 4"):
        observe(np.zeros((3, 81)))
