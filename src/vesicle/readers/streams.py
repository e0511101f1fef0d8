"""Opening a file again that was recognised before, and refusing it when it is no longer the same."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from vesicle.errors import ReadError


@contextmanager
def opened(path: Path, *, where: str, size_bytes: int) -> Generator[FileIO]:
    """A file, once it is sure that it has the size it had.

    Parameters
    ----------
    path : pathlib.Path
        Where it is.
    where : str
        Its name for messages.
    size_bytes : int
        What it held when it was recognised.

    Yields
    ------
    FileIO
        At its beginning, without a buffer.

    Raises
    ------
    ReadError
        When it cannot be opened, or changed.
    """
    try:
        with path.open("rb", buffering=0) as stream:
            found = stream.seek(0, 2)
            if found != size_bytes:
                raise changed(where, f"It held {size_bytes:,} bytes and now holds {found:,}.")
            stream.seek(0)
            yield stream
    except OSError as error:
        raise ReadError(
            "The file cannot be opened.",
            where=where,
            why=error.strerror or str(error),
            next_step="Keep the folder in its place, and its files readable, until the run has ended.",
        ) from error


def changed(where: str, why: str) -> ReadError:
    """The refusal of a file that is not what it was.

    Parameters
    ----------
    where : str
        The file's name.
    why : str
        What differs.

    Returns
    -------
    ReadError
        To be raised.
    """
    return ReadError(
        "The file changed while it was read.",
        where=where,
        why=why,
        next_step="Run again when nothing writes to the folder any more.",
    )
