"""Pathways of the targets of some microRNAs, against random microRNAs with as many targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from vesicle.enrichment.gene_sets import NAMED, GeneSets
from vesicle.enrichment.hypergeometric import false_discovery_rates, upper_tail
from vesicle.enrichment.matched import add_up, random_votes, smallest_ranks
from vesicle.enrichment.targets import Targets
from vesicle.errors import UsageError, quoted
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DRAWS = 100_000
MOST_DRAWS = 10_000_000
SMALLEST, LARGEST = 10, 500
"""Targeted genes of a set that is tested, unless said otherwise: our own choice."""
MATCHES = 60
"""Random microRNAs that stand for each given one: those nearest in number of targets. Our own choice."""
HALF_CPM = 100.0
"""Copies per million at which a microRNA has half its strength; below, an effect is doubtful. Our own choice."""
MOST_VOTE = 10.0
"""No microRNA votes with more than -ln p = 10, so that none carries a set alone. Our own choice."""
KEPT = 256
"""Largest draws of each set from which family-wise p are made; those of larger p are near 1 anyway."""
FDR = 0.05
_LOOSE = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MirnaPathways:
    """Sets that the targets of some microRNAs overlap, in order of p; one value per set of ``names``.

    ``hits`` (k), ``set_size`` (K), ``query_size`` (n) and ``background_size`` (N) are those of the usual test, whose p
    is ``p_hypergeometric``. ``overlap`` is the weighted Jaccard overlap of the scores of the targets with the set.
    ``votes`` is what is tested, ``expected`` its mean over random draws, ``p_empirical`` is (b + 1) / (draws + 1),
    ``p_any`` the share of draws that are as extreme in any set, and ``q`` the smaller one of ``p_any`` and the false
    discovery rate of ``p_empirical``. ``tests`` counts sets whose targeted genes differ. ``by_mirna`` has shape
    (microRNAs, sets): targets of each in each set.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    strength: FloatArray
    hits: NDArray[np.int64]
    set_size: NDArray[np.int64]
    query_size: int
    background_size: int
    overlap: FloatArray
    votes: FloatArray
    expected: FloatArray
    by_mirna: NDArray[np.int64]
    p_hypergeometric: FloatArray
    p_empirical: FloatArray
    p_any: FloatArray
    q: FloatArray
    tests: int
    draws: int
    smallest_q: float
    warnings: tuple[Warned, ...] = ()


def strength_of(abundance_cpm: float) -> float:
    """How strongly a microRNA of an abundance can act, between 0 and 1.

    Parameters
    ----------
    abundance_cpm : float
        Copies per million.

    Returns
    -------
    float
        Saturating: one half at 100 copies per million, which is our own choice.

    Examples
    --------
    >>> strength_of(100.0)
    0.5
    """
    return abundance_cpm / (abundance_cpm + HALF_CPM)


def assess_pathways(
    sets: GeneSets,
    targets: Targets,
    strength: Mapping[str, float],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    sizes: tuple[int, int] = (SMALLEST, LARGEST),
) -> MirnaPathways:
    """Whether the targets of some microRNAs gather in sets more than those of other microRNAs do.

    Parameters
    ----------
    sets : GeneSets
        The sets; only genes that are a target of any microRNA count.
    targets : Targets
        Of all microRNAs that could have been found.
    strength : mapping of str to float
        Names as in ``targets``, each with its strength above 0 and at most 1.
    draws : int, optional
        Random sets of microRNAs.
    seed : int, optional
        Of the drawing.
    sizes : tuple of int, optional
        Fewest and most targeted genes of a set that is tested.

    Returns
    -------
    MirnaPathways
        The same for the same seed.

    Raises
    ------
    UsageError
        When there is no microRNA, no set, or none to compare with.

    Notes
    -----
    Each microRNA votes for a set with -ln of the hypergeometric p of its own targets, at most 10, times its
    strength and the mean evidence of its targets in the set; the votes are added. A random draw puts a microRNA with
    about as many targets in the place of each given one, at the same strength. The given ones can be drawn too:
    without them, every gene that only they repress would count as a finding. Well-studied microRNAs have many known
    targets, and these lie in well-studied pathways; the draws share that, genes drawn at random do not. A set that
    most microRNAs hit cannot be found, however many of its genes are hit.

    Two corrections hold each for itself: the false discovery rate of Benjamini and Hochberg, and the share of draws
    that are as extreme in any set (the step of Westfall and Young, which minds how sets overlap; neither paper was
    seen). As the better one is taken, up to twice the nominal share of random microRNAs may have a finding.
    """
    slots = _slots(targets, strength, draws)
    power = np.array([strength[targets.names[i]] for i in slots])
    kept, inside = _inside(sets, targets, sizes)
    first, same = _distinct(inside)
    matches = _matches(targets, slots)
    drawn = _against_draws(_votes(targets, inside), slots, power, matches=matches, draws=draws, seed=seed)
    hit = np.zeros(len(targets.genes), np.bool_)
    hit[_targets_of(targets, slots)] = True
    hits, size = inside.T @ hit, np.asarray(inside.sum(axis=0)).ravel()
    usual = upper_tail(hits, size=size, drawn=int(hit.sum()), population=len(targets.genes))
    order = np.lexsort((-drawn.votes, usual, drawn.p))
    return MirnaPathways(
        names=tuple(sets.names[kept[i]] for i in order),
        units=tuple(targets.names[i] for i in slots),
        strength=power,
        hits=hits[order],
        set_size=size[order],
        query_size=int(hit.sum()),
        background_size=len(targets.genes),
        overlap=_overlap(target_scores(targets, slots, power), inside)[order],
        votes=drawn.votes[order],
        expected=drawn.expected[order],
        by_mirna=_multiply(_binary(targets), inside).astype(np.int64)[slots][:, order],
        p_hypergeometric=usual[order],
        p_empirical=drawn.p[order],
        p_any=drawn.p_any[order],
        q=np.minimum(drawn.p_any, false_discovery_rates(drawn.p[first])[same])[order],
        tests=first.size,
        draws=draws,
        smallest_q=min(1.0, first.size / (draws + 1)),
        warnings=_doubts(sets, targets, slots, kept=kept, tests=first.size, draws=draws, matches=matches),
    )


