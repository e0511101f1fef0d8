"""Dates that a spreadsheet made of gene symbols, and the symbols that they can have been."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from vesicle.names.gene_table import load_genes

# What a spreadsheet takes for the month, in the letters that gene symbols have or had.
_STEMS = (
    ("JAN",),
    ("FEB",),
    ("MARCH", "MARC", "MAR"),
    ("APR",),
    ("MAY",),
    ("JUN", "JUNE"),
    ("JUL", "JULY"),
    ("AUG",),
    ("SEPT", "SEP"),
    ("OCT",),
    ("NOV",),
    ("DEC",),
)
# Beginnings of the month's name in English, German, French, Spanish and Italian spreadsheets.
_MONTHS = {
    **{"jan": 1, "ene": 1, "gen": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mrz": 3, "mär": 3, "apr": 4},
    **{"avr": 4, "abr": 4, "may": 5, "mai": 5, "mag": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7, "aug": 8},
    **{"aoû": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10, "nov": 11, "dec": 12},
    **{"dez": 12, "déc": 12, "dic": 12},
}
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-. /]+([^\W\d_]{3,9})\.?(?:[-. /,]+\d{2,4})?")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,9})\.?[- /.](\d{1,2})(?:,? +\d{4})?")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][0-9:.]+)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?: [0-9:.]+)?")
_SERIAL = re.compile(r"([34]\d{4})(?:\.0+)?")
_DAY_ZERO = date(1899, 12, 30)


def date_symbols(text: str) -> tuple[str, ...] | None:
    """The approved symbols that a spreadsheet can have turned into this date.

    Parameters
    ----------
    text : str
        One cell, such as ``2-Sep``, ``Mar-01``, ``2023-09-02`` or the serial number ``44806``.

    Returns
    -------
    tuple of str or None
        None when the text is no date; empty when no gene has such a name; a serial number counts as a
        date only where a gene has such a name. Current and previous symbols hide aliases.

    Examples
    --------
    >>> date_symbols("2-Sep"), date_symbols("1-Mar")
    (('SEPTIN2',), ('MARCHF1', 'MTARC1'))
    """
    days = _days(text)
    if not days:
        return None
    symbols = tuple(dict.fromkeys(symbol for month, day in days for symbol in _named_for(month, day)))
    return None if not symbols and _SERIAL.fullmatch(text) else symbols


def _days(text: str) -> list[tuple[int, int]]:
    """The (month, day) pairs that the text can mean: two where day and month could be either."""
    if not any(character.isdigit() for character in text):
        return []
    if found := _DAY_MONTH.fullmatch(text):
        return _pairs((_month(found[2]), int(found[1])))
    if found := _MONTH_DAY.fullmatch(text):
        return _pairs((_month(found[1]), int(found[2])))
    if found := _ISO.fullmatch(text):
        return _pairs((int(found[2]), int(found[3])))
    if found := _NUMBERS.fullmatch(text):
        return _pairs((int(found[1]), int(found[2])), (int(found[2]), int(found[1])))
    if found := _SERIAL.fullmatch(text):
        moment = _DAY_ZERO + timedelta(days=int(found[1]))
        return [(moment.month, moment.day)]
    return []


def _month(word: str) -> int:
    return _MONTHS.get(word[:3].lower(), 0)


def _pairs(*pairs: tuple[int, int]) -> list[tuple[int, int]]:
    return [(month, day) for month, day in dict.fromkeys(pairs) if 1 <= month <= 12 and 1 <= day <= 31]


@lru_cache
def _named_for(month: int, day: int) -> tuple[str, ...]:
    table = load_genes()
    names = [f"{stem}{dash}{day}" for stem in _STEMS[month - 1] for dash in ("", "-")]
    official = [(name,) for name in names if name in table.rows]
    official += [table.previous[name] for name in names if name in table.previous]
    found = official or [table.alias[name] for name in names if name in table.alias]
    return tuple(dict.fromkeys(symbol for symbols in found for symbol in symbols))
