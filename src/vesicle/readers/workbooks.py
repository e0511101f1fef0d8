"""Open ``.xlsx`` workbooks as rows of text, and what their first bytes say."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from vesicle.errors import ReadError
from vesicle.readers import RawFile

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

XLSX_MARK = b"PK\x03\x04"

MOST_ROWS = 1_000_000
MOST_COLUMNS = 2_000
MOST_UNPACKED_BYTES = 200_000_000
"""Larger tables are refused: no table of particles that people make is near these."""


def check_extent(rows: int, columns: int, *, where: str) -> None:
    """Refuse a table that is too large.

    Parameters
    ----------
    rows : int
        How many it has.
    columns : int
        How many its widest row has.
    where : str
        The file, for the message.

    Raises
    ------
    ReadError
        When it has more than any table of particles that people make.
    """
    if rows <= MOST_ROWS and columns <= MOST_COLUMNS:
        return
    raise ReadError(
        "The table is too large to be one that people make.",
        where=where,
        why=f"It has more than {MOST_ROWS:,} rows or {MOST_COLUMNS:,} columns.",
        next_step="Keep one sample per file, and only the columns that are needed.",
    )


def workbook_rows(raw: RawFile) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets of a workbook: the title of each, and its cells as text.

    Parameters
    ----------
    raw : RawFile
        The workbook.

    Yields
    ------
    title : str
        The name of a sheet.
    rows : list of list of str
        Its cells; a formula without a stored result is its own text.

    Raises
    ------
    ReadError
        When it is damaged or too large.
    """
    values, formulas = _open_workbook(raw, stored=True), _open_workbook(raw, stored=False)
    for title in values:
        yield (
            title,
            [
                [_cell_text(*pair) for pair in zip(*both, strict=True)]
                for both in zip(values[title], formulas[title], strict=True)
            ],
        )


def _open_workbook(raw: RawFile, *, stored: bool) -> dict[str, list[tuple[object, ...]]]:
    import warnings

    from openpyxl import load_workbook

    try:
        _check_unpacked_size(raw)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw.content), read_only=True, data_only=stored)
            sheets = cast("list[ReadOnlyWorksheet]", book.worksheets)
            return {sheet.title: list(_limited_rows(sheet, where=raw.name)) for sheet in sheets}
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(
            "The workbook is damaged.",
            where=raw.name,
            why=f"It cannot be opened ({type(error).__name__}).",
            next_step="Open it in a spreadsheet program and save it again, or export the sheet as csv.",
        ) from error


def _limited_rows(sheet: ReadOnlyWorksheet, *, where: str) -> Iterator[tuple[object, ...]]:
    sheet.reset_dimensions()  # the file's own statement may be wrong
    for count, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        check_extent(count, len(row), where=where)
        yield row


def _check_unpacked_size(raw: RawFile) -> None:
    with zipfile.ZipFile(io.BytesIO(raw.content)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MOST_UNPACKED_BYTES:
        raise ReadError(
            "The workbook is too large to be a table that people make.",
            where=raw.name,
            why=f"It unpacks to {size:,} bytes; at most {MOST_UNPACKED_BYTES:,} are read.",
            next_step="Save the sheet with the table alone, as csv.",
        )


def _cell_text(value: object, formula: object) -> str:
    if value is None:
        return "" if formula is None else str(formula).strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def workbook_texts(head: bytes) -> list[str]:
    """The texts of cells that the first bytes of a workbook hold.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    list of str
        At most 5,000; empty when the texts stand further down.
    """
    found: list[str] = []
    for name, content in _packed_members(head):
        if "sharedStrings" in name or "worksheets/sheet" in name:
            text = content.decode("utf-8", errors="replace")
            found += [_unescaped(cell) for cell in re.findall(r"<t(?: [^>]*)?>([^<]{1,120})</t>", text)]
    return found[:5_000]


def _packed_members(head: bytes) -> Iterator[tuple[str, bytes]]:
    position = head.find(XLSX_MARK)
    while position >= 0 and position + 30 <= len(head):
        name_length = int.from_bytes(head[position + 26 : position + 28], "little")
        extra_length = int.from_bytes(head[position + 28 : position + 30], "little")
        start = position + 30 + name_length + extra_length
        name = head[position + 30 : position + 30 + name_length].decode("utf-8", errors="replace")
        yield name, _inflated(head[start:])
        position = head.find(XLSX_MARK, start)


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, 2_000_000)
    except zlib.error:
        return b""


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text).strip()
