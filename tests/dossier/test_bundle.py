import builtins
import sys
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from vesicle.dossier import ComposedSection, Dossier
from vesicle.dossier.blocks import Quote, Text
from vesicle.dossier.bundle import bundle
from vesicle.dossier.claims import ForbiddenClaimError, forbidden_phrases, own_texts
from vesicle.errors import MissingExtra, WriteError
from vesicle.results import Verdict


def with_text(dossier, *blocks):
    section = ComposedSection(id="X", title="One", question="?", blocks=blocks)
    return replace(dossier, sections=(section,))


def test_the_output_folder_is_complete(files):
    assert {
        "dossier.html",
        "dossier.json",
        "dossier.xlsx",
        "methods.md",
        "references.bib",
        "ro-crate-metadata.json",
        "figures/size-distribution.svg",
        "figures/process.svg",
        "data/fig-size-distribution.csv",
        "data/table-replicates.csv",
        "data/checks.csv",
    } <= set(files)


def test_the_same_dossier_gives_the_same_bytes(dossier, files):
    assert bundle(dossier) == files


def test_no_path_leaves_the_folder_or_holds_an_odd_sign(files):
    for path in files:
        parts = PurePosixPath(path).parts
        assert ".." not in parts
        assert not PurePosixPath(path).is_absolute()
        assert all(part.isascii() and not set('<>:"|?*\\') & set(part) for part in parts)


def test_text_of_our_own_that_claims_too_much_stops_the_bundle(dossier):
    for phrase in (
        "It is GMP-compliant.",
        "1e9 vesicles per mL",
        "The product is safe.",
        "A recommended dose",
    ):
        with pytest.raises(ForbiddenClaimError, match="a dossier never says"):
            bundle(with_text(dossier, Text(text=phrase)))


def test_a_reason_that_claims_too_much_stops_the_bundle(dossier):
    check = replace(dossier.checks[0], reason="clinical grade material")
    with pytest.raises(ForbiddenClaimError, match="clinical grade"):
        bundle(replace(dossier, checks=(check,)))


def test_the_users_words_may_claim_what_they_like(dossier):
    named = replace(dossier, batch="clinical grade lot 3")
    bundle(
        with_text(
            named,
            Quote(label="claim", text="It is safe"),
            Text(text="The batch clinical grade lot 3 was read."),
        )
    )


def test_the_sample_dossier_claims_nothing(dossier):
    texts = tuple(own_texts(dossier))
    assert any("Half of the particles" in text for text in texts)
    assert forbidden_phrases(texts) == ()


def test_a_dossier_without_any_names_is_scanned_too(dossier):
    empty = Dossier(
        batch="", created=dossier.created, software={}, checks=(), findings={}, sections=(), files=()
    )
    assert forbidden_phrases(own_texts(with_text(empty, Text(text="GMP compliant")))) == ("GMP compliant",)


def test_a_phrase_is_named_once():
    assert forbidden_phrases(["gmp compliant", "gmp compliant"]) == ("gmp compliant",)


# ---- notebook


def test_a_notebook_shows_counts_and_checks_escaped(dossier):
    check = replace(dossier.checks[0], title="<script>")
    html = replace(dossier, checks=(check,))._repr_html_()
    assert "Warning: 1" in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_to_frame_holds_numbers_and_gaps(dossier):
    pandas = pytest.importorskip("pandas")
    frame = dossier.to_frame()
    assert frame.loc["C10", "low"] == 5.1e8
    assert frame.loc["C10", "verdict"] == Verdict.FAIL
    assert pandas.isna(frame.loc["C04", "value"])
    assert frame.loc["C04", "reason"] == 'No file has the role "buffer blank".'


def test_to_frame_names_the_extra_that_is_missing(dossier, monkeypatch):
    real = builtins.__import__

    def without_pandas(name, *args, **more):
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_pandas)
    with pytest.raises(MissingExtra, match=r"pip install 'vesicle\[pandas\]'"):
        dossier.to_frame()


def test_a_workbook_that_cannot_be_written_is_said_plainly(dossier, tmp_path):
    with pytest.raises(WriteError, match="The workbook cannot be written"):
        dossier.to_excel(tmp_path / "no" / "such" / "folder.xlsx")
