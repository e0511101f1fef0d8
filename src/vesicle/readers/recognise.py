"""Who can read a file: the reader that is surest of its content, or a hint what to export instead."""

from __future__ import annotations

import logging
import re
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from vesicle.errors import ManifestError, nearest, quoted
from vesicle.manifest import Manifest
from vesicle.readers import (
    Hint,
    Reader,
    diameter_table,
    find_hints,
    find_readers,
    micrograph,
    micrograph_sizes,
)
from vesicle.readers.micrograph_names import named_method
from vesicle.readers.said import Said
from vesicle.results import FileRef

NO_READER = (
    "No reader knows this content; a table needs a column of diameters or protein with its unit, or tracks."
)


_NO_COLUMN = re.compile(r"(\w+_)?unit|pixel_nm|lane_\w+")
"""Keys of ``[readers]`` whose values are no names of columns."""


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
    readers, hints = registry()
    best = max(((_score(r, name, head), r) for r in readers), key=lambda pair: pair[0], default=None)
    known = max(((_score(h, name, head), h) for h in hints), key=lambda pair: pair[0], default=None)
    reader_score, hint_score = (best[0] if best else 0.0), (known[0] if known else 0.0)
    if best and reader_score > 0 and reader_score >= hint_score:
        return best[1], None
    return None, known[1] if known and hint_score > 0 else None


def _score(known: Reader | Hint, name: str, head: bytes) -> float:
    """How surely a reader claims a file; one that fails on it does not, and costs nobody the other files."""
    try:
        return known.sniff(name, head)
    except Exception as error:  # noqa: BLE001 - a bug in one reader must not cost the user the other files
        logging.getLogger(__name__).warning("%s failed while looking at %s: %s", known.name, name, error)
        return 0.0


@lru_cache(maxsize=1)
def registry() -> tuple[tuple[Reader, ...], tuple[Hint, ...]]:
    """Every reader and every hint, found once per process.

    Returns
    -------
    readers : tuple of Reader
        Ours and those of installed packages.
    hints : tuple of Hint
        Formats that are only recognised.
    """
    return find_readers(), find_hints()


def standing(name: str, ref: FileRef, reader: Reader | None, hint: Hint | None) -> tuple[str, str]:
    """The status of a file and, where it will not be read, the reason.

    Parameters
    ----------
    name : str
        The file's name.
    ref : FileRef
        With its size.
    reader : Reader or None
        Who claims it.
    hint : Hint or None
        What it looks like otherwise.

    Returns
    -------
    status : str
        ``recognised``, ``hint``, ``unreadable`` or ``not_recognised``.
    reason : str
        Empty when it will be read.
    """
    if reader is not None:
        return "recognised", ""
    named = next((reader for reader in registry()[0] if _is_named_like(name, reader)), None)
    if ref.size_bytes == 0:
        return "unreadable" if named else "not_recognised", "The file is empty."
    if hint is not None:
        return "hint", hint.remedy
    if named is not None:
        return "unreadable", f"It is named like a {named.title}, but its content is not one; export it again."
    return "not_recognised", NO_READER


def _is_named_like(name: str, reader: Reader) -> bool:
    # A pattern such as *.csv is everybody's; only a name of the instrument's own says what a file should hold.
    own = (pattern for pattern in reader.patterns if not pattern.startswith("*."))
    return any(fnmatchcase(name, pattern) for pattern in own)


def as_micrograph(path: Path, name: str, said: Said) -> Reader | None:
    """The reader of micrographs, when the folder's names or the user say that a picture is one.

    Parameters
    ----------
    path : pathlib.Path
        A picture that no other reader takes.
    name : str
        Its path relative to the folder, whose folders may name a microscope.
    said : Said
        What ``[[files]]`` says about it.

    Returns
    -------
    Reader or None
        None when nothing says so, or it is no single picture.
    """
    is_named = said.view is not None or named_method(name) is not None
    return None if micrograph.reason_against(path, is_named=is_named) else micrograph.READER


def as_picture_sizes(reader: Reader | None, name: str) -> Reader | None:
    """The reader of sizes measured in pictures, for a table of diameters in a folder named by a microscope.

    Parameters
    ----------
    reader : Reader or None
        Who claims the table.
    name : str
        Its path relative to the folder.

    Returns
    -------
    Reader or None
        The same reader for every other file.
    """
    is_table = reader is not None and reader.name == diameter_table.NAME
    return micrograph_sizes.READER if is_table and named_method(name) is not None else reader


def said_to_read(head: bytes, manifest: Manifest) -> Reader | None:
    """The reader whose columns, as ``[readers]`` names them, all stand in a file that no reader claims.

    Parameters
    ----------
    head : bytes
        The file's first 64 KiB.
    manifest : Manifest
        With the user's column names.

    Returns
    -------
    Reader or None
        None when no reader's columns are all there.
    """
    texts = [head.decode(encoding, errors="replace") for encoding in ("utf-8", "latin-1", "utf-16")]
    for reader in registry()[0]:
        said = manifest.readers.get(reader.name, {})
        names = [name for key, name in said.items() if not _NO_COLUMN.fullmatch(key)]
        if names and any(all(name in text for name in names) for text in texts):
            return reader
    return None


def check_reader_names(manifest: Manifest) -> None:
    """Refuse a manifest whose ``[readers]`` names a reader that does not exist.

    Parameters
    ----------
    manifest : Manifest
        What the user declared.

    Raises
    ------
    ManifestError
        With the nearest spelling.
    """
    known = [reader.name for reader in registry()[0]]
    for name in manifest.readers:
        if name not in known:
            close = nearest(name, known)
            raise ManifestError(
                f"There is no reader '{name}'.",
                where=f"vesicle.toml, readers.{name}",
                why=f"Allowed: {quoted(known, most=30)}.",
                next_step=f"Did you mean '{close}'?" if close else "Take one of these.",
            )
