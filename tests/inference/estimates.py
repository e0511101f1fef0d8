"""The whole way from tracks to a density, as an analysis takes it; used by tests and by scripts/validate.py."""

from dataclasses import dataclass

import numpy as np
from tests.inference.brownian import Camera, follow, track_lengths

from vesicle.inference.densities import quantiles, share_of
from vesicle.inference.displacements import Steps, log_likelihood, steps_of
from vesicle.inference.localisation import noise_adjustment, pooled_noise
from vesicle.inference.mixture import MixtureFit, fit_mixture, log_grid
from vesicle.inference.resampling import Resampled, resample

CAMERA = Camera()
LOG_SIZE = log_grid(20, 1000)
SHARES = np.array([0.1, 0.5, 0.9])
NAMES = ("D10", "D50", "D90", "below 150 nm")


@dataclass(frozen=True, kw_only=True)
class Estimated:
    steps: Steps
    noise: float
    fit: MixtureFit
    resampled: Resampled

    def numbers(self):
        """D10, D50, D90 and the share below 150 nm, shape (4,)."""
        return numbers_of(self.fit.density)

    def intervals(self):
        """Bounds of the same, each of shape (4,); they hold the estimate."""
        low, high = np.percentile(numbers_of(self.resampled.density), [2.5, 97.5], axis=0)
        return np.minimum(low, self.numbers()), np.maximum(high, self.numbers())


def numbers_of(density):
    below = share_of(LOG_SIZE, density, 0, 150)
    return np.concatenate((quantiles(LOG_SIZE, density, SHARES), below[..., None]), axis=-1)


def estimate(steps, *, camera=CAMERA, seed=0, group=None, resamples=400):
    noise = pooled_noise(steps, blur=camera.blur)
    diffusion = camera.diffusion(np.exp(LOG_SIZE))
    likelihood = log_likelihood(steps, diffusion, blur=camera.blur, noise=noise)
    fit = fit_mixture(likelihood, LOG_SIZE)
    adjust = noise_adjustment(steps, LOG_SIZE, diffusion, blur=camera.blur, noise=noise)
    drawn = resample(fit, group=group, resamples=resamples, seed=seed).adjusted(adjust)
    return Estimated(steps=steps, noise=noise, fit=fit, resampled=drawn)


def estimate_of(diameter_nm, rng, *, mean_points=20.0, camera=CAMERA, seed=0):
    """What is estimated from tracks of particles of these diameters."""
    points = track_lengths(rng, len(diameter_nm), mean=mean_points)
    return estimate(steps_of(*follow(rng, diameter_nm, points, camera)), camera=camera, seed=seed)
