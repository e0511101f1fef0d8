"""Which EV marker a name means, and the category that MISEV2018 gives it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from vesicle.results import Source
from vesicle.standards import load_standard

EV_CATEGORIES = (1, 2)
"""The categories whose proteins are expected in EVs."""
_AROUND = re.compile(r"^anti(body)?[\s_-]+|[\s_-]+(antibody|ab|protein|kda)$|\b\d+\s*kda\b", re.IGNORECASE)
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "ß": "beta"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EvMarker:
    """One marker: HGNC symbol, category 1 to 5, and whether it counts among the EV proteins of a panel."""

    symbol: str
    category: int
    role: str = ""
    status: str = ""
    note: str = ""
    counts: bool = True


def ev_marker(name: str) -> EvMarker | None:
    """The marker that a name of a blot or a kit means.

    Parameters
    ----------
    name : str
        As printed, for example ``anti-ALIX`` or ``Calnexin (90 kDa)``.

    Returns
    -------
    EvMarker or None
        None when the standard does not name it.

    Examples
    --------
    >>> found = ev_marker("anti-Alix (96 kDa)")
    >>> found.symbol, found.category
    ('PDCD6IP', 2)
    """
    outside = re.sub(r"[(\[].*?[)\]]", " ", name)
    inside = re.findall(r"[(\[](.*?)[)\]]", name)
    for text in (name, outside, *inside, *re.split(r"\s*/\s*", outside)):
        found = _by_key(_key(text))
        if found is not None:
            return found
    return None


def category_label(category: int | None) -> str:
    """A category in words.

    Parameters
    ----------
    category : int or None
        1 to 5; None for a marker that the standard does not name.

    Returns
    -------
    str
        With its number, without what stands in brackets.
    """
    if category is None:
        return "no category in the standard"
    words: str = load_standard("ev_markers")["categories"][str(category)]
    return f"{category} {words.partition(' (')[0]}"


def markers_source() -> Source:
    """Where the categories come from.

    Returns
    -------
    Source
        With what was seen of it.
    """
    return Source(**load_standard("ev_markers")["source"])


def _key(text: str) -> str:
    plain = _AROUND.sub(" ", unicodedata.normalize("NFKC", text).translate(_GREEK).strip())
    return re.sub(r"[\s_.\-]+", "", plain).casefold()


def _by_key(key: str) -> EvMarker | None:
    if not key:
        return None
    known = _names().get(key)
    if known is not None:
        return known
    for row in load_standard("ev_markers")["family"]:
        if re.fullmatch(rf"{row['starts'].casefold()}\d{{1,2}}[a-z]?\d?", key):
            return EvMarker(
                symbol=key.upper(), category=row["category"], status="house; a member of a listed family"
            )
    return None


@lru_cache(maxsize=1)
def _names() -> Mapping[str, EvMarker]:
    names: dict[str, EvMarker] = {}
    for row in load_standard("ev_markers")["marker"]:
        marker = EvMarker(
            symbol=row["symbol"],
            category=row["category"],
            role=row["role"],
            status=row["status"],
            note=row.get("note", ""),
            counts=row.get("counts", True),
        )
        names |= {_key(name): marker for name in (row["symbol"], *row["aliases"])}
    return MappingProxyType(names)
