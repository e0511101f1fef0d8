"""Gene sets, lists and symbols: what is odd about a file is named, and nothing vanishes."""

import pytest

from vesicle.enrichment.gene_lists import genes_of_rows
from vesicle.enrichment.gene_sets import parse_gmt, sets_from
from vesicle.enrichment.symbols import doubts_of_symbols
from vesicle.errors import ReadError


def codes(warnings):
    return [warned.code for warned in warnings]


def said(warnings, code):
    return next(warned.message for warned in warnings if warned.code == code)


def test_a_clean_file_raises_no_doubt():
    sets, warnings = parse_gmt("A\tna\tCD9\tCD63\nB\tna\tALB\n", where="my.gmt")
    assert (sets.names, sets.genes, warnings) == (("A", "B"), ("CD9", "CD63", "ALB"), ())
    assert sets.count(["CD9", "ALB", "TTR"]).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("A\tna\tCD9\nB\tna\n", "gene_sets_empty", "'B'"),
        ("A\tna\tCD9\nA\tna\tCD9\n", "gene_sets_repeated", "'A'"),
        ("A\tna\tCD9\nA\tna\tCD63\n", "gene_sets_renamed", "'A'"),
        ("A\tna\tCD9\nB\tna\tCD9\n", "gene_sets_identical", "'A', 'B'"),
        ("A\tna\tCD9\t\tCD63\t\t\n", "genes_blank", "1 blank"),
        ("A\tna\tCD9\tCD9\tCD63\n", "genes_repeated", "1 genes"),
        ("A\tna\tSEPT2\tCD9\n", "symbols_stale", "'SEPT2'"),
        ("A\tna\t2-Sep\tCD9\n", "symbols_are_dates", "'2-Sep'"),
        ("A\tna\tgag\tCD9\n", "symbols_not_human", "'gag'"),
    ],
)
def test_what_is_odd_in_a_file_of_sets_is_named(text, code, words):
    _, warnings = parse_gmt(text, where="my.gmt")
    assert codes(warnings) == [code]
    assert words in said(warnings, code)


def test_a_later_set_of_the_same_name_is_kept_under_another():
    sets, _ = parse_gmt("A\tna\tCD9\nA\tna\tCD63\nA\tna\tALB\n\tna\tTTR\n", where="my.gmt")
    assert sets.names == ("A", "A (2)", "A (3)", "set in row 4")


@pytest.mark.parametrize("text", ["A,na,CD9", "A\tna\tCD9\nGARBAGE\n", "A\tna\n", "\n"])
def test_what_is_no_file_of_sets_is_refused(text):
    with pytest.raises(ReadError, match=r"GMT|no set"):
        parse_gmt(text, where="my.gmt")


def test_the_names_of_human_genes_raise_no_doubt():
    human = ["CD9", "C1orf43", "HLA-DRB1", "H2AC4", "MT-CO2", "NKX2-1", "TRAV1-2", "SEPTIN2", "MARCHF1"]
    assert doubts_of_symbols(human, where="list") == ()


def test_a_list_is_read_with_or_without_a_header():
    plain = genes_of_rows([["CD9"], ["CD63"]], where="list.txt")
    table = genes_of_rows([["n", "Gene symbol"], ["1", "CD9"], ["2", "CD63"]], where="list.csv")
    assert plain == table
    assert (plain.genes, plain.warnings) == (("CD9", "CD63"), ())


def test_what_is_odd_in_a_list_is_named():
    rows = [["Gene"], ["CD9"], [""], ["CD63;CD81"], ["ACTB / ACTG1"], ["CD9"], []]
    found = genes_of_rows(rows, where="list.txt")
    assert found.genes == ("CD9", "CD63", "ACTB")
    assert codes(found.warnings) == ["genes_blank", "gene_groups", "genes_repeated"]
    assert "'CD63;CD81', 'ACTB / ACTG1'" in said(found.warnings, "gene_groups")


@pytest.mark.parametrize("rows", [[], [["Gene"]], [[""], [""]]])
def test_a_list_without_a_gene_is_refused(rows):
    with pytest.raises(ReadError, match="no gene"):
        genes_of_rows(rows, where="list.txt")


def test_a_gene_that_stands_twice_in_a_set_counts_once():
    assert sets_from({"A": ["CD9", "CD9"]}).count({"CD9"}).tolist() == [1]