def target_scores(targets: Targets, units: NDArray[np.int64], strength: FloatArray) -> FloatArray:
    """How strongly some microRNAs together repress each gene, ``1 - product of (1 - strength * evidence)``.

    Parameters
    ----------
    targets : Targets
        Of all microRNAs.
    units : numpy.ndarray
        Which of them.
    strength : numpy.ndarray
        Of each of them, 0 to 1.

    Returns
    -------
    numpy.ndarray
        Shape (genes,), 0 to 1.
    """
    left = np.ones(len(targets.genes))
    for unit, power in zip(units, strength, strict=True):
        place = slice(targets.starts[unit], targets.starts[unit + 1])
        left[targets.members[place]] *= 1.0 - power * targets.evidence[place]
    return 1.0 - left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    votes: FloatArray
    expected: FloatArray
    p: FloatArray
    p_any: FloatArray


def _against_draws(
    votes: FloatArray,
    slots: NDArray[np.int64],
    power: FloatArray,
    *,
    matches: tuple[NDArray[np.int64], NDArray[np.int64]],
    draws: int,
    seed: int,
) -> _Drawn:
    observed = np.empty(votes.shape[1])
    add_up(slots, power, votes, observed)
    plan = draws, seed, min(KEPT, draws)
    count, expected, largest = random_votes(observed, (power, votes), matches, plan)
    best = np.sort(smallest_ranks((power, votes), matches, largest, plan))
    as_extreme = np.searchsorted(best, count + 1, side="right")
    as_extreme[count + 1 > largest.shape[1]] = draws  # beyond what was kept
    return _Drawn(
        votes=observed,
        expected=expected,
        p=(count.astype(np.float64) + 1) / (draws + 1),
        p_any=(as_extreme.astype(np.float64) + 1) / (draws + 1),
    )


def _binary(targets: Targets) -> csr_array:
    return _matrix(targets, np.ones(targets.members.size))


def _matrix(targets: Targets, values: FloatArray) -> csr_array:
    from scipy.sparse import csr_array

    shape = len(targets.names), len(targets.genes)
    return csr_array((values, targets.members, targets.starts), shape=shape)


def _multiply(left: csr_array, right: csr_array) -> FloatArray:
    return cast("csr_array", left @ right).toarray().astype(np.float64)


def _votes(targets: Targets, inside: csr_array) -> FloatArray:
    """What each microRNA says for each set, shape (microRNAs, sets)."""
    hits = _multiply(_binary(targets), inside)
    weighed = _matrix(targets, targets.evidence)
    unit, place = np.nonzero(hits)
    size = np.asarray(inside.sum(axis=0)).ravel()
    count = hits[unit, place]
    p = upper_tail(count, size=size[place], drawn=targets.degree[unit], population=len(targets.genes))
    votes = np.zeros(hits.shape)
    strongest = -np.log(np.maximum(p, np.exp(-MOST_VOTE)))
    votes[unit, place] = strongest * _multiply(weighed, inside)[unit, place] / count
    return votes


def _overlap(score: FloatArray, inside: csr_array) -> FloatArray:
    """Weighted Jaccard overlap: the sum of smaller values over that of larger ones."""
    load = inside.T @ score
    return load / (score.sum() + np.asarray(inside.sum(axis=0)).ravel() - load)


