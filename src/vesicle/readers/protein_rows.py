"""The rows of a protein table: samples, replicates, units, blanks, standards and limits of detection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vesicle.errors import BadValue, ReadError, quoted
from vesicle.readers import RawFile
from vesicle.readers.headers import fold, mass_units_in, ug_per_ml_factor
from vesicle.readers.protein_columns import Column
from vesicle.readers.sheets import Sheet, check_width, number_in
from vesicle.units import mass_concentration_to_ug_per_ml

MOST_UG_PER_ML = 1e6
"""A gram per mL is more than any solution of protein holds."""

_BELOW = re.compile(
    r"[<≤].*|below.*|unter.*|n\.?\s?d\.?|not detected|blq|blod|bdl|lod",  # codespell:ignore lod,unter
    re.IGNORECASE,
)
_ABOVE = re.compile(r"[>≥].*|above.*|over.*|saturated|out of range|max", re.IGNORECASE)
_BLANK = re.compile(
    r"(.*\b)?(blank|leerwert|blanc|blanco|bianco)s?(\b.*)?|"
    r"(pbs|water|vehicle|diluent|hepes|saline|puffer|(\w+ )?buffer)( (only|control|alone|\w))?( ?\d+)?"
)
_NOT_BLANK = re.compile(r"blank.?(corrected|subtracted)")
_STANDARD = re.compile(
    r"(std|standard|bsa|bsa std|bsa standard|cal|calibrator)[\s_-]*([0-9.,]+|[a-i])?( ?[mu]?g/m?l)?"
)
_ABOUT_RESULTS = re.compile(r"protein|conc|konz|unit|einheit|result")
_NOT_RESULTS = re.compile(r"\d\s*[munk]?g|standard|\bbsa\b|limit|\blo[dq]\b|range|rna|dna")
_YES = {"true", "yes", "y", "1", "x", "ja", "wahr", "blank"}
_NO = {"", "false", "no", "n", "0", "nein", "falsch", "sample"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A protein table with its columns identified; ``header`` is the index of the header's row."""

    raw: RawFile
    sheet: Sheet
    header: int
    columns: tuple[Column, ...]

    def having(self, role: str) -> tuple[Column, ...]:
        """The columns of one role.

        Parameters
        ----------
        role : str
            For example ``value``.

        Returns
        -------
        tuple of Column
            In the order of the file.
        """
        return tuple(column for column in self.columns if column.role == role)

    def text(self, index: int, role: str) -> str:
        """The text of one row in the first column of a role.

        Parameters
        ----------
        index : int
            Index of the row.
        role : str
            For example ``sample``.

        Returns
        -------
        str
            Empty without such a column.
        """
        row = self.sheet.rows[index]
        return next((row[c.index] for c in self.having(role) if c.index < len(row)), "")

    @property
    def above(self) -> list[str]:
        """The cells above the header."""
        return [cell for row in self.sheet.rows[: self.header] for cell in row if cell]

    @property
    def filled(self) -> list[int]:
        """Indices of the rows below the header that hold anything."""
        return [i for i in range(self.header + 1, len(self.sheet.rows)) if any(self.sheet.rows[i])]

    @property
    def has_unit_beside(self) -> bool:
        """Whether a header or a column states the unit."""
        return bool(self.having("unit")) or any(column.factor is not None for column in self.having("value"))

    @property
    def units_above(self) -> list[str]:
        """Units in lines above the header that speak of the results, not of a standard or a range."""
        lines = [fold(text) for text in self.above]
        about = [line for line in lines if _ABOUT_RESULTS.search(line) and not _NOT_RESULTS.search(line)]
        return [unit for line in about for unit in mass_units_in(line)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One row: its sample and the text of its replicates; rows of standards only calibrate the assay."""

    index: int
    sample: str
    texts: tuple[tuple[Column, str], ...]

    @property
    def is_standard(self) -> bool:
        """Whether the row is a standard of the assay."""
        return _STANDARD.fullmatch(fold(self.sample)) is not None

    @property
    def below(self) -> list[str]:
        """The texts that say "below the limit"."""
        return [text for _, text in self.texts if _BELOW.fullmatch(text)]

    @property
    def above(self) -> list[str]:
        """The texts that say "above the range"."""
        return [text for _, text in self.texts if _ABOVE.fullmatch(text)]

    @property
    def numbers(self) -> list[tuple[Column, str]]:
        """The replicates that should be numbers."""
        limits = {*self.below, *self.above, ""}
        return [(column, text) for column, text in self.texts if text not in limits]


def cells_of(table: Table) -> Iterator[Cells]:
    """The filled rows below the header.

    Parameters
    ----------
    table : Table
        The table.

    Yields
    ------
    Cells
        One per row.

    Raises
    ------
    BadValue
        When a row has a concentration and no sample, or more fields than the header.
    """
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
        yield Cells(index=index, sample=sample, texts=texts)


def value_of(table: Table, row: Cells, pair: tuple[Column, str], *, decimal: str) -> float:
    """One replicate in ug per mL.

    Parameters
    ----------
    table : Table
        The table.
    row : Cells
        The row.
    pair : tuple of Column and str
        One of ``row.numbers``.
    decimal : {".", ","}
        The table's decimal mark.

    Returns
    -------
    float
        Negative only in a blank.

    Raises
    ------
    ReadError
        When it is no number, cannot be a concentration, or has no unit.
    """
    column, text = pair
    where = table.sheet.place(row.index)
    value = number_in(text, decimal=decimal, where=where, column=column.header) * factor_of(
        table, row, column
    )
    if abs(value) <= MOST_UG_PER_ML and (value >= 0 or is_blank(table, row)):
        return value
    raise BadValue(
        "This cannot be a protein concentration.",
        where=where,
        why=f"Found '{text}' in the column '{column.header}'; only a blank may lie below zero.",
        next_step="Correct the value, write '<LOD' for a sample below the limit, or mark a blank.",
    )


def factor_of(table: Table, row: Cells, column: Column) -> float:
    """How many ug per mL one of the unit of a cell is.

    Parameters
    ----------
    table : Table
        The table.
    row : Cells
        The row.
    column : Column
        The column.

    Returns
    -------
    float
        From the header, a unit column, the user, or a line above the table.

    Raises
    ------
    ReadError
        When no unit is stated, or two.
    """
    factors = {factor for factor in (column.factor, *_other_factors(table, row)) if factor is not None}
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


def _other_factors(table: Table, row: Cells) -> Iterator[float | None]:
    stated = [text for text in (table.text(row.index, "unit"), table.raw.columns.get("unit", "")) if text]
    for text in stated:
        factor = ug_per_ml_factor(fold(text))
        if factor is None:
            raise BadValue(
                f"'{text[:40]}' is not a concentration of mass.",
                where=table.sheet.place(row.index),
                next_step="State ug/mL or mg/mL.",
            )
        yield factor
    if not stated and not table.has_unit_beside:
        yield from (mass_concentration_to_ug_per_ml(unit) for unit in table.units_above)


def is_blank(table: Table, row: Cells) -> bool:
    """Whether a row is a blank: by the column ``blank`` where there is one, else by its name.

    Parameters
    ----------
    table : Table
        The table.
    row : Cells
        The row.

    Returns
    -------
    bool
        True for ``PBS blank`` and ``buffer``.

    Raises
    ------
    BadValue
        When the column holds neither yes nor no.
    """
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
