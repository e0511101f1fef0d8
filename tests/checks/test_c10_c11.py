"""C10: bands at 1.5e9, 2e9, 2e10 and 3e10 particles per ug; share f between 0.02 and 1. C11: two quantities."""

import pytest
from tests.checks.build import (
    FAIL,
    NOT_ASSESSED,
    PASS,
    WARN,
    about,
    c01,
    file_ref,
    inputs,
    size_run,
    sizes,
    verdicts,
)

from vesicle.checks import c10_purity as c10
from vesicle.checks import c11_quantities as c11
from vesicle.findings import PurityFinding, PurityRow, QuantityFinding, QuantityRow
from vesicle.measurements import VendorSummary
from vesicle.production.purity import classify
from vesicle.results import Evidence, NotAssessed
from vesicle.standards import load_limits

ALL_VALID = c01(PASS, "run1")


SHARE, STOCK, PER_ML, PER_MILLION = about(0.06), about(5e9), about(1e8), about(1e9)


def purity(ratio, *, share=SHARE, limits=None, note="", sample="F1", runs=("run1",)):
    standard = load_limits(limits or {})["C10"]
    return PurityRow(
        sample=sample,
        particles_per_ug=ratio,
        purity_class=classify(ratio, standard),
        implied_protein_share=share,
        runs=runs,
        evidence=(Evidence(file="run1.txt"), Evidence(file="bca.csv", row=3)),
        note=note,
    )


def judged(*rows, validity=ALL_VALID, manifest="", found=None):
    found = sizes(size_run()) if found is None else found
    checks = () if validity is None else (validity,)
    return c10.judge(inputs(PurityFinding(rows=rows), found, checks=checks, manifest=manifest))


@pytest.mark.parametrize(
    ("low", "high", "expected", "named"),
    [
        (1.0e9, 1.5e9, FAIL, "impure"),
        (1.6e9, 1.9e9, WARN, "between bands (impure and low)"),
        (2.0e9, 2.0e10, WARN, "low purity"),
        (2.1e10, 2.9e10, WARN, "between bands (low and high)"),
        (3.0e10, 4.0e10, PASS, "high purity"),
        (2.9e10, 4.0e10, WARN, "undetermined (spans between bands (low and high) to high purity)"),
        (1.4e9, 1.6e9, WARN, "undetermined (spans impure to between bands (impure and low))"),
    ],
)
def test_a_class_is_given_only_when_the_whole_interval_lies_in_one_band(low, high, expected, named):
    result = judged(purity(about((low * high) ** 0.5, low, high)))
    assert result.verdict is expected
    assert named in result.parts[0].reason


def test_an_interval_over_a_limit_has_its_reason_code_and_a_clear_class_has_none():
    assert judged(purity(about(3e10, 2.5e10, 4e10))).reason_code == "interval_crosses_limit"
    assert judged(purity(about(5e9))).reason_code == ""


# 0.02 <= f <= 1 is compatible with particles that are vesicles.
@pytest.mark.parametrize(("share", "expected"), [(0.019, WARN), (0.02, PASS), (1.0, PASS), (1.01, WARN)])
def test_an_implied_protein_share_outside_0_02_to_1_warns(share, expected):
    assert judged(purity(about(4e10), share=about(share))).verdict is expected


def test_a_share_that_was_not_assessed_warns_with_its_reason():
    result = judged(purity(about(4e10), share=NotAssessed("no mean mass")))
    assert result.verdict is WARN
    assert "implied protein share not assessed: no mean mass" in result.reason


def test_a_ratio_without_replicates_is_at_best_a_warning():
    assert judged(purity(about(4e10, n=1))).verdict is WARN


def test_names_that_had_to_be_matched_are_at_best_a_warning():
    assert judged(purity(about(4e10), note="'A' is taken as 'F1'")).verdict is WARN


@pytest.mark.parametrize(
    ("validity", "expected"),
    [
        (c01(PASS, "run1"), PASS),
        (c01(WARN, "run1"), WARN),
        (c01(FAIL, "run1"), NOT_ASSESSED),
        (c01(NOT_ASSESSED, "run1"), NOT_ASSESSED),
        (c01(PASS, "other"), NOT_ASSESSED),
        (None, NOT_ASSESSED),
    ],
)
def test_purity_is_never_better_than_the_validity_of_its_runs(validity, expected):
    assert judged(purity(about(4e10)), validity=validity).verdict is expected


