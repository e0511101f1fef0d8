"""A protein assay table that people make themselves: samples, replicates, blanks, values below the limit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, quoted
from vesicle.measurements import ProteinReading, ProteinTable
from vesicle.readers import RawFile, Reader
from vesicle.readers.headers import fold, mass_units_in, ug_per_ml_factor
from vesicle.readers.protein_columns import (
    Column,
    assays_in,
    identify_columns,
    is_protein_header,
    names_protein,
    states_mass,
)
from vesicle.readers.sheets import Row, Sheet, check_width, number_in, read_sheets, sniff_table
from vesicle.readers.text import decimal_mark
from vesicle.results import Warned
from vesicle.units import mass_concentration_to_ug_per_ml

NAME = "protein-table"
MOST_UG_PER_ML = 1e6
"""A gram per mL is more than any solution of protein holds."""

_BELOW = re.compile(
    r"[<≤].*|below.*|unter.*|n\.?\s?d\.?|not detected|blq|blod|bdl|lod",  # codespell:ignore lod,unter
    re.IGNORECASE,
)
_ABOVE = re.compile(r"[>≥].*|above.*|over.*|saturated|out of range|max", re.IGNORECASE)
_BLANK = re.compile(
    r"(.*\b)?(blank|leerwert|blanc|blanco|bianco)s?(\b.*)?|"
    r"(pbs|water|vehicle|diluent|hepes|saline|puffer|(\w+ )?buffer)( (only|control|alone))?( ?\d+)?"
)
_NOT_BLANK = re.compile(r"blank.?(corrected|subtracted)")
_STANDARD = re.compile(
    r"(std|standard|bsa|bsa std|bsa standard|cal|calibrator)[\s_-]*([0-9.,]+|[a-i])?( ?[mu]?g/m?l)?"
)
_ABOUT_RESULTS = re.compile(r"protein|conc|konz|unit|einheit|result")
_NOT_RESULTS = re.compile(r"\d\s*[munk]?g|standard|\bbsa\b|limit|\blo[dq]\b|range|rna|dna")
_YES, _NO = (
    {"true", "yes", "y", "1", "x", "ja", "wahr", "blank"},
    {"", "false", "no", "n", "0", "nein", "falsch", "sample"},
)


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
    found = [(sheet, sheet.header) for sheet in sheets if sheet.header is not None]
    if not found:
        raise MissingColumn(
            "The table has no column of samples with a column of protein concentrations.",
            where=raw.name,
            next_step="Name the columns 'Sample' and 'Protein (ug/mL)'.",
        )
    sheet, header = found[0]
    columns = identify_columns(sheet.rows[header], raw.columns, where=sheet.place(header))
    table = _Table(raw=raw, sheet=sheet, header=header, columns=columns)
    cells = list(_cells(table))
    assay, about_assay = _assay(table)
    return ProteinTable(
        file=raw.ref,
        reader=NAME,
        assay=assay,
        readings=tuple(_readings(table, cells)),
        warnings=(
            *repaired,
            *about_assay,
            *_table_warnings(table, len(found)),
            *_cell_warnings(table, cells),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    raw: RawFile
    sheet: Sheet
    header: int
    columns: tuple[Column, ...]

    def having(self, role: str) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role == role)

    def text(self, index: int, role: str) -> str:
        row: Row = self.sheet.rows[index]
        return next((row[c.index] for c in self.having(role) if c.index < len(row)), "")

    @property
    def above(self) -> list[str]:
        """The cells above the header."""
        return [cell for row in self.sheet.rows[: self.header] for cell in row if cell]

    @property
    def filled(self) -> list[int]:
        """Indices of the rows below the header that hold anything."""
        return [i for i in range(self.header + 1, len(self.sheet.rows)) if any(self.sheet.rows[i])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """One row: its sample and the text of its replicates; ``standard`` rows only calibrate the assay."""

    index: int
    sample: str
    texts: tuple[tuple[Column, str], ...]
    is_standard: bool

    @property
    def below(self) -> list[str]:
        return [text for _, text in self.texts if _BELOW.fullmatch(text)]

    @property
    def above(self) -> list[str]:
        return [text for _, text in self.texts if _ABOVE.fullmatch(text)]

    @property
    def numbers(self) -> list[tuple[Column, str]]:
        return [
            (c, text)
            for c, text in self.texts
            if text and not _BELOW.fullmatch(text) and not _ABOVE.fullmatch(text)
        ]


def _cells(table: _Table) -> Iterator[_Cells]:
    for index in table.filled:
        row = table.sheet.rows[index]
        check_width(table.sheet, table.sheet.rows[table.header], index)
        sample = table.text(index, "sample")
        texts = tuple((c, row[c.index] if c.index < len(row) else "") for c in table.having("value"))
        if not sample and any(text for _, text in texts):
            raise BadValue(
                "A row has a concentration and no sample.",
                where=table.sheet.place(index),
                next_step="Write the sample into every row; merged cells name it once only.",
            )
        yield _Cells(
            index=index, sample=sample, texts=texts, is_standard=bool(_STANDARD.fullmatch(fold(sample)))
        )


def _readings(table: _Table, cells: Sequence[_Cells]) -> Iterator[ProteinReading]:
    used = [row for row in cells if not row.is_standard and (row.numbers or row.below)]
    if not used:
        raise TruncatedFile(
            "The table has a header and no row with a concentration.",
            where=table.sheet.place(table.header),
            next_step="Export it again.",
        )
    mark = decimal_mark((text for row in used for _, text in row.numbers), where=table.sheet.where)
    by_sample: dict[str, list[_Cells]] = {}
    for row in used:
        by_sample.setdefault(row.sample, []).append(row)
    for sample, rows in by_sample.items():
        blank = {_is_blank(table, row) for row in rows}
        if len(blank) > 1:
            raise BadValue(
                f"The rows of '{sample}' do not agree on whether it is a blank.",
                where=table.sheet.place(rows[-1].index),
                next_step="Correct the column 'blank'.",
            )
        yield ProteinReading(
            sample=sample,
            ug_per_ml=tuple(_value(table, row, pair, mark) for row in rows for pair in row.numbers),
            is_blank=blank.pop(),
            is_below_lod=any(row.below for row in rows),
            row=rows[0].index + 1,
        )


def _value(table: _Table, row: _Cells, pair: tuple[Column, str], mark: str) -> float:
    column, text = pair
    where = table.sheet.place(row.index)
    value = number_in(text, decimal=mark, where=where, column=column.header) * _factor(table, row, column)
    is_possible = abs(value) <= MOST_UG_PER_ML and (value >= 0 or _is_blank(table, row))
    if not is_possible:
        raise BadValue(
            "This cannot be a protein concentration.",
            where=where,
            why=f"Found '{text}' in the column '{column.header}'; only a blank may lie below zero.",
            next_step="Correct the value, write '<LOD' for a sample below the limit, or mark a blank.",
        )
    return value


def _factor(table: _Table, row: _Cells, column: Column) -> float:
    stated = [column.factor, *_other_units(table, row)]
    factors = {factor for factor in stated if factor is not None}
    where = table.sheet.place(row.index)
    if len(factors) == 1:
        return factors.pop()
    if factors:
        raise BadValue(
            "The table states two units for one number.",
            where=where,
            why=f"The header '{column.header}', a unit column or a line above the table disagree.",
            next_step="Keep one of them.",
        )
    raise ReadError(
        "The table states no unit, and none is assumed.",
        where=where,
        why=f"The column is named '{column.header}'; ug/mL and mg/mL differ by a factor of 1000.",
        next_step="Write 'Protein (ug/mL)' as header, or unit = \"ug/mL\" under [readers.protein-table].",
    )


def _other_units(table: _Table, row: _Cells) -> Iterator[float | None]:
    stated = table.text(row.index, "unit")
    if stated and ug_per_ml_factor(fold(stated)) is None:
        raise BadValue(
            f"'{stated[:40]}' is not a concentration of mass.",
            where=table.sheet.place(row.index),
            next_step="Write ug/mL or mg/mL into the unit column.",
        )
    yield from (ug_per_ml_factor(fold(text)) for text in (stated, table.raw.columns.get("unit", "")) if text)
    if not _is_unit_beside(table) and "unit" not in table.raw.columns:
        yield from (mass_concentration_to_ug_per_ml(unit) for unit in _units_above(table))


def _is_unit_beside(table: _Table) -> bool:
    return bool(table.having("unit")) or any(column.factor is not None for column in table.having("value"))


def _units_above(table: _Table) -> list[str]:
    """Units in lines that speak of the results, not of a standard or a range."""
    lines = [fold(text) for text in table.above]
    return [unit for line in lines if _ABOUT_RESULTS.search(line) and not _NOT_RESULTS.search(line)
            for unit in mass_units_in(line)]  # fmt: skip


def _is_blank(table: _Table, row: _Cells) -> bool:
    if not table.having("blank"):
        name = re.sub(r"[\s_-]+", " ", fold(row.sample))
        return _BLANK.fullmatch(name) is not None and _NOT_BLANK.search(name) is None
    said = table.text(row.index, "blank").casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise BadValue(
        "The column 'blank' holds neither yes nor no.",
        where=table.sheet.place(row.index),
        why=f"Found '{said[:40]}'; allowed: {quoted(sorted((_YES | _NO) - {''}), most=20)}.",
        next_step="Write yes or no.",
    )


def _assay(table: _Table) -> tuple[str, tuple[Warned, ...]]:
    header = table.sheet.rows[table.header]
    stated = dict.fromkeys(table.text(index, "assay") for index in table.filled)
    written = [text for text in stated if text]
    in_column = tuple(dict.fromkeys((assays_in([text]) or (text[:40],))[0] for text in written))
    for named in (in_column, assays_in([*table.above, *header]), assays_in([table.raw.name])):
        if len(named) == 1:
            return named[0], ()
        if named:
            message = f"The table names {quoted(named)}; none was chosen."
            return "", (Warned(code="assay_ambiguous", message=message),)
    return "", (Warned(code="assay_not_named", message="The table does not say which assay it comes from."),)


def _table_warnings(table: _Table, sheets: int) -> Iterator[Warned]:
    if sheets > 1:
        message = f"Only {table.sheet.where} was read; other sheets with protein: {sheets - 1}."
        yield Warned(code="other_sheets_not_read", message=message)
    if not table.sheet.ends_with_line:
        message = "The last row has no line end; if the file was cut off, its last number may be wrong."
        yield Warned(code="table_may_be_truncated", message=message, row=len(table.sheet.rows))
    if table.having("dilution"):
        message = "A column states dilutions; the concentrations were taken as those of the undiluted sample."
        yield Warned(code="dilution_stated_not_used", message=message)
    if not _is_unit_beside(table) and _units_above(table):
        message = f"The unit {_units_above(table)[0]} was taken from a line above the table."
        yield Warned(code="unit_from_preamble", message=message)


def _cell_warnings(table: _Table, cells: Sequence[_Cells]) -> Iterator[Warned]:
    used = [(row, column) for row in cells if not row.is_standard for column, _ in row.numbers]
    factors = sorted({_factor(table, row, column) for row, column in used} - {1.0})
    if factors:
        message = f"Concentrations were converted to ug/mL (factor {quoted(factors)})."
        yield Warned(code="unit_converted", message=message)
    twice = next(
        (b.index + 1 for a, b in pairwise(cells) if a.texts == b.texts and a.sample == b.sample), None
    )
    if twice is not None:
        message = "Two rows in a row are identical; they count as replicates, and may be a copy."
        yield Warned(code="identical_rows", message=message, row=twice)
    for row in cells:
        if row.is_standard:
            yield Warned(
                code="standard_left_out", message=f"'{row.sample[:60]}' is a standard.", row=row.index + 1
            )
        elif row.above:
            message = (
                f"'{row.sample[:60]}': '{row.above[0][:40]}' is above the assay's range and was left out."
            )
            yield Warned(code="above_range", message=message, row=row.index + 1)
        elif row.below:
            message = f"'{row.sample[:60]}': '{row.below[0][:40]}' is below the limit of detection."
            yield Warned(code="below_lod", message=message, row=row.index + 1)
        elif not row.numbers:
            yield Warned(
                code="no_value", message="The row holds no concentration and was left out.", row=row.index + 1
            )


READER = Reader(
    name=NAME,
    title="Table of protein concentrations (csv, tsv, txt, xlsx)",
    patterns=("*.csv", "*.tsv", "*.txt", "*.xlsx"),
    sniff=sniff,
    read=read,
    gives="protein per mL of each sample, for particles per microgram of protein",
    how_to_export="Columns 'Sample' and 'Protein (ug/mL)', or 'Rep 1 (ug/mL)', 'Rep 2 (ug/mL)'; a blank.",
)
