"""Size classes from their centres: edges, order and what their spacing gives away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from vesicle.errors import BadValue
from vesicle.measurements.sizing import FloatArray

FEWEST_CLASSES = 3
EVEN_RATIO = 1.5
"""Steps that differ by more than this factor are not the even spacing of one instrument."""


def edges_between(centre_nm: FloatArray) -> FloatArray:
    """Class edges halfway between the centres, on the scale that the centres follow.

    Parameters
    ----------
    centre_nm : numpy.ndarray
        Increasing positive centres, at least two.

    Returns
    -------
    numpy.ndarray
        One more than centres, increasing, none below zero.

    Examples
    --------
    >>> edges_between(np.array([5.0, 15.0, 25.0])).tolist()
    [0.0, 10.0, 20.0, 30.0]
    """
    if is_logarithmic(centre_nm):
        return np.exp(_midpoints(np.log(centre_nm)))
    return np.maximum(_midpoints(centre_nm), 0.0)


def is_logarithmic(centre_nm: FloatArray) -> bool:
    """Whether the centres are spaced more evenly by ratio than by difference.

    Parameters
    ----------
    centre_nm : numpy.ndarray
        Increasing positive centres, at least two.

    Returns
    -------
    bool
        False when both are equally even.
    """
    return _unevenness(_steps(np.log(centre_nm))) < _unevenness(_steps(centre_nm))


def step_ratio(centre_nm: FloatArray) -> float:
    """The largest step between centres divided by the smallest, on the scale that they follow.

    Parameters
    ----------
    centre_nm : numpy.ndarray
        Increasing positive centres, at least two.

    Returns
    -------
    float
        1 for perfectly even classes.
    """
    steps = _steps(np.log(centre_nm) if is_logarithmic(centre_nm) else centre_nm)
    return float(steps.max() / steps.min())


def increasing_order(centre_nm: FloatArray, rows: Sequence[int], *, where: str) -> list[int]:
    """The order in which the classes increase.

    Parameters
    ----------
    centre_nm : numpy.ndarray
        Centres as in the file.
    rows : sequence of int
        The row number of each.
    where : str
        The file for messages.

    Returns
    -------
    list of int
        Indices of the classes from the smallest to the largest.

    Raises
    ------
    BadValue
        When two classes have the same centre, or there are too few classes.
    """
    order = [int(index) for index in np.argsort(centre_nm, kind="stable")]
    for first, second in pairwise(order):
        if centre_nm[first] == centre_nm[second]:
            raise BadValue(
                "Two size classes have the same centre.",
                where=f"{where}, rows {rows[first]} and {rows[second]}",
                why=f"Both are {centre_nm[first]:g} nm; a class may stand in a table once.",
                next_step="Keep one sample per file; for one row per particle keep only the diameter.",
            )
    if len(order) < FEWEST_CLASSES:
        raise BadValue(
            "There are too few size classes to know how wide they are.",
            where=where,
            why=f"Found {len(order)}; at least {FEWEST_CLASSES} are needed.",
            next_step="Export the whole distribution, empty classes included.",
        )
    return order


def _midpoints(centre: FloatArray) -> FloatArray:
    inner = (centre[1:] + centre[:-1]) / 2
    first, last = 2 * centre[0] - inner[0], 2 * centre[-1] - inner[-1]
    return np.concatenate(([first], inner, [last]))


def _steps(centre: FloatArray) -> FloatArray:
    return np.maximum(np.diff(centre), np.finfo(np.float64).tiny)


def _unevenness(steps: FloatArray) -> float:
    return round(float(np.mean(np.abs(steps / np.median(steps) - 1))), 9)
