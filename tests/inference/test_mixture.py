"""Densities from simulated tracks whose sizes are known."""

import numpy as np
import pytest
from tests.inference.brownian import Camera, follow, log_normal, mixture, track_lengths
from tests.inference.estimates import LOG_SIZE, estimate, estimate_of

from vesicle.inference.densities import mean_and_spread, mode, quantiles
from vesicle.inference.displacements import log_likelihood, steps_of
from vesicle.inference.mixture import fit_mixture, log_grid, posterior

HALF = np.array([0.5])


def test_the_grid_is_even_and_reaches_its_end():
    grid = log_grid(20, 1000)
    assert len(grid) % 4 == 0
    assert np.exp(grid[[0, -1]]) == pytest.approx([20, 1000], rel=0.1)
    assert np.exp(grid[-1]) >= 1000
    assert np.diff(grid) == pytest.approx(0.02)


@pytest.mark.parametrize("nm", [50.0, 200.0])
def test_one_size_is_narrow_and_in_its_place(nm):
    found = estimate_of(np.full(1000, nm), np.random.default_rng(1)).fit
    mean, spread = mean_and_spread(LOG_SIZE, found.density)
    assert found.converged
    assert mode(LOG_SIZE, found.density) == pytest.approx(nm, rel=0.03)
    assert quantiles(LOG_SIZE, found.density, HALF)[0] == pytest.approx(nm, rel=0.03)
    assert spread / mean < 0.08


def test_a_log_normal_population_is_found_log_normal():
    rng = np.random.default_rng(12)
    found = estimate_of(log_normal(rng, 1500), rng)
    assert found.fit.stiffness >= 1000
    assert found.numbers() == pytest.approx([71.5, 110.0, 169.3, 0.822], rel=0.06)


def test_two_sizes_are_found_apart_without_being_told_that_there_are_two():
    rng = np.random.default_rng(3)
    density = estimate_of(
        mixture(rng, 1500, diameters_nm=(100, 150), shares=(0.5, 0.5)), rng, mean_points=25
    ).fit.density
    size = np.exp(LOG_SIZE)
    valley = density[(size > 115) & (size < 130)].min()
    assert valley < 0.3 * min(density[size < 115].max(), density[size > 130].max())


def test_every_plausible_stiffness_is_reported_with_what_it_foretells():
    rng = np.random.default_rng(4)
    fit = estimate_of(log_normal(rng, 400), rng).fit
    assert {trial.evidence for trial in fit.trials} >= {0.0}
    assert all(-2 <= trial.evidence <= 0 for trial in fit.trials)
    best = max(fit.trials, key=lambda trial: trial.held_out)
    assert fit.stiffness == best.stiffness
    assert fit.band.stiffness < fit.stiffness * 1.001


def test_the_order_of_tracks_does_not_matter():
    rng = np.random.default_rng(5)
    likelihood = likelihood_of(rng, 200)
    forward, backward = fit_mixture(likelihood, LOG_SIZE), fit_mixture(likelihood[::-1], LOG_SIZE)
    assert forward.density == pytest.approx(backward.density, abs=1e-9)


def test_counts_stand_for_copies():
    likelihood = likelihood_of(np.random.default_rng(6), 150)
    counts = np.where(np.arange(150) < 50, 2.0, 1.0)
    counted = fit_mixture(likelihood, LOG_SIZE, counts=counts)
    copied = fit_mixture(np.concatenate((likelihood, likelihood[:50])), LOG_SIZE)
    assert counted.stiffness == copied.stiffness
    assert counted.density == pytest.approx(copied.density, abs=1e-6)


def likelihood_of(rng, tracks):
    camera = Camera()
    made = steps_of(*follow(rng, log_normal(rng, tracks), track_lengths(rng, tracks), camera))
    return log_likelihood(
        made, camera.diffusion(np.exp(LOG_SIZE)), blur=camera.blur, noise=camera.noise_um**2
    )


def test_the_posterior_of_a_long_track_is_at_its_size():
    rng = np.random.default_rng(7)
    sizes = log_normal(rng, 300)
    points = np.where(np.arange(300) == 0, 400, 15)
    found = posterior(estimate(steps_of(*follow(rng, sizes, points))).fit)
    assert found.sum(axis=1) == pytest.approx(np.ones(300))
    assert found[0] @ LOG_SIZE == pytest.approx(np.log(sizes[0]), abs=0.2)
    assert (found[0] * (LOG_SIZE - found[0] @ LOG_SIZE) ** 2).sum() < 0.1**2


def test_particles_that_do_not_move_leave_the_others_alone():
    rng = np.random.default_rng(8)
    camera = Camera()
    columns = follow(rng, log_normal(rng, 600, gsd=1.2), track_lengths(rng, 600), camera)
    stuck = rng.normal(scale=camera.noise_um, size=(2, 30 * 20))
    track = np.concatenate((columns[0], 600 + np.repeat(np.arange(30), 20)))
    frame = np.concatenate((columns[1], np.tile(np.arange(20), 30)))
    x, y = (np.concatenate((moving, still)) for moving, still in zip(columns[2:], stuck, strict=True))
    density = estimate(steps_of(track, frame, x, y), camera=camera).fit.density
    is_small = np.exp(LOG_SIZE) < 300
    assert density[is_small].sum() == pytest.approx(600 / 630, abs=0.02)
    small = density * is_small
    assert quantiles(LOG_SIZE, small, HALF)[0] == pytest.approx(110, rel=0.06)


@pytest.mark.parametrize("tracks", [1, 3])
def test_very_few_tracks_give_a_density_and_no_error(tracks):
    found = estimate_of(np.full(tracks, 100.0), np.random.default_rng(9), mean_points=6)
    assert np.isfinite(found.resampled.density).all()
    assert found.fit.density.sum() == pytest.approx(1.0)
    assert mean_and_spread(LOG_SIZE, found.fit.density)[1] > 0


def test_nothing_observed_is_refused():
    with pytest.raises(ValueError, match="nothing was observed"):
        fit_mixture(np.zeros((0, len(LOG_SIZE))), LOG_SIZE)
