"""C02: concentration and dilution. The table sums to 1e7 per mL, the dilution is 500, the stock 5e9."""

from dataclasses import replace

import pytest
from tests.checks.build import (
    FAIL,
    NOT_ASSESSED,
    PASS,
    WARN,
    file_ref,
    histogram,
    inputs,
    positions,
    run_size,
    size_run,
    sizes,
    tracked,
    verdicts,
)

from vesicle.checks.c02_dilution import judge, judge_agreement, judge_run, table_over_instrument
from vesicle.findings import ComparisonFinding, DilutionRow
from vesicle.measurements import Dilution, VendorReport, VendorSummary
from vesicle.results import Evidence, NotAssessed, exact
from vesicle.standards import load_limits

C02 = load_limits()["C02"]


def report(printed, per_ml):
    return VendorReport(
        file=file_ref("run1.pdf"),
        reader="zetaview-pdf",
        stem="run1",
        sample="F1",
        vendor=VendorSummary(concentration_per_ml=per_ml),
        printed=(("original_concentration_per_ml", printed),),
    )


def agreement(ratio, dilutions=(1000.0, 5000.0)):
    value = ratio if isinstance(ratio, NotAssessed) else exact(ratio, method="made up")
    row = DilutionRow(
        sample="F1", dilutions=dilutions, stock_per_ml=(1.0, 1.0), ratio=value, evidence=(Evidence(file="a"),)
    )
    return row


def run_verdict(**said):
    return judge_run(run_size(size_run(**said)), C02).verdict


# The table sums to 5e6 + 3e6 + 2e6 = 1e7 per mL; 1e7 / 1.05 = 9.5238e6 is the mean that it exceeds by 5 %.
@pytest.mark.parametrize(
    ("mean", "expected"),
    [(1e7, PASS), (9.53e6, PASS), (9.51e6, FAIL), (1.052e7, PASS), (1.054e7, FAIL), (5e6, FAIL)],
)
def test_the_table_must_sum_to_the_mean_of_the_kept_positions_within_five_percent(mean, expected):
    assert run_verdict(positions=positions(kept=8, each=mean)) is expected


def test_the_sum_of_two_concatenated_tables_is_twice_the_mean_and_fails():
    part = judge_run(
        run_size(size_run(histogram=histogram((1e7, 6e6, 4e6)), positions=positions(each=1e7))), C02
    )
    assert part.verdict is FAIL
    assert part.value.value == pytest.approx(200)


def test_a_changed_sum_limit_holds_and_is_shown():
    limits = "[limits.C02]\nsum_percent = 2"
    run = run_size(size_run(positions=positions(each=1.03e7)))
    result = judge(inputs(sizes(run), manifest=limits))
    assert result.verdict is FAIL
    assert result.overrides == ("sum_percent = 2 % set in vesicle.toml (default 5, house)",)
    assert judge(inputs(sizes(run))).verdict is PASS


@pytest.mark.parametrize(
    ("printed", "per_ml", "expected"),
    [
        ("5.0E+9", 5.0e9, PASS),  # the same
        # 5.0/4.7 = 1.0638 is 6.38 % away; allowed are 5 % + 0.05/4.7 = 6.06 %.
        ("4.7E+9", 4.7e9, FAIL),
        # 5.0/5.3 = 0.9434 is 5.66 % away; allowed are 5 % + 0.05/5.3 = 5.94 % with two digits ...
        ("5.3E+9", 5.3e9, PASS),
        # ... and 5 % + 0.005/5.3 = 5.09 % with three.
        ("5.30E+9", 5.3e9, FAIL),
        ("5,3E+9", 5.3e9, PASS),
        ("not printed", 5.3e9, FAIL),
        ("0.0", 5.3e9, FAIL),
    ],
)
def test_a_printed_report_may_differ_by_half_its_last_digit_more(printed, per_ml, expected):
    assert run_verdict(report=report(printed, per_ml)) is expected


def test_kept_positions_count_before_the_report():
    run = size_run(positions=positions(each=1e7), report=report("9.9E+9", 9.9e9))
    assert table_over_instrument(run).method.endswith("mean of 11 kept positions")


def test_without_a_kept_position_the_report_is_compared():
    run = size_run(positions=positions(kept=0), report=report("5.0E+9", 5e9))
    assert table_over_instrument(run).method.endswith("printed report")


def test_a_second_table_of_the_file_is_compared_when_nothing_else_is_there():
    run = size_run(second_histogram=histogram())
    assert table_over_instrument(run).value == pytest.approx(100)


def test_nothing_to_compare_with_is_not_assessed():
    assert run_verdict() is NOT_ASSESSED
    assert run_verdict(histogram=None, positions=positions()) is NOT_ASSESSED


