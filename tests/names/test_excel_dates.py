"""Dates that a spreadsheet made of gene symbols."""

import pytest

from vesicle.names.excel_dates import date_symbols


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2-Sep",
            "02-Sep",
            "Sep-02",
            "Sep 2",
            "2. Sep",
            "2 Sept 2023",
            "September 2, 2023",
            "2nd September",
        ),
        *("2023-09-02", "2023-09-02 00:00:00", "2023/09/02", "02/09/2023", "9/2/23", "02.09.2023"),
        *("44806", "44806.0"),
    ],
)
def test_every_form_of_the_second_of_september_is_septin_2(text):
    assert date_symbols(text) == ("SEPTIN2",)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("1-Mar", ("MARCHF1", "MTARC1")),
        ("2-Mrz", ("MARCHF2", "MTARC2")),
        ("3-Mar", ("MARCHF3",)),
        ("11. Mär", ("MARCHF11",)),
        ("15-Sep", ("SELENOF",)),
        ("1-Dec", ("DELEC1",)),
        ("4-Okt", ("POU5F1",)),
        ("02/03/2023", ("SCN1A", "MARCHF2", "MTARC2")),  # the third of February or the second of March
        ("7-Jan", ()),
    ],
)
def test_a_date_leads_to_every_symbol_that_it_can_have_been(text, symbols):
    assert date_symbols(text) == symbols


@pytest.mark.parametrize(
    "text", ["CD63", "SEPT2", "1.2", "40123x", "32-Sep", "2-Foo", "Sep", "", "44807.5", "38718", "2023-13-40"]
)
def test_what_is_no_date_is_left_alone(text):
    assert date_symbols(text) is None
