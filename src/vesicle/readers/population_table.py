"""Statistics tables of cytometry programs (FlowJo, FACSDiva): percentages of a parent, without their events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vesicle.errors import BadValue, MissingColumn, TruncatedFile
from vesicle.measurements import PopulationRow, PopulationTable
from vesicle.readers import RawFile, Reader
from vesicle.readers.population_columns import (
    Layout,
    Statistic,
    describes,
    is_gate,
    is_population_header,
    is_sum_row,
    layout_of,
    names_parent,
)
from vesicle.readers.sheets import (
    Row,
    Sheet,
    check_width,
    first_with_header,
    is_number,
    number_in,
    read_sheets,
    sniff_table,
)
from vesicle.readers.text import decimal_mark
from vesicle.results import Warned
from vesicle.standards.antigens import antigens_in

NAME = "population-table"


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a statistics table of a cytometry program.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.85 when a column is a share of a parent population, 0.6 for a column of antigens beside percentages.
    """
    seen = sniff_table(name, head, is_population_header)
    if seen is None:
        return 0.0
    return 0.85 if names_parent(seen[0]) else 0.6


def read(raw: RawFile) -> PopulationTable:
    """The percentages of a table, one for each tube and population that names an antigen or is called positive.

    Parameters
    ----------
    raw : RawFile
        csv, tsv, txt or xlsx.

    Returns
    -------
    PopulationTable
        Gates before the antigen (cells, singlets) and rows of means are left out.

    Raises
    ------
    ReadError
        When there is no such column, or a percentage is none.
    """
    sheets, repaired = read_sheets(raw, is_population_header)
    found = first_with_header(sheets)
    if found is None:
        raise MissingColumn(
            "The table has no column of percentages of a population.",
            where=raw.name,
            why="No row names a tube with, for example, 'CD73+ | Freq. of Parent (%)', 'CD73+ %Parent', or an "
            "antigen with a percentage.",
            next_step="Export the statistic 'Freq. of Parent' or '%Parent' of each positive population.",
        )
    sheet, header, others = found
    layout = layout_of(sheet.rows[header], where=sheet.place(header))
    rows = [index for index in range(header + 1, len(sheet.rows)) if any(sheet.rows[index])]
    mark = decimal_mark(_numbers(sheet, layout, rows), where=sheet.where)
    read_rows = tuple(
        found for index in rows for found in _rows(sheet, layout, index, header=header, decimal=mark)
    )
    if not read_rows:
        raise TruncatedFile(
            "The table has a header and no percentage of a population that names an antigen.",
            where=sheet.place(header),
            next_step="Name the positive population after its antigen, for example 'CD73+', and export again.",
        )
    doubts = (*_above(sheet, header), *_doubts(sheet, layout, rows))
    return PopulationTable(file=raw.ref, reader=NAME, rows=read_rows, warnings=(*repaired, *others, *doubts))


def _numbers(sheet: Sheet, layout: Layout, rows: Sequence[int]) -> Iterator[str]:
    places = [p for s in layout.statistics for p in (s.percent, s.count, s.control) if p is not None]
    for index in rows:
        for place in places:
            yield _cell(sheet.rows[index], place)


def _rows(sheet: Sheet, layout: Layout, index: int, *, header: int, decimal: str) -> Iterator[PopulationRow]:
    row = sheet.rows[index]
    tube = _cell(row, layout.tube)
    if is_sum_row(tube):
        return
    if is_gate(tube) and layout.population is not None:
        raise BadValue(
            "The columns of tubes and of populations seem to be exchanged.",
            where=sheet.place(index),
            why=f"The tube is called '{tube[:40]}'.",
            next_step="Correct the header.",
        )
    check_width(sheet, _named_header(sheet.rows[header]), index)
    for statistic in layout.statistics:
        population = statistic.population or _cell(row, layout.population)
        if not describes(population, tube) or _is_undefined(_cell(row, statistic.percent)):
            continue
        percent = _percent(sheet, index, statistic.percent, header=header, decimal=decimal)
        marker = population if antigens_in(population) or not antigens_in(tube) else f"{tube}: {population}"
        yield PopulationRow(
            tube=tube,
            marker=marker,
            percent=percent,
            events=_events(sheet, index, statistic, percent=percent, header=header, decimal=decimal),
            control_percent=None
            if statistic.control is None or _is_undefined(_cell(row, statistic.control))
            else _percent(sheet, index, statistic.control, header=header, decimal=decimal),
            row=index + 1,
        )


