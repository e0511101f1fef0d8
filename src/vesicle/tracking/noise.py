"""The noise of a video, from a few of its frames: of a pixel, after the filter, and how it grows with the level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import GreyBlock, Polarity
from vesicle.tracking.blocks import find_in_block
from vesicle.tracking.filters import noise_gain, tail_gains, threshold_in_noise
from vesicle.tracking.plan import CANDIDATE, Limit, Plan
from vesicle.tracking.spots import Room, make_room

EVERY = 9
"""Rows and columns that are looked at: noise is the same between them, and a median over fewer is quicker."""

MOST_SKEW = 3.0
"""Skewness of a pixel beyond which the formula for the threshold makes no sense."""

LEVELS = 8
"""Parts of equal size into which pixels are sorted by level, to see whether their noise differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A few pixels of one frame: height after the filter, level of the background, difference to the next pixel."""

    height: NDArray[np.float32]
    level: NDArray[np.float32]
    step: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Noise of a video in grey levels.

    ``pixel`` is that of a pixel, ``white`` what the filter leaves of it where neighbours are independent,
    ``filtered`` the noise after the filter as it is, which may hold faint particles out of focus;
    ``base + slope * level`` is the squared noise after the filter at a level of the background. ``level`` is the
    median level. ``skew`` is the skewness after the filter, towards spots, if all noise came from the grains of
    light, and ``excess`` the excess kurtosis that rounding to whole grey levels gives a noise below them.
    """

    pixel: float
    white: float
    filtered: float
    base: float
    slope: float
    level: float
    skew: float
    excess: float

    def at(self, level: FloatArray) -> FloatArray:
        """Noise after the filter at levels of the background.

        Parameters
        ----------
        level : numpy.ndarray
            Levels of the background.

        Returns
        -------
        numpy.ndarray
            Same shape, at least ``filtered``.
        """
        return np.sqrt(np.maximum(self.filtered**2, self.base + self.slope * level))

    def in_time(self, level: FloatArray) -> FloatArray:
        """Noise after the filter that changes from frame to frame, at levels of the background.

        Parameters
        ----------
        level : numpy.ndarray
            Levels of the background.

        Returns
        -------
        numpy.ndarray
            Same shape, at most that of :meth:`at`.
        """
        return self.at(level) * min(1.0, self.white / self.filtered)


def sample_frame(frame: GreyBlock, plan: Plan, room: Room) -> Sample:
    """The pixels of a frame that noise is measured on.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.
    room : Room
        With the filtered frame and its background.

    Returns
    -------
    Sample
        One pixel in 81, and as many differences of neighbours.
    """
    few = slice(0, None, EVERY)
    top = plan.top[few]
    above, below = room.ground[top, few], room.ground[np.minimum(top + 1, len(room.ground) - 1), few]
    level = (above + plan.bottom_part[few, None] * (below - above)).astype(np.float32)
    pixels = frame[few].astype(np.float32)
    after = pixels[:, 1::EVERY]
    step = after - pixels[:, ::EVERY][:, : after.shape[1]]
    height = room.image[few, few].ravel().copy()
    return Sample(height=height, level=level.ravel(), step=step.ravel())


def sample_frames(frames: GreyBlock, plan: Plan) -> tuple[Sample, ...]:
    """Samples of several frames.

    Parameters
    ----------
    frames : numpy.ndarray
        Shape (frames, rows, columns), read-only.
    plan : Plan
        Of the video.

    Returns
    -------
    tuple of Sample
        In the same order.
    """
    room, samples = make_room(frames.shape[1:], plan, 1), list[Sample]()
    for k in range(len(frames)):
        find_in_block(frames[k : k + 1], np.ones(1, np.bool_), plan, room)
        samples.append(sample_frame(frames[k], plan, room))
    return tuple(samples)


