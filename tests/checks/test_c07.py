"""C07: adherence, lineages and viability as declared."""

import pytest

from vesicle.analysis import Inputs
from vesicle.checks.c07_culture import judge
from vesicle.manifest import Cells, Donor, Manifest
from vesicle.results import Verdict
from vesicle.standards import load_limits

ALL = ("osteoblast", "adipocyte", "chondroblast")


def verdicts(*, species=None, **cells):
    inputs = Inputs(
        manifest=Manifest(cells=Cells(**cells), donor=Donor(species=species)), limits=load_limits()
    )
    found = judge(inputs)
    return found.verdict, {part.subject.split()[0]: part.verdict for part in found.parts}


def test_all_declared_and_good_passes():
    assert verdicts(plastic_adherent=True, trilineage=ALL, viability_percent=90.0)[0] is Verdict.PASS


def test_nothing_declared_is_not_assessed():
    assert verdicts()[0] is Verdict.NOT_ASSESSED


@pytest.mark.parametrize(
    ("percent", "verdict"),
    [(90.0, Verdict.PASS), (89.9, Verdict.WARN), (70.0, Verdict.WARN), (69.9, Verdict.FAIL)],
)
def test_viability_has_a_band_between_pass_and_fail(percent, verdict):
    assert verdicts(viability_percent=percent)[1]["viability"] is verdict


def test_a_lineage_that_is_not_declared_fails():
    assert verdicts(trilineage=ALL[:2])[1]["tri-lineage"] is Verdict.FAIL


def test_cells_that_do_not_adhere_fail():
    assert verdicts(plastic_adherent=False)[1]["plastic"] is Verdict.FAIL


def test_the_criteria_for_human_cells_do_not_apply_to_a_mouse_but_viability_does():
    overall, parts = verdicts(species="mouse", plastic_adherent=True, viability_percent=50.0)
    assert parts["plastic"] is parts["tri-lineage"] is Verdict.NOT_APPLICABLE
    assert overall is Verdict.FAIL
