"""Every example of the documentation runs, and does what the page says."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.blocks import blocks_of, commands_of

from vesicle.manifest import manifest_from_text

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    if not {"_build", "reference"} & set(path.relative_to(ROOT).parts)
)


def run_console(block, folder):
    for command in commands_of(block):
        program, *arguments = shlex.split(command.arguments)
        if program != "vesicle":
            continue  # make and pip are run by continuous integration itself
        ran = subprocess.run(
            [sys.executable, "-m", "vesicle", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        said = ran.stdout + ran.stderr
        assert ran.returncode == command.exit_code, f"{command.arguments}: {said}"
        for line in command.expected:
            assert line.strip() in said, f"{command.arguments} does not print {line!r}: {said}"


def run_python(block, path, namespace):
    # Lines are padded so that a traceback names the line of the page.
    exec(compile("\n" * (block.line - 1) + block.text, path, "exec"), namespace)


def check_toml(block):
    if not block.text.startswith("[project"):
        manifest_from_text(block.text)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_example_of_the_page_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "example"}
    for block in blocks_of(path.read_text(encoding="utf-8")):
        match block.language:
            case "python":
                run_python(block, str(path), namespace)
            case "console":
                run_console(block, tmp_path)
            case "toml":
                check_toml(block)


def test_a_page_with_a_wrong_example_fails(tmp_path):
    page = (
        "```python\nassert 1 == 2\n```\n\n```console\n$ vesicle scan nowhere\n```\n\n```toml\n[cell]\n```\n"
    )
    python, console, toml = blocks_of(page)
    with pytest.raises(AssertionError):
        run_python(python, "page.md", {})
    with pytest.raises(AssertionError, match="scan nowhere"):
        run_console(console, tmp_path)
    with pytest.raises(Exception, match="cells"):
        check_toml(toml)


def test_the_exit_code_that_a_page_shows_is_compared(tmp_path):
    (block,) = blocks_of("```console\n$ vesicle scan nowhere; echo $?\nError:\n...\n2\n```\n")
    (command,) = commands_of(block)
    assert (command.exit_code, command.expected) == (2, ("Error:",))
    run_console(block, tmp_path)


def test_every_page_is_reachable_from_the_index():
    toctrees = [block for path in DOCS.rglob("index.md") for block in _entries(path)]
    pages = {
        path.relative_to(DOCS).with_suffix("").as_posix()
        for path in DOCS.rglob("*.md")
        if "_build" not in path.parts
    }
    assert pages - {"index"} == set(toctrees)


def _entries(path):
    folder = path.parent.relative_to(DOCS)
    for block in path.read_text(encoding="utf-8").split("```{toctree}")[1:]:
        lines = block.split("```")[0].split("\n")
        yield from ((folder / line).as_posix() for line in lines if line and not line.startswith(":"))
