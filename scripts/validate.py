"""Estimates from simulated trajectories beside the truth, written to docs/validation.md; run as `make validate`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.inference.brownian import Camera, follow, log_normal, mixture, track_lengths
from tests.inference.estimates import LOG_SIZE, NAMES, Estimated, estimate, numbers_of

from vesicle.inference.components import components
from vesicle.inference.densities import log_edges, mean_and_spread, mode, quantiles
from vesicle.inference.displacements import lag1_diffusion, steps_of
from vesicle.inference.mixture import posterior
from vesicle.inference.occupancy import mean_lengths, reweighted
from vesicle.inference.resampling import median_of_few

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
CAMERA = Camera()
SEEDS = 100
_AXIS_NM = np.linspace(5, 1500, 15_000)


INTRODUCTION = f"""`make validate` writes this page from simulated trajectories: {CAMERA.fps:.0f} frames a second,
exposure {1000 * CAMERA.exposure_s:.0f} ms, localisation error {1000 * CAMERA.noise_um:.0f} nm per axis, water at 25
degrees Celsius, track lengths geometric from 5 points on. The simulation shares no code with the estimator, which is
told the exposure and nothing else; it estimates the localisation error from the same tracks."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A population of particles, how many are followed, and for how long on average."""

    name: str
    draw: Callable[[np.random.Generator, int], np.ndarray]
    tracks: int = 1500
    mean_points: float = 20.0


def narrow_and_broad(rng: np.random.Generator, tracks: int) -> np.ndarray:
    is_narrow = rng.random(tracks) < 0.7
    narrow = log_normal(rng, tracks, median_nm=80, gsd=1.05)
    return np.where(is_narrow, narrow, log_normal(rng, tracks, median_nm=130, gsd=1.3))


def three_peaks(rng: np.random.Generator, tracks: int) -> np.ndarray:
    centres = mixture(rng, tracks, diameters_nm=(70, 130, 240), shares=(0.4, 0.35, 0.25))
    return centres * log_normal(rng, tracks, median_nm=1, gsd=1.08)


def skewed(rng: np.random.Generator, tracks: int) -> np.ndarray:
    return 60 + rng.gamma(2, 30, tracks)


BROAD = Case(name="log-normal, 110 nm, GSD 1.4", draw=log_normal)
DISTRIBUTIONS = (
    BROAD,
    Case(name="the same, GSD 1.2", draw=lambda rng, n: log_normal(rng, n, gsd=1.2)),
    Case(name="the same, GSD 1.6", draw=lambda rng, n: log_normal(rng, n, gsd=1.6)),
    Case(name="60 nm plus a gamma law (skewed)", draw=skewed),
    Case(name="70 % 80 nm GSD 1.05, 30 % 130 nm GSD 1.3", draw=narrow_and_broad),
    Case(name="70, 130 and 240 nm, GSD 1.08", draw=three_peaks),
    Case(name="GSD 1.4, 10 points a track", draw=log_normal, mean_points=10),
    Case(name="GSD 1.4, 40 points a track", draw=log_normal, mean_points=40),
    Case(name="GSD 1.4, 400 tracks", draw=log_normal, tracks=400),
)
SINGLE_NM = (50, 70, 100, 150, 200)
PAIRS = ((100, 150), (100, 200), (70, 100))
FEW = (50, 100, 150)
LEAST_GOOD = 0.8
"""Share of the seeds in which both components of a pair are in their bounds."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One simulation and what was made of it."""

    diameter_nm: np.ndarray
    estimated: Estimated
    seconds: float


def run_case(case: Case, seed: int) -> Run:
    rng = np.random.default_rng([seed, 1])
    diameter_nm = case.draw(rng, case.tracks)
    points = track_lengths(rng, case.tracks, mean=case.mean_points)
    steps = steps_of(*follow(rng, diameter_nm, points, CAMERA))
    start = time.process_time()
    estimated = estimate(steps, camera=CAMERA, seed=seed)
    return Run(diameter_nm=diameter_nm, estimated=estimated, seconds=time.process_time() - start)


def population(case: Case) -> np.ndarray:
    """So many particles of a case, in order, that they stand for the truth."""
    return np.sort(case.draw(np.random.default_rng(0), 1_000_000))


def truth_of(sizes_nm: np.ndarray) -> np.ndarray:
    return np.append(np.quantile(sizes_nm, [0.1, 0.5, 0.9]), np.mean(sizes_nm < 150))


def distance_nm(cumulative: np.ndarray, sizes_nm: np.ndarray) -> float:
    """Wasserstein-1 distance of a cumulative share on the axis from a population."""
    truth = np.searchsorted(sizes_nm, _AXIS_NM) / len(sizes_nm)
    return float(np.abs(cumulative - truth).sum() * (_AXIS_NM[1] - _AXIS_NM[0]))


def density_distance_nm(density: np.ndarray, sizes_nm: np.ndarray) -> float:
    below = np.append(0.0, np.cumsum(density))
    return distance_nm(np.interp(np.log(_AXIS_NM), log_edges(LOG_SIZE), below), sizes_nm)


