"""Parts of one stem become one run, whatever their order and folder, and contradictions are said."""

import itertools
from dataclasses import replace

import pytest

from vesicle.manifest import FileRule
from vesicle.measurements import Dilution, PositionTable, SizeRun, VendorReport, VendorSummary, ZetaProfile
from vesicle.measurements.sizing import frozen
from vesicle.readers.assemble import assemble
from vesicle.readers.said import said_about
from vesicle.results import FileRef, Warned

STEM = "001_size_488"


def file(path):
    return FileRef(path=path, sha256=path, size_bytes=1)


def size(path=f"{STEM}.txt", **said):
    said = {
        "reader": "zetaview-size-txt",
        "stem": path.rpartition("/")[2].removesuffix(".txt"),
        "sample": "A_F2-500",
        "vendor": VendorSummary(
            d10_nm=79.75, d50_nm=127.33871, d90_nm=213.5, concentration_per_ml=6.566e9, tracks=630
        ),
        "dilution": Dilution(factor=500.0, applied_by="vesicle", origin="header"),
        "measured_per_ml": 1.3132e7,
        "temperature_c": 25.13,
        **said,
    }
    return SizeRun(files=(file(path),), **said)


def table(path=f"{STEM}_11pos.txt", stem=STEM):
    note = Warned(code="mean_disagrees", message="m")
    return PositionTable(file=file(path), reader="p", stem=stem, rows=(), warnings=(note,))


PRINTED = (
    ("x10_nm", "79.8"),
    ("x50_nm", "127.3"),
    ("x90_nm", "213.5"),
    ("span", "1.1"),
    ("concentration_per_ml", "1.3E+7"),
    ("original_concentration_per_ml", "6.6E+9"),
    ("dilution", "500"),
    ("tracks", "630"),
    ("temperature_c", "25.13"),
)


def report(path=f"{STEM}.pdf", stem=STEM, printed=PRINTED):
    return VendorReport(
        file=file(path),
        reader="zetaview-pdf",
        stem=stem,
        sample="A_F2-500",
        vendor=VendorSummary(mode_nm=101.8, d50_nm=127.3),
        printed=tuple(printed),
        dilution=Dilution(factor=500.0, applied_by="instrument", origin="pdf"),
    )


def codes(run):
    return [warned.code for warned in run.warnings]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize(
    "folders", [("", "", ""), ("d/", "d/", "d/"), ("raw/", "pos/", "pdf/"), ("", "x/", "x/y/")]
)
def test_text_positions_and_report_of_one_stem_are_one_run(order, folders):
    parts = [
        size(f"{folders[0]}{STEM}.txt"),
        table(f"{folders[1]}{STEM}_11pos.txt"),
        report(f"{folders[2]}{STEM}.pdf"),
    ]
    (run,) = assemble([parts[i] for i in order])
    assert [f.path.rpartition("/")[2] for f in run.files] == [
        f"{STEM}.txt",
        f"{STEM}_11pos.txt",
        f"{STEM}.pdf",
    ]
    assert (run.positions, run.report) == (parts[1], parts[2])
    assert (run.vendor.mode_nm, run.vendor.d50_nm) == (101.8, 127.33871)
    assert codes(run) == ["mean_disagrees"]


def test_parts_of_two_days_with_one_stem_stay_in_their_folders():
    parts = [
        part
        for day in ("mon", "tue")
        for part in (size(f"{day}/{STEM}.txt"), table(f"{day}/{STEM}_11pos.txt"))
    ]
    runs = assemble(reversed(parts))
    assert len(runs) == 2
    assert all(run.files[0].path[:3] == run.positions.file.path[:3] for run in runs)


def test_a_part_that_could_belong_to_two_runs_belongs_to_none():
    found = assemble([size(f"mon/{STEM}.txt"), size(f"tue/{STEM}.txt"), table(f"pos/{STEM}_11pos.txt")])
    assert [type(part) for part in found] == [SizeRun, SizeRun, PositionTable]
    assert found[0].positions is None


def test_two_position_tables_of_one_run_are_both_kept_beside_it():
    found = assemble([size(), table(), table(f"{STEM}_12pos.txt")])
    assert (found[0].positions, len(found)) == (None, 3)


def test_a_run_of_another_instrument_takes_no_zetaview_parts():
    other = size(f"{STEM}.csv", reader="diameter-table", stem=STEM)
    found = assemble([other, table()])
    assert [type(part) for part in found] == [SizeRun, PositionTable]


