"""Small multiples as SVG: one small chart for each panel that the lines of a figure name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from vesicle.dossier.blocks import Figure, Line
from vesicle.dossier.figures import svg
from vesicle.dossier.figures.layout import LABEL_SIZE, WIDTH, axis_title
from vesicle.dossier.figures.scale import Scale, make_scale, tick_labels

COLUMNS = 3
_PLOT_HEIGHT, _PITCH = 96.0, 158.0
_LEFT, _GAP, _TOP = 30.0, 34.0, 34.0
_COLOURS = ("#0072b2", "#5d5d5d")
_CLASSES = ("v-c1", "v-c7")
_DASHES = (None, "4 2.5")
_INK, _MUTED, _AXIS = "#1d2530", "#55606e", "#55606e"


def draw_panels(figure: Figure) -> str:
    """A figure whose lines name panels as self-contained SVG, three panels a row.

    Each panel has its own x axis and reaches its own top; the first line of a panel is drawn solid, the second
    dashed. A mark belongs to the panel whose name its label begins with.

    Parameters
    ----------
    figure : Figure
        Step lines, each with a panel.

    Returns
    -------
    str
        The markup, with title and description.
    """
    names = tuple(dict.fromkeys(line.panel for line in figure.lines))
    rows = math.ceil(len(names) / COLUMNS)
    foot = _TOP + rows * _PITCH
    body = "".join(
        (
            *(part for place, name in enumerate(names) for part in _panel(figure, name, place)),
            *_legend(figure, at=foot + 4),
        )
    )
    return svg.document(
        body,
        width=WIDTH,
        height=foot + 26,
        title=figure.title,
        summary=figure.summary or figure.caption,
        key=f"figure-{svg.key_of(figure.id)}",
    )


def _panel(figure: Figure, name: str, place: int) -> Iterator[str]:
    width = (WIDTH - _LEFT - 14) / COLUMNS
    left = _LEFT + (place % COLUMNS) * width
    top = _TOP + (place // COLUMNS) * _PITCH
    lines = [line for line in figure.lines if line.panel == name]
    edges = [float(edge) for line in lines for edge in line.x]
    x = make_scale(figure.x, edges, start=left, end=left + width - _GAP, room=3)
    highest = max((float(line.y.max()) for line in lines if len(line.y)), default=1.0) or 1.0
    shown = svg.element("title", svg.words(name) or " ") + svg.words(
        svg.shortened(name, width=width - _GAP, size=12.0)
    )
    yield svg.element(
        "text", shown, class_="v-text", x=left, y=top - 6, font_size=12, font_weight="600", fill=_INK
    )
    bottom = top + _PLOT_HEIGHT
    for index, line in enumerate(lines):
        yield from _steps(line, x, top=top, bottom=bottom, highest=highest, index=index)
    for label, value in figure.marks:
        if label.startswith(f"{name}:") and x.shows(value):
            yield _threshold(label, x.px(value), top=top, bottom=bottom)
    yield from _axis(figure, x, bottom=bottom)


def _steps(line: Line, x: Scale, *, top: float, bottom: float, highest: float, index: int) -> Iterator[str]:
    ends = [svg.number(round(x.px(float(edge)), 1)) for edge in line.x]
    tall = (bottom - top) / highest
    heights = [svg.number(round(bottom - tall * float(value), 1)) for value in line.y]
    base, series = svg.number(bottom), index % len(_CLASSES)
    path = f"M{ends[0]} {base}" + "".join(
        f"V{height}H{end}" for height, (_, end) in zip(heights, pairwise(ends), strict=True)
    )
    name = svg.element("title", svg.words(f"{line.panel}: {line.label}"))
    yield svg.element(
        "path",
        class_=f"v-area {_CLASSES[series]}",
        d=f"{path}V{base}Z",
        fill=_COLOURS[series],
        fill_opacity=0.12,
    )
    yield svg.element(
        "path",
        name,
        class_=f"v-line {_CLASSES[series]}",
        d=f"{path}V{base}",
        fill="none",
        stroke=_COLOURS[series],
        stroke_width=1.5,
        stroke_dasharray=_DASHES[series],
    )


def _threshold(label: str, place: float, *, top: float, bottom: float) -> str:
    name = svg.element("title", svg.words(label))
    return svg.element(
        "line",
        name,
        class_="v-mark",
        x1=place,
        x2=place,
        y1=top - 2,
        y2=bottom,
        stroke=_INK,
        stroke_dasharray="4 3",
    )


def _axis(figure: Figure, x: Scale, *, bottom: float) -> Iterator[str]:
    yield svg.element("line", class_="v-axis", x1=x.start, x2=x.end, y1=bottom, y2=bottom, stroke=_AXIS)
    last = -math.inf
    for tick, label in zip(x.ticks, tick_labels(x), strict=True):
        place, half = x.px(tick), svg.text_width(label, size=LABEL_SIZE) / 2
        if not x.shows(tick) or place - half < last + 4:
            continue
        last = place + half
        yield svg.element("line", class_="v-axis", x1=place, x2=place, y1=bottom, y2=bottom + 4, stroke=_AXIS)
        yield svg.element(
            "text",
            svg.words(label),
            class_="v-muted",
            x=place,
            y=bottom + 16,
            text_anchor="middle",
            font_size=LABEL_SIZE,
            fill=_MUTED,
        )
    title = svg.shortened(axis_title(figure.x, exponent_text=""), width=x.end - x.start, size=LABEL_SIZE)
    middle = (x.start + x.end) / 2
    yield svg.element(
        "text",
        svg.words(title),
        class_="v-muted",
        x=middle,
        y=bottom + 31,
        text_anchor="middle",
        font_size=LABEL_SIZE,
        fill=_MUTED,
    )


def _legend(figure: Figure, *, at: float) -> Iterator[str]:
    x = _LEFT
    for index, label in enumerate(dict.fromkeys(line.label for line in figure.lines)):
        series = index % len(_CLASSES)
        yield svg.element(
            "path",
            class_=f"v-line {_CLASSES[series]}",
            d=f"M{svg.number(x)} {svg.number(at)}h28",
            fill="none",
            stroke=_COLOURS[series],
            stroke_width=2,
            stroke_dasharray=_DASHES[series],
        )
        yield svg.element(
            "text", svg.words(label), class_="v-text", x=x + 36, y=at + 4, font_size=LABEL_SIZE, fill=_INK
        )
        x += 36 + svg.text_width(label, size=LABEL_SIZE) + 22
