"""``vesicle.toml``: the whole fixed layout loads, and every error names key, value, choices and remedy."""

import datetime as dt
import os

import pytest

from vesicle.errors import ManifestError, UsageError
from vesicle.manifest import Manifest, load_manifest, manifest_from_text
from vesicle.manifest.load import CLOSED, OPEN
from vesicle.standards import terms

EVERYTHING = """
[batch]
id = "B-01"
production_date = 2026-03-02
product_kind = "EV"
claim_role = "EV is the active substance"
[donor]
id = "D07"
species = "Homo sapiens"
age = 34
sex = "female"
autologous = false
[cells]
tissue = "umbilical cord"
passage = 4
count_at_collection = 4.0e7
viability_percent = 93.5
plastic_adherent = true
trilineage = ["osteoblast", "adipocyte", "chondroblast"]
[culture]
medium = "alpha-MEM"
supplement = "hPL"
supplement_percent = 5
ev_depletion = "ultracentrifugation, 18 h"
oxygen_percent = 5.0
preconditioning = {agent = "hypoxia", dose = "1 % oxygen", hours = 24}
vessel = "T175"
collection_h = 48
medium_volume_ml = 200
[[isolation]]
method = "tangential flow filtration"
settings = "100 kDa"
[[isolation]]
method = "size-exclusion chromatography"
[product]
final_volume_ml = 2.0
buffer = "PBS"
protein_in_buffer = "HSA"
[storage]
temperature_c = -80
container = "low-bind polypropylene"
freeze_thaw = 1
since = 2026-03-03
[intended_use]
indication = "myocardial infarction"
route = "intravenous"
species = "Homo sapiens"
body_weight_kg = 70
dose = "2e8 particles"
volume_ml = 1.5
schedule = "once"
[potency]
assay = "tube formation"
mechanism = "angiogenesis"
reference_batch = "B-00"
[specification.d50_nm]
min = 80
max = 160
unit = "nm"
[[files]]
glob = "sizing/*PBS*"
role = "buffer blank"
sample = "PBS"
dilution = 1
[[biogenesis_evidence]]
experiment = "RAB27A knock-down"
file = "rab27.csv"
[limits.C03]
pass_percent = 10
[readers.protein-table]
sample = "Probe"
"""


def refused(text):
    with pytest.raises(ManifestError) as caught:
        manifest_from_text(text)
    return caught.value


def test_every_table_and_key_of_the_fixed_layout_loads():
    manifest = manifest_from_text(EVERYTHING)
    assert manifest.batch.production_date == dt.date(2026, 3, 2)
    assert manifest.donor.autologous is False
    assert manifest.cells.trilineage == ("osteoblast", "adipocyte", "chondroblast")
    assert manifest.culture.preconditioning.hours == 24
    assert [step.method for step in manifest.isolation][1] == "size-exclusion chromatography"
    assert manifest.product.protein_in_buffer == "HSA"
    assert manifest.storage.temperature_c == -80
    assert manifest.intended_use.body_weight_kg == 70
    assert manifest.specification["d50_nm"].max == 160
    assert manifest.files[0].dilution == 1
    assert manifest.biogenesis_evidence[0].file == "rab27.csv"
    assert manifest.limits["C03"]["pass_percent"] == 10
    assert manifest.readers["protein-table"]["sample"] == "Probe"
    assert manifest.notes == ()


def test_the_sample_above_leaves_no_key_of_the_layout_out():
    manifest = manifest_from_text(EVERYTHING)
    for table in ("batch", "donor", "cells", "culture", "product", "storage", "intended_use", "potency"):
        record = getattr(manifest, table)
        assert None not in {getattr(record, name) for name in record.__slots__}, table


def test_an_empty_manifest_is_valid_and_equals_none_at_all(tmp_path):
    assert manifest_from_text("") == Manifest() == load_manifest(tmp_path)


def test_a_byte_order_mark_is_no_obstacle_and_the_path_is_kept(tmp_path):
    (tmp_path / "vesicle.toml").write_bytes(b'\xef\xbb\xbf[batch]\nid = "B"\n')
    manifest = load_manifest(tmp_path)
    assert (manifest.batch.id, manifest.path) == ("B", "vesicle.toml")


