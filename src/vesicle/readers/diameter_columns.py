"""What each column of a diameter table holds, by its header or by what the user says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vesicle.errors import BadValue, MissingColumn, nearest, quoted
from vesicle.readers.headers import bare, fold, length_factor, per_ml_factor, split_length, without_unit

Role = Literal[
    "diameter",
    "count",
    "concentration",
    "percent",
    "sample",
    "dilution",
    "mean",
    "weighted",
    "ignored",
    "unknown",
]

_DIAMETER_WORDS = """
    diameter, diameters, particle diameter, hydrodynamic diameter, class diameter, bin diameter,
    centre diameter, center diameter, size, sizes, particle size, particle sizes, size class,
    size bin, bin, bins, bin centre,
    bin center, bin centres, bin centers, bin size, bin mid, bin midpoint, class centre, class center, centre,
    center, d, dh, d h, dia, diam, Durchmesser, Partikeldurchmesser, Partikelgröße, Partikelgroesse,
    Teilchengröße, Größe, Groesse, Klassenmitte, diamètre, taille, taille des particules, diámetro, tamaño,
    tamaño de partícula, diâmetro, dimensione, 粒径, 粒子径, 直径
"""
DIAMETER_NAMES = frozenset(bare(fold(name)) for name in _DIAMETER_WORDS.split(","))
SHORT_NAMES = frozenset(
    {"d", "dh", "d h", "bin", "bins", "centre", "center", "dia", "size", "sizes", "taille"}
)
"""Names that say little without a unit."""

_COUNT = re.compile(
    r"(particle |track |raw |counted )?(counts?|particles?|tracks?|number|frequency)"
    r"( of (particles?|tracks?))?|n|anzahl|partikelanzahl|haufigkeit|nombre|numero|conteo|conteggio|個数"
)
_CONCENTRATION = re.compile(
    r"(particle |number |mean )?conc(entrations?)?( of particles)?|(partikel|teilchen)?konzentration|"
    r"concentracion|concentrazione|concentracao|濃度"
)
_PERCENT = re.compile(
    r"%|\bper ?cent\b|\bpct\b|\bprozent\b|\bshare\b|\bfraction\b|\banteil\b|\brelative frequency\b"
)
_WEIGHTED = re.compile(
    r"\b(intensity|volume|volumen|surface|area|mass|weight|intensitat|cumulative|undersize|oversize)\b"
)
_DENSITY = re.compile(r"/\s*nm\b|\bper nm\b|dlog|\bdensity\b")
_MASS = re.compile(r"(?<![a-z])[mun]?g\s*/")
_MEAN = re.compile(r"mean|average|avg|mittelwert|moyenne|media")
_ERROR = re.compile(
    r"(sd|std|stdev|st dev|std dev|se|sem|cv|rsd|error|err|standard (error|deviation)|"
    r"standardabweichung|variance|ci low|ci high)( (of )?(mean|conc|count|concentration))?"
)
_LABEL = re.compile(
    r"(particle |track |roi |bin |class |frame )?(id|no|nr|#|index|label)|row|frames?|track ?length|x|y|"
    r"(bin |class )?(low|lower|upper|high|left|right|from|to|width)( edge| bound| limit)?|(edge|bound)s?|"
    r"date|time|operator|comments?|notes?|remarks?|roi|slice|feret|circularity|roundness"
)
_SAMPLE = re.compile(
    r"sample|sample (name|id)|probe|probenname|echantillon|muestra|campione|specimen|preparation"
)
_DILUTION = re.compile(r"(dilution|verdunnung|dilucion)( factor)?|df|verdunnungsfaktor")
_KEYS = ("diameter", "count", "concentration", "percent", "sample", "diameter_unit", "concentration_unit")
_MAPPED: tuple[Role, ...] = ("diameter", "count", "concentration", "percent", "sample")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its place, its header as printed, what it holds, and the factor to nm or per mL.

    ``factor`` is None when the header states no unit.
    """

    index: int
    header: str
    role: Role
    factor: float | None = None


def is_diameter_header(row: Sequence[str], columns: Mapping[str, str] | None = None) -> bool:
    """Whether a row could be the header of a diameter table.

    Parameters
    ----------
    row : sequence of str
        Cells of a row.
    columns : mapping, optional
        The user's names for columns.

    Returns
    -------
    bool
        True when one cell names a diameter.
    """
    said = (columns or {}).get("diameter")
    if said is not None:
        return any(fold(cell) == fold(said) for cell in row)
    return any(len(cell) <= 80 and split_length(fold(cell))[0] in DIAMETER_NAMES for cell in row if cell)


def identify_columns(header: Sequence[str], columns: Mapping[str, str], *, where: str) -> tuple[Column, ...]:
    """What every named column holds.

    Parameters
    ----------
    header : sequence of str
        The cells of the header; nameless columns are skipped.
    columns : mapping
        The user's names from ``[readers.diameter-table]``.
    where : str
        File and row for messages.

    Returns
    -------
    tuple of Column
        In the order of the file; exactly one is the diameter.

    Raises
    ------
    BadValue
        When two columns have one name, or two could be the diameter, or a unit is not one.
    MissingColumn
        When there is no diameter, or a column that the user names is not there.
    """
    _check_keys(columns, where=where)
    _check_names(header, where=where)
    said = {key: fold(columns[key]) for key in _MAPPED if key in columns}
    _check_said(said, header, columns, where=where)
    found = [_identified(index, cell, said) for index, cell in enumerate(header) if cell.strip()]
    if {"count", "concentration", "percent"} & said.keys():
        found = [_left_out(column, said) for column in found]
    return tuple(
        _with_units(column, columns, where=where) for column in _one_diameter(found, header, where=where)
    )


