"""``vesicle init``: a commented ``vesicle.toml``, written after a look at the folder."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from vesicle.cli.manifest_text import Suggestion, manifest_text
from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.errors import ManifestError, NothingRecognised, UsageError, WriteError
from vesicle.events import Listener

MANIFEST_NAME = "vesicle.toml"
MOST_SUGGESTIONS = 40


@click.command("init", short_help="Write a commented vesicle.toml into a folder.")
@click.argument("folder", type=GivenPath())
@click.option("--force", is_flag=True, help="Replace a vesicle.toml that is already there.")
@json_option
def COMMAND(folder: Path, *, force: bool, as_json: bool) -> NoReturn:  # noqa: N802 - declared, not called
    """Write a vesicle.toml into FOLDER, every key explained and commented out."""
    path = folder / MANIFEST_NAME
    is_there = path.exists() or path.is_symlink()
    if is_there and not force:
        raise _already_there(path)
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        suggestions = _suggestions(folder, listen)
    text = manifest_text(batch=folder.resolve().name, suggestions=suggestions)
    _write(path, text, is_there=is_there)
    document = {
        "schema": "vesicle.init/1",
        "path": str(path.resolve()),
        "replaced": is_there,
        "suggestions": [{"glob": s.glob, "role": s.role, "sample": s.sample} for s in suggestions],
    }
    said = f"Wrote {path}\nDelete the # before the lines that you fill in, then: vesicle run '{folder}'"
    respond(Answer(document=document, text=said), as_json=as_json)


def _already_there(path: Path) -> UsageError:
    return UsageError(
        "There is a manifest already; it was left as it is.",
        where=str(path),
        next_step="Edit it, or replace it with: vesicle init --force.",
    )


def _suggestions(folder: Path, listen: Listener) -> tuple[Suggestion, ...]:
    from vesicle import spine
    from vesicle.measurements import SizeRun

    try:
        scanned = spine.scan(folder, listen=listen)
    except (ManifestError, NothingRecognised):
        return ()  # a manifest that is being replaced may be broken, and an empty folder may be filled later
    # Read, not only scanned: the sample and the role stand inside the files.
    runs = (m for m in spine.read(scanned, listen=listen).measurements if isinstance(m, SizeRun))
    named = (Suggestion(glob=run.files[0].path, role=run.role, sample=run.sample) for run in runs)
    return tuple(named)[:MOST_SUGGESTIONS]


def _write(path: Path, text: str, *, is_there: bool) -> None:
    try:
        if is_there:
            draft = path.with_name(f".{path.name}.new")
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        else:
            with path.open("x", encoding="utf-8") as handle:
                handle.write(text)
    except FileExistsError as error:
        raise _already_there(path) from error
    except OSError as error:
        raise WriteError(
            "The manifest cannot be written.",
            where=str(path),
            why=error.strerror or str(error),
            next_step="Make the folder writable, or copy it to a place of your own.",
        ) from error
