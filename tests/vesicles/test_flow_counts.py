"""Events per volume, controls, and what each file is marked with."""

import numpy as np
import pytest
from tests.vesicles.flowing import analysed, dataset, even, events, flow_file, water

from vesicle.measurements import Dilution
from vesicle.results import Estimate, NotAssessed


def by_path(found):
    return {count.path: count for count in found.counts}


def test_events_per_ml_are_events_over_the_drawn_volume_with_a_poisson_interval():
    count = analysed(flow_file("ev.fcs", even(400), volume_nl=500.0)).counts[0]
    assert count.events_per_ml.value == pytest.approx(8e5)
    assert count.events_per_ml.low == pytest.approx(
        2000 * 361.76, rel=1e-3
    )  # exact limits of 400: 361.76, 441.19
    assert count.events_per_ml.high == pytest.approx(2000 * 441.19, rel=1e-3)


def test_the_users_volume_comes_before_the_files_and_that_before_flow_rate_times_time():
    said = flow_file("said.fcs", even(10), volume_nl=500.0, said={"declared_volume_nl": 200.0})
    stated = flow_file("stated.fcs", even(10), volume_nl=500.0)
    drawn = flow_file("drawn.fcs", even(10), volume_nl=None, duration_s=30.0)
    found = by_path(analysed(said, stated, drawn, manifest="[cytometry]\nflow_rate_ul_min = 1.0\n"))
    assert [found[f"{name}.fcs"].volume_nl for name in ("said", "stated", "drawn")] == [200.0, 500.0, 500.0]


def test_without_a_volume_the_number_is_not_assessed_and_the_file_is_marked():
    count = analysed(flow_file("ev.fcs", even(10), volume_nl=None)).counts[0]
    assert isinstance(count.events_per_ml, NotAssessed)
    assert {"no_volume", "no_control"} <= set(count.flags)


def test_a_file_without_events_is_counted_as_zero_and_marked():
    found = by_path(analysed(flow_file("empty.fcs", events([])), water()))
    count = found["empty.fcs"]
    assert (count.events, count.events_per_ml.value) == (0, 0.0)
    assert count.events_per_ml.high > 0
    assert "zero_events" in count.flags
    assert isinstance(count.ratio_to_control, NotAssessed)
    assert "control_not_clean" not in found["water.fcs"].flags  # it is not dirty because a sample is empty


def test_the_net_number_is_sample_less_control_with_the_errors_of_both():
    found = by_path(analysed(flow_file("ev.fcs", even(1000)), water(count=150)))
    count = found["ev.fcs"]
    assert count.control_percent.value == pytest.approx(15.0)
    assert count.ratio_to_control.value == pytest.approx(1000 / 150)
    assert count.net_per_ml.value == pytest.approx(850e3)
    half = 1.96 * np.sqrt(1000 + 150) * 1000
    assert count.net_per_ml.high - count.net_per_ml.value == pytest.approx(half, rel=0.06)


def test_the_stock_is_the_net_number_times_the_dilution_and_unknown_without_one():
    diluted = flow_file("ev.fcs", even(1000), said={"dilution": Dilution(factor=50.0)})
    plain = flow_file("plain.fcs", even(1000))
    found = by_path(analysed(diluted, plain, water(count=100)))
    assert found["ev.fcs"].stock_per_ml.value == pytest.approx(50 * 900e3)
    assert isinstance(found["plain.fcs"].stock_per_ml, NotAssessed)


@pytest.mark.parametrize(("count", "is_dirty"), [(999, False), (1000, True), (2000, True)])
def test_a_wash_at_or_above_the_sample_is_marked_as_not_clean(count, is_dirty):
    wash = flow_file("wash.fcs", even(count), said={"role": "wash"})
    found = by_path(analysed(flow_file("ev.fcs", even(1000)), wash, water()))
    assert ("control_not_clean" in found["wash.fcs"].flags) is is_dirty
    assert "control_not_clean" not in found["water.fcs"].flags
    assert "control_not_clean" not in found["ev.fcs"].flags


