"""``vesicle simulate``: videos and tracks of particles whose sizes are known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from vesicle.cli.output import Answer, json_option, only_the_document_on_stdout, respond
from vesicle.cli.paths import GivenPath
from vesicle.cli.progress import progress
from vesicle.cli.simulate_options import drift_of, nta_options, track_options


@click.group("simulate", short_help="Write a video or tracks with known truth.", no_args_is_help=False)
def COMMAND() -> None:  # noqa: N802 - declared, not called
    """Write a video or tracks of simulated particles, with a file that holds the truth.

    Both subcommands take --json.
    """


@click.command("nta", short_help="Write a video (.tif or .avi).")
@click.argument("out", type=GivenPath())
@nta_options
@json_option
def _nta(
    out: Path,
    *,
    drift: str,
    bits: str,
    truth: Path | None,
    positions: bool,
    force: bool,
    as_json: bool,
    **given: Any,
) -> NoReturn:
    """Write a video of particles in Brownian motion to OUT: a grey .tif, or an uncompressed .avi."""
    from vesicle.simulate.nta_settings import NtaSettings
    from vesicle.simulate.nta_sizes import parse_components
    from vesicle.simulate.nta_write import Target, write_video

    components = parse_components(given.pop("mix"), given.pop("lognormal"))
    settings = NtaSettings(components=components, drift_px=drift_of(drift), bits=int(bits), **given)
    target = Target(out=out, truth=truth, is_replacing=force)
    with only_the_document_on_stdout(as_json=as_json), progress() as listen:
        known = write_video(settings, target, with_positions=positions, listen=listen)
    _respond("nta", target, known, as_json=as_json)


@click.command("tracks", short_help="Write a table of tracks (.csv).")
@click.argument("out", type=GivenPath())
@track_options
@json_option
def _tracks(out: Path, *, truth: Path | None, force: bool, as_json: bool, **given: Any) -> NoReturn:
    """Write positions of diffusing particles to OUT, a csv with the columns particle, frame, x, y (in px)."""
    from vesicle.simulate.nta_sizes import parse_components
    from vesicle.simulate.nta_tracks import TrackSettings
    from vesicle.simulate.nta_write import Target, write_tracks

    components = parse_components(given.pop("mix"), given.pop("lognormal"))
    target = Target(out=out, truth=truth, is_replacing=force)
    with only_the_document_on_stdout(as_json=as_json), progress():
        known = write_tracks(TrackSettings(components=components, **given), target)
    _respond("tracks", target, known, as_json=as_json)


COMMAND.add_command(_nta)
COMMAND.add_command(_tracks)


def _respond(kind: str, target: Any, known: Mapping[str, Any], *, as_json: bool) -> NoReturn:
    document = {
        "schema": "vesicle.simulate/1",
        "kind": kind,
        "out": str(target.out.resolve()),
        "truth": None if target.truth is None else str(target.truth.resolve()),
        "seed": known["settings"]["seed"],
        "particles": len(known["particles"]["diameter_nm"]),
        "distribution": known["distribution"]["particles"],
        "concentration_per_ml": known.get("concentration_per_ml"),
        "visible_per_frame": known.get("visible_per_frame"),
        "depth_um": known.get("depth_um"),
    }
    respond(Answer(document=document, text=_text(target, known)), as_json=as_json)


def _text(target: Any, known: Mapping[str, Any]) -> str:
    true = known["distribution"]["particles"]
    lines = [f"Wrote {target.out} (simulated, not measured)"]
    if target.truth is not None:
        lines.append(f"The truth is in {target.truth}")
    lines.append(f"Median {true['median_nm']:.1f} nm, D10 {true['d10_nm']:.1f}, D90 {true['d90_nm']:.1f} nm")
    if "concentration_per_ml" in known:
        seen = known["visible_per_frame"]["counted"]
        lines.append(f"{known['concentration_per_ml']:.3g} particles per mL; {seen:.1f} visible per frame")
    return "\n".join(lines)