def lag1_distance_nm(run: Run, sizes_nm: np.ndarray) -> float:
    """The same for the diameters that the mean squared step of each track gives."""
    naive = np.sort(CAMERA.diffusion(1.0) / lag1_diffusion(run.estimated.steps))
    return distance_nm(np.searchsorted(naive, _AXIS_NM) / len(naive), sizes_nm)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How the estimates of one case compare with the truth; columns as in NAMES."""

    case: Case
    covered: np.ndarray
    bias: np.ndarray
    width: np.ndarray
    distance_nm: np.ndarray
    lag1_nm: np.ndarray
    seconds: float

    def row(self) -> str:
        within = " | ".join(f"{count}" for count in self.covered)
        error = " | ".join(f"{100 * value:+.1f}" for value in self.bias)
        ours, worst = np.mean(self.distance_nm), np.percentile(self.distance_nm, 90)
        distance = f"{ours:.2f} | {worst:.2f} | {np.mean(self.lag1_nm):.1f}"
        return f"| {self.case.name} | {within} | {error} | {100 * self.width[1]:.1f} | {distance} |"


def measure(case: Case, seeds: Iterable[int]) -> Coverage:
    sizes_nm = population(case)
    truth = truth_of(sizes_nm)
    inside, errors, widths, ours, naive, seconds = [], [], [], [], [], []
    for seed in seeds:
        run = run_case(case, seed)
        values, (low, high) = run.estimated.numbers(), run.estimated.intervals()
        inside.append((low <= truth) & (truth <= high))
        errors.append(values / truth - 1)
        widths.append((high - low) / values)
        ours.append(density_distance_nm(run.estimated.fit.density, sizes_nm))
        naive.append(lag1_distance_nm(run, sizes_nm))
        seconds.append(run.seconds)
    return Coverage(
        case=case,
        covered=np.sum(inside, axis=0),
        bias=np.mean(errors, axis=0),
        width=np.mean(widths, axis=0),
        distance_nm=np.array(ours),
        lag1_nm=np.array(naive),
        seconds=float(np.median(seconds)),
    )


def distributions(seeds: int, failures: list[str]) -> str:
    rows = []
    for case in DISTRIBUTIONS:
        found = measure(case, range(seeds))
        rows.append(found.row())
        print(rows[-1], flush=True)
        if case is BROAD:
            check_bar(found, seeds, failures)
            seconds = found.seconds
    head = "| Population | " + " | ".join(f"{name} covered" for name in NAMES) + " | "
    head += (
        " | ".join(f"{name} error (%)" for name in NAMES)
        + " | D50 width (%) | W1 (nm) | W1 at worst of 10 | lag-1 W1 |"
    )
    rule = "| --- " * (head.count("|") - 1) + "|"
    return f"""## Distributions

{seeds} seeds each; 1,500 tracks of 20 points on average unless said. Covered: in how many seeds the 95 %
interval held the truth. Error: mean over the seeds. W1: Wasserstein-1 distance from the truth, its mean and its
90th percentile; lag-1 is the same distance for the sizes that mean squared steps give track by track. An estimate
with its intervals took {1000 * seconds:.0f} ms of processor time. Of 100 intervals that hold what they say, 90 to 99
cover. The constants behind the intervals were chosen with rows like the first and the fourth to sixth in view.

{head}
{rule}
""" + "\n".join(rows)


def check_bar(found: Coverage, seeds: int, failures: list[str]) -> None:
    wanted = round(0.9 * seeds) if seeds >= SEEDS else round(0.85 * seeds)
    if found.covered.min() < wanted:
        failures.append(f"an interval of {found.case.name} covers in {found.covered.min()} of {seeds} seeds")
    if found.width[1] > 0.06:
        failures.append(f"the interval of D50 is {100 * found.width[1]:.1f} % wide")
    if np.mean(found.distance_nm) > min(3.0, np.mean(found.lag1_nm) / 4):
        failures.append(f"Wasserstein-1 distance is {np.mean(found.distance_nm):.2f} nm")


def singles(seeds: int, failures: list[str]) -> str:
    rows = []
    for nm in SINGLE_NM:
        case = Case(name=f"{nm} nm", draw=lambda _rng, n, nm=nm: np.full(n, float(nm)))
        densities = np.array([run_case(case, seed).estimated.fit.density for seed in range(seeds)])
        worst = [
            float(np.abs(values / nm - 1).max())
            for values in (mode(LOG_SIZE, densities), quantiles(LOG_SIZE, densities, np.array([0.5]))[:, 0])
        ]
        mean, spread = mean_and_spread(LOG_SIZE, densities)
        width = float((spread / mean).max())
        rows.append(f"| {nm} nm | {100 * worst[0]:.1f} | {100 * worst[1]:.1f} | {100 * width:.1f} |")
        print(rows[-1], flush=True)
        if max(worst) > (0.05 if nm == 50 else 0.03) or width > 0.08:
            failures.append(f"single size {nm} nm: {rows[-1]}")
    return f"""## Single sizes

The worst of {seeds} seeds, 1,500 tracks of 20 points.

