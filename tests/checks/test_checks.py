"""What all checks have in common: order, wholes from parts, and words for many subjects."""

import pytest
from tests.checks.build import FAIL, NOT_ASSESSED, PASS, WARN, about, inputs

from vesicle import checks
from vesicle.checks import Check, deciding_value, find_checks, not_assessed, overall, result
from vesicle.results import Evidence, NotAssessed, Part
from vesicle.standards import load_limits

C01 = load_limits()["C01"]


def part(subject, verdict, reason="", *, value=None, evidence=()):
    return Part(
        subject=subject, verdict=verdict, value=value or NotAssessed("none"), reason=reason, evidence=evidence
    )


def found(monkeypatch, *declared):
    monkeypatch.setattr(checks, "built_in", lambda *_, **__: declared)
    monkeypatch.setattr(checks, "installed", lambda *_, **__: ())
    return [check.id for check in find_checks()]


def check(check_id, *after):
    return Check(id=check_id, needs=(), judge=lambda _: None, after=after)


def test_every_check_of_the_standard_has_one_judge_and_the_other_way_round():
    assert sorted(c.id for c in find_checks()) == sorted(load_limits().checks)


@pytest.mark.parametrize("one", find_checks(), ids=lambda one: one.id)
def test_an_empty_folder_leaves_every_check_not_assessed_and_never_raises(one):
    judged = one.judge(inputs())
    assert judged.verdict is NOT_ASSESSED
    assert judged.reason
    assert judged.rule
    assert judged.source.status
    assert judged.would_change


def test_a_check_comes_after_those_it_rests_on(monkeypatch):
    assert found(monkeypatch, check("A", "B"), check("B", "C"), check("C"), check("D")) == [
        "C",
        "D",
        "B",
        "A",
    ]


def test_a_check_that_rests_on_one_that_is_not_installed_still_runs(monkeypatch):
    assert found(monkeypatch, check("A", "Z")) == ["A"]


def test_checks_that_rest_on_each_other_are_refused(monkeypatch):
    with pytest.raises(ValueError, match="A, B"):
        found(monkeypatch, check("A", "B"), check("B", "A"))


def test_the_worst_part_decides_and_gives_the_reason():
    verdict, reason = overall([part("a", PASS, "fine"), part("b", WARN, "odd"), part("c", FAIL, "bad")])
    assert (verdict, reason) == (FAIL, "c: bad")


def test_several_passes_need_no_words_and_one_keeps_its_own():
    assert overall([part("a", PASS, "fine"), part("b", PASS, "fine")]) == (PASS, "")
    assert overall([part("a", PASS, "fine")]) == (PASS, "a: fine")


def test_a_reason_is_said_once_and_many_subjects_are_counted():
    assert overall([part("a", FAIL, "bad"), part("b", FAIL, "bad"), part("c", FAIL)])[1] == "a, b: bad"
    many = [part(f"s{i}", FAIL, "bad") for i in range(5)]
    assert overall(many)[1] == "5 of them, such as s0: bad"


def test_the_number_of_the_part_that_decided_is_shown_else_any():
    parts = [part("a", PASS, value=about(1.0)), part("b", FAIL, value=about(2.0))]
    assert deciding_value(parts).value == 2.0
    assert deciding_value([part("a", FAIL), part("b", PASS, value=about(1.0))]).value == 1.0
    assert isinstance(deciding_value([part("a", FAIL)]), NotAssessed)


def test_evidence_is_listed_once_and_a_pass_needs_no_change():
    here = (Evidence(file="a"),)
    made = result(
        C01, PASS, about(1.0), parts=[part("a", PASS, evidence=here), part("b", PASS, evidence=here)]
    )
    assert made.evidence == here
    assert made.would_change == ""
    assert result(C01, FAIL, about(1.0)).would_change == C01.would_change


def test_not_assessed_keeps_where_it_looked():
    made = not_assessed(C01, "nothing there", evidence=(Evidence(file="a"),))
    assert made.evidence == (Evidence(file="a"),)
    assert made.value == NotAssessed("nothing there")
