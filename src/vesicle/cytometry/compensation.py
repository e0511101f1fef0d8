"""Spillover between detectors: read from a keyword, refused when unusable, taken off the events."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import quoted
from vesicle.measurements.cytometry import Spillover

FloatArray: TypeAlias = NDArray[np.float64]
Events: TypeAlias = NDArray[np.floating]

DIAGONAL = 1e-3
"""How far the diagonal may lie from 1."""
CONDITION = 1e3
"""House rule: above this condition number compensation multiplies noise more than it corrects."""
BLOCK_EVENTS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSpillover:
    """Why a matrix is not used: a stable code and a sentence. The events stay as they were recorded."""

    code: str
    reason: str


def parse_spillover(
    text: str, *, channels: Sequence[str], keyword: str = "$SPILLOVER"
) -> Spillover | RefusedSpillover:
    """The matrix that a file states, or the reason why it cannot be used.

    Parameters
    ----------
    text : str
        Value of ``$SPILLOVER``, ``SPILL`` or ``$COMP``: n, n names or channel numbers, and n times n values row by
        row. ``$COMP`` may leave the names out when it covers every channel.
    channels : sequence of str
        Names of the file's channels in its order.
    keyword : str, optional
        Where the text comes from, for messages.

    Returns
    -------
    Spillover or RefusedSpillover
        Refused: not numbers, NaN, too short or long, decimal commas, unknown or repeated names, a diagonal that is
        not 1, a singular or ill-conditioned matrix.

    Notes
    -----
    **Source**: FCS 3.1, ``$SPILLOVER`` (from memory); the limits of the diagonal and of the condition are house rules.

    Examples
    --------
    >>> found = parse_spillover("2,FL1,FL2,1,0.25,0,1", channels=["FSC", "FL1", "FL2"])
    >>> found.channels, found.matrix.tolist()
    ((1, 2), [[1.0, 0.25], [0.0, 1.0]])
    """
    try:
        names, values = _fields(text, channels)
        places = _places(names, channels)
        return checked_spillover(
            _matrix(values, len(names)), names=[channels[i] for i in places], channels=places, keyword=keyword
        )
    except _Refusal as refusal:
        return refusal.found


def checked_spillover(
    matrix: FloatArray, *, names: Sequence[str], channels: Sequence[int], keyword: str
) -> Spillover | RefusedSpillover:
    """A matrix as a `Spillover`, or the reason why it cannot be used.

    Parameters
    ----------
    matrix : numpy.ndarray
        Row: fluorochrome, column: detector.
    names : sequence of str
        Names of the detectors.
    channels : sequence of int
        Their places among the file's channels.
    keyword : str
        Where the matrix comes from.

    Returns
    -------
    Spillover or RefusedSpillover
        Refused as `parse_spillover` says.
    """
    values = np.array(matrix, dtype=np.float64)
    if values.shape != (len(names), len(names)):
        return RefusedSpillover(
            code="spillover_not_square",
            reason=f"the matrix of {len(names)} channels has shape {values.shape}",
        )
    if not np.isfinite(values).all():
        return RefusedSpillover(
            code="spillover_not_finite", reason="the matrix holds values that are not finite numbers"
        )
    away = float(np.abs(np.diag(values) - 1).max())
    if away > DIAGONAL:
        worst = names[int(np.argmax(np.abs(np.diag(values) - 1)))]
        return RefusedSpillover(
            code="spillover_diagonal",
            reason=f"the diagonal of {worst!r} is {1 - away:g} or {1 + away:g} instead of 1",
        )
    condition = float(np.linalg.cond(values))
    if not condition < 1e12:
        return RefusedSpillover(
            code="spillover_singular", reason="the matrix is singular: two detectors see the same mixture"
        )
    if condition > CONDITION:
        return RefusedSpillover(
            code="spillover_ill_conditioned",
            reason=f"the condition number is {condition:.3g}, above {CONDITION:g}: noise would grow by as much",
        )
    values.flags.writeable = False
    return Spillover(channels=tuple(channels), matrix=values, keyword=keyword)


def is_identity(spillover: Spillover) -> bool:
    """Whether a matrix says that nothing spills over: events with it are uncompensated.

    Parameters
    ----------
    spillover : Spillover
        From the file or from single stains.

    Returns
    -------
    bool
        True for ones on the diagonal and zeros beside it.

    Examples
    --------
    >>> is_identity(parse_spillover("2,FL1,FL2,1,0,0,1", channels=["FL1", "FL2"]))
    True
    """
    return bool(np.allclose(spillover.matrix, np.eye(len(spillover.channels)), rtol=0, atol=1e-12))


def compensate(signals: Events, spillover: Spillover) -> Events:
    """Signals with the spillover taken off: observed times the inverse of the matrix.

    Parameters
    ----------
    signals : numpy.ndarray
        Linear values of the matrix's own channels in its order, as ``values.columns(spillover.channels)`` reads them;
        shape (events, n). They are not changed.
    spillover : Spillover
        From the file or from single stains.

    Returns
    -------
    numpy.ndarray
        Same shape and precision; whole numbers become float64.

    Examples
    --------
    >>> import numpy as np
    >>> found = parse_spillover("2,FL1,FL2,1,0.25,0,1", channels=["FL1", "FL2"])
    >>> compensate(np.array([[100.0, 25.0]]), found).tolist()
    [[100.0, 0.0]]
    """
    kind = signals.dtype.newbyteorder("=") if signals.dtype.kind == "f" else np.dtype(np.float64)
    corrected, inverse = np.empty(signals.shape, dtype=kind), np.linalg.inv(spillover.matrix)
    for start in range(0, len(corrected), BLOCK_EVENTS):
        block = signals[start : start + BLOCK_EVENTS].astype(np.float64)
        corrected[start : start + BLOCK_EVENTS] = block @ inverse
    return corrected


@dataclass(frozen=True, slots=True)
class _Refusal(Exception):
    found: RefusedSpillover


def _fields(text: str, channels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names and values of the keyword, as text."""
    if ";" in text and "," in text:
        raise _Refusal(_decimal_commas())
    fields = [field.strip().strip('"') for field in re.split(r"[;,\t]", text.strip().rstrip(",;"))]
    n = int(fields[0]) if re.fullmatch(r"\d{1,4}", fields[0]) else 0
    if n == 0:
        raise _Refusal(
            RefusedSpillover(
                code="spillover_without_size",
                reason=f"it should begin with the number of channels, not {fields[0]!r}",
            )
        )
    if len(fields) == 1 + n * n and n == len(channels) and n > 1:
        return list(channels), fields[1:]
    names, values = fields[1 : n + 1], fields[n + 1 :]
    if len(values) > n * n and all(re.fullmatch(r"[-+]?\d+", value) for value in values):
        raise _Refusal(_decimal_commas())
    if len(values) != n * n:
        raise _Refusal(
            RefusedSpillover(
                code="spillover_length",
                reason=f"{n} channels need {n * n} values, but there are {len(values)}",
            )
        )
    return names, values


