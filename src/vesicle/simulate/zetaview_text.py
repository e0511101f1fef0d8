"""The layout of ZetaView text exports: header keys, two size tables, the table of positions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray

_ONLY_806 = frozenset(
    {
        "TempControl",
        "SetTemperature",
        "Positions",
        "Concentration Correction Factor",
        "Multi-Threshold",
        "MultipleAcquisition",
        "NumberOfExperiments",
        "DelayTime",
        "LowBleach",
        "LowBleachVolume",
        "DoseSubVolume",
        "SubVolumePump",
        "OscillatorFrames",
    }
)
"""Header keys that version 8.05 does not print."""

_NEVER_CHECKED = "1904-01-01 01:00:00"
"""The zero of the instrument's clock: the drift check was never run."""

_VERBATIM = ("Original File:", "Experiment:", "Software:", "SOP:", "Sample:")
"""Lines whose text is not a number, whatever it looks like."""

_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")

_FEW_TRACES = "MIN_TRACES"
_OUTLIER = "GRUBBS_NUMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """How one run is made and printed.

    ``expected_tracks`` is over all positions; ``removed`` holds the indices of positions that the
    instrument leaves out; ``software`` begins with 8.05 or 8.06, whose headers differ; ``decimal`` is the
    decimal mark and ``newline`` the line end of the computer that exported.
    """

    stem: str
    sample: str
    dilution: float
    acquired: dt.datetime
    expected_tracks: float = 900.0
    removed: tuple[int, ...] = ()
    temperature_c: float = 24.6
    viscosity_mpas: float = 0.9072
    sop: str = "DEMO_SCATTER"
    software: str = "8.06.01 SP1"
    cell_check: str = "Very Good"
    electrolyte: str = "PBS"
    decimal: str = "."
    newline: str = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was drawn for one run, ready to be printed.

    ``linear`` and ``logarithmic`` are pairs of class centres and counts; ``diameters_nm`` holds the
    tracks of each position.
    """

    plan: RunPlan
    positions: tuple[float, ...]
    particles: FloatArray
    is_kept: NDArray[np.bool_]
    diameters_nm: tuple[FloatArray, ...]
    average_particles: float
    per_ml_per_particle: float
    linear: tuple[FloatArray, FloatArray]
    logarithmic: tuple[FloatArray, FloatArray]

    @property
    def tracks(self) -> int:
        """Tracks of the kept positions."""
        return sum(d.size for d, keep in zip(self.diameters_nm, self.is_kept, strict=True) if keep)


def size_text(run: Run) -> Iterator[str]:
    """The lines of the size export.

    Parameters
    ----------
    run : Run
        What was drawn.

    Yields
    ------
    str
        One line without its end.
    """
    for line in (*_sample_header(run), *_camera_header(), *_cell_header(), *_results(run)):
        key = line.split(":", 1)[0]
        if key not in _ONLY_806 or run.plan.software.startswith("8.06"):
            yield _localised(line, run.plan)
    for line in _tables(run):
        yield _localised(line, run.plan)


def positions_text(run: Run) -> Iterator[str]:
    """The lines of the ``_11pos`` export: one row per position, then mean and spread of the kept ones.

    Parameters
    ----------
    run : Run
        What was drawn.

    Yields
    ------
    str
        One line without its end.
    """
    head = ("Use", "Position", "Mean Int.", "Av. No of Particles", "Conc. (p./mL)", "Orig. Conc. (p./cm^3)")
    yield "\t".join((*head, "No. of Traces", "X50 (nm)", "Peak ø (nm)", "Span", "Drift (µm/s)", "Removal"))
    rows = np.array([_position_values(run, index) for index in range(len(run.positions))])
    for index, values in enumerate(rows):
        use, removal = _use(run, index)
        cells = (use, f"{run.positions[index]:.2f}", *_position_cells(values, track_digits=0), removal)
        yield _localised("\t".join(cells), run.plan)
    for name, values in _summary(rows[run.is_kept]):
        yield _localised("\t".join(("", name, *_position_cells(values, track_digits=1), "")), run.plan)


