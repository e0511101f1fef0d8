"""Twenty files of a small-particle cytometer, about 100 MB, from the folder to the dossier in a process of its own.

Run by benchmarks/run.py.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from vesicle.simulate.small_particles import CytometerTruth, FilePlan, ParticleTruth, simulate_file

FILES = 20
DILUTIONS = (1e4, 2e4, 4e4)
EVENTS_NL = 23_500.0
"""Drawn at a dilution of 10,000, so that a file has about 280,000 events."""
MOST_S, MOST_MB = 10.0, 500.0
SEED = 20
MANIFEST = """
[cytometry]
scatter_channel = "SSC-H"
wavelength_nm = 488.0
half_angle_deg = 50.0

[[files]]
glob = "*.fcs"
subject = "particles"

[[files]]
glob = "PBS.fcs"
role = "buffer blank"

[[files]]
glob = "unstained.fcs"
role = "unstained"
dilution = 40000.0

[[files]]
glob = "beads.fcs"
role = "size standard"
bead_diameters_nm = [50.0, 64.0, 80.0, 100.0]
bead_diameter_kind = "measured"
"""


class InProcesses(Protocol):
    """What whole processes took."""

    seconds: tuple[float, ...]
    peak_mb: float | None

    @property
    def median_s(self) -> float: ...

    def row(self, name: str, does: str) -> str: ...


def particles(in_processes: Callable[[list[str]], InProcesses], head: str) -> str:
    """The section of the page."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "batch"
        events, size = write_folder(folder)
        command = [sys.executable, "-m", "vesicle", "run", str(folder), "--json"]
        taken = in_processes(command)
    is_inside = taken.median_s <= MOST_S and (taken.peak_mb or 0.0) <= MOST_MB
    return "\n".join(
        [
            f"## A folder of {FILES} cytometer files ({size / 1e6:.0f} MB, {events:,} simulated events)\n",
            head,
            taken.row(
                "`vesicle run`", "counts, controls, scatter, stains, phenotypes, checks: the whole dossier"
            ),
            f"\nThe bar is {MOST_S:.0f} s and {MOST_MB:.0f} MB: {'kept' if is_inside else 'missed'}. {FILES - 3} "
            "stained samples of three dilutions, an unstained one, a buffer and beads, 5 channels of 32-bit floats.",
        ]
    )


def write_folder(folder: Path) -> tuple[int, int]:
    """The files and their manifest; returns events and bytes."""
    folder.mkdir()
    rules = [MANIFEST]
    events = 0
    for number, plan in enumerate(plans()):
        made = simulate_file(ParticleTruth(), CytometerTruth(transit_s=1e-6), plan, seed=SEED + number)
        (folder / plan.name).write_bytes(made.content)
        events += made.events
        if plan.is_stained:
            sample = plan.name.split()[0]
            rules.append(
                f'[[files]]\nglob = "{plan.name}"\nsample = "{sample}"\ndilution = {plan.dilution}\n'
            )
    (folder / "vesicle.toml").write_text("\n".join(rules), encoding="utf-8")
    return events, sum(path.stat().st_size for path in folder.glob("*.fcs"))


def plans() -> Iterator[FilePlan]:
    for number in range(FILES - 3):
        dilution = DILUTIONS[number % 3]
        yield FilePlan(
            name=f"EV-{number // 3 + 1:02d} 1to{dilution:.0f}.fcs",
            dilution=dilution,
            volume_nl=EVENTS_NL * dilution / DILUTIONS[0],
            is_stained=True,
        )
    yield FilePlan(name="unstained.fcs", dilution=4e4, volume_nl=EVENTS_NL)
    yield FilePlan(name="PBS.fcs", volume_nl=EVENTS_NL)
    yield FilePlan(name="beads.fcs", bead_nm=(50.0, 64.0, 80.0, 100.0), beads_per_ml=1e6, volume_nl=EVENTS_NL)
