"""What the spelling of gene symbols says about where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vesicle.errors import quoted
from vesicle.results import Warned

_NAMED = 5
_DATE = re.compile(
    r"\d{1,2}-(?:Mar|Sep|Sept|Dec|Oct|Apr)|(?:Mar|Sep|Dec|Oct|Apr)-\d{1,2}|20\d\d-\d\d-\d\d.*", re.IGNORECASE
)
_FORMER = re.compile(r"(?:SEPT|MARCH|MARC)\d{1,2}|DEC1")
"""Symbols of which HGNC's table has SEPTIN, MARCHF, MTARC and DELEC1 as the approved ones."""
_HUMAN = re.compile(r"[A-Z][A-Z0-9]*(?:orf\d+[A-Z0-9]*)?(?:[-.@][A-Za-z0-9]+)*")


def doubts_of_symbols(symbols: Iterable[str], *, where: str) -> tuple[Warned, ...]:
    """Symbols that a spreadsheet, an old release or another species has written.

    Parameters
    ----------
    symbols : iterable of str
        As they stand in the file; none is changed.
    where : str
        What the symbols belong to, for the message: for example "sets".

    Returns
    -------
    tuple of Warned
        ``symbols_are_dates``, ``symbols_stale`` and ``symbols_not_human``, each with the first few by name.

    Examples
    --------
    >>> [warned.code for warned in doubts_of_symbols(["SEPT2", "2-Sep", "Cd63", "C1orf43"], where="list")]
    ['symbols_are_dates', 'symbols_stale', 'symbols_not_human']
    """
    listed = list(dict.fromkeys(symbols))
    dates = [symbol for symbol in listed if _DATE.fullmatch(symbol)]
    former = [symbol for symbol in listed if _FORMER.fullmatch(symbol)]
    other = [symbol for symbol in listed if not _HUMAN.fullmatch(symbol) and not _DATE.fullmatch(symbol)]
    found: list[Warned] = []
    if dates:
        message = f"Symbols ({where}) that a spreadsheet has turned into dates: {quoted(dates, most=_NAMED)}."
        found.append(Warned(code="symbols_are_dates", message=message))
    if former:
        message = f"Symbols ({where}) that are former ones, so the file is an old one: {quoted(former, most=_NAMED)}."
        found.append(Warned(code="symbols_stale", message=message))
    if other:
        message = f"Symbols ({where}) that are not written as human ones are: {quoted(other, most=_NAMED)}."
        found.append(Warned(code="symbols_not_human", message=message))
    return tuple(found)