def test_the_thin_end_of_a_dilution_series_does_not_make_its_control_unclean():
    thick = flow_file("a.fcs", even(5000), said={"sample": "S", "dilution": Dilution(factor=10.0)})
    thin = flow_file("b.fcs", even(90), said={"sample": "S", "dilution": Dilution(factor=1000.0)})
    found = by_path(analysed(thick, thin, water(count=100)))
    assert "control_not_clean" not in found["water.fcs"].flags
    assert "not_above_control" in found["b.fcs"].flags


def test_without_volumes_rates_are_compared_instead():
    sample = flow_file("ev.fcs", even(100), volume_nl=None, duration_s=10.0)
    wash = flow_file("wash.fcs", even(60), volume_nl=None, duration_s=3.0, said={"role": "wash"})
    found = by_path(analysed(sample, wash))
    assert "control_not_clean" in found["wash.fcs"].flags
    assert found["ev.fcs"].ratio_to_control.value == pytest.approx(0.5)
    assert isinstance(found["ev.fcs"].net_per_ml, NotAssessed)


def test_controls_of_the_same_day_are_taken_and_of_another_day_with_a_mark():
    other = water("old.fcs", 500, said={"acquired": "2026-03-01T10:00:00"})
    found = by_path(analysed(flow_file("ev.fcs", even(1000)), other, water(count=100)))
    assert found["ev.fcs"].controls == ("water.fcs",)
    alone = by_path(analysed(flow_file("ev.fcs", even(1000)), other))["ev.fcs"]
    assert alone.controls == ("old.fcs",)
    assert "control_other_day" in alone.flags


def test_a_control_with_another_voltage_or_threshold_is_no_control():
    for odd in (water(voltage=450.0), water(THRESHOLD="SSC 80")):
        sample = flow_file("ev.fcs", even(1000), THRESHOLD="SSC 100")
        count = by_path(analysed(sample, odd))["ev.fcs"]
        assert count.controls == ()
        assert {"settings_differ", "no_control"} <= set(count.flags)
        assert "against" in count.net_per_ml.reason


def test_a_control_from_another_instrument_is_no_control():
    count = by_path(analysed(flow_file("ev.fcs", even(9)), water(said={"instrument": "Other"})))["ev.fcs"]
    assert "another instrument" in count.net_per_ml.reason


@pytest.mark.parametrize("name", ["sub/mine.fcs", "mine.fcs", "mine"])
def test_the_control_that_the_user_names_is_taken(name):
    mine = water("sub/mine.fcs", 10, said={"stem": "mine", "acquired": "2026-01-01"})
    sample = flow_file("ev.fcs", even(1000), said={"control": name})
    count = by_path(analysed(sample, mine, water(count=300)))["ev.fcs"]
    assert count.controls == ("sub/mine.fcs",)
    assert "control_other_day" in count.flags


def test_several_controls_are_averaged_and_the_interval_covers_each():
    found = by_path(analysed(flow_file("ev.fcs", even(1000)), water("w1.fcs", 100), water("w2.fcs", 300)))
    share = found["ev.fcs"].control_percent
    assert share.value == pytest.approx(20.0)
    assert share.low < 11
    assert share.high > 29


def test_a_buffer_blank_goes_before_a_wash():
    wash = flow_file("wash.fcs", even(500), said={"role": "wash"})
    found = by_path(analysed(flow_file("ev.fcs", even(1000)), wash, water(count=100)))
    assert found["ev.fcs"].controls == ("water.fcs",)


def test_too_many_events_per_second_are_doubted():
    count = analysed(flow_file("ev.fcs", even(30_000), duration_s=1.0)).counts[0]
    assert count.coincidence_percent.value == pytest.approx(30.0)
    assert "coincidence" in count.flags