def test_an_own_concentration_of_zero_is_not_assessed_and_divides_nothing():
    part = judge_run(run_size(size_run(positions=positions(each=0.0))), C02)
    assert part.verdict is NOT_ASSESSED
    assert "is zero" in part.reason


def test_a_nanosight_table_that_the_instrument_multiplied_is_divided_once():
    # The table sums to 1e7 of the stock; measured in the cell are 1e5; dilution 100 was applied by the instrument.
    run = size_run(
        instrument="NanoSight 3.4",
        dilution=Dilution(factor=100.0, applied_by="instrument", origin="header"),
        measured_per_ml=1e5,
    )
    part = judge_run(run_size(run), C02)
    assert (part.verdict, part.value.value) == (PASS, pytest.approx(100))
    assert "by the instrument" in part.reason


def test_an_unknown_dilution_is_not_assessed():
    part = judge_run(run_size(size_run(dilution=Dilution(), positions=positions())), C02)
    assert part.verdict is NOT_ASSESSED
    assert "dilution is not recorded" in part.reason


def test_a_run_without_a_concentration_is_not_assessed():
    part = judge_run(run_size(size_run(measured_per_ml=None)), C02)
    assert part.verdict is NOT_ASSESSED
    assert "states no concentration" in part.reason


def test_file_and_manifest_must_state_one_dilution():
    assert run_verdict(positions=positions(), declared_dilution=500.0) is PASS
    assert run_verdict(positions=positions(), declared_dilution=1000.0) is FAIL


@pytest.mark.parametrize(
    ("label", "expected"), [("F1-500", PASS), ("F1-5000", WARN), ("F1-50", PASS), ("F1", PASS)]
)
def test_a_name_that_suggests_another_dilution_warns_from_a_hundred_up(label, expected):
    assert run_verdict(positions=positions(), label=label) is expected


def test_a_name_is_not_repeated_in_our_words():
    part = judge_run(run_size(size_run(positions=positions(), label="clinical grade-5000")), C02)
    assert "clinical" not in part.reason


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (0.66, FAIL),
        (0.67, WARN),
        (0.79, WARN),
        (0.8, PASS),
        (1.25, PASS),
        (1.26, WARN),
        (1.5, WARN),
        (1.51, FAIL),
        (4.5, FAIL),
    ],
)
def test_two_dilutions_agree_between_0_8_and_1_25_and_warn_to_0_67_and_1_5(ratio, expected):
    assert judge_agreement(agreement(ratio), C02).verdict is expected


def test_an_agreement_without_a_ratio_is_not_assessed():
    assert judge_agreement(agreement(NotAssessed("no stock value")), C02).verdict is NOT_ASSESSED


def test_the_agreement_is_the_value_of_the_check_when_there_are_two_dilutions():
    run = size_run(positions=positions())
    result = judge(inputs(sizes(run), ComparisonFinding(dilutions=(agreement(4.5),))))
    assert (result.verdict, result.value.value) == (FAIL, 4.5)
    assert result.reason == "F1, agreement: stock values at 1000x and 5000x differ by a factor of 4.5"
    assert verdicts(result) == {"run1": PASS, "F1, agreement": FAIL}


def test_one_dilution_passes_and_says_that_agreement_was_not_assessed():
    result = judge(
        inputs(
            sizes(size_run(positions=positions())), ComparisonFinding(dilutions=(agreement(1.0, (500.0,)),))
        )
    )
    assert result.verdict is PASS
    assert "agreement between dilutions not assessed: one dilution only" in result.reason


def test_no_run_with_a_result_is_not_assessed():
    assert judge(inputs()).verdict is NOT_ASSESSED
    assert judge(inputs(sizes(size_run(status="no_result")))).verdict is NOT_ASSESSED


def test_the_evidence_leads_to_the_first_row_of_the_table():
    result = judge(
        inputs(sizes(replace(size_run(positions=positions()), files=(file_ref("a.txt"), file_ref("b.txt")))))
    )
    assert [(item.file, item.row) for item in result.evidence] == [("a.txt", 40), ("b.txt", None)]


def test_particles_counted_in_a_video_need_no_table_to_agree_with():
    counted = replace(run_size(size_run(histogram=None, measured_per_ml=None)), estimate=tracked())
    part = judge_run(counted, C02)
    assert part.verdict is PASS
    assert "counted here" in part.reason
    uncounted = replace(counted, measured_per_ml=NotAssessed("the depth is not known"))
    assert judge_run(uncounted, C02).verdict is NOT_ASSESSED
    undiluted = replace(counted, run=replace(counted.run, dilution=Dilution()))
    assert judge_run(undiluted, C02).verdict is NOT_ASSESSED
