"""How likely each track is for each diffusion coefficient: exact for blurred, noisy positions of Brownian motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

IntArray = NDArray[np.int64]

_MOST_BLUR = 0.25
"""Up to here every eigenvalue of the covariance is positive; a shutter that is always open has 1/6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Displacements between neighbouring frames, in segments without gaps, of many tracks.

    ``dx`` and ``dy`` have shape (steps,). ``starts`` holds the first step of each segment, ``owner`` the track
    it belongs to, both of shape (segments,). ``tracks`` counts the tracks; one without steps owns no segment.
    """

    dx: FloatArray
    dy: FloatArray
    starts: IntArray
    owner: IntArray
    tracks: int

    @property
    def lengths(self) -> IntArray:
        """Steps of each segment, shape (segments,)."""
        return np.diff(self.starts, append=len(self.dx))

    @property
    def per_track(self) -> IntArray:
        """Steps of each track, shape (tracks,)."""
        return np.bincount(self.owner, self.lengths, self.tracks).astype(np.int64)


def steps_of(track: IntArray, frame: IntArray, x: FloatArray, y: FloatArray) -> Steps:
    """The displacements of tracks, cut where a track misses a frame.

    Parameters
    ----------
    track, frame : numpy.ndarray
        Whole numbers, shape (points,), sorted by track and then by frame; tracks count from 0.
    x, y : numpy.ndarray
        Positions in any unit of length, shape (points,), drift removed.

    Returns
    -------
    Steps
        In the same unit.

    Examples
    --------
    >>> at = np.array([0.0, 1.0, 3.0, 4.0])
    >>> steps_of(np.zeros(4, int), np.array([0, 1, 5, 6]), at, at).lengths
    array([1, 1])
    """
    follows = (np.diff(track) == 0) & (np.diff(frame) == 1)
    chosen = np.flatnonzero(follows)
    is_first = np.ones(len(chosen), dtype=np.bool_)
    is_first[1:] = np.diff(chosen) > 1
    starts = np.flatnonzero(is_first).astype(np.int64)
    return Steps(
        dx=np.diff(x)[chosen].astype(np.float64),
        dy=np.diff(y)[chosen].astype(np.float64),
        starts=starts,
        owner=track[chosen[starts]].astype(np.int64),
        tracks=int(track[-1]) + 1 if len(track) else 0,
    )


def lag1_diffusion(steps: Steps) -> FloatArray:
    """The naive estimate of each track: a quarter of its mean squared step, blur and noise left in.

    It is what simple software does, and is here to be compared with.

    Parameters
    ----------
    steps : Steps
        Of all tracks.

    Returns
    -------
    numpy.ndarray
        Squared length per frame, shape (tracks,); NaN for a track without steps.
    """
    squares = np.add.reduceat(steps.dx**2 + steps.dy**2, steps.starts) if len(steps.starts) else np.zeros(0)
    total = np.bincount(steps.owner, squares, steps.tracks)
    count = steps.per_track
    return np.divide(total, 4.0 * count, out=np.full(steps.tracks, np.nan), where=count > 0)


def log_likelihood(
    steps: Steps,
    diffusion: FloatArray,
    *,
    blur: float,
    noise: float | FloatArray,
    longest_step: float | None = None,
) -> FloatArray:
    """The log likelihood of each track for each diffusion coefficient.

    The displacements of a segment along one axis are normal with the tridiagonal covariance
    c0 = 2 D (1 - 2 R) + 2 s^2 on the diagonal and c1 = 2 R D - s^2 beside it. A sine transform of type I
    makes them independent with variances c0 + 2 c1 cos(k pi / (N + 1)), k = 1 ... N. These lie between 2 D and
    2 D (1 - 4 R) + 4 s^2, so they are positive for every R below 1/4.

    Parameters
    ----------
    steps : Steps
        Displacements, drift removed.
    diffusion : numpy.ndarray
        Squared length per frame, shape (grid,), positive.
    blur : float
        R: exposure over six times the frame time, 0 for a flash, at most 1/4.
    noise : float or numpy.ndarray
        Variance s^2 of a position along one axis from localisation alone, squared length; one for all or one
        per track, shape (tracks,).
    longest_step : float, optional
        Steps above this length were not linked. Each step is then taken as drawn from those below it: the
        log of 1 - exp(-r^2 / (2 c0)) is taken off for each. That neglects the correlation of neighbouring
        steps, which is small wherever the loss is.

    Returns
    -------
    numpy.ndarray
        Shape (tracks, grid), up to a constant of each track; 0 for a track without steps.

    Raises
    ------
    ValueError
        When an argument is outside its range.

    Notes
    -----
    **Source**: the covariance is that of Berglund (2010) and of Michalet and Berglund (2012), both not seen;
    the tests compare with simulated averages over an exposure, and with the normal density of the full
    covariance.
    """
    if not (0 <= blur <= _MOST_BLUR and np.all(diffusion > 0) and np.all(np.asarray(noise) >= 0)):
        raise ValueError(f"blur must be in 0 to {_MOST_BLUR}, diffusion positive, noise not negative")
    of_track = np.broadcast_to(np.asarray(noise, dtype=np.float64), (steps.tracks,))
    found = np.zeros((steps.tracks, len(diffusion)))
    _add_squares(_modes(steps, of_track, blur), np.repeat(steps.owner, steps.lengths), diffusion, found)
    kinds, of_segment = np.unique(
        np.stack((steps.lengths.astype(np.float64), of_track[steps.owner])), axis=1, return_inverse=True
    )
    norm = _log_norm(kinds, diffusion, blur=blur, longest_step=longest_step)
    _add_rows(norm, of_segment.reshape(-1).astype(np.int64), steps.owner, found)
    return found


def _modes(steps: Steps, noise: FloatArray, blur: float) -> FloatArray:
    """Power of each mode, and its variance as a multiple of D plus a constant; shape (steps, 3), both doubled."""
    modes = np.empty((len(steps.dx), 3))
    lengths = steps.lengths
    for length in np.unique(lengths):
        chosen = lengths == length
        places = steps.starts[chosen][:, None] + np.arange(length)
        bend = 1.0 - np.cos(np.arange(1, length + 1) * np.pi / (length + 1))
        modes[places, 0] = _power(steps.dx[places]) + _power(steps.dy[places])
        modes[places, 1] = 4.0 * (1.0 - 2.0 * blur * bend)
        modes[places, 2] = 4.0 * noise[steps.owner[chosen]][:, None] * bend
    return modes


def _power(steps: FloatArray) -> FloatArray:
    """Squares of the sine transforms of segments of one length, shape (segments, length)."""
    from scipy.fft import dst

    return np.asarray(dst(steps, type=1, norm="ortho", axis=1), dtype=np.float64) ** 2


def _log_norm(
    kinds: FloatArray, diffusion: FloatArray, *, blur: float, longest_step: float | None
) -> FloatArray:
    """What a segment's length and noise alone add to its log likelihood, both axes; shape (kinds, grid).

    The determinant of the tridiagonal matrix is (a^(N+1) - b^(N+1)) / (a - b) with a and b the roots of
    t^2 - c0 t + c1^2; a is the larger.
    """
    length, noise = kinds[0][:, None], kinds[1][:, None]
    c0 = 2 * diffusion * (1 - 2 * blur) + 2 * noise
    c1 = 2 * blur * diffusion - noise
    larger = 0.5 * (c0 + np.sqrt(c0**2 - 4 * c1**2))
    ratio = (c1 / larger) ** 2
    norm = -length * np.log(larger) - np.log1p(-(ratio ** (length + 1))) + np.log1p(-ratio)
    if longest_step is not None:
        norm -= length * np.log1p(-np.exp(-0.5 * longest_step**2 / c0))
    return norm


@compiled
def _add_squares(modes: FloatArray, track: IntArray, diffusion: FloatArray, found: FloatArray) -> None:
    for i in range(len(track)):
        power, of_motion, of_noise = modes[i, 0], modes[i, 1], modes[i, 2]
        for j in range(len(diffusion)):
            found[track[i], j] -= power / (of_motion * diffusion[j] + of_noise)


@compiled
def _add_rows(rows: FloatArray, row: IntArray, owner: IntArray, found: FloatArray) -> None:
    for segment in range(len(owner)):
        for j in range(rows.shape[1]):
            found[owner[segment], j] += rows[row[segment], j]
