"""The check of docstrings finds what it is for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = '''"""Does a module ask?"""


def bare(x: int) -> int:
    return x


def half(x: int) -> int:
    """Half.

    Returns
    -------
    int
        Half.
    """

    def inner() -> None: ...

    return x // 2


def _private() -> None: ...


class Record:
    """A record."""

    @property
    def name(self) -> str:
        """The name."""
        return ""
'''


def check(*arguments):
    command = [sys.executable, "scripts/check_docstrings.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_findings_are_listed_with_their_place_and_fail(tmp_path):
    path = tmp_path / "odd.py"
    path.write_text(SOURCE, encoding="utf-8")
    ran = check(path)
    assert ran.returncode == 1
    assert f"{path}:4: GL08 odd.bare" in ran.stdout
    assert "PR01 odd.half" in ran.stdout
    assert "docstrings: 2 findings in 1 files" in ran.stdout


def test_everything_public_in_the_package_has_a_whole_docstring():
    ran = check()
    assert (ran.returncode, ran.stdout.count("\n")) == (0, 1), ran.stdout
