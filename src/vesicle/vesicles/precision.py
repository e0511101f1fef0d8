"""How well positions are known: the error of a position, and the blur of motion during the exposure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned
from vesicle.vesicles.scales import Optics

if TYPE_CHECKING:
    from vesicle.inference.displacements import Steps

WORST_OVER_BEST, WORST_PX, STREAK = 2.1, 0.05, 0.0025
"""How much worse than the best possible our positions may be: a factor of the variance, an error of their own, and a
share of the square of the motion during the exposure, in px^2: a short streak is found at its middle, one that is
longer than the spot is wide is not. House rule, from videos of 50 to 200 nm that two simulators made: the factor was
1.9 to 2.4; the square was seen with exposures of 0 to 100 % of the frame."""

MOST_BLUR = 0.24
"""A shutter that is always open has 1/6; compression in time can blur more, and 1/4 cannot be modelled."""

_SURELY = 4.0
"""Standard errors beyond which neighbouring displacements are surely more alike than the exposure allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionError:
    """The variance of a position along an axis in um^2, the blur (exposure over six frame times), and doubts."""

    variance_um2: float
    blur: float
    warnings: tuple[Warned, ...] = ()


def position_error(
    steps: Steps, optics: Optics, trajectories: Trajectories, *, noise_grey: float | None, frames: int = 1
) -> PositionError:
    """The error and the blur of positions, from neighbouring displacements and from the brightness of spots.

    A few wrong links look like a large error of position, since a step that goes astray comes back. No unbiased
    position is better than 2 / pi over the squared signal to noise (in pixels, for a Gaussian spot in even noise),
    and ours are not much worse; a spot that moves while the shutter is open is a streak, whose centre is a little
    off.

    Parameters
    ----------
    steps : Steps
        Displacements in um.
    optics : Optics
        With the blur, None where nothing states the exposure.
    trajectories : Trajectories
        With peaks where there are pixels.
    noise_grey : float or None
        Noise of a pixel.
    frames : int, optional
        How many frames a step takes.

    Returns
    -------
    PositionError
        With a warning where the data gave the blur.

    Notes
    -----
    **Source**: the two moments of neighbouring displacements are those of Berglund (2010, not seen); the bounds are
    ours.
    """
    from vesicle.inference.localisation import pooled_noise

    least = _least_variance(trajectories, noise_grey)
    least_um2 = (least or 0.0) * optics.pixel_um**2
    blur, doubts = _blur(_moments(steps), optics, least_um2, frames)
    found = pooled_noise(steps, blur=blur / frames)
    if least is None:
        return PositionError(variance_um2=found, blur=blur, warnings=doubts)
    moved = 6 * blur / frames * float(np.mean(steps.dx**2 + steps.dy**2)) / 2
    streak = STREAK * (moved / optics.pixel_um) ** 2
    most = WORST_OVER_BEST * least_um2 + (WORST_PX * optics.pixel_um) ** 2 + streak
    return PositionError(variance_um2=min(max(found, least_um2), most), blur=blur, warnings=doubts)


def _least_variance(trajectories: Trajectories, noise_grey: float | None) -> float | None:
    """The variance of the best possible position, in px^2; None without pixels."""
    if trajectories.peak is None or noise_grey is None:
        return None
    return float(np.mean(2 / np.pi * (noise_grey / np.maximum(trajectories.peak, noise_grey)) ** 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moments:
    """Mean square of a displacement, mean product with the next one, and the latter's standard error."""

    square: float
    product: float
    error: float


def _moments(steps: Steps) -> _Moments:
    is_next = np.ones(len(steps.dx), dtype=np.bool_)
    is_next[steps.starts] = False
    here = np.flatnonzero(is_next)
    products: FloatArray = steps.dx[here] * steps.dx[here - 1] + steps.dy[here] * steps.dy[here - 1]
    square = float(np.mean(steps.dx**2 + steps.dy**2)) / 2
    if not len(here):
        return _Moments(square=square, product=0.0, error=math.inf)
    return _Moments(
        square=square, product=float(products.mean()) / 2, error=square / math.sqrt(2 * len(here))
    )


def _blur(
    moments: _Moments, optics: Optics, least_um2: float, frames: int
) -> tuple[float, tuple[Warned, ...]]:
    """The blur of one frame; a step over more frames has its share of it."""
    twice_diffusion = max(moments.square + 2 * moments.product, 1e-12)
    of_data = min(max(frames * (moments.product + least_um2) / twice_diffusion, 0.0), MOST_BLUR * frames)
    exposure = f"{6 * of_data:.0%} of the frame time"
    if optics.blur is None:
        message = (
            f"Nothing states the exposure. As alike as neighbouring displacements are, it is about {exposure}; state "
            "it with --exposure-ms, or exposure_ms under [video] in vesicle.toml."
        )
        return of_data, (Warned(code="exposure_estimated", message=message),)
    if moments.product > optics.blur / frames * twice_diffusion + _SURELY * moments.error:
        message = (
            f"Neighbouring displacements are more alike than the stated exposure allows, as if the shutter were open "
            f"for {exposure} (or frames were compressed together); the data's value is used."
        )
        return of_data, (Warned(code="blur_beyond_exposure", message=message),)
    return optics.blur, ()
