"""Over-representation: the tail against SciPy and FunRich, and what the background does."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from vesicle.enrichment.gene_sets import sets_from
from vesicle.enrichment.hypergeometric import false_discovery_rates, upper_tail
from vesicle.enrichment.overrepresentation import background_of, over_represent, over_represent_beside
from vesicle.errors import UsageError

SETS = sets_from({"A": ["a", "b", "c"], "B": ["c", "d"], "far": ["x", "y"]})


def codes(warnings):
    return [warned.code for warned in warnings]


def test_the_tail_is_that_of_scipy():
    rng = np.random.default_rng(4)
    total = rng.integers(1, 20_000, 3000)
    size, drawn = rng.integers(0, total + 1), rng.integers(0, total + 1)
    hits = np.minimum(
        hypergeom.rvs(total, size, drawn, random_state=rng) + rng.integers(-3, 60, 3000),
        np.minimum(size, drawn),
    )
    hits = np.maximum(hits, 0)
    expected = hypergeom.sf(hits - 1, total, size, drawn)
    found = upper_tail(hits, size=size, drawn=drawn, population=total)
    far = expected > 1e-280
    assert far.sum() > 2000
    assert found[far] == pytest.approx(expected[far], rel=1e-7)


@pytest.mark.parametrize(
    ("numbers", "p"),
    [
        ((0, 5, 5, 10), 1.0),
        ((6, 5, 7, 10), 0.0),
        ((5, 5, 10, 10), 1.0),
        ((1, 1, 1, 10), 0.1),
        ((2, 2, 3, 3), 1.0),
        ((0, 0, 0, 1), 1.0),
    ],
)
def test_the_ends_of_the_tail_are_exact(numbers, p):
    hits, size, drawn, total = numbers
    assert upper_tail(hits, size=size, drawn=drawn, population=total) == pytest.approx(p)


def test_false_discovery_rates_follow_their_definition():
    p = np.array([0.04, 0.001, 0.5, 0.03, 0.03])
    by_hand = [min(1.0, *(x * 5 / np.sum(p <= x) for x in p if x >= y)) for y in p]
    assert false_discovery_rates(p) == pytest.approx(by_hand)
    assert false_discovery_rates([]).size == 0


def test_only_the_background_counts():
    found = over_represent(SETS, ["a", "b", "q", "z"], background_of(["a", "b", "c", "d", "e", "q"]))
    assert (found.query_size, found.background_size, found.names) == (3, 6, ("A", "B"))
    assert (found.hits.tolist(), found.set_size.tolist()) == ([2, 0], [3, 2])
    assert found.p[0] == pytest.approx(hypergeom.sf(1, 6, 3, 3))
    assert found.fold.tolist() == pytest.approx([2 * 6 / (3 * 3), 0])
    assert codes(found.warnings) == [
        "genes_outside_background",
        "sets_outside_background",
        "gene_sets_not_tested",
        "genes_in_no_set",
    ]
    assert "'z'" in found.warnings[0].message
    assert "'far'" in found.warnings[2].message


def test_a_number_as_background_leaves_everything_in_and_says_so():
    found = over_represent(SETS, ["a", "z"], background_of(50))
    assert (found.query_size, found.background_size, len(found.names)) == (2, 50, 3)
    assert codes(found.warnings) == ["background_is_a_number", "genes_in_no_set"]


def test_two_backgrounds_in_one_call_are_two_calls():
    wide, narrow = background_of(50), background_of(["a", "b", "c", "d"])
    both = over_represent_beside(SETS, ["a"], (wide, narrow))
    assert [one.background_size for one in both] == [50, 4]
    assert both[1].p.tolist() == over_represent(SETS, ["a"], narrow).p.tolist()
    assert both[0].p[0] < both[1].p[0]


@pytest.mark.parametrize(
    ("query", "background", "words"),
    [
        (["q"], ["a", "b"], "No gene of the list"),
        (["a", "b", "c"], 2, "smaller than what it holds"),
        (["a"], ["a"] * 0, "background of 0"),
        (["a"], 10**9, "background of 1000000000"),
        (["a"], -4, "background of -4"),
        (["q"], ["q"], "No gene of any set"),
    ],
)
def test_what_cannot_be_compared_is_refused(query, background, words):
    with pytest.raises(UsageError, match=words):
        over_represent(SETS, query, background_of(background))


BACKGROUNDS = {"Cellular component": 18_829, "Molecular function": 17_593, "Biological process": 17_723}
QUERIES = {"F8": (901, 889, 887), "CM": (259, 259, 259)}


@pytest.mark.slow
def test_every_row_of_two_reports_of_funrich_is_reproduced(real_data):
    rows = 0
    for name, sizes in QUERIES.items():
        for (title, population), drawn in zip(BACKGROUNDS.items(), sizes, strict=True):
            hits, size, p = funrich_table(
                real_data / "cargo" / f"imr90_sec_{name}_funrich_report.xlsx", title
            )
            found = upper_tail(hits, size=size, drawn=drawn, population=population)
            assert found == pytest.approx(p, rel=1e-6, abs=0)
            rows += len(p)
    assert rows == 8606


def funrich_table(path, title):
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    rows = list(book[title].iter_rows(values_only=True))
    head = next(row for row in rows if row and str(row[1]).startswith("No. of genes in the dataset"))
    place = next(i for i, cell in enumerate(head) if "P-value" in str(cell))
    kept = [row for row in rows if isinstance(row[1], int | float) and isinstance(row[place], int | float)]
    return tuple(np.array([row[i] for row in kept]) for i in (1, 2, place))
