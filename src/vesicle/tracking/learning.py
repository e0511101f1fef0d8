"""What the first frames of a video say about all: polarity, width of a spot, noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.video import GreyBlock, Polarity
from vesicle.tracking.blocks import find_in_block
from vesicle.tracking.filters import smoothing_taps
from vesicle.tracking.noise import Noise, limit_of, measure_noise, sample_frames
from vesicle.tracking.plan import Limit, Plan, make_plan
from vesicle.tracking.records import DetectionSettings
from vesicle.tracking.spots import HEIGHT, SATURATED, WIDTH2, X, Y, make_room

USUAL_SIGMA_PX = 1.5
NARROWEST_PX, WIDEST_PX = 0.8, 5.0
ENOUGH_SPOTS = 12
IN_FOCUS = 0.3
"""Quantile of the widths that is taken: wider spots are out of focus. It lies 0.524 standard deviations down."""

MOST_SPOTS = 4096
NOWHERE = Limit(0.0, np.inf, np.inf, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What is known before the video is searched; ``is_width_seen`` is False where too few spots showed it."""

    polarity: Polarity
    sigma_px: float
    is_width_seen: bool
    noise: Noise

    @property
    def taps(self) -> NDArray[np.float32]:
        """Weights of the filter that fits the spots."""
        return smoothing_taps(self.sigma_px)


def learn(frames: GreyBlock, settings: DetectionSettings, *, bits: int) -> Learned:
    """Polarity, width of a spot and noise of some frames.

    Parameters
    ----------
    frames : numpy.ndarray
        Shape (frames, rows, columns), at least one.
    settings : DetectionSettings
        What the user fixed is not estimated.
    bits : int
        Significant bits of a grey level.

    Returns
    -------
    Learned
        The usual width where too few spots were found to tell.
    """
    sigma = settings.spot_sigma_px or USUAL_SIGMA_PX
    polarity = settings.polarity or see_polarity(frames, sigma)
    learned = Learned(
        polarity=polarity,
        sigma_px=sigma,
        is_width_seen=settings.spot_sigma_px is not None,
        noise=_noise(frames, sigma, polarity),
    )
    if settings.spot_sigma_px is not None:
        return learned
    for _ in range(3):
        width = see_width(frames, learned, bits=bits, factor=settings.threshold_factor)
        if width is None:
            return learned
        learned = replace(learned, sigma_px=width, is_width_seen=True, noise=_noise(frames, width, polarity))
    return learned


def see_polarity(frames: GreyBlock, sigma_px: float) -> Polarity:
    """Whether what stands out of the noise is brighter or darker than the ground.

    Parameters
    ----------
    frames : numpy.ndarray
        Shape (frames, rows, columns).
    sigma_px : float
        Standard deviation of the filter.

    Returns
    -------
    str
        ``bright`` where nothing stands out.
    """
    plan = _plan(frames, sigma_px, "bright")
    height = np.concatenate([sample.height for sample in sample_frames(frames, plan)])
    height -= np.median(height)
    noise = max(1e-6, 1.4826 * float(np.median(np.abs(height))))
    outside = np.clip(height[np.abs(height) > 4 * noise] / noise, -30, 30)
    return "dark" if float(np.sum(outside**3)) < 0 else "bright"


def see_width(frames: GreyBlock, learned: Learned, *, bits: int, factor: float) -> float | None:
    """Standard deviation of spots that stand alone, in pixels; of bright ones where there are enough.

    Parameters
    ----------
    frames : numpy.ndarray
        Shape (frames, rows, columns).
    learned : Learned
        With the width of the filter to look with.
    bits : int
        Significant bits of a grey level.
    factor : float
        Multiplies the automatic threshold.

    Returns
    -------
    float or None
        None when fewer than ``ENOUGH_SPOTS`` were found.
    """
    sigma = learned.sigma_px
    for brightness in (2.0, 1.2):
        spots = _lonely(frames, learned, bits=bits, factor=brightness * max(1.0, factor))
        if len(spots) >= ENOUGH_SPOTS:
            lowered = 0.524 * noise_of_width(sigma) * learned.noise.filtered / spots[:, HEIGHT]  # by noise
            squared = float(np.quantile(spots[:, WIDTH2] * (1 + lowered), IN_FOCUS)) - sigma**2
            return float(np.sqrt(np.clip(squared, NARROWEST_PX**2, WIDEST_PX**2)))
    return None


def _lonely(frames: GreyBlock, learned: Learned, *, bits: int, factor: float) -> NDArray[np.float32]:
    sigma, shape = learned.sigma_px, frames.shape[1:]
    limit = limit_of(learned.noise, factor=factor, area_px=shape[0] * shape[1], sigma_px=sigma, part=1.0)
    plan = make_plan(shape, sigma_px=sigma, polarity=learned.polarity, bits=bits, limit=limit)
    room = make_room(shape, plan, MOST_SPOTS)
    spots, _ = find_in_block(frames, np.ones(len(frames), np.bool_), plan, room)
    return spots[(spots[:, SATURATED] == 0) & is_alone(spots, 8 * sigma)]


def noise_of_width(sigma_px: float) -> float:
    """Relative error of a squared width, for a spot as high as the noise after the filter.

    Parameters
    ----------
    sigma_px : float
        Standard deviation of the filter and of the spot.

    Returns
    -------
    float
        The width is taken from second differences; noise is correlated as the filter makes it.

    Examples
    --------
    >>> round(noise_of_width(1.5), 1)
    1.1
    """
    near, far = np.exp(-1 / (4 * sigma_px**2)), np.exp(-1 / sigma_px**2)
    return float(np.sqrt(2 * (6 - 8 * near + 2 * far))) * sigma_px**2


def is_alone(spots: NDArray[np.float32], distance_px: float) -> NDArray[np.bool_]:
    """Which spots have no other within a distance in their frame.

    Parameters
    ----------
    spots : numpy.ndarray
        Table of candidates.
    distance_px : float
        In pixels.

    Returns
    -------
    numpy.ndarray
        Shape (spots,).
    """
    alone = np.ones(len(spots), np.bool_)
    for frame in np.unique(spots[:, 0]):
        rows = np.flatnonzero(spots[:, 0] == frame)
        x, y = spots[rows, X], spots[rows, Y]
        near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 < distance_px**2
        alone[rows] = near.sum(axis=1) == 1
    return alone


def _noise(frames: GreyBlock, sigma_px: float, polarity: Polarity) -> Noise:
    plan = _plan(frames, sigma_px, polarity)
    return measure_noise(sample_frames(frames, plan), plan.taps, polarity)


def _plan(frames: GreyBlock, sigma_px: float, polarity: Polarity) -> Plan:
    return make_plan(frames.shape[1:], sigma_px=sigma_px, polarity=polarity, bits=8, limit=NOWHERE)
