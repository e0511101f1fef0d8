"""Tables of diameters that people make themselves: the same numbers, or a coded warning, or a refusal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.tables import codes, raw

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile
from vesicle.readers.diameter_table import read

CLASSES = "10,0\n20,30\n30,50\n40,20\n50,0\n"


@pytest.mark.parametrize(
    "header",
    [
        "Size / nm", "Bin centre (nm)", "diameter_nm", "Diameter [nm]", "d, nm", "Größe (nm)", "Tamaño (nm)",
        "Particle Size in nm", "Size (d.nm)", "Bin Center (nanometers)", "DIAMETER (NM)", "粒径 (nm)",
    ],
)  # fmt: skip
def test_usual_names_of_a_diameter_in_nm_are_known(header):
    run = read(raw(f'"{header}",Count\n{CLASSES}'))
    assert run.histogram.centre_nm.tolist() == [10, 20, 30, 40, 50]
    assert codes(run) == set()


def test_a_header_without_unit_is_taken_as_nm_and_says_so():
    run = read(raw(f"diameter,count\n{CLASSES}"))
    assert run.histogram.count.tolist() == [0, 30, 50, 20, 0]
    assert codes(run) == {"unit_assumed"}


def test_the_user_can_state_the_unit_that_the_header_lacks():
    run = read(raw("diameter,count\n0.1,0\n0.2,30\n0.3,0\n", diameter_unit="um"))
    assert run.histogram.centre_nm.tolist() == pytest.approx([100, 200, 300])
    assert codes(run) == {"unit_converted"}


def test_a_unit_that_is_no_length_is_refused_with_the_key_that_helps():
    with pytest.raises(BadValue, match=r"'px' is not a length.*diameter_unit"):
        read(raw(f"Diameter (px),Count\n{CLASSES}"))


@given(
    st.lists(st.floats(20, 900), min_size=4, max_size=30),
    st.sampled_from([("nm", 1.0), ("um", 1e3), ("mm", 1e6)]),
)
def test_a_diameter_is_the_same_in_whatever_unit_it_is_written(diameter_nm, unit):
    name, factor = unit
    diameter_nm = [value + 0.37 * at**2 for at, value in enumerate(diameter_nm)]
    text = f"Diameter ({name})\n" + "".join(f"{value / factor!r}\n" for value in diameter_nm)
    assert read(raw(text)).tracks.diameter_nm.tolist() == pytest.approx(sorted(diameter_nm), rel=1e-12)


@given(
    st.lists(st.integers(0, 10**6), min_size=5, max_size=20).filter(any),
    st.floats(0.5, 40),
)
def test_a_german_table_holds_the_same_numbers_as_an_english_one(counts, width):
    rows = [(width * (at + 1), count / 7) for at, count in enumerate(counts)]
    english = "Size (nm),Concentration (1/mL)\n" + "".join(f"{d!r},{c!r}\n" for d, c in rows)
    german = "Größe (nm);Konzentration (1/mL)\n" + "".join(f"{d!r};{c!r}\n" for d, c in rows).replace(
        ".", ","
    )
    one, other = read(raw(english)), read(raw(german.encode("cp1252")))
    assert np.array_equal(one.histogram.amount, other.histogram.amount)
    assert np.array_equal(one.histogram.edges_nm, other.histogram.edges_nm)
    assert one.measured_per_ml == other.measured_per_ml


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_below_lines_of_text(delimiter):
    text = f"made by hand; on 2024-03-01, twice\n\ndiameter_nm{delimiter}count\n{CLASSES.replace(',', delimiter)}"
    assert read(raw(text)).histogram.count.tolist() == [0, 30, 50, 20, 0]


def test_mixed_decimal_marks_are_refused():
    with pytest.raises(BadValue, match="mixed"):
        read(raw("size_nm;count\n10,5;1\n20.5;2\n30,5;3\n"))


def test_decimal_commas_between_commas_are_refused():
    with pytest.raises(BadValue, match=r"row 2.*decimal commas"):
        read(raw("size_nm,count\n10,5,1\n20,5,2\n30,5,3\n"))


def test_a_comma_that_could_separate_thousands_is_pointed_out():
    run = read(raw("size_nm;count\n10;0\n20;1,234\n30;2,500\n40;0\n"))
    assert {"decimal_mark_ambiguous", "count_not_used"} <= codes(run)


def test_three_decimals_of_a_diameter_are_no_doubt():
    run = read(raw("diameter_nm\n101.234\n99.871\n87.115\n"))
    assert codes(run) == set()


def test_one_row_per_particle_gives_tracks_in_an_order_that_rows_cannot_change():
    one = read(raw("diameter_nm\n100.5\n98\n120\n98\n"))
    other = read(raw("diameter_nm\n98\n120\n98\n100.5\n"))
    assert one.tracks.diameter_nm.tolist() == other.tracks.diameter_nm.tolist() == [98, 98, 100.5, 120]
    assert one.tracks.included.all()
    assert one.histogram is None
    assert one.measured_per_ml is None


def test_columns_that_name_particles_are_left_out_and_named():
    run = read(raw("Particle ID,Size/nm,Intensity\n1,100\n2,90\n3,130\n"))
    assert run.tracks.diameter_nm.tolist() == [90, 100, 130]
    assert "Intensity" in next(w.message for w in run.warnings if w.code == "columns_ignored")


def test_even_steps_without_content_are_classes_and_no_particles():
    with pytest.raises(BadValue, match="list of size classes"):
        read(raw("diameter_nm\n0.5\n1.5\n2.5\n3.5\n4.5\n5.5\n"))


def test_concentrations_are_converted_to_per_ml_and_added_up():
    run = read(raw("Size (nm),Concentration (particles/L)\n10,0\n20,3e9\n30,5e9\n40,0\n"))
    assert run.measured_per_ml == pytest.approx(8e6)
    assert codes(run) == {"unit_converted"}


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("Concentration / cm-3", 1.0), ("Concentration (Particles / ml)", 1.0), ("particles/mL", 1.0),
        ("conc_per_ml", 1.0), ("Konzentration (×10⁶ mL⁻¹)", 1e6), ("Concentration (E6 particles/mL)", 1e6),
        ("Conc. [#/µL]", 1e3), ("Concentration (1/m^3)", 1e-6), ("10^6 particles/cm³", 1e6),
    ],
)  # fmt: skip
def test_a_concentration_unit_is_read_from_the_header(header, factor):
    run = read(raw(f"size_nm;{header}\n10;0\n20;3000000\n30;5000000\n40;0\n"))
    assert run.measured_per_ml == pytest.approx(8e6 * factor)


@pytest.mark.parametrize(
    "header", ["Concentration", "Concentration (million/mL)", "Concentration (106 particles/mL)"]
)
def test_an_unclear_concentration_unit_gives_no_concentration(header):
    run = read(raw(f"size_nm,{header}\n{CLASSES}"))
    assert run.measured_per_ml is None
    assert "concentration_unit_unknown" in codes(run)


def test_the_user_can_state_the_unit_of_the_concentration():
    run = read(raw("size_nm,Concentration\n10,0\n20,3e6\n30,0\n", concentration_unit="particles/mL"))
    assert run.measured_per_ml == 3e6


def test_counts_stay_beside_the_concentration_of_their_class():
    run = read(
        raw("size_nm,Number,Concentration / cm-3,Volume / nm^3\n10,0,0,1\n20,3,3e5,2\n30,5,5e5,3\n40,0,0,4\n")
    )
    assert run.histogram.count.tolist() == [0, 3, 5, 0]
    assert run.histogram.amount.tolist() == [0, 3e5, 5e5, 0]
    assert codes(run) == {"columns_ignored"}


def test_counts_that_contradict_the_concentrations_are_not_used():
    run = read(raw("size_nm,Number,Concentration / cm-3\n10,0,0\n20,0,3e5\n30,5,5e5\n40,0,0\n"))
    assert run.histogram.count is None
    assert "count_not_used" in codes(run)


def test_exchanged_names_of_count_and_concentration_are_pointed_out():
    run = read(raw("size_nm,Concentration / cm-3,Number\n10,0,0\n20,3,3e8\n30,5,5e8\n40,0,0\n"))
    assert {"concentration_implausible", "count_implausible"} <= codes(run)


def test_shares_give_a_distribution_and_no_concentration():
    run = read(raw("size_nm,Number (%)\n10,0\n20,30\n30,70\n40,0\n"))
    assert run.histogram.count is None
    assert run.measured_per_ml is None
    assert codes(run) == {"amount_is_relative"}


def test_shares_that_miss_a_row_are_pointed_out():
    run = read(raw("size_nm,Percent\n10,0\n20,30\n30,40\n40,0\n"))
    assert "shares_do_not_sum" in codes(run)


def test_a_distribution_that_is_not_by_number_is_refused():
    with pytest.raises(BadValue, match="weighted"):
        read(raw("Size (d.nm),Intensity (Percent)\n10,0\n20,30\n30,70\n"))


def test_several_concentrations_are_videos_and_the_run_is_their_mean():
    run = read(raw("size_nm,rep 1 (1/mL),rep 2 (1/mL)\n10,0,0\n20,2e6,4e6\n30,6e6,8e6\n40,0,0\n"))
    assert [video.name for video in run.per_video] == ["rep 1 (1/mL)", "rep 2 (1/mL)"]
    assert run.histogram.amount.tolist() == [0, 3e6, 7e6, 0]
    assert run.measured_per_ml == 1e7
    assert [video.vendor.concentration_per_ml for video in run.per_video] == [8e6, 1.2e7]
    assert run.vendor.concentration_per_ml is None


def test_the_counts_of_several_videos_are_added_and_their_amounts_averaged():
    run = read(raw("size_nm,count 1,count 2\n10,0,0\n20,2,4\n30,6,8\n40,0,0\n"))
    assert run.histogram.count.tolist() == [0, 6, 14, 0]
    assert run.histogram.amount.tolist() == [0, 3, 7, 0]


def test_half_stated_units_are_refused():
    with pytest.raises(BadValue, match="others do not"):
        read(raw("size_nm,conc 1 (1/mL),conc 2\n10,0,0\n20,2e6,4e6\n30,0,0\n"))


def test_columns_of_no_known_name_are_classes_only_in_even_steps():
    with pytest.raises(BadValue, match="not clear what the columns"):
        read(raw("size_nm,brightness\n101.5,3\n98.2,4\n130.1,5\n77,5\n"))


def test_a_mean_that_misses_a_column_is_pointed_out():
    table = "size_nm,a,b,Average\n10,0,0,0\n20,2,4,{}\n30,6,8,7\n40,0,0,0\n"
    assert "mean_disagrees" not in codes(read(raw(table.format(3))))
    assert "mean_disagrees" in codes(read(raw(table.format(4))))


def test_a_mean_under_another_name_is_pointed_out():
    run = read(raw("size_nm,a,b,ab\n10,0,0,0\n20,2,4,3\n30,6,8,7\n40,0,0,0\n"))
    assert "column_is_mean" in codes(run)


def test_a_lone_column_of_means_is_read():
    run = read(raw("size_nm,Mean,SD\n10,0,0\n20,2,1\n30,6,1\n40,0,0\n"))
    assert run.histogram.amount.tolist() == [0, 2, 6, 0]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("30,-5", "row 4.*many particles"), ("30,nan", "row 4.*'nan'"), ("30,", "row 4.*empty"),
        ("-30,5", "row 4.*diameter"), ("0,5", "row 4.*diameter"), ("1e9,5", "row 4.*diameter"),
        ("30,1e99", "row 4.*many"), ("30,inf", "row 4"), ("30,5 particles", "row 4"), ("20,7", "rows 3 and 4.*same"),
        ("30,5,7", "row 4.*field"), ("x,5", "row 4.*without a diameter"), ("30,5;1", "row 4.*delimiters"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_true_is_refused_with_its_row(row, what):
    with pytest.raises(BadValue, match=what):
        read(raw(f"size_nm,count\n10,0\n20,30\n{row}\n40,20\n50,0\n"))


def test_classes_in_another_order_are_sorted_and_say_so():
    run = read(raw("size_nm,count\n30,50\n20,30\n10,0\n50,0\n40,20\n"))
    assert run.histogram.count.tolist() == [0, 30, 50, 20, 0]
    assert codes(run) == {"classes_reordered"}


def test_a_missing_class_is_pointed_out():
    assert "classes_uneven" in codes(read(raw("size_nm,count\n10,0\n20,3\n40,5\n50,6\n60,0\n")))


def test_a_table_that_ends_with_particles_may_be_cut_off():
    run = read(raw("size_nm,count\n10,0\n20,3\n30,5\n"))
    assert "table_may_be_truncated" in codes(run)


def test_a_file_that_ends_inside_a_line_may_be_cut_off():
    run = read(raw("size_nm,count\n10,0\n20,3\n30,0"))
    assert "table_may_be_truncated" in codes(run)


def test_two_classes_are_too_few_to_know_their_width():
    with pytest.raises(BadValue, match="too few"):
        read(raw("size_nm,count\n10,0\n20,3\n"))


def test_two_tables_in_one_file_are_refused():
    with pytest.raises(BadValue, match="more than one table"):
        read(raw("size_nm,count\n10,0\n20,3\n30,0\n\n40,0\n50,3\n60,0\n"))
    with pytest.raises(BadValue, match="interrupted"):
        read(raw("size_nm,count\n10,0\n20,3\n30,0\nsize_nm,count\n40,0\n50,3\n"))


def test_an_empty_line_after_every_line_is_no_second_table():
    run = read(raw("size_nm,count\n\n10,0\n\n20,3\n\n30,0\n\n"))
    assert run.histogram.count.tolist() == [0, 3, 0]


def test_numbers_above_the_header_are_refused():
    with pytest.raises(BadValue, match=r"row 1.*above the header"):
        read(raw("101.5\n98.2\ndiameter_nm\n77.7\n130\n"))


def test_text_below_the_table_is_left_out_and_named():
    run = read(raw(f"size_nm,count\n{CLASSES}Total,100\n"))
    assert [w.row for w in run.warnings if w.code == "footer_ignored"] == [7]


def test_empty_lines_where_rows_could_have_been_are_pointed_out():
    assert "empty_lines" in codes(read(raw("diameter_nm\n\n\n101\n98\n87\n")))
    assert "empty_lines" in codes(read(raw("diameter_nm\n101\n98\n87\n\n\n\n")))


def test_a_header_without_rows_is_a_truncated_file():
    with pytest.raises(TruncatedFile, match="no row"):
        read(raw("size_nm,count\n"))


def test_units_in_a_row_of_their_own_belong_to_the_header():
    run = read(raw("Size\tConcentration\nnm\t1/mL\n10\t0\n20\t3e6\n30\t0\n"))
    assert run.measured_per_ml == 3e6
    assert codes(run) == set()


def test_more_than_one_sample_in_a_table_is_refused():
    with pytest.raises(BadValue, match="one file per sample"):
        read(raw("sample,size_nm,count\na,10,0\na,20,3\nb,30,0\n"))


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("sample,size_nm,count\nelm 2,10,0\nelm 2,20,3\nelm 2,30,0\n", "elm 2"),
        ("Sample: elm 3\nsize_nm,count\n10,0\n20,3\n30,0\n", "elm 3"),
        ("size_nm,count\n10,0\n20,3\n30,0\n", "ash-4"),
        ("sample,size_nm,count\n,10,0\n,20,3\n,30,0\n", "ash-4"),
    ],
)
def test_the_sample_is_named_by_its_column_a_line_above_or_the_file(text, sample):
    run = read(raw(text, name="ash-4-ExperimentSummary.csv"))
    assert run.sample == sample
    assert run.stem == "ash-4-ExperimentSummary"


@pytest.mark.parametrize("text", ["Dilution,500\nsize_nm,count\n", "size_nm,count,dilution\n"])
def test_a_stated_dilution_is_not_applied_and_said(text):
    rows = CLASSES if text.startswith("D") else CLASSES.replace("\n", ",500\n")
    run = read(raw(text + rows))
    assert run.dilution.factor is None
    assert codes(run) == {"dilution_stated_not_used"}


def test_the_user_can_name_the_columns():
    text = "A,B,C\n10,0,9\n20,3,9\n30,0,9\n"
    run = read(raw(text, diameter="A", count="B", diameter_unit="nm"))
    assert run.histogram.count.tolist() == [0, 3, 0]
    assert codes(run) == {"columns_ignored"}


def test_a_named_column_that_is_not_there_is_refused_with_the_nearest_name():
    with pytest.raises(MissingColumn, match="Did you mean 'Counts'"):
        read(raw("size_nm,Counts\n10,0\n20,3\n30,0\n", count="Count"))
    with pytest.raises(MissingColumn, match="no column 'Dia'"):
        read(raw("size_nm,Counts\n10,0\n20,3\n30,0\n", diameter="Dia"))
    with pytest.raises(BadValue, match="Did you mean 'diameter'"):
        read(raw("size_nm,Counts\n10,0\n20,3\n30,0\n", diametre="size_nm"))


def test_two_columns_that_could_be_the_diameter_are_refused():
    with pytest.raises(BadValue, match="More than one column"):
        read(raw("Size (nm),Diameter (um)\n10,1\n20,2\n30,3\n"))
    run = read(raw("Size (nm),Diameter (um),count\n10,1,0\n20,2,5\n30,3,0\n", diameter="Size (nm)"))
    assert run.histogram.centre_nm.tolist() == [10, 20, 30]


@pytest.mark.parametrize("header", ["size_nm,a,a", "Size;nm;count", "nm,Diameter (um)"])
def test_a_header_that_can_be_read_in_two_ways_is_refused(header):
    with pytest.raises(ReadError):
        read(raw(header + "\n10,1,2\n20,2,3\n30,3,4\n"))


def test_the_row_names_of_r_are_no_values():
    run = read(raw('"","size_nm","count"\n"1",10,0\n"2",20,3\n"3",30,0\n'))
    assert run.histogram.count.tolist() == [0, 3, 0]


def test_diameters_of_an_unlikely_size_are_pointed_out():
    assert "diameter_implausible" in codes(read(raw("Diameter (nm)\n0.12\n0.3\n0.11\n")))


def test_an_empty_distribution_is_no_result():
    run = read(raw("size_nm,count\n10,0\n20,0\n30,0\n"))
    assert run.status == "no_result"
    assert run.histogram is None
    assert codes(run) == {"no_particles"}
