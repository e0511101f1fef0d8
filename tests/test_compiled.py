"""Compiled functions work, and are kept where a user may write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vesicle.compiled import KEPT, SPARED_S, cache_folder, code_fingerprint, compiled, is_writable, prune

HOME = Path("/home/lab")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, HOME / ".cache" / "vesicle"),
        ("linux", {"XDG_CACHE_HOME": "/scratch/cache"}, Path("/scratch/cache/vesicle")),
        ("linux", {"XDG_CACHE_HOME": "not/absolute"}, HOME / ".cache" / "vesicle"),
        ("darwin", {"XDG_CACHE_HOME": "/scratch"}, HOME / "Library" / "Caches" / "vesicle"),
    ],
)
def test_the_cache_is_where_the_platform_keeps_caches(platform, environment, expected):
    assert cache_folder(environment, platform=platform, home=HOME) == expected


def test_a_file_in_the_way_means_that_nothing_is_kept(tmp_path):
    (tmp_path / "cache").write_text("in the way")
    assert not is_writable(tmp_path / "cache" / "vesicle")
    assert is_writable(tmp_path / "new" / "vesicle")


def test_a_compiled_function_gives_what_python_gives():
    def squares(n):
        total = 0
        for i in range(n):
            total += i * i
        return total

    assert compiled(squares)(100) == squares(100)


def test_compiled_code_is_made_anew_when_a_function_that_it_calls_changes(tmp_path):
    """Numba looks only at the file of the function itself, and would go on calling the old one."""
    (tmp_path / "fast").mkdir()
    (tmp_path / "slow").mkdir()
    (tmp_path / "fast" / "caller.py").write_text("from vesicle.compiled import compiled")
    (tmp_path / "fast" / "called.py").write_text("LIMIT = 1")
    (tmp_path / "slow" / "other.py").write_text("x = 1")
    before = code_fingerprint(tmp_path)
    (tmp_path / "slow" / "other.py").write_text("x = 2")
    assert code_fingerprint(tmp_path) == before
    (tmp_path / "fast" / "called.py").write_text("LIMIT = 2")
    assert code_fingerprint(tmp_path) != before


DAY_S = 86_400.0
NOW_S = 2e9


def version(place, number, *, days):
    """A folder with compiled code of a version that was last used so many days ago."""
    folder = place / f"{number:016x}"
    folder.mkdir(parents=True)
    (folder / "code.nbi").write_bytes(b"code")
    os.utime(folder, (NOW_S - days * DAY_S,) * 2)
    return folder


def test_only_the_versions_used_last_are_kept(tmp_path):
    used = version(tmp_path, 0, days=90)
    newest = [version(tmp_path, k, days=10 + k) for k in range(1, KEPT + 1)]
    older = [version(tmp_path, k, days=10 + k) for k in range(KEPT + 1, KEPT + 4)]
    prune(tmp_path, used=used, now_s=NOW_S)
    assert all((folder / "code.nbi").exists() for folder in (used, *newest))
    assert sorted(tmp_path.iterdir()) == sorted((used, *newest))
    assert not any(folder.exists() for folder in older)


def test_a_version_that_a_run_may_still_use_is_kept(tmp_path):
    folders = [version(tmp_path, k, days=0.9 * SPARED_S / DAY_S) for k in range(1, KEPT + 5)]
    prune(tmp_path, used=tmp_path, now_s=NOW_S)
    assert all(folder.exists() for folder in folders)


def test_what_is_no_compiled_code_of_ours_is_left_alone(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / f"{99:016x}").write_text("a file")
    outside = version(tmp_path / "elsewhere", 7, days=50)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{8:016x}").symlink_to(outside)
    for k in range(1, KEPT + 2):
        version(tmp_path / "cache", k + 20, days=k)
    prune(tmp_path, used=tmp_path, now_s=NOW_S)
    prune(tmp_path / "cache", used=tmp_path, now_s=NOW_S)
    assert (tmp_path / "notes").exists()
    assert (tmp_path / f"{99:016x}").exists()
    assert (outside / "code.nbi").exists()


def test_what_another_process_left_half_deleted_is_deleted(tmp_path):
    for k in range(1, KEPT + 2):
        version(tmp_path, k, days=10)
    left = version(tmp_path, 99, days=40).rename(tmp_path / f"{99:016x}.old")
    prune(tmp_path, used=tmp_path, now_s=NOW_S)
    assert not left.exists()


def test_a_folder_that_cannot_be_deleted_or_listed_stops_nothing(tmp_path, monkeypatch):
    folders = [version(tmp_path, k, days=20 + k) for k in range(KEPT + 2)]

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refuse)
    prune(tmp_path, used=folders[0], now_s=NOW_S)
    assert all(folder.exists() for folder in folders)
    prune(tmp_path / "absent", used=folders[0], now_s=NOW_S)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["cache", "missing/cache"])
def test_compiled_code_is_kept_in_the_users_folder_or_made_anew(tmp_path, place):
    module = tmp_path / "module.py"
    module.write_text(
        "from vesicle.compiled import compiled\n@compiled\ndef double(x):\n    return 2 * x\nprint(double(21))\n"
    )
    if place.startswith("missing"):
        (tmp_path / "missing").write_text("a file, so no folder can be made here")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / place)}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, str(module)], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "42\n"
    kept = list((tmp_path / "cache").rglob("*.nbi"))
    assert bool(kept) == (place == "cache")
