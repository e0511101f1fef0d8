"""Axes: from data to pixels, and ticks that a person would have chosen."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vesicle.dossier.blocks import Axis
from vesicle.dossier.figures.svg import text_width
from vesicle.dossier.numbers import MINUS, THIN_SPACE, magnitude, power_of_ten

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_LARGEST = 1e300
_SMALLEST_LOG = 1e-300
_TICK_PX = 26.0
"""Least distance of two ticks on a scale of classes: the width of a label and a gap."""
_MOST_POWERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """An axis in pixels: ``low`` lies at ``start``, ``high`` at ``end``; ``ticks`` are data values.

    ``edges`` are those of classes that are drawn equally wide; empty on a linear or logarithmic axis.
    """

    low: float
    high: float
    is_log: bool
    start: float
    end: float
    ticks: tuple[float, ...]
    edges: tuple[float, ...] = ()

    def px(self, value: float) -> float:
        """Where a value lies; values outside the axis lie on its edge.

        Parameters
        ----------
        value : float
            A data value, infinite allowed.

        Returns
        -------
        float
            Pixels.
        """
        inside = min(max(value, self.low), self.high)
        share = (self._place(inside) - self._place(self.low)) / (
            self._place(self.high) - self._place(self.low)
        )
        return self.start + share * (self.end - self.start)

    def _place(self, value: float) -> float:
        if self.edges:
            index = min(max(bisect_right(self.edges, value) - 1, 0), len(self.edges) - 2)
            left, right = self.edges[index : index + 2]
            return index + (value - left) / (right - left)
        return math.log10(value) if self.is_log else value

    def shows(self, value: float) -> bool:
        """Whether a value lies on the axis.

        Parameters
        ----------
        value : float
            A data value.

        Returns
        -------
        bool
            True inside the limits.
        """
        return self.low <= value <= self.high


def make_scale(axis: Axis, values: Iterable[float], *, start: float, end: float, room: int) -> Scale:
    """The scale of an axis that covers the data and ends on ticks.

    Parameters
    ----------
    axis : Axis
        Its own limits win over the data.
    values : iterable of float
        The data; values that are not finite, or not positive on a logarithmic axis, are left out.
    start, end : float
        Pixels of the two ends.
    room : int
        About how many ticks have room.

    Returns
    -------
    Scale
        With its ticks.
    """
    low, high = _limits(axis, values)
    ticks = _log_ticks(low, high, room=room) if axis.is_log else _linear_ticks(low, high, room=room)
    first = low if axis.low is not None and axis.low == low else min(low, ticks[0])
    last = high if axis.high is not None and axis.high == high else max(high, ticks[-1])
    inside = tuple(tick for tick in ticks if first <= tick <= last)
    return Scale(low=first, high=last, is_log=axis.is_log, start=start, end=end, ticks=inside)


def class_scale(edges: Iterable[float], *, start: float, end: float) -> Scale:
    """The scale on which classes are equally wide, with ticks at 0 and at powers of ten.

    Parameters
    ----------
    edges : iterable of float
        Rising, at least two.
    start, end : float
        Pixels of the two ends.

    Returns
    -------
    Scale
        Its ticks stand apart; 0 comes first, then the large powers, since the small ones crowd around 0.
    """
    given = tuple(float(edge) for edge in edges)
    low, high = given[0], given[-1]
    bare = Scale(low=low, high=high, is_log=False, start=start, end=end, ticks=(), edges=given)
    largest = magnitude(max(abs(low), abs(high)))
    powers = [10.0**k for k in range(largest, largest - _MOST_POWERS, -1)]
    kept: list[float] = []
    for tick in (0.0, *powers, *(-power for power in powers)):
        if bare.shows(tick) and all(abs(bare.px(tick) - bare.px(other)) >= _TICK_PX for other in kept):
            kept.append(tick)
    return replace(bare, ticks=tuple(sorted(kept)))


def _limits(axis: Axis, values: Iterable[float]) -> tuple[float, float]:
    floor = _SMALLEST_LOG if axis.is_log else -_LARGEST
    usable = [float(v) for v in values if floor <= v <= _LARGEST]
    low, high = (min(usable), max(usable)) if usable else (1.0, 10.0)
    if axis.low is not None and floor <= axis.low <= _LARGEST:
        low = axis.low
    if axis.high is not None and floor <= axis.high <= _LARGEST:
        high = axis.high
    return _apart(low, high, is_log=axis.is_log)


def _apart(low: float, high: float, *, is_log: bool) -> tuple[float, float]:
    if is_log:
        return (low, high) if high > low * (1 + 1e-9) else (low / 2, low * 2)
    spread = 1e-9 * max(abs(low), abs(high))
    if high - low > spread:
        return low, high
    margin = abs(low) / 2 or 1.0
    return low - margin, low + margin


def _linear_ticks(low: float, high: float, *, room: int) -> tuple[float, ...]:
    raw = (high - low) / max(room, 1)
    base = 10.0 ** magnitude(raw)
    step = next(nice * base for nice in _NICE if nice * base >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(index * step for index in range(first, last + 1))


def _log_ticks(low: float, high: float, *, room: int) -> tuple[float, ...]:
    decades = math.log10(high / low)
    if decades <= max(room / 3, 1):
        multiples: tuple[float, ...] = (1.0, 2.0, 5.0)
        every = 1
    else:
        multiples = (1.0,)
        every = max(1, math.ceil(decades / max(room, 1)))
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    first = max(-300, first - first % every)
    candidates = [m * 10.0**k for k in range(first, min(300, last + every) + 1, every) for m in multiples]
    below = [tick for tick in candidates if tick <= low * (1 + 1e-9)]
    above = [tick for tick in candidates if tick >= high * (1 - 1e-9)]
    start, stop = (below[-1] if below else candidates[0]), (above[0] if above else candidates[-1])
    return tuple(tick for tick in candidates if start <= tick <= stop)


def minor_ticks(scale: Scale) -> tuple[float, ...]:
    """The unlabelled ticks of a logarithmic axis, 2 to 9 of each decade.

    Parameters
    ----------
    scale : Scale
        Any scale.

    Returns
    -------
    tuple of float
        Empty on a linear axis, or when they would stand too close.
    """
    if not scale.is_log or scale.high / scale.low > 1e6:
        return ()
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    found = (m * 10.0**k for k in range(first, last + 1) for m in range(2, 10))
    return tuple(tick for tick in found if scale.low < tick < scale.high)


def common_exponent(scale: Scale) -> int:
    """The power of ten that all labels of a linear axis share and that moves into its title.

    Parameters
    ----------
    scale : Scale
        Any scale.

    Returns
    -------
    int
        0 when the labels are readable as they are.
    """
    largest = max((abs(tick) for tick in scale.ticks), default=0.0)
    if scale.is_log or largest == 0 or 1e-2 <= largest < 1e5:
        return 0
    return magnitude(largest * (1 + 1e-12))


def tick_labels(scale: Scale) -> tuple[str, ...]:
    """The label of each tick, all with the same number of decimals.

    Parameters
    ----------
    scale : Scale
        Any scale.

    Returns
    -------
    tuple of str
        As many as there are ticks.
    """
    if scale.edges:
        return tuple(_power_label(tick) for tick in scale.ticks)
    if scale.is_log:
        return tuple(_log_label(tick) for tick in scale.ticks)
    factor = 10.0 ** common_exponent(scale)
    shown = [tick / factor for tick in scale.ticks]
    decimals = next(
        (d for d in range(10) if all(abs(round(s, d) - s) < 1e-6 * _step(shown) for s in shown)), 10
    )
    return tuple(_decimal(value, decimals) for value in shown)


def _step(values: list[float]) -> float:
    return abs(values[1] - values[0]) if len(values) > 1 else 1.0


def _decimal(value: float, decimals: int) -> str:
    text = f"{value + 0.0:.{decimals}f}"
    text = text.lstrip("-") if float(text) == 0 else text
    if decimals == 0 and abs(value) >= 1e4:
        text = f"{value:,.0f}".replace(",", THIN_SPACE)
    return text.replace("-", MINUS)


def _power_label(tick: float) -> str:
    if tick == 0:
        return "0"
    return (MINUS if tick < 0 else "") + power_of_ten(magnitude(abs(tick) * (1 + 1e-12)))


def _log_label(tick: float) -> str:
    if 1e-3 < tick < 1e5:
        return f"{tick:,.10g}".replace(",", THIN_SPACE if tick >= 1e4 else "")
    exponent = magnitude(tick * (1 + 1e-12))
    lead = round(tick / 10.0**exponent, 6)
    return power_of_ten(exponent) if lead == 1 else f"{lead:g} × {power_of_ten(exponent)}"


def thinned(
    places: Iterable[float], labels: Iterable[str], *, size: float = 12.0, gap: float = 8.0
) -> tuple[int, ...]:
    """Which labels along x can stand without touching their neighbour.

    Parameters
    ----------
    places : iterable of float
        The middle of each label in px, increasing.
    labels : iterable of str
        The labels.
    size : float, optional
        Font size in px.
    gap : float, optional
        Room between two labels in px.

    Returns
    -------
    tuple of int
        Indices of the labels to draw.
    """
    kept: list[int] = []
    edge = -math.inf
    for index, (place, label) in enumerate(zip(places, labels, strict=True)):
        half = text_width(label, size=size) / 2
        if place - half >= edge:
            kept.append(index)
            edge = place + half + gap
    return tuple(kept)


def rows_for(spans: Iterable[tuple[float, float]], *, gap: float = 8.0) -> tuple[int, ...]:
    """In which row each label stands so that labels of one row never touch.

    Parameters
    ----------
    spans : iterable of (float, float)
        Left and right end of each label in px.
    gap : float, optional
        Room between two labels in px.

    Returns
    -------
    tuple of int
        Row of each label, from 0.
    """
    taken: list[list[tuple[float, float]]] = []
    rows: list[int] = []
    for left, right in spans:
        free = (all(right + gap <= a or left >= b + gap for a, b in row) for row in taken)
        row = next((index for index, is_free in enumerate(free) if is_free), len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append((left, right))
        rows.append(row)
    return tuple(rows)
