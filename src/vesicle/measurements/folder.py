"""What the folder itself shows: which files, with which content, measured when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFact:
    """What integrity needs to know about one file that was read.

    ``acquired`` is the date the file states, ``is_assigned`` whether the manifest names its sample,
    ``is_unchanged`` whether its content was the same at the end of the run as when it was read.
    """

    path: str
    sha256: str
    sample: str
    acquired: str | None = None
    software: str = ""
    is_assigned: bool = False
    is_unchanged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRecord:
    """All files that were read, in the order of their paths."""

    files: tuple[FileFact, ...]
