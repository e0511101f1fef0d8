"""Where a dossier may be written: anywhere but in the folder of raw files."""

from __future__ import annotations

import os
from pathlib import Path

from vesicle.dossier.exports.folder import previous_of
from vesicle.errors import UsageError


def output_folder(folder: Path, out: Path | str | None) -> Path:
    """Where the dossier goes, refused when that lies inside the input folder.

    Parameters
    ----------
    folder : pathlib.Path
        The input folder.
    out : path or None
        What the user asked for.

    Returns
    -------
    pathlib.Path
        Beside the folder unless said otherwise.

    Raises
    ------
    UsageError
        When input and output overlap.
    """
    source = Path(os.path.realpath(folder))
    target = Path(out) if out is not None else source.parent / f"{source.name or 'root'}-dossier"
    resolved = Path(os.path.realpath(target))
    # OUT.previous is replaced too, so the input must not be there either.
    if any(
        _is_inside(place, source) or _is_inside(source, place) for place in (resolved, previous_of(resolved))
    ):
        raise UsageError(
            "The dossier cannot go there.",
            where=str(target),
            why="The output may not lie inside the input folder, nor contain it: raw files stay untouched.",
            next_step="Name another folder with --out.",
        )
    return target


def _is_inside(path: Path, folder: Path) -> bool:
    if path == folder or folder in path.parents:
        return True
    # Where letters differ only in case, or a disk is mounted twice, names do not tell.
    return folder.exists() and any(p.exists() and p.samefile(folder) for p in (path, *path.parents))
