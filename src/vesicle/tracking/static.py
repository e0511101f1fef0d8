"""What never moves in a whole video, such as dirt and the edge of a flare; slow particles are no part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.tracking.spots import HEIGHT, X, Y

FEWEST_SAMPLES = 12
"""Below this nothing is called static: too little time has passed."""

ROOM_BYTES = 16_000_000
"""Samples of all frames together take no more; of large frames, every second pixel or fewer are kept."""

FINENESS, ZERO, HIGHEST = 12, 64, 255
"""Heights are kept as bytes: their square roots in noise, signs kept, times the first, plus the second number."""

LOW = 0.15
"""A particle is elsewhere in more than this part of the samples; dirt and flares are always there."""

SPREAD, FLICKER = 1.6, 0.15
"""How far the low quantile of what is static may lie below its median: in noise, and as part of its height."""

SEEN = 1.2
"""Height of a structure, in standard deviations of the filtered noise of one frame, from which on it is seen."""

OWN = 0.3
"""Height of a particle in front of a structure, relative to that, from which on it is told from its flicker."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """Heights of pixels in the frames that were sampled, coarsely; changes while a video is read.

    ``noise`` is the unit of the heights, ``every`` says which rows and columns are kept.
    """

    noise: float
    every: int
    samples: list[NDArray[np.uint8]] = field(default_factory=list[NDArray[np.uint8]])

    def bytes_of(self, image: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Heights of a frame, as they are kept.

        Parameters
        ----------
        image : numpy.ndarray
            A frame after the filter.

        Returns
        -------
        numpy.ndarray
            Of every row and column that is kept.
        """
        kept = image[:: self.every, :: self.every]
        root = np.copysign(np.sqrt(np.abs(kept) * np.float32(FINENESS**2 / self.noise)), kept)
        return np.clip(root + np.float32(ZERO + 0.5), 0, HIGHEST).astype(np.uint8)

    def height_at(self, y: NDArray[np.int64], x: NDArray[np.int64], noise: FloatArray) -> FloatArray:
        """Height of what never moved at some pixels, 0 elsewhere.

        Parameters
        ----------
        y, x : numpy.ndarray
            The pixels.
        noise : numpy.ndarray
            Standard deviation after the filter at each of them.

        Returns
        -------
        numpy.ndarray
            Shape (pixels,); all 0 when too few frames were seen.
        """
        if len(self.samples) < FEWEST_SAMPLES or not len(x):
            return np.zeros(len(x))
        rows, columns = self.samples[0].shape
        place = np.minimum(y // self.every, rows - 1) * columns + np.minimum(x // self.every, columns - 1)
        places, where = np.unique(place, return_inverse=True)
        seen = np.stack([sample.ravel()[places] for sample in self.samples])
        ranks = (int(LOW * len(seen)), len(seen) // 2)
        seen.partition(ranks, axis=0)
        low, middle = (self.heights(seen[k][where]) for k in ranks)
        is_steady = middle - low < SPREAD * noise + FLICKER * middle
        return np.where(is_steady & (middle > SEEN * noise), middle, 0.0)

    def heights(self, kept: NDArray[np.uint8]) -> FloatArray:
        """Heights that were kept as bytes.

        Parameters
        ----------
        kept : numpy.ndarray
            Bytes.

        Returns
        -------
        numpy.ndarray
            Heights after the filter, same shape.
        """
        root = (kept.astype(np.float64) - ZERO) / FINENESS
        return self.noise * root * np.abs(root)


def nothing_stands(shape: tuple[int, int], *, noise: float, expected: int) -> Standing:
    """The state before the first frame.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    noise : float
        Standard deviation after the filter.
    expected : int
        Number of frames that will be added.

    Returns
    -------
    Standing
        To be filled by ``add``.
    """
    every = math.ceil(math.sqrt(expected * shape[0] * shape[1] / ROOM_BYTES))
    return Standing(noise=noise, every=max(1, every))


def height_above(spots: NDArray[np.float32], standing: Standing, noise: FloatArray) -> FloatArray:
    """Height of spots above what never moves; of what belongs to it, 0.

    Parameters
    ----------
    spots : numpy.ndarray
        Table of candidates.
    standing : Standing
        After the whole video.
    noise : numpy.ndarray
        Shape (spots,): standard deviation after the filter at each of them.

    Returns
    -------
    numpy.ndarray
        Shape (spots,).
    """
    y, x = (np.rint(spots[:, column]).astype(np.int64) for column in (Y, X))
    below = standing.height_at(y, x, noise)
    own = spots[:, HEIGHT] - below
    return np.where(own > OWN * below, own, 0.0)
