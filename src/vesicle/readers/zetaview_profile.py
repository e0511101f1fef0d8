"""ZetaView ``*_prof_*.txt``: a zeta-potential profile over the depth of the cell; it holds no sizes.

The table names a last column ZP that real files leave empty, so the averaged velocity is taken.
"""

from __future__ import annotations

from vesicle.errors import BadValue, MissingColumn
from vesicle.measurements import ZetaProfile
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.readers import RawFile, Reader
from vesicle.readers.text import decimal_mark, decode, head_text, parse_number
from vesicle.readers.zetaview_header import SETTINGS, is_zetaview, parse_header
from vesicle.results import Warned


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
    return ZetaProfile(
        file=raw.ref,
        reader=READER.name,
        sample=header.text("Sample") or raw.name.rsplit(".", 1)[0],
        zeta_mv=zeta,
        zeta_fit_error_mv=header.number("ZP Parabola Fit Accuracy / mV"),
        mobility_um_s_per_v_cm=next(
            (header.number(key) for key in header.entries if key.startswith("Mobility /")), None
        ),
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


def _profile(
    lines: list[str], at: int, decimal: str, *, where: str
) -> tuple[FloatArray, FloatArray, tuple[Warned, ...]]:
    names = [name.strip() for name in lines[at].split("\t")] if at < len(lines) else []
    if "Average" not in names:
        message = "The file holds no table over the cell's depth; it may be cut off."
        return frozen([]), frozen([]), (Warned(code="table_truncated", message=message),)
    wanted, rows = (0, names.index("Average")), list[list[float]]()
    body = [(row, line.split("\t")) for row, line in enumerate(lines[at + 1 :], start=at + 2) if line.strip()]
    if body and decimal_mark((field for _, fields in body for field in fields), where=where) != decimal:
        raise BadValue("Decimal points and decimal commas are mixed.", where=where, next_step="Export again.")
    for row, fields in body:
        numbers = [parse_number(fields[i], decimal=decimal) if i < len(fields) else None for i in wanted]
        rows.append([_number(number, where=f"{where}, row {row}") for number in numbers])
    return frozen([row[0] for row in rows]), frozen([row[1] for row in rows]), ()


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
