"""Tables of markers as labs make them: long and wide, words and numbers, loads, lanes and what is refused."""

import pytest
from tests.readers.tables import codes, raw, workbook

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile
from vesicle.readers.marker_table import READER
from vesicle.standards.ev_markers import category_label, ev_marker

LONG = "Marker,Sample,Lane,Intensity,Load (ug)\nCD63,LOT-7 EV,1,120,10\nCalnexin,LOT-7 EV,1,not detected,10\n"
LONG += "Calnexin,LOT-7 lysate,2,900,10\nCD63,blank,3,4,\n"


def read(text, name="table.csv", **columns):
    return READER.read(raw(text, name, **columns))


def cells(table):
    return [(r.marker, r.sample, r.material, r.intensity, r.is_present) for r in table.readings]


def test_a_long_table_gives_one_reading_per_row_with_its_lane_load_and_row():
    first, second, lysate, blank = read(LONG).readings
    assert (first.lane, first.load_ug, first.row, first.material) == ("1", 10.0, 2, "ev")
    assert (second.intensity, second.is_below_lod, second.is_present) == (None, True, False)
    assert (lysate.material, blank.material, blank.load_ug) == ("cell lysate", "blank", None)


def test_samples_may_stand_across_with_loads_in_a_row_of_their_own():
    table = read("Marker,sEV,Lysate,Notes\nLoad (ug),10,20,\nCD9,1.5,2.5,sharp\n")
    assert [(r.sample, r.intensity, r.load_ug) for r in table.readings] == [
        ("sEV", 1.5, 10.0),
        ("Lysate", 2.5, 20.0),
    ]
    assert "loads_differ" in codes(table)


def test_markers_may_stand_across_and_plus_and_minus_mean_present_and_absent():
    table = read("Sample\tCD9\tAlix\tCANX\nEV\t++\t+\t-\ncells\t+\t±\t+\n")
    assert [r.is_present for r in table.readings] == [True, True, False, True, None, True]
    assert "presence_unclear" in codes(table)


def test_a_dash_beside_numbers_is_left_out_and_said():
    table = read("Marker,EV,Lysate\nCD9,1,2\nCANX,-,5\n")
    assert len(table.readings) == 3
    assert "dash_ambiguous" in codes(table)


@pytest.mark.parametrize(
    ("cell", "below", "limit"),
    [("< LOD", True, None), ("<12.5", True, 12.5), ("n.d.", True, None), ("nicht nachweisbar", True, None)],
)
def test_values_below_the_limit_give_no_number(cell, below, limit):
    table = read(f"Marker,Sample,Intensity\nCD9,EV,{cell}\nCD63,EV,5\n")
    found = table.readings[0]
    assert (found.intensity, found.is_below_lod, found.limit) == (None, below, limit)


def test_saturated_bands_are_present_without_a_number():
    table = read("Marker,Sample,Intensity\nCD9,EV,saturated\nCD63,EV,5\n")
    assert (table.readings[0].is_present, table.readings[0].intensity) == (True, None)
    assert "above_range" in codes(table)


def test_german_headers_and_decimal_commas_are_read():
    table = read("Protein;Probe;Spur;Intensität;Proteinmenge (µg)\nFlotillin-1;EV;1;1,5;10\n", "a.csv")
    assert (table.readings[0].intensity, table.readings[0].load_ug) == (1.5, 10.0)


def test_a_workbook_is_read_like_a_text():
    book = workbook(Blot=[["Marker", "Sample", "Signal"], ["CD81", "EV", 12.5], ["CD81", "Lysate", 3]])
    assert [r.intensity for r in read(book, "a.xlsx").readings] == [12.5, 3.0]
    assert READER.sniff("a.xlsx", book) == 0.8


