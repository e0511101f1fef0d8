"""Tables of targets: evidence, families, names; and nothing vanishes."""

import pytest

from vesicle.enrichment.targets import by_family, family_of, find_names, parse_targets, targets_from
from vesicle.errors import MissingColumn, ReadError

HEAD = ["mirna", "target", "experiments", "support", "pmid"]
REPORTER = "Luciferase reporter assay//Western blot"


def evidence_of(targets):
    return {
        (name, targets.genes[targets.members[j]]): pytest.approx(targets.evidence[j])
        for i, name in enumerate(targets.names)
        for j in range(targets.starts[i], targets.starts[i + 1])
    }


def test_papers_add_up_and_one_paper_counts_once():
    rows = [
        HEAD,
        ["miR-1", "A", REPORTER, "Functional MTI", "1"],
        ["miR-1", "A", "qRT-PCR", "Functional MTI", "2"],
        ["miR-1", "A", "qRT-PCR", "Functional MTI", "1"],
        ["miR-1", "B", REPORTER, "Functional MTI (Weak)", "3"],
        ["miR-2", "A", "qRT-PCR", "Functional MTI", ""],
    ]
    targets, warnings = parse_targets(rows, where="t.csv")
    assert evidence_of(targets) == {("miR-1", "A"): 1 - 0.2 * 0.4, ("miR-1", "B"): 0.3, ("miR-2", "A"): 0.6}
    assert (targets.degree.tolist(), warnings) == ([2, 1], ())


def test_without_columns_of_evidence_every_target_weighs_one():
    targets, _ = parse_targets([["Target gene", "microRNA"], ["A", "miR-1"]], where="t.csv")
    assert evidence_of(targets) == {("miR-1", "A"): 1.0}


def test_rows_that_are_not_used_are_counted_and_named():
    rows = [
        HEAD,
        ["m", "A", "x", "Functional MTI", "1"],
        ["m", "B", "x", "Non-Functional MTI", "1"],
        ["m", ""],
        [""],
    ]
    targets, warnings = parse_targets(rows, where="t.csv")
    assert targets.genes == ("A",)
    assert [w.code for w in warnings] == ["targets_not_functional", "targets_incomplete"]
    assert "1 rows report no repression and were not used: 'm and B'" in warnings[0].message
    assert warnings[1].message.startswith("1 rows")


@pytest.mark.parametrize("rows", [[], [["mirna", "x"]], [["target"], ["A"]]])
def test_a_table_without_its_columns_is_refused(rows):
    with pytest.raises(MissingColumn, match="no column"):
        parse_targets(rows, where="t.csv")


def test_a_table_without_a_target_is_refused():
    with pytest.raises(ReadError, match="holds no target"):
        parse_targets([HEAD, ["m", ""]], where="t.csv")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("hsa-let-7a-5p", "let-7-5p"),
        ("let-7f", "let-7"),
        ("hsa-miR-146b-3p", "mir-146-3p"),
        ("hsa-miR-19b-1-5p", "mir-19-5p"),
        ("spike-in", "spike-in"),
    ],
)
def test_a_family_is_the_number_and_the_arm(name, family):
    assert family_of(name) == family


def test_a_family_has_one_vote_with_its_strongest_evidence():
    targets = targets_from(
        {("let-7a-5p", "A"): 0.6, ("let-7b-5p", "A"): 0.8, ("let-7b-5p", "B"): 0.3, ("miR-1", "B"): 1.0}
    )
    assert evidence_of(by_family(targets)) == {
        ("let-7-5p", "A"): 0.8,
        ("let-7-5p", "B"): 0.3,
        ("mir-1", "B"): 1.0,
    }


def test_names_are_found_in_other_spellings_and_every_other_one_is_reported():
    known = ["hsa-miR-21-5p", "hsa-miR-145-5p", "hsa-miR-145-3p"]
    found, warnings = find_names(["hsa-miR-145-3p", "mir-21", "miR-145", "miR-999"], known)
    assert found == {"hsa-miR-145-3p": "hsa-miR-145-3p", "mir-21": "hsa-miR-21-5p"}
    assert [w.code for w in warnings] == [
        "mirna_name_resolved",
        "mirna_name_ambiguous",
        "mirna_not_in_targets",
    ]