def test_a_profile_passes_through():
    profile = ZetaProfile(
        file=file("z"),
        reader="z",
        sample="s",
        zeta_mv=-20.0,
        zeta_fit_error_mv=None,
        mobility_um_s_per_v_cm=None,
        position=frozen([]),
        velocity_um_s=frozen([]),
    )
    assert assemble([profile, size()])[0] is profile


def test_a_report_alone_is_a_run_without_distribution():
    (run,) = assemble([report()])
    assert (run.histogram, run.vendor.d50_nm, run.status) == (None, 127.3, "ok")
    assert (run.sample, run.dilution.applied_by) == ("A_F2", "instrument")
    assert codes(run) == ["report_only"]


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("x10_nm", "79.9"),
        ("x50_nm", "127.4"),
        ("x90_nm", "213.6"),
        ("concentration_per_ml", "1.4E+7"),
        ("original_concentration_per_ml", "6.7E+9"),
        ("dilution", "5000"),
        ("tracks", "631"),
        ("temperature_c", "25.15"),
        ("x50_nm", "127,4"),
    ],
)
def test_printed_digits_that_contradict_the_table_are_said(name, digits):
    printed = [(key, digits if key == name else value) for key, value in PRINTED]
    (run,) = assemble([size(), report(printed=printed)])
    assert codes(run) == ["report_disagrees"]
    assert digits in run.warnings[0].message


def test_digits_rounded_half_down_or_up_are_the_same():
    for digits in ("79.7", "79.8"):
        printed = [("x10_nm", digits)]
        assert codes(assemble([size(), report(printed=printed)])[0]) == []


def test_a_field_that_one_side_does_not_state_contradicts_nothing():
    (run,) = assemble([size(vendor=VendorSummary(), measured_per_ml=None, temperature_c=None), report()])
    assert codes(run) == []


def test_the_report_does_not_replace_a_mode_that_the_text_states():
    (run,) = assemble([size(vendor=VendorSummary(mode_nm=99.0)), report(printed=())])
    assert run.vendor.mode_nm == 99.0


def settled(run, *rules):
    return assemble([run], rules)[0]


def test_the_manifest_names_sample_and_role_and_the_label_stays():
    rule = FileRule(glob="*_size_*", sample="vial 3", role="buffer blank")
    run = settled(size(), rule)
    assert (run.label, run.sample, run.role, codes(run)) == ("A_F2-500", "vial 3", "buffer blank", [])


def test_a_role_that_was_guessed_from_a_name_is_said():
    run = settled(size(sample="PBS"))
    assert (run.role, codes(run)) == ("buffer blank", ["role_inferred"])
    assert settled(size(sample="PBS"), FileRule(glob="*", role="sample")).role == "sample"


def test_a_declared_dilution_fills_an_unknown_one():
    run = settled(size(dilution=Dilution()), FileRule(glob="*.txt", dilution=200.0))
    assert run.dilution == Dilution(factor=200.0, applied_by="vesicle", origin="vesicle.toml")
    assert run.declared_dilution == 200.0


def test_a_declared_dilution_never_overrides_or_doubles_the_files():
    agreeing = settled(size(), FileRule(glob="*", dilution=500.0))
    assert (agreeing.dilution.factor, codes(agreeing)) == (500.0, [])
    contradicting = settled(size(), FileRule(glob="*", dilution=1000.0))
    assert (contradicting.dilution.factor, codes(contradicting)) == (500.0, ["dilution_disagrees"])
    assert contradicting.declared_dilution == 1000.0


def test_rules_match_paths_names_and_literal_brackets_and_the_first_statement_wins():
    rules = (
        FileRule(glob="day1/*", sample="one"),
        FileRule(glob="*.txt", sample="two", dilution=10.0),
        FileRule(glob="a[1].txt", role="size standard"),
    )
    assert said_about("day1/x.txt", rules).sample == "one"
    assert said_about("day1/x.txt", rules).dilution == 10.0
    assert said_about("day2/x.txt", rules).sample == "two"
    assert said_about("a[1].txt", rules).role == "size standard"
    assert said_about("x.csv", rules) == said_about("y", ())


def test_a_role_in_other_words_of_the_vocabulary_is_the_same_role():
    said = said_about("x", (FileRule(glob="*", role="Buffer Blank"),))
    assert said.role == "buffer blank"


def test_replacing_a_run_keeps_nothing_of_another():
    one, two = size(), replace(size("002_size_488.txt"), sample="B")
    found = assemble([one, two, report()])
    assert (found[0].report is not None, found[1].report) == (True, None)
