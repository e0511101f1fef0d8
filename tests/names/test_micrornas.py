"""Names of microRNAs without a table of names: arms, stars, precursors, species, spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.names.micrornas import families_by_seed, resolve_micrornas


def one(name, **said):
    (record,) = resolve_micrornas([name], **said)
    return record


@pytest.mark.parametrize(
    ("name", "status", "today", "kind"),
    [
        ("hsa-miR-21-5p", "unchecked", "hsa-miR-21-5p", "mature"),
        ("hsa-miR-21", "previous", "hsa-miR-21-5p", "mature"),
        ("hsa-miR-21*", "previous", "hsa-miR-21-3p", "mature"),
        ("miR-21", "previous", "hsa-miR-21-5p", "mature"),
        ("hsa-miR-210", "previous", "hsa-miR-210-3p", "mature"),
        ("hsa-miR-125b", "previous", "hsa-miR-125b-5p", "mature"),
        ("hsa-miR-125b-1*", "previous", "hsa-miR-125b-1-3p", "mature"),
        ("hsa-miR-24-1*", "previous", "hsa-miR-24-1-5p", "mature"),
        ("hsa-miR-199a*", "previous", "hsa-miR-199a-3p", "mature"),
        ("hsa-let-7a", "previous", "hsa-let-7a-5p", "mature"),
        ("hsa-miR-103", "previous", "hsa-miR-103a-3p", "mature"),
        ("hsa-miR-206", "unchecked", "hsa-miR-206", "mature"),
        ("hsa-let-7a-1", "unchecked", "hsa-let-7a-1", "precursor"),
        ("hsa-let-7a-2-3p", "unchecked", "hsa-let-7a-2-3p", "mature"),
        ("hsa-mir-21", "unchecked", "hsa-mir-21", "precursor"),
        ("hsa-mir-21-5p", "respelled", "hsa-miR-21-5p", "mature"),
        ("miR-21-5p", "respelled", "hsa-miR-21-5p", "mature"),
        ("MIR21", "respelled", "hsa-mir-21", "precursor"),
        ("MIR125B1", "respelled", "hsa-mir-125b-1", "precursor"),
        ("MIRLET7A1", "respelled", "hsa-let-7a-1", "precursor"),
        ("hsa_miR_21_5p", "respelled", "hsa-miR-21-5p", "mature"),
        ("microRNA-21-5P", "respelled", "hsa-miR-21-5p", "mature"),
        ("Hsa-Mir-21_5p", "respelled", "hsa-miR-21-5p", "mature"),
        ("hsa-miR-21-4373090", "previous", "hsa-miR-21-5p", "mature"),  # with the number of an assay
        ("hsa-miR-21-5p:MIMAT0000076:Homo:sapiens:miR-21-5p", "respelled", "hsa-miR-21-5p", "mature"),
    ],
)
def test_a_name_with_one_meaning_is_brought_to_the_name_of_today(name, status, today, kind):
    record = one(name)
    assert (record.status, record.name, record.kind, record.given) == (status, today, kind, name)


@pytest.mark.parametrize(
    ("name", "status", "candidates"),
    [
        ("hsa-miR-1234", "ambiguous", ("hsa-miR-1234-5p", "hsa-miR-1234-3p", "hsa-miR-1234")),
        ("hsa-miR-1234*", "ambiguous", ("hsa-miR-1234-5p", "hsa-miR-1234-3p")),
        ("hsa-let-7c*", "ambiguous", ("hsa-let-7c-5p", "hsa-let-7c-3p")),  # this star was dropped
        ("hsa-miR-125b-1", "ambiguous", ("hsa-miR-125b-1-5p", "hsa-miR-125b-1-3p")),
        ("mmu-miR-21a-5p", "other_species", ("mmu-miR-21a-5p",)),
        ("cel-miR-39-3p", "other_species", ("cel-miR-39-3p",)),
        ("ebv-miR-BART1-5p", "other_species", ()),
        ("miR-17-92", "unmapped", ()),
        ("hsa-miR-103-as", "unmapped", ()),
        ("RNU48", "unmapped", ()),
        ("Human U6 snRNA", "unmapped", ()),
        ("CD63", "unmapped", ()),
        ("MIMAT0000076", "unmapped", ()),
        ("", "empty", ()),
    ],
)
def test_a_name_without_one_meaning_has_none(name, status, candidates):
    record = one(name)
    assert (record.status, record.name, record.candidates) == (status, None, candidates)
    assert status == "empty" or record.note


def test_the_arms_of_other_species_are_not_taken_from_the_human_list():
    record = one("mmu-miR-21", species="Mus musculus")
    assert (record.status, record.name) == ("ambiguous", None)
    assert one("miR-21-5p", species="Mus musculus").name == "mmu-miR-21-5p"


def test_an_unknown_species_leaves_names_without_a_prefix():
    assert one("miR-21-5p", species="Danio rerio").name == "miR-21-5p"
    assert one("hsa-miR-21-5p", species="Danio rerio").status == "unchecked"


def test_let_7b_is_a_precursor_beside_precursors_and_mature_otherwise():
    beside = resolve_micrornas(["hsa-mir-21", "hsa-let-7b"]).records[1]
    assert (beside.kind, beside.name) == ("precursor", "hsa-let-7b")
    alone = one("hsa-let-7b")
    assert (alone.kind, alone.name) == ("mature", "hsa-let-7b-5p")
    assert "precursor" in beside.note + alone.note


def test_a_name_without_an_arm_is_one_of_today_beside_names_with_arms():
    recent = ["hsa-miR-21-5p", "hsa-miR-22-3p", "hsa-miR-16-5p"]
    assert resolve_micrornas([*recent, "hsa-miR-4449"]).names[-1] == "hsa-miR-4449"
    assert resolve_micrornas([*recent, "hsa-miR-210"]).names[-1] == "hsa-miR-210-3p"
    assert resolve_micrornas(["hsa-miR-21", "hsa-miR-22", "hsa-miR-16", "hsa-miR-4449"]).names[-1] is None


@pytest.mark.parametrize(
    "text", ["hsa-miR-199a-3p/hsa-miR-199b-3p", "miR-199a-3p;miR-199b-3p", "miR-199a-3p/199b-3p"]
)
def test_a_group_is_represented_by_its_first_member(text):
    record = one(text)
    assert (record.name, record.candidates) == ("hsa-miR-199a-3p", ("hsa-miR-199a-3p", "hsa-miR-199b-3p"))
    assert len(record.members) == 2
    assert "a group of 2" in record.note


def test_a_group_without_names_is_reported():
    assert "no member has a name" in one("CD63;CD81").note


def test_let_7_is_one_family_and_its_precursors_are_not_in_it():
    names = [f"hsa-let-7{letter}-5p" for letter in "abcdefgi"]
    log = resolve_micrornas([*names, "hsa-let-7a-1", "hsa-let-7a-3p", "hsa-miR-125a-5p", "hsa-miR-125b-5p"])
    assert log.families["let-7-5p"] == tuple(range(8))
    assert log.families["let-7-3p"] == (9,)
    assert log.families["miR-125-5p"] == (10, 11)
    assert dict(log.kinds) == {"mature": 11, "precursor": 1}


def test_the_log_says_every_name_that_is_not_of_today_once():
    log = resolve_micrornas(["hsa-miR-21", "hsa-miR-21", "hsa-miR-21-5p", "CD63"])
    assert log.lines == (
        "'hsa-miR-21': previous, hsa-miR-21-5p (an older name without an arm)",
        "'CD63': unmapped, no name (not the name of a microRNA)",
    )
    assert (log.table, sum(log.counts.values()), len(log)) == (None, 4, 4)


def test_a_seed_is_nucleotides_two_to_eight_of_rna_or_dna():
    families = families_by_seed({"a": "UGAGGUAGUAGGUUG", "b": "tgaggtagaaaa", "c": "UAGCUUAUCAG"})
    assert dict(families) == {"GAGGUAG": ("a", "b"), "AGCUUAU": ("c",)}


@pytest.mark.parametrize(
    "text",
    ["miR-" + "9" * 5_000, "miR-1" + "-1" * 50_000, "miR" + " " * 200_000 + "21", "MIR1" + "1" * 5_000],
)
def test_a_cell_that_is_far_too_long_is_answered(text):
    assert one(text).name is None


cells = st.one_of(
    st.none(),
    st.text(max_size=15),
    st.from_regex(r"(hsa-|mmu-)?(miR|mir|let)-\d{1,4}[a-c]?(-\d)?(-[35]p|\*)?", fullmatch=True),
)


@given(st.lists(cells, max_size=10))
def test_as_many_records_come_out_as_names_went_in(names):
    log = resolve_micrornas(names)
    assert [record.given for record in log] == ["" if name is None else str(name) for name in names]
    assert all(record.name in record.candidates for record in log if record.name)


@given(st.integers(1, 9999), st.sampled_from(["5p", "3p"]))
def test_a_name_of_today_stays_what_it_is(number, arm):
    assert one(f"hsa-miR-{number}-{arm}").name == f"hsa-miR-{number}-{arm}"