@pytest.mark.parametrize(
    ("text", "where", "found", "advice"),
    [
        ('[cells]\ntisue = "x"', "cells.tisue", "'x'", "Did you mean 'tissue'?"),
        ("[cell]\npassage = 1", "cell", "{'passage': 1}", "Did you mean 'cells'?"),
        ('[donor]\ntissue = "x"', "donor.tissue", "'x'", "The key 'tissue' belongs to [cells]."),
        ('[[files]]\nglob = "a"\nrolle = "b"', "files.0.rolle", "'b'", "Did you mean 'role'?"),
        (
            '[culture.preconditioning]\ndoes = "1"',
            "culture.preconditioning.does",
            "'1'",
            "Did you mean 'dose'?",
        ),
        ("[specification.d50_nm]\nmni = 80", "specification.d50_nm.mni", "80", "Did you mean 'min'?"),
        ('path = "x"', "path", "'x'", ""),
        ("[batch]\nqqqq = 1", "batch.qqqq", "1", "Delete the line, or move it to its table."),
    ],
)
def test_an_unknown_key_is_named_with_its_value_the_choices_and_the_nearest(text, where, found, advice):
    error = refused(text)
    assert error.where == f"vesicle.toml, {where}"
    assert f"Found {found}" in error.why
    assert "allowed keys: '" in error.why
    assert advice in error.next_step
    assert "'path'" not in error.why


@pytest.mark.parametrize(
    ("text", "where", "wanted", "found"),
    [
        ('[cells]\npassage = "4"', "cells.passage", "a whole number", "'4'"),
        ("[cells]\npassage = true", "cells.passage", "a whole number", "True"),
        ("[cells]\npassage = -1", "cells.passage", "greater than or equal to 0", "-1"),
        ('[cells]\nviability_percent = "93"', "cells.viability_percent", "a number", "'93'"),
        ("[cells]\nviability_percent = 101", "cells.viability_percent", "less than or equal to 100", "101"),
        ("[cells]\ncount_at_collection = nan", "cells.count_at_collection", "finite", "nan"),
        ("[product]\nfinal_volume_ml = inf", "product.final_volume_ml", "finite", "inf"),
        ("[product]\nfinal_volume_ml = 0", "product.final_volume_ml", "greater than 0", "0"),
        ("[product]\nfinal_volume_ml = 1e308", "product.final_volume_ml", "less than or equal to", "1e+308"),
        ("[cells]\ncount_at_collection = 1e-300", "cells.count_at_collection", "or equal to 1", "1e-300"),
        ('[[files]]\nglob = "a"\ndilution = 1e308', "files.0.dilution", "less than or equal to", "1e+308"),
        ("[storage]\ntemperature_c = -inf", "storage.temperature_c", "finite", "-inf"),
        ("[limits.C01]\nmin_tracks = nan", "limits.C01.min_tracks", "finite", "nan"),
        ("[limits]\nC01 = 3", "limits.C01", "a table", "3"),
        ("[specification.d50_nm]\nmin = nan", "specification.d50_nm.min", "finite", "nan"),
        ("cells = 5", "cells", "a table", "5"),
        ("[[cells]]\npassage = 3", "cells", "a table", "[{'passage': 3}]"),
        ('[isolation]\nmethod = "other"', "isolation", "double brackets", "{'method': 'other'}"),
        ('[cells]\ntrilineage = "osteoblast"', "cells.trilineage", "a list", "'osteoblast'"),
        ("[batch]\nid = 3", "batch.id", "text in double quotes", "3"),
        ('[batch]\nproduction_date = "May"', "batch.production_date", "a date such as 2026-03-02", "'May'"),
        (
            "[batch]\nproduction_date = 2026-03-02T10:00:00",
            "batch.production_date",
            "a date",
            "'2026-03-02 10:00:00'",
        ),
        ('[donor]\nautologous = "yes"', "donor.autologous", "true or false", "'yes'"),
        (
            "[product]\nprotein_in_buffer = 3",
            "product.protein_in_buffer",
            "true or false, without quotes or text",
            "3",
        ),
        ("[readers.x]\nsample = 1", "readers.x.sample", "text in double quotes", "1"),
        ('[[files]]\nglob = "a"\ndilution = 0.5', "files.0.dilution", "greater than or equal to 1", "0.5"),
    ],
)
def test_a_wrong_type_or_range_is_named_with_its_value_and_what_is_wanted(text, where, wanted, found):
    error = refused(text)
    assert error.where == f"vesicle.toml, {where}"
    assert wanted in error.what
    assert error.why == f"Found {found}."
    assert "delete the line" in error.next_step


