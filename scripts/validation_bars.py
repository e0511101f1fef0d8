"""The five bars that simulated videos must clear, each as rows of truth, found, deviation and limit."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy.stats import wasserstein_distance
from scripts.validation_videos import (
    Case,
    Made,
    Part,
    Row,
    Simulator,
    Wanted,
    calibrated,
    estimate_in,
    sized,
)

from vesicle.findings import Component, RunSize, SizeDistribution
from vesicle.results import Estimate, NotAssessed
from vesicle.vesicles.seen import Calibration

SINGLES = ((50.0, 5.0), (70.0, 3.0), (100.0, 3.0), (150.0, 3.0), (200.0, 3.0))
"""Diameter in nm, and the limit of mode and median in per cent."""

WIDEST_PERCENT = 8.0
PAIRS = ((100.0, 150.0), (100.0, 200.0))
JUDGED_SHARES, SHOWN_SHARES = (0.5, 0.2), (0.8,)
"""Number per volume of the larger component."""

COMPONENT_PERCENT, SHARE_OFF = 5.0, 0.08
W1_NM = 5.0
DRIFTS_PX = ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (4.0, 0.0), (2.83, 2.83), (2.83, -2.83))
DRIFT_PERCENT = 2.0
EXPOSURES = (0.0, 1 / 3, 2 / 3, 1.0)
EXPOSURE_PERCENT = 3.0
CROWDS, FACTORS = (20.0, 60.0, 120.0), (0.7, 1.0, 1.5)
CONCENTRATION_PERCENT = 15.0
VESICLES = Part(size_nm=110.0, spread=1.4, is_lognormal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the bars are run with: a simulator, a folder for its files, frames per video, seeds per case."""

    simulator: Simulator
    folder: Path
    frames: int = 600
    seeds: int = 1
    beads_nm: tuple[float, ...] = (100.0, 200.0)

    def make(self, wanted: Wanted) -> Made:
        """The video; the one before is gone then, since together they would fill a disk."""
        for old in self.folder.iterdir():
            shutil.rmtree(old)
        return self.simulator(replace(wanted, frames=self.frames), self.folder)

    def seeded(self) -> range:
        return range(1, self.seeds + 1)


def singles(bench: Bench) -> Iterator[Row]:
    for size_nm, percent in SINGLES:
        for seed in bench.seeded():
            yield from single(bench, size_nm, percent=percent, seed=seed)


def single(bench: Bench, size_nm: float, *, percent: float, seed: int) -> list[Row]:
    made = bench.make(Wanted(parts=(Part(size_nm=size_nm, spread=0.02),), seed=seed))
    run, case = sized(made), Case(name=f"{size_nm:g} nm, seed {seed}")
    truth = float(np.median(made.diameter_nm))
    case.relative("mode (nm)", run.mode_nm, truth=truth, percent=percent)
    case.relative("median (nm)", run.median_nm, truth=truth, percent=percent)
    if isinstance(run.sd_nm, Estimate) and isinstance(run.mean_nm, Estimate):
        case.below("SD over mean", 100 * run.sd_nm.value / run.mean_nm.value, limit=WIDEST_PERCENT, unit="%")
    else:
        case.below("SD over mean", run.sd_nm, limit=WIDEST_PERCENT, unit="%")
    return case.rows


def pairs(bench: Bench) -> Iterator[Row]:
    for sizes_nm in PAIRS:
        for share in (*JUDGED_SHARES, *SHOWN_SHARES):
            for seed in bench.seeded():
                yield from pair(bench, sizes_nm, share_of_larger=share, seed=seed)


def pair(bench: Bench, sizes_nm: tuple[float, float], *, share_of_larger: float, seed: int) -> list[Row]:
    weights = (1 - share_of_larger, share_of_larger)
    parts = tuple(Part(size_nm=s, spread=0.03, weight=w) for s, w in zip(sizes_nm, weights, strict=True))
    made = bench.make(Wanted(parts=parts, seed=seed))
    is_judged = share_of_larger in JUDGED_SHARES
    ratio = f"{100 * weights[0]:.0f}:{100 * weights[1]:.0f}"
    case = Case(name=f"{sizes_nm[0]:g}/{sizes_nm[1]:g} nm {ratio}, seed {seed}")
    found = estimate_in(sized(made)).components
    if isinstance(found, NotAssessed):
        case.states("components", found.reason, wanted="2", is_judged=is_judged)
        return case.rows
    case.states("components", str(len(found)), wanted="2", is_judged=is_judged)
    if len(found) != len(parts):
        case.shows("components", "; ".join(map(_component_said, found)))
        return case.rows
    for index, component in enumerate(found):
        mine = made.part == index
        truth = float(np.median(made.diameter_nm[mine]))
        percent, off = (COMPONENT_PERCENT, SHARE_OFF) if is_judged else (None, None)
        case.relative(f"component {index + 1} (nm)", component.diameter_nm, truth=truth, percent=percent)
        case.absolute(f"fraction {index + 1}", component.fraction, truth=float(mine.mean()), limit=off)
    return case.rows


