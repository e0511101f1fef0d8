"""Lists of genes as people keep them: one per line, or a column of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vesicle.enrichment.symbols import doubts_of_symbols
from vesicle.errors import ReadError, quoted
from vesicle.results import Warned

HEADERS = (
    "gene",
    "genes",
    "symbol",
    "symbols",
    "gene symbol",
    "gene name",
    "gene names",
    "gene_symbol",
    "gene_name",
)
"""Heads of a column of symbols, in lower case."""
_GROUP = re.compile(r"\s*[;/|]\s*")
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneList:
    """Distinct symbols in the order of the file, and what was odd about it."""

    genes: tuple[str, ...]
    warnings: tuple[Warned, ...] = ()


def genes_of_rows(rows: Sequence[Sequence[str]], *, where: str) -> GeneList:
    """The genes of a table: of the column that is headed as such, else of the first one.

    Parameters
    ----------
    rows : sequence of sequence of str
        The cells of the file; a list without a header has one cell per row.
    where : str
        The file's name for messages.

    Returns
    -------
    GeneList
        Of a group such as ``A;B`` the first gene; every group is counted and the first few are named.

    Raises
    ------
    ReadError
        When there is no gene.

    Examples
    --------
    >>> genes_of_rows([["Gene"], ["CD9"], ["CD63;CD81"], ["CD9"]], where="list.txt").genes
    ('CD9', 'CD63')
    """
    cells = _column(rows)
    filled = [cell for cell in cells if cell]
    first = [_GROUP.split(cell)[0] for cell in filled]
    genes = tuple(dict.fromkeys(gene for gene in first if gene))
    if not genes:
        raise ReadError(
            "The file holds no gene.",
            where=where,
            why=f"Expected one symbol per line, or a column headed {quoted(HEADERS, most=4)}.",
            next_step="Save the symbols as text, one per line.",
        )
    groups = [cell for cell in filled if _GROUP.search(cell)]
    return GeneList(genes=genes, warnings=_warnings(cells, filled, groups, genes))


def _column(rows: Sequence[Sequence[str]]) -> list[str]:
    filled = [list(row) for row in rows]
    while filled and not any(cell.strip() for cell in filled[-1]):
        filled.pop()
    if not filled:
        return []
    heads = [cell.strip().casefold() for cell in filled[0]]
    place = next((i for i, head in enumerate(heads) if head in HEADERS), None)
    body = filled if place is None else filled[1:]
    return [row[place or 0].strip() if len(row) > (place or 0) else "" for row in body]


def _warnings(
    cells: Sequence[str], filled: Sequence[str], groups: Sequence[str], genes: tuple[str, ...]
) -> tuple[Warned, ...]:
    found: list[Warned] = []
    if len(cells) > len(filled):
        message = f"{len(cells) - len(filled)} blank genes were left out."
        found.append(Warned(code="genes_blank", message=message))
    if groups:
        message = f"{len(groups)} groups count as their first gene: {quoted(groups, most=_NAMED)}."
        found.append(Warned(code="gene_groups", message=message))
    if len(filled) > len(genes):
        message = f"{len(filled) - len(genes)} genes stand twice in the list and count once."
        found.append(Warned(code="genes_repeated", message=message))
    return (*found, *doubts_of_symbols(genes, where="list"))
