"""Compiled functions work, and are kept where a user may write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vesicle.compiled import cache_folder, code_fingerprint, compiled, is_writable

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
