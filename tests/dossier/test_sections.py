"""Every section composes on nothing, on one run and on a full folder, and never says more than was shown."""

import math
import re
from dataclasses import replace

import pytest
from tests.checks.build import (
    NOT_ASSESSED,
    PASS,
    about,
    c01,
    file_ref,
    inputs,
    run_size,
    sample_size,
    size_run,
    sizes,
)
from tests.dossier.reading import table, texts
from tests.folders import EXAMPLE, RUN, written

from vesicle import spine
from vesicle.analysis import Inputs
from vesicle.dossier import find_sections
from vesicle.dossier.blocks import Figure, Flow, Quote, Table, Text
from vesicle.dossier.claims import forbidden_phrases
from vesicle.dossier.sections import front, production, size, size_tables, specification
from vesicle.findings import ComparisonFinding, ReplicateRow, SettingRow, SizeDistribution
from vesicle.manifest import Manifest, manifest_from_text
from vesicle.measurements import VendorSummary, ZetaProfile
from vesicle.measurements.sizing import frozen
from vesicle.results import NotAssessed, Verdict
from vesicle.standards import load_limits

SECTIONS = find_sections()
EVERYTHING = """
[batch]
id = "B-01"
product_kind = "exosomes"
claim_role = "exosome as active substance"
[cells]
tissue = "exosome-rich knee"
[culture]
medium = "exosome-free medium"
[[isolation]]
method = "exosome kit"
settings = "exosome protocol 2"
[intended_use]
indication = "exosome therapy"
[potency]
mechanism = "exosomal miR"
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """All that the example folder gives, with a manifest that says the word everywhere."""
    folder = written(tmp_path_factory.mktemp("full") / "raw", EXAMPLE)
    scan = spine.scan(folder)
    said = manifest_from_text(EVERYTHING)
    return spine.analyse(replace(said, files=scan.manifest.files), spine.read(scan))


@pytest.fixture(scope="module")
def one_run(tmp_path_factory):
    scan = spine.scan(written(tmp_path_factory.mktemp("one") / "raw", {"run1.txt": RUN}))
    return spine.analyse(scan.manifest, spine.read(scan))


@pytest.fixture(scope="module")
def nothing():
    return spine.analyse(Manifest(), spine.Reading(files=(), measurements=()))


@pytest.fixture
def case(request):
    return request.getfixturevalue(request.param)


CASES = pytest.mark.parametrize("case", ["nothing", "one_run", "full"], indirect=True)
EVERY = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.id)


@CASES
@EVERY
def test_a_section_composes_whatever_was_found(case, section):
    blocks = section.compose(case)
    assert blocks or section.id == "D16"
    for block in blocks:
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows), block.id


@EVERY
def test_a_section_composes_before_any_analysis_ran(section):
    section.compose(Inputs(manifest=Manifest(), limits=load_limits()))


@CASES
@EVERY
def test_no_section_prints_a_number_that_is_none(case, section):
    word = re.compile(r"\b(nan|none|inf|-inf|null)\b", re.IGNORECASE)
    said = [text for text in texts(section.compose(case)) if word.search(text)]
    assert [text for text in said if text != "none" and "(none)" not in text] == []


@CASES
@EVERY
def test_no_cell_is_empty_of_meaning_or_not_finite(case, section):
    for block in section.compose(case):
        for row in block.rows if isinstance(block, Table) else ():
            assert None not in row, block.id
            assert all(math.isfinite(cell) for cell in row if isinstance(cell, float)), block.id


@CASES
@EVERY
def test_the_word_exosome_stands_only_in_quotes_of_the_user(case, section):
    assert [text for text in texts(section.compose(case)) if "exosom" in text.casefold()] == []


@CASES
@EVERY
def test_no_section_says_what_is_never_said(case, section):
    assert forbidden_phrases(texts(section.compose(case))) == ()


def test_the_users_words_are_quoted_once_each(full):
    quoted = [(block.label, block.text) for block in production.compose(full) if isinstance(block, Quote)]
    assert ("potency.mechanism", "exosomal miR") in quoted
    assert ("isolation, step 1", "exosome kit") in quoted
    assert ("isolation, step 1", "exosome protocol 2") in quoted
    declared = {row[0]: row[1] for row in table(production.compose(full), "declared").rows}
    assert declared["batch.product_kind"] == production.QUOTED
    assert declared["batch.id"] == "B-01"


def test_ids_of_tables_and_figures_are_unique_in_the_dossier(full):
    blocks = [block for section in SECTIONS for block in section.compose(full)]
    ids = [block.id for block in blocks if isinstance(block, Table | Figure | Flow)]
    assert len(ids) == len(set(ids))


def test_sections_that_found_nothing_say_so_in_words(nothing):
    for section_id in ("D0", "D3", "D6", "D14"):
        section = next(s for s in SECTIONS if s.id == section_id)
        assert any(isinstance(b, Text) and b.tone == "missing" for b in section.compose(nothing)), section_id


# --- D0 ---


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("", "Extracellular vesicle (EV) preparation, source of the cells not stated"),
        ('product_kind = "EV"', "Extracellular vesicle (EV) preparation"),
        ('product_kind = "ev"', "Extracellular vesicle (EV) preparation"),
        ('product_kind = "engineered EV (post-loaded)"', "Engineered extracellular vesicle (EV) preparation"),
        ('product_kind = "acdv"', "Artificial cell-derived vesicles (ACDV)"),
        ('product_kind = "Synthetic vesicle"', "Synthetic vesicles, not EV"),
        ('product_kind = "conditioned medium/secretome"', "Conditioned medium (secretome)"),
        ('product_kind = "exosomes"', "Extracellular vesicle (EV) preparation"),
    ],
)
def test_the_headline_follows_what_was_declared_and_never_the_label(kind, begin):
    assert front.source_headline(inputs(manifest=f"[batch]\n{kind}")).startswith(begin)


def test_the_headline_names_tissue_and_species_by_their_terms_only():
    said = '[cells]\ntissue = "BM"\n[donor]\nspecies = "homo sapiens"'
    assert "from bone marrow mesenchymal stromal cells (Homo sapiens)" in front.source_headline(
        inputs(manifest=said)
    )
    free = '[cells]\ntissue = "BM"\n[donor]\nspecies = "clinical grade"'
    assert "clinical" not in front.source_headline(inputs(manifest=free))


@pytest.mark.parametrize("verdict", [PASS, NOT_ASSESSED, None])
def test_a_size_that_c12_did_not_assess_gives_no_name_on_the_front_page(verdict):
    found = sizes(size_run())
    given = inputs(found)
    if verdict is not None:
        from vesicle.checks.c12_size_and_naming import judge

        given = replace(given, checks={"C12": judge(replace(given, checks={"C01": c01(verdict, "run1")}))})
    cell = table(front.compose(given), "batch-card").rows[0][-1]
    if verdict is PASS:
        assert "may be called small EV-enriched" in cell
    else:
        assert isinstance(cell, NotAssessed)


def test_a_declared_potency_assay_silences_the_reminder():
    reminder = "No potency assay is declared"
    assert any(reminder in getattr(b, "text", "") for b in front.compose(inputs()))
    said = inputs(manifest='[potency]\nassay = "tube formation"')
    assert not any(reminder in getattr(b, "text", "") for b in front.compose(said))


# --- D2, D14 ---


def test_undeclared_isolation_is_called_out(nothing):
    assert any("cannot repeat it" in b.text for b in production.compose(nothing) if isinstance(b, Text))


def test_a_limit_without_one_side_says_none(tmp_path):
    scan = spine.scan(written(tmp_path / "raw", {"run1.txt": RUN}))
    said = manifest_from_text(
        "[specification.d50_nm]\nmax = 1000\n[specification.protein_ug_per_ml]\nmin = 1"
    )
    rows = table(specification.compose(spine.analyse(said, spine.read(scan))), "specification").rows
    assert [(row[1], row[3], row[4], row[6]) for row in rows] == [
        ("Median diameter, D50", "none", 1000.0, Verdict.PASS),
        ("Protein concentration", 1.0, "none", Verdict.NOT_ASSESSED),
    ]


def test_limits_of_the_user_without_a_sample_are_not_assessed():
    given = spine.analyse(
        manifest_from_text("[specification.d50_nm]\nmax = 100"), spine.Reading(files=(), measurements=())
    )
    row = table(specification.compose(given), "specification").rows[0]
    assert (row[0], row[6]) == ("all", Verdict.NOT_ASSESSED)


# --- D3 ---


def distribution():
    edges = frozen([0.0, 100.0, 200.0])
    share = frozen([0.5, 0.5])
    return SizeDistribution(
        diameter_nm=frozen([50.0, 150.0]), edges_nm=edges, fraction=share, low=share, high=share
    )


def test_one_run_is_one_line_and_replicates_are_drawn_beside_their_mean():
    one = sample_size(distribution=distribution())
    run = replace(run_size(), distribution=distribution())
    figure = next(b for b in size.compose(inputs(sizes(run, samples=(one,)))) if isinstance(b, Figure))
    assert [line.label for line in figure.lines] == ["run"]
    assert [mark for mark, _ in figure.marks] == ["D10", "D50", "D90"]
    two = sample_size(runs=("run1", "run2"), distribution=distribution())
    again = replace(run_size(size_run("run2")), distribution=distribution())
    figure = next(b for b in size.compose(inputs(sizes(run, again, samples=(two,)))) if isinstance(b, Figure))
    assert [line.label for line in figure.lines] == ["mean of runs", "run1", "run2"]
    assert figure.lines[0].y.tolist() == [0.005, 0.005]


def test_runs_of_different_classes_are_drawn_one_by_one_and_no_distribution_is_no_figure():
    one = sample_size(distribution=NotAssessed("classes differ"), median_nm=NotAssessed("no median"))
    drawn = replace(run_size(), distribution=distribution())
    figure = next(b for b in size.compose(inputs(sizes(drawn, samples=(one,)))) if isinstance(b, Figure))
    assert [line.label for line in figure.lines] == ["run1"]
    assert figure.summary == "F1: no median."
    assert not any(isinstance(b, Figure) for b in size.compose(inputs(sizes(run_size(), samples=(one,)))))


def test_a_folder_of_blanks_has_no_sample_and_says_so():
    blank = run_size(size_run(role="buffer blank"))
    assert any(
        "No run has the role 'sample'" in b.text
        for b in size.compose(inputs(sizes(blank)))
        if isinstance(b, Text)
    )


def test_settings_that_differ_are_called_out_where_runs_are_compared():
    row = ReplicateRow(
        sample="F1",
        kind="runs",
        values_per_ml=(1.0,) * 3,
        cv_percent=about(5.0),
        differing=("shutter",),
        evidence=(),
    )
    found = replace(sizes(run_size()), settings=(SettingRow(name="shutter", unit="", values=("100", "50")),))
    notes = [
        b.text
        for b in size.compose(inputs(found, ComparisonFinding(replicates=(row,))))
        if isinstance(b, Text)
    ]
    assert any("not comparable" in note for note in notes)
    assert any("Settings that differ between the runs of this folder: shutter." in note for note in notes)


def test_liquid_outside_0_to_40_degrees_or_not_stated_is_not_assessed():
    found = sizes(
        size_run(temperature_c=25.0, viscosity_mpas=0.89),
        size_run("run2", temperature_c=60.0, viscosity_mpas=0.5),
        size_run("run3"),
    )
    rows = table(list(size_tables.settings_tables(found)), "liquid").rows
    assert [isinstance(row[-1], NotAssessed) for row in rows] == [False, True, True]
    assert isinstance(rows[2][1], NotAssessed)


def test_what_the_vendor_does_not_print_is_not_assessed_and_not_empty():
    run = size_run(vendor=VendorSummary(d50_nm=120.0, reproduced=("d50_nm",)))
    row = table(list(size_tables.run_tables(sizes(run))), "vendor").rows[0]
    assert (row[2], row[-1]) == (120.0, "d50_nm")
    assert isinstance(row[1], NotAssessed)


def test_zeta_potentials_are_listed_with_what_the_file_states():
    profile = ZetaProfile(
        file=file_ref("prof.txt"),
        reader="x",
        sample="F1",
        zeta_mv=-22.0,
        zeta_fit_error_mv=None,
        mobility_um_s_per_v_cm=-1.7,
        position=frozen([0.1]),
        velocity_um_s=frozen([1.0]),
    )
    row = table(list(size_tables.zeta_table(inputs(measurements=(profile,)))), "zeta").rows[0]
    assert row[2] == -22.0
    assert [isinstance(cell, NotAssessed) for cell in row[3:]] == [True, False, True, True]
