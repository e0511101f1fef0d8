"""Which genes a microRNA represses, with the weight of the evidence, from a table of targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import MissingColumn, ReadError, quoted
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

WITH_REPORTER, WITHOUT_REPORTER, WEAK = 0.8, 0.6, 0.3
"""Weights of one paper: with a reporter assay, with another experiment, or with weak support. Our own choice."""

_COLUMNS = {
    "mirna": ("mirna", "microrna", "mir", "mature mirna"),
    "target": ("target", "target gene", "target_gene", "gene", "symbol", "gene symbol"),
    "experiments": ("experiments", "experiment", "validation methods"),
    "support": ("support", "support type", "support_type"),
    "pmid": ("pmid", "pubmed", "references (pmid)", "reference"),
}
_FAMILY = re.compile(r"(?:[a-z]{3}-)?(let|mir)-(\d+)[a-z]*(?:-\d+)?(-[35]p)?\*?", re.IGNORECASE)
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Targets of microRNAs, or of families of them, as a sparse matrix.

    Unit ``i`` represses ``genes[j]`` for ``j`` in ``members[starts[i]:starts[i + 1]]``, with the weights at the same
    places of ``evidence``, above 0 and at most 1.
    """

    names: tuple[str, ...]
    genes: tuple[str, ...]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    evidence: FloatArray

    @property
    def degree(self) -> NDArray[np.int64]:
        """How many targets each unit has."""
        return np.diff(self.starts)


def parse_targets(rows: Sequence[Sequence[str]], *, where: str) -> tuple[Targets, tuple[Warned, ...]]:
    """The targets of a table with one row per microRNA, gene and paper.

    Parameters
    ----------
    rows : sequence of sequence of str
        The header and the cells. Columns for microRNA and target are needed; those for experiments, support and
        paper weigh the evidence where they are there.
    where : str
        The file's name for messages.

    Returns
    -------
    targets : Targets
        Papers add up: evidence is ``1 - product of (1 - weight of a paper)``. Without a column of experiments or
        support every target weighs 1.
    warnings : tuple of Warned
        ``targets_not_functional`` and ``targets_incomplete``: rows that were not used.

    Raises
    ------
    MissingColumn
        When there is no column of microRNAs or of targets.
    ReadError
        When no row is left.
    """
    column = _columns(rows, where=where)
    doubt: dict[tuple[str, str], dict[str, float]] = {}
    against: list[str] = []
    incomplete = 0
    for number, row in enumerate(rows[1:]):
        cells = {name: row[i].strip() if i < len(row) else "" for name, i in column.items()}
        pair = cells["mirna"], cells["target"]
        if cells.get("support", "").casefold().startswith("non"):
            against.append(" and ".join(pair))
        elif all(pair):
            papers = doubt.setdefault(pair, {})
            paper = cells.get("pmid", "") or f"row {number}"
            papers[paper] = min(papers.get(paper, 1.0), 1.0 - _weight(cells))
        else:
            incomplete += any(cells.values())
    if not doubt:
        raise ReadError(
            "The table holds no target.",
            where=where,
            why="No row names a microRNA and a gene that it represses.",
            next_step="Export the table of targets again, with a row per microRNA and gene.",
        )
    evidence = {pair: 1.0 - float(np.prod(list(papers.values()))) for pair, papers in doubt.items()}
    return targets_from(evidence), _warnings(against, incomplete)


def _columns(rows: Sequence[Sequence[str]], *, where: str) -> dict[str, int]:
    heads = [cell.strip().casefold() for cell in rows[0]] if rows else []
    found = {
        name: next(i for i, head in enumerate(heads) if head in words)
        for name, words in _COLUMNS.items()
        if any(head in words for head in heads)
    }
    for name in ("mirna", "target"):
        if name not in found:
            raise MissingColumn(
                f"The table of targets has no column '{name}'.",
                where=f"{where}, row 1",
                why=f"Found {quoted(heads)}; expected one of {quoted(_COLUMNS[name])}.",
                next_step="Name the columns mirna and target in the first row.",
            )
    return found


def _weight(cells: Mapping[str, str]) -> float:
    if "weak" in cells.get("support", "").casefold():
        return WEAK
    if "experiments" in cells:
        said = cells["experiments"].casefold()
        return WITH_REPORTER if "luciferase" in said or "reporter" in said else WITHOUT_REPORTER
    return WITHOUT_REPORTER if "support" in cells else 1.0


