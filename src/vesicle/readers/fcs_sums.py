"""Sums over all events of a data set, block by block, in double precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray, read_only

Stored: TypeAlias = NDArray[Any]
"""Values of one block, shape (events, channels), in a type that holds every one of them."""

FOLDED = 64
"""Events that are taken side by side, so that the inner loop of a sum is long although events are short."""

_SUMMED = 65_536
"""Values that are widened to float64 at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Least, greatest and sum of the stored values of each channel, over the events that are kept.

    Shape (channels,) each; without events all are 0.
    """

    least: FloatArray
    greatest: FloatArray
    total: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What the one pass over all values says: sums, events that are no numbers, and the spans that were asked for.

    ``total`` has shape (channels,), ``dropped`` the places of events with a value that is not finite; ``spans``
    maps a channel to its least and greatest value.
    """

    total: FloatArray
    dropped: NDArray[np.int64]
    spans: Mapping[int, tuple[float, float]]


def look_through(blocks: Iterator[Stored], channels: int, *, spans_of: Sequence[int] = ()) -> FirstLook:
    """Sums of all channels in one pass; a sum that is not finite tells of an event that is no number.

    Parameters
    ----------
    blocks : iterator of numpy.ndarray
        As stored.
    channels : int
        Their number.
    spans_of : sequence of int, optional
        Channels of which to find the least and the greatest value.

    Returns
    -------
    FirstLook
        Events that are dropped are in none of its numbers but their own.
    """
    total, dropped, start = np.zeros(channels), [np.empty(0, dtype=np.int64)], 0
    spans: dict[int, tuple[float, float]] = {}
    with np.errstate(all="ignore"):
        for block in blocks:
            kept, added = block, _sum(block)
            if not np.all(np.isfinite(added)):
                is_kept = np.all(np.isfinite(block), axis=1)
                dropped.append(np.flatnonzero(~is_kept) + start)
                kept, added = block[is_kept], _sum(block[is_kept])
            start += len(block)
            total += added
            for place in spans_of if len(kept) else ():
                column = kept[:, place]
                least, greatest = spans.get(place, (np.inf, -np.inf))
                spans[place] = min(least, float(column.min())), max(greatest, float(column.max()))
    return FirstLook(total=read_only(total), dropped=read_only(np.concatenate(dropped)), spans=spans)


def summarised(blocks: Iterator[Stored], channels: int) -> Summary:
    """Least, greatest and sum of each channel.

    Parameters
    ----------
    blocks : iterator of numpy.ndarray
        Finite values.
    channels : int
        Their number.

    Returns
    -------
    Summary
        All 0 without events.
    """
    least, greatest = np.full(channels, np.inf), np.full(channels, -np.inf)
    total = np.zeros(channels)
    with np.errstate(all="ignore"):
        for block in (block for block in blocks if len(block)):
            np.minimum(least, _folded(np.minimum, block), out=least)
            np.maximum(greatest, _folded(np.maximum, block), out=greatest)
            total += _sum(block)
    empty = ~np.isfinite(least)
    least[empty] = greatest[empty] = 0.0
    return Summary(least=read_only(least), greatest=read_only(greatest), total=read_only(total))


def _folded(reduce: np.ufunc, block: Stored) -> Stored:
    """A reduction over events, many of them side by side so that the machine's wide instructions are used."""
    whole = len(block) // FOLDED * FOLDED
    if not whole:
        return cast("Stored", reduce.reduce(block, axis=0)) if len(block) else np.zeros(block.shape[1])
    wide = block[:whole].reshape(-1, FOLDED * block.shape[1])
    head = reduce.reduce(reduce.reduce(wide, axis=0).reshape(FOLDED, -1), axis=0)
    return head if whole == len(block) else reduce(head, reduce.reduce(block[whole:], axis=0))


def _sum(block: Stored) -> FloatArray:
    """Sums in float64, converted in pieces that stay in the fastest cache."""
    total = np.zeros(block.shape[1])
    rows = max(1, _SUMMED // block.shape[1] // FOLDED) * FOLDED
    for start in range(0, len(block), rows):
        total += _folded(np.add, block[start : start + rows].astype(np.float64))
    return total
