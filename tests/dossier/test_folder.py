"""The output folder: replaced whole, never torn, never somebody else's."""

import errno
import os
import subprocess
import sys

import pytest

from vesicle.dossier.exports import folder
from vesicle.dossier.exports.folder import is_dossier, previous_of, repair, replace_folder
from vesicle.dossier.exports.lock import locked
from vesicle.errors import WriteError

OURS = b'{"schema": "vesicle.dossier/1"}'


def bundle(text="one"):
    return {"dossier.json": OURS, "dossier.html": text.encode(), "data/sizes.csv": b"1,2\n"}


def said(path):
    return (path / "dossier.html").read_text()


def names(path):
    return sorted(item.name for item in path.iterdir())


@pytest.fixture
def out(tmp_path):
    return tmp_path / "batch dossier é"


def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def leave(out, kind, *, pid=None, content=OURS):
    path = out.with_name(f".{out.name}.{kind}-{pid or dead_pid()}-0a1b")
    path.mkdir()
    (path / "dossier.json").write_bytes(content)
    (path / "dossier.html").write_text(kind)
    return path


def test_a_first_dossier_is_written_with_its_subfolders_and_nothing_beside_it(out):
    assert replace_folder(out, bundle()) == out
    assert (out / "data" / "sizes.csv").read_bytes() == b"1,2\n"
    assert names(out.parent) == [out.name]


def test_missing_parent_folders_are_made(tmp_path):
    replace_folder(tmp_path / "a" / "b" / "out", bundle())
    assert is_dossier(tmp_path / "a" / "b" / "out")


def test_the_dossier_that_was_there_becomes_the_previous_one_and_older_ones_go(out):
    for text in ("one", "two", "three"):
        replace_folder(out, bundle(text))
    assert (said(out), said(previous_of(out))) == ("three", "two")
    assert names(out.parent) == [out.name, f"{out.name}.previous"]


def test_a_file_that_is_gone_from_the_bundle_is_gone_from_the_folder(out):
    replace_folder(out, {**bundle(), "figures/old.svg": b""})
    replace_folder(out, bundle())
    assert not (out / "figures").exists()


def test_an_empty_folder_is_used(out):
    out.mkdir()
    replace_folder(out, bundle())
    assert said(out) == "one"


@pytest.mark.parametrize("content", [{"notes.txt": b"mine"}, {"dossier.json": b'{"schema": "other/1"}'}])
def test_a_folder_that_is_not_ours_is_refused_and_left_as_it_was(out, content):
    out.mkdir()
    for name, data in content.items():
        (out / name).write_bytes(data)
    for refused in (lambda: replace_folder(out, bundle()), lambda: repair(out)):
        with pytest.raises(WriteError, match="does not hold a dossier") as caught:
            refused()
        assert "--out" in caught.value.next_step
    assert {name: (out / name).read_bytes() for name in names(out)} == content


def test_somebody_elses_previous_folder_is_not_deleted(out):
    replace_folder(out, bundle())
    previous_of(out).mkdir()
    (previous_of(out) / "thesis.docx").write_bytes(b"")
    with pytest.raises(WriteError, match="not empty"):
        replace_folder(out, bundle("two"))
    assert said(out) == "one"
    assert names(previous_of(out)) == ["thesis.docx"]


def test_a_file_in_the_way_is_refused(out):
    out.write_text("a letter")
    with pytest.raises(WriteError, match="There is a file where"):
        replace_folder(out, bundle())
    assert out.read_text() == "a letter"


def test_a_link_to_a_dossier_is_followed_and_stays_a_link(tmp_path):
    real, link = tmp_path / "disk" / "real", tmp_path / "link"
    replace_folder(real, bundle())
    link.symlink_to(real)
    assert replace_folder(link, bundle("two")) == real
    assert link.is_symlink()
    assert (said(link), said(previous_of(real))) == ("two", "one")


