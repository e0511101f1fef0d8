"""``vesicle run``: a folder in, a dossier out."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.events import Event, Listener, Noticed

if TYPE_CHECKING:
    from vesicle.dossier import Dossier

_IN_WORDS = {
    "pass": "pass",
    "warn": "warning",
    "fail": "fail",
    "not_assessed": "not assessed",
    "not_applicable": "not applicable",
}


@click.command("run", short_help="Make a dossier of a folder.")
@click.argument("folder", type=GivenPath())
@click.option(
    "--out",
    type=GivenPath(),
    help="Where the dossier goes; beside FOLDER as FOLDER-dossier unless said.",
)
@click.option("--strict", is_flag=True, help="Stop at the first file that cannot be read.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Files read at the same time."
)
@click.option(
    "--viscosity",
    type=click.Choice(["as-stated", "water"]),
    default="as-stated",
    show_default=True,
    help="Keep each vendor's viscosity, or harmonise all sizes to that of water.",
)
@json_option
def COMMAND(  # noqa: N802 - declared, not called
    folder: Path, out: Path | None, *, strict: bool, jobs: int, viscosity: str, as_json: bool
) -> NoReturn:
    """Make a dossier of FOLDER, which holds the raw files of one preparation."""
    settings = {"viscosity": viscosity}
    with only_the_document_on_stdout(as_json=as_json), progress() as listen, workers(jobs) as executor:
        answer = run_folder(
            folder, out=out, executor=executor, listen=listen, strict=strict, settings=settings
        )
    respond(answer, as_json=as_json)


def run_folder(
    folder: Path,
    *,
    out: Path | None,
    listen: Listener,
    executor: Executor | None = None,
    strict: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Answer:
    """The dossier of a folder, written, and what to say about it.

    Parameters
    ----------
    folder : pathlib.Path
        The raw files.
    out : pathlib.Path or None
        Where the dossier goes.
    listen : callable
        Draws the events.
    executor : concurrent.futures.Executor, optional
        Reads files in parallel.
    strict : bool, optional
        Stop at the first file that cannot be read.
    settings : mapping of str to str, optional
        Choices for this run, as for :func:`vesicle.spine.run`.

    Returns
    -------
    Answer
        Exit code 1 when some file could not be read.
    """
    from vesicle import spine

    repaired: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Noticed) and event.code == "repaired":
            repaired.append(event.message)
        listen(event)

    target = spine.output_folder(folder, out)
    dossier = spine.run(folder, out=target, executor=executor, listen=hear, strict=strict, settings=settings)
    document = {**_document(dossier, folder=folder, out=target.resolve()), "repaired": repaired}
    failed = [record for record in dossier.files if record.status == "unreadable"]
    return Answer(document=document, text=_text(dossier, target), exit_code=1 if failed else 0)


@contextlib.contextmanager
def workers(jobs: int) -> Generator[Executor | None, None, None]:
    """A pool of processes, or None when one job is enough.

    Parameters
    ----------
    jobs : int
        At least 1.

    Yields
    ------
    concurrent.futures.Executor or None
        For the spine.
    """
    if jobs == 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A thread draws the progress; a forked child could inherit its locks half-way, a spawned one cannot.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def _document(dossier: Dossier, *, folder: Path, out: Path) -> Mapping[str, object]:
    judged = [
        {"id": c.id, "title": c.title, "verdict": c.verdict.value, "reason": c.reason} for c in dossier.checks
    ]
    files = [
        {"path": f.file.path, "reader": f.reader, "status": f.status, "message": f.message}
        for f in dossier.files
    ]
    return {
        "schema": "vesicle.run/1",
        "batch": dossier.batch,
        "folder": str(folder),
        "out": str(out),
        "page": str(out / "dossier.html"),
        "verdicts": {verdict.value: count for verdict, count in dossier.counts().items()},
        "checks": judged,
        "files": files,
        "missing": [{"what": item.what, "allows": item.allows} for item in dossier.missing],
    }


def _text(dossier: Dossier, out: Path) -> str:
    counted = (f"{count} {_IN_WORDS[verdict.value]}" for verdict, count in dossier.counts().items())
    unread = [record for record in dossier.files if record.status == "unreadable"]
    named = [f"  {record.file.path}: {record.message}" for record in unread]
    lines = [f"Batch {dossier.batch}: {', '.join(counted)}."]
    lines += [f"{len(unread)} of {len(dossier.files)} files could not be read:", *named] if named else []
    return "\n".join([*lines, f"The dossier is in {out}", f"Open {out / 'dossier.html'}"])
