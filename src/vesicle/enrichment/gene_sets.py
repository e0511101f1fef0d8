"""Named sets of genes as one sparse matrix, and the GMT files that hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.enrichment.symbols import doubts_of_symbols
from vesicle.errors import ReadError, quoted
from vesicle.results import Warned

NAMED = 5
"""Names that a warning lists before it says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneSets:
    """Named sets over the genes that occur in them.

    The genes of set ``i`` are ``genes[j]`` for ``j`` in ``members[starts[i]:starts[i + 1]]``.
    """

    names: tuple[str, ...]
    genes: tuple[str, ...]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]

    def count(self, wanted: Collection[str]) -> NDArray[np.int64]:
        """How many of some genes each set holds.

        Parameters
        ----------
        wanted : collection of str
            Symbols, as they stand in the sets; a set or a mapping is fastest.

        Returns
        -------
        numpy.ndarray
            Whole numbers, shape (sets,).
        """
        return self.count_where(self.is_in(wanted))

    def count_where(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many genes of a selection each set holds.

        Parameters
        ----------
        wanted : numpy.ndarray
            Truth values, shape (genes,).

        Returns
        -------
        numpy.ndarray
            Whole numbers, shape (sets,).
        """
        before = np.concatenate([[0], np.cumsum(wanted[self.members])])
        return before[self.starts[1:]] - before[self.starts[:-1]]

    def is_in(self, wanted: Collection[str]) -> NDArray[np.bool_]:
        """Which genes of the sets are among some genes.

        Parameters
        ----------
        wanted : collection of str
            Symbols.

        Returns
        -------
        numpy.ndarray
            Truth values, shape (genes,).
        """
        known = wanted if isinstance(wanted, set | frozenset | dict) else frozenset(wanted)
        return np.fromiter((gene in known for gene in self.genes), np.bool_, len(self.genes))


def sets_from(mapping: Mapping[str, Iterable[str]]) -> GeneSets:
    """Gene sets from names and genes.

    Parameters
    ----------
    mapping : mapping of str to iterable of str
        A gene that stands twice in a set counts once.

    Returns
    -------
    GeneSets
        In the order of the mapping.

    Examples
    --------
    >>> sets = sets_from({"one": ["CD63", "CD9"], "two": ["CD9"]})
    >>> sets.count({"CD9", "ALB"}).tolist()
    [1, 1]
    """
    place: dict[str, int] = {}
    members: list[int] = []
    starts = [0]
    for genes in mapping.values():
        members += [place.setdefault(gene, len(place)) for gene in dict.fromkeys(genes)]
        starts.append(len(members))
    return GeneSets(
        names=tuple(mapping),
        genes=tuple(place),
        starts=np.array(starts, np.int64),
        members=np.array(members, np.int64),
    )


def parse_gmt(text: str, *, where: str) -> tuple[GeneSets, tuple[Warned, ...]]:
    r"""The sets of a GMT file, with whatever is odd about them named.

    Parameters
    ----------
    text : str
        One set per line: name, description and genes, separated by tabs.
    where : str
        The file's name for messages.

    Returns
    -------
    sets : GeneSets
        Empty sets are left out; of two sets of one name with other genes, the later gets a number.
    warnings : tuple of Warned
        ``gene_sets_empty``, ``gene_sets_repeated``, ``gene_sets_renamed``, ``gene_sets_identical``,
        ``genes_blank``, ``genes_repeated`` and the doubts about symbols.

    Raises
    ------
    ReadError
        When a line has no tab, or no set has a gene.

    Examples
    --------
    >>> sets, warnings = parse_gmt("A\tna\tCD9\tCD63\nB\tna\n", where="my.gmt")
    >>> sets.names, [warned.code for warned in warnings]
    (('A',), ['gene_sets_empty'])
    """
    notes = _Notes()
    kept: dict[str, list[str]] = {}
    for row, fields in _lines(text, where=where):
        genes = notes.genes_of(fields)
        name = fields[0].strip() or f"set in row {row}"
        if not genes:
            notes.empty.append(name)
        elif name in kept and set(kept[name]) == set(genes):
            notes.repeated.append(name)
        else:
            kept[notes.free_name(name, kept)] = genes
    if not kept:
        raise ReadError(
            "The file holds no set with a gene.",
            where=where,
            why="A GMT file has one set per line: name, description and genes, separated by tabs.",
            next_step="Download the file again, and choose the format GMT with gene symbols.",
        )
    sets = sets_from(kept)
    return sets, (*notes.warnings(), *_identical(kept), *doubts_of_symbols(sets.genes, where="sets"))


def _lines(text: str, *, where: str) -> Iterator[tuple[int, list[str]]]:
    for row, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if "\t" not in line:
            raise ReadError(
                "This is not a GMT file: a line has no tab.",
                where=f"{where}, row {row}",
                why=f"Found '{line[:60]}'; expected name, description and genes, separated by tabs.",
                next_step="Download the sets in the format GMT; do not edit the file in a spreadsheet.",
            )
        yield row, line.split("\t")


class _Notes:
    """What was odd while the lines of one file were read."""

    def __init__(self) -> None:
        self.empty: list[str] = []
        self.repeated: list[str] = []
        self.renamed: list[str] = []
        self.blank = 0
        self.twice = 0

    def genes_of(self, fields: list[str]) -> list[str]:
        stripped = [field.strip() for field in fields[2:]]
        filled = [gene for gene in stripped if gene]
        last = max((i for i, gene in enumerate(stripped, start=1) if gene), default=0)
        genes = list(dict.fromkeys(filled))
        self.blank += last - len(filled)  # tabs at the end of a line are padding
        self.twice += len(filled) - len(genes)
        return genes

    def free_name(self, name: str, taken: Mapping[str, object]) -> str:
        if name not in taken:
            return name
        self.renamed.append(name)
        number = next(n for n in range(2, len(taken) + 3) if f"{name} ({n})" not in taken)
        return f"{name} ({number})"

    def warnings(self) -> tuple[Warned, ...]:
        found: list[Warned] = []
        if self.empty:
            found.append(Warned(code="gene_sets_empty", message=f"Sets without genes: {_named(self.empty)}."))
        if self.repeated:
            message = f"Sets that stand twice with the same genes, counted once: {_named(self.repeated)}."
            found.append(Warned(code="gene_sets_repeated", message=message))
        if self.renamed:
            message = f"Names with two different sets; a number was added: {_named(self.renamed)}."
            found.append(Warned(code="gene_sets_renamed", message=message))
        if self.blank:
            found.append(Warned(code="genes_blank", message=f"{self.blank} blank genes were left out."))
        if self.twice:
            message = f"{self.twice} genes stand twice in one set and count once."
            found.append(Warned(code="genes_repeated", message=message))
        return tuple(found)


def _identical(kept: Mapping[str, list[str]]) -> tuple[Warned, ...]:
    contents = Counter(frozenset(genes) for genes in kept.values())
    twins = [name for name, genes in kept.items() if contents[frozenset(genes)] > 1]
    if not twins:
        return ()
    message = f"{len(twins)} sets hold the same genes as another one; each counts as a test: {_named(twins)}."
    return (Warned(code="gene_sets_identical", message=message),)


def _named(names: Iterable[str]) -> str:
    return quoted(names, most=NAMED)
