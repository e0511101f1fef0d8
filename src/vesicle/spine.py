"""From a folder to a dossier in five steps: scan, read, analyse, compose, write.

``scan``, ``read`` and ``write`` touch the disk; ``analyse`` and ``compose`` are pure. The command line, a
notebook and a cluster call the same functions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from vesicle.analysis import Inputs, find_analyses
from vesicle.checks import find_checks
from vesicle.dossier import ComposedSection, Dossier, FileRecord, MissingItem, find_sections
from vesicle.dossier.bundle import bundle
from vesicle.dossier.exports.folder import repair, replace_folder
from vesicle.dossier.exports.place import output_folder
from vesicle.dossier.missing import missing_from, missing_items, unmatched_rules
from vesicle.dossier.records import file_facts, file_records, software
from vesicle.events import FileRead, FileStarted, Listener, Noticed, Progressed, StepDone, StepStarted, ignore
from vesicle.manifest import Manifest
from vesicle.manifest.load import load_manifest
from vesicle.measurements import FolderRecord
from vesicle.readers.assemble import assemble
from vesicle.readers.labels import role_of
from vesicle.readers.scan import ReadOutcome, ScannedFile, read_file, recognised, scan_files, shown
from vesicle.results import CheckResult, Finding
from vesicle.standards import load_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a folder holds before anything is read."""

    folder: Path
    manifest: Manifest
    files: tuple[ScannedFile, ...]
    missing: tuple[MissingItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of all files: records for the dossier, measurements for the analyses."""

    files: tuple[FileRecord, ...]
    measurements: tuple[object, ...]


def run(
    folder: Path | str,
    *,
    out: Path | str | None = None,
    executor: Executor | None = None,
    listen: Listener = ignore,
    strict: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Dossier:
    """The dossier of a folder, written beside it.

    Parameters
    ----------
    folder : path
        The raw files of one preparation, with or without a ``vesicle.toml``; never changed.
    out : path, optional
        Where the dossier goes; ``<folder>-dossier`` unless said. Never inside the folder.
    executor : concurrent.futures.Executor, optional
        Reads files in parallel; any executor will do.
    listen : callable, optional
        Called with every :mod:`vesicle.events` event.
    strict : bool, optional
        Stop at the first file that cannot be read.
    settings : mapping of str to str, optional
        Choices for this run: ``{"viscosity": "water"}`` harmonises all sizes to water.

    Returns
    -------
    Dossier
        The same record that was written.

    Raises
    ------
    VesicleError
        ``UsageError``, ``NothingRecognised`` or ``WriteError``; ``ReadError`` only when strict.
    """
    source, target = Path(folder), output_folder(Path(folder), out)
    scanned = scan(source, listen=listen)
    for sentence in repair(target):
        listen(Noticed(code="repaired", message=sentence))
    reading = read(scanned, executor=executor, listen=listen, strict=strict)
    inputs = analyse(scanned.manifest, reading, settings=settings, listen=listen)
    dossier = compose(scanned, reading, inputs, listen=listen)
    write(dossier, target, listen=listen)
    return dossier


def scan(folder: Path, *, listen: Listener = ignore) -> Scan:
    """Which files are there, who can read them, and what is missing.

    Parameters
    ----------
    folder : pathlib.Path
        An existing folder.
    listen : callable, optional
        Called with events.

    Returns
    -------
    Scan
        Nothing is read beyond what recognising takes.

    Raises
    ------
    NothingRecognised
        When no reader knows any file.
    UsageError
        When the folder or its manifest cannot be used.
    """
    with _step("scan", 0, listen):
        manifest = load_manifest(folder)
        files = tuple(_told(scan_files(folder, manifest), listen))
    known = recognised(files, folder=folder)
    kinds = {file.reader for file in known if file.reader}
    roles = {file.role or role_of(file.location.stem) for file in known}
    missing = missing_items(kinds=kinds, roles=roles, manifest=manifest)
    unmatched = unmatched_rules(manifest, [file.ref.path for file in files])
    return Scan(folder=folder, manifest=manifest, files=files, missing=(*unmatched, *missing))


def read(
    scanned: Scan, *, executor: Executor | None = None, listen: Listener = ignore, strict: bool = False
) -> Reading:
    """Every recognised file as a measurement, every other file with its reason.

    Parameters
    ----------
    scanned : Scan
        From :func:`scan`.
    executor : concurrent.futures.Executor, optional
        Reads files in parallel.
    listen : callable, optional
        Called with events.
    strict : bool, optional
        Raise the first error instead of recording it.

    Returns
    -------
    Reading
        In the order of the paths, whatever the executor did.

    Raises
    ------
    ReadError
        Only when strict.
    """
    known = [file for file in scanned.files if file.status == "recognised"]
    with _step("read", len(known), listen):
        outcomes = list(_outcomes(known, executor=executor, listen=listen, strict=strict))
        found = (outcome.measurement for outcome in outcomes if outcome.measurement)
        measurements = assemble(found, scanned.manifest.files, scanned.manifest.video)
        folder = FolderRecord(files=tuple(file_facts(outcomes, measurements)))
    records = tuple(file_records(scanned.files, outcomes, measurements))
    return Reading(files=records, measurements=(*measurements, folder))


def analyse(
    manifest: Manifest,
    reading: Reading,
    *,
    settings: Mapping[str, str] | None = None,
    listen: Listener = ignore,
) -> Inputs:
    """Findings from measurements, and verdicts from findings; pure.

    Parameters
    ----------
    manifest : Manifest
        What the user declared.
    reading : Reading
        From :func:`read`.
    settings : mapping of str to str, optional
        Choices for this run.
    listen : callable, optional
        Called with events.

    Returns
    -------
    Inputs
        With every finding and every check result.
    """
    analyses, checks = find_analyses(), find_checks()
    limits = load_limits(manifest.limits)
    chosen = MappingProxyType(dict(settings or {}))
    inputs = Inputs(
        manifest=manifest, limits=limits, measurements=reading.measurements, settings=chosen, listen=listen
    )
    with _step("analyse", len(analyses) + len(checks), listen):
        findings: dict[type, Finding] = {}
        for analysis in analyses:
            findings[analysis.gives] = analysis.run(replace(inputs, findings=MappingProxyType(findings)))
            listen(Progressed(step="analyse", what=analysis.name))
        inputs = replace(inputs, findings=MappingProxyType(findings))
        results: dict[str, CheckResult] = {}
        for check in checks:
            results[check.id] = check.judge(replace(inputs, checks=MappingProxyType(results)))
            listen(Progressed(step="analyse", what=check.id))
    return replace(inputs, checks=MappingProxyType(results))


def compose(scanned: Scan, reading: Reading, inputs: Inputs, *, listen: Listener = ignore) -> Dossier:
    """The dossier as a record; pure but for the clock.

    Parameters
    ----------
    scanned : Scan
        From :func:`scan`.
    reading : Reading
        From :func:`read`.
    inputs : Inputs
        From :func:`analyse`.
    listen : callable, optional
        Called with events.

    Returns
    -------
    Dossier
        Ready to be written.
    """
    sections, name = find_sections(), shown(scanned.folder.resolve().name)
    paths = [file.ref.path for file in scanned.files]
    with _step("compose", len(sections), listen):
        composed = [
            ComposedSection(id=s.id, title=s.title, question=s.question, blocks=s.compose(inputs))
            for s in sections
        ]
    return Dossier(
        batch=inputs.manifest.batch.id or name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        software=software(),
        checks=tuple(sorted(inputs.checks.values(), key=lambda result: result.id)),
        findings={kind.__name__: finding for kind, finding in inputs.findings.items()},
        sections=tuple(section for section in composed if section.blocks),
        files=reading.files,
        missing=(*unmatched_rules(inputs.manifest, paths), *missing_from(inputs)),
        settings={"folder": name, "rules": inputs.limits.version, **inputs.settings},
    )


def write(dossier: Dossier, out: Path, *, listen: Listener = ignore) -> Path:
    """The dossier as files; the old folder is replaced only when the new one is whole.

    Parameters
    ----------
    dossier : Dossier
        From :func:`compose`.
    out : pathlib.Path
        The output folder.
    listen : callable, optional
        Called with events.

    Returns
    -------
    pathlib.Path
        The folder that now holds the dossier.

    Raises
    ------
    WriteError
        When the disk is full or the place cannot be written.
    """
    with _step("write", 1, listen):
        return replace_folder(out, bundle(dossier))


@contextmanager
def _step(name: str, total: int, listen: Listener) -> Generator[None]:
    started = time.monotonic()
    listen(StepStarted(step=name, total=total))
    yield
    listen(StepDone(step=name, seconds=time.monotonic() - started))


def _told(files: Iterator[ScannedFile], listen: Listener) -> Iterator[ScannedFile]:
    for file in files:
        listen(Progressed(step="scan", what=file.ref.path))
        yield file


def _announced(files: list[ScannedFile], listen: Listener) -> Iterator[ScannedFile]:
    for file in files:
        listen(FileStarted(path=file.ref.path))
        yield file


def _outcomes(
    known: list[ScannedFile], *, executor: Executor | None, listen: Listener, strict: bool
) -> Iterator[ReadOutcome]:
    mapper: Callable[..., Iterator[ReadOutcome]] = executor.map if executor is not None else map
    for outcome in mapper(read_file, _announced(known, listen)):
        if strict and outcome.error is not None:
            raise outcome.error
        status = "unreadable" if outcome.error else "ok"
        listen(FileRead(path=outcome.ref.path, status=status, message=str(outcome.error or "")))
        yield outcome
