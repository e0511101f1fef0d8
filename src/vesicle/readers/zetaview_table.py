"""The two size tables of a ZetaView export: linear classes, a row of -1, the same tracks on a log grid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, quoted
from vesicle.measurements import SizeHistogram
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.readers.text import parse_number
from vesicle.results import Warned
from vesicle.units import length_to_nm, per_volume_to_per_ml

COLUMNS = ("Size / nm", "Number", "Concentration / cm-3", "Volume / nm^3", "Area / nm^2")
"""The columns as every export seen so far has them."""

ANY_TABLE = re.compile(r"^\W*Size / ?\S+", re.MULTILINE)
_TABLE = re.compile(r"^Size / ?(\S+)\t", re.MULTILINE)
FINE_CLASSES_END = 1000.0
"""From here on, classes narrower than 1 nm can print alike, since sizes have four digits."""

_PRINTED_DIGITS = 6e-4
"""Class centres are printed with four significant digits."""
_LEAST_COUNT, _MOST_COUNT = 1e-6, 1e15
"""Of a class that is not empty: no instrument prints less, and no cell holds more."""
_TABLES = 2
_PER_TRACK_TOLERANCE = 2e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeBlock:
    """One size table: centres in nm, tracks, concentration per mL as measured; row of the first class."""

    size_nm: FloatArray
    number: FloatArray
    per_ml: FloatArray | None
    first_row: int
    is_closed: bool


def table_line(lines: list[str], *, where: str) -> int:
    """The index of the header row of the size table.

    Parameters
    ----------
    lines : list of str
        The whole file.
    where : str
        The file's name for messages.

    Returns
    -------
    int
        Counted from 0.

    Raises
    ------
    ReadError
        When there is none, or more than one, or its columns are not separated by tabs.
    """
    starts = [i for i, line in enumerate(lines) if _TABLE.match(line)]
    if len(starts) == 1:
        return starts[0]
    if starts:
        raise ReadError(
            "The file holds several size tables with headers.",
            where=f"{where}, rows {', '.join(str(i + 1) for i in starts)}",
            why="One export has one header row 'Size / nm'.",
            next_step="Split the file into one file per measurement.",
        )
    odd = next((i for i, line in enumerate(lines) if ANY_TABLE.match(line)), None)
    if odd is not None:
        raise ReadError(
            "The columns of the size table are not separated by tabs.",
            where=f"{where}, row {odd + 1}",
            why=f"Found '{lines[odd][:60]}'.",
            next_step="Use the file as the instrument wrote it, not one saved again by another program.",
        )
    raise MissingColumn(
        "There is no size table in this ZetaView export.",
        where=where,
        why="No line begins with 'Size / nm'.",
        next_step="Export the size distribution as text again; the file may be cut off.",
    )


def read_blocks(lines: list[str], at: int, *, decimal: str, where: str) -> list[SizeBlock]:
    """The size tables below a header row.

    Parameters
    ----------
    lines : list of str
        The whole file.
    at : int
        The index of the header row.
    decimal : str
        The decimal mark of the file.
    where : str
        The file's name for messages.

    Returns
    -------
    list of SizeBlock
        None for a run without result; at most two.

    Raises
    ------
    ReadError
        When a row is cut off, out of order or cannot be true.
    """
    names = [name.strip() for name in lines[at].split("\t")]
    size_factor = length_to_nm(_unit(names[0]))
    wanted = [_column(names, "Number", where=f"{where}, row {at + 1}")]
    per_ml = next((i for i, name in enumerate(names) if name.startswith("Concentration")), None)
    volume = re.sub(r"-(\d)$", r"\1", _unit(names[per_ml])) if per_ml is not None else ""
    conc_factor = per_volume_to_per_ml(volume) if per_ml is not None else 0.0
    columns = [0, *wanted, *([per_ml] if per_ml is not None else [])]
    blocks, rows, first_row = list[SizeBlock](), list[list[float]](), at + 2
    for row, values in _rows(lines, at, columns, width=len(names), decimal=decimal, where=where):
        is_sentinel = values[0] == -1
        if rows and values[0] == rows[-1][0] and values[0] < FINE_CLASSES_END:
            raise _out_of_order(
                "A size class stands in the table twice.", values, where=f"{where}, row {row}"
            )
        if is_sentinel or (rows and values[0] < rows[-1][0]):
            blocks += _block(rows, first_row, size_factor, conc_factor, is_closed=True)
            rows, first_row = [], row
        if not is_sentinel:
            _refuse_impossible(values, where=f"{where}, row {row}")
            first_row = row if not rows else first_row
            rows.append(values)
    blocks += _block(rows, first_row, size_factor, conc_factor, is_closed=False)
    for block in blocks:
        if np.any(np.diff(block.size_nm) <= 0) and not is_linear(block.size_nm):
            twice = [block.size_nm[np.argmax(np.diff(block.size_nm) <= 0)] / size_factor]
            raise _out_of_order(
                "A size class stands in the table twice.", twice, where=f"{where}, row {block.first_row}"
            )
    if len(blocks) > _TABLES:
        why = [blocks[_TABLES].size_nm[0] / size_factor]
        at_row = f"{where}, row {blocks[_TABLES].first_row}"
        raise _out_of_order("The size classes do not increase.", why, where=at_row)
    return blocks


def _out_of_order(what: str, values: list[float], *, where: str) -> BadValue:
    return BadValue(
        what,
        where=where,
        why=f"Found {values[0]:g}; an export has two tables of increasing sizes with a row of -1 between.",
        next_step="Copy the file again from the instrument's computer.",
    )


def _unit(name: str) -> str:
    return name.partition("/")[2].strip()


def _column(names: list[str], name: str, *, where: str) -> int:
    if name in names:
        return names.index(name)
    raise MissingColumn(
        f"The size table has no column '{name}'.",
        where=where,
        why=f"Found {quoted(names)}.",
        next_step="Export again with all columns of the size distribution.",
    )


def _rows(
    lines: list[str], at: int, columns: list[int], *, width: int, decimal: str, where: str
) -> Iterator[tuple[int, list[float]]]:
    for row, line in enumerate(lines[at + 1 :], start=at + 2):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != width:
            raise TruncatedFile(
                "A row of the size table is cut off or has too many columns.",
                where=f"{where}, row {row}",
                why=f"Found {len(fields)} columns, expected {width}.",
                next_step="Copy the file again from the instrument's computer.",
            )
        numbers = [parse_number(fields[i], decimal=decimal) for i in columns]
        values = [number for number in numbers if number is not None]
        if len(values) != len(columns):
            raise BadValue(
                "A value of the size table is not a number.",
                where=f"{where}, row {row}",
                why=f"Found {quoted(fields)}; numbers in this file have the decimal mark '{decimal}'.",
                next_step="Copy the file again from the instrument's computer.",
            )
        yield row, values


def _refuse_impossible(values: list[float], *, where: str) -> None:
    if min(values) < 0 or values[0] == 0:
        raise BadValue(
            "A size or a count cannot be negative.",
            where=where,
            why=f"Found {', '.join(f'{value:g}' for value in values)}.",
            next_step="Export the run again; if it stays, report the file to the maker of the instrument.",
        )
    if values[1] != 0 and not _LEAST_COUNT <= values[1] <= _MOST_COUNT:
        raise BadValue(
            "A size class cannot hold this many particles.",
            where=where,
            why=f"Found {', '.join(f'{value:g}' for value in values)}.",
            next_step="Copy the file again from the instrument's computer.",
        )


def _block(
    rows: list[list[float]], first_row: int, size_factor: float, conc_factor: float, *, is_closed: bool
) -> list[SizeBlock]:
    if not rows:
        return []
    table = np.array(rows)
    return [
        SizeBlock(
            size_nm=table[:, 0] * size_factor,
            number=table[:, 1],
            per_ml=table[:, 2] * conc_factor if table.shape[1] > 2 else None,
            first_row=first_row,
            is_closed=is_closed,
        )
    ]


def as_histogram(block: SizeBlock) -> SizeHistogram:
    """Classes with edges halfway; linear centres are taken from their exact grid, not the printed digits.

    Parameters
    ----------
    block : SizeBlock
        One table.

    Returns
    -------
    SizeHistogram
        The amount is the concentration where the table states one, else the count.
    """
    centre = _exact_grid(block.size_nm)
    middle = (centre[1:] + centre[:-1]) / 2 if is_linear(block.size_nm) else np.sqrt(centre[1:] * centre[:-1])
    first = max(0.0, 2 * centre[0] - middle[0]) if len(middle) else centre[0] / 2
    last = 2 * centre[-1] - middle[-1] if len(middle) else centre[0] * 1.5
    return SizeHistogram(
        centre_nm=frozen(centre),
        edges_nm=frozen([first, *middle, last]),
        amount=frozen(block.per_ml if block.per_ml is not None else block.number),
        count=frozen(block.number),
        first_row=block.first_row,
    )


def _exact_grid(size_nm: FloatArray) -> FloatArray:
    if not is_linear(size_nm):
        return size_nm
    return size_nm[0] + (size_nm[1] - size_nm[0]) * np.arange(len(size_nm))


def is_linear(size_nm: FloatArray) -> bool:
    """Whether classes are equally wide within the printed digits.

    Parameters
    ----------
    size_nm : numpy.ndarray
        Class centres.

    Returns
    -------
    bool
        False for a single class.
    """
    if len(size_nm) < 2:
        return False
    grid = size_nm[0] + (size_nm[1] - size_nm[0]) * np.arange(len(size_nm))
    return bool(np.all(np.abs(size_nm - grid) <= _PRINTED_DIGITS * grid))


def _is_logarithmic(size_nm: FloatArray) -> bool:
    logs = np.log(size_nm)
    grid = np.linspace(logs[0], logs[-1], len(logs))
    return bool(np.all(np.abs(logs - grid) <= 2 * _PRINTED_DIGITS))


def table_doubts(blocks: list[SizeBlock], names: list[str], *, row: int) -> Iterator[Warned]:
    """What in the tables is not as the instrument writes it, or contradicts itself.

    Parameters
    ----------
    blocks : list of SizeBlock
        At least one.
    names : list of str
        The header row's columns.
    row : int
        The header row, counted from 1.

    Yields
    ------
    Warned
        With a stable code.
    """
    first = blocks[0]
    if tuple(names) != COLUMNS:
        message = f"The columns are {quoted(names)}; the instrument writes {quoted(COLUMNS)}."
        yield Warned(code="columns_unusual", message=message, row=row)
    if not is_linear(first.size_nm):
        message = "The classes are not equally wide, so rows may be missing, doubled or exchanged."
        yield Warned(code="classes_not_equidistant", message=message, row=first.first_row)
    if len(blocks) == _TABLES and not _is_logarithmic(blocks[1].size_nm):
        message = "The steps of the log table are not equal, so rows may be missing or exchanged."
        yield Warned(code="classes_not_equidistant", message=message, row=blocks[1].first_row)
    if not first.is_closed or len(blocks) < _TABLES:
        message = "The table does not end as written (a row of -1, then a log table); it may be cut off."
        yield Warned(code="table_truncated", message=message, row=first.first_row + len(first.number))
    elif blocks[1].number.sum() != first.number.sum():
        message = f"The two tables hold {first.number.sum():g} and {blocks[1].number.sum():g} tracks."
        yield Warned(code="tables_disagree", message=message, row=blocks[1].first_row)
    if first.per_ml is None:
        yield Warned(code="concentration_missing", message="The size table has no concentration column.")
    yield from _concentration_doubts(blocks)


def _concentration_doubts(blocks: list[SizeBlock]) -> Iterator[Warned]:
    """Every track stands for the same concentration, in both tables; four digits are printed."""
    constant = None
    for block in blocks:
        if block.per_ml is None:
            return
        has_tracks = block.number > 0
        each = block.per_ml[has_tracks] / block.number[has_tracks]
        constant = float(np.median(each)) if constant is None and len(each) else constant
        odd = block.per_ml != 0
        odd[has_tracks] = np.abs(each - (constant or 0.0)) > _PER_TRACK_TOLERANCE * (constant or 0.0)
        if odd.any():
            row = block.first_row + int(np.argmax(odd))
            message = f"The concentration of {int(odd.sum())} classes does not follow from their tracks."
            yield Warned(code="concentration_disagrees", message=message, row=row)
