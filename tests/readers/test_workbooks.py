"""Workbooks of tables: their sheets, their formulas, and files that are no table whatever their name says."""

import io

import pytest
from tests.readers.tables import codes, raw, workbook

from vesicle.errors import BadValue, ReadError
from vesicle.readers.diameter_table import read, sniff


def test_a_workbook_is_read_from_its_first_sheet_with_a_diameter():
    content = workbook(
        notes=[["by hand"]], a=[["size_nm", "count"], [10, 0], [20.5, 3], [31, 0]], b=[["size_nm"], [7.5]]
    )
    run = read(raw(content, name="sizes.xlsx"))
    assert run.histogram.centre_nm.tolist() == [10, 20.5, 31]
    assert codes(run) == {"other_sheets_not_read"}
    assert sniff("sizes.xlsx", content) == 0.5


def test_a_formula_without_a_stored_result_is_refused():
    content = workbook(a=[["size_nm", "count"], [10, 0], [20, "=1+2"], [30, 0]])
    with pytest.raises(BadValue, match=r"row 3.*formula '=1\+2'.*paste the values"):
        read(raw(content, name="sizes.xlsx"))


def test_dates_and_truth_values_in_a_workbook_are_no_numbers():
    import datetime as dt

    for odd in (dt.date(2024, 1, 5), True):
        with pytest.raises(BadValue, match="row 3"):
            read(raw(workbook(a=[["size_nm", "count"], [10, 0], [20, odd], [30, 0]]), name="sizes.xlsx"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04" + b"x" * 500, "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 500, "password"),
        (b"", "empty"),
        (b"\x00\x01\x02\x03" * 300, "not a text"),
        (b'size_nm,count\n"' + b"1" * 200_000 + b"\n", "quoted field"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(content, what):
    assert sniff("sizes.xlsx", content[:65_536]) == 0
    with pytest.raises(ReadError, match=what):
        read(raw(content))


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr("vesicle.readers.workbooks.MOST_UNPACKED_BYTES", 2_000)
    with pytest.raises(ReadError, match="too large"):
        read(raw(workbook(a=[["size_nm"], [100]]), name="sizes.xlsx"))


def test_a_table_of_unreasonable_width_is_refused():
    with pytest.raises(ReadError, match="too large"):
        read(raw("size_nm," + "a," * 2_100 + "\n1\n"))


def test_a_workbook_whose_words_are_not_in_sight_is_not_claimed():
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<t>Diameter (nm)</t>")
    assert sniff("x.xlsx", out.getvalue()) == 0
    assert sniff("x.docx", out.getvalue()) == 0
