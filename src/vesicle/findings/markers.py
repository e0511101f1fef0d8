"""Markers of vesicles and of what comes along with them, and pictures of single vesicles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from vesicle.results import Evidence, Finding, Quantity

MarkerState: TypeAlias = Literal["present", "absent", "below LOD", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerRow:
    """One marker in the vesicles of one sample.

    ``marker`` is the HGNC symbol where the standard names the marker, else as printed; ``written`` is as printed.
    ``counts`` says whether it counts among the EV proteins; ``is_supported`` is False where presence rests on a
    number alone, in a table without a blank, a limit of detection or a word for absence.
    """

    sample: str
    marker: str
    written: str
    category: int | None
    state: MarkerState
    intensity: Quantity
    basis: str
    counts: bool = True
    is_supported: bool = True
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DepletionRow:
    """A marker of other compartments in vesicles beside its own cells' lysate.

    ``ratio`` is vesicles over lysate per ug of protein where loads are stated, an upper bound from 0 where the
    vesicles are below a stated limit. ``is_depleted_by_word`` when they are absent or below the limit of detection
    and the lysate is positive, without a number for it. ``is_load_known`` says whether loads are comparable.
    """

    sample: str
    marker: str
    state: MarkerState
    ratio: Quantity
    is_depleted_by_word: bool = False
    is_load_known: bool = False
    load: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerFinding(Finding):
    """Every marker of the folder's tables; ``depletion`` holds those of category 4 alone."""

    assays: tuple[str, ...] = ()
    rows: tuple[MarkerRow, ...] = ()
    depletion: tuple[DepletionRow, ...] = ()

    @property
    def samples(self) -> tuple[str, ...]:
        """The samples in the order of the tables."""
        return tuple(dict.fromkeys(row.sample for row in self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow:
    """One micrograph; ``refused`` says what cannot be said of it, and empty that nothing is missing."""

    file: str
    sample: str
    method: str
    width_px: int
    height_px: int
    bits: int
    pixel_nm: Quantity
    field_um: Quantity
    view: str
    view_basis: str = ""
    refused: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSize:
    """Diameters measured in micrographs, and the median that tracking gives of the same sample."""

    file: str
    sample: str
    method: str
    particles: int
    median_nm: Quantity
    d10_nm: Quantity
    d90_nm: Quantity
    tracked_sample: str
    tracked_median_nm: Quantity
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrographFinding(Finding):
    """The micrographs of the folder, and the sizes measured in them."""

    images: tuple[ImageRow, ...] = ()
    sizes: tuple[ImageSize, ...] = ()