@pytest.mark.parametrize(
    ("text", "where", "missing"),
    [
        ('[[isolation]]\nsettings = "x"', "isolation.0", "method"),
        ('[[files]]\nrole = "sample"', "files.0", "glob"),
        ('[[biogenesis_evidence]]\nexperiment = "x"', "biogenesis_evidence.0", "file"),
    ],
)
def test_an_entry_without_its_main_key_says_which(text, where, missing):
    error = refused(text)
    assert error.where == f"vesicle.toml, {where}"
    assert f"'{missing}'" in error.what


def test_a_long_value_is_not_repeated_in_full():
    assert len(refused(f'[cells]\npassage = "{"4" * 5000}"').why) < 200


CLOSED_TEXTS = {
    "batch.product_kind": '[batch]\nproduct_kind = "{}"',
    "batch.claim_role": '[batch]\nclaim_role = "{}"',
    "isolation.method": '[[isolation]]\nmethod = "{}"',
    "storage.container": '[storage]\ncontainer = "{}"',
    "intended_use.route": '[intended_use]\nroute = "{}"',
    "files.role": '[[files]]\nglob = "a"\nrole = "{}"',
}
OPEN_TEXTS = {
    "cells.tissue": '[cells]\ntissue = "{}"',
    "donor.species": '[donor]\nspecies = "{}"',
    "intended_use.indication": '[intended_use]\nindication = "{}"',
    "intended_use.species": '[intended_use]\nspecies = "{}"',
    "product.buffer": '[product]\nbuffer = "{}"',
    "culture.preconditioning.agent": '[culture.preconditioning]\nagent = "{}"',
}


@pytest.mark.parametrize("key", CLOSED)
def test_a_closed_key_takes_its_terms_in_any_case_and_nothing_else(key):
    words = list(terms(CLOSED[key]))
    assert words
    for word in words:
        assert manifest_from_text(CLOSED_TEXTS[key].format(word)).notes == ()
        manifest_from_text(CLOSED_TEXTS[key].format(word.upper()))
    error = refused(CLOSED_TEXTS[key].format(f"{words[0]}x"))
    assert error.why.startswith(f"Found '{words[0]}x'; allowed: '")
    assert f"Did you mean '{words[0]}'?" in error.next_step


@pytest.mark.parametrize("key", OPEN)
def test_an_open_key_takes_free_text_and_notes_it_without_repeating_it(key):
    assert manifest_from_text(OPEN_TEXTS[key].format(next(iter(terms(OPEN[key]))))).notes == ()
    notes = manifest_from_text(OPEN_TEXTS[key].format("GMP compliant bezoar")).notes
    assert notes == (f"{key} is kept as free text: no ontology term with that label is known.",)


@pytest.mark.parametrize(("abbreviation", "label"), [("BM", "bone marrow"), ("uc", "umbilical cord")])
def test_an_abbreviation_of_the_vocabulary_is_a_term(abbreviation, label):
    from vesicle.standards import canonical_term

    assert manifest_from_text(f'[cells]\ntissue = "{abbreviation}"').notes == ()
    assert canonical_term("source_tissue", abbreviation) == label


def test_the_word_exosome_is_kept_where_c12_judges_it_and_refused_where_it_would_hide_a_file():
    assert "check C12 judges the word" in manifest_from_text('[batch]\nproduct_kind = "exosomes"').notes[0]
    refused('[[files]]\nglob = "a"\nrole = "exosomes"')
    refused('[storage]\ncontainer = "exosome tube"')


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[cells]\ntrilineage = ["osteoblast", "adipocite"]', "cells.trilineage.1"),
        ('[donor]\nsex = "femal"', "donor.sex"),
    ],
)
def test_lineages_and_sexes_are_closed_lists(text, where):
    error = refused(text)
    assert error.where == f"vesicle.toml, {where}"
    assert "Did you mean 'adipocyte'?" in error.next_step or "Did you mean 'female'?" in error.next_step


def test_a_term_without_a_near_one_still_gets_advice():
    assert refused('[donor]\nsex = "qqqq"').next_step == "Take one of these."


