"""Every exception that vesicle raises on purpose, as one tree.

::

    VesicleError
    ├── UsageError            a wrong option, or a path that is not there      (exit 2)
    │   └── ManifestError     a key or a value in vesicle.toml                 (exit 2)
    ├── NothingRecognised     no file in the folder has a known format         (exit 3)
    ├── ReadError             one file cannot be read; the run goes on
    │   ├── MissingColumn     a table lacks a column that its reader needs
    │   ├── BadValue          a value that cannot be true (text, negative, NaN)
    │   ├── TruncatedFile     the file ends before its own header says
    │   └── MissingExtra      an optional package is needed for this format
    └── WriteError            the dossier cannot be written (permissions, full disk)

An exception outside this tree is a bug of ours, and the command line says so.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class VesicleError(Exception):
    """An error that speaks to a person at a bench: what, where, why and what to do next.

    Parameters
    ----------
    what : str
        What went wrong, in one sentence.
    where : str, optional
        The file, with row or key.
    why : str, optional
        The value found beside the values allowed.
    next_step : str, optional
        One thing to do.
    """

    exit_code = 2
    code = "error"

    def __init__(self, what: str, *, where: str = "", why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        return " ".join(part for part in (self._head(), self.why, self.next_step) if part)

    def _head(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, (self.where, self.why, self.next_step))


def _rebuild(kind: type[VesicleError], what: str, rest: tuple[str, str, str]) -> VesicleError:
    where, why, next_step = rest
    return kind(what, where=where, why=why, next_step=next_step)


class UsageError(VesicleError):
    """The command was called with something that cannot work."""

    code = "usage"


class ManifestError(UsageError):
    """A key or a value in ``vesicle.toml`` is not one that vesicle knows."""

    code = "manifest"


class NothingRecognised(VesicleError):
    """No file in the folder has a format that a reader knows."""

    exit_code = 3
    code = "nothing_recognised"


class ReadError(VesicleError):
    """One file cannot be read; the rest of the run goes on."""

    exit_code = 1
    code = "unreadable"


class MissingColumn(ReadError):
    """A table lacks a column that its reader needs."""

    code = "missing_column"


class BadValue(ReadError):
    """A value in a file cannot be true, such as a negative count."""

    code = "bad_value"


class TruncatedFile(ReadError):
    """The file ends before the place that its own layout promises."""

    code = "truncated"


class MissingExtra(ReadError):
    """An optional package is needed to read this format."""

    code = "missing_extra"


class WriteError(VesicleError):
    """The dossier cannot be written where it was asked for."""

    code = "write"


def quoted(names: Iterable[object], *, most: int = 12) -> str:
    """Names in quotes for an error message, shortened when there are many.

    Parameters
    ----------
    names : iterable of object
        What to list, in its own order.
    most : int, optional
        How many are printed before "and n more".

    Returns
    -------
    str
        For example ``'a', 'b' and 3 more``.

    Examples
    --------
    >>> quoted(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    listed = [f"'{name}'" for name in names]
    if len(listed) <= most:
        return ", ".join(listed)
    return f"{', '.join(listed[:most])} and {len(listed) - most} more"


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that is spelled most like the given one, if any is close.

    Parameters
    ----------
    word : str
        What was found.
    allowed : iterable of str
        What would be right.

    Returns
    -------
    str or None
        The nearest spelling, or None when nothing is close.

    Examples
    --------
    >>> nearest("tisue", ["tissue", "passage"])
    'tissue'
    """
    by_folded = {name.casefold(): name for name in allowed}
    close = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None
