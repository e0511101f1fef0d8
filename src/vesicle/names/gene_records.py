"""What became of gene names: one record per name, and the log of them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

SymbolStatus = Literal[
    "approved",
    "previous",
    "alias",
    "respelled",
    "identifier",
    "excel_date",
    "ambiguous",
    "non_human",
    "unmapped",
    "empty",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolRecord:
    """One name as it came in, and the approved symbol or the candidates for it.

    ``symbol`` is None unless exactly one symbol fits. A group such as ``A;B`` has its ``members``, and takes symbol
    and status from the first member that has a symbol.
    """

    given: str
    status: SymbolStatus
    symbol: str | None = None
    candidates: tuple[str, ...] = ()
    note: str = ""
    members: tuple[SymbolRecord, ...] = ()

    @property
    def is_repaired(self) -> bool:
        """Whether it has a symbol that is not what was written."""
        return self.symbol is not None and self.status != "approved"

    def __str__(self) -> str:
        found = self.symbol or " or ".join(self.candidates) or "no symbol"
        return f"{self.given!r}: {self.status}, {found}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolLog:
    """What became of every name, in the order in which they came; nothing is left out."""

    records: tuple[SymbolRecord, ...]
    species: str
    table: str

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[SymbolRecord]:
        return iter(self.records)

    @property
    def symbols(self) -> tuple[str | None, ...]:
        """The approved symbol of each name, None where there is not exactly one."""
        return tuple(record.symbol for record in self.records)

    @property
    def counts(self) -> Mapping[SymbolStatus, int]:
        """How many names have each status; they add up to the number of names."""
        return MappingProxyType(Counter(record.status for record in self.records))

    @property
    def summary(self) -> Mapping[str, int]:
        """Names approved, repaired, ambiguous and unmapped; they add up to the number of names."""
        kinds = Counter(_kind(record) for record in self.records)
        return MappingProxyType(
            {kind: kinds[kind] for kind in ("approved", "repaired", "ambiguous", "unmapped")}
        )

    @property
    def duplicates(self) -> Mapping[str, tuple[int, ...]]:
        """Symbols that stand for more than one name, with the positions of those names."""
        places: dict[str, list[int]] = {}
        for place, symbol in enumerate(self.symbols):
            if symbol is not None:
                places.setdefault(symbol, []).append(place)
        return MappingProxyType({symbol: tuple(found) for symbol, found in places.items() if len(found) > 1})

    @property
    def has_dates(self) -> bool:
        """Whether a spreadsheet turned at least one name into a date."""
        return any(part.status == "excel_date" for record in self for part in (record, *record.members))

    @property
    def is_mixed_species(self) -> bool:
        """Whether some names are human symbols and others belong to another species."""
        return {"approved", "non_human"} <= self.counts.keys()

    @property
    def lines(self) -> tuple[str, ...]:
        """One sentence for each different name that was not an approved symbol, for the printed log."""
        told = (str(record) for record in self.records if record.status != "approved" or record.note)
        return tuple(dict.fromkeys(told))


def _kind(record: SymbolRecord) -> str:
    if record.status == "approved":
        return "approved"
    if record.symbol is not None:
        return "repaired"
    is_choice = record.status in ("ambiguous", "excel_date") and len(record.candidates) > 1
    return "ambiguous" if is_choice else "unmapped"
