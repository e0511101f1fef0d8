"""Diameters that someone measured in micrographs: outlines or lines of ImageJ, or a plain column of diameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, nearest, quoted
from vesicle.measurements.markers import ParticleDiameters
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.readers import RawFile, Reader
from vesicle.readers.diameter_columns import is_diameter_header
from vesicle.readers.headers import bare, fold, length_factor, split_length
from vesicle.readers.micrograph_names import named_method
from vesicle.readers.sheets import Sheet, check_width, first_with_header, number_in, read_sheets, sniff_table
from vesicle.readers.text import decimal_mark
from vesicle.results import Warned

NAME = "micrograph-sizes"
_KEYS = ("diameter", "unit", "pixel_nm", "sample")
_PIXELS = ("px", "pixel", "pixels", "pix")
_LEAST_NM, _MOST_NM = 1.0, 100_000.0
_LEAST_ROUND, _MOST_ROUND = 0.2, 1.05
"""A circle of an outline's area is at most as wide as the outline is long, and not far from it for a vesicle."""
_SUMMARY = re.compile(r"mean|sd|std|min|max|average|mittelwert|summary", re.IGNORECASE)
_SHAPE = frozenset({"circ", "round", "solidity", "perim", "major", "minor", "ar", "minferet", "feret"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """Which column gives the diameter: ``kind`` is ``diameter``, ``area``, ``length`` or ``feret``."""

    kind: str
    index: int
    header: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """The table as it was read; ``rows`` are the indices of its particles."""

    sheet: Sheet
    header: int
    rows: Sequence[int]
    basis: _Basis
    values: FloatArray


_METHOD = {
    "diameter": "diameters as the table states them",
    "area": "diameter of the circle with the area of the outline",
    "length": "lengths of lines drawn across particles",
    "feret": "largest extent of the outline (Feret)",
}


def sniff(name: str, head: bytes) -> float:
    """How surely a file holds sizes that were measured in pictures.

    Parameters
    ----------
    name : str
        The file's name, which may name a microscope.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.7 for the columns of ImageJ, 0.6 for diameters in a file named by a microscope, else 0.
    """
    if sniff_table(name, head, _is_measured) is not None:
        return 0.7
    is_named = named_method(name) is not None
    return 0.6 if is_named and sniff_table(name, head, is_diameter_header) is not None else 0.0


def read(raw: RawFile) -> ParticleDiameters:
    """One diameter per particle in nm, with the scale that they rest on.

    Parameters
    ----------
    raw : RawFile
        csv, tsv, txt or xlsx. ``columns`` may name ``diameter`` and ``sample``, state ``unit`` (nm, um, px) and
        ``pixel_nm``; ``raw.pixel_nm`` is what ``[[files]]`` states.

    Returns
    -------
    ParticleDiameters
        In increasing order, since the order of particles says nothing.

    Raises
    ------
    ReadError
        When nothing states the unit, or the sizes are in pixels and nothing states the size of one.
    """
    sheets, repaired = read_sheets(raw, partial(_is_header, columns=raw.columns))
    found = first_with_header(sheets)
    if found is None:
        raise MissingColumn(
            "The table has no column of sizes.",
            where=raw.name,
            next_step="Export the measurements with the columns Area and Feret, or 'Diameter (nm)'.",
        )
    sheet, header, others = found
    basis = _basis(sheet.rows[header], raw.columns, where=sheet.place(header))
    rows = list(_rows(sheet, header))
    values = _values(sheet, rows, basis)
    factor, pixel_nm, notes = _scale(raw, basis, where=sheet.place(header))
    diameter_nm = _diameters(values, basis) * factor
    _check_range(sheet, rows, diameter_nm)
    measured = _Measured(sheet=sheet, header=header, rows=rows, basis=basis, values=values)
    doubts = (*notes, *_doubts(measured))
    stem = re.sub(r"\.[A-Za-z]{3,4}$", "", raw.name)
    return ParticleDiameters(
        file=raw.ref,
        reader=NAME,
        stem=stem,
        sample=stem,
        diameter_nm=frozen(np.sort(diameter_nm)),
        pixel_nm=pixel_nm,
        method=" ".join(filter(None, (named_method(raw.ref.path), f"({_METHOD[basis.kind]})"))),
        warnings=(*repaired, *others, *doubts),
    )


def _names(row: Sequence[str]) -> list[str]:
    """The words of a header without units and dots, such as ``circ`` for ``Circ.``."""
    return [bare(_split(cell)[0]).replace(" ", "") for cell in row]


def _split(cell: str) -> tuple[str, str | None]:
    text = re.sub(r"\s*\^?2(?=\W*$)", "", fold(cell))
    return split_length(text)


def _is_measured(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if len(cell) <= 60]
    names = set(_names(cells))
    is_outline = "feret" in names or ("area" in names and len(names & _SHAPE) >= 1)
    return len(cells) == len(row) and (is_outline or {"length", "angle"} <= names)


def _is_header(row: Sequence[str], columns: Mapping[str, str]) -> bool:
    if "diameter" in columns:
        return any(fold(cell) == fold(columns["diameter"]) for cell in row)
    return _is_measured(row) or is_diameter_header(row)


def _basis(header: Sequence[str], columns: Mapping[str, str], *, where: str) -> _Basis:
    _check_keys(columns, where=where)
    names = _names(header)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BadValue(
            "Two columns have the same name.",
            where=where,
            why=f"Found twice: {quoted(twice)}.",
            next_step="Give each column its own name, or delete the copy.",
        )
    said = columns.get("diameter")
    if said is not None:
        index = next(i for i, cell in enumerate(header) if fold(cell) == fold(said))
        kind = "area" if names[index] == "area" else "feret" if names[index] == "feret" else "diameter"
        return _Basis(kind=kind, index=index, header=header[index])
    plain = next((i for i, cell in enumerate(header) if is_diameter_header([cell])), None)
    if plain is not None:
        return _Basis(kind="diameter", index=plain, header=header[plain])
    kind = "length" if {"length", "angle"} <= set(names) else "area" if "area" in names else "feret"
    return _Basis(kind=kind, index=names.index(kind), header=header[names.index(kind)])


def _check_keys(columns: Mapping[str, str], *, where: str) -> None:
    for key in columns:
        if key not in _KEYS:
            raise BadValue(
                f"[readers.{NAME}] has no key '{key}'.",
                where=where,
                why=f"Allowed: {quoted(_KEYS)}.",
                next_step=f"Did you mean '{nearest(key, _KEYS) or _KEYS[0]}'?",
            )


def _rows(sheet: Sheet, header: int) -> Iterator[int]:
    """Rows of particles; ImageJ writes mean, SD, minimum and maximum below them when it summarises."""
    for index in range(header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if any(row) and not _is_summary(row):
            check_width(sheet, [cell or "number" for cell in sheet.rows[header]], index)
            yield index


def _is_summary(row: Sequence[str]) -> bool:
    return any(_SUMMARY.fullmatch(cell) for cell in row[:3])


def _values(sheet: Sheet, rows: Sequence[int], basis: _Basis) -> FloatArray:
    if not rows:
        raise TruncatedFile(
            "The table has a header and no particle.", where=sheet.where, next_step="Export it again."
        )
    return _column(sheet, rows, basis.index, basis.header)


def _column(sheet: Sheet, rows: Sequence[int], at: int, header: str) -> FloatArray:
    cells = [(index, _cell(sheet.rows[index], at)) for index in rows]
    mark = decimal_mark((cell for _, cell in cells), where=sheet.where)
    return np.array([number_in(c, decimal=mark, where=sheet.place(i), column=header) for i, c in cells])


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _diameters(values: FloatArray, basis: _Basis) -> FloatArray:
    if basis.kind == "area":
        return 2.0 * np.sqrt(np.maximum(values, 0.0) / np.pi)
    return values


def _scale(raw: RawFile, basis: _Basis, *, where: str) -> tuple[float, float | None, tuple[Warned, ...]]:
    """The factor to nm, the size of a pixel where one was used or stated, and what was assumed."""
    pixel_nm = _stated_pixel(raw, where=where)
    unit = raw.columns.get("unit") or _split(basis.header)[1]
    is_in_pixels = unit is not None and fold(unit) in _PIXELS
    if unit is not None and not is_in_pixels:
        factor = length_factor(unit)
        message = f"The column '{basis.header}' was converted to nm (factor {factor:g})."
        notes = (Warned(code="unit_converted", message=message),) if factor != 1 else ()
        return factor, pixel_nm, notes
    if pixel_nm is None:
        raise ReadError(
            "The sizes are in pixels, and nothing states the size of a pixel."
            if is_in_pixels
            else "The table states no unit, and sizes in pixels are no sizes.",
            where=where,
            why=f"The column '{basis.header}' of ImageJ is in pixels unless a scale was set.",
            next_step="State pixel_nm for this file under [[files]] in vesicle.toml; if a scale was set "
            f'(Analyze > Set Scale), state unit = "nm" under [readers.{NAME}] instead.',
        )
    message = f"The column '{basis.header}' was taken as pixels of {pixel_nm:g} nm each."
    return pixel_nm, pixel_nm, (Warned(code="sizes_from_pixels", message=message),)


def _stated_pixel(raw: RawFile, *, where: str) -> float | None:
    text = raw.columns.get("pixel_nm")
    if text is None:
        return raw.pixel_nm
    value = number_in(text, decimal=".", where=where, column="pixel_nm")
    if value > 0:
        return value
    raise BadValue(
        "A pixel must be larger than nothing.", where=where, next_step="Correct pixel_nm in vesicle.toml."
    )


def _check_range(sheet: Sheet, rows: Sequence[int], diameter_nm: FloatArray) -> None:
    for at in np.flatnonzero(~((diameter_nm >= _LEAST_NM) & (diameter_nm <= _MOST_NM))):
        raise BadValue(
            "A particle cannot have this diameter.",
            where=sheet.place(rows[int(at)]),
            why=f"It would be {diameter_nm[at]:.4g} nm; {_LEAST_NM:g} to {_MOST_NM:,.0f} nm are read.",
            next_step="Check unit and pixel_nm, or delete the row if it is no particle.",
        )


def _doubts(found: _Measured) -> Iterator[Warned]:
    sheet, header, rows, basis = found.sheet, found.header, found.rows, found.basis
    if not sheet.ends_with_line:
        message = "The last row has no line end; if the file was cut off, its last number may be wrong."
        yield Warned(code="table_may_be_truncated", message=message, row=len(sheet.rows))
    if basis.kind == "feret":
        message = "The diameter is the largest extent; an outline that is not round is thinner than that."
        yield Warned(code="diameter_from_feret", message=message)
    elif basis.kind != "diameter":
        yield Warned(
            code=f"diameter_from_{basis.kind}", message=f"The diameter is the {_METHOD[basis.kind]}."
        )
    above = [i for i in range(header) if any(_cell(sheet.rows[i], basis.index))]
    if any(re.fullmatch(r"[\d.,]+", _cell(sheet.rows[i], basis.index)) for i in above):
        message = "A row with a number stands above the header and was left out."
        yield Warned(code="row_above_header", message=message)
    left = [i for i in range(header + 1, len(sheet.rows)) if any(sheet.rows[i]) and i not in set(rows)]
    if left:
        message = "Rows of a summary below the particles were left out."
        yield Warned(code="footer_ignored", message=message, row=left[0] + 1)
    short = [i for i in rows if sheet.delimiter and len(sheet.rows[i]) < len(sheet.rows[header])]
    if short:
        message = "A row has fewer fields than the header; its values may have moved to another column."
        yield Warned(code="fields_missing", message=message, row=short[0] + 1)
    yield from _doubt_shape(found)


def _doubt_shape(found: _Measured) -> Iterator[Warned]:
    names = _names(found.sheet.rows[found.header])
    if found.basis.kind != "area" or "feret" not in names:
        return
    try:
        feret = _column(found.sheet, found.rows, names.index("feret"), "Feret")
    except ReadError:
        return
    share = _diameters(found.values, found.basis) / np.maximum(feret, 1e-12)
    odd = np.flatnonzero((share < _LEAST_ROUND) | (share > _MOST_ROUND))
    if odd.size:
        message = "Area and Feret of a particle do not belong to one outline; columns may be exchanged."
        yield Warned(code="columns_disagree", message=message, row=found.rows[int(odd[0])] + 1)


READER = Reader(
    name=NAME,
    title="Table of sizes measured in micrographs (ImageJ results, csv, tsv, txt, xlsx)",
    patterns=("*.csv", "*.tsv", "*.txt", "*.xlsx"),
    sniff=sniff,
    read=read,
    gives="diameters of particles in micrographs, beside those of the tracking",
    how_to_export="In ImageJ set the scale, measure Area and Feret's diameter, and save the results as csv.",
)