def test_a_circle_of_links_is_refused(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(WriteError, match="link"):
        replace_folder(tmp_path / "a", bundle())


def test_the_root_of_a_disk_is_refused(tmp_path):
    with pytest.raises(WriteError, match="cannot be an output folder"):
        replace_folder(type(tmp_path)("/"), bundle())


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", "a\\b", "a\0b"])
def test_a_name_that_leaves_the_folder_is_our_bug(out, name):
    with pytest.raises(ValueError, match="not a name inside"):
        replace_folder(out, {**bundle(), name: b""})
    assert names(out.parent) == []


@pytest.mark.parametrize("marker", [b"", b"{", b"[]", b'{"schema": 1}', b"[" * 100_000])
def test_a_bundle_without_our_marker_is_our_bug(out, marker):
    with pytest.raises(ValueError, match="schema"):
        replace_folder(out, {"dossier.json": marker})


@pytest.mark.parametrize(
    "refusal",
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "not allowed"),
        (errno.EACCES, "not allowed"),
        (errno.EIO, "cannot be written here"),
    ],
)
@pytest.mark.parametrize("operation", ["fsync", "mkdir"])
def test_a_disk_that_refuses_leaves_the_old_dossier_and_no_debris(out, monkeypatch, refusal, operation):
    number, what = refusal
    replace_folder(out, bundle())

    def refuse(*_args, **_kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(folder.os, operation, refuse)
    with pytest.raises(WriteError, match=what) as caught:
        replace_folder(out, bundle("two"))
    assert caught.value.next_step
    assert str(out) in caught.value.where
    assert said(out) == "one"
    assert names(out.parent) == [out.name]


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_a_rename_that_fails_is_undone(out, monkeypatch, failing):
    replace_folder(out, bundle("one"))
    replace_folder(out, bundle("two"))
    calls = []
    rename = os.rename

    def fail_once(source, target, **kwargs):
        calls.append(source)
        if len(calls) == failing:
            raise OSError(errno.EBUSY, "busy")
        rename(source, target, **kwargs)

    monkeypatch.setattr(folder.os, "rename", fail_once)
    with pytest.raises(WriteError, match="mount point"):
        replace_folder(out, bundle("three"))
    assert (said(out), said(previous_of(out))) == ("two", "one")
    assert names(out.parent) == [out.name, f"{out.name}.previous"]


def test_repair_has_nothing_to_do_for_a_whole_dossier_or_an_absent_one(out):
    assert repair(out) == ()
    assert repair(out.parent / "no" / "such" / "parent") == ()
    replace_folder(out, bundle())
    assert repair(out) == ()


def test_repair_brings_the_previous_dossier_back_when_a_run_died_between_the_renames(out):
    replace_folder(out, bundle())
    out.rename(previous_of(out))
    assert repair(out) == (
        f"Brought {out.name}.previous back to {out.name}, which a stopped run had moved away.",
    )
    assert said(out) == "one"


def test_repair_prefers_the_complete_newer_dossier(out):
    replace_folder(out, bundle())
    out.rename(previous_of(out))
    leave(out, "ready")
    assert "Finished what a stopped run had begun" in repair(out)[0]
    assert (said(out), said(previous_of(out))) == ("ready", "one")


def test_repair_never_publishes_what_was_still_being_written(out):
    replace_folder(out, bundle())
    out.rename(previous_of(out))
    leave(out, "writing")
    assert len(repair(out)) == 2
    assert said(out) == "one"
    assert names(out.parent) == [out.name]


@pytest.mark.parametrize("kind", ["writing", "ready", "old"])
def test_leftovers_of_dead_processes_go_and_those_of_living_ones_stay(out, kind):
    replace_folder(out, bundle())
    dead = leave(out, kind)
    living = leave(out, kind, pid=os.getppid())
    assert len(repair(out)) == 1
    assert not dead.exists()
    assert living.exists()


def test_a_leftover_with_our_own_process_number_is_from_the_dead(out):
    replace_folder(out, bundle())
    leave(out, "writing", pid=os.getpid())
    replace_folder(out, bundle("two"))
    assert names(out.parent) == [out.name, f"{out.name}.previous"]


def test_a_process_number_that_cannot_exist_is_dead_and_a_forbidden_one_is_alive(out, monkeypatch):
    leave(out, "writing", pid=10**30)
    assert len(repair(out)) == 1
    kept = leave(out, "writing")

    def forbidden(_pid, _signal):
        raise PermissionError

    monkeypatch.setattr(folder.os, "kill", forbidden)
    assert repair(out) == ()
    assert kept.exists()


def test_files_and_links_that_only_look_like_leftovers_are_left_alone(out):
    replace_folder(out, bundle())
    out.with_name(f".{out.name}.writing-1-0a").write_text("mine")
    out.with_name(f".{out.name}.old-999999-0a").symlink_to(out)
    assert repair(out) == ()


def test_a_second_writer_is_told_that_the_first_is_at_work(out):
    replace_folder(out, bundle())
    with locked(out.with_name(f".{out.name}.lock")):
        with pytest.raises(WriteError, match="Another run is writing"):
            replace_folder(out, bundle("two"))
        assert said(out) == "one"
    replace_folder(out, bundle("two"))


def test_repair_does_not_reach_into_a_write_of_another_process(out):
    replace_folder(out, bundle())
    out.rename(previous_of(out))
    with locked(out.with_name(f".{out.name}.lock")), pytest.raises(WriteError, match="Another run"):
        repair(out)
    assert not out.exists()


def test_a_lock_file_of_a_dead_process_holds_nobody_up(out):
    out.with_name(f".{out.name}.lock").write_text("")
    replace_folder(out, bundle())
    assert names(out.parent) == [out.name]


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_again(tmp_path, monkeypatch):
    from vesicle.dossier.exports import lock

    path, real, rounds = tmp_path / ".lock", lock._lock, []

    def lose_the_first(handle):
        rounds.append(handle)
        if len(rounds) == 1:
            path.unlink()
        real(handle)

    monkeypatch.setattr(lock, "_lock", lose_the_first)
    with locked(path):
        assert path.exists()
    assert len(rounds) == 2
    assert not path.exists()


def test_a_file_system_without_locks_is_named_as_the_cause(out, monkeypatch):
    from vesicle.dossier.exports import lock

    def no_locks(_handle):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_lock", no_locks)
    with pytest.raises(WriteError, match="no file locks"):
        replace_folder(out, bundle())


def test_notes_that_somebody_put_beside_a_dossier_are_never_deleted(out, monkeypatch):
    monkeypatch.setattr(folder, "WRITING_SECONDS", -1.0)
    replace_folder(out, bundle("one"))
    (out / "my notes.txt").write_text("seen by the reviewer")
    replace_folder(out, bundle("two"))
    replace_folder(out, bundle("three"))
    kept = [path for path in out.parent.iterdir() if ".kept-" in path.name]
    assert [(path / "my notes.txt").read_text() for path in kept] == ["seen by the reviewer"]


def test_an_untouched_dossier_of_two_runs_ago_is_deleted(out):
    for text in ("one", "two", "three"):
        replace_folder(out, bundle(text))
    assert names(out.parent) == [out.name, f"{out.name}.previous"]
