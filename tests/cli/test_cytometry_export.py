"""``vesicle cytometry --export``: files that others read back, never among the raw data, never over others."""

import errno
import json
import os
from pathlib import Path

import flowio
import numpy as np
import pytest
from tests.folders import state, written
from tests.vesicles.test_flow_markers import VALUES
from tests.vesicles.test_flow_markers import beads as ladder

from vesicle.cli.cytometry import measure
from vesicle.cytometry.fcs_write import WrittenFile, channels_named, fcs_bytes
from vesicle.events import ignore
from vesicle.readers import RawFile
from vesicle.readers.fcs import read
from vesicle.results import FileRef
from vesicle.simulate.small_particles import CytometerTruth, FilePlan, ParticleTruth, simulate_file

MANIFEST = """
[cytometry]
scatter_channel = "SSC-H"
wavelength_nm = 488.0
half_angle_deg = 50.0
[[files]]
glob = "beads.fcs"
role = "size standard"
bead_diameters_nm = [50.0, 64.0, 80.0, 100.0]
bead_diameter_kind = "measured"
[[files]]
glob = "ladder.fcs"
role = "calibration beads"
bead_values = { "FL1-H" = [40.0, 200.0, 1000.0, 5000.0, 25000.0, 120000.0] }
bead_unit = "MESF"
"""
PERSON = "Erika Mustermann"


def simulated(name, *, seed, **plan):
    return simulate_file(
        ParticleTruth(), CytometerTruth(), FilePlan(name=name, volume_nl=200.0, **plan), seed=seed
    ).content


def of_ladder():
    values = ladder(VALUES).datasets[0].values.matrix
    said = {"$CYT": "CytoFLEX nano (simulated)", "$OP": PERSON, "PATIENT NAME": PERSON}
    channels = channels_named(["FSC-H", "SSC-H", "FL1-H", "FL2-H", "FL3-H", "Time"])
    return fcs_bytes(values, WrittenFile(channels=channels, keywords=said))


@pytest.fixture
def raw(tmp_path):
    """A sample in a sub-folder, beads for scatter and for fluorescence."""
    files = {
        "day 1/ev.fcs": simulated("ev.fcs", seed=3, dilution=2e4, is_stained=True),
        "beads.fcs": simulated("beads.fcs", seed=4, bead_nm=(50.0, 64.0, 80.0, 100.0), beads_per_ml=1e7),
        "ladder.fcs": of_ladder(),
        "vesicle.toml": MANIFEST.encode(),
    }
    return written(tmp_path / "raw", files)


def read_back(path):
    ref = FileRef(path=path.name, sha256="", size_bytes=path.stat().st_size)
    return read(RawFile(ref=ref, content=b"", location=path))


def test_flowio_and_our_reader_read_back_the_calibrated_medians_of_the_finding(answer, raw, tmp_path):
    out = tmp_path / "out"
    document, code = answer("cytometry", raw, "--export", out)
    assert code == 0
    assert document["exported"] == [
        str((out / name).resolve())
        for name in ("beads-calibrated.fcs", "day 1/ev-calibrated.fcs", "ladder-calibrated.fcs")
    ]
    ours = read_back(out / "day 1" / "ev-calibrated.fcs")
    theirs = flowio.FlowData(str(out / "day 1" / "ev-calibrated.fcs"))
    dataset = ours.datasets[0]
    values = dataset.values.columns(range(len(dataset.channels)))
    assert np.array_equal(theirs.as_array(preprocess=False), values)
    assert ours.warnings == ()
    found = measure(raw, listen=ignore).found
    cd9 = next(marker for marker in found.markers if marker.channel == "FL1-H")
    wanted = found.ladders[0].units(np.array([cd9.median]))[0]
    assert np.median(values[:, dataset.place("FL1-H MESF")]) == pytest.approx(wanted, rel=1e-6)
    scatter = np.median(values[:, dataset.place("SSC-H")]) / document["calibration"]["gain"]
    assert np.median(values[:, dataset.place("SSC-H nm2")]) == pytest.approx(scatter, rel=1e-6)


def test_a_calibrated_file_states_its_source_and_no_person(call, raw, tmp_path):
    out = tmp_path / "out"
    assert call("cytometry", raw, "--export", out).exit_code == 0
    said = flowio.FlowData(str(out / "day 1" / "ev-calibrated.fcs")).text
    assert len(said["vesicle source sha256"]) == 64
    assert {"vesicle version", "vesicle p6 slope", "vesicle p6 intercept", "vesicle p7 gain"} <= set(said)
    assert {"vesicle p7 half angle deg", "vesicle p7 wavelength nm", "vol"} <= set(said)
    assert not [path for path in out.rglob("*.fcs") if PERSON.encode() in path.read_bytes()]


