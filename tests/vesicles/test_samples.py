"""From runs to samples: what counts as a replicate, and what never does."""

import random

import numpy as np
import pytest
from tests.vesicles.build import BELL, compared, failed, histogram, inputs, run, sized, video

from vesicle.measurements import Setting
from vesicle.results import Estimate, NotAssessed
from vesicle.vesicles.samples import compare_settings


def three(values=(0.9e8, 1.0e8, 1.1e8), **said):
    return [run(f"A-1000r{i}", measured=value, **said) for i, value in enumerate(values)]


def test_three_runs_give_students_interval_between_them():
    (sample,) = sized(*three()).samples
    stock = sample.concentration_per_ml
    assert (sample.replicates, stock.value) == (3, pytest.approx(1e11))
    assert stock.high == pytest.approx(1e11 + 4.302653 * 1e10 / np.sqrt(3), rel=1e-6)
    assert sample.stock_per_ml == pytest.approx((0.9e11, 1.0e11, 1.1e11))


def test_two_runs_give_an_interval_that_covers_each():
    one, two = three((1e8, 2e8))
    finding = sized(one, two)
    sample, runs = finding.samples[0], finding.runs
    assert sample.concentration_per_ml.low == runs[0].concentration_per_ml.low
    assert sample.concentration_per_ml.high == runs[1].concentration_per_ml.high
    assert "too few" in sample.median_nm.method


def test_a_single_run_keeps_its_own_interval():
    finding = sized(run())
    assert finding.samples[0].median_nm == finding.runs[0].median_nm


def test_the_order_of_the_files_does_not_matter():
    runs = [*three(), run("B-500", sample="B", dilution=500.0), failed(), run("blank", role="buffer blank")]
    expected = sized(*runs)
    for seed in range(2):
        random.Random(seed).shuffle(runs)
        found = sized(*runs)
        assert [s.sample for s in found.samples] == [s.sample for s in expected.samples]
        assert [s.concentration_per_ml for s in found.samples] == [
            s.concentration_per_ml for s in expected.samples
        ]
        assert compared(*runs).replicates == compared(*sorted(runs, key=lambda r: r.stem)).replicates


def test_runs_stand_in_the_order_of_their_acquisition():
    late, early = run("a", acquired="2026-01-02T10:00:00"), run("z", acquired="2026-01-02T09:00:00")
    assert [size.run.stem for size in sized(late, early).runs] == ["z", "a"]


def test_a_copy_of_a_file_is_no_replicate():
    twice = [
        run("x/A-1000", content="same"),
        run("y/A-1000", content="same"),
        run("A-1000r2", measured=1.2e8),
    ]
    (sample,) = sized(*twice).samples
    assert sample.replicates == 2
    row = compared(*twice).replicates[0]
    assert row.values_per_ml == pytest.approx((1e11, 1.2e11))
    alone = compared(*twice[:2]).replicates[0]
    assert isinstance(alone.cv_percent, NotAssessed)


def test_two_files_of_one_name_in_two_folders_are_two_runs():
    (sample,) = sized(run("day1/A"), run("day2/A", measured=2e8)).samples
    assert sample.replicates == 2


def test_a_failed_run_counts_as_no_replicate():
    (sample,) = sized(*three(), failed()).samples
    assert sample.replicates == 3


def test_a_sample_of_failed_runs_has_no_number():
    (sample,) = sized(failed()).samples
    assert "no run" in sample.median_nm.reason
    assert (sample.shares, sample.stock_per_ml) == ((), ())
    assert isinstance(sample.distribution, NotAssessed)


def test_blanks_and_standards_are_no_samples():
    finding = sized(run(), run("pbs", role="buffer blank"), run("beads", role="size standard"))
    assert [sample.sample for sample in finding.samples] == ["A"]
    assert len(finding.runs) == 3
    assert [size.run.stem for size in finding.of_role("buffer blank")] == ["pbs"]


def test_runs_without_a_dilution_give_a_sample_without_a_stock():
    (sample,) = sized(run(dilution=None)).samples
    assert "not recorded" in sample.concentration_per_ml.reason


def test_shares_of_a_sample_stay_between_zero_and_one():
    edges = np.arange(0.0, 2005.0, 5.0)
    count = np.append(BELL, np.zeros(300))
    wide = [run(f"A-1000r{i}", histogram=histogram(np.roll(count, 22 * i), edges=edges)) for i in range(3)]
    (sample,) = sized(*wide).samples
    for share in sample.shares:
        assert 0 <= share.share.low <= share.share.value <= share.share.high <= 1
    nothing = sized(run(histogram=None, measured=None)).samples[0]
    assert isinstance(nothing.shares[0].share, NotAssessed)


def test_a_sample_shows_the_mean_distribution_of_its_runs():
    one, two = run("a"), run("b", histogram=histogram(np.roll(BELL, 4)))
    finding = sized(one, two)
    found = finding.samples[0].distribution
    expected = np.mean([size.distribution.fraction for size in finding.runs], axis=0)
    assert found.fraction == pytest.approx(expected)
    assert np.all(found.low <= found.fraction)
    assert np.all(found.fraction <= found.high)


def test_runs_with_different_classes_are_not_averaged():
    other = np.arange(0.0, 1010.0, 10.0)
    two = run("b", histogram=histogram(BELL, edges=other))
    assert "different size classes" in sized(run("a"), two).samples[0].distribution.reason


def settings(**values):
    return tuple(Setting(name=name, value=value, unit="u") for name, value in values.items())


def test_a_setting_that_a_run_does_not_state_differs_from_no_one():
    rows = compare_settings(
        [
            run(settings=settings(gain="20", shutter="100", max_jump_distance="9"), software="8.06"),
            run(settings=settings(gain="25", max_jump_distance="11"), software="8.05"),
        ]
    )
    found = {row.name: (row.values, row.differs) for row in rows}
    assert found["gain"] == (("20", "25"), True)
    assert found["shutter"] == (("100", ""), False)
    assert found["software"] == (("8.06", "8.05"), True)
    assert "max_jump_distance" not in found


def test_an_empty_folder_gives_an_empty_finding():
    assert sized().runs == ()
    assert compared().replicates == ()
    assert inputs().measurements == ()


def test_every_video_of_one_file_belongs_to_one_sample():
    videos = tuple(video(f"v{i}") for i in range(3))
    (sample,) = sized(run(per_video=videos)).samples
    assert sample.replicates == 1
    assert isinstance(sample.median_nm, Estimate)


def test_runs_that_all_counted_nothing_in_a_bin_do_not_prove_that_nothing_is_there():
    edges = np.arange(0.0, 2005.0, 5.0)
    count = np.zeros(len(edges) - 1)
    count[20] = 100.0
    (sample,) = sized(*three(histogram=histogram(count, edges=edges))).samples
    share = sample.shares[-1].share
    assert (share.value, share.low) == (0.0, 0.0)
    assert share.high == pytest.approx(1 - 0.025 ** (1 / 100), rel=1e-6)


def test_sizes_beyond_the_end_of_the_table_were_not_looked_for():
    (sample,) = sized(*three()).samples
    above = sample.shares[-1]
    assert (above.label, isinstance(above.share, NotAssessed)) == ("above 1000 nm", True)
    assert "ends at 500 nm" in above.share.reason
