"""``vesicle cytometry``: small particles in a cytometer, for scripts; no dossier is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.cytometry_export import Exported, export, refuse_place
from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.cli.scan import columns
from vesicle.errors import NothingRecognised, UsageError
from vesicle.results import NotAssessed, Quantity, value_of

if TYPE_CHECKING:
    from vesicle.analysis import Inputs
    from vesicle.events import Listener
    from vesicle.findings import DiameterBand, FlowCount, FlowFinding
    from vesicle.measurements import FlowFile
    from vesicle.readers.scan import ReadOutcome

_READERS = "fcs"
"""The names of the readers of cytometer files begin with it."""


@click.command("cytometry", short_help="Count small particles in a cytometer's files, beside their controls.")
@click.argument("folder", type=GivenPath())
@click.option(
    "--export",
    "out",
    type=GivenPath(),
    metavar="OUT_FOLDER",
    help="Write events with calibrated channels (FCS 3.1) into a folder outside FOLDER.",
)
@click.option("--force", is_flag=True, help="Let --export replace files of the same name.")
@json_option
def COMMAND(  # noqa: N802 - declared, not called
    folder: Path, *, out: Path | None, force: bool, as_json: bool
) -> NoReturn:
    """Print counts, controls and calibrated diameters of the small-particle FCS files in FOLDER."""
    exported = None
    if force and out is None:
        raise UsageError(
            "--force belongs to --export.", next_step="Name a folder after --export, or leave it out."
        )
    if out is not None:
        refuse_place(folder, out, is_replacing=force)
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        measured = measure(folder, listen=listen)
        if out is not None:
            exported = export(measured.found, measured.inputs, folder=folder, out=out, listen=listen)
    is_without = exported is not None and not exported.paths
    answer = Answer(
        document=document(measured, exported),
        text=_text(measured, exported),
        exit_code=1 if measured.refused or is_without else 0,
    )
    respond(answer, as_json=as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the cytometer's files of a folder say of small particles.

    Every file that is not stated to hold cells counts as one of particles; ``cells`` are those, ``refused`` files
    that cannot be read. ``inputs`` still hold the events.
    """

    found: FlowFinding
    inputs: Inputs
    cells: tuple[FlowFile, ...]
    refused: tuple[ReadOutcome, ...]


def measure(folder: Path, *, listen: Listener) -> Measured:
    """Read the cytometer files of a folder and count.

    Parameters
    ----------
    folder : pathlib.Path
        With or without a manifest.
    listen : callable
        Draws the events.

    Returns
    -------
    Measured
        With the finding.

    Raises
    ------
    NothingRecognised
        When the folder holds no cytometer file.
    """
    from vesicle import spine
    from vesicle.analysis import Inputs
    from vesicle.measurements import FlowFile
    from vesicle.readers.assemble import assemble
    from vesicle.readers.scan import read_file
    from vesicle.standards import load_limits
    from vesicle.vesicles.flow import analyse_flow
    from vesicle.vesicles.flow_files import ALL

    scanned = spine.scan(folder, listen=listen)
    files = [file for file in scanned.files if (file.reader or "").startswith(_READERS)]
    if not files:
        raise NothingRecognised(
            "There is no cytometer file in this folder.",
            where=str(folder),
            next_step="Export .fcs files from the cytometer's software.",
        )
    outcomes = [read_file(file) for file in files]
    read = (outcome.measurement for outcome in outcomes if outcome.measurement)
    measured = assemble(read, scanned.manifest.files, scanned.manifest.video)
    inputs = Inputs(
        manifest=scanned.manifest,
        limits=load_limits(scanned.manifest.limits),
        measurements=measured,
        settings={"cytometry": ALL},
    )
    return Measured(
        found=analyse_flow(inputs),
        inputs=inputs,
        cells=tuple(file for file in inputs.all(FlowFile) if file.subject == "cells"),
        refused=tuple(outcome for outcome in outcomes if outcome.error),
    )


def document(measured: Measured, exported: Exported | None = None) -> Mapping[str, object]:
    """The machine contract of ``vesicle cytometry --json``.

    Parameters
    ----------
    measured : Measured
        From :func:`measure`.
    exported : Exported, optional
        What was written, where that was asked for.

    Returns
    -------
    mapping
        Ready for JSON.
    """
    found = measured.found
    files = [*map(_file, found.counts), *map(_of_cells, measured.cells), *map(_refused, measured.refused)]
    written = {} if exported is None else {"exported": [str(path.resolve()) for path in exported.paths]}
    return {
        "schema": "vesicle.cytometry/1",
        "calibration": _calibration(found),
        "files": sorted(files, key=lambda row: str(row["file"])),
        "diameter_band_nm": _bands(found.diameters),
        "reasons": _reasons(found, exported),
        **written,
    }


