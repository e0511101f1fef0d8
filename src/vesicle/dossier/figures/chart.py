"""Figures as SVG: curves, step histograms, bands and forest rows over shared zones and marks."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vesicle.dossier.blocks import Axis, Figure, Line, Zone
from vesicle.dossier.figures import svg
from vesicle.dossier.figures.layout import (
    LABEL_SIZE,
    ROW_HEIGHT,
    WIDTH,
    Layout,
    Row,
    axis_title,
    plan,
    value_text,
    visible_zones,
)
from vesicle.dossier.figures.reduce import drawn
from vesicle.dossier.figures.scale import Scale, common_exponent, minor_ticks, thinned, tick_labels
from vesicle.dossier.numbers import power_of_ten
from vesicle.measurements.sizing import FloatArray

SERIES = ("#0072b2", "#c65200", "#007f5f", "#b0508a", "#946200", "#2f86bd", "#5d5d5d", "#6a3d9a")
"""Okabe and Ito's colours, darkened where they were too pale for thin lines on white."""

DASHES = (None, "8 3", "2.5 2.5", "9 3 2.5 3", "5 2", "12 4", "1.5 3", "6 2 1.5 2 1.5 2")
_TONES = {
    "good": "#009e73",
    "warn": "#e69f00",
    "bad": "#d55e00",
    "neutral": "#7a7a7a",
    "component": "#b0508a",
    "censored": "#7a7a7a",
}
_INK, _MUTED, _GRID = "#1d2530", "#55606e", "#dfe3e8"
_LEGEND_ROW = 20.0


def draw(figure: Figure) -> str:
    """A figure as self-contained SVG that also follows the colours of the page it stands in.

    Every element has its colour as an attribute, for the file on its own, and a class, through which the
    page's style sheet gives it the colours of the light, dark or printed page.

    Parameters
    ----------
    figure : Figure
        Lines, points or both on one x axis.

    Returns
    -------
    str
        The markup, with title and description.
    """
    shown = drawn(figure)
    layout = plan(shown)
    key = f"figure-{svg.key_of(figure.id)}"
    legend, legend_height = _legend(shown, layout, top=layout.bottom + 56)
    body = "".join(
        (
            *_zones(shown, layout, key=key),
            *_grid(layout),
            *_curves(shown, layout),
            *_forest(layout),
            *_marks(shown, layout),
            *_axes(shown, layout),
            *_captions(layout),
            *legend,
        )
    )
    height = layout.bottom + 50 + (legend_height + 6 if legend else 0)
    return svg.document(
        body,
        width=WIDTH,
        height=height,
        title=figure.title,
        summary=figure.summary or figure.caption,
        key=key,
    )


def _label(text: str, *, x: float, y: float, kind: str = "v-text", **more: object) -> str:
    colour = _MUTED if kind == "v-muted" else _INK
    return svg.element("text", svg.words(text), class_=kind, x=x, y=y, fill=colour, **more)


