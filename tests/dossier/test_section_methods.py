"""The methods text, the limits in force and the planned checks: what was done to these files and nothing else."""

import re
from dataclasses import replace

import pytest
from tests.checks.build import FAIL, c01, inputs, run_size, size_run, sizes
from tests.dossier.reading import table
from tests.folders import EXAMPLE, written

from vesicle import spine
from vesicle.checks import find_checks
from vesicle.dossier import find_sections
from vesicle.dossier.blocks import Methods, Table
from vesicle.dossier.sections import methods
from vesicle.dossier.sections.size_reporting import reporting_table
from vesicle.manifest import Manifest, manifest_from_text
from vesicle.measurements import Setting

SECTIONS = find_sections()


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    scan = spine.scan(written(tmp_path_factory.mktemp("full") / "raw", EXAMPLE))
    return spine.analyse(scan.manifest, spine.read(scan))


@pytest.fixture(scope="module")
def nothing():
    return spine.analyse(Manifest(), spine.Reading(files=(), measurements=()))


def paragraphs(given):
    return [block.text for block in methods.compose(given) if isinstance(block, Methods)]


def test_methods_name_the_instrument_the_liquid_and_how_many_checks_could_be_judged(full):
    said = paragraphs(full)
    assert "on ZetaView" in said[0]
    assert "viscosities of 0." in said[1]
    assert any(re.match(rf"\d+ of {len(find_checks())} checks \(C01, ", text) for text in said)
    assert any("Purity is given as stock particles per ug protein (BCA)" in text for text in said)


def test_methods_of_nothing_claim_nothing(nothing):
    assert paragraphs(inputs()) == []
    assert paragraphs(nothing)[0].startswith(f"0 of {len(find_checks())} checks (none) could be judged")


def test_methods_say_what_no_file_states_and_leave_out_what_was_not_done():
    without = sizes(size_run(software="", viscosity_mpas=0.9, temperature_c=None))
    assert "(software not stated)" in paragraphs(inputs(without))[0]
    assert len(paragraphs(inputs(without))) == 1
    assert " on " not in paragraphs(inputs(sizes(size_run(instrument=""))))[0].split(":")[0]
    two = sizes(*(size_run(f"r{v}", viscosity_mpas=v, temperature_c=25.0) for v in (0.89, 0.9)))
    assert "0.890 to 0.900 mPa s" in paragraphs(inputs(two))[1]


def test_methods_list_the_limits_that_the_user_changed():
    given = spine.analyse(
        manifest_from_text("[limits.C01]\nmin_tracks = 10"), spine.Reading(files=(), measurements=())
    )
    assert "Limits changed by the user: C01 min_tracks = 10" in paragraphs(given)[-1]


def test_the_limits_table_names_who_chose_each_and_what_was_changed():
    section = next(s for s in SECTIONS if s.id == "D15")
    rows = table(section.compose(inputs(manifest="[limits.C03]\npass_percent = 10")), "limits").rows
    changed = [row for row in rows if row[5] != "no"]
    assert [(row[0], row[1], row[2], row[4], row[5]) for row in changed] == [
        ("C03", "pass_percent", 10, "house", "yes, default 12")
    ]


def test_a_check_that_another_package_judges_is_not_listed_as_planned():
    section = next(s for s in SECTIONS if s.id == "D17")
    planned = [row[0] for row in table(section.compose(inputs()), "planned").rows]
    assert "C17" in planned
    judged = replace(c01(FAIL, "x"), id="C17")
    assert "C17" not in [row[0] for row in table(section.compose(inputs(checks=(judged,))), "planned").rows]


def test_methods_count_the_runs_of_samples_apart_from_those_of_blanks_and_without_a_result(full):
    assert re.search(r": \d runs of 1 sample, 1 run of the role 'buffer blank'[.,]", paragraphs(full)[0])
    failed = sizes(run_size(size_run()), run_size(size_run("run2", status="no_result")))
    assert "2 runs of 1 sample, 1 run of these without a result." in paragraphs(inputs(failed))[0]


def test_methods_list_the_judged_checks_in_order(full):
    (text,) = (text for text in paragraphs(full) if "could be judged" in text)
    named = re.findall(r"C\d\d", text.partition(")")[0])
    assert named == sorted(named)


def test_the_censored_small_end_stands_beside_every_mode_and_mean(full):
    """The presentation rule R5 of the nomenclature."""
    blocks = [block for section in SECTIONS for block in section.compose(full)]
    tables = [
        block
        for block in blocks
        if isinstance(block, Table) and {"Mean", "Mode"} & {column.name for column in block.columns}
    ]
    assert {"samples", "runs", "vendor"} <= {table.id for table in tables}
    assert [table.id for table in tables if "censored" not in table.caption] == []


@pytest.mark.parametrize(
    ("names", "stated"),
    [
        (("sensitivity", "shutter", "gain", "camera"), "in 1 of 1 runs"),
        (("camera_level", "frame_rate"), "in 1 of 1 runs"),
        (("shutter",), "in 0 of 1 runs"),
        (("sensitivity", "shutter", "gain"), "in 0 of 1 runs"),
    ],
)
def test_the_camera_counts_as_reported_only_when_all_its_settings_are_stated(names, stated):
    run = size_run(settings=tuple(Setting(name=name, value="1", unit="") for name in names))
    (reporting,) = reporting_table(inputs(), sizes(run))
    assert {row[0]: row[3] for row in reporting.rows}["NTA3"] == stated
