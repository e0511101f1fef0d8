"""Names of microRNAs in real tables, and our list of arms against real names (not part of the repository)."""

import csv
import gzip
import tomllib
from importlib import resources

import pytest

from vesicle.names.micrornas import read_mirna_table, resolve_micrornas

SPECIES = {"hsa": "Homo sapiens", "mmu": "Mus musculus", "rno": "Rattus norvegicus"}


@pytest.fixture(scope="module")
def cargo(real_data):
    return real_data / "cargo"


@pytest.fixture(scope="module")
def table(cargo):
    return read_mirna_table(cargo / "mirbase_names_v6_to_v22_hsa_mmu_rno.csv.gz")


def column(path, place):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [row[place] for row in list(csv.reader(file))[1:]]


def mature(table, name):
    return {entry.current for entry in table.by_name.get(name, ()) if not entry.is_precursor}


def test_every_row_of_our_list_agrees_with_the_table(table):
    listed = tomllib.loads(resources.files("vesicle.names").joinpath("arms.toml").read_text("utf-8"))
    rows = [(core, f"{core}-{arm}") for arm in ("5p", "3p") for core in listed[arm]]
    rows += [(core, core) for core in listed["none"]] + list(listed["renamed"].items())
    assert len(rows) > 180
    assert [row for row in rows if mature(table, f"hsa-{row[0]}") != {f"hsa-{row[1]}"}] == []


@pytest.mark.parametrize("prefix", SPECIES)
def test_every_name_of_every_version_leads_to_its_entry(table, prefix):
    names = [name for name in table.by_name if name.startswith(f"{prefix}-")]
    log = resolve_micrornas(names, table=table, species=SPECIES[prefix])
    assert len(log) == len(names) > 1_800
    assert not {"other_species", "empty"} & log.counts.keys()
    known = {name: {entry.current for entry in table.by_name[name]} for name in names}
    assert [r.given for r in log if r.name and r.name not in known[r.given]] == []
    dropped = {name for name in names if known[name] == {""}}
    assert {record.given for record in log if record.status == "unmapped"} == dropped
    assert log.counts["ambiguous"] < 0.005 * len(names)


def test_without_the_table_no_older_name_is_taken_for_another_entry(table):
    names = [name for name in table.by_name if name.startswith("hsa-")]
    settled = [record for record in resolve_micrornas(names) if record.status == "previous"]
    assert len(settled) > 300
    assert [
        str(r) for r in settled if r.name not in {entry.current for entry in table.by_name[r.given]}
    ] == []


def test_count_tables_keep_every_row(cargo, table):
    mouse = resolve_micrornas(
        column(cargo / "bv2_ev_mirna_counts.csv.gz", 0), table=table, species="Mus musculus"
    )
    assert dict(mouse.counts) == {"current": 1185, "unmapped": 2}
    human = resolve_micrornas(column(cargo / "cellline_exosome_mirna_counts_healthy.csv.gz", 1), table=table)
    assert dict(human.counts) == {"current": 2652}
    old = resolve_micrornas(column(cargo / "thomou_human_serum_exosome_mirna_Ct.csv.gz", 0), table=table)
    assert len(old) == 573
    assert old.counts["previous"] > 250
    assert all(record.note or record.name for record in old)


def test_a_recent_table_needs_no_table_of_names(cargo):
    log = resolve_micrornas(column(cargo / "cellline_exosome_mirna_counts_healthy.csv.gz", 1))
    assert log.names == tuple(record.given for record in log)
