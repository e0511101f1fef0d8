"""A camera frame with what was found in it: the frame as an embedded PNG, circles and paths as lines above it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.dossier.blocks import Circles, Picture, ScaleBar
from vesicle.dossier.figures import svg
from vesicle.dossier.figures.layout import LABEL_SIZE, WIDTH
from vesicle.dossier.figures.raster import Raster, raster
from vesicle.dossier.numbers import format_number
from vesicle.measurements.sizing import FloatArray

MOST_PATHS = 400
MOST_CIRCLES = 1000
MOST_POINTS = 12_000
"""Points of all paths of a picture; longer paths are drawn through every second or third of their points."""

_HIGHEST = 640.0
_TENTHS = 10
_COLOURS = {"strong": "#ffd24a", "faint": "#ffffff", "path": "#4ddcf2"}
_DASHES = {"strong": None, "faint": 3.0, "path": None}
_HALO, _INK = "#000000", "#1d2530"
_LINES = {"strong": 1.4, "faint": 1.4, "path": 0.9}
_HALO_MORE, _ROW, _CHIP = 1.5, 22.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the frame stands in the drawing: px of the drawing per pixel of the frame, and its left edge."""

    scale: float
    left: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shapes:
    """All shapes of one kind as the data of one path, in tenths of a pixel, with their entry in the legend."""

    kind: str
    data: str
    legend: str


def draw_picture(picture: Picture) -> str:
    """A frame with its overlays as self-contained SVG.

    Parameters
    ----------
    picture : Picture
        Any picture; shapes that lie outside the frame, or nowhere, are not drawn.

    Returns
    -------
    str
        The markup, with title and description.

    Raises
    ------
    ValueError
        When arrays of coordinates differ in length, or the frame is empty.
    """
    drawn, key = raster(picture.grey), f"figure-{svg.key_of(picture.id)}"
    place, shapes = _placed(picture), tuple(_shapes(picture))
    body = [*_frame(drawn, place, key=key), *_overlay(shapes, place, key=key)]
    room = WIDTH - 8
    if picture.scale_bar is not None:
        bar, width = _bar(picture.scale_bar, place)
        body += bar
        room -= width
    entries, height = _legend(shapes, top=place.height + 20, room=room)
    return svg.document(
        "".join((*body, *entries)),
        width=WIDTH,
        height=place.height + height + 16,
        title=picture.title,
        summary=picture.summary or picture.caption,
        key=key,
    )


def picture_note(picture: Picture) -> str:
    """What the drawing does to the frame and leaves out of the overlay, for the caption.

    Parameters
    ----------
    picture : Picture
        As composed.

    Returns
    -------
    str
        At least how the contrast was stretched.
    """
    drawn = raster(picture.grey)
    notes = [f"grey levels {drawn.black} to {drawn.white} are stretched from black to white"]
    if drawn.share > 1:
        notes.append(f"one pixel stands for {drawn.share} × {drawn.share} of the frame, at their mean")
    if drawn.levels < 256:
        notes.append(f"{drawn.levels} steps of grey are kept")
    if any(len(circles.x_px) > MOST_CIRCLES for circles in picture.circles):
        notes.append(f"of each kind the first {MOST_CIRCLES} circles are drawn")
    if any(len(paths.x_px) > MOST_PATHS for paths in picture.paths):
        notes.append(f"the first {MOST_PATHS} paths are drawn")
    every = _every(picture)
    if every > 1:
        notes.append(f"paths run through every {_ordinal(every)} of their points")
    return f"In the drawing, {'; '.join(notes)}."


def _ordinal(every: int) -> str:
    return {2: "second", 3: "third"}.get(every, f"{every}th")


def _placed(picture: Picture) -> _Place:
    rows, columns = picture.grey.shape
    scale = min(WIDTH / columns, _HIGHEST / rows)
    return _Place(scale=scale, left=(WIDTH - scale * columns) / 2, width=scale * columns, height=scale * rows)


