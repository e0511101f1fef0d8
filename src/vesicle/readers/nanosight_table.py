"""The class table of a NanoSight summary file, with what shows that rows of it were lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from vesicle.errors import BadValue, MissingColumn, TruncatedFile, quoted
from vesicle.measurements.sizing import FloatArray, SizeHistogram, frozen
from vesicle.readers.nanosight_layout import Layout, Row, bad_field, fold, per_ml_factor
from vesicle.readers.text import parse_number
from vesicle.results import Warned

_AFTER = ("concentration average", "standard error")
_ROUND_CLASSES = 50
_SAME_STEP = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """Centres, one column of particles per mL for each video, and the average column if there is one."""

    centre_nm: FloatArray
    edges_nm: FloatArray
    videos: FloatArray
    average: FloatArray | None
    first_row: int
    warnings: tuple[Warned, ...]

    def histogram(self, amount: FloatArray) -> SizeHistogram:
        """A histogram over this table's classes.

        Parameters
        ----------
        amount : numpy.ndarray
            Particles per mL in each class.

        Returns
        -------
        SizeHistogram
            Read-only.
        """
        return SizeHistogram(
            centre_nm=self.centre_nm, edges_nm=self.edges_nm, amount=frozen(amount), first_row=self.first_row
        )


@dataclass(frozen=True, slots=True)
class _Columns:
    videos: int
    average: int | None
    width: int
    factor: float


def count_videos(layout: Layout) -> int:
    """How many columns of the size table belong to one video each.

    Parameters
    ----------
    layout : Layout
        The file.

    Returns
    -------
    int
        At least 1.
    """
    header = layout.block.header
    names = () if header is None else header.values
    return len(list(takewhile(lambda name: per_ml_factor(name) is not None, names)))


def read_table(layout: Layout) -> ClassTable:
    """The number-weighted size table.

    Parameters
    ----------
    layout : Layout
        The file.

    Returns
    -------
    ClassTable
        In particles per mL.

    Raises
    ------
    MissingColumn
        When the columns are not those of such a table.
    BadValue
        When a class or an amount cannot be true.
    TruncatedFile
        When there are no classes, or a row inside the table has lost fields.
    """
    header = layout.block.header
    if header is None:  # pragma: no cover - the layout chose the block by its header
        raise MissingColumn("The size table has no header.", where=layout.where)
    columns = _columns(layout, header)
    below = [row for row in layout.block.rows if row.number > header.number]
    rows = list(takewhile(lambda row: not row.key.startswith("percentile"), below))
    numbers, lost = _numbers(layout, rows, columns, is_last=len(rows) == len(below))
    centre = numbers[:, 0]
    edges = _edges(layout, rows, centre)
    tail = [row for row in below[len(rows) :] if row.fields]
    highest = _highest(layout, tail, videos=columns.videos)
    is_told = any("with percentiles" in row.key for row in layout.rows_of("data included"))
    found = (
        *lost,
        *_gaps(rows, centre),
        *_cut_end(edges, rows[-1], highest=highest, has_tail=bool(tail), is_told=is_told),
    )
    return ClassTable(
        centre_nm=frozen(centre),
        edges_nm=frozen(edges),
        videos=frozen(numbers[:, 1 : columns.videos + 1] * columns.factor),
        average=None if columns.average is None else frozen(numbers[:, columns.average] * columns.factor),
        first_row=rows[0].number,
        warnings=found,
    )


def _columns(layout: Layout, header: Row) -> _Columns:
    videos = count_videos(layout)
    factors = {per_ml_factor(name) for name in header.values[:videos]}
    after = [fold(name) for name in header.values[videos:]]
    if len(factors) != 1 or after not in ([], [_AFTER[0]], [_AFTER[1]], list(_AFTER)):
        raise MissingColumn(
            "The columns of the size table are not those of a NanoSight export.",
            where=f"{layout.where}, row {header.number}",
            why=f"Found {quoted(header.fields)}; expected a concentration per video, then {quoted(_AFTER)}.",
            next_step="Export the file again; do not edit it by hand.",
        )
    average = videos + 1 if _AFTER[0] in after else None
    return _Columns(videos, average, len(header.fields), factors.pop() or 1.0)


def _numbers(
    layout: Layout, rows: list[Row], columns: _Columns, *, is_last: bool
) -> tuple[FloatArray, tuple[Warned, ...]]:
    lost: tuple[Warned, ...] = ()
    if rows and is_last and len(rows[-1].fields) != columns.width:
        cut = rows.pop()
        lost = (_truncated("The file ends within a row of the size table.", cut.number),)
    if len(rows) < 2:
        raise TruncatedFile(
            "The size table has no classes.",
            where=layout.where,
            why=f"Found {len(rows)} whole rows; expected 1000 or so.",
            next_step="Export the file again, or copy it again from the instrument's computer.",
        )
    return np.array([_row_numbers(layout, row, columns.width) for row in rows]), lost


def _row_numbers(layout: Layout, row: Row, width: int) -> list[float]:
    if len(row.fields) != width:
        raise TruncatedFile(
            "A row of the size table has lost or gained fields.",
            where=f"{layout.where}, row {row.number}",
            why=f"Found {len(row.fields)} fields; the header has {width}.",
            next_step="Export the file again; do not edit it by hand.",
        )
    numbers = [layout.number(row, index) for index in range(width)]
    negative = next((index for index, number in enumerate(numbers) if number < 0), None)
    if negative is not None:
        raise bad_field(layout.where, row, row.fields[negative])
    return numbers


def _edges(layout: Layout, rows: Sequence[Row], centre: FloatArray) -> FloatArray:
    steps = np.diff(centre)
    if steps.min() <= 0:
        row = rows[int(np.argmax(steps <= 0)) + 1]
        raise BadValue(
            "The classes of the size table do not increase.",
            where=f"{layout.where}, row {row.number}",
            why=f"'{row.fields[0]}' nm follows a class that is not smaller.",
            next_step="Export the file again; rows were repeated or moved.",
        )
    middle = centre[:-1] + steps / 2
    return np.concatenate([[centre[0] - steps[0] / 2], middle, [centre[-1] + steps[-1] / 2]])


def _gaps(rows: Sequence[Row], centre: FloatArray) -> list[Warned]:
    steps = np.diff(centre)
    step = float(np.median(steps))
    wrong = np.flatnonzero(np.abs(steps - step) > _SAME_STEP * centre[-1])
    found = [
        _truncated(f"Classes are missing between {centre[i]:g} and {centre[i + 1]:g} nm.", rows[i + 1].number)
        for i in wrong[:1]
    ]
    if abs(centre[0] - step / 2) > _SAME_STEP * centre[-1]:
        found.append(_truncated(f"The table begins at {centre[0]:g} nm and not at 0.", rows[0].number))
    return found


def _highest(layout: Layout, tail: Sequence[Row], *, videos: int) -> float | None:
    """The largest 100th percentile, which no table can end below."""
    last = next((row for row in tail if parse_number(row.fields[0]) == 100), None)
    if last is None:
        return None
    numbers = [parse_number(text, decimal=layout.decimal) for text in last.values[:videos]]
    return max((number for number in numbers if number is not None), default=None)


def _cut_end(
    edges: FloatArray, last: Row, *, highest: float | None, has_tail: bool, is_told: bool
) -> list[Warned]:
    if highest is not None and highest > edges[-1]:
        return [_truncated(f"The table ends at {edges[-1]:g} nm, below its largest particle.", last.number)]
    classes = edges[-1] / (edges[-1] - edges[-2])
    if not has_tail and (is_told or abs(classes / _ROUND_CLASSES % 1) > _SAME_STEP):
        return [_truncated("The file ends with the size table; its last rows may be lost.", last.number)]
    return []


def _truncated(message: str, row: int) -> Warned:
    return Warned(code="table_truncated", message=message, row=row)
