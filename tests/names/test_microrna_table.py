"""Tables of microRNA names that the user brings."""

import gzip
import lzma

import pytest

from vesicle.errors import BadValue, MissingColumn
from vesicle.names import microrna_table
from vesicle.names.micrornas import read_mirna_table, resolve_micrornas

ROWS = """accession,name,current
MIMAT9000001,hsa-miR-9001,hsa-miR-9001-3p
MIMAT9000001,hsa-miR-9001-3p,hsa-miR-9001-3p
MIMAT9000002,hsa-miR-9001*,hsa-miR-9001-5p
MI9000001,hsa-mir-9001,hsa-mir-9001
MI9000002,hsa-let-7y,hsa-let-7y
MIMAT9000003,hsa-let-7y,hsa-let-7y-5p
MIMAT9000004,hsa-miR-9002,
MIMAT9000005,hsa-miR-9003,hsa-miR-9003-5p
MIMAT9000006,hsa-miR-9003,hsa-miR-9003-3p
MIMAT9000007,hsa-miR-9004,hsa-miR-9004
MIMAT9000008,hsa-miR-9004,hsa-miR-9005-3p
MIMAT9000009,hsa-miR-9006-as,hsa-miR-9006b
MIMAT9000010,hsa-miR-21-5p,hsa-miR-21-5p
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(ROWS, encoding="utf-8")
    return read_mirna_table(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hsa-miR-9001-3p", ("current", "hsa-miR-9001-3p", "MIMAT9000001")),
        ("miR-9001-3p", ("respelled", "hsa-miR-9001-3p", "MIMAT9000001")),
        ("hsa-miR-9001", ("previous", "hsa-miR-9001-3p", "MIMAT9000001")),
        ("hsa-miR-9001*", ("previous", "hsa-miR-9001-5p", "MIMAT9000002")),
        ("hsa-mir-9001", ("current", "hsa-mir-9001", "MI9000001")),
        ("hsa-let-7y", ("previous", "hsa-let-7y-5p", "MIMAT9000003")),
        ("hsa-miR-9004", ("current", "hsa-miR-9004", "MIMAT9000007")),
        ("hsa-miR-9006-as", ("previous", "hsa-miR-9006b", "MIMAT9000009")),
        ("MIMAT9000001", ("previous", "hsa-miR-9001-3p", "MIMAT9000001")),
        ("hsa-miR-21", ("previous", "hsa-miR-21-5p", None)),  # by our list of arms, and there in the table
        ("hsa-miR-9002", ("unmapped", None, None)),
        ("hsa-miR-9003", ("ambiguous", None, None)),
        ("hsa-miR-9999", ("unmapped", None, None)),
        ("hsa-miR-9999-5p", ("unmapped", None, None)),
        ("MIMAT9000004", ("unmapped", None, "MIMAT9000004")),
        ("MIMAT9999999", ("unmapped", None, "MIMAT9999999")),
    ],
)
def test_the_table_decides_what_a_name_is_today(table, name, expected):
    record = resolve_micrornas([name], table=table).records[0]
    assert (record.status, record.name, record.accession) == expected
    assert record.status not in {"unmapped", "ambiguous"} or record.note


def test_let_7y_is_the_precursor_beside_precursors(table):
    record = resolve_micrornas(["hsa-mir-9001", "hsa-let-7y"], table=table).records[1]
    assert (record.kind, record.accession) == ("precursor", "MI9000002")


def test_a_name_that_two_entries_had_says_so(table):
    (record,) = resolve_micrornas(["hsa-miR-9004"], table=table)
    assert record.note == "formerly also the name of hsa-miR-9005-3p"


def test_an_absent_name_keeps_the_arms_that_the_table_holds(table):
    (record,) = resolve_micrornas(["hsa-miR-9005"], table=table)
    assert (record.status, record.candidates) == ("unmapped", ("hsa-miR-9005-3p",))
    assert resolve_micrornas(["hsa-miR-9003*"], table=table).records[0].status == "ambiguous"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bytes])
def test_a_packed_table_is_read_like_a_plain_one(tmp_path, table, pack):
    path = tmp_path / "names.bin"
    path.write_bytes(pack(b"\xef\xbb\xbf" + ROWS.replace("accession", "mirbase_acc").encode()))
    assert read_mirna_table(path).by_name == table.by_name


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("accession,was\nMIMAT0000076,hsa-miR-21\n", encoding="utf-8")
    with pytest.raises(MissingColumn, match="lacks 'name', 'current'"):
        read_mirna_table(path)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"\x1f\x8bxx", b"\xfd7zXZxx", b"accession,name,current\nX1,a,b\n", b""]
)
def test_what_is_no_table_is_refused_with_a_next_step(tmp_path, content):
    path = tmp_path / "names.csv"
    path.write_bytes(content)
    with pytest.raises((BadValue, MissingColumn)) as caught:
        read_mirna_table(path)
    assert caught.value.next_step


def test_a_table_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(microrna_table, "_MOST_BYTES", 100)
    path = tmp_path / "names.csv.gz"
    path.write_bytes(gzip.compress(b"accession,name,current\n" + b"\n" * 1000))
    with pytest.raises(BadValue, match="unpacks to more"):
        read_mirna_table(path)
