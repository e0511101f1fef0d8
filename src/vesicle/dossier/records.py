"""What the dossier and the integrity check know about each file of the folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from vesicle import __version__
from vesicle.dossier import FileRecord
from vesicle.measurements import FileFact, Micrograph, ParticleDiameters, SizeRun, TrackTable, Video
from vesicle.readers.scan import ReadOutcome, ScannedFile, is_unchanged
from vesicle.results import FileRef, Warned


def file_records(
    files: Iterable[ScannedFile], outcomes: Iterable[ReadOutcome], measurements: Sequence[object]
) -> Iterator[FileRecord]:
    """Every file of the folder in the dossier's own words, read or not.

    Parameters
    ----------
    files : iterable of ScannedFile
        All files, in the order of their paths.
    outcomes : iterable of ReadOutcome
        One for each recognised file, in the same order.
    measurements : sequence of object
        The assembled measurements, for the sample and role of each file.

    Yields
    ------
    FileRecord
        One per file.
    """
    read = iter(outcomes)
    for file in files:
        yield _record(next(read), measurements) if file.status == "recognised" else _unread(file)


def file_facts(outcomes: Iterable[ReadOutcome], measurements: Sequence[object]) -> Iterator[FileFact]:
    """What integrity needs to know about each file that was read; looks at the disk once more.

    Parameters
    ----------
    outcomes : iterable of ReadOutcome
        One per recognised file.
    measurements : sequence of object
        The assembled measurements.

    Yields
    ------
    FileFact
        One per outcome.
    """
    for outcome in outcomes:
        owner = _owner(outcome, measurements)
        yield FileFact(
            path=outcome.ref.path,
            sha256=outcome.ref.sha256,
            sample=owner.sample if owner else _picture(outcome, measurements).sample,
            acquired=owner.acquired if owner else getattr(outcome.measurement, "acquired", None),
            software=owner.software if owner else "",
            is_assigned=bool(outcome.file.sample),
            is_unchanged=is_unchanged(outcome.file, outcome.ref.sha256),
        )


def software() -> Mapping[str, str]:
    """The versions of what computed the dossier.

    Returns
    -------
    mapping of str to str
        Package name to version, Python included.
    """
    import platform

    found = {"python": platform.python_version(), "vesicle": __version__}
    return found | {name: version(name) for name in ("numpy", "scipy")}


def _owner(outcome: ReadOutcome, measurements: Sequence[object]) -> SizeRun | Video | TrackTable | None:
    runs = (m for m in measurements if isinstance(m, SizeRun | Video | TrackTable))
    return next((run for run in runs if outcome.ref in _files_of(run)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """Sample, role and warnings of a file that is no run."""

    sample: str
    role: str
    warnings: tuple[Warned, ...]


def _picture(outcome: ReadOutcome, measurements: Sequence[object]) -> _Own:
    """What is known of a file that is no run; of a picture and of sizes measured in some, as they were settled."""
    for found in measurements:
        if isinstance(found, Micrograph | ParticleDiameters) and found.file == outcome.ref:
            role = found.role if isinstance(found, Micrograph) else outcome.file.role
            return _Own(sample=found.sample, role=role, warnings=found.warnings)
    warnings: tuple[Warned, ...] = getattr(outcome.measurement, "warnings", ())
    return _Own(sample=outcome.file.sample, role=outcome.file.role, warnings=warnings)


def _files_of(run: SizeRun | Video | TrackTable) -> tuple[FileRef, ...]:
    return run.files if isinstance(run, SizeRun) else (run.file,)


def _record(outcome: ReadOutcome, measurements: Sequence[object]) -> FileRecord:
    owner = _owner(outcome, measurements)
    own = _picture(outcome, measurements)
    return FileRecord(
        file=outcome.ref,
        reader=outcome.file.reader,
        title=outcome.file.title,
        status="unreadable" if outcome.error else getattr(outcome.measurement, "status", "ok"),
        sample=owner.sample if owner else own.sample,
        role=owner.role if owner else own.role,
        message=str(outcome.error or ""),
        warnings=owner.warnings if owner and outcome.ref == _files_of(owner)[0] else own.warnings,
    )


def _unread(file: ScannedFile) -> FileRecord:
    return FileRecord(
        file=file.ref,
        reader=None,
        title=file.title,
        status="unreadable" if file.status == "unreadable" else "not_recognised",
        sample=file.sample,
        role=file.role,
        message=file.message,
    )
