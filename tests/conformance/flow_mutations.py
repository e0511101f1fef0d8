"""Seeded damage to the structure of a flow cytometer's file: header, keywords, offsets, lengths, byte order.

None of them changes one valid value of a keyword into another one that is as good (a range, a gain, a label), nor
a value of an event: no reader can notice that. Keywords that need not be there may not be lost either, for the
same reason, unless the text says so by its structure.
"""

import re
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
STRUCTURAL = re.compile(rb"\$(PAR|TOT|BYTEORD|DATATYPE|MODE|NEXTDATA|BEGINDATA|ENDDATA|P\d+[BENR])")
ODD = (b"", b" ", b"0", b"-1", b"NA", b"NaN", b"1e3", b"99999999", b"12345678", b"7", b"\xb5", b"1,2,3,4,5")
BYTE_ORDERS = (b"1,2,3,4", b"4,3,2,1", b"2,1", b"3,4,1,2", b"1,2,2,1")
TYPES = (b"F", b"D", b"I", b"A", b"X", b"")


def text_place(content: bytes) -> tuple[int, int]:
    """First and last byte of TEXT, as the first header states it."""
    try:
        return int(content[10:18]), int(content[18:26])
    except ValueError:
        return 58, min(len(content) - 1, 500)


def pairs_of(content: bytes) -> tuple[bytes, list[bytes]]:
    first, last = text_place(content)
    text = content[first : last + 1]
    return text[:1], text[1:].removesuffix(text[:1]).split(text[:1])


def with_text(content: bytes, delimiter: bytes, parts: list[bytes], *, keeps_length: bool) -> bytes:
    """Other keywords in place of the old ones; what follows them moves, unless blanks fill what is free."""
    first, last = text_place(content)
    text = delimiter + delimiter.join(parts) + delimiter
    return content[:first] + (text.ljust(last + 1 - first) if keeps_length else text) + content[last + 1 :]


def choose(rng: Rng, parts: list[bytes], pattern: re.Pattern[bytes] = STRUCTURAL) -> int:
    """The place of a structural keyword's name."""
    places = [i for i in range(0, len(parts) - 1, 2) if pattern.fullmatch(parts[i])] or [0]
    return int(rng.choice(places))


def on_keywords(change: Callable[[Rng, list[bytes]], list[bytes]]) -> Callable[[Rng, bytes], bytes]:
    def mutate(rng: Rng, content: bytes) -> bytes:
        delimiter, parts = pairs_of(content)
        return with_text(content, delimiter, change(rng, parts), keeps_length=rng.random() < 0.7)

    mutate.__name__ = change.__name__
    return mutate


@on_keywords
def drop_keyword(rng, parts):
    at = choose(rng, parts)
    return parts[:at] + parts[at + 2 :]


@on_keywords
def rename_keyword(rng, parts):
    at = choose(rng, parts)
    letter = int(rng.integers(0, len(parts[at])))
    other = bytes([int(rng.choice(list(b"QXZ#")))])
    parts[at] = parts[at][:letter] + other + parts[at][letter + 1 :]
    return parts


@on_keywords
def pad_keyword(rng, parts):
    at = int(rng.integers(0, len(parts)))
    parts[at] = b" " * int(rng.integers(0, 3)) + parts[at] + b" " * int(rng.integers(1, 3))
    return parts


@on_keywords
def lower_keywords(rng, parts):
    del rng
    return [part.lower() if i % 2 == 0 else part for i, part in enumerate(parts)]


