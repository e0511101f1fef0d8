"""``vesicle size``: size and number of single files or folders, for scripts; no dossier is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.cli.size_document import Refused, size_document, size_text
from vesicle.cli.size_videos import Number, VideoWishes, size_again, size_videos, video_options, wishes_of
from vesicle.errors import NothingRecognised, UsageError
from vesicle.events import FileRead, FileStarted, Listener, Progressed, StepStarted

if TYPE_CHECKING:
    from vesicle.findings import RunSize
    from vesicle.manifest import FileRule, VideoDefaults
    from vesicle.measurements import SizeRun, TrackTable, Video
    from vesicle.readers.scan import ReadOutcome, ScannedFile
    from vesicle.vesicles.conditions import Conditions

MOST_DILUTED = 1e12
"""As in the manifest, which is not imported here: it loads pydantic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The files of one path on the command line, and what a manifest beside them says."""

    files: tuple[ScannedFile, ...]
    rules: tuple[FileRule, ...]
    video: VideoDefaults | None
    is_folder: bool


@click.command("size", short_help="Print size and number of single files.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=GivenPath())
@click.option("--temperature-c", type=Number(0, 100), help="Of the liquid; exports are harmonised to it.")
@click.option(
    "--viscosity-mpas", type=Number(0.01, 1e4), help="Of the liquid, in mPa s; exports are harmonised."
)
@click.option(
    "--dilution",
    type=Number(1, MOST_DILUTED),
    help="Dilution of the measured sample, where no file states it.",
)
@video_options
@json_option
def COMMAND(  # noqa: N802 - declared, not called
    paths: tuple[Path, ...],
    *,
    temperature_c: float | None,
    viscosity_mpas: float | None,
    dilution: float | None,
    as_json: bool,
    **given: Any,
) -> NoReturn:
    """Print size and number for each PATH: an export, the files of one run, a video, tracks, or a folder."""
    from vesicle.vesicles.conditions import Conditions

    conditions = Conditions(temperature_c=temperature_c, viscosity_mpas=viscosity_mpas)
    wishes = wishes_of({**given, "temperature_c": temperature_c, "viscosity_mpas": viscosity_mpas})
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        sizes, refused = measure(
            paths, conditions=conditions, wishes=wishes, dilution=dilution, listen=listen
        )
    answer = Answer(
        document=size_document(sizes, refused),
        text=size_text(sizes, refused),
        exit_code=_exit_code(sizes, refused),
    )
    respond(answer, as_json=as_json)


def measure(
    paths: Iterable[Path],
    *,
    conditions: Conditions,
    wishes: VideoWishes,
    dilution: float | None,
    listen: Listener,
) -> tuple[tuple[RunSize, ...], tuple[Refused, ...]]:
    """Our numbers for every sizing run that the paths hold.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files or folders.
    conditions : Conditions
        Temperature and viscosity to harmonise to.
    wishes : VideoWishes
        What is said about videos.
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
    from vesicle.measurements import SizeRun

    sources: list[SizeRun | Video | TrackTable] = []
    refused: list[Refused] = []
    listen(StepStarted(step="scan", total=0))
    for found in _found(paths, listen):
        ours, theirs = _read(found, listen)
        sources += ours
        refused += theirs
    diluted = [_diluted(source, dilution) for source in sources]
    runs = (run for run in diluted if isinstance(run, SizeRun))
    videos = (source for source in diluted if not isinstance(source, SizeRun))
    theirs = (_size(run, conditions, wishes, listen) for run in runs)
    sizes = (*theirs, *size_videos(videos, wishes, listen=listen))
    return sizes, tuple(refused)


def _size(run: SizeRun, conditions: Conditions, wishes: VideoWishes, listen: Listener) -> RunSize:
    """Our numbers for one export: from its positions where their scale is known, else from its sizes."""
    from vesicle.measurements import SizeRun
    from vesicle.vesicles.size import summarise

    found = size_again(run, wishes, listen=listen)
    return summarise(found, conditions) if isinstance(found, SizeRun) else found


def _exit_code(sizes: tuple[RunSize, ...], refused: tuple[Refused, ...]) -> int:
    if not sizes and all(item.reader is None for item in refused):
        return NothingRecognised.exit_code
    return 1 if refused else 0


def _found(paths: Iterable[Path], listen: Listener) -> Iterator[_Found]:
    single: dict[Path, Path] = {}
    seen: set[Path] = set()
    for path in paths:
        listen(Progressed(step="scan", what=path.name))
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
    alone = _not_yet((_single(path, listen) for path in single.values()), seen)
    if alone:
        # Together, since the text, the positions and the report of one run are three files.
        yield _Found(files=alone, rules=(), video=None, is_folder=False)


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
    manifest = load_manifest(folder)
    rules = tuple(replace(r, glob=(folder / r.glob).as_posix()) for r in manifest.files)
    return _Found(files=tuple(placed), rules=rules, video=manifest.video, is_folder=True)


def _single(path: Path, listen: Listener) -> ScannedFile:
    from vesicle.manifest import Manifest
    from vesicle.readers.scan import scan_file

    listen(Progressed(step="scan", what=path.name))
    return scan_file(path, path.as_posix(), Manifest())


def _read(found: _Found, listen: Listener) -> tuple[list[SizeRun | Video | TrackTable], list[Refused]]:
    from vesicle.measurements import SizeRun, TrackTable, Video
    from vesicle.readers.assemble import assemble

    known = [file for file in found.files if file.status == "recognised"]
    outcomes = list(_outcomes(known, listen))
    assembled = assemble((o.measurement for o in outcomes if o.measurement), found.rules, found.video)
    runs = [part for part in assembled if isinstance(part, SizeRun | Video | TrackTable)]
    used = {ref.path for run in runs for ref in (run.files if isinstance(run, SizeRun) else (run.file,))}
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


def _diluted(run: SizeRun | Video | TrackTable, dilution: float | None) -> SizeRun | Video | TrackTable:
    from vesicle.measurements import Dilution, SizeRun

    stated = run.dilution
    if dilution is None or (stated.factor == dilution and stated.applied_by == "vesicle"):
        return run
    if stated.factor is None:
        return replace(run, dilution=Dilution(factor=dilution, applied_by="vesicle", origin="command line"))
    by = "the instrument" if stated.applied_by == "instrument" else "vesicle"
    raise UsageError(
        "The dilution would be applied twice.",
        where=(run.files[0] if isinstance(run, SizeRun) else run.file).path,
        why=f"It states {stated.factor:g} ({stated.origin}), applied by {by}; --dilution says {dilution:g}.",
        next_step="Leave out --dilution for this file.",
    )
