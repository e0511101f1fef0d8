"""The error of positions, estimated from the steps of all tracks, and what its own error does to a density."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vesicle.inference.densities import moved
from vesicle.inference.displacements import Steps
from vesicle.measurements.sizing import FloatArray

_ANGLES = (np.arange(64) + 0.5) * np.pi / 64
_PRIOR_STEPS = 9.0
"""Steps of its own with which a track outweighs the mean of all: one over the variance of log D of vesicles."""

_MOST_SHIFT = 0.5
"""In the logarithm; sizes whose diffusion is lost in the noise move no further."""


def noise_moments(steps: Steps) -> FloatArray:
    """What pooled noise is made of, track by track.

    Pairs of neighbouring steps of slow tracks weigh more: the noise shows clearer there, as one over the square of
    the mean squared step. That is taken from the other steps of the track, so that a pair does not choose its own
    weight, and is drawn to the mean of all tracks where a track has few.

    Parameters
    ----------
    steps : Steps
        Displacements, drift removed.

    Returns
    -------
    numpy.ndarray
        Shape (tracks, 4): squared steps of all pairs summed over both axes, their number, products of the two
        steps, their number; weighted.
    """
    is_last = np.zeros(len(steps.dx), dtype=np.bool_)
    is_last[steps.starts + steps.lengths - 1] = True
    first = np.flatnonzero(~is_last)
    track = np.repeat(steps.owner, steps.lengths)
    squares, of_pair = steps.dx**2 + steps.dy**2, track[first]
    products = steps.dx[first] * steps.dx[first + 1] + steps.dy[first] * steps.dy[first + 1]
    own, usual = squares[first] + squares[first + 1], float(squares.mean()) if len(squares) else 1.0
    others = np.bincount(track, squares, steps.tracks)[of_pair] - own + _PRIOR_STEPS * usual
    count = np.bincount(track, minlength=steps.tracks)[of_pair] - 2 + _PRIOR_STEPS
    weight = np.divide(usual * count, others, out=np.ones_like(others), where=others > 0) ** 2
    columns = (weight * own, 4.0 * weight, weight * products, 2.0 * weight)
    sums = [np.bincount(of_pair, column, steps.tracks) for column in columns]
    return np.stack(sums, axis=1).astype(np.float64)


def noise_of(moments: FloatArray, blur: float) -> FloatArray:
    """The variance of a position along one axis, from sums of moments.

    Parameters
    ----------
    moments : numpy.ndarray
        Sums over tracks of :func:`noise_moments`, shape (..., 4).
    blur : float
        Exposure over six times the frame time.

    Returns
    -------
    numpy.ndarray
        Squared length, shape (...); not below 0, and 0 where there are no neighbouring steps.
    """
    squares, count, products, pairs = np.moveaxis(moments, -1, 0)
    mean_square = squares / np.maximum(count, 1)
    mean_product = products / np.maximum(pairs, 1)
    return np.where(pairs > 0, np.maximum(blur * mean_square + (2 * blur - 1) * mean_product, 0.0), 0.0)


def pooled_noise(steps: Steps, *, blur: float) -> float:
    """The variance of a position from localisation alone, one for all tracks.

    Parameters
    ----------
    steps : Steps
        Displacements, drift removed.
    blur : float
        Exposure over six times the frame time.

    Returns
    -------
    float
        Squared length along one axis, not below 0.

    Notes
    -----
    **Source**: the covariance-based estimator of Vestergaard, Blainey and Flyvbjerg (2014), not seen, pooled
    over tracks: it is linear in the steps, so tracks may differ in diffusion. In simulations maximum likelihood
    was no closer.
    """
    return float(noise_of(noise_moments(steps).sum(axis=0), blur))


def noise_adjustment(
    steps: Steps, log_size: FloatArray, diffusion: FloatArray, *, blur: float, noise: float
) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """How densities move when the noise is estimated anew from the tracks of each resample.

    A larger noise leaves less of a step to diffusion: what was taken for D is D less a multiple of the change.
    The multiple makes up for the change best in the eyes of the likelihood of a long track.

    Parameters
    ----------
    steps : Steps
        Of all tracks.
    log_size : numpy.ndarray
        Even grid, shape (grid,).
    diffusion : numpy.ndarray
        For each size, squared length per frame, inversely proportional to size, shape (grid,).
    blur : float
        Exposure over six times the frame time.
    noise : float
        What the likelihood was made with.

    Returns
    -------
    callable
        For :meth:`vesicle.inference.resampling.Resampled.adjusted`.
    """
    moments = noise_moments(steps)
    bend = 1.0 - np.cos(_ANGLES)
    of_motion = 1.0 - 2.0 * blur * bend
    weight = 1.0 / (diffusion[:, None] * of_motion + noise * bend) ** 2
    multiple = (weight * bend * of_motion).sum(axis=1) / (weight * of_motion**2).sum(axis=1)

    def adjust(density: FloatArray, counts: FloatArray) -> FloatArray:
        change = noise_of(counts @ moments, blur) - noise
        lost = np.clip(change[:, None] * multiple / diffusion, -_MOST_SHIFT, _MOST_SHIFT)
        return moved(log_size, density, -np.log1p(-lost))

    return adjust
