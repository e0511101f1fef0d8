"""A process as a row of boxes with arrows between them."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.dossier.blocks import Flow
from vesicle.dossier.figures import svg

_WIDTH = 720.0
_BOX = 162.0
_GAP = 21.0
_LINE = 15.0
_PER_ROW = 4
_MOST_LINES = 6


def draw_flow(flow: Flow) -> str:
    """A process as self-contained SVG, four steps in a row.

    Parameters
    ----------
    flow : Flow
        Named steps in order, each with a detail line.

    Returns
    -------
    str
        The markup, with title and description.
    """
    steps = [(_wrapped(name, bold=True), _wrapped(detail)) for name, detail in flow.steps]
    rows = [steps[start : start + _PER_ROW] for start in range(0, len(steps), _PER_ROW)]
    parts: list[str] = []
    top = 8.0
    for index, row in enumerate(rows):
        height = 22 + _LINE * max(len(name) + len(detail) for name, detail in row)
        for column, (name, detail) in enumerate(row):
            number = index * _PER_ROW + column + 1
            is_last = number == len(steps)
            parts += _step(
                name, detail, number=number, left=4 + column * (_BOX + _GAP), top=top, height=height
            )
            if not is_last and column < _PER_ROW - 1:
                parts.append(_arrow(4 + column * (_BOX + _GAP) + _BOX + 3, top + height / 2))
        top += height + 18
    summary = "; ".join(f"{number}. {name}: {detail}" for number, (name, detail) in enumerate(flow.steps, 1))
    return svg.document(
        "".join(parts),
        width=_WIDTH,
        height=max(top - 10, 30.0),
        title=flow.title,
        summary=summary,
        key=f"flow-{svg.key_of(flow.id)}",
    )


def _step(
    name: list[str], detail: list[str], *, number: int, left: float, top: float, height: float
) -> Iterator[str]:
    yield svg.element(
        "rect",
        class_="v-box",
        x=left,
        y=top,
        width=_BOX,
        height=height,
        rx=6,
        fill="#f4f6f8",
        stroke="#b9c2cc",
    )
    yield svg.element(
        "text",
        str(number),
        class_="v-muted",
        x=left + _BOX - 10,
        y=top + 17,
        text_anchor="end",
        font_size=10,
        fill="#55606e",
    )
    for index, line in enumerate((*name, *detail)):
        is_name = index < len(name)
        yield svg.element(
            "text",
            svg.words(line),
            class_="v-text" if is_name else "v-muted",
            x=left + 10,
            y=top + 20 + _LINE * index,
            font_size=12 if is_name else 11,
            font_weight="600" if is_name else None,
            fill="#1d2530" if is_name else "#55606e",
        )


def _arrow(x: float, y: float) -> str:
    n = svg.number
    shape = f"M{n(x)} {n(y)}h12m-5 -4l5 4l-5 4"
    return svg.element("path", class_="v-arrow", d=shape, fill="none", stroke="#55606e", stroke_width=1.5)


def _wrapped(text: str, *, bold: bool = False) -> list[str]:
    size, room = (12.5, _BOX - 34) if bold else (11.0, _BOX - 18)
    lines: list[str] = []
    for word in text.split():
        part = svg.shortened(word, width=room, size=size)
        if lines and svg.text_width(f"{lines[-1]} {part}", size=size) <= room:
            lines[-1] = f"{lines[-1]} {part}"
        else:
            lines.append(part)
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]} …"]
