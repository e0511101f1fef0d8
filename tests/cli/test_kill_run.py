"""``vesicle run`` killed at fifty random moments: never a torn dossier, and the next run completes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_runs.py")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the script forks its runs")
def test_a_run_killed_at_fifty_moments_leaves_a_whole_dossier_and_the_next_run_completes(batch, tmp_path):
    for path in [*batch.glob("sizing/*"), *batch.glob("protein/*")]:
        if "_0001_" not in path.name:
            path.unlink()
    out = tmp_path / "place" / "out"
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), str(batch), str(out), "20261124", "50"],
        check=False,
        capture_output=True,
        text=True,
        timeout=840,
    )
    assert ended.returncode == 0, ended.stderr
    kills = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(kills) == 50
    for kill in kills:
        assert kill.get("out") or kill.get("out.previous"), f"nothing whole is left: {kill}"
        assert kill.get("out", True), f"the dossier is torn: {kill}"
        assert kill.get("out.previous", True), f"the previous dossier is torn: {kill}"
        assert kill["next"] == 0, kill
        assert kill["after"], kill
        assert kill["beside"] == ["out", "out.previous"], kill