def _sample_header(run: Run) -> Iterator[str]:
    plan = run.plan
    yield f"Original File:\tD:\\{plan.stem}.avi\tSection:\t0{plan.decimal}1 [0]"
    yield "Operator:\tDemo"
    yield f"Experiment:\t{plan.stem}"
    yield "ZetaView S/N:\t00-001"
    yield "Cell S/N:\t000-000-00-001"
    yield f"Software:\tZetaView (version {plan.software})\tAnalyze:\t{plan.software}"
    yield f"SOP:\t{plan.sop or '<No SOP>'}"
    yield f"Sample:\t{plan.sample}"
    yield f"Electrolyte:\t{plan.electrolyte}"
    yield "pH:\t7.200000\tentered"
    yield "Conductivity:\t15400.000000\tsensed"
    yield "TempControl:\t1"
    yield "SetTemperature:\t25.000000"
    yield f"Temperature:\t{plan.temperature_c:.6f}\tsensed"
    yield f"Viscosity:\t{plan.viscosity_mpas:.6f}"
    yield f"Date:\t{plan.acquired:%Y-%m-%d}"
    yield f"Time:\t{plan.acquired:%H:%M:%S}"
    yield "General Remarks:\tsimulated, not measured"
    yield from ("Remarks:\t", "Sample Info 1:\t", "Sample Info 2:\t", "Sample Info 3:")
    yield "Scattering Intensity:\t5.500000"
    yield f"Detected Particles:\t{run.average_particles:.0f}"
    yield f"Particle Drift Checked:\t{_NEVER_CHECKED}"
    yield "Particle Drift Check Result:\ttoo high"
    yield f"Cell Checked:\t{plan.acquired - dt.timedelta(minutes=50):%Y-%m-%d %H:%M:%S}"
    yield f"Cell Check Result:\t{plan.cell_check}"
    yield "Type of Measurement:\tSize Distribution"
    yield f"Positions:\t{len(run.positions)}"
    yield "Microscope Position:\t0.100000"
    yield (
        f"Number of Traces:\t{run.tracks}\t(at 0.100000)\t"
        f"Average Number of Particles:\t{run.average_particles:.6f}\tDilution::\t{plan.dilution:.6f}"
    )
    yield "Concentration Correction Factor:\t1.000000"


def _camera_header() -> Iterator[str]:
    yield "Image Evaluation:"
    yield from (
        "Minimum Brightness:\t25",
        "Minimum Area:\t8",
        "Maximum Area:\t900",
        "Maximum Brightness:\t255",
    )
    yield from (
        "Tracking Radius2:\t80",
        "Minimum Tracelength:\t12",
        "Begin New Traces:\t1",
        "PSD log Correction:\t0",
    )
    yield from (
        "Multi-Threshold:\t0",
        "MultipleAcquisition:\t0",
        "NumberOfExperiments:\t1",
        "DelayTime:\t0.000000",
    )
    yield "Camera:\tFpSec 30 #Cycles 1 FRate 30.000000"
    yield from ("Sensitivity:\t75.000000", "Gain:\t20.000000", "Offset:\t0.000000", "Shutter:\t120.000000")
    yield from ("Brightness:\tNaN", "Gamma:\tNaN", "Auto Exposure:\tNaN")
    yield "Camera Trigger Mode:\tCamera Frequency"
    yield "Camera Trigger Duration µs:\tShutter Duration"
    yield "Camera Trigger Delay µs:\t0"
    yield from ("Laser Wavelength nm:\t488.000000", "Filter Wavelength nm:\tScatter")
    yield from ("LowBleach:\t0", "LowBleachVolume:\t0.000000", "DoseSubVolume:\t0", "SubVolumePump:\t0")


def _cell_header() -> Iterator[str]:
    yield "Position:\t0.100000"
    yield from ("actual Microscope:\t-200000\t(Pos\t0.100000)", "actual Laser:\t-150000")
    yield from ("Position0 Microscope:\t-207000", "Position0 Laser:\t-160000")
    yield from ("Position1 Microscope:\t-137000", "Position1 Laser:\t-60000")
    yield "Cell Thickness (Microscope Steps):\t-70000"
    yield "Cell Thickness (Laser Steps):\t-100000"
    yield from ("SL1 (Stationary Layer 1):\t0.149500", "SL2 (Stationary Layer 2):\t0.850500")
    yield from ("Cell parameter:", "Cell#:\tDEMO", "Micrometer per Pixel:\t0.700000")
    yield from ("Reference Electrode Distance:\t5.000000", "Voltage:\t0.000000", "Polarity:\tNaN")
    yield from ("OscillatorFrames:\tNaN", "Reference Voltage:\t0.000000", "Microscope Magnification:\tx10")
    yield "ZP Factor:\t13.000000 (Smoluchowski)"


