"""Calibrated events: what is added to the recorded channels, what is said of it, and what is left out."""

from dataclasses import replace

import numpy as np
import pytest
from tests.vesicles.flowing import dataset, events, flow_file, inputs, water
from tests.vesicles.test_flow_markers import VALUES
from tests.vesicles.test_flow_markers import beads as ladder
from tests.vesicles.test_flow_scatter import MANIFEST, beads, sample

from vesicle.measurements.cytometry import Spillover
from vesicle.vesicles.flow import analyse_flow
from vesicle.vesicles.flow_export import CalibratedEvents, calibrated_events


def exported(*files, manifest=MANIFEST):
    """The finding, and the answers by the paths of the files."""
    given = inputs(*files, manifest=manifest)
    found = analyse_flow(given)
    return found, {one.path: one for one in calibrated_events(found, given)}


def stained(**more):
    rng = np.random.default_rng(2)
    matrix = events(np.ones(4001), FL1_H=rng.normal(110, 20, 4001))
    return flow_file("ev.fcs", matrix, said={"markers": {"FL1-H": "CD9"}}, **more)


def column(file, name):
    names = [channel.name for channel in file.described.channels]
    return file.values[:, names.index(name)]


def test_the_median_of_a_calibrated_channel_is_the_findings_median_in_units_of_the_ladder():
    found, files = exported(ladder(VALUES), stained(), manifest="")
    wanted = found.markers[0].median * found.ladders[0].factor.value
    assert np.median(column(files["ev.fcs"], "FL1-H MESF")) == pytest.approx(wanted, rel=1e-12)
    assert files["ev.fcs"].described.channels[-1].label == "MESF by beads.fcs"


def test_a_ladder_is_stated_with_slope_intercept_factor_and_its_file():
    found, files = exported(ladder(VALUES), stained(), manifest="")
    said = files["ev.fcs"].described.keywords
    calibration = found.ladders[0]
    assert float(said["VESICLE P7 FACTOR"].split()[0]) == pytest.approx(calibration.factor.value)
    assert float(said["VESICLE P7 SLOPE"].split()[0]) == pytest.approx(calibration.slope.value)
    assert float(said["VESICLE P7 INTERCEPT"].split()[0]) == pytest.approx(calibration.intercept.value)
    assert said["VESICLE P7 BEADS SHA256"] == said["VESICLE SOURCE SHA256"] == "a" * 64


def test_scatter_becomes_signal_over_gain_and_one_diameter_per_model():
    found, files = exported(beads(), sample(), water(count=200))
    file = files["ev.fcs"]
    signal = column(file, "SSC-H")
    assert np.allclose(column(file, "SSC-H nm2"), signal / found.scatter.gain, rtol=1e-12)
    band = next(band for band in found.diameters if band.what == "D50")
    nearest = int(np.argmin(np.abs(signal - band.signal)))
    assert signal[nearest] == band.signal
    for name, sizes in band.by_model:
        assert column(file, f"SSC-H nm {name}")[nearest] == pytest.approx(sizes[0], abs=0.01)


def test_beads_get_a_cross_section_but_no_diameter_of_a_vesicle():
    _, files = exported(beads(), sample())
    names = [channel.name for channel in files["beads.fcs"].described.channels]
    assert "SSC-H nm2" in names
    assert not [name for name in names if "average" in name]


def test_events_without_a_diameter_are_0_and_counted_in_a_keyword():
    dark = sample()
    matrix = np.vstack((dark.datasets[0].values.matrix, events([0.0, -3.0, 1e9])))
    _, files = exported(beads(), flow_file("ev.fcs", matrix))
    file = files["ev.fcs"]
    assert column(file, "SSC-H nm average")[-3:].tolist() == [0.0, 0.0, 0.0]
    said = file.described.keywords["VESICLE P8 EVENTS WITHOUT"]
    assert said == "2 below, 1 above, 0 of several diameters"
    assert np.isfinite(file.values).all()


def test_the_files_own_spillover_is_taken_off_before_the_ladder_and_kept_for_others():
    matrix = np.array([[1.0, 0.5], [0.0, 1.0]])
    spill = Spillover(channels=(3, 2), matrix=matrix, keyword="$SPILLOVER")
    values = events(np.ones(50), FL1_H=np.full(50, 110.0), FL2_H=np.full(50, 20.0))
    file = flow_file("ev.fcs", values, said={"markers": {"FL1-H": "CD9"}}, spillover=spill)
    found, files = exported(ladder(VALUES), file, manifest="")
    wanted = 100.0 * found.ladders[0].factor.value
    assert column(files["ev.fcs"], "FL1-H MESF") == pytest.approx(wanted)
    assert column(files["ev.fcs"], "FL1-H")[0] == 110.0
    assert files["ev.fcs"].described.keywords["$SPILLOVER"] == "2,FL2-H,FL1-H,1,0.5,0,1"


