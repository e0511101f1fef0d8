"""Bead ladders: populations, matching, the fit, and what is refused."""

import csv
import json

import numpy as np
import pytest
from tests.cytometry.fcs import read_fcs

from vesicle.cytometry.gating import gate_cells, gate_ends
from vesicle.cytometry.ladder import RefusedLadder, fit_ladder, refuse_values
from vesicle.cytometry.ladder_fit import fit_curve, fit_line
from vesicle.cytometry.ladder_mixture import join_surplus
from vesicle.cytometry.ladder_peaks import find_populations

VALUES = np.array([0, 800, 2100, 6600, 16500, 47500, 137000, 271000], dtype=float)
AUTO, FACTORS = 600.0, np.array([12.0, 3.0, 40.0])
CEILING = np.full(3, 262144.0)


def beads(seed=0, *, per_population=800, noise=8.0, cv=0.05, slope=1.0, auto=AUTO, values=VALUES):
    """Three channels: (value + auto) ** (1 / slope) / factor, with a relative and an absolute error."""
    rng = np.random.default_rng(seed)
    level = np.repeat(values + auto, per_population)[:, None] ** (1 / slope) / FACTORS
    signal = level * rng.lognormal(0, cv, level.shape) + rng.normal(0, noise, level.shape)
    return rng.permutation(np.minimum(signal, CEILING))


def fitted(events, values=VALUES, *, channel=0, expected=None, ceiling=CEILING):
    populations = find_populations(events, ceilings=ceiling, expected=expected)
    return fit_ladder(populations, list(values), channel=channel, ceiling=ceiling[channel], unit="MEFL")


