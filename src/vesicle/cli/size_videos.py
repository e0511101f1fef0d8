"""The part of ``vesicle size`` that concerns videos: their options, and sizing them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vesicle.errors import UsageError, VesicleError

if TYPE_CHECKING:
    from vesicle.events import Listener
    from vesicle.findings import RunSize
    from vesicle.measurements import SizeRun, TrackTable, Video
    from vesicle.vesicles.seen import Calibration
    from vesicle.vesicles.videos import Choices

Function = TypeVar("Function", bound=Callable[..., object])

_LARGEST_BEADS_NM = 100_000.0


class Number(click.FloatRange):
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


_OPTIONS = (
    click.option("--pixel-nm", type=Number(1, 1e5), help="Videos: length of a pixel in the sample."),
    click.option("--fps", type=Number(0.01, 1e5), help="Videos: frames per second."),
    click.option(
        "--exposure-ms", type=Number(0, 1e5), help="Videos: time that the shutter is open in a frame."
    ),
    click.option("--depth-um", type=Number(0.01, 1e4), help="Videos: depth in which particles are seen."),
    click.option(
        "--beads",
        metavar="VIDEO:NM",
        help="Videos: a video of beads of this diameter, with the same optics, that gives the depth.",
    ),
    click.option(
        "--threshold",
        "threshold_factor",
        type=Number(0.2, 10),
        default=1.0,
        show_default=True,
        help="Videos: factor on the automatic detection threshold.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, 2**63 - 1),
        default=0,
        show_default=True,
        help="Videos and tracks: of folds and resamples.",
    ),
)


def video_options(command: Function) -> Function:
    """A command with the options that videos need.

    Parameters
    ----------
    command : callable
        Takes them as keywords.

    Returns
    -------
    callable
        The same command.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoWishes:
    """What the command line says about videos."""

    choices: Choices
    beads: tuple[Path, float] | None


def wishes_of(given: Mapping[str, Any]) -> VideoWishes:
    """The options as records.

    Parameters
    ----------
    given : mapping
        Option names with their values, those of the scale and of the conditions among them.

    Returns
    -------
    VideoWishes
        Beads with their diameter.

    Raises
    ------
    UsageError
        When ``--beads`` is not VIDEO:NM.
    """
    from vesicle.measurements import Scale
    from vesicle.measurements.scale import SCALE_NAMES
    from vesicle.vesicles.videos import Choices

    scale = Scale(**{name: given.get(name) for name in SCALE_NAMES})
    choices = Choices(scale=scale, threshold_factor=given["threshold_factor"], seed=given["seed"])
    return VideoWishes(choices=choices, beads=_beads(given.get("beads")))


def _beads(text: str | None) -> tuple[Path, float] | None:
    if text is None:
        return None
    path, _, diameter = text.rpartition(":")
    try:
        nm = float(diameter)
    except ValueError:
        nm = math.nan
    if not path or not 1 <= nm <= _LARGEST_BEADS_NM:
        raise UsageError(
            "The beads are not stated as VIDEO:NM.",
            where=f"--beads {text}",
            why="Expected the path of a video, a colon and the certified diameter in nm.",
            next_step="For example: --beads beads.tif:100.",
        )
    return Path(path), nm


def size_videos(
    sources: Iterable[Video | TrackTable], wishes: VideoWishes, *, listen: Listener
) -> tuple[RunSize, ...]:
    """Our numbers for every video and every table of tracks.

    Parameters
    ----------
    sources : iterable of Video or TrackTable
        As read.
    wishes : VideoWishes
        From the command line.
    listen : callable
        Draws the events.

    Returns
    -------
    tuple of RunSize
        In the same order.

    Raises
    ------
    UsageError
        When the beads cannot calibrate.
    """
    from vesicle.standards import load_limits
    from vesicle.vesicles.videos import measure

    found = tuple(sources)
    if not found:
        return ()
    calibration, standard = _calibration(wishes), load_limits()["C01"]
    return tuple(
        measure(source, wishes.choices, calibration=calibration, standard=standard, listen=listen)
        for source in found
    )


def size_again(run: SizeRun, wishes: VideoWishes, *, listen: Listener) -> RunSize | SizeRun:
    """An export sized from the positions that it lists, where the scale is known.

    Parameters
    ----------
    run : SizeRun
        As read.
    wishes : VideoWishes
        From the command line.
    listen : callable
        Draws the events.

    Returns
    -------
    RunSize or SizeRun
        The run itself, with what is known of its scale, where its own sizes are all there is.
    """
    if run.scale is None:
        return run
    from vesicle.standards import load_limits
    from vesicle.vesicles.scales import completed
    from vesicle.vesicles.videos import measure_again

    stated = replace(run, scale=completed(run.scale, wishes.choices.scale))
    found = measure_again(stated, wishes.choices, standard=load_limits()["C01"], listen=listen)
    return stated if found is None else found


def _calibration(wishes: VideoWishes) -> Calibration | None:
    if wishes.beads is None:
        return None
    from vesicle.results import NotAssessed
    from vesicle.vesicles.videos import calibration_from

    path, nm = wishes.beads
    try:
        found = calibration_from(_video_at(path), wishes.choices, beads_nm=nm)
    except VesicleError as error:
        raise UsageError(
            "The video of the beads cannot be used.",
            where=str(path),
            why=str(error),
            next_step="Name another video, or leave out --beads.",
        ) from error
    if isinstance(found, NotAssessed):
        raise UsageError(
            "The beads do not give the depth.",
            where=str(path),
            why=f"{found.reason[:1].upper()}{found.reason[1:]}.",
            next_step="Give what is missing, name another video of beads, or leave out --beads.",
        )
    return found


def _video_at(path: Path) -> Video:
    from vesicle.measurements import Video
    from vesicle.readers.scan import read_path

    video = read_path(path)
    if isinstance(video, Video):
        return video
    raise UsageError("This is not a video.", where=str(path), next_step="Name a video of the beads.")
