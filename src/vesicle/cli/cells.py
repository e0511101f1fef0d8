"""``vesicle cells``: whether the producing cells are MSC by their antigens, for scripts; no dossier is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.cells_document import cells_document, cells_text
from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress

if TYPE_CHECKING:
    from vesicle.analysis import Inputs
    from vesicle.events import Listener

_READERS = ("fcs", "population-table")
"""The formats that say something of cells; a folder's other files are not read."""


@click.command("cells", short_help="Judge the identity of the producing cells.")
@click.argument("folder", type=GivenPath())
@json_option
def COMMAND(folder: Path, *, as_json: bool) -> NoReturn:  # noqa: N802 - declared, not called
    """Judge by the cytometer's files in FOLDER whether the producing cells have the antigens of MSC."""
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        inputs, unreadable = identify(folder, listen=listen)
    answer = Answer(
        document=cells_document(inputs),
        text=cells_text(inputs, unreadable),
        exit_code=1 if unreadable else 0,
    )
    respond(answer, as_json=as_json)


def identify(folder: Path, *, listen: Listener) -> tuple[Inputs, tuple[tuple[str, str], ...]]:
    """What the cytometer's files of a folder say of the cells, with the verdicts of C05 and C06.

    Parameters
    ----------
    folder : pathlib.Path
        With or without a ``vesicle.toml``.
    listen : callable
        Draws the events.

    Returns
    -------
    inputs : Inputs
        With the finding and both verdicts.
    unreadable : tuple of (str, str)
        Damaged files, each with its reason.

    Raises
    ------
    NothingRecognised
        When no reader knows any file.
    """
    from vesicle import spine
    from vesicle.analysis import Inputs
    from vesicle.checks.c05_positive_markers import judge as judge_positive
    from vesicle.checks.c06_negative_markers import judge as judge_negative
    from vesicle.findings import IdentityFinding
    from vesicle.source.identity import identify_cells
    from vesicle.standards import load_limits

    scanned = spine.scan(folder, listen=listen)
    ours = tuple(file for file in scanned.files if (file.reader or "").startswith(_READERS))
    reading = spine.read(replace(scanned, files=ours), listen=listen)
    inputs = Inputs(
        manifest=scanned.manifest,
        limits=load_limits(scanned.manifest.limits),
        measurements=reading.measurements,
    )
    inputs = replace(inputs, findings={IdentityFinding: identify_cells(inputs)})
    inputs = replace(inputs, checks={"C05": judge_positive(inputs), "C06": judge_negative(inputs)})
    unreadable = tuple((r.file.path, r.message) for r in reading.files if r.status == "unreadable")
    return inputs, unreadable
