"""A protein assay table that people make themselves: samples, replicates, blanks, values below the limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from vesicle.errors import BadValue, MissingColumn, TruncatedFile, quoted
from vesicle.measurements import ProteinReading, ProteinTable
from vesicle.readers import RawFile, Reader
from vesicle.readers.headers import fold, mass_units_in
from vesicle.readers.protein_columns import (
    assays_in,
    identify_columns,
    is_protein_header,
    names_protein,
    states_mass,
)
from vesicle.readers.protein_doubts import row_doubts, table_doubts
from vesicle.readers.protein_rows import Cells, Table, cells_of, is_blank, value_of
from vesicle.readers.sheets import Sheet, first_with_header, read_sheets, sniff_table
from vesicle.readers.text import decimal_mark
from vesicle.results import Warned

NAME = "protein-table"


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a table of protein concentrations.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.7 when a mass per volume and protein are named, 0.45 or 0.4 for one of them, else 0.
    """
    seen = sniff_table(name, head, is_protein_header)
    if seen is None:
        return 0.0
    header, around = seen
    is_protein = names_protein([name, *around])
    if states_mass(header) or any(mass_units_in(fold(cell)) for cell in around):
        return 0.7 if is_protein else 0.45
    return 0.4 if is_protein else 0.0


def read(raw: RawFile) -> ProteinTable:
    """The readings of a protein assay in ug per mL, one per sample, with the row they stand in.

    Parameters
    ----------
    raw : RawFile
        csv, tsv, txt or xlsx. ``columns`` may name ``sample``, ``concentration``, ``blank`` and
        ``assay``, and state ``unit``.

    Returns
    -------
    ProteinTable
        Replicates of one sample, in columns or in rows, are one reading. A value below the limit of
        detection gives no number; the reading says so.

    Raises
    ------
    ReadError
        When no unit is stated, or a number cannot be a concentration.
    """
    sheets, repaired = read_sheets(raw, partial(is_protein_header, columns=raw.columns))
    sheet, header, others = _chosen(sheets, raw)
    columns = identify_columns(sheet.rows[header], raw.columns, where=sheet.place(header))
    table = Table(raw=raw, sheet=sheet, header=header, columns=columns)
    cells = list(cells_of(table))
    readings = tuple(_readings(table, cells))
    assay, about_assay = _assay(table)
    doubts = (*table_doubts(table, readings), *row_doubts(table, cells))
    return ProteinTable(
        file=raw.ref,
        reader=NAME,
        assay=assay,
        readings=readings,
        warnings=(*repaired, *others, *about_assay, *doubts),
    )


def _chosen(sheets: Sequence[Sheet], raw: RawFile) -> tuple[Sheet, int, tuple[Warned, ...]]:
    found = first_with_header(sheets)
    if found is None:
        raise MissingColumn(
            "The table has no column of samples with a column of protein concentrations.",
            where=raw.name,
            why="No row names both; expected, for example, 'Sample' and 'Protein (ug/mL)'.",
            next_step="Name the columns so, or name yours under [readers.protein-table] in vesicle.toml.",
        )
    return found


def _readings(table: Table, cells: Sequence[Cells]) -> Iterator[ProteinReading]:
    used = [row for row in cells if not row.is_standard and (row.numbers or row.below)]
    if not used:
        raise TruncatedFile(
            "The table has a header and no row with a concentration.",
            where=table.sheet.place(table.header),
            next_step="Export it again.",
        )
    mark = decimal_mark((text for row in used for _, text in row.numbers), where=table.sheet.where)
    by_sample: dict[str, list[Cells]] = {}
    for row in used:
        by_sample.setdefault(row.sample, []).append(row)
    for sample, rows in by_sample.items():
        yield ProteinReading(
            sample=sample,
            ug_per_ml=tuple(value_of(table, row, pair, decimal=mark) for row in rows for pair in row.numbers),
            is_blank=_are_blank(table, rows),
            is_below_lod=any(row.below for row in rows),
            row=rows[0].index + 1,
        )


def _are_blank(table: Table, rows: Sequence[Cells]) -> bool:
    said = {is_blank(table, row) for row in rows}
    if len(said) > 1:
        raise BadValue(
            f"The rows of '{rows[0].sample}' do not agree on whether it is a blank.",
            where=table.sheet.place(rows[-1].index),
            next_step="Correct the column 'blank'.",
        )
    return said.pop()


def _assay(table: Table) -> tuple[str, tuple[Warned, ...]]:
    """The assay: from its column, else from the header and the lines above it, else from the file's name."""
    written = [text for text in (table.text(index, "assay") for index in table.filled) if text]
    in_column = tuple(dict.fromkeys((assays_in([text]) or (text[:40],))[0] for text in written))
    in_lines = assays_in([*table.above, *table.sheet.rows[table.header]])
    for named in (in_column, in_lines, assays_in([table.raw.name])):
        if len(named) == 1:
            return named[0], ()
        if named:
            message = f"The table names {quoted(named)}; none was chosen."
            return "", (Warned(code="assay_ambiguous", message=message),)
    return "", (Warned(code="assay_not_named", message="The table does not say which assay it comes from."),)


READER = Reader(
    name=NAME,
    title="Table of protein concentrations (csv, tsv, txt, xlsx)",
    patterns=("*.csv", "*.tsv", "*.txt", "*.xlsx"),
    sniff=sniff,
    read=read,
    gives="protein per mL of each sample, for particles per microgram of protein",
    how_to_export="Columns 'Sample' and 'Protein (ug/mL)', or 'Rep 1 (ug/mL)', 'Rep 2 (ug/mL)'; a blank.",
)
