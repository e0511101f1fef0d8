"""``vesicle fcs``: what a cytometer's files hold, channel by channel, and what had to be repaired to read them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.cli.scan import columns
from vesicle.errors import NothingRecognised, ReadError, UsageError, VesicleError
from vesicle.events import FileRead, FileStarted, Listener, StepStarted

if TYPE_CHECKING:
    from vesicle.measurements import FlowDataset, FlowFile

NOTES = ("no_events", "volume_not_used")
"""Warnings that say something about a file without anything having been repaired or left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """One file: what was read, or why it was not; ``is_named`` when it begins like such a file."""

    path: Path
    file: FlowFile | None = None
    error: VesicleError | None = None
    is_named: bool = False

    @property
    def status(self) -> str:
        if self.file is None:
            return "unreadable"
        return "repaired" if any(w.code not in NOTES for w in self.file.warnings) else "ok"


@click.command("fcs", short_help="Say what a cytometer's files hold.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=GivenPath())
@json_option
def COMMAND(files: tuple[Path, ...], *, as_json: bool) -> NoReturn:  # noqa: N802 - declared, not called
    """Say for each FILE of a flow cytometer which events and channels it holds, and what was repaired.

    Least, greatest, mean and sum are of the values as stored: masked to their bits, before amplification, gain
    or compensation are undone.
    """
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        looked = tuple(_look(files, listen))
    answer = Answer(document=_document(looked), text=_text(looked), exit_code=_exit_code(looked))
    respond(answer, as_json=as_json)


def _look(paths: Iterable[Path], listen: Listener) -> Iterator[_Looked]:
    chosen = tuple(paths)
    for path in chosen:
        if not path.is_file():
            raise UsageError(
                "This is a folder." if path.is_dir() else "There is no such file.",
                where=str(path),
                next_step="Name single files of a cytometer; vesicle scan looks at folders.",
            )
    listen(StepStarted(step="read", total=len(chosen)))
    for path in chosen:
        listen(FileStarted(path=path.as_posix()))
        found = _read(path)
        listen(FileRead(path=path.as_posix(), status="unreadable" if found.error else "ok"))
        yield found


def _read(path: Path) -> _Looked:
    """One file without a look at its hash, which takes longer than its numbers."""
    from vesicle.readers import RawFile
    from vesicle.readers.fcs import read
    from vesicle.readers.scan import shown
    from vesicle.results import FileRef

    is_named = False
    try:
        with path.open("rb") as stream:
            is_named = stream.read(3) == b"FCS"
            size = stream.seek(0, 2)
        ref = FileRef(path=shown(path.as_posix()), sha256="", size_bytes=size)
        return _Looked(path=path, file=read(RawFile(ref=ref, content=b"", location=path)), is_named=is_named)
    except OSError as error:
        why = error.strerror or str(error)
        refused = ReadError("The file cannot be opened.", where=shown(path.as_posix()), why=why)
        return _Looked(path=path, error=refused)
    except VesicleError as error:
        return _Looked(path=path, error=error, is_named=is_named)


def _exit_code(looked: tuple[_Looked, ...]) -> int:
    if not any(found.is_named for found in looked):
        return NothingRecognised.exit_code
    return 1 if any(found.file is None for found in looked) else 0


def _document(looked: Iterable[_Looked]) -> Mapping[str, object]:
    return {"schema": "vesicle.fcs/1", "files": [_entry(found) for found in looked]}


def _entry(found: _Looked) -> Mapping[str, object]:
    from vesicle.readers.scan import shown

    file, error = found.file, found.error
    warnings = [{"code": w.code, "message": w.message} for w in (file.warnings if file else ())]
    if error is not None:
        warnings = [{"code": error.code, "message": str(error)}]
    return {
        "file": shown(found.path.as_posix()),
        "status": found.status,
        "version": file.version if file else None,
        "datasets": [_dataset(dataset) for dataset in (file.datasets if file else ())],
        "warnings": warnings,
    }


def _dataset(dataset: FlowDataset) -> Mapping[str, object]:
    return {"events": dataset.values.shape[0], "channels": list(_channels(dataset))}


def _channels(dataset: FlowDataset) -> Iterator[Mapping[str, object]]:
    from vesicle.readers.fcs_values import summary_of

    events, summary = dataset.values.shape[0], summary_of(dataset.values)
    for place, channel in enumerate(dataset.channels):
        total = float(summary.total[place])
        yield {
            "name": channel.name,
            "label": channel.label,
            "bits": channel.bits,
            "range": channel.range,
            "min": _finite(float(summary.least[place])) if events else None,
            "max": _finite(float(summary.greatest[place])) if events else None,
            "mean": _finite(total / events) if events else None,
            "sum": _finite(total),
        }


def _finite(value: float) -> float | None:
    """JSON has no word for a sum beyond the range of its numbers, which only a damaged file can reach."""
    return value if math.isfinite(value) else None


def _text(looked: Iterable[_Looked]) -> str:
    return "\n".join(line for found in looked for line in _lines(found))


def _lines(found: _Looked) -> Iterator[str]:
    if found.file is None:
        yield f"{found.path.as_posix()}: unreadable"
        yield f"  {found.error}"
        return
    yield f"{found.path.as_posix()}: {found.file.version}, {found.status}"
    for dataset in found.file.datasets:
        yield f"  Data set {dataset.number + 1}: {dataset.values.shape[0]:,} events"
        rows = [("Channel", "Label", "Bits", "Least", "Greatest", "Mean")]
        rows += [_row(channel) for channel in _channels(dataset)]
        yield from columns(rows)
    yield from (f"  {warned.code}: {warned.message}" for warned in found.file.warnings)


def _row(channel: Mapping[str, object]) -> tuple[str, ...]:
    numbers = (channel[name] for name in ("min", "max", "mean"))
    shown = (f"{value:.6g}" if isinstance(value, float) else "-" for value in numbers)
    return (str(channel["name"]), str(channel["label"]) or "-", str(channel["bits"]), *shown)