def _line(kind: str, start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return svg.element("line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour)


def _zones(figure: Figure, layout: Layout, *, key: str) -> Iterator[str]:
    if any(zone.tone == "censored" for zone in figure.zones):
        stroke = svg.element(
            "path", class_="v-hatch", d="M0 7L7 0", stroke=_MUTED, stroke_width=1, stroke_opacity=0.45
        )
        yield svg.element(
            "pattern", stroke, id=f"{key}-hatch", width=7, height=7, patternUnits="userSpaceOnUse"
        )
    for zone in visible_zones(figure, layout.x):
        yield _zone(zone, layout, key=key)


def _zone(zone: Zone, layout: Layout, *, key: str) -> str:
    left, right = layout.x.px(zone.low), layout.x.px(zone.high)
    place = {"x": left, "y": layout.top, "width": right - left, "height": layout.bottom - layout.top}
    name = svg.element("title", svg.words(zone.label) or " ")
    if zone.tone == "censored":
        return svg.element("rect", name, class_="v-censored", fill=f"url(#{key}-hatch)", **place)
    return svg.element(
        "rect", name, class_=f"v-zone v-{zone.tone}", fill=_TONES[zone.tone], fill_opacity=0.13, **place
    )


def _grid(layout: Layout) -> Iterator[str]:
    if layout.y is not None:
        for tick in layout.y.ticks:
            place = layout.y.px(tick)
            yield _line("v-grid", (layout.x.start, place), (layout.x.end, place), _GRID)
    if layout.rows:
        for tick in layout.x.ticks:
            place = layout.x.px(tick)
            yield _line("v-grid", (place, layout.rows[0].y - ROW_HEIGHT / 2), (place, layout.bottom), _GRID)


def _axes(figure: Figure, layout: Layout) -> Iterator[str]:
    yield _line("v-axis", (layout.x.start, layout.bottom), (layout.x.end, layout.bottom), _MUTED)
    yield from _x_ticks(layout.x, at=layout.bottom)
    middle = (layout.x.start + layout.x.end) / 2
    title = svg.shortened(_title(figure.x, layout.x), width=WIDTH - 40, size=12.5)
    half = svg.text_width(title, size=12.5) / 2
    middle = min(max(middle, half + 4), WIDTH - half - 4)
    yield _label(title, x=middle, y=layout.bottom + 40, text_anchor="middle", font_size=12.5)
    if layout.y is not None:
        yield from _y_axis(figure, layout.y, left=layout.x.start)


def _title(axis: Axis, scale: Scale) -> str:
    exponent = common_exponent(scale)
    return axis_title(axis, exponent_text=power_of_ten(exponent) if exponent else "")


def _x_ticks(x: Scale, *, at: float) -> Iterator[str]:
    for tick in minor_ticks(x):
        yield _line("v-axis", (x.px(tick), at), (x.px(tick), at + 3), _MUTED)
    labels = tick_labels(x)
    places = [x.px(tick) for tick in x.ticks]
    kept = thinned(places, labels)
    for index, (place, label) in enumerate(zip(places, labels, strict=True)):
        yield _line("v-axis", (place, at), (place, at + 5), _MUTED)
        if index in kept:
            yield _label(label, x=place, y=at + 19, kind="v-muted v-tick-x", text_anchor="middle")


def _y_axis(figure: Figure, y: Scale, *, left: float) -> Iterator[str]:
    for tick, label in zip(y.ticks, tick_labels(y), strict=True):
        place = y.px(tick)
        yield _line("v-axis", (left - 4, place), (left, place), _MUTED)
        yield _label(label, x=left - 8, y=place + 4, kind="v-muted v-tick-y", text_anchor="end")
    title = svg.shortened(_title(figure.y, y), width=y.start - y.end + 20, size=12.5)
    middle = (y.start + y.end) / 2
    turn = f"rotate(-90 16 {svg.number(middle)})"
    yield _label(title, x=16, y=middle, text_anchor="middle", transform=turn, font_size=12.5)


def _curves(figure: Figure, layout: Layout) -> Iterator[str]:
    if layout.y is None:
        return
    is_filled = sum(line.is_step for line in figure.lines) <= 2
    for index, line in enumerate(figure.lines):
        yield from _curve(line, layout.x, layout.y, index=index, is_filled=is_filled and line.is_step)


def _curve(line: Line, x: Scale, y: Scale, *, index: int, is_filled: bool) -> Iterator[str]:
    colour, series = SERIES[index % len(SERIES)], f"v-c{index % len(SERIES) + 1}"
    if line.low is not None and line.high is not None:
        for low, high in zip(
            _runs(line, line.low, x, y, also=line.high),
            _runs(line, line.high, x, y, also=line.low),
            strict=True,
        ):
            path = f"{_path(low + high[::-1])}Z"
            yield svg.element("path", class_=f"v-band {series}", d=path, fill=colour, fill_opacity=0.16)
    for run in _runs(line, line.y, x, y):
        if is_filled:
            base = _pixel(y.px(0.0 if not y.is_log else y.low))
            area = f"{_path([(run[0][0], base), *run, (run[-1][0], base)])}Z"
            yield svg.element("path", class_=f"v-area {series}", d=area, fill=colour, fill_opacity=0.10)
        yield svg.element(
            "path",
            class_=f"v-line {series}",
            d=_path(run),
            fill="none",
            stroke=colour,
            stroke_width=1.8,
            stroke_linejoin="round",
            stroke_dasharray=DASHES[index % len(DASHES)],
        )


def _runs(
    line: Line, values: FloatArray, x: Scale, y: Scale, *, also: FloatArray | None = None
) -> Iterator[list[tuple[str, str]]]:
    run: list[tuple[str, str]] = []
    for index, value in enumerate(values):
        needed = (
            value,
            line.x[index],
            line.x[index + 1] if line.is_step else 0.0,
            0.0 if also is None else also[index],
        )
        if not all(math.isfinite(number) for number in needed) or (
            x.is_log and not line.is_step and line.x[index] <= 0
        ):
            if run:
                yield run
            run = []
            continue
        ends = (line.x[index], line.x[index + 1]) if line.is_step else (line.x[index],)
        run += [(_pixel(x.px(float(end))), _pixel(y.px(float(value)))) for end in ends]
    if run:
        yield run


def _pixel(place: float) -> str:
    return svg.number(round(place, 1))


def _path(points: list[tuple[str, str]]) -> str:
    """A path through points; steps are written as horizontal and vertical moves, which halves the page."""
    x, y = points[0]
    parts = [f"M{x} {y}"]
    for new_x, new_y in points[1:]:
        if new_x != x and new_y != y:
            parts.append(f"L{new_x} {new_y}")
        elif new_x != x:
            parts.append(f"H{new_x}")
        elif new_y != y:
            parts.append(f"V{new_y}")
        x, y = new_x, new_y
    return "".join(parts)


def _forest(layout: Layout) -> Iterator[str]:
    room = layout.x.start - 16
    for row in layout.rows:
        if row.point is None:
            heading = svg.shortened(row.heading, width=room, size=LABEL_SIZE)
            yield _label(heading, x=8, y=row.y + 4, font_weight="600", font_size=LABEL_SIZE)
        else:
            yield from _point(row, layout, room=room)


def _point(row: Row, layout: Layout, *, room: float) -> Iterator[str]:
    point = row.point
    if point is None:
        return
    indent = 18 if point.group else 8
    name = svg.element("title", svg.words(point.label) or " ") + svg.words(
        svg.shortened(point.label, width=room - indent + 8, size=LABEL_SIZE)
    )
    yield svg.element("text", name, class_="v-text", x=indent, y=row.y + 4, fill=_INK, font_size=LABEL_SIZE)
    numbers = svg.shortened(value_text(point), width=200, size=LABEL_SIZE)
    yield _label(
        numbers, x=layout.numbers_at, y=row.y + 4, kind="v-muted", text_anchor="end", font_size=LABEL_SIZE
    )
    if not all(math.isfinite(number) for number in (point.value, point.low, point.high)):
        return
    colour, series = SERIES[row.colour % len(SERIES)], f"v-c{row.colour % len(SERIES) + 1}"
    low, high, y = layout.x.px(point.low), layout.x.px(point.high), row.y
    whisker = f"M{svg.number(low)} {svg.number(y)}H{svg.number(high)}"
    caps = "".join(f"M{svg.number(end)} {svg.number(y - 4)}V{svg.number(y + 4)}" for end in (low, high))
    yield svg.element(
        "path", class_=f"v-line {series}", d=whisker + caps, fill="none", stroke=colour, stroke_width=1.8
    )
    yield _dot(layout.x.px(point.value), y, shape=row.colour, colour=colour, series=series)


def _dot(x: float, y: float, *, shape: int, colour: str, series: str) -> str:
    n = svg.number
    shapes = (
        f"M{n(x - 5)} {n(y)}A5 5 0 1 0 {n(x + 5)} {n(y)}A5 5 0 1 0 {n(x - 5)} {n(y)}Z",
        f"M{n(x - 4.5)} {n(y - 4.5)}H{n(x + 4.5)}V{n(y + 4.5)}H{n(x - 4.5)}Z",
        f"M{n(x)} {n(y - 6)}L{n(x + 6)} {n(y)}L{n(x)} {n(y + 6)}L{n(x - 6)} {n(y)}Z",
        f"M{n(x)} {n(y - 5.5)}L{n(x + 5.5)} {n(y + 4.5)}H{n(x - 5.5)}Z",
    )
    return svg.element("path", class_=f"v-dot {series}", d=shapes[shape % len(shapes)], fill=colour)


def _marks(figure: Figure, layout: Layout) -> Iterator[str]:
    for label, position in figure.marks:
        if not math.isfinite(position) or not layout.x.shows(position):
            continue
        place = layout.x.px(position)
        yield svg.element(
            "line",
            svg.element("title", svg.words(label) or " "),
            class_="v-mark",
            x1=place,
            x2=place,
            y1=layout.top,
            y2=layout.bottom,
            stroke=_INK,
            stroke_dasharray="4 3",
        )


def _captions(layout: Layout) -> Iterator[str]:
    for caption in layout.captions:
        name = svg.element("title", svg.words(caption.full) or " ") + svg.words(caption.text)
        yield svg.element(
            "text",
            name,
            class_="v-text v-caption",
            x=caption.middle,
            y=layout.top - 6 - 15 * caption.row,
            text_anchor="middle",
            font_size=LABEL_SIZE,
            fill=_INK,
        )


def _legend(figure: Figure, layout: Layout, *, top: float) -> tuple[list[str], float]:
    named = [(index, line.label) for index, line in enumerate(figure.lines) if line.label]
    if len(named) < 2 and not any(line.low is not None for line in figure.lines):
        return [], 0.0
    drawn_entries: list[str] = []
    x, y = layout.x.start, top
    for index, label in named:
        text = svg.shortened(label, width=300, size=LABEL_SIZE)
        width = 36 + svg.text_width(text, size=LABEL_SIZE) + 16
        if x > layout.x.start and x + width > WIDTH - 8:
            x, y = layout.x.start, y + _LEGEND_ROW
        drawn_entries += _legend_entry(index, text, label, x=x, y=y)
        x += width
    return drawn_entries, y - top + _LEGEND_ROW


def _legend_entry(index: int, text: str, full: str, *, x: float, y: float) -> Iterator[str]:
    colour, series = SERIES[index % len(SERIES)], f"v-c{index % len(SERIES) + 1}"
    yield svg.element(
        "path",
        class_=f"v-line {series}",
        d=f"M{svg.number(x)} {svg.number(y)}h28",
        fill="none",
        stroke=colour,
        stroke_width=2.2,
        stroke_dasharray=DASHES[index % len(DASHES)],
    )
    name = svg.element("title", svg.words(full) or " ") + svg.words(text)
    yield svg.element("text", name, class_="v-text", x=x + 36, y=y + 4, font_size=LABEL_SIZE, fill=_INK)
