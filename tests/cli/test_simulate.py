"""``vesicle simulate``: documents as published, options that reach the simulator, errors that help."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import jsonschema
import pytest

from vesicle.cli.simulate import COMMAND
from vesicle.cli.simulate_options import drift_of
from vesicle.errors import UsageError
from vesicle.simulate.nta_settings import NtaSettings, TrackSettings

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
SMALL = ("--mix", "100:0.05", "--frames", "3", "--width", "64", "--height", "48")


def truth_of(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads((SCHEMAS / "truth-1.json").read_text(encoding="utf-8")))
    return document


def test_a_video_and_its_truth_are_written_as_published(answer, tmp_path):
    out, truth = tmp_path / "a.tif", tmp_path / "a.json"
    document, code = answer("simulate", "nta", out, *SMALL, "--truth", truth, "--seed", "9", "--positions")
    assert (code, document["kind"], document["seed"]) == (0, "nta", 9)
    assert (document["out"], document["truth"]) == (str(out), str(truth))
    known = truth_of(truth)
    assert known["visible_per_frame"] == document["visible_per_frame"]
    assert len(known["positions"]["frame"]) == len(known["positions"]["snr"])
    assert out.is_file()


def test_tracks_and_their_truth_are_written_as_published(answer, tmp_path):
    out, truth = tmp_path / "a.csv", tmp_path / "a.json"
    arguments = ("--lognormal", "110:1.4", "--tracks", "40", "--truth", truth)
    document, code = answer("simulate", "tracks", out, *arguments)
    assert (code, document["kind"], document["particles"]) == (0, "tracks", 40)
    assert document["concentration_per_ml"] is None
    assert truth_of(truth)["settings"]["length"] == 20
    assert len(out.read_text().splitlines()) > 200


def test_without_a_truth_file_none_is_named(answer, tmp_path):
    document, _ = answer("simulate", "tracks", tmp_path / "a.csv", "--mix", "100:0", "--tracks", "5")
    assert document["truth"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_every_option_reaches_the_simulator(answer, tmp_path):
    given = {
        "fps": 25.0, "exposure_ms": 5.0, "pixel_nm": 200.0, "temperature_c": 20.0, "viscosity_mpas": 1.1,
        "sheet_um": 3.0, "focus_um": 4.0, "psf_px": 1.2, "read_noise": 2.0, "background": 30.0,
        "electrons_per_grey": 0.5, "brightness_cap_nm": 120.0, "brightness_spread": 0.2, "per_frame": 20.0,
        "snr": 8.0, "snr_at_nm": 90.0, "drift_period_s": 2.0, "flare": 1, "uneven": 0.3, "substeps": 4,
    }  # fmt: skip
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    words = ("--drift", "0.5:-1", "--bits", "12", "--brightness", "equal", "--rings", "--dark")
    truth = tmp_path / "a.json"
    _, code = answer("simulate", "nta", tmp_path / "a.tif", *SMALL, "--truth", truth, *options, *words)
    settings = truth_of(truth)["settings"]
    assert code == 0
    assert {name: settings[name] for name in given} == given
    assert (settings["drift_px"], settings["bits"], settings["brightness"]) == ([0.5, -1], 12, "equal")
    assert (settings["rings"], settings["dark"], settings["width_px"]) == (True, True, 64)


@pytest.mark.parametrize(("name", "kind"), [("nta", NtaSettings), ("tracks", TrackSettings)])
def test_every_setting_has_an_option_with_the_default_of_the_simulator(name, kind):
    command = COMMAND.get_command(click.Context(COMMAND), name)
    options = {option.name: option for option in command.params}
    given = command.make_context(name, ["a.tif"]).params
    for field in fields(kind):
        if field.name in {"components", "drift_px", "bits"}:
            continue
        assert given[field.name] == field.default
        assert options[field.name].help
    assert {"mix", "lognormal", "truth", "force", "as_json"} <= set(options)


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("a.tif",), "needs --mix or --lognormal"),
        (("a.tif", "--mix", "100"), "1 numbers are given"),
        (("a.tif", "--mix", "0:0.05"), "goes from 5 to 5000"),
        (("a.tif", "--mix", "100:0.05", "--frames", "1"), "--frames"),
        (("a.tif", "--mix", "100:0.05", "--fps", "nan"), "from 0.1 to 10000"),
        (("a.tif", "--mix", "100:0.05", "--fps", "200"), "at most one frame, 5 ms"),
        (("a.tif", "--mix", "100:0.05", "--drift", "4"), "two numbers, X:Y"),
        (("a.png", "--mix", "100:0.05"), "ends in '.png'"),
        (("a.avi", "--mix", "100:0.05", "--bits", "12"), "8 bits here"),
        (("",  "--mix", "100:0.05"), "path is empty"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_with_what_is_allowed(answer, empty_folder, arguments, why):
    document, code = answer("simulate", "nta", *arguments)
    assert code == 2
    assert why in " ".join(document["error"].values())
    assert document["error"]["next_step"]
    assert not any(empty_folder.iterdir())


@pytest.mark.parametrize("arguments", [("simulate",), ("simulate", "movie")])
def test_without_a_known_subcommand_the_help_is_named(call, arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert "vesicle simulate --help" in result.stderr


def test_an_old_video_is_kept_unless_it_may_be_replaced(call, tmp_path):
    out = tmp_path / "a.tif"
    out.write_bytes(b"mine")
    refused = call("simulate", "nta", out, *SMALL)
    assert (refused.exit_code, out.read_bytes()) == (2, b"mine")
    assert "--force" in refused.stderr
    assert call("simulate", "nta", out, *SMALL, "--force").exit_code == 0
    assert out.read_bytes() != b"mine"


def test_people_read_what_was_simulated(call, tmp_path):
    said = call("simulate", "nta", tmp_path / "a.tif", *SMALL, "--truth", tmp_path / "a.json").stdout
    for part in ("simulated, not measured", "a.json", "Median 99.", "particles per mL", "visible per frame"):
        assert part in said
    said = call("simulate", "tracks", tmp_path / "a.csv", "--mix", "100:0", "--tracks", "5").stdout
    assert "per mL" not in said
    assert "The truth" not in said


def test_help_loads_no_heavy_module():
    script = "\n".join(
        (
            "import json, sys",
            "from vesicle.cli import main",
            "try:",
            "    main(['simulate', 'nta', '--help'])",
            "except SystemExit:",
            "    pass",
            "print(json.dumps(sorted(sys.modules)), file=sys.stderr)",
        )
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    loaded = set(json.loads(ended.stderr.splitlines()[-1]))
    assert "--per-frame" in ended.stdout
    assert loaded & {"numpy", "scipy", "numba", "tifffile"} == set()


def test_a_drift_is_two_numbers():
    assert drift_of("-4:0.5") == (-4, 0.5)
    for text in ("", "1", "1:2:3", "a:b"):
        with pytest.raises(UsageError) as refused:
            drift_of(text)
        assert "--drift" in refused.value.where
