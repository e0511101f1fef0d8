"""``vesicle enrich``: the sets in which the genes of a list gather, against a stated background."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.gene_files import read_background, read_genes, read_sets
from vesicle.cli.output import Answer, json_option, respond
from vesicle.cli.paths import GivenPath
from vesicle.results import Warned

if TYPE_CHECKING:
    from vesicle.enrichment.overrepresentation import Enriched

_SHOWN = 20


@click.command("enrich", short_help="Find the gene sets in which a list gathers.")
@click.argument("genes", type=GivenPath())
@click.option("--sets", "sets_file", type=GivenPath(), required=True, help="Gene sets, a GMT file.")
@click.option(
    "--background",
    metavar="FILE|N",
    required=True,
    help="All genes that could have been observed: a file like GENES, or their number.",
)
@click.option("--beside", metavar="FILE|N", help="A second background; each set then has both results.")
@json_option
def COMMAND(  # noqa: N802 - declared, not called
    *, genes: Path, sets_file: Path, background: str, beside: str | None, as_json: bool
) -> NoReturn:
    """Find the gene sets that hold more genes of a list than chance would.

    GENES is a text file with one symbol per line, or a table with a column of symbols. Only genes of the background
    count, in the list and in the sets; what lies outside is counted and named. A background is what could have been
    observed: with all genes of the genome every list from a cell finds the pathways of that cell.
    """
    from vesicle.enrichment.overrepresentation import over_represent

    listed = read_genes(genes)
    sets, odd = read_sets(sets_file)
    given = [("--background", background), *([("--beside", beside)] if beside is not None else [])]
    results: list[Enriched] = []
    warnings = [*listed.warnings, *odd]
    for option, text in given:
        behind, doubts = read_background(text, option=option)
        results.append(over_represent(sets, listed.genes, behind))
        warnings += [*doubts, *results[-1].warnings]
    document = {"schema": "vesicle.enrich/1", "rows": _rows(results), "warnings": warnings_of(warnings)}
    respond(Answer(document=document, text=_text(results, warnings)), as_json=as_json)


def warnings_of(warnings: list[Warned]) -> list[Mapping[str, str]]:
    """Warnings as they stand in a document, each once.

    Parameters
    ----------
    warnings : list of Warned
        In order.

    Returns
    -------
    list of mapping
        With code and message.
    """
    distinct = dict.fromkeys((warned.code, warned.message) for warned in warnings)
    return [{"code": code, "message": message} for code, message in distinct]


def _rows(results: list[Enriched]) -> list[dict[str, object]]:
    first, *others = [_by_set(result) for result in results]
    if not others:
        return [{"set": name, **row} for name, row in first.items()]
    names = dict.fromkeys([*first, *others[0]])
    empty: dict[str, object] = {key: None for row in first.values() for key in row}
    return [{"set": name, **first.get(name, empty), "beside": others[0].get(name)} for name in names]


def _by_set(result: Enriched) -> dict[str, dict[str, object]]:
    columns = zip(
        result.names,
        result.hits.tolist(),
        result.set_size.tolist(),
        result.fold.tolist(),
        result.p.tolist(),
        result.q.tolist(),
        strict=True,
    )
    n, population = result.query_size, result.background_size
    return {
        name: {"k": k, "K": size, "n": n, "N": population, "fold": fold, "p": p, "q": q}
        for name, k, size, fold, p, q in columns
    }


def _text(results: list[Enriched], warnings: list[Warned]) -> str:
    parts: list[str] = []
    for result in results:
        head = f"N = {result.background_size} genes of the background, n = {result.query_size} of the list"
        parts += [
            f"{head}; {len(result.names)} sets tested",
            f"{'k':>5} {'K':>5} {'fold':>7} {'p':>10} {'q':>10}  set",
        ]
        parts += [
            f"{result.hits[i]:5d} {result.set_size[i]:5d} {result.fold[i]:7.3g} {result.p[i]:10.3g} "
            f"{result.q[i]:10.3g}  {result.names[i]}"
            for i in range(min(_SHOWN, len(result.names)))
        ]
        if len(result.names) > _SHOWN:
            parts.append(f"... {len(result.names) - _SHOWN} more; --json has all")
    return "\n".join([*parts, *(f"Note: {row['message']}" for row in warnings_of(warnings))])
