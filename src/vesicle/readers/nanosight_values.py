"""The numbers that a NanoSight summary file prints beside its table: of each video and of their average."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from vesicle.errors import BadValue, quoted
from vesicle.measurements import Dilution, Setting, VendorSummary
from vesicle.readers.nanosight_layout import Layout, Row, bad_field, fold, per_ml_factor
from vesicle.results import Warned

DILUTION_KEY = "dilution factor (concentrations adjusted for this factor)"
SIZE_KEYS = {
    "mean_nm": "mean",
    "mode_nm": "mode",
    "sd_nm": "sd",
    "d10_nm": "d10",
    "d50_nm": "d50",
    "d90_nm": "d90",
}
_CONDITIONS = "conditions"
_UNKNOWN = {"", "n/a", "nan", "unknown", "-1.#ind", "1.#qnan", "-nan(ind)"}
_NO_DILUTION = {"", "n/a", "unknown", "not recorded"}
_SETTING_NAMES = {
    "camera type": "camera",
    "laser type": "laser",
    "shutter/ms": "shutter",
    "frame rate/fps": "frame_rate",
    "syringe pump speed/au": "pump_speed",
    "blur": "blur",
    "total frames analysed": "frames_analysed",
}
_UNITS = {"ms": "ms", "fps": "1/s", "au": "AU"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """All printed numbers; lists have one entry per video, None where the file prints nothing usable."""

    names: tuple[str, ...]
    vendors: tuple[VendorSummary, ...]
    average: VendorSummary | None
    completed: tuple[float | None, ...]
    dilutions: tuple[float | None, ...]
    temperature_c: tuple[float | None, ...]
    viscosity_mpas: tuple[float | None, ...]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    row: Row | None
    videos: tuple[float | None, ...]
    average: float | None


def read_printed(layout: Layout, *, videos: int, has_average: bool) -> Printed:
    """The printed numbers of every video and of their average.

    Parameters
    ----------
    layout : Layout
        The file.
    videos : int
        How many videos the table has.
    has_average : bool
        Whether the table has an average column.

    Returns
    -------
    Printed
        With the warnings ``names_differ``, ``value_missing`` and ``ragged_row``.

    Raises
    ------
    BadValue
        When a field holds text or a negative number, or when columns stand in the wrong place.
    """
    names, doubts = _names(layout, videos)
    _require_alignment(layout, videos)
    lines = _lines(layout, videos, has_average=has_average)
    vendors = tuple(_vendor(lines, index) for index in range(videos))
    return Printed(
        names=names,
        vendors=vendors,
        average=_average_vendor(lines, vendors) if has_average else None,
        completed=lines["completed tracks"].videos,
        dilutions=_dilutions(layout, videos),
        temperature_c=lines["temperature_c"].videos,
        viscosity_mpas=lines["viscosity_mpas"].videos,
        warnings=(*doubts, *_missing(layout, lines, videos, has_average=has_average)),
    )


def _names(layout: Layout, videos: int) -> tuple[tuple[str, ...], list[Warned]]:
    outside = (row for s in layout.sections if "data" not in s.name for row in s.rows)
    top = next((row for row in outside if row.key == "filename"), None)
    beside = layout.block.row("filename")
    labels = () if beside is None else beside.values
    inner = tuple(takewhile(lambda label: fold(label) not in {"average", "standard error"}, labels))
    names = inner if top is None else top.values
    if names and len(names) != videos:
        raise _misplaced(layout, names, videos)
    wrong = [row for row in (top, beside) if row is None or row.values[:videos] != names]
    if wrong or not names:
        message = "The names of the videos above the table and in its heading are not the same."
        doubts = [Warned(code="names_differ", message=message, row=(beside or top or Row(1, ())).number)]
    else:
        doubts = []
    if len(set(names)) != len(names):
        message = "Two videos have the same name; one may have been counted twice."
        doubts.append(Warned(code="duplicate_videos", message=message))
    return names or tuple(f"video {number + 1}" for number in range(videos)), doubts


def _require_alignment(layout: Layout, videos: int) -> None:
    """Refuse a file whose average does not stand just after its videos."""
    heading = next((s.heading for s in layout.sections if s.name == "results"), None)
    for row in (heading, layout.block.row("filename")):
        labels = [] if row is None else [fold(label) for label in row.values]
        if "average" in labels and labels.index("average") != videos:
            raise _misplaced(layout, labels, videos)


def _misplaced(layout: Layout, found: Iterable[str], videos: int) -> BadValue:
    return BadValue(
        "The columns of the file do not fit each other.",
        where=layout.where,
        why=f"The size table has {videos} videos; the file names {quoted(found)}.",
        next_step="Export the file again; a column was added or removed.",
    )


def _lines(layout: Layout, videos: int, *, has_average: bool) -> dict[str, _Line]:
    concentration = next(
        (r for r in layout.rows_of("results") if per_ml_factor(r.fields[0]) is not None), None
    )
    rows = {
        **{name: layout.block.row(key) for name, key in SIZE_KEYS.items()},
        "concentration_per_ml": concentration,
    }
    lines = {name: _line(layout, row, videos, has_average=has_average) for name, row in rows.items()}
    plain = {
        "tracks": layout.block.row("valid tracks"),
        "completed tracks": layout.find("results", "completed tracks"),
        "temperature_c": layout.find(_CONDITIONS, "temperature/c"),
        "viscosity_mpas": layout.find(_CONDITIONS, "viscosity/cp"),
    }
    return lines | {name: _line(layout, row, videos, has_average=False) for name, row in plain.items()}


def _line(layout: Layout, row: Row | None, videos: int, *, has_average: bool) -> _Line:
    if row is None:
        return _Line(None, (None,) * videos, None)
    factor = per_ml_factor(row.fields[0]) or 1.0
    numbers = [_number(layout, row, index + 1, factor) for index in range(videos + has_average)]
    return _Line(row, tuple(numbers[:videos]), numbers[videos] if has_average else None)


def _number(layout: Layout, row: Row, index: int, factor: float) -> float | None:
    text = row.fields[index] if index < len(row.fields) else ""
    if fold(text) in _UNKNOWN:
        return None
    number = layout.number(row, index)
    if number < 0 and row.key != "temperature/c":
        raise bad_field(layout.where, row, text)
    return number * factor


def _vendor(lines: dict[str, _Line], index: int) -> VendorSummary:
    tracks = lines["tracks"].videos[index]
    return _summary(lambda name: lines[name].videos[index], tracks=None if tracks is None else round(tracks))


def _average_vendor(lines: dict[str, _Line], vendors: Sequence[VendorSummary]) -> VendorSummary:
    found = _summary(lambda name: lines[name].average, tracks=total_tracks(vendors))
    return replace(found, reproduced=("tracks",))


def _summary(value: Callable[[str], float | None], *, tracks: int | None) -> VendorSummary:
    return VendorSummary(
        d10_nm=value("d10_nm"),
        d50_nm=value("d50_nm"),
        d90_nm=value("d90_nm"),
        mean_nm=value("mean_nm"),
        mode_nm=value("mode_nm"),
        sd_nm=value("sd_nm"),
        concentration_per_ml=value("concentration_per_ml"),
        tracks=tracks,
    )


def total_tracks(vendors: Sequence[VendorSummary]) -> int | None:
    """The valid tracks of all videos together.

    Parameters
    ----------
    vendors : sequence of VendorSummary
        One per video.

    Returns
    -------
    int or None
        None when a video does not state its tracks.
    """
    tracks = [vendor.tracks for vendor in vendors]
    known = [number for number in tracks if number is not None]
    return sum(known) if len(known) == len(tracks) else None


def _missing(layout: Layout, lines: dict[str, _Line], videos: int, *, has_average: bool) -> list[Warned]:
    found = list[Warned]()
    absent = [
        name.rsplit("_", 1)[0].replace("_per", "")
        for name, line in lines.items()
        if None in line.videos or (has_average and line.average is None and name in _averaged())
    ]
    if layout.find("results", DILUTION_KEY) is None:
        absent.append("dilution factor")
    if absent:
        message = f"The file states no usable {', '.join(absent)}."
        found.append(Warned(code="value_missing", message=message))
    for name, line in lines.items():
        most = videos + 2 * (name in _averaged() or name == "tracks")
        if line.row is not None and len(line.row.values) > most:
            message = f"'{line.row.fields[0]}' has more values than the file has videos."
            found.append(Warned(code="ragged_row", message=message, row=line.row.number))
    return found


def _averaged() -> set[str]:
    return {*SIZE_KEYS, "concentration_per_ml"}


def _dilutions(layout: Layout, videos: int) -> tuple[float | None, ...]:
    row = layout.find("results", DILUTION_KEY)
    if row is None:
        return (None,) * videos
    return tuple(_dilution(layout, row, index + 1) for index in range(videos))


def _dilution(layout: Layout, row: Row, index: int) -> float | None:
    text = row.fields[index] if index < len(row.fields) else ""
    if fold(text) in _NO_DILUTION:
        return None
    factor = layout.number(row, index)
    if factor <= 0:
        raise bad_field(layout.where, row, text)
    return factor


def dilution_of(factors: Sequence[float | None]) -> Dilution:
    """The dilution of one video or of a run, as the file states it.

    Parameters
    ----------
    factors : sequence of float or None
        The factor of each video; None where it was not recorded.

    Returns
    -------
    Dilution
        NanoSight multiplies by a recorded factor itself. When videos differ there is no one factor,
        and the concentration has been multiplied at least in part.
    """
    if all(factor is None for factor in factors):
        return Dilution()
    one = factors[0] if len(set(factors)) == 1 else None
    return Dilution(factor=one, applied_by="instrument", origin="header")


def read_settings(layout: Layout, *, videos: int) -> tuple[tuple[Setting, ...], ...]:
    """The settings of each video, from the conditions and the settings of the file.

    Parameters
    ----------
    layout : Layout
        The file.
    videos : int
        How many videos there are.

    Returns
    -------
    tuple of tuple of Setting
        One tuple per video, all with the same keys in the same order.
    """
    rows = [
        r for r in layout.rows_of(_CONDITIONS, "settings") if r.key not in {"temperature/c", "viscosity/cp"}
    ]
    return tuple(tuple(_setting(row, index) for row in rows if row.values) for index in range(videos))


def _setting(row: Row, index: int) -> Setting:
    value = row.values[index] if index < len(row.values) else ""
    return Setting(
        name=setting_name(row.key), value=value, unit=_unit(row.key), key=row.fields[0], row=row.number
    )


def setting_name(key: str) -> str:
    """Our name of a setting.

    Parameters
    ----------
    key : str
        The file's key.

    Returns
    -------
    str
        Lower case with underscores, without the unit.

    Examples
    --------
    >>> setting_name("Min Track Length")
    'min_track_length'
    """
    folded = fold(key)
    name = _SETTING_NAMES.get(folded, folded.partition("/")[0])
    return "_".join("".join(ch if ch.isalnum() else " " for ch in name).split())


def _unit(key: str) -> str:
    return _UNITS.get(key.rpartition("/")[2], "") if "/" in key else ""


def merge_settings(per_video: Sequence[Sequence[Setting]]) -> tuple[Setting, ...]:
    """The settings of a run: the common value, or the different ones as "a | b".

    Parameters
    ----------
    per_video : sequence of sequence of Setting
        With the same keys for each video.

    Returns
    -------
    tuple of Setting
        One per key.
    """
    merged = list[Setting]()
    for column in zip(*per_video, strict=True):
        value = " | ".join(dict.fromkeys(setting.value for setting in column))
        first = column[0]
        merged.append(Setting(name=first.name, value=value, unit=first.unit, key=first.key, row=first.row))
    return tuple(merged)
