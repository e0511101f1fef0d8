"""How deep a source is seen, from how bright it is: the brightness seen over a depth that is visited evenly.

A source whose peak in focus is exp(L) is seen at depth z with exp(L - t^2), where z grows with t as
``scale (t + shape t^3)``: a Gaussian profile of illumination has shape 0, a profile with wider tails more. Since
every depth is visited equally often, the share of sightings above a threshold u is proportional to
``E[t + shape t^3]`` at ``t = sqrt(L - ln u)``, with L spread normally among the sources of one class. That one
function gives the distribution of the brightness that is seen, and the depth in which a class is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray

MOST_SLOPE = 8.0
"""A peak that grows faster than the eighth power of the size is noise; scattering grows with the sixth."""

RAYLEIGH_SLOPE, GEOMETRIC_SLOPE = 6.0, 2.0
LEAST_SLOPE = 1.0
"""Below this power of size, brightness is taken not to depend on size (house rule)."""

_LEAST_RANGE = 0.15
"""Classes within this range of log size say nothing about growth: they are one size, seen with noise."""

_SPREADS = (0.03, 0.1, 0.2, 0.35, 0.55, 0.8, 1.2, 1.8)
_SHAPES = (0.0, 0.02, 0.04, 0.06, 0.08, 0.11, 0.15, 0.2, 0.28, 0.4)
_USUAL_SHAPE = 0.15
"""Faint samples say little of the tails of the profile; larger shapes than this need evidence (house rule)."""

_ASTRAY = 0.1
"""Share of sightings in a class of size that may belong to other classes, since the size of a track is unsure."""

_NODES = np.linspace(-4, 4, 65)
_NODE_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
_BIN, _PEAK_STEP = 0.1, 0.04
_CLASS_WIDTH, _SIGHTINGS_PER_CLASS = 0.1, 300


class Profile(NamedTuple):
    """The shape of a depth profile, and how far it is known (see :class:`Visibility`)."""

    shape: float
    known_to: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What a video says of the brightness of its sources.

    ``knots`` are natural logarithms of size, increasing, ``peaks`` the log of the peak in focus there, which
    never falls, shape (knots,); between them the log peak is linear in the log size. Where it grows with size at
    all, it grows as for small scatterers below the knots, and with the cross section above them. ``spread`` is
    the standard deviation of the log peak among sources of one size, ``shape`` that of the depth profile, which is
    known up to ``known_to``, the root of the log of the peak in focus over the faintest: farther out it goes on as a
    Gaussian profile does.
    """

    knots: FloatArray
    peaks: FloatArray
    spread: float
    shape: float
    known_to: float = np.inf

    def log_peak(self, log_size: FloatArray) -> FloatArray:
        """The log of the peak in focus at given sizes.

        Parameters
        ----------
        log_size : numpy.ndarray
            Natural logarithms of size.

        Returns
        -------
        numpy.ndarray
            Of the same shape.
        """
        grows = self.slope() >= LEAST_SLOPE
        below, above = (RAYLEIGH_SLOPE, GEOMETRIC_SLOPE) if grows else (0.0, 0.0)
        inside = np.interp(log_size, self.knots, self.peaks)
        low, high = np.minimum(log_size - self.knots[0], 0), np.maximum(log_size - self.knots[-1], 0)
        return inside + below * low + above * high

    def depth(self, log_size: FloatArray, threshold: float) -> FloatArray:
        """The full depth in which a size is seen above a threshold, in units of the profile's scale.

        Parameters
        ----------
        log_size : numpy.ndarray
            Natural logarithms of size.
        threshold : float
            A peak, above zero.

        Returns
        -------
        numpy.ndarray
            Of the same shape; 0 where even a source in focus stays below.
        """
        above = self.log_peak(log_size) - np.log(threshold)
        return 2 * mean_reach(above, spread=self.spread, shape=self.shape, known_to=self.known_to)

    def slope(self) -> float:
        """The power with which the peak grows with size.

        Returns
        -------
        float
            Between the outer knots; 0 where these are too near each other to tell.
        """
        width = float(self.knots[-1] - self.knots[0])
        return float(self.peaks[-1] - self.peaks[0]) / width if width > _LEAST_RANGE else 0.0


