"""C12: the size statement and the word exosome. C25: files that contradict each other."""

import pytest
from tests.checks.build import (
    FAIL,
    NOT_ASSESSED,
    PASS,
    WARN,
    about,
    c01,
    inputs,
    sample_size,
    size_run,
    sizes,
    verdicts,
)

from vesicle.checks import c12_size_and_naming as c12
from vesicle.checks import c25_integrity as c25
from vesicle.findings import Share
from vesicle.measurements import FileFact, FolderRecord
from vesicle.production.integrity import assess_integrity
from vesicle.results import NotAssessed
from vesicle.standards import load_limits

EVIDENCE = '[[biogenesis_evidence]]\nexperiment = "RAB27A knock-down lowers release"\nfile = "rab27.csv"\n'


def judged(manifest="", *, sample=None, validity=PASS):
    found = sizes(size_run(), samples=(sample or sample_size(),))
    return c12.judge(inputs(found, checks=(c01(validity, "run1"),), manifest=manifest))


def shares(low, value=0.8):
    return (Share(label="below 200 nm", low_nm=0.0, high_nm=200.0, share=about(value, low, 0.9)),)


def test_sizes_with_intervals_of_a_valid_run_pass_and_the_median_is_the_value():
    result = judged()
    assert (result.verdict, result.value.value, result.unit) == (PASS, 120.0, "nm, median")
    assert result.evidence[0].file == "run1.txt"


@pytest.mark.parametrize(
    ("validity", "expected"), [(PASS, PASS), (WARN, WARN), (FAIL, NOT_ASSESSED), (NOT_ASSESSED, NOT_ASSESSED)]
)
def test_the_size_is_never_better_than_the_validity_of_its_runs(validity, expected):
    assert judged(validity=validity).verdict is expected


@pytest.mark.parametrize("name", ["d10_nm", "median_nm", "d90_nm", "mode_nm"])
def test_a_missing_percentile_is_not_assessed(name):
    result = judged(sample=sample_size(**{name: NotAssessed("no table")}))
    assert result.verdict is NOT_ASSESSED
    assert "no table" in result.reason


def test_a_median_without_an_interval_warns():
    assert judged(sample=sample_size(median_nm=about(120.0, 120.0, 120.0))).verdict is WARN


@pytest.mark.parametrize(("low", "word"), [(0.5, "may not be called"), (0.501, "may be called")])
def test_small_ev_enriched_needs_a_lower_bound_above_one_half(low, word):
    assert word in c12.headline(sample_size(shares=shares(low)), load_limits()["C12"])


def test_the_share_that_must_be_exceeded_can_be_changed_and_is_shown():
    result = judged("[limits.C12]\nsmall_share = 0.8", sample=sample_size(shares=shares(0.75)))
    assert "may not be called" in result.parts[0].reason
    assert result.overrides == ("small_share = 0.8 share set in vesicle.toml (default 0.5, house)",)


@pytest.mark.parametrize(
    "given", [(), (Share(label="below 200 nm", low_nm=0.0, high_nm=200.0, share=NotAssessed("no table")),)]
)
def test_a_share_that_is_not_there_allows_no_name(given):
    text = c12.headline(sample_size(shares=given), load_limits()["C12"])
    assert text == "the share of small particles is not assessed"


@pytest.mark.parametrize(
    "text",
    [
        '[batch]\nid = "MSC-exosomes-1"',
        '[batch]\nproduct_kind = "Exosomes"',
        '[batch]\nclaim_role = "exosome as active substance"',
        '[potency]\nmechanism = "exosomal miR-21"',
        '[[files]]\nglob = "*"\nsample = "EXOSOME fraction"',
    ],
)
def test_the_word_in_a_name_or_a_claim_fails_and_passes_with_evidence(text):
    assert verdicts(judged(text))["naming"] is FAIL
    assert verdicts(judged(f"{EVIDENCE}{text}"))["naming"] is PASS


