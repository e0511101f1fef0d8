"""The standards as data: every limit says who chose it, every reference what was seen of it."""

import re
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from vesicle.checks import find_checks
from vesicle.dossier import find_sections
from vesicle.dossier.claims import forbidden_phrases
from vesicle.errors import ManifestError
from vesicle.standards import canonical_term, load_limits, load_standard, planned_checks, terms

NAMES = sorted(
    path.name.removesuffix(".toml")
    for path in resources.files("vesicle.standards").iterdir()
    if path.name.endswith(".toml")
)
STATUSES = {"seen", "second-hand", "memory", "house", "derived"}


def limits():
    return [
        (standard, limit) for standard in load_limits().checks.values() for limit in standard.limits.values()
    ]


def strings(table, path=()):
    if isinstance(table, str):
        yield path, table
    elif isinstance(table, dict):
        for key, value in table.items():
            yield from strings(value, (*path, key))
    elif isinstance(table, list):
        for item in table:
            yield from strings(item, path)


def test_who_chose_each_limit_is_counted_so_that_a_new_one_is_a_visible_act():
    """Raise a number here only together with a sentence on why no source could be seen."""
    assert Counter(limit.status for _, limit in limits()) == {
        "house": 41,  # C05 to C09, C13 to C15, C22: no text with a limit could be seen
        "memory": 3,
        "second-hand": 1,
        "derived": 1,
        "seen": 7,
    }


@pytest.mark.parametrize(
    ("standard", "limit"), limits(), ids=lambda item: item.name if hasattr(item, "name") else item.id
)
def test_every_limit_has_a_unit_a_meaning_and_a_known_status(standard, limit):
    assert limit.status in STATUSES
    assert limit.unit
    assert limit.meaning
    assert limit.value == limit.default
    assert "{" + limit.name in standard.rule_template, "a limit that its rule does not print"


@pytest.mark.parametrize("standard", load_limits().checks.values(), ids=lambda s: s.id)
def test_every_check_says_its_source_and_what_was_seen_of_it(standard):
    assert standard.source.text
    assert any(word in standard.source.status for word in STATUSES)
    assert standard.would_change
    assert standard.system
    assert "{" not in standard.rule


@pytest.mark.parametrize("name", NAMES)
def test_every_table_names_its_schema_and_reads(name):
    assert load_standard(name)["schema"] == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_has_a_status_beside_it(name):
    """A doi stands in a table that says, in some words, what was seen of the text."""
    word = re.compile(r"seen|second-hand|memory|house|derived|verified|text|title|abstract", re.IGNORECASE)
    tables = [load_standard(name), *load_standard(name).get("checks", {}).values()]
    for table in tables:
        for path, text in strings({key: value for key, value in table.items() if key != "checks"}):
            if "10." in text and re.search(r"10\.\d{4,}/", text):
                top = table.get(path[0])
                around = " ".join(t for _, t in strings(top)) + " ".join(
                    t for _, t in strings(table.get("source_status", ""))
                )
                assert word.search(around), (name, path)


def test_no_forbidden_phrase_stands_in_any_rule_title_or_text_of_the_standards():
    told = [
        text
        for name in NAMES
        for path, text in strings(dict(load_standard(name)))
        if name != "never_claim" or path[0] != "rule"  # which quotes what is never said
        if path[0] != "forbidden"
    ]
    assert len(told) > 500
    assert forbidden_phrases(told) == ()


def test_no_title_or_question_of_a_section_says_what_is_never_said():
    assert forbidden_phrases(f"{s.title} {s.question}" for s in find_sections()) == ()


@pytest.mark.parametrize(
    "phrase",
    [
        "GMP compliant",
        "gmp-compliant",
        "MISEV compliant",
        "MISEV2023-compliant",
        "Part 11 compliant",
        "clinical grade",
        "clinical-grade",
        "release approved",
        "approved for release",
        "is safe",
        "are effective",
        "was shown to be safe",
        "safe and effective",
        "recommended dose",
        "recommended human dose",
        "vesicles/mL",
        "vesicles per mL",
        "exosomes/mL",
        "exosome per ml",
    ],
)
def test_each_phrase_of_the_list_is_found_in_any_case(phrase):
    assert forbidden_phrases([f"It says {phrase.upper()} here."])


