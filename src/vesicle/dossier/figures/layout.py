"""Where everything stands: panels, scales and the rows of labels above and below them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from vesicle.dossier.blocks import Axis, Figure, PointInterval, Zone
from vesicle.dossier.figures.scale import Scale, make_scale, rows_for, tick_labels
from vesicle.dossier.figures.svg import shortened, text_width
from vesicle.dossier.numbers import format_estimate
from vesicle.results import Estimate

WIDTH = 720.0
CURVE_HEIGHT = 300.0
ROW_HEIGHT = 24.0
LABEL_SIZE = 11.0
_LABEL_ROW = 15.0
_WIDEST_NAME = 230.0
_RIGHT = 22.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A label of a zone or a mark above the panels: its text, the middle of it and its row."""

    text: str
    full: str
    middle: float
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the forest panel: a point with its interval, or the heading of a group."""

    y: float
    heading: str = ""
    point: PointInterval | None = None
    colour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The measures of one drawing; ``y`` is None without lines, ``rows`` is empty without points."""

    x: Scale
    y: Scale | None
    rows: tuple[Row, ...]
    captions: tuple[Caption, ...]
    top: float
    bottom: float
    numbers_at: float


def plan(figure: Figure) -> Layout:
    """The measures of a figure.

    Parameters
    ----------
    figure : Figure
        As it is drawn, long lines shortened.

    Returns
    -------
    Layout
        All in px.
    """
    has_curve = bool(figure.lines) or not figure.points
    y = _y_scale(figure, top=0, height=CURVE_HEIGHT) if has_curve else None
    numbers = max((text_width(value_text(point), size=LABEL_SIZE) for point in figure.points), default=0.0)
    right = WIDTH - _RIGHT - (min(numbers, 200.0) + 10 if figure.points else 0)
    left = _left(figure, y)
    x = make_scale(figure.x, _x_values(figure), start=left, end=right, room=7)
    captions = _captions(figure, x)
    top = 14.0 + _LABEL_ROW * (1 + max((caption.row for caption in captions), default=-1))
    curve_bottom = top + CURVE_HEIGHT if has_curve else top
    rows = _rows(figure, top=curve_bottom + (14 if has_curve else 4))
    bottom = rows[-1].y + ROW_HEIGHT / 2 + 4 if rows else curve_bottom
    return Layout(
        x=x,
        y=_y_scale(figure, top=top, height=CURVE_HEIGHT) if has_curve else None,
        rows=rows,
        captions=captions,
        top=top,
        bottom=bottom,
        numbers_at=WIDTH - _RIGHT,
    )


def value_text(point: PointInterval) -> str:
    """The numbers of a point as they are printed beside it.

    Parameters
    ----------
    point : PointInterval
        A row of a forest plot.

    Returns
    -------
    str
        Value and interval.
    """
    if not all(math.isfinite(number) for number in (point.value, point.low, point.high)):
        return "not finite"
    return format_estimate(Estimate(value=point.value, low=point.low, high=point.high, method="as drawn"))


def _x_values(figure: Figure) -> Iterator[float]:
    for line in figure.lines:
        yield from (float(value) for value in line.x)
    for point in figure.points:
        yield from (point.low, point.value, point.high)
    if not figure.lines:
        for zone in figure.zones:
            yield from (zone.low, zone.high)
    for _, position in figure.marks:
        yield position


def _y_values(figure: Figure) -> Iterator[float]:
    for line in figure.lines:
        for values in (line.y, line.low, line.high):
            if values is not None:
                yield from (float(value) for value in values)


def _y_scale(figure: Figure, *, top: float, height: float) -> Scale:
    values = [value for value in _y_values(figure) if math.isfinite(value)]
    is_near_zero = bool(values) and min(values) >= 0 and min(values) <= 0.4 * max(values)
    if not figure.y.is_log and (is_near_zero or any(line.is_step for line in figure.lines)):
        values.append(0.0)
    return make_scale(figure.y, values, start=top + height, end=top, room=6)


def _left(figure: Figure, y: Scale | None) -> float:
    ticks = max((text_width(label) for label in tick_labels(y)), default=0.0) + 46 if y else 20.0
    names = [text_width(point.label, size=LABEL_SIZE) + 28 for point in figure.points]
    headings = [text_width(point.group, size=LABEL_SIZE) + 12 for point in figure.points]
    return max(ticks, min(_WIDEST_NAME, max([*names, *headings], default=0.0)))


def _captions(figure: Figure, x: Scale) -> tuple[Caption, ...]:
    zones = [(zone.label, _middle(x, zone.low, zone.high)) for zone in visible_zones(figure, x)]
    marks = [(label, x.px(position)) for label, position in figure.marks if math.isfinite(position)]
    named = [(label, middle) for label, middle in (*zones, *marks) if label]
    short = [(shortened(label, width=260, size=LABEL_SIZE), label, middle) for label, middle in named]
    spans = [_span(text, middle) for text, _, middle in short]
    rows = rows_for(spans)
    return tuple(
        Caption(text=text, full=full, middle=(span[0] + span[1]) / 2, row=row)
        for (text, full, _), span, row in zip(short, spans, rows, strict=True)
    )


def visible_zones(figure: Figure, x: Scale) -> tuple[Zone, ...]:
    """The zones that reach into the axis.

    Parameters
    ----------
    figure : Figure
        The figure.
    x : Scale
        Its x axis.

    Returns
    -------
    tuple of Zone
        Those with a visible width.
    """
    return tuple(zone for zone in figure.zones if x.px(zone.high) - x.px(zone.low) >= 0.5)


def _middle(x: Scale, low: float, high: float) -> float:
    return (x.px(low) + x.px(high)) / 2


def _span(text: str, middle: float) -> tuple[float, float]:
    half = text_width(text, size=LABEL_SIZE) / 2
    middle = min(max(middle, half + 4), WIDTH - half - 4)
    return middle - half, middle + half


def _rows(figure: Figure, *, top: float) -> tuple[Row, ...]:
    rows: list[Row] = []
    groups = list(dict.fromkeys(point.group for point in figure.points))
    for index, group in enumerate(groups):
        if group:
            rows.append(Row(y=top + ROW_HEIGHT * (len(rows) + 0.5), heading=group))
        for point in figure.points:
            if point.group == group:
                rows.append(Row(y=top + ROW_HEIGHT * (len(rows) + 0.5), point=point, colour=index))
    return tuple(rows)


def axis_title(axis: Axis, *, exponent_text: str) -> str:
    """The title of an axis with its unit.

    Parameters
    ----------
    axis : Axis
        The axis.
    exponent_text : str
        The power of ten that the tick labels leave out; empty when there is none.

    Returns
    -------
    str
        For example ``Concentration (10⁹ particles per mL)``.
    """
    unit = " ".join(part for part in (exponent_text, axis.unit) if part)
    return f"{axis.title} ({unit})" if unit else axis.title