def _frame(drawn: Raster, place: _Place, *, key: str) -> Iterator[str]:
    """The frame, cut at its own edge since drawn pixels may reach beyond it."""
    window = svg.element("rect", x=place.left, y=0, width=place.width, height=place.height)
    yield svg.element("clipPath", window, id=f"{key}-frame")
    yield svg.element(
        "image",
        x=place.left,
        y=0,
        width=place.scale * drawn.columns * drawn.share,
        height=place.scale * drawn.rows * drawn.share,
        preserveAspectRatio="none",
        style="image-rendering:pixelated" if place.scale * drawn.share > 2 else None,
        clip_path=f"url(#{key}-frame)",
        **_linked(f"data:image/png;base64,{base64.b64encode(drawn.png).decode()}"),
    )


def _linked(target: str) -> dict[str, str]:
    """The older way to link, which programs for drawing understand as well as browsers do."""
    return {"xmlns:xlink": "http://www.w3.org/1999/xlink", "xlink:href": target}


def _overlay(shapes: Iterable[_Shapes], place: _Place, *, key: str) -> Iterator[str]:
    """Every kind of shape twice, a dark line below the coloured one: it shows on dark and on bright ground."""
    unit = place.scale / _TENTHS
    middle = (place.left + place.scale / 2, place.scale / 2)
    move = f"translate({svg.number(middle[0])} {svg.number(middle[1])}) scale({unit:.6g})"
    for index, kind in enumerate(shapes):
        name = f"{key}-shapes-{index}"
        dash = _DASHES[kind.kind]
        parts = (
            svg.element("defs", svg.element("path", id=name, d=kind.data)),
            svg.element(
                "use",
                stroke=_HALO,
                stroke_opacity=0.8,
                stroke_width=(_LINES[kind.kind] + _HALO_MORE) / unit,
                **_linked(f"#{name}"),
            ),
            svg.element(
                "use",
                stroke=_COLOURS[kind.kind],
                stroke_width=_LINES[kind.kind] / unit,
                stroke_dasharray=None if dash is None else svg.number(dash / unit),
                **_linked(f"#{name}"),
            ),
        )
        if kind.data:
            group = svg.element("g", "".join(parts), transform=move, fill="none", stroke_linejoin="round")
            yield svg.element("g", group, clip_path=f"url(#{key}-frame)")


def _shapes(picture: Picture) -> Iterator[_Shapes]:
    """Paths first, so that circles lie above them."""
    every, size = _every(picture), picture.grey.shape
    for paths in picture.paths:
        drawn = list(zip(paths.x_px, paths.y_px, strict=True))[:MOST_PATHS]
        data = "".join(_path(x, y, every=every, size=size) for x, y in drawn)
        total = len(paths.x_px) if paths.total is None else paths.total
        count = f"{len(drawn)}" if total == len(drawn) else f"{len(drawn)} of {total}"
        yield _Shapes(kind="path", data=data, legend=f"{paths.label} ({count})")
    for circles in picture.circles:
        data = "".join(_rings(circles, size=size))
        yield _Shapes(kind=circles.tone, data=data, legend=f"{circles.label} ({len(circles.x_px)})")


