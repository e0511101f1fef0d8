"""C01: is each run valid? Limits: 50 tracks fail, 300 warn, 6 of 11 positions warn."""

from dataclasses import replace

import pytest
from tests.checks.build import (
    FAIL,
    NOT_ASSESSED,
    PASS,
    WARN,
    histogram,
    inputs,
    positions,
    quality,
    run_size,
    size_run,
    sizes,
    tracked,
    tracks,
    verdicts,
)

from vesicle.checks.c01_valid_run import CHECK, judge, kept_tracks
from vesicle.findings import BeadCheck
from vesicle.measurements import VendorSummary
from vesicle.results import Estimate, NotAssessed


def verdict_of(manifest="", **said):
    result = judge(inputs(sizes(size_run(**said)), manifest=manifest))
    return result.verdict


def test_a_run_with_a_thousand_tracks_and_an_sop_passes():
    assert verdict_of() is PASS


@pytest.mark.parametrize(("kept", "expected"), [(49, FAIL), (50, WARN), (299, WARN), (300, PASS)])
def test_both_limits_of_the_tracks_are_inclusive(kept, expected):
    assert verdict_of(vendor=VendorSummary(tracks=kept)) is expected


@pytest.mark.parametrize(
    ("kept", "of", "expected"), [(5, 11, WARN), (6, 11, PASS), (1, 2, WARN), (2, 2, PASS)]
)
def test_six_of_eleven_positions_are_enough_and_the_limit_scales(kept, of, expected):
    # 6/11 of two positions are 1.09, so that one of two is too few.
    assert verdict_of(positions=positions(kept=kept, of=of)) is expected


def test_a_position_removed_for_drift_warns_and_one_removed_for_tracks_does_not():
    assert verdict_of(positions=positions(kept=10, removal="MAX_DRIFT")) is WARN
    assert verdict_of(positions=positions(kept=10, removal="MIN_TRACES")) is PASS


def test_a_position_table_without_rows_says_nothing():
    assert verdict_of(positions=positions(of=0, kept=0)) is PASS


def test_a_video_without_a_result_fails_for_the_reason_that_it_states_itself():
    why = "all 300 frames are the same picture"
    size = replace(run_size(size_run(status="no_result")), median_nm=NotAssessed(why))
    assert f"no result: {why}" in judge(inputs(sizes(size))).reason


def test_a_run_without_a_particle_fails_whatever_else_it_states():
    result = judge(inputs(sizes(size_run(status="no_result", vendor=VendorSummary(tracks=0)))))
    assert result.verdict is FAIL
    assert "no particle" in result.reason


@pytest.mark.parametrize(
    ("word", "expected"), [("Good", PASS), ("Very Good", PASS), ("Not good", FAIL), ("", FAIL)]
)
def test_the_cell_check_must_be_good_where_the_instrument_states_one(word, expected):
    assert verdict_of(quality=quality(sop="EV_488", cell_check=word)) is expected


def test_a_drift_check_dated_1904_was_never_run_and_fails_nothing():
    said = quality(sop="EV_488", drift_check="too high", drift_checked="1904-01-01")
    result = judge(inputs(sizes(size_run(quality=said))))
    assert result.verdict is PASS
    assert "drift not checked" in result.parts[0].reason


def test_a_drift_check_with_a_real_date_is_not_called_unchecked():
    said = quality(sop="EV_488", drift_check="ok", drift_checked="2025-12-17")
    assert "not checked" not in judge(inputs(sizes(size_run(quality=said)))).parts[0].reason


@pytest.mark.parametrize("sop", ["", "<No SOP>", None])
def test_a_zetaview_run_without_an_sop_warns(sop):
    assert verdict_of(quality=() if sop is None else quality(sop=sop)) is WARN


def test_no_sop_is_asked_of_other_instruments():
    assert verdict_of(instrument="NanoSight LM10", quality=()) is PASS


def test_a_report_without_its_table_is_not_assessed():
    result = judge(inputs(sizes(size_run(histogram=None))))
    assert result.verdict is NOT_ASSESSED
    assert "only the vendor's report" in result.reason


def test_a_run_that_states_no_number_of_tracks_is_not_assessed():
    result = judge(inputs(sizes(size_run(vendor=VendorSummary(), histogram=histogram(count=None)))))
    assert result.verdict is NOT_ASSESSED
    assert "states no number of tracks" in result.reason


def test_no_run_of_a_sample_means_not_assessed_and_blanks_are_not_judged():
    blank = size_run("blank", role="buffer blank", vendor=VendorSummary(tracks=3))
    assert judge(inputs()).verdict is NOT_ASSESSED
    assert judge(inputs(sizes(blank))).verdict is NOT_ASSESSED
    assert verdicts(judge(inputs(sizes(blank, size_run())))) == {"run1": PASS}


def test_one_failed_run_fails_the_check_and_the_value_counts_the_valid_ones():
    runs = [
        size_run(),
        size_run("run2", vendor=VendorSummary(tracks=49)),
        size_run("run3", vendor=VendorSummary(tracks=50)),
    ]
    result = judge(inputs(sizes(*runs)))
    assert verdicts(result) == {"run1": PASS, "run2": FAIL, "run3": WARN}
    assert (result.verdict, result.value.value, result.unit) == (FAIL, 2, "valid runs of 3")


def test_a_changed_limit_changes_the_verdict_and_stands_in_the_result_and_its_rule():
    result = judge(inputs(sizes(size_run()), manifest="[limits.C01]\nwarn_tracks = 1001"))
    assert result.verdict is WARN
    assert result.overrides == ("warn_tracks = 1001 tracks set in vesicle.toml (default 300, house)",)
    assert "a warning below 1001" in result.rule


def test_tracks_are_counted_where_they_are_listed_else_as_stated_else_by_the_table():
    assert kept_tracks(size_run(tracks=tracks(40, left_out=960))) == 40
    assert kept_tracks(size_run(vendor=VendorSummary(tracks=77))) == 77
    assert kept_tracks(size_run(vendor=VendorSummary())) == 1000
    assert kept_tracks(size_run(vendor=VendorSummary(), histogram=None)) is None


def test_every_part_leads_to_the_files_of_its_run():
    run = size_run(quality=quality(sop="x", tracks="1000"), positions=positions())
    run = size_run(files=(*run.files, run.positions.file), positions=run.positions, quality=run.quality)
    result = judge(inputs(sizes(run_size(run))))
    assert [(item.file, item.row) for item in result.evidence] == [("run1.txt", 2), ("run1_11pos.txt", None)]
    assert CHECK.id == "C01"


@pytest.mark.parametrize("verdict", [PASS, WARN, FAIL])
def test_a_size_standard_that_is_wrong_makes_the_samples_doubtful(verdict):
    deviation = Estimate(value=3.0, low=1.0, high=5.0, method="test")
    bead = BeadCheck(
        certified_nm=100.0,
        expanded_uncertainty_nm=None,
        mean_nm=deviation,
        deviation_percent=deviation,
        verdict=verdict,
        rule="within 10 %",
    )
    beads = replace(run_size(size_run("beads", role="size standard")), estimate=tracked(bead=bead))
    found = judge(inputs(sizes(size_run(), beads)))
    assert found.verdict is verdict
    assert found.value.value == 1
    assert [part.value for part in found.parts if "size standard" in part.subject] == [deviation]
