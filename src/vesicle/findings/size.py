"""Size and number of the particles, per run and per sample."""

from __future__ import annotations

from dataclasses import dataclass, field

from vesicle.findings.tracking import TrajectoryEstimate
from vesicle.measurements import SizeRun
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Finding, NotAssessed, Quantity, Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeDistribution:
    """Number of particles per volume in each class as a share of all, with a 95 % band.

    ``diameter_nm`` are class centres, shape (k,); ``edges_nm`` has shape (k + 1,); ``fraction`` sums to 1.
    """

    diameter_nm: FloatArray
    edges_nm: FloatArray
    fraction: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of particles between two diameters; ``high_nm`` None means no upper bound."""

    label: str
    low_nm: float
    high_nm: float | None
    share: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSize:
    """Our numbers for one run beside the vendor's.

    ``measured_per_ml`` is the concentration in the measuring cell, ``concentration_per_ml`` that of the
    stock, ``particle_mass_ug`` the mean mass of one particle, ``size_factor`` what all diameters were
    multiplied with to harmonise temperature and viscosity (1 when not asked for). ``estimate`` holds what
    only tracks with positions can say, None for a table of sizes.
    """

    run: SizeRun
    mode_nm: Quantity
    median_nm: Quantity
    mean_nm: Quantity
    sd_nm: Quantity
    d10_nm: Quantity
    d90_nm: Quantity
    particle_mass_ug: Quantity
    tracks: Quantity
    measured_per_ml: Quantity
    concentration_per_ml: Quantity
    shares: tuple[Share, ...]
    distribution: SizeDistribution | NotAssessed
    estimate: TrajectoryEstimate | None = None
    size_factor: float = 1.0
    warnings: tuple[Warned, ...] = ()

    @property
    def measured_with(self) -> str:
        """The kind of instrument: what is counted by one kind is no replicate of what is counted by another.

        Its maker's name where the file states one, ``video`` for a video that names none, else nothing.
        """
        maker = self.run.instrument.partition(" ")[0]
        return maker or ("video" if "video" in self.run.reader else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """One sample as one kind of instrument saw it: its valid runs taken together.

    ``sample`` is the name in every table; where several kinds of instrument measured one preparation it ends in
    the kind, such as ``LOT-7 (video)``, and ``preparation`` is the name without it. ``stock_per_ml`` lists the
    runs' stock values.
    """

    sample: str
    runs: tuple[str, ...]
    replicates: int
    mode_nm: Quantity
    median_nm: Quantity
    mean_nm: Quantity
    d10_nm: Quantity
    d90_nm: Quantity
    particle_mass_ug: Quantity
    concentration_per_ml: Quantity
    shares: tuple[Share, ...]
    distribution: SizeDistribution | NotAssessed
    stock_per_ml: tuple[float, ...] = ()
    preparation: str = ""
    measured_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One instrument setting over the runs that are compared, in the order of the runs."""

    name: str
    unit: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether two runs state different values; a run that states none differs from no one."""
        return len({value for value in self.values if value}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingFinding(Finding):
    """The runs that were sized here from videos or from tables of tracks, in the order of their files."""

    runs: tuple[RunSize, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFinding(Finding):
    """Everything the sizing runs of the folder say.

    ``runs`` holds every run, blanks and standards included, in the order of acquisition; ``samples`` only
    those with role ``sample``; ``settings`` one row per setting over ``runs``.
    """

    runs: tuple[RunSize, ...] = ()
    samples: tuple[SampleSize, ...] = ()
    settings: tuple[SettingRow, ...] = field(default_factory=tuple)

    def of_role(self, role: str) -> tuple[RunSize, ...]:
        """The runs of one role.

        Parameters
        ----------
        role : str
            For example ``buffer blank``.

        Returns
        -------
        tuple of RunSize
            In the order of acquisition.
        """
        return tuple(size for size in self.runs if size.run.role == role)

    def runs_of(self, sample: str) -> tuple[RunSize, ...]:
        """The runs behind one sample, those without a result included.

        Parameters
        ----------
        sample : str
            Its name in the tables.

        Returns
        -------
        tuple of RunSize
            In the order of acquisition.
        """
        named = next((row for row in self.samples if row.sample == sample), None)
        preparation, kind = (named.preparation, named.measured_with) if named is not None else ("", "")
        return tuple(
            size
            for size in self.of_role("sample")
            if size.run.sample == (preparation or sample) and (not kind or size.measured_with == kind)
        )
