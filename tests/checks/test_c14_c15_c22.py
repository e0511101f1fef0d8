"""C14: detergent, 80 % passes, 50 % warns. C15: judged only by the user's limit. C22: controls, series, calibration."""

from dataclasses import replace

import pytest
from tests.checks.build import FAIL, NOT_ASSESSED, PASS, WARN, inputs
from tests.vesicles.flowing import analysed, even, flow_file, water

from vesicle.checks import c04_blank as c04
from vesicle.checks import c14_detergent as c14
from vesicle.checks import c15_antigens as c15
from vesicle.checks import c22_flow_cytometry as c22
from vesicle.findings import (
    AntigenPattern,
    BlankRow,
    DetergentFinding,
    DetergentLoss,
    DilutionSeries,
    FlowFinding,
    Ladder,
)
from vesicle.measurements import Dilution
from vesicle.results import Estimate, Evidence, NotAssessed, Warned, exact

HERE = (Evidence(file="ev.fcs"),)
OPEN = NotAssessed("not here")


def between(low, value, high):
    return Estimate(value=value, low=low, high=high, method="made up")


def loss(quantity, **more):
    return DetergentLoss(
        sample="S",
        measured_with="flow cytometry",
        untreated_per_ml=OPEN,
        treated_per_ml=OPEN,
        loss_percent=quantity,
        evidence=HERE,
        **more,
    )


@pytest.mark.parametrize(
    ("low", "value", "high", "expected"),
    [
        (80.0, 90.0, 95.0, PASS),
        (79.9, 90.0, 95.0, WARN),
        (60.0, 65.0, 70.0, WARN),
        (40.0, 49.0, 50.0, WARN),
        (40.0, 45.0, 49.9, FAIL),
        (-20.0, 0.0, 20.0, FAIL),
    ],
)
def test_a_loss_passes_from_80_percent_and_fails_below_50_with_its_whole_interval(low, value, high, expected):
    result = c14.judge(inputs(DetergentFinding(rows=(loss(between(low, value, high)),))))
    assert result.verdict is expected
    assert "not proof" in result.reason


def test_an_interval_over_80_percent_has_the_code_of_a_crossing():
    result = c14.judge(inputs(DetergentFinding(rows=(loss(between(70, 85, 90)),))))
    assert result.reason_code == "interval_crosses_limit"


def test_a_loss_without_a_control_is_at_best_a_warning():
    row = loss(between(85, 90, 95), note="no control was taken off")
    assert c14.judge(inputs(DetergentFinding(rows=(row,)))).verdict is WARN


def test_no_pair_is_not_assessed():
    assert c14.judge(inputs()).verdict is NOT_ASSESSED
    assert c14.judge(inputs(DetergentFinding(rows=(loss(OPEN),)))).verdict is NOT_ASSESSED


def test_the_limit_of_the_loss_is_the_users_to_change():
    found = DetergentFinding(rows=(loss(between(70, 75, 78)),))
    assert c14.judge(inputs(found, manifest="[limits.C14]\npass_percent = 70\n")).verdict is PASS


def pattern(ratio):
    return FlowFinding(
        antigens=(AntigenPattern(sample="S", present=(), absent=(), unit="MESF", ratio=ratio, evidence=HERE),)
    )


def test_a_ratio_without_a_limit_is_reported_and_not_judged():
    result = c15.judge(inputs(pattern(between(8, 10, 12))))
    assert (result.verdict, result.value.value) == (NOT_ASSESSED, 10)
    assert "not specific" in result.reason


@pytest.mark.parametrize(("limit", "expected"), [(5, PASS), (10, WARN), (20, FAIL)])
def test_a_ratio_is_judged_against_the_users_limit(limit, expected):
    manifest = f"[limits.C15]\nmin_ratio = {limit}\n"
    assert c15.judge(inputs(pattern(between(8, 10, 12)), manifest=manifest)).verdict is expected


def test_a_missing_ratio_is_not_assessed():
    assert c15.judge(inputs(pattern(OPEN))).verdict is NOT_ASSESSED
    assert c15.judge(inputs()).verdict is NOT_ASSESSED


def series(slope, change=0.0):
    median = exact(change, method="t") if isinstance(change, float) else change
    median = between(*change) if isinstance(change, tuple) else median
    return DilutionSeries(
        sample="S",
        dilutions=(10.0, 100.0, 1000.0),
        net_per_ml=(),
        slope=slope,
        medians=(),
        median_percent=(("SSC-H", median),),
        evidence=HERE,
    )


def judged_series(slope, change=0.0):
    return c22.judge_series(series(slope, change), inputs().limits["C22"])


