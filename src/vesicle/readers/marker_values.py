"""The cells of a marker table: strengths, "not detected", "+" and "-", loads, and what a lane was loaded with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vesicle.errors import BadValue
from vesicle.measurements.markers import Material
from vesicle.readers.headers import fold
from vesicle.readers.sheets import is_number, number_in
from vesicle.readers.text import parse_number

_BELOW = re.compile(
    r"[<≤]\s*(?P<limit>[\d.,eE+]+)?.*|(below|under) .*|unter(halb)? .*|blq|bloq|blod|bdl|[<≤]?\s*lo[dq]|"
    r"(n\.?\s?d\.?|not detect(ed|able)|undetect(ed|able)|none detected|nicht nachweisbar|nicht detektiert|"
    r"nicht nachgewiesen|n\.?\s?n\.?|non detecte|no detectado|non rilevato|nao detectado|不検出|検出限界以下)"
)
_ABSENT = re.compile(
    r"[-−–]|absent|abwesend|negative?|neg\.?|negativ[oe]?|no|nein|non|false|falsch|no band|keine bande"
)
_PRESENT = re.compile(
    r"\+{1,4}|\(\+{1,3}\)|present|anwesend|vorhanden|detected|nachgewiesen|positive?|pos\.?|positiv[oe]?|yes|"
    r"ja|oui|si|true|wahr|strong|band|detecte|detectado"
)
_UNCLEAR = re.compile(r"\+\s?/\s?[-−–]|±|trace|faint|weak|schwach|spur(en)?|borderline|equivocal|\?")
_ABOVE = re.compile(r"[>≥].*|saturated|saturation|ubersattigt|gesattigt|above .*|over(flow)?|out of range")
_NOTHING = re.compile(
    r"|n\.?\s?/\s?a\.?|na|n\.?\s?t\.?|not (tested|assayed|run|determined|measured|done)|"
    r"nicht (getestet|bestimmt|gemessen)|--+|\.|#n/a|nan"
)
_MASS = re.compile(r"([\d.,]+)\s*(?P<unit>[munkµμ]?g)")
_IN_UG = {"ug": 1.0, "µg": 1.0, "mg": 1e3, "ng": 1e-3, "g": 1e6, "kg": 1e9}
_VOLUME = re.compile(r"(?<![a-z])[munµ]?l(?![a-z])")

_EV = re.compile(
    r"(?<![a-z])(s|l|m)?evs?(?![a-z])|vesicles?|vesikel|exosom\w*|ectosom\w*|isolate|vesicules?|vesiculas"
)
_LYSATE = re.compile(
    r"lysat\w*|(?<![a-z])(wcl|tcl|cl|wce)(?![a-z])|whole.?cell|cells?(?![a-z])|zell\w*|cellul\w*"
)
_BLANK = re.compile(
    r"blank\w*|leerwert|blanco|bianco|no.?primary|secondary.?only|negative.?control|isotype.?control|no.?sample"
)
_BUFFER = re.compile(r"(?<![a-z])(d?pbs|buffer|puffer|water|diluent)(?![a-z])")
_WITHOUT_EV = re.compile(r"(non|no).?evs?(?![a-z])|depleted|ev.?(free|poor)|soluble")
_OTHER = re.compile(
    r"medium|media|supernatant|uberstand|(?<![a-z])(cm|ccm|sn)(?![a-z])|plasma|serum|urine|flow.?through|retentate|free"
)
_LADDER = re.compile(
    r"(protein |mw |molecular weight |size )*(ladder|marker|mwm?|standard|std)( ?\d*)?|leiter"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """What one cell says: a number, or a word about presence; ``word`` is as printed where it is no number.

    ``kind`` is ``number``, ``below``, ``absent``, ``present``, ``above``, ``unclear`` or ``nothing``.
    """

    kind: str
    word: str = ""
    limit: str = ""


def is_value(cell: str) -> bool:
    """Whether a cell could be a value of a marker table.

    Parameters
    ----------
    cell : str
        Its text.

    Returns
    -------
    bool
        True for a number, ``+``, ``-`` and words of presence.
    """
    return bool(cell) and (is_number(cell) or strength_of(cell).kind not in {"", "nothing"})


def strength_of(cell: str) -> Strength:
    """What a cell says about a marker, without its number.

    Parameters
    ----------
    cell : str
        Its text.

    Returns
    -------
    Strength
        Of an empty kind when it is neither a number nor a word that is known.

    Examples
    --------
    >>> strength_of("< 0,5").kind, strength_of("not detected").kind, strength_of("++").kind
    ('below', 'below', 'present')
    """
    text = fold(cell)
    if is_number(cell.strip()):
        return Strength(kind="number")
    below = _BELOW.fullmatch(text)
    if below:
        return Strength(kind="below", word=cell, limit=(below["limit"] or "").rstrip(".,eE+"))
    for kind, words in (
        ("nothing", _NOTHING),
        ("present", _PRESENT),
        ("unclear", _UNCLEAR),
        ("absent", _ABSENT),
        ("above", _ABOVE),
    ):
        if words.fullmatch(text):
            return Strength(kind=kind, word=cell)
    return Strength(kind="", word=cell)


def number_of(cell: str, *, decimal: str, where: str, column: str) -> float:
    """A strength as a number.

    Parameters
    ----------
    cell : str
        Its text.
    decimal : {".", ","}
        The decimal mark of the table.
    where : str
        File and row for messages.
    column : str
        The column's header for messages.

    Returns
    -------
    float
        As it stands; a band with its background taken off may lie below zero.

    Raises
    ------
    BadValue
        When it is neither a number nor a word that is known.
    """
    if strength_of(cell).kind == "number":
        return number_in(cell, decimal=decimal, where=where, column=column)
    raise BadValue(
        f"The column '{column}' holds neither a number nor a word for presence here.",
        where=where,
        why=f"Found '{cell[:60]}'; known are numbers, '< 12', 'not detected', '+', '-', 'present', 'absent'.",
        next_step="Correct the cell, or write 'not tested' if nothing was measured.",
    )


def load_ug(cell: str, *, unit: str, decimal: str, where: str) -> float | None:
    """The protein loaded, in ug.

    Parameters
    ----------
    cell : str
        A number, with or without its own unit.
    unit : str
        What the header or the user states; empty for ug.
    decimal : {".", ","}
        The decimal mark of the table.
    where : str
        File and row for messages.

    Returns
    -------
    float or None
        None for an empty cell.

    Raises
    ------
    BadValue
        When it is no mass, or not above zero.
    """
    text = fold(cell)
    if _NOTHING.fullmatch(text):
        return None
    own = _MASS.fullmatch(text)
    number = parse_number(own[1] if own else cell, decimal=decimal)
    factor = _IN_UG.get(own["unit"] if own else unit or "ug")
    if number is not None and number > 0 and factor is not None:
        return number * factor
    raise BadValue(
        "This cannot be the protein that was loaded.",
        where=where,
        why=f"Found '{cell[:40]}'; expected a mass above zero, in ug unless its unit is stated.",
        next_step="Write the load in ug of protein, or leave the cell empty.",
    )


def load_unit(header: str) -> str | None:
    """The unit of a column of loads.

    Parameters
    ----------
    header : str
        As printed.

    Returns
    -------
    str or None
        A mass, empty where none is stated, None for a volume, which is no amount of protein.
    """
    text = fold(header)
    found = re.search(r"(?<![a-z])([munk]?g)(?![a-z])(?!\s*/\s*[mu]?l)", text)
    if found:
        return found[1]
    return None if _VOLUME.search(text) or re.search(r"[munk]?g\s*/\s*[mu]?l", text) else ""


def material_of(text: str) -> Material:
    """What a lane or a well was loaded with, as its name says.

    Parameters
    ----------
    text : str
        The name of a sample, or the cell of a column of materials.

    Returns
    -------
    str
        ``other`` for what is none of them, such as medium; empty where the name does not say.

    Examples
    --------
    >>> material_of("LOT-7 sEV"), material_of("MSC lysate"), material_of("PBS blank"), material_of("LOT-7")
    ('ev', 'cell lysate', 'blank', '')
    """
    name = re.sub(r"[_\s-]+", " ", fold(text))
    if _BLANK.search(name):
        return "blank"
    if _WITHOUT_EV.search(name):
        return "other"
    if _EV.search(name):
        return "ev"
    if _OTHER.search(name):
        return "other"
    if _LYSATE.search(name):
        return "cell lysate"
    return "blank" if _BUFFER.search(name) else ""


def is_ladder(text: str) -> bool:
    """Whether a lane holds the ladder of molecular weights.

    Parameters
    ----------
    text : str
        The name of a sample.

    Returns
    -------
    bool
        True for ``MW marker``.
    """
    return _LADDER.fullmatch(re.sub(r"[_\s-]+", " ", fold(text))) is not None
