"""What the length of a track says of its size, and that a fit which is blind to it goes wrong."""

import numpy as np
import pytest
from tests.inference.brownian import Camera, follow, mixture, track_lengths
from tests.inference.estimates import LOG_SIZE

from vesicle.inference.displacements import log_likelihood, steps_of
from vesicle.inference.mixture import fit_mixture
from vesicle.inference.tilting import fit_tilts, length_strata

CAMERA = Camera()
IS_SMALL = np.exp(LOG_SIZE) < 122


def likelihood_of(rng, sizes_nm, points):
    steps = steps_of(*follow(rng, sizes_nm, points, CAMERA))
    diffusion = CAMERA.diffusion(1.0) / np.exp(LOG_SIZE)
    return log_likelihood(steps, diffusion, blur=CAMERA.blur, noise=CAMERA.noise_um**2)


@pytest.fixture(scope="module")
def small_ones_leave_sooner():
    rng = np.random.default_rng(5)
    sizes_nm = mixture(rng, 1200, diameters_nm=(100.0, 150.0), shares=(0.6, 0.4))
    points = track_lengths(rng, 1200, mean=np.where(sizes_nm < 122, 15.0, 45.0))
    return (
        likelihood_of(rng, sizes_nm, points),
        length_strata(points.astype(float)),
        float((sizes_nm < 122).mean()),
    )


def test_a_fit_that_knows_lengths_finds_the_share_that_a_blind_one_misses(small_ones_leave_sooner):
    likelihood, stratum, truth = small_ones_leave_sooner
    blind = fit_mixture(likelihood, LOG_SIZE)
    counts = np.ones(len(stratum))
    tilted = fit_tilts(blind.observed.likelihood, LOG_SIZE, blind.density, stratum, counts=counts)
    knowing = fit_mixture(likelihood + tilted.log_odds[stratum], LOG_SIZE)
    off = [abs(fit.density[IS_SMALL].sum() - truth) for fit in (blind, knowing)]
    assert off[1] < 0.05
    assert off[1] < 0.7 * off[0]
    assert tilted.matters


def test_each_place_is_sure_to_be_in_one_of_the_strata(small_ones_leave_sooner):
    likelihood, stratum, _ = small_ones_leave_sooner
    flat = np.full(len(LOG_SIZE), 1 / len(LOG_SIZE))
    relative = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    tilted = fit_tilts(relative, LOG_SIZE, flat, stratum, counts=np.ones(len(stratum)))
    assert np.exp(tilted.log_odds).sum(axis=0) == pytest.approx(np.ones(len(LOG_SIZE)))
    slopes = np.diff(tilted.log_odds[-1] - tilted.log_odds[0])
    assert (slopes > 0).all()


def test_one_size_is_not_tilted_beyond_what_diffusion_does():
    rng = np.random.default_rng(6)
    points = track_lengths(rng, 400, mean=20.0)
    likelihood = likelihood_of(rng, np.full(400, 100.0), points)
    fit = fit_mixture(likelihood, LOG_SIZE)
    stratum = length_strata(points.astype(float))
    tilted = fit_tilts(fit.observed.likelihood, LOG_SIZE, fit.density, stratum, counts=np.ones(400))
    assert np.abs(tilted.tilts).max() < 4
    assert not tilted.matters
