"""A video of particles in Brownian motion, frame by frame, with the truth beside every frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta_camera import empty_scene, record
from vesicle.simulate.nta_motion import exposures_um
from vesicle.simulate.nta_plan import VideoPlan
from vesicle.simulate.nta_settings import VISIBLE_SNR
from vesicle.simulate.nta_spots import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """The visible particles of one frame: which, where during the exposure on average, and how clearly."""

    particle: NDArray[np.int64]
    x_px: FloatArray
    y_px: FloatArray
    z_um: FloatArray
    snr: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedFrame:
    """One frame as the camera wrote it, shape (rows, columns), and what is visible in it."""

    image: GreyBlock
    visible: Visible


def simulate_frames(plan: VideoPlan) -> Iterator[SimulatedFrame]:
    """The frames of a video, one after the other; nothing is written.

    Parameters
    ----------
    plan : VideoPlan
        From :func:`plan_video`.

    Yields
    ------
    SimulatedFrame
        As many as the settings say; always the same for the same settings.
    """
    settings = plan.settings
    scene = empty_scene(settings, np.random.default_rng([settings.seed, 2]))
    noise = np.random.default_rng([settings.seed, 3])
    for path_um in exposures_um(plan):
        mean = _exposed(plan, scene, path_um)
        yield SimulatedFrame(image=record(mean, settings, noise), visible=_visible(plan, path_um))


def _exposed(plan: VideoPlan, scene: Image, path_um: FloatArray) -> Image:
    """The mean image of one exposure: the scene and all spots at all points of time."""
    place_px, z_um = _pixels(plan, path_um).reshape(-1, 2), path_um[:, :, 2]
    sign = -1.0 if plan.settings.dark else 1.0
    grey = sign / len(path_um) * plan.peak_grey * plan.optics.light(z_um)
    image = scene.copy()
    plan.optics.spots.paint(image, place_px, grey.ravel(), z_um.ravel())
    return image


def _pixels(plan: VideoPlan, place_um: FloatArray) -> FloatArray:
    """Column and row, the centre of the first pixel at 0."""
    return place_um[..., :2] * 1000 / plan.settings.pixel_nm - plan.box.margin_px - 0.5


def _visible(plan: VideoPlan, path_um: FloatArray) -> Visible:
    place_um = path_um.mean(axis=0)
    x_px, y_px = _pixels(plan, place_um).T
    snr = plan.peak_grey * plan.optics.peak(place_um[:, 2]) / plan.noise_grey
    inside_x = (x_px >= -0.5) & (x_px < plan.settings.width_px - 0.5)
    inside_y = (y_px >= -0.5) & (y_px < plan.settings.height_px - 0.5)
    seen = np.flatnonzero(inside_x & inside_y & (snr >= VISIBLE_SNR))
    return Visible(particle=seen, x_px=x_px[seen], y_px=y_px[seen], z_um=place_um[seen, 2], snr=snr[seen])
