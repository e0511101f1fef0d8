"""What each column of a protein table holds, and which assay the table names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vesicle.errors import BadValue, MissingColumn, nearest, quoted
from vesicle.readers.headers import fold, ug_per_ml_factor, unit_last, without_unit

Role = Literal["sample", "value", "mean", "unit", "blank", "assay", "dilution", "ignored"]

_SAMPLE = re.compile(
    r"(sample|specimen|preparation|batch|lot|isolate|fraction)( (name|id|no|number))?|name|id|"
    r"probe|probenname|echantillon|muestra|campione|amostra|試料"
)
_PROTEIN = re.compile(r"protein|eiweiss|proteine|proteina|bca|bicinchon|bradford|qubit|nanodrop|lowry")
_VALUE = re.compile(
    r"(total |mean )?(protein|proteins|proteine|proteina|eiweiss)( (conc|concentration|content|amount))?|"
    r"(protein|eiweiss)?(konzentration|gehalt)|conc|concentration|concentracion|concentrazione|result|"
    r"(micro ?)?bca|ubca|bradford|qubit|nanodrop|lowry"
)
_REPLICATE = re.compile(
    r"(?:rep|replicate|replikat|r|wiederholung|reading|measurement|messung)\s*(?:\d+|[a-d])"
)
_MEAN = re.compile(r"(mean|average|avg|mittelwert|moyenne|media)\b.*")
_LEFT_OUT = re.compile(
    r"(sd|std|stdev|st dev|std dev|sem|se|cv|rsd|error|standard (error|deviation)|standardabweichung|"
    r"lod|loq|"  # codespell:ignore lod
    r"limit of (detection|quantification)|(abs|absorbance|od|a)\s*\d*( nm)?|volume)\b.*"
)
_OTHER_MATTER = re.compile(r"\b(rna|dna|lipid|lipids|cholesterol|particles?|density|dichte)\b")
_MASS_ALONE = re.compile(r"[(\[/]\s*[munk]?g\s*[)\]]?$")
_ASSAYS = (
    ("microBCA", re.compile(r"micro[\s_-]?bca|(?<![a-z])ubca")),
    ("BCA", re.compile(r"(?<![a-z])bca(?![a-z])|bicinchonin")),
    ("Bradford", re.compile(r"bradford|coomassie")),
    ("Qubit", re.compile(r"qubit")),
    ("NanoDrop", re.compile(r"nano[\s_-]?drop")),
    ("Lowry", re.compile(r"(?<![a-z])lowry")),
)
_KEYS = ("sample", "concentration", "unit", "blank", "assay")
_ROLE_OF_KEY: dict[str, Role] = {
    "sample": "sample",
    "concentration": "value",
    "blank": "blank",
    "assay": "assay",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its place, its header as printed, what it holds, and the factor to ug per mL if stated."""

    index: int
    header: str
    role: Role
    factor: float | None = None


def names_protein(texts: Iterable[str]) -> bool:
    """Whether some text names protein or an assay of it.

    Parameters
    ----------
    texts : iterable of str
        Headers, lines or a file name.

    Returns
    -------
    bool
        True when a word is found.
    """
    return any(_PROTEIN.search(fold(text)) for text in texts)


def states_mass(row: Sequence[str]) -> bool:
    """Whether one header is a concentration of mass that could be protein.

    Parameters
    ----------
    row : sequence of str
        Cells of a header.

    Returns
    -------
    bool
        True for ``Protein (mg/mL)``.
    """
    return any(
        _role(unit_last(fold(cell))) in {"value", "mean"} and ug_per_ml_factor(unit_last(fold(cell)))
        for cell in row
        if cell
    )


def is_protein_header(row: Sequence[str], columns: Mapping[str, str] | None = None) -> bool:
    """Whether a row could be the header of a protein table.

    Parameters
    ----------
    row : sequence of str
        Cells of a row.
    columns : mapping, optional
        The user's names for columns.

    Returns
    -------
    bool
        True when one cell names a sample and another a concentration.
    """
    said = {fold(name): key for key, name in (columns or {}).items() if key in {"sample", "concentration"}}
    roles = {
        said.get(fold(cell)) or _role(unit_last(fold(cell))) for cell in row if cell and len(cell) <= 120
    }
    return "sample" in roles and bool(roles & {"value", "mean", "concentration"})


def identify_columns(header: Sequence[str], columns: Mapping[str, str], *, where: str) -> tuple[Column, ...]:
    """What every named column holds; the columns of role ``value`` are replicates of one another.

    Parameters
    ----------
    header : sequence of str
        The cells of the header.
    columns : mapping
        The user's names from ``[readers.protein-table]``.
    where : str
        File and row for messages.

    Returns
    -------
    tuple of Column
        In the order of the file.

    Raises
    ------
    BadValue
        When more than one column could be the concentration.
    MissingColumn
        When a column that the user names is not there.
    """
    _check_said(columns, header, where=where)
    found = [_identified(index, cell, columns) for index, cell in enumerate(header) if cell]
    if "concentration" in columns:
        said = fold(columns["concentration"])
        found = [
            c if c.role not in {"value", "mean"} or fold(c.header) == said else replace(c, role="ignored")
            for c in found
        ]
    if not any(column.role == "value" for column in found):
        found = [replace(column, role="value") if column.role == "mean" else column for column in found]
    found = _one_sample(found)
    _check_replicates([column for column in found if column.role == "value"], where=where)
    return tuple(found)


