"""Column headers as people write them: one spelling for comparison, and the unit that a header states."""

from __future__ import annotations

import re
import unicodedata

from vesicle.units import length_to_nm, mass_concentration_to_ug_per_ml, per_volume_to_per_ml

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_LENGTH_WORDS = {
    "nanometer": "nm",
    "nanometre": "nm",
    "micrometer": "um",
    "micrometre": "um",
    "micron": "um",
    "angstrom": "å",
    "d.nm": "nm",
    "d nm": "nm",
}
_LENGTH = r"(nm|um|mm|pm|m|d[. ]nm|(?:angstrom|nanomet(?:er|re)|micromet(?:er|re)|micron)s?)"
_WITH_LENGTH = re.compile(
    rf"(.*?)(?:[\s_,;:/.]*[(\[]\s*(?:in\s+)?{_LENGTH}\s*[)\]]|[\s_,;:/]+(?:in\s+)?{_LENGTH})"
)
_WITH_UNKNOWN_UNIT = re.compile(r"(.*?\S)\s*(?:[(\[]\s*([^()\[\];|]+?)\s*[)\]]|/\s*([^,;|]+))")
_PER_VOLUME = re.compile(r"(?:/|\bper\b)\s*(ml|cm\^?3|ul|l|mm\^?3|m\^?3)\s*[)\]]?$")
_INVERSE_VOLUME = re.compile(
    r"(?<![a-z])(ml|ul|l)\s*\^?\s*-\s*1\s*[)\]]?$|(?<![a-z])(cm|mm|m)\s*\^?\s*-\s*3\s*[)\]]?$"
)
_POWER = re.compile(r"(?:10\s*\^\s*|(?<![a-z0-9])1?e\s*\+?)(\d{1,2})(?!\d)")
_UNCLEAR_POWER = re.compile(r"\b10\d{1,2}\b|\bmillions?\b|\bbillions?\b|\bthousands?\b|\bmio\b|\bmrd\b")
_MASS = re.compile(
    r"(?<![a-z])([mun]?g|kg)\s*(?:(?:/|\bper\b|\s)\s*([mud]?l)(?![a-z])|[.\s*]*([mud]?l)\s*\^?\s*-\s*1(?!\d))"
)

_UNIT_THEN_MARK = re.compile(
    rf"(?P<words>.*?)(?P<unit>{_MASS.pattern})\s*[)\]]?[\s.,:#]*[(\[]?"
    r"(?P<mark>(?:(?:rep|replicate|replikat|r|no|n)[\s.]*)?(?:\d{1,2}|(?<=\s)[a-d]))[)\]]?"
)


def fold(text: str) -> str:
    """A header in the one spelling in which headers are compared.

    Parameters
    ----------
    text : str
        As it stands in the file.

    Returns
    -------
    str
        Lower case without accents; micro signs are ``u``, superscripts follow a ``^``.

    Examples
    --------
    >>> fold("Konzentration (×10⁶ mL⁻¹)")
    'konzentration (x10^6 ml^-1)'
    >>> fold("Größe / µm")
    'grosse / um'
    """
    text = re.sub("[⁰¹²³⁴-⁹⁻]+", lambda m: "^" + m[0].translate(_SUPERSCRIPT), text.replace("Âµ", "µ"))
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"(?<![a-z])å(?![a-z])", "angstrom", text)
    text = text.replace("μ", "u").replace("−", "-").replace("–", "-").replace("×", "x")
    plain = "".join(ch for ch in unicodedata.normalize("NFD", text) if not unicodedata.combining(ch))
    return " ".join(plain.split())


def bare(text: str) -> str:
    """The words of a folded header without punctuation.

    Parameters
    ----------
    text : str
        A folded header or a part of one.

    Returns
    -------
    str
        Words with single spaces.

    Examples
    --------
    >>> bare("bin_centre:")
    'bin centre'
    """
    return " ".join(re.sub(r"[\s_.,:;/-]+", " ", text).split())


def without_unit(text: str) -> str:
    """The words of a header before its bracket or slash.

    Parameters
    ----------
    text : str
        A folded header.

    Returns
    -------
    str
        The words alone.

    Examples
    --------
    >>> without_unit("concentration (particles/ml)")
    'concentration'
    """
    found = _WITH_UNKNOWN_UNIT.fullmatch(text)
    return bare(found[1] if found else text)