@pytest.mark.parametrize(
    "text", ["particles/mL", "the safety of the file", "an effective diameter", "dose as declared"]
)
def test_words_that_only_resemble_the_list_are_not_found(text):
    assert forbidden_phrases([text]) == ()


def test_a_check_is_either_judged_or_planned_and_all_25_are_one_of_the_two():
    judged, planned = {check.id for check in find_checks()}, {check_id for check_id, _ in planned_checks()}
    assert judged & planned == set()
    assert judged | planned == {f"C{number:02}" for number in range(1, 26)}


def test_a_limit_that_is_set_to_its_default_is_no_override():
    standard = load_limits({"C01": {"min_tracks": 50}})["C01"]
    assert standard.overrides == ()
    assert load_limits({"C01": {"min_tracks": 51}})["C01"]["min_tracks"] == 51


def test_an_override_leaves_the_standard_itself_alone():
    load_limits({"C01": {"min_tracks": 999}})
    assert load_limits()["C01"]["min_tracks"] == 50


def test_a_limit_seen_in_its_source_cannot_be_changed():
    with pytest.raises(ManifestError) as caught:
        load_limits({"C12": {"small_nm": 150}})
    assert caught.value.why == "Found 150; the source states 200 nm."


def test_where_no_limit_can_be_changed_the_error_says_none(monkeypatch):
    table = tomllib.loads(
        'version = "1"\n[checks.X]\ntitle = "x"\nsystem = "x"\nrule = "{a:g}"\nsource = "x"\nsource_status = "seen"\n'
        'would_change = "x"\n[checks.X.limits]\na = {value = 1, unit = "nm", status = "seen", meaning = "x"}'
    )
    monkeypatch.setattr("vesicle.standards.load_standard", lambda _: table)
    with pytest.raises(ManifestError, match="can be changed: none"):
        load_limits({"X": {"a": 2}})


def test_standards_cannot_be_changed_in_passing():
    with pytest.raises(TypeError):
        load_standard("purity")["schema"] = 2
    with pytest.raises(TypeError):
        load_limits().checks["C01"] = None


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("bone marrow", "bone marrow"),
        (" Bone Marrow ", "bone marrow"),
        ("BM", "bone marrow"),
        ("Wharton's jelly", "mesenchyme of umbilical cord"),
        ("knee", None),
        ("", None),
    ],
)
def test_a_term_is_found_by_its_label_or_abbreviation(word, label):
    assert canonical_term("source_tissue", word) == label


def test_every_term_says_where_its_identifier_comes_from():
    rows = load_standard("vocab")["term"]
    assert all(row["id_status"] for row in rows)
    assert all(row["source"] in load_standard("vocab")["sources"] for row in rows)
    assert len({(row["field"], row["label"].casefold()) for row in rows}) == len(rows)
    assert set(terms("file_role")) >= {"sample", "buffer blank", "size standard"}


def test_a_rule_says_when_its_check_is_not_assessed_and_names_the_check_it_rests_on():
    rules = {check_id: standard.rule for check_id, standard in load_limits().checks.items()}
    assert [check_id for check_id, rule in rules.items() if "not assessed" not in rule] == ["C25"]
    for check in find_checks():
        assert all(f"({other})" in rules[check.id] for other in check.after), check.id


def test_the_rule_of_c01_does_not_forbid_the_row_that_separates_two_tables():
    """A ZetaView export of two tables holds a row of -1 between them and is valid."""
    assert "no sentinel row" not in load_limits()["C01"].rule


def test_what_the_need_for_a_blank_rests_on_is_not_called_seen_as_a_whole():
    assert "second-hand of MISEV2023" in load_limits()["C04"].source.status


@pytest.mark.parametrize("name", NAMES)
def test_every_table_of_the_package_is_read_or_cited_by_its_code(name):
    package = Path(str(resources.files("vesicle")))
    texts = [path.read_text(encoding="utf-8") for path in package.rglob("*.py")]
    assert any(f'load_standard("{name}")' in text or f'"{name}.toml"' in text for text in texts)
