"""What became of names of microRNAs: one record per name, and the log of them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from vesicle.names.microrna_syntax import Kind

MicroRnaStatus = Literal[
    "current",
    "unchecked",
    "previous",
    "respelled",
    "ambiguous",
    "other_species",
    "unmapped",
    "empty",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroRnaRecord:
    """One name as it came in, and the name of today or the candidates for it.

    ``current`` was found in a table; ``unchecked`` has the form of a name of today, and no table was there to ask.
    ``family`` goes by the name alone: number and arm without the letter.
    """

    given: str
    status: MicroRnaStatus
    name: str | None = None
    kind: Kind | None = None
    candidates: tuple[str, ...] = ()
    accession: str | None = None
    family: str | None = None
    note: str = ""
    members: tuple[MicroRnaRecord, ...] = ()

    def __str__(self) -> str:
        found = self.name or " or ".join(self.candidates) or "no name"
        return f"{self.given!r}: {self.status}, {found}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroRnaLog:
    """What became of every name, in the order in which they came; nothing is left out."""

    records: tuple[MicroRnaRecord, ...]
    species: str
    table: str | None

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[MicroRnaRecord]:
        return iter(self.records)

    @property
    def names(self) -> tuple[str | None, ...]:
        """The name of today for each name, None where there is not exactly one."""
        return tuple(record.name for record in self.records)

    @property
    def counts(self) -> Mapping[MicroRnaStatus, int]:
        """How many names have each status; they add up to the number of names."""
        return MappingProxyType(Counter(record.status for record in self.records))

    @property
    def kinds(self) -> Mapping[Kind | None, int]:
        """How many names are of mature microRNAs, of precursors, and of neither."""
        return MappingProxyType(Counter(record.kind for record in self.records))

    @property
    def families(self) -> Mapping[str, tuple[int, ...]]:
        """Families by name, each with the positions of its mature members."""
        places: dict[str, list[int]] = {}
        for place, record in enumerate(self.records):
            if record.family is not None and record.kind == "mature":
                places.setdefault(record.family, []).append(place)
        return MappingProxyType({family: tuple(found) for family, found in places.items()})

    @property
    def lines(self) -> tuple[str, ...]:
        """One sentence for each different name that is not simply the name of today, for the printed log."""
        told = (str(r) for r in self.records if r.status not in ("current", "unchecked") or r.note)
        return tuple(dict.fromkeys(told))
