"""Columns of NanoSight's two particle tables, ``AllTracks`` and ``ParticleData``.

The layout is known from public programs that read these files; no real file was at hand. Rows are
independent of each other, so the checks are those that a row allows: the order of the columns, and the
product of size and diffusion coefficient, which Stokes and Einstein fix for one temperature and viscosity.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, nearest, quoted
from vesicle.measurements import Setting, SizeRun, SizeTracks
from vesicle.measurements.sizing import FloatArray
from vesicle.readers import RawFile
from vesicle.readers.text import (
    decimal_mark,
    decode,
    guess_delimiter,
    head_text,
    parse_number,
    split_rows,
    without_empty_end,
)
from vesicle.results import Warned

PARTICLE = "Particle ID"
SIZE = "Size/nm"
DIFFUSION = "Diffusion coefficient/nm^2 s^-1"
INCLUDED = "Included in distribution?"
INTENSITY = "Ln(Adjusted intensity)/AU"

_YES = {"true", "yes", "1"}
_NO = {"false", "no", "0"}
_LARGEST_NM = 10_000.0
_WATER_NM3_PER_S = 4.3e8
"""kT / (3 pi viscosity) for water at 20 degrees Celsius, in nm^3/s."""
_FAR = 4.0
_SPREAD = 1.1
_ODD_FLOAT = re.compile(r"[+-]?(inf|nan|1\.#\w+)", re.IGNORECASE)
"""How programs print the logarithm of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackTable:
    """The rows of a particle table by our column names, with the file's row number of each."""

    where: str
    decimal: str
    columns: dict[str, list[str]]
    rows: tuple[int, ...]
    warnings: tuple[Warned, ...] = field(default=())

    def numbers(self, name: str, *, is_allowed: Callable[[float], bool]) -> FloatArray:
        """One column as numbers.

        Parameters
        ----------
        name : str
            The column.
        is_allowed : callable
            Says whether a number can be true.

        Returns
        -------
        numpy.ndarray
            Shape (rows,).

        Raises
        ------
        BadValue
            Naming the first row whose field is no number or cannot be true.
        """
        found = list[float]()
        for row, text in zip(self.rows, self.columns[name], strict=True):
            number = parse_number(text, decimal=self.decimal)
            if number is None or not is_allowed(number):
                raise self._bad(name, row, text)
            found.append(number)
        return np.array(found, dtype=np.float64)

    def integers(self, name: str, *, least: int) -> NDArray[np.int64]:
        """One column as whole numbers.

        Parameters
        ----------
        name : str
            The column.
        least : int
            The smallest that can be true.

        Returns
        -------
        numpy.ndarray
            Shape (rows,).
        """
        numbers = self.numbers(name, is_allowed=lambda x: least <= x < 2**53 and x == int(x))
        return numbers.astype(np.int64)

    def included(self) -> NDArray[np.bool_]:
        """Which rows the vendor's distribution used.

        Returns
        -------
        numpy.ndarray
            Shape (rows,).

        Raises
        ------
        BadValue
            When a field is neither true nor false.
        """
        found = list[bool]()
        for row, text in zip(self.rows, self.columns[INCLUDED], strict=True):
            word = text.casefold()
            if word not in _YES | _NO:
                raise self._bad(INCLUDED, row, text)
            found.append(word in _YES)
        return np.array(found, dtype=np.bool_)

    def _bad(self, name: str, row: int, text: str) -> BadValue:
        return BadValue(
            f"'{text[:40]}' cannot be true in the column '{name}'.",
            where=f"{self.where}, row {row}",
            why="Sizes lie above 0 and up to 10 um, frames are counted, inclusion is True or False.",
            next_step="Export the file again; do not edit it by hand.",
        )


