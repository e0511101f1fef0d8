"""Sizes measured in micrographs: what gives the diameter, in which unit, and what is refused."""

import pytest
from tests.readers.tables import codes, raw

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile
from vesicle.readers.micrograph_sizes import READER

OUTLINES = " ,Label,Area,Feret,MinFeret\n1,a,1256.6,41,39\n2,a,2827.4,62,58\n3,Mean,2042,51,48\n"


def read(text, name="Results.csv", pixel=None, **columns):
    from dataclasses import replace

    return READER.read(replace(raw(text, name, **columns), pixel_nm=pixel))


def test_sizes_in_pixels_without_a_pixel_size_are_refused_with_what_to_give():
    with pytest.raises(ReadError, match="no unit") as caught:
        read(OUTLINES)
    assert "pixel_nm" in caught.value.next_step
    assert 'unit = "nm"' in caught.value.next_step
    with pytest.raises(ReadError, match="in pixels"):
        read("Feret (px)\n40\n")


def test_an_outline_gives_the_circle_of_its_area_and_the_summary_is_no_particle():
    found = read(OUTLINES, pixel=2.0)
    assert found.diameter_nm.tolist() == pytest.approx([80.0, 120.0], rel=1e-4)
    assert found.pixel_nm == 2.0
    assert codes(found) == {"sizes_from_pixels", "diameter_from_area", "footer_ignored"}


@pytest.mark.parametrize(
    ("columns", "factor"), [({"unit": "nm"}, 1.0), ({"unit": "um"}, 1e3), ({"pixel_nm": "0.5"}, 0.5)]
)
def test_the_user_may_state_the_unit_or_the_pixel(columns, factor):
    found = read(OUTLINES, **columns)
    assert found.diameter_nm.tolist() == pytest.approx([40.0 * factor, 60.0 * factor], rel=1e-4)


def test_feret_alone_is_the_largest_extent_and_lines_are_lengths():
    assert codes(read("Feret (nm)\n40\n55\n")) == {"diameter_from_feret"}
    lines = read(" \tAngle\tLength (um)\n1\t5\t0.08\n", "a.tsv")
    assert lines.diameter_nm.tolist() == pytest.approx([80.0])
    assert "diameter_from_length" in codes(lines)
    assert read(OUTLINES, diameter="Feret", unit="nm").diameter_nm.tolist() == [41.0, 62.0]


def test_a_plain_column_in_a_file_of_a_microscope_is_claimed_and_read():
    text = "Diameter (nm)\n80\n90,5\n"
    assert READER.sniff("LOT7_TEM.csv", text.encode()) == 0.6
    assert READER.sniff("LOT7.csv", text.encode()) == 0.0
    assert read(text, "LOT7_TEM.csv").method == "TEM (diameters as the table states them)"


def test_area_and_feret_that_cannot_be_of_one_outline_are_doubted():
    swapped = OUTLINES.replace("Area,Feret", "Feret,Area")
    assert "columns_disagree" in codes(read(swapped, unit="nm"))


@pytest.mark.parametrize(
    ("text", "error", "where"),
    [
        ("Feret (nm)\n40\n0\n", BadValue, "row 3"),
        ("Feret (nm)\n40\nlarge\n", BadValue, "row 3"),
        ("Feret (nm)\n", TruncatedFile, "Results.csv"),
        ("Feret (nm),Feret (um)\n4,5\n", BadValue, "row 1"),
        ("Feret (furlong)\n40\n", BadValue, ""),
        ("Weight\n40\n", MissingColumn, "Results.csv"),
    ],
)
def test_refusals_name_their_place(text, error, where):
    with pytest.raises(error) as caught:
        read(text)
    assert where in caught.value.where


@pytest.mark.parametrize("columns", [{"pixel_nm": "0"}, {"pixel_nm": "small"}, {"pixle": "1"}])
def test_settings_that_cannot_be_meant_are_refused(columns):
    with pytest.raises(BadValue):
        read(OUTLINES, **columns)
