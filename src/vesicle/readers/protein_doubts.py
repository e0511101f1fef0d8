"""What a protein table gives away about itself: a missing replicate, no blank, a unit taken from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vesicle.errors import quoted
from vesicle.measurements import ProteinReading
from vesicle.readers.protein_columns import is_known_beside
from vesicle.readers.protein_rows import Cells, Table, factor_of
from vesicle.readers.sheets import is_number
from vesicle.readers.text import decimal_mark, parse_number
from vesicle.results import Warned


def table_doubts(table: Table, readings: Sequence[ProteinReading]) -> Iterator[Warned]:
    """Doubts about the table as a whole.

    Parameters
    ----------
    table : Table
        The table.
    readings : sequence of ProteinReading
        What was read from it.

    Yields
    ------
    Warned
        ``table_may_be_truncated``, ``dilution_stated_not_used``, ``unit_from_preamble``, ``no_blank``,
        ``blank_above_samples``, ``row_above_header``, ``columns_ignored``.
    """
    if not table.sheet.ends_with_line:
        message = "The last row has no line end; if the file was cut off, its last number may be wrong."
        yield Warned(code="table_may_be_truncated", message=message, row=len(table.sheet.rows))
    if table.having("dilution"):
        message = "A column states dilutions; the concentrations were taken as those of the undiluted sample."
        yield Warned(code="dilution_stated_not_used", message=message)
    if not table.has_unit_beside and "unit" not in table.raw.columns:
        message = f"The unit {table.units_above[0]} was taken from a line above the table."
        yield Warned(code="unit_from_preamble", message=message)
    unused = [column for column in table.having("ignored") if not is_known_beside(column.header)]
    filled = [column.header for column in unused if _holds_numbers(table, column.index)]
    if filled:
        message = f"Columns with numbers that were not used: {quoted(filled)}."
        yield Warned(code="columns_ignored", message=message, row=table.header + 1)
    yield from _blank_doubts(readings)
    values = {column.index for column in table.having("value")}
    for index, row in enumerate(table.sheet.rows[: table.header]):
        if any(at in values and cell and is_number(cell) for at, cell in enumerate(row)):
            message = "A row with a number stands above the header and was left out."
            yield Warned(code="row_above_header", message=message, row=index + 1)


def _holds_numbers(table: Table, at: int) -> bool:
    rows = (table.sheet.rows[index] for index in table.filled)
    return any(at < len(row) and row[at] and is_number(row[at]) for row in rows)


def _blank_doubts(readings: Sequence[ProteinReading]) -> Iterator[Warned]:
    blanks = [value for reading in readings if reading.is_blank for value in reading.ug_per_ml]
    others = [value for reading in readings if not reading.is_blank for value in reading.ug_per_ml]
    if not blanks:
        message = "The table has no blank with a number, so no background is subtracted."
        yield Warned(code="no_blank", message=message)
    if blanks and others and max(blanks) >= max(others):
        yield Warned(code="blank_above_samples", message="A blank holds more protein than every sample.")


def row_doubts(table: Table, cells: Sequence[Cells]) -> Iterator[Warned]:
    """Doubts about single rows.

    Parameters
    ----------
    table : Table
        The table.
    cells : sequence of Cells
        Its rows.

    Yields
    ------
    Warned
        ``unit_converted``, ``identical_rows``, ``mean_disagrees``, ``replicate_missing``,
        ``standard_left_out``, ``above_range``, ``below_lod``, ``no_value``.
    """
    used = [(row, column) for row in cells if not row.is_standard for column, _ in row.numbers]
    factors = sorted({factor_of(table, row, column) for row, column in used} - {1.0})
    if factors:
        message = f"Concentrations were converted to ug/mL (factor {quoted(factors)})."
        yield Warned(code="unit_converted", message=message)
    twice = next((b.index for a, b in pairwise(cells) if (a.sample, a.texts) == (b.sample, b.texts)), None)
    if twice is not None:
        message = "Two rows in a row are identical; they count as replicates, and may be a copy."
        yield Warned(code="identical_rows", message=message, row=twice + 1)
    for row in cells:
        yield from _row_doubts(table, row)


def _row_doubts(table: Table, row: Cells) -> Iterator[Warned]:
    name, number = f"'{row.sample[:60]}'", row.index + 1
    if row.is_standard:
        yield Warned(code="standard_left_out", message=f"{name} is a standard of the assay.", row=number)
        return
    if row.above:
        message = f"{name}: '{row.above[0][:40]}' is above the assay's range and was left out."
        yield Warned(code="above_range", message=message, row=number)
    if row.below:
        message = f"{name}: '{row.below[0][:40]}' is below the limit of detection."
        yield Warned(code="below_lod", message=message, row=number)
    if not any(text for _, text in row.texts):
        yield Warned(code="no_value", message="The row holds no concentration and was left out.", row=number)
    elif not all(text for _, text in row.texts):
        message = f"{name} has fewer replicates than the table has columns."
        yield Warned(code="replicate_missing", message=message, row=number)
    if row.numbers and table.having("mean") and not _is_mean(table, row):
        message = f"{name}: the stated mean is not the mean of the replicates that were read."
        yield Warned(code="mean_disagrees", message=message, row=number)


def _is_mean(table: Table, row: Cells) -> bool:
    """Whether the row's own mean is that of its replicates, as far as the printed digits go."""
    printed = table.text(row.index, "mean")
    texts = [text for _, text in row.numbers]
    mark = decimal_mark([printed, *texts], where=table.sheet.place(row.index))
    stated = parse_number(printed, decimal=mark)
    ours = sum(parse_number(text, decimal=mark) or 0.0 for text in texts) / len(texts)
    places = min(len(text.partition(mark)[2]) for text in (printed, *texts))
    return stated is not None and abs(stated - ours) <= 10.0**-places