def test_raw_data_stays_as_it_is_and_nothing_is_written_among_it(call, raw, tmp_path):
    before = state(raw)
    (tmp_path / "link").symlink_to(raw / "day 1", target_is_directory=True)
    for place in (raw, raw / "new", raw / "day 1" / "deep", tmp_path / "link" / "new"):
        result = call("cytometry", raw, "--export", place, "--force")
        assert result.exit_code == 2
        assert "among the raw data" in result.stderr
    assert call("cytometry", raw, "--export", tmp_path / "out").exit_code == 0
    assert state(raw) == before


def test_a_place_that_only_one_file_would_bring_among_the_raw_data_is_refused(call, raw, tmp_path):
    whole = tmp_path / "day 1"
    raw.rename(whole)
    result = call("cytometry", whole, "--export", tmp_path, "--force")
    assert result.exit_code == 2
    assert "among the raw data" in result.stderr
    assert not list(whole.rglob("*-calibrated.fcs"))


def test_a_folder_with_content_is_left_as_it_is_unless_forced(call, raw, tmp_path):
    out = written(tmp_path / "out", {"beads-calibrated.fcs": b"old", "notes.txt": b"mine"})
    result = call("cytometry", raw, "--export", out)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert (out / "beads-calibrated.fcs").read_bytes() == b"old"
    assert call("cytometry", raw, "--export", out, "--force").exit_code == 0
    assert (out / "beads-calibrated.fcs").read_bytes().startswith(b"FCS3.1")
    assert (out / "notes.txt").read_bytes() == b"mine"
    assert not list(out.rglob("*.part"))


def test_a_link_in_the_folder_is_replaced_and_not_followed(call, raw, tmp_path):
    out = written(tmp_path / "out", {"notes.txt": b"mine"})
    (out / "beads-calibrated.fcs").symlink_to(raw / "beads.fcs")
    before = state(raw)
    assert call("cytometry", raw, "--export", out, "--force").exit_code == 0
    assert state(raw) == before
    assert not (out / "beads-calibrated.fcs").is_symlink()


def test_what_is_no_folder_is_refused_and_force_alone_too(call, raw, tmp_path):
    (tmp_path / "file").write_text("x")
    assert "not a folder" in call("cytometry", raw, "--export", tmp_path / "file").stderr
    assert "--force belongs to --export" in call("cytometry", raw, "--force").stderr


def test_a_full_disk_is_an_error_that_leaves_no_half_file(call, raw, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    result = call("cytometry", raw, "--export", tmp_path / "out", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == "write"
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_file_in_the_way_of_a_sub_folder_is_an_error(call, raw, tmp_path):
    out = written(tmp_path / "out", {"day 1": b"no folder"})
    result = call("cytometry", raw, "--export", out, "--force")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_without_a_calibration_nothing_is_written_and_the_reason_is_said(answer, call, raw, tmp_path):
    (raw / "vesicle.toml").unlink()
    document, code = answer("cytometry", raw, "--export", tmp_path / "out")
    assert (code, document["exported"]) == (1, [])
    assert "day 1/ev.fcs: scatter:" in document["reasons"]["exported"]
    assert not (tmp_path / "out").exists()
    assert "Not calibrated: beads.fcs" in call("cytometry", raw, "--export", tmp_path / "out").stdout


def test_files_that_differ_in_capitals_alone_get_different_names(call, raw, tmp_path):
    (raw / "EV2.fcs").write_bytes((raw / "day 1" / "ev.fcs").read_bytes())
    (raw / "ev2.FCS").write_bytes(simulated("ev.fcs", seed=5, dilution=2e4))
    if len(list(raw.glob("*2.*"))) < 2:
        pytest.skip("this disk takes capitals for equal")
    assert call("cytometry", raw, "--export", tmp_path / "out").exit_code == 0
    names = sorted(path.name for path in (tmp_path / "out").glob("*2*"))
    assert names == ["EV2-calibrated.fcs", "ev2 (2)-calibrated.fcs"]


def test_without_export_the_document_has_the_keys_it_had(answer, raw):
    document, _ = answer("cytometry", raw)
    assert "exported" not in document
