"""Another simulator of tracking videos, written on its own: what the engine says must not hang on the one that ships.

Choices that differ: spots that widen linearly with distance from the focus, a sheet of light that is Gaussian with
2.5 um, four points of time in an exposure, own brightness of each particle over a factor of about two, brightness
~ d^2, plain Poisson noise at one electron per grey level, an uneven ground around 24, gain not tied to a size, sizes
drawn freely from a normal law, reflecting walls in z.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scripts.validation_videos import FPS, PIXEL_NM, Made, Wanted

from vesicle.measurements import Video
from vesicle.results import FileRef

MOBILITY_UM2_S_NM = 1e9 * 1.380649e-23 * 298.15 / (3 * np.pi * 0.8900e-3) * 1e12
SHEET_UM, HALF_UM, WIDTH_PX, WIDENING_UM = 2.5, 10.0, 1.4, 5.0
GROUND, PEAK, OWN_SPREAD, MARGIN_PX, SUBSTEPS, REACH_PX = 24.0, 50.0, 0.2, 40, 4, 10


@dataclass(frozen=True)
class InMemory:
    """All frames of a short video."""

    grey: np.ndarray
    bits: int = 8

    @property
    def shape(self):
        return self.grey.shape

    def blocks(self, length):
        for at in range(0, len(self.grey), length):
            yield self.grey[at : at + length]


def simulate_second(wanted: Wanted, folder: Path | None = None) -> Made:  # noqa: ARG001 - nothing is written
    rng = np.random.default_rng([42, wanted.seed])
    size_px = np.array([wanted.width_px, wanted.height_px]) + 2 * MARGIN_PX
    volume_ml = np.prod(size_px * PIXEL_NM / 1000) * 2 * HALF_UM * 1e-12
    diameter_nm, part = drawn(wanted, 4000, rng)
    bright = PEAK * brightness(wanted, diameter_nm) * np.exp(rng.normal(0, OWN_SPREAD, 4000))
    z = np.linspace(-HALF_UM, HALF_UM, 401)
    is_seen = bright[:, None] * relative_peak(z) > 3 * np.sqrt(GROUND)
    inside = wanted.width_px * wanted.height_px / np.prod(size_px)
    count = min(round(wanted.per_frame / (is_seen.mean() * inside)), 4000)
    diameter_nm, part, bright = diameter_nm[:count], part[:count], bright[:count]
    box_um = np.append(size_px * PIXEL_NM / 1000, 2 * HALF_UM)
    place = rng.random((count, 3)) * box_um
    grey = np.empty((wanted.frames, wanted.height_px, wanted.width_px), dtype=np.uint8)
    y, x = np.mgrid[0 : wanted.height_px, 0 : wanted.width_px]
    ground = GROUND * (1 + 0.25 * np.sin(x / 150) * np.cos(y / 110) + 0.1 * y / wanted.height_px)
    drift_um = np.append(np.array(wanted.drift_px) * PIXEL_NM / 1000, 0)
    open_s, closed_s = wanted.exposure_ms / 1000, 1 / FPS - wanted.exposure_ms / 1000
    liquid = {"drift_um": drift_um, "box_um": box_um, "rng": rng}
    visible = []
    for image in grey:
        mean = ground.copy()
        for _ in range(SUBSTEPS):
            place = moved(place, diameter_nm, time_s=open_s / SUBSTEPS, **liquid)
            paint(mean, place, bright / SUBSTEPS)
        visible.append(seen_now(place, bright, wanted))
        place = moved(place, diameter_nm, time_s=closed_s, **liquid)
        image[:] = np.minimum(rng.poisson(mean), 255)
    return Made(
        video=Video(
            file=FileRef(path="second.raw", sha256="0" * 64, size_bytes=grey.nbytes),
            reader="second",
            stem="second",
            sample="second",
            frames=InMemory(grey),
        ),
        wanted=wanted,
        per_ml=count / volume_ml,
        diameter_nm=diameter_nm,
        part=part,
        crowding=float(np.mean(visible) / (is_seen[:count].mean() * count * inside)),
    )


def seen_now(place, bright, wanted):
    """Number of particles in the field whose spot is at least three times the noise high."""
    x, y = (place[:, :2] * 1000 / PIXEL_NM - MARGIN_PX).T
    clear = bright * relative_peak(place[:, 2] - HALF_UM) > 3 * np.sqrt(GROUND)
    return (clear & (x >= 0) & (x < wanted.width_px) & (y >= 0) & (y < wanted.height_px)).sum()


def drawn(wanted, count, rng):
    weights = np.array([part.weight for part in wanted.parts])
    part = rng.choice(len(weights), size=count, p=weights / weights.sum())
    size, spread = np.array([(p.size_nm, p.spread) for p in wanted.parts])[part].T
    wide = np.array([p.is_lognormal for p in wanted.parts])[part]
    g = rng.standard_normal(count)
    return np.where(wide, size * spread**g, size * (1 + np.where(wide, 0, spread) * g)), part


def brightness(wanted, diameter_nm):
    if wanted.brightness == "equal":
        return np.ones_like(diameter_nm)
    return (diameter_nm / (wanted.snr_at_nm or min(part.size_nm for part in wanted.parts))) ** 2


def width_px(z_um):
    return WIDTH_PX * (1 + np.abs(z_um) / WIDENING_UM)


def relative_peak(z_um):
    return np.exp(-0.5 * (z_um / SHEET_UM) ** 2) * (WIDTH_PX / width_px(z_um)) ** 2


def moved(place, diameter_nm, *, drift_um, time_s, box_um, rng):
    sd = np.sqrt(2 * MOBILITY_UM2_S_NM / diameter_nm * time_s)
    place = place + sd[:, None] * rng.standard_normal(place.shape) + drift_um * time_s * FPS
    place[:, :2] %= box_um[:2]
    place[:, 2] = np.abs(place[:, 2])
    place[:, 2] = box_um[2] - np.abs(box_um[2] - place[:, 2])
    return place


def paint(mean, place, bright):
    """Add a Gaussian spot per particle; spots of particles beyond the rim reach in."""
    z = place[:, 2] - HALF_UM
    peak = bright * relative_peak(z)
    x, y = (place[:, :2] * 1000 / PIXEL_NM - MARGIN_PX - 0.5).T
    rows, columns = mean.shape
    near = (peak > 0.01) & (np.abs(x - columns / 2) < columns / 2 + 9) & (np.abs(y - rows / 2) < rows / 2 + 9)
    x, y, peak, width = x[near], y[near], peak[near], width_px(z[near])
    offset = np.arange(-REACH_PX, REACH_PX + 1)
    at_x, at_y = np.rint(x).astype(int)[:, None] + offset, np.rint(y).astype(int)[:, None] + offset
    over_x = np.exp(-0.5 * ((at_x - x[:, None]) / width[:, None]) ** 2) * ((at_x >= 0) & (at_x < columns))
    over_y = np.exp(-0.5 * ((at_y - y[:, None]) / width[:, None]) ** 2) * ((at_y >= 0) & (at_y < rows))
    spots = peak[:, None, None] * over_y[:, :, None] * over_x[:, None, :]
    flat = (
        np.clip(at_y, 0, rows - 1)[:, :, None] * columns + np.clip(at_x, 0, columns - 1)[:, None, :]
    ).ravel()
    mean += np.bincount(flat, weights=spots.ravel(), minlength=mean.size).reshape(mean.shape)
