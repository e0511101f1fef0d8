"""What the manifest declares about production, with ontology terms, and what it leaves out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import ProductionFinding
from vesicle.manifest import Manifest
from vesicle.manifest.load import CLOSED, OPEN
from vesicle.results import Provenance, Source
from vesicle.standards import canonical_term, terms

TABLES = ("batch", "donor", "cells", "culture", "product", "storage", "intended_use", "potency")
"""The tables of the manifest that describe the batch, in the order of the dossier."""


def describe_production(inputs: Inputs) -> ProductionFinding:
    """The declared facts, in the order of the manifest's layout.

    Parameters
    ----------
    inputs : Inputs
        Its manifest is all that is read.

    Returns
    -------
    ProductionFinding
        With the absent keys listed.
    """
    manifest = inputs.manifest
    declared = tuple(_declared(manifest))
    return ProductionFinding(
        declared=declared,
        steps=tuple((step.method, step.settings or "settings not stated") for step in manifest.isolation),
        absent=tuple(_absent(manifest)),
        notes=manifest.notes,
        provenance=Provenance(
            method="as declared in vesicle.toml; nothing was inferred",
            source=Source(text="manifest_fields, vocab.toml", status="terms as marked"),
        ),
    )


def _declared(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    for key, value in _leaves(manifest):
        if value is not None:
            yield key, _text(value), _ontology(key, value)


def _absent(manifest: Manifest) -> Iterator[str]:
    for key, value in _leaves(manifest):
        if value is None:
            yield key
    if not manifest.isolation:
        yield "isolation"


def _leaves(manifest: Manifest) -> Iterator[tuple[str, object]]:
    for table in TABLES:
        record = getattr(manifest, table)
        for item in dataclasses.fields(record):
            value = getattr(record, item.name)
            if dataclasses.is_dataclass(value):
                for inner in dataclasses.fields(value):
                    yield f"{table}.{item.name}.{inner.name}", getattr(value, inner.name)
            else:
                yield f"{table}.{item.name}", value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _ontology(key: str, value: object) -> str:
    field = CLOSED.get(key) or OPEN.get(key)
    label = canonical_term(field, value) if field and isinstance(value, str) else None
    if field is None or label is None:
        return ""
    row = terms(field)[label]
    identifier = row.get("ontology_id")
    if identifier is None:
        return ""
    status = row["id_status"]
    return f"{label} [{identifier}]" + (" (identifier from memory)" if status == "memory" else "")


ANALYSIS = Analysis(name="production", needs=(), gives=ProductionFinding, run=describe_production)
