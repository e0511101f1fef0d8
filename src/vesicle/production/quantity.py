"""How much there is: in the vial, per mL of conditioned medium, per million producing cells."""

from __future__ import annotations

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import ProteinFinding, ProteinSample, QuantityFinding, QuantityRow, SizeFinding
from vesicle.production.purity import match_protein
from vesicle.results import Evidence, NotAssessed, Provenance, Quantity

_MILLION = 1e6


def assess_quantity(inputs: Inputs) -> QuantityFinding:
    """Particles and protein of every counted sample, each per denominator.

    Parameters
    ----------
    inputs : Inputs
        With sizes, proteins and the manifest's volumes and cell count.

    Returns
    -------
    QuantityFinding
        One row per sample and component.
    """
    sizes, proteins = inputs.finding(SizeFinding), inputs.finding(ProteinFinding)
    if isinstance(sizes, NotAssessed) or isinstance(proteins, NotAssessed):
        return QuantityFinding()
    rows: list[QuantityRow] = []
    for size in sizes.samples:
        files = tuple(
            Evidence(file=run.run.files[0].path)
            for run in sizes.runs_of(size.sample)
            if run.run.stem in size.runs
        )
        rows.append(_row(inputs, size.sample, "particles", per_ml=size.concentration_per_ml, evidence=files))
        protein, _ = match_protein(size, sizes, proteins)
        if isinstance(protein, ProteinSample):
            rows.append(
                _row(inputs, size.sample, "protein", per_ml=protein.ug_per_ml, evidence=protein.evidence)
            )
        else:
            rows.append(_row(inputs, size.sample, "protein", per_ml=protein, evidence=()))
    return QuantityFinding(
        rows=tuple(rows),
        provenance=Provenance(
            files=(*sizes.provenance.files, *proteins.provenance.files),
            method="stock concentration x final volume, divided by medium volume or by million cells",
        ),
    )


def _row(
    inputs: Inputs, sample: str, component: str, *, per_ml: Quantity, evidence: tuple[Evidence, ...]
) -> QuantityRow:
    manifest = inputs.manifest
    total = _times(per_ml, manifest.product.final_volume_ml, "product.final_volume_ml")
    cells = manifest.cells.count_at_collection
    return QuantityRow(
        sample=sample,
        component=component,
        unit="particles" if component == "particles" else "ug",
        per_ml=per_ml,
        total=total,
        per_ml_medium=_over(total, manifest.culture.medium_volume_ml, "culture.medium_volume_ml"),
        per_million_cells=_over(
            total, None if cells is None else cells / _MILLION, "cells.count_at_collection"
        ),
        evidence=evidence,
    )


def _times(quantity: Quantity, factor: float | None, key: str) -> Quantity:
    if isinstance(quantity, NotAssessed):
        return quantity
    if factor is None:
        return NotAssessed(f"{key} is not stated in vesicle.toml")
    return quantity.scaled(factor, method=f"{quantity.method}; times {key} = {factor:g}")


def _over(quantity: Quantity, divisor: float | None, key: str) -> Quantity:
    if isinstance(quantity, NotAssessed):
        return quantity
    if divisor is None:
        return NotAssessed(f"{key} is not stated in vesicle.toml")
    return quantity.scaled(1 / divisor, method=f"{quantity.method}; divided by {key}")


ANALYSIS = Analysis(
    name="quantity", needs=(SizeFinding, ProteinFinding), gives=QuantityFinding, run=assess_quantity
)
