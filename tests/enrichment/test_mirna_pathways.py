"""MicroRNAs to pathways: a null that shares what is known of well-studied microRNAs, and what it still finds."""

import csv
import gzip
import io

import numpy as np
import pytest

from vesicle.enrichment import matched
from vesicle.enrichment.gene_sets import parse_gmt, sets_from
from vesicle.enrichment.hypergeometric import false_discovery_rates
from vesicle.enrichment.mirna_pathways import assess_pathways, strength_of, target_scores
from vesicle.enrichment.targets import parse_targets, targets_from
from vesicle.errors import UsageError

GENES = [f"G{i:03d}" for i in range(300)]


def studied(seed, *, planted=0):
    """Microscopic world: genes of the first pathways are studied more often, so every microRNA "hits" them."""
    rng = np.random.default_rng(seed)
    fame = np.where(np.arange(300) < 60, 6.0, 1.0)
    evidence = {}
    for number in range(240):
        degree = int(rng.integers(5, 25))
        genes = set(rng.choice(GENES, degree, replace=False, p=fame / fame.sum()).tolist())
        if number < planted:
            genes |= set(rng.choice(GENES[200:215], 6, replace=False).tolist())
        evidence |= {(f"m{number:03d}", gene): 0.8 for gene in genes}
    sets = {f"famous {k}": GENES[15 * k : 15 * k + 15] for k in range(4)}
    sets |= {f"set {k}": GENES[15 * k : 15 * k + 15] for k in range(4, 20)}
    return sets_from(sets), targets_from(evidence)


def of(*numbers):
    return {f"m{number:03d}": 1.0 for number in numbers}


def test_famous_pathways_are_significant_in_the_usual_test_and_not_in_this_one():
    usual = found = 0
    for seed in range(30):
        sets, targets = studied(seed)
        numbers = np.random.default_rng(seed).choice(240, 4, replace=False)
        result = assess_pathways(sets, targets, of(*numbers), draws=2000, seed=seed)
        usual += bool((false_discovery_rates(result.p_hypergeometric) < 0.05).any())
        found += bool((result.q < 0.05).any())
    assert usual > 20
    assert found <= 6  # at most twice the nominal share, and its scatter in 30 trials


def test_a_planted_pathway_is_found():
    hit = 0
    for seed in range(10):
        sets, targets = studied(seed, planted=3)
        result = assess_pathways(sets, targets, of(0, 1, 2, 100), draws=3000, seed=seed)
        hit += result.names[0] == "set 13" and result.q[0] < 0.05  # genes 195 to 209
        hit += result.names[0] == "set 14" and result.q[0] < 0.05
    assert hit >= 8


def test_p_is_the_share_of_draws_and_its_floor_is_stated():
    sets, targets = studied(1)
    result = assess_pathways(sets, targets, of(3, 4), draws=199, seed=2)
    assert result.p_empirical.min() >= 1 / 200
    assert np.allclose(np.round(result.p_empirical * 200), result.p_empirical * 200)
    assert (result.tests, result.smallest_q) == (20, 20 / 200)
    assert "draws_too_few" in [w.code for w in result.warnings]
    assert np.all(result.p_any >= result.p_empirical - 1e-12)
    assert np.all(result.q <= false_discovery_rates(result.p_empirical) + 1e-12)


def test_the_same_seed_gives_the_same_numbers_and_another_one_nearly():
    sets, targets = studied(1)
    one, again, other = (assess_pathways(sets, targets, of(3, 4, 9), draws=4000, seed=s) for s in (1, 1, 2))
    assert one.p_empirical.tolist() == again.p_empirical.tolist()
    p = dict(zip(other.names, other.p_empirical, strict=True))
    assert one.p_empirical.tolist() == pytest.approx([p[name] for name in one.names], abs=0.04)


def test_the_usual_test_stands_beside_with_its_four_numbers():
    sets, targets = studied(1)
    result = assess_pathways(sets, targets, of(3, 4), draws=100)
    mine = {
        gene
        for i in (3, 4)
        for gene in np.array(targets.genes)[targets.members[targets.starts[i] : targets.starts[i + 1]]]
    }
    place = result.names.index("set 7")
    assert (result.query_size, result.background_size) == (len(mine), len(targets.genes))
    assert result.hits[place] == len(mine & set(GENES[105:120]))
    assert result.by_mirna[:, place].sum() >= result.hits[place]


def test_sets_of_the_same_genes_are_one_test():
    sets, targets = studied(1)
    doubled = {
        name: [sets.genes[j] for j in sets.members[sets.starts[i] : sets.starts[i + 1]]]
        for i, name in enumerate(sets.names)
    }
    doubled |= {f"{name} again": genes for name, genes in doubled.items()}
    once = assess_pathways(sets, targets, of(3, 4), draws=500, seed=1)
    twice = assess_pathways(sets_from(doubled), targets, of(3, 4), draws=500, seed=1)
    q = dict(zip(twice.names, twice.q, strict=True))
    assert (len(twice.names), twice.tests) == (40, 20)
    assert [q[f"{name} again"] for name in once.names] == once.q.tolist()


