"""What is drawn of long series: empty tails are cut, and what is still too long is summed up, and said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vesicle.dossier.blocks import Figure, Line
from vesicle.measurements.sizing import FloatArray

MOST_CLASSES = 600
"""A step histogram with more classes loses its empty tails in the drawing, then shares classes."""

_FEWEST_CLASSES = 150
_MOST_IN_ALL = 4800

MOST_POINTS = 1500
"""A curve with more points is drawn by the smallest and largest of each stretch."""


def drawn(figure: Figure) -> Figure:
    """The figure as it is drawn: lines short enough for a page.

    Parameters
    ----------
    figure : Figure
        As composed.

    Returns
    -------
    Figure
        With shorter lines where they were long; the numbers for download stay those of the original.

    Raises
    ------
    ValueError
        When a line's arrays do not have matching lengths.
    """
    most = most_classes(figure)
    return replace(figure, lines=tuple(_shorter(_checked(line), most) for line in figure.lines))


def most_classes(figure: Figure) -> int:
    """How many classes of each step histogram are drawn: fewer when many share the figure.

    Parameters
    ----------
    figure : Figure
        As composed.

    Returns
    -------
    int
        From 150 to 600.
    """
    return max(_FEWEST_CLASSES, min(MOST_CLASSES, _MOST_IN_ALL // max(1, len(figure.lines))))


def drawing_note(figure: Figure) -> str:
    """What the drawing leaves out, as a sentence for the caption.

    Parameters
    ----------
    figure : Figure
        As composed.

    Returns
    -------
    str
        Empty when everything is drawn.
    """
    pairs = tuple(zip(figure.lines, drawn(figure).lines, strict=True))
    notes: list[str] = []
    if any(before.is_step and len(after.y) < len(before.y) for before, after in pairs):
        notes.append("empty classes at both ends are not drawn")
    share = max(
        (_classes_per_step(line, most_classes(figure)) for line in figure.lines if line.is_step), default=1
    )
    if share > 1:
        notes.append(f"{share} neighbouring classes share one step, at their mean weighted by width")
    if any(not before.is_step and len(after.y) < len(before.y) for before, after in pairs):
        notes.append("curves are drawn through the smallest and largest value of each stretch")
    return f"In the drawing, {'; '.join(notes)}; the numbers for download hold every value." if notes else ""


def _checked(line: Line) -> Line:
    expected = len(line.y) + 1 if line.is_step else len(line.y)
    bands = [len(band) for band in (line.low, line.high) if band is not None]
    if len(line.x) != expected or any(length != len(line.y) for length in bands):
        lengths = f"x has {len(line.x)} values, y has {len(line.y)}, bands {bands}"
        message = f"line '{line.label}': {lengths}"
        raise ValueError(message)
    return line


def _shorter(line: Line, most: int) -> Line:
    if line.is_step and len(line.y) > most:
        return _shared(_without_empty_tails(line), most)
    if not line.is_step and len(line.y) > MOST_POINTS:
        return _by_extremes(line)
    return line


def _classes_per_step(line: Line, most: int) -> int:
    if len(line.y) <= most:
        return 1
    return -(-len(_without_empty_tails(line).y) // most)


def _without_empty_tails(line: Line) -> Line:
    content = np.nan_to_num(line.y) if line.high is None else np.nan_to_num(line.y) + np.nan_to_num(line.high)
    filled = np.flatnonzero(content)
    first, last = (int(filled[0]), int(filled[-1])) if len(filled) else (0, 0)
    first, last = max(0, first - 1), min(len(line.y) - 1, last + 1)
    kept = slice(first, last + 1)
    return replace(
        line, x=line.x[first : last + 2], y=line.y[kept], low=_cut(line.low, kept), high=_cut(line.high, kept)
    )


def _cut(values: FloatArray | None, kept: slice) -> FloatArray | None:
    return None if values is None else values[kept]


def _shared(line: Line, most: int) -> Line:
    share = -(-len(line.y) // most)
    if share == 1:
        return line
    starts = np.arange(0, len(line.y), share)
    width = np.diff(line.x)
    total = np.add.reduceat(width, starts)

    def mean(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else np.add.reduceat(values * width, starts) / total

    edges = np.append(line.x[starts], line.x[-1])
    return replace(line, x=edges, y=mean(line.y), low=mean(line.low), high=mean(line.high))


def _by_extremes(line: Line) -> Line:
    stretch = -(-2 * len(line.y) // MOST_POINTS)
    chosen = {0, len(line.y) - 1}
    for start in range(0, len(line.y), stretch):
        part = np.nan_to_num(line.y[start : start + stretch])
        chosen |= {start + int(part.argmin()), start + int(part.argmax())}
    index = np.array(sorted(chosen))
    bands = {
        "low": None if line.low is None else line.low[index],
        "high": None if line.high is None else line.high[index],
    }
    return replace(line, x=line.x[index], y=line.y[index], **bands)
