"""From files to runs: parts of one stem become one run, and the user's statements are laid over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from vesicle.manifest import FileRule, VideoDefaults
from vesicle.measurements import (
    FlowFile,
    Micrograph,
    ParticleDiameters,
    PositionTable,
    SizeRun,
    TrackTable,
    VendorReport,
    Video,
)
from vesicle.readers import Measurement
from vesicle.readers.labels import sample_of
from vesicle.readers.said import Said, said_about
from vesicle.readers.settled import dilution_of, role_from, settled_video
from vesicle.readers.settled_flow import settled_flow
from vesicle.readers.settled_pictures import settled_diameters, settled_micrograph
from vesicle.results import Warned

_PRINTED_FIELDS: dict[str, Callable[[SizeRun], float | None]] = {
    "x10_nm": lambda run: run.vendor.d10_nm,
    "x50_nm": lambda run: run.vendor.d50_nm,
    "x90_nm": lambda run: run.vendor.d90_nm,
    "mean_nm": lambda run: run.vendor.mean_nm,
    "sd_nm": lambda run: run.vendor.sd_nm,
    "concentration_per_ml": lambda run: run.measured_per_ml,
    "original_concentration_per_ml": lambda run: run.vendor.concentration_per_ml,
    "dilution": lambda run: run.dilution.factor,
    "tracks": lambda run: run.vendor.tracks,
    "temperature_c": lambda run: run.temperature_c,
}
"""What the report prints, by the value of the text export that it must repeat."""

_VENDOR = "zetaview"
"""The readers whose runs come in several files of one stem."""

_Part = TypeVar("_Part", PositionTable, VendorReport)


def assemble(
    measurements: Iterable[Measurement],
    rules: Sequence[FileRule] = (),
    video: VideoDefaults | None = None,
) -> tuple[Measurement, ...]:
    """Runs and videos from the parts that readers returned, with sample, role, dilution and scale settled.

    The size text, the position table and the report of one stem are one run: those in the same folder
    first, then parts in another folder when only one run and one part of its kind are left with that stem.
    Everything else passes through.

    Parameters
    ----------
    measurements : iterable of Measurement
        In the order of their files.
    rules : sequence of FileRule, optional
        The manifest's ``[[files]]``.
    video : VideoDefaults, optional
        The manifest's ``[video]``.

    Returns
    -------
    tuple of Measurement
        Runs in the place of their size file, then what is left.
    """
    parts = tuple(measurements)
    runs = [part for part in parts if isinstance(part, SizeRun) and part.reader.startswith(_VENDOR)]
    tables = [part for part in parts if isinstance(part, PositionTable)]
    reports = [part for part in parts if isinstance(part, VendorReport)]
    table_of, report_of = _pairs(runs, tables), _pairs(runs, reports)
    done: list[Measurement] = []
    for part in parts:
        if isinstance(part, SizeRun):
            run = _joined(part, table_of.get(id(part)), report_of.get(id(part)))
            done.append(_settled(run, said_about(run.files[0].path, rules, video)))
        elif isinstance(part, Video | TrackTable):
            done.append(settled_video(part, said_about(part.file.path, rules, video)))
        elif isinstance(part, Micrograph):
            done.append(settled_micrograph(part, said_about(part.file.path, rules)))
        elif isinstance(part, ParticleDiameters):
            done.append(settled_diameters(part, said_about(part.file.path, rules)))
        elif isinstance(part, FlowFile):
            done.append(settled_flow(part, said_about(part.file.path, rules)))
        elif not isinstance(part, PositionTable | VendorReport):
            done.append(part)
    used = {id(part) for part in (*table_of.values(), *report_of.values())}
    left = (report for report in reports if id(report) not in used)
    done += [_settled(_from_report(report), said_about(report.file.path, rules)) for report in left]
    return (*done, *(table for table in tables if id(table) not in used))


def _pairs(runs: Sequence[SizeRun], parts: Sequence[_Part]) -> dict[int, _Part]:
    """The part of each run, by the run's identity: same stem and folder, else the only ones of a stem."""
    pairs: dict[int, _Part] = {}
    for by_folder in (True, False):
        taken = {id(part) for part in pairs.values()}
        left: dict[tuple[str, str], list[_Part]] = defaultdict(list)
        for part in parts:
            if id(part) not in taken:
                left[_key(part.file.path, part.stem, by_folder=by_folder)].append(part)
        waiting: dict[tuple[str, str], list[SizeRun]] = defaultdict(list)
        for run in runs:
            if id(run) not in pairs:
                waiting[_key(run.files[0].path, run.stem, by_folder=by_folder)].append(run)
        pairs |= {
            id(group[0]): left[key][0]
            for key, group in waiting.items()
            if len(group) == len(left.get(key, ())) == 1
        }
    return pairs


def _key(path: str, stem: str, *, by_folder: bool) -> tuple[str, str]:
    return path.rpartition("/")[0] if by_folder else "", stem


def _joined(run: SizeRun, table: PositionTable | None, report: VendorReport | None) -> SizeRun:
    if table is not None:
        run = replace(run, files=(*run.files, table.file), positions=table)
        run = replace(run, warnings=(*run.warnings, *table.warnings))
    if report is not None:
        mode = report.vendor.mode_nm if run.vendor.mode_nm is None else run.vendor.mode_nm
        doubts = tuple(_disagreements(run, report))
        run = replace(
            run,
            files=(*run.files, report.file),
            report=report,
            vendor=replace(run.vendor, mode_nm=mode),
            warnings=(*run.warnings, *report.warnings, *doubts),
        )
    return run


def _disagreements(run: SizeRun, report: VendorReport) -> Iterator[Warned]:
    for printed_name, digits in report.printed:
        ours = _PRINTED_FIELDS[printed_name](run) if printed_name in _PRINTED_FIELDS else None
        if ours is not None and not _same_digits(ours, digits):
            message = f"The report prints {printed_name} {digits}; the table yields {ours:.6g}."
            yield Warned(code="report_disagrees", message=message)


def _same_digits(number: float, digits: str) -> bool:
    """Whether a number, rounded to the printed digits, is what was printed (half either way)."""
    mantissa, _, exponent = digits.upper().replace(",", ".").partition("E")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return abs(number - float(digits.replace(",", "."))) <= 0.5000001 * 10.0**-places


def _from_report(report: VendorReport) -> SizeRun:
    message = (
        "Only the vendor's report is here; without the text export there is no distribution to compute from."
    )
    return SizeRun(
        files=(report.file,),
        reader=report.reader,
        stem=report.stem,
        sample=report.sample,
        vendor=report.vendor,
        dilution=report.dilution,
        temperature_c=report.temperature_c,
        acquired=report.acquired,
        report=report,
        settings=report.settings,
        warnings=(*report.warnings, Warned(code="report_only", message=message)),
    )


def _settled(run: SizeRun, said: Said) -> SizeRun:
    dilution, notes = dilution_of(run, said.dilution)
    role, doubts = role_from(run.sample, said)
    return replace(
        run,
        label=run.sample,
        sample=said.sample or sample_of(run.sample, dilution=dilution.factor),
        role=role,
        dilution=dilution,
        declared_dilution=said.dilution,
        scale=said.scale if run.tracks is not None and run.tracks.track is not None else None,
        warnings=(*run.warnings, *notes, *doubts),
    )
