"""How deep a source is seen, from how bright it is: the brightness seen over a depth that is visited evenly.

A source whose peak in focus is exp(L) is seen at depth z with exp(L - t^2), where z grows with t as
``scale (t + shape t^3)``: a Gaussian profile of illumination has shape 0, a profile with wider tails more. Since
every depth is visited equally often, the share of sightings above a threshold u is proportional to
``E[t + shape t^3]`` at ``t = sqrt(L - ln u)``, with L spread normally among the sources of one class. That one
function gives the distribution of the brightness that is seen, and the depth in which a class is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vesicle.measurements.sizing import FloatArray

MOST_SHAPE = 0.5
MOST_SLOPE = 8.0
"""A peak that grows faster than the eighth power of the size is noise; scattering grows with the sixth."""

_LEAST_SPREAD, _MOST_SPREAD = 0.03, 2.5
_NODES = np.linspace(-4, 4, 65)
_NODE_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
_BIN = 0.1
_LEAST_BETWEEN_KNOTS = 0.12
_CLASSES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What a video says of the brightness of its sources.

    ``knots`` are natural logarithms of size, increasing, ``peaks`` the log of the peak in focus there, shape
    (knots,); between and beyond them the log peak is linear in the log size. ``spread`` is the standard
    deviation of the log peak among sources of one size, ``shape`` that of the depth profile.
    """

    knots: FloatArray
    peaks: FloatArray
    spread: float
    shape: float

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
        return along(self.knots, self.peaks, log_size)

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
        return 2 * mean_reach(above, spread=self.spread, shape=self.shape)

    def slope(self) -> float:
        """The power with which the peak grows with size, between the outer knots; 0 with one knot."""
        width = float(self.knots[-1] - self.knots[0])
        return float(self.peaks[-1] - self.peaks[0]) / width if width > 0 else 0.0


