"""Replicates, dilutions and blanks, calculated by hand."""

import math

import pytest
from tests.vesicles.build import compared, failed, inputs, run, video

from vesicle.measurements import Setting, VendorSummary
from vesicle.results import NotAssessed, Warned
from vesicle.vesicles.comparisons import compare_runs


def blank(name="PBS", measured=5e6, **said):
    return run(name, sample="PBS", role="buffer blank", measured=measured, dilution=1.0, **said)


def test_the_cv_of_three_runs_is_that_of_their_stock_values():
    row = compared(*(run(f"r{i}", measured=m) for i, m in enumerate((0.9e8, 1.0e8, 1.1e8)))).replicates[0]
    assert (row.kind, row.cv_percent.value, row.cv_percent.n) == ("runs", pytest.approx(10.0), 3)
    assert row.differing == ()
    assert len(row.evidence) == 3


def test_replicates_are_runs_of_one_dilution():
    runs = [run(f"r{i}", measured=1e8 + 1e7 * i) for i in range(3)]
    runs.append(run("thin", measured=1e8, dilution=5000.0))
    row = compared(*runs).replicates[0]
    assert row.values_per_ml == pytest.approx((1.0e11, 1.1e11, 1.2e11))


def test_runs_of_unknown_dilution_are_compared_as_measured():
    row = compared(run("a", dilution=None), run("b", dilution=None, measured=2e8)).replicates[0]
    assert row.values_per_ml == (1e8, 2e8)


def test_one_run_has_no_cv():
    assert "nothing to compare" in compared(run()).replicates[0].cv_percent.reason


def test_a_sample_whose_runs_failed_has_no_cv():
    assert isinstance(compared(failed()).replicates[0].cv_percent, NotAssessed)


def test_the_videos_of_a_single_run_are_its_replicates():
    videos = tuple(video(f"v{i}", printed=p) for i, p in enumerate((0.9e8, 1.0e8, 1.1e8)))
    row = compared(run(per_video=videos)).replicates[0]
    assert (row.kind, row.cv_percent.value) == ("videos", pytest.approx(10.0))


def test_the_videos_of_combined_experiments_are_no_replicates():
    videos = tuple(video(f"v{i}") for i in range(4))
    combined = run(per_video=videos, warnings=(Warned(code="combined_experiments", message="m"),))
    row = compared(combined).replicates[0]
    assert (row.kind, len(row.values_per_ml)) == ("runs", 1)


def test_videos_whose_settings_differ_say_so():
    videos = tuple(video(f"v{i}") for i in range(3))
    odd = run(per_video=videos, warnings=(Warned(code="settings_differ", message="gain: 1, 2"),))
    assert compared(odd).replicates[0].differing == ("gain: 1, 2",)


def with_setting(name, value, **said):
    return run(f"{name}{value}", settings=(Setting(name=name, value=value),), **said)


def test_a_camera_setting_that_differs_is_named():
    assert compared(with_setting("gain", "1"), with_setting("gain", "2")).replicates[0].differing == ("gain",)


def test_a_sensed_conductivity_is_no_difference_in_settings():
    row = compared(with_setting("conductivity", "79"), with_setting("conductivity", "78")).replicates[0]
    assert row.differing == ()


def test_replicates_of_one_sop_in_the_real_files_have_the_same_settings(zetaview, raw_file):
    from vesicle.readers.assemble import assemble
    from vesicle.readers.zetaview_txt import READER

    parts = [READER.read(raw_file(path)) for path in zetaview.glob("*P2.1_F4-1000*_size_488.txt")]
    row = compared(*assemble(parts)).replicates[0]
    assert (row.sample, len(row.values_per_ml), row.differing) == ("EV_IP_P2.1_F4", 2, ())
    assert row.values_per_ml == pytest.approx((1.019065e10, 8.5345e9))


def test_two_dilutions_are_compared_in_the_stock_value():
    row = compared(run("a"), run("b", dilution=5000.0, measured=3e7)).dilutions[0]
    assert row.dilutions == (1000.0, 5000.0)
    assert row.ratio.value == pytest.approx(1.5)


def test_of_three_dilutions_the_furthest_decides_in_either_direction():
    runs = (run("a"), run("b", dilution=2000.0, measured=6e7), run("c", dilution=4000.0, measured=1e7))
    assert compared(*runs).dilutions[0].ratio.value == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ((run(),), "one dilution only"),
        ((run(dilution=None),), "no run states"),
        ((failed(),), "no run states"),
    ],
)
def test_without_two_dilutions_nothing_is_compared(runs, reason):
    assert reason in compared(*runs).dilutions[0].ratio.reason


