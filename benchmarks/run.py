"""Time and memory of vesicle beside its peers, measured in one run and written to docs/benchmarks.md.

Peers and vesicle take turns, so that a busy machine slows both; every row gives the median and the range of its
repeats, and a fixed piece of work says how noisy the machine was.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from particles import particles

from cytometry import cytometry
from enrichment import enrichment
from tracking import tracking
from vesicle.cli.demo import write_example
from vesicle.readers import RawFile, find_readers
from vesicle.results import FileRef
from vesicle.simulate.example import TRUTH, example_folder, example_tables

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
REPEATS, PROCESS_REPEATS = 15, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one thing took: seconds of each repeat, and peak memory of its process where it had one."""

    seconds: tuple[float, ...]
    peak_mb: float | None = None

    @property
    def median_s(self) -> float:
        return statistics.median(self.seconds)

    def row(self, name: str, does: str) -> str:
        low, high = min(self.seconds), max(self.seconds)
        shown = " | ".join(f"{1000 * value:.3g}" for value in (self.median_s, low, high))
        memory = "" if self.peak_mb is None else f"{self.peak_mb:.0f}"
        return f"| {name} | {does} | {shown} | {memory} |"


HEAD = "| What | It does | Median (ms) | Least | Most | Peak (MB) |\n| --- | --- | --- | --- | --- | --- |"


def main() -> None:
    noise = in_turn({"noise": lambda: sum(i * i for i in range(200_000))})["noise"]
    parts = [
        reading("ZetaView size txt", *zetaview()),
        reading("NanoSight summary csv", *nanosight()),
        processes(),
        cytometry(),
        particles(in_processes, HEAD),
        tracking(METER),
        enrichment(METER),
    ]
    PAGE.write_text("\n\n".join([*introduction(noise), *parts]) + "\n", encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


def in_turn(things: Mapping[str, Callable[[], object]]) -> dict[str, Measured]:
    taken: dict[str, list[float]] = {name: [] for name in things}
    for thing in things.values():
        thing()  # imports and caches are paid once, outside the measurement
    for _ in range(REPEATS):
        for name, thing in things.items():
            started = time.perf_counter()
            thing()
            taken[name].append(time.perf_counter() - started)
    return {name: Measured(seconds=tuple(seconds)) for name, seconds in taken.items()}


def zetaview() -> tuple[str, bytes, Callable[[], object]]:
    name, content = next((n, c) for n, c in example_tables().items() if n.endswith("_size_488.txt"))
    lines = content.decode("latin-1").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Size / nm"))
    last = next(i for i, line in enumerate(lines) if i > first and line.startswith("-1"))

    def peer() -> object:
        return pd.read_csv(
            io.BytesIO(content), sep="\t", skiprows=first, nrows=last - first - 1, encoding="latin-1"
        )

    return name, content, peer


def nanosight() -> tuple[str, bytes, Callable[[], object]]:
    path = ROOT / "tests" / "data" / "readers" / "nanosight-summary-csv" / "birch_-ExperimentSummary.csv"
    content = path.read_bytes()
    lines = content.decode("latin-1").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Bin centre (nm)"))
    count = next(i for i, line in enumerate(lines[first + 1 :]) if not line[:1].isdigit())

    def peer() -> object:
        return pd.read_csv(io.BytesIO(content), skiprows=first, nrows=count, encoding="latin-1")

    return path.name, content, peer


def reading(title: str, name: str, content: bytes, peer: Callable[[], object]) -> str:
    readers = find_readers()
    reader = max(readers, key=lambda found: found.sniff(name, content[:65_536]))
    ref = FileRef(path=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    raw = RawFile(ref=ref, content=content)
    assert len(peer()) > 10  # type: ignore[arg-type] # the peer must have found the table
    taken = in_turn({"ours": lambda: reader.read(raw), "pandas": peer})
    ratio = taken["ours"].median_s / taken["pandas"].median_s
    return "\n".join(
        [
            f"## Reading a {title} ({len(content) / 1000:.0f} kB)\n",
            HEAD,
            taken["ours"].row(
                f"vesicle, `{reader.name}`", "finds and checks header, tables, units and settings"
            ),
            taken["pandas"].row(
                "`pandas.read_csv`", "reads the one table whose first and last row it is told"
            ),
            f"\nRatio of the medians: {ratio:.2g}. They do not do the same: pandas is the least that any reader costs.",
        ]
    )


def processes() -> str:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / TRUTH.sample
        write_example(folder, example_folder())
        python = [sys.executable]
        commands = {
            "an empty Python": ([*python, "-c", "pass"], "the floor of every row below"),
            "`import vesicle`": ([*python, "-c", "import vesicle"], "loads no heavy module"),
            "`import pandas`": ([*python, "-c", "import pandas"], "for comparison"),
            "`vesicle --help`": ([*python, "-m", "vesicle", "--help"], "prints the help"),
            "`vesicle run`": (
                [*python, "-m", "vesicle", "run", str(folder), "--json"],
                "the whole dossier of the demo's folder",
            ),
        }
        taken = {name: in_processes(command) for name, (command, _) in commands.items()}
    rows = [taken[name].row(name, does) for name, (_, does) in commands.items()]
    return "\n".join(["## Whole processes\n", HEAD, *rows])


def in_processes(command: list[str]) -> Measured:
    measured = [one_process(command) for _ in range(PROCESS_REPEATS + 1)][
        1:
    ]  # the first fills the disk's cache
    return Measured(seconds=tuple(s for s, _ in measured), peak_mb=max(mb for _, mb in measured))


METER = """
import os, subprocess, sys, time
started = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(time.perf_counter() - started, usage.ru_maxrss)
sys.exit(child.returncode)
"""
"""A small process starts each measured one, since the peak that a system reports includes that of the starter."""


def one_process(command: list[str]) -> tuple[float, float]:
    metered = [sys.executable, "-S", "-c", METER, *command]
    seconds, peak = subprocess.run(metered, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(peak) / (1024 if sys.platform == "linux" else 1024**2)


def introduction(noise: Measured) -> tuple[str, ...]:
    spread = (max(noise.seconds) - min(noise.seconds)) / noise.median_s
    versions = f"Python {platform.python_version()}, pandas {pd.__version__}"
    machine = f"{os.cpu_count()} cores, {platform.system()}, {versions}"
    return (
        "<!-- written by benchmarks/run.py; changes belong there -->\n# Benchmarks",
        f"`make bench` writes this page. Machine: {machine}. Peers take turns in one run; {REPEATS} repeats inside a "
        f"process, {PROCESS_REPEATS} of whole processes. Noise: a fixed piece of work varied by {100 * spread:.0f} % "
        "of its median between repeats, so smaller differences mean nothing here.",
    )


if __name__ == "__main__":
    main()
