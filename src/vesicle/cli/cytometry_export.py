"""``vesicle cytometry --export``: calibrated events as files, never over others and never among the raw data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from vesicle.errors import UsageError, WriteError
from vesicle.events import Listener, Progressed, StepStarted

if TYPE_CHECKING:
    from vesicle.analysis import Inputs
    from vesicle.findings import FlowFinding
    from vesicle.vesicles.flow_export import CalibratedEvents

_STEP = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The files that were written, and why others or some of their channels were not."""

    paths: tuple[Path, ...]
    missing: tuple[str, ...]


def refuse_place(folder: Path, out: Path, *, is_replacing: bool) -> None:
    """Refuse a place for the export before anything is measured.

    Parameters
    ----------
    folder : pathlib.Path
        The raw data.
    out : pathlib.Path
        Where calibrated files are to go.
    is_replacing : bool
        Whether a folder with content is welcome.

    Raises
    ------
    UsageError
        When it is among the raw data, no folder, or holds something already.
    WriteError
        When it cannot be looked into.
    """
    if _is_inside(out, folder):
        raise UsageError(
            "Calibrated files are not written among the raw data.",
            where=str(out),
            next_step="Name a folder outside the one that is measured.",
        )
    try:
        is_other = out.exists() and not out.is_dir()
        is_filled = out.is_dir() and any(out.iterdir())
    except OSError as error:
        raise _not_written(out, error) from error
    if is_other:
        raise UsageError("This is not a folder.", where=str(out), next_step="Name a folder after --export.")
    if is_filled and not is_replacing:
        raise UsageError(
            "This folder holds files already; it was left as it is.",
            where=str(out),
            next_step="Choose another folder, or replace files of the same name with --force.",
        )


def export(found: FlowFinding, inputs: Inputs, *, folder: Path, out: Path, listen: Listener) -> Exported:
    """Write every file of particles that has a calibration.

    Parameters
    ----------
    found : FlowFinding
        With the calibrations.
    inputs : Inputs
        With the events.
    folder : pathlib.Path
        The raw data, which is not written to.
    out : pathlib.Path
        Is made where it is missing; files keep the sub-folders of their source.
    listen : callable
        Draws the events.

    Returns
    -------
    Exported
        With reasons for what was left out.

    Raises
    ------
    WriteError
        When a file cannot be written.
    """
    from vesicle.vesicles.flow_export import NotCalibrated, calibrated_events

    listen(StepStarted(step=_STEP, total=len(found.counts)))
    targets = _targets([count.path for count in found.counts], out)
    paths: list[Path] = []
    missing: list[str] = []
    for one in calibrated_events(found, inputs):
        if isinstance(one, NotCalibrated):
            missing.append(f"{one.path}: {one.reason}")
        else:
            missing += [f"{one.path}: {reason}" for reason in one.missing]
            _write(one, targets[one.path], folder)
            paths.append(targets[one.path])
        listen(Progressed(step=_STEP, what=one.path))
    return Exported(paths=tuple(paths), missing=tuple(missing))


def _targets(sources: Sequence[str], out: Path) -> dict[str, Path]:
    """A name for each file; two that differ in their ending or in capitals alone get different ones."""
    targets: dict[str, Path] = {}
    taken: set[str] = set()
    for source in sources:
        path = PurePosixPath(source)
        inner = path.parent if not path.is_absolute() and ".." not in path.parts else PurePosixPath()
        number, target = 2, inner / f"{path.stem}-calibrated.fcs"
        while str(target).casefold() in taken:
            number, target = number + 1, inner / f"{path.stem} ({number})-calibrated.fcs"
        taken.add(str(target).casefold())
        targets[source] = out / target
    return targets


def _write(events: CalibratedEvents, target: Path, folder: Path) -> None:
    """A draft takes the name when it is complete: a full disk leaves no half of a file, and no link is followed."""
    from vesicle.cytometry.fcs_write import write_fcs

    draft = target.with_name(f".{target.name}.part")
    if _is_inside(target.parent, folder):
        raise UsageError(
            "Calibrated files are not written among the raw data.",
            where=str(target),
            next_step="Name a folder outside the one that is measured.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        write_fcs(draft, events.values, events.described)
        draft.replace(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        _forget(draft)


def _forget(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return  # what hinders this hindered the writing too, and that is reported


def _not_written(path: Path, error: OSError) -> WriteError:
    return WriteError(
        "The calibrated file cannot be written.",
        where=str(path),
        why=error.strerror or str(error),
        next_step="Choose a folder that can be written to.",
    )


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a place is a folder or below it, links and capitals that a disk takes for equal included."""
    whole = path.resolve()
    if not folder.exists():
        return False
    return any(parent.exists() and parent.samefile(folder) for parent in (whole, *whole.parents))