def test_the_data_set_with_events_is_counted_and_several_are_doubted():
    empty, full = dataset(events([])), dataset(even(30))
    file = flow_file("ev.fcs", even(1), said={"datasets": (empty, full, full)})
    count = analysed(file).counts[0]
    assert (count.events, count.flags[-1]) == (30, "no_control")
    assert "several_datasets" in count.flags


@pytest.mark.parametrize(
    ("role", "stem", "part"),
    [
        ("sample", "ev", "sample"),
        ("buffer blank", "water 1", "blank"),
        ("buffer blank", "PBS", "buffer"),
        ("buffer blank", "PBS blank", "blank"),
        ("wash", "w", "wash"),
        ("reagent control", "r", "buffer"),
        ("size standard", "b", "beads"),
        ("isotype", "i", "other"),
    ],
)
def test_the_roles_of_the_vocabulary_map_to_the_parts_of_the_contract(role, stem, part):
    file = flow_file(f"{stem}.fcs", even(5), said={"role": role})
    assert analysed(file).counts[0].part == part


def test_files_of_cells_are_left_out_and_files_without_a_subject_go_by_instrument_or_name():
    cells = flow_file("cells.fcs", even(5), said={"subject": "cells"})
    unknown = flow_file("tube 1.fcs", even(5), said={"subject": "", "instrument": "Canto"})
    named = flow_file("EV 1.fcs", even(5), said={"subject": "", "instrument": "Canto"})
    beside = flow_file(
        "pbs.fcs", even(5), said={"subject": "", "instrument": "Canto", "role": "buffer blank"}
    )
    assert [c.path for c in analysed(cells, unknown, named, beside).counts] == ["EV 1.fcs", "pbs.fcs"]
    everything = analysed(cells, unknown, settings={"cytometry": "particles"})
    assert [c.path for c in everything.counts] == ["tube 1.fcs"]
    assert analysed(cells).counts == ()


def test_a_finding_holds_no_events():
    found = analysed(flow_file("ev.fcs", even(5)))
    assert found.counts[0].file.datasets == ()


def test_the_blank_row_is_that_of_the_highest_dilution():
    thick = flow_file("a.fcs", even(5000), said={"sample": "S", "dilution": Dilution(factor=10.0)})
    thin = flow_file("b.fcs", even(500), said={"sample": "S", "declared_dilution": 100.0})
    row = analysed(thick, thin, water(count=100)).blanks[0]
    assert row.percent.value == pytest.approx(20.0)
    assert row.sample == "S (cytometer)"
    assert {item.file for item in row.evidence} == {"water.fcs", "a.fcs", "b.fcs"}


def test_the_scatter_of_sample_and_control_is_drawn_per_ml():
    found = analysed(flow_file("ev.fcs", even(1000), volume_nl=500.0), water(count=200, volume_nl=1000.0))
    histogram = found.histograms[0]
    widths = np.diff(np.log10(histogram.edges))
    assert np.sum(histogram.sample_per_ml * widths) == pytest.approx(2e6, rel=0.01)
    assert np.sum(histogram.control_per_ml * widths) == pytest.approx(2e5, rel=0.01)


def test_a_named_scatter_channel_that_is_not_there_gives_no_histogram():
    sample = flow_file("ev.fcs", even(100))
    assert analysed(sample, manifest='[cytometry]\nscatter_channel = "VSSC"\n').histograms == ()
    assert len(analysed(sample, manifest='[cytometry]\nscatter_channel = "ssc-h"\n').histograms) == 1


def test_too_few_positive_values_of_scatter_give_no_histogram():
    assert analysed(flow_file("ev.fcs", events(np.zeros(100)))).histograms == ()


def test_estimates_are_finite_for_every_kind_of_control():
    sample = flow_file("ev.fcs", even(5))
    empty = flow_file("e.fcs", events([]), said={"role": "buffer blank"})
    count = by_path(analysed(sample, empty))["ev.fcs"]
    assert isinstance(count.net_per_ml, Estimate)
    assert count.control_percent.value == 0.0
    assert isinstance(count.ratio_to_control, NotAssessed)