@pytest.mark.parametrize(
    "text",
    [
        '[culture]\nmedium = "exosome-depleted FBS medium"',
        '[intended_use]\nindication = "exosome therapy of arthritis"',
        '[[isolation]]\nmethod = "exosome isolation kit"',
        '[[isolation]]\nmethod = "PEG precipitation"\nsettings = "exosome kit, 4 C"',
        '[storage]\nsince = 2026-01-01\n[culture.preconditioning]\nagent = "exosomes of another cell"',
    ],
)
def test_the_word_in_any_other_text_warns_and_passes_with_evidence(text):
    naming = judged(text).parts[-1]
    assert naming.verdict is WARN
    assert naming.evidence[0].file == "vesicle.toml"
    passed = judged(f"{text}\n{EVIDENCE}").parts[-1]
    assert passed.verdict is PASS
    assert "rab27.csv" in [item.file for item in passed.evidence]


def test_file_names_columns_and_evidence_are_not_names_of_the_preparation():
    text = '[[files]]\nglob = "exosome_run*.txt"\n[readers.protein-table]\nsample = "Exosome prep"\n'
    assert verdicts(judged(text + EVIDENCE.replace("RAB27A", "exosome")))["naming"] is PASS


def test_without_a_counted_sample_the_words_are_still_judged():
    assert verdicts(c12.judge(inputs())) == {"all": NOT_ASSESSED, "naming": PASS}
    assert c12.judge(inputs()).verdict is NOT_ASSESSED
    assert c12.judge(inputs(manifest='[batch]\nid = "exosomes"')).verdict is FAIL
    warned = c12.judge(inputs(manifest='[culture]\nmedium = "exosome-free"'))
    assert verdicts(warned) == {"all": NOT_ASSESSED, "naming": WARN}


def fact(path, content="a", **said):
    values = {"path": path, "sha256": content * 64, "sample": "F1", "acquired": "2026-03-05T10:00:00"}
    return FileFact(**values | said)


def integrity(*facts, manifest=""):
    given = inputs(manifest=manifest, measurements=(FolderRecord(files=facts),))
    found = assess_integrity(given)
    return c25.judge(inputs(found, manifest=manifest))


def test_different_files_pass_and_are_counted():
    result = integrity(fact("a.txt"), fact("b.txt", "b"))
    assert (result.verdict, result.value.value) == (PASS, 2)
    assert "dates not compared: no production_date in vesicle.toml" in result.reason


def test_two_equal_files_under_two_names_fail():
    result = integrity(fact("a.txt", sample="F1"), fact("b.txt", sample="F2"))
    assert result.verdict is FAIL
    assert "'a.txt', 'b.txt' have the same content" in result.reason
    assert [item.file for item in result.evidence] == ["a.txt", "b.txt"]


def test_two_equal_files_fail_even_when_their_names_suggest_one_sample():
    assert integrity(fact("a.txt"), fact("b.txt")).verdict is FAIL


def test_copies_that_the_manifest_gives_to_one_sample_only_warn():
    assert integrity(fact("a.txt", is_assigned=True), fact("b.txt", is_assigned=True)).verdict is WARN
    assert integrity(fact("a.txt", is_assigned=True), fact("b.txt")).verdict is FAIL


@pytest.mark.parametrize(
    ("date", "expected"), [("2026-03-06", FAIL), ("2026-03-05", PASS), ("2026-03-04", PASS)]
)
def test_a_measurement_before_the_production_fails_and_one_on_its_day_does_not(date, expected):
    result = integrity(fact("a.txt"), manifest=f"[batch]\nproduction_date = {date}")
    assert result.verdict is expected
    assert "not compared" not in result.reason
    assert expected is PASS or "before the production on 2026-03-06" in result.reason


@pytest.mark.parametrize("acquired", [None, "May 2026", ""])
def test_a_file_without_a_date_cannot_be_too_early(acquired):
    result = integrity(fact("a.txt", acquired=acquired), manifest="[batch]\nproduction_date = 2026-03-06")
    assert result.verdict is PASS


def test_a_file_that_changed_during_the_run_fails():
    result = integrity(fact("a.txt"), fact("b.txt", "b", is_unchanged=False))
    assert verdicts(result) == {"b.txt": FAIL, "SHA-256 of every file": PASS}
    assert result.verdict is FAIL


def test_no_file_is_not_assessed():
    assert integrity().verdict is NOT_ASSESSED
    assert c25.judge(inputs()).verdict is NOT_ASSESSED
