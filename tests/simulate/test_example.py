"""The example batch: what it holds, and that it says what it was drawn from."""

import csv
import io

import pytest

from vesicle.manifest import manifest_from_text
from vesicle.simulate import example_videos
from vesicle.simulate.example import TRUTH, example_folder, example_tables
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.protein import ProteinTruth, protein_table


def test_the_example_is_the_same_every_time():
    assert dict(example_tables()) == dict(example_tables())


@pytest.mark.slow
def test_the_example_holds_the_same_preparation_as_videos_with_a_certified_bead():
    files = example_folder()
    videos = {name: content for name, content in files.items() if name.endswith(".avi")}
    assert len(videos) == 5
    assert sum(map(len, videos.values())) < 120e6, "the demo must stay small"
    assert all(b"simulated by vesicle, not measured" in content[:4000] for content in videos.values())
    flown = {name for name in files if name.endswith(".fcs")}
    assert {*files} == {*example_tables(), *videos, *flown}


def test_the_example_holds_its_cells_and_their_isotypes_in_a_small_file_each():
    cells = {name: content for name, content in example_tables().items() if name.endswith(".fcs")}
    assert sorted(cells) == ["cells/DEMO-01 cells isotypes.fcs", "cells/DEMO-01 cells.fcs"]
    assert all(content.startswith(b"FCS3.1") for content in cells.values())
    assert sum(map(len, cells.values())) < 1e6, "the demo must stay small"


def test_the_videos_of_the_example_hold_its_stock_at_the_stated_dilution():
    manifest = manifest_from_text(example_tables()["vesicle.toml"].decode())
    stated = {rule.glob: rule.dilution for rule in manifest.files if rule.dilution}
    stated = {glob: dilution for glob, dilution in stated.items() if not glob.startswith("cytometry/")}
    assert stated == {
        f"video/DEMO-01-{dilution:.0f} *": dilution
        for dilution in (example_videos.DILUTION, example_videos.SECOND_DILUTION)
    }
    for number, dilution in example_videos.DILUTIONS:
        plan = plan_video(example_videos.sample_settings(TRUTH.size, number, dilution))
        assert plan.concentration_per_ml * dilution == pytest.approx(TRUTH.size.stock_per_ml, rel=0.01)


def test_the_manifest_states_the_camera_and_the_beads_that_the_videos_were_drawn_with():
    manifest = manifest_from_text(example_tables()["vesicle.toml"].decode())
    video = manifest.video
    beads = next(rule for rule in manifest.files if rule.certified_nm)
    assert (video.pixel_nm, video.fps) == (example_videos.PIXEL_NM, example_videos.FPS)
    assert (video.exposure_ms, video.temperature_c) == (
        example_videos.EXPOSURE_MS,
        example_videos.TEMPERATURE_C,
    )
    assert (beads.role, beads.certified_nm) == ("size standard", example_videos.BEADS_NM)


def test_the_example_has_three_replicates_a_second_dilution_a_blank_and_a_protein_table():
    names = sorted(example_tables())
    assert len([n for n in names if "DEMO-01-2000_size_488.txt" in n]) == 3
    assert len([n for n in names if "DEMO-01-5000_size_488.txt" in n]) == 1
    assert len([n for n in names if n.endswith("_11pos.txt")]) == 5
    assert {"protein/bca.csv", "vesicle.toml"} < set(names)


def test_the_manifest_of_the_example_loads_without_a_remark():
    manifest = manifest_from_text(example_tables()["vesicle.toml"].decode())
    assert manifest.notes == ()
    assert manifest.batch.id == f"{TRUTH.sample} (simulated)", "its dossier must not be taken for measured"
    assert manifest.product.final_volume_ml == TRUTH.final_volume_ml
    assert manifest.files[0].role == "buffer blank"


def test_the_example_says_that_it_was_not_measured():
    files = example_tables()
    texts = [files[name] for name in files if name.endswith("size_488.txt") or name == "vesicle.toml"]
    assert len(texts) == 6
    assert all(b"simulated, not measured" in text for text in texts)


@pytest.mark.parametrize(("decimal", "delimiter"), [(".", ","), (",", ";")])
def test_a_protein_table_repeats_its_truth_within_the_repeatability(decimal, delimiter):
    truth = ProteinTruth(sample="A", ug_per_ml=50.0, repeat_cv=0.04)
    content = protein_table((truth,), seed=1, replicates=40, decimal=decimal).decode()
    head, row = csv.reader(io.StringIO(content), delimiter=delimiter)
    readings = [float(cell.replace(decimal, ".")) for cell in row[2:]]
    assert (row[:2], len(readings)) == (["A", "BCA"], len(head) - 2)
    assert sum(readings) / 40 == pytest.approx(50.0, rel=4 * 0.04 / 40**0.5)


def test_the_truth_of_the_example_gives_particles_per_ug():
    assert TRUTH.particles_per_ug == pytest.approx(1.5e10)
