"""From tracks to the distribution of size: the likelihood of each track, the mixture behind all, its resamples.

Everything here is per track; how deep each size was seen, and so how many particles a track stands for, comes
from ``seen.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed
from vesicle.vesicles.physics import diffusion_um2_s
from vesicle.vesicles.scales import Optics

SMALLEST_NM, LARGEST_NM = 20.0, 1000.0
"""The grid of sizes, unless the tracks ask for more."""

LEAST_STEPS = 2
"""Tracks with fewer displacements are counted and not sized: they say little, and false spots make them."""

RESAMPLES = 200
FEW_TRACKS = 200
"""Below this many tracks only the median is given (issue of spiky mixtures; house rule)."""

_NOMINAL = {"temperature_c": 25.0, "viscosity_mpas": 0.8902}
"""Without a temperature, diffusion is estimated as if of spheres in water at 25 C; no size is then reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSizes:
    """What the displacements say, track by track and together.

    ``log_size`` is the grid, natural log of nm, shape (grid,). ``share`` is the distribution over tracks, shape
    (grid,), ``resamples`` the same for resampled tracks, shape (resamples, grid). ``posterior`` has shape
    (tracks, grid), ``frames`` the number of sightings of each track, ``rows`` its number among all trajectories.
    ``noise_um`` is the error of one position, ``smoothing`` the kernel width chosen, in log size.
    """

    log_size: FloatArray
    share: FloatArray
    resamples: FloatArray
    posterior: FloatArray
    frames: FloatArray
    rows: NDArray[np.int64]
    noise_um: float
    smoothing: float
    mobility_um2_s_nm: float

    @property
    def tracks(self) -> int:
        """How many tracks were sized."""
        return len(self.rows)

    @property
    def log_mean(self) -> FloatArray:
        """The mean log size of each track given all, shape (tracks,)."""
        return self.posterior @ self.log_size

    @property
    def log_variance(self) -> float:
        """How unsure the log size of a track is, as the mean variance over tracks."""
        second = self.posterior @ self.log_size**2
        return float(np.mean(np.maximum(second - self.log_mean**2, 0.0)))


def size_tracks(
    trajectories: Trajectories, optics: Optics, *, longest_step_px: float | None = None, seed: int = 0
) -> TrackSizes | NotAssessed:
    """The distribution of size over tracks.

    Parameters
    ----------
    trajectories : Trajectories
        Drift removed.
    optics : Optics
        Pixel size, frame rate, blur, mobility.
    longest_step_px : float, optional
        The search range of the linking, which cut longer steps off.
    seed : int, optional
        Of the folds and the resamples.

    Returns
    -------
    TrackSizes or NotAssessed
        Not assessed without a track of at least three successive sightings.

    Notes
    -----
    **Source**: the likelihood is exact for blurred and noisy positions (``inference/displacements.py``); the
    mixture and its smoothing are those of ``inference/mixture.py``.
    """
    from vesicle.inference.displacements import log_likelihood, pooled_noise, steps_of
    from vesicle.inference.mixture import bootstrap_fits, fit_mixture, posterior

    um = optics.pixel_um
    steps = steps_of(trajectories.track, trajectories.frame, trajectories.x_px * um, trajectories.y_px * um)
    rows = np.flatnonzero(steps.per_track >= LEAST_STEPS)
    if not len(rows):
        return NotAssessed("no particle was followed over three successive frames")
    mobility = _mobility(optics)
    log_size = _grid(steps, mobility / optics.fps)
    noise = pooled_noise(steps, optics.blur)
    found = log_likelihood(
        steps,
        mobility / optics.fps / np.exp(log_size),
        blur=optics.blur,
        noise=noise,
        longest_step=None if longest_step_px is None else longest_step_px * um,
    )[rows]
    fit = fit_mixture(found, log_size, seed=seed)
    return TrackSizes(
        log_size=log_size,
        share=fit.density,
        resamples=bootstrap_fits(fit, resamples=RESAMPLES, seed=seed),
        posterior=posterior(fit, found),
        frames=np.bincount(trajectories.track, minlength=steps.tracks)[rows].astype(np.float64),
        rows=rows,
        noise_um=float(np.sqrt(noise)),
        smoothing=fit.width,
        mobility_um2_s_nm=mobility,
    )


def _mobility(optics: Optics) -> float:
    known = optics.mobility_um2_s_nm
    return diffusion_um2_s(1.0, **_NOMINAL) if isinstance(known, NotAssessed) else known


def _grid(steps: object, mobility_per_frame: float) -> FloatArray:
    """The grid of sizes: the usual one, widened where the slowest or fastest tracks are beyond it."""
    from vesicle.inference.displacements import Steps, lag1_diffusion
    from vesicle.inference.mixture import log_grid

    assert isinstance(steps, Steps)
    naive = lag1_diffusion(steps)
    slow, fast = np.quantile(naive[np.isfinite(naive) & (naive > 0)], [0.02, 0.98])
    return log_grid(
        min(SMALLEST_NM, mobility_per_frame / fast / 2), max(LARGEST_NM, 2 * mobility_per_frame / slow)
    )


def without_drift(trajectories: Trajectories, drift_px: FloatArray) -> Trajectories:
    """Trajectories relative to the liquid.

    Parameters
    ----------
    trajectories : Trajectories
        As seen.
    drift_px : numpy.ndarray
        Common displacement between a frame and the next, shape (frames - 1, 2).

    Returns
    -------
    Trajectories
        The first frame stays where it is.
    """
    path = np.concatenate([np.zeros((1, 2)), np.cumsum(drift_px, axis=0)])
    at = path[trajectories.frame]
    return replace(trajectories, x_px=trajectories.x_px - at[:, 0], y_px=trajectories.y_px - at[:, 1])