def _slots(targets: Targets, strength: Mapping[str, float], draws: int) -> NDArray[np.int64]:
    place = {name: i for i, name in enumerate(targets.names)}
    bad = [name for name, value in strength.items() if name not in place or not 0 < value <= 1]
    if not strength or bad or not 1 <= draws <= MOST_DRAWS:
        raise UsageError(
            "These microRNAs cannot be tested.",
            why=f"{len(strength)} given, of which {quoted(bad) or 'none'} unknown or without strength; {draws} draws.",
            next_step=f"Name microRNAs of the table of targets, and ask for 1 to {MOST_DRAWS} draws.",
        )
    return np.array(sorted(place[name] for name in strength), np.int64)


def _inside(sets: GeneSets, targets: Targets, sizes: tuple[int, int]) -> tuple[NDArray[np.int64], csr_array]:
    """The sets that are tested, and which targets are in them: shape (genes, sets)."""
    from scipy.sparse import csr_array

    size = sets.count(frozenset(targets.genes))
    kept = np.flatnonzero((size >= max(sizes[0], 1)) & (size <= sizes[1]))
    if not kept.size:
        raise UsageError(
            "No set can be tested.",
            why=f"None has {sizes[0]} to {sizes[1]} genes among the {len(targets.genes)} targets.",
            next_step="Give sets and targets with symbols of the same species.",
        )
    place = {gene: i for i, gene in enumerate(targets.genes)}
    of_gene = np.array([place.get(gene, -1) for gene in sets.genes], np.int64)
    number = np.full(len(sets.names), -1, np.int64)
    number[kept] = np.arange(kept.size)
    set_of, gene_of = np.repeat(number, np.diff(sets.starts)), of_gene[sets.members]
    used = (set_of >= 0) & (gene_of >= 0)
    ones = np.ones(int(used.sum()), np.int64)
    return kept, csr_array((ones, (gene_of[used], set_of[used])), shape=(len(targets.genes), kept.size))


def _distinct(inside: csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first set of each content, and for every set the number of its content: the same test is made once."""
    by_set = inside.T.tocsr()
    by_set.sort_indices()
    contents = [by_set.indices[i:j].tobytes() for i, j in pairwise(by_set.indptr.tolist())]
    number = {content: i for i, content in enumerate(dict.fromkeys(contents))}
    same = np.array([number[content] for content in contents], np.int64)
    return np.unique(same, return_index=True)[1].astype(np.int64), same


def _matches(targets: Targets, slots: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Candidates of each slot: the nearest in number of targets, with all that are as near as the last one."""
    if len(targets.names) < 2 * len(slots) + 1:
        raise UsageError(
            "There are too few other microRNAs to compare with.",
            why=f"The table of targets has {len(targets.names)} microRNAs in all, and {len(slots)} are given.",
            next_step="Give the whole table of targets, not only those of the microRNAs in question.",
        )
    found: list[NDArray[np.int64]] = []
    for slot in slots:
        distance = np.abs(np.log(targets.degree / targets.degree[slot]))
        limit = np.sort(distance)[min(MATCHES, distance.size) - 1]
        found.append(np.flatnonzero(distance <= limit))
    starts = np.concatenate([[0], np.cumsum([one.size for one in found])]).astype(np.int64)
    return starts, np.concatenate(found)


def _targets_of(targets: Targets, units: NDArray[np.int64]) -> NDArray[np.int64]:
    lists = [targets.members[targets.starts[unit] : targets.starts[unit + 1]] for unit in units]
    return np.unique(np.concatenate(lists))


def _doubts(
    sets: GeneSets,
    targets: Targets,
    slots: NDArray[np.int64],
    *,
    kept: NDArray[np.int64],
    tests: int,
    draws: int,
    matches: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[Warned, ...]:
    found: list[Warned] = []
    lost = sorted(set(range(len(sets.names))) - set(kept.tolist()))
    if lost:
        names = quoted((sets.names[i] for i in lost), most=NAMED)
        message = f"{len(lost)} sets have too few or too many targeted genes and were not tested: {names}."
        found.append(Warned(code="gene_sets_not_tested", message=message))
    needed = int(np.ceil(tests / FDR))
    if draws + 1 < needed:
        message = (
            f"{draws} draws are too few for {tests} sets: one set alone cannot reach {FDR}; take {needed}."
        )
        found.append(Warned(code="draws_too_few", message=message))
    degrees = [targets.degree[matches[1][i:j]] for i, j in pairwise(matches[0].tolist())]
    ratios = [float(np.median(d)) / targets.degree[slot] for d, slot in zip(degrees, slots, strict=True)]
    loose = [targets.names[s] for s, r in zip(slots, ratios, strict=True) if not 1 / _LOOSE < r < _LOOSE]
    if loose:
        message = f"The random microRNAs for {quoted(loose, most=NAMED)} have far fewer or more targets."
        found.append(Warned(code="matches_loose", message=message))
    ways = float(np.prod(np.diff(matches[0]).astype(np.float64)))
    if ways < draws:
        message = f"There are at most {ways:g} different random draws, fewer than were drawn."
        found.append(Warned(code="matches_few", message=message))
    return tuple(found)
