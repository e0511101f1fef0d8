"""The numbers of a diameter table: diameters in nm, and the value columns with what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vesicle.errors import BadValue, quoted
from vesicle.measurements.sizing import FloatArray
from vesicle.readers.diameter_columns import Column
from vesicle.readers.diameter_rows import LARGEST_NM, SMALLEST_NM, Table
from vesicle.readers.sheets import is_number, number_in
from vesicle.results import Warned

_LEAST_NM, _MOST_NM, _MOST_AMOUNT = 0.1, 1e5, 1e30
_PERCENT_TOTALS = (1.0, 100.0)
_PERCENT_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The columns whose numbers are used.

    ``amounts`` are the value columns, empty for one row per particle; ``counts`` are the columns that
    hold numbers of particles; ``is_named`` is False when no header says what the values are.
    """

    amounts: tuple[Column, ...]
    counts: tuple[Column, ...]
    is_named: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column once."""
        return tuple(dict.fromkeys((*self.amounts, *self.counts)))

    @property
    def are_per_ml(self) -> bool:
        """Whether the amounts are numbers per mL."""
        return bool(self.amounts) and all(
            c.role == "concentration" and c.factor is not None for c in self.amounts
        )


def choose_values(table: Table) -> Values:
    """Which columns hold the content of the size classes.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    Values
        Concentrations before counts before shares before columns that no header explains.

    Raises
    ------
    BadValue
        When the only values are weighted by something other than number, or units are half stated.
    """
    concentrations, counts = table.having("concentration"), table.having("count")
    if concentrations:
        _check_same_unit(table, concentrations)
        is_pair = len(concentrations) == len(counts) == 1
        return Values(amounts=concentrations, counts=counts if is_pair else (), is_named=True)
    if counts:
        return Values(amounts=counts, counts=counts, is_named=True)
    if percents := table.having("percent"):
        return Values(amounts=percents, counts=(), is_named=True)
    unnamed = tuple(c for c in table.having("unknown") if any(map(is_number, table.cells(c))))
    amounts = unnamed or table.having("mean")
    _refuse_weighted(table, amounts)
    return Values(amounts=amounts, counts=(), is_named=False)


def _check_same_unit(table: Table, columns: Sequence[Column]) -> None:
    without = [column.header for column in columns if column.factor is None]
    if without and len(without) < len(columns):
        raise BadValue(
            "Some concentration columns state a unit and others do not.",
            where=table.sheet.where,
            why=f"Without a unit: {quoted(without)}.",
            next_step="Write the unit into every header, for example 'Concentration (particles/mL)'.",
        )


def _refuse_weighted(table: Table, amounts: Sequence[Column]) -> None:
    weighted = table.having("weighted")
    is_per_particle = any(column.role == "ignored" for column in table.columns)
    if not weighted or amounts or is_per_particle:
        return
    raise BadValue(
        "The table holds no numbers of particles.",
        where=table.sheet.where,
        why=f"{quoted(column.header for column in weighted)} is weighted by something else than number.",
        next_step="Export the number-weighted distribution: count, particles/mL or number percent.",
    )


def diameters_nm(table: Table, decimal: str) -> FloatArray:
    """The diameters in the order of the file.

    Parameters
    ----------
    table : Table
        The table.
    decimal : {".", ","}
        Its decimal mark.

    Returns
    -------
    numpy.ndarray
        In nm, all positive.

    Raises
    ------
    BadValue
        When a diameter is no number, not positive, or beyond any particle.
    """
    column = table.having("diameter")[0]
    numbers = _numbers(table, column, decimal) * (column.factor or 1.0)
    for index in np.flatnonzero(~((numbers >= _LEAST_NM) & (numbers <= _MOST_NM))):
        raise BadValue(
            "A particle cannot have this diameter.",
            where=table.place(int(index)),
            why=f"Found '{table.cells(column)[index]}' in the column '{column.header}'.",
            next_step="Correct the value, or the unit in the header.",
        )
    return numbers


def amounts_of(table: Table, column: Column, decimal: str) -> FloatArray:
    """The content of the size classes in one column, per mL when the header states a unit.

    Parameters
    ----------
    table : Table
        The table.
    column : Column
        A value column.
    decimal : {".", ","}
        The table's decimal mark.

    Returns
    -------
    numpy.ndarray
        In the order of the file, none negative.

    Raises
    ------
    BadValue
        When a value is no number or cannot be an amount.
    """
    numbers = _numbers(table, column, decimal)
    for index in np.flatnonzero(~((numbers >= 0) & (numbers <= _MOST_AMOUNT))):
        raise BadValue(
            "A size class cannot hold this many particles.",
            where=table.place(int(index)),
            why=f"Found '{table.cells(column)[index]}' in the column '{column.header}'.",
            next_step="Correct the value; subtract no blank before vesicle reads the table.",
        )
    return numbers * (column.factor or 1.0)


def _numbers(table: Table, column: Column, decimal: str) -> FloatArray:
    cells = table.cells(column)
    return np.array([
        number_in(cell, decimal=decimal, where=table.place(index), column=column.header)
        for index, cell in enumerate(cells)
    ])  # fmt: skip


def diameter_warnings(table: Table, diameter_nm: FloatArray) -> Iterator[Warned]:
    """What is doubtful about the diameters' unit.

    Parameters
    ----------
    table : Table
        The table.
    diameter_nm : numpy.ndarray
        As read.

    Yields
    ------
    Warned
        ``unit_assumed``, ``unit_converted``, ``diameter_implausible``.
    """
    column = table.having("diameter")[0]
    if column.factor is None:
        message = f"The column '{column.header}' states no unit; nm was assumed."
        yield Warned(code="unit_assumed", message=message)
    elif column.factor != 1.0:
        message = f"The column '{column.header}' was converted to nm (factor {column.factor:g})."
        yield Warned(code="unit_converted", message=message)
    median = float(np.median(diameter_nm))
    if not SMALLEST_NM <= median <= LARGEST_NM:
        message = f"The middle diameter is {median:g} nm; check the unit."
        yield Warned(code="diameter_implausible", message=message)


def value_warnings(table: Table, values: Values) -> Iterator[Warned]:
    """What the value columns do not say, and which columns were not used.

    Parameters
    ----------
    table : Table
        The table.
    values : Values
        The chosen columns.

    Yields
    ------
    Warned
        ``columns_ignored``, ``concentration_unit_unknown``, ``unit_converted``, ``amount_is_relative``.
    """
    used = {column.index for column in values.columns} | {table.having("diameter")[0].index}
    unused = [c.header for c in table.columns if c.index not in used and c.role not in {"sample", "dilution"}]
    if unused:
        yield Warned(code="columns_ignored", message=f"Columns that were not used: {quoted(unused)}.")
    if not values.amounts:
        return
    first = values.amounts[0]
    if first.role == "percent":
        message = f"'{first.header}' holds shares, so the table gives no concentration."
        yield Warned(code="amount_is_relative", message=message)
    elif first.role != "count" and first.factor is None:
        message = f"'{first.header}' states no unit, so the table gives no concentration."
        yield Warned(code="concentration_unit_unknown", message=message)
    if any(column.factor not in {None, 1.0} for column in values.amounts):
        message = f"'{first.header}' was converted to particles per mL (factor {first.factor:g})."
        yield Warned(code="unit_converted", message=message)


def share_warnings(column: Column, amounts: FloatArray) -> Iterator[Warned]:
    """Whether shares add up to a whole.

    Parameters
    ----------
    column : Column
        A value column.
    amounts : numpy.ndarray
        Its numbers.

    Yields
    ------
    Warned
        ``shares_do_not_sum``.
    """
    total = float(amounts.sum())
    is_whole = any(abs(total - whole) <= _PERCENT_TOLERANCE * whole for whole in _PERCENT_TOTALS)
    if column.role == "percent" and not is_whole:
        message = f"'{column.header}' adds up to {total:g}, neither 100 nor 1; rows may be missing."
        yield Warned(code="shares_do_not_sum", message=message)
