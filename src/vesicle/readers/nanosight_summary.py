"""NanoSight summaries: ``*ExperimentSummary.csv`` of several videos, ``*_Summary.csv`` of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath

from vesicle.measurements import Setting, SizeHistogram, SizeRun, VendorSummary, VideoResult
from vesicle.readers import RawFile, Reader
from vesicle.readers.nanosight_doubts import find_doubts, remarks_of
from vesicle.readers.nanosight_layout import MARKERS, Layout, fold, parse_layout
from vesicle.readers.nanosight_table import ClassTable, count_videos, read_table
from vesicle.readers.nanosight_values import (
    Printed,
    dilution_of,
    merge_settings,
    read_printed,
    read_settings,
    setting_name,
    total_tracks,
)
from vesicle.readers.text import head_text

NAME = "nanosight-summary-csv"
_DETAILS = "experiment details"
_CAPTURED = re.compile(r"(\d\d?):(\d\d):(\d\d)\s+(\d\d?)/(\d\d?)/(\d{4})")
_PER_FRAME = ("particles per frame", "centres per frame", "x-drift (pix/frame)", "y-drift (pix/frame)")


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a NanoSight summary, from the words in it.

    Parameters
    ----------
    name : str
        Not used: people rename files, and hand-made tables borrow the name.
    head : bytes
        The first 64 KiB.

    Returns
    -------
    float
        0 to 1.
    """
    del name
    text = head_text(head).casefold()
    found = sum(marker in text for marker in MARKERS)
    return 1.0 if found >= 4 else 0.9 if found == 3 else 0.0


def read_summary(raw: RawFile) -> SizeRun:
    """The run of one NanoSight summary file.

    Parameters
    ----------
    raw : RawFile
        The file.

    Returns
    -------
    SizeRun
        The average over the videos, and each video in ``per_video``.

    Raises
    ------
    ReadError
        When there is no number-weighted size table or its numbers cannot be true.
    """
    layout = parse_layout(raw.content, where=raw.name)
    table = read_table(layout)
    videos = count_videos(layout)
    has_average = table.average is not None
    printed = read_printed(layout, videos=videos, has_average=has_average)
    settings = read_settings(layout, videos=videos)
    vendor, histogram = _of_run(printed, table)
    measured = _measured_per_ml(vendor, printed)
    is_empty = not histogram.amount.any() or total_tracks(printed.vendors) == 0
    return SizeRun(
        files=(raw.ref,),
        reader=NAME,
        stem=PurePosixPath(raw.name).stem,
        sample=_sample(layout, printed),
        status="no_result" if is_empty else "ok",
        vendor=vendor,
        dilution=dilution_of(printed.dilutions),
        measured_per_ml=measured,
        temperature_c=_mean(printed.temperature_c),
        viscosity_mpas=_mean(printed.viscosity_mpas),
        acquired=_acquired(layout),
        histogram=histogram,
        per_video=_per_video(layout, printed, table, settings),
        settings=(*merge_settings(settings), *_described(layout)),
        quality=_quality(layout, printed),
        instrument="NanoSight",
        software=_software(layout),
        warnings=(
            *layout.warnings,
            *table.warnings,
            *printed.warnings,
            *find_doubts(layout, printed, table, settings),
        ),
    )


def _of_run(printed: Printed, table: ClassTable) -> tuple[VendorSummary, SizeHistogram]:
    if table.average is not None and printed.average is not None:
        return printed.average, table.histogram(table.average)
    if len(printed.vendors) == 1:
        return printed.vendors[0], table.histogram(table.videos[:, 0])
    tracks = VendorSummary(tracks=total_tracks(printed.vendors), reproduced=("tracks",))
    return tracks, table.histogram(table.videos.mean(axis=1))


def _measured_per_ml(vendor: VendorSummary, printed: Printed) -> float | None:
    """The concentration before the instrument multiplied it, when one factor holds for all videos."""
    if vendor.concentration_per_ml is None or len(set(printed.dilutions)) != 1:
        return None
    return vendor.concentration_per_ml / (printed.dilutions[0] or 1.0)


