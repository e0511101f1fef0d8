"""Seeded damage to the structure of a text file: what Excel, a LIMS, a bad copy or a hurried hand does to it.

A mutation takes a random generator and the bytes of a file and returns other bytes. None of them replaces a
digit by a digit: that changes a value, which no reader can notice; :func:`change_one_value` does it.
"""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from tests.conformance import flow_mutations

Rng = np.random.Generator
Lines = list[str]

_JUNK = bytes([*range(1, 9), *range(14, 32), *b"!#$%&*?@^_~|", *range(0x80, 0x100)])
_UNITS = (("nm", "um"), ("ml", "L"), ("mL", "L"), ("cm-3", "m-3"), ("/C", "/K"), ("cP", "P"), ("ug", "mg"))
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|true|false", re.IGNORECASE)


def text_of(content: bytes) -> str:
    return content.decode("cp1252", errors="surrogateescape")


def bytes_of(text: str) -> bytes:
    return text.encode("cp1252", errors="surrogateescape")


def delimiter_of(text: str) -> str:
    return max(("\t", ";", ","), key=text.count)


def on_lines(change: Callable[[Rng, Lines, str], Lines]) -> Callable[[Rng, bytes], bytes]:
    """Make a mutation of bytes from one of lines; the lines keep their ends but for the line feed."""

    def mutate(rng: Rng, content: bytes) -> bytes:
        text = text_of(content)
        return bytes_of("\n".join(change(rng, text.split("\n"), delimiter_of(text))))

    mutate.__name__ = change.__name__
    return mutate


def is_data(line: str, delimiter: str) -> bool:
    fields = [field.strip() for field in line.split(delimiter) if field.strip()]
    return bool(fields) and all(_NUMBER.fullmatch(field.replace(",", ".")) for field in fields)


def is_keyed(line: str, delimiter: str) -> bool:
    """Whether a line begins with a word and goes on: a key with values, or a header."""
    key = line.split(delimiter, maxsplit=1)[0]
    return delimiter in line.strip() and not is_data(key, delimiter)


def pick_line(rng: Rng, lines: Lines, delimiter: str) -> int:
    """The index of a line that is not blank: half the time one that is no row of numbers."""
    filled = [i for i, line in enumerate(lines) if line.strip(f"{delimiter}\r ")] or [0]
    words = [i for i in filled if not is_data(lines[i], delimiter)] or filled
    return int(rng.choice(words if rng.random() < 0.5 else filled))


