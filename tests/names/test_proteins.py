"""Protein entries of search engines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.names.proteins import parse_protein, parse_proteins


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P08962", ("accession", "P08962", None, None)),
        ("A0A024R161", ("accession", "A0A024R161", None, None)),
        ("P08962-2", ("accession", "P08962-2", None, None)),
        ("ALBU_BOVIN", ("entry_name", None, "ALBU_BOVIN", "Bos taurus")),
        ("sp|P08962|CD63_HUMAN", ("named", "P08962", "CD63_HUMAN", "Homo sapiens")),
        (
            "tr|A0A024R161|A0A024R161_HUMAN Protein OS=Homo sapiens",
            ("named", "A0A024R161", "A0A024R161_HUMAN", "Homo sapiens"),
        ),
        ("sp|P63017|HSP7C_MOUSE", ("named", "P63017", "HSP7C_MOUSE", "Mus musculus")),
        ("sp|P08962|", ("named", "P08962", None, None)),
        ("CD63", ("unknown", None, None, None)),
        ("P1234", ("unknown", None, None, None)),
        ("", ("empty", None, None, None)),
    ],
)
def test_an_entry_is_taken_apart(text, expected):
    record = parse_protein(text)
    assert (record.status, record.accession, record.entry_name, record.species) == expected
    assert (record.is_contaminant, record.is_decoy) == (False, False)


@pytest.mark.parametrize(
    ("text", "is_contaminant", "is_decoy"),
    [
        ("CON__P02769", True, False),
        ("Cont_P02769", True, False),
        ("REV__P02769", False, True),
        ("rev_sp|P02769|ALBU_BOVIN", False, True),
        ("DECOY_P02769", False, True),
        ("REV__CON__P02769", True, True),
        ("##P02769", False, True),
    ],
)
def test_a_prefix_says_contaminant_or_decoy(text, is_contaminant, is_decoy):
    record = parse_protein(text)
    assert (record.is_contaminant, record.is_decoy, record.canonical) == (is_contaminant, is_decoy, "P02769")


def test_the_number_of_an_isoform_is_no_part_of_the_canonical_accession():
    assert parse_protein("P08962-2").canonical == "P08962"
    assert parse_protein("CD63").canonical is None


@given(st.lists(st.text(max_size=20), max_size=10))
def test_as_many_entries_come_out_as_went_in(texts):
    assert [record.given for record in parse_proteins(texts)] == texts
