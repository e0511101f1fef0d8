"""Which antigens a text names: the label of a channel, the name of a file, a cell of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from vesicle.standards import load_standard

_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "ε": "epsilon"})
_DYES = (
    r"pe|apc|fitc|percp|pcp|pc[57]|ecd|bv\d{3}|buv\d{3}|bb\d{3}|af\d{3}|alexa|pacific|efluor|vioblue|viogreen|"
    r"viobright|v[45]\d\d|cy\d|krome|super"
)
_GAP = r"[\s_\-]*"
_BEFORE = r"(?:(?<![a-z0-9])(?:anti[\s_\-]*|[ah](?=cd))?|(?<=\d)(?=cd))"
_AFTER = rf"(?=$|[^a-z0-9.]|\.(?!\d)|cd\d|(?:{_DYES})(?![a-z]))"
_COCKTAIL = re.compile(r"(?<![a-z])(?:cocktail|(?:neg|negative)s?(?![a-z])|lin(?:eage)?(?![a-z]))")
_CONTROLS = (
    ("FMO", re.compile(r"(?<![a-z])fmo(?![a-z])|fluorescence[\s_\-]*minus[\s_\-]*one")),
    (
        "isotype",
        re.compile(
            r"(?<![a-z])iso(?:type|typ|ctrl|control)?s?(?![a-z])|(?<![a-z])m?ig[gm]\d?(?:a|b|c|k)?(?![a-z])"
        ),
    ),
    (
        "unstained",
        re.compile(r"(?<![a-z])(?:unstained|unstain|not[\s_\-]*stained|no[\s_\-]*stain|autofluorescence)"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An antigen in a text, from the place ``start`` up to ``end``."""

    label: str
    start: int
    end: int


def antigens_in(text: str) -> tuple[str, ...]:
    """The antigens that a text names, each once, in the order in which they stand.

    A name counts only as a whole: ``CD146`` holds no CD14, ``CD90`` no CD9, ``CD45RA`` no CD45.

    Parameters
    ----------
    text : str
        For example ``CD81 : FITC - Area``.

    Returns
    -------
    tuple of str
        Labels of the table of antigens, such as ``CD73`` for ``NT5E``.

    Examples
    --------
    >>> antigens_in("CD73 PE-A"), antigens_in("Thy-1"), antigens_in("HLADR_FITC"), antigens_in("CD146")
    (('CD73',), ('CD90',), ('HLA-DR',), ('CD146',))
    """
    return tuple(dict.fromkeys(named.label for named in places_in(text)))


def places_in(text: str) -> tuple[Named, ...]:
    """The antigens that a text names, with their places.

    Parameters
    ----------
    text : str
        With Greek letters spelled out in its places, as this function returns them.

    Returns
    -------
    tuple of Named
        In order; of two that overlap the longer one.

    Examples
    --------
    >>> [(named.label, named.start) for named in places_in("CD34 CD45")]
    [('CD34', 0), ('CD45', 5)]
    """
    spelled = text.translate(_GREEK)
    found = sorted(_matches(spelled), key=lambda named: (named.start, -named.end))
    kept: list[Named] = []
    for named in found:
        if not kept or named.start >= kept[-1].end:
            kept.append(named)
    return tuple(kept)


def names_cocktail(text: str) -> bool:
    """Whether a text calls what was stained a cocktail of the antigens that must be absent.

    Parameters
    ----------
    text : str
        A label or what the user states.

    Returns
    -------
    bool
        True for ``negative cocktail``, ``Neg mix``, ``Lin``.

    Examples
    --------
    >>> names_cocktail("hMSC negative cocktail PE"), names_cocktail("CD34 PE")
    (True, False)
    """
    return _COCKTAIL.search(text.casefold()) is not None


def control_named(text: str) -> str:
    """The kind of control that a text names.

    Parameters
    ----------
    text : str
        The name of a file, or a label.

    Returns
    -------
    str
        ``FMO``, ``isotype``, ``unstained``, or empty.

    Examples
    --------
    >>> control_named("tube 2 IgG1-PE"), control_named("FMO_CD105"), control_named("CD105 PE")
    ('isotype', 'FMO', '')
    """
    folded = text.casefold()
    return next((kind for kind, pattern in _CONTROLS if pattern.search(folded)), "")


def symbol_of(label: str) -> str:
    """The gene symbol of an antigen.

    Parameters
    ----------
    label : str
        A label of the table.

    Returns
    -------
    str
        As HGNC writes it; empty for a label that the table does not hold.

    Examples
    --------
    >>> symbol_of("CD105")
    'ENG'
    """
    rows = load_standard("antigens")["antigen"]
    return next((row["symbol"] for row in rows if row["label"] == label), "")


def _matches(text: str) -> Iterator[Named]:
    for label, pattern in _patterns():
        for match in pattern.finditer(text):
            yield Named(label=label, start=match.start(), end=match.end())


@lru_cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["label"], pattern)
        for row in load_standard("antigens")["antigen"]
        for pattern in _of_antigen(row["names"], row.get("exact", ()))
    )


def _of_antigen(names: Iterable[str], exact: Iterable[str]) -> Iterator[re.Pattern[str]]:
    for name in names:
        yield re.compile(f"{_BEFORE}{_spelled(name)}{_AFTER}", re.IGNORECASE)
    for name in exact:
        yield re.compile(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])")


def _spelled(name: str) -> str:
    """A name with a gap allowed where it has a space and after CD; never between its digits."""
    words = [re.sub(r"^CD(?=\d)", lambda _: f"CD{_GAP}", word) for word in name.split()]
    return _GAP.join(words)