def _named_header(header: Row) -> Row:
    """The header with a name for its first column, which FlowJo leaves empty."""
    return [header[0] or "tube", *header[1:]]


def _is_undefined(cell: str) -> bool:
    """Empty, or the hashes and dashes that programs print where a parent has no events."""
    return not cell.strip("#-–—. ") or cell.casefold() in {"n/a", "nan", "undefined"}


def _percent(sheet: Sheet, index: int, place: int, *, header: int, decimal: str) -> float:
    name = sheet.rows[header][place]
    cell = _cell(sheet.rows[index], place)
    found = number_in(cell, decimal=decimal, where=sheet.place(index), column=name)
    if not 0 <= found <= 100:
        raise BadValue(
            "A percentage lies outside 0 to 100.",
            where=sheet.place(index),
            why=f"The column '{name[:60]}' holds {found:g}.",
            next_step="Export it again, as a percentage of the parent.",
        )
    return found


def _events(
    sheet: Sheet, index: int, statistic: Statistic, *, percent: float, header: int, decimal: str
) -> int | None:
    """Events of the parent: as stated, else from those of the population and its percentage."""
    if statistic.count is None or _is_undefined(_cell(sheet.rows[index], statistic.count)):
        return None
    name = sheet.rows[header][statistic.count]
    cell = _cell(sheet.rows[index], statistic.count)
    count = number_in(cell, decimal=decimal, where=sheet.place(index), column=name)
    if count < 0 or count != round(count):
        raise BadValue(
            "A count of events is no whole number.",
            where=sheet.place(index),
            why=f"The column '{name[:60]}' holds {count:g}.",
            next_step="Export it again.",
        )
    if not statistic.counts_population:
        return int(count)
    return round(100 * count / percent) if percent > 0 and count > 0 else None


def _cell(row: Row, place: int | None) -> str:
    return row[place].strip().removesuffix("%").strip() if place is not None and place < len(row) else ""


def _above(sheet: Sheet, header: int) -> Iterator[Warned]:
    """Rows above the header that hold as many numbers as those below: they were moved there."""
    moved = [i for i in range(header) if sum(map(is_number, sheet.rows[i])) > 1]
    if moved:
        message = f"Row {moved[0] + 1} stands above the header and was not read."
        yield Warned(code="row_above_header", message=message, row=moved[0] + 1)


def _doubts(sheet: Sheet, layout: Layout, rows: Sequence[int]) -> Iterator[Warned]:
    left: dict[str, None] = {}
    for index in rows:
        tube = _cell(sheet.rows[index], layout.tube)
        for statistic in layout.statistics:
            population = statistic.population or _cell(sheet.rows[index], layout.population)
            if not (describes(population, tube) or is_gate(population) or is_sum_row(tube)):
                left[population or tube] = None
    if left:
        listed = ", ".join(f"'{name[:40]}'" for name in list(left)[:4])
        message = (
            f"Populations without an antigen, negative ones or of several antigens were left out: {listed}."
        )
        yield Warned(code="population_left_out", message=message)
    if layout.unknown:
        listed = ", ".join(f"'{name[:40]}'" for name in layout.unknown[:4])
        yield Warned(
            code="column_not_read", message=f"Columns of no known statistic were not read: {listed}."
        )


READER = Reader(
    name=NAME,
    title="Statistics table of a cytometry program (csv, tsv, txt, xlsx)",
    patterns=("*.csv", "*.tsv", "*.txt", "*.xlsx"),
    sniff=sniff,
    read=read,
    gives="declared percentages of antigens on the producing cells, without events",
    how_to_export="One row a tube; columns such as 'CD73+ | Freq. of Parent (%)' and 'CD73+ | Count', or 'Tube', "
    "'Population', '%Parent', '#Events'.",
)
