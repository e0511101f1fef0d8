"""Camera frames with invented particles."""

import numpy as np


def spotted(x_px, y_px, *, shape=(480, 640), level=24.0, gain=1.0, seed=1):
    """A frame with uneven light, noise and one spot of its own width and height at each place."""
    draw = np.random.default_rng(seed)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    light = level * (1 + 0.35 * np.exp(-(((rows / shape[0] - 0.4) / 0.35) ** 2)))
    widths, peaks = draw.uniform(1.5, 3.2, len(x_px)), draw.lognormal(3.4, 0.6, len(x_px))
    for x, y, width, peak in zip(x_px, y_px, widths, peaks, strict=True):
        near = (slice(max(0, int(y) - 12), int(y) + 13), slice(max(0, int(x) - 12), int(x) + 13))
        distance = (rows[near] - y) ** 2 + (columns[near] - x) ** 2
        light[near] += gain * peak * np.exp(-distance / (2 * width**2))
    noisy = draw.normal(light, np.sqrt(np.clip(light, 1, None) / 3 + 2))
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
