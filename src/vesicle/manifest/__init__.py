"""``vesicle.toml``: what only the scientist can say about a batch, checked at the border."""

from vesicle.manifest.load import load_manifest, manifest_from_text
from vesicle.manifest.model import (
    Batch,
    BiogenesisEvidence,
    Cells,
    Culture,
    CytometryDefaults,
    Donor,
    FileRule,
    IntendedUse,
    IsolationStep,
    Manifest,
    Potency,
    Preconditioning,
    Product,
    SpecificationLimit,
    Storage,
    VideoDefaults,
)

__all__ = [
    "Batch",
    "BiogenesisEvidence",
    "Cells",
    "Culture",
    "CytometryDefaults",
    "Donor",
    "FileRule",
    "IntendedUse",
    "IsolationStep",
    "Manifest",
    "Potency",
    "Preconditioning",
    "Product",
    "SpecificationLimit",
    "Storage",
    "VideoDefaults",
    "load_manifest",
    "manifest_from_text",
]
