"""The example batch of ``vesicle demo``: invented names, seeded numbers, a truth to compare with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from vesicle.simulate.example_cells import example_cells
from vesicle.simulate.example_cytometry import MANIFEST_TEXT as CYTOMETRY_TEXT
from vesicle.simulate.example_cytometry import example_cytometry
from vesicle.simulate.markers import MarkerTruth, blot_table, diameter_table, disc_picture
from vesicle.simulate.protein import ProteinTruth, protein_table
from vesicle.simulate.zetaview import RunPlan, SizeTruth, simulate_run

MANIFEST_TEXT = (
    """\
# The example batch of vesicle: simulated, not measured.
[batch]
id = "DEMO-01 (simulated)"
production_date = 2026-03-02

[donor]
species = "Homo sapiens"

[cells]
tissue = "umbilical cord"
passage = 4
count_at_collection = 4.0e7
viability_percent = 94.0
plastic_adherent = true
trilineage = ["osteoblast", "adipocyte", "chondroblast"]

[culture]
medium_volume_ml = 200.0

[[isolation]]
method = "tangential flow filtration"

[product]
final_volume_ml = 2.0
buffer = "PBS"
protein_in_buffer = false

[[files]]
glob = "sizing/*PBS*"
role = "buffer blank"
sample = "PBS"

# What a camera does not write into its videos.
[video]
pixel_nm = 200.0
fps = 30.0
exposure_ms = 10.0
temperature_c = 25.0

[[files]]
glob = "video/DEMO-01-75 *"
sample = "DEMO-01"
dilution = 75.0

[[files]]
glob = "video/DEMO-01-95 *"
sample = "DEMO-01"
dilution = 95.0

# Drawn discs, no micrographs: they show where pictures stand in the dossier.
[[files]]
glob = "pictures/simulated wide*"
sample = "DEMO-01"
view = "wide-field"

[[files]]
glob = "pictures/simulated close*"
sample = "DEMO-01"
view = "close-up"

[[files]]
glob = "pictures/simulated TEM sizes.csv"
sample = "DEMO-01"
pixel_nm = 2.0

