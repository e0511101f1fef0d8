"""The options of ``vesicle simulate``; their defaults and ranges are those of the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import reduce
from typing import Any, TypeAlias

import click

from vesicle.cli.paths import GivenPath
from vesicle.errors import UsageError
from vesicle.simulate.nta_settings import BITS, LIMITS, TRACK_LIMITS, NtaSettings, TrackSettings

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

_COMMON = (
    click.option(
        "--mix",
        multiple=True,
        metavar="MEAN:CV:WEIGHT,...",
        help="Sizes: mean in nm, coefficient of variation as a fraction, number per volume.",
    ),
    click.option(
        "--lognormal",
        multiple=True,
        metavar="MEDIAN:GSD",
        help="A broad distribution: median in nm, geometric standard deviation; a weight may follow.",
    ),
    click.option(
        "--truth",
        type=GivenPath(),
        metavar="TRUTH.json",
        help="Also write what an estimate should find.",
    ),
    click.option("--force", is_flag=True, help="Replace files that are already there."),
)

_BOTH = {
    "fps": "Frames per second.",
    "exposure_ms": "Time that the shutter is open in a frame; 0 is a flash.",
    "pixel_nm": "Size of a pixel in the sample.",
    "temperature_c": "Temperature of the liquid.",
    "viscosity_mpas": "Viscosity of the liquid; that of water when absent.",
    "seed": "Same seed, same bytes.",
}

_VIDEO = {
    "frames": "Number of frames.",
    "width": "Columns.",
    "height": "Rows.",
    "per_frame": "Mean number of visible particles per frame; sets the concentration.",
    "snr": "Median peak over noise of the visible particles of the smallest size; sets the gain.",
    "snr_at_nm": "The size that --snr is for; the smallest mean, or D10 of a lognormal, when absent.",
    "sheet_um": "Standard deviation of the light sheet along z.",
    "focus_um": "Defocus at which a spot's peak has halved; by diffraction when absent.",
    "psf_px": "Standard deviation of a spot in focus.",
    "background": "Mean level of an empty pixel; 24, or 60 % of the ceiling with --dark, when absent.",
    "read_noise": "Standard deviation, in grey levels.",
    "electrons_per_grey": "Electrons per grey level; sets the shot noise.",
    "brightness_cap_nm": "Brightness grows with d^6 up to this size and with d^2 above.",
    "brightness_spread": "Standard deviation of the logarithm of a particle's own factor.",
    "drift_period_s": "The drift swings by half of itself with this period.",
    "flare": "Number of large, bright, fixed patches.",
    "uneven": "Largest deviation of the background from its mean, as a fraction.",
    "substeps": "Points of time in one exposure.",
}

_TRACKS = {
    "tracks": "Number of tracks.",
    "length": "Mean number of points of a track; 5 at least, geometric above.",
    "localisation_nm": "Standard deviation of the error of a position, per axis.",
}

_FLAGS = (
    click.option(
        "--brightness",
        type=click.Choice(("size", "equal")),
        default="size",
        show_default=True,
        help="As the size asks, or equal for all.",
    ),
    click.option("--bits", type=click.Choice(tuple(map(str, BITS))), default="8", show_default=True),
    click.option("--drift", default="0:0", metavar="X:Y", show_default=True, help="Flow in px per frame."),
    click.option("--rings", is_flag=True, help="Diffraction rings around spots out of focus."),
    click.option("--dark", is_flag=True, help="Dark spots on a bright ground."),
    click.option("--positions", is_flag=True, help="Truth also of every frame: where visible particles are."),
)


def nta_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``vesicle simulate nta``.

    Parameters
    ----------
    command : callable
        The command.

    Returns
    -------
    callable
        The command with its options.
    """
    numbers = _numbers({**_VIDEO, **_BOTH}, _defaults(NtaSettings), LIMITS)
    return _decorated(command, (*_COMMON, *numbers, *_FLAGS))


def track_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``vesicle simulate tracks``.

    Parameters
    ----------
    command : callable
        The command.

    Returns
    -------
    callable
        The command with its options.
    """
    numbers = _numbers({**_TRACKS, **_BOTH}, _defaults(TrackSettings), TRACK_LIMITS)
    return _decorated(command, (*_COMMON, *numbers))


def drift_of(text: str) -> tuple[float, float]:
    """The drift that the user wrote.

    Parameters
    ----------
    text : str
        ``X:Y``, in px per frame.

    Returns
    -------
    tuple of float
        X and y.

    Raises
    ------
    UsageError
        When the text is not of this form.

    Examples
    --------
    >>> drift_of("-4:0.5")
    (-4.0, 0.5)
    """
    try:
        x_px, y_px = map(float, text.split(":"))
    except ValueError:
        raise UsageError(
            "This is no drift.",
            where=f"--drift '{text}'",
            why="It needs two numbers, X:Y, in px per frame.",
            next_step="For example: --drift 0.5:-0.2.",
        ) from None
    return x_px, y_px


def _defaults(kind: type[NtaSettings] | type[TrackSettings]) -> Mapping[str, Any]:
    return {field.name: field.default for field in fields(kind)}


def _numbers(
    texts: Mapping[str, str], defaults: Mapping[str, Any], limits: Mapping[str, tuple[float, float]]
) -> list[Decorator]:
    return [_number(name, text, defaults, limits) for name, text in texts.items()]


def _number(
    name: str, text: str, defaults: Mapping[str, Any], limits: Mapping[str, tuple[float, float]]
) -> Decorator:
    field = name if name in defaults else f"{name}_px"
    default, (low, high) = defaults[field], limits[field]
    is_whole = isinstance(default, int)
    kind = click.IntRange(int(low), int(high)) if is_whole else click.FloatRange(low, high)
    return click.option(
        f"--{name.replace('_', '-')}",
        field,
        type=kind,
        default=default,
        show_default=default is not None,
        help=text,
    )


def _decorated(command: Callable[..., Any], options: tuple[Decorator, ...]) -> Callable[..., Any]:
    # Click shows options in the order of the code, the decorator nearest to the function last.
    return reduce(lambda wrapped, option: option(wrapped), reversed(options), command)
