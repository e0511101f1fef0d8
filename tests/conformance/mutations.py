"""Structural damage to text exports, seeded, and what counts as the same numbers afterwards."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import numpy as np

from vesicle.measurements import SizeHistogram

Damage = Callable[[random.Random, list[str]], list[str]]

LEFT_OUT = {"row", "first_row", "size_bytes", "settings", "quality", "warnings", "report", "files", "file"}
"""Fields that say where something stands or what was printed, and are no numbers of the measurement."""


def _pick(rng: random.Random, lines: list[str]) -> int:
    return rng.randrange(len(lines))


def _at(lines: list[str], index: int, *new: str) -> list[str]:
    return [*lines[:index], *new, *lines[index + 1 :]]


def delete_line(rng, lines):
    return _at(lines, _pick(rng, lines))


def repeat_line(rng, lines):
    index = _pick(rng, lines)
    return _at(lines, index, lines[index], lines[index])


def exchange_lines(rng, lines):
    index = rng.randrange(max(1, len(lines) - 1))
    return [*lines[:index], *lines[index : index + 2][::-1], *lines[index + 2 :]]


def cut_off(rng, lines):
    text = "\n".join(lines)
    return text[: rng.randrange(1, len(text))].split("\n")


def cut_head(rng, lines):
    return lines[rng.randrange(1, max(2, len(lines) // 2)) :]


def blank_line(rng, lines):
    index = _pick(rng, lines)
    return _at(lines, index, lines[index], "")


def other_delimiter_in_line(rng, lines):
    index = _pick(rng, lines)
    return _at(lines, index, lines[index].replace("\t", rng.choice([",", ";", " ", "  "])))


def other_delimiter(rng, lines):
    mark = rng.choice([",", ";", " ", "|"])
    return [line.replace("\t", mark) for line in lines]


def other_decimal_in_line(rng, lines):
    index = _pick(rng, lines)
    return _at(lines, index, lines[index].translate(str.maketrans(".,", ",.")))


def other_decimal(rng, lines):
    del rng
    return [line.replace(".", ",") for line in lines]


def drop_field(rng, lines):
    index = _pick(rng, lines)
    cells = lines[index].split("\t")
    del cells[rng.randrange(len(cells))]
    return _at(lines, index, "\t".join(cells))


def exchange_header_cells(rng, lines):
    heads = [
        i for i, line in enumerate(lines) if re.fullmatch(r"(?:[^\t:]*[A-Za-z][^\t:]*(?:\t|$)){4,}", line)
    ]
    index = rng.choice(heads)
    cells = lines[index].split("\t")
    one, two = rng.sample(range(len(cells)), 2)
    cells[one], cells[two] = cells[two], cells[one]
    return _at(lines, index, "\t".join(cells))


def misspell(rng, lines):
    named = [i for i, line in enumerate(lines) if any(ch.isalpha() for ch in line.partition("\t")[0])]
    index = rng.choice(named)
    places = [i for i, ch in enumerate(lines[index]) if ch.isalpha() and ch not in "eE"]
    if not places:
        return lines
    at = rng.choice(places)
    return _at(lines, index, lines[index][:at] + rng.choice("qx#") + lines[index][at + 1 :])


def other_unit(rng, lines):
    swaps = [
        (" nm", " um"),
        ("cm-3", "mm-3"),
        ("(nm)", "(um)"),
        ("p./mL", "p./uL"),
        (" mV", " V"),
        ("/cm", "/m"),
    ]
    old, new = rng.choice(swaps)
    return [line.replace(old, new) for line in lines]


def quote_fields(rng, lines):
    del rng
    return ["\t".join(f'"{cell}"' for cell in line.split("\t")) for line in lines]


def strip_line_ends(rng, lines):
    del rng
    return [line.rstrip() for line in lines]


def drop_column(rng, lines):
    column = rng.randrange(5)
    return ["\t".join(c for i, c in enumerate(line.split("\t")) if i != column) for line in lines]


def negate(rng, lines):
    index = _pick(rng, lines)
    cells = lines[index].split("\t")
    at = rng.randrange(len(cells))
    cells[at] = f"-{cells[at]}" if cells[at][:1].isdigit() else cells[at]
    return _at(lines, index, "\t".join(cells))


def not_a_number(rng, lines):
    index = _pick(rng, lines)
    cells = lines[index].split("\t")
    at = rng.randrange(len(cells))
    cells[at] = rng.choice(["NaN", "", "#REF!", "inf"]) if cells[at][:1].isdigit() else cells[at]
    return _at(lines, index, "\t".join(cells))


DAMAGES: tuple[Damage, ...] = (
    delete_line,
    repeat_line,
    exchange_lines,
    cut_off,
    cut_head,
    blank_line,
    other_delimiter_in_line,
    other_delimiter,
    other_decimal_in_line,
    other_decimal,
    drop_field,
    exchange_header_cells,
    misspell,
    other_unit,
    quote_fields,
    strip_line_ends,
    drop_column,
    negate,
    not_a_number,
)
ENCODINGS = ("cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le")


def damaged(content: bytes, seed: int) -> tuple[str, bytes]:
    """One damage, in the order of the seeds each kind in turn, with its name."""
    rng = random.Random(seed)
    lines = content.decode("cp1252", errors="replace").replace("\r\n", "\n").split("\n")
    damage = DAMAGES[seed % len(DAMAGES)]
    text = rng.choice(["\n", "\r\n"]).join(damage(rng, lines))
    encoding = rng.choice(ENCODINGS) if rng.random() < 0.2 else "cp1252"
    name = f"{seed}: {damage.__name__}, {encoding}"
    return name, text.encode(encoding, errors="replace")


def numbers_in(record: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every number, flag and status inside a measurement, with its path."""
    if isinstance(record, SizeHistogram):
        yield path, _filled_classes(record)
    elif isinstance(record, np.ndarray):
        yield path, tuple(np.atleast_1d(record).tolist())
    elif isinstance(record, bool | int | float) or path.endswith(("status", "applied_by")):
        yield path, record
    elif isinstance(record, tuple):
        yield f"{path}.length", len(record)
        for index, item in enumerate(record):
            yield from numbers_in(item, f"{path}.{index}")
    elif is_dataclass(record):
        for field in fields(record):
            if field.name not in LEFT_OUT:
                yield from numbers_in(getattr(record, field.name), f"{path}.{field.name}")


def _filled_classes(histogram: SizeHistogram) -> tuple[tuple[float, ...], ...]:
    """The classes that hold something; an empty one more or less at an end is the same distribution."""
    columns = (histogram.centre_nm, histogram.edges_nm[:-1], histogram.edges_nm[1:], histogram.amount)
    return tuple(tuple(map(float, row)) for row in zip(*columns, strict=True) if row[3] > 0)


def other_numbers(before: object, after: object) -> list[str]:
    """The paths at which the second measurement holds another number; a missing number is no other one."""
    old, new = dict(numbers_in(before)), dict(numbers_in(after))
    return [path for path, value in new.items() if old.get(path, "absent") != value]
