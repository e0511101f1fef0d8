"""Ranked enrichment: whether the genes of a set gather at one end of a ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.enrichment.gene_sets import NAMED, GeneSets
from vesicle.enrichment.hypergeometric import false_discovery_rates
from vesicle.enrichment.walks import extremes, random_extremes
from vesicle.errors import UsageError, quoted
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

PERMUTATIONS = 1000
SMALLEST, LARGEST = 15, 500
"""Sizes of sets, in ranked genes, that are tested unless said otherwise: a choice, as in other programs."""
_FEWEST = 10
"""With fewer random sets of one sign their mean says little, so the set has no normalised score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Enrichment of each set among ranked genes, in order of p; one value per set of ``names``.

    ``es`` is the running sum where it is furthest from zero, ``nes`` the same over the mean of random sets of the same
    size and sign (NaN where there are too few of them), ``p`` counts those that are at least as extreme, and
    ``smallest_q`` is what ``q`` would be if only one set were beyond all random ones.
    """

    names: tuple[str, ...]
    size: NDArray[np.int64]
    es: FloatArray
    nes: FloatArray
    p: FloatArray
    q: FloatArray
    genes: int
    permutations: int
    smallest_q: float
    warnings: tuple[Warned, ...] = ()


def rank_enrich(
    sets: GeneSets,
    values: Mapping[str, float],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    smallest: int = SMALLEST,
    largest: int = LARGEST,
) -> Ranked:
    """Whether the genes of each set gather at the top or the bottom of a ranking.

    Parameters
    ----------
    sets : GeneSets
        The sets; only their ranked genes count.
    values : mapping of str to float
        What genes are ranked by, such as a difference in abundance; its size is the weight of a step.
    permutations : int, optional
        Random sets per size.
    seed : int, optional
        Of the drawing.
    smallest : int, optional
        Ranked genes that a set has at least.
    largest : int, optional
        Ranked genes that a set has at most.

    Returns
    -------
    Ranked
        The same for the same seed.

    Raises
    ------
    UsageError
        When a value is not finite, or no set has a fitting number of ranked genes.

    Notes
    -----
    Labels of genes are exchanged, so genes count as independent, which co-regulated ones are not: p is too small
    where a set's genes move together. A random set depends on its size alone, so sets of one size share theirs.

    **Source** The weighted running sum of gene set enrichment analysis, as the program gseapy computes it; values
    of its release 1.3.1 are compared in the tests.
    """
    genes, weight, ties = _ranking(values, permutations)
    starts, places, kept = _places(sets, genes, smallest, largest)
    size = np.diff(starts)
    es = extremes(starts, places, weight)
    sizes, which = np.unique(size, return_inverse=True)
    random = random_extremes(sizes, weight, permutations, seed)
    nes, p = _against(es, random, which)
    order = np.lexsort((-np.abs(es), p))
    warnings = _doubts(sets, kept, nes, ties=ties, limits=(smallest, largest))
    return Ranked(
        names=tuple(sets.names[kept[i]] for i in order),
        size=size[order],
        es=es[order],
        nes=nes[order],
        p=p[order],
        q=false_discovery_rates(p)[order],
        genes=len(genes),
        permutations=permutations,
        smallest_q=min(1.0, len(kept) / (permutations + 1)),
        warnings=warnings,
    )


def _ranking(values: Mapping[str, float], permutations: int) -> tuple[dict[str, int], FloatArray, int]:
    """Rank of each gene from the highest value, the weight of each rank, and how many values are not unique."""
    given = np.fromiter(values.values(), np.float64, len(values))
    bad = int(np.sum(~np.isfinite(given)))
    if bad or len(values) < 2 or permutations < 1:
        raise UsageError(
            "These genes cannot be ranked.",
            why=f"{bad} of {len(values)} values are no numbers; {permutations} permutations.",
            next_step="Leave out genes without a value, and ask for at least one permutation.",
        )
    order = np.argsort(-given, kind="stable")
    names = list(values)
    ties = len(values) - len(np.unique(given))
    return {names[gene]: rank for rank, gene in enumerate(order)}, np.abs(given[order]), ties


def _places(
    sets: GeneSets, ranks: Mapping[str, int], smallest: int, largest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rank = np.fromiter((ranks.get(gene, -1) for gene in sets.genes), np.int64, len(sets.genes))
    size = sets.count_where(rank >= 0)
    kept = np.flatnonzero((size >= max(smallest, 1)) & (size <= min(largest, len(ranks) - 1)))
    if not kept.size:
        raise UsageError(
            "No set can be tested.",
            why=f"None has {smallest} to {largest} genes among the {len(ranks)} ranked ones.",
            next_step="Compare the spelling of the symbols, or allow smaller or larger sets.",
        )
    found = [_ranks_of(sets, i, rank) for i in kept.tolist()]
    return np.concatenate([[0], np.cumsum(size[kept])]), np.concatenate(found), kept


def _ranks_of(sets: GeneSets, place: int, rank: NDArray[np.int64]) -> NDArray[np.int64]:
    found = rank[sets.members[sets.starts[place] : sets.starts[place + 1]]]
    return np.sort(found[found >= 0])


def _against(es: FloatArray, random: FloatArray, which: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Normalised scores and p, against the random sets of the same size and sign."""
    nes, p = np.full(es.size, np.nan), np.ones(es.size)
    by_size = [np.sort(row) for row in random]
    for i, (score, row) in enumerate(zip(es, which, strict=True)):
        drawn = by_size[row]
        first = int(np.searchsorted(drawn, 0.0))
        same = drawn[first:] if score >= 0 else -drawn[:first]
        if same.size >= _FEWEST and same.mean() > 0:
            nes[i] = score / same.mean()
        p[i] = (np.sum(same >= abs(score)) + 1) / (same.size + 1)
    return nes, p


def _doubts(
    sets: GeneSets, kept: NDArray[np.int64], nes: FloatArray, *, ties: int, limits: tuple[int, int]
) -> tuple[Warned, ...]:
    found: list[Warned] = []
    lost = sorted(set(range(len(sets.names))) - set(kept.tolist()))
    if lost:
        message = (
            f"{len(lost)} sets have fewer than {limits[0]} or more than {limits[1]} ranked genes and were not tested: "
            f"{quoted((sets.names[i] for i in lost), most=NAMED)}."
        )
        found.append(Warned(code="gene_sets_not_tested", message=message))
    if ties:
        message = f"{ties} genes have the value of another one; their order is that of the file."
        found.append(Warned(code="ranks_tied", message=message))
    bare = int(np.sum(np.isnan(nes)))
    if bare:
        message = f"{bare} sets have fewer than {_FEWEST} random sets of their sign, so no normalised score."
        found.append(Warned(code="random_sets_one_sided", message=message))
    return tuple(found)
