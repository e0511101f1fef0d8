"""Number per volume over size, with intervals, from what the tracks say and how deep each size was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vesicle.findings import Component, Share, SizeDistribution
from vesicle.inference.intervals import percentile_interval
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.vesicles.estimate import FEW_TRACKS, TrackSizes
from vesicle.vesicles.physics import particle_mass_ug
from vesicle.vesicles.seen import Seen
from vesicle.vesicles.size import bins

_NAMES = ("mode_nm", "median_nm", "mean_nm", "sd_nm", "d10_nm", "d90_nm", "particle_mass_ug")
_FEW = NotAssessed(f"fewer than {FEW_TRACKS} tracks (house rule): only the median is given")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDensity:
    """Number of particles per volume over size as a share of all that can be seen, with its resamples.

    ``log_size`` is the even grid, shape (grid,); ``share`` sums to 1, ``resamples`` has shape
    (resamples, grid). ``occupancy`` is the same before the depth, as a share of the sightings above the detection
    limit, and ``above_limit`` their share of all sightings.
    """

    log_size: FloatArray
    share: FloatArray
    resamples: FloatArray
    occupancy: FloatArray
    above_limit: float
    tracks: int
    method: str


def number_density(sizes: TrackSizes, seen: Seen, *, ends: float = 0.0) -> NumberDensity | NotAssessed:
    """The number per volume from the number of tracks.

    A size contributes tracks in proportion to how often its particles enter, and each track stays for a time that
    grows with size; their product, sightings, is in proportion to number and visible depth.

    Parameters
    ----------
    sizes : TrackSizes
        Shares of tracks.
    seen : Seen
        Visible depth of each size.
    ends : float, optional
        Rate per frame at which tracks end for reasons that have nothing to do with size.

    Returns
    -------
    NumberDensity or NotAssessed
        Not assessed when no size that occurs can be seen.
    """
    from vesicle.inference.occupancy import reweighted

    factor = np.divide(1.0, seen.room, out=np.zeros_like(seen.depth), where=seen.depth > 0)
    stay, stays = _stays(sizes, seen, ends)
    sightings = sizes.share * stay
    if sightings @ factor <= 0:
        return NotAssessed("no track belongs to a size that is bright enough to be counted")
    occupancy = sightings * (seen.depth > 0)
    return NumberDensity(
        log_size=sizes.log_size,
        share=reweighted(sizes.share, stay * factor),
        resamples=reweighted(sizes.resamples, stays * factor),
        occupancy=occupancy / occupancy.sum(),
        above_limit=float(occupancy.sum() / sightings.sum()),
        tracks=sizes.tracks,
        method=f"mixture of exact likelihoods of {sizes.tracks} tracks, bootstrap over tracks",
    )


SLOPE_ERROR = 0.2
"""How far the length of tracks departs from what diffusion across the visible depth gives, as a power of size. House
rule, from videos of two simulators: -0.1 to 0.4, since faint particles flicker at the threshold."""


def _stays(sizes: TrackSizes, seen: Seen, ends: float) -> tuple[FloatArray, FloatArray]:
    """How long a track of each size lasts, relatively, and the same in every resample.

    Particles leave the visible depth at a rate that goes with the root of their diffusion, and inversely with the
    depth. Where no depth is known, as for tables of tracks that somebody may have selected, lengths count when they
    surely depend on size.
    """
    from vesicle.inference.occupancy import Expected, mean_lengths

    if not sizes.lengths_matter:
        return np.ones_like(sizes.log_size), np.ones_like(sizes.resamples)
    expected = None
    if seen.is_measured:
        depth = np.maximum(seen.room, seen.room[seen.depth > 0].min(initial=1.0))
        trend = np.log(depth) + 0.5 * sizes.log_size
        expected = Expected(trend=trend, slope_error=SLOPE_ERROR, ends=ends)
    at, each, frames = sizes.log_size, sizes.posterior, sizes.frames
    return (
        mean_lengths(at, each, frames, expected=expected),
        mean_lengths(at, each, frames, expected=expected, counts=sizes.counts),
    )


def numbers_of(density: NumberDensity | NotAssessed) -> Mapping[str, Quantity]:
    """Percentiles, mode, mean, SD and mass of one particle.

    Parameters
    ----------
    density : NumberDensity or NotAssessed
        Number per volume, or why there is none.

    Returns
    -------
    mapping of str to Estimate or NotAssessed
        By the names of ``RunSize``; below 200 tracks only the median.
    """
    if isinstance(density, NotAssessed):
        return dict.fromkeys(_NAMES, density)
    from vesicle.inference.densities import mean_and_spread, mode, quantiles

    at = density.log_size
    found: dict[str, Callable[[FloatArray], FloatArray]] = {
        "d10_nm": lambda d: quantiles(at, d, np.array([0.1]))[..., 0],
        "median_nm": lambda d: quantiles(at, d, np.array([0.5]))[..., 0],
        "d90_nm": lambda d: quantiles(at, d, np.array([0.9]))[..., 0],
        "mean_nm": lambda d: mean_and_spread(at, d)[0],
        "sd_nm": lambda d: mean_and_spread(at, d)[1],
        "mode_nm": lambda d: mode(at, d),
        "particle_mass_ug": lambda d: particle_mass_ug(1.0) * (d @ np.exp(3 * at)),
    }
    return {
        name: estimate_of(density, number) if name == "median_nm" or density.tracks >= FEW_TRACKS else _FEW
        for name, number in found.items()
    }


def estimate_of(density: NumberDensity, number: Callable[[FloatArray], FloatArray]) -> Estimate:
    """A number of the density with its percentile interval.

    Parameters
    ----------
    density : NumberDensity
        With its resamples.
    number : callable
        From densities, shape (..., grid), to numbers, shape (...).

    Returns
    -------
    Estimate
        The interval always holds the value.
    """
    value = float(number(density.share))
    low, high = (float(bound) for bound in percentile_interval(number(density.resamples)))
    return Estimate(
        value=value, low=min(low, value), high=max(high, value), n=density.tracks, method=density.method
    )


def shares_of(density: NumberDensity | NotAssessed) -> tuple[Share, ...]:
    """The shares in the reported ranges of size.

    Parameters
    ----------
    density : NumberDensity or NotAssessed
        Number per volume.

    Returns
    -------
    tuple of Share
        In the order of the standard.
    """
    from vesicle.inference.densities import share_of

    def between(low: float, high: float | None) -> Quantity:
        if isinstance(density, NotAssessed):
            return density
        if density.tracks < FEW_TRACKS:
            return _FEW
        at = density.log_size
        return estimate_of(density, lambda d: share_of(at, d, low, high or np.inf))

    return tuple(
        Share(label=label, low_nm=low, high_nm=high, share=between(low, high)) for label, low, high in bins()
    )


def distribution_of(density: NumberDensity | NotAssessed) -> SizeDistribution | NotAssessed:
    """The distribution in classes that are even in log size, with its band.

    Parameters
    ----------
    density : NumberDensity or NotAssessed
        Number per volume.

    Returns
    -------
    SizeDistribution or NotAssessed
        Not assessed below 200 tracks.
    """
    if isinstance(density, NotAssessed):
        return density
    if density.tracks < FEW_TRACKS:
        return _FEW
    from vesicle.inference.densities import log_edges

    low, high = percentile_interval(density.resamples)
    return SizeDistribution(
        diameter_nm=frozen(np.exp(density.log_size)),
        edges_nm=frozen(np.exp(log_edges(density.log_size))),
        fraction=frozen(density.share),
        low=frozen(np.minimum(low, density.share)),
        high=frozen(np.maximum(high, density.share)),
    )


def components_of(density: NumberDensity | NotAssessed) -> tuple[Component, ...] | NotAssessed:
    """The components that the distribution falls into.

    Parameters
    ----------
    density : NumberDensity or NotAssessed
        Number per volume.

    Returns
    -------
    tuple of Component or NotAssessed
        In the order of their size; one for a distribution without a valley. Not assessed below 200 tracks.
    """
    if isinstance(density, NotAssessed):
        return density
    if density.tracks < FEW_TRACKS:
        return _FEW
    from vesicle.inference.components import components

    return tuple(
        Component(
            diameter_nm=_around(c.size, c.sizes, density),
            fraction=_around(c.share, c.shares, density),
            spread_percent=_around(100 * c.spread, 100 * c.spreads, density),
        )
        for c in components(density.log_size, density.share, density.resamples)
    )


def _around(value: float, replicates: FloatArray, density: NumberDensity) -> Estimate:
    known = replicates[np.isfinite(replicates)]
    low, high = (float(b) for b in percentile_interval(known)) if len(known) else (value, value)
    return Estimate(
        value=value, low=min(low, value), high=max(high, value), n=density.tracks, method=density.method
    )
