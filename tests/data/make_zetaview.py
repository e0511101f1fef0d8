"""Make the small files on which the ZetaView readers are tested: simulated or invented, in the instrument's layout.

Run ``python tests/data/make_zetaview.py`` to write them again; every run writes the same bytes. Sample names
are invented. ``expected.json`` is written from what was drawn, never from what a reader returns.
"""

import datetime as dt
import json
from pathlib import Path

import numpy as np

from vesicle.simulate import zetaview
from vesicle.simulate.zetaview import SizeTruth, simulate_failed_run, simulate_run
from vesicle.simulate.zetaview_text import RunPlan

READERS = Path(__file__).parent / "readers"
TRUTH = SizeTruth(median_nm=112.0, log_sd=0.32, stock_per_ml=6.0e10)
CLASSES, LOG_CLASSES = 120, 140
"""Enough for 600 nm; the instrument writes 1200 and 200, which would be ten times the bytes."""

PLANS = (
    RunPlan(
        stem="20260203_0001_ALDER_F2-800_size_488",
        sample="ALDER_F2-800",
        dilution=800.0,
        acquired=dt.datetime(2026, 2, 3, 9, 15, 0),
        expected_tracks=520.0,
        removed=(0, 3),
    ),
    RunPlan(
        stem="20260203_0002_Birke_5",
        sample="Birke 5",
        dilution=2500.0,
        acquired=dt.datetime(2026, 2, 3, 10, 5, 0),
        expected_tracks=300.0,
        temperature_c=23.5,
        viscosity_mpas=0.9301,
        software="8.05.16 SP3",
        decimal=",",
        newline="\r\n",
    ),
)
FAILED = RunPlan(
    stem="20260203_0003_HAZEL_size_488",
    sample="HAZEL",
    dilution=1000.0,
    acquired=dt.datetime(2026, 2, 3, 11, 0, 0),
)


def shortened() -> None:
    """Draw with fewer classes than the instrument writes; all tracks of these files are below 600 nm."""
    zetaview.LINEAR_NM = zetaview.LINEAR_NM[:CLASSES]
    zetaview.LOG_NM = zetaview.LOG_NM[:LOG_CLASSES]


