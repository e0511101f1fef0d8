"""The rule that a skipped test of real files fails where the files are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TEST = """
import pytest

def test_reads_a_real_file(real_data):
    pytest.skip("not today")

@pytest.mark.xfail(reason="known", strict=True)
def test_is_expected_to_fail(real_data):
    raise AssertionError
"""


@pytest.fixture
def run_with(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text("utf-8"), "utf-8")
    (tmp_path / "test_it.py").write_text(TEST, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = real_data: reads real files\n", "utf-8")

    def run(folder, *options):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
        environment = {**os.environ, "VESICLE_REAL_DATA": str(folder)}
        environment.pop("PYTEST_ADDOPTS", None)
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "with workers"])
def test_a_skipped_test_of_real_files_fails_where_they_are(run_with, tmp_path, options):
    ran = run_with(tmp_path, *options)
    assert ran.returncode == 1
    assert "was skipped: Skipped: not today" in ran.stdout
    assert "1 failed, 1 xfailed" in ran.stdout


def test_a_skipped_test_of_real_files_is_skipped_where_they_are_not(run_with, tmp_path):
    ran = run_with(tmp_path / "absent")
    assert ran.returncode == 0
    assert "2 skipped" in ran.stdout
