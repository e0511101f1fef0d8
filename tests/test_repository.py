"""What a newcomer reads first agrees with what is there."""

import re
import tomllib
from pathlib import Path

import pytest

import vesicle

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md"]


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
