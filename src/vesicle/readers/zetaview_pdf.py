"""ZetaView's printed report: the digits that the instrument's own software puts on the page."""

from __future__ import annotations

import io
import logging
import re
import threading
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vesicle.errors import MissingExtra, ReadError, TruncatedFile
from vesicle.measurements import Dilution, Setting, VendorReport, VendorSummary
from vesicle.readers import RawFile, Reader
from vesicle.readers.text import decimal_mark, parse_number
from vesicle.results import Warned

NAME = "zetaview-pdf"
MOST_PAGES = 3
MOST_BYTES = 50_000_000
MOST_CHARACTERS = 200_000

_NUMBER = r"[+-]?\d+(?:[.,]\d+)?(?:E[+-]?\d+)?"
_NUMBERS = rf"((?:{_NUMBER}\s+)+)"
_X_LABELS = {
    "X10": "x10_nm",
    "X50": "x50_nm",
    "X90": "x90_nm",
    "Span": "span",
    "Mean": "mean_nm",
    "StdDev": "sd_nm",
}
_PRINTED = {
    "concentration_per_ml": rf"(?<!Original )Concentration:\s*({_NUMBER})\s*Particles\s*/\s*mL",
    "original_concentration_per_ml": rf"Original Concentration:\s*({_NUMBER})\s*Particles\s*/\s*mL",
    "dilution": rf"Dilution Factor:\s*({_NUMBER})",
    "correction_factor": rf"Concentration Correction Factor:\s*({_NUMBER})",
    "tracks": rf"Number of Traced Particles:\s*({_NUMBER})",
    "particles_per_frame": rf"Average Counted Particles per Frame:\s*({_NUMBER})",
    "temperature_c": rf"(?<![A-Za-z])Temperature:\s*({_NUMBER})\s*°?\s*C\b",
}
_SETTINGS = (
    ("sop", "SOP", "", r"SOP:[ \t]*(\S[^\n]*)"),
    ("electrolyte", "Electrolyte", "", r"Electrolyte:[ \t]*(\S[^\n]*)"),
    ("laser_wavelength", "Laser Wavelength", "nm", rf"Laser Wavelength:\s*({_NUMBER})"),
    ("filter_wavelength", "Filter Wavelength", "", r"Filter Wavelength:[ \t]*(\S[^\n]*)"),
    ("sensitivity", "Sensitivity", "", rf"Sensitivity:\s*({_NUMBER})"),
    ("shutter", "Shutter", "", rf"Shutter:\s*({_NUMBER})"),
    ("frame_rate", "Frame Rate", "fps", rf"Frame Rate:\s*({_NUMBER})"),
    ("video_resolution", "Video Resolution", "", r"Video Resolution:[ \t]*(\S[^\n]*)"),
    ("max_area", "Max Area", "px", rf"Max Area\s+({_NUMBER})"),
    ("min_area", "Min Area", "px", rf"Min Area\s+({_NUMBER})"),
    ("min_brightness", "Min Bright.", "", rf"Min Bright\.\s+({_NUMBER})"),
    ("class_width", "nm/Class", "nm", rf"nm/Class\s+({_NUMBER})"),
    ("min_track_length", "TL", "frames", rf"\bTL\s+({_NUMBER})"),
    ("cycles", "Cycles", "", rf"({_NUMBER}) Cycles"),
    ("positions", "Positions", "", rf"({_NUMBER}) Positions"),
    ("ph", "pH", "", rf"\bpH:?\s+({_NUMBER})"),
    ("conductivity", "Conductivity", "uS/cm", rf"Conductivity:\s*({_NUMBER})\s*[µμu]S/cm"),
    ("serial", "ZetaView S/N", "", r"ZetaView S/N\s+([^\s,]+)"),
    ("software", "Software", "", r"(ZetaView \(version [^)\n]*\))"),
)
_PEAKS = re.compile(
    rf"Diameter\s*/\s*nm\s+{_NUMBERS}Particles\s*/\s*mL\s+{_NUMBERS}FWHM\s*/\s*nm\s+{_NUMBERS}Percentage\s+{_NUMBERS}"
)
_ACQUIRED = re.compile(r"Experiment:\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?")
_SAMPLE = re.compile(r"Sample Name:[ \t]*(\S[^\n]*)")
_MEDIAN = re.compile(rf"Median \(X50\)\s+({_NUMBER})")
_DEVIATION = re.compile(rf"StdDev\s+({_NUMBER})\s+{_NUMBER}\s+{_NUMBER}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")

