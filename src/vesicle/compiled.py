"""Functions compiled to machine code, kept in the user's cache folder so that a read-only install works."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from numba.core import config

KEPT = 3
"""Folders of other versions that are kept: of those used last."""

SPARED_S = 86_400.0
"""A folder that was used within a day is never deleted, since a run may still write to it."""

_FOLDER = re.compile(r"[0-9a-f]{16}(\.old)?")

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def cache_folder(environment: Mapping[str, str], *, platform: str, home: Path) -> Path:
    """Where this platform keeps files that a program can make anew.

    Parameters
    ----------
    environment : mapping of str to str
        ``XDG_CACHE_HOME`` or ``LOCALAPPDATA`` where set.
    platform : str
        As in ``sys.platform``.
    home : pathlib.Path
        The user's folder.

    Returns
    -------
    pathlib.Path
        A folder of vesicle's own; it need not exist.
    """
    if platform == "darwin":
        return home / "Library" / "Caches" / "vesicle"
    named = environment.get("LOCALAPPDATA" if platform == "win32" else "XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else home / ".cache") / "vesicle"


def is_writable(folder: Path) -> bool:
    """Whether compiled code can be kept in a folder, which is made when it is absent.

    Parameters
    ----------
    folder : pathlib.Path
        Any path.

    Returns
    -------
    bool
        False on a read-only disk: functions are then compiled in every process.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def code_fingerprint(package: Path) -> str:
    """What changes when compiled code may have changed, in whatever file.

    Code that is kept holds the functions it calls, but is only made anew when its own file changes; so all files
    of the folders in which functions are compiled count.

    Parameters
    ----------
    package : pathlib.Path
        Folder of a package.

    Returns
    -------
    str
        A short name for a folder.
    """
    files = {file: file.read_bytes() for file in sorted(package.rglob("*.py"))}
    folders = {file.parent for file, content in files.items() if b"vesicle.compiled import" in content}
    digest = hashlib.sha256()
    for file, content in files.items():
        if file.parent in folders:
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def prune(place: Path, *, used: Path, now_s: float) -> None:
    """Delete the compiled code of versions that are no longer used.

    Parameters
    ----------
    place : pathlib.Path
        Folder of all versions; other things in it are left alone.
    used : pathlib.Path
        The folder of this version, which stays.
    now_s : float
        The time, in seconds as the file system counts it.

    Notes
    -----
    What cannot be deleted stays, without a word: it costs room and nothing else. A folder is renamed first, so
    that no other process finds one with half of its files.
    """
    with contextlib.suppress(OSError):
        folders = [path for path in place.iterdir() if _FOLDER.fullmatch(path.name) and path.is_dir()]
        others = sorted((path for path in folders if path != used), key=_used_s, reverse=True)
        for folder in others[KEPT:]:
            if now_s - _used_s(folder) > SPARED_S:
                _delete(folder)


def _used_s(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process was quicker
        return 0.0


def _delete(folder: Path) -> None:
    gone = folder.with_suffix(".old")
    with contextlib.suppress(OSError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def compiled(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """The same function as machine code that releases the interpreter's lock.

    Parameters
    ----------
    function : callable
        Numbers and NumPy arrays in and out, no Python objects.

    Returns
    -------
    callable
        Compiled at its first call for each set of argument types, or read from the cache.
    """
    return cast("Callable[Given, Returned]", numba.njit(function, cache=_IS_CACHED, nogil=True))


def _keep_compiled_code() -> bool:
    options = config.__dict__
    if options["CACHE_DIR"]:  # the user's own choice, NUMBA_CACHE_DIR
        return is_writable(Path(options["CACHE_DIR"]))
    place = cache_folder(os.environ, platform=sys.platform, home=Path.home())
    folder = place / code_fingerprint(Path(__file__).parent)
    is_new = not folder.is_dir()
    if not is_writable(folder):
        return False
    options["CACHE_DIR"] = str(folder)
    with contextlib.suppress(OSError):
        os.utime(folder)  # says that it is used
    if is_new:
        prune(place, used=folder, now_s=time.time())
    return True


_IS_CACHED = _keep_compiled_code()