@pytest.mark.parametrize(
    ("low", "value", "high", "expected"),
    [
        (0.9, 1.0, 1.1, PASS),
        (0.89, 1.0, 1.1, WARN),
        (0.7, 0.8, 0.89, FAIL),
        (0.85, 0.88, 0.92, WARN),
        (1.11, 1.2, 1.3, FAIL),
    ],
)
def test_the_slope_lies_between_the_limits_with_its_interval(low, value, high, expected):
    assert judged_series(between(low, value, high)).verdict is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (10.0, PASS),
        (-10.1, WARN),
        (20.0, WARN),
        (-20.1, FAIL),
        (OPEN, WARN),
        ((-21.0, 5.0, 10.0), WARN),
        ((10.0, 40.0, 70.0), WARN),
        ((21.0, 40.0, 70.0), FAIL),
    ],
)
def test_a_median_may_change_by_10_percent_and_fails_when_its_whole_interval_is_beyond_20(change, expected):
    assert judged_series(between(0.95, 1.0, 1.05), change).verdict is expected


def test_no_series_is_not_assessed():
    assert (
        judged_series(NotAssessed("1 dilution(s) with events; it takes at least 3")).verdict is NOT_ASSESSED
    )


def parts(found, manifest=""):
    result = c22.judge(inputs(found, manifest=manifest))
    return result, {part.subject: part for part in result.parts}


def test_label_free_particles_need_a_buffer_blank_alone():
    _, with_blank = parts(analysed(flow_file("ev.fcs", even(1000)), water()))
    assert with_blank["controls"].verdict is PASS
    _, without = parts(analysed(flow_file("ev.fcs", even(1000))))
    assert "a buffer blank" in without["controls"].reason


def test_a_stain_needs_reagents_and_unstained_too():
    stained = flow_file("ev.fcs", even(1000), said={"markers": {"FL1-H": "CD9"}})
    _, found = parts(analysed(stained, water()))
    assert "a control with reagents, an unstained sample" in found["controls"].reason
    reagent = flow_file("r.fcs", even(10), said={"role": "reagent control"})
    unstained = flow_file("u.fcs", even(900), said={"role": "unstained"})
    _, complete = parts(analysed(stained, water(), reagent, unstained))
    assert complete["controls"].verdict is PASS


def test_a_control_that_is_not_clean_fails():
    wash = flow_file("wash.fcs", even(1000), said={"role": "wash"})
    result, found = parts(analysed(flow_file("ev.fcs", even(1000)), wash, water()))
    assert (result.verdict, found["wash.fcs"].verdict) == (FAIL, FAIL)


def test_too_high_a_rate_warns():
    result, found = parts(analysed(flow_file("ev.fcs", even(30_000), duration_s=1.0), water()))
    assert (result.verdict, found["ev.fcs"].verdict) == (WARN, WARN)


def test_without_beads_the_calibration_is_open_and_a_doubted_one_warns():
    plain = analysed(flow_file("ev.fcs", even(1000)), water())
    assert parts(plain)[1]["calibration"].verdict is NOT_ASSESSED
    ladder = Ladder(
        channel="F", unit="MESF", file="b", slope=OPEN, intercept=OPEN, auto=OPEN, factor=exact(1, method="t")
    )
    doubted = replace(ladder, doubts=(Warned(code="slope", message="The slope is 1.2."),))
    assert parts(replace(plain, ladders=(ladder,)))[1]["calibration"].verdict is WARN  # scatter is open
    assert "slope is 1.2" in parts(replace(plain, ladders=(doubted,)))[1]["calibration"].reason


def test_a_whole_series_with_controls_passes_its_parts():
    files = [
        flow_file(
            f"d{i}.fcs", even(4 * 10 ** (5 - i)), said={"sample": "S", "dilution": Dilution(factor=10.0**i)}
        )
        for i in (1, 2, 3)
    ]
    result, found = parts(analysed(*files, water(count=4)))
    assert found["S"].verdict is PASS
    assert result.verdict is NOT_ASSESSED  # the calibration is open
    assert result.value.value == pytest.approx(1.0, abs=0.02)


def test_no_sample_of_particles_is_not_assessed():
    assert c22.judge(inputs()).verdict is NOT_ASSESSED
    assert c22.judge(inputs(analysed(water()))).verdict is NOT_ASSESSED


def test_c04_judges_cytometer_files_beside_sizing_runs():
    found = analysed(flow_file("ev.fcs", even(1000)), water(count=152))
    result = c04.judge(inputs(found))
    assert (result.verdict, result.value.value) == (WARN, pytest.approx(15.2))
    assert "blank 15.2 % of the sample" in result.reason


def test_c04_of_a_control_of_another_day_is_at_best_a_warning():
    old = water(count=10, said={"acquired": "2026-01-01"})
    result = c04.judge(inputs(analysed(flow_file("ev.fcs", even(1000)), old)))
    assert result.verdict is WARN
    assert "another day" in result.reason


def test_c04_keeps_a_fail_that_is_doubted():
    row = BlankRow(
        sample="S", blank_runs=(), percent=between(80, 90, 99), net_per_ml=OPEN, evidence=HERE, doubt="x"
    )
    assert c04.judge_row(row, inputs().limits["C04"]).verdict is FAIL
