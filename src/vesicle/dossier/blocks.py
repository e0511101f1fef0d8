"""What a section is made of: text, tables, figures and verdicts, as data.

A section composes blocks; the page, the workbook, the JSON and the CSV files are all drawn from the same
blocks, so a number can never differ between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, NotAssessed, Verdict

Cell: TypeAlias = str | float | int | bool | Estimate | NotAssessed | Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph in plain language. ``tone`` is ``plain``, ``note`` (a caution) or ``missing``."""

    text: str
    tone: Literal["plain", "note", "missing"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of the user, shown in quotes and named as such; never rephrased."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: heading, unit (may be empty) and what it means, for the reader who hovers or asks."""

    name: str
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with an id that is unique in the dossier; every row has one cell per column."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A curve, or a step histogram when ``is_step``: then ``x`` holds k + 1 edges for k values ``y``.

    ``low`` and ``high`` draw a band around the curve. ``panel`` names the small chart that the line stands in,
    when the figure is one of small multiples: then every line of it is a step line with a panel, and a mark belongs
    to the panel whose name and a colon its label begins with.
    """

    label: str
    x: FloatArray
    y: FloatArray
    low: FloatArray | None = None
    high: FloatArray | None = None
    is_step: bool = False
    panel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointInterval:
    """A labelled point with its interval, drawn as one row of a forest plot."""

    label: str
    value: float
    low: float
    high: float
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A shaded range of the x axis with its name, such as a class or a region that was not observed."""

    label: str
    low: float
    high: float
    tone: Literal["good", "warn", "bad", "neutral", "censored", "component"] = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis with its title, unit and scale; ``low`` and ``high`` limit it where given."""

    title: str
    unit: str = ""
    is_log: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as data: lines, or point-intervals, on two axes, with zones and marks on x.

    ``caption`` describes it for print; ``summary`` says in one sentence what it shows, for those who
    cannot see it. ``marks`` are labelled vertical lines at x.
    """

    id: str
    title: str
    caption: str
    summary: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...] = ()
    points: tuple[PointInterval, ...] = ()
    zones: tuple[Zone, ...] = ()
    marks: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circles:
    """Circles of one kind on a picture, such as the spots that were found; shape of both axes (circles,).

    ``tone`` is ``strong`` for what counts and ``faint``, drawn dashed, for what was left out.
    """

    label: str
    x_px: FloatArray
    y_px: FloatArray
    radius_px: float
    tone: Literal["strong", "faint"] = "strong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Paths of one kind on a picture, such as tracks: one pair of arrays of equal length for each path.

    ``total`` is how many there are of this kind, where ``x_px`` holds a choice of them.
    """

    label: str
    x_px: tuple[FloatArray, ...]
    y_px: tuple[FloatArray, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleBar:
    """A length and the pixels of the frame that it spans."""

    length_um: float
    length_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One camera frame as grey levels, shape (rows, columns), with what was found in it.

    Coordinates are in pixels of the frame, x along a row, with the centre of the first pixel at 0. ``summary``
    says in one sentence what it shows, for those who cannot see it. The drawing stretches the contrast.
    """

    id: str
    title: str
    caption: str
    summary: str
    grey: NDArray[np.uint8]
    circles: tuple[Circles, ...] = ()
    paths: tuple[Paths, ...] = ()
    scale_bar: ScaleBar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A process as named steps in order, each with a detail line."""

    id: str
    title: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The results of the checks with these ids, shown in full at this place."""

    check_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Methods:
    """A methods paragraph to paste into a paper, with the citation keys it uses."""

    text: str
    citations: tuple[str, ...] = ()


Drawing: TypeAlias = Figure | Flow | Picture
"""A block that is drawn, and that has a number and a file of its own."""

Block: TypeAlias = Text | Quote | Table | Drawing | Verdicts | Methods
