"""``vesicle fcs``: one entry per file, as stored; a broken file does not cost the others."""

import numpy as np
import pytest
from tests.data.flow_bytes import Flow, clouds

VALUES = clouds(200, 2).astype(np.float32).astype(float)


@pytest.fixture
def elm(tmp_path):
    path = tmp_path / "elm.fcs"
    flow = Flow(values=VALUES, names=["FSC-A", "FL1-A"], labels={2: "CD73"}, keywords={"$P2G": "4"})
    path.write_bytes(flow.bytes())
    return path


def test_the_numbers_are_those_of_the_stored_values(answer, elm):
    document, code = answer("fcs", elm)
    entry = document["files"][0]
    assert (code, entry["status"], entry["version"], entry["warnings"]) == (0, "ok", "FCS3.1", [])
    assert entry["datasets"][0]["events"] == 200
    channel = entry["datasets"][0]["channels"][1]
    assert (channel["name"], channel["label"], channel["bits"], channel["range"]) == (
        "FL1-A",
        "CD73",
        32,
        262144,
    )
    found = [channel[name] for name in ("min", "max", "mean", "sum")]
    column = VALUES[:, 1]
    assert found == pytest.approx([column.min(), column.max(), column.mean(), column.sum()], rel=1e-12)


def test_several_files_go_on_behind_a_broken_one(answer, elm, tmp_path):
    broken, repaired = tmp_path / "broken.fcs", tmp_path / "cut.fcs"
    broken.write_bytes(b"FCS3.1  ")
    repaired.write_bytes(elm.read_bytes()[:-100])
    document, code = answer("fcs", broken, elm, repaired)
    assert code == 1
    assert [entry["status"] for entry in document["files"]] == ["unreadable", "ok", "repaired"]
    assert [w["code"] for w in document["files"][0]["warnings"]] == ["truncated"]
    assert [w["code"] for w in document["files"][2]["warnings"]] == ["events_truncated"]


def test_a_file_without_events_has_no_mean_and_nothing_was_repaired(answer, tmp_path):
    path = tmp_path / "none.fcs"
    path.write_bytes(Flow(values=np.zeros((0, 1)), names=["A"]).bytes())
    entry = answer("fcs", path)[0]["files"][0]
    channel = entry["datasets"][0]["channels"][0]
    assert entry["status"] == "ok"
    assert (channel["min"], channel["mean"], channel["sum"]) == (None, None, 0)


def test_a_sum_beyond_the_range_of_numbers_is_none(answer, tmp_path):
    path = tmp_path / "huge.fcs"
    path.write_bytes(Flow(values=np.full((20, 1), 1e308), names=["A"], kind="D").bytes())
    entry = answer("fcs", path)[0]["files"][0]
    assert entry["datasets"][0]["channels"][0]["sum"] is None
    assert "values_implausible" in [w["code"] for w in entry["warnings"]]


def test_files_of_another_kind_are_not_recognised(answer, tmp_path):
    (tmp_path / "x.fcs").write_bytes(b"<html></html>")
    document, code = answer("fcs", tmp_path / "x.fcs")
    assert code == 3
    assert document["files"][0]["warnings"][0]["code"] == "bad_value"


@pytest.mark.parametrize("name", ["absent.fcs", "."])
def test_what_is_no_file_is_wrong_usage(answer, tmp_path, name):
    document, code = answer("fcs", tmp_path / name)
    assert (document["schema"], code) == ("vesicle.error/1", 2)


def test_the_text_names_channels_repairs_and_refusals(call, elm, tmp_path):
    (tmp_path / "cut.fcs").write_bytes(elm.read_bytes()[:-100])
    (tmp_path / "x.fcs").write_bytes(b"junk")
    text = call("fcs", elm, tmp_path / "cut.fcs", tmp_path / "x.fcs").stdout
    assert "FCS3.1, ok" in text
    assert "200 events" in text
    assert "CD73" in text
    assert "events_truncated:" in text
    assert "unreadable" in text


def test_a_keyword_that_names_a_person_is_not_printed(call, tmp_path):
    path = tmp_path / "elm.fcs"
    named = {"$OP": "Olga Operator", "$SRC": "Paula Patient", "PATIENT NAME": "Pia", "$TOT": "Pia"}
    path.write_bytes(Flow(values=VALUES, names=["A", "B"], keywords=named).bytes())
    for text in (call("fcs", path, "--json").stdout, call("fcs", path).stdout):
        assert [name for name in named.values() if name in text] == []


def test_a_control_character_in_a_label_does_not_reach_the_terminal(call, tmp_path):
    path = tmp_path / "elm.fcs"
    path.write_bytes(Flow(values=VALUES, names=["A", "B"], labels={1: "a\x1b[2J"}).bytes())
    assert "\x1b" not in call("fcs", path).stdout
