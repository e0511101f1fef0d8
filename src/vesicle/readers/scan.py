"""The first two steps at the disk: which files are there and who can read them, and reading one of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from vesicle.errors import ReadError, UsageError, VesicleError
from vesicle.manifest import Manifest
from vesicle.readers import HEAD_BYTES, Hint, Measurement, RawFile, Reader, find_hints, find_readers
from vesicle.readers.assemble import said_about
from vesicle.results import FileRef

LARGEST_TEXT_BYTES = 256 * 1024**2
"""Files above this are not loaded as a whole; no export seen comes near."""

_CHUNK = 1024**2
_QUIET = ("README", "LICENSE", "vesicle.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """One file of the folder before it is read.

    ``location`` is where it is, ``ref`` what it is called and its hash; ``status`` is ``recognised``,
    ``hint`` (known, but not readable here: ``message`` says what to export), ``not_recognised`` or
    ``unreadable``. ``sample`` and ``role`` are what the manifest says, empty when it says nothing.
    """

    location: Path
    ref: FileRef
    status: str
    reader: str | None = None
    title: str = ""
    sample: str = ""
    role: str = ""
    message: str = ""
    columns: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """What came of reading one file: a measurement, or an error of ours, or the text of a bug."""

    file: ScannedFile
    ref: FileRef
    measurement: Measurement | None = None
    error: VesicleError | None = None


def scan_files(folder: Path, manifest: Manifest) -> Iterator[ScannedFile]:
    """Every file below a folder, with the reader that claims it.

    Hidden files and the manifest are left out. Links to folders are followed once, so a loop ends.

    Parameters
    ----------
    folder : pathlib.Path
        An existing folder.
    manifest : Manifest
        Its ``[[files]]`` and ``[readers]``.

    Yields
    ------
    ScannedFile
        In the order of their paths.

    Raises
    ------
    UsageError
        When the folder is not there or cannot be listed.
    """
    if not folder.is_dir():
        raise UsageError(
            "This is not a folder.",
            where=str(folder),
            why="It does not exist." if not folder.exists() else "It is a file.",
            next_step="Name the folder that holds the raw files of one preparation.",
        )
    for path in sorted(_walk(folder, set())):
        yield _recognise(path, _shown(path.relative_to(folder)), manifest)


def _walk(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    status = folder.stat()
    if (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(
            "A folder cannot be listed.",
            where=str(folder),
            why=error.strerror or str(error),
            next_step="Make it readable, or move it out of the folder that is analysed.",
        ) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _QUIET or entry.name.startswith("~$"):
            continue
        if entry.is_dir():
            yield from _walk(Path(entry.path), seen)
        else:
            yield Path(entry.path)


def _shown(relative: Path) -> str:
    return os.fsencode(relative.as_posix()).decode("utf-8", errors="backslashreplace")


def _recognise(path: Path, shown: str, manifest: Manifest) -> ScannedFile:
    said = said_about(shown, manifest.files)
    try:
        ref, head = _hashed(path, shown)
    except OSError as error:
        ref = FileRef(path=shown, sha256="", size_bytes=0)
        reason = f"The file cannot be opened: {error.strerror or error}."
        return ScannedFile(location=path, ref=ref, status="unreadable", message=reason)
    reader, hint = claimed_by(path.name, head)
    status = "recognised" if reader else "hint" if hint else "not_recognised"
    return ScannedFile(
        location=path,
        ref=ref,
        status=status,
        reader=reader.name if reader else None,
        title=reader.title if reader else hint.title if hint else "",
        sample=said.sample or "",
        role=said.role or "",
        message=hint.remedy if hint and not reader else "",
        columns=manifest.readers.get(reader.name, {}) if reader else {},
    )


def _hashed(path: Path, shown: str) -> tuple[FileRef, bytes]:
    if not path.is_file():
        raise OSError(0, "it is not a regular file")
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            head = head or chunk[:HEAD_BYTES]
            digest.update(chunk)
            size += len(chunk)
    return FileRef(path=shown, sha256=digest.hexdigest(), size_bytes=size), head


def claimed_by(name: str, head: bytes) -> tuple[Reader | None, Hint | None]:
    """Who can read a file that begins like this: the reader or the hint with the highest score.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first 64 KiB.

    Returns
    -------
    reader : Reader or None
        The most certain reader, if any.
    hint : Hint or None
        The most certain hint, when no reader claims the file at least as surely.
    """
    readers, hints = _registry()
    best = max(
        ((reader.sniff(name, head), reader) for reader in readers), key=lambda pair: pair[0], default=None
    )
    known = max(((hint.sniff(name, head), hint) for hint in hints), key=lambda pair: pair[0], default=None)
    reader_score, hint_score = (best[0] if best else 0.0), (known[0] if known else 0.0)
    if best and reader_score > 0 and reader_score >= hint_score:
        return best[1], None
    return None, known[1] if known and hint_score > 0 else None


@lru_cache(maxsize=1)
def _registry() -> tuple[tuple[Reader, ...], tuple[Hint, ...]]:
    return find_readers(), find_hints()


def read_file(file: ScannedFile) -> ReadOutcome:
    """Read one recognised file; a damaged file gives an outcome with an error, never an exception.

    Parameters
    ----------
    file : ScannedFile
        With status ``recognised``.

    Returns
    -------
    ReadOutcome
        Picklable, so that any executor can run this function.
    """
    try:
        content = _load(file)
    except OSError as error:
        reason = error.strerror or str(error)
        return ReadOutcome(
            file=file,
            ref=file.ref,
            error=ReadError("The file cannot be opened.", where=file.ref.path, why=reason),
        )
    except ReadError as error:
        return ReadOutcome(file=file, ref=file.ref, error=error)
    ref = FileRef(path=file.ref.path, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    reader = next(reader for reader in _registry()[0] if reader.name == file.reader)
    try:
        measurement = reader.read(RawFile(ref=ref, content=content, columns=file.columns))
    except VesicleError as error:
        return ReadOutcome(file=file, ref=ref, error=error)
    except Exception as error:  # noqa: BLE001 - a bug in one reader must not cost the user the other files
        return ReadOutcome(file=file, ref=ref, error=_bug(file, error))
    return ReadOutcome(file=file, ref=ref, measurement=measurement)


def _load(file: ScannedFile) -> bytes:
    if file.ref.size_bytes > LARGEST_TEXT_BYTES:
        raise ReadError(
            "The file is too large for its format.",
            where=file.ref.path,
            why=f"It holds {file.ref.size_bytes:,} bytes; at most {LARGEST_TEXT_BYTES:,} are read.",
            next_step="Check that it is the export and not the raw data.",
        )
    return file.location.read_bytes()


def _bug(file: ScannedFile, error: Exception) -> ReadError:
    return ReadError(
        "The reader failed on this file; that is a defect of vesicle, not of your data.",
        where=file.ref.path,
        why=f"{type(error).__name__} in {file.reader}: {error}",
        next_step="Please report it with the file; the rest of the run is not affected.",
    )


def is_unchanged(file: ScannedFile, sha256: str) -> bool:
    """Whether a file still has the content that was read.

    Parameters
    ----------
    file : ScannedFile
        Where to look.
    sha256 : str
        The hash of what was read.

    Returns
    -------
    bool
        False when it changed or is gone.
    """
    try:
        return _hashed(file.location, file.ref.path)[0].sha256 == sha256 == file.ref.sha256
    except OSError:
        return False
