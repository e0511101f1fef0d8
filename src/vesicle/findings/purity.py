"""Protein, purity and yield."""

from __future__ import annotations

from dataclasses import dataclass

from vesicle.results import Evidence, Finding, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ProteinSample:
    """Protein of one sample; ``is_below_lod`` marks a value that is only an upper bound."""

    sample: str
    ug_per_ml: Quantity
    replicates: tuple[float, ...]
    is_below_lod: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProteinFinding(Finding):
    """Protein per sample, blank-corrected by the assay or not as the table says."""

    assay: str = ""
    samples: tuple[ProteinSample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurityRow:
    """Particles per ug protein of one sample, its class, and the protein share that it implies.

    ``note`` says when sample names had to be matched by more than their spelling.
    """

    sample: str
    particles_per_ug: Quantity
    purity_class: str
    implied_protein_share: Quantity
    runs: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurityFinding(Finding):
    """Purity of every sample that has particles or protein."""

    rows: tuple[PurityRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityRow:
    """One quantified component of one sample: in the vial, per mL of medium, per million cells."""

    sample: str
    component: str
    unit: str
    per_ml: Quantity
    total: Quantity
    per_ml_medium: Quantity
    per_million_cells: Quantity
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityFinding(Finding):
    """How much there is, and per what."""

    rows: tuple[QuantityRow, ...] = ()
