"""Protein entries as search engines write them: accession, entry name, species, contaminant and decoy prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ProteinStatus = Literal["accession", "entry_name", "named", "unknown", "empty"]

#: Species by the ending of a UniProt entry name; the ending is all that this table says.
SPECIES_BY_ENDING = MappingProxyType(
    {
        "HUMAN": "Homo sapiens",
        "MOUSE": "Mus musculus",
        "RAT": "Rattus norvegicus",
        "BOVIN": "Bos taurus",
        "PIG": "Sus scrofa",
        "HORSE": "Equus caballus",
        "SHEEP": "Ovis aries",
        "RABIT": "Oryctolagus cuniculus",
        "CHICK": "Gallus gallus",
        "CANLF": "Canis lupus familiaris",
        "YEAST": "Saccharomyces cerevisiae",
        "ECOLI": "Escherichia coli",
    }
)

_ACCESSION = r"(?:[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})(?:-\d+)?"
_ENTRY_NAME = r"[A-Z0-9]{1,10}_[A-Z0-9]{3,5}"
_PREFIX = re.compile(r"^(CON|REV|DECOY|CONTAM|CONT|RRRRR|XXX|REVERSE|CRAP)_+|^##", re.IGNORECASE)
_DECOYS = ("REV", "DECOY", "RRRRR", "XXX", "REVERSE", "##")
_BARE = re.compile(_ACCESSION)
_NAMED = re.compile(_ENTRY_NAME)
_PIPED = re.compile(rf"(?:(?:sp|tr|cRAP)\|)?({_ACCESSION})(?:\|({_ENTRY_NAME})?.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProteinRecord:
    """One protein entry: what was written, and what could be told from the writing alone."""

    given: str
    status: ProteinStatus
    accession: str | None = None
    entry_name: str | None = None
    species: str | None = None
    is_contaminant: bool = False
    is_decoy: bool = False

    @property
    def canonical(self) -> str | None:
        """The accession without the number of an isoform."""
        return self.accession.split("-")[0] if self.accession else None


def parse_protein(given: str) -> ProteinRecord:
    """What one protein entry says: accession, entry name, species, whether a contaminant or a decoy.

    Parameters
    ----------
    given : str
        For example ``sp|P12345|NAME_HUMAN``, ``CON__P02769`` or ``ALBU_BOVIN``.

    Returns
    -------
    ProteinRecord
        With status ``unknown`` when it is none of these.

    Examples
    --------
    >>> parse_protein("CON__P02769").is_contaminant
    True
    >>> parse_protein("sp|P02769|ALBU_BOVIN").species
    'Bos taurus'
    """
    text, is_contaminant, is_decoy = _without_prefixes(given.strip())
    accession, entry_name, status = _parts(text)
    return ProteinRecord(
        given=given,
        status=status,
        accession=accession,
        entry_name=entry_name,
        species=SPECIES_BY_ENDING.get(entry_name.rpartition("_")[2]) if entry_name else None,
        is_contaminant=is_contaminant,
        is_decoy=is_decoy,
    )


def parse_proteins(names: Iterable[str]) -> tuple[ProteinRecord, ...]:
    """One record per entry, in order; groups must have been split at ``;`` before.

    Parameters
    ----------
    names : iterable of str
        Protein entries.

    Returns
    -------
    tuple of ProteinRecord
        As many as came in.
    """
    return tuple(map(parse_protein, names))


def _without_prefixes(text: str) -> tuple[str, bool, bool]:
    is_contaminant = is_decoy = False
    while prefix := _PREFIX.match(text):
        found = prefix[0].strip("_").upper()
        is_decoy = is_decoy or found in _DECOYS
        is_contaminant = is_contaminant or found not in _DECOYS
        text = text[prefix.end() :]
    return text, is_contaminant, is_decoy


def _parts(text: str) -> tuple[str | None, str | None, ProteinStatus]:
    if not text:
        return None, None, "empty"
    if _BARE.fullmatch(text):
        return text, None, "accession"
    if _NAMED.fullmatch(text):
        return None, text, "entry_name"
    piped = _PIPED.fullmatch(text)
    return (piped[1], piped[2], "named") if piped else (None, None, "unknown")
