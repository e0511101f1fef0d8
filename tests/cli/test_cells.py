"""``vesicle cells``: the machine contract, the table for people, and folders that hold something else."""

import json
from pathlib import Path

import jsonschema
import pytest

from vesicle.simulate.example_cells import example_cells
from vesicle.simulate.panel import StainPlan, TubePlan, simulate_tube

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "schemas" / "cells-1.json").read_text(encoding="utf-8")
)


@pytest.fixture
def cells(tmp_path):
    folder = tmp_path / "cells"
    folder.mkdir()
    for name, content in example_cells():
        (folder / name).write_bytes(content)
    return folder


def verdicts(document):
    return {row["marker"]: (row["verdict"], row["reason"]) for row in document["markers"]}


def test_a_kit_passes_and_its_document_keeps_the_contract(cells, answer):
    document, code = answer("cells", cells)
    jsonschema.validate(document, SCHEMA)
    assert (code, document["verdict"], document["missing"]) == (0, "pass", [])
    assert verdicts(document)["negative cocktail"] == ("pass", "")
    assert verdicts(document)["CD45"] == ("not_assessed", "judged_as_cocktail")
    assert set(document["markers"][0]) >= {
        *("marker", "required", "limit_percent", "gated_percent", "control_percent", "net_percent"),
        *("events", "verdict", "reason"),
    }


def test_without_the_control_every_marker_is_not_assessed(cells, answer):
    (cells / "DEMO-01 cells isotypes.fcs").unlink()
    document, code = answer("cells", cells)
    jsonschema.validate(document, SCHEMA)
    assert (code, document["verdict"]) == (0, "not_assessed")
    assert verdicts(document)["CD73"] == ("not_assessed", "no_control")
    assert document["markers"][0]["gated_percent"] is None


def test_the_manifest_says_species_markers_control_and_limits(tmp_path, answer):
    for number, (share, name) in enumerate([(0.9, "one"), (0.0, "two")]):
        plan = TubePlan(name=name, stains={"PE-A": StainPlan(label="", share=share)})
        (tmp_path / f"{name}.fcs").write_bytes(simulate_tube(plan, seed=number).to_bytes())
    (tmp_path / "vesicle.toml").write_text(
        '[donor]\nspecies = "Homo sapiens"\n'
        '[[files]]\nglob = "one.fcs"\nmarkers = { "PE-A" = "CD90" }\ncontrol = "two.fcs"\nsubject = "cells"\n',
        encoding="utf-8",
    )
    document, _ = answer("cells", tmp_path)
    assert verdicts(document) == {"CD90": ("fail", "misses_limit")}
    assert document["missing"][:2] == ["CD73", "CD105"]


def test_a_statistics_table_alone_is_at_best_a_warning(tmp_path, answer):
    rows = ("CD73", "99.1"), ("CD90", "98.0"), ("CD105", "97.5")
    text = "Marker,Positive (%),Gated events\n" + "".join(f"{name},{share},9000\n" for name, share in rows)
    (tmp_path / "stats.csv").write_text(text, encoding="utf-8")
    document, code = answer("cells", tmp_path)
    jsonschema.validate(document, SCHEMA)
    assert code == 0
    assert set(verdicts(document).values()) == {("warn", "events_not_seen")}


def test_a_damaged_file_is_named_and_the_exit_code_is_1(cells, call):
    path = cells / "DEMO-01 cells.fcs"
    path.write_bytes(path.read_bytes()[:40])
    said = call("cells", cells)
    assert said.exit_code == 1
    assert "DEMO-01 cells.fcs" in said.stdout


def test_the_table_for_people_says_what_is_open(cells, call):
    text = call("cells", cells).stdout
    assert "Identity of the producing cells: pass" in text
    assert "species is not declared" in text


def test_a_folder_without_a_cytometer_says_that_nothing_was_read(batch, answer, call):
    for path in batch.glob("cells/*"):
        path.unlink()
    document, code = answer("cells", batch)
    assert (code, document["verdict"], document["markers"]) == (0, "not_assessed", [])
    assert len(document["missing"]) == 8
    assert "No stained tube" in call("cells", batch).stdout