def _every(picture: Picture) -> int:
    points = sum(len(x) for paths in picture.paths for x in paths.x_px[:MOST_PATHS])
    return max(1, -(-points // MOST_POINTS))


def _tenths(
    x: FloatArray, y: FloatArray, *, size: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Points in tenths of a pixel, shape (points, 2), and which of them lie in the frame."""
    if len(x) != len(y):
        message = f"x has {len(x)} values, y has {len(y)}"
        raise ValueError(message)
    points = np.column_stack((x, y)).astype(np.float64)
    inside = np.all((points >= -0.5) & (points <= np.array(size[::-1]) - 0.5), axis=1)
    return np.rint(np.where(inside[:, None], points, 0.0) * _TENTHS).astype(np.int64), inside


def _path(x: FloatArray, y: FloatArray, *, every: int, size: tuple[int, int]) -> str:
    points, inside = _tenths(x, y, size=size)
    points = points[inside]
    kept = points[::every]
    if len(points) and (len(points) - 1) % every:
        kept = np.vstack((kept, points[-1]))
    moved = np.diff(kept, axis=0)
    moved = moved[np.any(moved != 0, axis=1)]
    if not len(moved):
        return ""
    return f"M{kept[0][0]} {kept[0][1]}l{_joined(moved.ravel().tolist())}"


def _joined(numbers: Iterable[int]) -> str:
    """Whole numbers in a row; a minus sign separates as well as a space does."""
    return "".join(str(n) if n < 0 else f" {n}" for n in numbers).lstrip()


def _rings(circles: Circles, *, size: tuple[int, int]) -> Iterator[str]:
    points, inside = _tenths(circles.x_px[:MOST_CIRCLES], circles.y_px[:MOST_CIRCLES], size=size)
    radius = max(1, round(circles.radius_px * _TENTHS))
    for x, y in points[inside].tolist():
        yield f"M{x - radius} {y}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0-{2 * radius} 0"


def _bar(bar: ScaleBar, place: _Place) -> tuple[list[str], float]:
    """The scale bar below the right end of the frame, where it hides nothing, and the room that it takes."""
    length, y = bar.length_px * place.scale, place.height + 20
    end = place.left + place.width - 2 if place.width > WIDTH / 2 else WIDTH - 8
    text = f"{format_number(bar.length_um)} um"
    line = f"M{svg.number(end - length)} {svg.number(y - 5)}v10m0-5H{svg.number(end)}m0-5v10"
    parts = [
        svg.element("path", class_="v-bar", d=line, fill="none", stroke=_INK, stroke_width=2),
        svg.element(
            "text",
            svg.words(text),
            class_="v-text",
            x=end - length - 8,
            y=y + 4,
            text_anchor="end",
            font_size=LABEL_SIZE,
            fill=_INK,
        ),
    ]
    return parts, WIDTH - 8 - (end - length - 24 - svg.text_width(text, size=LABEL_SIZE))


def _legend(shapes: Iterable[_Shapes], *, top: float, room: float) -> tuple[list[str], float]:
    parts: list[str] = []
    x, y = 2.0, top
    for kind in shapes:
        text = svg.shortened(kind.legend, width=room - _CHIP - 20, size=LABEL_SIZE)
        width = _CHIP + 8 + svg.text_width(text, size=LABEL_SIZE) + 14
        if x > 2 and x + width > room:
            x, y = 2.0, y + _ROW
        parts += _entry(kind, text, x=x, y=y)
        x += width
    return parts, y - top + _ROW


def _entry(kind: _Shapes, text: str, *, x: float, y: float) -> Iterator[str]:
    """A chip as dark as a frame with the shape on it, and what the shape means."""
    yield svg.element("rect", x=x, y=y - 8, width=_CHIP, height=16, rx=3, fill="#15191e")
    middle = x + _CHIP / 2
    is_path = kind.kind == "path"
    wave = f"M{svg.number(x + 5)} {svg.number(y + 3)}l5-5 4 4 6-6 5 4"
    ring = f"M{svg.number(middle - 5)} {svg.number(y)}a5 5 0 1 0 10 0a5 5 0 1 0-10 0"
    dash = _DASHES[kind.kind]
    yield svg.element(
        "path",
        d=wave if is_path else ring,
        fill="none",
        stroke=_COLOURS[kind.kind],
        stroke_width=1.5,
        stroke_dasharray=None if dash is None else svg.number(dash),
    )
    name = svg.element("title", svg.words(kind.legend) or " ") + svg.words(text)
    yield svg.element(
        "text", name, class_="v-text", x=x + _CHIP + 8, y=y + 4, font_size=LABEL_SIZE, fill=_INK
    )