def along(knots: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """A broken line through knots, continued straight beyond the outer ones.

    Parameters
    ----------
    knots, values : numpy.ndarray
        Shape (knots,); the knots increase.
    at : numpy.ndarray
        Where to look.

    Returns
    -------
    numpy.ndarray
        Of the shape of ``at``.

    Examples
    --------
    >>> along(np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([-1.0, 0.5, 3.0])).tolist()
    [-2.0, 1.0, 6.0]
    """
    inside = np.interp(at, knots, values)
    if len(knots) == 1:
        return inside
    first = (values[1] - values[0]) / (knots[1] - knots[0])
    last = (values[-1] - values[-2]) / (knots[-1] - knots[-2])
    return inside + np.minimum(at - knots[0], 0) * first + np.maximum(at - knots[-1], 0) * last


def mean_reach(above: FloatArray, *, spread: float, shape: float) -> FloatArray:
    """E[t + shape t^3] with t = sqrt(above + spread Z) where that is positive, else 0; Z standard normal.

    Parameters
    ----------
    above : numpy.ndarray
        Log of the peak in focus over the threshold.
    spread : float
        Standard deviation of the log peak.
    shape : float
        Of the depth profile, at least 0.

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
    return (t * (1 + shape * t * t)) @ _NODE_WEIGHTS


def fit_visibility(
    log_size: FloatArray,
    log_peak: FloatArray,
    *,
    least: float,
    most: float,
    shape: float | None = None,
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
    shape : float, optional
        Of the depth profile where a calibration gave it; fitted otherwise.

    Returns
    -------
    Visibility
        By maximum likelihood over the binned sightings.

    Raises
    ------
    ValueError
        With no sighting above ``least``.
    """
    from scipy.optimize import minimize

    seen = log_peak >= least
    if not seen.any():
        raise ValueError("no sighting is brighter than the limit")
    sightings = _binned(log_size[seen], np.minimum(log_peak[seen], most), least, most)

    def loss(parameters: FloatArray) -> float:
        found, penalty = _unpacked(parameters, sightings.knots, shape)
        return _misfit(found, sightings) + penalty

    options = {"maxiter": 1200, "fatol": 0.02, "xatol": 2e-3}
    best = minimize(loss, _start(sightings, shape), method="Nelder-Mead", options=options)
    return _unpacked(np.asarray(best.x), sightings.knots, shape)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sightings:
    """Sightings counted in classes of size and bins of brightness: ``counts`` has shape (classes, bins).

    ``bright`` is a high quantile of the log peak in each class, ``edges`` the bins' with infinity last.
    """

    sizes: FloatArray
    knots: FloatArray
    counts: FloatArray
    edges: FloatArray
    bright: FloatArray


def _binned(log_size: FloatArray, log_peak: FloatArray, least: float, most: float) -> _Sightings:
    edges = _edges(log_peak, least, most)
    order = np.argsort(log_size, kind="stable")
    groups = [rows for rows in np.array_split(order, _CLASSES) if len(rows)]
    return _Sightings(
        sizes=np.array([log_size[rows].mean() for rows in groups]),
        knots=_knots(log_size),
        counts=np.array([np.histogram(log_peak[rows], bins=edges)[0] for rows in groups], dtype=np.float64),
        edges=edges,
        bright=np.array([np.quantile(log_peak[rows], 0.95) for rows in groups]),
    )


def _knots(log_size: FloatArray) -> FloatArray:
    apart: list[float] = []
    for knot in np.quantile(log_size, [0.08, 0.5, 0.92]).tolist():
        if not apart or knot - apart[-1] > _LEAST_BETWEEN_KNOTS:
            apart.append(knot)
    return np.array(apart)


def _edges(log_peak: FloatArray, least: float, most: float) -> FloatArray:
    top = min(float(log_peak.max()), most)
    count = max(2, int(np.ceil((top - least) / _BIN)))
    return np.append(np.linspace(least, least + (count - 1) * _BIN, count), np.inf)


def _start(sightings: _Sightings, shape: float | None) -> FloatArray:
    first = np.interp(sightings.knots, sightings.sizes, sightings.bright)
    slopes = np.clip(np.diff(first) / np.diff(sightings.knots), 0.3, 6.0)
    return np.array([first[0], *slopes, np.log(0.2), *([] if shape is not None else [0.05])])


def _unpacked(parameters: FloatArray, knots: FloatArray, shape: float | None) -> tuple[Visibility, float]:
    """The visibility that parameters stand for, and a penalty for leaving what is possible."""
    slopes = parameters[1 : len(knots)]
    inside = np.clip(slopes, 0.0, MOST_SLOPE)
    peaks = parameters[0] + np.concatenate([[0.0], np.cumsum(inside * np.diff(knots))])
    spread = float(np.clip(np.exp(parameters[len(knots)]), _LEAST_SPREAD, _MOST_SPREAD))
    fitted = parameters[-1] if shape is None else shape
    bounded = float(np.clip(fitted, 0.0, MOST_SHAPE))
    outside = float(np.sum((slopes - inside) ** 2)) + (fitted - bounded) ** 2 * 100
    outside += (parameters[len(knots)] - np.log(spread)) ** 2
    weak = 0.5 * (bounded / 0.15) ** 2 if shape is None else 0.0  # a faint sample says little of the tails
    return Visibility(knots=knots, peaks=peaks, spread=spread, shape=bounded), 100 * outside + weak


def _misfit(found: Visibility, sightings: _Sightings) -> float:
    above = found.log_peak(sightings.sizes)[:, None] - sightings.edges[None, :-1]
    reach = _tabulated(above, found.spread, found.shape)
    share = np.append(reach, np.zeros((len(reach), 1)), axis=1)
    share = np.maximum(share[:, :-1] - share[:, 1:], 1e-12) / np.maximum(share[:, :1], 1e-9)
    return -float(np.sum(sightings.counts * np.log(share))) / _SIGHTINGS_PER_VISIT


_SIGHTINGS_PER_VISIT = 5.0
"""Sightings of one source in successive frames are not independent; the fit counts them as fewer."""

_TABLE = np.linspace(-12.0, 16.0, 561)


def _tabulated(above: FloatArray, spread: float, shape: float) -> FloatArray:
    return np.interp(above, _TABLE, mean_reach(_TABLE, spread=spread, shape=shape))
