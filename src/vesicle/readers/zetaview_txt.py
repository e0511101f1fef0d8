"""ZetaView ``*_size_*.txt``: header, a linear size table, a row of -1, and the same particles on a log grid.

Layout seen in software 8.05 and 8.06. The two tables hold the same tracks, so only the first is used;
adding both doubles the concentration. The concentration column is as measured; the stock is that times
the dilution and the correction factor of the header.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vesicle.errors import TruncatedFile
from vesicle.inference.histograms import mean_and_sd, percentiles_at_centres
from vesicle.measurements import SizeHistogram, SizeRun, VendorSummary
from vesicle.readers import RawFile, Reader
from vesicle.readers.text import decode, head_text
from vesicle.readers.zetaview_header import QUALITY, SETTINGS, Header, is_zetaview, parse_header
from vesicle.readers.zetaview_table import (
    ANY_TABLE,
    SizeBlock,
    as_histogram,
    read_blocks,
    table_doubts,
    table_line,
)
from vesicle.results import Warned


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
    return 0.95 if ANY_TABLE.search(text) else 0.6


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
    at = table_line(lines, where=raw.name)
    header = parse_header(lines[:at], where=raw.name)
    blocks = read_blocks(lines, at, decimal=header.decimal, where=raw.name)
    notes += (*header.warnings, *_sample_doubts(header))
    first = blocks[0] if blocks and blocks[0].number.sum() > 0 else None
    if first is None:
        _refuse_cut_off(lines, at, header, where=raw.name)
        return _run(raw, header, notes=(*notes, *_no_result(header)))
    linear = as_histogram(first)
    second = as_histogram(blocks[1]) if len(blocks) > 1 else None
    names = [name.strip() for name in lines[at].split("\t")]
    notes += (*table_doubts(blocks, names, row=at + 1), *_header_doubts(linear, header))
    return _run(raw, header, linear=linear, second=second, notes=notes, block=first)


def _refuse_cut_off(lines: list[str], at: int, header: Header, *, where: str) -> None:
    """A failed run has no tracks and a row of -1; a table that merely ends early is not one."""
    stated = header.number("Number of Traces")
    is_marked = any(line.startswith("-1") for line in lines[at + 1 :])
    if is_marked and not stated:
        return
    raise TruncatedFile(
        "The size table holds no track.",
        where=f"{where}, row {at + 1}",
        why=f"The header states {stated or 0:g} tracks; a run without result has none, and a row of -1.",
        next_step="Copy the file again from the instrument's computer; it may be cut off.",
    )


def _sample_doubts(header: Header) -> Iterator[Warned]:
    if not header.text("Sample"):
        message = "The header names no sample; the file's name is used."
        yield Warned(code="sample_missing", message=message)
    key = "Concentration Correction Factor"
    if header.text(key) and not (header.number(key) or 0) > 0:
        message = f"The correction factor '{header.text(key)}' is not usable; 1 was assumed."
        yield Warned(code="correction_unusable", message=message, row=header.entries[key].row)


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
    if stated is None:
        message = "The header states no number of tracks, so the empty table cannot be cross-checked."
        yield Warned(code="cross_check_missing", message=message)


def _run(
    raw: RawFile,
    header: Header,
    *,
    linear: SizeHistogram | None = None,
    second: SizeHistogram | None = None,
    block: SizeBlock | None = None,
    notes: tuple[Warned, ...],
) -> SizeRun:
    stem = raw.name.rsplit(".", 1)[0]
    measured = float(block.per_ml.sum()) if block is not None and block.per_ml is not None else None
    correction = header.number("Concentration Correction Factor") or 1.0
    correction = correction if correction > 0 else 1.0
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
