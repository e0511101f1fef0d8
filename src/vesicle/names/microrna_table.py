"""Names of microRNAs by version: a small list of our own, and tables that the user brings."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from vesicle.errors import BadValue, MissingColumn, quoted

_ACCESSION = re.compile(r"MI(?:MAT)?\d{7}(?:_\d)?")
_MOST_BYTES = 100_000_000
_COLUMNS = {
    "accession": ("accession", "mirbase_acc"),
    "name": ("name",),
    "current": ("current", "current_v22"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """One entry that had a name: its accession, and its current name, empty when miRBase dropped it."""

    accession: str
    current: str

    @property
    def is_precursor(self) -> bool:
        """Whether the accession is one of a hairpin (MI...) and not of a mature microRNA (MIMAT...)."""
        return not self.accession.startswith("MIMAT")


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroRnaTable:
    """Every name that entries of miRBase had, in any of its versions; brought by the user as a file."""

    name: str
    by_name: Mapping[str, tuple[KnownName, ...]]
    by_accession: Mapping[str, KnownName]

    def has_current(self, name: str) -> bool:
        """Whether a name is the current name of an entry.

        Parameters
        ----------
        name : str
            With its species, such as ``hsa-miR-21-5p``.

        Returns
        -------
        bool
            False for names that are only former ones.
        """
        return any(entry.current == name for entry in self.by_name.get(name, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Our own list: the arm that a human name without an arm meant, and names that were changed."""

    by_core: Mapping[str, str]
    without_arm: frozenset[str]
    dead_stars: frozenset[str]
    renamed: Mapping[str, str]


@lru_cache
def load_arms() -> Arms:
    """The list of arms that the package ships, read once.

    Returns
    -------
    Arms
        For human microRNAs only.
    """
    text = resources.files("vesicle.names").joinpath("arms.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)
    return Arms(
        by_core=MappingProxyType({core: arm for arm in ("5p", "3p") for core in listed[arm]}),
        without_arm=frozenset(listed["none"]),
        dead_stars=frozenset(listed["dead_stars"]),
        renamed=MappingProxyType(listed["renamed"]),
    )


def read_mirna_table(path: Path) -> MicroRnaTable:
    """A table of microRNA names from a file of the user's.

    Parameters
    ----------
    path : Path
        A CSV file, plain or gzip or xz, with the columns ``accession``, ``name`` (one of any version) and ``current``
        (empty where miRBase dropped the entry); one row for each name that an entry ever had.

    Returns
    -------
    MicroRnaTable
        To hand to :func:`vesicle.names.micrornas.resolve_micrornas`.

    Raises
    ------
    MissingColumn
        When a column is not there.
    BadValue
        When the file is no text, or an accession is none of miRBase's.
    """
    rows = csv.DictReader(io.StringIO(_text(path)))
    columns = _columns(rows.fieldnames or (), path)
    by_name: dict[str, list[KnownName]] = {}
    by_accession: dict[str, KnownName] = {}
    for number, row in enumerate(rows, start=2):
        accession, name, current = ((row[column] or "").strip() for column in columns)
        if not _ACCESSION.fullmatch(accession):
            raise BadValue(
                "An accession is none of miRBase's.",
                where=f"{path.name}, row {number}",
                why=f"Found {accession!r}; they look like MIMAT0000076 or MI0000077.",
                next_step="Give a table with one row for each name, as the page on names says.",
            )
        entry = by_accession.setdefault(accession, KnownName(accession=accession, current=current))
        for spelled in filter(None, dict.fromkeys((name, current))):
            entries = by_name.setdefault(spelled, [])
            if entry not in entries:
                entries.append(entry)
    return MicroRnaTable(
        name=path.name,
        by_name=MappingProxyType({name: tuple(entries) for name, entries in by_name.items()}),
        by_accession=MappingProxyType(by_accession),
    )


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        text = _unpacked(content).decode("utf-8-sig")
    except (UnicodeDecodeError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise _no_table(path, f"{type(error).__name__}: {error}.") from error
    if len(text) >= _MOST_BYTES:
        raise _no_table(path, f"It unpacks to more than {_MOST_BYTES // 1_000_000} MB.")
    return text


def _unpacked(content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(_MOST_BYTES)
    if content.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(io.BytesIO(content)).read(_MOST_BYTES)
    return content[:_MOST_BYTES]


def _no_table(path: Path, why: str) -> BadValue:
    return BadValue(
        "The table of microRNA names cannot be read.",
        where=path.name,
        why=why,
        next_step="Save it as CSV in UTF-8, plain or packed with gzip or xz.",
    )


def _columns(found: object, path: Path) -> list[str]:
    names = [str(name) for name in found] if isinstance(found, (list, tuple)) else []
    chosen = [
        next((name for name in names if name.strip().lower() in known), None) for known in _COLUMNS.values()
    ]
    missing = [column for column, name in zip(_COLUMNS, chosen, strict=True) if name is None]
    if missing:
        raise MissingColumn(
            f"The table of microRNA names lacks {quoted(missing)}.",
            where=path.name,
            why=f"Found {quoted(names)}; expected {quoted(_COLUMNS)}.",
            next_step="Name the columns accession, name and current.",
        )
    return [name for name in chosen if name is not None]
