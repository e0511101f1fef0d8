"""Sources that diffuse along one axis through a profile of brightness: the truth for visible depths."""

import numpy as np

BOX = 24.0


def brightness(z, *, sigma=2.5, tail=4.0):
    """A Gaussian sheet whose light also falls by defocus, which makes wider tails than a Gaussian."""
    return np.exp(-z * z / (2 * sigma**2)) / (1 + (z / tail) ** 2)


def true_depth(level, peak, spread, *, rng):
    """The depth in which a source of this peak in focus is brighter than the level."""
    z = np.linspace(-BOX / 2, BOX / 2, 2001)
    peaks = peak * np.exp(spread * rng.normal(size=200))
    return float(np.mean(peaks[:, None] * brightness(z) > level)) * BOX


def sightings(*, sources, frames, peak, variance, noise, spread, rng):
    """Peaks of all sources in all frames, shape (frames, sources); ``variance`` is that of a step along z."""
    z = rng.uniform(-BOX / 2, BOX / 2, sources)
    own = peak * np.exp(spread * rng.normal(size=sources))
    rows = []
    for _ in range(frames):
        rows.append(own * brightness(z) + noise * rng.normal(size=sources))
        z = (z + np.sqrt(variance) * rng.normal(size=sources) + BOX / 2) % BOX - BOX / 2
    return np.array(rows)
