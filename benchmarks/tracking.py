"""The tracking engine beside trackpy: the same simulated video, each in a process of its own, taking turns.

Run by benchmarks/run.py. With a name and a video as arguments it is one of those processes: it prints what it took.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from vesicle.findings import RunSize
from vesicle.measurements import Scale, Video
from vesicle.results import FileRef
from vesicle.standards import load_limits
from vesicle.tracking import detect
from vesicle.tracking.blocks import find_in_block
from vesicle.tracking.detect import detect_spots, first_plan, read_only
from vesicle.tracking.ground import background_rows
from vesicle.tracking.learning import MOST_SPOTS, NOWHERE, learn
from vesicle.tracking.link import link_spots
from vesicle.tracking.plan import make_plan
from vesicle.tracking.records import Detected, DetectionSettings, Linked
from vesicle.tracking.spots import make_room
from vesicle.vesicles.estimate import size_tracks, without_drift
from vesicle.vesicles.runs import Sized, Tracked, sized_run
from vesicle.vesicles.scales import optics_of
from vesicle.vesicles.seen import how_deep

FRAMES, ROWS, COLUMNS = 750, 480, 640
STEP_PX, THICKNESS_PX, SPOT_PX, NOISE, LEVEL = 3.44, 15.0, 1.5, 3.0, 24.0
"""100 nm at 25 degrees, 30 frames a second and 166 nm a pixel; a light sheet of 2.5 um; a camera of 8 bits."""

WARM_UP = 60
"""Frames that each competitor sees before the time is taken, enough to load all of its machine code."""

LONG = 10
"""Points of a track that is counted, as trackpy's filter_stubs is told."""

REPEATS = {
    "vesicle, two threads": 5,
    "vesicle, one thread": 5,
    "trackpy, one process": 2,
    "trackpy, two processes": 2,
}


def write_video(path: Path) -> None:
    """Particles in Brownian motion through a light sheet, about 60 of them visible in each frame."""
    rng = np.random.default_rng(1)
    box = np.array([COLUMNS + 60.0, ROWS + 60.0, 8 * THICKNESS_PX])
    place = rng.uniform(0, 1, (170, 3)) * box
    peak = 40 * np.exp(0.3 * rng.standard_normal(len(place)))
    frames = np.empty((FRAMES, ROWS, COLUMNS), np.uint8)
    for frame in frames:
        place = (place + STEP_PX * rng.standard_normal(place.shape)) % box
        image = LEVEL + 6 * np.cos(np.arange(COLUMNS) / 200) + np.zeros((ROWS, 1))
        add_spots(image, place - (30, 30, box[2] / 2), peak)
        shot = rng.standard_normal(image.shape) * np.sqrt(NOISE**2 + (image - LEVEL) / 4)
        frame[:] = np.clip(np.rint(image + shot), 0, 255)
    frames.tofile(path)


def add_spots(image: np.ndarray, place: np.ndarray, peak: np.ndarray) -> None:
    reach = np.arange(-9, 10)
    for (x, y, z), height in zip(place, peak, strict=True):
        out = abs(z) / THICKNESS_PX
        if out > 3 or not (0 <= x < COLUMNS and 0 <= y < ROWS):
            continue
        sigma2 = SPOT_PX**2 * (1 + 0.5 * out**2)
        rows, columns = round(y) + reach, round(x) + reach
        rows, columns = rows[(rows >= 0) & (rows < ROWS)], columns[(columns >= 0) & (columns < COLUMNS)]
        spot = np.exp(-((rows - y) ** 2)[:, None] / (2 * sigma2)) * np.exp(
            -((columns - x) ** 2) / (2 * sigma2)
        )
        image[np.ix_(rows, columns)] += height * np.exp(-(out**2) / 2) / (1 + 0.5 * out**2) * spot


@dataclass(frozen=True, slots=True)
class Stored:
    """Frames of an uncompressed file, read block by block as the readers of raw videos do."""

    path: str
    frames: int
    bits: int = 8

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.frames, ROWS, COLUMNS

    def blocks(self, length: int) -> Iterator[np.ndarray]:
        with Path(self.path).open("rb") as file:
            for start in range(0, self.frames, length):
                count = min(length, self.frames - start)
                yield np.fromfile(file, np.uint8, count * ROWS * COLUMNS).reshape(count, ROWS, COLUMNS)


SCALE = Scale(pixel_nm=166.0, fps=30.0, exposure_ms=0.0, temperature_c=25.0)


