"""``vesicle run`` and ``vesicle demo``: what is written, what is said, and with which exit code."""

import json
import shutil
from pathlib import Path

import pytest

from vesicle.simulate.example import TRUTH, example_folder, example_tables

A_RUN = "sizing/20260305_0001_DEMO-01-2000_size_488.txt"


@pytest.fixture
def batch(batch):
    """One run of the example with its positions: enough for everything but the verdicts."""
    for path in [*batch.glob("sizing/*"), batch / "protein" / "bca.csv"]:
        if "_0001_" not in path.name:
            path.unlink()
    return batch


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_run_writes_a_dossier_beside_the_folder_and_leaves_the_input_alone(batch, answer):
    before = snapshot(batch)
    document, code = answer("run", batch)
    out = batch.with_name(f"{batch.name}-dossier")
    assert code == 0
    assert document["out"] == str(out)
    assert json.loads((out / "dossier.json").read_bytes())["batch"] == f"{TRUTH.sample} (simulated)"
    assert snapshot(batch) == before
    assert document["batch"] == f"{TRUTH.sample} (simulated)"
    assert sum(document["verdicts"].values()) == len(document["checks"])
    assert {f["status"] for f in document["files"]} <= {"ok", "not_recognised"}


def test_a_run_says_the_counts_and_where_the_dossier_is(batch, call):
    result = call("run", batch, "--out", batch.parent / "out")
    assert result.exit_code == 0
    first, *_, place, page = result.stdout.splitlines()
    assert first.startswith("Batch DEMO-01 (simulated): ")
    assert " pass, " in first
    assert "not assessed" in first
    assert place == f"The dossier is in {batch.parent / 'out'}"
    assert page.endswith("dossier.html")
    assert "Reading" in result.stderr


def test_a_second_run_keeps_the_first_dossier_as_the_previous_one(batch, answer):
    answer("run", batch)
    document, _ = answer("run", batch)
    assert document["repaired"] == []
    assert batch.with_name(f"{batch.name}-dossier.previous").is_dir()


def test_a_run_repairs_what_a_killed_one_left_and_says_so(batch, call, answer):
    answer("run", batch)
    out = batch.with_name(f"{batch.name}-dossier")
    out.rename(f"{out}.previous")
    document, code = answer("run", batch)
    assert code == 0
    assert "Brought" in document["repaired"][0]
    out.rename(out.with_name("gone"))
    assert "Brought" in call("run", batch).stderr


def test_a_damaged_file_spoils_its_own_card_and_the_exit_code_is_1(batch, answer, call):
    content = (batch / A_RUN).read_bytes()
    (batch / A_RUN).write_bytes(content[:2600])
    document, code = answer("run", batch)
    assert code == 1
    bad = [f for f in document["files"] if f["status"] == "unreadable"]
    assert [f["path"] for f in bad] == [A_RUN]
    assert bad[0]["message"]
    text = call("run", batch)
    assert "1 of 8 files could not be read" in text.stdout


def test_strict_stops_at_the_first_damaged_file_and_writes_nothing(batch, answer):
    content = (batch / A_RUN).read_bytes()
    (batch / A_RUN).write_bytes(content[:2600])
    document, code = answer("run", batch, "--strict")
    assert document["schema"] == "vesicle.error/1"
    assert A_RUN.rsplit("/", 1)[-1] in document["error"]["where"]
    assert code == 1
    assert not batch.with_name(f"{batch.name}-dossier").exists()


def test_two_jobs_give_the_same_answer_as_one(batch, answer):
    alone, _ = answer("run", batch, "--out", batch.parent / "one")
    together, _ = answer("run", batch, "--out", batch.parent / "two", "--jobs", "2")
    for key in ("verdicts", "checks", "files", "missing"):
        assert alone[key] == together[key]


def test_a_folder_without_a_known_file_exits_3_and_lists_the_formats(tmp_path, answer):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    document, code = answer("run", tmp_path / "in")
    assert (document["error"]["code"], code) == ("nothing_recognised", 3)
    assert "ZetaView" in document["error"]["why"]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path, answer):
    document, code = answer("run", tmp_path / "nowhere")
    assert (document["error"]["code"], code) == ("usage", 2)


@pytest.mark.parametrize("place", ["", "dossier", "sizing/deep/dossier"])
def test_the_output_never_goes_inside_the_input(batch, answer, place):
    before = snapshot(batch)
    document, code = answer("run", batch, "--out", batch / place)
    assert code == 2
    assert "--out" in document["error"]["next_step"]
    assert snapshot(batch) == before


