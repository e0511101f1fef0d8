"""D0: what this batch is, in the words of the manifest and of the measurements."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks.c12_size_and_naming import headline
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Quote, Table, Text
from vesicle.findings import ProductionFinding, SizeFinding
from vesicle.results import NotAssessed
from vesicle.standards import canonical_term


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """The batch card.

    Parameters
    ----------
    inputs : Inputs
        With every finding and verdict.

    Returns
    -------
    tuple of Block
        Headline, quoted names, and one row per counted sample.
    """
    return (Text(text=source_headline(inputs)), *_quotes(inputs), *_samples(inputs), *_potency(inputs))


def source_headline(inputs: Inputs) -> str:
    """What the preparation is called here, whatever its label says.

    Parameters
    ----------
    inputs : Inputs
        With the manifest's tissue and species.

    Returns
    -------
    str
        For example "Extracellular vesicle (EV) preparation from bone marrow mesenchymal stromal cells".
    """
    cells, species = inputs.manifest.cells, inputs.manifest.donor.species
    tissue = canonical_term("source_tissue", cells.tissue) if cells.tissue else None
    if inputs.manifest.batch.product_kind == "ACDV":
        return "Artificial cell-derived vesicles (ACDV): a product of extrusion or sonication, not EV."
    source = f" from {tissue} mesenchymal stromal cells" if tissue else ", source of the cells not stated"
    of = f" ({canonical_term('species', species) or species})" if species and tissue else ""
    return f"Extracellular vesicle (EV) preparation{source}{of}, as declared. Instruments counted particles."


def _quotes(inputs: Inputs) -> Iterator[Block]:
    manifest = inputs.manifest
    for label, text in (
        ("Product", manifest.batch.product_kind),
        ("Studied for", manifest.intended_use.indication),
        ("Route", manifest.intended_use.route),
        ("Tissue", manifest.cells.tissue),
    ):
        if text:
            yield Quote(label=label, text=text)


def _samples(inputs: Inputs) -> Iterator[Block]:
    sizes = inputs.finding(SizeFinding)
    if isinstance(sizes, NotAssessed) or not sizes.samples:
        yield Text(text="No tracking run of a sample was read, so nothing was counted.", tone="missing")
        return
    yield Table(
        id="batch-card",
        title="What was counted",
        columns=(
            Column(name="Sample"),
            Column(name="Valid runs"),
            Column(name="Median diameter", unit="nm"),
            Column(name="Stock concentration", unit="particles/mL"),
            Column(name="By size"),
        ),
        rows=tuple(
            (
                sample.sample,
                sample.replicates,
                sample.median_nm,
                sample.concentration_per_ml,
                headline(sample, inputs.limits["C12"]),
            )
            for sample in sizes.samples
        ),
        how="Median at class edges; stock = measured x dilution, applied once. Intervals: see section D3.",
    )


def _potency(inputs: Inputs) -> Iterator[Block]:
    production = inputs.finding(ProductionFinding)
    assay = inputs.manifest.potency.assay
    if not assay:
        text = "No potency assay is declared. Activity is never inferred from particles, protein or cargo."
        yield Text(text=text, tone="missing")
    if isinstance(production, ProductionFinding) and not production.declared:
        text = "There is no vesicle.toml: what only the scientist can say is missing. Run vesicle init."
        yield Text(text=text, tone="missing")


SECTION = Section(
    id="D0",
    title="Front page",
    question="What is this batch, and what was and was not shown?",
    order=0,
    needs=(SizeFinding, ProductionFinding),
    compose=compose,
)
