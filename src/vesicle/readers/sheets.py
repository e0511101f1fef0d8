"""A table as rows of text, whether it came as csv, tsv, txt or xlsx."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vesicle.errors import BadValue, ReadError, quoted
from vesicle.readers import RawFile
from vesicle.readers.text import decode, head_text, parse_number, split_rows
from vesicle.readers.workbooks import XLSX_MARK, check_extent, workbook_rows, workbook_texts
from vesicle.results import Warned

Row = Sequence[str]
IsHeader = Callable[[Row], bool]
IsValue = Callable[[str], bool]

_HEADER_WITHIN = 300
_NO_DELIMITER = "\x1f"
_DELIMITERS = (_NO_DELIMITER, "\t", ";", "|", ",")
_OTHER_DELIMITER = re.compile(r"[;\t|]\s*[-+<]?\d|\d\s*[;\t|]")
_OLE_MARK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; the row number of ``rows[i]`` is ``i + 1``.

    ``header`` is the index of the row that the caller's rule took for a header, None without one;
    ``delimiter`` is empty for a workbook.
    ``ends_with_line`` is False when the last line of a text file has no line end.
    """

    where: str
    rows: Sequence[Row]
    header: int | None
    delimiter: str = ""
    ends_with_line: bool = True

    def place(self, index: int) -> str:
        """The file, the sheet and the row number for a message.

        Parameters
        ----------
        index : int
            Index of the row.

        Returns
        -------
        str
            For example ``sizes.csv, row 4``.
        """
        return f"{self.where}, row {index + 1}"


def read_sheets(
    raw: RawFile, is_header: IsHeader, is_value: IsValue | None = None
) -> tuple[tuple[Sheet, ...], tuple[Warned, ...]]:
    """The sheets of a file, each with the row that holds the header.

    Parameters
    ----------
    raw : RawFile
        A text file or an xlsx workbook.
    is_header : callable
        Says of a row of text whether it could be the header of the wanted table.
    is_value : callable, optional
        Says of a cell whether it is a value that stands below such a header; numbers alone unless said.

    Returns
    -------
    sheets : tuple of Sheet
        One for a text file.
    warnings : tuple of Warned
        What was repaired on the way.

    Raises
    ------
    ReadError
        When the file is empty, damaged, protected, or far larger than a table made by people.
    """
    is_value = is_value or is_number
    if raw.content.startswith(XLSX_MARK):
        sheets = (
            Sheet(
                where=f"{raw.name}, sheet '{title}'",
                rows=rows,
                header=_find_header(rows, is_header, is_value),
            )
            for title, rows in workbook_rows(raw)
        )
        return tuple(sheets), ()
    if raw.content.startswith(_OLE_MARK):
        raise ReadError(
            "This workbook is protected by a password, or in the old .xls format.",
            where=raw.name,
            why="Only open .xlsx workbooks can be read.",
            next_step="Open it, remove the password, and save it as .xlsx or csv.",
        )
    text, warnings = decode(raw.content, where=raw.name)
    try:
        rows, header, delimiter = _text_rows(text, is_header, is_value)
    except csv.Error as error:
        raise ReadError(
            "A quoted field never ends.",
            where=raw.name,
            why=f"The table cannot be split into columns ({error}).",
            next_step="Export it again as csv.",
        ) from error
    check_extent(len(rows), max(map(len, rows)), where=raw.name)
    is_whole = text.endswith("\n")
    sheet = Sheet(where=raw.name, rows=rows, header=header, delimiter=delimiter, ends_with_line=is_whole)
    return (sheet,), warnings


def first_with_header(sheets: Sequence[Sheet]) -> tuple[Sheet, int, tuple[Warned, ...]] | None:
    """The sheet to read, when a file has several with a header.

    Parameters
    ----------
    sheets : sequence of Sheet
        All of the file.

    Returns
    -------
    tuple or None
        The first sheet with a header, the index of that row, and ``other_sheets_not_read`` where others
        have one too; None when none has.
    """
    found = [(sheet, sheet.header) for sheet in sheets if sheet.header is not None]
    if not found:
        return None
    sheet, header = found[0]
    if len(found) == 1:
        return sheet, header, ()
    message = f"Only {sheet.where} was read; not read: {quoted(other.where for other, _ in found[1:])}."
    return sheet, header, (Warned(code="other_sheets_not_read", message=message),)


