"""The numbers of a figure as rows, for its CSV file and the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from vesicle.dossier.blocks import Axis, Figure, Line, Picture

FigureRow: TypeAlias = tuple[str, str, str, float, float | None, float | None, float | None, float | None]
PictureRow: TypeAlias = tuple[str, str, int, float, float, float | None]


def figure_columns(figure: Figure) -> tuple[str, ...]:
    """The headings of a figure's numbers, units included.

    Parameters
    ----------
    figure : Figure
        The figure.

    Returns
    -------
    tuple of str
        Eight headings.
    """
    x, y = _named(figure.x), _named(figure.y)
    return ("kind", "series", "group", x, f"{x}, upper end", y, "interval low", "interval high")


def figure_rows(figure: Figure) -> Iterator[FigureRow]:
    """Every number of a figure, none left out and none rounded.

    Parameters
    ----------
    figure : Figure
        As composed.

    Yields
    ------
    tuple
        Kind (class, point, interval, zone or mark), series, group, x, upper end of x, y, and the bounds:
        of y for a line, of x for an interval.
    """
    for line in figure.lines:
        yield from _line_rows(line)
    for point in figure.points:
        yield "interval", point.label, point.group, point.value, None, None, point.low, point.high
    for zone in figure.zones:
        yield "zone", zone.label, zone.tone, zone.low, zone.high, None, None, None
    for label, position in figure.marks:
        yield "mark", label, "", position, None, None, None, None


def picture_columns() -> tuple[str, ...]:
    """The headings of a picture's numbers.

    Returns
    -------
    tuple of str
        Six headings; x runs along a row, and the centre of the first pixel is at 0.
    """
    return ("kind", "series", "number", "x (px)", "y (px)", "radius (px)")


def picture_rows(picture: Picture) -> Iterator[PictureRow]:
    """Every coordinate of a picture, drawn or not; the pixels are in the video.

    Parameters
    ----------
    picture : Picture
        As composed.

    Yields
    ------
    tuple
        Kind (circle or path), series, number of the circle or path from 1, x, y, and the radius of a circle.
    """
    for circles in picture.circles:
        for number, (x, y) in enumerate(zip(circles.x_px, circles.y_px, strict=True), 1):
            yield "circle", circles.label, number, float(x), float(y), circles.radius_px
    for paths in picture.paths:
        for number, (xs, ys) in enumerate(zip(paths.x_px, paths.y_px, strict=True), 1):
            for x, y in zip(xs, ys, strict=True):
                yield "path", paths.label, number, float(x), float(y), None


def picture_shapes(picture: Picture) -> Iterator[tuple[str, str, int]]:
    """How many shapes of each kind a picture holds.

    Parameters
    ----------
    picture : Picture
        As composed.

    Yields
    ------
    tuple
        Kind (circle or path), series and number.
    """
    for circles in picture.circles:
        yield "circle", circles.label, len(circles.x_px)
    for paths in picture.paths:
        yield "path", paths.label, len(paths.x_px)


def _line_rows(line: Line) -> Iterator[FigureRow]:
    for index, y in enumerate(line.y):
        low = None if line.low is None else float(line.low[index])
        high = None if line.high is None else float(line.high[index])
        kind, upper = ("class", float(line.x[index + 1])) if line.is_step else ("point", None)
        yield kind, line.label, line.panel, float(line.x[index]), upper, float(y), low, high


def _named(axis: Axis) -> str:
    return f"{axis.title} ({axis.unit})" if axis.unit else axis.title
