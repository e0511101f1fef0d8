"""The command line as a whole: light to start, one document, one clear message, the right exit code."""

import json
import runpy
import subprocess
import sys

import click
import pytest

from vesicle import __version__
from vesicle.cli import _commands, main, output
from vesicle.errors import ReadError

HEAVY = (
    "numpy",
    "scipy",
    "pandas",
    "jinja2",
    "pydantic",
    "openpyxl",
    "xlsxwriter",
    "rich",
    "tifffile",
    "pypdf",
    "annotated_types",
    "multiprocessing",
)


def loaded_after(code):
    script = f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import vesicle",
        "from vesicle.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass",
        "from vesicle.cli import main\ntry:\n    main(['run', '--help'])\nexcept SystemExit:\n    pass",
    ],
)
def test_import_and_help_load_no_heavy_module(code):
    loaded = loaded_after(code)
    assert "vesicle" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_python_m_vesicle_works_and_names_its_version(process):
    ended = process("--version")
    assert (ended.returncode, ended.stdout) == (0, f"vesicle {__version__}\n")


def test_the_module_runs_the_same_program(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["vesicle", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("vesicle", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"vesicle {__version__}\n"


def test_every_command_stands_in_the_help_takes_json_and_is_described(call):
    shown = call("--help").stdout
    assert sorted(_commands()) == [
        "cells",
        "cytometry",
        "demo",
        "enrich",
        "fcs",
        "init",
        "mie",
        "mirna-pathways",
        "run",
        "scan",
        "simulate",
        "size",
    ]
    for name, command in _commands().items():
        assert name in shown
        assert command.help
        assert "--json" in call(name, "--help").stdout


def test_without_arguments_the_help_is_shown(call):
    assert "Usage: vesicle" in call().stdout


def test_a_misspelled_command_is_answered_with_the_nearest_one(answer):
    document, code = answer("rnu")
    assert code == 2
    assert document["error"]["code"] == "usage"
    assert document["error"]["next_step"] == "Did you mean 'vesicle run'?"


def test_a_folder_in_the_place_of_a_command_is_understood(call, tmp_path):
    result = call(tmp_path)
    assert result.exit_code == 2
    assert f"vesicle run '{tmp_path}'" in result.stderr


def test_a_word_like_no_command_is_answered_with_the_help(call):
    assert "vesicle --help" in call("xyzzy").stderr


@pytest.mark.parametrize("arguments", [("run",), ("scan", ".", "--nonsense"), ("run", ".", "--jobs", "0")])
def test_wrong_usage_exits_2_and_names_the_help_of_the_command(call, answer, arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"vesicle {arguments[0]} --help" in result.stderr
    document, code = answer(*arguments)
    assert (code, document["error"]["code"]) == (2, "usage")


def raising(error):
    @click.command("break")
    @output.json_option
    def command(**_options):
        raise error

    return command


@pytest.fixture
def broken(monkeypatch):
    def install(error):
        monkeypatch.setattr("vesicle.cli._commands", lambda: {"break": raising(error)})

    return install


def test_an_exception_outside_our_tree_is_called_our_bug_without_a_traceback(broken, call, answer):
    broken(KeyError("surprise"))
    result = call("break")
    assert result.exit_code == 70
    assert "bug in vesicle" in result.stderr
    assert "KeyError: 'surprise'" in result.stderr
    assert "Traceback" not in result.stderr
    document, code = answer("break")
    assert (document["error"]["code"], code) == ("bug", 70)


def test_a_traceback_is_printed_when_asked_for(broken, call, monkeypatch):
    broken(KeyError("surprise"))
    monkeypatch.setenv("VESICLE_DEBUG", "1")
    assert "Traceback" in call("break").stderr


def test_our_errors_say_what_where_why_and_what_next(broken, call, answer):
    broken(ReadError("It broke.", where="a.csv, row 3", why="Found x.", next_step="Do y."))
    result = call("break")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Error: It broke.",
        "  Where: a.csv, row 3",
        "  Why:   Found x.",
        "  Next:  Do y.",
    ]
    assert answer("break")[0]["error"] == {
        "code": "unreadable",
        "what": "It broke.",
        "where": "a.csv, row 3",
        "why": "Found x.",
        "next_step": "Do y.",
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_stopping_a_run_is_not_an_error_of_anybody(broken, answer, error):
    broken(error)
    document, code = answer("break")
    assert (document["error"]["code"], code) == ("stopped", 130)


def test_control_characters_of_a_file_name_never_reach_the_terminal(broken, call):
    broken(ReadError("bad", where="\x1b[2J\u202e\udcff.csv"))
    assert "\\x1b[2J\\u202e\\udcff.csv" in call("break").stderr


def test_a_terminal_that_cannot_write_a_letter_gets_a_question_mark(process, tmp_path):
    ended = process("scan", tmp_path / "é→", PYTHONIOENCODING="ascii")
    assert ended.returncode == 2
    assert "??" in ended.stderr


def test_stray_prints_do_not_stand_beside_the_document(capsys):
    with output.only_the_document_on_stdout(as_json=True):
        sys.stdout.write("stray\n")
    with output.only_the_document_on_stdout(as_json=False):
        sys.stdout.write("result\n")
    assert capsys.readouterr() == ("result\n", "stray\n")


def test_a_document_is_ascii_and_refuses_what_is_not_a_number(capsys):
    with pytest.raises(click.exceptions.Exit):
        output.respond(output.Answer(document={"name": "é\udcff"}, text=""), as_json=True)
    assert json.loads(capsys.readouterr().out.encode("ascii")) == {"name": "é\udcff"}
    with pytest.raises(ValueError, match="JSON"):
        output.respond(output.Answer(document={"x": float("nan")}, text=""), as_json=True)


def test_main_is_what_the_installed_program_calls():
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