def _decimal_commas() -> RefusedSpillover:
    return RefusedSpillover(
        code="spillover_decimal_commas",
        reason="the values are written with decimal commas and cannot be told apart",
    )


def _places(names: list[str], channels: Sequence[str]) -> list[int]:
    """Columns of the named detectors; names come before numbers, and case counts only where it must."""
    exact = {name: i for i, name in reversed(list(enumerate(channels)))}
    folded = {name.strip().casefold(): i for i, name in reversed(list(enumerate(channels)))}
    numbers = {str(i + 1): i for i in range(len(channels))}
    found = [exact.get(name, folded.get(name.casefold(), numbers.get(name))) for name in names]
    unknown = [name for name, place in zip(names, found, strict=True) if place is None]
    if unknown:
        raise _Refusal(
            RefusedSpillover(
                code="spillover_unknown_names", reason=f"{quoted(unknown)} are not among the file's channels"
            )
        )
    places = [place for place in found if place is not None]
    if len(set(places)) < len(places):
        raise _Refusal(
            RefusedSpillover(
                code="spillover_repeated_names", reason=f"a channel is named twice: {quoted(names)}"
            )
        )
    return places


def _matrix(values: list[str], n: int) -> FloatArray:
    numbers = [_number(value) for value in values]
    return np.array(numbers, dtype=np.float64).reshape(n, n)


def _number(text: str) -> float:
    try:
        return float(text) if "_" not in text else math.nan
    except ValueError:
        raise _Refusal(
            RefusedSpillover(code="spillover_not_numbers", reason=f"{text!r} stands where a number belongs")
        ) from None
