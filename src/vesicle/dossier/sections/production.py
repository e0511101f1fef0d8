"""D2: how the batch was made, as declared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Flow, Quote, Table, Text, Verdicts
from vesicle.findings import ProductionFinding, QuantityFinding
from vesicle.results import NotAssessed

QUOTED = "quoted below"
"""Stands where the user's text holds the word exosome."""

_EXOSOME = re.compile("exosom", re.IGNORECASE)


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """The process, the declared facts, the yields, and what was not declared.

    Parameters
    ----------
    inputs : Inputs
        With the production and quantity findings.

    Returns
    -------
    tuple of Block
        Always at least the list of what is absent.
    """
    return (*_declared(inputs), *_yields(inputs), Verdicts(check_ids=("C11",)))


def _declared(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(ProductionFinding)
    if isinstance(found, NotAssessed):
        return
    if found.steps:
        steps = tuple((named(method), named(settings)) for method, settings in found.steps)
        yield Flow(id="isolation", title="Isolation, in order", steps=steps)
    else:
        yield Text(text="The isolation is not declared, so another lab cannot repeat it.", tone="missing")
    if found.declared:
        yield Table(
            id="declared",
            title="Declared in vesicle.toml",
            columns=(Column(name="Key"), Column(name="Value"), Column(name="Ontology term")),
            rows=tuple((key, named(value), term) for key, value, term in found.declared),
            caption="Words of the user; nothing here was measured.",
        )
    yield from _quotes(found)
    for note in found.notes:
        yield Text(text=note, tone="note")
    if found.absent:
        yield Text(text=f"Not declared: {', '.join(found.absent)}.", tone="missing")


def named(text: str) -> str:
    """A text of the user, unless it holds the word that only evidence of biogenesis allows.

    Parameters
    ----------
    text : str
        As declared.

    Returns
    -------
    str
        Unchanged, or a pointer to the quote.
    """
    return QUOTED if _EXOSOME.search(text) else text


def _quotes(found: ProductionFinding) -> Iterator[Block]:
    """The word that only evidence of biogenesis allows, in the user's mouth (nomenclature.toml, R3)."""
    steps = [(f"isolation, step {i}", text) for i, step in enumerate(found.steps, start=1) for text in step]
    for key, text in (*((key, value) for key, value, _ in found.declared), *steps):
        if _EXOSOME.search(text):
            yield Quote(label=key, text=text)


def _yields(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(QuantityFinding)
    if isinstance(found, NotAssessed) or not found.rows:
        return
    yield Table(
        id="yields",
        title="Amounts and their denominators",
        columns=(
            Column(name="Sample"),
            Column(name="Component"),
            Column(name="Unit of the amount"),
            Column(name="Per mL of stock"),
            Column(name="In the final volume"),
            Column(name="Per mL of medium"),
            Column(name="Per million cells"),
        ),
        rows=tuple(
            (r.sample, r.component, r.unit, r.per_ml, r.total, r.per_ml_medium, r.per_million_cells)
            for r in found.rows
        ),
        how="Stock concentration x final volume, divided by the volume of conditioned medium or by the "
        "million cells at collection, all as declared and taken as exact.",
    )


SECTION = Section(
    id="D2",
    title="Production",
    question="Can another lab repeat it?",
    order=2,
    needs=(ProductionFinding, QuantityFinding),
    compose=compose,
)
