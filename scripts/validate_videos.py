"""The bars of the tracking engine on simulated videos, printed and written to docs/validation-videos.md.

A run of some bars replaces only their sections of the page.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from scripts.validation_bars import BARS, Bench
from scripts.validation_videos import HEAD, Row, Simulator, simulate
from tests.second_simulator import simulate_second

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation-videos.md"
SIMULATORS = {"vesicle": (1, 2, 3, 4, 5), "second": (1, 2, 5)}
"""The simulators, with the bars that each is run on when none are named."""

MAKERS: dict[str, Simulator] = {"vesicle": simulate, "second": simulate_second}

BEADS_NM = {"vesicle": (100.0, 200.0), "second": (100.0,)}
"""Beads that give the depth."""

SEEDS = {1: 2}
"""Seeds of a bar that asks for more than one."""

INTRODUCTION = """\
<!-- written by scripts/validate_videos.py; changes belong there -->
# Validation on simulated videos

`make validate` writes this page: videos with known truth, measured as `vesicle size` measures them. Optics unless a
case says otherwise: 25 °C, 30 frames a second, 10 ms exposure, 166 nm/px, 600 frames of 480 x 640 pixels of 8 bits,
60 visible particles a frame, and the gain at which the visible particles of the smallest size have a median peak of
six times the noise. Rows without a limit are there to be looked at; no bar judges them. "vesicle" is the simulator
that ships (`vesicle simulate nta`); "second" is another one, among the tests, that shares neither code nor choices
with it. Beads for the depth are filmed with the gain at which 100 nm has that peak.
"""


def main(arguments: list[str]) -> int:
    options = _options().parse_args(arguments)
    failed = 0
    for simulator, number in wished(options.simulator, options.bars):
        rows = run_bar(number, simulator, frames=options.frames, seeds=options.seeds)
        title = f"Bar {number}, {simulator} simulator"
        write_section(title, section(title, BARS[number][0], rows, frames=options.frames))
        failed += sum(row.has_failed for row in rows)
    print(f"{failed} rows miss their limit. Wrote {PAGE.relative_to(ROOT)}")
    return 1 if failed else 0


def wished(simulator: str | None, bars: list[int] | None) -> list[tuple[str, int]]:
    names = list(SIMULATORS) if simulator is None else [simulator]
    return [(name, number) for name in names for number in bars or SIMULATORS[name]]


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=_numbers, help="for example 1,2; all when not said")
    parser.add_argument("--simulator", choices=sorted(SIMULATORS), help="both when not said")
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--seeds", type=int, default=None, help="per case; bar 1 takes two, the others one")
    return parser


def _numbers(text: str) -> list[int]:
    found = [int(part) for part in text.split(",")]
    if not set(found) <= set(BARS):
        raise argparse.ArgumentTypeError(f"bars are {', '.join(map(str, BARS))}")
    return found


def run_bar(number: int, simulator: str, *, frames: int, seeds: int | None) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(
            simulator=MAKERS[simulator],
            folder=Path(place),
            frames=frames,
            seeds=SEEDS.get(number, 1) if seeds is None else seeds,
            beads_nm=BEADS_NM[simulator],
        )
        for row in BARS[number][1](bench):
            print(row.cells(), flush=True)
            rows.append(row)
    return rows


def section(title: str, subject: str, rows: list[Row], *, frames: int) -> str:
    judged = [row for row in rows if row.limit is not None]
    failed = sum(row.has_failed for row in judged)
    counted = f"{len(judged) - failed} of {len(judged)} judged numbers are within their limits"
    said = f"{subject}. {frames} frames a video. {counted}."
    return "\n".join([f"## {title}\n", said, "", HEAD, *(row.cells() for row in rows)]) + "\n"


def write_section(title: str, text: str) -> None:
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    parts = re.split(r"^(?=## )", old, flags=re.MULTILINE)[1:]
    by_title = {part.splitlines()[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}
    by_title[title] = text
    ordered = sorted(by_title.items(), key=lambda item: (not item[0].endswith("vesicle simulator"), item[0]))
    PAGE.write_text("\n".join([INTRODUCTION, *(part for _, part in ordered)]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
