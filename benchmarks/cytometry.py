"""Reading a cytometer's file beside FlowIO, FlowCal and FlowKit: every value is summed once.

Run by benchmarks/run.py. With a name and a file as arguments it is one process of a competitor: it takes turns with
``numpy.fromfile`` of the same bytes, and prints what both took and how far its memory grew.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
EVENTS, CHANNELS = 1_000_000, 16
DATA_BYTES = EVENTS * CHANNELS * 4
TURNS, PROCESSES = 7, 3
ORDERS = {"low byte first": False, "high byte first": True}
PEERS = ("flowio", "flowcal", "flowkit")
PLACE = ROOT / ".venv" / "peers"
"""FlowKit asks for an older pandas than ours, so the peers have an environment of their own."""


def ours(path: Path) -> float:
    from vesicle.readers import RawFile
    from vesicle.readers.fcs import read
    from vesicle.readers.fcs_values import StoredEvents
    from vesicle.results import FileRef

    ref = FileRef(path=path.name, sha256="", size_bytes=path.stat().st_size)
    file = read(RawFile(ref=ref, content=b"", location=path))
    events = file.datasets[0].values
    assert isinstance(events, StoredEvents)
    return float(events.total.sum())


def flowio(path: Path) -> float:
    data = importlib.import_module("flowio").FlowData(str(path))
    return float(data.as_array(preprocess=False).sum(dtype=np.float64))


def flowcal(path: Path) -> float:
    data = importlib.import_module("FlowCal").io.FCSData(str(path))
    return float(np.asarray(data).sum(dtype=np.float64))


def flowkit(path: Path) -> float:
    sample = importlib.import_module("flowkit").Sample(str(path))
    return float(sample.get_events(source="raw").sum(dtype=np.float64))


ROUTES: dict[str, Callable[[Path], float]] = {
    "vesicle": ours,
    "FlowIO": flowio,
    "FlowCal": flowcal,
    "FlowKit": flowkit,
}


def one_route(name: str, path: Path) -> None:
    """Grow once from a small start, then take turns with the least that reading can cost."""
    small = path.with_name("small.fcs")
    ROUTES[name](small)  # imports and first calls are paid outside the measurement
    before = peak_mb(is_reset=True)
    total = ROUTES[name](path)
    growth = None if before is None else (peak_mb(is_reset=False) or 0.0) - before
    wanted = float(np.load(path.with_suffix(".sum.npy")))
    assert abs(total - wanted) < 1e-6 * wanted, (name, total, wanted)
    taken: dict[str, list[float]] = {"route": [], "fromfile": []}
    things = {"route": lambda: ROUTES[name](path), "fromfile": lambda: np.fromfile(path, dtype="<f4")}
    for _ in range(TURNS):
        for key, thing in things.items():
            started = time.perf_counter()
            kept = thing()
            taken[key].append(time.perf_counter() - started)
            del kept
    print(
        json.dumps({**{key: statistics.median(value) for key, value in taken.items()}, "growth_mb": growth})
    )


def peak_mb(*, is_reset: bool) -> float | None:
    """The resident memory now, after which its peak counts anew; or that peak. None where the system says neither."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    if is_reset:
        Path("/proc/self/clear_refs").write_text("5")
    wanted = "VmRSS" if is_reset else "VmHWM"
    line = next(line for line in status.read_text().splitlines() if line.startswith(wanted))
    return float(line.split()[1]) / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Medians over processes."""

    seconds: float
    floor_s: float
    growth_mb: float | None

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_s


def cytometry() -> str:
    """The section of the page."""
    python = python_of_peers()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = {order: write_file(folder, is_big_endian=flag) for order, flag in ORDERS.items()}
        rows = [
            f"| {name} | {order} | {1000 * took.seconds:.0f} | {took.ratio:.2g} | {memory(took)} |"
            for order, path in files.items()
            for name in ROUTES
            for took in [measured(name, path, sys.executable if name == "vesicle" else python)]
        ]
    return "\n".join(
        [
            f"## Reading a cytometer's file of {EVENTS:,} events and {CHANNELS} channels (32-bit floats)\n",
            "| What | Byte order | Until every value was summed (ms) | Over numpy.fromfile | Memory over the data |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            f"\nMedians of {PROCESSES} processes; in each, {TURNS} turns with `numpy.fromfile` of the same bytes. The "
            f"time is from the path to the sums; imports are not counted. Memory is the growth of the process over "
            f"the {DATA_BYTES / 1e6:.0f} MB of the data. vesicle also drops and counts events that are no numbers. "
            f"{versions(python)}.",
        ]
    )


def python_of_peers() -> str:
    python = PLACE / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", PLACE], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
    subprocess.run([*install, "pip>=25.1"], check=True)
    subprocess.run([*install, "--group", f"{ROOT / 'pyproject.toml'}:peers"], check=True)
    return str(python)


def versions(python: str) -> str:
    say = (
        f"from importlib.metadata import version as v; print(*(f'{{n}} {{v(n)}}' for n in {PEERS}), sep=', ')"
    )
    return subprocess.run([python, "-c", say], check=True, capture_output=True, text=True).stdout.strip()


def memory(took: Took) -> str:
    return "" if took.growth_mb is None else f"{took.growth_mb * 1e6 / DATA_BYTES:.2f}"


def write_file(folder: Path, *, is_big_endian: bool) -> Path:
    from vesicle.cytometry.fcs_write import WrittenFile, channels_named, write_fcs

    path = folder / f"{'high' if is_big_endian else 'low'}.fcs"
    values = np.random.default_rng(1).gamma(2.0, 500.0, (EVENTS, CHANNELS)).astype(np.float32)
    described = WrittenFile(
        channels=channels_named([f"P{n}-A" for n in range(1, CHANNELS + 1)]), is_big_endian=is_big_endian
    )
    write_fcs(path, values, described)
    write_fcs(folder / "small.fcs", values[:100], described)
    np.save(path.with_suffix(".sum.npy"), values.sum(dtype=np.float64))
    return path


def measured(name: str, path: Path, python: str) -> Took:
    command = [python, __file__, name, str(path)]
    said: list[dict[str, Any]] = []
    for _ in range(PROCESSES):
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        said.append(json.loads(ran.stdout.splitlines()[-1]))
    growths = [one["growth_mb"] for one in said]
    return Took(
        seconds=statistics.median(one["route"] for one in said),
        floor_s=statistics.median(one["fromfile"] for one in said),
        growth_mb=None if None in growths else statistics.median(growths),
    )


if __name__ == "__main__":
    one_route(sys.argv[1], Path(sys.argv[2]))
