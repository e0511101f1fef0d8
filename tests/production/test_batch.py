"""Quantities per denominator, the user's limits, what was declared, and integrity."""

import datetime as dt

import pytest
from tests.production.test_purity import reading, table
from tests.vesicles.build import compared, inputs, run, sized

from vesicle.manifest import (
    Batch,
    Cells,
    Culture,
    IsolationStep,
    Manifest,
    Preconditioning,
    Product,
    SpecificationLimit,
    Storage,
)
from vesicle.measurements import FileFact, FolderRecord
from vesicle.production.declared import describe_production
from vesicle.production.integrity import assess_integrity
from vesicle.production.protein import assess_protein
from vesicle.production.purity import assess_purity
from vesicle.production.quantity import assess_quantity
from vesicle.production.specification import judge_limit, judge_specification
from vesicle.results import Estimate, NotAssessed, Verdict
from vesicle.standards import load_standard

FULL = Manifest(
    product=Product(final_volume_ml=2.0),
    culture=Culture(medium_volume_ml=400.0),
    cells=Cells(count_at_collection=5e7),
)


def runs():
    return [run(f"A-1000r{i}", measured=m) for i, m in enumerate((0.9e8, 1.0e8, 1.1e8))]


def quantities(manifest=FULL, *assays):
    proteins = assess_protein(inputs(*(assays or (table(reading()),))))
    return assess_quantity(inputs(findings=(sized(*runs()), proteins), manifest=manifest)).rows


def test_particles_and_protein_per_vial_medium_and_million_cells():
    particles, protein = quantities()
    found = [
        q.value
        for q in (particles.per_ml, particles.total, particles.per_ml_medium, particles.per_million_cells)
    ]
    assert found == pytest.approx([1e11, 2e11, 5e8, 4e9])
    found = [
        q.value for q in (protein.per_ml, protein.total, protein.per_ml_medium, protein.per_million_cells)
    ]
    assert found == pytest.approx([10.0, 20.0, 0.05, 0.4])
    assert (particles.unit, protein.unit) == ("particles", "ug")
    assert "product.final_volume_ml = 2" in particles.total.method


def test_intervals_are_scaled_with_the_denominators():
    particles, _ = quantities()
    assert particles.total.low == pytest.approx(2 * particles.per_ml.low)
    assert particles.per_ml_medium.high == pytest.approx(particles.per_ml.high / 200)


def test_a_missing_denominator_is_named():
    particles, _ = quantities(Manifest())
    assert particles.total.reason == "product.final_volume_ml is not stated in vesicle.toml"
    assert particles.per_ml_medium == particles.total
    volume_only = quantities(Manifest(product=Product(final_volume_ml=2.0)))[0]
    assert "culture.medium_volume_ml" in volume_only.per_ml_medium.reason
    assert "cells.count_at_collection" in volume_only.per_million_cells.reason


def test_an_absent_protein_leaves_its_reason_in_every_column():
    _, protein = quantities(FULL, table(reading("X"), reading("Y")))
    assert protein.per_ml == protein.total == protein.per_million_cells
    assert (protein.evidence, isinstance(protein.per_ml, NotAssessed)) == ((), True)


def test_evidence_of_a_quantity_is_its_own_samples_runs():
    other = run("x/A-1000r0", sample="B", content="other")
    proteins = assess_protein(inputs())
    rows = assess_quantity(inputs(findings=(sized(*runs(), other), proteins))).rows
    mine = next(row for row in rows if row.sample == "A")
    assert [e.file for e in mine.evidence] == ["A-1000r0.txt", "A-1000r1.txt", "A-1000r2.txt"]


def test_without_sizes_there_are_no_quantities():
    assert assess_quantity(inputs()).rows == ()


@pytest.mark.parametrize(
    ("interval", "limits", "verdict"),
    [
        ((8, 9), (None, 10), Verdict.PASS),
        ((8, 11), (None, 10), Verdict.WARN),
        ((11, 12), (None, 10), Verdict.FAIL),
        ((8, 9), (8, 9), Verdict.PASS),
        ((7, 9), (8, None), Verdict.WARN),
        ((6, 7), (8, None), Verdict.FAIL),
        ((1, 99), (5, 10), Verdict.WARN),
    ],
)
def test_only_an_interval_inside_the_limits_passes(interval, limits, verdict):
    low, high = interval
    found = Estimate(value=(low + high) / 2, low=low, high=high, method="m")
    assert judge_limit(found, minimum=limits[0], maximum=limits[1])[0] is verdict


def test_what_is_not_assessed_meets_no_limit():
    assert judge_limit(NotAssessed("why"), minimum=1, maximum=2) == (Verdict.NOT_ASSESSED, "why")


def specified(*names, measurements=None, **limit):
    manifest = Manifest(
        product=Product(final_volume_ml=2.0),
        specification={name: SpecificationLimit(**limit) for name in names},
    )
    files = runs() if measurements is None else measurements
    sizes, proteins = sized(*files), assess_protein(inputs(table(reading())))
    first = (sizes, proteins, compared(*files))
    purity = assess_purity(inputs(findings=first, manifest=manifest))
    quantity = assess_quantity(inputs(findings=first, manifest=manifest))
    return judge_specification(inputs(findings=(*first, purity, quantity), manifest=manifest)).rows


