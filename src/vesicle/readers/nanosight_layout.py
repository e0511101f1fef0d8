"""The layout of NanoSight summary files: sections, keys and weighted tables, found by name.

Seen in files of NTA 3.2 and 3.4, as exported and as saved again by Excel. Every look-up is by the name
of a section and of a key within it, so that versions which print other lines, in another order, read alike.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, quoted
from vesicle.readers.text import decimal_mark, decode, parse_number, split_rows, without_empty_end
from vesicle.results import Warned

MARKERS = (
    "nta experiment summary file",
    "nta single analysis summary file",
    "[experiment details]",
    "[conditions]",
    "[settings]",
    "[results]",
    "[size data]",
    "bin centre (nm)",
)
"""Words that stand together in no other format."""

_BLOCK_KEYS = {"analysis method", "weighting", "filename", "mean", "mode", "sd", "d10", "d50", "d90"}
_DELIMITER = re.compile(r'(?im)^"?(?:bin centre \(nm\)|filename:?)"?\s*([,;\t])')
_PER_ML = re.compile(r"concentration \((?:e(\d{1,2}) )?particles ?/ ?ml\)")
_OTHER_WEIGHTINGS = {"surface area", "volume"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number from 1, and its fields without the empty ones at the end."""

    number: int
    fields: tuple[str, ...]

    @property
    def key(self) -> str:
        """The first field in the form in which keys are compared."""
        return fold(self.fields[0]) if self.fields else ""

    @property
    def values(self) -> tuple[str, ...]:
        """The fields after the key."""
        return self.fields[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The rows below one ``[heading]``; rows before the first heading have the name ``""``."""

    name: str
    heading: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One weighted table with the summary rows above it, and the name of its section."""

    section: str
    rows: tuple[Row, ...]

    def row(self, key: str) -> Row | None:
        """The first row with a key.

        Parameters
        ----------
        key : str
            In folded form.

        Returns
        -------
        Row or None
            None when the block has no such row.
        """
        return next((row for row in self.rows if row.key == key), None)

    @property
    def header(self) -> Row | None:
        """The row with the names of the table's columns."""
        return next((row for row in self.rows if row.key.startswith("bin centre")), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A summary file taken apart: its sections, the number-weighted size block, the decimal mark."""

    where: str
    sections: tuple[Section, ...]
    block: Block
    decimal: str
    warnings: tuple[Warned, ...]

    def rows_of(self, *sections: str) -> Iterator[Row]:
        """The rows of the sections with these names.

        Parameters
        ----------
        *sections : str
            In folded form.

        Yields
        ------
        Row
            In the order of the file.
        """
        yield from chain.from_iterable(s.rows for s in self.sections if s.name in sections)

    def find(self, section: str, key: str) -> Row | None:
        """The first row with a key in a section.

        Parameters
        ----------
        section : str
            The section's name in folded form.
        key : str
            The key in folded form.

        Returns
        -------
        Row or None
            None when there is no such row.
        """
        return next((row for row in self.rows_of(section) if row.key == key), None)

    def number(self, row: Row, index: int) -> float:
        """The number in one field of a row.

        Parameters
        ----------
        row : Row
            The row.
        index : int
            The field, 0 for the key.

        Returns
        -------
        float
            A finite number.

        Raises
        ------
        BadValue
            When the field holds no number.
        """
        text = row.fields[index] if index < len(row.fields) else ""
        number = parse_number(text, decimal=self.decimal)
        if number is None:
            raise bad_field(self.where, row, text)
        return number


def bad_field(where: str, row: Row, text: str) -> BadValue:
    """The error for a field that holds no possible number.

    Parameters
    ----------
    where : str
        The file.
    row : Row
        The row.
    text : str
        What stands there.

    Returns
    -------
    BadValue
        Naming file, row and key.
    """
    return BadValue(
        f"'{text[:40]}' is no value that can stand here.",
        where=f"{where}, row {row.number}",
        why=f"The row '{row.key[:40]}' holds numbers that are zero or more.",
        next_step="Export the file again; do not edit it by hand.",
    )


def fold(text: str) -> str:
    """A key as it is compared: lower case, single spaces, without the colon at its end.

    Parameters
    ----------
    text : str
        As printed.

    Returns
    -------
    str
        Folded.

    Examples
    --------
    >>> fold("Filename: ")
    'filename'
    """
    return " ".join(text.casefold().split()).rstrip(":")


def per_ml_factor(header: str) -> float | None:
    """What a column must be multiplied with to be particles per mL.

    Parameters
    ----------
    header : str
        A key or column name such as ``Concentration (particles / ml)``.

    Returns
    -------
    float or None
        None when the name is not that of a number concentration.

    Examples
    --------
    >>> per_ml_factor("Concentration (E6 particles / ml)")
    1000000.0
    """
    match = _PER_ML.fullmatch(fold(header))
    return None if match is None else 10.0 ** int(match[1] or 0)


def parse_layout(content: bytes, *, where: str) -> Layout:
    """Take a summary file apart.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        The file's name for messages.

    Returns
    -------
    Layout
        With the number-weighted size block.

    Raises
    ------
    ReadError
        When the file is no text, or has no number-weighted size table.
    """
    text, repaired = decode(content, where=where)
    sections = tuple(_sections(_rows(text, where=where)))
    block, doubts = _number_block(tuple(_blocks(sections)), sections, where=where)
    decimal = decimal_mark(_numeric_fields(sections, block), where=where)
    return Layout(
        where=where,
        sections=sections,
        block=block,
        decimal=decimal,
        warnings=(*repaired, *doubts, *_repeated_keys(sections, block)),
    )


def _rows(text: str, *, where: str) -> list[Row]:
    found = _DELIMITER.search(text)
    try:
        split = split_rows(text, delimiter=found[1] if found else ",")
    except csv.Error as error:
        raise ReadError(
            "A line of the file is no line of a table.",
            where=where,
            why=f"The table reader says: {error}.",
            next_step="Export it again as csv.",
        ) from error
    return [Row(number, without_empty_end(fields)) for number, fields in enumerate(split, start=1)]


def _sections(rows: Iterable[Row]) -> Iterator[Section]:
    heading, held = Row(0, ()), list[Row]()
    for row in rows:
        if re.fullmatch(r"\[[^\]]+\]", row.key):
            yield Section(name=heading.key.strip("[]"), heading=heading, rows=tuple(held))
            heading, held = row, []
        elif row.fields:
            held.append(row)
    yield Section(name=heading.key.strip("[]"), heading=heading, rows=tuple(held))


def _blocks(sections: Iterable[Section]) -> Iterator[Block]:
    for section in sections:
        held, has_table = list[Row](), False
        for row in section.rows:
            if has_table and row.key in _BLOCK_KEYS:
                yield Block(section=section.name, rows=tuple(held))
                held, has_table = [], False
            held.append(row)
            has_table = has_table or row.key == "graph data" or row.key.startswith("bin centre")
        if has_table:
            yield Block(section=section.name, rows=tuple(held))


def _number_block(
    blocks: tuple[Block, ...], sections: tuple[Section, ...], *, where: str
) -> tuple[Block, tuple[Warned, ...]]:
    candidates = [block for block in blocks if _is_number_size(block)]
    if not candidates:
        raise _no_size_table(blocks, sections, where=where)
    chosen, doubts = candidates[0], list[Warned]()
    header = chosen.header
    row = None if header is None else header.number
    if _weighting(chosen) != "number":
        message = "The size table does not say that it is weighted by number; its column names do."
        doubts.append(Warned(code="weighting_missing", message=message, row=row))
    if chosen.section != "size data":
        message = "The size table does not stand under [Size Data]; part of the file is missing."
        doubts.append(Warned(code="section_missing", message=message, row=row))
    if any(_fields_of(other) != _fields_of(chosen) for other in candidates[1:]):
        message = "The file holds several different number-weighted size tables; the first one is used."
        doubts.append(Warned(code="several_tables", message=message, row=row))
    return chosen, tuple(doubts)


def _is_number_size(block: Block) -> bool:
    header = block.header
    if header is None or header.key != "bin centre (nm)" or "diffusion" in block.section:
        return False
    return per_ml_factor(header.fields[1] if header.values else "") is not None and (
        _weighting(block) not in _OTHER_WEIGHTINGS
    )


def _weighting(block: Block) -> str:
    row = block.row("weighting")
    return fold(row.values[0]) if row is not None and row.values else ""


def _fields_of(block: Block) -> list[tuple[str, ...]]:
    return [row.fields for row in block.rows]


def _no_size_table(blocks: Sequence[Block], sections: Sequence[Section], *, where: str) -> ReadError:
    headers = [" | ".join(b.header.fields[:2]) for b in blocks if b.header is not None]
    found = (
        f"tables {quoted(headers)}" if headers else f"sections {quoted(s.name for s in sections if s.name)}"
    )
    kind = MissingColumn if headers else TruncatedFile
    return kind(
        "There is no size table in nm that is weighted by number.",
        where=where,
        why=f"Found {found}; expected 'Bin centre (nm) | Concentration (particles / ml)' under [Size Data].",
        next_step="Export again with 'Size distribution' and 'Number weighting' ticked.",
    )


def _numeric_fields(sections: Sequence[Section], block: Block) -> Iterator[str]:
    named = [row for s in sections if s.name in {"conditions", "settings", "results"} for row in s.rows]
    for row in (*named, *block.rows):
        if row.key != "filename":
            yield from row.fields


def _repeated_keys(sections: Iterable[Section], block: Block) -> Iterator[Warned]:
    top = [row for row in block.rows if row.number < (block.header or row).number]
    named = [s.rows for s in sections if s.name in {"conditions", "results", "settings"}]
    for rows in (*named, top):
        seen = dict[str, Row]()
        for row in rows:
            first = seen.setdefault(row.key, row)
            if first.fields != row.fields:
                message = f"'{row.fields[0]}' stands twice with different values; row {first.number} is used."
                yield Warned(code="duplicate_key", message=message, row=row.number)
