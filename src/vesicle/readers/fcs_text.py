"""HEADER and TEXT of a flow cytometry standard file: where the segments are, and the keywords with their values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import FileIO

from vesicle.errors import BadValue, TruncatedFile
from vesicle.results import Warned

HEADER_BYTES = 58
MOST_TEXT_BYTES = 16 * 1024**2
"""No cytometer writes keywords of this size; an offset that says so is damaged."""

REQUIRED = ("$PAR", "$TOT", "$BYTEORD", "$DATATYPE", "$MODE", "$NEXTDATA")
_OF_A_CHANNEL = re.compile(r"\$P(\d+)([BENR])")
_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?")
_STANDARD_NAME = re.compile(r"\$[A-Z0-9]+")
_ESCAPED = "\ue000"
_FEWEST = 3
_VERSIONS = ("FCS2.0", "FCS3.0", "FCS3.1", "FCS3.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """First and last byte of a part of the file, counted from its first byte; 0 and 0 when it states none."""

    first: int = 0
    last: int = 0

    @property
    def length(self) -> int:
        """Bytes from the first to the last, both included; 0 for none."""
        return self.last - self.first + 1 if 0 < self.first <= self.last else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """The keywords of one data set: names in capitals without blanks, values as they stand.

    ``base`` is the byte at which the data set begins, ``data`` and ``analysis`` are what its HEADER states.
    """

    version: str
    base: int
    values: Mapping[str, str]
    text: Segment
    data: Segment
    analysis: Segment
    warnings: tuple[Warned, ...] = field(default=())

    def text_of(self, name: str) -> str:
        """A value without the blanks around it.

        Parameters
        ----------
        name : str
            For example ``$P1N``.

        Returns
        -------
        str
            Empty when the keyword is not there.
        """
        return self.values.get(name, "").strip(" \t\r\n\x00")

    def whole(self, name: str) -> int | None:
        """A value as a whole number.

        Parameters
        ----------
        name : str
            For example ``$TOT``.

        Returns
        -------
        int or None
            None when it is not there, or no whole number.
        """
        text = self.text_of(name)
        return int(text.partition(".")[0]) if len(text) < 20 and _WHOLE.fullmatch(text) else None

    def number(self, name: str) -> float | None:
        """A value as a number.

        Parameters
        ----------
        name : str
            For example ``$TIMESTEP``.

        Returns
        -------
        float or None
            None when it is not there, or not finite.
        """
        try:
            value = float(self.text_of(name))
        except ValueError:
            return None
        return value if math.isfinite(value) else None


def read_keywords(stream: FileIO, *, base: int, size_bytes: int, where: str) -> Keywords:
    """HEADER and TEXT of the data set that begins at a byte.

    Parameters
    ----------
    stream : io.FileIO
        The file.
    base : int
        First byte of the data set.
    size_bytes : int
        Of the whole file.
    where : str
        The file's name for messages.

    Returns
    -------
    Keywords
        With doubts about them.

    Raises
    ------
    ReadError
        When there is no data set, or its keywords cannot be found.
    """
    stream.seek(base)
    header = stream.read(HEADER_BYTES)
    version = _version(header, where=where)
    text, data, analysis = (_segment(header[at : at + 16]) for at in (10, 26, 42))
    _check_text(text, room=size_bytes - base, where=where)
    start, raw = _text_bytes(stream, text, base=base)
    values, notes = _parsed(raw, where=where, is_unicode=version >= "FCS3.1")
    delimiter = raw[:1]
    moved = (
        ()
        if start == text.first
        else (Warned(code="text_offset_repaired", message="TEXT begins a byte beside."),)
    )
    extra, more = _supplement(stream, values, base=base, text=text, room=size_bytes - base)
    notes += (*moved, *more, *_doubt_end(stream, text, delimiter, base=base, supplemented=bool(extra)))
    if version not in _VERSIONS:
        known = ", ".join(_VERSIONS)
        notes += (
            Warned(code="version_unknown", message=f"The file names a version that is not one of {known}."),
        )
    return Keywords(
        version=version,
        base=base,
        values={**extra, **values},
        text=text,
        data=data,
        analysis=analysis,
        warnings=notes,
    )


def _version(header: bytes, *, where: str) -> str:
    if not header.startswith(b"FCS"):
        raise BadValue(
            "This is no flow cytometry standard file.",
            where=where,
            why=f"It begins with {_shown(header)}, not with 'FCS' and a version.",
            next_step="Export the data again as FCS 3.0 or 3.1.",
        )
    if len(header) < HEADER_BYTES:
        raise TruncatedFile(
            "The file ends inside its header.",
            where=where,
            why=f"It holds {len(header)} of the {HEADER_BYTES} bytes of a header.",
            next_step="Copy it again from the instrument's computer.",
        )
    return header[:6].decode("ascii", errors="replace")


def _shown(header: bytes) -> str:
    """What a file is that is none of ours, in words; its first bytes are not repeated."""
    start = header.lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "the text of a web page"
    return "nothing" if not header else "the signature of an archive" if start[:2] == b"pk" else "other bytes"


def _segment(digits: bytes) -> Segment:
    first, last = (_offset(digits[:8]), _offset(digits[8:]))
    return Segment(first=first, last=last)


def _offset(digits: bytes) -> int:
    text = digits.strip(b" \x00")
    return int(text) if text.isdigit() else 0


def _check_text(text: Segment, *, room: int, where: str) -> None:
    if HEADER_BYTES <= text.first < room and 0 < text.length <= MOST_TEXT_BYTES:
        return
    kind = TruncatedFile if text.first >= room else BadValue
    raise kind(
        "The keywords of the file cannot be found.",
        where=where,
        why=f"Its header places them from byte {text.first:,} to {text.last:,} of {room:,}.",
        next_step="Copy the file again from the instrument's computer, or export it again.",
    )


def _text_bytes(stream: FileIO, text: Segment, *, base: int) -> tuple[int, bytes]:
    """Where TEXT begins and its bytes; a first byte that cannot separate keywords is one beside."""
    stream.seek(base + text.first - 1)
    around = stream.read(text.length + 2)
    for shift in (0, 1, -1):
        if _can_separate(around[1 + shift : 2 + shift]) and around[2 + shift : 3 + shift] not in {b"", b" "}:
            return text.first + shift, around[1 + shift : 1 + text.length]
    return text.first, around[1 : 1 + text.length]


def _can_separate(byte: bytes) -> bool:
    return byte not in {b"", b"\x00", b" ", b"$"} and not byte.isalnum()


def _parsed(raw: bytes, *, where: str, is_unicode: bool) -> tuple[dict[str, str], tuple[Warned, ...]]:
    text, notes = _decoded(raw, is_unicode=is_unicode)
    delimiter = text[:1]
    escaped, plain = (_pairs(tokens) for tokens in _tokens(text, delimiter))
    chosen = escaped if _known(escaped[0]) >= _known(plain[0]) else plain
    if chosen is plain and escaped[0] != plain[0]:
        notes += (
            Warned(
                code="empty_keywords",
                message="Some keywords have no value; a doubled separator was no escape.",
            ),
        )
    pairs, is_odd = chosen
    if sum(name.upper() in {name for name, _ in pairs} for name in REQUIRED) < _FEWEST:
        raise BadValue(
            "The keywords of the file cannot be read.",
            where=where,
            why="Fewer than three of those that every such file has were found.",
            next_step="Copy the file again from the instrument's computer, or export it again.",
        )
    if is_odd:
        notes += (
            Warned(code="keyword_without_value", message="The last keyword has no value; it was left out."),
        )
    return _distinct(pairs, notes)


def _decoded(raw: bytes, *, is_unicode: bool) -> tuple[str, tuple[Warned, ...]]:
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    note = Warned(code="text_not_unicode", message="The keywords are not UTF-8; they were read as Latin-1.")
    return text, (note,) if is_unicode else ()


def _tokens(text: str, delimiter: str) -> tuple[list[str], list[str]]:
    """The parts between separators, with a doubled one as an escape and as an empty part."""
    body = text[1:].rstrip(" \x00\r\n\t") if delimiter not in "\r\n\t" else text[1:].rstrip(" \x00")
    # A last separator that is doubled ends an empty value, so one of them is taken off before the others are read.
    body = body.removesuffix(delimiter)
    joined = body.replace(delimiter * 2, _ESCAPED).split(delimiter)
    return [part.replace(_ESCAPED, delimiter) for part in joined], body.split(delimiter)


def _pairs(parts: list[str]) -> tuple[list[tuple[str, str]], bool]:
    names = [name.strip().upper() for name in parts[::2]]
    pairs = list(zip(names, parts[1::2], strict=False))
    return pairs, len(parts) % 2 == 1 and bool(parts[-1].strip())


def _known(pairs: Iterable[tuple[str, str]]) -> int:
    """How many keywords of the standard a reading of the text finds."""
    names = {name for name, _ in pairs}
    return sum(name in names for name in REQUIRED) + sum(
        bool(_OF_A_CHANNEL.fullmatch(name)) for name in names
    )


def _distinct(
    pairs: Iterable[tuple[str, str]], notes: tuple[Warned, ...]
) -> tuple[dict[str, str], tuple[Warned, ...]]:
    values: dict[str, str] = {}
    twice: set[str] = set()
    for name, value in pairs:
        if values.setdefault(name, value).strip() != value.strip() and name:
            twice.add(name if _STANDARD_NAME.fullmatch(name) else "another")
    if twice:
        message = (
            f"Keywords stand twice with different values ({', '.join(sorted(twice))}); the first was used."
        )
        notes += (Warned(code="keyword_twice", message=message),)
    return values, notes


def _supplement(
    stream: FileIO, values: Mapping[str, str], *, base: int, text: Segment, room: int
) -> tuple[dict[str, str], tuple[Warned, ...]]:
    """Keywords of the supplemental TEXT, which may hold what is not required."""
    first, last = (_offset(values.get(name, "").encode()[:20]) for name in ("$BEGINSTEXT", "$ENDSTEXT"))
    found = Segment(first=first, last=last)
    if not found.length or first == text.first:
        return {}, ()
    if last >= room or found.length > MOST_TEXT_BYTES or first < HEADER_BYTES:
        message = "The supplemental keywords lie outside of the file; they are lost."
        return {}, (Warned(code="supplement_lost", message=message),)
    stream.seek(base + first)
    raw = stream.read(found.length)
    if not raw.strip(b" \x00\r\n\t"):
        return {}, ()
    decoded, notes = _decoded(raw, is_unicode=False)
    if not _can_separate(raw[:1]):
        message = "The supplemental keywords are not stored as keywords; they are not used."
        return {"": ""}, (Warned(code="supplement_lost", message=message),)
    pairs, _ = _pairs(_tokens(decoded, decoded[:1])[0])
    extra, doubts = _distinct(pairs, ())
    return extra or {"": ""}, (*notes, *doubts)


def _doubt_end(
    stream: FileIO, text: Segment, delimiter: bytes, *, base: int, supplemented: bool
) -> tuple[Warned, ...]:
    """Whether TEXT ends where its header says: at a separator, with nothing like a keyword behind it."""
    stream.seek(base + text.last)
    last, behind = stream.read(1), stream.read(2)
    is_cut = last != delimiter and last not in b" \x00\r\n\t"
    goes_on = last == delimiter and behind[:1] == b"$"
    if not (is_cut or goes_on) or (goes_on and supplemented):
        return ()
    return (
        Warned(
            code="text_end_odd", message="TEXT does not end at a separator; keywords at its end may be lost."
        ),
    )


def required_missing(keywords: Keywords, channels: int) -> tuple[Warned, ...]:
    """The doubt about keywords that every file must have and this one has not.

    Parameters
    ----------
    keywords : Keywords
        Of one data set.
    channels : int
        How many it has.

    Returns
    -------
    tuple of Warned
        ``keyword_missing`` with their names, or none.
    """
    of_channels = (f"$P{n}{letter}" for n in range(1, channels + 1) for letter in "BENR")
    # Version 3.2 knows lists of events only, so its files need not say that they hold one (from memory).
    needed = [name for name in REQUIRED if not (name == "$MODE" and keywords.version >= "FCS3.2")]
    missing = [name for name in (*needed, *of_channels) if name not in keywords.values]
    if not missing:
        return ()
    named = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    return (Warned(code="keyword_missing", message=f"Required keywords are missing: {named}."),)
