"""One case of each bar that `make validate` runs in full, within the bar's own limits, on both simulators."""

from dataclasses import replace

import pytest
from scripts.validate_videos import section
from scripts.validation_videos import HEAD, Case, Part, Row, Wanted, simulate
from tests.second_simulator import simulate_second

from scripts import validation_bars as bars
from vesicle.results import NotAssessed

FRAMES, FRAMES_SECOND, FRAMES_COUNTED = 400, 200, 400


@pytest.fixture
def ours(tmp_path):
    return bars.Bench(simulator=simulate, folder=tmp_path, frames=FRAMES, beads_nm=(100.0,))


@pytest.fixture
def second(tmp_path):
    return bars.Bench(simulator=simulate_second, folder=tmp_path, frames=FRAMES_SECOND, beads_nm=(100.0,))


def missed(rows):
    assert any(row.limit is not None for row in rows)
    return [row.cells() for row in rows if row.has_failed]


@pytest.mark.slow
def test_one_small_size_is_found_narrow_and_in_its_place(ours):
    assert missed(bars.single(ours, 50.0, percent=5.0, seed=1)) == []


@pytest.mark.slow
def test_two_near_sizes_are_told_apart_with_their_shares(ours):
    assert missed(bars.pair(ours, (100.0, 150.0), share_of_larger=0.5, seed=1)) == []


@pytest.mark.slow
def test_a_broad_distribution_is_right_above_the_marked_limit(ours):
    assert missed(bars.censored(ours, seed=1)) == []


@pytest.mark.slow
def test_a_flow_of_four_pixels_a_frame_does_not_move_the_median(ours):
    assert missed(bars.drifting(ours, ((0.0, 0.0), (2.83, 2.83)), seed=1)) == []


@pytest.mark.slow
def test_a_shutter_that_never_closes_does_not_move_the_median(ours):
    assert missed(bars.exposed(ours, (0.0, 1.0), seed=1)) == []


@pytest.mark.slow
def test_particles_are_counted_per_volume_at_any_threshold(ours):
    assert missed(counted(ours)) == []


@pytest.mark.slow
def test_the_other_simulators_single_size_is_found(second):
    assert missed(bars.single(second, 100.0, percent=3.0, seed=1)) == []


@pytest.mark.slow
def test_the_other_simulators_pair_is_told_apart(second):
    assert missed(bars.pair(second, (100.0, 200.0), share_of_larger=0.5, seed=1)) == []


@pytest.mark.slow
def test_the_other_simulators_particles_are_counted_per_volume(second):
    assert missed(counted(replace(second, frames=FRAMES_COUNTED))) == []


def counted(bench):
    calibrations, _ = bars.calibrations_of(bench, seed=1, factors=(0.7, 1.5))
    made = bench.make(Wanted(parts=(Part(size_nm=100.0, spread=0.02),), seed=1))
    return bars.counted(made, calibrations, name="100 nm", factors=(0.7, 1.5))


def test_a_number_outside_its_limit_or_not_assessed_fails_and_one_for_information_does_not():
    case = Case(name="oak")
    case.relative("median (nm)", 104.0, truth=100.0, percent=3.0)
    case.relative("median (nm)", 97.5, truth=100.0, percent=3.0)
    case.relative("median (nm)", NotAssessed("too few"), truth=100.0, percent=3.0)
    case.relative("median (nm)", 150.0, truth=100.0, percent=None)
    case.absolute("fraction", 0.41, truth=0.5, limit=0.08)
    case.below("SD over mean", 8.0, limit=8.0, unit="%")
    case.states("components", "1", wanted="2")
    assert [row.has_failed for row in case.rows] == [True, False, True, False, True, True, True]
    assert "too few" in case.rows[2].cells()
    text = section("Bar 1", "Sizes", case.rows, frames=600)
    assert "1 of 6 judged numbers are within their limits" in text
    assert HEAD in text


def test_a_row_says_whether_it_was_judged():
    row = Row(case="a", quantity="b", truth="1", found="2", deviation="1", limit=None, is_within=False)
    assert row.cells() == "| a | b | 1 | 2 | 1 |  | not judged |"
