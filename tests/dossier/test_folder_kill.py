"""Whatever moment a run is killed at, one whole dossier is left, and the next run completes."""

import importlib.util
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vesicle.dossier.exports.folder import repair, replace_folder

SCRIPT = Path(__file__).with_name("killed_writer.py")
_spec = importlib.util.spec_from_file_location("killed_writer", SCRIPT)
writer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(writer)

pytestmark = pytest.mark.slow


def whole(out):
    places = (out, out.with_name(f"{out.name}.previous"))
    return {place.name: number for place in places if (number := writer.whole_generation(place)) is not None}


def kill_after(out, *, first, seconds):
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(out), str(first)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)  # the moment of the kill is what is under test
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_kill_at_fifty_random_moments_never_tears_the_dossier(tmp_path):
    moments = random.Random(20261123)
    out = tmp_path / "batch-dossier"
    replace_folder(out, writer.generation(0))
    for attempt in range(1, 51):
        kill_after(out, first=attempt * 1000, seconds=moments.uniform(0.0, 0.06))
        left = whole(out)
        assert left, f"no whole dossier after kill {attempt}"
        for place in (out, out.with_name("batch-dossier.previous")):
            assert not place.exists() or place.name in left, f"{place.name} is torn after kill {attempt}"
        repair(out)
        assert writer.whole_generation(out) == max(left.values(), default=-1) or not left.get(out.name)
        replace_folder(out, writer.generation(attempt * 1000 + 999))
        assert writer.whole_generation(out) == attempt * 1000 + 999
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batch-dossier", "batch-dossier.previous"]


def test_a_death_at_each_file_operation_leaves_a_whole_dossier_that_is_brought_back(tmp_path):
    died_at = set()
    for moment in range(1, 200):
        out = tmp_path / str(moment) / "out"
        replace_folder(out, writer.generation(1))
        replace_folder(out, writer.generation(2))
        ended = subprocess.run(
            [sys.executable, str(SCRIPT), str(out), "3", str(moment)], check=False, timeout=60
        ).returncode
        left = whole(out)
        assert left, f"nothing whole after a death at operation {moment}"
        assert max(left.values()) >= 2
        repair(out)
        assert writer.whole_generation(out) in {2, 3}
        replace_folder(out, writer.generation(4))
        assert sorted(path.name for path in out.parent.iterdir()) == ["out", "out.previous"]
        if ended == 0:
            break
        died_at.add(moment)
    assert len(died_at) > 20, "the deaths did not reach into the write"
    assert ended == 0, "the write never came to its end"
