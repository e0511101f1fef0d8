"""Simulated ZetaView exports: the layout of the instrument, the numbers of the truth."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vesicle.simulate.zetaview import (
    LINEAR_NM,
    LOG_NM,
    POSITIONS,
    SizeTruth,
    simulate_failed_run,
    simulate_run,
)
from vesicle.simulate.zetaview_text import RunPlan

TRUTH = SizeTruth(median_nm=120.0, log_sd=0.35, stock_per_ml=1e11)


def plan(**changed):
    said = {
        "stem": "20260101_0001_A.1_size_488",
        "sample": "A.1",
        "dilution": 1000.0,
        "acquired": dt.datetime(2026, 1, 1, 9, 30),
    }
    return RunPlan(**{**said, **changed})


def table_rows(run):
    text = run.size_file.decode("cp1252").replace(",", ".")
    lines = text.split("Size / nm", 1)[1].splitlines()[1:]
    return np.array([[float(cell) for cell in line.split("\t")] for line in lines])


def header(run):
    lines = run.size_file.decode("cp1252").splitlines()
    return {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines}


def test_one_seed_gives_one_file_and_another_seed_another():
    first, again, other = (simulate_run(TRUTH, plan(), seed=seed) for seed in (1, 1, 2))
    assert (first.size_file, first.positions_file) == (again.size_file, again.positions_file)
    assert first.size_file != other.size_file


def test_the_two_tables_have_the_classes_of_the_instrument_with_a_sentinel_between():
    rows = table_rows(simulate_run(TRUTH, plan(), seed=1))
    assert (rows[0, 0], rows[1199, 0]) == (2.5, 5998.0)
    assert list(rows[1200]) == [-1, -1, -1, -1, 0]
    assert rows[1201:, 0] == pytest.approx(LOG_NM, rel=6e-4)
    assert rows[:1200, 0] == pytest.approx(LINEAR_NM, rel=5e-3)
    assert len(rows) == 1401


def test_every_class_counts_the_tracks_that_fall_into_it():
    run = simulate_run(TRUTH, plan(), seed=3)
    rows = table_rows(run)
    assert rows[:1200, 1].sum() == rows[1201:, 1].sum() == run.diameter_nm.size
    inside = np.sum((run.diameter_nm >= 120.0) & (run.diameter_nm < 125.0))
    assert rows[24, 0] == 122.5
    assert rows[24, 1] == inside


def test_the_concentration_of_a_class_is_its_count_times_one_constant_and_sums_to_the_run():
    run = simulate_run(TRUTH, plan(), seed=3)
    first = table_rows(run)[:1200]
    filled = first[first[:, 1] > 0]
    assert filled[:, 2] / filled[:, 1] == pytest.approx(run.measured_per_ml / run.diameter_nm.size, rel=1e-3)
    assert first[:, 2].sum() == pytest.approx(run.measured_per_ml, rel=1e-3)
    assert first[:, 3].sum() == pytest.approx((np.pi / 6 * first[:, 1] * first[:, 0] ** 3).sum(), rel=1e-2)


@settings(max_examples=20, deadline=None)
@given(dilution=st.floats(200, 5000), seed=st.integers(0, 2**32))
def test_the_measured_concentration_is_the_stock_over_the_dilution(dilution, seed):
    run = simulate_run(TRUTH, plan(dilution=dilution), seed=seed)
    expected = TRUTH.stock_per_ml / dilution
    counted = expected / 4e5 * len(POSITIONS)
    assert run.measured_per_ml == pytest.approx(expected, rel=6 / np.sqrt(counted))


@settings(max_examples=20, deadline=None)
@given(median=st.floats(60, 250), seed=st.integers(0, 2**32))
def test_the_drawn_diameters_have_the_median_of_the_truth(median, seed):
    truth = SizeTruth(median_nm=median, log_sd=0.3, stock_per_ml=1e11)
    run = simulate_run(truth, plan(expected_tracks=2000), seed=seed)
    error = 6 * 1.2533 * 0.3 / np.sqrt(run.diameter_nm.size)
    assert np.median(run.diameter_nm) == pytest.approx(median, rel=error)


def test_the_truth_states_its_quantiles_and_mean():
    truth = SizeTruth(median_nm=100.0, log_sd=0.4, stock_per_ml=1.0)
    drawn = 100.0 * np.exp(0.4 * np.random.default_rng(0).standard_normal(400_000))
    assert truth.quantile_nm(0.9) == pytest.approx(np.percentile(drawn, 90), rel=5e-3)
    assert truth.mean_nm == pytest.approx(drawn.mean(), rel=5e-3)


def test_the_header_median_follows_the_instruments_own_interpolation():
    run = simulate_run(TRUTH, plan(), seed=4)
    rows = table_rows(run)[:1200]
    grown = np.concatenate(([0], np.cumsum(rows[:, 1])))
    ends = np.concatenate(([-2.5], LINEAR_NM))
    index = np.searchsorted(grown, run.diameter_nm.size / 2)
    share = (run.diameter_nm.size / 2 - grown[index - 1]) / (grown[index] - grown[index - 1])
    assert float(header(run)["Median Number (D50)"]) == pytest.approx(ends[index - 1] + 5 * share, abs=1e-5)


def test_a_computer_with_decimal_commas_writes_them_everywhere_but_in_names_and_versions():
    run = simulate_run(TRUTH, plan(decimal=",", newline="\r\n", software="8.05.16 SP3"), seed=1)
    text = run.size_file.decode("cp1252")
    assert text.count("\r\n") == text.count("\n") == text.count("\r")
    found = header(run)
    assert found["Sample"] == "A.1"
    assert found["Software"].startswith("ZetaView (version 8.05.16 SP3)")
    assert found["Temperature"] == "24,600000\tsensed"
    assert "Results (Pos 0,100000)" in text
    assert "." not in text.split("Size / nm", 1)[1].replace("cm-3", "")
    assert "\t0,10\t" in run.positions_file.decode("cp1252")
    points = simulate_run(TRUTH, plan(), seed=1)
    assert table_rows(run) == pytest.approx(table_rows(points))


def test_the_two_software_versions_differ_in_their_header_keys():
    old, new = (header(simulate_run(TRUTH, plan(software=v), seed=1)) for v in ("8.05.16 SP3", "8.06.01 SP1"))
    assert set(new) - set(old) >= {"Positions", "SetTemperature", "Concentration Correction Factor"}
    assert {"Number of Traces", "Dilution", "Date"} & set(old) == {"Number of Traces", "Date"}
    assert set(old) <= set(new)


def test_dilution_settings_and_a_missing_sop_stand_in_the_header():
    found = header(simulate_run(TRUTH, plan(dilution=250.0, sop="", temperature_c=22.0), seed=1))
    assert found["Number of Traces"].endswith("Dilution::\t250.000000")
    assert found["SOP"] == "<No SOP>"
    assert found["Temperature"].startswith("22.0")


def position_rows(run):
    return [line.split("\t") for line in run.positions_file.decode("cp1252").splitlines()]


def test_the_positions_add_up_to_the_run():
    run = simulate_run(TRUTH, plan(), seed=5)
    rows = position_rows(run)[1:12]
    assert [float(row[1]) for row in rows] == list(POSITIONS)
    assert sum(int(row[6]) for row in rows) == run.diameter_nm.size
    average = float(header(run)["Number of Traces"].split("Number of Particles:\t")[1].split("\t")[0])
    assert np.mean([float(row[3]) for row in rows]) == pytest.approx(average)


def test_removed_positions_say_why_and_count_nowhere():
    whole = simulate_run(TRUTH, plan(), seed=5)
    run = simulate_run(TRUTH, plan(removed=(0, 3)), seed=5)
    rows = position_rows(run)[1:12]
    assert [(i, row[11]) for i, row in enumerate(rows) if row[0] != "X"] == [
        (0, "GRUBBS_NUMBER"),
        (3, "GRUBBS_NUMBER"),
    ]
    assert run.diameter_nm.size == whole.diameter_nm.size - sum(int(rows[i][6]) for i in (0, 3))
    kept = [float(row[3]) for row in rows if row[0] == "X"]
    assert run.measured_per_ml == pytest.approx(4e5 * np.mean(kept))


def test_a_failed_run_has_no_traces_and_one_sentinel_row():
    run = simulate_failed_run(plan(), seed=1)
    assert table_rows(run).tolist() == [[-1, -1, -1, -1, 0]]
    assert header(run)["Number of Traces"].startswith("0\t")
    assert {row[11] for row in position_rows(run)[1:12]} == {"MIN_TRACES"}
    assert set(position_rows(run)[12][2:11]) == {"0.0", "0.0E+0"}


def test_a_run_with_one_kept_position_has_no_spread():
    run = simulate_run(TRUTH, plan(removed=tuple(range(1, 11))), seed=1)
    assert set(position_rows(run)[13][2:11]) == {"0.0", "0.0E+0"}
