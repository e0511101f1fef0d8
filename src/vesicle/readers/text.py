"""Text files of instruments as people really have them: encodings, decimal marks, delimiters, numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from vesicle.errors import BadValue, ReadError
from vesicle.results import Warned

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_CONTROL_SHARE = 0.02
_SMALLEST, _LARGEST = 1e-100, 1e100
"""What an instrument can have meant; beyond, a product of two or three values leaves the range of a float."""


def decode(content: bytes, *, where: str) -> tuple[str, tuple[Warned, ...]]:
    r"""The text of a file, whatever Windows, Excel or a LIMS made of it.

    Tries UTF-8 (with or without a mark), UTF-16 (with a mark, or by its zero bytes) and then
    Windows-1252, in which every instrument export seen so far was written.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        The file's name for messages.

    Returns
    -------
    text : str
        With ``\n`` line ends.
    warnings : tuple of Warned
        ``encoding_repaired`` when bytes had no meaning in the encoding, ``zero_bytes_removed`` for the
        stray zeros that some exports hold (real ZetaView profiles do, after each micro sign).

    Raises
    ------
    ReadError
        When the file is empty or is not text.
    """
    if not content.strip(b"\x00\r\n\t "):
        raise ReadError(
            "The file is empty.",
            where=where,
            why=f"It holds {len(content)} bytes and no text.",
            next_step="Export it again, or copy it again from the instrument's computer.",
        )
    text, warnings = _decoded(content)
    if 0 < text.count("\x00") <= _CONTROL_SHARE * len(text):
        message = f"{text.count(chr(0))} zero bytes between the characters were left out."
        text, warnings = (
            text.replace("\x00", ""),
            (*warnings, Warned(code="zero_bytes_removed", message=message)),
        )
    if _looks_binary(text):
        raise ReadError(
            "This is not a text file, whatever its name says.",
            where=where,
            why="It holds control characters that no export contains.",
            next_step="Export it again as text or csv.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), (*warnings, *_doubt_controls(text))


def _doubt_controls(text: str) -> tuple[Warned, ...]:
    found = _CONTROL.search(text)
    if found is None:
        return ()
    row = text.count("\n", 0, found.start()) + 1
    message = "The file holds control characters that no export contains; it may be damaged."
    return (Warned(code="control_characters", message=message, row=row),)


def _decoded(content: bytes) -> tuple[str, tuple[Warned, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _repaired(content.decode("utf-16", errors="replace"))
    zeros = content[:400].count(0)
    if zeros > len(content[:400]) // 4:
        order = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        return _repaired(content.decode(order, errors="replace"))
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _repaired(content.decode("cp1252", errors="replace"))


def _repaired(text: str) -> tuple[str, tuple[Warned, ...]]:
    if "\ufffd" not in text:
        return text, ()
    message = "Some bytes have no meaning in the encoding of the file and were replaced."
    return text, (Warned(code="encoding_repaired", message=message),)


def _looks_binary(text: str) -> bool:
    head = text[:20_000]
    control = sum(ch < " " and ch not in "\t\n\r\f" for ch in head)
    return control > _CONTROL_SHARE * max(len(head), 1)


def head_text(head: bytes) -> str:
    """The first bytes of a file as text for sniffing; never fails.

    Parameters
    ----------
    head : bytes
        The first bytes.

    Returns
    -------
    str
        Empty for binary content.
    """
    text, _ = _decoded(head)
    return "" if _looks_binary(text) else text


def parse_number(text: str, *, decimal: str = ".") -> float | None:
    """One number as instruments print it, or None when the text is not one.

    Parameters
    ----------
    text : str
        For example ``9.10e+008``, ``2,500E+0``, ``" 12"``. Empty text and ``NaN`` are None.
    decimal : {".", ","}
        The decimal mark of the file. A comma in a file with decimal points is not a number.

    Returns
    -------
    float or None
        Zero or a number between 1e-100 and 1e100 in size, or None: a damaged exponent is not a number.

    Examples
    --------
    >>> parse_number("9.10e+008")
    910000000.0
    >>> parse_number("2,500E+0", decimal=",")
    2.5
    """
    stripped = text.strip().strip('"').strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    other = "," if decimal == "." else "."
    if other in stripped:
        return None
    number = float(stripped.replace(decimal, "."))
    return number if number == 0 or _SMALLEST <= abs(number) <= _LARGEST else None


def decimal_mark(fields: Iterable[str], *, where: str) -> str:
    """The decimal mark of a file, from fields that hold numbers.

    Parameters
    ----------
    fields : iterable of str
        Fields of a file whose delimiter is not the comma.
    where : str
        The file's name for messages.

    Returns
    -------
    str
        ``.`` when no field has a mark.

    Raises
    ------
    BadValue
        When some numbers have a decimal point and others a decimal comma.
    """
    numeric = [field for field in map(str.strip, fields) if _NUMBER.fullmatch(field)]
    points = next((field for field in numeric if "." in field), None)
    commas = next((field for field in numeric if "," in field), None)
    if points is not None and commas is not None:
        raise BadValue(
            "Decimal points and decimal commas are mixed.",
            where=where,
            why=f"Found both '{points}' and '{commas}'.",
            next_step="Export again on one computer with one locale; do not edit the file by hand.",
        )
    return "," if commas is not None else "."


def split_rows(text: str, *, delimiter: str) -> list[list[str]]:
    r"""The rows of a delimited table with quotes resolved; row numbers are indices plus one.

    Parameters
    ----------
    text : str
        The file with ``\n`` line ends.
    delimiter : str
        One character.

    Returns
    -------
    list of list of str
        One list of stripped fields per line of the file.

    Raises
    ------
    csv.Error
        When a quoted field is longer than any cell of a table (131072 characters).
    """
    if '"' not in text:
        return [[field.strip() for field in line.split(delimiter)] for line in text.split("\n")]
    rows: list[list[str]] = []
    for line in text.split("\n"):
        parsed = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        rows.append([field.strip() for field in parsed])
    return rows


def without_empty_end(fields: Sequence[str]) -> tuple[str, ...]:
    """The fields of a row up to the last that is not empty, since spreadsheets fill rows to one width.

    Parameters
    ----------
    fields : sequence of str
        A row.

    Returns
    -------
    tuple of str
        Empty when all are.

    Examples
    --------
    >>> without_empty_end(["a", "", "b", "", ""])
    ('a', '', 'b')
    """
    used = next((i for i in range(len(fields), 0, -1) if fields[i - 1]), 0)
    return tuple(fields[:used])


def guess_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that splits the given lines most evenly: tab, semicolon or comma.

    Parameters
    ----------
    lines : sequence of str
        Some lines of the table, header included.

    Returns
    -------
    str
        A tab wins over a semicolon, a semicolon over a comma, when both occur in every line.
    """
    filled = [line for line in lines if line.strip()]
    for mark in ("\t", ";", ","):
        if filled and all(mark in line for line in filled):
            return mark
    return max(("\t", ";", ","), key=lambda mark: sum(line.count(mark) for line in filled))