def test_an_invalid_run_of_the_same_name_in_another_folder_spoils_only_its_own_sample():
    """Two folders hold a 'run1' each; the one of F2 failed C01."""
    good = size_run(files=(file_ref("a/run1.txt"),))
    bad = size_run(files=(file_ref("b/run1.txt"),), sample="F2", vendor=VendorSummary(tracks=10))
    from vesicle.checks.c01_valid_run import judge as judge_validity

    validity = judge_validity(inputs(sizes(good, bad)))
    rows = (purity(about(4e10)), purity(about(4e10), sample="F2"))
    result = judged(*rows, validity=validity, found=sizes(good, bad))
    assert verdicts(result) == {"F1": PASS, "F2": NOT_ASSESSED}


def test_a_missing_ratio_is_not_assessed_with_its_reason():
    result = judged(purity(NotAssessed("the protein is below the detection limit of the assay")))
    assert result.verdict is NOT_ASSESSED
    assert "below the detection limit" in result.reason


def test_no_counted_sample_is_not_assessed():
    assert judged().verdict is NOT_ASSESSED
    assert c10.judge(inputs()).verdict is NOT_ASSESSED


def test_changed_bands_hold_and_are_shown_with_who_chose_the_default():
    changed = {"C10": {"high_min": 5e10}}
    row = purity(about(4e10), limits=changed)
    result = judged(row, manifest="[limits.C10]\nhigh_min = 5e10")
    assert result.verdict is WARN
    assert result.overrides == (
        "high_min = 5e+10 particles per ug set in vesicle.toml (default 3e+10, second-hand)",
    )


def quantity(component="particles", *, per_ml=STOCK, medium=PER_ML, cells=PER_MILLION, sample="F1"):
    return QuantityRow(
        sample=sample,
        component=component,
        unit="particles",
        per_ml=per_ml,
        total=per_ml,
        per_ml_medium=medium,
        per_million_cells=cells,
        evidence=(Evidence(file="run1.txt"),),
    )


def quantities(*rows, manifest=""):
    return c11.judge(inputs(QuantityFinding(rows=rows), manifest=manifest))


def test_two_complete_quantities_pass():
    result = quantities(quantity(), quantity("protein"))
    assert (result.verdict, result.value.value) == (PASS, 2)


@pytest.mark.parametrize("gap", ["per_ml", "medium", "cells"])
def test_a_missing_denominator_is_not_assessed_and_named(gap):
    result = quantities(quantity(), quantity("protein", **{gap: NotAssessed(f"{gap} is not stated")}))
    assert (result.verdict, result.value.value) == (NOT_ASSESSED, 1)
    assert f"protein: {gap} is not stated" in result.reason
    assert "complete: particles" in result.reason


def test_one_quantity_alone_is_not_assessed_unless_the_limit_was_changed():
    assert quantities(quantity()).verdict is NOT_ASSESSED
    result = quantities(quantity(), manifest="[limits.C11]\nmin_quantities = 1")
    assert result.verdict is PASS
    assert result.overrides == ("min_quantities = 1 quantities set in vesicle.toml (default 2, house)",)


def test_the_value_shown_is_that_of_the_sample_which_decided():
    missing = NotAssessed("not stated")
    result = quantities(
        quantity(),
        quantity("protein"),
        quantity(sample="F2", medium=missing),
        quantity("protein", sample="F2"),
    )
    assert verdicts(result) == {"F1": PASS, "F2": NOT_ASSESSED}
    assert result.value.value == 1


def test_no_quantity_at_all_is_not_assessed():
    assert quantities().verdict is NOT_ASSESSED
    assert c11.judge(inputs()).verdict is NOT_ASSESSED
    nothing = NotAssessed("none")
    assert "complete: none" in quantities(quantity(per_ml=nothing, medium=nothing, cells=nothing)).reason


@pytest.mark.parametrize("method", ["PEG", "PEG precipitation", "commercial precipitation kit"])
def test_a_precipitation_step_leaves_the_purity_at_best_a_warning(method):
    manifest = f'[[isolation]]\nmethod = "{method}"\n'
    result = judged(purity(about(5e10)), manifest=manifest)
    assert result.verdict is WARN
    assert f"no precipitation polymer, and '{method}'" in result.reason


@pytest.mark.parametrize(
    ("share", "named"),
    [
        (about(0.005, 0.004, 0.006), ": particles over-counted or protein under-read"),
        (
            about(0.005, 1e-6, 60),
            ": perhaps particles over-counted or protein under-read; the interval",
        ),
        (about(2.0, 1.5, 2.5), ": more protein than the counted particles can hold"),
        (about(2.0, 0.5, 8.0), ": perhaps more protein than the counted particles can hold; the interval"),
    ],
)
def test_a_protein_share_whose_interval_crosses_its_limit_is_no_certainty(share, named):
    (part,) = judged(purity(about(5e10), share=share)).parts
    assert part.verdict is WARN
    assert named in part.reason
