"""The references of the methods text as BibTeX, each with what was seen of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

from vesicle.dossier import Dossier
from vesicle.dossier.blocks import Methods

_FIELDS = ("title", "author", "journal", "volume", "number", "pages", "year", "doi")


@lru_cache
def citations() -> Mapping[str, Mapping[str, str]]:
    """Every reference that we know, by key.

    Returns
    -------
    mapping of str to mapping
        Fields of BibTeX, with ``status`` and ``seen_in``.
    """
    text = resources.files("vesicle.dossier").joinpath("citations.toml").read_text(encoding="utf-8")
    return {key: row for key, row in tomllib.loads(text).items() if isinstance(row, dict)}


def cited_keys(dossier: Dossier) -> tuple[str, ...]:
    """The citation keys that the dossier's methods texts use.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    tuple of str
        Each once, in the order of use.
    """
    blocks = (block for section in dossier.sections for block in section.blocks)
    return tuple(
        dict.fromkeys(key for block in blocks if isinstance(block, Methods) for key in block.citations)
    )


def bibliography(keys: Iterable[str]) -> str:
    """References as BibTeX.

    Parameters
    ----------
    keys : iterable of str
        Citation keys; one that we do not know becomes an entry whose note says so.

    Returns
    -------
    str
        One entry per key; what was not read is marked in its note.
    """
    return "\n".join(_entry(key, citations().get(key)) for key in keys)


def reference_line(key: str) -> str:
    """One reference as a line of text.

    Parameters
    ----------
    key : str
        Citation key.

    Returns
    -------
    str
        Title, journal, year and DOI as far as they were seen.
    """
    row = citations().get(key)
    if row is None:
        return f"{key}: the reference is not on file"
    place = " ".join(row[name] for name in ("journal", "year", "volume", "pages") if name in row)
    doi = f"doi:{row['doi']}" if "doi" in row else ""
    note = "" if row["status"] == "seen" else "from memory, please verify"
    parts = [part for part in (row.get("title", ""), place, doi, note) if part]
    return f"{key}: {' '.join(part if part.endswith('?') else f'{part}.' for part in parts)}"


def _entry(key: str, row: Mapping[str, str] | None) -> str:
    name = re.sub(r"[^A-Za-z0-9_:.-]", "", key) or "unnamed"
    if row is None:
        return f"@misc{{{name},\n  note = {{The reference is not on file; please add it}}\n}}\n"
    fields = [f"  {field} = {{{_plain(row[field])}}}" for field in _FIELDS if field in row]
    if row["status"] != "seen":
        fields.append(f"  note = {{From memory, please verify: {_plain(row['seen_in'])}}}")
    body = ",\n".join(fields)
    return f"@{row['type']}{{{name},\n{body}\n}}\n"


def _plain(text: str) -> str:
    return re.sub(r"([&%#$_])", r"\\\1", re.sub(r"[{}\\]", "", text))
