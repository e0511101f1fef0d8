"""What names say about group, role and dilution, on labels of real instruments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.readers.labels import named_dilution, role_of, sample_of
from vesicle.standards import terms

REAL = (
    "EV_ip_p1_F8-1000",
    "EV_ip_p1_F7-1000r1",
    "EV_ip_p1_F7-5000",
    "EV_IP_P2.1_F4-1000",
    "EV_IP_P2.1_F4-1000R",
    "PC3_100kDa_F5",
    "PC3_100kDa_F1_2",
    "PC3_100kDa_F3T6",
    "Sample1_35nm_1-5pool",
    "GD14_pexo_1000_",
    "Pexo_14_1500_",
    "NA_GD14_plac_ exo",
    "PBS_LPS_",
    "AD_12h_A_LS",
    "std_combined",
    "std_CTB_pilot_48hr",
)


@pytest.mark.parametrize("label", REAL)
def test_no_label_of_a_real_sample_becomes_a_blank_or_a_standard(label):
    assert role_of(label) == "sample"


@pytest.mark.parametrize(
    "label",
    [
        "PBS",
        "pbs_2",
        "PBS blank",
        "Blank",
        "water 1",
        "dPBS filtered",
        "HPLC water",
        "MilliQ",
        "diluent-3",
        "blank_EV",
    ],
)
def test_labels_of_buffer_alone_are_blanks(label):
    assert role_of(label) == "buffer blank"


@pytest.mark.parametrize(
    "label",
    ["PBS_LPS", "EV in PBS", "PBS treated 4", "control", "Waterloo", "Blankenship", "buffered EV", "F5", ""],
)
def test_labels_with_any_other_word_are_samples(label):
    assert role_of(label) == "sample"


@pytest.mark.parametrize(
    "label", ["100nmbeads", "100nmbeads_1", "100 nm beads", "PS100nmBead", "latex 200", "bead_std"]
)
def test_beads_are_size_standards(label):
    assert role_of(label) == "size standard"


@given(st.text(max_size=40))
def test_every_role_is_a_term_of_the_vocabulary(label):
    assert role_of(label) in terms("file_role")


@pytest.mark.parametrize(
    ("label", "dilution", "sample"),
    [
        ("EV_ip_p1_F7-1000r1", 1000.0, "EV_ip_p1_F7"),
        ("EV_ip_p1_F7-5000", 5000.0, "EV_ip_p1_F7"),
        ("EV_IP_P2.1_F4-1000", 1000.0, "EV_IP_P2.1_F4"),
        ("EV_IP_P2.1_F4-1000R", 1000.0, "EV_IP_P2.1_F4"),
        ("PC3_100kDa_F5", 500.0, "PC3_100kDa_F5"),
        ("PC3_100kDa_F1_2", 500.0, "PC3_100kDa_F1_2"),
        ("GD14_pexo_1000_", None, "GD14_pexo_1000"),
        ("GD14_pexo_1000_", 1000.0, "GD14_pexo"),
        ("Sample1_35nm_1-5pool", 5000.0, "Sample1_35nm_1-5pool"),
        ("EV_F7-1000", 5000.0, "EV_F7-1000"),
        ("EV rep 2", 10.0, "EV"),
        ("EV_F7-1000_run3", 1000.0, "EV_F7"),
        ("EV 2500x", 2500.0, "EV"),
        ("1000", 1000.0, "1000"),
        ("-_", None, "-_"),
    ],
)
def test_a_dilution_leaves_the_label_only_when_the_file_states_it(label, dilution, sample):
    assert sample_of(label, dilution=dilution) == sample


def test_replicates_and_dilutions_of_one_fraction_are_one_sample():
    labels = (("EV_ip_p1_F7-1000r1", 1000.0), ("EV_ip_p1_F7-5000", 5000.0), ("EV_ip_p1_F7_r2", 1000.0))
    assert {sample_of(label, dilution=dilution) for label, dilution in labels} == {"EV_ip_p1_F7"}


@pytest.mark.parametrize(
    ("label", "dilution"),
    [
        ("EV_ip_p1_F7-1000r1", 1000.0),
        ("EV_IP_P2.1_F4-1000R", 1000.0),
        ("GD14_pexo_1000_", 1000.0),
        ("Pexo_14_1500_", 1500.0),
        ("EV 2500x", 2500.0),
        ("EV_12500", 12500.0),
        ("PC3_100kDa_F5", None),
        ("PC3_100kDa_F1_2", None),
        ("Sample1_35nm_1-5pool", None),
        ("EV_20250219", None),
        ("EV_250219", None),
        ("EV_2025", None),
        ("EV_20300110", None),
        ("Donor 4711", None),
        ("", None),
    ],
)
def test_a_round_number_at_the_end_is_a_dilution_and_a_date_is_not(label, dilution):
    assert named_dilution(label) == dilution


@given(st.text(max_size=60), st.one_of(st.none(), st.floats(1, 1e7)))
def test_any_label_gives_a_sample_that_is_part_of_it(label, dilution):
    assert sample_of(label, dilution=dilution) in label
