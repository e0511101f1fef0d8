"""The shipped table of human genes: approved, previous and alias symbols of HGNC, with locus type and ids."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

_FILE = "genes.tsv.xz"
_WITHDRAWN = "entry withdrawn"
_IGNORED = str.maketrans("αβγδεκλω", "ABGDEKLW", "-_. \t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gene:
    """One gene with an approved symbol: its ids and the names that it had or is called by."""

    symbol: str
    hgnc_id: str
    locus_type: str
    entrez: str
    ensembl: str
    uniprot: tuple[str, ...]
    previous: tuple[str, ...]
    alias: tuple[str, ...]

    @property
    def is_protein_coding(self) -> bool:
        """Whether HGNC calls it a gene with protein product."""
        return self.locus_type == "gene with protein product"


Index = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneTable:
    """Symbols by every name that they have or had; values are approved symbols."""

    version: str
    rows: Mapping[str, list[str]]
    previous: Index
    alias: Index
    withdrawn: frozenset[str]

    def gene(self, symbol: str) -> Gene | None:
        """The gene of an approved symbol.

        Parameters
        ----------
        symbol : str
            An approved symbol, exactly as HGNC writes it.

        Returns
        -------
        Gene or None
            None when no gene has this approved symbol.

        Examples
        --------
        >>> load_genes().gene("CD63").hgnc_id
        'HGNC:1692'
        """
        row = self.rows.get(symbol)
        return _gene(row) if row else None


@lru_cache
def load_genes() -> GeneTable:
    """The table of human genes that the package ships, read once.

    Returns
    -------
    GeneTable
        Every approved symbol with its previous symbols, aliases and ids.
    """
    content = resources.files("vesicle.names").joinpath(_FILE).read_bytes()
    head, _, *lines = lzma.decompress(content).decode().splitlines()
    rows = [line.split("\t") for line in lines]
    return GeneTable(
        version=head.removeprefix("# "),
        rows=MappingProxyType({row[0]: row for row in rows if row[2] != _WITHDRAWN}),
        previous=_by_name((row[0], row[6]) for row in rows),
        alias=_by_name((row[0], row[7]) for row in rows),
        withdrawn=frozenset(row[0] for row in rows if row[2] == _WITHDRAWN),
    )


@lru_cache
def symbols_by_id() -> Mapping[str, tuple[str, ...]]:
    """Approved symbols by the ids of other registries.

    Returns
    -------
    mapping of str to tuple of str
        Keys are ``HGNC:1692``, ``LOC967`` (NCBI Gene), ``ENSG00000135404`` and UniProt accessions.
    """
    pairs = ((key, row[0]) for row in load_genes().rows.values() for key in _ids(row))
    return _gathered(pairs)


@lru_cache
def official_by_spelling() -> Index:
    """Approved symbols by the plain spelling, in capitals, of themselves and of their previous symbols.

    Returns
    -------
    mapping of str to tuple of str
        Keys as ``plain_spelling(name).upper()``; an approved symbol hides a previous one.
    """
    table = load_genes()
    former = _gathered(
        (plain_spelling(name).upper(), s) for name, found in table.previous.items() for s in found
    )
    return MappingProxyType(
        {**former, **_gathered((plain_spelling(name).upper(), name) for name in table.rows)}
    )


@lru_cache
def alias_by_spelling() -> Index:
    """Approved symbols by the plain spelling of their aliases, capitals and small letters as they are.

    Returns
    -------
    mapping of str to tuple of str
        Small letters matter: ``uL11`` is a human protein, ``UL11`` one of a virus.
    """
    table = load_genes()
    return _gathered((plain_spelling(name), s) for name, found in table.alias.items() for s in found)


@lru_cache
def alias_by_capitals() -> Index:
    """Approved symbols by the plain spelling of their aliases in capitals: candidates, no more.

    Returns
    -------
    mapping of str to tuple of str
        Keys as ``plain_spelling(name).upper()``.
    """
    aliases = alias_by_spelling()
    return _gathered((spelled.upper(), symbol) for spelled, found in aliases.items() for symbol in found)


def plain_spelling(name: str) -> str:
    """A name with Latin letters for Greek ones, without hyphen, dot, space or underscore.

    Parameters
    ----------
    name : str
        Any spelling of a gene symbol.

    Returns
    -------
    str
        For comparison only.

    Examples
    --------
    >>> plain_spelling("TGF-β1")
    'TGFB1'
    """
    return name.translate(_IGNORED)


def _by_name(pairs: Iterable[tuple[str, str]]) -> Index:
    return _gathered((name, symbol) for symbol, names in pairs if names for name in names.split("|"))


def _gathered(pairs: Iterable[tuple[str, str]]) -> Index:
    found: dict[str, tuple[str, ...]] = {}
    for key, symbol in pairs:
        known = found.get(key, ())
        if symbol not in known:
            found[key] = (*known, symbol)
    return MappingProxyType(found)


def _ids(row: list[str]) -> list[str]:
    ids = [f"HGNC:{row[1]}"]
    ids += [f"LOC{row[3]}"] if row[3] else []
    ids += [_ensembl(row[4])] if row[4] else []
    return ids + (row[5].split(",") if row[5] else [])


def _ensembl(digits: str) -> str:
    return f"ENSG{digits:0>11}" if digits else ""


def _gene(row: list[str]) -> Gene:
    return Gene(
        symbol=row[0],
        hgnc_id=f"HGNC:{row[1]}",
        locus_type=row[2],
        entrez=row[3],
        ensembl=_ensembl(row[4]),
        uniprot=tuple(filter(None, row[5].split(","))),
        previous=tuple(filter(None, row[6].split("|"))),
        alias=tuple(filter(None, row[7].split("|"))),
    )
