"""``vesicle mirna-pathways``: pathways of the targets of microRNAs, against microRNAs with as many targets."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vesicle.cli.enrich import warnings_of
from vesicle.cli.gene_files import read_sets, read_targets
from vesicle.cli.output import Answer, json_option, respond
from vesicle.cli.paths import GivenPath
from vesicle.errors import UsageError
from vesicle.results import Warned

if TYPE_CHECKING:
    from vesicle.enrichment.mirna_pathways import MirnaPathways
    from vesicle.enrichment.targets import Targets

_SHOWN = 20


@click.command("mirna-pathways", short_help="Find the pathways of the targets of microRNAs.")
@click.argument("names", metavar="NAME[=CPM]...", nargs=-1, required=True)
@click.option(
    "--targets", "targets_file", type=GivenPath(), required=True, help="Table with columns mirna and target."
)
@click.option("--sets", "sets_file", type=GivenPath(), required=True, help="Gene sets, a GMT file.")
@click.option(
    "--draws", type=int, default=100_000, show_default=True, help="Random sets of microRNAs to compare with."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the drawing.")
@click.option(
    "--families", is_flag=True, help="Let relatives by name, such as let-7a and let-7b, have one vote."
)
@json_option
def COMMAND(  # noqa: N802 - declared, not called; one parameter per option
    *,
    names: tuple[str, ...],
    targets_file: Path,
    sets_file: Path,
    draws: int,
    seed: int,
    families: bool,
    as_json: bool,
) -> NoReturn:
    """Find the pathways that the targets of some microRNAs gather in, more than those of others do.

    The usual test compares with genes drawn at random, and calls almost any microRNAs significant. Here the
    same number of microRNAs with as many targets is drawn again and again. NAME=CPM gives an
    abundance in copies per million.
    """
    from vesicle.enrichment.mirna_pathways import assess_pathways

    abundance = _abundances(names)
    targets, doubts = read_targets(targets_file)
    sets, odd = read_sets(sets_file)
    targets, strength, renamed = _strengths(targets, abundance, collapse=families)
    found = assess_pathways(sets, targets, strength, draws=draws, seed=seed)
    warnings = [*doubts, *odd, *renamed, *found.warnings]
    respond(Answer(document=_document(found, seed, warnings), text=_text(found, warnings)), as_json=as_json)


def _abundances(names: tuple[str, ...]) -> dict[str, float | None]:
    """Copies per million of each name; None where the user gave none."""
    found: dict[str, float | None] = {}
    for text in names:
        name, mark, number = text.partition("=")
        try:
            value = float(number) if mark else None
        except ValueError:
            value = math.nan
        if not name.strip() or (value is not None and not 0 < value <= 1e6) or name.strip() in found:
            raise UsageError(
                f"'{text}' is no microRNA with its abundance, or stands twice.",
                where="vesicle mirna-pathways",
                why="An abundance is a number above 0 and at most 1000000, in copies per million.",
                next_step="Write for example hsa-miR-21-5p, or hsa-miR-21-5p=1200.",
            )
        found[name.strip()] = value
    if len({value is None for value in found.values()}) > 1:
        raise UsageError(
            "Some microRNAs have an abundance and others have none.",
            where="vesicle mirna-pathways",
            why="Without abundances all count alike; with them each needs one.",
            next_step="Give the abundance of all, or of none.",
        )
    return found


def _strengths(
    targets: Targets, abundance: dict[str, float | None], *, collapse: bool
) -> tuple[Targets, dict[str, float], list[Warned]]:
    from vesicle.enrichment.mirna_pathways import HALF_CPM, strength_of
    from vesicle.enrichment.targets import by_family, family_of, find_names

    found, warnings = find_names(abundance, targets.names)
    if not found:
        raise UsageError(
            "None of the microRNAs has a target in the table.",
            where="vesicle mirna-pathways",
            why=" ".join(warned.message for warned in warnings),
            next_step="Use the names of the table of targets, for example hsa-miR-21-5p.",
        )
    total: dict[str, float | None] = {}
    for given, name in found.items():
        unit, added = family_of(name) if collapse else name, abundance[given]
        total[unit] = None if added is None else (total.get(unit) or 0.0) + added
    doubts = [
        Warned(
            code="mirna_scarce", message=f"'{unit}' has {cpm:g} copies per million, fewer than {HALF_CPM:g}."
        )
        for unit, cpm in total.items()
        if cpm is not None and cpm < HALF_CPM
    ]
    strength = {unit: 1.0 if cpm is None else strength_of(cpm) for unit, cpm in total.items()}
    return by_family(targets) if collapse else targets, strength, [*warnings, *doubts]


def _document(found: MirnaPathways, seed: int, warnings: list[Warned]) -> dict[str, object]:
    return {
        "schema": "vesicle.mirna-pathways/1",
        "mirnas": [
            {"name": name, "strength": strength}
            for name, strength in zip(found.units, found.strength.tolist(), strict=True)
        ],
        "draws": found.draws,
        "seed": seed,
        "tests": found.tests,
        "smallest_p": 1 / (found.draws + 1),
        "smallest_q": found.smallest_q,
        "rows": [
            {
                "set": name,
                "k": int(found.hits[i]),
                "K": int(found.set_size[i]),
                "n": found.query_size,
                "N": found.background_size,
                "overlap": float(found.overlap[i]),
                "votes": float(found.votes[i]),
                "expected": float(found.expected[i]),
                "targets": dict(zip(found.units, found.by_mirna[:, i].tolist(), strict=True)),
                "p_hypergeometric": float(found.p_hypergeometric[i]),
                "p_empirical": float(found.p_empirical[i]),
                "p_any": float(found.p_any[i]),
                "q": float(found.q[i]),
            }
            for i, name in enumerate(found.names)
        ],
        "warnings": warnings_of(warnings),
    }


def _text(found: MirnaPathways, warnings: list[Warned]) -> str:
    head = [
        f"{', '.join(found.units)}: {found.query_size} targets of {found.background_size}; "
        f"{found.tests} sets that differ",
        f"{found.draws} draws; smallest p {1 / (found.draws + 1):.3g}, "
        f"smallest q of one set alone {found.smallest_q:.3g}",
        f"{'k':>4} {'K':>4} {'p usual':>10} {'p':>10} {'q':>10}  set",
    ]
    rows = [
        f"{found.hits[i]:4d} {found.set_size[i]:4d} {found.p_hypergeometric[i]:10.3g} {found.p_empirical[i]:10.3g} "
        f"{found.q[i]:10.3g}  {found.names[i]}"
        for i in range(min(_SHOWN, len(found.names)))
    ]
    more = [f"... {len(found.names) - _SHOWN} more; --json has all"] if len(found.names) > _SHOWN else []
    return "\n".join([*head, *rows, *more, *(f"Note: {row['message']}" for row in warnings_of(warnings))])