[[files]]
glob = "video/beads*"
role = "size standard"
sample = "beads of 100 nm"
certified_nm = 100.0
certified_uncertainty_nm = 3.0
"""
    + CYTOMETRY_TEXT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleTruth:
    """What the example batch was drawn from."""

    sample: str
    size: SizeTruth
    blank: SizeTruth
    protein_ug_per_ml: float
    dilution: float
    second_dilution: float
    final_volume_ml: float

    @property
    def particles_per_ug(self) -> float:
        """Particles of the stock per ug of its protein."""
        return self.size.stock_per_ml / self.protein_ug_per_ml


TRUTH = ExampleTruth(
    sample="DEMO-01",
    size=SizeTruth(median_nm=118.0, log_sd=0.34, stock_per_ml=1.2e11),
    blank=SizeTruth(median_nm=105.0, log_sd=0.45, stock_per_ml=1.8e6),
    protein_ug_per_ml=8.0,
    dilution=2000.0,
    second_dilution=5000.0,
    final_volume_ml=2.0,
)

RUN_SEED, BLANK_SEED, PROTEIN_SEED, MARKER_SEED, PICTURE_SEED = 101, 7, 11, 13, 17

MARKERS = (
    MarkerTruth(marker="CD9", vesicles_per_ug=310.0, cells_per_ug=60.0),
    MarkerTruth(marker="CD63", vesicles_per_ug=420.0, cells_per_ug=90.0),
    MarkerTruth(marker="CD81", vesicles_per_ug=380.0, cells_per_ug=70.0),
    MarkerTruth(marker="TSG101", vesicles_per_ug=150.0, cells_per_ug=80.0),
    MarkerTruth(marker="ALIX", vesicles_per_ug=170.0, cells_per_ug=95.0),
    MarkerTruth(marker="Albumin", vesicles_per_ug=0.0, cells_per_ug=30.0),
    MarkerTruth(marker="Calnexin", vesicles_per_ug=12.0, cells_per_ug=260.0),
    MarkerTruth(marker="GM130", vesicles_per_ug=0.0, cells_per_ug=140.0),
)
"""Signals of the example blot per ug of protein; calnexin is depleted to 0.046, GM130 and albumin are not there."""

PICTURE_MEDIAN_NM, PICTURE_LOG_SD, PICTURE_PIXEL_NM = 88.0, 0.34, 2.0


def example_folder() -> Mapping[str, bytes]:
    """The files of the example batch by their path in the folder, videos and cytometer files included.

    To the files of :func:`example_tables` come videos of the same preparation: three replicates at one dilution
    and one at a second dilution, and one video of beads of a certified size; they hold 107 MB. The files of a
    small-particle cytometer hold 1 MB.

    Returns
    -------
    mapping of str to bytes
        Always the same bytes.
    """
    from vesicle.simulate.example_videos import example_videos

    videos = {f"video/{name}": content for name, content in example_videos(TRUTH.size)}
    flown = {f"cytometry/{name}": content for name, content in example_cytometry()}
    return MappingProxyType({**example_tables(), **videos, **flown})


def example_tables() -> Mapping[str, bytes]:
    """The files of the example batch without its videos and its cytometer files.

    Three replicate runs of one sample at one dilution, a run at a second dilution, a buffer blank, a
    BCA table, the producing cells in a cytometer (a stained tube and its isotypes), a table of bands, drawn discs with
    their sizes, and a short ``vesicle.toml``.

    Returns
    -------
    mapping of str to bytes
        Always the same bytes.

    Examples
    --------
    >>> sorted(example_tables())[-2:]
    ['sizing/20260305_0005_PBS_size_488_11pos.txt', 'vesicle.toml']
    """
    files = {"vesicle.toml": MANIFEST_TEXT.encode(), "protein/bca.csv": _protein()}
    files |= _markers() | _pictures()
    for index, dilution in enumerate((TRUTH.dilution,) * 3 + (TRUTH.second_dilution,)):
        plan = _plan(
            index + 1, sample=TRUTH.sample, dilution=dilution, label=f"{TRUTH.sample}-{dilution:.0f}"
        )
        files |= _sizing(TRUTH.size, plan, seed=RUN_SEED + index)
    files |= {f"cells/{name}": content for name, content in example_cells()}
    blank = _plan(5, sample="PBS", dilution=1.0, label="PBS", expected_tracks=70.0)
    files |= _sizing(TRUTH.blank, blank, seed=BLANK_SEED)
    return MappingProxyType(files)


def _plan(
    number: int, *, sample: str, dilution: float, label: str, expected_tracks: float = 900.0
) -> RunPlan:
    return RunPlan(
        stem=f"20260305_{number:04d}_{label}_size_488",
        sample=sample,
        dilution=dilution,
        acquired=dt.datetime(2026, 3, 5, 10, 5 * number),
        expected_tracks=expected_tracks,
    )


def _sizing(truth: SizeTruth, plan: RunPlan, *, seed: int) -> dict[str, bytes]:
    run = simulate_run(truth, plan, seed=seed)
    return {
        f"sizing/{run.size_name}": run.size_file,
        f"sizing/{run.positions_name}": run.positions_file,
    }


def _markers() -> dict[str, bytes]:
    return {"markers/blot.csv": blot_table(MARKERS, sample=TRUTH.sample, seed=MARKER_SEED)}


def _pictures() -> dict[str, bytes]:
    import numpy as np

    rng = np.random.default_rng(PICTURE_SEED)
    drawn = PICTURE_MEDIAN_NM * np.exp(PICTURE_LOG_SD * rng.standard_normal(120))
    wide = disc_picture(drawn[:30], pixel_nm=12.0, width_px=256, seed=PICTURE_SEED)
    close = disc_picture(drawn[:3], pixel_nm=PICTURE_PIXEL_NM, width_px=256, seed=PICTURE_SEED + 1)
    return {
        "pictures/simulated wide-field.png": wide,
        "pictures/simulated close-up.png": close,
        "pictures/simulated TEM sizes.csv": diameter_table(drawn, pixel_nm=PICTURE_PIXEL_NM),
    }


def _protein() -> bytes:
    truths = (
        ProteinTruth(sample=TRUTH.sample, ug_per_ml=TRUTH.protein_ug_per_ml),
        ProteinTruth(sample="blank", ug_per_ml=0.1, repeat_cv=0.3),
    )
    return protein_table(truths, seed=PROTEIN_SEED)
