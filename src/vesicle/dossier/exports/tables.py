"""Tables and the numbers of figures as CSV, with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable

from vesicle.dossier.blocks import Cell, Column, Figure, Picture, Table
from vesicle.dossier.figures import figure_columns, figure_rows, picture_columns, picture_rows
from vesicle.results import Estimate, NotAssessed

Plain = str | float | int | bool | None

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True when its first sign, spaces aside, is one of ``= + - @`` or a tab or line break.

    Examples
    --------
    >>> is_formula_like("=1+1"), is_formula_like("D50")
    (True, False)
    """
    return text.startswith(_STARTS_A_FORMULA) or text.lstrip().startswith(_STARTS_A_FORMULA)


def harmless(cell: Plain) -> Plain:
    """A cell that no spreadsheet runs: text that looks like a formula gets a leading apostrophe.

    Parameters
    ----------
    cell : str, float, int, bool or None
        Numbers pass unchanged.

    Returns
    -------
    str, float, int, bool or None
        Safe to write.

    Examples
    --------
    >>> harmless("=1+1")
    "'=1+1"
    """
    return f"'{cell}" if isinstance(cell, str) and is_formula_like(cell) else cell


def flat_columns(table: Table) -> tuple[str, ...]:
    """The headings of a table with one column per number.

    Parameters
    ----------
    table : Table
        Estimates make three columns: value, lower and upper bound.

    Returns
    -------
    tuple of str
        With units.
    """
    names: list[str] = []
    for index, column in enumerate(table.columns):
        name = _heading(column)
        names += [name, f"{name}, low", f"{name}, high"] if _holds_estimates(table, index) else [name]
    return tuple(names)


def flat_rows(table: Table) -> Iterable[tuple[Plain, ...]]:
    """The rows of a table with one column per number, at full precision.

    Parameters
    ----------
    table : Table
        Any table.

    Yields
    ------
    tuple
        What was not assessed is a text that says why.
    """
    wide = [_holds_estimates(table, index) for index in range(len(table.columns))]
    for row in table.rows:
        flat: list[Plain] = []
        for cell, is_wide in zip(row, wide, strict=True):
            flat += _flat(cell, is_wide=is_wide)
        yield tuple(flat)


def table_csv(table: Table) -> str:
    """A table as CSV text.

    Parameters
    ----------
    table : Table
        Any table.

    Returns
    -------
    str
        With a heading row.
    """
    return _csv((flat_columns(table), *flat_rows(table)))


def figure_csv(figure: Figure | Picture) -> str:
    """The numbers of a figure as CSV text.

    Parameters
    ----------
    figure : Figure or Picture
        Any figure.

    Returns
    -------
    str
        Every number that the figure holds, at full precision; of a picture the coordinates, not the pixels.
    """
    if isinstance(figure, Picture):
        return _csv((picture_columns(), *picture_rows(figure)))
    rows = (tuple(None if _is_lost(cell) else cell for cell in row) for row in figure_rows(figure))
    return _csv((figure_columns(figure), *rows))


def csv_bytes(text: str) -> bytes:
    """CSV text as a file that spreadsheets read as UTF-8.

    Parameters
    ----------
    text : str
        CSV.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, without which Excel guesses wrongly.
    """
    return text.encode("utf-8-sig")


def plain(cell: Cell) -> Plain:
    """A cell as text, number, bool or nothing.

    Parameters
    ----------
    cell : Cell
        Any cell but an estimate, which becomes its value.

    Returns
    -------
    str, float, int, bool or None
        A number that is not finite becomes a text that says so.
    """
    if isinstance(cell, Estimate):
        return cell.value
    if isinstance(cell, NotAssessed):
        return f"not assessed: {cell.reason}"
    if isinstance(cell, float) and not math.isfinite(cell):
        return "not assessed: not a finite number"
    return str(cell) if isinstance(cell, str) else cell


def _flat(cell: Cell, *, is_wide: bool) -> list[Plain]:
    if not is_wide:
        return [plain(cell)]
    if isinstance(cell, Estimate):
        return [cell.value, cell.low, cell.high]
    return [plain(cell), None, None]


def _holds_estimates(table: Table, index: int) -> bool:
    return any(isinstance(row[index], Estimate) for row in table.rows)


def _heading(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name


def _is_lost(cell: Plain) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


def _csv(rows: Iterable[tuple[Plain, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow(["" if cell is None else harmless(cell) for cell in row])
    return out.getvalue()
