"""Whether the stated byte order can be true: events read in the wrong one are not what a detector gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vesicle.readers.fcs_layout import Layout
from vesicle.readers.fcs_place import Place
from vesicle.readers.fcs_sums import Stored
from vesicle.readers.fcs_values import decoded
from vesicle.readers.streams import opened
from vesicle.results import Warned

_LOOKED_AT = 512
_IMPLAUSIBLE, _CLEARLY, _SELDOM = 0.1, 0.2, 0.1
_SMALLEST, _GREATEST = 1e-12, 1e12
"""Detectors give neither; floats read backwards do, in more than half of the values."""
_FEWEST = 8
_FEWEST_FOR_BYTES, _BITS_APART = 100, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    """Shares of values that cannot be, in one reading: floats, whole numbers beyond their range."""

    floats: float = 0.0
    beyond: float = 0.0


def settled_order(
    path: Path, place: Place, *, where: str, size_bytes: int
) -> tuple[Place, tuple[Warned, ...]]:
    """The place of the events with the byte order that their values show.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    place : Place
        With the byte order as stated.
    where : str
        The file's name for messages.
    size_bytes : int
        Of the whole file.

    Returns
    -------
    place : Place
        With the other order where only that gives possible values.
    warnings : tuple of Warned
        The repair, or the doubt that remains.
    """
    parts = _samples(path, place, where=where, size_bytes=size_bytes)
    if sum(part.size for part in parts) // place.layout.row_bytes * len(place.layout.widths) < _FEWEST:
        return place, ()
    stated = _worst(parts, place.layout)
    if max(stated.floats, stated.beyond) > _CLEARLY:
        other = _worst(parts, place.layout.swapped())
        for as_stated, as_swapped in ((stated.floats, other.floats), (stated.beyond, other.beyond)):
            if as_stated > _CLEARLY and as_swapped < _SELDOM * as_stated:
                message = "The values are possible in the opposite byte order only; that one was used."
                swapped = replace(place, layout=place.layout.swapped())
                return swapped, (Warned(code="byte_order_swapped", message=message),)
    return place, (*_doubts(stated), *_doubt_bytes(parts, place.layout))


def _samples(path: Path, place: Place, *, where: str, size_bytes: int) -> list[NDArray[np.uint8]]:
    """Bytes of some events at the beginning, in the middle and at the end."""
    row, events = place.layout.row_bytes, place.events
    count = min(_LOOKED_AT, events)
    starts = sorted({0, max(0, events // 2 - count // 2), events - count})
    with opened(path, where=where, size_bytes=size_bytes) as stream:
        found: list[NDArray[np.uint8]] = []
        for start in starts:
            stream.seek(place.first + start * row)
            found.append(np.frombuffer(stream.read(count * row), dtype=np.uint8))
    return [part[: len(part) // row * row] for part in found]


def _worst(parts: list[NDArray[np.uint8]], layout: Layout) -> _Doubt:
    doubts = [_doubt(decoded(part, layout), layout) for part in parts if part.size]
    return _Doubt(
        floats=max((d.floats for d in doubts), default=0.0),
        beyond=max((d.beyond for d in doubts), default=0.0),
    )


def _doubt(values: Stored, layout: Layout) -> _Doubt:
    is_float = np.array([kind != "I" for kind in layout.kinds])
    floats, whole = values[:, is_float], values[:, ~is_float]
    masks = np.array(layout.masks, dtype=np.float64)[~is_float]
    checked = whole[:, masks > 0]
    with np.errstate(all="ignore"):
        beyond = float(np.mean(checked > masks[masks > 0])) if checked.size else 0.0
    return _Doubt(floats=_share_impossible(floats), beyond=beyond)


def _share_impossible(values: Stored) -> float:
    with np.errstate(all="ignore"):
        size = np.abs(values[values != 0])
        if size.size < _FEWEST:
            return 0.0
        return float(np.mean(~((size > _SMALLEST) & (size < _GREATEST))))


def _doubts(stated: _Doubt) -> tuple[Warned, ...]:
    notes: tuple[Warned, ...] = ()
    if stated.floats > _IMPLAUSIBLE:
        message = f"{100 * stated.floats:.0f} % of some values are no numbers that a detector gives."
        notes += (Warned(code="values_implausible", message=message),)
    if stated.beyond > 0:
        message = "Some whole numbers lie beyond their stated range; the bits beyond it were left out."
        notes += (Warned(code="bits_beyond_range", message=message),)
    return notes


def _doubt_bytes(parts: list[NDArray[np.uint8]], layout: Layout) -> tuple[Warned, ...]:
    """The doubt about whole numbers of full range, whose high bytes vary more than their low ones."""
    rows = np.concatenate([part.reshape(-1, layout.row_bytes) for part in parts])
    begins = np.cumsum((0, *layout.widths))
    apart = [
        _apart(rows[:, at : at + width], layout)
        for at, width, kind, mask in zip(begins, layout.widths, layout.kinds, layout.masks, strict=False)
        if kind == "I" and width > 1 and not mask
    ]
    if not apart or len(rows) < _FEWEST_FOR_BYTES or np.mean(apart) < _BITS_APART:
        return ()
    message = "The high bytes vary more than the low ones, as if the byte order were the opposite one."
    return (Warned(code="byte_order_doubtful", message=message),)


def _apart(data: NDArray[np.uint8], layout: Layout) -> float:
    """By how many bits the highest byte of a channel varies more than the lowest one."""
    high, low = (0, -1) if layout.is_big_endian else (-1, 0)
    return _entropy(data[:, high]) - _entropy(data[:, low])


def _entropy(data: NDArray[np.uint8]) -> float:
    share = np.bincount(data, minlength=256) / len(data)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())