@pytest.mark.parametrize(
    ("dose", "is_noted"), [("2e8 particles", False), ("50 ug/kg", False), ("much", True)]
)
def test_a_dose_that_cannot_be_compared_is_noted(dose, is_noted):
    notes = manifest_from_text(f'[intended_use]\ndose = "{dose}"').notes
    assert bool(notes) is is_noted
    assert not is_noted or ("cannot be compared" in notes[0] and "'particles'" in notes[0])


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("[specification.d50]\nmax = 1", "specification.d50", "'d50_nm'"),
        (
            '[specification.d50_nm]\nmax = 1\nunit = "um"',
            "specification.d50_nm.unit",
            "Found 'um'; allowed: 'nm'.",
        ),
        ("[specification.d50_nm]\nmin = 2\nmax = 1", "specification.d50_nm", "Found min = 2 and max = 1."),
        ("[specification.d50_nm]", "specification.d50_nm", "Found neither min nor max."),
        ('[specification.d50_nm]\nunit = "nm"', "specification.d50_nm", "Found neither min nor max."),
    ],
)
def test_a_limit_of_the_user_needs_a_known_attribute_its_unit_and_an_order(text, where, why):
    error = refused(text)
    assert error.where == f"vesicle.toml, {where}"
    assert why in error.why


@pytest.mark.parametrize("unit", ["ug/mL", "µg/mL", "μg / ml"])
def test_a_unit_may_be_written_with_any_sign_for_micro(unit):
    manifest_from_text(f'[specification.protein_ug_per_ml]\nmax = 1\nunit = "{unit}"')


@pytest.mark.parametrize(
    ("text", "where", "advice"),
    [
        ("[limits.c01]\nmin_tracks = 1", "limits.c01", "Did you mean 'C01'?"),
        ("[limits.Q]\nx = 1", "limits.Q", "Delete the line, or take one of these."),
        ("[limits.C01]\nmin_track = 1", "limits.C01.min_track", "Did you mean 'min_tracks'?"),
        ("[limits.C25]\nx = 1", "limits.C25.x", "Delete the line"),
        ("[limits.C12]\nsmall_nm = 150", "limits.C12.small_nm", "Limits that can be changed: 'small_share'."),
    ],
)
def test_a_limit_override_needs_a_known_check_and_a_limit_that_is_ours(text, where, advice):
    error = refused(text)
    assert error.where == f"vesicle.toml, {where}"
    assert advice in error.next_step
    assert error.why


@pytest.mark.parametrize(
    "text", ["x = [[[", "[batch", "a = " + "[" * 5000, "a = " + "9" * 5000, "a = 2026-02-31"]
)
def test_text_that_is_not_toml_is_one_clear_error(text):
    assert refused(text).what == "This is not valid TOML."


def test_a_manifest_in_another_encoding_is_a_usage_error(tmp_path):
    (tmp_path / "vesicle.toml").write_bytes('[batch]\nid = "ä"'.encode("latin-1"))
    with pytest.raises(UsageError, match="Save it as UTF-8"):
        load_manifest(tmp_path)


def test_a_manifest_that_is_a_folder_or_a_dead_link_is_a_usage_error_and_not_ignored(tmp_path):
    (tmp_path / "a" / "vesicle.toml").mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot be read"):
        load_manifest(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "vesicle.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="cannot be read"):
        load_manifest(tmp_path / "b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_manifest_that_may_not_be_read_is_a_usage_error(tmp_path):
    (tmp_path / "vesicle.toml").touch(mode=0o000)
    with pytest.raises(UsageError, match="cannot be read"):
        load_manifest(tmp_path)


def test_evidence_of_biogenesis_needs_its_file_in_the_folder(tmp_path):
    text = '[[biogenesis_evidence]]\nexperiment = "knock-down"\nfile = "rab27.csv"\n'
    (tmp_path / "vesicle.toml").write_text(text)
    with pytest.raises(ManifestError, match=r"biogenesis_evidence\.0\.file"):
        load_manifest(tmp_path)
    (tmp_path / "rab27.csv").write_text("x")
    assert load_manifest(tmp_path).biogenesis_evidence[0].file == "rab27.csv"


def test_evidence_of_biogenesis_lies_inside_the_folder(tmp_path):
    folder, outside = tmp_path / "batch", tmp_path / "rab27.csv"
    folder.mkdir()
    outside.write_text("x")
    for name in (outside.as_posix(), "../rab27.csv"):
        text = f'[[biogenesis_evidence]]\nexperiment = "knock-down"\nfile = "{name}"\n'
        (folder / "vesicle.toml").write_text(text)
        with pytest.raises(ManifestError, match="not in the folder"):
            load_manifest(folder)