def _per_video(
    layout: Layout, printed: Printed, table: ClassTable, settings: Sequence[tuple[Setting, ...]]
) -> tuple[VideoResult, ...]:
    remarks = remarks_of(layout, videos=len(printed.names))
    return tuple(
        VideoResult(
            name=name,
            vendor=printed.vendors[index],
            histogram=table.histogram(table.videos[:, index]),
            dilution=dilution_of(printed.dilutions[index : index + 1]),
            temperature_c=printed.temperature_c[index],
            viscosity_mpas=printed.viscosity_mpas[index],
            settings=settings[index],
            remarks=remarks[index],
        )
        for index, name in enumerate(printed.names)
    )


def _sample(layout: Layout, printed: Printed) -> str:
    stated = (_detail(layout, key) for key in ("sample name", "sample description"))
    experiment = _detail(layout, "experiment name").removesuffix(".nano")
    return next((text for text in (*stated, experiment) if text), PurePosixPath(printed.names[0]).stem)


def _detail(layout: Layout, key: str) -> str:
    row = layout.find(_DETAILS, key)
    return row.values[0] if row is not None and row.values else ""


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _acquired(layout: Layout) -> str | None:
    """The time of capture; the instrument writes the day before the month."""
    match = _CAPTURED.search(_detail(layout, "time captured"))
    if match is None:
        return None
    hour, minute, second, day, month, year = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second).isoformat()
    except ValueError:
        return None


def _software(layout: Layout) -> str:
    lines = (row.fields[0] for section in layout.sections[:1] for row in section.rows)
    created = next((line for line in lines if fold(line).startswith("created with ")), "")
    return created[len("created with ") :] or _detail(layout, "software version")


def _described(layout: Layout) -> tuple[Setting, ...]:
    details = [layout.find(_DETAILS, key) for key in ("diluent", "pre-treatment", "remarks")]
    regions = next(layout.rows_of("exclusion regions"), None)
    method = layout.block.row("analysis method")
    found = [
        Setting(name=setting_name(row.key), value=row.values[0], key=row.fields[0], row=row.number)
        for row in (*details, method)
        if row is not None and row.values
    ]
    if regions is not None:
        text = ", ".join(regions.fields)
        found.append(
            Setting(name="exclusion_regions", value=text, key="Exclusion Regions", row=regions.number)
        )
    return tuple(found)


def _quality(layout: Layout, printed: Printed) -> tuple[Setting, ...]:
    count = len(printed.names)
    found = [Setting(name="videos", value=str(count), key="Filename:")]
    totals = {"completed_tracks": _total(printed.completed), "valid_tracks": total_tracks(printed.vendors)}
    keys = {"completed_tracks": "Completed tracks", "valid_tracks": "Valid Tracks"}
    found += [Setting(name=n, value=str(t), key=keys[n]) for n, t in totals.items() if t is not None]
    for key in _PER_FRAME:
        row = layout.find("results", key)
        if row is not None and row.values:
            value = (
                row.values[count]
                if len(row.values) > count
                else " | ".join(dict.fromkeys(row.values[:count]))
            )
            name = setting_name(key.partition(" (")[0])
            found.append(Setting(name=name, value=value, key=row.fields[0], row=row.number))
    return tuple(found)


def _total(values: Sequence[float | None]) -> int | None:
    known = [value for value in values if value is not None]
    return round(sum(known)) if len(known) == len(values) else None


READER = Reader(
    name=NAME,
    title="NanoSight summary (csv)",
    patterns=("*ExperimentSummary.csv", "*_Summary.csv"),
    sniff=sniff,
    read=read_summary,
    gives="size distribution, concentration, settings and warnings of each video",
    how_to_export="In NTA, tick 'Experiment summary (csv)' with number weighting on export.",
)
