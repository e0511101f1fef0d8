"""Newton's method for a penalised log density, compiled; see :mod:`vesicle.inference.smoothing` for what it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

FLOOR = 1e-6
"""Added to the likelihood of every observation, relative to its best place: bounds what an outlier can do."""
MOST_ROUNDS = 200
_MOST_HALVINGS = 20
_MOST_DAMPINGS = 12


class Data(NamedTuple):
    """What is fitted.

    ``likelihood`` has shape (observations, grid); ``windows`` the first knot that counts for an observation and
    the one after the last, shape (observations, 2); ``counts`` how often each counts, shape (observations,);
    ``blend`` is that of :func:`vesicle.inference.splines.blend`.
    """

    likelihood: FloatArray
    windows: NDArray[np.int64]
    counts: FloatArray
    blend: FloatArray


class State(NamedTuple):
    """A density, and what :func:`gather` adds up under it.

    ``density`` has shape (grid,). ``sums`` has shape (3, coefficients): mean weights of the splines for the
    observations, the same times the explained part of each likelihood, and the sums of the explained parts and
    of their squares. ``square`` holds squares of the weights, shape (coefficients, coefficients), ``pull`` how
    much likelihood each place would add, shape (grid,). ``curvature`` and its factor ``lower`` have shape
    (coefficients, coefficients).
    """

    density: FloatArray
    sums: FloatArray
    square: FloatArray
    pull: FloatArray
    curvature: FloatArray
    lower: FloatArray


@compiled
def new_state(grid: int, size: int) -> State:
    """Room for a density and its sums.

    Parameters
    ----------
    grid, size : int
        Number of grid points and of coefficients.

    Returns
    -------
    State
        To be written.
    """
    return State(
        np.zeros(grid),
        np.zeros((3, size)),
        np.zeros((size, size)),
        np.zeros(grid),
        np.zeros((size, size)),
        np.zeros((size, size)),
    )


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
def gather(data: Data, state: State) -> float:
    """Adds up the log likelihood under the density of a state, and all that its derivatives need.

    Parameters
    ----------
    data : Data
        What is fitted.
    state : State
        Its ``sums``, ``square`` (below the diagonal) and ``pull`` are overwritten.

    Returns
    -------
    float
        The log likelihood.
    """
    sums, square, pull = state.sums, state.square, state.pull
    sums[:], square[:], pull[:] = 0.0, 0.0, 0.0
    low, high = _support(state.density)
    share = np.zeros(sums.shape[1])
    value = 0.0
    for i in range(len(data.counts)):
        count = data.counts[i]
        if count > 0.0:
            start, stop = max(low, data.windows[i, 0]), min(high, data.windows[i, 1])
            end = max(start, stop + 3)
            share[start:end] = 0.0
            total = _add_shares(
                data.likelihood[i, 4 * start : 4 * stop],
                state.density[4 * start :],
                data.blend,
                share[start:],
            )
            whole = total + FLOOR
            value += count * np.log(whole)
            each, explained = count / whole, total / whole
            sums[2, 0] += count * explained
            sums[2, 1] += count * explained * explained
            for j in range(4 * start, 4 * stop):
                pull[j] += each * data.likelihood[i, j]
            for p in range(start, end):
                sums[0, p] += each * share[p]
                sums[1, p] += each * explained * share[p]
                scaled = each / whole * share[p]
                for q in range(start, p + 1):
                    square[p, q] += scaled * share[q]
    return value


@compiled
def _support(density: FloatArray) -> tuple[int, int]:
    """The first knot after which the density matters, and the one after the last."""
    low, high = 0, len(density) // 4
    while low < high - 1 and density[4 * low : 4 * low + 4].max() < 1e-4 * FLOOR:
        low += 1
    while high > low + 1 and density[4 * high - 4 : 4 * high].max() < 1e-4 * FLOOR:
        high -= 1
    return low, high


@compiled
def _add_shares(likelihood: FloatArray, density: FloatArray, blend: FloatArray, share: FloatArray) -> float:
    """Adds the likelihood of one observation to the splines in proportion to their weights; returns its sum."""
    total = 0.0
    for knot in range(len(likelihood) // 4):
        for r in range(4):
            mass = likelihood[4 * knot + r] * density[4 * knot + r]
            total += mass
            for c in range(4):
                share[knot + c] += blend[r, c] * mass
    return total


@compiled
def curve(data: Data, state: State, damping: float) -> None:
    """Writes minus the second derivatives of the log likelihood by the coefficients.

    Parameters
    ----------
    data : Data
        What is fitted.
    state : State
        As gathered; its ``curvature`` is overwritten. A constant added to the spline changes nothing; that
        direction is given a curvature of its own.
    damping : float
        How much of the curvature that observations without error would have is added.
    """
    found, sums, blend = state.curvature, state.sums, data.blend
    size = found.shape[0]
    mean = mean_weights(state.density, blend, size)
    explained = sums[2, 0]
    cross = sums[2, 1] - (2.0 + damping) * explained
    for p in range(size):
        rest, b = sums[0, p] - sums[1, p], mean[p]
        for q in range(p + 1):
            found[p, q] = state.square[p, q] + rest * mean[q] + b * (sums[0, q] - sums[1, q])
            found[p, q] += cross * b * mean[q] + (1.0 + damping) * explained / size / size
    for j in range(len(state.density)):
        knot, weight = j // 4, state.density[j] * (state.pull[j] - (1.0 + damping) * explained)
        for a in range(4):
            for b in range(a + 1):
                found[knot + a, knot + b] -= weight * blend[j % 4, a] * blend[j % 4, b]
    for p in range(size):
        for q in range(p):
            found[q, p] = found[p, q]


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
            elif not total > 1e-14 * matrix[p, p]:
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
    data: Data, roots: FloatArray, start: FloatArray, tolerance: float
) -> tuple[FloatArray, State, FloatArray]:
    """The spline that maximises log likelihood less half its penalty.

    Parameters
    ----------
    data : Data
        What is fitted.
    roots : numpy.ndarray
        The penalty is the sum of squares of these combinations, shape (combinations, coefficients).
    start : numpy.ndarray
        Coefficients.
    tolerance : float
        Stop when the next round would add less.

    Returns
    -------
    spline : numpy.ndarray
        Where it ends.
    state : State
        The density there, and the curvature of the penalised log likelihood.
    numbers : numpy.ndarray
        The penalised log likelihood, the rounds taken, what one more would have added, and the log determinant
        of the curvature; the last two are infinite where there is no way uphill.
    """
    state = new_state(data.likelihood.shape[1], len(start))
    spline, kept, step = start.copy(), start.copy(), np.zeros(len(start))
    best, promised, missing = -1e300, 0.0, np.inf
    rounds, halvings = 0, 0
    penalty = roots.T @ roots
    while rounds < MOST_ROUNDS and halvings < _MOST_HALVINGS:
        rounds += 1
        density_of(spline, data.blend, state.density)
        bent = roots @ spline
        value = gather(data, state) - 0.5 * np.dot(bent, bent)
        if not value >= best + 1e-4 * promised - 1e-10 * abs(best):  # also for what is not a number
            halvings += 1
            step *= 0.5
            promised *= 0.5
        else:
            best, halvings = value, 0
            kept[:] = spline
            mean = mean_weights(state.density, data.blend, len(spline))
            gradient = state.sums[0] - state.sums[2, 0] * mean - roots.T @ bent
            missing = np.inf
            if not _factorise_curvature(data, state, penalty):
                break
            step = solve(state.lower, gradient)
            promised = np.dot(gradient, step)
            missing = 0.5 * promised
            if missing < tolerance:
                break
        spline = kept + step
    density_of(kept, data.blend, state.density)
    log_det = 2.0 * np.log(np.diag(state.lower)).sum() if missing < np.inf else np.inf
    return kept, state, np.array([best, float(rounds), missing, log_det])


@compiled
def _factorise_curvature(data: Data, state: State, penalty: FloatArray) -> bool:
    """Curvature of the penalised likelihood, damped as far as it needs to be to point uphill."""
    damping = 0.0
    for _ in range(_MOST_DAMPINGS):
        curve(data, state, damping)
        state.curvature[:] += penalty
        if factorise(state.curvature, state.lower):
            return True
        damping = max(0.05, 4.0 * damping)
    return False
