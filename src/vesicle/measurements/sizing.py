"""What particle-sizing instruments report: histograms, tracks, positions and the vendor's own numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.scale import Scale
from vesicle.results import FileRef, Warned

FloatArray: TypeAlias = NDArray[np.float64]
RunStatus: TypeAlias = Literal["ok", "no_result"]
Scalar = TypeVar("Scalar", bound=np.generic)


def frozen(values: object) -> FloatArray:
    """A read-only float array; records hold nothing that can change under them.

    Parameters
    ----------
    values : array_like
        Numbers of any shape.

    Returns
    -------
    numpy.ndarray
        A copy in float64 with writing switched off.
    """
    return read_only(np.array(values, dtype=np.float64))


def read_only(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """An array of any kind, which from here on nobody can change.

    Parameters
    ----------
    array : numpy.ndarray
        An array of the caller's own; it is not copied.

    Returns
    -------
    numpy.ndarray
        The same array.
    """
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeHistogram:
    """A table of size classes.

    ``centre_nm`` has shape (k,), ``edges_nm`` shape (k + 1,) and increases. ``amount`` is the content of
    each class, number per volume on an arbitrary scale: a table per mL when the file states one, else
    counts or per cent. ``count`` is the number of tracks per class where the file states it, else None.
    ``first_row`` is the row of the first class in the file, counted from 1.
    """

    centre_nm: FloatArray
    edges_nm: FloatArray
    amount: FloatArray
    count: FloatArray | None = None
    first_row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTracks:
    """A table of tracks: one diameter per track, and the 2-D positions where the file holds them.

    ``diameter_nm`` and ``included`` have shape (tracks,): ``included`` marks those that the vendor's
    distribution used. ``length_frames`` has shape (tracks,) or is None. The position columns have shape
    (points,) with ``track`` as index into the first three; they are None when the file lists no points.
    """

    diameter_nm: FloatArray
    included: NDArray[np.bool_]
    length_frames: FloatArray | None = None
    track: NDArray[np.int64] | None = None
    frame: NDArray[np.int64] | None = None
    x_px: FloatArray | None = None
    y_px: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One instrument setting as printed: our name, the value as text, unit, and the file's own key."""

    name: str
    value: str
    unit: str = ""
    key: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dilution:
    """The dilution of the measured sample and who applied it to the concentration.

    ``factor`` is None when nothing states it. ``applied_by`` is ``instrument`` when the file's
    concentration is that of the stock already, ``vesicle`` when we multiply, ``nobody`` when the factor
    is unknown. ``origin`` names the place: "header", "manifest", "command line".
    """

    factor: float | None = None
    applied_by: Literal["instrument", "vesicle", "nobody"] = "nobody"
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorSummary:
    """Numbers that the file prints, or that the vendor's own rule reproduces from its table.

    ``reproduced`` names the fields of the second kind. ``concentration_per_ml`` is that of the stock
    where the vendor applies the dilution (ZetaView: original concentration), else as printed.
    """

    d10_nm: float | None = None
    d50_nm: float | None = None
    d90_nm: float | None = None
    mean_nm: float | None = None
    mode_nm: float | None = None
    sd_nm: float | None = None
    concentration_per_ml: float | None = None
    tracks: int | None = None
    reproduced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoResult:
    """One video of a combined file: its name, the vendor's numbers, its histogram and settings."""

    name: str
    vendor: VendorSummary
    histogram: SizeHistogram | None = None
    dilution: Dilution = field(default_factory=Dilution)
    temperature_c: float | None = None
    viscosity_mpas: float | None = None
    settings: tuple[Setting, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionRow:
    """One position of the measuring cell; ``removal`` is the instrument's reason for leaving it out."""

    position: float
    is_kept: bool
    particles: float
    concentration_per_ml: float
    stock_concentration_per_ml: float
    tracks: float
    median_nm: float
    removal: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionTable:
    """The per-position table of a run (ZetaView ``_11pos``); part of the run with the same stem."""

    file: FileRef
    reader: str
    stem: str
    rows: tuple[PositionRow, ...]
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorReport:
    """The vendor's printed report of a run (ZetaView PDF); part of the run with the same stem.

    ``printed`` maps our field names to the digits as they stand on the page.
    """

    file: FileRef
    reader: str
    stem: str
    sample: str
    vendor: VendorSummary
    printed: tuple[tuple[str, str], ...]
    dilution: Dilution = field(default_factory=Dilution)
    temperature_c: float | None = None
    acquired: str | None = None
    settings: tuple[Setting, ...] = ()
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRun:
    """One sizing run of one sample, from one file or from several of one stem.

    ``label`` is the sample's name as the instrument has it, ``sample`` the group it belongs to (the same
    until the spine applies the manifest), ``declared_dilution`` what the user states beside the file.
    ``measured_per_ml`` is the concentration in the measuring cell where the file allows it, before any
    dilution; ``acquired`` is an ISO 8601 date or date-time as stated by the file. The names in
    ``quality`` (``cell_check``, ``drift_check``, ``drift_checked``, ``sop``, ``positions``,
    ``particles_per_frame`` ...) hold what the instrument printed. ``scale`` is what the user states of the
    camera, where the tracks have positions that can be sized again; else None.
    """

    files: tuple[FileRef, ...]
    reader: str
    stem: str
    sample: str
    label: str = ""
    role: str = "sample"
    status: RunStatus = "ok"
    vendor: VendorSummary = field(default_factory=VendorSummary)
    dilution: Dilution = field(default_factory=Dilution)
    declared_dilution: float | None = None
    measured_per_ml: float | None = None
    temperature_c: float | None = None
    viscosity_mpas: float | None = None
    acquired: str | None = None
    histogram: SizeHistogram | None = None
    second_histogram: SizeHistogram | None = None
    tracks: SizeTracks | None = None
    scale: Scale | None = None
    per_video: tuple[VideoResult, ...] = ()
    positions: PositionTable | None = None
    report: VendorReport | None = None
    settings: tuple[Setting, ...] = ()
    quality: tuple[Setting, ...] = ()
    instrument: str = ""
    software: str = ""
    warnings: tuple[Warned, ...] = ()

    def quality_of(self, name: str) -> Setting | None:
        """The quality record of one name, as printed by the instrument.

        Parameters
        ----------
        name : str
            For example ``cell_check``.

        Returns
        -------
        Setting or None
            None when the export has no such key.
        """
        return next((item for item in self.quality if item.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZetaProfile:
    """A zeta-potential profile: the fitted potential, and the apparent velocity over the cell's depth."""

    file: FileRef
    reader: str
    sample: str
    zeta_mv: float
    zeta_fit_error_mv: float | None
    mobility_um_s_per_v_cm: float | None
    position: FloatArray
    velocity_um_s: FloatArray
    temperature_c: float | None = None
    conductivity_us_cm: float | None = None
    ph: float | None = None
    dilution: Dilution = field(default_factory=Dilution)
    acquired: str | None = None
    settings: tuple[Setting, ...] = ()
    warnings: tuple[Warned, ...] = ()
