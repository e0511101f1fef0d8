"""What a newcomer reads first agrees with what is there."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import vesicle

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md"]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MOST_LINES, MOST_BODY_LINES = 400, 40


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_the_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", text_of(page))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_of_the_page_exists_and_is_explained(page):
    explained = set(re.findall(r"^([a-z]+):.*##", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", text_of(page).replace("make and", ""))) - explained == set()


def test_continuous_integration_runs_the_lines_of_the_readme():
    assert "make test" in text_of("README.md")
    assert {"make test", "make lint"} <= set(re.findall(r"^make \w+", text_of(".ci/run"), re.MULTILINE))


def test_the_readme_names_every_extra_with_what_it_is_for():
    extras = tomllib.loads(text_of("pyproject.toml"))["project"]["optional-dependencies"]
    assert [extra for extra in extras if f"[{extra}]'` | " not in text_of("README.md")] == []


def test_the_picture_of_a_dossier_is_light():
    assert (ROOT / "docs" / "images" / "dossier.png").stat().st_size < 300_000


def test_one_version_stands_everywhere():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert vesicle.__version__ == project["version"]
    assert f"\nversion: {vesicle.__version__}\n" in text_of("CITATION.cff")


def test_every_fragment_of_the_changelog_says_its_kind():
    fragments = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    assert fragments
    assert [
        f for f in fragments if not re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", f)
    ] == []


def body_lines(function):
    """Lines of a function without its docstring."""
    has_docstring = ast.get_docstring(function) is not None
    body = function.body[1:] if has_docstring else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_files_stay_within_the_limit_of_lines():
    files = [*SOURCES, *(ROOT / "tests").rglob("*.py")]
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: n for name, n in lines.items() if n > MOST_LINES} == {}


def test_functions_of_the_package_stay_within_the_limit_of_lines():
    functions = [
        (f"{path.relative_to(ROOT)}: {node.name}", body_lines(node))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert len(functions) > len(SOURCES)
    assert {name: n for name, n in functions if n > MOST_BODY_LINES} == {}
