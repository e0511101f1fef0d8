"""What never moves in a whole video, such as dirt and the edge of a flare; slow particles are no part of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.tracking.spots import X, Y

FEWEST_SAMPLES = 8
"""Below this nothing is called static: too little time has passed."""

STEADY = 0.7
"""Dirt keeps its height; a particle that moves by its own width loses more than half of it for a while."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """Least and summed height of each pixel over the frames that were sampled; changes while a video is read."""

    least: NDArray[np.float32]
    total: NDArray[np.float32]
    count: int = 0

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
        if self.count < FEWEST_SAMPLES:
            return np.zeros_like(self.least)
        mean = self.total / self.count
        lowest = np.sqrt(2 * np.log(self.count)) * noise  # how far noise alone goes down in so many frames
        is_steady = (self.least > 0) & (self.least + lowest >= STEADY * mean)
        return np.where(is_steady, mean, np.float32(0))


def nothing_stands(shape: tuple[int, int]) -> Standing:
    """The state before the first frame.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    Standing
        To be filled by ``add``.
    """
    return Standing(least=np.full(shape, np.inf, np.float32), total=np.zeros(shape, np.float32))


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