def split_length(text: str) -> tuple[str, str | None]:
    """The words and the length unit of a header.

    Parameters
    ----------
    text : str
        A folded header.

    Returns
    -------
    name : str
        The words without the unit.
    unit : str or None
        As in the header when it is a length; any other text in brackets or after a slash, so that
        the caller can refuse it; None when the header states nothing.

    Examples
    --------
    >>> split_length("size / nm")
    ('size', 'nm')
    >>> split_length("diameter (px)")
    ('diameter', 'px')
    """
    found = _WITH_LENGTH.fullmatch(text)
    if found:
        return bare(found[1]), found[2] or found[3]
    unknown = _WITH_UNKNOWN_UNIT.fullmatch(text)
    if unknown:
        return bare(unknown[1]), unknown[2] or unknown[3]
    return bare(text), None


def length_factor(unit: str) -> float:
    """How many nm one of a header's length unit is.

    Parameters
    ----------
    unit : str
        As :func:`split_length` found it, or as the user wrote it.

    Returns
    -------
    float
        Factor to nm.

    Raises
    ------
    BadValue
        When it is not a length.
    """
    folded = fold(unit)
    return length_to_nm(_LENGTH_WORDS.get(folded.removesuffix("s"), folded))


def per_ml_factor(text: str) -> float | None:
    """What the numbers below a header must be multiplied with to be per mL.

    Parameters
    ----------
    text : str
        A folded header.

    Returns
    -------
    float or None
        None when the header states no number per volume, or a power of ten that is unclear.

    Examples
    --------
    >>> per_ml_factor("concentration (10^6 particles/ml)")
    1000000.0
    >>> per_ml_factor("concentration / cm-3")
    1.0
    """
    text = text.replace("_", " ").replace("**", "^")
    per, inverse = _PER_VOLUME.search(text), _INVERSE_VOLUME.search(text)
    if per:
        volume, before = per[1], text[: per.start()]
    elif inverse:
        volume, before = inverse[1] or f"{inverse[2]}3", text[: inverse.start()]
    else:
        return None
    power = _POWER.search(before)
    if power is None and _UNCLEAR_POWER.search(before):
        return None
    return per_volume_to_per_ml(volume.replace("^", "")) * 10.0 ** (int(power[1]) if power else 0)


def ug_per_ml_factor(text: str) -> float | None:
    """How many ug per mL one of a header's mass concentration is.

    Parameters
    ----------
    text : str
        A folded header.

    Returns
    -------
    float or None
        None when the header states no mass per volume.

    Examples
    --------
    >>> ug_per_ml_factor("protein (mg/ml)")
    1000.0
    """
    found = list(_MASS.finditer(text.replace("_", " ")))
    is_at_end = bool(found) and not text[found[-1].end() :].strip(" )]")
    return mass_concentration_to_ug_per_ml(mass_units_in(text)[-1]) if is_at_end else None


def unit_last(text: str) -> str:
    """A header whose number of the replicate stands behind its unit, with the unit behind the number.

    Parameters
    ----------
    text : str
        A folded header.

    Returns
    -------
    str
        Unchanged unless a mass per volume is followed by nothing but a replicate's mark.

    Examples
    --------
    >>> unit_last("ug/ml rep2"), unit_last("protein (ug/ml) 3"), unit_last("protein (ug/ml)")
    ('rep2 (ug/ml)', 'protein 3 (ug/ml)', 'protein (ug/ml)')
    """
    found = _UNIT_THEN_MARK.fullmatch(text.replace("_", " "))
    if found is None:
        return text
    words = f"{found['words'].strip(' ([')} {found['mark']}".strip()
    return f"{words} ({found['unit']})"


def mass_units_in(text: str) -> list[str]:
    """The concentrations of mass that a line mentions.

    Parameters
    ----------
    text : str
        A folded line or header.

    Returns
    -------
    list of str
        For example ``ug/ml``, in the order of the line.

    Examples
    --------
    >>> mass_units_in("protein in ug/ml by bradford")
    ['ug/ml']
    """
    return [f"{unit[1]}/{unit[2] or unit[3]}" for unit in _MASS.finditer(text.replace("_", " "))]