@pytest.mark.parametrize("channel", [0, 1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_a_known_calibration_is_found_in_each_channel_without_windows(channel, seed):
    ladder = fitted(beads(seed), channel=channel)
    assert ladder.slope.value == pytest.approx(1, abs=0.01)
    assert ladder.factor.value == pytest.approx(FACTORS[channel], rel=0.02)
    assert ladder.autofluorescence.value == pytest.approx(AUTO, rel=0.1)
    assert ladder.r_squared > 0.9995
    assert ladder.doubts == ()
    assert ladder.unit == "MEFL"


def test_more_populations_than_expected_are_joined_to_near_ones_or_dropped():
    rng = np.random.default_rng(0)
    scaled = np.append(np.repeat([1.0, 3.0, 5.0], 500), np.full(150, 9.0))[:, None] + rng.normal(
        0, 0.1, (1650, 1)
    )
    parts = [np.arange(0, 500), np.arange(500, 900), np.arange(900, 1000), np.arange(1000, 1500)]
    dirt = np.arange(1500, 1650)
    joined = join_surplus(scaled, [*parts, dirt], 3)
    assert [len(part) for part in joined] == [500, 500, 500]
    assert not np.isin(dirt, np.concatenate(joined)).any()
    assert len(join_surplus(scaled, [parts[0], parts[1], parts[3]], 2)) == 3


def test_dirt_beside_the_beads_of_a_known_number_changes_nothing():
    rng = np.random.default_rng(3)
    dirt = np.column_stack(
        [rng.normal(60_000, 2000, 250), rng.normal(90.0, 5.0, 250), rng.normal(30.0, 2, 250)]
    )
    events = np.concatenate([beads(), dirt])
    assert len(find_populations(events, ceilings=CEILING).events) == 9
    ladder = fitted(events, expected=8)
    assert len(ladder.peaks) == 8
    assert ladder.factor.value == pytest.approx(FACTORS[0], rel=0.02)


@pytest.mark.slow
def test_intervals_hold_the_true_slope_as_often_as_they_say():
    held = [fitted(beads(seed, per_population=400)).slope.contains(1.0) for seed in range(60)]
    assert np.mean(held) > 0.85


def test_fewer_events_give_the_same_populations_and_wider_intervals():
    many, few = fitted(beads(1, per_population=2000)), fitted(beads(1, per_population=100))
    assert len(many.peaks) == len(few.peaks) == 8
    width = [ladder.factor.high - ladder.factor.low for ladder in (many, few)]
    assert width[1] > 2 * width[0]


def test_doublets_and_dirt_are_no_populations():
    rng = np.random.default_rng(3)
    events = beads(3)
    pairs = rng.permutation(events)[:400] + rng.permutation(events)[:400]
    dirt = rng.lognormal(4, 1.5, (300, 3))
    ladder = fitted(np.concatenate([events, np.minimum(pairs, CEILING), dirt]))
    assert len(ladder.peaks) == 8
    assert ladder.factor.value == pytest.approx(FACTORS[0], rel=0.02)


def test_a_saturated_peak_keeps_its_value_and_is_left_out():
    ceiling = np.full(3, 15_000.0)
    events = np.minimum(beads(), ceiling)
    ladder = fitted(events, ceiling=ceiling)
    assert [peak.state for peak in ladder.peaks[-2:]] == ["used", "saturated"]
    assert ladder.peaks[-1].value == VALUES[-1]
    assert ladder.peaks[-1].residual_percent is None
    assert ladder.factor.value == pytest.approx(FACTORS[0], rel=0.02)


def test_coarse_steps_of_a_log_amplifier_are_no_populations():
    events = beads()
    coarse = 10 ** (np.round(np.log10(np.maximum(events, 1)) * 200) / 200)
    assert len(find_populations(coarse, ceilings=CEILING).events) == 8


def test_values_are_matched_from_the_bright_side_where_the_blank_has_none():
    whole, without = fitted(beads()), fitted(beads(), VALUES[1:])
    assert without.peaks[0].state == "no value"
    assert without.peaks[-1].value == VALUES[-1]
    assert without.slope.value == pytest.approx(whole.slope.value, abs=0.02)
    assert without.doubts == ()


def test_a_short_ladder_on_a_saturated_channel_is_matched_with_a_doubt():
    ceiling = np.full(3, 5000.0)
    events = np.minimum(beads(), ceiling)
    ladder = fitted(events, VALUES[1:6], ceiling=ceiling)
    assert [doubt.code for doubt in ladder.doubts] == ["ladder_match_assumed"]
    assert [peak.value for peak in ladder.peaks] == [None, *VALUES[1:6], None, None]


def test_peaks_that_a_channel_does_not_tell_apart_are_left_out():
    ladder = fitted(beads(noise=60.0), channel=2)
    assert {"indistinct", "used"} == {peak.state for peak in ladder.peaks}
    assert ladder.factor.value == pytest.approx(FACTORS[2], rel=0.05)


def test_merged_dim_populations_of_one_channel_are_divided_when_their_number_is_known():
    events = beads(2, noise=40.0)[:, :1]
    ceiling = CEILING[:1]
    assert len(find_populations(events, ceilings=ceiling).events) < 8
    divided = find_populations(events, ceilings=ceiling, expected=8)
    assert len(divided.events) == 8
    assert divided.divided > 0
    truth = (VALUES + AUTO) / FACTORS[0]
    assert np.abs(divided.median[:, 0] - truth).max() < 0.15 * truth.max()
    assert np.abs(divided.median[:3, 0] - truth[:3]).max() < 25
    ladder = fit_ladder(divided, list(VALUES), channel=0, ceiling=ceiling[0])
    assert "ladder_divided" in [doubt.code for doubt in ladder.doubts]
    assert find_populations(events, ceilings=ceiling, expected=20).divided == 0


def test_a_slope_far_from_one_is_doubted():
    ladder = fitted(beads(slope=1.2, auto=50.0), VALUES)
    assert ladder.slope.value == pytest.approx(1.2, abs=0.02)
    assert "ladder_slope" in [doubt.code for doubt in ladder.doubts]


def test_values_of_other_beads_are_doubted():
    wrong = [1.0, 3000.0, 4000.0, 5000.0, 50_000.0, 60_000.0, 61_000.0, 900_000.0]
    assert "ladder_poor_fit" in [doubt.code for doubt in fitted(beads(), wrong).doubts]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([4000, 20000, 108185, 108185], "ladder_repeated_values"),
        ([100, 5000, 1000, 50000], "ladder_unsorted"),
        ([-5, 100, 1000, 5000], "ladder_not_positive"),
        ([-5, 0, 1000, 5000], "ladder_not_positive"),
        ([100, 1000, 5000], "ladder_few_values"),
        ([100, 1000, float("nan"), 5000], "ladder_not_finite"),
        ([*range(1, 12)], "ladder_fewer_beads"),
    ],
)
def test_a_ladder_that_cannot_be_right_is_refused(values, code):
    refused = fitted(beads(per_population=200), values)
    assert isinstance(refused, RefusedLadder)
    assert refused.code == code
    assert refused.reason


def test_a_channel_without_four_usable_peaks_is_not_calibrated():
    ceiling = np.array([400.0, 262144.0, 262144.0])
    refused = fitted(np.minimum(beads(), ceiling), ceiling=ceiling)
    assert refused.code == "ladder_few_peaks"


def test_a_file_without_beads_shows_no_population():
    empty = find_populations(np.empty((0, 2)), ceilings=np.ones(2))
    assert empty.events == ()
    assert empty.median.shape == (0, 2)
    single = find_populations(np.random.default_rng(0).normal(100, 5, (2000, 1)), ceilings=np.array([1e5]))
    assert len(single.events) == 1
    assert find_populations(np.ones((500, 2)), ceilings=np.full(2, 9.0)).events == (500,)


def test_calibration_is_odd_around_zero_and_its_linear_form_is_straight():
    ladder = fitted(beads())
    signals = np.array([-500.0, 0.0, 500.0])
    found = ladder.calibrated(signals)
    assert found[1] == 0
    assert found[0] == -found[2]
    assert ladder.calibrated_linear(signals)[2] == pytest.approx(500 * ladder.factor.value)
    assert ladder.calibrated(np.array([5000.0]))[0] == pytest.approx(5000 * FACTORS[0], rel=0.02)


