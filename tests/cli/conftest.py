"""What the tests of the command line share."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from vesicle.cli import main
from vesicle.simulate.example import example_tables

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def call():
    """Run a command in this process."""

    def invoke(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def answer(call):
    """Run a command with --json: its document, validated against its published schema, and exit code."""

    def invoke(*arguments):
        result = call(*arguments, "--json")
        document = json.loads(result.stdout)
        name, version = document["schema"].removeprefix("vesicle.").split("/")
        schema = json.loads((REPOSITORY / "docs" / "schemas" / f"{name}-{version}.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(document, schema)
        return document, result.exit_code

    return invoke


@pytest.fixture
def process():
    """Run ``python -m vesicle`` in a process of its own."""

    def invoke(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "vesicle", *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, **environment},
        )

    return invoke


@pytest.fixture
def batch(tmp_path):
    """The example batch in a folder with a name that nobody should choose."""
    folder = tmp_path / "batch [1] é <script>"
    for name, content in example_tables().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