def _results(run: Run) -> Iterator[str]:
    centre_nm, count = run.linear
    by_number = _median_nm(centre_nm, count)
    yield "Results (Pos 0.100000):"
    yield f"Median Number (D50):\t{by_number:.6f}"
    yield f"Median Concentration (D50):\t{by_number:.6f}"
    yield f"Median Volume (D50):\t{_median_nm(centre_nm, count * centre_nm**3):.6f}"
    yield "Size Distribution"


def _median_nm(centre_nm: FloatArray, weight: FloatArray) -> float:
    # The instrument interpolates between class centres, as if each class ended at its own centre.
    total = weight.sum()
    if total == 0:
        return 0.0
    grown = np.cumsum(weight)
    index = int(np.searchsorted(grown, total / 2))
    below = grown[index] - weight[index]
    step = centre_nm[1] - centre_nm[0]
    return float(centre_nm[index] - step + step * (total / 2 - below) / weight[index])


def _tables(run: Run) -> Iterator[str]:
    yield "Size / nm\tNumber\tConcentration / cm-3\tVolume / nm^3\tArea / nm^2"
    sentinel = "\t".join(map(_scientific, (-1.0, -1.0, -1.0, -1.0, 0.0)))
    if run.tracks == 0:
        yield sentinel
        return
    per_track = run.average_particles * run.per_ml_per_particle / run.tracks
    yield from _table(run.linear, per_track=per_track)
    yield sentinel
    yield from _table(run.logarithmic, per_track=per_track)


def _table(table: tuple[FloatArray, FloatArray], *, per_track: float) -> Iterator[str]:
    for diameter, count in zip(*table, strict=True):
        volume, area = np.pi / 6 * diameter**3, np.pi / 4 * diameter**2
        cells = (diameter, count, count * per_track, count * volume, count * area)
        yield "\t".join(_scientific(float(cell)) for cell in cells)


def _position_values(run: Run, index: int) -> tuple[float, ...]:
    diameters = run.diameters_nm[index]
    per_ml = run.particles[index] * run.per_ml_per_particle
    x10, x50, x90 = np.percentile(diameters, (10, 50, 90)) if diameters.size else (0.0, 5997.5, 0.0)
    span = (x90 - x10) / x50
    stock = per_ml * run.plan.dilution
    drift = 3.0 + 0.4 * index
    return (6.5, run.particles[index], per_ml, stock, diameters.size, x50, 0.9 * x50, span, drift)


def _position_cells(values: FloatArray, *, track_digits: int) -> tuple[str, ...]:
    concentrations, tracks = (2, 3), 4
    digits = {tracks: track_digits}
    return tuple(
        _scientific(float(value), digits=1)
        if column in concentrations
        else f"{value:.{digits.get(column, 1)}f}"
        for column, value in enumerate(values)
    )


def _use(run: Run, index: int) -> tuple[str, str]:
    if run.is_kept[index]:
        return "X", ""
    return "", _OUTLIER if run.diameters_nm[index].size else _FEW_TRACES


def _summary(kept: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    mean = kept.mean(axis=0) if len(kept) else np.zeros(9)
    spread = kept.std(axis=0, ddof=1) if len(kept) > 1 else np.zeros(9)
    yield "Mean", mean
    yield "St.Dev.", spread
    yield "Rel.St.Dev.", np.divide(100 * spread, mean, out=np.zeros(9), where=mean != 0)


def _scientific(value: float, *, digits: int = 3) -> str:
    mantissa, exponent = f"{value:.{digits}E}".split("E")
    return f"{mantissa}E{int(exponent):+d}"


def _localised(line: str, plan: RunPlan) -> str:
    if line.startswith(_VERBATIM):
        return line
    return _DECIMAL_POINT.sub(plan.decimal, line)