def sniff_columns(head: bytes, *, columns: Sequence[str], without: Sequence[str]) -> float:
    """How surely a file is a table with the given columns.

    Parameters
    ----------
    head : bytes
        The first bytes.
    columns : sequence of str
        What its header must name.
    without : sequence of str
        What its header must not name, since that is the other table.

    Returns
    -------
    float
        0 to 1.
    """
    header = next((line for line in head_text(head).splitlines() if line.strip()), "").casefold()
    if any(name.casefold() in header for name in without):
        return 0.0
    found = sum(name.casefold() in header for name in columns)
    return 1.0 if found == len(columns) else 0.9 if found >= len(columns) - 1 else 0.0


def read_columns(raw: RawFile, *, columns: Sequence[str]) -> TrackTable:
    """The named columns of a particle table.

    Parameters
    ----------
    raw : RawFile
        The file; its ``columns`` may rename ours.
    columns : sequence of str
        The names that the layout has, in its order.

    Returns
    -------
    TrackTable
        All rows as text.

    Raises
    ------
    MissingColumn
        When a column is absent or stands twice.
    TruncatedFile
        When a row inside the table has fewer or more fields than the header.
    """
    text, repaired = decode(raw.content, where=raw.name)
    lines = text.split("\n")
    try:
        split = split_rows(text, delimiter=guess_delimiter([line for line in lines if line.strip()][:20]))
    except csv.Error as error:
        raise ReadError(
            "A line of the file is no line of a table.", where=raw.name, why=f"{error}."
        ) from error
    filled = [(number, fields) for number, fields in enumerate(split, start=1) if any(fields)]
    header = without_empty_end(filled[0][1])
    places = {name: _place(raw, header, name) for name in columns}
    rows, lost = _whole_rows(filled[1:], len(header), where=raw.name)
    held = {name: [fields[place] for _, fields in rows] for name, place in places.items()}
    decimal = decimal_mark((text for column in held.values() for text in column), where=raw.name)
    moved = () if list(places.values()) == sorted(places.values()) else (_moved(header),)
    return TrackTable(
        where=raw.name,
        decimal=decimal,
        columns=held,
        rows=tuple(number for number, _ in rows),
        warnings=(*repaired, *moved, *lost),
    )


def _place(raw: RawFile, header: Sequence[str], name: str) -> int:
    wanted = raw.columns.get(name, name).casefold()
    places = [index for index, found in enumerate(header) if found.casefold() == wanted]
    if len(places) == 1:
        return places[0]
    close = nearest(name, header)
    raise MissingColumn(
        f"The column '{name}' stands {len(places)} times in the header.",
        where=f"{raw.name}, header",
        why=f"Found {quoted(header)}." + (f" The nearest is '{close}'." if close and not places else ""),
        next_step=f"Export the file again, or name the column '{name}' under [readers] in vesicle.toml.",
    )


def _whole_rows(
    filled: Sequence[tuple[int, list[str]]], width: int, *, where: str
) -> tuple[list[tuple[int, tuple[str, ...]]], tuple[Warned, ...]]:
    rows = [(number, without_empty_end(fields)) for number, fields in filled]
    ragged = [number for number, fields in rows if len(fields) != width]
    if not ragged:
        return rows, ()
    if ragged == [rows[-1][0]] and len(rows[-1][1]) < width:
        message = "The file ends within a row; that row is left out."
        return rows[:-1], (Warned(code="table_truncated", message=message, row=ragged[0]),)
    raise TruncatedFile(
        "A row has lost or gained fields.",
        where=f"{where}, row {ragged[0]}",
        why=f"The header has {width} columns; {len(ragged)} rows have another number of fields.",
        next_step="Export the file again; do not edit it by hand.",
    )


def _moved(header: Sequence[str]) -> Warned:
    message = f"The columns stand in an order that no NanoSight export has: {quoted(header)}."
    return Warned(code="columns_reordered", message=message, row=1)


