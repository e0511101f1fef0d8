"""Simulations on disk: the video or the tracks, and the truth beside them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vesicle.errors import UsageError, WriteError
from vesicle.events import Listener, Progressed, StepStarted, ignore
from vesicle.measurements.video import GreyBlock
from vesicle.simulate.nta import SimulatedFrame, simulate_frames
from vesicle.simulate.nta_files import check_name, write_frames
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_tracks import TrackSettings, simulate_trajectories
from vesicle.simulate.nta_truth import Seen, positions, tracks_truth, video_truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a simulation goes: the file, the truth beside it where wanted, and whether old files may be replaced."""

    out: Path
    truth: Path | None = None
    is_replacing: bool = False


def write_video(
    settings: NtaSettings, target: Target, *, with_positions: bool = False, listen: Listener = ignore
) -> Mapping[str, object]:
    """Simulate a video into a file, one frame in memory at a time.

    Parameters
    ----------
    settings : NtaSettings
        What is simulated.
    target : Target
        A name that ends in ``.tif``, ``.tiff`` or ``.avi``.
    with_positions : bool, optional
        The truth file also says where every visible particle is in every frame.
    listen : callable, optional
        Hears of progress.

    Returns
    -------
    mapping
        The truth, as in the file.

    Raises
    ------
    UsageError
        When a setting is outside its range, the name cannot be used, or a file is there already.
    WriteError
        When the disk refuses.
    """
    check_name(target.out, settings)
    _refuse_old(target)
    plan, seen = plan_video(settings), Seen()
    with _finished_only(target.out) as draft:
        frames = _announced(simulate_frames(plan), settings.frames, listen)
        images = _noted(frames, seen, is_kept=with_positions)
        write_frames(draft, images, settings, suffix=target.out.suffix)
    truth = dict(video_truth(plan, seen))
    if with_positions:
        truth["positions"] = positions(seen.frames)
    _write_truth(target, truth)
    return truth


def write_tracks(settings: TrackSettings, target: Target) -> Mapping[str, object]:
    """Simulate tracks into a table with the columns particle, frame, x and y (in px).

    Parameters
    ----------
    settings : TrackSettings
        What is simulated.
    target : Target
        Any name.

    Returns
    -------
    mapping
        The truth, as in the file.

    Raises
    ------
    UsageError
        When a setting is outside its range, or a file is there already.
    WriteError
        When the disk refuses.
    """
    _refuse_old(target)
    tracks = simulate_trajectories(settings)
    found = tracks.trajectories
    rows = np.column_stack((found.track, found.frame, found.x_px, found.y_px))
    with _finished_only(target.out) as draft:
        np.savetxt(
            draft,
            rows,
            fmt=("%d", "%d", "%.4f", "%.4f"),
            delimiter=",",
            header="particle,frame,x,y",
            comments="",
        )
    truth = tracks_truth(tracks)
    _write_truth(target, truth)
    return truth


def _announced(frames: Iterator[SimulatedFrame], total: int, listen: Listener) -> Iterator[SimulatedFrame]:
    listen(StepStarted(step="simulating", total=total))
    for number, frame in enumerate(frames, 1):
        listen(Progressed(step="simulating", what=f"frame {number}"))
        yield frame


def _noted(frames: Iterator[SimulatedFrame], seen: Seen, *, is_kept: bool) -> Iterator[GreyBlock]:
    """The images to be written; what is visible in them is noted."""
    for frame in frames:
        seen.add(frame.visible, is_kept=is_kept)
        yield frame.image


def _refuse_old(target: Target) -> None:
    if target.truth is not None and target.truth.resolve() == target.out.resolve():
        raise UsageError(
            "The truth would replace the simulation.",
            where=str(target.truth),
            next_step="Name another file after --truth, for example truth.json.",
        )
    for path in (target.out, target.truth):
        if path is not None and path.exists() and not target.is_replacing:
            raise UsageError(
                "This file is there already; it was left as it is.",
                where=str(path),
                next_step="Choose another name, or replace it with --force.",
            )


def _write_truth(target: Target, truth: Mapping[str, object]) -> None:
    if target.truth is not None:
        with _finished_only(target.truth) as draft:
            draft.write_text(json.dumps(truth, allow_nan=False, indent=1) + "\n", encoding="utf-8")


@contextlib.contextmanager
def _finished_only(path: Path) -> Generator[Path, None, None]:
    """A draft that takes the name of the file when it is complete, and goes when it cannot be."""
    draft = path.with_name(f".{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        raise WriteError(
            "The simulation cannot be written.",
            where=str(path),
            why=error.strerror or str(error),
            next_step="Name a file in a folder that exists and can be written to.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
