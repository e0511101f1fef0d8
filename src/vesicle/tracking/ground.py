"""The local background of a frame: means of cells, of which the median outvotes spots, joined by straight lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.video import GreyBlock
from vesicle.tracking.plan import Plan


@compiled
def cell_means(frame: GreyBlock, cell: int) -> NDArray[np.float32]:
    """Mean grey level of square cells; those of the last row and column take what is left.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    cell : int
        Side of a cell in pixels.

    Returns
    -------
    numpy.ndarray
        One mean per cell.
    """
    rows, columns = frame.shape
    down, across = max(1, rows // cell), max(1, columns // cell)
    means = np.empty((down, across), np.float32)
    sums = np.empty(columns, np.int32)
    for i in range(down):
        first = i * cell
        last = rows if i == down - 1 else first + cell
        for x in range(columns):
            sums[x] = 0
        for y in range(first, last):
            row = frame[y]
            for x in range(columns):
                sums[x] += row[x]
        for j in range(across):
            start = j * cell
            end = columns if j == across - 1 else start + cell
            total = 0
            for x in range(start, end):
                total += sums[x]
            means[i, j] = total / ((last - first) * (end - start))
    return means


@compiled
def middle_of_five(five: tuple[np.float32, np.float32, np.float32, np.float32, np.float32]) -> np.float32:
    """Median of five numbers.

    Parameters
    ----------
    five : tuple of float
        In any order.

    Returns
    -------
    float
        The third of them in order.
    """
    a, b, c, d, e = five
    low = max(min(a, b), min(c, d))
    high = min(max(a, b), max(c, d))
    return max(min(low, high), min(max(low, high), e))


@compiled
def median_along_columns(means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median of each cell with the two above and the two below; the outermost count again at the rim.

    Parameters
    ----------
    means : numpy.ndarray
        One number per cell.

    Returns
    -------
    numpy.ndarray
        Transposed, so that doing it twice does both axes.
    """
    down, across = means.shape
    turned = np.empty((across, down), np.float32)
    for i in range(down):
        a, b = means[max(i - 2, 0)], means[max(i - 1, 0)]
        d, e = means[min(i + 1, down - 1)], means[min(i + 2, down - 1)]
        c = means[i]
        for j in range(across):
            turned[j, i] = middle_of_five((a[j], b[j], c[j], d[j], e[j]))
    return turned


@compiled
def smooth_along_columns(means: NDArray[np.float32]) -> NDArray[np.float32]:
    """A quarter of both neighbours and a half of each cell, straight on at the rim.

    Parameters
    ----------
    means : numpy.ndarray
        One number per cell.

    Returns
    -------
    numpy.ndarray
        Transposed, so that doing it twice does both axes.
    """
    down, across = means.shape
    turned = np.empty((across, down), np.float32)
    for i in range(down):
        step = 1 if 0 < i < down - 1 else 0
        for j in range(across):
            sides = means[i - step, j] + means[i + step, j]
            turned[j, i] = np.float32(0.5) * means[i, j] + np.float32(0.25) * sides
    return turned


@compiled
def background_rows(frame: GreyBlock, plan: Plan, wide: NDArray[np.float32]) -> None:
    """Background at every column of pixels, for each row of cells.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns).
    plan : Plan
        Of the video.
    wide : numpy.ndarray
        Shape (rows of cells, columns), written; what lies between two rows of cells is a weighted mean of both.
    """
    middle = median_along_columns(median_along_columns(cell_means(frame, plan.cell)))
    cells = smooth_along_columns(smooth_along_columns(middle))
    down, across = cells.shape
    for i in range(down):
        row = wide[i]
        for x in range(row.size):
            left = plan.left[x]
            here = cells[i, left]
            row[x] = here + plan.right_part[x] * (cells[i, min(left + 1, across - 1)] - here)