def test_the_output_never_goes_inside_the_input_through_links(batch, answer):
    link = batch.parent / "link"
    link.symlink_to(batch)
    into = batch.parent / "into"
    into.symlink_to(batch / "sizing")
    for source, out in ((batch, link / "x"), (link, batch / "x"), (batch, into), (batch, into / ".." / "x")):
        assert answer("run", source, "--out", out)[1] == 2
    assert not (batch / "x").exists()


def test_the_output_does_not_swallow_the_input(batch, answer):
    answer("run", batch, "--out", batch.parent / "out")
    inside = batch.parent / "out" / "raw"
    shutil.copytree(batch, inside)
    assert answer("run", inside, "--out", batch.parent / "out")[1] == 2
    previous = batch.parent / "other.previous"
    batch.rename(previous)
    assert answer("run", previous, "--out", batch.parent / "other")[1] == 2
    assert (previous / A_RUN).exists()


def test_a_folder_that_is_not_ours_is_refused_before_anything_is_read(batch, call):
    out = batch.parent / "thesis"
    out.mkdir()
    (out / "chapter.docx").write_bytes(b"")
    result = call("run", batch, "--out", out)
    assert result.exit_code == 2
    assert "Reading" not in result.stderr
    assert [path.name for path in out.iterdir()] == ["chapter.docx"]


def test_a_circle_of_links_as_output_is_one_clear_message(batch, answer):
    (batch.parent / "a").symlink_to(batch.parent / "b")
    (batch.parent / "b").symlink_to(batch.parent / "a")
    document, code = answer("run", batch, "--out", batch.parent / "a")
    assert (document["error"]["code"], code) == ("write", 2)


def test_the_root_of_the_disk_is_not_analysed_into_itself(answer):
    assert answer("run", "/", "--out", "/somewhere")[1] == 2
    assert answer("run", "/")[1] == 2


def test_a_run_in_a_process_has_one_document_on_standard_output(batch, process):
    ended = process("run", batch, "--json", "--jobs", "2")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["schema"] == "vesicle.run/1"
    assert "Reading" in ended.stderr


def test_a_wrong_manifest_is_refused_with_its_key(batch, answer):
    (batch / "vesicle.toml").write_text("[cells]\ntisue = 'bone marrow'\n")
    document, code = answer("run", batch)
    assert (document["error"]["code"], code) == ("manifest", 2)
    assert "tissue" in document["error"]["next_step"]


@pytest.fixture
def without_videos(monkeypatch):
    """The demo without the seconds that its videos take."""
    monkeypatch.setattr("vesicle.simulate.example.example_folder", example_tables)


@pytest.mark.slow
def test_the_demo_writes_its_example_and_the_dossier(tmp_path, process):
    ended = process("demo", tmp_path / "demo", "--json")
    assert ended.returncode == 0
    document = json.loads(ended.stdout)
    assert document["schema"] == "vesicle.demo/1"
    folder = tmp_path / "demo" / TRUTH.sample
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == set(
        example_folder()
    )
    assert Path(document["page"]).exists()
    dossier = json.loads(Path(document["page"]).with_suffix(".json").read_text(encoding="utf-8"))
    found = {check["id"]: check["verdict"] for check in dossier["checks"]}
    assert found | {"C01": "pass", "C02": "pass", "C03": "pass", "C04": "warn"} == found
    subjects = {part["subject"] for check in dossier["checks"] for part in check["parts"]}
    assert {"DEMO-01 (video)", "DEMO-01 (ZetaView)", "beads-100nm, size standard"} <= subjects


@pytest.mark.usefixtures("without_videos")
def test_the_demo_can_be_repeated_and_says_where_everything_is(tmp_path, call, answer, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert answer("demo")[1] == 0
    result = call("demo")
    assert result.exit_code == 0
    assert "simulated, not measured" in result.stdout
    assert (tmp_path / "vesicle-demo" / "DEMO-01-dossier" / "dossier.html").exists()


@pytest.mark.usefixtures("without_videos")
@pytest.mark.parametrize("name", ["mine.csv", "vesicle.toml"])
def test_the_demo_does_not_write_over_files_of_the_user(tmp_path, answer, name):
    folder = tmp_path / TRUTH.sample
    folder.mkdir()
    (folder / name).write_text("mine")
    document, code = answer("demo", tmp_path)
    assert code == 2
    assert name in document["error"]["why"]
    assert [path.name for path in folder.iterdir()] == [name]


@pytest.mark.usefixtures("without_videos")
def test_the_demo_explains_a_place_that_cannot_be_written(tmp_path, answer):
    (tmp_path / "file").write_text("")
    document, code = answer("demo", tmp_path / "file")
    assert (document["error"]["code"], code) == ("write", 2)