def vesicle_route(frames: Stored) -> dict[str, Any]:
    """The whole way from pixels to a run with sizes, intervals, components and the picture for the dossier."""
    started = time.perf_counter()
    found = detect_spots(frames, DetectionSettings())
    detected = time.perf_counter()
    linked = link_spots(found)
    joined = time.perf_counter()
    run = sized(frames, found, linked)
    lengths = np.bincount(linked.trajectories.track)
    return {
        "spots": len(found.frame) / found.frames,
        "tracks": int(np.sum(lengths >= LONG)),
        "median_nm": run.median_nm.value,
        "parts": {
            "finding spots": detected - started,
            "linking": joined - detected,
            "sizing": time.perf_counter() - joined,
        },
    }


def sized(frames: Stored, found: Detected, linked: Linked) -> RunSize:
    """What vesicles/videos.py does after tracking."""
    file = FileRef(path="video.raw", sha256="", size_bytes=0)
    video = Video(file=file, reader="raw", stem="video", sample="beads", frames=frames, scale=SCALE)
    optics = optics_of(SCALE)
    tracked = Tracked(
        seen_at=linked.trajectories,
        still=without_drift(linked.trajectories, linked.drift_px),
        drift_px=linked.drift_px,
        detected=found,
        linked=linked,
        longest_step_px=linked.range_px,
    )
    noise, longest = found.noise_grey, linked.range_px
    sizes = size_tracks(tracked.still, optics, noise_grey=noise, longest_step_px=longest)
    seen = how_deep(tracked.still, found, sizes, calibration=None, ceiling=np.inf)
    whole = Sized(source=video, tracked=tracked, sizes=sizes, seen=seen, optics=optics, seed=0)
    return sized_run(whole, calibration=None, standard=load_limits()["C01"])


def vesicle_with(threads: int) -> Callable[[Stored], dict[str, Any]]:
    def route(frames: Stored) -> dict[str, Any]:
        detect.THREADS = threads
        return vesicle_route(frames)

    return route


def trackpy_with(processes: int) -> Callable[[Stored], dict[str, Any]]:
    """Its batch of locate and its link, with the compiled engine; a threshold that finds the same spots."""

    def route(frames: Stored) -> dict[str, Any]:
        trackpy = peer()
        trackpy.quiet()
        warnings.simplefilter("ignore")  # of the packages that it uses
        started = time.perf_counter()
        pixels = np.memmap(frames.path, np.uint8, "r", shape=frames.shape)
        found = trackpy.batch(pixels, 9, minmass=80, engine="numba", processes=processes)
        located = time.perf_counter()
        tracks = trackpy.filter_stubs(trackpy.link(found, 14, memory=1), LONG)
        return {
            "spots": len(found) / frames.frames,
            "tracks": int(tracks["particle"].nunique()),
            "parts": {"finding spots": located - started, "linking": time.perf_counter() - located},
        }

    return route


ROUTES = {
    "vesicle, two threads": vesicle_with(2),
    "vesicle, one thread": vesicle_with(1),
    "trackpy, one process": trackpy_with(1),
    "trackpy, two processes": trackpy_with(2),
}


def one_route(name: str, path: str) -> None:
    """Run in a process of its own: warm up on a few frames, then take the time of the whole video."""
    ROUTES[name](Stored(path, WARM_UP))
    wall, processor = time.perf_counter(), processor_s()
    said = ROUTES[name](Stored(path, FRAMES))
    said |= {"wall_s": time.perf_counter() - wall, "cpu_s": processor_s() - processor}
    print(json.dumps(said))


def processor_s() -> float:
    """Time of all processors, that of finished child processes too."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one competitor took, in every repeat."""

    runs: list[dict[str, Any]]
    peak_mb: float

    def middle(self, key: str) -> float:
        return statistics.median(run[key] for run in self.runs)

    def part(self, name: str) -> float:
        return statistics.median(run["parts"][name] for run in self.runs)

    @property
    def sizing(self) -> str:
        return f"{self.part('sizing'):.2f}" if "sizing" in self.runs[0]["parts"] else "none"


