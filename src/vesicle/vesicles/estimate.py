"""From tracks to the distribution of size: the likelihood of each track, the mixture behind all, its resamples.

Everything here is per track; how deep each size was seen, and so how many particles a track stands for, comes
from ``seen.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed
from vesicle.vesicles.physics import diffusion_um2_s
from vesicle.vesicles.precision import USUAL_SIGMA_PX, PositionError, position_error
from vesicle.vesicles.scales import Optics

if TYPE_CHECKING:
    from vesicle.vesicles.strides import Stride

SMALLEST_NM, LARGEST_NM = 20.0, 1000.0
"""The grid of sizes, unless the tracks ask for more."""

LEAST_STEPS = 2
"""Tracks with fewer displacements are counted and not sized: they say little, and false spots make them."""

LEAST_TRACKS = 5
"""Fewer tracks than this say nothing of a sample."""

RESAMPLES = 200
FEW_TRACKS = 200
"""Below this many tracks only the median is given (issue of spiky mixtures; house rule)."""

_NOMINAL = {"temperature_c": 25.0, "viscosity_mpas": 0.8902}
"""Without a temperature, diffusion is estimated as if of spheres in water at 25 C; no size is then reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSizes:
    """What the displacements say, track by track and together.

    ``log_size`` is the grid, natural log of nm, shape (grid,). ``share`` is the distribution over tracks, shape
    (grid,), ``resamples`` the same for resampled tracks, shape (resamples, grid), in which each track counts as
    often as ``counts`` says, shape (resamples, tracks). ``posterior`` has shape (tracks, grid), ``frames`` the
    number of sightings that each track stands for (those of tracks too short to be sized are given to the shortest
    that were), ``rows`` its number among all trajectories. ``lengths_matter`` says whether tracks of different
    lengths are taken to be of different sizes.
    ``position`` says how well positions are known, ``frames_per_step`` over how many frames a step was taken,
    ``smoothing`` is the stiffness chosen.
    """

    log_size: FloatArray
    share: FloatArray
    resamples: FloatArray
    counts: FloatArray
    posterior: FloatArray
    frames: FloatArray
    lengths_matter: bool
    rows: NDArray[np.int64]
    position: PositionError
    frames_per_step: int
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
    trajectories: Trajectories,
    optics: Optics,
    *,
    noise_grey: float | None = None,
    spot_sigma_px: float = USUAL_SIGMA_PX,
    longest_step_px: float | None = None,
    seed: int = 0,
) -> TrackSizes | NotAssessed:
    """The distribution of size over tracks.

    Parameters
    ----------
    trajectories : Trajectories
        Drift removed.
    optics : Optics
        Pixel size, frame rate, blur, mobility.
    noise_grey : float, optional
        Noise of a pixel; with the peaks it says how well positions can be known.
    spot_sigma_px : float, optional
        Width of a spot; a streak that is longer has its centre less sure.
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
    from vesicle.vesicles.strides import frames_for, steps_over

    has_pixels = noise_grey is not None
    over = frames_for(trajectories) if has_pixels else 1
    stride = steps_over(trajectories, pixel_um=optics.pixel_um, frames=over)
    rows = np.flatnonzero(stride.per_track >= LEAST_STEPS)
    if len(rows) < LEAST_TRACKS:
        return _too_few(len(rows))
    mobility = _mobility(optics)
    per_step = mobility / optics.fps * stride.frames
    log_size = _grid(stride.steps, per_step)
    error = position_error(
        stride.steps,
        optics,
        trajectories,
        noise_grey=noise_grey,
        spot_sigma_px=spot_sigma_px,
        frames=stride.frames,
    )
    longest = None if longest_step_px is None or over > 1 else longest_step_px * optics.pixel_um
    diffusion = per_step / np.exp(log_size)
    motion = _Motion(stride=stride, error=error, diffusion=diffusion, longest_um=longest)
    sightings = np.bincount(trajectories.track, minlength=stride.tracks).astype(np.float64)
    frames = _with_fragments(sightings, rows)
    adjust = None if has_pixels else motion.adjustment(log_size, rows)
    mixed = _mixed(motion.log_likelihood()[rows], log_size, frames, seed=seed, adjust=adjust)
    return TrackSizes(
        log_size=log_size,
        share=mixed.share,
        resamples=mixed.resamples,
        counts=mixed.counts,
        posterior=mixed.posterior,
        frames=frames,
        lengths_matter=mixed.lengths_matter,
        rows=rows,
        position=error,
        frames_per_step=stride.frames,
        smoothing=mixed.smoothing,
        mobility_um2_s_nm=mobility,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mixed:
    """A distribution over the grid with its resamples, the posterior of each track, and the stiffness chosen."""

    share: FloatArray
    resamples: FloatArray
    counts: FloatArray
    posterior: FloatArray
    lengths_matter: bool
    smoothing: float


Adjustment: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Motion:
    """Steps with the error of their ends, and the diffusion per step of each size of the grid, in um^2."""

    stride: Stride
    error: PositionError
    diffusion: FloatArray
    longest_um: float | None

    @property
    def blur(self) -> float:
        """That of a step, which may take several frames."""
        return self.error.blur / self.stride.frames

    def log_likelihood(self) -> FloatArray:
        """Of each track for each size, shape (tracks, grid)."""
        from vesicle.inference.displacements import log_likelihood

        noise, longest = self.error.variance_um2, self.longest_um
        steps = self.stride.steps
        found = log_likelihood(steps, self.diffusion, blur=self.blur, noise=noise, longest_step=longest)
        return self.stride.together(found)

    def adjustment(self, log_size: FloatArray, rows: NDArray[np.int64]) -> Adjustment:
        """What each resample's own estimate of the error of positions does to its density."""
        from vesicle.inference.localisation import noise_adjustment

        steps, noise = self.stride.steps, self.error.variance_um2
        adjust = noise_adjustment(steps, log_size, self.diffusion, blur=self.blur, noise=noise)

        def of_sized(density: FloatArray, counts: FloatArray) -> FloatArray:
            every = np.zeros((len(counts), steps.tracks))
            every[:, rows] = counts
            return adjust(density, every)

        return of_sized


