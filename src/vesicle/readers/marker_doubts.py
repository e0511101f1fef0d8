"""What a marker table gives away about itself: no blank, no lysate, a dash, a load without a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vesicle.errors import quoted
from vesicle.measurements.markers import MarkerReading
from vesicle.readers.headers import fold
from vesicle.readers.marker_columns import is_known_beside
from vesicle.readers.marker_rows import Entry, Table, is_dash
from vesicle.readers.marker_values import is_ladder, load_unit, strength_of
from vesicle.readers.sheets import is_number
from vesicle.results import Warned
from vesicle.standards.ev_markers import ev_marker

_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_MOST_LANES = 60


def doubts(table: Table, entries: Sequence[Entry], readings: Sequence[MarkerReading]) -> Iterator[Warned]:
    """Everything that is doubtful about a table.

    Parameters
    ----------
    table : Table
        The table.
    entries : sequence of Entry
        Its cells.
    readings : sequence of MarkerReading
        What was read from them.

    Yields
    ------
    Warned
        With the row where it stands, where it stands in one.
    """
    yield from _about_file(table)
    yield from _about_columns(table, entries, readings)
    yield from _about_samples(table, readings)
    yield from _about_cells(entries)


def _about_file(table: Table) -> Iterator[Warned]:
    sheet = table.sheet
    if not sheet.ends_with_line:
        message = "The last row has no line end; if the file was cut off, its last number may be wrong."
        yield Warned(code="table_may_be_truncated", message=message, row=len(sheet.rows))
    values = {column.index for column in table.columns.having("value")}
    for index, row in enumerate(sheet.rows[: table.header]):
        if any(at in values and cell and is_number(cell) for at, cell in enumerate(row)):
            message = "A row with a number stands above the header and was left out."
            yield Warned(code="row_above_header", message=message, row=index + 1)
    width = len(sheet.rows[table.header])
    short = next((i for i in table.filled if sheet.delimiter and len(sheet.rows[i]) < width), None)
    if short is not None:
        message = "A row has fewer fields than the header; its values may have moved to another column."
        yield Warned(code="fields_missing", message=message, row=short + 1)
    twice = [b for a, b in pairwise(table.filled) if list(sheet.rows[a]) == list(sheet.rows[b])]
    if twice:
        message = "Two rows in a row are identical; they count as replicates, and may be a copy."
        yield Warned(code="identical_rows", message=message, row=twice[0] + 1)


def _about_columns(
    table: Table, entries: Sequence[Entry], readings: Sequence[MarkerReading]
) -> Iterator[Warned]:
    loads, texts = table.columns.having("load"), [entry.text for entry in entries]
    if any(load_unit(column.header) is None for column in loads):
        message = "A column states a load as a volume, which is no amount of protein; it was not used."
        yield Warned(code="load_not_mass", message=message)
    unused = [c for c in table.columns.having("ignored") if not is_known_beside(c.header)]
    filled = [c.header for c in unused if any(is_number(table.cell(i, c)) for i in table.filled)]
    if filled:
        message = f"Columns with numbers that were not used: {quoted(filled)}."
        yield Warned(code="columns_ignored", message=message, row=table.header + 1)
    has_unit = "load_unit" in table.raw.columns or any(load_unit(e.load_header) for e in entries)
    bare_loads = [e for e in entries if e.load and is_number(e.load)]
    if bare_loads and not has_unit:
        yield Warned(code="load_unit_assumed", message="The load states no unit; ug of protein was assumed.")
    stated = {reading.load_ug for reading in readings if reading.load_ug is not None}
    if not stated:
        message = "The table states no protein load, so equal loading cannot be shown."
        yield Warned(code="load_not_stated", message=message)
    elif len(stated) > 1:
        message = "The loads differ between lanes; intensities are compared per ug of protein."
        yield Warned(code="loads_differ", message=message)
    numbers = [text for text in texts if is_number(text)]
    if len(numbers) > 2 and len({*numbers}) == 1:
        yield Warned(code="intensity_constant", message=f"Every intensity is {numbers[0]}; check the column.")
    if table.sheet.delimiter != "," and numbers and all(map(_THOUSANDS.fullmatch, numbers)):
        message = f"'{numbers[0]}' was read with a decimal mark; if it means thousands, export without them."
        yield Warned(code="decimal_mark_ambiguous", message=message)
    if any(is_number(entry.lane) and not _is_lane(entry.lane) for entry in entries):
        yield Warned(code="lane_unusual", message="A lane is no small whole number; check the columns.")


def _is_lane(text: str) -> bool:
    return text.isdigit() and int(text) <= _MOST_LANES


def _about_samples(table: Table, readings: Sequence[MarkerReading]) -> Iterator[Warned]:
    if not table.columns.having("sample") and table.columns.layout != "samples across":
        message = "The table names no samples; say what lanes hold, as lane_1 = 'LOT-7 EV' in [readers.marker-table]."
        yield Warned(code="sample_not_stated", message=message)
    found = {reading.material for reading in readings}
    if "cell lysate" not in found:
        message = (
            "No lane is named a cell lysate, so the absence of a protein in the vesicles is no evidence."
        )
        yield Warned(code="no_lysate", message=message)
    if "blank" not in found:
        message = "The table has no blank, so presence rests on the table's own numbers and words."
        yield Warned(code="no_marker_blank", message=message)
    others = dict.fromkeys(r.sample for r in readings if r.material == "other")
    if others:
        message = f"Neither EVs nor cells, and left out: {quoted(others)}."
        yield Warned(code="material_other", message=message)
    ladders = [i for i in table.filled if is_ladder(table.text(i, "sample"))]
    if ladders:
        message = "A lane of the ladder of molecular weights was left out."
        yield Warned(code="standard_left_out", message=message, row=ladders[0] + 1)
    unknown = dict.fromkeys(r.marker for r in readings if ev_marker(r.marker) is None)
    if unknown:
        message = f"Markers without a category in the standard: {quoted(unknown)}."
        yield Warned(code="marker_unknown", message=message)


def _about_cells(entries: Sequence[Entry]) -> Iterator[Warned]:
    has_plus = any("+" in entry.text for entry in entries)
    for entry in entries:
        name, row = f"'{entry.marker[:40]}' in '{entry.sample[:40]}'", entry.index + 1
        kind, text = strength_of(entry.text).kind, entry.text[:30]
        if is_dash(entry.text) and not has_plus:
            message = f"{name}: a dash beside numbers may mean absent or not measured; it was left out."
            yield Warned(code="dash_ambiguous", message=message, row=row)
        elif kind == "nothing":
            yield Warned(code="no_value", message=f"{name} holds no value and was left out.", row=row)
        elif kind == "below":
            message = f"{name}: '{text}' is below the limit of detection."
            yield Warned(code="below_lod", message=message, row=row)
        elif kind == "above":
            message = f"{name}: '{text}' is above the range; the marker is there, how strong is not known."
            yield Warned(code="above_range", message=message, row=row)
        elif kind == "unclear":
            message = f"{name}: '{text}' is neither present nor absent; it is counted as neither."
            yield Warned(code="presence_unclear", message=message, row=row)
        if fold(text) in {"n.d.", "nd", "n.d", "n. d."}:
            message = f"{name}: '{text}' was taken as not detected; it may also mean not determined."
            yield Warned(code="nd_taken_as_not_detected", message=message, row=row)
