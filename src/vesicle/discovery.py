"""Finding readers, analyses, checks and sections: ours by walking the package, others' by entry points."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TypeVar

from vesicle.errors import UsageError, quoted

Declared = TypeVar("Declared")


def built_in(package: str, *, attribute: str, kind: type[Declared]) -> tuple[Declared, ...]:
    """Our own declarations: the named attribute of every module below a package, in order of names.

    Parameters
    ----------
    package : str
        Dotted name of the package to walk.
    attribute : str
        The name to look for in each module, for example ``READER``.
    kind : type
        The class that a declaration must have.

    Returns
    -------
    tuple
        The declarations.
    """
    found = (getattr(module, attribute) for module in _walk(package) if hasattr(module, attribute))
    return tuple(_checked(declared, kind=kind, where=package) for declared in found)


def installed(group: str, *, kind: type[Declared]) -> tuple[Declared, ...]:
    """Declarations of other people's packages, by entry point, in order of names.

    Parameters
    ----------
    group : str
        The entry-point group, for example ``vesicle.readers``.
    kind : type
        The class that a declaration must have.

    Returns
    -------
    tuple
        The declarations.

    Raises
    ------
    UsageError
        When a package cannot be imported, or names something of another class.
    """
    points = sorted(entry_points(group=group), key=lambda point: point.name)
    return tuple(_loaded(point, kind=kind) for point in points)


def distinct(declared: tuple[Declared, ...], *, key: Callable[[Declared], str]) -> tuple[Declared, ...]:
    """The same declarations, once it is sure that no two go by one name.

    Parameters
    ----------
    declared : tuple
        Ours and those of other packages.
    key : callable
        The name or id of a declaration.

    Returns
    -------
    tuple
        Unchanged.

    Raises
    ------
    UsageError
        When two have the same name, since results are filed under it.
    """
    twice = [name for name, count in Counter(map(key, declared)).items() if count > 1]
    if twice:
        raise UsageError(
            "Two installed plug-ins go by one name.",
            where=quoted(twice),
            why="Each reader, analysis, check and section needs a name of its own.",
            next_step="Uninstall one of the packages that declare it.",
        )
    return declared


def _loaded(point: EntryPoint, *, kind: type[Declared]) -> Declared:
    try:
        return _checked(point.load(), kind=kind, where=point.value)
    except Exception as error:  # other people's code may fail in any way while it is imported
        package = point.dist.name if point.dist else "not known"
        raise UsageError(
            "An installed plug-in cannot be loaded.",
            where=f"entry point '{point.name}' of the package '{package}'",
            why=f"{type(error).__name__}: {error}",
            next_step="Update that package, or uninstall it.",
        ) from error


def _checked(declared: object, *, kind: type[Declared], where: str) -> Declared:
    if isinstance(declared, kind):
        return declared
    raise TypeError(f"{where}: expected {kind.__name__}, found {type(declared).__name__}")


def _walk(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
        yield importlib.import_module(found.name)