@on_keywords
def odd_value(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$(PAR|TOT|NEXTDATA|BEGINDATA|ENDDATA|P\d+[BR]|BYTEORD|MODE)"))
    parts[at + 1] = ODD[int(rng.integers(0, len(ODD)))]
    return parts


@on_keywords
def other_total(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$TOT"))
    parts[at + 1] = str(max(0, int(parts[at + 1]) + int(rng.integers(-50, 50)))).encode()
    return parts


@on_keywords
def other_offset(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$(BEGINDATA|ENDDATA)"))
    moved = max(0, int(parts[at + 1]) + int(rng.choice([-100, -8, -4, -2, -1, 1, 2, 4, 8, 100])))
    parts[at + 1] = str(moved).zfill(len(parts[at + 1])).encode()
    return parts


@on_keywords
def other_type(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$DATATYPE"))
    parts[at + 1] = TYPES[int(rng.integers(0, len(TYPES)))]
    return parts


@on_keywords
def other_bits(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$P\d+B"))
    parts[at + 1] = str(int(rng.choice([0, 1, 7, 8, 10, 12, 16, 24, 32, 64]))).encode()
    return parts


@on_keywords
def other_order(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$BYTEORD"))
    parts[at + 1] = BYTE_ORDERS[int(rng.integers(0, len(BYTE_ORDERS)))]
    return parts


@on_keywords
def other_channels(rng, parts):
    at = choose(rng, parts, re.compile(rb"\$PAR"))
    parts[at + 1] = str(int(rng.integers(0, 9))).encode()
    return parts


@on_keywords
def repeat_keyword(rng, parts):
    at = choose(rng, parts)
    return [*parts, parts[at], ODD[int(rng.integers(3, len(ODD)))]]


@on_keywords
def lose_a_value(rng, parts):
    at = choose(rng, parts)
    return parts[: at + 1] + parts[at + 2 :]


def double_a_delimiter(rng: Rng, content: bytes) -> bytes:
    delimiter, parts = pairs_of(content)
    at = int(rng.integers(0, len(parts)))
    parts[at] = delimiter + parts[at]
    return with_text(content, delimiter, parts, keeps_length=False)


def other_delimiter(rng: Rng, content: bytes) -> bytes:
    """Every separator becomes another character, that may stand in values too; or the first one alone does."""
    first, last = text_place(content)
    text = content[first : last + 1]
    other = bytes([int(rng.choice(list(b",|\\\x0c!a0 ")))])
    changed = other + text[1:] if rng.random() < 0.5 else text.replace(text[:1], other)
    return content[:first] + changed + content[last + 1 :]


def other_header_offset(rng: Rng, content: bytes) -> bytes:
    at = 10 + 8 * int(rng.integers(0, 4))
    try:
        number = int(content[at : at + 8])
    except ValueError:
        number = 0
    moved = (
        max(0, number + int(rng.choice([-100, -8, -4, -2, -1, 1, 2, 4, 8, 100])))
        if rng.random() < 0.7
        else int(rng.choice([0, 1, 57, len(content), 99_999_999]))
    )
    return content[:at] + str(moved).rjust(8).encode()[:8] + content[at + 8 :]


def junk_header(rng: Rng, content: bytes) -> bytes:
    at, length = int(rng.integers(0, 58)), int(rng.integers(1, 12))
    junk = bytes(rng.choice(list(b" 0x9\xff\x00-"), min(length, 58 - at)).astype(np.uint8))
    return content[:at] + junk + content[at + length :]


def other_version(rng: Rng, content: bytes) -> bytes:
    version = (b"FCS4.0", b"FCS1.0", b"FCS2.0", b"FCS3.0", b"FCS3.2", b"FCSx.y", b"fcs3.1", b"FCS   ")[
        int(rng.integers(0, 8))
    ]
    return version + content[6:]


def cut(rng: Rng, content: bytes) -> bytes:
    return content[: int(rng.integers(0, len(content)))]


def cut_the_end(rng: Rng, content: bytes) -> bytes:
    return content[: -int(rng.integers(9, 60))]


def insert_in_data(rng: Rng, content: bytes) -> bytes:
    _, last = text_place(content)
    at = int(rng.integers(min(last + 1, len(content)), len(content) + 1))
    return content[:at] + rng.bytes(int(rng.integers(1, 40))) + content[at:]


def remove_from_data(rng: Rng, content: bytes) -> bytes:
    _, last = text_place(content)
    at = int(rng.integers(min(last + 1, len(content) - 1), len(content)))
    return content[:at] + content[at + int(rng.integers(9, 40)) :]


def insert_in_text(rng: Rng, content: bytes) -> bytes:
    first, last = text_place(content)
    at = int(rng.integers(first, last + 1))
    junk = (b"\x00", b"\xef\xbb\xbf", b"\n", b"   ", b"\x1b")[int(rng.integers(0, 5))]
    return content[:at] + junk + content[at:]


ALL = (
    drop_keyword,
    rename_keyword,
    pad_keyword,
    lower_keywords,
    odd_value,
    other_total,
    other_offset,
    other_type,
    other_bits,
    other_order,
    other_channels,
    repeat_keyword,
    lose_a_value,
    double_a_delimiter,
    other_delimiter,
    other_header_offset,
    junk_header,
    other_version,
    cut,
    cut_the_end,
    insert_in_data,
    remove_from_data,
    insert_in_text,
)
