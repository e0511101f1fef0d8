"""The rows of a marker table, whichever way markers and samples lie, as one entry per band or well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vesicle.errors import BadValue
from vesicle.measurements.markers import MarkerReading, Material
from vesicle.readers import RawFile
from vesicle.readers.headers import bare, fold
from vesicle.readers.marker_columns import Column, Columns, is_load_name
from vesicle.readers.marker_values import (
    is_ladder,
    load_ug,
    load_unit,
    material_of,
    number_of,
    strength_of,
)
from vesicle.readers.sheets import Sheet, check_width
from vesicle.readers.text import decimal_mark

MOST_READINGS = 20_000
"""More bands than any panel has; such a table is one of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A marker table with its columns identified; ``header`` is the index of the header's row."""

    raw: RawFile
    sheet: Sheet
    header: int
    columns: Columns

    def text(self, index: int, role: str) -> str:
        """The text of one row in the first column of a role.

        Parameters
        ----------
        index : int
            Index of the row.
        role : str
            For example ``marker``.

        Returns
        -------
        str
            Empty without such a column.
        """
        return next((self.cell(index, column) for column in self.columns.having(role)), "")

    def cell(self, index: int, column: Column) -> str:
        """The text of one cell.

        Parameters
        ----------
        index : int
            Index of the row.
        column : Column
            The column.

        Returns
        -------
        str
            Empty where the row is too short.
        """
        row = self.sheet.rows[index]
        return row[column.index] if column.index < len(row) else ""

    @property
    def above(self) -> list[str]:
        """The cells above the header."""
        return [cell for row in self.sheet.rows[: self.header] for cell in row if cell]

    @property
    def filled(self) -> list[int]:
        """Indices of the rows below the header that hold anything."""
        return [i for i in range(self.header + 1, len(self.sheet.rows)) if any(self.sheet.rows[i])]

    @property
    def load_columns(self) -> tuple[Column, ...]:
        """Columns of loads that state a mass, or nothing."""
        return tuple(c for c in self.columns.having("load") if load_unit(c.header) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One band or well as it stands in the table: what was looked for, in what, and the text of its strength."""

    index: int
    column: Column
    marker: str
    sample: str
    lane: str
    material: Material
    text: str
    load: str = ""
    load_header: str = ""


def entries_of(table: Table) -> Iterator[Entry]:
    """Every band or well of a table.

    Parameters
    ----------
    table : Table
        The table.

    Yields
    ------
    Entry
        In the order of the file.

    Raises
    ------
    BadValue
        When a value has no marker or no sample, or a row more fields than the header.
    """
    rows = [index for index in table.filled if _is_row(table, index)]
    if len(rows) * max(1, len(table.columns.having("value"))) > MOST_READINGS:
        raise BadValue(
            "The table is too large to be one of a marker panel.",
            where=table.sheet.where,
            why=f"It has {len(rows):,} rows; at most {MOST_READINGS:,} readings are read.",
            next_step="Keep the markers of the panel alone.",
        )
    across = table.columns.layout == "samples across"
    loads = next((index for index in rows if across and _is_load_row(table, index)), None)
    for index in rows:
        if index != loads:
            yield from _entries_in(table, index, loads)


def _is_row(table: Table, index: int) -> bool:
    check_width(table.sheet, table.sheet.rows[table.header], index)
    return not is_ladder(table.text(index, "sample"))


def _is_load_row(table: Table, index: int) -> bool:
    return is_load_name(table.text(index, "marker"))


def _entries_in(table: Table, index: int, loads: int | None) -> Iterator[Entry]:
    layout = table.columns.layout
    for column in table.columns.having("value"):
        text = table.cell(index, column)
        marker = column.header if layout == "markers across" else table.text(index, "marker")
        lane = table.text(index, "lane")
        sample = column.header if layout == "samples across" else _sample(table, index, lane)
        if strength_of(text).kind != "nothing" and not (marker and sample):
            raise BadValue(
                f"A row has a value and no {'sample' if marker else 'marker'}.",
                where=table.sheet.place(index),
                why=f"Found '{text[:40]}' in the column '{column.header}'.",
                next_step="Write marker and sample into every row; merged cells name them once only.",
            )
        load, header = _load(table, index, column, loads)
        yield Entry(
            index=index,
            column=column,
            marker=marker,
            sample=sample,
            lane=lane,
            material=_material(table, index, sample),
            text=text,
            load=load,
            load_header=header,
        )


def _load(table: Table, index: int, column: Column, loads: int | None) -> tuple[str, str]:
    if loads is not None:
        return table.cell(loads, column), table.text(loads, "marker")
    found = next(iter(table.load_columns), None)
    return ("", "") if found is None else (table.cell(index, found), found.header)


def _sample(table: Table, index: int, lane: str) -> str:
    """The sample of a row; of a table without samples it is what the user says of its lane, else the lane itself."""
    said = table.raw.columns.get(f"lane_{bare(fold(lane)).replace(' ', '_')}", "")
    if table.columns.having("sample"):
        return table.text(index, "sample") or said
    return said or (f"lane {lane}" if lane else "not stated")


def _material(table: Table, index: int, sample: str) -> Material:
    return material_of(table.text(index, "material")) or material_of(sample)


def readings_of(table: Table, entries: Sequence[Entry]) -> Iterator[MarkerReading]:
    """The readings of a table, without what was not measured.

    Parameters
    ----------
    table : Table
        The table.
    entries : sequence of Entry
        From :func:`entries_of`.

    Yields
    ------
    MarkerReading
        In the order of the file.

    Raises
    ------
    BadValue
        When a cell is neither a number nor a word for presence, or a load is no mass.
    """
    mark = decimal_mark(_number_texts(entries), where=table.sheet.where)
    has_plus = any("+" in entry.text for entry in entries)
    for entry in entries:
        kind = strength_of(entry.text).kind
        if kind == "nothing" or (is_dash(entry.text) and not has_plus):
            continue
        yield _reading(table, entry, decimal=mark)


def _reading(table: Table, entry: Entry, *, decimal: str) -> MarkerReading:
    where, found = table.sheet.place(entry.index), strength_of(entry.text)
    intensity = None
    if found.kind in {"number", ""}:
        intensity = number_of(entry.text, decimal=decimal, where=where, column=entry.column.header)
    presence = {"below": False, "absent": False, "present": True, "above": True}
    limit = found.limit and number_of(found.limit, decimal=decimal, where=where, column=entry.column.header)
    unit = table.raw.columns.get("load_unit", "") or load_unit(entry.load_header) or ""
    return MarkerReading(
        marker=entry.marker,
        sample=entry.sample,
        lane=entry.lane,
        material=entry.material,
        intensity=intensity,
        is_present=presence.get(found.kind),
        is_below_lod=found.kind == "below",
        limit=limit or None,
        load_ug=load_ug(entry.load, unit=fold(unit), decimal=decimal, where=where),
        row=entry.index + 1,
    )


def is_dash(text: str) -> bool:
    """Whether a cell holds a dash alone, which means absent beside "+" and nothing beside numbers.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    bool
        True for ``-`` of any length of line.
    """
    return text.strip() in {"-", "−", "–"}


def _number_texts(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield entry.text
        yield strength_of(entry.text).limit
        yield entry.load