def mean_reach(above: FloatArray, *, spread: float, shape: float, known_to: float = np.inf) -> FloatArray:
    """E[t + shape t^3] with t = sqrt(above + spread Z) where that is positive, else 0; Z standard normal.

    Parameters
    ----------
    above : numpy.ndarray
        Log of the peak in focus over the threshold.
    spread : float
        Standard deviation of the log peak.
    shape : float
        Of the depth profile, at least 0.
    known_to : float, optional
        From this t on the mean grows in proportion to t.

    Returns
    -------
    numpy.ndarray
        Half the depth in units of the profile's scale, of the same shape.

    Examples
    --------
    >>> float(mean_reach(np.array(4.0), spread=0.0, shape=0.1).round(6))
    2.8
    """
    t = np.sqrt(np.maximum(np.asarray(above)[..., None] + spread * _NODES, 0.0))
    return (t * (1 + shape * np.minimum(t, known_to) ** 2)) @ _NODE_WEIGHTS


def fit_visibility(
    log_size: FloatArray,
    log_peak: FloatArray,
    *,
    least: float,
    most: float,
    known: Profile | None = None,
    widest: float = np.inf,
    open_share: Callable[[FloatArray], FloatArray] = np.ones_like,
) -> Visibility:
    """The brightness in focus as a function of size, from every sighting above a limit.

    Parameters
    ----------
    log_size : numpy.ndarray
        Natural log of the size of the source of each sighting, shape (sightings,): the mean of what is known
        of it, so that its error does not flatten the line.
    log_peak : numpy.ndarray
        Log of the peak seen, same shape.
    least : float
        Log of the peak from which on every sighting is recorded; fainter ones are left out.
    most : float
        Log of the peak at which the camera saturates: what is brighter only counts as that.
    known : Profile, optional
        The depth profile where a calibration gave it; fitted otherwise.
    widest : float, optional
        Largest spread of the log peak among sources of one size; any unless given.
    open_share : callable, optional
        From log peaks to the part of such sightings that brighter ones leave to be seen; all unless given.

    Returns
    -------
    Visibility
        By maximum likelihood over sightings in classes of size and bins of brightness, over a table of spreads
        and shapes; a tenth of the sightings of a class may come from others.

    Raises
    ------
    ValueError
        With no sighting above ``least``.
    """
    seen = log_peak >= least
    if not seen.any():
        raise ValueError("no sighting is brighter than the limit")
    shown = np.minimum(log_peak[seen], most)
    sightings = _binned(log_size[seen], shown, least=least, most=most, open_share=open_share)
    profiles = tuple(Profile(shape) for shape in _SHAPES) if known is None else (known,)
    trials = [
        _best_peaks(sightings, spread, profile, is_free=known is None)
        for spread in _SPREADS
        if spread <= widest
        for profile in profiles
    ]
    best = max(trials, key=lambda trial: trial.score)
    knots, peaks = _rising(sightings.sizes, best.peaks, sightings.counts.sum(axis=1))
    return Visibility(
        knots=knots,
        peaks=peaks,
        spread=best.spread,
        shape=best.profile.shape,
        known_to=best.profile.known_to,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sightings:
    """Sightings counted in classes of size and bins of brightness: ``counts`` has shape (classes, bins).

    ``sizes`` are the mean log sizes of the classes, ``edges`` the bins' with infinity last,
    ``open_share`` the part of the sightings in each bin that brighter ones leave to be seen.
    """

    sizes: FloatArray
    counts: FloatArray
    edges: FloatArray
    open_share: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """The best peak in focus of each class for one spread and one profile, and the log likelihood of all."""

    peaks: FloatArray
    spread: float
    profile: Profile
    score: float


def _binned(
    log_size: FloatArray,
    log_peak: FloatArray,
    *,
    least: float,
    most: float,
    open_share: Callable[[FloatArray], FloatArray],
) -> _Sightings:
    edges = _edges(log_peak, least, most)
    groups = _classes(log_size)
    return _Sightings(
        sizes=np.array([log_size[rows].mean() for rows in groups]),
        counts=np.array([np.histogram(log_peak[rows], bins=edges)[0] for rows in groups], dtype=np.float64),
        edges=edges,
        open_share=open_share(edges[:-1] + _BIN / 2),
    )


def _classes(log_size: FloatArray) -> list[NDArray[np.intp]]:
    """Rows of sightings in classes of size that are narrow, and as wide as it takes for enough sightings."""
    order = np.argsort(log_size, kind="stable")
    ordered, groups, start = log_size[order], list[NDArray[np.intp]](), 0
    while start < len(order):
        wide = int(np.searchsorted(ordered, ordered[start] + _CLASS_WIDTH, side="right"))
        end = max(wide, start + _SIGHTINGS_PER_CLASS)
        end = len(order) if len(order) - end < _SIGHTINGS_PER_CLASS else end
        groups.append(order[start:end])
        start = end
    return groups


def _edges(log_peak: FloatArray, least: float, most: float) -> FloatArray:
    top = min(float(log_peak.max()), most)
    count = max(2, int(np.ceil((top - least) / _BIN)))
    return np.append(np.linspace(least, least + (count - 1) * _BIN, count), np.inf)


def _best_peaks(sightings: _Sightings, spread: float, profile: Profile, *, is_free: bool) -> _Trial:
    lowest, highest = sightings.edges[0] - 2 * spread, sightings.edges[-2] + 3.0
    peaks = np.arange(lowest, highest, _PEAK_STEP)
    reach = _tabulated(peaks[:, None] - sightings.edges[None, :-1], spread, profile)
    reach = np.append(reach, np.zeros((len(peaks), 1)), axis=1)
    layers = (reach[:, :-1] - reach[:, 1:]) * sightings.open_share
    expected = layers / np.maximum(layers.sum(axis=1, keepdims=True), 1e-9)
    strays = sightings.counts.sum(axis=0) / sightings.counts.sum()
    likely = np.log((1 - _ASTRAY) * np.maximum(expected, 0.0) + _ASTRAY * strays + 1e-9)
    scores = sightings.counts @ likely.T
    weak = 0.5 * (profile.shape / _USUAL_SHAPE) ** 2 * _SIGHTINGS_PER_VISIT if is_free else 0.0
    chosen = scores.argmax(axis=1)
    score = float(scores.max(axis=1).sum()) - weak
    return _Trial(peaks=peaks[chosen], spread=spread, profile=profile, score=score)


def _tabulated(above: FloatArray, spread: float, profile: Profile) -> FloatArray:
    return np.interp(above, _TABLE, mean_reach(_TABLE, spread=spread, **profile._asdict()))


_TABLE = np.linspace(-12.0, 16.0, 561)
_SIGHTINGS_PER_VISIT = 5.0
"""Sightings of one source in successive frames are not independent; the fit counts them as fewer."""


def _rising(sizes: FloatArray, peaks: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Knots of a line that never falls, nor rises faster than scattering can: neighbours that would are pooled."""
    pools = [
        (float(size), float(peak), float(weight))
        for size, peak, weight in zip(sizes, peaks, weights, strict=True)
    ]
    place = 1
    while place < len(pools):
        (x0, y0, w0), (x1, y1, w1) = pools[place - 1], pools[place]
        if y0 <= y1 <= y0 + MOST_SLOPE * (x1 - x0) and x1 - x0 > _LEAST_BETWEEN_KNOTS:
            place += 1
            continue
        total = w0 + w1
        pools[place - 1 : place + 1] = [((w0 * x0 + w1 * x1) / total, (w0 * y0 + w1 * y1) / total, total)]
        place = max(1, place - 1)
    return np.array([x for x, _, _ in pools]), np.array([y for _, y, _ in pools])


_LEAST_BETWEEN_KNOTS = 0.03
