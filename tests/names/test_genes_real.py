"""Every stale symbol of real tables is resolved or reported; these files are not part of the repository."""

import csv
import gzip

import pytest

from vesicle.names.gene_table import load_genes
from vesicle.names.genes import resolve_symbols


@pytest.fixture(scope="module")
def cargo(real_data):
    return real_data / "cargo"


def column(path, name):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


def genes_of_sets(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return sorted({gene for line in file for gene in line.rstrip("\n").split("\t")[2:]})


def stale(log):
    """Records of names that are no approved symbol, and not empty."""
    return [record for record in log if record.status not in {"approved", "empty"}]


def is_reported(record):
    return bool(record.symbol or record.candidates or record.note)


def test_the_shipped_table_agrees_with_another_extract_of_hgnc(cargo):
    with gzip.open(cargo / "hgnc_symbols.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    genes = {row["symbol"]: load_genes().gene(row["symbol"]) for row in rows}
    assert genes.keys() == load_genes().rows.keys()
    assert all(genes[row["symbol"]].hgnc_id == row["hgnc_id"] for row in rows)
    assert all(genes[row["symbol"]].locus_type == row["locus_type"] for row in rows)
    listed = {row["symbol"]: set(filter(None, row["previous"].split(", "))) for row in rows}
    assert all(listed[symbol] <= set(gene.previous) for symbol, gene in genes.items())


def test_stale_targets_of_mirtarbase_are_resolved_or_reported(cargo):
    targets = sorted(set(column(cargo / "mirtarbase_strong_human.csv.gz", "target")))
    log = resolve_symbols(targets)
    left = stale(log)
    assert len(left) == 58  # 57 in the methods file, which counted a part of the rows
    assert sum(record.status == "previous" for record in left) == 35
    assert {record.given for record in left if record.status == "ambiguous"} == {"COX1", "COX2", "ND1"}
    assert {record.given for record in left if not is_reported(record)} == {
        "IS2",
        "TAM",
    }  # which no gene was ever called
    assert next(record for record in left if record.given == "Fas").status == "non_human"


def test_stale_symbols_of_wikipathways_are_resolved_or_reported(cargo):
    left = stale(resolve_symbols(genes_of_sets(cargo / "wp.gmt.gz")))
    assert len(left) == 43
    assert sum(record.status == "previous" for record in left) == 36
    assert all(is_reported(record) for record in left)


def test_symbols_of_reactome_that_are_not_human_are_not_taken_for_human(cargo):
    log = resolve_symbols(genes_of_sets(cargo / "reactome.gmt.gz"))
    symbols = {record.given: record.symbol for record in log}
    assert 380 <= len(stale(log)) <= 400  # 390 in the methods file
    assert (symbols["UL11"], symbols["gag-pol"], symbols["dlaT"]) == (None, None, None)
    assert (symbols["CTGF"], symbols["CSF2 gene"]) == ("CCN2", "CSF2")


def test_fibroblast_tables_keep_every_group_and_septin_2(cargo):
    names = column(cargo / "imr90_sec_MS2_F8_F20_CM.csv.gz", "Gene names")
    log = resolve_symbols(names)
    assert len(log) == len(names) == 1_038
    groups = [record for record in log if record.members]
    assert len(groups) == 31
    assert all(record.symbol for record in groups)
    assert dict(zip(names, log.symbols, strict=True))["SEPT2"] == "SEPTIN2"
    assert not log.has_dates
    assert {record.given for record in log if record.symbol is None} == {"DKFZp686J1372", "0S"}


def test_groups_with_slashes_are_split(cargo):
    names = column(cargo / "magnet_ev_vs_plasma_foldchange.csv.gz", "Gene")
    log = resolve_symbols(names)
    assert sum(bool(record.members) for record in log) == sum(" / " in name for name in names) > 90
    assert dict(log.summary) == {"approved": 4645, "repaired": 23, "ambiguous": 0, "unmapped": 7}
    assert {record.given for record in log if record.symbol is None} == {""}


def test_a_mouse_table_is_told_from_a_human_one(cargo):
    names = column(cargo / "bv2_responder_LPS-EV_deseq2.csv.gz", "")
    human, mouse = resolve_symbols(names), resolve_symbols(names, species="Mus musculus")
    assert human.counts["non_human"] > 0.99 * len(names)
    assert sum(symbol is not None for symbol in human.symbols) < 0.01 * len(names)
    assert sum(symbol is not None for symbol in mouse.symbols) > 0.6 * len(names)