def tracking(meter: str) -> str:
    """The section of the page; ``meter`` is a program that runs another one and prints its time and peak memory."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "video.raw"
        write_video(path)
        taken = in_turn(path, meter)
        limits = floors(path)
    return "\n".join([*table(taken), "", *ratios(taken), "", *limits])


def in_turn(path: Path, meter: str) -> dict[str, Took]:
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in ROUTES}
    peaks = dict.fromkeys(ROUTES, 0.0)
    metered("vesicle, two threads", path, meter)  # machine code is made once, outside the measurement
    for k in range(max(REPEATS.values())):
        for name in ROUTES:
            if k < REPEATS[name]:
                said, peak_mb = metered(name, path, meter)
                runs[name].append(said)
                peaks[name] = max(peaks[name], peak_mb)
    return {name: Took(runs=runs[name], peak_mb=peaks[name]) for name in ROUTES}


def metered(name: str, path: Path, meter: str) -> tuple[dict[str, Any], float]:
    with tempfile.NamedTemporaryFile("r", suffix=".json") as said:
        shell = f'"{sys.executable}" "{__file__}" "{name}" "{path}" > "{said.name}"'
        command = [sys.executable, "-S", "-c", meter, "sh", "-c", f"exec {shell}"]
        _, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        return json.loads(said.read()), float(peak) / (1024 if sys.platform == "linux" else 1024**2)


def table(taken: dict[str, Took]) -> list[str]:
    head = [
        f"## Tracking a video of {FRAMES} frames, {ROWS} by {COLUMNS} pixels, 8 bits\n",
        f"| What | Wall (s) | Processor (ms/frame) | Finding spots (s) | Linking (s) | Sizing (s) | Spots/frame "
        f"| Tracks of {LONG} points | Peak (MB) |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| {name} | {took.middle('wall_s'):.2f} | {1000 * took.middle('cpu_s') / FRAMES:.2f} "
        f"| {took.part('finding spots'):.2f} | {took.part('linking'):.2f} | {took.sizing} "
        f"| {took.middle('spots'):.1f} | {took.middle('tracks'):.0f} | {took.peak_mb:.0f} |"
        for name, took in taken.items()
    ]
    return head + rows


def ratios(taken: dict[str, Took]) -> list[str]:
    ours = min(took.middle("wall_s") for name, took in taken.items() if name.startswith("vesicle"))
    peers = {name: took.middle("wall_s") for name, took in taken.items() if name.startswith("trackpy")}
    best = min(peers, key=lambda name: peers[name])
    cpu = taken[best].middle("cpu_s") / taken["vesicle, one thread"].middle("cpu_s")
    return [
        f"trackpy's best ({best}) over ours, wall: {peers[best] / ours:.0f}; processor time over ours in one thread: "
        f"{cpu:.0f}. Medians of {REPEATS['vesicle, two threads']} and {REPEATS['trackpy, one process']} runs that took "
        f"turns; imports and the making of machine code are not counted. trackpy {peer_version()}: diameter 9, minmass "
        f"80, compiled engine, range 14 px, memory 1, stubs {LONG}; positions and tracks only.",
    ]


def peer_version() -> str:
    return str(peer().__version__)


def peer() -> ModuleType:
    """Loaded only where it is used, so that its memory is not counted as ours."""
    return importlib.import_module("trackpy")


def floors(path: Path) -> list[str]:
    """Where the time of a frame goes, and how long it takes only to read it."""
    block = read_only(next(Stored(str(path), 32).blocks(32)))
    settings, wanted = DetectionSettings(), np.ones(len(block), np.bool_)
    learned = learn(block[:8], settings, bits=8)
    plan = first_plan(learned, settings, shape=(ROWS, COLUMNS), bits=8)
    empty = make_plan(
        (ROWS, COLUMNS), sigma_px=learned.sigma_px, polarity=learned.polarity, bits=8, limit=NOWHERE
    )
    room = make_room((ROWS, COLUMNS), plan, MOST_SPOTS)
    parts = {
        "reading every pixel once (the limit)": lambda: [int(frame.max()) for frame in block],
        "the local background": lambda: [background_rows(frame, plan, room.ground) for frame in block],
        "background and filter": lambda: find_in_block(block, wanted, empty, room),
        "background, filter, maxima and centres": lambda: find_in_block(block, wanted, plan, room),
    }
    rows = [f"| {name} | {1000 * least_s(part) / len(block):.3f} |" for name, part in parts.items()]
    return ["| Of a frame, in one thread | Processor (ms) |", "| --- | --- |", *rows]


def least_s(part: Callable[[], object]) -> float:
    part()
    took: list[float] = []
    for _ in range(15):
        started = time.process_time()
        part()
        took.append(time.process_time() - started)
    return min(took)


if __name__ == "__main__":
    one_route(sys.argv[1], sys.argv[2])
