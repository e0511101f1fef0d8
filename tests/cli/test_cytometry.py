"""``vesicle cytometry``: the contract, on simulated files and on the public vesicle set."""

import shutil

import pytest
from tests.folders import written

from vesicle.simulate.example_cytometry import MANIFEST_TEXT, example_cytometry
from vesicle.simulate.small_particles import CytometerTruth, FilePlan, ParticleTruth, simulate_file


def simulated(plan, *, seed=3, **truth):
    return simulate_file(ParticleTruth(), CytometerTruth(**truth), plan, seed=seed).content


@pytest.fixture
def by_file(answer):
    def call(folder):
        document, code = answer("cytometry", folder)
        return {row["file"]: row for row in document["files"]}, document, code

    return call


def test_a_folder_with_controls_beads_and_detergent_fills_the_contract(by_file, call, tmp_path):
    files = {f"cytometry/{name}": content for name, content in example_cytometry()}
    folder = written(tmp_path, files | {"vesicle.toml": MANIFEST_TEXT.encode()})
    rows, document, code = by_file(folder)
    assert code == 0
    assert {path.split("/")[1]: row["role"] for path, row in rows.items()} == {
        "DEMO-01 1to10000.fcs": "sample",
        "DEMO-01 1to30000.fcs": "sample",
        "DEMO-01 1to90000.fcs": "sample",
        "DEMO-01 triton.fcs": "other",
        "DEMO-01 unstained.fcs": "other",
        "PBS.fcs": "buffer",
        "PBS with reagents.fcs": "buffer",
        "beads.fcs": "beads",
    }
    assert document["calibration"]["wavelength_nm"] == 488.0
    assert document["calibration"]["half_angle_deg"] == 50.0
    assert document["calibration"]["residual_log10"] < 0.03
    bands = document["diameter_band_nm"]["cytometry/DEMO-01 1to10000.fcs"]
    assert bands["D50"]["low"] < 110 < bands["D50"]["high"]
    text = call("cytometry", folder).stdout
    assert "over models of a vesicle" in text
    assert "exosome" not in text.casefold()


def test_damaged_files_and_files_of_cells_are_listed_and_the_rest_is_counted(by_file, tmp_path):
    good = simulated(FilePlan(name="ev", dilution=1e5))
    rules = '[[files]]\nglob = "cells.fcs"\nsubject = "cells"\n'
    files = {"ev.fcs": good, "bad.fcs": b"FCS3.1 nonsense", "cells.fcs": good, "vesicle.toml": rules.encode()}
    rows, document, code = by_file(written(tmp_path, files))
    assert code == 1
    assert (rows["bad.fcs"]["flags"], rows["bad.fcs"]["events"]) == (["unreadable"], None)
    assert (rows["cells.fcs"]["role"], rows["cells.fcs"]["flags"]) == ("other", ["cells"])
    assert rows["ev.fcs"]["events"] > 1000
    assert (document["calibration"], document["diameter_band_nm"]) == (None, None)
    assert "scatter beads" in document["reasons"]["calibration"]


def test_a_folder_without_cytometer_files_is_refused(call, tmp_path):
    result = call("cytometry", written(tmp_path, {"bca.csv": b"sample,rep 1 (ug/mL)\nF1,8\n"}))
    assert result.exit_code == 3
    assert "no cytometer file" in result.stderr


@pytest.fixture
def public(real_data, tmp_path):
    """The public vesicle set, copied since its folder must not be written beside."""
    source = real_data / "cytometry" / "ev"
    for path in source.glob("*.fcs"):
        shutil.copyfile(path, tmp_path / path.name)
    return tmp_path


def test_the_water_is_15_percent_of_the_public_sample_and_the_empty_file_is_reported(by_file, public):
    rows, _, code = by_file(public)
    assert code == 0
    sample, water = rows["exo_control.fcs"], rows["hplc_water_day2.fcs"]
    assert (sample["role"], water["role"]) == ("sample", "blank")
    assert (sample["events"], sample["volume_nl"], water["events"]) == (13_008, 500.0, 1_980)
    assert sample["events_per_ml"]["value"] == pytest.approx(2.6016e7)
    assert sample["controls"] == ["hplc_water_day2.fcs"]
    assert sample["control_percent"]["value"] == pytest.approx(15.2, abs=0.05)
    assert sample["ratio_to_control"]["value"] == pytest.approx(6.57, abs=0.01)
    assert "zero_events" in rows["exo_iso_zero_events.fcs"]["flags"]
    assert rows["exo_iso_zero_events.fcs"]["events"] == 0
    assert not any("control_not_clean" in row["flags"] for row in rows.values())


def test_a_public_run_that_counts_more_than_the_sample_is_not_clean_when_it_is_a_wash(by_file, public):
    rules = (
        '[[files]]\nglob = "hplc_water_day2.fcs"\nrole = "sample"\n'
        '[[files]]\nglob = "exo_control.fcs"\nrole = "wash"\n'
    )
    rows, _, _ = by_file(written(public, {"vesicle.toml": rules.encode()}))
    assert rows["exo_control.fcs"]["role"] == "wash"
    assert "control_not_clean" in rows["exo_control.fcs"]["flags"]
    assert rows["hplc_water_day2.fcs"]["ratio_to_control"]["value"] < 1


def test_the_public_beads_calibrate_scatter_and_predict_each_other_within_2_nm(by_file, public):
    rules = (
        '[cytometry]\nscatter_channel = "VSSC1-H"\nwavelength_nm = 405.0\n'
        '[[files]]\nglob = "nanovis_low.fcs"\nrole = "size standard"\n'
        'bead_diameters_nm = [80.0, 108.0, 142.0]\nbead_diameter_kind = "measured"\n'
    )
    _, document, _ = by_file(written(public, {"vesicle.toml": rules.encode()}))
    calibration = document["calibration"]
    errors = [bead["left_out_error_nm"]["value"] for bead in calibration["beads"]]
    assert max(map(abs, errors)) <= 2.0
    assert calibration["residual_log10"] < 0.02
    bands = document["diameter_band_nm"]["exo_control.fcs"]
    assert {"D10", "D50", "D90", "detection limit"} == set(bands)
    assert "jurkat_evs_memglow_id7000.fcs" not in document["diameter_band_nm"]
