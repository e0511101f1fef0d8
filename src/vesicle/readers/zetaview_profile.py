"""ZetaView ``*_prof_*.txt``: a zeta-potential profile over the depth of the cell; it holds no sizes.

The table names a last column ZP that real files leave empty, so the averaged velocity is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from vesicle.errors import BadValue, MissingColumn, quoted
from vesicle.measurements import ZetaProfile
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.readers import RawFile, Reader
from vesicle.readers.text import decimal_mark, decode, head_text, parse_number
from vesicle.readers.zetaview_header import SETTINGS, Header, is_zetaview, parse_header
from vesicle.results import Warned

_COLUMNS = ("Position", "Positive V", "Negative V", "Average")
_MOBILITY = re.compile(r"Mobility /\s*[^A-Za-z]?m/s/V/cm")
"""The micro sign has many encodings; any one character that is not a letter is taken for it."""


def sniff(name: str, head: bytes) -> float:
    """How surely this is a ZetaView zeta-potential profile.

    Parameters
    ----------
    name : str
        The file's name; it is not needed.
    head : bytes
        The first bytes.

    Returns
    -------
    float
        0.95 when the header is ZetaView's and a profile follows.
    """
    del name
    text = head_text(head)
    return 0.95 if is_zetaview(text) and ("ZP Profile:" in text or "Zeta Potential / mV" in text) else 0.0


def read(raw: RawFile) -> ZetaProfile:
    """One zeta-potential profile.

    Parameters
    ----------
    raw : RawFile
        The text export.

    Returns
    -------
    ZetaProfile
        Potential in mV, profile as read-only arrays.

    Raises
    ------
    ReadError
        When the potential or the profile is missing, or a value is not a number.
    """
    text, notes = decode(raw.content, where=raw.name)
    lines = text.split("\n")
    at = next((i for i, line in enumerate(lines) if line.startswith("Position\t")), len(lines))
    header = parse_header(lines[:at], where=raw.name)
    zeta = header.number("Zeta Potential / mV")
    if zeta is None:
        raise MissingColumn(
            "The profile states no zeta potential.",
            where=raw.name,
            why="The line 'Zeta Potential / mV:' is missing or holds no number.",
            next_step="Export the profile again.",
        )
    position, velocity, doubts = _profile(lines, at, header.decimal, where=raw.name)
    mobility = next((header.number(key) for key in header.entries if _MOBILITY.fullmatch(key)), None)
    doubts += tuple(_doubts(header, zeta, mobility, len(position)))
    return ZetaProfile(
        file=raw.ref,
        reader=READER.name,
        sample=header.text("Sample") or raw.name.rsplit(".", 1)[0],
        zeta_mv=zeta,
        zeta_fit_error_mv=header.number("ZP Parabola Fit Accuracy / mV"),
        mobility_um_s_per_v_cm=mobility,
        position=position,
        velocity_um_s=velocity,
        temperature_c=header.number("Temperature"),
        conductivity_us_cm=header.number("Conductivity"),
        ph=header.number("pH"),
        dilution=header.dilution,
        acquired=header.acquired,
        settings=header.settings(SETTINGS),
        warnings=(*notes, *header.warnings, *doubts),
    )


def _doubts(header: Header, zeta: float, mobility: float | None, rows: int) -> Iterator[Warned]:
    if mobility is None:
        message = "The profile states no usable mobility in um/s per V/cm."
        yield Warned(code="mobility_missing", message=message)
    for key in ("pH", "Conductivity", "ZP Parabola Fit Accuracy / mV"):
        if header.number(key) is None:
            yield Warned(code="value_missing", message=f"The profile states no usable '{key}'.")
    factor = parse_number(header.text("ZP Factor").split(" ")[0], decimal=header.decimal)
    if factor is None:
        message = "The profile states no factor between mobility and potential, so they cannot be compared."
        yield Warned(code="cross_check_missing", message=message)
    elif mobility is not None and abs(zeta - factor * mobility) > 1e-3 * abs(zeta):
        message = f"The potential is {zeta:g} mV, its own factor times the mobility {factor * mobility:.5g}."
        yield Warned(code="potential_disagrees", message=message)
    stated = header.number("Positions")
    if stated != rows:
        shown = "no number of" if stated is None else f"{stated:g}"
        message = f"The header states {shown} positions, the profile holds {rows}."
        yield Warned(code="positions_disagree", message=message)


def _profile(
    lines: list[str], at: int, decimal: str, *, where: str
) -> tuple[FloatArray, FloatArray, tuple[Warned, ...]]:
    names = [name.strip() for name in lines[at].split("\t")] if at < len(lines) else []
    if not names:
        message = "The file holds no table over the cell's depth; it may be cut off."
        return frozen([]), frozen([]), (Warned(code="table_truncated", message=message),)
    if tuple(names[:4]) != _COLUMNS:
        raise MissingColumn(
            "The profile has other columns than the instrument writes.",
            where=f"{where}, row {at + 1}",
            why=f"Found {quoted(names)}; expected {quoted(_COLUMNS)} first.",
            next_step="Use the file as the instrument wrote it.",
        )
    rows = list[list[float]]()
    body = [(row, line.split("\t")) for row, line in enumerate(lines[at + 1 :], start=at + 2) if line.strip()]
    if body and decimal_mark((field for _, fields in body for field in fields), where=where) != decimal:
        raise BadValue("Decimal points and decimal commas are mixed.", where=where, next_step="Export again.")
    for row, fields in body:
        numbers = [parse_number(field, decimal=decimal) for field in fields[: len(_COLUMNS)]]
        numbers += [None] * (len(_COLUMNS) - len(numbers))
        rows.append([_number(number, where=f"{where}, row {row}") for number in numbers])
    table = np.array(rows).reshape(-1, len(_COLUMNS))
    return frozen(table[:, 0]), frozen(table[:, 3]), tuple(_average_doubts(table, first_row=at + 2))


def _average_doubts(table: FloatArray, *, first_row: int) -> Iterator[Warned]:
    """The average is that of both polarities; four digits are printed of each."""
    halves = table[:, 1:3] / 2
    odd = np.abs(halves.sum(axis=1) - table[:, 3]) > 1e-3 * np.abs(halves).sum(axis=1) + 1e-3
    if odd.any():
        message = f"The average of {int(odd.sum())} positions is not that of both polarities."
        yield Warned(code="average_disagrees", message=message, row=first_row + int(np.argmax(odd)))
    if np.any(np.diff(table[:, 0]) <= 0):
        message = "The positions do not increase, so rows may be doubled or exchanged."
        yield Warned(code="rows_exchanged", message=message, row=first_row)


def _number(number: float | None, *, where: str) -> float:
    if number is None:
        raise BadValue(
            "A value of the profile is not a number.",
            where=where,
            next_step="Copy the file again from the instrument's computer.",
        )
    return number


READER = Reader(
    name="zetaview-profile-txt",
    title="ZetaView zeta-potential profile (text)",
    patterns=("*_prof_*.txt",),
    sniff=sniff,
    read=read,
    gives="zeta potential and mobility, printed beside the size",
    how_to_export="ZetaView software: save the profile as text",
)
