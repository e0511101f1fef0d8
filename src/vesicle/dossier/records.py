"""What the dossier and the integrity check know about each file of the folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version

from vesicle import __version__
from vesicle.dossier import FileRecord
from vesicle.measurements import FileFact, SizeRun, TrackTable, Video
from vesicle.readers.scan import ReadOutcome, ScannedFile, is_unchanged
from vesicle.results import FileRef


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
            sample=owner.sample if owner else outcome.file.sample,
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


def _files_of(run: SizeRun | Video | TrackTable) -> tuple[FileRef, ...]:
    return run.files if isinstance(run, SizeRun) else (run.file,)


def _record(outcome: ReadOutcome, measurements: Sequence[object]) -> FileRecord:
    owner = _owner(outcome, measurements)
    own = getattr(outcome.measurement, "warnings", ())
    return FileRecord(
        file=outcome.ref,
        reader=outcome.file.reader,
        title=outcome.file.title,
        status="unreadable" if outcome.error else getattr(outcome.measurement, "status", "ok"),
        sample=owner.sample if owner else outcome.file.sample,
        role=owner.role if owner else outcome.file.role,
        message=str(outcome.error or ""),
        warnings=owner.warnings if owner and outcome.ref == _files_of(owner)[0] else own,
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
