"""The example batch in a small-particle cytometer: three dilutions, controls, detergent and beads; simulated."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.simulate.small_particles import CytometerTruth, FilePlan, ParticleTruth, simulate_file

MANIFEST_TEXT = """
# What a cytometer does not write into its files.
[cytometry]
scatter_channel = "SSC-H"
wavelength_nm = 488.0
half_angle_deg = 50.0

[[files]]
glob = "cytometry/*.fcs"
subject = "particles"

[[files]]
glob = "cytometry/DEMO-01 1to*.fcs"
sample = "DEMO-01"

[[files]]
glob = "cytometry/DEMO-01 1to10000.fcs"
dilution = 10000.0

[[files]]
glob = "cytometry/DEMO-01 1to30000.fcs"
dilution = 30000.0

[[files]]
glob = "cytometry/DEMO-01 1to90000.fcs"
dilution = 90000.0

[[files]]
glob = "cytometry/DEMO-01 triton.fcs"
sample = "DEMO-01"
role = "detergent"
dilution = 10000.0

[[files]]
glob = "cytometry/DEMO-01 unstained.fcs"
sample = "DEMO-01"
role = "unstained"
dilution = 40000.0

[[files]]
glob = "cytometry/PBS.fcs"
role = "buffer blank"

[[files]]
glob = "cytometry/PBS with reagents.fcs"
role = "reagent control"

[[files]]
glob = "cytometry/beads.fcs"
role = "size standard"
sample = "beads of 50 to 100 nm"
bead_diameters_nm = [50.0, 64.0, 80.0, 100.0]
bead_diameter_kind = "measured"
"""

PLANS = (
    FilePlan(name="DEMO-01 1to10000.fcs", dilution=1e4, is_stained=True),
    FilePlan(name="DEMO-01 1to30000.fcs", dilution=3e4, is_stained=True),
    FilePlan(name="DEMO-01 1to90000.fcs", dilution=9e4, is_stained=True),
    FilePlan(name="DEMO-01 triton.fcs", dilution=1e4, with_detergent=True, is_stained=True),
    FilePlan(name="DEMO-01 unstained.fcs", dilution=4e4),
    FilePlan(name="PBS.fcs"),
    FilePlan(name="PBS with reagents.fcs"),
    FilePlan(name="beads.fcs", bead_nm=(50.0, 64.0, 80.0, 100.0)),
)
SEED = 61


def example_cytometry() -> Iterator[tuple[str, bytes]]:
    """The cytometer files of the example batch, 0.6 MB in all.

    Yields
    ------
    (str, bytes)
        Name and content; always the same.
    """
    for index, plan in enumerate(PLANS):
        found = simulate_file(ParticleTruth(), CytometerTruth(), plan, seed=SEED + index)
        yield found.name, found.content