| Truth | Mode off by (%) | Median off by (%) | Standard deviation (%) |
| --- | --- | --- | --- |
""" + "\n".join(rows)


def pairs(seeds: int, failures: list[str]) -> str:
    rows = []
    for first, second in PAIRS:
        for share in (0.5, 0.8, 0.2):
            row, is_met = pair(first, second, share, seeds)
            rows.append(row)
            print(row, flush=True)
            if not is_met and first != 70:  # no bar was set for 70 beside 100 nm
                failures.append(f"pair: {row}")
    return f"""## Two sizes

{seeds} seeds, 1,500 tracks of 25 points. Errors: root mean square over the seeds in which two components were
found. The last column counts the seeds in which both sizes are within 5 % and the share within 0.08. Of the 20 %
part there are 300 tracks: maximum likelihood that is told that there are two single sizes places 150 nm beside 80 %
of 100 nm with a standard error of 2.7 %, so that 5 % are missed in one of sixteen samples by any method.

| Truth | Two found in | First off by (%) | Second off by (%) | Share off by | All within bounds in |
| --- | --- | --- | --- | --- | --- |
""" + "\n".join(rows)


def pair(first: int, second: int, share: float, seeds: int) -> tuple[str, bool]:
    shares, sizes_nm = (share, 1 - share), np.array([first, second], dtype=float)
    case = Case(
        name=f"{first} and {second} nm, {100 * share:.0f}:{100 * (1 - share):.0f}",
        draw=lambda rng, n: mixture(rng, n, diameters_nm=sizes_nm, shares=shares),
        mean_points=25,
    )
    runs = [run_case(case, seed).estimated for seed in range(seeds)]
    all_found = [components(LOG_SIZE, run.fit.density, run.resampled.density) for run in runs]
    found = [parts for parts in all_found if len(parts) == 2]
    sizes = np.array([[part.size for part in parts] for parts in found]).reshape(-1, 2) / sizes_nm - 1
    error = np.array([parts[0].share for parts in found]) - share
    good = int(((np.abs(sizes) < 0.05).all(axis=1) & (np.abs(error) < 0.08)).sum())
    off = 100 * np.sqrt((sizes**2).sum(axis=0) / max(len(found), 1))
    wrong = float(np.sqrt((error**2).sum() / max(len(found), 1)))
    row = f"| {case.name} | {len(found)} | {off[0]:.1f} | {off[1]:.1f} | {wrong:.3f} | {good} |"
    return row, good >= LEAST_GOOD * seeds


def few(seeds: int) -> str:
    rows = []
    for tracks in FEW:
        case = Case(name=f"{tracks} tracks", draw=log_normal, tracks=tracks)
        runs = [run_case(case, seed).estimated for seed in range(seeds)]
        medians = [median_of_few(run.fit, run.resampled) for run in runs]
        covered = sum(median.contains(110) for median in medians)
        width = np.median([(median.high - median.low) / median.value for median in medians])
        rows.append(f"| {tracks} | {covered} | {100 * width:.0f} |")
        print(rows[-1], flush=True)
    return f"""## Few tracks

Below 200 tracks only the median is printed. {seeds} seeds of the log-normal population.

| Tracks | Median covered | Its width (%) |
| --- | --- | --- |
""" + "\n".join(rows)


def lengths(seeds: int) -> str:
    errors = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 2])
        diameter_nm = log_normal(rng, 1500)
        points = track_lengths(rng, 1500, mean=6 + 14 * (diameter_nm / 110) ** 0.8)
        found = estimate(steps_of(*follow(rng, diameter_nm, points, CAMERA)), camera=CAMERA, seed=seed)
        curve = mean_lengths(LOG_SIZE, posterior(found.fit), points.astype(np.float64))
        errors.append(numbers_of(reweighted(found.fit.density, curve)))
    many = log_normal(np.random.default_rng(0), 1_000_000)
    weight = 6 + 14 * (many / 110) ** 0.8
    order = np.argsort(many)
    reached = np.cumsum(weight[order]) / weight.sum()
    truth = np.append(
        np.interp([0.1, 0.5, 0.9], reached, many[order]), weight[many < 150].sum() / weight.sum()
    )
    error = np.mean(np.array(errors) / truth - 1, axis=0)
    shown = ", ".join(f"{name} {100 * value:+.1f} %" for name, value in zip(NAMES, error, strict=True))
    print(shown, flush=True)
    return f"""## Tracks whose length depends on size

The log-normal population, followed for 6 + 14 (d / 110 nm)^0.8 points on average, and weighted by the length that
the tracks show: mean errors over {seeds} seeds are {shown}.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    seeds = parser.parse_args().seeds
    failures: list[str] = []
    parts = [
        "<!-- written by scripts/validate.py; changes belong there -->\n# Validation",
        INTRODUCTION,
        distributions(seeds, failures),
        singles(max(seeds // 5, 2), failures),
        pairs(max(seeds // 5, 2), failures),
        few(2 * seeds),
        lengths(max(seeds // 2, 2)),
    ]
    PAGE.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    for failure in failures:
        print(f"NOT MET: {failure}", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
