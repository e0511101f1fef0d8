"""Functions compiled to machine code, kept in the user's cache folder so that a read-only install works."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from numba.core import config

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
    if not is_writable(folder):
        return False
    options["CACHE_DIR"] = str(folder)
    return True


_IS_CACHED = _keep_compiled_code()
