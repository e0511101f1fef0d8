"""Functions compiled to machine code, kept in the user's cache folder so that a read-only install works."""

from __future__ import annotations

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
    folder = cache_folder(os.environ, platform=sys.platform, home=Path.home())
    if not is_writable(folder):
        return False
    options["CACHE_DIR"] = str(folder)
    return True


_IS_CACHED = _keep_compiled_code()