def _component_said(component: Component) -> str:
    sizes = (component.diameter_nm, component.fraction)
    return " nm, share ".join(f"{q.value:.3g}" if isinstance(q, Estimate) else q.reason for q in sizes)


def broad(bench: Bench) -> Iterator[Row]:
    for seed in bench.seeded():
        yield from equally_bright(bench, seed=seed)
        yield from censored(bench, seed=seed)


def equally_bright(bench: Bench, *, seed: int) -> list[Row]:
    made = bench.make(Wanted(parts=(VESICLES,), brightness="equal", seed=seed))
    run, case = sized(made), Case(name=f"lognormal 110 nm, GSD 1.4, equally bright, seed {seed}")
    _distance(case, run, made, least_nm=0.0)
    return case.rows


def censored(bench: Bench, *, seed: int) -> list[Row]:
    made = bench.make(Wanted(parts=(VESICLES,), seed=seed))
    run, case = sized(made), Case(name=f"lognormal 110 nm, GSD 1.4, brightness ~ d^6, seed {seed}")
    limit = estimate_in(run).detection_limit_nm
    case.states("censored end", "marked" if isinstance(limit, Estimate) else limit.reason, wanted="marked")
    if isinstance(limit, Estimate):
        hidden = float((made.diameter_nm < limit.value).mean())
        case.shows("detection limit (nm)", f"{limit.value:.4g}, {100 * hidden:.0f} % of the truth is smaller")
        _distance(case, run, made, least_nm=limit.value)
    return case.rows


def _distance(case: Case, run: RunSize, made: Made, *, least_nm: float) -> None:
    """Wasserstein-1 between distribution and truth, both cut at ``least_nm`` and brought to the same sum."""
    found = run.distribution
    if not isinstance(found, SizeDistribution):
        case.below("Wasserstein-1", found, limit=W1_NM, unit="nm")
        return
    keep, true = found.diameter_nm >= least_nm, made.diameter_nm[made.diameter_nm >= least_nm]
    distance = wasserstein_distance(found.diameter_nm[keep], true, u_weights=found.fraction[keep])
    case.below("Wasserstein-1", float(distance), limit=W1_NM, unit="nm")
    for name, quantity, share in (
        ("D10", run.d10_nm, 0.1),
        ("D50", run.median_nm, 0.5),
        ("D90", run.d90_nm, 0.9),
    ):
        case.relative(f"{name} (nm)", quantity, truth=float(np.quantile(true, share)), percent=None)


def invariances(bench: Bench) -> Iterator[Row]:
    for seed in bench.seeded():
        yield from drifting(bench, DRIFTS_PX, seed=seed)
        yield from exposed(bench, EXPOSURES, seed=seed)


def drifting(bench: Bench, drifts_px: tuple[tuple[float, float], ...], *, seed: int) -> list[Row]:
    wanted = Wanted(parts=(Part(size_nm=100.0, spread=0.02),), seed=seed)
    named = {
        f"drift {x:g}, {y:g} px a frame, seed {seed}": replace(wanted, drift_px=(x, y)) for x, y in drifts_px
    }
    return _against_first(bench, named, percent=DRIFT_PERCENT)


def exposed(bench: Bench, exposures: tuple[float, ...], *, seed: int) -> list[Row]:
    wanted = Wanted(parts=(Part(size_nm=100.0, spread=0.02),), seed=seed)
    named = {
        f"exposure {100 * part:.0f} % of the frame, seed {seed}": replace(
            wanted, exposure_ms=part * 1000 / 30
        )
        for part in exposures
    }
    return _against_first(bench, named, percent=EXPOSURE_PERCENT)


