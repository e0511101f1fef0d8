"""What a cytometer's files of small particles say: counts, controls, calibration, phenotypes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from vesicle.findings.comparison import BlankRow
from vesicle.measurements.cytometry import FlowFile
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, Evidence, Finding, NotAssessed, Quantity, Warned

NO_FILES = NotAssessed("no cytometer file of particles")

Part: TypeAlias = Literal["sample", "blank", "wash", "buffer", "beads", "other"]
"""What a file is for the counting, whatever the vocabulary calls its role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCount:
    """The events of one file, per volume, beside those of its controls.

    ``volume_nl`` is what was drawn and ``volume_from`` who states it. ``events_per_ml`` and ``net_per_ml`` are as
    measured, ``stock_per_ml`` is the net number times the dilution. ``controls`` are the paths of the files that
    it is held against. ``ratio_to_control`` is events per volume over those of the controls, per second where a
    volume is missing; ``control_percent`` is its inverse in per cent. ``flags`` are codes that mark the file.
    ``taken_with`` holds voltages, gains and thresholds by name, ``thresholds`` the last alone.
    """

    file: FlowFile
    part: Part
    events: int
    dropped_events: int = 0
    volume_nl: float | None = None
    volume_from: str = ""
    duration_s: float | None = None
    events_per_s: Quantity
    events_per_ml: Quantity
    controls: tuple[str, ...] = ()
    ratio_to_control: Quantity
    control_percent: Quantity
    net_per_ml: Quantity
    stock_per_ml: Quantity
    coincidence_percent: Quantity
    taken_with: Mapping[str, str] = field(default_factory=dict[str, str])
    thresholds: Mapping[str, str] = field(default_factory=dict[str, str])
    flags: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def path(self) -> str:
        """The path of the file, by which other files name it."""
        return self.file.file.path


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterHistogram:
    """Scatter of a sample and of its controls: events per mL and decade of signal; ``edges`` has shape (k + 1,).

    ``control_per_ml`` is None without a control that can be held against the sample.
    """

    file: str
    label: str
    channel: str
    edges: FloatArray
    sample_per_ml: FloatArray
    control_per_ml: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DilutionSeries:
    """One sample at several dilutions.

    ``net_per_ml`` are numbers as measured less the control, in the order of ``dilutions``; ``slope`` is that of
    their logarithm against that of the concentration, 1 where events are single particles. ``medians`` maps a
    channel to its median at every dilution, controls taken off;
    ``median_percent`` is the largest deviation from the highest dilution.
    """

    sample: str
    dilutions: tuple[float, ...]
    net_per_ml: tuple[Estimate, ...]
    slope: Quantity
    medians: tuple[tuple[str, tuple[Quantity, ...]], ...]
    median_percent: tuple[tuple[str, Quantity], ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetergentLoss:
    """How much of what was counted a detergent took away; ``measured_with`` says by which method it was counted."""

    sample: str
    measured_with: str
    untreated_per_ml: Quantity
    treated_per_ml: Quantity
    loss_percent: Quantity
    evidence: tuple[Evidence, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterBead:
    """One population of beads in a calibration.

    ``log10_ratio`` is measured over fitted signal; ``error_nm`` is the diameter that the other beads predict less
    the stated one.
    """

    diameter_nm: float
    signal: float
    events: int | None
    log10_ratio: float
    error_nm: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterModel:
    """A scatter channel calibrated with beads.

    ``gain`` is signal per nm2 of collected light; ``half_angle_deg`` that of the cone which collects, an effective
    value, with the angles that the beads cannot tell from it. ``residual_log10`` is the root mean square over the
    beads. ``profile_deg`` and ``profile_log10`` hold the residual at every angle that was tried, one where the angle
    was given. ``curve_nm`` and ``curve_signal`` draw the curve of the beads' material.
    """

    channel: str
    wavelength_nm: float
    gain: float
    half_angle_deg: float
    half_angle_low_deg: float
    half_angle_high_deg: float
    is_angle_fitted: bool
    residual_log10: float
    profile_deg: FloatArray
    profile_log10: FloatArray
    beads: tuple[ScatterBead, ...]
    curve_nm: FloatArray
    curve_signal: FloatArray
    material: str
    file: str
    method: str
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiameterBand:
    """Diameters of one sample's events at one percentile (or at the detection limit), over all models of an EV.

    ``low_nm`` and ``high_nm`` bound all models at the fitted half-angle, ``low_any_angle_nm`` and
    ``high_any_angle_nm`` also all angles that the beads allow. ``by_model`` lists every diameter at which a model has
    the signal, none where its curve does not reach it: then ``is_complete`` is false and the band open. ``signal`` is
    that of the events net of the control; ``is_below_limit`` says that the control's noise reaches above it.
    """

    sample: str
    file: str
    what: str
    signal: float
    low_nm: float
    high_nm: float
    low_any_angle_nm: float
    high_any_angle_nm: float
    by_model: tuple[tuple[str, tuple[float, ...]], ...]
    is_complete: bool
    is_below_limit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """One channel calibrated with a ladder of beads of known fluorescence.

    log10(value + beads' own fluorescence) = ``slope`` log10(signal) + ``intercept``; ``auto`` is that fluorescence.
    ``factor`` is units per signal of the fit with slope 1, which keeps zero straight. All are NotAssessed, with the
    reason, where the ladder was refused. ``doubts`` are the rules of a good fit that it breaks.
    """

    channel: str
    unit: str
    file: str
    slope: Quantity
    intercept: Quantity
    auto: Quantity
    factor: Quantity
    r_squared: float | None = None
    peaks: int = 0
    doubts: tuple[Warned, ...] = ()

    def units(self, signal: FloatArray) -> FloatArray | NotAssessed:
        """Signals in the units of the ladder, by the fit with slope 1: means of it may be subtracted.

        Parameters
        ----------
        signal : numpy.ndarray
            Values of the channel at the settings of the beads.

        Returns
        -------
        numpy.ndarray or NotAssessed
            Same shape.
        """
        return signal * self.factor.value if isinstance(self.factor, Estimate) else self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Phenotype:
    """Events of one file that are positive for just these markers of those that were stained in it.

    ``positive`` and ``negative`` together are the markers that have a threshold; ``share`` is of all events.
    ``control_share`` is what the control shows by chance, ``net_share`` the share less it.
    """

    sample: str
    file: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    events: int
    share: Quantity
    control_share: Quantity
    net_share: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class StainedMarker:
    """One marker in one file: above its control's threshold, and how bright in calibrated units.

    ``threshold`` is the control's percentile on the channel's own scale, ``positive_percent`` net of the control.
    ``mean_calibrated`` is the mean of all events less that of the control, in ``unit``.
    """

    sample: str
    file: str
    marker: str
    channel: str
    control: str
    threshold: float | None
    positive_percent: Quantity
    median: float | None
    mean_calibrated: Quantity
    unit: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AntigenPattern:
    """Mean calibrated fluorescence of MSC antigens over that of antigens MSC lack, for one sample."""

    sample: str
    present: tuple[tuple[str, Quantity], ...]
    absent: tuple[tuple[str, Quantity], ...]
    unit: str
    ratio: Quantity
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFinding(Finding):
    """Everything the cytometer's files of small particles say, in the order of the files.

    The files of ``counts`` come without their data sets: a finding holds no events.

    ``scatter`` says why where no channel is calibrated; ``diameters_missing`` why no diameter is stated, empty
    where some are.
    """

    counts: tuple[FlowCount, ...] = ()
    blanks: tuple[BlankRow, ...] = ()
    has_medium_control: bool = False
    histograms: tuple[ScatterHistogram, ...] = ()
    series: tuple[DilutionSeries, ...] = ()
    scatter: ScatterModel | NotAssessed = NO_FILES
    diameters: tuple[DiameterBand, ...] = ()
    diameters_missing: str = ""
    ladders: tuple[Ladder, ...] = ()
    markers: tuple[StainedMarker, ...] = ()
    phenotypes: tuple[Phenotype, ...] = ()
    antigens: tuple[AntigenPattern, ...] = ()

    def of_part(self, part: Part) -> tuple[FlowCount, ...]:
        """The files of one part.

        Parameters
        ----------
        part : str
            For example ``sample``.

        Returns
        -------
        tuple of FlowCount
            In the order of their files.
        """
        return tuple(count for count in self.counts if count.part == part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetergentFinding(Finding):
    """Pairs of a sample and the same sample with detergent, by any method that counts."""

    rows: tuple[DetergentLoss, ...] = ()
