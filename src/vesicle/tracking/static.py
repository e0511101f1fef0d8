"""What never moves in a whole video, such as dirt and the edge of a flare; slow particles are no part of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.tracking.spots import X, Y

FEWEST_SAMPLES = 12
"""Below this nothing is called static: too little time has passed."""

PERIODS = 4
"""Parts of the video; what is static stands in all of them, a slow particle moves on."""

STEADY = 0.7
"""Dirt keeps its height; a particle that moves by its own width loses more than half of it for a while."""

SEEN = 1.5
"""Height of a structure, in standard deviations of the filtered noise of one frame, from which on it is seen."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """What each pixel never fell below, in single frames and in means over periods; changes while a video is read.

    ``expected`` is the number of frames that will be added.
    """

    least: NDArray[np.float32]
    least_mean: NDArray[np.float32]
    total: NDArray[np.float32]
    expected: int
    count: int = 0
    added: int = 0

    def add(self, image: NDArray[np.float32]) -> None:
        """Take one more frame into account.

        Parameters
        ----------
        image : numpy.ndarray
            A frame after the filter.
        """
        np.minimum(self.least, image, out=self.least)
        self.total += image
        self.count += 1
        self.added += 1
        if self.added * PERIODS >= self.expected:
            self.total /= self.added
            np.minimum(self.least_mean, self.total, out=self.least_mean)
            self.total[:] = 0
            self.added = 0

    def structure(self, noise: float) -> NDArray[np.float32]:
        """Height of what never moved, 0 elsewhere.

        Parameters
        ----------
        noise : float
            Standard deviation after the filter.

        Returns
        -------
        numpy.ndarray
            Shape of a frame; all 0 when too few frames were seen.
        """
        if self.count < FEWEST_SAMPLES or not np.isfinite(self.least_mean[0, 0]):
            return np.zeros_like(self.least)
        below = np.sqrt(2 * np.log(self.count)) * noise  # how far noise alone goes down in so many frames
        low = 1.03 * noise * np.sqrt(PERIODS / self.count)  # the least of four means lies so far below them
        height = self.least_mean + np.float32(low)
        is_steady = (height > SEEN * noise) & (self.least + np.float32(below) >= STEADY * height)
        return np.where(is_steady, height, np.float32(0))


def nothing_stands(shape: tuple[int, int], expected: int) -> Standing:
    """The state before the first frame.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    expected : int
        Number of frames that will be added.

    Returns
    -------
    Standing
        To be filled by ``add``.
    """
    beyond = np.full(shape, np.inf, np.float32)
    return Standing(
        least=beyond, least_mean=beyond.copy(), total=np.zeros(shape, np.float32), expected=expected
    )


def height_above(
    spots: NDArray[np.float32], height: FloatArray, structure: NDArray[np.float32]
) -> FloatArray:
    """Height of spots above what never moves; of what belongs to it, 0.

    Parameters
    ----------
    spots : numpy.ndarray
        Table of candidates.
    height : numpy.ndarray
        Their heights.
    structure : numpy.ndarray
        From :meth:`Standing.structure`.

    Returns
    -------
    numpy.ndarray
        Shape (spots,).
    """
    rows = np.clip(np.rint(spots[:, Y]).astype(np.int64), 0, structure.shape[0] - 1)
    columns = np.clip(np.rint(spots[:, X]).astype(np.int64), 0, structure.shape[1] - 1)
    below = structure[rows, columns].astype(np.float64)
    own = height - below
    return np.where(own > 0.3 * below, own, 0.0)