def _calibration(found: FlowFinding) -> Mapping[str, object] | None:
    model = found.scatter
    if isinstance(model, NotAssessed):
        return None
    return {
        "gain": model.gain,
        "half_angle_deg": model.half_angle_deg,
        "half_angle_range_deg": [model.half_angle_low_deg, model.half_angle_high_deg],
        "residual_log10": model.residual_log10,
        "wavelength_nm": model.wavelength_nm,
        "channel": model.channel,
        "beads": [
            {
                "diameter_nm": bead.diameter_nm,
                "signal": bead.signal,
                "left_out_error_nm": _quantity(bead.error_nm),
            }
            for bead in model.beads
        ],
        "warnings": [{"code": warned.code, "message": warned.message} for warned in model.warnings],
    }


def _reasons(found: FlowFinding, exported: Exported | None) -> Mapping[str, str]:
    """Why a part of the document is null or incomplete."""
    reasons = {
        "calibration": found.scatter.reason if isinstance(found.scatter, NotAssessed) else "",
        "diameter_band_nm": found.diameters_missing,
        "exported": "; ".join(exported.missing) if exported is not None else "",
    }
    return {name: reason for name, reason in reasons.items() if reason}


def _file(count: FlowCount) -> Mapping[str, object]:
    return {
        "file": count.path,
        "role": count.part,
        "events": count.events,
        "volume_nl": count.volume_nl,
        "events_per_ml": _quantity(count.events_per_ml),
        "ratio_to_control": _quantity(count.ratio_to_control),
        "flags": list(count.flags),
        "stated_role": count.file.role,
        "volume_from": count.volume_from,
        "controls": list(count.controls),
        "control_percent": _quantity(count.control_percent),
        "net_events_per_ml": _quantity(count.net_per_ml),
        "stock_events_per_ml": _quantity(count.stock_per_ml),
        "warnings": [
            {"code": warned.code, "message": warned.message}
            for warned in (*count.file.warnings, *count.warnings)
        ],
    }


def _of_cells(file: FlowFile) -> Mapping[str, object]:
    events = file.datasets[0].stored_events if file.datasets else 0
    missing = "a file of cells"
    return {**_without_numbers(file.file.path, missing), "events": events, "flags": ["cells"]}


def _refused(outcome: ReadOutcome) -> Mapping[str, object]:
    code = outcome.error.code if outcome.error else "unreadable"
    message = str(outcome.error or "")
    return {
        **_without_numbers(outcome.ref.path, message),
        "flags": ["unreadable"],
        "warnings": [{"code": code, "message": message}],
    }


def _without_numbers(path: str, reason: str) -> dict[str, object]:
    missing = {"not_assessed": reason}
    return {
        "file": path,
        "role": "other",
        "events": None,
        "volume_nl": None,
        "events_per_ml": missing,
        "ratio_to_control": missing,
        "flags": [],
        "warnings": [],
    }


def _bands(bands: tuple[DiameterBand, ...]) -> Mapping[str, object] | None:
    """By file, then by percentile: the band, and the diameters of each model behind it."""
    found: dict[str, dict[str, object]] = {}
    for band in bands:
        found.setdefault(band.file, {})[band.what] = {
            "low": band.low_nm,
            "high": band.high_nm,
            "low_any_angle": band.low_any_angle_nm,
            "high_any_angle": band.high_any_angle_nm,
            "is_complete": band.is_complete,
            "is_below_limit": band.is_below_limit,
            "models": {name: list(sizes) for name, sizes in band.by_model},
        }
    return found or None


def _quantity(quantity: Quantity) -> Mapping[str, object]:
    if isinstance(quantity, NotAssessed):
        return {"not_assessed": quantity.reason}
    names = ("value", "low", "high", "level", "n", "method")
    return {name: getattr(quantity, name) for name in names}


def _text(measured: Measured, exported: Exported | None) -> str:
    head = ("File", "Role", "Events", "Events per mL", "Control (%)", "Flags")
    rows = [head, *map(_row, measured.found.counts)]
    failed = (f"  {one.ref.path}: {one.error}" for one in measured.refused)
    return "\n".join([*columns(rows), *_notes(measured.found), *failed, *_of_export(exported)])


def _of_export(exported: Exported | None) -> Iterator[str]:
    if exported is None:
        return
    for path in exported.paths:
        yield f"Wrote {path}"
    for reason in exported.missing:
        yield f"  Not calibrated: {reason}"


def _row(count: FlowCount) -> tuple[str, ...]:
    return (
        count.path,
        count.part,
        str(count.events),
        _number(count.events_per_ml),
        _number(count.control_percent),
        ", ".join(count.flags) or "-",
    )


def _number(quantity: Quantity) -> str:
    value = value_of(quantity)
    return "-" if value is None else f"{value:.3g}"


def _notes(found: FlowFinding) -> Iterator[str]:
    model = found.scatter
    if isinstance(model, NotAssessed):
        yield f"  No diameters: {model.reason}."
        return
    angle = f"{model.half_angle_deg:.3g} degrees"
    yield f"  {model.channel}: gain {model.gain:.4g} per nm2, half-angle {angle}, residual {model.residual_log10:.3f}"
    for warned in model.warnings:
        yield f"  {warned.message}"
    for band in found.diameters:
        noise = ", below the detection limit" if band.is_below_limit else ""
        span = f"{band.low_nm:.0f} to {band.high_nm:.0f} nm"
        yield f"  {band.file}: {band.what} {span}, over models of a vesicle{noise}"
