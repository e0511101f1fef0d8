"""A table of particle diameters that people make themselves: one row per particle, or one per size class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from vesicle.errors import BadValue, MissingColumn, quoted
from vesicle.measurements.sizing import (
    FloatArray,
    SizeHistogram,
    SizeRun,
    SizeTracks,
    VendorSummary,
    VideoResult,
    frozen,
    read_only,
)
from vesicle.readers import RawFile, Reader
from vesicle.readers.diameter_columns import SHORT_NAMES, is_diameter_header
from vesicle.readers.diameter_rows import Table, body_warnings, mark_of, sample_of, table_below
from vesicle.readers.diameter_values import (
    Values,
    amounts_of,
    choose_values,
    diameter_warnings,
    diameters_nm,
    share_warnings,
    value_warnings,
)
from vesicle.readers.headers import fold, split_length
from vesicle.readers.sheets import Sheet, first_with_header, read_sheets, sniff_table
from vesicle.readers.size_classes import EVEN_RATIO, edges_between, increasing_order, step_ratio
from vesicle.results import Warned

NAME = "diameter-table"
_FEWEST_FOR_EVEN = 5
_CLASS_LIST_RATIO = 1.02
_LEAST_PER_ML, _MOST_PER_ML, _MOST_COUNTED = 1e4, 1e16, 1e7
_MEAN_TOLERANCE, _TWO_DIGITS = 0.002, 0.06


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a table of diameters; never more than 0.5, so that vendors' readers win.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.5 with a unit in the header, 0.3 or 0.2 without, 0 without a diameter column.
    """
    seen = sniff_table(name, head, is_diameter_header)
    if seen is None:
        return 0.0
    named = [split_length(fold(cell)) for cell in seen[0] if is_diameter_header([cell])]
    if any(unit is not None for _, unit in named):
        return 0.5
    return 0.2 if all(words in SHORT_NAMES for words, _ in named) else 0.3


def read(raw: RawFile) -> SizeRun:
    """One sample's sizing run from a generic table.

    Parameters
    ----------
    raw : RawFile
        csv, tsv, txt or xlsx. ``columns`` may name ``diameter``, ``count``, ``concentration``,
        ``percent``, ``sample``, ``diameter_unit`` and ``concentration_unit``.

    Returns
    -------
    SizeRun
        With ``tracks`` when there is one row per particle (in increasing order, since the order of
        particles says nothing), else with ``histogram``; a table with several value columns also
        gives one ``per_video`` per column, and the histogram is their mean.

    Raises
    ------
    ReadError
        When the file is no such table, or its numbers could be taken in more than one way.
    """
    sheets, repaired = read_sheets(raw, partial(is_diameter_header, columns=raw.columns))
    sheet, header, others = _chosen(sheets, raw)
    table = table_below(sheet, header, raw.columns)
    values = choose_values(table)
    decimal, doubtful = mark_of(table, (*table.having("diameter"), *values.columns))
    diameter_nm = diameters_nm(table, decimal)
    warnings = [*repaired, *others, *doubtful, *body_warnings(table)]
    warnings += [*diameter_warnings(table, diameter_nm), *value_warnings(table, values)]
    stem = re.sub(r"\.[A-Za-z]{3,4}$", "", raw.name)
    run = SizeRun(
        files=(raw.ref,), reader=NAME, stem=stem, sample=sample_of(table, stem), warnings=tuple(warnings)
    )
    if not values.amounts:
        return replace(run, tracks=_tracks(table, diameter_nm))
    return _with_classes(run, _classes(table, values, diameter_nm, decimal))


def _chosen(sheets: Sequence[Sheet], raw: RawFile) -> tuple[Sheet, int, tuple[Warned, ...]]:
    found = first_with_header(sheets)
    if found is None:
        said = raw.columns.get("diameter")
        raise MissingColumn(
            f"There is no column '{said}'." if said else "The table has no diameter column.",
            where=raw.name,
            why=f"The first rows hold {quoted(_first_cells(sheets))}.",
            next_step="Name the column 'Diameter (nm)', or name it under [readers.diameter-table].",
        )
    return found


def _first_cells(sheets: Sequence[Sheet]) -> list[str]:
    return [cell[:60] for sheet in sheets[:3] for row in sheet.rows[:5] for cell in row if cell][:12]


