"""Small videos with known spots, and particles with known tracks; written for the tests of tracking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vesicle.tracking.records import Detected

LEVEL, NOISE = 24.0, 2.0


@dataclass(frozen=True)
class Stack:
    """Frames in memory; keeps the longest block that was asked for."""

    pixels: np.ndarray
    bits: int = 8

    @property
    def shape(self):
        return self.pixels.shape

    def blocks(self, length):
        for start in range(0, len(self.pixels), length):
            block = self.pixels[start : start + length].view()
            block.flags.writeable = False
            yield block


def gaussians(spots, shape, sigma):
    """The sum of Gaussian spots (x, y, peak), without noise."""
    y, x = np.arange(shape[0])[:, None], np.arange(shape[1])
    image = np.zeros(shape)
    for at_x, at_y, peak in spots:
        image += (
            peak * np.exp(-((y - at_y) ** 2) / (2 * sigma**2)) * np.exp(-((x - at_x) ** 2) / (2 * sigma**2))
        )
    return image


def camera(image, rng, *, noise=NOISE, level=LEVEL, bits=8):
    """An image as a camera gives it: level, noise, whole numbers, ceiling."""
    noisy = level + image + noise * rng.standard_normal(image.shape)
    return np.clip(np.rint(noisy), 0, 2**bits - 1).astype(np.uint8 if bits == 8 else np.uint16)


def video(frames_of_spots, shape=(120, 160), *, sigma=1.5, seed=0, **how):
    """A video of known spots."""
    rng = np.random.default_rng(seed)
    return np.stack([camera(gaussians(spots, shape, sigma), rng, **how) for spots in frames_of_spots])


def apart(rng, count, shape=(120, 160), *, rim=8, distance=14):
    """Random places that are not close to each other or to the rim."""
    places = []
    while len(places) < count:
        place = rng.uniform((rim, rim), (shape[1] - rim, shape[0] - rim))
        if all(np.hypot(*(place - other)) > distance for other in places):
            places.append(place)
    return np.array(places)


def matched(detected, truth, *, frame, within=2.0):
    """For each true spot of a frame the number of the nearest found one, or -1."""
    rows = np.flatnonzero(detected.frame == frame)
    if not len(rows):
        return np.full(len(truth), -1)
    away = np.hypot(truth[:, 0][:, None] - detected.x_px[rows], truth[:, 1][:, None] - detected.y_px[rows])
    nearest = away.argmin(axis=1)
    return np.where(away.min(axis=1) < within, rows[nearest], -1)


def walkers(*, frames, a_frame, step_px, drift=(0.0, 0.0), shape=(480, 640), seed=0, thickness_px=36.0):
    """Brownian particles in a slab of a larger box: columns frame, x, y, particle; ``step_px`` may be several."""
    rng = np.random.default_rng(seed)
    margin, deep = 40.0, 4.0
    box = np.array([shape[1] + 2 * margin, shape[0] + 2 * margin, deep * thickness_px])
    count = int(a_frame * box.prod() / (shape[0] * shape[1] * thickness_px))
    step = np.resize(np.atleast_1d(step_px), count)[:, None]
    place = rng.uniform(0, 1, (count, 3)) * box
    rows = []
    for frame in range(frames):
        x, y, z = place.T
        inside = (x > margin) & (x < margin + shape[1]) & (y > margin) & (y < margin + shape[0])
        seen = np.flatnonzero(inside & (np.abs(z - box[2] / 2) < thickness_px / 2))
        rows.append(np.stack([np.full(len(seen), frame), x[seen] - margin, y[seen] - margin, seen], axis=1))
        place = (place + step * rng.standard_normal((count, 3)) + np.array([*drift, 0.0])) % box
    return np.concatenate(rows)


def as_detected(rows, *, frames, shape=(480, 640), peak=10.0, repeated=()):
    """Known places as if they had been found."""
    return Detected(
        frame=rows[:, 0].astype(np.int64),
        x_px=rows[:, 1].copy(),
        y_px=rows[:, 2].copy(),
        peak=np.broadcast_to(np.asarray(peak, float), (len(rows),)).copy(),
        is_saturated=np.zeros(len(rows), bool),
        frames=frames,
        height_px=shape[0],
        width_px=shape[1],
        margin_px=3,
        threshold=4.0,
        threshold_factor=1.0,
        noise_grey=NOISE,
        level_grey=LEVEL,
        spot_sigma_px=1.5,
        polarity="bright",
        repeated=repeated,
    )


def particle_of(rows, trajectories):
    """The true particle of each point of trajectories."""
    known = {
        (int(frame), x, y): int(particle)
        for frame, x, y, particle in zip(*(rows[:, k] for k in range(4)), strict=True)
    }
    points = zip(trajectories.frame.tolist(), trajectories.x_px, trajectories.y_px, strict=True)
    return np.array([known[point] for point in points])


def wrong_links(rows, linked):
    """Share of links that join different particles, and share of the true steps that were not made."""
    tracks = linked.trajectories
    particle = particle_of(rows, tracks)
    joined = tracks.track[1:] == tracks.track[:-1]
    right = joined & (particle[1:] == particle[:-1]) & (np.diff(tracks.frame) == 1)
    order = np.lexsort((rows[:, 0], rows[:, 3]))
    steps = np.sum((np.diff(rows[order, 3]) == 0) & (np.diff(rows[order, 0]) == 1))
    wrong = joined & (particle[1:] != particle[:-1])
    return wrong.sum() / max(1, joined.sum()), 1 - right.sum() / steps
