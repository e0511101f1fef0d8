"""What random microRNAs of like degree would have hit, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.enrichment.walks import mixed
from vesicle.measurements.sizing import FloatArray

_TRIES = 64
_SAME = 1e-12
"""Overlaps that differ by less are equal: the order of a sum must not decide."""


@compiled
def spread_scores(
    units: NDArray[np.int64],
    strength: FloatArray,
    target_starts: NDArray[np.int64],
    target_genes: NDArray[np.int64],
    evidence: FloatArray,
    score: FloatArray,
) -> float:
    """Write the score of every target, ``1 - product of (1 - strength * evidence)``, and return their sum.

    Parameters
    ----------
    units : numpy.ndarray
        Which microRNAs.
    strength : numpy.ndarray
        Of each of them, 0 to 1.
    target_starts : numpy.ndarray
        Where the targets of each microRNA begin.
    target_genes : numpy.ndarray
        The targets of all.
    evidence : numpy.ndarray
        The weight of each target.
    score : numpy.ndarray
        Written to; zero for every gene before.

    Returns
    -------
    float
        The sum of all scores.
    """
    total = 0.0
    for slot in range(units.size):
        for j in range(target_starts[units[slot]], target_starts[units[slot] + 1]):
            gene = target_genes[j]
            added = (1.0 - score[gene]) * strength[slot] * evidence[j]
            score[gene] += added
            total += added
    return total


@compiled
def overlaps(
    units: NDArray[np.int64],
    strength: FloatArray,
    targets: tuple[NDArray[np.int64], NDArray[np.int64], FloatArray],
    sets: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> FloatArray:
    """Weighted Jaccard overlap of the scores of some microRNAs with each set.

    Parameters
    ----------
    units : numpy.ndarray
        Which microRNAs.
    strength : numpy.ndarray
        Of each of them.
    targets : tuple of numpy.ndarray
        Starts, genes and evidence of all microRNAs.
    sets : tuple of numpy.ndarray
        Where the sets of each gene begin, the sets, and the size of each set.

    Returns
    -------
    numpy.ndarray
        Shape (sets,): ``sum of scores inside / (sum of all scores + genes of the set - sum inside)``.
    """
    gene_starts, gene_sets, size = sets
    score = np.zeros(gene_starts.size - 1)
    total = spread_scores(units, strength, targets[0], targets[1], targets[2], score)
    load = np.zeros(size.size)
    for gene in range(score.size):
        for j in range(gene_starts[gene], gene_starts[gene + 1]):
            load[gene_sets[j]] += score[gene]
    return load / (total + size - load)


@compiled
def draw_units(
    counter: np.uint64, starts: NDArray[np.int64], candidates: NDArray[np.int64], units: NDArray[np.int64]
) -> np.uint64:
    """Write one random candidate for each slot, all different where that is possible.

    Parameters
    ----------
    counter : numpy.uint64
        State of the drawing.
    starts : numpy.ndarray
        Where the candidates of each slot begin.
    candidates : numpy.ndarray
        Those of all slots.
    units : numpy.ndarray
        Written to.

    Returns
    -------
    numpy.uint64
        The next state.
    """
    for slot in range(units.size):
        among = np.uint64(starts[slot + 1] - starts[slot])
        for _ in range(_TRIES):
            counter += np.uint64(1)
            chosen = candidates[starts[slot] + np.int64(mixed(counter) % among)]
            is_new = True
            for earlier in range(slot):
                is_new = is_new and units[earlier] != chosen
            units[slot] = chosen
            if is_new:
                break
    return counter


@compiled
def exceedances(
    observed: FloatArray,
    strength: FloatArray,
    targets: tuple[NDArray[np.int64], NDArray[np.int64], FloatArray],
    sets: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    matches: tuple[NDArray[np.int64], NDArray[np.int64]],
    draws: int,
    seed: int,
) -> tuple[NDArray[np.int64], FloatArray]:
    """How many random draws overlap each set at least as much as what was observed, and the mean of all draws.

    Parameters
    ----------
    observed : numpy.ndarray
        Overlap of the microRNAs with each set.
    strength : numpy.ndarray
        Of each slot; a drawn microRNA takes that of the one it stands for.
    targets : tuple of numpy.ndarray
        Starts, genes and evidence of all microRNAs.
    sets : tuple of numpy.ndarray
        Where the sets of each gene begin, the sets, and the size of each set.
    matches : tuple of numpy.ndarray
        Where the candidates of each slot begin, and the candidates.
    draws : int
        How many.
    seed : int
        Of the drawing.

    Returns
    -------
    tuple of numpy.ndarray
        Counts and means, shape (sets,).
    """
    gene_starts, gene_sets, size = sets
    count, summed = np.zeros(size.size, np.int64), np.zeros(size.size)
    for i in range(size.size):
        if observed[i] <= 0.0:
            count[i] = draws
    score, load = np.zeros(gene_starts.size - 1), np.zeros(size.size)
    touched = np.empty(size.size, np.int64)
    units = np.empty(strength.size, np.int64)
    counter = mixed(np.uint64(seed))
    for _ in range(draws):
        counter = draw_units(counter, matches[0], matches[1], units)
        total = spread_scores(units, strength, targets[0], targets[1], targets[2], score)
        met = 0
        for slot in range(units.size):
            for j in range(targets[0][units[slot]], targets[0][units[slot] + 1]):
                gene = targets[1][j]
                if score[gene] > 0.0:  # not yet handed on to its sets
                    for k in range(gene_starts[gene], gene_starts[gene + 1]):
                        if load[gene_sets[k]] == 0.0:
                            touched[met] = gene_sets[k]
                            met += 1
                        load[gene_sets[k]] += score[gene]
                    score[gene] = 0.0
        for i in range(met):
            found = touched[i]
            overlap = load[found] / (total + size[found] - load[found])
            summed[found] += overlap
            if observed[found] > 0.0 and overlap >= observed[found] - _SAME:
                count[found] += 1
            load[found] = 0.0
    return count, summed / draws
