"""The scan of hostile folders: odd names, links, pipes, rubbish, locked and vanished files; and one file alone."""

import dataclasses
import os
from pathlib import Path

import pytest
from tests.folders import RUN, SMALL, records, scanned, written

import vesicle
from vesicle import spine
from vesicle.errors import ManifestError, NothingRecognised, ReadError, UsageError
from vesicle.manifest import manifest_from_text
from vesicle.measurements import ProteinTable, SizeRun
from vesicle.readers import recognise
from vesicle.readers import scan as scanning
from vesicle.readers.recognise import claimed_by
from vesicle.readers.scan import is_unchanged, read_file, read_path, shown


@pytest.fixture
def small(tmp_path):
    """One valid run and a protein table."""
    return written(tmp_path / "raw", SMALL)


def read_only(folder):
    """The records of all files, without a dossier being composed."""
    return {record.file.path: record for record in spine.read(spine.scan(folder)).files}


def test_a_file_with_the_content_it_had_is_unchanged(small):
    file = scanned(small)["run1.txt"]
    assert is_unchanged(file, file.ref.sha256)
    assert not is_unchanged(file, "0" * 64)
    (small / "run1.txt").unlink()
    assert not is_unchanged(file, file.ref.sha256)


NAMES = (
    "a run with spaces.txt",
    "Präparation größe 試料 №7.txt",
    "two\nlines.txt",
    "<script>alert(1)<&>.txt",
    "=cmd|' 'C calc'!A0.txt",
    "-rf.txt",
    "'quoted' \"twice\".txt",
    "{braces} %s $HOME.txt",
    "a\tb\x7f.txt",
    "\u202etxt.exe.txt",
    "[brackets]*.txt",
)


def test_files_of_any_name_are_read_and_their_names_are_escaped_on_the_page(tmp_path):
    folder = written(tmp_path / "raw", {name: RUN + b"\n" * i for i, name in enumerate(NAMES)})
    dossier = spine.run(folder)
    assert {record.file.path: record.status for record in dossier.files} == dict.fromkeys(NAMES, "ok")
    page = (tmp_path / "raw-dossier" / "dossier.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_name_that_is_not_utf8_is_escaped_everywhere(tmp_path):
    folder = tmp_path / os.fsdecode(b"raw-caf\xe9")
    try:
        written(folder, {os.fsdecode(b"run-caf\xe9.txt"): RUN})
    except OSError:
        pytest.skip("this disk takes no such name")
    dossier = spine.run(folder, out=tmp_path / "out")
    assert records(dossier)["run-caf\\xe9.txt"].status == "ok"
    assert dossier.batch == "raw-caf\\xe9"
    assert shown("plain.txt") == "plain.txt"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\x00" * 5000, b"\xff\xfe" + b"\x00\xd8" * 99, b"%PDF-1.7\n"]
)
def test_empty_files_and_rubbish_under_a_known_name_have_a_record_and_a_reason(small, content):
    for name in (
        "20250101_0001_x_size_488.txt",
        "x-ExperimentSummary.csv",
        "bca2.xlsx",
        "x_11pos.txt",
        "r.pdf",
    ):
        (small / name).write_bytes(content)
    found = read_only(small)
    assert found["run1.txt"].status == "ok"
    assert len(found) == 7
    for record in found.values():
        assert record.status in {"ok", "unreadable", "not_recognised"}
        assert record.status != "unreadable" or record.message


def test_a_folder_named_like_a_file_is_walked_and_nested_folders_are_found(tmp_path):
    folder = written(tmp_path / "raw", {"x_size_488.txt/deep/er/run1.txt": RUN, "a/run1.txt": RUN + b"\n"})
    assert list(scanned(folder)) == ["a/run1.txt", "x_size_488.txt/deep/er/run1.txt"]