def without_unsized(table: TrackTable) -> TrackTable:
    """The table without the particles that were not used and have no possible size.

    Parameters
    ----------
    table : TrackTable
        The file.

    Returns
    -------
    TrackTable
        The same table, or a smaller one with the warning ``track_without_size``.
    """
    used = table.included()
    keep = [
        bool(is_used) or _is_size(parse_number(text, decimal=table.decimal))
        for is_used, text in zip(used, table.columns[SIZE], strict=True)
    ]
    if all(keep):
        return table
    lost = table.rows[keep.index(False)]
    message = (
        f"{keep.count(False)} rows of particles that the instrument left out have no size and are not listed."
    )
    return replace(
        table,
        columns={name: list(compress(column, keep)) for name, column in table.columns.items()},
        rows=tuple(compress(table.rows, keep)),
        warnings=(*table.warnings, Warned(code="track_without_size", message=message, row=lost)),
    )


def doubt_intensity(table: TrackTable) -> tuple[Warned, ...]:
    """A warning when the intensity, which nothing here uses, is no number: the row may be damaged.

    Parameters
    ----------
    table : TrackTable
        The file.

    Returns
    -------
    tuple of Warned
        Empty, or ``odd_value`` with the first such row.
    """
    for row, text in zip(table.rows, table.columns[INTENSITY], strict=True):
        if parse_number(text, decimal=table.decimal) is None and not _ODD_FLOAT.fullmatch(text):
            message = f"'{text[:40]}' is no number in the column '{INTENSITY}'; the row may be damaged."
            return (Warned(code="odd_value", message=message, row=row),)
    return ()


def _is_size(number: float | None) -> bool:
    return number is not None and 0 < number <= _LARGEST_NM


def read_sizes(table: TrackTable) -> FloatArray:
    """The diameters of the rows, in nm.

    Parameters
    ----------
    table : TrackTable
        The file.

    Returns
    -------
    numpy.ndarray
        Shape (rows,).
    """
    return table.numbers(SIZE, is_allowed=_is_size)


def doubt_diffusion(table: TrackTable, size_nm: FloatArray) -> tuple[Warned, ...]:
    """A warning when sizes and diffusion coefficients do not belong together.

    Parameters
    ----------
    table : TrackTable
        The file.
    size_nm : numpy.ndarray
        The diameters of its rows.

    Returns
    -------
    tuple of Warned
        Empty, or ``size_and_diffusion_disagree``.
    """
    product = size_nm * table.numbers(DIFFUSION, is_allowed=lambda x: x > 0)
    if not product.size:
        return ()
    middle = float(np.median(product))
    is_wide = product.max() > _SPREAD * middle or product.min() < middle / _SPREAD
    if not is_wide and 1 / _FAR <= middle / _WATER_NM3_PER_S <= _FAR:
        return ()
    worst = table.rows[int(np.argmax(np.abs(np.log(product / middle))))]
    message = (
        "Size and diffusion coefficient of the particles do not fit one temperature and viscosity of water."
    )
    return (Warned(code="size_and_diffusion_disagree", message=message, row=worst),)


def run_of(raw: RawFile, table: TrackTable, tracks: SizeTracks, *, reader: str, suffix: str) -> SizeRun:
    """The run that a particle table makes.

    Parameters
    ----------
    raw : RawFile
        The file.
    table : TrackTable
        Its rows.
    tracks : SizeTracks
        Its tracks.
    reader : str
        The reader's name.
    suffix : str
        What the instrument adds to the name of the video.

    Returns
    -------
    SizeRun
        Without histogram and concentration, which these tables do not hold.
    """
    stem = PurePosixPath(raw.name).stem
    used = int(tracks.included.sum())
    quality = (
        Setting(name="tracks", value=str(len(tracks.included)), key=PARTICLE),
        Setting(name="included_tracks", value=str(used), key=INCLUDED),
    )
    return SizeRun(
        files=(raw.ref,),
        reader=reader,
        stem=stem,
        sample=stem.removesuffix(suffix).rstrip("_- ") or stem,
        status="ok" if used else "no_result",
        tracks=tracks,
        quality=quality,
        instrument="NanoSight",
        warnings=table.warnings,
    )
