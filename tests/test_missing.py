"""What is missing, and what it would allow: files first, then keys of the manifest."""

import pytest
from tests.checks.build import file_ref, inputs, positions, size_run

from vesicle.dossier.missing import missing_from, missing_items, unmatched_rules
from vesicle.manifest import Manifest, manifest_from_text
from vesicle.measurements import ProteinTable
from vesicle.readers import find_readers
from vesicle.standards import load_standard, terms

ROWS = load_standard("wanted")


def missing(kinds=(), roles=(), manifest=""):
    said = manifest_from_text(manifest)
    return [item.what for item in missing_items(kinds=kinds, roles=roles, manifest=said)]


def test_an_empty_folder_lacks_everything_and_each_item_says_what_it_allows():
    items = missing_items(kinds=(), roles=(), manifest=Manifest())
    assert len(items) == len(ROWS["file"]) + len(ROWS["key"])
    assert all(item.what and item.allows for item in items)


@pytest.mark.parametrize("reader", find_readers(), ids=lambda reader: reader.name)
def test_every_reader_but_the_zeta_profile_meets_a_wish(reader):
    wishes = [prefix for row in ROWS["file"] for prefix in row.get("readers", [])]
    is_wanted = any(reader.name.startswith(prefix) for prefix in wishes)
    assert is_wanted == (reader.name != "zetaview-profile-txt")


def test_every_wish_names_a_reader_or_a_role_that_exists():
    names = [reader.name for reader in find_readers()]
    for row in ROWS["file"]:
        assert all(any(name.startswith(prefix) for name in names) for prefix in row.get("readers", []))
        assert set(row.get("roles", [])) <= set(terms("file_role"))


def test_every_key_that_is_wished_for_is_one_of_the_layout():
    manifest = Manifest()
    for row in ROWS["key"]:
        record = getattr(manifest, row["table"])
        assert record == () or all(hasattr(record, key) for key in row["keys"])


def test_a_file_that_is_there_is_not_missing():
    assert any("protein assay" in what for what in missing())
    assert not any("protein assay" in what for what in missing(kinds={"protein-table"}))
    assert not any("buffer blank" in what for what in missing(roles={"buffer blank"}))


def test_only_the_absent_keys_of_a_table_are_named():
    assert "[batch] production_date, product_kind in vesicle.toml" in missing(manifest='[batch]\nid = "B"')
    assert "[isolation] method in vesicle.toml" in missing()
    assert not any("[isolation]" in what for what in missing(manifest='[[isolation]]\nmethod = "other"'))
    full = '[storage]\ntemperature_c = -80\ncontainer = "glass"\nfreeze_thaw = 0'
    assert not any("[storage]" in what for what in missing(manifest=full))


def test_false_and_zero_are_statements():
    said = '[product]\nfinal_volume_ml = 1\nbuffer = "PBS"\nprotein_in_buffer = false'
    assert not any("[product]" in what for what in missing(manifest=said))


def test_what_was_read_decides_and_not_what_was_only_seen():
    table = ProteinTable(file=file_ref("bca.csv"), reader="protein-table", assay="", readings=())
    read = [item.what for item in missing_from(inputs(measurements=(size_run(positions=positions()), table)))]
    assert not any(
        "protein assay" in what or "position table" in what or "tracking export" in what for what in read
    )
    assert any("buffer blank" in what for what in read)
    alone = [item.what for item in missing_from(inputs(measurements=(size_run(role="buffer blank"),)))]
    assert any("position table" in what for what in alone)
    assert not any("buffer blank" in what for what in alone)


def test_a_rule_that_means_no_file_is_named():
    said = manifest_from_text('[[files]]\nglob = "blnk*"\nrole = "buffer blank"\n[[files]]\nglob = "*.txt"')
    found = unmatched_rules(said, ["sizing/blank_1.txt"])
    assert [item.what for item in found] == ["a file that matches [[files]] glob = 'blnk*' in vesicle.toml"]


def test_rules_that_mean_a_file_by_its_path_or_its_name_are_not_named():
    said = manifest_from_text('[[files]]\nglob = "sizing/*"\n[[files]]\nglob = "blank_1.txt"')
    assert unmatched_rules(said, ["sizing/blank_1.txt"]) == ()
