"""The records of ``vesicle.toml``; every field may be absent, and absence is never an error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, TypeAlias

from annotated_types import Ge, Interval

Positive: TypeAlias = Annotated[float, Interval(gt=0, le=1e18)]
"""The upper limit is no science: beyond it products of several values leave the range of a float."""
Percent: TypeAlias = Annotated[float, Interval(ge=0, le=100)]
Hours: TypeAlias = Annotated[float, Ge(0)]
PixelNm: TypeAlias = Annotated[float, Interval(ge=1, le=20_000)]
PicturePixelNm: TypeAlias = Annotated[float, Interval(ge=0.005, le=20_000)]
"""Of a file it may be that of an electron microscope."""
FramesPerSecond: TypeAlias = Annotated[float, Interval(ge=0.1, le=10_000)]
ExposureMs: TypeAlias = Annotated[float, Interval(gt=0, le=60_000)]
LiquidC: TypeAlias = Annotated[float, Interval(ge=-20, le=120)]
ViscosityMpas: TypeAlias = Annotated[float, Interval(ge=0.01, le=10_000)]
DepthUm: TypeAlias = Annotated[float, Interval(gt=0, le=10_000)]
BeadNm: TypeAlias = Annotated[float, Interval(ge=5, le=100_000)]
"""What a video can have been taken with; a slip of a unit lies outside."""
MOST_DILUTED = 1e12
"""A larger dilution leaves no particle in a measuring cell; ``--dilution`` has the same limit."""

_STRICT: dict[str, str | bool] = {"extra": "forbid", "allow_inf_nan": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """``[batch]``: which preparation this is."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    id: str | None = None
    production_date: dt.date | None = None
    product_kind: str | None = None
    claim_role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Donor:
    """``[donor]``: a code, never a person's name."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    id: str | None = None
    species: str | None = None
    age: Annotated[float, Interval(ge=0, le=130)] | None = None
    sex: str | None = None
    autologous: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """``[cells]``: the producing cells."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    tissue: str | None = None
    passage: Annotated[int, Ge(0)] | None = None
    count_at_collection: Annotated[float, Interval(ge=1, le=1e18)] | None = None
    viability_percent: Percent | None = None
    plastic_adherent: bool | None = None
    trilineage: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preconditioning:
    """``culture.preconditioning``: agent, dose and hours."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    agent: str | None = None
    dose: str | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Culture:
    """``[culture]``: medium and conditions while the vesicles were collected."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    medium: str | None = None
    supplement: str | None = None
    supplement_percent: Percent | None = None
    ev_depletion: str | None = None
    oxygen_percent: Percent | None = None
    preconditioning: Preconditioning | None = None
    vessel: str | None = None
    collection_h: Hours | None = None
    medium_volume_ml: Positive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationStep:
    """One ``[[isolation]]`` entry; the order of the entries is the order of the process."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    method: str
    settings: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """``[product]``: the vial. ``protein_in_buffer`` is true, false, or the protein's name."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    final_volume_ml: Positive | None = None
    buffer: str | None = None
    protein_in_buffer: bool | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """``[storage]``: how and since when the vials are kept."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    temperature_c: Annotated[float, Interval(ge=-273.15, le=60)] | None = None
    container: str | None = None
    freeze_thaw: Annotated[int, Ge(0)] | None = None
    since: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntendedUse:
    """``[intended_use]``: what the preparation is studied for; never a recommendation."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    indication: str | None = None
    route: str | None = None
    species: str | None = None
    body_weight_kg: Positive | None = None
    dose: str | None = None
    volume_ml: Positive | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Potency:
    """``[potency]``: the functional assay and the mechanism it is tied to."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    assay: str | None = None
    mechanism: str | None = None
    reference_batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationLimit:
    """``[specification.ATTRIBUTE]``: the user's own limits in the attribute's unit."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    min: float | None = None
    max: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoDefaults:
    """``[video]``: how the videos of the folder were taken, where ``[[files]]`` does not say it of one."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    pixel_nm: PixelNm | None = None
    fps: FramesPerSecond | None = None
    exposure_ms: ExposureMs | None = None
    temperature_c: LiquidC | None = None
    viscosity_mpas: ViscosityMpas | None = None
    depth_um: DepthUm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CytometryDefaults:
    """``[cytometry]``: how the folder's cytometer files were taken, and answers to reporting items by their id."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    scatter_channel: str | None = None
    wavelength_nm: Annotated[float, Interval(ge=200, le=2_000)] | None = None
    half_angle_deg: Annotated[float, Interval(gt=0, lt=90)] | None = None
    flow_rate_ul_min: Annotated[float, Interval(gt=0, le=10_000)] | None = None
    viability_channel: str | None = None
    reporting: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule(VideoDefaults):
    """One ``[[files]]`` entry: what a file cannot say about itself.

    The keys of ``[video]`` may stand here too, for videos; ``certified_nm`` is the certified diameter of a size
    standard, with its expanded uncertainty. For a cytometer's file, ``subject`` says what was run, ``markers`` maps a
    channel to what was stained in it, ``control`` names the file of its control, ``volume_nl`` is what was drawn; the
    ``bead_`` keys say which beads it holds: diameters and their kind, material, and the values assigned to a
    channel, dim to bright. ``view`` is that of a micrograph.
    """

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    glob: str
    role: str | None = None
    sample: str | None = None
    dilution: Annotated[float, Interval(ge=1, le=MOST_DILUTED)] | None = None
    pixel_nm: PicturePixelNm | None = None
    certified_nm: Annotated[float, Interval(ge=1, le=100_000)] | None = None
    certified_uncertainty_nm: Annotated[float, Interval(ge=0, le=100_000)] | None = None
    subject: Literal["cells", "particles"] | None = None
    markers: Mapping[str, str] | None = None
    control: str | None = None
    volume_nl: Annotated[float, Interval(gt=0, le=1e12)] | None = None
    bead_diameters_nm: tuple[BeadNm, ...] | None = None
    bead_diameter_kind: Literal["measured", "label"] | None = None
    bead_material: Literal["polystyrene", "silica"] | None = None
    bead_values: Mapping[str, tuple[Positive, ...]] | None = None
    bead_unit: str | None = None
    view: Literal["wide-field", "close-up"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BiogenesisEvidence:
    """One ``[[biogenesis_evidence]]`` entry: an experiment and the file that shows it."""

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    experiment: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that ``vesicle.toml`` says; an empty one is valid.

    ``path`` is the manifest's name inside the folder, None without one. ``notes`` are sentences about
    values that were accepted as free text.
    """

    __pydantic_config__: ClassVar[dict[str, str | bool]] = _STRICT
    batch: Batch = field(default_factory=Batch)
    donor: Donor = field(default_factory=Donor)
    cells: Cells = field(default_factory=Cells)
    culture: Culture = field(default_factory=Culture)
    isolation: tuple[IsolationStep, ...] = ()
    product: Product = field(default_factory=Product)
    storage: Storage = field(default_factory=Storage)
    intended_use: IntendedUse = field(default_factory=IntendedUse)
    potency: Potency = field(default_factory=Potency)
    specification: Mapping[str, SpecificationLimit] = field(default_factory=dict[str, SpecificationLimit])
    video: VideoDefaults = field(default_factory=VideoDefaults)
    cytometry: CytometryDefaults = field(default_factory=CytometryDefaults)
    files: tuple[FileRule, ...] = ()
    biogenesis_evidence: tuple[BiogenesisEvidence, ...] = ()
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    readers: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    path: str | None = None
    notes: tuple[str, ...] = ()
