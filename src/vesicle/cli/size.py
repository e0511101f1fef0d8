"""``vesicle size``: size and number of single files or folders, for scripts; no dossier is written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.cli.size_document import Refused, size_document, size_text
from vesicle.errors import NothingRecognised, UsageError
from vesicle.events import FileRead, FileStarted, Listener, StepStarted

if TYPE_CHECKING:
    from vesicle.findings import RunSize
    from vesicle.manifest import FileRule
    from vesicle.measurements import SizeRun
    from vesicle.readers.scan import ReadOutcome, ScannedFile
    from vesicle.vesicles.conditions import Conditions

MOST_DILUTED = 1e12
"""As in the manifest, which is not imported here: it loads pydantic."""


class _Number(click.FloatRange):
    """A range that refuses ``nan`` too, which compares false with every bound."""

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, inside the range.

        Parameters
        ----------
        value : str or float
            What the user wrote.
        param : click.Parameter or None
            The option, for the message.
        ctx : click.Context or None
            The command, for the message.

        Returns
        -------
        float
            Never ``nan``.
        """
        number = super().convert(value, param, ctx)  # pyright: ignore[reportArgumentType] - click's stub is narrower than click
        if math.isnan(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The files of one path on the command line, and what a manifest beside them says."""

    files: tuple[ScannedFile, ...]
    rules: tuple[FileRule, ...]
    is_folder: bool


@click.command("size", short_help="Print size and number of single files.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=GivenPath())
@click.option("--temperature-c", type=_Number(0, 100), help="Harmonise sizes to this temperature.")
@click.option("--viscosity-mpas", type=_Number(0.01, 1e4), help="Harmonise sizes to this viscosity in mPa s.")
@click.option(
    "--dilution",
    type=_Number(1, MOST_DILUTED),
    help="Dilution of the measured sample, where no file states it.",
)
@json_option
def COMMAND(  # noqa: N802 - declared, not called
    paths: tuple[Path, ...],
    *,
    temperature_c: float | None,
    viscosity_mpas: float | None,
    dilution: float | None,
    as_json: bool,
) -> NoReturn:
    """Print size and number for each PATH: an export, the files of one run, or a folder."""
    from vesicle.vesicles.conditions import Conditions

    conditions = Conditions(temperature_c=temperature_c, viscosity_mpas=viscosity_mpas)
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        sizes, refused = measure(paths, conditions=conditions, dilution=dilution, listen=listen)
    answer = Answer(
        document=size_document(sizes, refused),
        text=size_text(sizes, refused),
        exit_code=_exit_code(sizes, refused),
    )
    respond(answer, as_json=as_json)


def measure(
    paths: Iterable[Path], *, conditions: Conditions, dilution: float | None, listen: Listener
) -> tuple[tuple[RunSize, ...], tuple[Refused, ...]]:
    """Our numbers for every sizing run that the paths hold.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files or folders.
    conditions : Conditions
        Temperature and viscosity to harmonise to.
    dilution : float or None
        Applied where no file states one.
    listen : callable
        Draws the events.

    Returns
    -------
    sizes : tuple of RunSize
        One per run; the files of one stem are one run.
    refused : tuple of Refused
        Files without sizes, each with its reason.

    Raises
    ------
    UsageError
        When a path is not there, or the dilution is stated twice.
    NothingRecognised
        When a folder holds nothing that a reader knows.
    """
    from vesicle.vesicles.size import summarise

    runs: list[SizeRun] = []
    refused: list[Refused] = []
    for found in _found(paths):
        ours, theirs = _read(found, listen)
        runs += ours
        refused += theirs
    diluted = [_diluted(run, dilution) for run in runs]
    return tuple(summarise(run, conditions) for run in diluted), tuple(refused)


def _exit_code(sizes: tuple[RunSize, ...], refused: tuple[Refused, ...]) -> int:
    if not sizes and all(item.reader is None for item in refused):
        return NothingRecognised.exit_code
    return 1 if refused else 0


def _found(paths: Iterable[Path]) -> Iterator[_Found]:
    single: dict[Path, Path] = {}
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = _of_folder(path)
            yield replace(found, files=_not_yet(found.files, seen))
        elif path.exists():
            single.setdefault(path.resolve(), path)
        else:
            raise UsageError(
                "There is no such file or folder.",
                where=str(path),
                next_step="Check the spelling; a name with spaces goes in quotes.",
            )
    alone = _not_yet((_single(path) for path in single.values()), seen)
    if alone:
        # Together, since the text, the positions and the report of one run are three files.
        yield _Found(files=alone, rules=(), is_folder=False)


def _not_yet(files: Iterable[ScannedFile], seen: set[Path]) -> tuple[ScannedFile, ...]:
    """The files that no earlier path on the command line holds; they are added to ``seen``."""
    placed = {file.location.resolve(): file for file in files}
    new = tuple(file for location, file in placed.items() if location not in seen)
    seen.update(placed)
    return new


def _of_folder(folder: Path) -> _Found:
    from vesicle.manifest import load_manifest
    from vesicle.spine import scan

    files = scan(folder).files
    placed = (replace(f, ref=replace(f.ref, path=(folder / f.ref.path).as_posix())) for f in files)
    rules = tuple(replace(r, glob=(folder / r.glob).as_posix()) for r in load_manifest(folder).files)
    return _Found(files=tuple(placed), rules=rules, is_folder=True)


def _single(path: Path) -> ScannedFile:
    from vesicle.manifest import Manifest
    from vesicle.readers.scan import scan_file

    return scan_file(path, path.as_posix(), Manifest())


def _read(found: _Found, listen: Listener) -> tuple[list[SizeRun], list[Refused]]:
    from vesicle.measurements import SizeRun
    from vesicle.readers.assemble import assemble

    known = [file for file in found.files if file.status == "recognised"]
    outcomes = list(_outcomes(known, listen))
    assembled = assemble((o.measurement for o in outcomes if o.measurement), found.rules)
    runs = [measurement for measurement in assembled if isinstance(measurement, SizeRun)]
    used = {ref.path for run in runs for ref in run.files}
    refused = [_damaged(outcome) for outcome in outcomes if outcome.error]
    if not found.is_folder:
        refused += [_unknown(file) for file in found.files if file.status != "recognised"]
        refused += [_without_sizes(o) for o in outcomes if o.measurement and o.ref.path not in used]
    return runs, refused


def _outcomes(files: list[ScannedFile], listen: Listener) -> Iterator[ReadOutcome]:
    from vesicle.readers.scan import read_file

    listen(StepStarted(step="read", total=len(files)))
    for file in files:
        listen(FileStarted(path=file.ref.path))
        outcome = read_file(file)
        listen(FileRead(path=file.ref.path, status="unreadable" if outcome.error else "ok"))
        yield outcome


def _damaged(outcome: ReadOutcome) -> Refused:
    code = outcome.error.code if outcome.error else "unreadable"
    return Refused(
        path=outcome.ref.path, reader=outcome.file.reader, code=code, message=str(outcome.error or "")
    )


def _unknown(file: ScannedFile) -> Refused:
    return Refused(path=file.ref.path, reader=None, code=file.status, message=file.message)


def _without_sizes(outcome: ReadOutcome) -> Refused:
    message = f"This is a {outcome.file.title}; alone it gives no size distribution."
    return Refused(path=outcome.ref.path, reader=outcome.file.reader, code="no_sizes", message=message)


def _diluted(run: SizeRun, dilution: float | None) -> SizeRun:
    from vesicle.measurements import Dilution

    stated = run.dilution
    if dilution is None or (stated.factor == dilution and stated.applied_by == "vesicle"):
        return run
    if stated.factor is None:
        return replace(run, dilution=Dilution(factor=dilution, applied_by="vesicle", origin="command line"))
    by = "the instrument" if stated.applied_by == "instrument" else "vesicle"
    raise UsageError(
        "The dilution would be applied twice.",
        where=run.files[0].path,
        why=f"It states {stated.factor:g} ({stated.origin}), applied by {by}; --dilution says {dilution:g}.",
        next_step="Leave out --dilution for this file.",
    )
