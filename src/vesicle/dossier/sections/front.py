"""D0: what this batch is, in the words of the manifest and of the measurements."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks.c12_size_and_naming import headline
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Quote, Table, Text
from vesicle.findings import ProductionFinding, SampleSize, SizeFinding
from vesicle.results import NotAssessed, Verdict
from vesicle.standards import canonical_term

_NOT_EV = {
    "ACDV": "Artificial cell-derived vesicles (ACDV), a product of extrusion or sonication and not EV",
    "synthetic vesicle": "Synthetic vesicles, not EV",
    "conditioned medium/secretome": "Conditioned medium (secretome), of which EV are one part",
}
"""Kinds of product that the headline does not call EV (nomenclature.toml, R1 and R6)."""


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
    manifest = inputs.manifest
    kind = canonical_term("product_kind", manifest.batch.product_kind or "EV")
    if kind in _NOT_EV:
        return f"{_NOT_EV[kind]}, as declared. Instruments counted particles."
    tissue = canonical_term("source_tissue", manifest.cells.tissue or "")
    species = canonical_term("species", manifest.donor.species or "")
    source = f" from {tissue} mesenchymal stromal cells" if tissue else ", source of the cells not stated"
    of = f" ({species})" if species and tissue else ""
    named = (
        "Engineered extracellular vesicle" if str(kind).startswith("engineered") else "Extracellular vesicle"
    )
    return f"{named} (EV) preparation{source}{of}, as declared. Instruments counted particles."


def _quotes(inputs: Inputs) -> Iterator[Block]:
    manifest = inputs.manifest
    for label, text in (
        ("Product", manifest.batch.product_kind),
        ("Studied for", manifest.intended_use.indication),
        ("Route", manifest.intended_use.route),
        ("Tissue", manifest.cells.tissue),
    ):
        if text and not canonical_term("source_tissue", text):
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
            Column(name="Runs with a result"),
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
                _by_size(sample, inputs),
            )
            for sample in sizes.samples
        ),
        how="Median at class edges; stock = measured x dilution, applied once. Intervals: see section D3.",
    )


def _by_size(sample: SampleSize, inputs: Inputs) -> str | NotAssessed:
    """What the sample may be called by its size, unless C12 could not be assessed for it."""
    c12 = inputs.checks.get("C12")
    parts = [part for part in (c12.parts if c12 else ()) if part.subject == sample.sample]
    if any(part.verdict is not Verdict.NOT_ASSESSED for part in parts):
        return headline(sample, inputs.limits["C12"])
    return NotAssessed(parts[0].reason if parts else "C12 was not judged")


def _potency(inputs: Inputs) -> Iterator[Block]:
    production = inputs.finding(ProductionFinding)
    assay = inputs.manifest.potency.assay
    if not assay:
        text = "No potency assay is declared. Activity is never inferred from particles, protein or cargo."
        yield Text(text=text, tone="missing")
    if isinstance(production, ProductionFinding) and not production.declared:
        where = (
            "There is no vesicle.toml" if inputs.manifest.path is None else "vesicle.toml says nothing of it"
        )
        text = f"{where}: what only the scientist can say of the batch is missing. Run vesicle init."
        yield Text(text=text, tone="missing")


SECTION = Section(
    id="D0",
    title="Front page",
    question="What is this batch, and what was and was not shown?",
    order=0,
    needs=(SizeFinding, ProductionFinding),
    compose=compose,
)
