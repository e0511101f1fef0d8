"""ZetaView ``*_11pos.txt``: what each position of the measuring cell saw, and why some were left out."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from vesicle.errors import BadValue, MissingColumn, TruncatedFile, quoted
from vesicle.measurements import PositionRow, PositionTable
from vesicle.readers import RawFile, Reader
from vesicle.readers.text import decimal_mark, decode, head_text, parse_number
from vesicle.results import Warned

_COLUMNS = {
    "position": r"Position",
    "particles": r"Av\. No of Particles",
    "measured": r"Conc\. \((?:p|particles)\./(?:mL|cm\^?3)\)",
    "stock": r"Orig\. Conc\. \((?:p|particles)\./(?:mL|cm\^?3)\)",
    "tracks": r"No\. of Traces",
    "median": r"X50 \(nm\)",
}
_LAYOUT = (
    r"Use\tPosition\tMean Int\.\tAv\. No of Particles\tConc\. \(.*?\)\tOrig\. Conc\. \(.*?\)\t"
    r"No\. of Traces\tX50 \(nm\)\tPeak . \(nm\)\tSpan\tDrift \(.m/s\)\tRemoval"
)
"""The columns in the order that every export seen so far has."""

_REMOVALS = frozenset(
    {"MAX_DRIFT", "MIN_TRACES", "GRUBBS_SIZE", "GRUBBS_NUMBER", "GRUBBS_MI", "RANGE_NUMBER"}
)
"""The reasons seen in 46 real tables."""

_SUMMARY = ("Mean", "St.Dev.", "Rel.St.Dev.")
_PRINTED = {"measured": (0.06, 0.0), "stock": (0.06, 0.0)}
"""Two printed digits leave a relative rounding error of up to 5 % in a mean, and in a ratio of two."""

_ONE_DECIMAL = (1e-9, 0.11)
"""Rows and mean are printed with one decimal, so each may be off by 0.05."""

_RATIO = 0.12
"""Each of two concentrations with two printed digits may be off by 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """The columns of the table: their names as printed, where ours stand, and the decimal mark below them."""

    names: list[str]
    places: Mapping[str, int]
    decimal: str

    def text(self, fields: list[str], name: str) -> str:
        at = self.places.get(name, len(fields))
        return fields[at].strip() if at < len(fields) else ""

    def number(self, fields: list[str], name: str) -> float | None:
        return parse_number(self.text(fields, name), decimal=self.decimal)


def sniff(name: str, head: bytes) -> float:
    """How surely this is a ZetaView position table.

    Parameters
    ----------
    name : str
        The file's name; it is not needed.
    head : bytes
        The first bytes.

    Returns
    -------
    float
        0.95 when the header row has the columns of the position table.
    """
    del name
    first = head_text(head).lstrip().split("\n", 1)[0]
    return 0.95 if "Position" in first and "Orig. Conc." in first else 0.0


def read(raw: RawFile) -> PositionTable:
    """The position table of one run.

    Parameters
    ----------
    raw : RawFile
        The text export.

    Returns
    -------
    PositionTable
        ``stem`` is that of the size file it belongs to.

    Raises
    ------
    ReadError
        When a column is missing or a value is not a number.
    """
    text, notes = decode(raw.content, where=raw.name)
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.strip())
    names = [name.strip() for name in lines[at].split("\t")]
    places = {ours: _find(names, pattern, where=raw.name) for ours, pattern in _COLUMNS.items()}
    places |= {"use": 0} | ({"removal": names.index("Removal")} if "Removal" in names else {})
    body = [(row, line.split("\t")) for row, line in enumerate(lines[at + 1 :], start=at + 2) if line.strip()]
    decimal = decimal_mark((field for _, fields in body for field in fields), where=raw.name)
    header = _Header(names=names, places=places, decimal=decimal)
    labelled = [(row, fields) for row, fields in body if header.text(fields, "position") not in _SUMMARY]
    rows = tuple(_position(row, fields, header, where=raw.name) for row, fields in labelled)
    means = [fields for _, fields in body if header.text(fields, "position") == "Mean"]
    return PositionTable(
        file=raw.ref,
        reader=READER.name,
        stem=re.sub(r"_\d+pos$", "", raw.name.rsplit(".", 1)[0]),
        rows=rows,
        warnings=(
            *notes,
            *_layout_doubts(names, rows, at),
            *_order_doubts(raw.name, rows),
            *_removal_doubts(rows),
            *_mean_doubts(rows, means, header),
        ),
    )


def _find(names: list[str], pattern: str, *, where: str) -> int:
    found = next((i for i, name in enumerate(names) if re.fullmatch(pattern, name)), None)
    if found is None:
        raise MissingColumn(
            "The position table lacks a column.",
            where=where,
            why=f"Nothing matches '{pattern}' among {quoted(names)}.",
            next_step="Export the position table again.",
        )
    return found


