"""The reference describes everything there is, and is the one that the code gives."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from docs.pages import PAGES

from docs import codes, generate
from vesicle import errors
from vesicle.checks import find_checks
from vesicle.cli import main
from vesicle.dossier import find_sections
from vesicle.manifest import Manifest
from vesicle.manifest.load import CLOSED
from vesicle.readers import find_hints, find_readers
from vesicle.readers.scan import read_file, scan_files
from vesicle.standards import load_limits, load_standard, terms

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "data" / "readers"


def reference(name):
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")


def test_the_committed_reference_is_the_one_that_the_code_gives():
    ran = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "")


def test_a_stale_page_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "REFERENCE", tmp_path / "reference")
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "reference" / "checks.md").write_text("old", encoding="utf-8")
    (tmp_path / "reference" / "gone.md").write_text("old", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "checks.md is stale" in said
    assert "gone.md is stale" in said
    assert generate.main([]) == 0
    assert {path.stem for path in (tmp_path / "reference").iterdir()} == set(PAGES)


def commands(group, path):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_and_option_is_described():
    text = reference("command-line")
    found = dict(commands(main, "vesicle"))
    assert {"vesicle run", "vesicle simulate nta"} <= set(found)
    for name, command in found.items():
        part = text.split(f"## {name}\n")[1].split("\n## ")[0]
        options = [option for given in command.params for option in given.opts if option.startswith("-")]
        assert "--json" in options
        assert [option for option in options if option not in part] == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("readers", [item.name for item in (*find_readers(), *find_hints())]),
        ("checks", [check.id for check in find_checks()]),
        ("checks", [f"`{name}`" for check in load_limits().checks.values() for name in check.limits]),
        ("checks", [row["id"] for row in load_standard("checks")["planned"]]),
        ("sections", [f"| {section.id} |" for section in find_sections()]),
        ("codes", [f"`{kind}`" for kind in codes.error_codes()]),
        ("manifest", [f"`{name}`" for name in load_standard("specification")["attributes"]]),
        ("manifest", [f"| {label} |" for field in CLOSED.values() for label in terms(field)]),
    ],
)
def test_everything_of_a_kind_is_described(page, names):
    assert names
    assert [name for name in names if name not in reference(page)] == []


def test_every_key_of_the_manifest_is_described():
    text = reference("manifest")
    for table in dataclasses.fields(Manifest):
        if table.name in {"path", "notes"}:
            continue
        part = re.split(rf"^## \[+{table.name}\]+$", text, flags=re.MULTILINE)[1].split("\n## ")[0]
        kind = table.default_factory() if table.default_factory is not dataclasses.MISSING else None
        keys = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
        assert [key for key in keys if f"`{key}" not in part] == []


def test_every_error_class_has_a_code_of_its_own():
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.VesicleError)
    ]
    assert len(codes.error_codes()) == len(kinds)


def test_every_code_in_the_source_has_a_meaning():
    assert codes.undescribed() == []


def test_no_meaning_is_left_of_a_code_that_is_gone():
    assert codes.unused() == []


def test_a_code_that_is_put_together_matches_the_codes_it_can_become():
    assert "*_missing" in codes.collected()
    assert codes.matches("*_missing", "viscosity_missing")
    assert not codes.matches("*_missing", "unit_converted")


def test_every_warning_that_the_readers_give_to_their_fixture_files_is_described():
    given = set()
    for file in scan_files(FIXTURES, Manifest()):
        if file.status == "recognised":
            outcome = read_file(file)
            given |= {warned.code for warned in getattr(outcome.measurement, "warnings", ())}
    assert given
    assert given - set(codes.meanings()["warnings"]) == set()


def test_every_command_publishes_the_schema_of_its_document():
    published = {
        json.loads(path.read_text("utf-8"))["properties"]["schema"]["const"]
        for path in (ROOT / "docs" / "schemas").glob("*.json")
    }
    named = {f"vesicle.{name}/1" for name in main.list_commands(click.Context(main))}
    assert named | {"vesicle.error/1", "vesicle.dossier/1", "vesicle.truth/1"} == published
    assert [name for name in published if f"## {name}" not in reference("schemas")] == []
