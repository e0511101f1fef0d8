"""One run's numbers: by hand, against simulated truth, and invariant to what must not matter."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vesicles.build import BELL, EDGES_NM, histogram, positions, run, video

from vesicle.measurements import SizeTracks, VendorSummary
from vesicle.measurements.sizing import frozen
from vesicle.results import Estimate, NotAssessed
from vesicle.vesicles.physics import particle_mass_ug
from vesicle.vesicles.size import TRACK_CLASSES_TO_NM, summarise

DIAMETERS = ("d10_nm", "median_nm", "d90_nm", "mean_nm", "mode_nm", "sd_nm")


def numbers(size):
    return {name: (q.value, q.low, q.high) for name in DIAMETERS for q in [getattr(size, name)]}


def tracks(diameter_nm, included=None):
    diameter_nm = np.asarray(diameter_nm, dtype=float)
    kept = np.ones(len(diameter_nm), dtype=bool) if included is None else np.asarray(included)
    return SizeTracks(diameter_nm=frozen(diameter_nm), included=kept)


@settings(max_examples=8, deadline=None)
@given(st.floats(1, 1e6))
def test_dilution_scales_the_stock_exactly_and_moves_no_diameter(factor):
    plain, diluted = summarise(run(dilution=1.0)), summarise(run(dilution=factor))
    assert numbers(diluted) == numbers(plain)
    assert diluted.concentration_per_ml.value == plain.measured_per_ml.value * factor
    assert diluted.concentration_per_ml.high == plain.measured_per_ml.high * factor
    assert diluted.measured_per_ml == plain.measured_per_ml


@settings(max_examples=8, deadline=None)
@given(st.floats(1e-2, 1e3))
def test_a_thinner_sample_with_the_same_tracks_has_the_same_diameters(factor):
    thinner = replace(run(), histogram=histogram(per_track=1e4 * factor))
    for name, found in numbers(summarise(thinner)).items():
        assert found == pytest.approx(numbers(summarise(run()))[name], rel=1e-9)


def test_numbers_of_a_run_by_hand():
    two = histogram(np.array([0.0, 30.0, 10.0, 0.0]), edges=np.array([0.0, 50.0, 100.0, 150.0, 2000.0]))
    size = summarise(run(histogram=two))
    assert size.median_nm.value == pytest.approx(50 + 50 * 20 / 30)
    assert size.mean_nm.value == pytest.approx(87.5)
    assert size.sd_nm.value == pytest.approx(50 * np.sqrt(3) / 4)
    assert size.mode_nm.value == 75.0
    assert size.particle_mass_ug.value == pytest.approx(particle_mass_ug(0.75 * 75**3 + 0.25 * 125**3))
    share = {share.label: share.share.value for share in size.shares}
    assert share == pytest.approx(
        {"below 200 nm": 1.0, "40-150 nm": 1.0, "150-1000 nm": 0.0, "above 1000 nm": 0.0}
    )


def test_the_fraction_below_200_nm_is_a_share_of_tracks_with_its_exact_interval():
    half = histogram(np.array([60.0, 40.0]), edges=np.array([0.0, 200.0, 400.0]))
    share = summarise(run(histogram=half)).shares[0].share
    assert (share.value, share.n) == (0.6, 100)
    assert (share.low, share.high) == pytest.approx((0.4972, 0.6967), abs=1e-4)


@pytest.mark.parametrize(("n", "log_sd", "times"), [(400, 0.35, 120)])
def test_intervals_of_mean_sd_and_mass_cover_the_truth_of_a_broad_preparation(n, log_sd, times):
    rng, edges = np.random.default_rng(8), np.arange(0, 1005, 5.0)
    truth = {
        "median_nm": 110.0,
        "mean_nm": 110 * np.exp(log_sd**2 / 2),
        "sd_nm": 110 * np.exp(log_sd**2 / 2) * np.sqrt(np.exp(log_sd**2) - 1),
        "particle_mass_ug": particle_mass_ug(110**3 * np.exp(4.5 * log_sd**2)),
    }
    hits = dict.fromkeys(truth, 0)
    for _ in range(times):
        counts = np.histogram(110 * np.exp(rng.normal(0, log_sd, n)), bins=edges)[0].astype(float)
        size = summarise(run(histogram=histogram(counts, edges=edges)))
        for name, value in truth.items():
            hits[name] += getattr(size, name).contains(value)
    assert all(0.9 <= hit / times <= 1.0 for hit in hits.values()), hits


def test_the_percentile_interval_of_a_broad_sd_would_be_too_short():
    """The reason for the studentised interval: its upper end reaches further for a skewed preparation."""
    rng, edges = np.random.default_rng(3), np.arange(0, 1505, 5.0)
    counts = np.histogram(110 * np.exp(rng.normal(0, 0.5, 150)), bins=edges)[0].astype(float)
    mass = summarise(run(histogram=histogram(counts, edges=edges))).particle_mass_ug
    assert mass.high / mass.value > mass.value / mass.low
    assert "studentised" in mass.method


def test_the_mode_of_videos_is_not_dragged_towards_the_mean():
    """Three smooth videos: smoothing as if there were only three particles moved the mode by 10 nm."""
    edges = np.arange(0.0, 601.0, 1.0)
    centres = edges[:-1] + 0.5
    skewed = np.exp(-0.5 * (np.log(centres / 110) / 0.4) ** 2) / centres
    videos = tuple(video(f"v{i}", 1e6 * skewed * (1 + 0.1 * i), edges=edges) for i in range(3))
    whole = histogram(1e6 * skewed, edges=edges, has_count=False)
    for known in (None, 3000):
        size = summarise(
            run(histogram=whole, per_video=videos, vendor=VendorSummary(tracks=known), applied_by="nobody")
        )
        assert size.mode_nm.value == pytest.approx(110 * np.exp(-(0.4**2)), abs=1.5)
        assert "between 3 videos" in size.mode_nm.method


def test_a_histogram_without_counts_or_replicates_has_numbers_without_intervals():
    bare = run(histogram=histogram(has_count=False), vendor=VendorSummary(), measured=2e8)
    size = summarise(bare)
    assert size.mode_nm.value == 117.5
    for quantity in (size.median_nm, size.measured_per_ml, size.shares[0].share):
        assert quantity.low == quantity.value == quantity.high
        assert "no interval" in quantity.method
    assert np.array_equal(size.distribution.low, size.distribution.fraction)


def test_a_histogram_with_a_number_of_tracks_is_resampled_as_if_of_so_many():
    size = summarise(run(histogram=histogram(has_count=False), vendor=VendorSummary(tracks=400)))
    assert size.median_nm.n == 400
    assert "lower bound" in size.median_nm.method
    assert size.median_nm.low < size.median_nm.value < size.median_nm.high


def test_videos_give_students_interval_between_them():
    videos = tuple(video(f"v{i}", np.roll(BELL, i), printed=(1 + 0.1 * i) * 1e8) for i in range(3))
    size = summarise(
        run(
            histogram=histogram(has_count=False),
            per_video=videos,
            measured=1.1e8,
            applied_by="nobody",
            dilution=None,
        )
    )
    medians = [5.0 * i for i in range(3)]
    half = 4.302653 * np.std(medians, ddof=1) / np.sqrt(3)
    assert size.median_nm.high - size.median_nm.value == pytest.approx(half, rel=1e-3)
    assert size.measured_per_ml.high == pytest.approx(1.1e8 + 4.302653 * 1e7 / np.sqrt(3), rel=1e-5)
    assert isinstance(size.concentration_per_ml, NotAssessed)
    assert np.all(size.distribution.low <= size.distribution.fraction)


def test_videos_that_already_hold_the_stock_are_divided_by_their_dilution():
    videos = tuple(
        video(f"v{i}", printed=(1 + 0.1 * i) * 1e11, dilution=1000.0, applied_by="instrument")
        for i in range(3)
    )
    size = summarise(run(per_video=videos, measured=1.1e8, applied_by="instrument"))
    assert size.measured_per_ml.high < 2e8
    assert size.concentration_per_ml.value == pytest.approx(1.1e11)
    assert "by the instrument" in size.concentration_per_ml.method


def test_videos_without_a_printed_concentration_leave_the_count_as_evidence():
    silent = tuple(video(f"v{i}", printed=None) for i in range(3))
    assert "Poisson" in summarise(run(per_video=silent)).measured_per_ml.method


def test_an_empty_video_gives_no_interval_between_videos():
    videos = (video("v0"), video("v1", np.zeros(len(BELL))))
    size = summarise(run(histogram=histogram(has_count=False), per_video=videos, vendor=VendorSummary()))
    assert size.median_nm.low == size.median_nm.value


def test_kept_positions_give_the_interval_of_the_concentration():
    table = positions([0.9e8, 1.0e8, 1.1e8, 9e9], kept={0, 1, 2})
    found = summarise(run(positions=table)).measured_per_ml
    assert found.high == pytest.approx(1e8 + 4.302653 * 1e7 / np.sqrt(3), rel=1e-5)
    assert "3 kept positions" in found.method


def test_a_correction_factor_scales_the_interval_with_the_value():
    plain = summarise(run(positions=positions([0.9e8, 1.0e8, 1.1e8]))).measured_per_ml
    twice = summarise(run(positions=positions([0.9e8, 1.0e8, 1.1e8]), measured=2e8)).measured_per_ml
    assert twice.high / twice.value == pytest.approx(plain.high / plain.value)


def test_positions_that_all_counted_nothing_do_not_break_a_run():
    assert summarise(run(positions=positions([0.0, 0.0]), measured=0.0)).measured_per_ml.value == 0.0


def test_tracks_are_counted_as_the_vendor_included_them():
    size = summarise(
        run(histogram=None, tracks=tracks([100.0] * 40 + [900.0] * 9, [True] * 40 + [False] * 9))
    )
    assert (size.tracks.value, size.median_nm.value, size.mean_nm.value) == (40, 100.0, 100.0)
    assert "quantile of 40 tracks" in size.median_nm.method


def test_numbers_of_single_tracks_are_those_of_the_diameters_and_not_of_classes():
    diameters = np.random.default_rng(5).lognormal(4.7, 0.3, 500)
    size = summarise(run(histogram=None, tracks=tracks(list(diameters))))
    found = [size.d10_nm, size.median_nm, size.d90_nm, size.mean_nm, size.sd_nm]
    wanted = [*np.quantile(diameters, [0.1, 0.5, 0.9]), diameters.mean(), diameters.std()]
    assert [estimate.value for estimate in found] == pytest.approx(wanted)
    assert all(estimate.low < estimate.value < estimate.high for estimate in found)


def test_one_absurd_track_costs_no_memory_and_stays_in_the_distribution():
    size = summarise(run(histogram=None, tracks=tracks([100.0] * 99 + [5e7])))
    assert len(size.distribution.fraction) == TRACK_CLASSES_TO_NM / 5 + 1
    assert size.distribution.fraction[-1] == pytest.approx(0.01)
    assert size.median_nm.value == 100.0


def test_a_run_whose_tracks_were_all_left_out_has_no_sizes():
    size = summarise(run(histogram=None, tracks=tracks([100.0], [False])))
    assert isinstance(size.median_nm, NotAssessed)
    assert isinstance(size.distribution, NotAssessed)


def test_a_failed_run_says_so_everywhere():
    size = summarise(run(status="no_result", histogram=None, measured=None))
    for quantity in (size.mode_nm, size.measured_per_ml, size.concentration_per_ml, size.shares[0].share):
        assert "kept no particle" in quantity.reason


def test_a_report_alone_has_a_concentration_and_no_distribution():
    size = summarise(run(histogram=None, measured=None))
    assert "no table" in size.mode_nm.reason
    assert "no concentration" in size.measured_per_ml.reason


def test_an_unknown_dilution_gives_no_stock():
    assert "not recorded" in summarise(run(dilution=None)).concentration_per_ml.reason


def test_a_distribution_sums_to_one_and_lies_in_its_band():
    found = summarise(run()).distribution
    assert found.fraction.sum() == pytest.approx(1.0)
    assert np.all((found.low <= found.fraction) & (found.fraction <= found.high))
    assert np.array_equal(found.edges_nm, EDGES_NM)


def test_the_same_run_gives_the_same_intervals_every_time():
    assert numbers(summarise(run())) == numbers(summarise(run()))
    assert isinstance(summarise(run()).mode_nm, Estimate)
