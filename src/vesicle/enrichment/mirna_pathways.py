"""Pathways of the targets of some microRNAs, against random microRNAs with as many targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.enrichment.gene_sets import NAMED, GeneSets
from vesicle.enrichment.hypergeometric import false_discovery_rates, upper_tail
from vesicle.enrichment.matched import exceedances, overlaps
from vesicle.enrichment.targets import Targets
from vesicle.errors import UsageError, quoted
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

DRAWS = 100_000
MOST_DRAWS = 10_000_000
SMALLEST, LARGEST = 5, 500
"""Targeted genes of a set that is tested, unless said otherwise: our own choice."""
MATCHES = 60
"""Random microRNAs that stand for each given one: those nearest in number of targets. Our own choice."""
HALF_CPM = 100.0
"""Abundance, in copies per million, at which a microRNA has half its strength. Our own choice: below it the effect on a
cell is doubtful."""
FDR = 0.05
_LOOSE = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MirnaPathways:
    """Sets that the targets of some microRNAs overlap, in order of p; one value per set of ``names``.

    ``hits`` (k), ``set_size`` (K), ``query_size`` (n) and ``background_size`` (N) are those of the usual test, whose p
    is ``p_hypergeometric``. ``overlap`` is the weighted Jaccard overlap, ``expected`` its mean over random draws, and
    ``p_empirical`` is (b + 1) / (draws + 1). ``by_mirna`` has shape (microRNAs, sets): targets of each in each set.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    strength: FloatArray
    hits: NDArray[np.int64]
    set_size: NDArray[np.int64]
    query_size: int
    background_size: int
    overlap: FloatArray
    expected: FloatArray
    by_mirna: NDArray[np.int64]
    p_hypergeometric: FloatArray
    p_empirical: FloatArray
    q: FloatArray
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
    A random draw puts a microRNA with about as many targets in the place of each given one, at the same strength. The
    given ones can be drawn too: without them, every gene that only they repress would count as a finding.
    Well-studied microRNAs have many known targets, and these lie in well-studied pathways; the draws share that, genes
    drawn at random do not. A set that most microRNAs hit cannot be found, however many of its genes are hit.
    """
    slots = _slots(targets, strength, draws)
    power = np.array([strength[targets.names[i]] for i in slots])
    kept, incidence = _incidence(sets, targets, sizes)
    size = incidence[2]
    matches, degrees = _matches(targets, slots)
    matrix = targets.starts, targets.members, targets.evidence
    overlap = overlaps(slots, power, matrix, incidence)
    count, expected = exceedances(overlap, power, matrix, incidence, matches, draws, seed)
    p = (count + 1.0) / (draws + 1.0)
    by_mirna = _counts(targets, slots, incidence)
    hits = _union(targets, slots, incidence)
    hit_genes = len(_targets_of(targets, slots))
    usual = upper_tail(hits, size=size, drawn=hit_genes, population=len(targets.genes))
    order = np.lexsort((-overlap, usual, p))
    return MirnaPathways(
        names=tuple(sets.names[kept[i]] for i in order),
        units=tuple(targets.names[i] for i in slots),
        strength=power,
        hits=hits[order],
        set_size=size[order],
        query_size=hit_genes,
        background_size=len(targets.genes),
        overlap=overlap[order],
        expected=expected[order],
        by_mirna=by_mirna[:, order],
        p_hypergeometric=usual[order],
        p_empirical=p[order],
        q=false_discovery_rates(p)[order],
        draws=draws,
        smallest_q=min(1.0, len(kept) / (draws + 1)),
        warnings=_doubts(sets, targets, slots, kept=kept, draws=draws, degrees=degrees, matches=matches),
    )


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


def _incidence(
    sets: GeneSets, targets: Targets, sizes: tuple[int, int]
) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """The sets that are tested, and for each target the numbers of those it is in."""
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
    set_of = np.repeat(number, np.diff(sets.starts))
    gene_of = of_gene[sets.members]
    is_used = (set_of >= 0) & (gene_of >= 0)
    order = np.argsort(gene_of[is_used], kind="stable")
    counts = np.bincount(gene_of[is_used], minlength=len(targets.genes))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return kept, (starts, set_of[is_used][order], size[kept])


def _matches(
    targets: Targets, slots: NDArray[np.int64]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], FloatArray]:
    """Candidates of each slot, with all that are as near as the last one, and their median degree over the slot's."""
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
    starts = np.concatenate([[0], np.cumsum([len(found_) for found_ in found])]).astype(np.int64)
    ratio = [float(np.median(targets.degree[c]) / targets.degree[s]) for c, s in zip(found, slots, strict=True)]
    return (starts, np.concatenate(found)), np.array(ratio)


def _targets_of(targets: Targets, units: NDArray[np.int64]) -> NDArray[np.int64]:
    lists = [targets.members[targets.starts[unit] : targets.starts[unit + 1]] for unit in units]
    return np.unique(np.concatenate(lists))


def _union(
    targets: Targets,
    units: NDArray[np.int64],
    incidence: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    starts, found, size = incidence
    lists = [found[starts[gene] : starts[gene + 1]] for gene in _targets_of(targets, units)]
    return np.bincount(np.concatenate(lists), minlength=size.size)


def _counts(
    targets: Targets,
    units: NDArray[np.int64],
    incidence: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    return np.stack([_union(targets, units[i : i + 1], incidence) for i in range(units.size)])


def _doubts(
    sets: GeneSets,
    targets: Targets,
    slots: NDArray[np.int64],
    *,
    kept: NDArray[np.int64],
    draws: int,
    degrees: FloatArray,
    matches: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[Warned, ...]:
    found: list[Warned] = []
    lost = sorted(set(range(len(sets.names))) - set(kept.tolist()))
    if lost:
        names = quoted((sets.names[i] for i in lost), most=NAMED)
        message = f"{len(lost)} sets have too few or too many targeted genes and were not tested: {names}."
        found.append(Warned(code="gene_sets_not_tested", message=message))
    needed = int(np.ceil(len(kept) / FDR))
    if draws + 1 < needed:
        message = f"{draws} draws are too few for {len(kept)} sets: one set alone cannot reach {FDR}; take {needed}."
        found.append(Warned(code="draws_too_few", message=message))
    loose = [targets.names[s] for s, r in zip(slots, degrees, strict=True) if not 1 / _LOOSE < r < _LOOSE]
    if loose:
        message = f"The random microRNAs for {quoted(loose, most=NAMED)} have far fewer or more targets."
        found.append(Warned(code="matches_loose", message=message))
    ways = float(np.prod(np.diff(matches[0]).astype(np.float64)))
    if ways < draws:
        message = f"There are at most {ways:g} different random draws, fewer than were drawn."
        found.append(Warned(code="matches_few", message=message))
    return tuple(found)
