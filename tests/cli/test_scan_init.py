"""``vesicle scan`` and ``vesicle init``: a look at the folder, and a manifest to fill in."""

import dataclasses
import os
import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vesicle.cli.manifest_text import LAYOUT, Suggestion, manifest_text
from vesicle.manifest import Manifest, load_manifest, manifest_from_text
from vesicle.manifest.load import CLOSED, _record_in
from vesicle.readers.said import said_about


def filled_in(text):
    """The manifest with every key in force: the sign before a letter or a bracket is a comment sign."""
    return re.sub(r"^#(?=[A-Za-z\[])", "", text, flags=re.MULTILINE)


def test_a_scan_says_what_each_file_is_and_what_is_missing(batch, answer, call):
    (batch / "notes.docx").write_bytes(b"PK")
    document, code = answer("scan", batch)
    assert code == 0
    by_path = {file["path"]: file for file in document["files"]}
    assert by_path["notes.docx"]["status"] == "not_recognised"
    assert by_path["sizing/20260305_0005_PBS_size_488.txt"]["role"] == "buffer blank"
    assert document["manifest"] == "vesicle.toml"
    assert all(item["what"] and item["allows"] for item in document["missing"])
    text = call("scan", batch).stdout
    assert re.search(r"notes\.docx +not recognised", text)
    assert "Missing, and what it would allow:" in text
    assert not batch.with_name(f"{batch.name}-dossier").exists()


def test_a_scan_without_a_manifest_says_how_to_get_one(batch, call):
    (batch / "vesicle.toml").unlink()
    assert "vesicle init" in call("scan", batch).stdout


def test_a_scan_with_nothing_missing_does_not_speak_of_it(batch):
    from vesicle import spine
    from vesicle.cli.scan import _text

    complete = dataclasses.replace(spine.scan(batch), missing=())
    assert "Missing" not in _text(complete)


def test_a_scan_of_nothing_known_exits_3(tmp_path, answer):
    assert answer("scan", tmp_path)[1] == 3


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_a_scan_prints_hostile_names_without_obeying_them(batch, call, answer):
    (batch / "\x1b[2Jboo\nError: fake.txt").write_text("")
    text = call("scan", batch).stdout
    assert "\x1b" not in text
    assert any("\x1b" in file["path"] for file in answer("scan", batch)[0]["files"])


def test_init_writes_a_manifest_that_loads_and_says_nothing(batch, answer):
    (batch / "vesicle.toml").unlink()
    document, code = answer("init", batch)
    assert (code, document["replaced"]) == (0, False)
    manifest = load_manifest(batch)
    assert dataclasses.replace(manifest, path=None) == Manifest()


def test_a_manifest_with_every_key_filled_in_still_loads_without_remarks(batch, answer):
    (batch / "vesicle.toml").unlink()
    answer("init", batch)
    manifest = manifest_from_text(filled_in((batch / "vesicle.toml").read_text(encoding="utf-8")))
    assert manifest.notes == ()
    assert manifest.batch.id == batch.name
    assert len(manifest.files) == 5


def paths_of(kind, prefix=()):
    """Every key of the fixed layout, from the records themselves."""
    for field in dataclasses.fields(kind):
        inner = _record_in(kind.__annotations__ and __import__("typing").get_type_hints(kind)[field.name])
        path = (*prefix, field.name)
        if inner is None:
            yield path
        else:
            yield from paths_of(inner, path)


def test_every_key_of_the_layout_stands_in_the_manifest():
    table = tomllib.loads(filled_in(manifest_text(batch="B")))
    wanted = {path for path in paths_of(Manifest) if path[0] not in {"path", "notes", "limits", "readers"}}
    assert len(wanted) > 45
    for path in wanted:
        found = table
        for part in path:
            assert part in found, ".".join(path)
            found = found[part][0] if isinstance(found[part], list) and path[-1] != part else found[part]
            if path[0] == "specification" and part == "specification":
                found = next(iter(found.values()))
    assert {"limits", "readers"} < set(table)


def test_every_closed_vocabulary_is_spelled_out_beside_its_key():
    from vesicle.standards import terms

    text = re.sub(r"\n# ", " ", manifest_text(batch="B"))
    for key, vocabulary in CLOSED.items():
        listed = re.search(
            rf"{key.rsplit('.', 1)[-1]}: one of: [^\n]*{re.escape(next(iter(terms(vocabulary))))}", text
        )
        assert listed, key
    assert {k.vocabulary for block in LAYOUT for k in block.keys if k.is_closed} < set(CLOSED.values())


def test_init_never_overwrites_without_force(batch, answer):
    before = (batch / "vesicle.toml").read_bytes()
    document, code = answer("init", batch)
    assert code == 2
    assert "--force" in document["error"]["next_step"]
    assert (batch / "vesicle.toml").read_bytes() == before


def test_init_with_force_replaces_even_a_broken_manifest(batch, answer):
    (batch / "vesicle.toml").write_text("[broken")
    document, code = answer("init", batch, "--force")
    assert (code, document["replaced"], document["suggestions"]) == (0, True, [])
    assert load_manifest(batch).batch.id is None


def test_init_suggests_sample_and_role_as_the_files_themselves_name_them(batch, answer):
    (batch / "vesicle.toml").unlink()
    found = answer("init", batch)[0]["suggestions"]
    suggested = {s["glob"]: (s["role"], s["sample"]) for s in found}
    assert len(suggested) == 5
    assert suggested["sizing/20260305_0001_DEMO-01-2000_size_488.txt"] == ("sample", "DEMO-01")
    assert suggested["sizing/20260305_0005_PBS_size_488.txt"] == ("buffer blank", "PBS")


def test_init_in_a_folder_without_measurements_still_writes_a_manifest(tmp_path, call):
    assert call("init", tmp_path).exit_code == 0
    assert load_manifest(tmp_path).path == "vesicle.toml"


def test_init_in_a_folder_that_is_not_there_is_wrong_usage(tmp_path, answer):
    assert answer("init", tmp_path / "nowhere")[1] == 2


def test_init_explains_a_folder_that_cannot_be_written(tmp_path, answer, monkeypatch):
    from pathlib import Path

    real = Path.open

    def refuse(path, *args, **kwargs):
        if path.name == "vesicle.toml":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    document, code = answer("init", tmp_path)
    assert (document["error"]["code"], code) == ("write", 2)


def test_init_does_not_lose_a_race_for_the_file(tmp_path, answer, monkeypatch):
    from vesicle.cli import init

    def meanwhile(*_args, **_kwargs):
        (tmp_path / "vesicle.toml").write_text("# somebody else's\n")
        return ()

    monkeypatch.setattr(init, "_suggestions", meanwhile)
    assert answer("init", tmp_path)[1] == 2
    assert (tmp_path / "vesicle.toml").read_text() == "# somebody else's\n"


names = st.text(st.characters(blacklist_characters="/\0"), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(name=names, role=st.sampled_from(["", "sample", "buffer blank"]), sample=names)
def test_whatever_a_file_is_called_its_suggestion_is_valid_and_matches_it(name, role, sample):
    encoded = name.encode("utf-8", errors="replace").decode()
    text = manifest_text(batch=name, suggestions=[Suggestion(glob=name, role=role, sample=sample)])
    assert manifest_from_text(text) == Manifest()
    manifest = manifest_from_text(filled_in(text))
    assert said_about(encoded, manifest.files).role == (role or "sample")