def test_scores_saturate_and_weak_microrna_count_less():
    targets = targets_from({("m", "A"): 0.8, ("n", "A"): 0.5, ("n", "B"): 1.0})
    scores = target_scores(targets, np.array([0, 1]), np.array([1.0, 0.5]))
    assert scores.tolist() == pytest.approx([1 - 0.2 * 0.75, 0.5])
    assert strength_of(1e6) > 0.99
    sets, table = studied(1)
    strong, weak = (assess_pathways(sets, table, {"m003": 1.0, "m004": a}, draws=50) for a in (1.0, 0.1))
    assert weak.votes.sum() < strong.votes.sum()


def test_draws_are_distinct_and_come_from_their_candidates():
    units = np.empty(2, np.int64)
    starts, candidates = np.array([0, 2, 4]), np.array([5, 6, 6, 7])
    counter, seen = np.uint64(1), set()
    for _ in range(200):
        counter = matched.draw_units(counter, starts, candidates, units)
        seen.add(tuple(units.tolist()))
    assert seen == {(5, 6), (5, 7), (6, 7)}


def test_counts_and_ranks_are_those_of_plain_numpy():
    rng = np.random.default_rng(3)
    votes, strength = rng.integers(0, 4, (30, 12)).astype(float), np.array([1.0, 0.5])
    matches = np.array([0, 30, 60]), np.concatenate([np.arange(30), np.arange(30)])
    sums, counter, units = [], matched.mixed(np.uint64(9)), np.empty(2, np.int64)
    for _ in range(150):
        counter = matched.draw_units(np.uint64(counter), *matches, units)
        sums.append(strength @ votes[units])
    sums, observed = np.array(sums), strength @ votes[[3, 4]]
    count, mean, largest = matched.random_votes(observed, (strength, votes), matches, (150, 9, 20))
    assert count.tolist() == (sums >= observed - 1e-9).sum(axis=0).tolist()
    assert mean == pytest.approx(sums.mean(axis=0))
    assert largest.tolist() == np.sort(sums, axis=0)[-20:].T.tolist()
    ranks = (sums[None] >= sums[:, None] - 1e-9).sum(axis=1)
    ranks[sums <= largest[:, 0] + 1e-9] = 21
    best = matched.smallest_ranks((strength, votes), matches, largest, (150, 9, 20))
    assert best.tolist() == np.minimum(ranks.min(axis=1), 21).tolist()


@pytest.mark.parametrize(
    ("strength", "draws", "words"),
    [
        ({}, 10, "0 given"),
        ({"m001": 0.0}, 10, "'m001'"),
        ({"x": 1.0}, 10, "'x'"),
        ({"m001": 1.0}, 0, "0 draws"),
    ],
)
def test_what_cannot_be_tested_is_refused(strength, draws, words):
    with pytest.raises(UsageError, match="cannot be tested") as caught:
        assess_pathways(*studied(1), strength, draws=draws)
    assert words in caught.value.why


def test_too_few_others_and_no_set_are_refused_and_loose_matches_named():
    sets, _ = studied(1)
    small = targets_from({(m, gene): 1.0 for m in ("a", "b") for gene in GENES[:40]})
    with pytest.raises(UsageError, match="too few other"):
        assess_pathways(sets, small, {"a": 1.0})
    with pytest.raises(UsageError, match="No set"):
        assess_pathways(sets_from({"A": ["x"]}), studied(1)[1], of(1))
    lonely = {("big", gene): 1.0 for gene in GENES} | {(f"m{k}", GENES[k]): 1.0 for k in range(9)}
    result = assess_pathways(sets, targets_from(lonely), {"big": 1.0}, draws=1000)
    assert {"matches_loose", "matches_few"} <= {w.code for w in result.warnings}


@pytest.fixture(scope="module")
def real(real_data):
    def text(name):
        return gzip.decompress((real_data / "cargo" / name).read_bytes()).decode()

    targets, _ = parse_targets(
        list(csv.reader(io.StringIO(text("mirtarbase_strong_human.csv.gz")))), where="t"
    )
    return parse_gmt(text("reactome.gmt.gz"), where="g")[0], targets


@pytest.mark.slow
def test_random_microrna_sets_seldom_have_a_pathway(real):
    sets, targets = real
    rng = np.random.default_rng(77)
    many = np.flatnonzero(targets.degree >= 5)
    usual = found = 0
    for trial in range(20):
        names = {targets.names[i]: 1.0 for i in rng.choice(many, 4, replace=False)}
        result = assess_pathways(sets, targets, names, draws=20_000, seed=trial)
        usual += bool((false_discovery_rates(result.p_hypergeometric) < 0.05).any())
        found += bool((result.q < 0.05).any())
    assert usual >= 14
    assert found <= 4