_QUIET = threading.Lock()


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a ZetaView report.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.9 for a PDF that names ZetaView, 0.6 for one that is named like its report, else 0.
    """
    if b"%PDF-" not in head[:1024]:
        return 0.0
    if b"ZetaView" in head or b"Z\x00e\x00t\x00a\x00V\x00i\x00e\x00w" in head:
        return 0.9
    return 0.6 if re.search(r"zetaview|_(size|prof)_\d{3}\.pdf$", name, flags=re.IGNORECASE) else 0.0


def read(raw: RawFile) -> VendorReport:
    """The printed report of one run.

    Parameters
    ----------
    raw : RawFile
        A PDF with text, as the ZetaView software writes it.

    Returns
    -------
    VendorReport
        ``printed`` holds the digits of the page, ``vendor`` the same as numbers; the concentration is
        that of the stock and the mode is the peak with the most particles per mL.

    Raises
    ------
    MissingExtra
        When pypdf is not installed.
    ReadError
        When the file is protected, damaged, a picture, or another document.
    """
    text = _page_text(raw)
    _check_is_report(text, raw.name)
    printed, doubts = _printed(text, raw.name)
    numbers = _as_numbers(printed, raw.name)
    stated = _ACQUIRED.search(text)
    sample = _SAMPLE.search(text)
    stem = re.sub(r"\.pdf$", "", raw.name, flags=re.IGNORECASE)
    return VendorReport(
        file=raw.ref,
        reader=NAME,
        stem=stem,
        sample=sample[1].strip() if sample else stem,
        vendor=_vendor(numbers),
        printed=tuple(printed.items()),
        dilution=_dilution(numbers),
        temperature_c=numbers.get("temperature_c"),
        acquired="T".join(part for part in stated.groups() if part) if stated else None,
        settings=tuple(_settings(text)),
        warnings=(*doubts, *_disagreements(text, numbers)),
    )


def _page_text(raw: RawFile) -> str:
    if len(raw.content) > MOST_BYTES:
        raise _unreadable(raw, f"It has {len(raw.content):,} bytes; a report has less than {MOST_BYTES:,}.")
    try:
        import pypdf
    except ImportError as error:
        raise MissingExtra(
            "Reading PDF reports needs the package pypdf.",
            where=raw.name,
            why="It is not installed.",
            next_step="Run: pip install 'vesicle[pdf]'",
        ) from error
    with _quiet():
        try:
            document = pypdf.PdfReader(io.BytesIO(raw.content))
            is_encrypted = document.is_encrypted
            pages = range(0 if is_encrypted else min(len(document.pages), MOST_PAGES))
            text = "\n".join(document.pages[page].extract_text() for page in pages)
        except Exception as error:
            raise _unreadable(raw, f"It is damaged or cut off ({type(error).__name__}).") from error
    if is_encrypted:
        raise _unreadable(raw, "It is protected by a password.")
    if not text.strip():
        raise _unreadable(raw, "It holds no text, only pictures.")
    return text[:MOST_CHARACTERS]


@contextmanager
def _quiet() -> Generator[None]:
    """Keep pypdf's remarks about fonts and repairs out of the user's log while one file is read."""
    logger = logging.getLogger("pypdf")
    with _QUIET, warnings.catch_warnings():
        level = logger.level
        logger.setLevel(logging.CRITICAL + 1)
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)


def _unreadable(raw: RawFile, why: str) -> ReadError:
    return ReadError(
        "This PDF cannot be read as a ZetaView report.",
        where=raw.name,
        why=why,
        next_step="Save the report again from the ZetaView software, or use the size txt of the same run.",
    )


def _check_is_report(text: str, where: str) -> None:
    if "ZetaView" in text and re.search(r"X Values|Original Concentration:", text):
        return
    raise ReadError(
        "This PDF is not a ZetaView size report.",
        where=where,
        why="Its first pages do not hold 'ZetaView' with a table of X values or an original concentration.",
        next_step="Leave it; or export the size txt of the run instead.",
    )


def _printed(text: str, where: str) -> tuple[dict[str, str], tuple[Warned, ...]]:
    """The digits by field, with doubts about fields that are absent or stand twice."""
    doubts: list[Warned] = []
    printed = dict(_x_values(text))
    if not printed:
        doubts.append(Warned(code="x_values_missing", message="The report has no row 'Number' of X values."))
    if printed and not re.search(r"sizes (are given )?in nm", text):
        doubts.append(
            Warned(
                code="unit_assumed", message="The report does not say that sizes are in nm; nm was assumed."
            )
        )
    for name, pattern in _PRINTED.items():
        found = set(re.findall(pattern, text))
        if len(found) > 1:
            raise ReadError(
                "The report states one quantity with two values.",
                where=where,
                why=f"{name}: {', '.join(sorted(found))}.",
                next_step="Save the report of each run as its own PDF.",
            )
        if found:
            printed[name] = found.pop()
        else:
            doubts.append(Warned(code="report_field_missing", message=f"The report does not state {name}."))
    peak = _highest_peak(text, where)
    if peak is None:
        doubts.append(Warned(code="report_field_missing", message="The report has no peak analysis."))
    else:
        printed["peak_nm"], printed["peak_per_ml"] = peak
    return printed, tuple(doubts)


def _x_values(text: str) -> Iterator[tuple[str, str]]:
    words = text.split()
    for start in range(len(words)):
        labels = words[start : start + len(_X_LABELS)]
        if set(labels) != set(_X_LABELS):
            continue
        after = words[start + len(labels) :]
        if "Number" in after[: 4 * len(labels)]:
            at = after.index("Number") + 1
            values, behind = after[at : at + len(labels)], after[at + len(labels) :][:1]
            is_whole = len(values) == len(labels) and behind in ([], ["Concentration"])
            if is_whole and all(re.fullmatch(_NUMBER, value) for value in values):
                yield from ((_X_LABELS[label], value) for label, value in zip(labels, values, strict=True))
        return


def _highest_peak(text: str, where: str) -> tuple[str, str] | None:
    found = _PEAKS.search(text)
    if found is None:
        return None
    diameters, heights, widths, shares = (column.split() for column in found.groups())
    if not len(diameters) == len(heights) == len(widths) == len(shares):
        raise TruncatedFile(
            "The peak table of the report is not complete.",
            where=where,
            why=f"It lists {len(diameters)} diameters and {len(heights)} heights.",
            next_step="Save the report again from the ZetaView software.",
        )
    mark = decimal_mark([*diameters, *heights], where=where)
    rank = [parse_number(height, decimal=mark) or 0.0 for height in heights]
    highest = rank.index(max(rank))
    return diameters[highest], heights[highest]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The printed digits as numbers; a field that is not printed is None."""

    by_name: dict[str, float]

    def get(self, name: str) -> float | None:
        return self.by_name.get(name)