def sniff_table(
    name: str, head: bytes, is_header: IsHeader, is_value: IsValue | None = None
) -> tuple[Row, Row] | None:
    """The header that a file's first bytes show, for recognising it.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.
    is_header : callable
        As for :func:`read_sheets`.
    is_value : callable, optional
        As for :func:`read_sheets`.

    Returns
    -------
    header : sequence of str
        The cells of the header.
    around : sequence of str
        The cells of the lines above it and of a few below; for a workbook both are all its short
        texts. None instead of the pair when there is no header with numbers below it.
    """
    is_value = is_value or is_number
    if head.startswith(XLSX_MARK):
        texts = workbook_texts(head) if name.casefold().endswith(".xlsx") else []
        return (texts, texts) if is_header(texts) else None
    try:
        text = head_text(head).replace("\r\n", "\n").replace("\r", "\n")
        rows, header, _ = _text_rows(text, is_header, is_value)
    except csv.Error:
        return None
    if header is None or not _has_values_below(rows, header, is_value):
        return None
    return rows[header], [cell for row in rows[: header + 5] for cell in row if cell]


def _text_rows(text: str, is_header: IsHeader, is_value: IsValue) -> tuple[list[list[str]], int | None, str]:
    lines = text.split("\n")
    top = "\n".join(lines[:_HEADER_WITHIN])
    likely: tuple[str, int] | None = None
    for delimiter in _DELIMITERS:
        rows = split_rows(top, delimiter=delimiter)
        header = _find_header(rows, is_header, is_value)
        if header is not None and _has_values_below(rows, header, is_value):
            likely = (delimiter, header)
            break
        if header is not None and likely is None:
            likely = (delimiter, header)
    if likely is None:
        return [[line] for line in lines], None, ""
    return split_rows(text, delimiter=likely[0]), likely[1], likely[0]


def _find_header(rows: Sequence[Row], is_header: IsHeader, is_value: IsValue) -> int | None:
    candidates = [index for index, row in enumerate(rows[:_HEADER_WITHIN]) if is_header(row)]
    with_values = (index for index in candidates if _has_values_below(rows, index, is_value))
    return next(with_values, candidates[0] if candidates else None)


def _has_values_below(rows: Sequence[Row], header: int, is_value: IsValue) -> bool:
    filled = [row for row in rows[header + 1 : header + 6] if any(row)]
    return any(is_value(cell) for row in filled[:2] for cell in row)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number with either decimal mark.

    Parameters
    ----------
    cell : str
        The cell's text.

    Returns
    -------
    bool
        True for ``1.5``, ``1,5`` and ``2e9``.
    """
    return parse_number(cell) is not None or parse_number(cell, decimal=",") is not None


def number_in(cell: str, *, decimal: str, where: str, column: str) -> float:
    """The number in a cell of a table.

    Parameters
    ----------
    cell : str
        The cell's text.
    decimal : {".", ","}
        The table's decimal mark.
    where : str
        File and row for the message.
    column : str
        The column's header for the message.

    Returns
    -------
    float
        A finite number.

    Raises
    ------
    BadValue
        When the cell is empty, text, NaN, or a formula whose result was never stored.
    """
    number = parse_number(cell, decimal=decimal)
    if number is not None:
        return number
    if cell.startswith("="):
        why, next_step = (
            f"It holds the formula '{cell[:60]}' and no stored result.",
            "Open the workbook in a spreadsheet program, save it there, or paste the values.",
        )
    else:
        why = f"Found '{cell[:60]}'." if cell else "The cell is empty, and empty does not mean zero."
        next_step = "Correct the cell, or delete the row if nothing was measured."
    raise BadValue(f"The column '{column}' holds no number here.", where=where, why=why, next_step=next_step)


def check_width(sheet: Sheet, header: Row, index: int) -> None:
    """Refuse a row with fields that the header does not name.

    Parameters
    ----------
    sheet : Sheet
        The table.
    header : sequence of str
        The cells of the header.
    index : int
        Index of the row.

    Raises
    ------
    BadValue
        When a field has no column name, as a decimal comma between commas makes.
    """
    row = sheet.rows[index]
    _check_delimiter(sheet, index)
    extra = [at for at, cell in enumerate(row) if cell and (at >= len(header) or not header[at])]
    if not extra and not (sheet.delimiter == "," and len(row) > len(header)):
        return
    found = f"Field {extra[0] + 1} holds '{row[extra[0]][:60]}'" if extra else f"It has {len(row)} fields"
    raise BadValue(
        "A row has a field without a column name.",
        where=sheet.place(index),
        why=f"{found}, and the header names {sum(map(bool, header))}; decimal commas between commas do this.",
        next_step="Export with semicolons or tabs between the fields, or name every column.",
    )


def _check_delimiter(sheet: Sheet, index: int) -> None:
    mixed = next((cell for cell in sheet.rows[index] if _OTHER_DELIMITER.search(cell)), None)
    if sheet.delimiter == "," and mixed is not None:
        raise BadValue(
            "The rows of the table use different delimiters.",
            where=sheet.place(index),
            why=f"Found '{mixed[:60]}' between commas.",
            next_step="Export it again with one delimiter.",
        )