def test_the_fit_without_noise_is_exact_and_the_line_has_slope_one():
    signals = np.array([[30.0, 300.0, 3000.0, 30000.0, 90000.0]] * 2)
    curve = fit_curve(signals, 2 * signals[0] ** 1.05 - 40)
    assert curve.slope == pytest.approx([1.05] * 2, abs=1e-6)
    assert 10 ** curve.intercept[0] == pytest.approx(2, rel=1e-4)
    assert curve.auto[0] == pytest.approx(40, rel=1e-3)
    line = fit_line(signals, 2 * signals[0])
    assert (line.slope[0], line.auto[0]) == (1.0, 0.0)
    assert 10 ** line.intercept[0] == pytest.approx(2)


def real_beads(folder, name, channels, *, scatter):
    table, names = read_fcs(folder / "cytometry" / "beads" / name)
    forward, side = (table[:, names.index(channel)] for channel in scatter)
    kept = gate_ends(np.ones(len(table), dtype=bool), {"f": forward, "s": side}).kept
    kept = gate_cells(kept, forward, side).kept
    events = table[:, [names.index(channel) for channel in channels]]
    return events[kept], events.max(axis=0)


FLOWCAL_VALUES = [0, 792, 2079, 6588, 16471, 47497, 137049, 271647]


@pytest.mark.parametrize("subsample", [None, 1, 2, 3])
def test_the_fit_of_flowcals_own_beads_is_that_of_flowcal(real_data, subsample):
    """FlowCal 1.3.1, clusters in FL1-FL3, density gate 0.3: 1.07288, ln 2.31270, 2216.3."""
    events, top = real_beads(
        real_data, "flowcal_sample001_rcp30_5a.fcs", ["FL1", "FL2", "FL3"], scatter=("FSC", "SSC")
    )
    if subsample is not None:
        events = np.random.default_rng(subsample).choice(events, 8000, replace=False)
    ladder = fitted(events, FLOWCAL_VALUES, ceiling=top)
    allowed = 0.03 if subsample is None else 0.05
    assert ladder.slope.value == pytest.approx(1.07288, rel=allowed)
    assert ladder.intercept_log10.value * np.log(10) == pytest.approx(2.31270, rel=allowed)
    assert ladder.autofluorescence.value == pytest.approx(2216.3, rel=allowed)
    assert ladder.doubts == ()
    assert ladder.peaks[-1].state == "saturated"
    assert ladder.calibrated(np.array([100.0, 1000.0, 10000.0])) == pytest.approx(
        [1418.8, 16813, 199233], rel=allowed
    )


def test_one_channel_of_flowcals_beads_gives_the_same_fit_as_all_three(real_data):
    events, top = real_beads(
        real_data, "flowcal_sample001_rcp30_5a.fcs", ["FL1", "FL2", "FL3"], scatter=("FSC", "SSC")
    )
    alone = fitted(events[:, :1], FLOWCAL_VALUES, ceiling=top[:1], expected=8)
    together = fitted(events, FLOWCAL_VALUES, ceiling=top)
    assert alone.slope.value == pytest.approx(together.slope.value, rel=0.01)
    assert alone.autofluorescence.value == pytest.approx(together.autofluorescence.value, rel=0.02)


def test_the_ladders_of_the_rainbow_beads_fit_with_a_slope_that_is_doubted(real_data):
    channels = ["488Grn(Peak)", "638DRed(Peak)", "488Org(Peak)"]
    events, top = real_beads(
        real_data, "apogee_rainbow_beads.fcs", channels, scatter=("405LALS(Peak)", "405SALS(Peak)")
    )
    for channel, name in enumerate(("06_summer_school_apogee_fitc.json", "05_summer_school_apogee_apc.json")):
        values = json.loads((real_data / "cytometry" / "beads" / name).read_text())["mesf_values"]
        ladder = fitted(events, values, channel=channel, ceiling=top)
        assert ladder.slope.value == pytest.approx(1.178, abs=0.015)
        assert ladder.r_squared > 0.9999
        assert "ladder_slope" in [doubt.code for doubt in ladder.doubts]


def test_the_tasbe_beads_fit_their_catalogue(real_data):
    channels = ["PE-Tx-Red-YG-A", "PerCP-Cy5-5-A", "Pacific Blue-A"]
    events, _ = real_beads(real_data, "tasbe_beads.fcs", channels, scatter=("FSC-H", "SSC-H"))
    with (real_data / "cytometry" / "beads" / "cytoflow_bead_catalogue.csv").open() as file:
        rows = list(csv.reader(file))
    start = next(i for i, row in enumerate(rows) if row and row[0].startswith("RCP-30-5A Lot AA01"))
    values = {row[0]: [float(cell) for cell in row[1:] if cell] for row in rows[start + 2 : start + 11]}
    red = fitted(events, values["MEPTR"], channel=0)
    assert red.slope.value == pytest.approx(1, abs=0.02)
    assert red.r_squared > 0.998
    yellow = fitted(events, values["MECY"], channel=1)
    assert 0.9 < yellow.slope.value < 1.0
    assert yellow.r_squared > 0.999


def test_a_good_ladder_is_not_refused():
    assert refuse_values([0, 800, 2100, 6600]) is None