def pick_block(rng: Rng, lines: Lines) -> slice:
    start = int(rng.integers(0, len(lines)))
    return slice(start, start + int(rng.integers(1, max(2, len(lines) // 4))))


@on_lines
def drop_line(rng, lines, delimiter):
    index = pick_line(rng, lines, delimiter)
    return lines[:index] + lines[index + 1 :]


@on_lines
def duplicate_line(rng, lines, delimiter):
    index = pick_line(rng, lines, delimiter)
    return lines[: index + 1] + lines[index:]


@on_lines
def swap_lines(rng, lines, delimiter):
    a, b = (pick_line(rng, lines, delimiter) for _ in range(2))
    swapped = list(lines)
    swapped[a], swapped[b] = lines[b], lines[a]
    return swapped


@on_lines
def rename_keyword(rng, lines, delimiter):
    index = pick_line(rng, lines, delimiter)
    letters = [m.start() for m in re.finditer(r"[A-Za-z]", lines[index])]
    if letters:
        at = int(rng.choice(letters))
        other = str(rng.choice(list("aeioustQXZ"))) if rng.random() < 0.6 else ""
        lines[index] = lines[index][:at] + other + lines[index][at + 1 :]
    return lines


@on_lines
def swap_keywords(rng, lines, delimiter):
    words = [i for i, line in enumerate(lines) if is_keyed(line, delimiter)]
    if len(words) < 2:
        return lines
    first = int(rng.integers(0, len(words) - 1))
    second = min(len(words) - 1, first + int(rng.integers(1, 6)))
    a, b = words[first], words[second]
    (key_a, *rest_a), (key_b, *rest_b) = lines[a].split(delimiter), lines[b].split(delimiter)
    lines[a], lines[b] = delimiter.join([key_b, *rest_a]), delimiter.join([key_a, *rest_b])
    return lines


@on_lines
def swap_names_in_a_line(rng, lines, delimiter):
    """Two column names change places; two numbers of one row do not, since that changes values only."""
    places = [
        (i, names)
        for i, line in enumerate(lines)
        for names in [
            [k for k, f in enumerate(line.split(delimiter)) if f.strip() and not is_data(f, delimiter)]
        ]
        if len(names) > 1
    ]
    if places:
        index, names = places[int(rng.integers(0, len(places)))]
        fields = lines[index].split(delimiter)
        a, b = rng.choice(names, 2, replace=False)
        fields[a], fields[b] = fields[b], fields[a]
        lines[index] = delimiter.join(fields)
    return lines


@on_lines
def change_delimiter(rng, lines, delimiter):
    other = str(rng.choice([mark for mark in "\t;,|" if mark != delimiter]))
    span = slice(None) if rng.random() < 0.6 else pick_block(rng, lines)
    lines[span] = [line.replace(delimiter, other) for line in lines[span]]
    return lines


@on_lines
def change_decimal_mark(rng, lines, delimiter):
    span = slice(None) if rng.random() < 0.6 else pick_block(rng, lines)
    old, new = (",", ".") if delimiter != "," and "," in "".join(lines) else (".", ",")
    swap = re.compile(rf"(?<=\d)\{old}(?=\d)")
    lines[span] = [swap.sub(new, line) for line in lines[span]]
    return lines


@on_lines
def change_unit(rng, lines, _delimiter):
    places = [(i, o, n) for i, line in enumerate(lines) for o, n in _UNITS if o in line]
    if places:
        index, old, new = places[int(rng.integers(0, len(places)))]
        lines[index] = lines[index].replace(old, new, 1 if rng.random() < 0.5 else -1)
    return lines


@on_lines
def delete_column(rng, lines, delimiter):
    return _on_columns(rng, lines, delimiter, copies=0)


@on_lines
def duplicate_column(rng, lines, delimiter):
    return _on_columns(rng, lines, delimiter, copies=2)


def _on_columns(rng: Rng, lines: Lines, delimiter: str, *, copies: int) -> Lines:
    widest = max(line.count(delimiter) for line in lines) + 1
    at = int(rng.integers(0, widest))
    span = slice(None) if rng.random() < 0.6 else pick_block(rng, lines)
    for index in range(*span.indices(len(lines))):
        fields = lines[index].split(delimiter)
        lines[index] = delimiter.join(fields[:at] + fields[at : at + 1] * copies + fields[at + 1 :])
    return lines


@on_lines
def delete_rows(rng, lines, _delimiter):
    del lines[pick_block(rng, lines)]
    return lines or [""]


@on_lines
def duplicate_rows(rng, lines, _delimiter):
    span = pick_block(rng, lines)
    return lines[: span.stop] + lines[span] + lines[span.stop :]


@on_lines
def remove_last_rows(rng, lines, _delimiter):
    return lines[: -int(rng.integers(1, max(2, len(lines))))]


@on_lines
def insert_blank_lines(rng, lines, delimiter):
    at = int(rng.integers(0, len(lines)))
    blank = delimiter * int(rng.integers(0, 4))
    return lines[:at] + [blank] * int(rng.integers(1, 4)) + lines[at:]


@on_lines
def pad_delimiters(rng, lines, delimiter):
    width = int(rng.integers(1, 30))
    return [line.rstrip("\r") + delimiter * max(0, width - line.count(delimiter)) for line in lines]


@on_lines
def quote_fields(rng, lines, delimiter):
    if any('"' in line for line in lines):
        return lines
    span = slice(None) if rng.random() < 0.6 else pick_block(rng, lines)
    lines[span] = [
        delimiter.join(f'"{f}"' for f in line.rstrip("\r").split(delimiter)) for line in lines[span]
    ]
    return lines


@on_lines
def swap_sections(rng, lines, delimiter):
    starts = [i for i, line in enumerate(lines) if not line.strip(f"{delimiter}\r ") or line.startswith("[")]
    bounds = sorted({0, *starts, len(lines)})
    parts = [lines[a:b] for a, b in pairwise(bounds)]
    if len(parts) > 1:
        a, b = rng.choice(len(parts), 2, replace=False)
        parts[a], parts[b] = parts[b], parts[a]
    return [line for part in parts for line in part]


def change_encoding(rng: Rng, content: bytes) -> bytes:
    codec = str(rng.choice(["utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-8-sig", "utf-8", "cp1252"]))
    return content.decode("cp1252", errors="replace").encode(codec, errors="replace")


def change_line_ends(rng: Rng, content: bytes) -> bytes:
    end = (b"\r\n", b"\r", b"\n")[int(rng.integers(0, 3))]
    return content.replace(b"\r\n", b"\n").replace(b"\n", end)


def truncate(rng: Rng, content: bytes) -> bytes:
    return content[: int(rng.integers(0, len(content)))]


def insert_bytes(rng: Rng, content: bytes) -> bytes:
    odd = (b"\xef\xbb\xbf", b"\x00", b"\x0b", b"\x1b", b"\x00" * 50)[int(rng.integers(0, 5))]
    at = int(rng.integers(0, len(content))) if rng.random() < 0.8 else 0
    return content[:at] + odd + content[at:]


def replace_by_junk(rng: Rng, content: bytes) -> bytes:
    at, length = int(rng.integers(0, len(content))), int(rng.integers(1, 40))
    junk = bytes(rng.choice(list(_JUNK), min(length, len(content) - at)).astype(np.uint8))
    return content[:at] + junk + content[at + length :]


def fill_with_junk(rng: Rng, content: bytes) -> bytes:
    return content[:20] + rng.bytes(len(content) // 2)


def change_a_number(rng: Rng, content: bytes) -> bytes:
    """A field of a binary header becomes a number that counts, sizes and offsets must not be."""
    odd = (0, 1, 2, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(content), (1 << 63) - 1)
    width = int(rng.choice([1, 2, 4, 8]))
    number = odd[int(rng.integers(0, len(odd)))] & ((1 << 8 * width) - 1)
    data = number.to_bytes(width, "little" if rng.random() < 0.5 else "big")
    at = _in_header(rng, content)
    return content[:at] + data + content[at + width :]


def flip_bits(rng: Rng, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        changed[_in_header(rng, content)] ^= 1 << int(rng.integers(0, 8))
    return bytes(changed)


def move_a_block(rng: Rng, content: bytes) -> bytes:
    """Some bytes are taken out, and perhaps stand elsewhere: what follows them is where nothing points."""
    start, length = _in_header(rng, content), int(rng.integers(1, 200))
    block, rest = content[start : start + length], content[:start] + content[start + length :]
    at = int(rng.integers(0, len(rest) + 1))
    return rest[:at] + block * int(rng.integers(0, 3)) + rest[at:]


def _in_header(rng: Rng, content: bytes) -> int:
    """A place in a binary file: mostly near its beginning or its end, where the structure stands."""
    near = min(len(content), 600)
    start = (0, len(content) - near, 0)[int(rng.integers(0, 3))]
    return start + int(rng.integers(0, near if rng.random() < 0.8 else len(content) - start))


OF_BYTES = (truncate, insert_bytes, replace_by_junk, fill_with_junk)
OF_HEADERS = (*OF_BYTES, change_a_number, flip_bits, move_a_block, change_a_number)
TEXT = {".txt", ".csv", ".tsv"}
FLOW = {".fcs", ".001"}
VIDEOS = {".tif", ".avi", ".mkv", ".mp4"}
OF_TEXT = (
    drop_line,
    duplicate_line,
    swap_lines,
    rename_keyword,
    swap_keywords,
    swap_names_in_a_line,
    change_delimiter,
    change_decimal_mark,
    change_unit,
    delete_column,
    duplicate_column,
    delete_rows,
    duplicate_rows,
    remove_last_rows,
    insert_blank_lines,
    pad_delimiters,
    quote_fields,
    swap_sections,
    change_encoding,
    change_line_ends,
)
OF_ROWS = {"drop_line", "duplicate_line", "delete_rows", "duplicate_rows", "remove_last_rows", "truncate"}
"""The mutations that take away or repeat whole rows."""
OF_COLUMNS = {"delete_column", "duplicate_column"}
"""The mutations that take away or repeat a column."""


def mutate(seed: int, content: bytes, *, suffix: str) -> tuple[str, bytes]:
    """One mutation by its seed, of a kind that happens to files of that suffix: its name and the bytes."""
    rng = np.random.default_rng(seed)
    if suffix in FLOW:
        choices = flow_mutations.ALL
    else:
        choices = (*OF_TEXT, *OF_BYTES) if suffix in TEXT else OF_HEADERS if suffix in VIDEOS else OF_BYTES
    change = choices[seed % len(choices)]
    return change.__name__, change(rng, content)


def change_one_value(seed: int, content: bytes) -> bytes | None:
    """Another digit in one value of a row of numbers; None when the file has no such row."""
    rng = np.random.default_rng(seed)
    text = text_of(content)
    delimiter, lines = delimiter_of(text), text.split("\n")
    rows = [i for i, line in enumerate(lines) if is_data(line, delimiter)]
    if not rows:
        return None
    index = int(rng.choice(rows))
    digits = [m.start() for m in re.finditer(r"\d", lines[index])]
    at = int(rng.choice(digits))
    other = str((int(lines[index][at]) + int(rng.integers(1, 10))) % 10)
    lines[index] = lines[index][:at] + other + lines[index][at + 1 :]
    return bytes_of("\n".join(lines))