def _tracks(table: Table, diameter_nm: FloatArray) -> SizeTracks:
    _refuse_class_list(table, diameter_nm)
    included = np.ones(len(diameter_nm), dtype=np.bool_)
    return SizeTracks(diameter_nm=frozen(np.sort(diameter_nm)), included=read_only(included))


def _refuse_class_list(table: Table, diameter_nm: FloatArray) -> None:
    ordered = np.sort(diameter_nm)
    is_distinct = len(ordered) >= _FEWEST_FOR_EVEN and bool(np.all(np.diff(ordered) > 0))
    if is_distinct and step_ratio(ordered) <= _CLASS_LIST_RATIO:
        raise BadValue(
            "This is a list of size classes without their content.",
            where=table.sheet.where,
            why=f"{len(ordered)} diameters stand in even steps, which measured particles never do.",
            next_step="Export the count or the concentration of each class beside its diameter.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classes:
    """The table as size classes in increasing order; ``amounts`` has one row per value column."""

    table: Table
    values: Values
    centre_nm: FloatArray
    amounts: FloatArray
    counts: FloatArray
    was_in_order: bool

    def histogram(self, amount: FloatArray, count: FloatArray | None) -> SizeHistogram:
        return SizeHistogram(
            centre_nm=frozen(self.centre_nm),
            edges_nm=frozen(edges_between(self.centre_nm)),
            amount=frozen(amount),
            count=None if count is None else frozen(count),
            first_row=min(self.table.numbers),
        )

    @property
    def doubt_about_counts(self) -> str:
        """Why the count columns do not count particles, empty when they do."""
        if not np.all(self.counts == np.floor(self.counts)):
            return "they hold fractions"
        is_pair = self.values.counts != self.values.amounts and len(self.counts) > 0
        if is_pair and np.any((self.counts > 0) != (self.amounts > 0)):
            return "some classes have a concentration and no count, or the reverse"
        return ""

    @property
    def has_counts(self) -> bool:
        """Whether some columns hold numbers of particles."""
        return len(self.values.counts) > 0 and not self.doubt_about_counts


def _classes(table: Table, values: Values, diameter_nm: FloatArray, decimal: str) -> _Classes:
    order = increasing_order(diameter_nm, table.numbers, where=table.sheet.where)
    in_order = order == sorted(order)
    if not values.is_named:
        _refuse_unexplained(
            table, values, diameter_nm[order], is_ordered=in_order or order == sorted(order)[::-1]
        )
    amounts = [amounts_of(table, column, decimal)[order] for column in values.amounts]
    counts = [amounts_of(table, column, decimal)[order] for column in values.counts]
    return _Classes(
        table=table,
        values=values,
        centre_nm=diameter_nm[order],
        amounts=np.array(amounts),
        counts=np.array(counts).reshape(len(counts), len(order)),
        was_in_order=in_order,
    )


def _refuse_unexplained(table: Table, values: Values, centre_nm: FloatArray, *, is_ordered: bool) -> None:
    if is_ordered and step_ratio(centre_nm) <= EVEN_RATIO:
        return
    raise BadValue(
        "It is not clear what the columns beside the diameter hold.",
        where=table.sheet.where,
        why=f"{quoted(column.header for column in values.amounts)}: no header says count or concentration, "
        "and the diameters are not even size classes in order.",
        next_step="For one row per particle keep the diameter column alone; else name the column 'Count' or "
        "'Concentration (particles/mL)', or name it under [readers.diameter-table].",
    )


def _with_classes(run: SizeRun, classes: _Classes) -> SizeRun:
    mean = classes.amounts.mean(axis=0)
    warnings = (*run.warnings, *_class_warnings(classes))
    if not classes.amounts.any():
        message = "Every size class is empty; the run has no result."
        nothing = Warned(code="no_particles", message=message)
        return replace(run, status="no_result", warnings=(*warnings, nothing))
    return replace(
        run,
        histogram=classes.histogram(mean, classes.counts.sum(axis=0) if classes.has_counts else None),
        measured_per_ml=float(mean.sum()) if classes.values.are_per_ml else None,
        per_video=tuple(_videos(classes)) if len(classes.amounts) > 1 else (),
        warnings=warnings,
    )


def _videos(classes: _Classes) -> Iterator[VideoResult]:
    for index, column in enumerate(classes.values.amounts):
        is_count = column in classes.values.counts and classes.has_counts
        histogram = classes.histogram(classes.amounts[index], classes.amounts[index] if is_count else None)
        yield VideoResult(name=column.header, vendor=_video_total(classes, index), histogram=histogram)


def _video_total(classes: _Classes, index: int) -> VendorSummary:
    """The concentration of one column, so that the spread between columns can be computed."""
    if not classes.values.are_per_ml:
        return VendorSummary()
    total = float(classes.amounts[index].sum())
    return VendorSummary(concentration_per_ml=total, reproduced=("concentration_per_ml",))


def _class_warnings(classes: _Classes) -> Iterator[Warned]:
    if not classes.was_in_order:
        yield Warned(
            code="classes_reordered",
            message="The size classes were not in increasing order; they were sorted.",
        )
    if step_ratio(classes.centre_nm) > EVEN_RATIO:
        message = "The steps between size classes differ; a class may be missing."
        yield Warned(code="classes_uneven", message=message)
    if classes.amounts[:, -1].any():
        message = "The largest size class is not empty; larger ones may be cut off."
        yield Warned(code="table_may_be_truncated", message=message, row=max(classes.table.numbers))
    if classes.doubt_about_counts:
        message = (
            f"{quoted(c.header for c in classes.values.counts)}: no counts, {classes.doubt_about_counts}."
        )
        yield Warned(code="count_not_used", message=message)
    for column, amounts in zip(classes.values.amounts, classes.amounts, strict=True):
        yield from share_warnings(column, amounts)
    yield from _total_warnings(classes)
    yield from _mean_warnings(classes)
    for index, column in enumerate(classes.values.amounts):
        others = np.delete(classes.amounts, index, axis=0)
        if len(others) > 1 and np.allclose(classes.amounts[index], others.mean(axis=0), rtol=_MEAN_TOLERANCE):
            message = f"'{column.header}' is the mean of the other columns, and was read as one of them."
            yield Warned(code="column_is_mean", message=message)


def _total_warnings(classes: _Classes) -> Iterator[Warned]:
    total, counted = float(classes.amounts.mean(axis=0).sum()), float(classes.counts.sum())
    if classes.values.are_per_ml and total and not _LEAST_PER_ML <= total <= _MOST_PER_ML:
        message = f"The concentrations add up to {total:.3g} particles/mL; check the unit and the column."
        yield Warned(code="concentration_implausible", message=message)
    if counted > _MOST_COUNTED:
        message = (
            f"The counts add up to {counted:.3g}, more than an instrument follows; they may be per volume."
        )
        yield Warned(code="count_implausible", message=message)


def _mean_warnings(classes: _Classes) -> Iterator[Warned]:
    """A column of means that is not the mean of the other columns gives away a column that is not there."""
    unused = [c for c in classes.table.having("mean") if c not in classes.values.amounts]
    if not unused or classes.values.is_named:
        return
    decimal, _ = mark_of(classes.table, (*classes.table.having("diameter"), unused[0]))
    order = np.argsort(diameters_nm(classes.table, decimal), kind="stable")
    stated, ours = amounts_of(classes.table, unused[0], decimal)[order], classes.amounts.mean(axis=0)
    digits = classes.table.cells(unused[0])
    relative = _TWO_DIGITS if any("e" in cell.casefold() for cell in digits) else _MEAN_TOLERANCE
    places = min(len(cell.partition(decimal)[2]) for cell in digits)
    if not np.allclose(stated, ours, rtol=relative, atol=0.51 * 10.0**-places):
        message = f"'{unused[0].header}' is not the mean of the columns that were read; one may be missing."
        yield Warned(code="mean_disagrees", message=message)


READER = Reader(
    name=NAME,
    title="Table of particle diameters (csv, tsv, txt, xlsx)",
    patterns=("*.csv", "*.tsv", "*.txt", "*.xlsx"),
    sniff=sniff,
    read=read,
    gives="a diameter per particle, or a size distribution; a concentration if the header states its unit",
    how_to_export="Columns 'Diameter (nm)' and 'Count' or 'Concentration (particles/mL)'; a file per sample.",
)