def measure_noise(samples: tuple[Sample, ...], taps: NDArray[np.float32], polarity: Polarity) -> Noise:
    """Noise of the frames that were sampled, pooled.

    Parameters
    ----------
    samples : tuple of Sample
        At least one.
    taps : numpy.ndarray
        Of the filter.
    polarity : str
        ``bright`` or ``dark``.

    Returns
    -------
    Noise
        Never below the noise of rounding to whole grey levels.
    """
    height = np.concatenate([sample.height for sample in samples])
    level = np.concatenate([sample.level for sample in samples])
    step = np.concatenate([sample.step for sample in samples])
    rounding = noise_gain(taps) / np.sqrt(12)
    overall = max(rounding, lower_spread(height))
    base, slope = noise_by_level(height, level, least=rounding)
    pixel, middle = max(1 / np.sqrt(12), clipped_spread(step) / np.sqrt(2)), float(np.median(level))
    grains = min(MOST_SKEW, pixel / max(middle, 1e-9)) if polarity == "bright" else 0.0
    skewness, kurtosis = tail_gains(taps)
    return Noise(
        pixel=pixel,
        white=pixel * noise_gain(taps),
        filtered=overall,
        base=base,
        slope=slope,
        level=middle,
        skew=grains * skewness,
        excess=max(0.0, 1 / pixel**2 - 3) * kurtosis,
    )


def lower_spread(values: NDArray[Any]) -> float:
    """Standard deviation of the noise in pixels of which some belong to spots, which are all on the upper side.

    Parameters
    ----------
    values : numpy.ndarray
        Heights after the filter.

    Returns
    -------
    float
        Distance of the median to the quantile that lies one standard deviation below it.
    """
    low, middle = np.quantile(values, [0.158655, 0.5])
    return float(middle - low)


def clipped_spread(values: NDArray[Any]) -> float:
    """Standard deviation of what lies within three of them, corrected for what was cut.

    Parameters
    ----------
    values : numpy.ndarray
        Differences, in whole grey levels, so that quantiles would be coarse.

    Returns
    -------
    float
        0 for equal values.
    """
    squared = np.square(values.astype(np.float64))
    spread2 = float(np.mean(squared)) if len(squared) else 0.0
    for _ in range(10):
        inside = squared[squared <= 9 * spread2]
        spread2 = float(np.mean(inside)) / 0.9733 if len(inside) else 0.0  # variance left within 3 sigma
    return float(np.sqrt(spread2))


def noise_by_level(
    height: NDArray[np.float32], level: NDArray[np.float32], *, least: float
) -> tuple[float, float]:
    """Line of the squared noise over the level: light arrives in grains, so bright ground is noisier.

    Parameters
    ----------
    height, level : numpy.ndarray
        Heights after the filter and levels of the background of the same pixels.
    least : float
        Noise that is always there.

    Returns
    -------
    base, slope : float
        A slope of 0 where the levels do not differ.
    """
    order = np.argsort(level, kind="stable")
    parts = np.array_split(order, LEVELS)
    at: FloatArray = np.array([float(np.median(level[part])) for part in parts])
    squared: FloatArray = np.array([max(least, lower_spread(height[part])) ** 2 for part in parts])
    if np.ptp(at) < 1:  # less than a grey level
        return float(np.median(squared)), 0.0
    slope = max(0.0, float(np.polyfit(at, squared, 1)[0]))
    return float(np.mean(squared) - slope * np.mean(at)), slope


def limit_of(
    noise: Noise, *, factor: float, area_px: float, sigma_px: float, part: float = CANDIDATE
) -> Limit:
    """The squared height that maxima need.

    Parameters
    ----------
    noise : Noise
        Of the video.
    factor : float
        Multiplies the automatic threshold.
    area_px : float
        Pixels of a frame.
    sigma_px : float
        Standard deviation of the filter.
    part : float, optional
        Multiplies it once more: candidates need less.

    Returns
    -------
    Limit
        The same everywhere but where the ground is brighter and noisier than its median.
    """
    in_noise = threshold_in_noise(area_px, sigma_px, skew=noise.skew, excess=noise.excess)
    squared = (part * factor * in_noise) ** 2
    return Limit(noise.filtered, squared * noise.filtered**2, squared * noise.base, squared * noise.slope)


def height_at(limit: Limit, level: FloatArray) -> FloatArray:
    """The height that maxima need at levels of the background.

    Parameters
    ----------
    limit : Limit
        Of the video.
    level : numpy.ndarray
        Levels of the background.

    Returns
    -------
    numpy.ndarray
        Same shape.
    """
    return np.sqrt(np.maximum(limit.floor, limit.base + limit.slope * level))
