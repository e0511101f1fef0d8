"""Particles per ug protein: the ratio, its class and the implied protein share, calculated by hand."""

import math

import pytest
from tests.vesicles.build import failed, inputs, reference, run, sized

from vesicle.findings import ProteinFinding, ProteinSample, PurityFinding, SizeFinding
from vesicle.manifest import Manifest, Product
from vesicle.measurements import ProteinReading, ProteinTable
from vesicle.production.protein import assess_protein
from vesicle.production.purity import assess_purity, classify, implied_protein_share
from vesicle.results import Estimate, NotAssessed, exact
from vesicle.standards import load_limits, load_standard


def reading(sample="A", values=(9.0, 10.0, 11.0), row=2, **said):
    return ProteinReading(sample=sample, ug_per_ml=values, row=row, **said)


def table(*readings, assay="BCA", path="bca.csv"):
    return ProteinTable(file=reference(path), reader="protein-table", assay=assay, readings=readings)


def proteins(*tables) -> ProteinFinding:
    return assess_protein(inputs(*tables))


def purity(sizes: SizeFinding, *tables, buffer=None) -> PurityFinding:
    manifest = Manifest(product=Product(protein_in_buffer=buffer))
    return assess_purity(inputs(findings=(sizes, proteins(*tables)), manifest=manifest))


def three_runs(**said):
    return sized(*(run(f"A-1000r{i}", measured=m, **said) for i, m in enumerate((2.7e8, 3.0e8, 3.3e8))))


def row_of(*tables, sizes=None, **said):
    return purity(sizes or three_runs(), *tables, **said).rows[0]


def test_the_ratio_is_particles_over_ug_with_the_error_of_both_replicates():
    row = row_of(table(reading()))
    ratio = row.particles_per_ug
    assert ratio.value == pytest.approx(3e11 / 10)
    logs = [[math.log(v) for v in values] for values in ((2.7, 3.0, 3.3), (9.0, 10.0, 11.0))]
    variances = [sum((x - sum(side) / 3) ** 2 for x in side) / 2 / 3 for side in logs]
    dof = sum(variances) ** 2 / sum(v**2 / 2 for v in variances)
    assert dof == pytest.approx(4.0, abs=0.001)
    half = 2.7765 * math.sqrt(sum(variances))
    assert ratio.low == pytest.approx(3e10 * math.exp(-half), rel=1e-3)
    assert ratio.high == pytest.approx(3e10 * math.exp(half), rel=1e-3)


def test_a_ratio_whose_interval_spans_a_band_edge_has_no_class():
    assert row_of(table(reading())).purity_class == (
        "undetermined (spans between bands (low and high) to high purity)"
    )


def test_a_ratio_whose_interval_lies_in_one_band_has_its_class():
    assert row_of(table(reading(values=(1.8, 2.0, 2.2)))).purity_class == "high purity"
    assert row_of(table(reading(values=(45.0, 50.0, 55.0)))).purity_class == "low purity"
    assert row_of(table(reading(values=(900.0, 1000.0, 1100.0)))).purity_class == "impure"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1e9, 1.5e9, "impure"),
        (1.51e9, 1.99e9, "between bands (impure and low)"),
        (2e9, 2e10, "low purity"),
        (2.01e10, 2.99e10, "between bands (low and high)"),
        (3e10, 9e11, "high purity"),
        (1e9, 2e9, "undetermined (spans impure to low purity)"),
        (1.9e10, 2.1e10, "undetermined (spans low purity to between bands (low and high))"),
    ],
)
def test_bands_and_gaps_are_those_of_the_standard(low, high, expected):
    ratio = Estimate(value=(low + high) / 2, low=low, high=high, method="m")
    assert classify(ratio, load_limits({})["C10"]) == expected


def test_no_ratio_has_no_class():
    assert classify(NotAssessed("x"), load_limits({})["C10"]) == "not assessed"


def test_the_implied_share_repeats_the_worked_examples():
    for example in load_standard("purity")["physical_plausibility"]["worked"]:
        mass = exact(example["m_ug"], method="m")
        for ratio, share in ((3e10, example["f_at_3e10"]), (1.5e9, example["f_at_1_5e9"])):
            found = implied_protein_share(exact(ratio, method="m"), mass)
            assert found.value == pytest.approx(share, rel=0.02)
            assert found.low == found.high == found.value


def test_errors_of_the_share_are_added_on_the_log_scale():
    ratio = Estimate(value=1e10, low=0.8e10, high=1.25e10, method="m")
    mass = Estimate(value=5e-10, low=4e-10, high=6.25e-10, method="m")
    found = implied_protein_share(ratio, mass)
    half = math.hypot(math.log(1.25), math.log(1.25))
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.2, 0.2 * math.exp(-half), 0.2 * math.exp(half))
    )


def test_a_mass_that_was_cut_off_at_zero_widens_the_share_as_far_as_upwards():
    ratio = exact(1e10, method="m")
    mass = Estimate(value=5e-10, low=0.0, high=1e-9, method="m")
    assert implied_protein_share(ratio, mass).high == pytest.approx(0.4)


@pytest.mark.parametrize("missing", [0, 1])
def test_no_share_without_ratio_and_mass(missing):
    both = [exact(1e10, method="m"), exact(5e-10, method="m")]
    both[missing] = NotAssessed("gone")
    assert implied_protein_share(*both) == NotAssessed("gone")


def test_protein_below_the_detection_limit_gives_no_ratio():
    row = row_of(table(reading(values=(), is_below_lod=True)))
    assert "below the detection limit" in row.particles_per_ug.reason
    assert (row.purity_class, row.implied_protein_share) == ("not assessed", row.particles_per_ug)