def size_values(plan: RunPlan, run: zetaview.SimulatedRun) -> dict[str, object]:
    drawn = run.diameter_nm
    index = int(np.median(drawn) // 5)
    count = int(np.sum((drawn >= 5 * index) & (drawn < 5 * index + 5)))
    return {
        "status": "ok",
        "sample": plan.sample,
        "stem": plan.stem,
        "acquired": plan.acquired.isoformat(),
        "temperature_c": plan.temperature_c,
        "viscosity_mpas": plan.viscosity_mpas,
        "dilution.factor": plan.dilution,
        "dilution.applied_by": "vesicle",
        "vendor.tracks": int(drawn.size),
        f"histogram.centre_nm.{index}": 5.0 * index + 2.5,
        f"histogram.count.{index}": float(count),
        "histogram.edges_nm.0": 0.0,
        f"histogram.edges_nm.{CLASSES}": 5.0 * CLASSES,
        f"second_histogram.centre_nm.{LOG_CLASSES - 1}": float(f"{zetaview.LOG_NM[-1]:.3E}"),
    }


def position_values(plan: RunPlan) -> dict[str, object]:
    kept = [i for i in range(len(zetaview.POSITIONS)) if i not in plan.removed]
    values: dict[str, object] = {"stem": plan.stem, "rows.10.row": 12}
    for index, position in enumerate(zetaview.POSITIONS):
        values[f"rows.{index}.position"] = position
        values[f"rows.{index}.is_kept"] = index in kept
        values[f"rows.{index}.removal"] = "" if index in kept else "GRUBBS_NUMBER"
    return values


def write_runs() -> None:
    sizes: dict[str, object] = {}
    positions: dict[str, object] = {}
    for seed, plan in enumerate(PLANS):
        run = simulate_run(TRUTH, plan, seed=seed)
        _write("zetaview-size-txt", run.size_name, run.size_file)
        _write("zetaview-positions-txt", run.positions_name, run.positions_file)
        sizes[run.size_name] = {"type": "SizeRun", "values": size_values(plan, run), "warnings": []}
        found = position_values(plan)
        positions[run.positions_name] = {"type": "PositionTable", "values": found, "warnings": []}
    failed = simulate_failed_run(FAILED, seed=9)
    _write("zetaview-size-txt", failed.size_name, failed.size_file)
    values = {"status": "no_result", "histogram": None, "vendor.tracks": 0, "vendor.d50_nm": None}
    sizes[failed.size_name] = {"type": "SizeRun", "values": values, "warnings": ["no_result"]}
    _expect("zetaview-size-txt", sizes)
    _expect("zetaview-positions-txt", positions)


def profile(*, decimal: str, newline: str) -> tuple[bytes, dict[str, object]]:
    """An invented profile: a parabola over the depth, measured with both polarities."""
    depth = np.array(zetaview.POSITIONS)
    average = 160.0 * depth**2 - 170.0 * depth + 6.0
    forward, backward = average + 4.0, average - 4.0
    factor, mobility = 12.8, -1.4
    lines = [
        "Original File:\tD:\\profile.avi\tProfile Voltage:\t+24.000000V",
        "Experiment:\tprofile",
        "ZetaView S/N:\t00-001",
        "Cell S/N:\t000-000-00-001",
        "Software:\tZetaView (version 8.06.01 SP1)\tAnalyze:\t8.06.01 SP1",
        "SOP:\tDEMO_ZETA",
        "Sample:\tALDER zeta",
        "Electrolyte:\tWATER",
        "pH:\t7.100000\tentered",
        "Conductivity: 61.500000\tsensed",
        "Temperature:\t25.200000\tsensed",
        "Viscosity:\t0.895000",
        "Date:\t2026-02-03",
        "Time:\t12:30:00",
        "Particle Drift Check Result:\ttoo high",
        "Positions:\t11",
        "Number of Traces:\t90\tAverage Number of Particles:\t9.500000\tDilution::\t600.000000",
        f"ZP Factor:\t{factor:.6f}\t(Smoluchowski)",
        "Results:",
        f"Mobility /µm/s/V/cm:\t{mobility:.6f}",
        f"Zeta Potential / mV:\t{factor * mobility:.6f}",
        "ZP Parabola Fit Accuracy / mV:\t0.400000",
        "ZP Profile:",
        "Position\tPositive V\tNegative V\tAverage\tParabola Fit\tZP",
    ]
    rows = zip(depth, forward, backward, average, average, strict=True)
    lines += ["\t".join(_scientific(float(value)) for value in row) for row in rows]
    text = newline.join(lines) + newline
    if decimal == ",":
        head, mark, body = text.partition("pH:")
        text = head + mark + body.replace(".", ",")
    values = {
        "sample": "ALDER zeta",
        "zeta_mv": factor * mobility,
        "mobility_um_s_per_v_cm": mobility,
        "zeta_fit_error_mv": 0.4,
        "conductivity_us_cm": 61.5,
        "ph": 7.1,
        "temperature_c": 25.2,
        "dilution.factor": 600.0,
        "acquired": "2026-02-03T12:30:00",
        "position.5": 0.5,
        "velocity_um_s.5": float(_scientific(float(average[5]))),
        "velocity_um_s.10": float(_scientific(float(average[10]))),
    }
    return text.encode("cp1252"), values


def write_profiles() -> None:
    expected: dict[str, object] = {}
    for name, decimal, newline in (
        ("20260203_0004_ALDER_prof_488.txt", ".", "\n"),
        ("Birke_prof_520.txt", ",", "\r\n"),
    ):
        content, values = profile(decimal=decimal, newline=newline)
        _write("zetaview-profile-txt", name, content)
        expected[name] = {"type": "ZetaProfile", "values": values, "warnings": []}
    _expect("zetaview-profile-txt", expected)


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.3E}".split("E")
    return f"{mantissa}E{int(exponent):+d}"


def _write(reader: str, name: str, content: bytes) -> None:
    (READERS / reader).mkdir(parents=True, exist_ok=True)
    (READERS / reader / name).write_bytes(content)


def _expect(reader: str, expected: dict[str, object]) -> None:
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (READERS / reader / "expected.json").write_text(text + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    shortened()
    write_runs()
    write_profiles()