def test_a_matrix_of_names_with_a_comma_is_not_passed_on():
    spill = Spillover(channels=(2, 3), matrix=np.eye(2), keyword="$SPILLOVER")
    held = dataset(events(np.ones(50), FL1_H=np.ones(50)), spillover=spill)
    channels = tuple(
        replace(channel, name="F,L") if n == 3 else channel for n, channel in enumerate(held.channels)
    )
    file = flow_file("ev.fcs", events([1.0]), said={"datasets": (replace(held, channels=channels),)})
    _, files = exported(ladder(VALUES), file, manifest="")
    assert files["ev.fcs"].described.keywords["$SPILLOVER"] == ""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"voltage": 500.0}, "voltage of FL1-H 500 against 400"),
        ({"instrument": "Other"}, "another instrument"),
    ],
)
def test_a_ladder_of_other_settings_calibrates_nothing_and_the_reason_says_so(more, words):
    said = {"instrument": more.pop("instrument")} if "instrument" in more else {}
    file = flow_file("ev.fcs", events(np.ones(50)), said=said, **more)
    _, files = exported(ladder(VALUES), file, manifest="")
    assert words in files["ev.fcs"].reason


def test_beads_of_other_settings_leave_scatter_out_while_fluorescence_is_calibrated():
    bright = ladder(VALUES, channel="FL1-H")
    bright = replace(bright, file=replace(bright.file, path="ladder.fcs"))
    small = beads(THRESHOLD="5")
    file = flow_file("ev.fcs", events(np.ones(50)), THRESHOLD="9")
    _, files = exported(bright, small, file)
    assert [channel.name for channel in files["ev.fcs"].described.channels][6:] == ["FL1-H MESF"]
    assert "THRESHOLD 9 against 5" in files["ev.fcs"].missing[0]
    assert "THRESHOLD 9 against 5" in files["ev.fcs"].described.keywords["VESICLE NOT CALIBRATED"]


def test_a_file_without_the_calibrated_channels_or_without_events_is_left_out_with_its_reason():
    held = dataset(events(np.ones(5)))
    narrow = replace(held, channels=(replace(held.channels[0], name="FSC-A"),))
    bare = flow_file("bare.fcs", events([1.0]), said={"datasets": (narrow,)})
    empty = flow_file("empty.fcs", events([]))
    _, files = exported(beads(), bare, empty)
    assert files["bare.fcs"].reason == "scatter: the file lacks the scatter channel"
    assert files["empty.fcs"].reason == "the file holds no events"


def test_a_refused_ladder_is_the_reason():
    _, files = exported(ladder((40.0, 200.0, 1000.0, 5000.0, 5000.0)), stained(), manifest="")
    assert "stands there twice" in files["ev.fcs"].reason


def test_a_ladder_of_a_channel_that_a_file_lacks_says_nothing_of_that_file():
    _, files = exported(ladder(VALUES, channel="FL9-H"), stained(), manifest="")
    assert "FL9" not in files["ev.fcs"].reason


def test_values_that_32_bits_would_round_are_written_with_64():
    whole = flow_file("ev.fcs", events(np.array([1.0, 2.0**25 + 1])))
    _, files = exported(beads(), sample(), replace(whole, file=replace(whole.file, path="big.fcs")))
    assert files["big.fcs"].described.stored_as == "float64"
    half = flow_file("ev.fcs", events(np.arange(1.0, 9.0)))
    _, files = exported(beads(), half)
    assert files["ev.fcs"].described.stored_as == "float32"


def test_a_name_that_is_there_already_gets_a_number():
    held = dataset(events(np.arange(1.0, 9.0)))
    channels = (replace(held.channels[0], name="ssc-h NM2"), *held.channels[1:])
    file = flow_file("ev.fcs", events([1.0]), said={"datasets": (replace(held, channels=channels),)})
    _, files = exported(beads(), file)
    assert "SSC-H nm2 (2)" in [channel.name for channel in files["ev.fcs"].described.channels]


def test_amplified_channels_state_their_linear_range_and_no_amplification():
    held = dataset(events(np.arange(1.0, 9.0)))
    changed = (
        replace(held.channels[0], decades=(4.0, 1.0), range=1024.0),
        held.channels[1],
        replace(held.channels[2], gain=4.0, range=1000.0),
        replace(held.channels[3], range=None),
        *held.channels[4:],
    )
    file = flow_file("ev.fcs", events([1.0]), said={"datasets": (replace(held, channels=changed),)})
    _, files = exported(beads(), file)
    assert isinstance(files["ev.fcs"], CalibratedEvents)
    written = files["ev.fcs"].described.channels
    assert [channel.range for channel in written[:4]] == [10_000.0, 1e6, 250.0, 1.0]
    assert {(channel.decades, channel.gain) for channel in written} == {((0.0, 0.0), None)}
