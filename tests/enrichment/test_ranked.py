"""Ranked enrichment against frozen values of gseapy 1.3.1 (prerank, 10,000 permutations, seed 3)."""

import numpy as np
import pytest

from vesicle.enrichment import walks
from vesicle.enrichment.gene_sets import sets_from
from vesicle.enrichment.ranked import rank_enrich
from vesicle.errors import UsageError

GSEAPY = {
    "set 0": (0.38643135524076966, 1.0932),
    "set 1": (-0.2099053610632256, -0.6607),
    "set 2": (0.2855707991608562, 0.9730),
    "set 3": (-0.14942062914589085, -0.5856),
    "set 4": (-0.2712012684657318, -1.1583),
    "set 5": (-0.24390503485936776, -1.1213),
    "set 6": (0.16447097958364437, 0.7773),
    "set 7": (-0.20422831579234638, -1.0309),
    "up": (0.7808091432414673, 2.6606),
    "down": (-0.6600193559887496, -2.3173),
    "half": (0.492054373745109, 1.6703),
}
"""Set of ``made()`` -> ES, NES."""


def made():
    rng = np.random.default_rng(21)
    genes = [f"GENE{i}" for i in range(600)]
    values = np.round(rng.standard_normal(600), 6)
    values[:30] += 1.2
    values[30:60] -= 0.8
    sets = {
        f"set {k}": [genes[i] for i in rng.choice(600, size, replace=False)]
        for k, size in enumerate((15, 20, 30, 50, 80, 120, 200, 300))
    }
    sets |= {"up": genes[:30], "down": genes[30:60], "half": genes[15:45]}
    return sets_from(sets), dict(zip(genes, values.tolist(), strict=True))


def test_scores_are_those_of_gseapy():
    found = rank_enrich(*made(), permutations=2000, seed=5)
    es, nes = (dict(zip(found.names, column.tolist(), strict=True)) for column in (found.es, found.nes))
    assert es == pytest.approx({name: pair[0] for name, pair in GSEAPY.items()}, abs=1e-9)
    difference = [abs(nes[name] - pair[1]) for name, pair in GSEAPY.items()]
    assert (np.median(difference) < 0.03, max(difference) < 0.15) == (True, True)


def test_planted_sets_are_found_and_random_ones_are_not():
    found = rank_enrich(*made(), seed=5)
    assert {found.names[i] for i in np.flatnonzero(found.q < 0.05)} == {"up", "down", "half"}
    assert found.smallest_q == pytest.approx(11 / 1001)
    assert found.warnings == ()


def test_the_order_of_genes_and_the_seed_decide_nothing_else():
    sets, values = made()
    first, again, other = (rank_enrich(sets, values, seed=seed, permutations=300) for seed in (5, 5, 6))
    turned = rank_enrich(sets, dict(reversed(values.items())), seed=5, permutations=300)
    assert first.p.tolist() == again.p.tolist() == turned.p.tolist()
    assert dict(zip(first.names, first.es, strict=True)) == dict(zip(other.names, other.es, strict=True))
    assert sorted(first.p) != sorted(other.p)


def test_p_of_random_sets_is_uniform():
    rng = np.random.default_rng(8)
    genes = [f"G{i}" for i in range(400)]
    sets = sets_from({str(k): [genes[i] for i in rng.choice(400, 20, replace=False)] for k in range(400)})
    p = rank_enrich(sets, dict(zip(genes, rng.standard_normal(400).tolist(), strict=True)), seed=1).p
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.035)
    assert np.mean(p) == pytest.approx(0.5, abs=0.05)


def running_sum(places, weight):
    steps = np.full(weight.size, -1 / (weight.size - len(places)))
    steps[places] = weight[places] / weight[places].sum()
    walk = np.cumsum(steps)
    return walk.max() if walk.max() > -walk.min() else walk.min()


def test_the_extreme_is_that_of_the_running_sum():
    rng = np.random.default_rng(2)
    weight = np.sort(rng.exponential(size=90))[::-1].copy()
    for size in (1, 5, 40, 89):
        places = np.sort(rng.choice(90, size, replace=False))
        assert walks.extreme(places, weight) == pytest.approx(running_sum(places, weight))
    assert walks.extreme(np.array([1, 2]), np.zeros(9)) == 0


def test_what_is_odd_in_a_ranking_is_named():
    sets = sets_from(
        {"all": [f"G{i}" for i in range(20)], "few": ["G1"], "top": [f"G{i}" for i in range(18)]}
    )
    values = {f"G{i}": float(100 - i // 2) for i in range(40)}
    found = rank_enrich(sets, values, permutations=5)
    assert [w.code for w in found.warnings] == ["gene_sets_not_tested", "ranks_tied", "random_sets_one_sided"]
    assert np.isnan(found.nes).all()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"a": np.nan, "b": 1.0}, "1 of 2 values"),
        ({"a": 1.0}, "0 of 1"),
        ({"a": 1.0, "b": 2.0}, "None has 15 to 500"),
    ],
)
def test_what_cannot_be_ranked_is_refused(values, words):
    with pytest.raises(UsageError, match=r"cannot be ranked|No set") as caught:
        rank_enrich(sets_from({"A": ["a", "b"]}), values)
    assert words in caught.value.why
