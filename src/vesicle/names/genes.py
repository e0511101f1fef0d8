"""Gene symbols repaired by HGNC's table: approved, previous, alias, ambiguous, foreign, mangled, unmapped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from vesicle.names.gene_records import SymbolLog, SymbolRecord, SymbolStatus
from vesicle.names.gene_rules import is_empty, is_rodent_spelling, known, resolve_one
from vesicle.names.gene_table import Gene, GeneTable, load_genes

__all__ = ["Gene", "SymbolLog", "SymbolRecord", "SymbolStatus", "load_genes", "resolve_symbols"]

HUMAN = "Homo sapiens"
_SEPARATORS = re.compile(r"[;|/,]+")
# What a group without a symbol says of itself: the most useful of what its members say.
_RANK: dict[SymbolStatus, int] = {"ambiguous": 1, "excel_date": 2, "non_human": 0, "unmapped": 3, "empty": 4}
_WEAK = ("alias", "respelled")  # which prove nothing beside a member of another species


def resolve_symbols(names: Iterable[object], *, species: str = HUMAN) -> SymbolLog:
    """One record per gene name, in order: the approved symbol, or why there is none.

    Parameters
    ----------
    names : iterable of object
        Cells of a symbol column: text, None, or the date or number that a spreadsheet made of a symbol.
    species : str, optional
        Of the sample. For a species other than the human, names in its spelling (``Cd63``) take the human symbol
        of the same letters, and stay ``non_human``; for the human they have it as candidate only.

    Returns
    -------
    SymbolLog
        With as many records as names came in.

    Examples
    --------
    >>> log = resolve_symbols(["CD63", "SEPT2", "COX2", "Fas", "1-Mar", "ALB;AFP", "none such"])
    >>> [record.status for record in log]
    ['approved', 'previous', 'ambiguous', 'non_human', 'excel_date', 'approved', 'unmapped']
    >>> log.symbols
    ('CD63', 'SEPTIN2', None, None, None, 'ALB', None)
    >>> log.records[4].candidates
    ('MARCHF1', 'MTARC1')
    """
    table, done = load_genes(), dict[str, SymbolRecord]()
    is_human = species == HUMAN
    records: list[SymbolRecord] = []
    for name in names:
        given = "" if name is None else str(name)
        record = done.get(given)
        if record is None:
            record = done[given] = _record(given, table=table, is_human=is_human)
        records.append(record)
    return SymbolLog(records=tuple(records), species=species, table=table.version)


def _record(given: str, *, table: GeneTable, is_human: bool) -> SymbolRecord:
    text = given.strip().strip("'\"")
    record = _whole(text, table) or _group(text)
    record = record if is_human else _by_letters(record, table)
    return record if record.given == given else replace(record, given=given)


def _whole(text: str, table: GeneTable) -> SymbolRecord | None:
    """The record of a text that is one name; None when it is a group."""
    if text in table.rows:
        return known(text, table)
    record = resolve_one(text)
    return None if record.status == "unmapped" and _parts(text) not in ([], [text]) else record


def _parts(text: str) -> list[str]:
    return [part for part in map(str.strip, _SEPARATORS.split(text)) if not is_empty(part)]


def _group(text: str) -> SymbolRecord:
    """A group by the first of its members that has a symbol."""
    members = tuple(map(resolve_one, _parts(text)))
    return _represented(text, members)


def _represented(text: str, members: tuple[SymbolRecord, ...]) -> SymbolRecord:
    is_foreign = any(member.status == "non_human" for member in members)
    found = next((m for m in members if m.symbol and not (is_foreign and m.status in _WEAK)), None)
    lead = found or min(members, key=lambda member: _RANK.get(member.status, len(_RANK)))
    symbols = tuple(dict.fromkeys(member.symbol for member in members if member.symbol))
    candidates = symbols or tuple(dict.fromkeys(name for member in members for name in member.candidates))
    rule = f"{lead.given} is the first that has a symbol" if found else "no member has a symbol"
    note = f"a group of {len(members)}; {rule}" + (f"; {lead.note}" if lead.note else "")
    return SymbolRecord(
        given=text,
        status=lead.status,
        symbol=found and found.symbol,
        candidates=candidates,
        note=note,
        members=members,
    )


def _by_letters(record: SymbolRecord, table: GeneTable) -> SymbolRecord:
    """The record for a sample that is not human: names in another spelling take the human symbol."""
    if record.members:
        return _represented(record.given, tuple(_by_letters(member, table) for member in record.members))
    if not is_rodent_spelling(record.given):
        return record
    capitals = record.given.upper()
    candidates = (capitals,) if capitals in table.rows else record.candidates
    is_one = len(candidates) == 1 and record.status != "alias"
    note = "in the spelling of the sample; the human gene by its letters alone, not by descent"
    symbol = candidates[0] if is_one else None
    return replace(record, status="non_human", symbol=symbol, candidates=candidates, note=note)
