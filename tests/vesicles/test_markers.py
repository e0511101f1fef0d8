"""Markers of vesicles from blots: presence, lysates, loads and ratios, computed by hand."""

import pytest
from tests.checks.build import inputs
from tests.readers.tables import raw

from vesicle.readers.marker_table import READER
from vesicle.results import Estimate, NotAssessed
from vesicle.vesicles.markers import assess_markers, sample_key

HEAD = "Marker,Sample,Lane,Intensity,Load (ug)\n"


def found(*rows, head=HEAD):
    table = READER.read(raw(head + "\n".join(rows) + "\n"))
    return assess_markers(inputs(measurements=(table,)))


def states(finding):
    return {row.marker: row.state for row in finding.rows}


def test_present_is_above_the_mean_of_the_blanks_and_two_of_their_deviations():
    """Blanks 10, 12, 14: mean 12, deviation 2, so 16 is the limit."""
    blanks = [f"CD63,blank,{n},{n},10" for n in (10, 12, 14)]
    assert states(found("CD63,EV,1,16.1,10", *blanks)) == {"CD63": "present"}
    assert states(found("CD63,EV,1,15.9,10", *blanks)) == {"CD63": "below LOD"}
    assert found("CD63,EV,1,16.1,10", *blanks).rows[0].intensity.value == pytest.approx(4.1)


def test_an_isotype_control_of_the_same_sample_is_the_background_of_beads():
    finding = found("CD9,EV,1,50,", "CD63,EV,2,11,", "mIgG1 isotype,EV,3,10,", "REA control,EV,4,12,")
    assert states(finding) == {"CD9": "present", "CD63": "below LOD"}


def test_presence_by_a_number_alone_is_not_supported():
    assert not found("CD63,EV,1,16,10").rows[0].is_supported
    assert found("CD63,EV,1,16,10", "CANX,EV,1,not detected,10").rows[0].is_supported
    assert found("CD63,EV,1,+,10").rows[0].is_supported


def test_lanes_that_disagree_evenly_are_unclear_and_a_majority_counts():
    assert states(found("CD63,EV,1,+,10", "CD63,EV,2,-,10"))["CD63"] == "unclear"
    row = found("CD63,EV,1,+,10", "CD63,EV,2,+,10", "CD63,EV,3,-,10").rows[0]
    assert (row.state, row.note) == ("present", "2 of 3 readings present")


def test_symbols_join_names_and_loading_controls_are_not_counted():
    rows = found("ALIX,EV,1,5,10", "PDCD6IP,EV,2,6,10", "b-actin,EV,1,9,10", "Foo,EV,1,3,10").rows
    assert [(row.marker, row.category, row.counts) for row in rows] == [
        ("PDCD6IP", 2, True),
        ("ACTB", 2, False),
        ("Foo", None, False),
    ]


def test_the_ratio_is_per_ug_of_protein_and_net_of_the_blank():
    """(110 - 10) / 20 ug over (260 - 10) / 5 ug is 5 over 50."""
    finding = found("CANX,EV,1,110,20", "CANX,lysate,2,260,5", "CANX,blank,3,10,")
    row = finding.depletion[0]
    assert row.ratio.value == pytest.approx(0.1)
    assert (row.is_load_known, row.load) == (True, "20 and 5 ug")


def test_replicates_give_the_ratio_an_interval():
    rows = [f"CANX,EV,{n},{n},10" for n in (90, 100, 110)] + [
        f"CANX,lysate,{n},{n},10" for n in (900, 1000, 1100)
    ]
    ratio = found(*rows).depletion[0].ratio
    assert ratio.value == pytest.approx(0.1)
    assert ratio.low < 0.1 < ratio.high


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("CANX,EV,1,not detected,10",), "absence alone is no evidence"),
        (("CANX,EV,1,5,10", "CANX,lysate,2,not detected,10"), "lysate is not positive"),
        (("CANX,EV,1,+,10", "CANX,lysate,2,+,10"), "no intensities"),
        (("CANX,EV,1,-,5", "CANX,EV,2,+,5", "CANX,lysate,2,+,10"), "do not agree"),
        (("CANX,EV,1,not detected,5", "CANX,lysate,2,90,10"), "5 ug, but 10 ug"),
        (("CANX,A EV,1,5,10", "CANX,B lysate,2,9,10", "CANX,C lysate,2,9,10"), "none is named like 'A'"),
    ],
)
def test_without_a_comparison_there_is_a_reason_in_its_place(rows, reason):
    ratio = found(*rows).depletion[0].ratio
    assert isinstance(ratio, NotAssessed)
    assert reason in ratio.reason


def test_a_stated_limit_gives_an_upper_bound_and_none_gives_a_word():
    bound = found("CANX,EV,1,<20,10", "CANX,lysate,2,500,10").depletion[0].ratio
    assert isinstance(bound, Estimate)
    assert (bound.low, bound.high) == (0.0, pytest.approx(0.04))
    row = found("CANX,EV,1,not detected,10", "CANX,lysate,2,500,10").depletion[0]
    assert row.is_depleted_by_word


def test_each_sample_finds_its_own_lysate():
    rows = ("CANX,A EV,1,5,10", "CANX,A lysate,2,10,10", "CANX,B EV,1,5,10", "CANX,B lysate,2,50,10")
    assert [row.ratio.value for row in found(*rows).depletion] == pytest.approx([0.5, 0.1])


def test_medium_is_no_vesicle_even_where_no_lane_is_named_so():
    finding = found("CD9,LOT-7,1,5,10", "CD9,LOT-7 medium,1,9,10")
    assert [row.sample for row in finding.rows] == ["LOT-7"]
    assert found("CD9,LOT-7 EV,1,5,10", "CD9,LOT-8,1,9,10").samples == ("LOT-7",)


@pytest.mark.parametrize(
    ("name", "key"),
    [("LOT-7 EV", "LOT-7"), ("LOT-7_sEV", "LOT-7"), ("LOT-7-EV", "LOT-7"), ("sEV", "EVs"), ("A EV 2", "A")],
)
def test_words_for_the_material_are_no_part_of_the_sample(name, key):
    assert sample_key(name) == key