def test_image_lab_columns_take_the_volume_net_of_its_background():
    text = "Lane,Band Label,Adj. Volume (Int),Volume (Int)\n1,CD63,100,400\n2,CD63,10,300\n"
    table = read(text, lane_1="LOT-7 EV", lane_2="LOT-7 lysate")
    assert cells(table)[0] == ("CD63", "LOT-7 EV", "ev", 100.0, None)
    assert table.readings[1].material == "cell lysate"


def test_image_studio_columns_are_read_with_the_users_name_for_the_marker():
    text = "Image Name,Channel,Name,Signal,Total,Area,Bkgnd.\nx,800,CD63,100,200,30,2\n"
    assert read(text, marker="Name").readings[0].intensity == 100.0


def test_a_load_as_a_volume_is_no_amount_of_protein():
    table = read("Marker,Sample,Intensity,Load (uL)\nCD9,EV,5,20\n")
    assert table.readings[0].load_ug is None
    assert {"load_not_mass", "load_not_stated"} <= codes(table)


@pytest.mark.parametrize(("load", "ug"), [("500 ng", 0.5), ("10", 10.0), ("0.02 mg", 20.0)])
def test_a_cell_may_state_the_unit_of_its_load(load, ug):
    table = read(f"Marker,Sample,Intensity,Load\nCD9,EV,5,{load}\n")
    assert table.readings[0].load_ug == pytest.approx(ug)
    assert ("load_unit_assumed" in codes(table)) is (load == "10")


@pytest.mark.parametrize(
    ("text", "row", "what"),
    [
        ("Marker,Sample,Intensity\nCD9,EV,strongish\n", "row 2", "neither a number nor a word"),
        ("Marker,Sample,Intensity\nCD9,EV,5\nCD9,,6\n", "row 3", "no sample"),
        ("Marker,Sample,Intensity\nCD9,EV,5\n,EV,6\n", "row 3", "no marker"),
        ("Marker,Sample,Intensity,Load (ug)\nCD9,EV,5,much\n", "row 2", "cannot be the protein"),
        ("Marker,Sample,Intensity,Load (ug)\nCD9,EV,5,-3\n", "row 2", "cannot be the protein"),
        ("Marker,Sample,Signal,Signal\nCD9,EV,5,6\n", "row 1", "same name"),
        ("Marker,Sample,Signal,Density\nCD9,EV,5,6\n", "row 1", "More than one column"),
    ],
)
def test_a_refusal_names_the_row_and_what_to_do(text, row, what):
    with pytest.raises(BadValue, match=what) as caught:
        read(text)
    assert row in caught.value.where
    assert caught.value.next_step


def test_replicates_of_one_row_are_readings_of_their_own():
    table = read("Marker,Sample,Signal 1,Signal 2\nCD9,EV,5,6\n")
    assert [r.intensity for r in table.readings] == [5.0, 6.0]


def test_the_user_may_name_the_columns_and_a_slip_is_answered_with_the_nearest():
    text = "Ding,Wo,Wert\nCD9,EV,5\n"
    table = read(text, marker="Ding", sample="Wo", intensity="Wert")
    assert cells(table) == [("CD9", "EV", "ev", 5.0, None)]
    with pytest.raises(MissingColumn, match="no column 'Woo'"):
        read(text, marker="Ding", sample="Woo")
    with pytest.raises(BadValue, match="no key 'sampl'") as caught:
        read(text, marker="Ding", sampl="Wo")
    assert "sample" in caught.value.next_step


def test_a_table_without_a_marker_or_without_a_row_is_refused():
    with pytest.raises(MissingColumn, match="no column of markers"):
        read("Sample,Weight\nA,3\n")
    with pytest.raises(TruncatedFile, match="no row with a marker"):
        read("Marker,Sample,Intensity\nCD9,EV,not tested\n")
    with pytest.raises(ReadError, match="too large"):
        read("Marker,Sample,Intensity\n" + "CD9,EV,5\n" * 20_001)