@pytest.mark.parametrize(("buffer", "named"), [(True, "protein"), ("HSA", "'HSA'")])
def test_protein_in_the_buffer_makes_the_ratio_not_assessable(buffer, named):
    assert row_of(table(reading()), buffer=buffer).particles_per_ug.reason == (
        f"the buffer contains {named}: not assessable after formulation"
    )


def test_a_buffer_without_protein_is_no_obstacle():
    assert isinstance(row_of(table(reading()), buffer=False).particles_per_ug, Estimate)


def test_a_single_protein_value_is_said_to_be_taken_as_known():
    ratio = row_of(table(reading(values=(10.0,)))).particles_per_ug
    assert ratio.value == pytest.approx(3e10)
    assert "taken as known" in ratio.method


def test_a_single_run_brings_its_own_error():
    (row,) = purity(sized(run(measured=3e8)), table(reading(values=(10.0,)))).rows
    counted = sized(run(measured=3e8)).samples[0].concentration_per_ml
    assert row.particles_per_ug.high / 3e10 == pytest.approx(counted.value / counted.low, rel=1e-3)


def test_the_blank_is_taken_off_before_the_ratio():
    assay = table(reading(values=(11.0, 12.0, 13.0)), reading("Blank", (1.5, 2.5), is_blank=True))
    assert row_of(assay).particles_per_ug.value == pytest.approx(3e10)


def test_a_replicate_that_is_not_above_the_blank_gives_no_ratio_rather_than_a_higher_protein():
    """Leaving the negative replicate out would raise the protein and lower the ratio unseen."""
    assay = table(reading(values=(3.0, 0.5, 2.0)), reading("Blank", (1.0,), is_blank=True))
    assert "not above the blank" in row_of(assay).particles_per_ug.reason
    below = table(reading(values=(0.5,)), reading("Blank", (1.0,), is_blank=True))
    assert "not above the blank" in row_of(below).particles_per_ug.reason


@pytest.mark.parametrize("name", ["A-1000r1", "a 1000 R1", "A", "a", "A_1000_r1"])
def test_names_match_without_case_spaces_hyphens_and_underscores(name):
    row = row_of(table(reading(name), reading("B")))
    assert (isinstance(row.particles_per_ug, Estimate), row.note) == (True, "")


def test_a_single_pair_is_matched_whatever_its_names_and_the_note_says_so():
    row = row_of(table(reading("vial 7")))
    assert isinstance(row.particles_per_ug, Estimate)
    assert row.note == "'vial 7' in the protein table is taken as 'A': each side has one sample"


def test_two_protein_samples_of_other_names_are_not_guessed():
    row = row_of(table(reading("X"), reading("Y")))
    assert row.particles_per_ug.reason == "the protein table has no sample 'A' (it has 'X', 'Y')"


def test_two_tables_with_the_same_sample_are_not_chosen_between():
    row = row_of(table(reading()), table(reading(), assay="Bradford", path="b.csv"))
    assert "several protein tables" in row.particles_per_ug.reason


def test_no_table_says_what_to_add():
    assert "add one" in row_of().particles_per_ug.reason


def test_an_uncounted_sample_gives_no_ratio():
    assert "no run" in row_of(table(reading()), sizes=sized(failed())).particles_per_ug.reason
    zero = sized(run(measured=0.0))
    assert "counted no particle" in row_of(table(reading()), sizes=zero).particles_per_ug.reason


def test_evidence_names_the_runs_of_the_sample_and_the_row_of_the_assay():
    other = run("x/A-1000r0", sample="B", content="other")
    sizes = sized(*(run(f"A-1000r{i}", measured=1e8 + i) for i in range(2)), other)
    row = next(row for row in purity(sizes, table(reading(row=7))).rows if row.sample == "A")
    assert [(e.file, e.row) for e in row.evidence] == [
        ("A-1000r0.txt", None),
        ("A-1000r1.txt", None),
        ("bca.csv", 7),
    ]


def test_without_sizes_or_proteins_there_is_no_row():
    assert assess_purity(inputs()).rows == ()
    assert assess_purity(inputs(findings=(three_runs(),))).rows == ()


def test_a_protein_mean_is_net_of_the_blank_and_carries_its_error():
    assay = table(reading(values=(11.0, 12.0, 13.0)), reading("w", (1.0, 3.0), is_blank=True))
    (sample,) = proteins(assay).samples
    assert sample.ug_per_ml.value == pytest.approx(10.0)
    variances = (1 / 3, 1.0)
    assert "blank of 2 ug/mL" in sample.ug_per_ml.method
    assert sample.ug_per_ml.high - 10 > 2 * math.sqrt(sum(variances))
    assert sample.replicates == pytest.approx((9.0, 10.0, 11.0))


def test_a_protein_value_without_replicates_has_no_interval_and_says_so():
    (sample,) = proteins(table(reading(values=(5.0,)))).samples
    assert (sample.ug_per_ml.low, sample.ug_per_ml.n) == (5.0, 1)
    assert "no interval" in sample.ug_per_ml.method


def test_a_row_without_values_is_not_assessed():
    (sample,) = proteins(table(reading(values=()))).samples
    assert "no value" in sample.ug_per_ml.reason
    assert isinstance(sample, ProteinSample)


def test_assays_are_named_once_each():
    found = proteins(table(reading()), table(reading("B")), table(reading("C"), assay="Qubit"))
    assert found.assay == "BCA, Qubit"
