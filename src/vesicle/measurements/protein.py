"""What a protein assay reports."""

from __future__ import annotations

from dataclasses import dataclass

from vesicle.results import FileRef, Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class ProteinReading:
    """The replicates of one sample in ug per mL; ``is_below_lod`` when the table says "<" or "< LOD"."""

    sample: str
    ug_per_ml: tuple[float, ...]
    is_blank: bool = False
    is_below_lod: bool = False
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProteinTable:
    """A protein assay table; ``assay`` is BCA, Bradford, Qubit ... where the table names it, else empty."""

    file: FileRef
    reader: str
    assay: str
    readings: tuple[ProteinReading, ...]
    warnings: tuple[Warned, ...] = ()
