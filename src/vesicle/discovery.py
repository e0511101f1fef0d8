"""Finding readers, analyses, checks and sections: ours by walking the package, others' by entry points."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from types import ModuleType
from typing import TypeVar

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
    TypeError
        When an entry point names something of another class.
    """
    points = sorted(entry_points(group=group), key=lambda point: point.name)
    return tuple(_checked(point.load(), kind=kind, where=f"entry point {point.name}") for point in points)


def _checked(declared: object, *, kind: type[Declared], where: str) -> Declared:
    if isinstance(declared, kind):
        return declared
    raise TypeError(f"{where}: expected {kind.__name__}, found {type(declared).__name__}")


def _walk(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
        yield importlib.import_module(found.name)
