"""Gene symbols: what is resolved, what is only reported, and that nothing is dropped."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.names.gene_table import load_genes
from vesicle.names.genes import resolve_symbols


def one(name, **said):
    (record,) = resolve_symbols([name], **said)
    return record


@pytest.mark.parametrize(
    ("name", "status", "symbol"),
    [
        ("CD63", "approved", "CD63"),
        (" CD63 ", "approved", "CD63"),
        ("C9orf72", "approved", "C9orf72"),
        ("SEPT2", "previous", "SEPTIN2"),
        ("MARCH1", "previous", "MARCHF1"),
        ("CTGF", "previous", "CCN2"),
        ("A2MR", "previous", "LRP1"),  # a symbol that HGNC withdrew in favour of another entry
        ("CD73", "alias", "NT5E"),
        ("ST2", "alias", "IL1RL1"),
        ("C9ORF72", "respelled", "C9orf72"),
        ("cd63", "respelled", "CD63"),
        ("HLADRA", "respelled", "HLA-DRA"),
        ("TNF-α", "respelled", "TNF"),
        ("MAPK6 gene", "respelled", "MAPK6"),
        ("EPAS1 (HIF2A)", "respelled", "EPAS1"),
        ("ENSG00000135404", "identifier", "CD63"),
        ("ENSG00000135404.12", "identifier", "CD63"),
        ("HGNC:1692", "identifier", "CD63"),
        ("LOC967", "identifier", "CD63"),
        ("P08962", "identifier", "CD63"),
        ("sp|P08962|CD63_HUMAN", "identifier", "CD63"),
        ("2-Sep", "excel_date", "SEPTIN2"),
        ("44806", "excel_date", "SEPTIN2"),
    ],
)
def test_a_name_with_one_meaning_is_resolved(name, status, symbol):
    record = one(name)
    assert (record.status, record.symbol, record.candidates or (symbol,)) == (status, symbol, (symbol,))
    assert record.given == name


@pytest.mark.parametrize(
    ("name", "status", "candidates"),
    [
        ("COX2", "ambiguous", ("MT-CO2", "PTGS2")),
        ("cox-2", "unmapped", ("MT-CO2", "PTGS2")),  # an alias counts in its own letters only
        ("QARS", "ambiguous", ("EPRS1", "QARS1")),
        ("Rho", "ambiguous", ("RHOD", "RHO")),  # an alias, and the mouse's RHO
        ("Fas", "non_human", ("FAS",)),
        ("Sox2", "non_human", ("SOX2",)),
        ("dlaT", "non_human", ("DLAT",)),
        ("Defb23", "non_human", ("DEFB123",)),
        ("1700001C02Rik", "non_human", ()),
        ("Gm18984", "non_human", ()),
        ("ENSMUSG00000051285", "non_human", ()),
        ("ALBU_BOVIN", "non_human", ()),
        ("1-Mar", "excel_date", ("MARCHF1", "MTARC1")),
        ("7-Jan", "excel_date", ()),
        ("CON__P12345", "unmapped", ()),
        ("REV__P08962", "unmapped", ()),
        ("LOC999999999", "unmapped", ()),
        ("ENSG99999999999", "unmapped", ()),
        ("AC005280.2", "unmapped", ()),
        ("CBSL", "unmapped", ()),  # HGNC withdrew it
        ("hsa-miR-21-5p", "unmapped", ()),
        ("Keratin", "unmapped", ()),
        ("12", "unmapped", ()),
        ("UL11", "unmapped", ("RPL12",)),  # of a virus; uL11 is an alias of RPL12
        ("8b", "unmapped", ()),
        ("xx gene", "unmapped", ()),
        ("Q9ZZZ9", "unmapped", ()),
        ("2.31E+13", "unmapped", ()),
    ],
)
def test_a_name_without_one_meaning_has_no_symbol(name, status, candidates):
    record = one(name)
    assert (record.status, record.symbol, record.candidates) == (status, None, candidates)
    assert name in str(record)


@pytest.mark.parametrize("cell", [None, "", "  ", "NA", "-", "nan", "#N/A", '""'])
def test_an_empty_cell_is_counted_and_has_no_symbol(cell):
    assert one(cell).status == "empty"


def test_a_number_that_may_be_a_date_or_a_gene_id_is_ambiguous():
    record = one("30012")  # the second of March 1982, and the NCBI Gene id of TLX3
    assert (record.status, record.candidates) == ("ambiguous", ("MARCHF2", "MTARC2", "TLX3"))
    assert one("44806").note == "a date that a spreadsheet made of a symbol"
    assert one("967").note == "the NCBI Gene id of CD63, if it is one"


def test_a_date_cell_of_a_workbook_is_named_as_a_date():
    assert one(datetime(2023, 9, 2)).symbol == "SEPTIN2"


def test_a_previous_symbol_that_is_also_an_alias_says_so():
    assert one("SEPT2").note == "also an alias of SEPTIN6"
    assert one("TAZ").symbol == "TAFAZZIN"
    assert "WWTR1" in one("TAZ").note


def test_an_approved_symbol_that_is_easily_mistaken_says_so():
    assert one("GPR78").symbol == "GPR78"
    assert "HSPA5" in one("GPR78").note


@pytest.mark.parametrize(
    "text", ["COX2;CD63", "COX2 / CD63", "COX2|CD63", "COX2, CD63", "COX2 /// CD63", ";COX2;CD63;"]
)
def test_a_group_is_represented_by_its_first_member_with_a_symbol(text):
    record = one(text)
    assert (record.symbol, record.status) == ("CD63", "approved")
    assert [member.status for member in record.members] == ["ambiguous", "approved"]
    assert "CD63 is the first that has a symbol" in record.note


def test_a_name_with_a_slash_that_the_table_holds_is_no_group():
    assert one("Oct3/4").symbol == "POU5F1"
    assert one("Oct3/4").members == ()


def test_a_group_without_any_symbol_says_the_most_useful_thing():
    record = one("zzz9;COX2")
    assert (record.status, record.symbol, record.candidates) == ("ambiguous", None, ("MT-CO2", "PTGS2"))
    assert one("zzz9;yyy9").status == "unmapped"


def test_an_alias_beside_an_id_of_a_mouse_is_not_believed():
    record = one("Hc|ENSMUSG00000026874")
    assert (record.status, record.symbol) == ("non_human", None)
    assert "CLTC" in record.candidates


def test_a_single_name_with_separators_around_it_is_read():
    assert one("CD63;").symbol == "CD63"


@pytest.mark.parametrize(
    ("name", "status", "symbol"),
    [
        ("Cd63", "non_human", "CD63"),
        ("CD63", "approved", "CD63"),
        ("Sp110|ENSMUSG00000070034", "non_human", "SP110"),
        ("Hc", "non_human", None),  # a human alias of CLTC, and another gene in the mouse
        ("Zzz9", "non_human", None),
    ],
)
def test_a_mouse_sample_takes_the_human_symbol_of_the_same_letters(name, status, symbol):
    record = one(name, species="Mus musculus")
    assert (record.status, record.symbol) == (status, symbol)


def test_the_log_counts_every_name_once():
    names = ["CD63", "SEPT2", "COX2", "Fas", "1-Mar", "7-Jan", "none such", "", "CD63"]
    log = resolve_symbols(names)
    assert len(log) == len(names)
    assert [record.given for record in log] == names
    assert dict(log.summary) == {"approved": 2, "repaired": 1, "ambiguous": 2, "unmapped": 4}
    assert sum(log.counts.values()) == len(names)
    assert log.has_dates
    assert log.is_mixed_species
    assert dict(log.duplicates) == {"CD63": (0, 8)}
    assert [record.is_repaired for record in log][:3] == [False, True, False]
    assert "'COX2': ambiguous, MT-CO2 or PTGS2 (alias of 2 genes)" in log.lines
    assert not any("'CD63'" in line for line in log.lines)
    assert log.table.startswith("HGNC")


def test_a_clean_table_has_an_empty_log():
    log = resolve_symbols(["CD63", "CD81"])
    assert (log.lines, log.has_dates, log.is_mixed_species) == ((), False, False)


def test_a_date_inside_a_group_is_found():
    assert resolve_symbols(["CD63;2-Sep"]).has_dates


@pytest.mark.parametrize(
    "text", ["a" + " " * 200_000 + "b", "A;" * 50_000, "9" * 5_000, "sp|" * 50_000, "1-" * 50_000]
)
def test_a_cell_that_is_far_too_long_is_answered(text):
    assert one(text).symbol is None


cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["CD63", "SEPT2", "COX2", "Fas", "1-Mar", "ALB;AFP", "A / B", "44806", "", "miR-21"]),
    st.integers(0, 99999),
)


@given(st.lists(cells, max_size=12), st.sampled_from(["Homo sapiens", "Mus musculus"]))
def test_as_many_records_come_out_as_names_went_in(names, species):
    log = resolve_symbols(names, species=species)
    assert [record.given for record in log] == ["" if name is None else str(name) for name in names]
    assert sum(log.summary.values()) == len(names)
    approved = load_genes().rows
    assert all(symbol in approved for symbol in log.symbols if symbol is not None)
    assert all(candidate in approved for record in log for candidate in record.candidates)


@given(st.lists(cells, max_size=8), st.randoms())
def test_the_order_of_the_names_does_not_matter(names, random):
    shuffled = random.sample(names, len(names))
    known = dict(zip(map(str, names), resolve_symbols(names).symbols, strict=True))
    assert dict(zip(map(str, shuffled), resolve_symbols(shuffled).symbols, strict=True)) == known
