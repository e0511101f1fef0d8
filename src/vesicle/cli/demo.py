"""``vesicle demo``: an example folder, and its dossier, without any data of your own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.cli.run import run_folder
from vesicle.errors import UsageError, WriteError, quoted
from vesicle.events import StepStarted


@click.command("demo", short_help="Write an example batch and make its dossier.")
@click.argument("directory", type=GivenPath(), default=Path("vesicle-demo"))
@json_option
def COMMAND(directory: Path, *, as_json: bool) -> NoReturn:  # noqa: N802 - declared, not called
    """Write an example batch into DIRECTORY and make its dossier; the data are simulated."""
    from vesicle.simulate.example import TRUTH, example_folder

    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        folder = directory / TRUTH.sample
        listen(StepStarted(step="simulate", total=1))
        write_example(folder, example_folder())
        ran = run_folder(folder, out=None, listen=listen)
    document = {**ran.document, "schema": "vesicle.demo/1"}
    text = f"The example batch (simulated, not measured) is in {folder}\n{ran.text}"
    respond(Answer(document=document, text=text, exit_code=ran.exit_code), as_json=as_json)


def write_example(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the example, unless something else is in its place.

    Parameters
    ----------
    folder : pathlib.Path
        Absent, or with nothing but an example that was written before.
    files : mapping of str to bytes
        Relative path to content.

    Raises
    ------
    UsageError
        When the folder holds something else.
    WriteError
        When it cannot be written.
    """
    try:
        _refuse_other_content(folder, files)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise WriteError(
            "The example cannot be written here.",
            where=str(folder),
            why=error.strerror or str(error),
            next_step="Name another place: vesicle demo DIRECTORY.",
        ) from error


def _refuse_other_content(folder: Path, files: Mapping[str, bytes]) -> None:
    found = [path for path in folder.rglob("*") if not path.is_dir()] if folder.is_dir() else []
    names = {path.relative_to(folder).as_posix(): path for path in found}
    other = [name for name, path in names.items() if name not in files or path.read_bytes() != files[name]]
    if other:
        raise UsageError(
            "This folder holds files that are not the example's, so vesicle does not write into it.",
            where=str(folder),
            why=f"Found {quoted(sorted(other), most=3)}.",
            next_step="Name another place: vesicle demo DIRECTORY.",
        )