def test_hidden_files_locks_of_office_and_readmes_are_left_out(small):
    written(
        small,
        {
            ".DS_Store": b"x",
            "~$bca.xlsx": b"x",
            "README": b"x",
            ".git/config": b"x",
            "sub/vesicle.toml": b"x",
        },
    )
    assert list(scanned(small)) == ["bca.csv", "run1.txt"]


def test_loops_of_links_end_and_a_dead_link_is_unreadable(small):
    (small / "sub").mkdir()
    (small / "sub" / "up").symlink_to(small, target_is_directory=True)
    (small / "self").symlink_to(small / "self")
    (small / "dead.txt").symlink_to(small / "nowhere")
    (small / "twice").symlink_to(small / "sub", target_is_directory=True)
    found = scanned(small)
    assert {name: file.status for name, file in found.items()} == {
        "bca.csv": "recognised",
        "dead.txt": "unreadable",
        "run1.txt": "recognised",
        "self": "unreadable",
    }
    assert "cannot be opened" in found["dead.txt"].message
    assert read_only(small)["dead.txt"].status == "unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(small):
    os.mkfifo(small / "pipe_size_488.txt")
    assert "not a regular file" in scanned(small)["pipe_size_488.txt"].message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_spoils_only_its_own_record(small):
    (small / "secret.txt").write_bytes(RUN)
    (small / "secret.txt").chmod(0)
    assert read_only(small)["secret.txt"].status == "unreadable"


def refuse(monkeypatch, attribute, *, name):
    kind = type(Path())
    original = getattr(kind, attribute)

    def guarded(self, *args, **kwargs):
        if self.name == name:
            raise PermissionError(13, "Permission denied")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(kind, attribute, guarded)


def test_a_file_that_may_not_be_opened_is_unreadable_with_the_reason(small, monkeypatch):
    refuse(monkeypatch, "open", name="bca.csv")
    file = scanned(small)["bca.csv"]
    assert (file.status, file.message) == ("unreadable", "It cannot be opened: Permission denied.")


def test_a_file_that_may_not_be_read_after_the_scan_is_an_error_of_its_own(small, monkeypatch):
    file = scanned(small)["bca.csv"]
    refuse(monkeypatch, "read_bytes", name="bca.csv")
    outcome = read_file(file)
    assert outcome.measurement is None
    assert "Permission denied" in str(outcome.error)


def test_a_subfolder_that_may_not_be_listed_is_one_unreadable_entry(small, monkeypatch):
    written(small, {"locked/run2.txt": RUN})
    refuse(monkeypatch, "iterdir", name="locked")
    assert {name: file.status for name, file in scanned(small).items()} == {
        "bca.csv": "recognised",
        "locked": "unreadable",
        "run1.txt": "recognised",
    }


def test_a_folder_that_may_not_be_listed_is_a_usage_error(small, monkeypatch):
    refuse(monkeypatch, "iterdir", name="raw")
    with pytest.raises(UsageError, match="cannot be listed"):
        spine.scan(small)


def test_a_huge_file_is_refused_before_it_is_loaded(small, monkeypatch):
    monkeypatch.setattr(scanning, "LARGEST_TEXT_BYTES", len(RUN) - 1)
    record = read_only(small)["run1.txt"]
    assert record.status == "unreadable"
    assert f"It holds {len(RUN):,} bytes; at most {len(RUN) - 1:,} are read." in record.message


def test_a_known_format_that_cannot_be_read_says_what_to_export(tmp_path):
    folder = written(tmp_path / "raw", {"run.nano": b"x", "run.zskn": b"x", "data.zmes": b"\x00\x01"})
    hinted = [file for file in scanned(folder).values() if file.status == "hint"]
    assert hinted
    with pytest.raises(NothingRecognised) as caught:
        spine.scan(folder)
    assert hinted[0].message in caught.value.next_step


