"""The first two steps at the disk: which files are there and who can read them, and reading one of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vesicle.errors import (
    NothingRecognised,
    ReadError,
    UsageError,
    VesicleError,
    quoted,
)
from vesicle.manifest import Manifest
from vesicle.readers import HEAD_BYTES, Measurement, RawFile
from vesicle.readers.assemble import assemble
from vesicle.readers.micrograph import is_picture
from vesicle.readers.recognise import (
    NO_READER,
    as_micrograph,
    as_picture_sizes,
    check_reader_names,
    claimed_by,
    registry,
    said_to_read,
    standing,
)
from vesicle.readers.said import said_about
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
    ``unreadable``. ``sample`` and ``role`` are what the manifest says, empty when it says nothing; so is
    ``pixel_nm``, None when it says nothing.
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
    pixel_nm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """What came of reading one file: a measurement, or an error of ours, or the text of a bug."""

    file: ScannedFile
    ref: FileRef
    measurement: Measurement | None = None
    error: VesicleError | None = None


def scan_files(folder: Path, manifest: Manifest) -> Iterator[ScannedFile]:
    """Every file below a folder, with the reader that claims it.

    Hidden files and the manifest are left out. Links to folders are followed once, so a loop ends. A
    folder inside that cannot be listed is one unreadable entry.

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
        When the folder is not there or cannot be listed, or ``[readers]`` names a reader that is not there.
    """
    if not folder.is_dir():
        raise UsageError(
            "This is not a folder.",
            where=str(folder),
            why="It does not exist." if not folder.exists() else "It is a file.",
            next_step="Name the folder that holds the raw files of one preparation.",
        )
    check_reader_names(manifest)
    try:
        entries = _entries(folder)
    except OSError as error:
        raise UsageError(
            "The folder cannot be listed.",
            where=str(folder),
            why=error.strerror or str(error),
            next_step="Make it readable.",
        ) from error
    for path in sorted(_walk(entries, {_identity(folder)})):
        yield scan_file(path, shown(path.relative_to(folder).as_posix()), manifest)


def _entries(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.name not in _QUIET and not path.name.startswith((".", "~$"))
    )


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _walk(entries: list[Path], seen: set[tuple[int, int]]) -> Iterator[Path]:
    for path in entries:
        if not os.path.isdir(path):  # noqa: PTH112 - never raises, unlike Path.is_dir
            yield path
            continue
        try:
            identity, inside = _identity(path), _entries(path)
        except OSError:
            yield path  # is refused in its own record, since a folder is no file
            continue
        if identity not in seen:
            seen.add(identity)
            yield from _walk(inside, seen)


def shown(name: str) -> str:
    r"""A name from the disk as text that can be written anywhere; bytes that are not UTF-8 are escaped.

    Parameters
    ----------
    name : str
        As Python has it, with surrogates for bytes that are not UTF-8.

    Returns
    -------
    str
        Encodable.

    Examples
    --------
    >>> shown("1 \udcb5m.txt") == "1 " + chr(92) + "xb5m.txt"
    True
    """
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def recognised(files: Iterable[ScannedFile], *, folder: Path) -> tuple[ScannedFile, ...]:
    """The files that some reader knows.

    Parameters
    ----------
    files : iterable of ScannedFile
        All files of the folder.
    folder : pathlib.Path
        Where they are, for the message.

    Returns
    -------
    tuple of ScannedFile
        At least one.

    Raises
    ------
    NothingRecognised
        With the formats that are known, and what to export where a file gives a hint.
    """
    found = tuple(files)
    known = tuple(file for file in found if file.status == "recognised")
    if known:
        return known
    formats = [reader.title for reader in registry()[0]]
    hints = [f"{file.ref.path}: {file.message}" for file in found if file.message not in {"", NO_READER}]
    raise NothingRecognised(
        "No file here has a format that vesicle knows.",
        where=shown(str(folder)),
        why=f"{len(found)} files were looked at. Known formats: {quoted(formats, most=30)}.",
        next_step=" ".join(hints[:3]) or "Export the measurements in one of these formats into the folder.",
    )


def scan_file(path: Path, name: str, manifest: Manifest) -> ScannedFile:
    """One file with the reader that claims it, or the reason why none does.

    Parameters
    ----------
    path : pathlib.Path
        Where it is.
    name : str
        What it is called in every output.
    manifest : Manifest
        Its ``[[files]]`` and ``[readers]``.

    Returns
    -------
    ScannedFile
        Hashed and recognised, not read.
    """
    said = said_about(name, manifest.files)
    try:
        ref, head = _hashed(path, name)
    except OSError as error:
        ref = FileRef(path=name, sha256="", size_bytes=0)
        reason = f"It cannot be opened: {error.strerror or error}."
        return ScannedFile(location=path, ref=ref, status="unreadable", message=reason)
    reader, hint = claimed_by(path.name, head)
    reader = as_picture_sizes(reader or said_to_read(head, manifest), name)
    status, message = standing(path.name, ref, reader, hint)
    declined = reader.declines(path) if reader and reader.declines else ""
    picture = as_micrograph(path, name, said) if declined and is_picture(head) else None
    reader, declined = (picture, "") if picture else (reader, declined)
    if declined:
        return ScannedFile(location=path, ref=ref, status="not_recognised", message=declined)
    return ScannedFile(
        location=path,
        ref=ref,
        status=status,
        reader=reader.name if reader else None,
        title=reader.title if reader else hint.title if hint else "",
        sample=said.sample or "",
        role=said.role or "",
        message=message,
        columns=manifest.readers.get(reader.name, {}) if reader else {},
        pixel_nm=said.scale.pixel_nm,
    )


def _hashed(path: Path, name: str) -> tuple[FileRef, bytes]:
    if not path.is_file():
        raise OSError(0, "it is not a regular file")
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            head = head or chunk[:HEAD_BYTES]
            digest.update(chunk)
            size += len(chunk)
    return FileRef(path=name, sha256=digest.hexdigest(), size_bytes=size), head


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
    reader = next(reader for reader in registry()[0] if reader.name == file.reader)
    try:
        raw = _streamed(file) if reader.is_streamed else _load(file)
    except OSError as error:
        reason = error.strerror or str(error)
        return ReadOutcome(
            file=file,
            ref=file.ref,
            error=ReadError("The file cannot be opened.", where=file.ref.path, why=reason),
        )
    except ReadError as error:
        return ReadOutcome(file=file, ref=file.ref, error=error)
    try:
        measurement = reader.read(raw)
    except VesicleError as error:
        return ReadOutcome(file=file, ref=raw.ref, error=error)
    except Exception as error:  # noqa: BLE001 - a bug in one reader must not cost the user the other files
        return ReadOutcome(file=file, ref=raw.ref, error=_bug(file, error))
    return ReadOutcome(file=file, ref=raw.ref, measurement=measurement)


def read_path(path: Path | str) -> Measurement:
    """One file as a measurement, outside of any folder.

    Parameters
    ----------
    path : path
        An export in a format that a reader knows.

    Returns
    -------
    Measurement
        A run has the sample, role and dilution that the file itself states.

    Raises
    ------
    UsageError
        When there is no such file, or it cannot be opened.
    NothingRecognised
        When no reader knows its format.
    ReadError
        When the file is damaged.
    """
    path = Path(path)
    file = scan_file(path, shown(path.name), Manifest())
    if file.status == "unreadable":
        raise UsageError(file.message, where=shown(str(path)), next_step="Name one file that can be opened.")
    recognised((file,), folder=path)
    outcome = read_file(file)
    if outcome.measurement is None:
        raise outcome.error or UsageError("The reader returned nothing.", where=shown(str(path)))
    return assemble((outcome.measurement,))[0]


def _streamed(file: ScannedFile) -> RawFile:
    """A file that its reader opens itself; its hash is the one that the scan took of the whole file."""
    with file.location.open("rb"):
        return RawFile(ref=file.ref, content=b"", columns=file.columns, location=file.location)


def _load(file: ScannedFile) -> RawFile:
    size = file.location.stat().st_size
    if size > LARGEST_TEXT_BYTES:
        raise ReadError(
            "The file is too large for its format.",
            where=file.ref.path,
            why=f"It holds {size:,} bytes; at most {LARGEST_TEXT_BYTES:,} are read.",
            next_step="Check that it is the export and not a video or another file under its name.",
        )
    content = file.location.read_bytes()
    ref = FileRef(path=file.ref.path, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    return RawFile(
        ref=ref, content=content, columns=file.columns, location=file.location, pixel_nm=file.pixel_nm
    )


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
