"""What one gene name can mean: the rules in the order in which they are tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

from vesicle.names.excel_dates import date_symbols
from vesicle.names.gene_records import SymbolRecord, SymbolStatus
from vesicle.names.gene_table import (
    GeneTable,
    alias_by_capitals,
    alias_by_spelling,
    load_genes,
    official_by_spelling,
    plain_spelling,
    symbols_by_id,
)
from vesicle.names.proteins import parse_protein

_EMPTY = frozenset(
    {"", "-", "--", ".", "na", "n/a", "nan", "none", "null", "#n/a", "#ref!", "#name?", "#value!"}
)
_MATURE = re.compile(r"(?:[a-z]{3,4}-)?(?:miR-\w+|let-7[a-z]?)(?:-\d+)?(?:-[35]p|\*)?")
_OTHER_ENSEMBL = re.compile(r"ENS(?!G\d)(?!T\d)(?!P\d)[A-Z]{3,6}[GTP]\d{11}(?:\.\d+)?")
_OWN_ID = re.compile(r"ENSG\d{11}|HGNC:\d+|LOC\d+")
_OTHER_ID = re.compile(r"ENS[TP]\d{11}|[NX][MRP]_\d+|AC\d{6}|AL\d{6}|RP\d+-\S+|CTD-\S+")
_RODENT = re.compile(r"[A-Z0-9]{7,}Rik|Gm\d+|RGD\d+|MGI:\d+|RGD:\d+")
_TITLE = re.compile(r"[A-Z](?=[^A-Z]*[a-z])[a-z0-9.-]+")
_BACTERIAL = re.compile(r"[a-z]{3}[A-Z]\d*")
_SPREADSHEET_NUMBER = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_DECORATED = re.compile(r"(\S+) (?:gene|mRNA|protein|\(.+\))", re.IGNORECASE)
_SHORTEST = 3  # letters of a name that may be told in spite of its spelling
_BESIDE = MappingProxyType(
    {
        "GPR78": "HSPA5 was GRP78, which is easily written GPR78",
    }
)
Rule = Callable[[str, GeneTable], SymbolRecord | None]


@lru_cache(maxsize=100_000)
def resolve_one(text: str) -> SymbolRecord:
    """What became of one name that is no group.

    Parameters
    ----------
    text : str
        The name without blanks at its ends.

    Returns
    -------
    SymbolRecord
        By the first rule that applies; ``unmapped`` when none does.
    """
    table = load_genes()
    for rule in _RULES:
        record = rule(text, table)
        if record is not None:
            return record
    note = "HGNC withdrew this entry" if text in table.withdrawn else _unmapped_note(text)
    return SymbolRecord(given=text, status="unmapped", note=note)


def is_empty(text: str) -> bool:
    """Whether a cell says that there is no name.

    Parameters
    ----------
    text : str
        The cell without blanks at its ends.

    Returns
    -------
    bool
        True for ``NA``, ``-``, ``#N/A`` and their like.
    """
    return text.lower() in _EMPTY


def known(text: str, table: GeneTable) -> SymbolRecord | None:
    """The record of a name that the table holds letter by letter.

    Parameters
    ----------
    text : str
        The name.
    table : GeneTable
        The shipped table.

    Returns
    -------
    SymbolRecord or None
        Approved before previous before alias, as HGNC ranks them; None when the table has no such name.
    """
    if text in table.rows:
        return SymbolRecord(given=text, status="approved", symbol=text, note=_approved_note(text, table))
    previous, alias = table.previous.get(text, ()), table.alias.get(text, ())
    capitals = text.upper()
    if alias and not previous and _TITLE.fullmatch(text) and capitals in table.rows and capitals not in alias:
        note = f"an alias of {', '.join(alias)}, and how mouse or rat {capitals} is written"
        return SymbolRecord(given=text, status="ambiguous", candidates=(*alias, capitals), note=note)
    if previous:
        others = [symbol for symbol in alias if symbol not in previous]
        note = f"also an alias of {', '.join(others)}" if others else ""
        return _one_of(text, previous, status="previous", note=note)
    return _one_of(text, alias, status="alias") if alias else None


def is_rodent_spelling(text: str) -> bool:
    """Whether a name is written as symbols of mouse and rat are: one capital, then small letters and digits.

    Parameters
    ----------
    text : str
        The name.

    Returns
    -------
    bool
        True for ``Cd63``, False for ``CD63``, ``C9orf72`` and ``cd63``.
    """
    return _TITLE.fullmatch(text) is not None


def _empty(text: str, _: GeneTable) -> SymbolRecord | None:
    return SymbolRecord(given=text, status="empty") if is_empty(text) else None


def _mature(text: str, _: GeneTable) -> SymbolRecord | None:
    if not _MATURE.fullmatch(text):
        return None
    return SymbolRecord(given=text, status="unmapped", note="the name of a mature microRNA, which is no gene")


def _date(text: str, _: GeneTable) -> SymbolRecord | None:
    symbols = date_symbols(text)
    if symbols is None:
        return None
    genes = symbols_by_id().get(f"LOC{text}", ())
    if genes:
        note = "the serial number of a date, or the NCBI Gene id of the last one"
        return SymbolRecord(given=text, status="ambiguous", candidates=(*symbols, *genes), note=note)
    note = "a date that a spreadsheet made of a symbol" + ("" if symbols else "; no gene has such a name")
    symbol = symbols[0] if len(symbols) == 1 else None
    return SymbolRecord(given=text, status="excel_date", symbol=symbol, candidates=symbols, note=note)


def _identifier(text: str, _: GeneTable) -> SymbolRecord | None:
    bare = text.split(".", maxsplit=1)[0]
    if _OWN_ID.fullmatch(bare):
        symbols = symbols_by_id().get(bare, ())
        if symbols:
            return _one_of(text, symbols, status="identifier", note="an id, no symbol")
        return SymbolRecord(given=text, status="unmapped", note="an id that the table does not hold")
    if _OTHER_ENSEMBL.fullmatch(text) or _RODENT.fullmatch(text):
        return SymbolRecord(given=text, status="non_human", note="an id of another species")
    if _OTHER_ID.fullmatch(bare):
        return SymbolRecord(given=text, status="unmapped", note="an id that the table does not hold")
    return None


def _protein(text: str, _: GeneTable) -> SymbolRecord | None:
    protein = parse_protein(text)
    if protein.species not in (None, "Homo sapiens"):
        return SymbolRecord(given=text, status="non_human", note=f"a protein of {protein.species}")
    if protein.is_contaminant or protein.is_decoy:
        kind = "contaminant" if protein.is_contaminant else "decoy"
        return SymbolRecord(given=text, status="unmapped", note=f"a {kind} entry of a search engine")
    symbols = symbols_by_id().get(protein.canonical, ()) if protein.canonical else ()
    if symbols:
        return _one_of(text, symbols, status="identifier", note="a UniProt accession")
    if protein.status not in ("unknown", "empty"):
        return SymbolRecord(
            given=text, status="unmapped", note="a protein entry that the table does not hold"
        )
    return None


def _rodent(text: str, table: GeneTable) -> SymbolRecord | None:
    if not _TITLE.fullmatch(text):
        return None
    human = known(text.upper(), table)
    if human is None:
        return None
    candidates = (human.symbol,) if human.symbol else human.candidates
    note = "written as in mouse or rat; the human gene by its letters alone, not by descent"
    return SymbolRecord(given=text, status="non_human", candidates=candidates, note=note)


def _respelled(text: str, _: GeneTable) -> SymbolRecord | None:
    plain = plain_spelling(text)
    if len(plain) < _SHORTEST:
        return None
    symbols = official_by_spelling().get(plain.upper()) or alias_by_spelling().get(plain, ())
    loose = symbols or alias_by_capitals().get(plain.upper(), ())
    if loose and (_TITLE.fullmatch(text) or _BACTERIAL.fullmatch(text)):
        note = "written as in another species; a human gene has the same letters"
        return SymbolRecord(given=text, status="non_human", candidates=loose, note=note)
    if symbols:
        return _one_of(
            text, symbols, status="respelled", note="by its letters, whatever their case, hyphens and dots"
        )
    note = "an alias but for capitals and small letters, which can be another gene's"
    return SymbolRecord(given=text, status="unmapped", candidates=loose, note=note) if loose else None


def _decorated(text: str, table: GeneTable) -> SymbolRecord | None:
    decorated = _DECORATED.fullmatch(text)
    found = known(decorated[1], table) if decorated else None
    if found is None or found.symbol is None:
        return None
    note = f"by its first word, which is {found.status}"
    return SymbolRecord(
        given=text, status="respelled", symbol=found.symbol, candidates=(found.symbol,), note=note
    )


_RULES: tuple[Rule, ...] = (
    _empty,
    known,
    _mature,
    _date,
    _identifier,
    _protein,
    _rodent,
    _respelled,
    _decorated,
)


def _one_of(text: str, symbols: tuple[str, ...], *, status: SymbolStatus, note: str = "") -> SymbolRecord:
    if len(symbols) == 1:
        return SymbolRecord(given=text, status=status, symbol=symbols[0], candidates=symbols, note=note)
    note = f"{status} of {len(symbols)} genes" + (f"; {note}" if note else "")
    return SymbolRecord(given=text, status="ambiguous", candidates=symbols, note=note)


def _approved_note(text: str, table: GeneTable) -> str:
    if text in _BESIDE:
        return _BESIDE[text]
    before = [symbol for symbol in table.previous.get(text, ()) if symbol != text]
    return f"formerly also the symbol of {', '.join(before)}" if before else ""


def _unmapped_note(text: str) -> str:
    if _SPREADSHEET_NUMBER.fullmatch(text):
        return "looks like a clone name that a spreadsheet made a number of"
    if text.isdigit():
        genes = symbols_by_id().get(f"LOC{text}", ())
        return f"the NCBI Gene id of {', '.join(genes)}, if it is one" if genes else "a bare number"
    return "written as in mouse or rat" if _TITLE.fullmatch(text) else ""
