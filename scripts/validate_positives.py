"""Percent positive beside the truth, written to docs/validation-cytometry.md; run as `make validate`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np
from tests.cytometry.mixtures import LEVELS_PERCENT, Covered, Made, Real, compare

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation-cytometry.md"
DATA = Path(os.environ.get("VESICLE_REAL_DATA", ROOT.parent / "shared" / "data"))
REPEATS = 500
MOST_ERROR, COVERAGE, MOST_WIDTH = 0.3, (92.0, 99.0), 1.5

INTRODUCTION = """`make validate` writes this page. Mean error: of the net percent positive, in points. Covered: how
often the 95 % interval held the truth. Width: mean width of the interval over that of Wilson's interval of the sample
alone. How many events of a sample are positive is left to chance in every repeat, so the truth is the fraction that
was mixed. The threshold is the 99.5th percentile of the control."""
HEAD = "| Truth (%) | Events | Control | Mean error | SD | Covered (%) | Width |\n" + "| --- " * 7 + "|"


def normal(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(0, 20, n)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.gamma(1.5, 30, n)


def heavy(rng: np.random.Generator, n: int) -> np.ndarray:
    return 20 * rng.standard_t(3, n)


def whole_numbers(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.floor(rng.lognormal(1.5, 0.6, n))


LAWS = {"normal": normal, "gamma (skewed)": skewed, "Student's t, 3": heavy, "whole numbers": whole_numbers}
SIZES = ((500, 500), (500, 5000), (5000, 500), (5000, 5000), (50_000, 5000), (5000, 50_000))


def row(percent: float, events: int, control: int, found: Covered) -> str:
    return (
        f"| {percent:g} | {events} | {control} | {found.error:+.3f} | {found.deviation:.3f} | {found.coverage:.1f} "
        f"| {found.width:.2f} |"
    )


def real_noise(repeats: int, failures: list[str]) -> str:
    real = Real.read(DATA / "cytometry" / "control_mix")
    rows = []
    for percent in LEVELS_PERCENT:
        found = compare(real, percent / 100, repeats=repeats)
        rows.append(row(percent, real.events(percent / 100), len(real.negative) // 2, found))
        print(rows[-1], flush=True)
        is_covered = COVERAGE[0] <= found.coverage <= COVERAGE[1]
        if abs(found.error) > MOST_ERROR or not is_covered or found.width > MOST_WIDTH:
            failures.append(f"real noise: {rows[-1]}")
    return f"""## Real noise

The files are the blank and the eYFP tube of cytoflow's TASBE set (channel FITC-A).
Positives: {len(real.positive)} events above 1,000 of cells that express eYFP. Negatives: {len(real.negative)} events of
cells without it, below their 99.5th percentile; control and sample come from disjoint halves. No event is used twice
in a sample, which limits its size. {repeats} repeats, seed 0. Limits: error {MOST_ERROR} point, covered
{COVERAGE[0]:g}-{COVERAGE[1]:g} %, width {MOST_WIDTH}.

{HEAD}
""" + "\n".join(rows)


def made(name: str, repeats: int) -> str:
    rows = []
    for events, control in SIZES:
        source = Made(negative=LAWS[name], sample_events=events, control_events=control)
        for percent in (0.0, 0.5, 2.0, 50.0, 95.0):
            rows.append(row(percent, events, control, compare(source, percent / 100, repeats=repeats)))
            print(name, rows[-1], flush=True)
    return f"### {name.capitalize()}\n\n{HEAD}\n" + "\n".join(rows)


def made_noise(repeats: int) -> str:
    tables = "\n\n".join(made(name, repeats) for name in LAWS)
    return f"""## Other laws and unequal tubes

Negatives drawn from a law, positives far above them; {repeats} repeats. A small control makes the interval wider than
Wilson's, because the threshold is uncertain; at a truth of 0 the mean lies above it, as net shares are not negative.

{tables}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    if not DATA.is_dir():
        print(
            f"The real files are not in {DATA}; set VESICLE_REAL_DATA. The page stays as it was.",
            file=sys.stderr,
        )
        return 1
    failures: list[str] = []
    parts = [
        "<!-- written by scripts/validate_positives.py; changes belong there -->\n# Validation of cytometry",
        INTRODUCTION,
        real_noise(repeats, failures),
        made_noise(max(repeats // 2, 10)),
    ]
    PAGE.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    for failure in failures:
        print(f"NOT MET: {failure}", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
