"""Bar: every verdict and every reason of sixty generated panels is the one written down by hand."""

from dataclasses import replace

import pytest
from tests.source.panels import CASES
from tests.source.tubes import with_identity

from vesicle.checks.c05_positive_markers import judge as judge_positive
from vesicle.checks.c06_negative_markers import judge as judge_negative
from vesicle.cli.cells_document import cells_document

EVERY = 5
"""The fast suite takes every fifth panel, the slow one all."""


def document_of(case, *, seed):
    inputs = with_identity(*case.files(seed), manifest=case.manifest())
    checks = {"C05": judge_positive(inputs), "C06": judge_negative(inputs)}
    return cells_document(replace(inputs, checks=checks))


def test_there_are_sixty_panels():
    assert len(CASES) == len({case.name for case in CASES}) == 60


@pytest.mark.parametrize(
    ("seed", "case"),
    [
        pytest.param(seed, case, id=case.name, marks=() if seed % EVERY == 0 else pytest.mark.slow)
        for seed, case in enumerate(CASES)
    ],
)
def test_a_panel_gets_the_verdicts_and_reasons_that_were_written_down(seed, case):
    document = document_of(case, seed=seed)
    found = {row["marker"]: (row["verdict"], row["reason"]) for row in document["markers"]}
    assert {name: what for name, what in found.items() if what != ("pass", "")} == case.markers
    assert document["missing"] == list(case.missing)
    assert document["verdict"] == case.panel
