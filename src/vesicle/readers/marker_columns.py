"""What each column of a marker table holds: one row per band or well, or a grid of markers and samples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vesicle.errors import BadValue, MissingColumn, nearest, quoted
from vesicle.readers.headers import bare, fold, without_unit
from vesicle.standards.ev_markers import ev_marker

Role = Literal["marker", "sample", "lane", "material", "assay", "load", "value", "ignored"]
Layout = Literal["long", "samples across", "markers across"]

KEYS = ("marker", "sample", "lane", "material", "assay", "load", "intensity", "load_unit")
_MAPPED: dict[str, Role] = {
    "marker": "marker",
    "sample": "sample",
    "lane": "lane",
    "material": "material",
    "assay": "assay",
    "load": "load",
    "intensity": "value",
}
_MARKER = re.compile(
    r"(ev |exosom\w+ |surface |target )?(marker|markers|antigen|analyte|antibody|epitope|target)( (name|protein|id))?|"
    r"protein( name| target)?|band (label|name)|capture (bead|antibody)|bead( name)?|primary antibody|"
    r"marqueur|marcador|marcatore|antigene|antigeno|antikorper|proteine|proteina|zielprotein|マーカー|抗体"
)
_SAMPLE = re.compile(
    r"(sample|specimen|preparation|batch|isolate|fraction)( (name|id|no|number|label))?|"
    r"probe|probenname|echantillon|muestra|campione|amostra|試料|サンプル"
)
_LANE = re.compile(
    r"(lane|well|spur|bahn|position|piste|puits|carril|pocillo|corsia|pozzetto)( (no|number|id|nr))?|レーン"
)
_MATERIAL = re.compile(r"material|matrix|(sample|lysate) type|type|source material|matiere|matriz|matrice")
_ASSAY = re.compile(r"assay|method|technique|methode|metodo|assay type|platform")
_LOAD = re.compile(
    r"(protein |sample |total )?(load|loaded|loading|input)( (amount|mass|protein|per lane))?|"
    r"(amount|protein|mass|[munk]?g)( of protein)? (loaded|per (lane|well))|loaded (protein|amount|mass)|"
    r"[munk]?g (protein )?per (lane|well)|auftrag|aufgetragen\w*( protein)?|(protein)?(menge|auftrag)|beladung|"
    r"(quantite|proteine) (chargee?|deposee?)|depot|carga|carga de proteina|(proteina )?cargada|"
    r"carico|proteina caricata"
)
_VALUES: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(adj|adjusted|net|corrected|background (corrected|subtracted)|bkgd corrected|blank corrected)\b.*"
    ),
    re.compile(
        r"(band |peak |raw |mean |integrated )*(intensity|intensities|signal|densit(y|ies|ometry))( value)?s?|int den|"
        r"intden|integrated density|integrierte dichte|intensitat|signal ?intensitat|banden ?intensitat|intensite|"
        r"intensidad|intensita|intensidade|densite|densidad|(median |mean )?(mfi|fluorescence( intensity)?)|"
        r"mfi (net|median|mean)?|median|od|absorbance|absorption|conc|concentration|konzentration|強度"
    ),
    re.compile(
        r"(band )?volume|rawintden|raw int den|total|value|wert|result|resultat|ergebnis|reading|area"
    ),
    re.compile(
        r"(is )?(present|presence|detected|detection|call|status|positive|expression|nachweis|"
        r"nachgewiesen|presente?|detecte|positif|detectado)"
    ),
)
"""The columns that may hold a band's strength, the best first: what is net of its background before what is not."""
_BESIDE = re.compile(
    r"(notes?|comments?|remarks?|bemerkung|kda|mw|mol wt|molecular weight|molekulargewicht|clone|klon|dilution|"
    r"band no|rel(ative)? front|rf|abs quant|rel(ative)? quant|norm\w*|percent|bkgd|bkgnd|background|std dev|"
    r"sd|n|no|image name|shape|cat(alog(ue)?)?( no)?|supplier|vendor|category|kategorie|date|datum|exposure|"
    r"unit|einheit|channel|kanal)\b.*"
)
_OF_CELLS = frozenset({"NT5E", "THY1", "ENG", "CD44", "ITGB1", "HLA-A"})
"""Markers that cells are stained for: alone they make no table of vesicles."""
_REPLICATE = re.compile(r"\s*(?:(?:rep|replicate|replikat|r|blot|no)\s*)?\d{1,2}$")
_OTHER_TABLE = re.compile(
    r"(?<!band )(?<!lane )(?<!volume )%|percent|freq|peptide|lfq|accession|q value|protein ids|protein groups|\bct\b|"
    r"\bcq\b|fold change|particles|(?<![a-z])[mun]?g\s*/\s*[mu]?l\b.*protein|protein.*[mun]?g\s*/\s*[mu]?l"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its place, its header as printed, and what it holds."""

    index: int
    header: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All named columns of a table, and how markers and samples lie in it."""

    layout: Layout
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


def is_marker_header(row: Sequence[str], columns: Mapping[str, str] | None = None) -> bool:
    """Whether a row could be the header of a marker table.

    Parameters
    ----------
    row : sequence of str
        Cells of a row.
    columns : mapping, optional
        The user's names for columns.

    Returns
    -------
    bool
        True when it names markers with values or samples, or several EV markers themselves.
    """
    said = columns or {}
    if "marker" in said:
        return any(fold(cell) == fold(said["marker"]) for cell in row)
    cells = [cell for cell in row if cell and len(cell) <= 80]
    if len(cells) < 2 or any(_OTHER_TABLE.search(fold(cell)) for cell in cells[:60]):
        return False
    roles: list[Role] = [_role(cell, {}) for cell in cells]
    if "marker" in roles:
        return "value" in roles or ("sample" not in roles and len(cells) < 30)
    return _names_markers(cells, roles)


def _names_markers(cells: Sequence[str], roles: Sequence[Role]) -> bool:
    """Whether columns are named by markers, one of them typical of EVs: cells are stained for the others."""
    found = [ev_marker(cell) for cell, role in zip(cells, roles, strict=True) if role == "ignored"]
    known = {marker.symbol: marker for marker in found if marker is not None}
    typical = any(s not in _OF_CELLS and "cell-type" not in m.role for s, m in known.items())
    return len(known) >= 2 and typical and ("sample" in roles or "lane" in roles)


def identify_columns(header: Sequence[str], columns: Mapping[str, str], *, where: str) -> Columns:
    """What every named column holds.

    Parameters
    ----------
    header : sequence of str
        The cells of the header.
    columns : mapping
        The user's names from ``[readers.marker-table]``.
    where : str
        File and row for messages.

    Returns
    -------
    Columns
        With the columns of values: intensities, samples or markers, as the layout says.

    Raises
    ------
    BadValue
        When two columns have one name, or more than one could be the intensity.
    MissingColumn
        When a column that the user names is not there.
    """
    _check_said(columns, header, where=where)
    _check_names(header, where=where)
    said: dict[str, Role] = {fold(name): _MAPPED[key] for key, name in columns.items() if key in _MAPPED}
    found: list[tuple[int, str, Role]] = [
        (i, cell, _role(cell, said)) for i, cell in enumerate(header) if cell.strip()
    ]
    roles = [role for _, _, role in found]
    if "marker" not in roles:
        named: list[tuple[int, str, Role]] = [
            (i, c, _across(r, is_one=ev_marker(c) is not None)) for i, c, r in found
        ]
        return _columns("markers across", named)
    if "value" in roles:
        return _columns("long", _one_value(found, said, where=where))
    across: list[tuple[int, str, Role]] = [(i, c, _across(r, is_one=not _is_beside(c))) for i, c, r in found]
    return _columns("samples across", across)


def is_load_name(text: str) -> bool:
    """Whether a text names the protein that was loaded, as the first cell of a row of loads does.

    Parameters
    ----------
    text : str
        As printed.

    Returns
    -------
    bool
        True for ``Load (ug)``.
    """
    return _LOAD.fullmatch(without_unit(fold(text))) is not None


def is_known_beside(header: str) -> bool:
    """Whether a column is one that tables of bands hold beside the strength of a band.

    Parameters
    ----------
    header : str
        As printed.

    Returns
    -------
    bool
        True for molecular weights, notes, and other measures of the same band.
    """
    return _is_beside(header) or _rank(header) is not None or "%" in header


def _is_beside(header: str) -> bool:
    return _BESIDE.fullmatch(bare(fold(header))) is not None


def _across(role: Role, *, is_one: bool) -> Role:
    """The role of a column in a grid, where markers or samples are columns themselves."""
    return "value" if role == "ignored" and is_one else role


def _columns(layout: Layout, found: Sequence[tuple[int, str, Role]]) -> Columns:
    first: set[Role] = set()
    columns: list[Column] = []
    for index, header, role in found:
        is_second = role not in {"value", "ignored"} and role in first
        first.add(role)
        kept: Role = "ignored" if is_second else role
        columns.append(Column(index=index, header=header.strip(), role=kept))
    return Columns(layout=layout, columns=tuple(columns))


def _role(header: str, said: Mapping[str, Role]) -> Role:
    text = fold(header)
    if text in said:
        return said[text]
    name = without_unit(text)
    pairs: tuple[tuple[Role, re.Pattern[str]], ...] = (
        ("load", _LOAD),
        ("marker", _MARKER),
        ("sample", _SAMPLE),
        ("lane", _LANE),
        ("material", _MATERIAL),
        ("assay", _ASSAY),
    )
    role: Role | None = next((role for role, words in pairs if words.fullmatch(name)), None)
    if role is not None and role not in said.values():
        return role
    return "ignored" if role is not None or _rank(header) is None else "value"


def _rank(header: str) -> int | None:
    """How good a column is as the strength of a band, from 0; None for a column of something else."""
    if ev_marker(header) is not None:
        return None
    text = fold(header)
    for name in (without_unit(text), bare(text)):
        plain = _REPLICATE.sub("", name).strip()
        rank = next((i for i, words in enumerate(_VALUES) if words.fullmatch(plain)), None)
        if rank is not None:
            return rank
    return None


def _one_value(
    found: Sequence[tuple[int, str, Role]], said: Mapping[str, Role], *, where: str
) -> list[tuple[int, str, Role]]:
    """The columns with one kind of value; replicates of it are named alike with a number."""
    named = {text for text, role in said.items() if role == "value"}
    ranks = {i: 0 if fold(c) in named else _rank(c) for i, c, r in found if r == "value"}
    ranks = {i: rank for i, rank in ranks.items() if not named or fold(_header(found, i)) in named}
    best = min(rank for rank in ranks.values() if rank is not None)
    chosen = [i for i, rank in ranks.items() if rank == best]
    bases = {_REPLICATE.sub("", without_unit(fold(_header(found, i)))).strip() for i in chosen}
    if len(bases) > 1:
        raise BadValue(
            "More than one column could be the intensity.",
            where=where,
            why=f"Found {quoted(_header(found, i) for i in chosen)}; replicates are named alike with a number.",
            next_step=f'Write intensity = "{_header(found, chosen[0])}" under [readers.marker-table].',
        )
    return [(i, c, "ignored" if r == "value" and i not in chosen else r) for i, c, r in found]


def _header(found: Sequence[tuple[int, str, Role]], index: int) -> str:
    return next(cell for i, cell, _ in found if i == index)


def _check_names(header: Sequence[str], *, where: str) -> None:
    names = [fold(cell) for cell in header if cell.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadValue(
            "Two columns have the same name.",
            where=where,
            why=f"Found twice: {quoted(twice)}.",
            next_step="Give each column its own name, such as 'EV 1' and 'EV 2' for replicates.",
        )


def _check_said(columns: Mapping[str, str], header: Sequence[str], *, where: str) -> None:
    for key, name in columns.items():
        if key not in KEYS and not key.startswith("lane_"):
            raise BadValue(
                f"[readers.marker-table] has no key '{key}'.",
                where=where,
                why=f"Allowed: {quoted(KEYS)}, and lane_1, lane_2 ... for what a lane holds.",
                next_step=f"Did you mean '{nearest(key, KEYS) or KEYS[0]}'?",
            )
        if key in _MAPPED and fold(name) not in {fold(cell) for cell in header}:
            close = nearest(name, [cell for cell in header if cell])
            raise MissingColumn(
                f"There is no column '{name}'.",
                where=where,
                why=f"vesicle.toml names it as {key}; found {quoted(cell for cell in header if cell)}.",
                next_step=f"Did you mean '{close}'?" if close else "Correct the name in vesicle.toml.",
            )
