"""``vesicle mie``: the light that a particle scatters into a cytometer's lens, for scripts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.output import Answer, json_option, respond
from vesicle.errors import UsageError

if TYPE_CHECKING:
    from vesicle.cytometry.collection import ScatterCurve
    from vesicle.cytometry.mie import Light, Particle

MOST_DIAMETERS = 20_000
_DIGITS = 9
"""Decimals of a diameter in nm: 30 + 2 * 0.1 is then 30.2, and nothing that can be measured is lost."""


@click.command("mie", short_help="Print scatter against diameter.")
@click.option("--wavelength-nm", type=float, required=True, help="Of the laser, in vacuum.")
@click.option(
    "--half-angle-deg",
    type=float,
    required=True,
    help="Half the opening of the lens, which looks at the beam from the side (90 degrees).",
)
@click.option(
    "--diameter-nm",
    metavar="A:B:STEP",
    required=True,
    help="Outer diameters from A to B, both included; a single number is one diameter.",
)
@click.option(
    "--core", metavar="INDEX", required=True, help="Refractive index, or polystyrene, silica, water."
)
@click.option("--shell", metavar="INDEX", help="Refractive index of a shell around the core.")
@click.option(
    "--shell-nm", type=float, help="Thickness of the shell, inside the outer diameter; 0 is no shell."
)
@click.option("--medium", metavar="INDEX", default="water", show_default=True, help="Of the liquid.")
@json_option
def COMMAND(  # noqa: N802, PLR0913 - declared, not called; one parameter per option
    *,
    wavelength_nm: float,
    half_angle_deg: float,
    diameter_nm: str,
    core: str,
    shell: str | None,
    shell_nm: float | None,
    medium: str,
    as_json: bool,
) -> NoReturn:
    """Print the light that spheres scatter in all directions, and into a lens at the side.

    A refractive index is a number, or the name of a material, whose index at the wavelength is taken. The laser is
    polarised perpendicular to the plane of beam and lens.
    """
    import numpy as np

    from vesicle.cytometry.collection import side_scatter_curve
    from vesicle.cytometry.mie import Light

    light = Light(wavelength_nm=wavelength_nm, medium_index=_index("--medium", medium, wavelength_nm))
    particle = _particle(core, shell, shell_nm, wavelength_nm=wavelength_nm)
    curve = side_scatter_curve(np.array(_diameters(diameter_nm)), particle, light, half_angle_deg)
    document = {
        "schema": "vesicle.mie/1",
        "diameter_nm": curve.diameter_nm.tolist(),
        "collected": curve.collected_nm2.tolist(),
        "qsca": curve.efficiency.tolist(),
    }
    respond(Answer(document=document, text=_text(curve, particle, light, half_angle_deg)), as_json=as_json)


def _particle(core: str, shell: str | None, shell_nm: float | None, *, wavelength_nm: float) -> Particle:
    from vesicle.cytometry.mie import Particle

    core_index = _index("--core", core, wavelength_nm)
    if shell_nm == 0 or (shell is None and shell_nm is None):
        return Particle(core_index=core_index)
    if shell is None or shell_nm is None:
        given, missing = ("--shell", "--shell-nm") if shell_nm is None else ("--shell-nm", "--shell")
        raise UsageError(
            "A shell needs its refractive index and its thickness.",
            where="vesicle mie",
            why=f"Found {given} without {missing}.",
            next_step="Give both, or neither for a particle without a shell.",
        )
    return Particle(
        core_index=core_index, shell_index=_index("--shell", shell, wavelength_nm), shell_nm=shell_nm
    )


def _index(option: str, text: str, wavelength_nm: float) -> float:
    from vesicle.cytometry.materials import material

    try:
        return float(text)
    except ValueError:
        pass
    try:
        return material(text).index(wavelength_nm)
    except UsageError as error:
        raise UsageError(
            error.what, where=f"vesicle mie, {option}", why=error.why, next_step=error.next_step
        ) from error


def _diameters(text: str) -> list[float]:
    """The diameters of ``A:B:STEP``; B is one of them when a whole number of steps leads there."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if not all(math.isfinite(part) for part in parts) or len(parts) not in (1, 3):
        raise _bad_range(text, "Expected three numbers such as 30:1000:2, or one.")
    first, last, step = parts if len(parts) == 3 else (parts[0], parts[0], 1.0)
    if step <= 0 or last < first:
        raise _bad_range(text, "The second number is at least the first, and the step is above 0.")
    steps = math.floor((last - first) / step + 1e-9)
    if steps >= MOST_DIAMETERS:
        raise _bad_range(text, f"That is more than {MOST_DIAMETERS} diameters.")
    return [round(first + number * step, _DIGITS) for number in range(steps + 1)]


def _bad_range(text: str, why: str) -> UsageError:
    return UsageError(
        f"'{text}' is no range of diameters.",
        where="vesicle mie, --diameter-nm",
        why=why,
        next_step="Give the first and the last diameter and the step in nm: A:B:STEP.",
    )


def _text(curve: ScatterCurve, particle: Particle, light: Light, half_angle_deg: float) -> str:
    shell = (
        ""
        if particle.shell_index is None
        else f", shell {particle.shell_index:.4f}, {particle.shell_nm:g} nm"
    )
    head = [
        f"Core {particle.core_index:.4f}{shell}; {light.wavelength_nm:g} nm in a medium of {light.medium_index:.4f}; "
        f"cone of {half_angle_deg:g} degrees at the side",
        f"{'diameter nm':>12} {'collected nm2':>14} {'Qsca':>12}",
    ]
    rows = zip(curve.diameter_nm, curve.collected_nm2, curve.efficiency, strict=True)
    return "\n".join([*head, *(f"{d:12g} {collected:14.6g} {q:12.6g}" for d, collected, q in rows)])
