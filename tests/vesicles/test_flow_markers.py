"""Stains on small particles: thresholds from the control, combinations, calibrated means, the antigen pattern."""

import numpy as np
import pytest
from tests.vesicles.flowing import analysed, dataset, events, flow_file

from vesicle.findings import Ladder, StainedMarker
from vesicle.measurements.cytometry import BeadSet, Spillover
from vesicle.results import Estimate, NotAssessed, exact
from vesicle.vesicles.flow_antigens import antigen_patterns
from vesicle.vesicles.flow_names import markers_of

THREE = {"FL1-H": "CD9", "FL2-H": "CD63", "FL3-H": "CD81"}


def noise(count, seed):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(10, 2, count) for name in ("FL1_H", "FL2_H", "FL3_H")}


def tube(name, count=10_000, *, seed=1, bright=None, spillover=None, **said):
    """Noise in three channels; ``bright`` maps tuples of channels to how many events are bright in all of them."""
    stains, start = noise(count, seed), 0
    for channels, number in (bright or {}).items():
        for channel in channels:
            stains[channel][start : start + number] = 500.0
        start += number
    matrix = events(np.full(count, 1000.0), **stains)
    if spillover is not None:
        mixed = matrix.copy()
        mixed[:, 2:5] = matrix[:, 2:5] @ spillover
        stated = Spillover(channels=(2, 3, 4), matrix=np.asarray(spillover), keyword="$SPILLOVER")
        return flow_file(name, mixed, spillover=stated, said=said)
    return flow_file(name, matrix, said=said)


def isotype(**more):
    return tube("iso.fcs", seed=2, role="isotype", **more)


def test_every_combination_of_tetraspanins_is_counted():
    bright = {("FL1_H",): 1000, ("FL1_H", "FL3_H"): 500, ("FL1_H", "FL2_H", "FL3_H"): 200}
    found = analysed(tube("ev.fcs", bright=bright, markers=THREE), isotype()).phenotypes
    counted = {phenotype.positive: phenotype.events for phenotype in found}
    assert len(found) == 8
    assert sum(counted.values()) == 10_000
    assert counted["CD9", "CD63", "CD81"] == pytest.approx(200, abs=8)
    assert counted["CD9", "CD81"] == pytest.approx(500, abs=20)
    assert counted[("CD9",)] == pytest.approx(1000, abs=60)
    alone = next(p for p in found if p.positive == ("CD9",))
    assert alone.net_share.value == pytest.approx(0.1, abs=0.005)
    assert alone.control_share.value == pytest.approx(0.005, abs=0.001)


def test_the_share_of_a_marker_is_net_of_its_control():
    found = analysed(tube("ev.fcs", bright={("FL2_H",): 2000}, markers=THREE), isotype()).markers
    shares = {marker.marker: marker.positive_percent for marker in found}
    assert shares["CD63"].contains(20.0)
    assert shares["CD9"].contains(0.0)
    assert {marker.control for marker in found} == {"iso.fcs"}


def test_a_spillover_that_the_file_states_is_taken_off_first():
    matrix = np.array([[1, 0.4, 0], [0, 1, 0], [0, 0, 1.0]])
    bright = {("FL1_H",): 2000}
    raw = tube("raw.fcs", bright=bright, spillover=matrix, markers=THREE)
    found = analysed(raw, isotype(spillover=matrix)).markers
    shares = {marker.marker: marker.positive_percent for marker in found}
    assert shares["CD9"].contains(20.0)
    assert shares["CD63"].value < 0.5  # 40 % of 500 would be far above the noise


def test_without_a_control_no_threshold_exists():
    found = analysed(tube("ev.fcs", markers=THREE))
    assert found.phenotypes == ()
    assert "isotype control" in found.markers[0].positive_percent.reason
    assert found.markers[0].threshold is None


def test_a_control_that_is_too_small_gives_no_threshold():
    small = tube("iso.fcs", 50, role="isotype")
    found = analysed(tube("ev.fcs", markers=THREE), small)
    assert "too few" in found.markers[0].positive_percent.reason


