"""Which antigen is in which channel, and which control it is compared with."""

from dataclasses import replace

import pytest
from tests.source.tubes import flow_file

from vesicle.results import FileRef, Warned
from vesicle.simulate.panel import StainPlan, TubePlan, simulate_tube
from vesicle.source.controls import Control, control_for
from vesicle.source.stains import stains_of


def tube(name, labels=None, *, voltage=450.0, **said):
    stains = {channel: StainPlan(label=label) for channel, label in (labels or {}).items()}
    made = simulate_tube(TubePlan(name=name, stains=stains, cells=50, voltage=voltage), seed=1)
    return flow_file(made, **said)


def found(file):
    return [(stain.antigens, stain.channel) for stain in stains_of(file)]


def test_labels_name_the_antigens_of_the_channels():
    file = tube("tube 1", {"FITC-A": "CD90 : FITC - Area", "APC-A": "CD73"})
    assert found(file) == [(("CD90",), "FITC-A"), (("CD73",), "APC-A")]


def test_the_manifest_wins_over_labels():
    file = tube("tube 1", {"PE-A": "CD90"}, markers={"PE-A": "CD105"})
    assert found(file) == [(("CD105",), "PE-A")]


def test_a_channel_of_the_manifest_that_the_file_has_not_is_a_problem():
    (stain,) = stains_of(tube("tube 1", markers={"BV421-A": "CD105"}))
    assert stain.problem.code == "channel_unknown"


@pytest.mark.parametrize("name", ["CD73 PE", "PE_CD73", "CD73-PE rep"])
def test_a_file_name_with_a_dye_names_antigen_and_channel(name):
    assert found(tube(name)) == [(("CD73",), "PE-A")]


def test_a_file_name_may_pair_several_antigens_with_their_dyes():
    assert found(tube("CD90 FITC CD73 APC")) == [(("CD90",), "FITC-A"), (("CD73",), "APC-A")]


def test_a_file_name_without_a_dye_leaves_the_channel_open():
    (stain,) = stains_of(tube("CD73"))
    assert (stain.place, stain.problem.code) == (None, "channel_unknown")


def test_antigens_and_dyes_of_a_name_that_do_not_pair_leave_the_channels_open():
    assert [s.problem.code for s in stains_of(tube("CD73 CD90 CD105 FITC APC"))] == ["channel_unknown"] * 3


def test_the_name_chooses_among_the_labels_of_a_template_for_all_tubes():
    file = tube("CD73", {"FITC-A": "CD90", "APC-A": "CD73"})
    assert found(file) == [(("CD73",), "APC-A")]


def test_a_name_that_contradicts_the_labels_is_a_doubt():
    (stain,) = stains_of(tube("CD73", {"FITC-A": "CD90"}))
    assert [doubt.code for doubt in stain.doubts] == ["marker_disagrees"]


def test_a_cocktail_by_the_name_of_the_file_or_by_its_members():
    (named,) = stains_of(tube("negative cocktail PE"))
    (listed,) = stains_of(tube("t", {"PE-A": "CD45 CD34 CD14"}))
    assert named.is_cocktail
    assert named.antigens == ()
    assert listed.is_cocktail
    assert listed.antigens == ("CD45", "CD34", "CD14")


def test_a_positive_antigen_in_a_mixture_is_a_problem():
    (stain,) = stains_of(tube("t", {"PE-A": "CD73 CD45"}))
    assert stain.problem.code == "several_markers"


def test_of_area_height_and_width_the_area_is_used():
    file = tube("t", {"PE-A": "CD73"})
    dataset = file.datasets[0]
    channels = list(dataset.channels)
    place = dataset.place("APC-A")
    channels[place] = replace(channels[place], name="PE-H", label="CD73")
    file = replace(file, datasets=(replace(dataset, channels=tuple(channels)),))
    assert found(file) == [(("CD73",), "PE-A")]


def chosen(stained, *controls):
    (stain,) = stains_of(stained)
    control = control_for(stain, (stained, *controls))
    return (control.file.stem, control.kind) if isinstance(control, Control) else control.code


SAMPLE = tube("CD73 PE")


def test_an_fmo_comes_before_an_isotype_and_that_before_an_unstained_tube():
    fmo, isotype, unstained = tube("FMO CD73"), tube("isotype PE"), tube("unstained")
    assert chosen(SAMPLE, unstained, isotype, fmo) == ("FMO CD73", "FMO")
    assert chosen(SAMPLE, unstained, isotype) == ("isotype PE", "isotype")
    assert chosen(SAMPLE, unstained) == ("unstained", "unstained")


def test_the_fmo_of_another_antigen_holds_this_one_and_is_no_control():
    assert chosen(SAMPLE, tube("FMO CD90")) == "no_control"


def test_the_isotype_of_the_same_dye_is_taken():
    assert chosen(SAMPLE, tube("isotype FITC"), tube("isotype PE")) == ("isotype PE", "isotype")
    assert chosen(SAMPLE, tube("iso CD90 PE"), tube("isotype")) == ("isotype", "isotype")


def test_the_role_makes_a_control_of_any_name():
    assert chosen(SAMPLE, tube("tube 7", role="isotype")) == ("tube 7", "isotype")


def test_a_control_at_another_voltage_is_refused_and_the_next_best_is_taken():
    wrong = tube("isotype PE", voltage=500.0)
    assert chosen(SAMPLE, wrong) == "control_settings_differ"
    assert chosen(SAMPLE, wrong, tube("unstained")) == ("unstained", "unstained")


def test_the_manifest_names_the_control_and_nothing_else_is_taken_in_its_place():
    sample = tube("CD73 PE", control="tube 9.fcs")
    assert chosen(sample, tube("tube 9"), tube("isotype PE")) == ("tube 9", "named in vesicle.toml")
    assert chosen(sample, tube("isotype PE")) == "control_not_found"
    assert chosen(sample, tube("tube 9", voltage=500.0)) == "control_settings_differ"


def test_a_named_control_without_the_channel_is_refused():
    other = tube("tube 9")
    dataset = other.datasets[0]
    channels = tuple(replace(c, name=f"x{i}", label="") for i, c in enumerate(dataset.channels))
    other = replace(other, datasets=(replace(dataset, channels=channels),))
    assert chosen(tube("CD73 PE", control="tube 9"), other) == "control_without_channel"


def test_of_equal_controls_the_first_is_taken_and_the_others_are_named():
    (stain,) = stains_of(SAMPLE)
    control = control_for(stain, (tube("isotype b"), tube("isotype a")))
    assert control.file.stem == "isotype a"
    assert [note.code for note in control.notes] == ["several_controls"]


def test_the_control_in_the_same_folder_comes_first():
    inside = replace(tube("isotype z"), file=FileRef(path="P4/isotype z.fcs", sha256="0", size_bytes=1))
    sample = replace(SAMPLE, file=FileRef(path="P4/CD73 PE.fcs", sha256="0", size_bytes=1))
    assert chosen(sample, tube("isotype a"), inside) == ("isotype z", "isotype")


def test_without_any_control_the_reason_says_so():
    (stain,) = stains_of(SAMPLE)
    found = control_for(stain, (SAMPLE,))
    assert isinstance(found, Warned)
    assert "no FMO, isotype or unstained tube" in found.message
