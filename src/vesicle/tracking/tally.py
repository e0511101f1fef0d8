"""What was found while a video was read, and what of it stays once the noise of the whole video is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned
from vesicle.tracking.filters import spot_response, spots_of_noise
from vesicle.tracking.learning import MOST_SPOTS, USUAL_SIGMA_PX, Learned
from vesicle.tracking.noise import Noise, Sample, height_at, limit_of, measure_noise
from vesicle.tracking.plan import margin_px
from vesicle.tracking.records import Detected, DetectionSettings
from vesicle.tracking.spots import COLUMNS, FRAME, HEIGHT, LEVEL, SATURATED, X, Y
from vesicle.tracking.static import Standing, height_above

MANY_SATURATED = 0.05
FEW_STATIC = 0.05
FEW_OF_NOISE = 0.05
"""Share of the spots that noise alone may give before it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one thread found in some frames; ``standing`` are heights of the sampled ones, as bytes."""

    spots: NDArray[np.float32]
    full: int
    samples: tuple[Sample, ...]
    standing: tuple[NDArray[np.uint8], ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was found so far; one frame in ``every`` is sampled, ``full`` counts those with too many candidates."""

    standing: Standing
    every: int
    spots: list[NDArray[np.float32]] = field(default_factory=list[NDArray[np.float32]])
    samples: list[Sample] = field(default_factory=list[Sample])
    repeated: list[int] = field(default_factory=list[int])
    frames: int = 0
    full: int = 0

    def add(self, part: Part) -> None:
        """Take what one thread found.

        Parameters
        ----------
        part : Part
            The next frames in order.
        """
        self.spots.append(part.spots)
        self.samples.extend(part.samples)
        self.full += part.full
        self.standing.samples.extend(part.standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Spots that stay: their rows of the table, their heights after the filter, and how many stood still.

    ``least`` is the height that is needed where the ground has its usual level.
    """

    spots: NDArray[np.float32]
    height: FloatArray
    static: int
    least: float


def conclude(
    tally: Tally, learned: Learned, settings: DetectionSettings, *, shape: tuple[int, int]
) -> Detected:
    """The spots above the threshold that follows from the noise of the whole video.

    Parameters
    ----------
    tally : Tally
        All frames.
    learned : Learned
        From the first frames.
    settings : DetectionSettings
        With the factor of the threshold.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    Detected
        Heights are those of spots of the usual width: after the filter, over its response.
    """
    sigma, taps = learned.sigma_px, learned.taps
    noise = learned.noise
    if tally.samples:
        noise = measure_noise(tuple(tally.samples), taps, learned.polarity)
    kept = keep_spots(tally, noise, learned, factor=settings.threshold_factor, area_px=shape[0] * shape[1])
    response = spot_response(taps, sigma)
    of_noise = spots_of_noise_in(noise, learned, least=kept.least, shape=shape)
    spots = kept.spots
    return Detected(
        frame=spots[:, FRAME].astype(np.int64),
        x_px=spots[:, X].astype(np.float64),
        y_px=spots[:, Y].astype(np.float64),
        peak=kept.height / response,
        is_saturated=spots[:, SATURATED] > 0,
        frames=tally.frames,
        height_px=shape[0],
        width_px=shape[1],
        margin_px=margin_px(sigma),
        threshold=kept.least / response,
        threshold_factor=settings.threshold_factor,
        noise_grey=noise.pixel,
        level_grey=noise.level,
        spot_sigma_px=sigma,
        polarity=learned.polarity,
        repeated=tuple(tally.repeated),
        noise_spots=of_noise,
        warnings=tuple(doubts_of(tally, learned, kept, of_noise=of_noise)),
    )


def spots_of_noise_in(noise: Noise, learned: Learned, *, least: float, shape: tuple[int, int]) -> float:
    """How many spots a frame would have if it showed noise alone.

    Parameters
    ----------
    noise : Noise
        Of the whole video.
    learned : Learned
        With the width of the filter.
    least : float
        Height that spots need.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    float
        By the noise that changes from frame to frame; faint particles out of focus do not count as noise.
    """
    margin = margin_px(learned.sigma_px)
    area = max(0, shape[0] - 2 * margin) * max(0, shape[1] - 2 * margin)
    in_noise = least / min(noise.filtered, noise.white)
    return spots_of_noise(in_noise, area, learned.sigma_px, skew=noise.skew, excess=noise.excess)


def keep_spots(tally: Tally, noise: Noise, learned: Learned, *, factor: float, area_px: int) -> Kept:
    """Candidates above the final threshold that are no part of what never moves.

    Parameters
    ----------
    tally : Tally
        All candidates.
    noise : Noise
        Of the whole video.
    learned : Learned
        With the noise that the candidates were chosen by.
    factor : float
        Multiplies the automatic threshold.
    area_px : int
        Pixels of a frame.

    Returns
    -------
    Kept
        In the order of the frames, then of rows.
    """
    spots = np.concatenate([np.empty((0, COLUMNS), np.float32), *tally.spots])
    level, height = spots[:, LEVEL].astype(np.float64), spots[:, HEIGHT].astype(np.float64)
    final = limit_of(noise, factor=factor, area_px=area_px, sigma_px=learned.sigma_px, part=1.0)
    first = limit_of(learned.noise, factor=factor, area_px=area_px, sigma_px=learned.sigma_px)
    least = np.maximum(height_at(final, level), height_at(first, level))
    own = height_above(spots, tally.standing, noise.in_time(level))
    is_kept = own >= least
    static = int(np.count_nonzero((height >= least) & ~is_kept))
    usual = max(final.floor, first.floor) ** 0.5
    return Kept(spots=spots[is_kept], height=own[is_kept], static=static, least=usual)


def nothing_found(settings: DetectionSettings, *, shape: tuple[int, int]) -> Detected:
    """What a video without frames gives.

    Parameters
    ----------
    settings : DetectionSettings
        Repeated in the result.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    Detected
        Without spots, with a warning.
    """
    nothing = np.empty(0)
    return Detected(
        frame=np.empty(0, np.int64),
        x_px=nothing,
        y_px=nothing,
        peak=nothing,
        is_saturated=np.empty(0, np.bool_),
        frames=0,
        height_px=shape[0],
        width_px=shape[1],
        margin_px=margin_px(settings.spot_sigma_px or USUAL_SIGMA_PX),
        threshold=0.0,
        threshold_factor=settings.threshold_factor,
        noise_grey=0.0,
        level_grey=0.0,
        spot_sigma_px=settings.spot_sigma_px or USUAL_SIGMA_PX,
        polarity=settings.polarity or "bright",
        warnings=(Warned(code="no_frames", message="The video holds no frame."),),
    )


def doubts_of(tally: Tally, learned: Learned, kept: Kept, *, of_noise: float) -> Iterator[Warned]:
    """What a user should know about the spots of a video.

    Parameters
    ----------
    tally : Tally
        All candidates.
    learned : Learned
        From the first frames.
    kept : Kept
        The spots that stayed.
    of_noise : float
        Spots that a frame would have if it showed noise alone.

    Yields
    ------
    Warned
        One per doubt.
    """
    spots, frames = len(kept.spots), tally.frames
    if frames == 1:
        yield Warned(code="one_frame", message="The video holds one frame, so nothing can be followed.")
    if not spots:
        yield Warned(code="no_spots", message="No spot stands out of the noise in any frame.")
    elif not learned.is_width_seen:
        message = f"Too few spots stand alone to see how wide they are; {learned.sigma_px:g} px was assumed."
        yield Warned(code="spot_width_assumed", message=message)
    found = spots / max(1, frames - len(tally.repeated))
    if of_noise > FEW_OF_NOISE * found > 0:
        message = (
            f"Noise alone would give about {min(of_noise, found):.2g} of the {found:.2g} spots a frame at this "
            "threshold; those that are linked by chance count as particles."
        )
        yield Warned(code="spots_of_noise", message=message)
    if tally.repeated:
        message = f"{len(tally.repeated)} of {frames} frames repeat the one before; they are not used."
        yield Warned(code="frames_repeated", message=message, row=tally.repeated[0])
    if kept.static > FEW_STATIC * frames:
        message = f"{kept.static / frames:.2g} spots a frame never move and are left out, such as dirt."
        yield Warned(code="static_spots", message=message)
    if tally.full:
        message = f"{tally.full} frames have more than {MOST_SPOTS} maxima above the threshold; the rest is left out."
        yield Warned(code="too_many_spots", message=message)
    if spots and (share := float(np.mean(kept.spots[:, SATURATED] > 0))) > MANY_SATURATED:
        message = f"{100 * share:.0f} % of the spots touch the ceiling of the camera; their height is a lower bound."
        yield Warned(code="spots_saturated", message=message)