def test_every_attribute_of_the_standard_finds_its_number():
    names = tuple(load_standard("specification")["attributes"])
    rows = {row.attribute: row.found for row in specified(*names, min=0.0)}
    assert set(rows) == set(names)
    values = {name: q.value for name, q in rows.items() if isinstance(q, Estimate)}
    assert values["concentration_per_ml"] == pytest.approx(1e11)
    assert values["total_particles"] == pytest.approx(2e11)
    assert values["protein_ug_per_ml"] == pytest.approx(10.0)
    assert values["particles_per_ug"] == pytest.approx(1e10)
    assert values["replicate_cv_percent"] == pytest.approx(10.0)
    assert values["share_below_200_nm"] == pytest.approx(0.996, abs=0.005)
    assert isinstance(rows["blank_percent"], NotAssessed)


def test_limits_without_a_counted_sample_are_not_assessed():
    (row,) = specified("d50_nm", measurements=[], max=200)
    assert (row.sample, row.verdict) == ("", Verdict.NOT_ASSESSED)
    (row,) = judge_specification(
        inputs(manifest=Manifest(specification={"d50_nm": SpecificationLimit(max=9)}))
    ).rows
    assert "no counted sample" in row.reason


def test_a_limit_on_what_nothing_gives_is_not_assessed():
    (row,) = specified("particles_per_ug", min=1.0)
    assert row.verdict is Verdict.PASS
    manifest = Manifest(specification={"particles_per_ug": SpecificationLimit(min=1.0)})
    (row,) = judge_specification(inputs(findings=(sized(*runs()),), manifest=manifest)).rows
    assert "nothing in the folder" in row.reason


def test_a_limit_on_a_share_needs_a_distribution():
    (row,) = specified("share_below_200_nm", measurements=[run(histogram=None)], min=0.5)
    assert row.verdict is Verdict.NOT_ASSESSED


def test_declared_facts_keep_their_digits_and_their_terms():
    manifest = Manifest(
        batch=Batch(id="B1", production_date=dt.date(2026, 1, 5)),
        cells=Cells(
            tissue="umbilical cord",
            count_at_collection=12345678.0,
            plastic_adherent=True,
            trilineage=("osteoblast", "adipocyte"),
        ),
        culture=Culture(preconditioning=Preconditioning(agent="IFN-g", hours=24.0)),
        storage=Storage(temperature_c=-80.0),
        isolation=(
            IsolationStep(method="ultracentrifugation", settings="100,000 g"),
            IsolationStep(method="SEC"),
        ),
    )
    finding = describe_production(inputs(manifest=manifest))
    declared = {key: text for key, text, _ in finding.declared}
    assert declared["cells.count_at_collection"] == "12345678"
    assert declared["cells.trilineage"] == "osteoblast, adipocyte"
    assert declared["cells.plastic_adherent"] == "yes"
    assert declared["culture.preconditioning.hours"] == "24"
    assert declared["batch.production_date"] == "2026-01-05"
    assert declared["storage.temperature_c"] == "-80"
    assert finding.steps == (("ultracentrifugation", "100,000 g"), ("SEC", "settings not stated"))
    assert "donor.species" in finding.absent
    assert "isolation" not in finding.absent
    terms = {key: term for key, _, term in finding.declared}
    assert "UBERON" in terms["cells.tissue"] or "CL:" in terms["cells.tissue"]
    assert terms["batch.id"] == ""


def test_an_empty_manifest_declares_nothing_and_lists_all_that_is_absent():
    finding = describe_production(inputs())
    assert finding.declared == ()
    assert {"isolation", "donor.species", "culture.preconditioning"} <= set(finding.absent)


def fact(path, sha="1", sample="", **said):
    return FileFact(path=path, sha256=sha, sample=sample, **said)


def integrity(*facts, produced=None):
    manifest = Manifest(batch=Batch(production_date=produced))
    return assess_integrity(inputs(FolderRecord(files=facts), manifest=manifest))


def test_one_content_under_two_samples_is_a_contradiction():
    found = integrity(fact("a", sample="A"), fact("b", sample="B"), fact("c", sha="2"))
    assert [[f.path for f in group] for group in found.duplicates] == [["a", "b"]]
    assert found.copies == ()


def test_a_copy_that_the_manifest_assigns_to_one_sample_is_no_contradiction():
    found = integrity(fact("a", sample="A", is_assigned=True), fact("b", sample="A", is_assigned=True))
    assert (found.duplicates, len(found.copies)) == ((), 1)
    guessed = integrity(fact("a", sample="A", is_assigned=True), fact("b", sample="A"))
    assert len(guessed.duplicates) == 1


def test_a_measurement_before_the_production_is_a_contradiction():
    produced = dt.date(2026, 2, 3)
    found = integrity(
        fact("before", sha="1", acquired="2026-02-02T23:59:00"),
        fact("same day", sha="2", acquired="2026-02-03T08:00:00"),
        fact("unknown", sha="3"),
        fact("odd", sha="4", acquired="yesterday"),
        produced=produced,
    )
    assert [f.path for f in found.before_production] == ["before"]
    assert found.production_date == "2026-02-03"
    assert integrity(fact("a", acquired="1999-01-01")).before_production == ()


def test_changed_files_and_software_are_listed():
    found = integrity(
        fact("a", sha="1", is_unchanged=False, software="8.06"), fact("b", sha="2", software="8.06")
    )
    assert (found.changed, found.software) == (("a",), ("8.06",))


def test_a_term_without_an_identifier_is_left_without_one():
    manifest = Manifest(product=Product(buffer="PBS"), storage=Storage(container="low-bind tube"))
    assert {key: text for key, text, _ in describe_production(inputs(manifest=manifest)).declared} == {
        "product.buffer": "PBS",
        "storage.container": "low-bind tube",
    }