def _identified(index: int, header: str, said: Mapping[str, str]) -> Column:
    text = fold(header)
    chosen: Role | None = next((role for role in _MAPPED if said.get(role) == text), None)
    role = chosen or _role(text)
    if role == "diameter" and said.get("diameter", text) != text:
        role = "ignored"
    return Column(index=index, header=header.strip(), role=role)


def _role(text: str) -> Role:
    name, words = without_unit(text), bare(text)
    if split_length(text)[0] in DIAMETER_NAMES:
        return "diameter"
    if _SAMPLE.fullmatch(name):
        return "sample"
    if _DILUTION.fullmatch(name):
        return "dilution"
    if _ERROR.fullmatch(name):
        return "ignored"
    if _WEIGHTED.search(words) or _DENSITY.search(text) or _MASS.search(text):
        return "weighted"
    return _value_role(text, name)


def _value_role(text: str, name: str) -> Role:
    numbered = re.sub(r"\s*(rep|replicate|run|video|r)?\s*\d+$", "", name)
    if _PERCENT.search(text):
        return "percent"
    if per_ml_factor(text) is not None or _CONCENTRATION.fullmatch(numbered):
        return "concentration"
    if _MEAN.fullmatch(name):
        return "mean"
    if _LABEL.fullmatch(name):
        return "ignored"
    if _COUNT.fullmatch(numbered):
        return "count"
    return "unknown"


def _left_out(column: Column, said: Mapping[str, str]) -> Column:
    is_said = fold(column.header) in said.values()
    return (
        column
        if is_said or column.role in {"diameter", "sample", "dilution"}
        else replace(column, role="ignored")
    )


def _with_units(column: Column, columns: Mapping[str, str], *, where: str) -> Column:
    text = fold(column.header)
    if column.role == "diameter":
        unit = columns.get("diameter_unit") or split_length(text)[1]
        return replace(column, factor=_checked_length(unit, where=where) if unit else None)
    if column.role == "concentration":
        stated = columns.get("concentration_unit")
        return replace(column, factor=per_ml_factor(f"({fold(stated)})" if stated else text))
    return column


def _checked_length(unit: str, *, where: str) -> float:
    try:
        return length_factor(unit)
    except BadValue as error:
        raise BadValue(
            error.what,
            where=where,
            why=error.why,
            next_step="Name the unit in the header, or diameter_unit under [readers.diameter-table].",
        ) from error


def _check_keys(columns: Mapping[str, str], *, where: str) -> None:
    for key in columns:
        if key not in _KEYS:
            close = nearest(key, _KEYS)
            raise BadValue(
                f"[readers.diameter-table] has no key '{key}'.",
                where=where,
                why=f"Allowed: {quoted(_KEYS)}.",
                next_step=f"Did you mean '{close}'?" if close else "Delete the line in vesicle.toml.",
            )


def _check_names(header: Sequence[str], *, where: str) -> None:
    names = [fold(cell) for cell in header if cell.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadValue(
            "Two columns have the same name.",
            where=where,
            why=f"Found twice: {quoted(twice)}.",
            next_step="Give each column its own name, or delete the copy.",
        )
    unit = next((name for name in names if name in {"nm", "um", "/ml", "1/ml"}), None)
    if unit is not None:
        raise BadValue(
            "A column is named by a unit alone, so the delimiter is not clear.",
            where=where,
            why=f"Found the column '{unit}'.",
            next_step="Write the unit in brackets: 'Diameter (nm)'.",
        )


def _check_said(
    said: Mapping[str, str], header: Sequence[str], columns: Mapping[str, str], *, where: str
) -> None:
    names = {fold(cell) for cell in header}
    for role, text in said.items():
        if text not in names:
            close = nearest(columns[role], [cell for cell in header if cell])
            raise MissingColumn(
                f"There is no column '{columns[role]}'.",
                where=where,
                why=f"vesicle.toml names it as {role}; found {quoted(cell for cell in header if cell)}.",
                next_step=f"Did you mean '{close}'?" if close else "Correct the name in vesicle.toml.",
            )


def _one_diameter(found: Sequence[Column], header: Sequence[str], *, where: str) -> Sequence[Column]:
    diameters = [column.header for column in found if column.role == "diameter"]
    if len(diameters) > 1:
        raise BadValue(
            "More than one column could be the diameter.",
            where=where,
            why=f"Found {quoted(diameters)}.",
            next_step=f'Write diameter = "{diameters[0]}" under [readers.diameter-table].',
        )
    if not diameters:
        raise MissingColumn(
            "The table has no diameter column.",
            where=where,
            why=f"Found {quoted(cell for cell in header if cell)}.",
            next_step="Name the column 'Diameter (nm)', or name it under [readers.diameter-table].",
        )
    return found
