"""One whole dossier at any moment: written aside, made durable, then put in place by two renames.

The names beside OUT, all on the same file system::

    OUT                       the dossier
    OUT.previous              the one before it
    .OUT.lock                 held while a run writes
    .OUT.writing-PID-RANDOM   being written; worthless when its process is dead
    .OUT.ready-PID-RANDOM     complete and on disk, waiting for the renames
    .OUT.old-PID-RANDOM       the dossier before the previous one, being deleted
    OUT.kept-RANDOM           such a dossier that holds later work of somebody's own; never deleted

A process that is killed between the two renames leaves OUT.previous and a complete ``.ready``; the next run,
or :func:`repair`, finishes its work.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from vesicle.dossier.exports.lock import locked
from vesicle.errors import WriteError

MARKER = "dossier.json"
SCHEMA_PREFIX = "vesicle.dossier/"

WRITING_SECONDS = 60.0
"""A file changed this much later than the marker was not written with its dossier."""

Kind = Literal["writing", "ready", "old"]

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_MOUNT = {errno.EBUSY, errno.EXDEV}


class Leftover(NamedTuple):
    """A folder beside OUT that a run made, and the process that made it."""

    path: Path
    kind: str
    pid: int


def replace_folder(out: Path, files: Mapping[str, bytes]) -> Path:
    """The output folder with new content; the dossier that was there becomes ``OUT.previous``.

    Parameters
    ----------
    out : pathlib.Path
        Absent, empty, or a dossier of ours; a symbolic link to such a folder is followed.
    files : mapping of str to bytes
        Relative POSIX path to content; ``dossier.json`` must be one of them.

    Returns
    -------
    pathlib.Path
        The folder that holds the dossier, links resolved.

    Raises
    ------
    WriteError
        When the folder is somebody else's, is being written by another run, or cannot be written.
    ValueError
        When a name would leave the folder, or the marker is missing: a bug of the caller.
    """
    names = {name: _inside(name) for name in files}
    if not _names_our_schema(files.get(MARKER, b"")):
        message = f"a dossier needs a {MARKER} whose schema begins with {SCHEMA_PREFIX}"
        raise ValueError(message)
    target = _resolved(out)
    with _os_errors_explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with locked(_lock_path(target)):
            _refuse_foreign(target)
            _repair(target)
            ready = _stage(target, {names[name]: content for name, content in files.items()})
            _swap(target, ready)
    return target


def repair(out: Path) -> tuple[str, ...]:
    """What a killed run left behind, put right; also refuses early what could not be replaced later.

    Parameters
    ----------
    out : pathlib.Path
        The output folder of a coming run.

    Returns
    -------
    tuple of str
        What was repaired, one sentence each; empty when nothing was wrong.

    Raises
    ------
    WriteError
        When the folder is somebody else's, or another run is writing to it now.
    """
    target = _resolved(out)
    with _os_errors_explained(target):
        _refuse_foreign(target)
        if not _needs_repair(target):
            return ()
        with locked(_lock_path(target)):
            return _repair(target)


def previous_of(out: Path) -> Path:
    """Where the dossier before the present one is kept.

    Parameters
    ----------
    out : pathlib.Path
        The output folder.

    Returns
    -------
    pathlib.Path
        ``OUT.previous``.
    """
    return out.with_name(f"{out.name}.previous") if out.name else out


def is_dossier(folder: Path) -> bool:
    """Whether a folder holds a dossier that vesicle wrote.

    Parameters
    ----------
    folder : pathlib.Path
        Any path.

    Returns
    -------
    bool
        True when it has our marker file with our schema.
    """
    try:
        return _names_our_schema((folder / MARKER).read_bytes())
    except OSError:
        return False


def _names_our_schema(content: bytes) -> bool:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and str(document.get("schema")).startswith(SCHEMA_PREFIX)


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or "\0" in name:
        message = f"not a name inside the dossier: {name!r}"
        raise ValueError(message)
    return path


def _resolved(out: Path) -> Path:
    try:
        target = out.resolve()
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError before Python 3.13
        raise WriteError(
            "The output folder is a symbolic link that leads nowhere.",
            where=str(out),
            why=str(error),
            next_step="Choose another folder with --out.",
        ) from error
    if target.is_symlink() or not target.name:
        raise WriteError(
            "This cannot be an output folder.",
            where=str(out),
            why="It is the root of a disk, or a circle of symbolic links.",
            next_step="Choose a new folder with --out.",
        )
    return target


def _lock_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.lock")


def _refuse_foreign(target: Path) -> None:
    for folder in (target, previous_of(target)):
        if folder.exists() and not folder.is_dir():
            raise WriteError(
                "There is a file where the output folder should be.",
                where=str(folder),
                next_step="Move the file, or choose another folder with --out.",
            )
        if _is_filled(folder) and not is_dossier(folder):
            raise WriteError(
                "This folder is not empty and does not hold a dossier, so vesicle does not touch it.",
                where=str(folder),
                why=f"It has no {MARKER} written by vesicle.",
                next_step="Choose a new or an empty folder with --out.",
            )


def _is_filled(folder: Path) -> bool:
    return folder.is_dir() and next(folder.iterdir(), None) is not None


def _leftovers(target: Path) -> tuple[Leftover, ...]:
    form = re.compile(rf"\.{re.escape(target.name)}\.(writing|ready|old)-(\d+)-[0-9a-f]+")
    if not target.parent.is_dir():
        return ()
    named = ((path, form.fullmatch(path.name)) for path in sorted(target.parent.iterdir()))
    return tuple(
        Leftover(path, match[1], int(match[2]))
        for path, match in named
        if match and path.is_dir() and not path.is_symlink()
    )


def _needs_repair(target: Path) -> bool:
    is_swap_unfinished = not target.exists() and previous_of(target).exists()
    return is_swap_unfinished or bool(_leftovers(target))


def _repair(target: Path) -> tuple[str, ...]:
    said = [sentence for sentence in (_bring_back(target),) if sentence]
    for leftover in _leftovers(target):
        if _is_alive(leftover.pid):
            continue
        said.append(_retire(leftover.path, target))
    return tuple(said)


def _bring_back(target: Path) -> str:
    if target.exists():
        return ""
    ready = [item.path for item in _leftovers(target) if item.kind == "ready" and not _is_alive(item.pid)]
    if ready:
        newest = max(ready, key=lambda path: path.stat().st_mtime_ns)
        newest.rename(target)
        return f"Finished what a stopped run had begun: its complete dossier is now {target.name}."
    if previous_of(target).exists():
        previous_of(target).rename(target)
        return f"Brought {target.name}.previous back to {target.name}, which a stopped run had moved away."
    return ""


def _is_alive(pid: int) -> bool:
    # We hold the lock, so a folder with our own number comes from a dead process that had it before us.
    # Windows has no harmless signal to ask with; there the lock alone must do.
    if pid == os.getpid() or os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _aside(target: Path, kind: Kind) -> Path:
    return target.with_name(f".{target.name}.{kind}-{os.getpid()}-{secrets.token_hex(4)}")


def _stage(target: Path, files: Mapping[PurePosixPath, bytes]) -> Path:
    staging = _aside(target, "writing")
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, staging, ignore_errors=True)
        staging.mkdir()
        for name, content in files.items():
            _write(staging / name, content)
        for folder in (staging, *(path for path in staging.rglob("*") if path.is_dir())):
            _sync_folder(folder)
        ready = staging.rename(_aside(target, "ready"))
        undo.pop_all()
    return ready


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover - Windows cannot open a folder, and needs no sync of names
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(target: Path, ready: Path) -> None:
    previous, old = previous_of(target), _aside(target, "old")
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, ready, ignore_errors=True)
        if _is_filled(target):
            if previous.exists():
                previous.rename(old)
                undo.callback(old.rename, previous)
            target.rename(previous)
            undo.callback(previous.rename, target)
        elif target.exists():
            target.rmdir()
        ready.rename(target)
        undo.pop_all()
    _sync_folder(target.parent)
    with contextlib.suppress(OSError):
        _retire(old, target)


def _retire(old: Path, target: Path) -> str:
    """Delete a dossier of two runs ago, unless somebody has put work of their own into its folder."""
    if old.exists() and _has_later_work(old):
        kept = target.with_name(f"{target.name}.kept-{secrets.token_hex(4)}")
        old.rename(kept)
        return f"Kept {kept.name}: files in it were added or changed after its dossier was written."
    shutil.rmtree(old, ignore_errors=not old.exists())
    return f"Removed {old.name}, which a stopped run had left."


def _has_later_work(folder: Path) -> bool:
    marker = folder / MARKER
    if not marker.is_file():
        return False
    limit = marker.stat().st_ctime + WRITING_SECONDS
    return any(path.lstat().st_ctime > limit for path in folder.rglob("*") if not path.is_dir())


@contextlib.contextmanager
def _os_errors_explained(target: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        what, next_step = _explained(error)
        raise WriteError(
            what,
            where=str(target),
            why=f"The operating system says: {error.strerror or error}.",
            next_step=next_step,
        ) from error


def _explained(error: OSError) -> tuple[str, str]:
    unchanged = "what was there before is unchanged"
    if error.errno in _FULL:
        return f"The disk is full; {unchanged}.", "Free some space, or choose another disk with --out."
    if error.errno in _FORBIDDEN:
        return f"Writing is not allowed here; {unchanged}.", "Choose a folder of your own with --out."
    if error.errno in _MOUNT:
        return f"This folder is a mount point; {unchanged}.", "Choose a folder inside it with --out."
    return f"The dossier cannot be written here; {unchanged}.", "Choose another folder with --out."