def _position(row: int, fields: list[str], header: _Header, *, where: str) -> PositionRow:
    if len(fields) != len(header.names):
        raise TruncatedFile(
            "A row of the position table is cut off or has too many columns.",
            where=f"{where}, row {row}",
            why=f"Found {len(fields)} columns, expected {len(header.names)}.",
            next_step="Copy the file again from the instrument's computer.",
        )

    def number(name: str) -> float:
        value = header.number(fields, name)
        if value is None or value < 0:
            raise BadValue(
                f"The {name} of a position is not a number that can be true.",
                where=f"{where}, row {row}",
                why=f"Found {quoted(fields)}.",
                next_step="Copy the file again from the instrument's computer.",
            )
        return value

    return PositionRow(
        position=number("position"),
        is_kept=header.text(fields, "use").upper() == "X",
        particles=number("particles"),
        concentration_per_ml=number("measured"),
        stock_concentration_per_ml=number("stock"),
        tracks=number("tracks"),
        median_nm=number("median"),
        removal=header.text(fields, "removal"),
        row=row,
    )


def _layout_doubts(names: list[str], rows: tuple[PositionRow, ...], at: int) -> Iterator[Warned]:
    if not re.fullmatch(_LAYOUT, "\t".join(names)):
        message = f"The columns are not those the instrument writes, or in another order: {quoted(names)}."
        yield Warned(code="columns_unusual", message=message, row=at + 1)
    for what, ratios in (
        (
            "stock over measured concentration",
            _ratios(rows, lambda r: (r.stock_concentration_per_ml, r.concentration_per_ml)),
        ),
        ("concentration per particle", _ratios(rows, lambda r: (r.concentration_per_ml, r.particles))),
    ):
        if ratios and max(ratios) > (1 + _RATIO) * min(ratios):
            message = f"The {what} is not the same at all positions: {min(ratios):.3g} to {max(ratios):.3g}."
            yield Warned(code="columns_disagree", message=message, row=at + 1)


def _removal_doubts(rows: tuple[PositionRow, ...]) -> Iterator[Warned]:
    odd = next((r for r in rows if r.removal not in ({""} if r.is_kept else _REMOVALS)), None)
    if odd is not None:
        state = "kept" if odd.is_kept else "left out"
        message = f"A position is {state} for a reason that is not known: '{odd.removal}'."
        yield Warned(code="removal_unknown", message=message, row=odd.row)


def _order_doubts(name: str, rows: tuple[PositionRow, ...]) -> Iterator[Warned]:
    stated = re.search(r"_(\d+)pos\.", name)
    if stated and int(stated[1]) != len(rows):
        message = f"The file's name says {stated[1]} positions, the table holds {len(rows)}."
        yield Warned(code="positions_disagree", message=message)
    back = next((b for a, b in itertools.pairwise(rows) if b.position <= a.position), None)
    if back is not None:
        message = "The positions do not increase, so rows may be doubled or exchanged."
        yield Warned(code="rows_exchanged", message=message, row=back.row)


def _ratios(rows: tuple[PositionRow, ...], pick: Callable[[PositionRow], tuple[float, float]]) -> list[float]:
    pairs = [pick(row) for row in rows]
    return [top / bottom for top, bottom in pairs if top > 0 and bottom > 0]


def _mean_doubts(rows: tuple[PositionRow, ...], means: list[list[str]], header: _Header) -> Iterator[Warned]:
    kept = [row for row in rows if row.is_kept]
    if len(means) != 1:
        message = "The table has no line with the instrument's own mean, so it may be cut off."
        yield Warned(code="table_truncated", message=message)
    for name, values in (
        ("measured", [row.concentration_per_ml for row in kept]),
        ("stock", [row.stock_concentration_per_ml for row in kept]),
        ("particles", [row.particles for row in kept]),
        ("tracks", [row.tracks for row in kept]),
        ("median", [row.median_nm for row in kept]),
    ):
        stated = header.number(means[0], name) if means else None
        ours = sum(values) / len(values) if values else 0.0
        relative, absolute = _PRINTED.get(name, _ONE_DECIMAL)
        if means and (stated is None or not math.isclose(stated, ours, rel_tol=relative, abs_tol=absolute)):
            shown = "not a number" if stated is None else f"{stated:g}"
            message = f"The instrument's mean ({name}) is {shown}; the kept positions yield {ours:.4g}."
            yield Warned(code="mean_disagrees", message=message)


READER = Reader(
    name="zetaview-positions-txt",
    title="ZetaView position table (text)",
    patterns=("*_11pos.txt",),
    sniff=sniff,
    read=read,
    gives="concentration and tracks per position of the cell, for checks C01 and C02",
    how_to_export="ZetaView software: save the results of all positions as text",
)
