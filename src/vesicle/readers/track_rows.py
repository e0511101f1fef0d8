"""The rows of a table of tracks: from lines of text to the four columns as numbers, with the row of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import BadValue, ReadError, TruncatedFile
from vesicle.measurements.sizing import FloatArray
from vesicle.readers import RawFile
from vesicle.readers.sheets import is_number, read_sheets
from vesicle.readers.text import decimal_mark, decode, parse_number
from vesicle.readers.track_columns import (
    ROLES,
    Columns,
    Role,
    columns_of,
    is_track_header,
    missing_column,
    missing_roles,
)
from vesicle.readers.workbooks import check_extent
from vesicle.results import Warned

_TOP_LINES = 300
_MOST_BELOW = 5
"""How many rows may explain the header; TrackMate writes three."""

_NOT_LINKED = frozenset({"", "none", "nan", "na", "n/a", "null", "-"})
_EXTREME = 1e100
LATEST_FRAME = 1_000_000
FARTHEST_PX, FARTHEST_NM = 1e5, 1e8
"""No camera has as many pixels in a row, and no field of view is ten centimetres wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Every point of the file that belongs to a track, in the order of its rows.

    ``track``, ``frame``, ``x`` and ``y`` have shape (points,), as ``row`` has, which counts from 1. Positions are
    in the unit of the file.
    """

    where: str
    columns: Columns
    header: Sequence[str]
    track: NDArray[np.int64]
    frame: NDArray[np.int64]
    x: FloatArray
    y: FloatArray
    row: NDArray[np.int64]
    warnings: tuple[Warned, ...] = ()

    def keep(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Points:
        """The points that an index chooses.

        Parameters
        ----------
        chosen : numpy.ndarray
            A mask or an order.

        Returns
        -------
        Points
            With the same warnings.
        """
        columns = {name: getattr(self, name)[chosen] for name in ("track", "frame", "x", "y", "row")}
        return replace(self, **columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """The text of the four columns, row by row, and the number of each row."""

    where: str
    columns: Columns
    header: Sequence[str]
    cells: Mapping[Role, list[str]]
    rows: list[int]
    decimal: str
    warnings: tuple[Warned, ...]

    def bad(self, role: Role, index: int, *, why: str) -> BadValue:
        text = self.cells[role][index]
        return BadValue(
            f"'{text[:40]}' cannot be true in the column '{self.columns.headers[role]}'.",
            where=f"{self.where}, row {self.rows[index]}",
            why=why,
            next_step="Correct the row, or export the table again; name another column under "
            "[readers.track-table] if this is not the one.",
        )


def read_points(raw: RawFile) -> Points:
    """The points of a table of tracks.

    Parameters
    ----------
    raw : RawFile
        Text with tabs, semicolons, commas or bars between the columns.

    Returns
    -------
    Points
        At least one; those that belong to no track are left out with a warning.

    Raises
    ------
    ReadError
        When a column is missing, or a row cannot be true; with its number.
    """
    body = _body(raw)
    if not body.rows:
        raise TruncatedFile(
            "The table has a header and no row below it.",
            where=body.where,
            next_step="Export the table again.",
        )
    body, track = _linked(body)
    frame = _whole(body, "frame", most=LATEST_FRAME)
    farthest = FARTHEST_PX if body.columns.unit_nm is None else FARTHEST_NM / body.columns.unit_nm
    x, y = (_positions(body, axis, farthest=farthest) for axis in ("x", "y"))
    return Points(
        where=body.where,
        columns=body.columns,
        header=body.header,
        track=track,
        frame=frame,
        x=x,
        y=y,
        row=np.array(body.rows, dtype=np.int64),
        warnings=body.warnings,
    )


def _body(raw: RawFile) -> _Body:
    text, repaired = decode(raw.content, where=raw.name)
    lines = text.split("\n")
    top = "\n".join(lines[:_TOP_LINES]).encode()
    (sheet,), _ = read_sheets(replace(raw, content=top), partial(is_track_header, columns=raw.columns))
    if sheet.header is None:
        raise _no_header(sheet.rows, raw)
    above = _header_above(sheet.rows, sheet.header, raw.columns)
    header, below, first = _explained(sheet.rows, above)
    columns = columns_of(header, below, raw.columns, where=sheet.place(above))
    check_extent(len(lines), len(header), where=raw.name)
    cells, rows, doubts = _cut(lines, first, sheet.delimiter, columns, width=_width(header), where=raw.name)
    return _Body(
        where=raw.name,
        columns=columns,
        header=header,
        cells=cells,
        rows=rows,
        decimal=_decimal(cells, where=raw.name),
        warnings=(*repaired, *_rows_above(sheet.rows, above), *doubts),
    )


def _no_header(rows: Sequence[Sequence[str]], raw: RawFile) -> ReadError:
    """Which column is missing in the row that is most like a header."""
    split = [row[0].replace(";", ",").replace("\t", ",").split(",") for row in rows if len(row) == 1]
    best = min(split or rows, key=lambda row: len(missing_roles(row, raw.columns)))
    return missing_column(best, missing_roles(best, raw.columns)[0], raw.columns, where=raw.name)


def _header_above(rows: Sequence[Sequence[str]], header: int, said: Mapping[str, str]) -> int:
    """The first of the rows that all name the columns: below its keys, TrackMate writes their names twice."""
    while header and is_track_header(rows[header - 1], said):
        header -= 1
    return header


def _explained(rows: Sequence[Sequence[str]], header: int) -> tuple[Sequence[str], list[Sequence[str]], int]:
    """The header, the rows that explain it, and the index of the first row of numbers."""
    first = header + 1
    while first < min(len(rows), header + 1 + _MOST_BELOW) and not any(map(is_number, rows[first])):
        first += 1
    return rows[header], [row for row in rows[header + 1 : first] if any(row)], first


def _rows_above(rows: Sequence[Sequence[str]], header: int) -> tuple[Warned, ...]:
    for index in range(header):
        if sum(map(is_number, rows[index])) >= len(ROLES):
            message = "A row of numbers stands above the header and was left out."
            return (Warned(code="row_above_header", message=message, row=index + 1),)
    return ()


def _width(header: Sequence[str]) -> int:
    return max(index for index, cell in enumerate(header) if cell) + 1


def _cut(
    lines: Sequence[str], first: int, delimiter: str, columns: Columns, *, width: int, where: str
) -> tuple[dict[Role, list[str]], list[int], tuple[Warned, ...]]:
    """The four cells of every row that is not blank, and what is doubtful about the last."""
    cells: dict[Role, list[str]] = {role: [] for role in ROLES}
    rows = list[int]()
    wanted = [(cells[role], columns.places[role]) for role in ROLES]
    last = _last_filled(lines, delimiter)
    for index in range(first, last + 1):
        line = lines[index]
        if not line.strip(f"{delimiter} "):
            continue
        fields = _split(line, delimiter)
        is_whole = len(fields) >= width and not any(map(str.strip, fields[width:]))
        if index == last and not (is_whole and len(lines) > last + 1):
            return cells, rows, (_cut_off(index + 1, is_whole=is_whole),)
        if not is_whole:
            raise _ragged(fields, width, where=f"{where}, row {index + 1}")
        for column, place in wanted:
            column.append(fields[place].strip())
        rows.append(index + 1)
    return cells, rows, ()


def _last_filled(lines: Sequence[str], delimiter: str) -> int:
    return next((i for i in range(len(lines) - 1, -1, -1) if lines[i].strip(f"{delimiter} ")), -1)


def _split(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _cut_off(row: int, *, is_whole: bool) -> Warned:
    if is_whole:
        message = "The last row has no line end, so it may be cut off; it is left out."
        return Warned(code="table_may_be_truncated", message=message, row=row)
    message = "The file ends within a row; that row is left out."
    return Warned(code="table_truncated", message=message, row=row)


def _ragged(fields: Sequence[str], width: int, *, where: str) -> ReadError:
    return TruncatedFile(
        "A row has lost or gained fields.",
        where=where,
        why=f"The header names {width} columns; this row has {len(fields)} fields.",
        next_step="Export the table again; with decimal commas, put semicolons or tabs between the columns.",
    )


def _decimal(cells: Mapping[Role, list[str]], *, where: str) -> str:
    if not any("," in cell for column in cells.values() for cell in column):
        return "."
    return decimal_mark((cell for column in cells.values() for cell in column), where=where)


def _linked(body: _Body) -> tuple[_Body, NDArray[np.int64]]:
    """The rows that belong to a track, and the number of the track of each."""
    texts = ["nan" if cell.casefold() in _NOT_LINKED else cell for cell in body.cells["track"]]
    number = _numbers(texts, body, "track", nan_is_none=True)
    is_linked = number >= 0
    _refuse(body, "track", is_linked & (number != np.floor(number)), why="Tracks have whole numbers.")
    _refuse(body, "track", number >= 2**53, why="Tracks have whole numbers below 9e15.")
    if not is_linked.any():
        raise ReadError(
            "No point of this table belongs to a track.",
            where=body.where,
            why=f"The column '{body.columns.headers['track']}' has no number of a track in {len(texts)} rows.",
            next_step="Link the spots to tracks in the program that found them, and export again.",
        )
    return _chosen(body, is_linked), number[is_linked].astype(np.int64)


def _chosen(body: _Body, is_linked: NDArray[np.bool_]) -> _Body:
    if is_linked.all():
        return body
    kept = np.flatnonzero(is_linked).tolist()
    count = len(is_linked) - len(kept)
    message = f"{count} of {len(is_linked)} points belong to no track and are left out."
    row = body.rows[int(np.argmin(is_linked))]
    return replace(
        body,
        cells={role: [column[i] for i in kept] for role, column in body.cells.items()},
        rows=[body.rows[i] for i in kept],
        warnings=(*body.warnings, Warned(code="points_not_linked", message=message, row=row)),
    )


def _whole(body: _Body, role: Role, *, most: float) -> NDArray[np.int64]:
    number = _numbers(body.cells[role], body, role)
    why = f"Frames are whole numbers from 0 to {most:,}."
    _refuse(body, role, (number != np.floor(number)) | (number < 0) | (number > most), why=why)
    return number.astype(np.int64)


def _positions(body: _Body, axis: Role, *, farthest: float) -> FloatArray:
    number = _numbers(body.cells[axis], body, axis)
    unit = body.columns.unit or "px"
    why = f"Positions lie between -{farthest:,.0f} and {farthest:,.0f} {unit}."
    _refuse(body, axis, np.abs(number) > farthest, why=why)
    return number


def _refuse(body: _Body, role: Role, is_bad: NDArray[np.bool_], *, why: str) -> None:
    if is_bad.any():
        raise body.bad(role, int(np.argmax(is_bad)), why=why)


def _numbers(texts: Sequence[str], body: _Body, role: Role, *, nan_is_none: bool = False) -> FloatArray:
    """A column as numbers; fast for what every program writes, then cell by cell to find the one that is none."""
    try:
        comma = body.decimal == ","
        number = np.array([float(t.replace(",", ".") if comma else t) for t in texts], dtype=np.float64)
    except ValueError:
        number = np.full(len(texts), np.inf)
    size = np.abs(number)
    is_odd = ~((number == 0) | ((size >= 1 / _EXTREME) & (size <= _EXTREME)))
    if nan_is_none:
        is_odd &= ~np.isnan(number)
    if is_odd.any() or any("_" in text for text in texts):
        return _slowly(texts, body, role, nan_is_none=nan_is_none)
    return number


def _slowly(texts: Sequence[str], body: _Body, role: Role, *, nan_is_none: bool) -> FloatArray:
    found = list[float]()
    for index, text in enumerate(texts):
        number = np.nan if nan_is_none and text == "nan" else parse_number(text, decimal=body.decimal)
        if number is None:
            why = "It is empty." if not text else "It is no number."
            raise body.bad(role, index, why=why)
        found.append(float(number))
    return np.array(found, dtype=np.float64)