def _as_numbers(printed: dict[str, str], where: str) -> _Numbers:
    mark = decimal_mark(printed.values(), where=where)
    pairs = ((name, parse_number(text, decimal=mark)) for name, text in printed.items())
    return _Numbers({name: number for name, number in pairs if number is not None})


def _vendor(numbers: _Numbers) -> VendorSummary:
    tracks = numbers.get("tracks")
    return VendorSummary(
        d10_nm=numbers.get("x10_nm"),
        d50_nm=numbers.get("x50_nm"),
        d90_nm=numbers.get("x90_nm"),
        mean_nm=numbers.get("mean_nm"),
        mode_nm=numbers.get("peak_nm"),
        sd_nm=numbers.get("sd_nm"),
        concentration_per_ml=numbers.get("original_concentration_per_ml"),
        tracks=None if tracks is None else round(tracks),
    )


def _dilution(numbers: _Numbers) -> Dilution:
    factor = numbers.get("dilution")
    return Dilution() if factor is None else Dilution(factor=factor, applied_by="instrument", origin="pdf")


def _settings(text: str) -> Iterator[Setting]:
    for name, key, unit, pattern in _SETTINGS:
        found = re.search(pattern, text)
        if found:
            yield Setting(name=name, value=found[1].strip()[:200], unit=unit, key=key)


def _disagreements(text: str, numbers: _Numbers) -> Iterator[Warned]:
    """The report states some facts twice; digits that disagree were damaged on the way."""
    if _CONTROL.search(text):
        message = "The text holds control characters that no report contains; it may be damaged."
        yield Warned(code="control_characters", message=message)
    for what, first, second, tolerance in _stated_twice(text, numbers):
        if abs(first - second) > tolerance:
            message = f"{what}: the report prints {first:g} where its other numbers give {second:.4g}."
            yield Warned(code="report_disagrees", message=message)


def _stated_twice(text: str, numbers: _Numbers) -> Iterator[tuple[str, float, float, float]]:
    x10, x50, x90, span = (numbers.get(name) for name in ("x10_nm", "x50_nm", "x90_nm", "span"))
    median, deviation, sd = _MEDIAN.search(text), _DEVIATION.search(text), numbers.get("sd_nm")
    if deviation and sd is not None:
        yield "standard deviation", float(deviation[1].replace(",", ".")), sd, 0.05
    if median and x50 is not None:
        yield "median", float(median[1].replace(",", ".")), x50, 0.05
    if x10 is not None and x50 and x90 is not None and span is not None:
        yield "span", span, (x90 - x10) / x50, 0.06
    measured, factor = numbers.get("concentration_per_ml"), numbers.get("dilution")
    original, correction = numbers.get("original_concentration_per_ml"), numbers.get("correction_factor")
    if measured is not None and factor is not None and original is not None:
        product = measured * factor * (correction or 1.0)
        yield "original concentration", original, product, 0.1 * max(original, product)


READER = Reader(
    name=NAME,
    title="ZetaView report (pdf)",
    patterns=("*_size_*.pdf", "*.pdf"),
    sniff=sniff,
    read=read,
    gives="the vendor's printed percentiles, peak and concentration; checks the size txt of the same run",
    how_to_export="ZetaView software: save the report as PDF next to the size txt.",
)
