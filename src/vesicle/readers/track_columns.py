"""Which column of a table of tracks holds what: by its header, by a row of units below it, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from vesicle.errors import BadValue, MissingColumn, nearest, quoted
from vesicle.readers.headers import bare, fold, length_factor, split_length

Role: TypeAlias = Literal["track", "frame", "x", "y"]
ROLES: tuple[Role, ...] = ("track", "frame", "x", "y")
TABLE = "[readers.track-table]"

_AXIS = (
    "{0}, position {0}, pos {0}, {0} position, {0} pos, coordinate {0}, coord {0}, {0} coordinate, {0} coord, "
    "centroid {0}, {0} centroid"
)
_SURE: Mapping[Role, str] = {
    "track": "particle, particle id, particle index, particle no, particle nr, particle number, track, tracks, "
    "track id, track index, track no, track nr, track number, track n°, track #, trackid, trajectory, "
    "trajectory id, trajectory no, trajectory number, traj, traj id, trajid, tid",
    "frame": "frame, frames, frame id, frame index, frame no, frame nr, frame number, frame n°, frame #",
    "x": _AXIS.format("x"),
    "y": _AXIS.format("y"),
}
_UNSURE: Mapping[Role, str] = {"track": "id", "frame": "t, slice, slice n°, image", "x": "", "y": ""}
"""Names that other tables use for other things; taken only where no surer name stands in the header."""

_NAMES: dict[Role, tuple[frozenset[str], ...]] = {
    role: tuple(frozenset(text.split(", ")) - {""} for text in (_SURE[role], _UNSURE[role])) for role in ROLES
}
_PIXEL = "px|pix|pixels?"
_WITH_PIXEL = re.compile(rf"(.*?)(?:[\s_,;:/.]*[(\[]\s*(?:{_PIXEL})\s*[)\]]|[\s_,;:/]+(?:{_PIXEL}))")
_IN_BRACKETS = re.compile(r"[(\[]\s*(.+?)\s*[)\]]")
_FRAME_UNITS = (None, "frame", "frames", "#")
_FIRST = re.compile(r"\s*[^\W\d_].{0,59}$", flags=re.DOTALL)
"""How a name begins; cells of numbers are most of a table, and are not looked at further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the four columns stand, their headers, and the length of the unit of the positions.

    ``unit_nm`` is None for pixels. ``unit`` is ``px``, ``um``, ``nm`` or another length, empty where nothing
    states it.
    ``is_sure`` is False when a column was found by a name that other tables use for other things.
    """

    places: Mapping[Role, int]
    headers: Mapping[Role, str]
    unit: str
    unit_nm: float | None
    is_sure: bool


def is_track_header(row: Sequence[str], columns: Mapping[str, str] | None = None) -> bool:
    """Whether a row could be the header of a table of tracks.

    Parameters
    ----------
    row : sequence of str
        Its cells.
    columns : mapping, optional
        The user's names for columns.

    Returns
    -------
    bool
        True when track, frame, x and y are all named.

    Examples
    --------
    >>> is_track_header(["", "y", "x", "mass", "frame", "particle"])
    True
    """
    return not missing_roles(row, columns or {})


def missing_roles(row: Sequence[str], columns: Mapping[str, str]) -> tuple[Role, ...]:
    """Which of the four columns a row does not name.

    Parameters
    ----------
    row : sequence of str
        Its cells.
    columns : mapping
        The user's names for columns.

    Returns
    -------
    tuple of str
        Of ``track``, ``frame``, ``x`` and ``y``.
    """
    return tuple(role for role in ROLES if not _candidates(row, role, columns)[0])


def is_sure_header(row: Sequence[str]) -> bool:
    """Whether every column is named as only tables of tracks name it.

    Parameters
    ----------
    row : sequence of str
        A header.

    Returns
    -------
    bool
        False when a track is called ``id``, or a frame ``t``.
    """
    return all(_candidates(row, role, {})[1] for role in ROLES)


def columns_of(
    header: Sequence[str], below: Sequence[Sequence[str]], said: Mapping[str, str], *, where: str
) -> Columns:
    """Where the columns of a table of tracks stand.

    Parameters
    ----------
    header : sequence of str
        The cells of the header.
    below : sequence of sequence of str
        Rows between the header and the first row of numbers: TrackMate writes names and units there.
    said : mapping
        The user's names from ``[readers.track-table]``: ``track``, ``frame``, ``x``, ``y``, ``unit``.
    where : str
        File and row for messages.

    Returns
    -------
    Columns
        With the unit of the positions.

    Raises
    ------
    MissingColumn
        When a column is not there.
    BadValue
        When two columns could be one, or the unit of the positions is not clear.
    """
    _check_keys(said, where=where)
    found = {role: _candidates(header, role, said) for role in ROLES}
    places: dict[Role, int] = {role: _only(header, role, found[role][0], said, where=where) for role in ROLES}
    headers: dict[Role, str] = {role: header[place].strip() for role, place in places.items()}
    unit, unit_nm = _unit(header, below, places, said, where=where)
    return Columns(
        places=places,
        headers=headers,
        unit=unit,
        unit_nm=unit_nm,
        is_sure=all(is_sure for _, is_sure in found.values()),
    )


def _candidates(row: Sequence[str], role: Role, columns: Mapping[str, str]) -> tuple[list[int], bool]:
    """The places that could hold a role, by the surest names that occur, and whether those are sure."""
    if role in columns:
        return [i for i, cell in enumerate(row) if fold(cell) == fold(columns[role])], True
    named = {i: _named(cell, role) for i, cell in enumerate(row) if _FIRST.match(cell)}
    for rank, names in enumerate(_NAMES[role]):
        places = [i for i, name in named.items() if name in names]
        if places:
            return places, rank == 0
    return [], False


def _named(cell: str, role: Role) -> str:
    """The words of a header without their unit; empty when it states a unit that the role cannot have."""
    words, unit = split_unit(cell)
    if role in {"x", "y"}:
        return words
    return words if unit in _FRAME_UNITS else ""


@lru_cache(maxsize=1024)
def split_unit(cell: str) -> tuple[str, str | None]:
    """The words and the unit of a header, pixels included.

    Parameters
    ----------
    cell : str
        As it stands in the file.

    Returns
    -------
    words : str
        Folded, without the unit.
    unit : str or None
        ``px``, a length, or other words in brackets.

    Examples
    --------
    >>> split_unit("X/pixels"), split_unit("x_um"), split_unit("POSITION_X"), split_unit("t (s)")
    (('x', 'px'), ('x', 'um'), ('position x', None), ('t', 's'))
    """
    text = fold(cell)
    pixels = _WITH_PIXEL.fullmatch(text)
    if pixels:
        return bare(pixels[1]), "px"
    return split_length(text)


def _only(
    header: Sequence[str], role: Role, places: Sequence[int], said: Mapping[str, str], *, where: str
) -> int:
    if len(places) == 1:
        return places[0]
    if not places:
        raise missing_column(header, role, said, where=where)
    names = [header[place].strip() for place in places]
    raise BadValue(
        f"More than one column could be the {_spoken(role)}.",
        where=where,
        why=f"Found {quoted(names)}.",
        next_step=f'Write {role} = "{names[0]}" under {TABLE} in vesicle.toml, or give each column its own name.',
    )


def missing_column(
    header: Sequence[str], role: Role, said: Mapping[str, str], *, where: str
) -> MissingColumn:
    """The error about a column that a table of tracks lacks.

    Parameters
    ----------
    header : sequence of str
        What its header names.
    role : str
        What is missing.
    said : mapping
        The user's names.
    where : str
        File and row.

    Returns
    -------
    MissingColumn
        With the nearest spelling.
    """
    cells = [cell.strip() for cell in header if cell.strip()]
    wanted = said.get(role)
    close = nearest(wanted or role, cells)
    return MissingColumn(
        f"There is no column '{wanted}'." if wanted else f"The table has no column for the {_spoken(role)}.",
        where=where,
        why=f"Found {quoted(cells)}." + (f" The nearest is '{close}'." if close else ""),
        next_step=f"Export track, frame, x and y for every point, or name the columns under {TABLE}.",
    )


def _spoken(role: Role) -> str:
    return {"track": "number of the track", "frame": "number of the frame"}.get(role, f"position {role}")


def _unit(
    header: Sequence[str],
    below: Sequence[Sequence[str]],
    places: Mapping[Role, int],
    said: Mapping[str, str],
    *,
    where: str,
) -> tuple[str, float | None]:
    """The unit of x and y and its length in nm; None for pixels, which stand where nothing is stated."""
    if "unit" in said:
        length = _length(said["unit"], where=where)
        return _canonical(said["unit"], length), length
    x, y = (_stated(header, below, places[axis]) for axis in ("x", "y"))
    lengths = [None if unit is None else _length(unit, where=where) for unit in (x, y)]
    if lengths[0] != lengths[1] or (x is None) != (y is None):
        raise BadValue(
            "The positions have different units.",
            where=where,
            why=f"x is in '{x or 'no stated unit'}', y in '{y or 'no stated unit'}'.",
            next_step=f'Export both in one unit, or write unit = "um" under {TABLE} in vesicle.toml.',
        )
    return _canonical(x, lengths[0]), lengths[0]


def _canonical(unit: str | None, unit_nm: float | None) -> str:
    if unit is None or unit_nm is None:
        return "" if unit is None else "px"
    return {1.0: "nm", 1000.0: "um"}.get(unit_nm, unit)


def _stated(header: Sequence[str], below: Sequence[Sequence[str]], place: int) -> str | None:
    """The unit in the header, else in a row below it: in brackets, or a unit that we know."""
    return split_unit(header[place])[1] or next(_units_below(below, place), None)


def _units_below(below: Sequence[Sequence[str]], place: int) -> Iterator[str]:
    for row in below:
        text = fold(row[place]) if place < len(row) else ""
        bracketed = _IN_BRACKETS.fullmatch(text)
        if bracketed:
            yield bracketed[1]
        elif _is_known(text):
            yield text


def _is_known(text: str) -> bool:
    try:
        _length(text, where="")
    except BadValue:
        return False
    return True


def _length(unit: str, *, where: str) -> float | None:
    """How many nm a unit has, None for pixels."""
    if re.fullmatch(_PIXEL, fold(unit)):
        return None
    try:
        return length_factor(unit)
    except BadValue as error:
        raise BadValue(
            "The unit of the positions is not one that vesicle knows.",
            where=where,
            why=f"Found '{unit[:40]}'; known are px, nm and um.",
            next_step=f"Name the unit in the header, for example 'x (um)', or write unit = \"px\" under {TABLE}.",
        ) from error


def _check_keys(said: Mapping[str, str], *, where: str) -> None:
    allowed = (*ROLES, "unit")
    for key in said:
        if key not in allowed:
            close = nearest(key, allowed)
            raise BadValue(
                f"{TABLE} has no key '{key}'.",
                where=where,
                why=f"Allowed: {quoted(allowed)}.",
                next_step=f"Did you mean '{close}'?" if close else "Delete the line in vesicle.toml.",
            )
