"""One writer at a time: a lock that the operating system releases when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Generator
from pathlib import Path

from vesicle.errors import WriteError

_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextlib.contextmanager
def locked(path: Path) -> Generator[None, None, None]:
    """Hold an exclusive lock on a small file for the length of a ``with`` block.

    Parameters
    ----------
    path : pathlib.Path
        The lock file; created when absent, removed at the end.

    Yields
    ------
    None
        While the lock is held.

    Raises
    ------
    WriteError
        When another process holds it, or the file system knows no locks.
    """
    handle = _acquire(path)
    try:
        yield
    finally:
        # Removed while still locked: a newcomer that opened the old file sees below that it is gone.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _acquire(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise _refusal(path, error) from error
        if _is_current(handle, path):
            return handle
        os.close(handle)


def _is_current(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _refusal(path: Path, error: OSError) -> WriteError:
    if error.errno in _BUSY:
        return WriteError(
            "Another run is writing to this output folder.",
            where=str(path.parent),
            why=f"It holds the lock {path.name}.",
            next_step="Wait until it has finished, or choose another folder with --out.",
        )
    return WriteError(
        "This file system has no file locks, so two runs could overwrite each other.",
        where=str(path.parent),
        why=error.strerror or str(error),
        next_step="Choose a folder on a local disk with --out.",
    )


if sys.platform == "win32":  # pragma: no cover - the other half is tested here
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
