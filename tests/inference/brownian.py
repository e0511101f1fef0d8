"""Tracks of Brownian particles with known sizes; shares nothing with the estimators but constants of nature."""

from dataclasses import dataclass

import numpy as np

BOLTZMANN = 1.380649e-23
KELVIN, PASCAL_SECOND = 298.15, 0.8902e-3


def diffusion_um2_per_s(diameter_nm):
    return BOLTZMANN * KELVIN / (3 * np.pi * PASCAL_SECOND * np.asarray(diameter_nm) * 1e-9) * 1e12


@dataclass(frozen=True, kw_only=True)
class Camera:
    fps: float = 30.0
    exposure_s: float = 0.010
    noise_um: float = 0.030

    @property
    def blur(self):
        return self.exposure_s * self.fps / 6

    def diffusion(self, diameter_nm):
        """In square micrometres per frame."""
        return diffusion_um2_per_s(diameter_nm) / self.fps


CAMERA = Camera()


def track_lengths(rng, tracks, *, mean=20.0, least=5):
    """Points per track: geometric beyond the least, as for particles that leave at a constant rate."""
    return least + rng.geometric(1 / (np.asarray(mean) - least + 1), tracks) - 1


def follow(rng, diameter_nm, points, camera=CAMERA):
    """Columns track, frame, x and y (micrometres) of one particle per diameter.

    Over an exposure, the end of a Brownian path and its average are jointly normal: the average is half the
    displacement plus an independent part with a twelfth of the variance.
    """
    points = np.asarray(points)
    track = np.repeat(np.arange(len(points)), points)
    first = np.repeat(np.cumsum(points) - points, points)
    frame = np.arange(len(track)) - first
    rate = 2 * diffusion_um2_per_s(diameter_nm)[track]
    columns = []
    for _ in range(2):
        exposed = np.sqrt(rate * camera.exposure_s) * rng.standard_normal(len(track))
        average = exposed / 2 + np.sqrt(rate * camera.exposure_s / 12) * rng.standard_normal(len(track))
        dark = np.sqrt(rate * (1 / camera.fps - camera.exposure_s)) * rng.standard_normal(len(track))
        walked = np.cumsum(exposed + dark) - (exposed + dark)
        seen = walked - walked[first] + average
        columns.append(seen + camera.noise_um * rng.standard_normal(len(track)))
    return track, frame, columns[0], columns[1]


def log_normal(rng, tracks, *, median_nm=110.0, gsd=1.4):
    return median_nm * np.exp(np.log(gsd) * rng.standard_normal(tracks))


def mixture(rng, tracks, *, diameters_nm, shares):
    return rng.choice(np.asarray(diameters_nm, dtype=float), tracks, p=shares)
