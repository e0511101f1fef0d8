"""The page that `make validate` writes of percent positive."""

import sys

import pytest
from tests.cytometry.mixtures import Covered

from scripts import validate_positives


def test_a_row_of_the_page_holds_what_was_measured():
    found = Covered(error=-0.0123, deviation=0.4, coverage=95.2, width=1.049)
    assert (
        validate_positives.row(0.5, 4900, 4975, found)
        == "| 0.5 | 4900 | 4975 | -0.012 | 0.400 | 95.2 | 1.05 |"
    )


def test_without_the_real_files_the_page_stays_as_it_was(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(validate_positives, "DATA", tmp_path / "absent")
    monkeypatch.setattr(validate_positives, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(sys, "argv", ["validate_positives"])
    assert validate_positives.main() == 1
    assert "VESICLE_REAL_DATA" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()


def test_a_level_outside_its_limits_is_named(monkeypatch, real_data):
    far = Covered(error=0.0, deviation=1.0, coverage=80.0, width=1.0)
    monkeypatch.setattr(validate_positives, "DATA", real_data)
    monkeypatch.setattr(validate_positives, "compare", lambda *_, **__: far)
    failures = []
    assert "| 80.0 |" in validate_positives.real_noise(3, failures)
    assert len(failures) == 8


@pytest.mark.parametrize("name", validate_positives.LAWS)
def test_every_law_gives_a_table(monkeypatch, name):
    monkeypatch.setattr(validate_positives, "SIZES", ((300, 300),))
    assert validate_positives.made(name, 2).count("| 300 | 300 |") == 5
