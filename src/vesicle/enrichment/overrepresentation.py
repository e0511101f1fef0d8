"""Over-representation of genes in sets, against a background that is always named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.enrichment.gene_sets import NAMED, GeneSets
from vesicle.enrichment.hypergeometric import false_discovery_rates, upper_tail
from vesicle.errors import UsageError, quoted
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

MOST_GENES = 1_000_000
"""A larger background is a slip of the hand: no genome has as many genes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The genes that could have been observed: their number, and the genes themselves where they are known."""

    size: int
    genes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enriched:
    """Over-representation of one query in each set that could have been hit.

    ``hits`` is k, ``set_size`` K, ``query_size`` n and ``background_size`` N; the arrays have one value per set
    of ``names``, in order of p.
    """

    names: tuple[str, ...]
    hits: NDArray[np.int64]
    set_size: NDArray[np.int64]
    query_size: int
    background_size: int
    fold: FloatArray
    p: FloatArray
    q: FloatArray
    warnings: tuple[Warned, ...] = ()


def background_of(given: Collection[str] | int) -> Background:
    """A background from genes, or from their number alone.

    Parameters
    ----------
    given : collection of str or int
        Genes that could have been observed; or how many, when only that is known.

    Returns
    -------
    Background
        With a number, neither query nor sets can be compared with it.

    Raises
    ------
    UsageError
        When it is empty, or larger than any genome.
    """
    size = given if isinstance(given, int) else len(set(given))
    if not 0 < size <= MOST_GENES:
        raise UsageError(
            f"A background of {size} genes cannot be.",
            why=f"It is the number of genes that could have been observed, 1 to {MOST_GENES}.",
            next_step="Give a file with these genes, or their number.",
        )
    return Background(size=size, genes=None if isinstance(given, int) else frozenset(given))


def over_represent(sets: GeneSets, query: Collection[str], background: Background) -> Enriched:
    """How much more often than by chance the genes of a query are in each set.

    Parameters
    ----------
    sets : GeneSets
        The sets; only their genes in the background count.
    query : collection of str
        Genes; only those in the background count, and the others are named.
    background : Background
        The genes that could have been observed.

    Returns
    -------
    Enriched
        With P(X >= k) of the hypergeometric distribution, and q over all sets with a gene in the background.

    Raises
    ------
    UsageError
        When no gene of the query, or no set, is in the background, or a number is smaller than what it holds.
    """
    asked = frozenset(query)
    inside = asked if background.genes is None else asked & background.genes
    is_known = (
        np.ones(len(sets.genes), np.bool_) if background.genes is None else sets.is_in(background.genes)
    )
    size = sets.count_where(is_known)
    hits = sets.count(inside)
    _check(size, inside, background)
    kept = np.flatnonzero(size)
    p = upper_tail(hits[kept], size=size[kept], drawn=len(inside), population=background.size)
    fold = hits[kept] * background.size / (size[kept] * float(len(inside)))
    order = np.lexsort((-fold, p))
    kept = kept[order]
    return Enriched(
        names=tuple(sets.names[i] for i in kept),
        hits=hits[kept],
        set_size=size[kept],
        query_size=len(inside),
        background_size=background.size,
        fold=fold[order],
        p=p[order],
        q=false_discovery_rates(p)[order],
        warnings=_doubts(sets, asked, inside, is_known=is_known, size=size, background=background),
    )


def over_represent_beside(
    sets: GeneSets, query: Collection[str], backgrounds: tuple[Background, Background]
) -> tuple[Enriched, Enriched]:
    """The same query against two backgrounds, such as that of another program and the honest one.

    Parameters
    ----------
    sets : GeneSets
        The sets.
    query : collection of str
        Genes.
    backgrounds : tuple of Background
        Two of them.

    Returns
    -------
    tuple of Enriched
        In the order of the backgrounds, each in order of its own p.
    """
    return over_represent(sets, query, backgrounds[0]), over_represent(sets, query, backgrounds[1])


def _check(size: NDArray[np.int64], inside: frozenset[str], background: Background) -> None:
    if not inside:
        raise UsageError(
            "No gene of the list is in the background.",
            why="The background holds all genes that could have been observed, those of the list among them.",
            next_step="Compare the spelling in both files, or give the background that belongs to the list.",
        )
    largest = max(int(size.max(initial=0)), len(inside))
    if largest > background.size:
        raise UsageError(
            f"The background of {background.size} genes is smaller than what it holds.",
            why=f"The list or a set has {largest} genes.",
            next_step="Give the genes that could have been observed as a file, or their true number.",
        )
    if not size.any():
        raise UsageError(
            "No gene of any set is in the background.",
            why="Sets and background seem to use different names.",
            next_step="Give both as gene symbols of one species.",
        )


def _doubts(
    sets: GeneSets,
    asked: frozenset[str],
    inside: frozenset[str],
    *,
    is_known: NDArray[np.bool_],
    size: NDArray[np.int64],
    background: Background,
) -> tuple[Warned, ...]:
    found: list[Warned] = []
    if background.genes is None:
        message = f"The background is only a number ({background.size}): what lies outside it could not be left out."
        found.append(Warned(code="background_is_a_number", message=message))
    outside = sorted(asked - inside)
    if outside:
        message = (
            f"{len(outside)} genes of the list are not in the background: {quoted(outside, most=NAMED)}."
        )
        found.append(Warned(code="genes_outside_background", message=message))
    foreign = [gene for gene, known in zip(sets.genes, is_known, strict=True) if not known]
    if foreign:
        names = quoted(foreign, most=NAMED)
        message = f"{len(foreign)} of {len(sets.genes)} genes of the sets are not in the background: {names}."
        found.append(Warned(code="sets_outside_background", message=message))
    lost = [sets.names[i] for i in np.flatnonzero(size == 0)]
    if lost:
        message = f"{len(lost)} sets have no gene in the background and were not tested: {quoted(lost, most=NAMED)}."
        found.append(Warned(code="gene_sets_not_tested", message=message))
    unknown = sorted(inside.difference(sets.genes))
    if unknown:
        message = (
            f"{len(unknown)} genes of the list are in no set; they count in n: {quoted(unknown, most=NAMED)}."
        )
        found.append(Warned(code="genes_in_no_set", message=message))
    return tuple(found)