def _mixed(
    log_likelihood: FloatArray,
    log_size: FloatArray,
    frames: FloatArray,
    *,
    seed: int,
    adjust: Adjustment | None,
) -> _Mixed:
    """The distribution over tracks; how long a track lasted speaks of its size, too.

    Short tracks say little by their steps, so a fit that is blind to length follows the long ones, which are mostly
    those of large particles. In a video small particles leave sooner; a table may have been selected by anybody, so
    there the lengths have to show it.
    """
    from vesicle.inference.mixture import fit_mixture, posterior
    from vesicle.inference.resampling import resample
    from vesicle.inference.tilting import fit_tilts, length_strata

    stratum, is_filmed = length_strata(frames), adjust is None
    whole = fit_mixture(log_likelihood, log_size)
    likelihood, counts = whole.observed.likelihood, whole.counts
    tilted = fit_tilts(likelihood, log_size, whole.density, stratum, counts=counts)
    lengths_matter = is_filmed or tilted.matters
    for _ in range(_ROUNDS if lengths_matter else 0):
        whole = fit_mixture(log_likelihood + tilted.log_odds[stratum], log_size)
        tilted = fit_tilts(likelihood, log_size, whole.density, stratum, counts=counts)
    again = resample(whole, resamples=RESAMPLES, seed=seed)
    again = again if adjust is None else again.adjusted(adjust)
    each = posterior(whole)
    kept = supported(log_size, each.sum(axis=0))
    return _Mixed(
        share=whole.density * kept / float(whole.density @ kept),
        resamples=again.density * kept / np.maximum((again.density @ kept)[:, None], 1e-300),
        counts=again.counts,
        posterior=each,
        lengths_matter=lengths_matter,
        smoothing=whole.stiffness,
    )


_ROUNDS = 2
"""Density and lengths are fitted in turn so often; more rounds changed no share by more than 0.01."""


def _with_fragments(frames: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
    """Sightings of the sized tracks, with those of shorter ones, whose particles are likest the shortest sized."""
    sized = frames[rows]
    is_short = sized <= max(_SHORT_FRAMES, float(sized.min()))
    left = float(frames.sum() - sized.sum())
    factor = 1 + left / float(sized[is_short].sum())
    return np.where(is_short, sized * min(factor, _MOST_FRAGMENTS), sized)


_SHORT_FRAMES, _MOST_FRAGMENTS = 6.0, 4.0
"""Tracks up to this length stand for the fragments too, at most so many times; more fragments are noise."""


def supported(log_size: FloatArray, tracks: FloatArray) -> NDArray[np.bool_]:
    """Where on the grid enough tracks support the distribution.

    A mixture by maximum likelihood gives a lone odd track a size of its own, which may be far from all others and
    then rules mean and SD. Islands with fewer than three tracks, or one in two hundred, are left out.

    Parameters
    ----------
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    tracks : numpy.ndarray
        Expected number of tracks at each point of the grid, shape (grid,).

    Returns
    -------
    numpy.ndarray of bool
        Shape (grid,); all true where nothing is supported, as with very few tracks.

    Examples
    --------
    >>> supported(np.log(np.array([50.0, 70.0, 100.0, 140.0, 200.0])), np.array([1.0, 0, 0, 0, 30])).tolist()
    [False, False, False, True, True]
    """
    reach = max(1, round(_ISLAND_WIDTH / float(log_size[1] - log_size[0])))
    near = np.convolve(tracks, np.ones(2 * reach + 1), mode="same")
    near = near > max(_WATER, _SHALLOW * float(near.max()))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(int)))
    kept = np.zeros(len(log_size), dtype=np.bool_)
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        kept[first:end] = tracks[first:end].sum() >= max(LEAST_SUPPORT, LEAST_SHARE * float(tracks.sum()))
    return kept if kept.any() else ~kept


LEAST_SUPPORT, LEAST_SHARE = 3.0, 0.005
_ISLAND_WIDTH, _WATER, _SHALLOW = 0.05, 0.1, 0.01
"""Islands are further apart than this in log size; between them are fewer tracks than this, and than this share of
the highest place."""


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


def _too_few(tracks: int) -> NotAssessed:
    followed = "followed over three successive frames"
    if not tracks:
        return NotAssessed(f"no particle was {followed}")
    return NotAssessed(f"only {tracks} were {followed}; it takes {LEAST_TRACKS} (house rule)")


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
