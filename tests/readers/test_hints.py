"""Formats that cannot be read yet: recognised, and told how to export."""

import pytest

from vesicle.readers import find_hints, find_readers
from vesicle.readers.hints import HINTS
from vesicle.readers.recognise import claimed_by

CASES = [
    ("run1.nsx", b"\x00\x01", "ns-xplorer"),
    ("run.csv", b"NS Xplorer v2\nkey;value\n", "ns-xplorer"),
    ("elm.dat", b"ViewSizer 3000\n1\t2\n", "viewsizer"),
    ("elm.xml", b"<ViewSizer3000><gain>1</gain></ViewSizer3000>", "viewsizer"),
    (
        "elm-Results.csv",
        b"Concentration\t1,2e9 p/mL\nMedian diameter\t90,1 nm\nNumber of videos\t5\n",
        "videodrop",
    ),
    ("elm.txt", b"Izon Control Suite\nsample elm\n", "izon"),
    ("exoid_elm.dat", b"\x00\x02", "izon"),
    ("elm.zmes", b"\x00\x01", "zetasizer"),
    ("elm.txt", b"Sample\tZ-Average (nm)\nelm\tabc\n", "zetasizer"),
    ("elm.csv", b"NanoFCM report\n", "nanofcm"),
    ("elm.h5", b"\x89HDF\r\n\x1a\n\x00", "spectradyne"),
    ("elm.TIF", b"no picture", "unknown-video"),
    ("elm.avi", b"\x00\x01", "unknown-video"),
    ("elm.nano", b"\x00\x01", "nanosight-index"),
    ("elm.zvr", b"\x00\x01", "zetaview-project"),
    ("elm.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "old-workbook"),
]


@pytest.mark.parametrize(("name", "head", "hint"), CASES)
def test_a_format_without_a_reader_is_recognised(name, head, hint):
    reader, known = claimed_by(name, head)
    assert reader is None
    assert known is not None
    assert known.name == hint


def test_every_hint_is_tested_and_found_and_named_once():
    names = [hint.name for hint in HINTS]
    assert set(names) == {hint for _, _, hint in CASES}
    assert len(set(names)) == len(names)
    assert set(HINTS) <= set(find_hints())


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.name)
def test_a_remedy_says_to_export_as_csv_and_which_columns(hint):
    assert "csv" in hint.remedy
    assert "diameter" in hint.remedy.casefold()
    assert "particles/mL" in hint.remedy
    assert hint.remedy.endswith(".")


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("videodrop-sizes.csv", b"Videodrop export\nDiameter (nm),Count\n10,0\n20,5\n30,0\n"),
        ("elm.csv", b"Zetasizer\nSize (d.nm),Number (Percent)\n10,0\n20,100\n30,0\n"),
        ("exoid.csv", b"diameter\n101\n98\n87\n"),
        ("nanofcm.csv", b"bin,count\n10,0\n20,5\n30,0\n"),
    ],
)
def test_a_file_that_can_be_read_is_read_whatever_it_is_called(name, head):
    reader, hint = claimed_by(name, head)
    assert reader is not None
    assert reader.name == "diameter-table"
    assert hint is None


def test_hints_score_below_every_claim_of_a_reader():
    best = max(hint.sniff(name, head) for hint in HINTS for name, head, _ in CASES)
    assert 0 < best < 0.2


def test_an_ordinary_note_is_no_known_format():
    for name in ("notes.md", "plan.txt", "photo.png"):
        assert claimed_by(name, b"on monday we measured three samples\n") == (None, None)
    assert len(find_readers()) > 3
