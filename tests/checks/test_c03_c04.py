"""C03: replicates, 12 % passes, 25 % warns. C04: blank, 10 % passes, 30 % warns."""

from dataclasses import replace

import pytest
from tests.checks.build import FAIL, NOT_ASSESSED, PASS, WARN, about, inputs, verdicts

from vesicle.checks import c03_replicates as c03
from vesicle.checks import c04_blank as c04
from vesicle.findings import BlankRow, ComparisonFinding, ReplicateRow
from vesicle.results import Evidence, NotAssessed

HERE = (Evidence(file="run1.txt"),)


def replicates(cv, n=3, *, kind="runs", differing=(), sample="F1"):
    value = about(cv) if isinstance(cv, float) else cv
    return ReplicateRow(
        sample=sample,
        kind=kind,
        values_per_ml=(1e9,) * n,
        cv_percent=value,
        differing=differing,
        evidence=HERE,
    )


def judged_replicates(*rows, manifest=""):
    return c03.judge(inputs(ComparisonFinding(replicates=rows), manifest=manifest))


def test_a_sample_whose_blank_was_judged_on_another_instrument_warns():
    other = replace(blank(NotAssessed("elsewhere"), sample="F1 (video)"), judged_as="F1 (ZetaView)")
    result = c04.judge(inputs(ComparisonFinding(blanks=(blank(5.0, sample="F1 (ZetaView)"), other))))
    assert (result.verdict, result.value.value) == (WARN, 5.0)
    assert "judged as F1 (ZetaView)" in result.reason


def blank(percent, net=None, sample="F1"):
    value = about(percent) if isinstance(percent, float) else percent
    return BlankRow(
        sample=sample,
        blank_runs=("b",),
        percent=value,
        net_per_ml=net or NotAssessed("no net"),
        evidence=HERE,
    )


def judged_blank(*rows, manifest="", has_medium_control=False):
    found = ComparisonFinding(blanks=rows, has_medium_control=has_medium_control)
    return c04.judge(inputs(found, manifest=manifest))


@pytest.mark.parametrize(
    ("cv", "expected"), [(0.0, PASS), (12.0, PASS), (12.1, WARN), (25.0, WARN), (25.1, FAIL)]
)
def test_a_cv_of_12_percent_passes_and_of_25_percent_warns(cv, expected):
    assert judged_replicates(replicates(cv)).verdict is expected


@pytest.mark.parametrize(
    ("n", "expected"), [(0, NOT_ASSESSED), (1, NOT_ASSESSED), (2, NOT_ASSESSED), (3, PASS)]
)
def test_fewer_than_three_replicates_are_not_assessed(n, expected):
    result = judged_replicates(replicates(5.0, n))
    assert result.verdict is expected
    found = f"{n} run{'s' * (n != 1)}" if n else "no run with a concentration"
    assert expected is PASS or f"{found}; at least 3 are needed" in result.reason


def test_three_replicates_without_a_cv_give_their_own_reason():
    result = judged_replicates(replicates(NotAssessed("the mean is zero"), 3))
    assert (result.verdict, result.reason) == (NOT_ASSESSED, "F1: the mean is zero")


def test_settings_that_differ_warn_at_best_and_do_not_soften_a_failure():
    assert judged_replicates(replicates(5.0, differing=("shutter",))).verdict is WARN
    assert judged_replicates(replicates(30.0, differing=("shutter",))).verdict is FAIL
    assert "settings differ: shutter" in judged_replicates(replicates(5.0, differing=("shutter",))).reason


def test_the_worst_sample_decides_and_its_cv_is_shown():
    result = judged_replicates(replicates(5.0), replicates(26.0, sample="F2"))
    assert (result.verdict, result.value.value) == (FAIL, 26.0)
    assert verdicts(result) == {"F1": PASS, "F2": FAIL}


def test_changed_limits_of_c03_hold_and_are_shown():
    result = judged_replicates(replicates(5.0, 2), manifest="[limits.C03]\nmin_runs = 2\npass_percent = 4")
    assert result.verdict is WARN
    assert [text.split(" ", 1)[0] for text in result.overrides] == ["min_runs", "pass_percent"]


def test_no_counted_sample_leaves_both_checks_not_assessed():
    assert c03.judge(inputs()).verdict is NOT_ASSESSED
    assert c04.judge(inputs()).verdict is NOT_ASSESSED
    assert judged_replicates().verdict is NOT_ASSESSED
    assert judged_blank().verdict is NOT_ASSESSED


@pytest.mark.parametrize(
    ("percent", "expected"), [(0.0, PASS), (10.0, PASS), (10.1, WARN), (30.0, WARN), (30.1, FAIL)]
)
def test_a_blank_of_10_percent_passes_and_of_30_percent_warns(percent, expected):
    assert judged_blank(blank(percent)).verdict is expected


def test_no_blank_is_not_assessed_with_the_reason():
    result = judged_blank(blank(NotAssessed("no blank in the folder")))
    assert (result.verdict, result.reason) == (NOT_ASSESSED, "F1: no blank in the folder")


def test_the_net_value_is_printed_with_its_interval():
    part = judged_blank(blank(10.0, about(4.5e9, 4e9, 5e9))).parts[0]
    assert part.reason == "blank 10 % of the sample, as measured; net 4.5e+09 particles/mL (4e+09 to 5e+09)"


def test_changed_limits_of_c04_hold_and_are_shown():
    result = judged_blank(blank(10.0), manifest="[limits.C04]\npass_percent = 9")
    assert result.verdict is WARN
    assert result.overrides == ("pass_percent = 9 % set in vesicle.toml (default 10, house)",)


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ('supplement = "10 % FBS"', True),
        ('supplement = "EV-depleted FCS"', True),
        ('supplement = "human platelet lysate"', True),
        ('supplement = "xeno-free hPL"', True),
        ('medium = "alpha-MEM with fetal bovine serum"', True),
        ('supplement = "serum-free"', False),
        ('supplement = "ITS, serum free"', False),
        ('supplement = "Plasma-Lyte A"', False),
        ('supplement = "FBS"\nsupplement_percent = 0', False),
        ('supplement = "insulin"', False),
        ("", False),
    ],
)
def test_serum_plasma_or_lysate_needs_a_medium_control(said, needs):
    result = judged_blank(blank(5.0), manifest=f"[culture]\n{said}")
    assert result.verdict is (NOT_ASSESSED if needs else PASS)


def test_a_medium_control_in_the_folder_answers_the_need():
    result = judged_blank(blank(5.0), manifest='[culture]\nsupplement = "FBS"', has_medium_control=True)
    assert result.verdict is PASS