def test_columns_of_a_reader_that_is_not_there_are_refused_with_the_nearest(small):
    (small / "vesicle.toml").write_text('[readers.protein_table]\nsample = "x"')
    with pytest.raises(ManifestError) as caught:
        spine.scan(small)
    assert caught.value.next_step == "Did you mean 'protein-table'?"
    (small / "vesicle.toml").write_text('[readers.q]\nsample = "x"')
    with pytest.raises(ManifestError, match="Take one of these"):
        spine.scan(small)


def test_column_names_in_the_manifest_let_a_table_be_read_that_no_reader_knows(small):
    odd = "Kennung;Gehalt\nF1;8\nF2;9\n"
    (small / "bca.csv").write_text(odd)
    assert scanned(small)["bca.csv"].status == "not_recognised"
    said = '[readers.protein-table]\nsample = "Kennung"\nconcentration = "Gehalt"\nunit = "ug/mL"'
    file = scanned(small, manifest_from_text(said))["bca.csv"]
    assert (file.status, file.reader) == ("recognised", "protein-table")
    (small / "vesicle.toml").write_text(said)
    table = next(m for m in spine.read(spine.scan(small)).measurements if isinstance(m, ProteinTable))
    assert [(reading.sample, reading.ug_per_ml) for reading in table.readings] == [
        ("F1", (8.0,)),
        ("F2", (9.0,)),
    ]


def test_column_names_that_are_not_in_a_file_claim_nothing(small):
    (small / "notes.txt").write_text("Kennung without the other column")
    said = manifest_from_text('[readers.protein-table]\nsample = "Kennung"\nconcentration = "Gehalt"')
    assert scanned(small, said)["notes.txt"].status == "not_recognised"


def test_the_manifest_gives_sample_and_role_of_a_file(small):
    said = manifest_from_text('[[files]]\nglob = "run*.txt"\nrole = "buffer blank"\nsample = "PBS"')
    file = scanned(small, said)["run1.txt"]
    assert (file.sample, file.role) == ("PBS", "buffer blank")


def test_nobody_claims_what_nobody_knows(monkeypatch):
    assert claimed_by("x.bin", b"\x00\x01\x02") == (None, None)
    monkeypatch.setattr(recognise, "registry", lambda: ((), ()))
    assert claimed_by("run1.txt", RUN[:1000]) == (None, None)


def test_one_file_is_read_to_one_measurement_with_its_own_dilution(small):
    run = vesicle.read(small / "run1.txt")
    assert isinstance(run, SizeRun)
    assert (run.sample, run.dilution.factor, run.files[0].path) == ("DEMO-01", 2000.0, "run1.txt")
    assert isinstance(vesicle.read(str(small / "bca.csv")), ProteinTable)


def test_one_file_that_cannot_be_read_raises_what_is_wrong(tmp_path):
    with pytest.raises(UsageError, match="cannot be opened"):
        read_path(tmp_path / "nowhere.txt")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(NothingRecognised):
        read_path(tmp_path / "notes.txt")
    (tmp_path / "bca.csv").write_bytes(b"sample,ug per mL\nF1,-8\n")
    with pytest.raises(ReadError):
        read_path(tmp_path / "bca.csv")


def test_a_reader_that_fails_while_looking_does_not_claim_and_costs_nobody_the_file(monkeypatch, caplog):
    readers, hints = recognise.registry()
    broken = dataclasses.replace(readers[0], name="broken", sniff=lambda *_: 1 / 0)
    monkeypatch.setattr(recognise, "registry", lambda: ((broken, *readers), hints))
    reader, _ = claimed_by("run1.txt", RUN[:2000])
    assert reader is not None
    assert reader.name == "zetaview-size-txt"
    assert "broken failed while looking at run1.txt" in caplog.text


@pytest.mark.parametrize("unit", ["g/ml", "mg/dl", "kg/l", "pg/ml", "furlong/ml"])
def test_no_unit_in_a_header_stops_the_looking(unit):
    claimed_by("x.csv", f"sample,amount ({unit})\nA,1\n".encode())
