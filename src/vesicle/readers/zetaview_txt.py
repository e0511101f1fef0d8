"""ZetaView ``*_size_*.txt``: header, a linear size table, a row of -1, and the same particles on a log grid.

Layout seen in software 8.05 and 8.06. The two tables hold the same tracks, so only the first is used;
adding both doubles the concentration. The concentration column is as measured; the stock is that times
the dilution and the correction factor of the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, quoted
from vesicle.inference.histograms import mean_and_sd, percentiles_at_centres
from vesicle.measurements import SizeHistogram, SizeRun, VendorSummary
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.readers import RawFile, Reader
from vesicle.readers.text import decode, head_text, parse_number
from vesicle.readers.zetaview_header import QUALITY, SETTINGS, Header, is_zetaview, parse_header
from vesicle.results import Warned
from vesicle.units import length_to_nm, per_volume_to_per_ml

_TABLE = re.compile(r"^Size / ?(\S+)\t", re.MULTILINE)
_ANY_TABLE = re.compile(r"^\W*Size / ?\S+", re.MULTILINE)
_PRINTED_DIGITS = 6e-4
"""Class centres are printed with four significant digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One size table: centres in nm, tracks, concentration per mL as measured; row of the first class."""

    size_nm: FloatArray
    number: FloatArray
    per_ml: FloatArray | None
    first_row: int
    is_closed: bool


def sniff(name: str, head: bytes) -> float:
    """How surely this is a ZetaView size export.

    Parameters
    ----------
    name : str
        The file's name; it is not needed.
    head : bytes
        The first bytes.

    Returns
    -------
    float
        0.95 for a ZetaView header with a size table, 0.6 for a ZetaView header alone.
    """
    del name
    text = head_text(head)
    if not is_zetaview(text) or "ZP Profile:" in text or "Mobility /" in text:
        return 0.0
    return 0.95 if _ANY_TABLE.search(text) else 0.6


def read(raw: RawFile) -> SizeRun:
    """One ZetaView size run.

    Parameters
    ----------
    raw : RawFile
        The text export.

    Returns
    -------
    SizeRun
        With ``status`` ``no_result`` when the instrument kept no track.

    Raises
    ------
    ReadError
        When there is no size table, a value cannot be true, or decimal marks are mixed.
    """
    text, notes = decode(raw.content, where=raw.name)
    lines = text.split("\n")
    at = _table_line(lines, where=raw.name)
    header = parse_header(lines[:at], where=raw.name)
    blocks = _read_blocks(lines, at, header, where=raw.name)
    notes += header.warnings
    first = blocks[0] if blocks and blocks[0].number.sum() > 0 else None
    if first is None:
        return _run(raw, header, notes=(*notes, *_no_result(header)))
    linear = _histogram(first)
    second = _histogram(blocks[1]) if len(blocks) > 1 else None
    notes += tuple(_doubts(blocks, linear, header))
    return _run(raw, header, linear=linear, second=second, notes=notes, block=first)


def _table_line(lines: list[str], *, where: str) -> int:
    starts = [i for i, line in enumerate(lines) if _TABLE.match(line)]
    if len(starts) == 1:
        return starts[0]
    if starts:
        raise ReadError(
            "The file holds several size tables with headers.",
            where=f"{where}, rows {', '.join(str(i + 1) for i in starts)}",
            why="One export has one header row 'Size / nm'.",
            next_step="Split the file into one file per measurement.",
        )
    odd = next((i for i, line in enumerate(lines) if _ANY_TABLE.match(line)), None)
    if odd is not None:
        raise ReadError(
            "The columns of the size table are not separated by tabs.",
            where=f"{where}, row {odd + 1}",
            why=f"Found '{lines[odd][:60]}'.",
            next_step="Use the file as the instrument wrote it, not one saved again by another program.",
        )
    raise MissingColumn(
        "There is no size table in this ZetaView export.",
        where=where,
        why="No line begins with 'Size / nm'.",
        next_step="Export the size distribution as text again; the file may be cut off.",
    )


def _read_blocks(lines: list[str], at: int, header: Header, *, where: str) -> list[_Block]:
    names = [name.strip() for name in lines[at].split("\t")]
    size_factor = length_to_nm(_unit(names[0]))
    wanted = [_column(names, "Number", where=f"{where}, row {at + 1}")]
    per_ml = next((i for i, name in enumerate(names) if name.startswith("Concentration")), None)
    volume = re.sub(r"-(\d)$", r"\1", _unit(names[per_ml])) if per_ml is not None else ""
    conc_factor = per_volume_to_per_ml(volume) if per_ml is not None else 0.0
    columns = [0, *wanted, *([per_ml] if per_ml is not None else [])]
    blocks, rows, first_row = list[_Block](), list[list[float]](), at + 2
    for row, values in _rows(lines, at, columns, width=len(names), decimal=header.decimal, where=where):
        is_sentinel = values[0] == -1
        if is_sentinel or (rows and values[0] < rows[-1][0]):
            blocks += _block(rows, first_row, size_factor, conc_factor, is_closed=True)
            rows, first_row = [], row
        if not is_sentinel:
            _refuse_impossible(values, where=f"{where}, row {row}")
            first_row = row if not rows else first_row
            rows.append(values)
    return blocks + _block(rows, first_row, size_factor, conc_factor, is_closed=False)


def _unit(name: str) -> str:
    return name.partition("/")[2].strip()


def _column(names: list[str], name: str, *, where: str) -> int:
    if name in names:
        return names.index(name)
    raise MissingColumn(
        f"The size table has no column '{name}'.",
        where=where,
        why=f"Found {quoted(names)}.",
        next_step="Export again with all columns of the size distribution.",
    )


def _rows(
    lines: list[str], at: int, columns: list[int], *, width: int, decimal: str, where: str
) -> Iterator[tuple[int, list[float]]]:
    for row, line in enumerate(lines[at + 1 :], start=at + 2):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != width:
            raise TruncatedFile(
                "A row of the size table is cut off or has too many columns.",
                where=f"{where}, row {row}",
                why=f"Found {len(fields)} columns, expected {width}.",
                next_step="Copy the file again from the instrument's computer.",
            )
        numbers = [parse_number(fields[i], decimal=decimal) for i in columns]
        values = [number for number in numbers if number is not None]
        if len(values) != len(columns):
            raise BadValue(
                "A value of the size table is not a number.",
                where=f"{where}, row {row}",
                why=f"Found {quoted(fields)}; numbers in this file have the decimal mark '{decimal}'.",
                next_step="Copy the file again from the instrument's computer.",
            )
        yield row, values


def _refuse_impossible(values: list[float], *, where: str) -> None:
    if min(values) < 0 or values[0] == 0:
        raise BadValue(
            "A size or a count cannot be negative.",
            where=where,
            why=f"Found {', '.join(f'{value:g}' for value in values)}.",
            next_step="Export the run again; if it stays, report the file to the maker of the instrument.",
        )


def _block(
    rows: list[list[float]], first_row: int, size_factor: float, conc_factor: float, *, is_closed: bool
) -> list[_Block]:
    if not rows:
        return []
    table = np.array(rows)
    return [
        _Block(
            size_nm=table[:, 0] * size_factor,
            number=table[:, 1],
            per_ml=table[:, 2] * conc_factor if table.shape[1] > 2 else None,
            first_row=first_row,
            is_closed=is_closed,
        )
    ]


def _histogram(block: _Block) -> SizeHistogram:
    """Classes with edges halfway; linear centres are taken from their exact grid, not the printed digits."""
    centre = _exact_grid(block.size_nm)
    middle = (
        (centre[1:] + centre[:-1]) / 2 if _is_linear(block.size_nm) else np.sqrt(centre[1:] * centre[:-1])
    )
    first = max(0.0, 2 * centre[0] - middle[0]) if len(middle) else centre[0] / 2
    last = 2 * centre[-1] - middle[-1] if len(middle) else centre[0] * 1.5
    return SizeHistogram(
        centre_nm=frozen(centre),
        edges_nm=frozen([first, *middle, last]),
        amount=frozen(block.per_ml if block.per_ml is not None else block.number),
        count=frozen(block.number),
        first_row=block.first_row,
    )


def _exact_grid(size_nm: FloatArray) -> FloatArray:
    if not _is_linear(size_nm):
        return size_nm
    return size_nm[0] + (size_nm[1] - size_nm[0]) * np.arange(len(size_nm))


def _is_linear(size_nm: FloatArray) -> bool:
    if len(size_nm) < 2:
        return False
    grid = size_nm[0] + (size_nm[1] - size_nm[0]) * np.arange(len(size_nm))
    return bool(np.all(np.abs(size_nm - grid) <= _PRINTED_DIGITS * grid))


def _doubts(blocks: list[_Block], linear: SizeHistogram, header: Header) -> Iterator[Warned]:
    first = blocks[0]
    if not _is_linear(first.size_nm):
        message = "The classes are not equally wide, so rows may be missing, doubled or exchanged."
        yield Warned(code="classes_not_equidistant", message=message, row=first.first_row)
    if not first.is_closed or len(blocks) < 2:
        message = "The table does not end as written (a row of -1, then a log table); it may be cut off."
        yield Warned(code="table_truncated", message=message, row=first.first_row + len(first.number))
    elif blocks[1].number.sum() != first.number.sum():
        message = f"The two tables hold {first.number.sum():g} and {blocks[1].number.sum():g} tracks."
        yield Warned(code="tables_disagree", message=message, row=blocks[1].first_row)
    if first.per_ml is None:
        yield Warned(code="concentration_missing", message="The size table has no concentration column.")
    yield from _header_doubts(linear, header)


def _header_doubts(linear: SizeHistogram, header: Header) -> Iterator[Warned]:
    count = linear.amount if linear.count is None else linear.count
    stated, median = header.number("Number of Traces"), header.number("Median Number (D50)")
    if stated is None or median is None:
        message = "The header states no number of tracks or no median, so the table cannot be cross-checked."
        yield Warned(code="cross_check_missing", message=message)
    if stated is not None and stated != count.sum():
        message = f"The header states {stated:g} tracks, the table holds {count.sum():g}."
        yield Warned(code="tracks_disagree", message=message, row=header.entries["Number of Traces"].row)
    ours = float(percentiles_at_centres(linear.centre_nm, count, np.array([0.5]))[0])
    if median is not None and abs(ours - median) > 1e-4 * ours:
        message = f"The header states a median of {median:g} nm, the table yields {ours:.6g} nm."
        yield Warned(code="median_disagrees", message=message, row=header.entries["Median Number (D50)"].row)


def _no_result(header: Header) -> Iterator[Warned]:
    stated = header.number("Number of Traces")
    message = f"The instrument kept {stated or 0:g} tracks and wrote no distribution: this run has no result."
    yield Warned(code="no_result", message=message)


def _run(
    raw: RawFile,
    header: Header,
    *,
    linear: SizeHistogram | None = None,
    second: SizeHistogram | None = None,
    block: _Block | None = None,
    notes: tuple[Warned, ...],
) -> SizeRun:
    stem = raw.name.rsplit(".", 1)[0]
    measured = float(block.per_ml.sum()) if block is not None and block.per_ml is not None else None
    correction = header.number("Concentration Correction Factor") or 1.0
    return SizeRun(
        files=(raw.ref,),
        reader=READER.name,
        stem=stem,
        sample=header.text("Sample") or stem,
        status="ok" if linear is not None else "no_result",
        vendor=_vendor(linear, header, measured=measured, correction=correction),
        dilution=header.dilution,
        measured_per_ml=None if measured is None else measured * correction,
        temperature_c=header.number("Temperature"),
        viscosity_mpas=header.number("Viscosity"),
        acquired=header.acquired,
        histogram=linear,
        second_histogram=second,
        settings=header.settings(SETTINGS),
        quality=header.settings(QUALITY),
        instrument=f"ZetaView {header.text('ZetaView S/N')}".strip(),
        software=header.text("Software"),
        warnings=notes,
    )


def _vendor(
    linear: SizeHistogram | None, header: Header, *, measured: float | None, correction: float
) -> VendorSummary:
    tracks = header.number("Number of Traces")
    if linear is None or linear.count is None:
        return VendorSummary(tracks=None if tracks is None else int(tracks))
    x10, x50, x90 = percentiles_at_centres(linear.centre_nm, linear.count, np.array([0.1, 0.5, 0.9]))
    mean, sd = mean_and_sd(linear.centre_nm, linear.count)
    n = float(linear.count.sum())
    printed = header.number("Median Number (D50)")
    factor = header.dilution.factor
    stock = None if measured is None or factor is None else measured * correction * factor
    reproduced = ("d10_nm", "d90_nm", "mean_nm", "sd_nm", *(() if printed else ("d50_nm",)))
    return VendorSummary(
        d10_nm=float(x10),
        d50_nm=printed or float(x50),
        d90_nm=float(x90),
        mean_nm=float(mean),
        sd_nm=float(sd) * (n / (n - 1)) ** 0.5 if n > 1 else None,
        concentration_per_ml=stock,
        tracks=None if tracks is None else int(tracks),
        reproduced=(*reproduced, *(() if stock is None else ("concentration_per_ml",))),
    )


READER = Reader(
    name="zetaview-size-txt",
    title="ZetaView size distribution (text)",
    patterns=("*_size_*.txt",),
    sniff=sniff,
    read=read,
    gives="size distribution, concentration, settings and quality checks of one run",
    how_to_export="ZetaView software: save the size distribution as text",
)
