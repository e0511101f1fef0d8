"""``vesicle scan``: the dry run, which says what would be read, as what, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress

if TYPE_CHECKING:
    from vesicle.readers.scan import ScannedFile
    from vesicle.spine import Scan

_STATUS = {
    "recognised": "recognised",
    "hint": "export it differently",
    "not_recognised": "not recognised",
    "unreadable": "cannot be opened",
}


@click.command("scan", short_help="Say what is in a folder, and what is missing.")
@click.argument("folder", type=GivenPath())
@json_option
def COMMAND(folder: Path, *, as_json: bool) -> NoReturn:  # noqa: N802 - declared, not called
    """Say what is in FOLDER and what is missing; nothing is written."""
    from vesicle import spine

    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        scanned = spine.scan(folder, listen=listen)
    respond(Answer(document=_document(scanned), text=_text(scanned)), as_json=as_json)


def _document(scanned: Scan) -> Mapping[str, object]:
    return {
        "schema": "vesicle.scan/1",
        "folder": str(scanned.folder),
        "manifest": scanned.manifest.path,
        "batch": scanned.manifest.batch.id,
        "files": [
            {
                "path": file.ref.path,
                "sha256": file.ref.sha256,
                "size_bytes": file.ref.size_bytes,
                "status": file.status,
                "reader": file.reader,
                "title": file.title,
                "sample": file.sample,
                "role": file.role,
                "message": file.message,
            }
            for file in scanned.files
        ],
        "missing": [{"what": item.what, "allows": item.allows} for item in scanned.missing],
        "notes": list(scanned.manifest.notes),
    }


def _text(scanned: Scan) -> str:
    known = sum(file.status == "recognised" for file in scanned.files)
    lines = [f"{scanned.folder}: {known} of {len(scanned.files)} files recognised.", ""]
    lines += columns((("File", "Recognised as", "Sample", "Role"), *map(_row, scanned.files)))
    lines += [f"  {file.ref.path}: {file.message}" for file in scanned.files if file.message]
    if scanned.missing:
        lines += ["", "Missing, and what it would allow:"]
        lines += columns((item.what, item.allows) for item in scanned.missing)
    manifest = (
        "vesicle.toml was read." if scanned.manifest.path else "No vesicle.toml; write one with: vesicle init"
    )
    return "\n".join((*lines, "", manifest, *scanned.manifest.notes))


def _row(file: ScannedFile) -> tuple[str, ...]:
    recognised = file.title if file.status == "recognised" else _STATUS.get(file.status, file.status)
    return file.ref.path, recognised, file.sample or "-", file.role or "-"


def columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines of aligned columns.

    Parameters
    ----------
    rows : iterable of tuple of str
        All of one length.

    Yields
    ------
    str
        One line per row, indented by two.

    Examples
    --------
    >>> list(columns([("a", "b"), ("ccc", "d")]))
    ['  a    b', '  ccc  d']
    """
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