@pytest.mark.parametrize(
    ("name", "material"),
    [
        ("EV lysate", "ev"),
        ("EV in PBS", "ev"),
        ("EV-depleted medium", "other"),
        ("CM", "other"),
        ("CM EVs", "ev"),
        ("WCL", "cell lysate"),
        ("hMSC cells", "cell lysate"),
        ("PBS", "blank"),
        ("LOT-7", ""),
    ],
)
def test_what_a_lane_holds_is_read_from_its_name(name, material):
    assert read(f"Marker,Sample,Intensity\nCD9,{name},5\n").readings[0].material == material


def test_ladders_are_left_out_and_other_materials_are_named():
    table = read("Marker,Sample,Intensity\nCD9,MW ladder,5\nCD9,EV,6\nCD9,supernatant,7\n")
    assert [r.sample for r in table.readings] == ["EV", "supernatant"]
    assert {"standard_left_out", "material_other"} <= codes(table)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        (LONG, 0.8, 0.8),
        ("Marker,Sample,Intensity\nFoo,EV,5\n", 0.3, 0.4),
        ("Sample,Protein (ug/mL)\nLOT-7,8.1\n", 0, 0),
        ("Protein IDs,Gene names,Intensity\nP1,CD9,5\n", 0, 0),
        ("Sample,CD73,CD90,CD105\nA,99,98,97\n", 0, 0),
        ("Marker,Sample,Percent positive\nCD73,A,99\n", 0, 0),
        ("Diameter (nm),Count\n100,5\n", 0, 0),
    ],
)
def test_only_tables_of_ev_markers_are_claimed(text, least, most):
    assert least <= READER.sniff("a.csv", text.encode()) <= most


@pytest.mark.parametrize(
    ("name", "symbol", "category"),
    [
        ("ALIX", "PDCD6IP", 2),
        ("anti-CD63", "CD63", 1),
        ("Syntenin-1", "SDCBP", 2),
        ("HSP 70", "HSPA1A", 2),
        ("β-actin", "ACTB", 2),
        ("Calnexin (90 kDa)", "CANX", 4),
        ("GM-130", "GOLGA2", 4),
        ("Grp94", "HSP90B1", 4),
        ("Histone H3", "H3C1", 4),
        ("Cytochrome c", "CYCS", 4),
        ("ApoA-I", "APOA1", 3),
        ("ITGA6", "ITGA6", 1),
        ("Rab27a", "RAB27A", 2),
    ],
)
def test_names_of_blots_lead_to_the_symbol_and_its_category(name, symbol, category):
    found = ev_marker(name)
    assert (found.symbol, found.category) == (symbol, category)


def test_a_name_that_the_standard_does_not_know_has_no_category():
    assert ev_marker("Foo") is None
    assert ev_marker("") is None
    assert category_label(None) == "no category in the standard"
    assert category_label(4) == "4 other compartments"


def test_odd_tables_are_warned_of():
    table = read("x,,5\nMarker,Sample,Intensity,Lane,Foo\nCD9,EV,5,400,1\nCD9,EV,5,400,1\nCD9,Lysate,5\n")
    assert {
        "row_above_header", "identical_rows", "fields_missing", "lane_unusual", "columns_ignored", "intensity_constant",
    } <= codes(table)  # fmt: skip
    thousands = read("Marker\tSample\tIntensity\nCD9\tEV\t1,204\n", "a.tsv")
    assert "decimal_mark_ambiguous" in codes(thousands)
    assert "table_may_be_truncated" in codes(read("Marker,Sample,Intensity\nCD9,EV,5"))


def test_the_assay_is_the_one_that_the_table_names():
    assert read("Marker,Sample,Intensity,Assay\nCD9,EV,5,ELISA\n").assay == "ELISA"
    assert read("Marker,Sample,Intensity,Assay\nCD9,EV,5,ELISA\nCD9,EV,5,WB\n").assay == "ELISA, WB"
    assert read("Marker,Sample,MFI\nCD9,EV,5\n").assay == "capture beads"
