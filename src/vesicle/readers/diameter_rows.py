"""The rows of a diameter table: where its body begins and ends, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vesicle.errors import BadValue, ReadError, TruncatedFile
from vesicle.readers.diameter_columns import Column, identify_columns
from vesicle.readers.headers import fold, per_ml_factor
from vesicle.readers.sheets import Row, Sheet, check_width, is_number
from vesicle.readers.text import decimal_mark, parse_number
from vesicle.results import Warned

_UNIT_ALONE = re.compile(r"[(\[]?\s*(nm|um|mm|pm|%|#|-|counts?|particles?|a\.?u\.?)?\s*[)\]]?")
_DILUTION = re.compile(r"\b(dilution|verdunnung|dilucion|verdunnungsfaktor)\b")
_STATED_SAMPLE = re.compile(r"(?i:sample|sample[ _]name|sample[ _]id|probe|probenname)\s*[:=]?\s+(\S.*?)\s*")
_LIKE_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


SMALLEST_NM, LARGEST_NM = 1.0, 10_000.0
"""Outside this range the unit or the decimal mark of a table is likely wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a sheet: its columns, the text of its body and what stands around it.

    ``rows[i]`` stands in row ``numbers[i]`` of the file; ``footer`` lists the row numbers below the body
    that hold something else.
    """

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    numbers: Sequence[int]
    preamble: Sequence[Row]
    footer: Sequence[int]

    def having(self, *roles: str) -> tuple[Column, ...]:
        """The columns of some roles.

        Parameters
        ----------
        *roles : str
            For example ``count``.

        Returns
        -------
        tuple of Column
            In the order of the file.
        """
        return tuple(column for column in self.columns if column.role in roles)

    def cells(self, column: Column) -> list[str]:
        """The text of one column, empty where a row is too short.

        Parameters
        ----------
        column : Column
            Which.

        Returns
        -------
        list of str
            One per row of the body.
        """
        return [row[column.index] if column.index < len(row) else "" for row in self.rows]

    def place(self, index: int) -> str:
        """The file and row of one row of the body, for a message.

        Parameters
        ----------
        index : int
            Index into ``rows``.

        Returns
        -------
        str
            For example ``sizes.csv, row 4``.
        """
        return f"{self.sheet.where}, row {self.numbers[index]}"


def table_below(sheet: Sheet, header: int, columns: Mapping[str, str]) -> Table:
    """The table whose header stands in the given row.

    Parameters
    ----------
    sheet : Sheet
        All rows.
    header : int
        Index of the header.
    columns : mapping
        The user's names for columns.

    Returns
    -------
    Table
        With at least one row.

    Raises
    ------
    ReadError
        When there are no rows, several tables, or a row does not fit the header.
    """
    cells, first = _header_with_units(sheet.rows, header)
    found = identify_columns(cells, columns, where=sheet.place(header))
    diameter = next(column.index for column in found if column.role == "diameter")
    body, footer = _extent(sheet, first, diameter)
    table = Table(
        sheet=sheet,
        columns=found,
        rows=[sheet.rows[index] for index in body],
        numbers=[index + 1 for index in body],
        preamble=sheet.rows[:header],
        footer=[index + 1 for index in footer],
    )
    _check_above(sheet, header, diameter)
    _check_width(table, cells)
    return table


def _check_above(sheet: Sheet, header: int, diameter: int) -> None:
    for index in range(header):
        filled = [cell for cell in sheet.rows[index] if cell]
        if (
            filled
            and all(map(is_number, filled))
            and is_number("".join(sheet.rows[index][diameter : diameter + 1]))
        ):
            raise BadValue(
                "Rows of numbers stand above the header.",
                where=sheet.place(index),
                why="They would be left out of the sizes.",
                next_step="Move the header to the top of its table.",
            )


def _header_with_units(rows: Sequence[Row], header: int) -> tuple[list[str], int]:
    cells = list(rows[header])
    below = next((index for index in range(header + 1, len(rows)) if any(rows[index])), None)
    if below is None or not all(_is_unit(cell) for cell in rows[below]):
        return cells, header + 1
    units = [*rows[below], *[""] * len(cells)]
    merged = [
        f"{cell} ({unit.strip('()[]')})" if cell and unit else cell
        for cell, unit in zip(cells, units, strict=False)
    ]
    return merged, below + 1


def _is_unit(cell: str) -> bool:
    text = fold(cell)
    return _UNIT_ALONE.fullmatch(text) is not None or (
        not is_number(cell) and per_ml_factor(text) is not None
    )


def _extent(sheet: Sheet, first: int, diameter: int) -> tuple[list[int], list[int]]:
    body, other, blank_after = list[int](), list[int](), list[int]()
    for index in range(first, len(sheet.rows)):
        row = sheet.rows[index]
        if not any(row):
            blank_after.append(len(body))
        elif not is_number(row[diameter] if diameter < len(row) else ""):
            other.append(index)
        elif other:
            raise _interrupted(sheet, other[0], diameter)
        else:
            body.append(index)
    if not body:
        raise TruncatedFile(
            "The table has a header and no row with a diameter.",
            where=sheet.place(first - 1),
            next_step="Export it again.",
        )
    _check_blank_rows(sheet, body, [count for count in blank_after if 0 < count < len(body)])
    return body, other


def _interrupted(sheet: Sheet, index: int, diameter: int) -> ReadError:
    row = sheet.rows[index]
    found = row[diameter][:60] if diameter < len(row) else ""
    return BadValue(
        "The table is interrupted: a row without a diameter, and diameters below it.",
        where=sheet.place(index),
        why=f"Found '{found}' where a diameter should stand; two tables in one file are not told apart.",
        next_step="Correct the row, or save each table as its own file.",
    )


def _check_blank_rows(sheet: Sheet, body: Sequence[int], blank_after: Sequence[int]) -> None:
    is_double_spaced = len(body) > 1 and len(blank_after) == len(set(blank_after)) == len(body) - 1
    if blank_after and not is_double_spaced:
        raise BadValue(
            "There is more than one table in this file.",
            where=sheet.place(body[blank_after[0]]),
            why="An empty row stands between rows of numbers; two tables may count the same particles twice.",
            next_step="Save each table as its own file, or delete the empty row.",
        )


def _check_width(table: Table, header: Sequence[str]) -> None:
    named = ["row", *header[1:]] if header and not header[0] and _is_row_index(table) else header
    for number in table.numbers:
        check_width(table.sheet, named, number - 1)


def _is_row_index(table: Table) -> bool:
    cells = [row[0] for row in table.rows]
    return any(cells == [str(start + at) for at in range(len(cells))] for start in (0, 1))


def body_warnings(table: Table) -> tuple[Warned, ...]:
    """What the rows around the body give away.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    tuple of Warned
        ``footer_ignored``, ``table_may_be_truncated``, ``empty_lines``, ``dilution_stated_not_used``.
    """
    found: list[Warned] = []
    if table.footer:
        message = f"Rows below the table hold no diameter and were left out: {len(table.footer)}."
        found.append(Warned(code="footer_ignored", message=message, row=table.footer[0]))
    if not table.sheet.ends_with_line:
        message = "The last row has no line end; if the file was cut off, its last number may be wrong."
        found.append(Warned(code="table_may_be_truncated", message=message, row=table.numbers[-1]))
    empty = _empty_lines(table)
    if empty:
        message = "Empty lines stand where rows could have been; compare with the original."
        found.append(Warned(code="empty_lines", message=message, row=empty))
    rows = [index + 1 for index, row in enumerate(table.preamble) if _DILUTION.search(fold(" ".join(row)))]
    if rows or table.having("dilution"):
        message = (
            "The file states a dilution, not whether it is applied; if it is not, state it under [[files]]."
        )
        found.append(Warned(code="dilution_stated_not_used", message=message, row=rows[0] if rows else None))
    return tuple(found)


def _empty_lines(table: Table) -> int | None:
    """The first of the empty lines between the header and the body, or of several at the end."""
    first, last, end = len(table.preamble) + 1, table.numbers[-1], len(table.sheet.rows)
    if table.numbers[0] > first + 1 and not any(table.sheet.rows[first]):
        return first + 1
    is_double_spaced = len(table.numbers) > 1 and table.numbers[1] - table.numbers[0] > 1
    return last + 1 if table.sheet.delimiter and end - last > 2 and not is_double_spaced else None


def sample_of(table: Table, stem: str) -> str:
    """The one sample that a table is about.

    Parameters
    ----------
    table : Table
        The table.
    stem : str
        The file's name without its ending, taken when the file names no sample.

    Returns
    -------
    str
        From the sample column, else from the lines above the table, else from the file's name.

    Raises
    ------
    BadValue
        When the sample column names more than one.
    """
    for column in table.having("sample"):
        named = list(dict.fromkeys(cell for cell in table.cells(column) if cell))
        if len(named) > 1:
            raise BadValue(
                "The table holds more than one sample.",
                where=table.sheet.where,
                why=f"The column '{column.header}' names {', '.join(repr(name[:40]) for name in named[:6])}.",
                next_step="Save one file per sample; a sizing run is about one.",
            )
        if named:
            return named[0]
    for row in table.preamble:
        stated = _STATED_SAMPLE.fullmatch(" ".join(cell for cell in row if cell))
        if stated:
            return stated[1]
    return re.sub(r"[-_ ]*(experiment ?summary|summary)$", "", stem, flags=re.IGNORECASE) or stem


def mark_of(table: Table, columns: Sequence[Column]) -> tuple[str, tuple[Warned, ...]]:
    """The decimal mark of a table's numbers.

    Parameters
    ----------
    table : Table
        The table.
    columns : sequence of Column
        Those that hold numbers.

    Returns
    -------
    mark : str
        A point or a comma.
    warnings : tuple of Warned
        ``decimal_mark_ambiguous`` when every mark could also separate thousands.

    Raises
    ------
    BadValue
        When both marks occur.
    """
    fields = [cell for column in columns for cell in table.cells(column)]
    mark = decimal_mark(fields, where=table.sheet.where)
    marked = [cell for cell in fields if mark in cell]
    if (
        not marked
        or not all(_LIKE_THOUSANDS.fullmatch(cell) for cell in marked)
        or _rules_out_thousands(table, mark)
    ):
        return mark, ()
    message = f"'{marked[0]}' was read with '{mark}' as decimal mark; it could also separate thousands."
    return mark, (Warned(code="decimal_mark_ambiguous", message=message, row=table.numbers[0]),)


def _rules_out_thousands(table: Table, mark: str) -> bool:
    diameter = table.having("diameter")[0]
    grouped = [cell.replace(mark, "") for cell in table.cells(diameter) if mark in cell]
    factor = diameter.factor or 1.0
    return any(factor * (parse_number(cell) or 0.0) > LARGEST_NM for cell in grouped)