def _against_first(bench: Bench, named: Mapping[str, Wanted], *, percent: float) -> list[Row]:
    """The median of each video against that of the first, which is shown against the truth."""
    first, rows = math.nan, list[Row]()
    for name, wanted in named.items():
        made, case = bench.make(wanted), Case(name=name)
        median = sized(made).median_nm
        if math.isnan(first):
            case.relative(
                "median against truth (nm)", median, truth=float(np.median(made.diameter_nm)), percent=None
            )
            first = median.value if isinstance(median, Estimate) else 100.0
        else:
            case.relative("median against the first (nm)", median, truth=first, percent=percent)
        rows += case.rows
    return rows


def numbers(bench: Bench) -> Iterator[Row]:
    for seed in bench.seeded():
        calibrations, rows = calibrations_of(bench, seed=seed)
        yield from rows
        for crowd in CROWDS:
            for name, part in SAMPLES.items():
                wanted = Wanted(parts=(part,), per_frame=crowd, seed=seed)
                yield from counted(
                    bench.make(wanted), calibrations, name=f"{name}, {crowd:g} a frame, seed {seed}"
                )


SAMPLES: Mapping[str, Part] = MappingProxyType(
    {"100 nm": Part(size_nm=100.0, spread=0.02), "lognormal 110 nm GSD 1.4": VESICLES}
)
Calibrations = Mapping[tuple[str, float], Calibration | NotAssessed]


def calibrations_of(
    bench: Bench,
    *,
    seed: int,
    factors: tuple[float, ...] = FACTORS,
) -> tuple[Calibrations, list[Row]]:
    """Depth profiles by beads and threshold factor; all beads are filmed with the gain of the 100 nm beads."""
    found: dict[tuple[str, float], Calibration | NotAssessed] = {}
    rows: list[Row] = []
    for nm in bench.beads_nm:
        parts = (Part(size_nm=nm, spread=0.02),)
        made = bench.make(Wanted(parts=parts, snr_at_nm=100.0, seed=1000 + seed))
        for factor in factors:
            calibration = calibrated(made, beads_nm=nm, threshold_factor=factor)
            found[f"{nm:g} nm", factor] = calibration
            case = Case(name=f"beads of {nm:g} nm, threshold x {factor:g}, seed {1000 + seed}")
            case.shows("depth profile", _said(calibration))
            rows += case.rows
    return found, rows


def _said(calibration: Calibration | NotAssessed) -> str:
    if isinstance(calibration, NotAssessed):
        return calibration.reason
    error = 100 * calibration.relative_error
    return f"scale {calibration.scale_um:.3g} um, standard error {error:.2g} %, shape {calibration.shape:.3g}"


def counted(
    made: Made, calibrations: Calibrations, *, name: str, factors: tuple[float, ...] = FACTORS
) -> list[Row]:
    """The concentration at every threshold, with the depth from beads at the same threshold, and at x 1."""
    chance = Case(name=name)
    if made.crowding is not None:
        chance.shows(
            "visible particles over those expected, by chance", f"{100 * (made.crowding - 1):+.2g} %"
        )
    rows = chance.rows
    for factor in factors:
        for (beads, at), calibration in calibrations.items():
            if at in {factor, 1.0}:
                case = Case(name=f"{name}, threshold x {factor:g}; beads {beads} at x {at:g}")
                _concentration(case, made, calibration, factor)
                rows += case.rows
    return rows


def _concentration(case: Case, made: Made, calibration: Calibration | NotAssessed, factor: float) -> None:
    known = None if isinstance(calibration, NotAssessed) else calibration
    run = sized(made, calibration=known, threshold_factor=factor)
    limit = estimate_in(run).detection_limit_nm
    least_nm = limit.value if isinstance(limit, Estimate) else 0.0
    hidden = f", of {least_nm:.0f} nm and more" if (made.diameter_nm < least_nm).any() else ""
    truth = made.per_ml_from(least_nm)
    case.relative(
        f"particles per mL{hidden}", run.measured_per_ml, truth=truth, percent=CONCENTRATION_PERCENT
    )


BARS: Mapping[int, tuple[str, Callable[[Bench], Iterator[Row]]]] = MappingProxyType(
    {
        1: ("Single sizes, CV 2 %", singles),
        2: ("Two sizes, CV 3 %, by number per volume", pairs),
        3: ("A lognormal", broad),
        4: ("Drift and exposure, 100 nm", invariances),
        5: ("Particles per mL", numbers),
    }
)