def test_the_control_that_the_user_names_goes_before_the_isotype():
    named = tube("plain.fcs", seed=5, sample="plain")
    found = analysed(tube("ev.fcs", markers=THREE, control="plain.fcs"), named, isotype())
    assert {m.control for m in found.markers if m.file == "ev.fcs"} == {"plain.fcs"}


def test_a_buffer_blank_is_no_control_of_fluorescence_even_where_it_is_named():
    blank = tube("pbs.fcs", role="buffer blank")
    found = analysed(tube("ev.fcs", markers=THREE, control="pbs.fcs"), blank, isotype())
    assert {marker.control for marker in found.markers} == {"iso.fcs"}


def test_a_control_without_the_channel_says_so():
    other = dataset(events(np.ones(500)))
    renamed = tuple(
        type(c)(name=c.name.replace("FL", "X"), bits=32, voltage=c.voltage) for c in other.channels
    )
    other = type(other)(
        number=0, channels=renamed, values=other.values, stored_events=500, spillover=other.spillover
    )
    short = flow_file("iso.fcs", events([]), said={"role": "isotype", "datasets": (other,)})
    found = analysed(tube("ev.fcs", markers=THREE), short)
    assert "has no channel" in found.markers[0].positive_percent.reason


def test_a_control_of_one_value_sets_no_threshold():
    flat = flow_file("iso.fcs", events(np.ones(4000)), said={"role": "isotype"})
    found = analysed(tube("ev.fcs", markers=THREE), flat)
    assert "one value" in found.markers[0].positive_percent.reason


def test_markers_are_read_from_labels_once_each():
    labels = {"FL1-H": "CD81 : FITC - Area", "FL2-H": "CD81 : FITC - Height", "FL3-H": "R670-H"}
    file = flow_file("ev.fcs", events(np.ones(10)), labels=labels)
    assert markers_of(file) == {"FL1-H": "CD81"}


def test_the_manifests_markers_go_before_the_labels():
    file = flow_file(
        "ev.fcs", events([1.0]), labels={"FL1-H": "CD81"}, said={"markers": {"FL2-H": "anti-CD9 PE"}}
    )
    assert markers_of(file) == {"FL2-H": "CD9"}


def test_a_stain_that_the_list_does_not_know_is_a_marker_beside_its_dye():
    file = flow_file(
        "ev.fcs", events([1.0]), labels={"FL3-H": "MemGlow 644 : AF647 - Height", "FL1-H": "B531-H"}
    )
    assert markers_of(file) == {"FL3-H": "MemGlow 644"}


def beads(values, *, levels=(20, 100, 500, 2500, 12_500, 60_000), channel="FL1-H"):
    rng = np.random.default_rng(4)
    stains = np.concatenate([rng.normal(level, 0.05 * level, 1500) for level in levels])
    scatter = rng.normal(5000, 100, len(stains))
    matrix = events(scatter, FL1_H=stains)
    matrix[:, 0] = rng.normal(5000, 100, len(stains))
    stated = BeadSet(values={channel: values}, unit="MESF")
    return flow_file("beads.fcs", matrix, said={"role": "calibration beads", "beads": stated})


VALUES = (40.0, 200.0, 1000.0, 5000.0, 25_000.0, 120_000.0)


def test_a_ladder_turns_signals_into_its_unit_and_means_are_net_of_the_control():
    sample = flow_file(
        "ev.fcs", events(np.ones(4000), FL1_H=np.full(4000, 110.0)), said={"markers": {"FL1-H": "CD9"}}
    )
    control = flow_file(
        "iso.fcs", events(np.ones(4000), FL1_H=np.linspace(5, 15, 4000)), said={"role": "isotype"}
    )
    found = analysed(beads(VALUES), sample, control)
    assert found.ladders[0].slope.value == pytest.approx(1.0, abs=0.02)
    assert found.markers[0].mean_calibrated.value == pytest.approx(200.0, rel=0.03)
    assert found.markers[0].unit == "MESF"


