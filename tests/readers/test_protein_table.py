"""Protein tables that people make themselves: every number with its unit, its row and its doubts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.tables import codes, raw, workbook

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile
from vesicle.readers.protein_table import read, sniff


def values(table):
    return {reading.sample: reading.ug_per_ml for reading in table.readings}


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("Protein (µg/mL)", 1), ("Protein (μg/ml)", 1), ("protein_ug_per_ml", 1), ("BCA [mg/mL]", 1e3),
        ("Protein conc. / ng/µL", 1), ("Proteinkonzentration (g/L)", 1e3), ("Protein µg mL⁻¹", 1), ("mg/ml", 1e3),
        ("Total protein (ng/mL)", 1e-3), ("Protein (Âµg/mL)", 1), ("Protein (µg per mL BSA", None),
    ],
)  # fmt: skip
def test_the_unit_is_read_from_the_header_or_the_table_is_refused(header, factor):
    text = f"Sample;{header}\nelm;2.5\nblank;0.1\n"
    if factor is None:
        with pytest.raises(ReadError):
            read(raw(text))
    else:
        assert values(read(raw(text)))["elm"] == pytest.approx((2.5 * factor,))


@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=9),
    st.sampled_from([("µg/mL", 1.0), ("mg/mL", 1e3), ("ng/mL", 1e-3)]),
)
def test_a_german_table_holds_the_same_numbers_as_an_english_one(thousandths, unit):
    name, factor = unit
    rows = [f"s{at}|{value / 1000!r}" for at, value in enumerate(thousandths)]
    english = f"Sample,Protein ({name})\n" + "\n".join(rows).replace("|", ",") + "\n"
    german = f"Probe;Protein ({name})\n" + "\n".join(rows).replace(".", ",").replace("|", ";") + "\n"
    assert values(read(raw(english))) == values(read(raw(german.encode("cp1252"))))
    expected = [value / 1000 * factor for value in thousandths]
    assert [reading.ug_per_ml[0] for reading in read(raw(english)).readings] == pytest.approx(expected)


@pytest.mark.parametrize("name", ["concentration", "protein", "Rep 1"])
def test_a_table_without_a_unit_is_refused_and_never_assumed(name):
    with pytest.raises(ReadError, match="no unit, and none is assumed"):
        read(raw(f"sample,{name}\nelm,5\n"))


def test_the_unit_may_stand_in_a_column_row_by_row():
    table = read(raw("sample,concentration,unit\nelm,5,ug/mL\nash,7,mg/mL\n"))
    assert values(table) == {"elm": (5.0,), "ash": (7000.0,)}
    with pytest.raises(BadValue, match="'cells' is not a concentration"):
        read(raw("sample,concentration,unit\nelm,5,cells\n"))


def test_two_units_for_one_number_are_refused():
    with pytest.raises(BadValue, match="two units"):
        read(raw("sample,protein (mg/mL),unit\nelm,5,ug/mL\n"))


def test_a_unit_above_the_table_is_used_and_said():
    table = read(raw("Protein concentration in mg/mL\nsample,R1,R2\nelm,5,6\nblank,0,0\n"))
    assert values(table)["elm"] == (5000.0, 6000.0)
    assert {"unit_from_preamble", "unit_converted"} <= codes(table)


def test_the_unit_of_a_standard_is_not_that_of_the_samples():
    with pytest.raises(ReadError, match="no unit"):
        read(raw("BSA standard 2 mg/mL, protein\nsample,R1\nelm,5\n"))


def test_the_user_can_state_unit_and_columns():
    table = read(raw("A,B,C\nelm,5,9\n", sample="A", concentration="B", unit="mg/mL"))
    assert values(table) == {"elm": (5000.0,)}
    with pytest.raises(MissingColumn, match="Did you mean 'Sample'"):
        read(raw("Sample,protein (ug/mL)\nelm,5\n", blank="Sample_"))
    with pytest.raises(BadValue, match="no key 'units'"):
        read(raw("Sample,protein (ug/mL)\nelm,5\n", units="ug/mL"))


def test_the_user_can_choose_between_two_assays():
    text = "Sample,BCA (ug/mL),Qubit (ug/mL)\nelm,5,6\n"
    with pytest.raises(BadValue, match="More than one column"):
        read(raw(text))
    assert values(read(raw(text, concentration="Qubit (ug/mL)"))) == {"elm": (6.0,)}


def test_replicates_in_columns_and_in_rows_are_one_reading():
    columns = read(
        raw("Sample,rep 1 (ug/mL),rep_2 (ug/mL),R3 (ug/mL),Mean,SD\nelm,5,6,7,6,1\n", name="x.csv")
    )
    rows = read(raw("Sample,Protein (ug/mL)\nelm,5\nelm,6\nelm,7\n"))
    assert values(columns) == values(rows) == {"elm": (5.0, 6.0, 7.0)}
    assert [reading.row for reading in rows.readings] == [2]


def test_a_mean_that_is_not_that_of_the_replicates_is_pointed_out():
    assert "mean_disagrees" in codes(read(raw("Sample,rep 1 (ug/mL),rep 2 (ug/mL),Mean\nelm,5.0,6.0,6.5\n")))


def test_a_lone_column_of_means_is_read():
    assert values(read(raw("Sample,Mean (ug/mL),SD (ug/mL)\nelm,5,1\n"))) == {"elm": (5.0,)}


def test_a_missing_replicate_is_pointed_out():
    table = read(raw("Sample,rep 1 (ug/mL),rep 2 (ug/mL)\nelm,5,\n"))
    assert values(table) == {"elm": (5.0,)}
    assert "replicate_missing" in codes(table)


@pytest.mark.parametrize(
    ("name", "is_blank"),
    [
        ("blank", True), ("PBS blank", True), ("Blank_2", True), ("PBS", True), ("Buffer", True),
        ("elution buffer", True),
        ("buffer A", True), ("Puffer", True), ("PBS_LPS", False), ("EV in PBS", False),
        ("blank-corrected elm", False), ("elm", False),
    ],
)  # fmt: skip
def test_a_blank_is_known_by_its_name(name, is_blank):
    table = read(raw(f"Sample,Protein (ug/mL)\n{name},0.5\n"))
    assert table.readings[0].is_blank is is_blank
    assert ("no_blank" in codes(table)) is not is_blank


def test_a_column_of_blanks_outweighs_the_name():
    table = read(raw("Sample,Protein (ug/mL),blank\nPBS,0.5,no\nelm,0.1,yes\n"))
    assert [reading.is_blank for reading in table.readings] == [False, True]
    with pytest.raises(BadValue, match="neither yes nor no"):
        read(raw("Sample,Protein (ug/mL),blank\nPBS,0.5,perhaps\n"))
    with pytest.raises(BadValue, match="do not agree"):
        read(raw("Sample,Protein (ug/mL),blank\nelm,0.5,no\nelm,0.5,yes\n"))


def test_a_blank_above_every_sample_is_pointed_out():
    assert "blank_above_samples" in codes(read(raw("Sample,Protein (ug/mL)\nblank,5\nelm,4\n")))


@pytest.mark.parametrize("text", ["<loq", "< 20", "below", "n.d.", "BLQ", "not detected", "≤ 5"])
def test_a_value_below_the_limit_is_no_number(text):
    table = read(raw(f"Sample;Protein (ug/mL)\nelm;{text}\nash;30\nblank;1\n"))
    assert table.readings[0].ug_per_ml == ()
    assert table.readings[0].is_below_lod
    assert not table.readings[1].is_below_lod
    assert [w.row for w in table.warnings if w.code == "below_lod"] == [2]


def test_a_value_above_the_range_is_left_out_and_named():
    table = read(raw("Sample;Protein (ug/mL)\nelm;> 2000\nash;30\n"))
    assert values(table) == {"ash": (30.0,)}
    assert [w.row for w in table.warnings if w.code == "above_range"] == [2]


def test_standards_of_the_assay_are_no_samples():
    table = read(raw("Sample;Protein (ug/mL)\nStd 1;2000\nBSA 250;250\nelm;30\n"))
    assert values(table) == {"elm": (30.0,)}
    assert [w.row for w in table.warnings if w.code == "standard_left_out"] == [2, 3]


def test_negative_values_are_allowed_in_blanks_alone():
    assert values(read(raw("Sample,Protein (ug/mL)\nblank,-1\nelm,5\n")))["blank"] == (-1.0,)
    with pytest.raises(BadValue, match=r"row 3.*only a blank"):
        read(raw("Sample,Protein (ug/mL)\nblank,-1\nelm,-5\n"))


@pytest.mark.parametrize("value", ["nan", "inf", "1e12", "five", "1.2.3", "=2+3"])
def test_a_value_that_cannot_be_true_is_refused_with_its_row(value):
    with pytest.raises(BadValue, match="row 2"):
        read(raw(f"Sample,Protein (ug/mL)\nelm,{value}\nash,3\n"))


def test_fields_that_the_header_does_not_name_are_refused():
    for row in ("elm,120,5", "elm;1,5", "elm,5,"):
        with pytest.raises(BadValue, match="row 2"):
            read(raw(f"Sample,Protein (ug/mL)\n{row}\n"))


def test_a_concentration_without_a_sample_is_refused():
    with pytest.raises(BadValue, match=r"row 3.*no sample"):
        read(raw("Sample,Protein (ug/mL)\nelm,5\n,6\n"))


def test_a_note_below_the_table_is_left_out_and_named():
    table = read(raw("Sample,Protein (ug/mL)\nelm,5\n\nmeasured twice,\n"))
    assert [w.row for w in table.warnings if w.code == "no_value"] == [4]


def test_a_table_without_values_is_a_truncated_file():
    with pytest.raises(TruncatedFile):
        read(raw("Sample,Protein (ug/mL)\n"))


def test_what_a_table_gives_away_about_itself_is_said():
    assert "table_may_be_truncated" in codes(read(raw("Sample,Protein (ug/mL)\nelm,5")))
    assert "dilution_stated_not_used" in codes(read(raw("Sample,Protein (ug/mL),dilution\nelm,5,10\n")))
    assert "identical_rows" in codes(read(raw("Sample,Protein (ug/mL)\nelm,5\nelm,5\n")))
    assert "row_above_header" in codes(read(raw("ash,7\nSample,Protein (ug/mL)\nelm,5\n")))


@pytest.mark.parametrize(
    ("text", "name", "assay"),
    [
        ("Sample,BCA (ug/mL)\nelm,5\n", "x.csv", "BCA"),
        ("Micro-BCA kit\nSample,Protein (ug/mL)\nelm,5\n", "x.csv", "microBCA"),
        ("Sample,Protein (ug/mL)\nelm,5\n", "2024_Bradford_a.csv", "Bradford"),
        ("Sample,Protein (ug/mL),assay\nelm,5,Qubit 4\n", "bca.csv", "Qubit"),
        ("Sample,Protein (ug/mL),method\nelm,5,in-house\n", "x.csv", "in-house"),
        ("Sample,Protein (ug/mL)\nelm,5\n", "nanodrop.csv", "NanoDrop"),
        ("Sample,Lowry protein (ug/mL)\nelm,5\n", "x.csv", "Lowry"),
    ],
)
def test_the_assay_is_named_by_its_column_the_table_or_the_file(text, name, assay):
    table = read(raw(text, name=name))
    assert table.assay == assay
    assert "assay_not_named" not in codes(table)


def test_an_assay_that_is_not_named_or_named_twice_stays_empty():
    unnamed = read(raw("Sample,Protein (ug/mL)\nelm,5\n"))
    twice = read(raw("Sample,Protein (ug/mL),assay\nelm,5,BCA\nash,5,Qubit\n"))
    assert (unnamed.assay, twice.assay) == ("", "")
    assert "assay_not_named" in codes(unnamed)
    assert "assay_ambiguous" in codes(twice)


@pytest.mark.parametrize(
    "header", ["Total protein (µg)", "RNA (ng/µL)", "Cholesterol (ug/mL)", "Concentration (particles/mL)"]
)
def test_other_quantities_are_no_protein_concentration(header):
    with pytest.raises(ReadError):
        read(raw(f"Sample,{header}\nelm,5\n"))


def test_the_better_of_two_names_is_the_sample():
    assert list(values(read(raw("No,ID,Sample name,Protein (ug/mL)\n1,A1,elm,5\n")))) == ["elm"]


def test_a_workbook_is_read_from_its_first_sheet_with_protein():
    header = ["Sample", "Protein (ug/mL)"]
    content = workbook(notes=[["by hand"]], a=[header, ["elm", 5.5]], b=[header, ["ash", 6]])
    table = read(raw(content, name="x.xlsx"))
    assert values(table) == {"elm": (5.5,)}
    assert "other_sheets_not_read" in codes(table)
    assert sniff("x.xlsx", content) == 0.7


@pytest.mark.parametrize(
    ("text", "name", "score"),
    [
        ("Sample,Protein (ug/mL)\nelm,5\n", "x.csv", 0.7),
        ("Sample,concentration (ug/mL)\nelm,5\n", "x.csv", 0.45),
        ("Sample,concentration (ug/mL)\nelm,5\n", "BCA.csv", 0.7),
        ("sample,concentration,unit\nelm,5,ug/mL\n", "x.csv", 0.45),
        ("Sample,protein\nelm,5\n", "x.csv", 0.4),
        ("Sample,concentration\nelm,5\n", "x.csv", 0.0),
        ("Sample,Concentration (particles/mL)\nelm,5\n", "x.csv", 0.0),
        ("Sample,RNA (ng/uL)\nelm,5\n", "x.csv", 0.0),
        ("Diameter (nm),Count\n1,2\n", "x.csv", 0.0),
    ],
)
def test_a_table_is_claimed_when_it_names_protein_or_a_mass_per_volume(text, name, score):
    assert sniff(name, text.encode()) == score


@pytest.mark.parametrize(
    "names",
    [
        ("ug/mL rep1", "ug/mL rep2", "ug/mL rep3"),
        ("Protein (µg/mL) 1", "Protein (µg/mL) 2", "Protein (µg/mL) 3"),
        ("µg/mL_1", "µg/mL_2", "µg/mL_3"),
        ("conc ug/ml R1", "conc ug/ml R2", "conc ug/ml R3"),
    ],
)
def test_a_replicate_may_be_numbered_behind_the_unit(raw_file, names):
    content = f"sample,{','.join(names)}\nbirch,8,9,10\nblank,1,1,1\n".encode()
    table = read(raw_file("bca.csv", content=content))
    assert table.readings[0].ug_per_ml == (8.0, 9.0, 10.0)
    assert "columns_ignored" not in {warned.code for warned in table.warnings}


def test_an_inverse_volume_is_no_replicate(raw_file):
    content = b"sample,concentration ug mL-1\nbirch,8\nblank,1\n"
    assert read(raw_file("bca.csv", content=content)).readings[0].ug_per_ml == (8.0,)


def test_a_column_of_numbers_that_is_not_used_is_named(raw_file):
    content = b"sample,protein (ug/ml),second plate,SD\nbirch,8,9,0.1\nblank,1,1,0.1\n"
    warned = read(raw_file("bca.csv", content=content)).warnings
    assert ["'second plate'" in w.message for w in warned if w.code == "columns_ignored"] == [True]


def test_a_density_is_no_protein():
    content = b"sample,density (g/ml)\nbirch,1.1\n"
    assert sniff("gradient.csv", content) == 0.0