def _warnings(against: Sequence[str], incomplete: int) -> tuple[Warned, ...]:
    found: list[Warned] = []
    if against:
        message = (
            f"{len(against)} rows report no repression and were not used: {quoted(against, most=_NAMED)}."
        )
        found.append(Warned(code="targets_not_functional", message=message))
    if incomplete:
        message = f"{incomplete} rows lack the microRNA or the gene and were not used."
        found.append(Warned(code="targets_incomplete", message=message))
    return tuple(found)


def targets_from(evidence: Mapping[tuple[str, str], float]) -> Targets:
    """Targets from pairs of names.

    Parameters
    ----------
    evidence : mapping of tuple of str to float
        Weight, above 0 and at most 1, of each microRNA and gene.

    Returns
    -------
    Targets
        In order of names, so that the order of rows in a file changes nothing.
    """
    pairs = sorted(evidence)
    names = tuple(dict.fromkeys(name for name, _ in pairs))
    genes = tuple(sorted({gene for _, gene in pairs}))
    place = {gene: i for i, gene in enumerate(genes)}
    unit = {name: i for i, name in enumerate(names)}
    counts = np.bincount([unit[name] for name, _ in pairs], minlength=len(names))
    return Targets(
        names=names,
        genes=genes,
        starts=np.concatenate([[0], np.cumsum(counts)]),
        members=np.array([place[gene] for _, gene in pairs], np.int64),
        evidence=np.array([evidence[pair] for pair in pairs]),
    )


def family_of(name: str) -> str:
    """The family of a microRNA as far as its name tells: the number and the arm without letters.

    Parameters
    ----------
    name : str
        For example ``hsa-let-7a-5p``.

    Returns
    -------
    str
        Names do not know seeds: ``miR-200a`` and ``miR-200b`` differ in theirs and still go together here, while
        ``miR-17`` and ``miR-20a`` share theirs and do not.

    Examples
    --------
    >>> family_of("hsa-let-7a-5p"), family_of("hsa-miR-146b-3p")
    ('let-7-5p', 'mir-146-3p')
    """
    found = _FAMILY.fullmatch(name.strip())
    return f"{found[1].lower()}-{found[2]}{(found[3] or '').lower()}" if found else name


def by_family(targets: Targets) -> Targets:
    """The same targets with one unit per family, so that close relatives have one vote.

    Parameters
    ----------
    targets : Targets
        Of single microRNAs.

    Returns
    -------
    Targets
        With the strongest evidence of any member.
    """
    evidence: dict[tuple[str, str], float] = {}
    for i, name in enumerate(targets.names):
        family = family_of(name)
        for j in range(targets.starts[i], targets.starts[i + 1]):
            pair = family, targets.genes[targets.members[j]]
            evidence[pair] = max(evidence.get(pair, 0.0), float(targets.evidence[j]))
    return targets_from(evidence)


def find_names(wanted: Iterable[str], known: Iterable[str]) -> tuple[dict[str, str], tuple[Warned, ...]]:
    """The names of a table that people mean by theirs.

    Parameters
    ----------
    wanted : iterable of str
        As given: without the species, in other letters, or without the arm.
    known : iterable of str
        As in the table.

    Returns
    -------
    found : dict of str to str
        Given name to that of the table.
    warnings : tuple of Warned
        ``mirna_name_resolved``, ``mirna_name_ambiguous`` and ``mirna_not_in_targets``, with the names.
    """
    listed = sorted(known)
    found: dict[str, str] = {}
    warnings: list[Warned] = []
    for name in dict.fromkeys(wanted):
        meant = _meant(name, listed)
        if len(meant) == 1:
            found[name] = meant[0]
            if meant[0] != name:
                message = f"'{name}' was read as '{meant[0]}'."
                warnings.append(Warned(code="mirna_name_resolved", message=message))
        elif meant:
            message = f"'{name}' can be {quoted(meant, most=_NAMED)}; it was not used."
            warnings.append(Warned(code="mirna_name_ambiguous", message=message))
        else:
            message = f"'{name}' has no target in the table; it was not used."
            warnings.append(Warned(code="mirna_not_in_targets", message=message))
    return found, tuple(warnings)


def _meant(name: str, known: Sequence[str]) -> list[str]:
    if name in known:
        return [name]
    short = _bare(name)
    same = [other for other in known if _bare(other) == short]
    return same or [other for other in known if _bare(other) in (f"{short}-5p", f"{short}-3p")]


def _bare(name: str) -> str:
    return re.sub(r"^hsa-", "", name.strip().casefold())
