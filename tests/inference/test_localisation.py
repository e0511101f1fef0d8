"""The pooled localisation error, and what its own error does to a density."""

import numpy as np
import pytest
from tests.inference.brownian import Camera, follow, log_normal, track_lengths
from tests.inference.estimates import LOG_SIZE

from vesicle.inference.densities import quantiles
from vesicle.inference.displacements import log_likelihood, steps_of
from vesicle.inference.localisation import noise_adjustment, noise_moments, noise_of, pooled_noise
from vesicle.inference.mixture import fit_mixture

CAMERA = Camera(noise_um=0.05)


def simulated(seed, camera=CAMERA, tracks=800):
    rng = np.random.default_rng(seed)
    return steps_of(*follow(rng, log_normal(rng, tracks), track_lengths(rng, tracks), camera))


@pytest.mark.parametrize("exposure_s", [0.0, 0.01, 1 / 30])
def test_the_pooled_noise_has_no_bias_although_tracks_differ(exposure_s):
    camera = Camera(noise_um=0.1, exposure_s=exposure_s)
    found = [pooled_noise(simulated(seed, camera), blur=camera.blur) for seed in range(25)]
    error = np.std(found) / 5
    assert abs(np.mean(found) - camera.noise_um**2) < 3.5 * error
    assert error < 0.1 * camera.noise_um**2


def test_slow_tracks_tell_the_noise_better_than_all_alike():
    made = [simulated(seed) for seed in range(60, 90)]
    found = [pooled_noise(steps, blur=CAMERA.blur) for steps in made]
    assert np.std(found) < 0.93 * np.std([alike(steps) for steps in made])


def alike(steps):
    """The noise with every pair of steps counted once."""
    is_next = np.ones(len(steps.dx), dtype=bool)
    is_next[steps.starts] = False
    here = np.flatnonzero(is_next)
    product = np.mean(steps.dx[here] * steps.dx[here - 1] + steps.dy[here] * steps.dy[here - 1]) / 2
    square = np.mean(steps.dx**2 + steps.dy**2) / 2
    return CAMERA.blur * square + (2 * CAMERA.blur - 1) * product


def test_the_noise_is_never_below_zero_and_zero_without_neighbouring_steps():
    lone = steps_of(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.arange(4.0), np.arange(4.0))
    straight = steps_of(np.zeros(3, np.int64), np.arange(3), np.arange(3.0), np.zeros(3))
    assert pooled_noise(lone, blur=0.0) == 0.0
    assert pooled_noise(straight, blur=0.0) == 0.0


def test_moments_of_tracks_add_up_to_those_of_all():
    made = simulated(1)
    doubled = noise_of(2.0 * noise_moments(made).sum(axis=0), CAMERA.blur)
    assert doubled == pytest.approx(pooled_noise(made, blur=CAMERA.blur))


@pytest.mark.parametrize("wanted", [0.0, 0.0075])
def test_a_density_moves_as_if_fitted_again_with_the_other_noise(wanted):
    """The adjustment is a shortcut for a new likelihood with the noise of each resample."""
    made, used = simulated(2), 0.0025
    diffusion = CAMERA.diffusion(np.exp(LOG_SIZE))
    counts = counts_with_noise(noise_moments(made), wanted)

    def fitted(noise):
        return fit_mixture(log_likelihood(made, diffusion, blur=CAMERA.blur, noise=noise), LOG_SIZE).density

    adjust = noise_adjustment(made, LOG_SIZE, diffusion, blur=CAMERA.blur, noise=used)
    moved = adjust(fitted(used)[None, :], counts[None, :])[0]
    shares = np.array([0.1, 0.5, 0.9])
    before, after, short = (
        quantiles(LOG_SIZE, each, shares) for each in (fitted(used), fitted(wanted), moved)
    )
    assert moved.sum() == pytest.approx(1.0)
    assert np.abs(after / before - 1).max() > 0.02
    assert np.abs(short / after - 1).max() < 0.25 * np.abs(after / before - 1).max()


def counts_with_noise(moments, wanted):
    """Counts of tracks under which the pooled noise is the wanted one: more of those whose steps turn back."""
    turns = np.argsort(np.argsort(moments[:, 2])) / len(moments)
    low, high = -1.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        value = float(noise_of((1 + middle * (2 * turns - 1)) @ moments, CAMERA.blur))
        low, high = (middle, high) if value > wanted else (low, middle)
    return 1 + high * (2 * turns - 1)