def test_a_ladder_with_repeated_values_is_refused_by_name():
    found = analysed(beads((40.0, 200.0, 1000.0, 5000.0, 5000.0)))
    assert isinstance(found.ladders[0].factor, NotAssessed)
    assert isinstance(found.ladders[0].units(np.ones(3)), NotAssessed)


def test_a_refused_ladder_leaves_the_mean_open():
    sample = tube("ev.fcs", markers=THREE)
    found = analysed(beads((1.0, 1.0, 2.0, 3.0)), sample, isotype()).markers
    reasons = {marker.marker: marker.mean_calibrated.reason for marker in found}
    assert "cannot be used" in reasons["CD9"]
    assert "not calibrated" in reasons["CD63"]


def test_a_ladder_taken_at_another_voltage_leaves_the_mean_open():
    matrix = events(np.ones(4000), FL1_H=np.full(4000, 110.0))
    sample = flow_file("ev.fcs", matrix, said={"markers": {"FL1-H": "CD9"}}, voltage=500.0)
    control = flow_file("iso.fcs", matrix, said={"role": "isotype"}, voltage=500.0)
    found = analysed(beads(VALUES), sample, control).markers[0]
    assert "voltage of FL1-H 500 against 400" in found.mean_calibrated.reason


def test_a_ladder_of_a_channel_that_is_not_there_is_refused():
    found = analysed(beads(VALUES, channel="FL9-H"))
    assert "no channel FL9-H" in found.ladders[0].slope.reason


def test_a_calibrated_mean_needs_a_control():
    found = analysed(beads(VALUES), tube("ev.fcs", markers=THREE))
    assert isinstance(found.markers[0].mean_calibrated, NotAssessed)
    assert found.markers[0].unit == "MESF"


def test_a_ladder_knows_its_linear_units():
    open_ = NotAssessed("not needed")
    ladder = Ladder(
        channel="F",
        unit="MESF",
        file="b",
        slope=open_,
        intercept=open_,
        auto=open_,
        factor=exact(3.0, method="t"),
    )
    assert ladder.units(np.array([2.0])).tolist() == [6.0]


def marker(name, mean, *, unit="MESF", sample="S"):
    value = (
        Estimate(value=mean, low=0.9 * mean, high=1.1 * mean, method="t") if isinstance(mean, float) else mean
    )
    return StainedMarker(
        sample=sample,
        file=f"{name}.fcs",
        marker=name,
        channel="F",
        control="c",
        threshold=1.0,
        positive_percent=NotAssessed("no"),
        median=1.0,
        mean_calibrated=value,
        unit=unit,
    )


def panel(**changed):
    means = {"CD73": 90.0, "CD90": 110.0, "CD105": 100.0, "CD14": 9.0, "CD34": 11.0, "CD45": 10.0} | changed
    return [marker(name, mean) for name, mean in means.items() if mean is not None]


def test_the_antigen_ratio_is_mean_over_mean_and_takes_cd45_where_cd11b_is_missing():
    found = antigen_patterns(panel())[0]
    assert found.ratio.value == pytest.approx(10.0)
    assert found.ratio.low < 10 < found.ratio.high
    assert [name for name, _ in found.absent] == ["CD14", "CD34", "CD45"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"CD105": None}, "CD105"),
        ({"CD45": None}, "CD11b"),
        ({"CD14": NotAssessed("dim")}, "CD14: dim"),
        ({"CD14": 0.0, "CD34": 0.0, "CD45": 0.0}, "not above their control"),
    ],
)
def test_the_ratio_says_what_it_lacks(changed, words):
    assert words in antigen_patterns(panel(**changed))[0].ratio.reason


def test_antigens_in_two_units_have_no_ratio():
    found = [*panel(CD34=None), marker("CD34", 11.0, unit="ERF")]
    assert "different units" in antigen_patterns(found)[0].ratio.reason


def test_a_marker_with_a_number_goes_before_one_without():
    found = antigen_patterns([marker("CD73", NotAssessed("no ladder")), *panel()])[0]
    assert isinstance(found.ratio, Estimate)


def test_tetraspanins_alone_make_no_pattern():
    assert antigen_patterns([marker("CD9", 5.0)]) == ()