def test_a_blank_is_held_against_the_sample_as_measured():
    counted = VendorSummary(tracks=100)
    row = compared(run(vendor=VendorSummary(tracks=400)), blank(vendor=counted)).blanks[0]
    assert row.percent.value == pytest.approx(5.0)
    poisson = {100: (0.8136, 1.2163), 400: (0.9044, 1.1029)}
    up = math.hypot(math.log(poisson[100][1]), math.log(1 / poisson[400][0]))
    assert row.percent.high == pytest.approx(5 * math.exp(up), rel=1e-3)
    down = math.hypot(math.log(1 / poisson[100][0]), math.log(poisson[400][1]))
    assert row.percent.low == pytest.approx(5 * math.exp(-down), rel=1e-3)
    assert row.net_per_ml.value == pytest.approx(1000 * (1e8 - 5e6))
    half = math.hypot(1e11 * (poisson[400][1] - 1), 5e9 * (1 - poisson[100][0]))
    assert row.net_per_ml.high == pytest.approx(9.5e10 + half, rel=1e-3)


def test_a_blank_weighs_most_on_the_most_diluted_runs_and_is_taken_off_each_at_its_own_dilution():
    runs = (run("a", measured=1e8), run("b", dilution=5000.0, measured=2e7))
    row = compared(*runs, blank(measured=1e7)).blanks[0]
    assert row.percent.value == pytest.approx(50.0)
    assert row.net_per_ml.value == pytest.approx((1000 * 9e7 + 5000 * 1e7) / 2)


def test_a_blank_without_a_known_dilution_of_the_sample_gives_a_share_and_no_net_value():
    row = compared(run(dilution=None), blank()).blanks[0]
    assert row.percent.value == pytest.approx(5.0)
    assert "dilution" in row.net_per_ml.reason


def test_a_copy_of_a_blank_counts_once():
    twice = (blank("a/PBS", content="same"), blank("b/PBS", content="same"))
    row = compared(run(), *twice).blanks[0]
    assert (row.blank_runs, row.percent.n) == (("PBS",), 1)


def test_a_blank_that_counted_nothing_is_not_a_clean_blank():
    row = compared(run(), failed("PBS", sample="PBS", role="buffer blank")).blanks[0]
    assert "neither zero particles nor how many" in row.percent.reason


def test_a_failed_blank_beside_a_good_one_is_left_out():
    row = compared(run(), blank(), failed("PBS2", sample="PBS", role="buffer blank")).blanks[0]
    assert (row.percent.value, row.percent.n) == (pytest.approx(5.0), 1)


def test_a_blank_of_exactly_zero_per_ml_is_not_taken_for_certain():
    row = compared(run(), blank(measured=0.0)).blanks[0]
    assert "neither zero particles nor how many" in row.percent.reason


@pytest.mark.parametrize(
    ("runs", "reason"), [((run(),), "no blank"), ((failed(), blank()), "no concentration")]
)
def test_without_a_pair_there_is_no_share_of_the_blank(runs, reason):
    row = compared(*runs).blanks[0]
    assert reason in row.percent.reason
    assert row.net_per_ml == row.percent


def test_a_medium_control_is_seen_by_its_role():
    assert compared(run(), run("m", role="unconditioned medium")).has_medium_control
    assert not compared(run()).has_medium_control


def test_without_sizes_there_is_nothing_to_compare():
    assert compare_runs(inputs()).blanks == ()


def test_a_blank_of_another_instrument_is_not_held_against_the_sample():
    foreign = blank(instrument="ZetaView 1")
    row = compared(run(instrument="NanoSight"), foreign).blanks[0]
    assert (row.blank_runs, row.net_per_ml) == ((), row.percent)
    assert "another instrument" in row.percent.reason
    own = blank("PBS2", measured=1e7, instrument="NanoSight")
    row = compared(run(instrument="NanoSight"), foreign, own).blanks[0]
    assert (row.blank_runs, row.percent.value) == (("PBS2",), pytest.approx(10.0))


def test_a_blank_whose_file_names_no_instrument_counts():
    assert compared(run(instrument="NanoSight"), blank()).blanks[0].percent.value == pytest.approx(5.0)
