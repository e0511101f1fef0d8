"""Newton's method for a penalised log density, compiled; see :mod:`vesicle.inference.smoothing` for what it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

IntArray = NDArray[np.int64]

FLOOR = 1e-6
"""Added to the likelihood of every observation, relative to its best place: bounds what an outlier can do."""


@compiled
def density_of(spline: FloatArray, blend: FloatArray, density: FloatArray) -> None:
    """Writes the density of a spline.

    Parameters
    ----------
    spline : numpy.ndarray
        Coefficients.
    blend : numpy.ndarray
        As from :func:`vesicle.inference.splines.blend`.
    density : numpy.ndarray
        Overwritten, shape (grid,); sums to 1.
    """
    for j in range(len(density)):
        total = 0.0
        for c in range(4):
            total += blend[j % 4, c] * spline[j // 4 + c]
        density[j] = total
    density[:] = np.exp(density - density.max())
    density /= density.sum()


@compiled
def gather(
    likelihood: FloatArray,
    windows: IntArray,
    counts: FloatArray,
    blend: FloatArray,
    density: FloatArray,
    sums: FloatArray,
    square: FloatArray,
    pull: FloatArray,
) -> float:
    """Adds up the log likelihood under a density, and all that its derivatives need.

    Parameters
    ----------
    likelihood : numpy.ndarray
        Shape (observations, grid).
    windows : numpy.ndarray
        First knot and the one after the last that count, shape (observations, 2).
    counts : numpy.ndarray
        How often each observation counts, shape (observations,).
    blend : numpy.ndarray
        As from :func:`vesicle.inference.splines.blend`.
    density : numpy.ndarray
        Shape (grid,), sum 1.
    sums : numpy.ndarray
        Overwritten, shape (3, coefficients): mean spline weights; the same times the explained part of the
        likelihood; the explained parts and their squares.
    square : numpy.ndarray
        Overwritten below its diagonal with the squares of the weights, shape (coefficients, coefficients).
    pull : numpy.ndarray
        Overwritten, shape (grid,): how much likelihood each place would add.

    Returns
    -------
    float
        The log likelihood.
    """
    value = 0.0
    share = np.zeros(sums.shape[1])
    sums[:] = 0.0
    square[:] = 0.0
    pull[:] = 0.0
    low, high = _support(density)
    for i in range(len(counts)):
        if counts[i] > 0.0:
            start, stop = max(low, windows[i, 0]), min(high, windows[i, 1])
            total = _shares(likelihood[i], density, blend, start, stop, share)
            whole = total + FLOOR
            value += counts[i] * np.log(whole)
            each, explained = counts[i] / whole, total / whole
            sums[2, 0] += counts[i] * explained
            sums[2, 1] += counts[i] * explained * explained
            for j in range(4 * start, 4 * stop):
                pull[j] += each * likelihood[i, j]
            for p in range(start, max(start, stop + 3)):
                sums[0, p] += each * share[p]
                sums[1, p] += each * explained * share[p]
                scaled = each / whole * share[p]
                for q in range(start, p + 1):
                    square[p, q] += scaled * share[q]
    return value


@compiled
def _support(density: FloatArray) -> tuple[int, int]:
    low, high = 0, len(density) // 4
    while low < high - 1 and density[4 * low : 4 * low + 4].max() < 1e-4 * FLOOR:
        low += 1
    while high > low + 1 and density[4 * high - 4 : 4 * high].max() < 1e-4 * FLOOR:
        high -= 1
    return low, high


@compiled
def _shares(
    likelihood: FloatArray, density: FloatArray, blend: FloatArray, start: int, stop: int, share: FloatArray
) -> float:
    share[start : max(start, stop + 3)] = 0.0
    total = 0.0
    for knot in range(start, stop):
        for r in range(4):
            mass = likelihood[4 * knot + r] * density[4 * knot + r]
            total += mass
            for c in range(4):
                share[knot + c] += blend[r, c] * mass
    return total


@compiled
def curve(
    sums: FloatArray,
    square: FloatArray,
    pull: FloatArray,
    density: FloatArray,
    blend: FloatArray,
    damping: float,
    found: FloatArray,
) -> None:
    """Writes minus the second derivatives of the log likelihood by the coefficients.

    Parameters
    ----------
    sums, square, pull : numpy.ndarray
        As gathered.
    density, blend : numpy.ndarray
        As given to :func:`gather`.
    damping : float
        How much of the curvature that observations without error would have is added.
    found : numpy.ndarray
        Overwritten, shape (coefficients, coefficients). A constant added to the spline changes nothing; that
        direction is given a curvature of its own.
    """
    size = found.shape[0]
    mean = mean_weights(density, blend, size)
    explained = sums[2, 0]
    cross = sums[2, 1] - (2.0 + damping) * explained
    for p in range(size):
        a, b = sums[0, p] - sums[1, p], mean[p]
        for q in range(p + 1):
            found[p, q] = square[p, q] + a * mean[q] + b * (sums[0, q] - sums[1, q]) + cross * b * mean[q]
            found[p, q] += (1.0 + damping) * explained / size / size
    for j in range(len(density)):
        knot, weight = j // 4, density[j] * (pull[j] - (1.0 + damping) * explained)
        for a in range(4):
            for b in range(a + 1):
                found[knot + a, knot + b] -= weight * blend[j % 4, a] * blend[j % 4, b]
    for p in range(size):
        for q in range(p):
            found[q, p] = found[p, q]


@compiled
def mean_weights(density: FloatArray, blend: FloatArray, size: int) -> FloatArray:
    """The weight that each spline has under a density.

    Parameters
    ----------
    density : numpy.ndarray
        Shape (grid,).
    blend : numpy.ndarray
        As from :func:`vesicle.inference.splines.blend`.
    size : int
        Number of coefficients.

    Returns
    -------
    numpy.ndarray
        Shape (coefficients,); sums to 1.
    """
    mean = np.zeros(size)
    for j in range(len(density)):
        for c in range(4):
            mean[j // 4 + c] += density[j] * blend[j % 4, c]
    return mean


@compiled
def factorise(matrix: FloatArray, lower: FloatArray) -> bool:
    """Writes the lower triangle whose square a matrix is, where it has one.

    Parameters
    ----------
    matrix : numpy.ndarray
        Symmetric, shape (n, n).
    lower : numpy.ndarray
        Overwritten.

    Returns
    -------
    bool
        False when the matrix is not positive.
    """
    for p in range(len(matrix)):
        for q in range(p + 1):
            total = matrix[p, q]
            for k in range(q):
                total -= lower[p, k] * lower[q, k]
            if p > q:
                lower[p, q] = total / lower[q, q]
            elif total <= 1e-12 * matrix[p, p]:
                return False
            else:
                lower[p, p] = np.sqrt(total)
    return True


@compiled
def solve(lower: FloatArray, right: FloatArray) -> FloatArray:
    """The solution of a linear system whose factor is known.

    Parameters
    ----------
    lower : numpy.ndarray
        From :func:`factorise`.
    right : numpy.ndarray
        Shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (n,).
    """
    found = right.copy()
    size = len(right)
    for p in range(size):
        for k in range(p):
            found[p] -= lower[p, k] * found[k]
        found[p] /= lower[p, p]
    for p in range(size - 1, -1, -1):
        for k in range(p + 1, size):
            found[p] -= lower[k, p] * found[k]
        found[p] /= lower[p, p]
    return found


@compiled
def climb(
    likelihood: FloatArray,
    windows: IntArray,
    counts: FloatArray,
    blend: FloatArray,
    penalty: FloatArray,
    start: FloatArray,
    tolerance: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The spline that maximises log likelihood less half its penalty.

    Parameters
    ----------
    likelihood, windows, counts, blend : numpy.ndarray
        As for :func:`gather`.
    penalty : numpy.ndarray
        Matrix of the quadratic penalty, shape (coefficients, coefficients).
    start : numpy.ndarray
        Coefficients.
    tolerance : float
        Stop when the next round would add less.

    Returns
    -------
    spline, density, curvature, numbers : numpy.ndarray
        Where it ends, the curvature of the penalised log likelihood there, and its value, the rounds taken and
        what the next would have added.
    """
    size = len(start)
    spline, kept, step = start.copy(), start.copy(), np.zeros(size)
    density, pull = np.empty(likelihood.shape[1]), np.empty(likelihood.shape[1])
    sums, square = np.empty((3, size)), np.empty((size, size))
    curvature, lower = np.empty((size, size)), np.zeros((size, size))
    best, promised, missing = -np.inf, 0.0, np.inf
    rounds, halvings = 0, 0
    while rounds < 200 and halvings < 20:
        rounds += 1
        density_of(spline, blend, density)
        stiff = penalty @ spline
        value = gather(likelihood, windows, counts, blend, density, sums, square, pull)
        value -= 0.5 * np.dot(spline, stiff)
        if value < best + 1e-4 * promised - 1e-10 * abs(best):
            halvings += 1
            step *= 0.5
            promised *= 0.5
        else:
            best, halvings = value, 0
            kept[:] = spline
            gradient = sums[0] - sums[2, 0] * mean_weights(density, blend, size) - stiff
            _factorise_curvature(sums, square, pull, density, blend, penalty, curvature, lower)
            step = solve(lower, gradient)
            promised = np.dot(gradient, step)
            missing = 0.5 * promised
            if missing < tolerance:
                break
        spline = kept + step
    density_of(kept, blend, density)
    return kept, density, curvature, np.array([best, float(rounds), missing])


@compiled
def _factorise_curvature(
    sums: FloatArray,
    square: FloatArray,
    pull: FloatArray,
    density: FloatArray,
    blend: FloatArray,
    penalty: FloatArray,
    curvature: FloatArray,
    lower: FloatArray,
) -> None:
    damping = 0.0
    for _ in range(12):
        curve(sums, square, pull, density, blend, damping, curvature)
        curvature += penalty
        if factorise(curvature, lower):
            break
        damping = max(0.05, 4.0 * damping)
