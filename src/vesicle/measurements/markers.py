"""What a blot, an immunoassay or a microscope reports of markers and single particles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from vesicle.measurements.sizing import FloatArray
from vesicle.results import FileRef, Warned

Material: TypeAlias = Literal["ev", "cell lysate", "blank", "other", ""]
"""What a lane or a well was loaded with; ``other`` is none of these, empty is where the table does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerReading:
    """One band or well: how strong a marker was in what was loaded.

    ``intensity`` is on the table's own scale with its background removed where the table says so, None where the
    table only says present or absent (``is_present``). ``limit`` is the limit of detection that a reading below it
    states, on the same scale. ``load_ug`` is the protein loaded, None where not stated.
    """

    marker: str
    sample: str
    lane: str = ""
    material: Material = ""
    intensity: float | None = None
    is_present: bool | None = None
    is_below_lod: bool = False
    limit: float | None = None
    load_ug: float | None = None
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerTable:
    """A table of markers by Western blot, ELISA or bead assay; ``assay`` as the table names it, else empty."""

    file: FileRef
    reader: str
    assay: str
    readings: tuple[MarkerReading, ...]
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Micrograph:
    """One picture of a microscope, not its pixels: only what can be judged without looking.

    ``pixel_nm`` is None where neither the file nor the user states it. ``view`` is "wide-field" or "close-up" as
    the user states it, or as the width of the picture implies; empty where unknown.
    """

    file: FileRef
    reader: str
    stem: str
    sample: str
    width_px: int
    height_px: int
    bits: int
    pixel_nm: float | None = None
    view: Literal["wide-field", "close-up", ""] = ""
    method: str = ""
    label: str = ""
    role: str = "sample"
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticleDiameters:
    """Diameters that someone measured in micrographs, one per particle, with the scale that they rest on."""

    file: FileRef
    reader: str
    stem: str
    sample: str
    diameter_nm: FloatArray
    pixel_nm: float | None = None
    method: str = ""
    warnings: tuple[Warned, ...] = ()