def _identified(index: int, header: str, columns: Mapping[str, str]) -> Column:
    text = unit_last(fold(header))
    said: dict[str, Role] = {
        fold(name): _ROLE_OF_KEY[key] for key, name in columns.items() if key in _ROLE_OF_KEY
    }
    role = said.get(fold(header)) or _role(text)
    return Column(
        index=index,
        header=header,
        role=role,
        factor=ug_per_ml_factor(text) if role in {"value", "mean"} else None,
    )


def _role(text: str) -> Role:
    name = without_unit(text)
    if _SAMPLE.fullmatch(name):
        return "sample"
    if re.fullmatch(r"(is )?blank|leerwert", name):
        return "blank"
    if re.fullmatch(r"assay|method|kit|assay (name|type)", name):
        return "assay"
    if re.fullmatch(r"units?|einheit", name):
        return "unit"
    if re.fullmatch(r"(dilution|verdunnung)( factor)?|df", name):
        return "dilution"
    return _value_role(text, name)


def _value_role(text: str, name: str) -> Role:
    is_other = _OTHER_MATTER.search(text) or _MASS_ALONE.search(text)
    if is_other or _LEFT_OUT.fullmatch(name):
        return "ignored"
    if _MEAN.fullmatch(name):
        return "mean"
    if (
        ug_per_ml_factor(text) is not None
        or _REPLICATE.fullmatch(name)
        or _VALUE.fullmatch(_unnumbered(name))
    ):
        return "value"
    return "ignored"


def is_known_beside(header: str) -> bool:
    """Whether a column is one that tables of protein hold beside the concentration, such as its SD.

    Parameters
    ----------
    header : str
        As printed.

    Returns
    -------
    bool
        True for standard deviations, absorbances, limits and other matter.
    """
    text = unit_last(fold(header))
    return bool(
        _LEFT_OUT.fullmatch(without_unit(text)) or _OTHER_MATTER.search(text) or _MASS_ALONE.search(text)
    )


def _unnumbered(name: str) -> str:
    return re.sub(r"\s*((rep|replicate|r)\s*)?(\d+|[a-d])$", "", f" {name}").strip()


def _one_sample(found: list[Column]) -> list[Column]:
    samples = [column for column in found if column.role == "sample"]
    best = next(
        (c for c in samples if re.match(r"sample|probe|specimen", fold(c.header))),
        samples[0] if samples else None,
    )
    return [replace(c, role="ignored") if c.role == "sample" and c is not best else c for c in found]


def _check_replicates(values: Sequence[Column], *, where: str) -> None:
    bases = {_unnumbered(without_unit(unit_last(fold(column.header)))) for column in values}
    folded = [fold(column.header) for column in values]
    if len(bases) <= 1 and len(set(folded)) == len(folded):
        return
    raise BadValue(
        "More than one column could be the protein concentration.",
        where=where,
        why=f"Found {quoted(column.header for column in values)}; replicates are named alike with a number.",
        next_step=f'Write concentration = "{values[0].header}" under [readers.protein-table].',
    )


def _check_said(columns: Mapping[str, str], header: Sequence[str], *, where: str) -> None:
    for key, name in columns.items():
        if key not in _KEYS:
            raise BadValue(
                f"[readers.protein-table] has no key '{key}'.",
                where=where,
                why=f"Allowed: {quoted(_KEYS)}.",
                next_step=f"Did you mean '{nearest(key, _KEYS) or _KEYS[0]}'?",
            )
        if key != "unit" and fold(name) not in {fold(cell) for cell in header}:
            close = nearest(name, [cell for cell in header if cell])
            raise MissingColumn(
                f"There is no column '{name}'.",
                where=where,
                why=f"vesicle.toml names it as {key}; found {quoted(cell for cell in header if cell)}.",
                next_step=f"Did you mean '{close}'?" if close else "Correct the name in vesicle.toml.",
            )


def assays_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The assays that some text names.

    Parameters
    ----------
    texts : iterable of str
        Lines, headers or a file name.

    Returns
    -------
    tuple of str
        Our names, each once.

    Examples
    --------
    >>> assays_in(["Micro BCA kit", "plate 3"])
    ('microBCA',)
    """
    found: list[str] = []
    for text in map(fold, texts):
        name = next((name for name, pattern in _ASSAYS if pattern.search(text)), None)
        if name is not None:
            found.append(name)
    return tuple(dict.fromkeys(found))
