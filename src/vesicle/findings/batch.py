"""The batch as declared, the user's own limits, and the integrity of the files."""

from __future__ import annotations

from dataclasses import dataclass

from vesicle.measurements import FileFact
from vesicle.results import Finding, Quantity, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionFinding(Finding):
    """What the manifest declares about production, as pairs of label and text, and what it leaves out."""

    declared: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationRow:
    """One limit of the user and what the batch shows."""

    sample: str
    attribute: str
    title: str
    unit: str
    minimum: float | None
    maximum: float | None
    found: Quantity
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationFinding(Finding):
    """The user's specification, row by row."""

    rows: tuple[SpecificationRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityFinding(Finding):
    """Hashes, dates and versions of all files, and what contradicts what.

    ``duplicates`` holds groups of files with one content under different names or samples, ``copies``
    such groups that the manifest assigns to one sample, ``before_production`` files measured before the
    batch was made, ``changed`` files whose content changed while they were read.
    """

    files: tuple[FileFact, ...] = ()
    copies: tuple[tuple[FileFact, ...], ...] = ()
    duplicates: tuple[tuple[FileFact, ...], ...] = ()
    before_production: tuple[FileFact, ...] = ()
    changed: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    production_date: str | None = None
