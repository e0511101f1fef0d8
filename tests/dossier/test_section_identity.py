"""The section on cell identity: what it says, draws and leaves to the manifest."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from tests.source.panels import CASES
from tests.source.tubes import inputs_of, with_identity

from vesicle.checks.c05_positive_markers import judge as judge_positive
from vesicle.dossier.blocks import Axis, Figure, Line, Table, Text
from vesicle.dossier.figures import draw_block, figure_rows
from vesicle.dossier.missing import unstained
from vesicle.dossier.sections.identity import SECTION
from vesicle.findings import IdentityFinding, ProductionFinding
from vesicle.manifest import Cells, Donor, Manifest
from vesicle.production.declared import describe_production
from vesicle.source.histograms import histogram_of


def composed(name, *, manifest=None):
    case = next(case for case in CASES if case.name == name)
    inputs = with_identity(*case.files(7), manifest=manifest)
    declared = {ProductionFinding: describe_production(inputs)}
    return SECTION.compose(replace(inputs, findings={**inputs.findings, **declared}))


def blocks(found, kind):
    return {block.id: block for block in found if isinstance(block, kind)}


@pytest.fixture(scope="module")
def kit():
    manifest = Manifest(donor=Donor(species="Homo sapiens"), cells=Cells(tissue="adipose tissue", passage=2))
    return composed("kit", manifest=manifest)


def test_every_antigen_has_its_percentages_events_verdict_and_reason(kit):
    table = blocks(kit, Table)["identity-markers"]
    assert [row[0] for row in table.rows] == ["CD73", "CD90", "CD105", "negative cocktail"]
    assert all(len(row) == len(table.columns) == 8 for row in table.rows)


def test_gates_donor_limits_and_tissue_have_their_tables(kit):
    tables = blocks(kit, Table)
    assert [row[0] for row in tables["identity-gates"].rows] == ["MSC P4 kit.fcs", "MSC P4 kit isotypes.fcs"]
    assert ("cells.tissue", "adipose tissue", "adipose tissue [UBERON:0001013]") in tables[
        "identity-declared"
    ].rows
    assert {row[3] for row in tables["identity-limits"].rows} == {"seen", "house"}
    assert all(row[2] for row in tables["identity-tissue"].rows), "each row says its status"


def test_each_panel_draws_the_tube_its_control_and_the_threshold(kit):
    figure = blocks(kit, Figure)["identity-histograms"]
    drawn = ET.fromstring(draw_block(figure, name="x"))
    titles = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert "CD73, APC-A: stained tube" in titles
    assert "CD73, APC-A: its control" in titles
    assert "CD73, APC-A: threshold" in titles
    assert {row[2] for row in figure_rows(figure) if row[0] == "class"} >= {"CD73, APC-A"}


def test_a_panel_without_a_visible_threshold_or_events_is_drawn():
    lines = tuple(
        Line(label="its control", x=np.array([1.0, 10.0]), y=np.array([0.0]), is_step=True, panel=f"p{i}")
        for i in range(4)
    )
    axis = Axis(title="Signal", is_log=True)
    figure = Figure(
        id="a", title="t", caption="c", summary="", x=axis, y=axis, lines=lines, marks=(("p0: t", 99.0),)
    )
    assert draw_block(figure, name="y").startswith("<svg")


def test_what_is_missed_left_open_and_missing_is_said_first():
    said = [block.text for block in composed("missing beside a failure") if isinstance(block, Text)]
    assert any(text.startswith("Miss their limit: CD45") for text in said)
    assert any(text.startswith("Not stained: CD73") for text in said)
    assert any("species is not declared" in text for text in said)


def test_a_failure_of_hla_dr_carries_the_note_on_induction():
    said = [block.text for block in composed("induced HLA-DR") if isinstance(block, Text)]
    assert any("induced by culture" in text and "status" in text for text in said)
    inputs = with_identity(*next(c for c in CASES if c.name == "induced HLA-DR").files(3))
    assert judge_positive(inputs).verdict == "pass"


def test_adipose_cells_with_cd34_carry_the_note_on_it():
    manifest = Manifest(cells=Cells(tissue="adipose tissue"))
    said = [block.text for block in composed("CD34 on 30 %", manifest=manifest) if isinstance(block, Text)]
    assert any("Adipose MSC of early passages may carry CD34" in text for text in said)


def test_another_species_and_no_cells_are_said_in_a_sentence():
    mouse = Manifest(donor=Donor(species="mouse"))
    said = [
        block.text for block in composed("all meet their limits", manifest=mouse) if isinstance(block, Text)
    ]
    assert any(text.startswith("Not judged, since another species") for text in said)
    nothing = [block.text for block in SECTION.compose(inputs_of()) if isinstance(block, Text)]
    assert any("No cytometer file" in text for text in nothing)


@pytest.mark.parametrize(
    ("name", "words"),
    [("no CD105", "stained for CD105"), ("no control", "a matched control"), ("all meet their limits", None)],
)
def test_the_list_of_what_is_missing_names_markers_and_controls(name, words):
    inputs = with_identity(*next(case for case in CASES if case.name == name).files(5))
    items = unstained(inputs)
    assert [words in item.what for item in items] == ([True] if words else [])
    assert isinstance(inputs.findings[IdentityFinding], IdentityFinding)


def test_signals_that_are_all_below_zero_have_no_histogram():
    assert histogram_of(np.array([-1.0]), np.array([-2.0])) is None
