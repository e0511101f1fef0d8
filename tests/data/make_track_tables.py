"""Make the small tables of tracks on which the reader of other programs' tracks is tested.

Run ``python tests/data/make_track_tables.py`` to write them again; every run writes the same bytes. The layouts
are those of the programs; the numbers are ours.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "readers" / "track-table"
TRACKS = 14


@dataclass(frozen=True)
class Point:
    """One sighting: track and frame count from 0, the position is in pixels."""

    track: int
    frame: int
    x: float
    y: float


def points_of(seed: int, *, has_gap: bool = False) -> list[Point]:
    rng = np.random.default_rng(seed)
    found = list[Point]()
    for track in range(TRACKS):
        length, start = int(rng.integers(5, 11)), int(rng.integers(0, 40))
        frames = start + np.arange(length)
        if has_gap and track == 3:
            frames[2:] += 1
        places = rng.uniform((60, 40), (580, 440)) + np.cumsum(rng.normal(0, 1.7, (length, 2)), axis=0)
        found += [
            Point(track, int(f), round(float(x), 3), round(float(y), 3))
            for f, (x, y) in zip(frames, places, strict=True)
        ]
    return found


def make_trackpy() -> tuple[str, bytes, list[Point], dict[str, object], list[str]]:
    """As ``DataFrame.to_csv`` writes the result of linking: an unnamed index, sorted by frame, y before x."""
    rng, points = np.random.default_rng(51), points_of(50, has_gap=True)
    lines = [",y,x,mass,size,ecc,signal,raw_mass,ep,frame,particle"]
    for index, p in enumerate(sorted(points, key=lambda p: (p.frame, p.track))):
        mass, size, ecc = rng.normal(420, 60), rng.normal(2.1, 0.06), rng.uniform(0.01, 0.3)
        more = (
            f"{mass:.3f},{size:.5f},{ecc:.5f},{mass / 14:.3f},{mass + 900:.1f},{rng.uniform(0.05, 0.2):.5f}"
        )
        lines.append(f"{index},{p.y},{p.x},{more},{p.frame},{p.track}.0")
    more = {"scale.pixel_nm": None, "is_in_length": False, "sample": "maple", "software": ""}
    return "maple_tracks.csv", _text(lines), points, more, []


TRACKMATE = (
    ("LABEL", "Label", "Label", ""),
    ("ID", "Spot ID", "Spot ID", ""),
    ("TRACK_ID", "Track ID", "Track ID", ""),
    ("QUALITY", "Quality", "Quality", "(quality)"),
    ("POSITION_X", "X", "X", "(micron)"),
    ("POSITION_Y", "Y", "Y", "(micron)"),
    ("POSITION_Z", "Z", "Z", "(micron)"),
    ("POSITION_T", "T", "T", "(sec)"),
    ("FRAME", "Frame", "Frame", ""),
    ("RADIUS", "Radius", "R", "(micron)"),
    ("VISIBILITY", "Visibility", "Visibility", ""),
    ("MANUAL_SPOT_COLOR", "Manual spot color", "Spot color", ""),
    ("MEAN_INTENSITY_CH1", "Mean intensity ch1", "Mean ch1", "(counts)"),
)


def make_trackmate() -> tuple[str, bytes, list[Point], dict[str, object], list[str]]:
    """As TrackMate exports its table of spots: names, short names and units below the keys; spots without a track."""
    rng, pixel_um = np.random.default_rng(61), 0.166
    points = [
        Point(p.track, p.frame, round(p.x * pixel_um, 4), round(p.y * pixel_um, 4)) for p in points_of(60)
    ]
    lines = [",".join(column[row] for column in TRACKMATE) for row in range(4)]
    alone = [("None", Point(-1, f, *np.round(rng.uniform(8, 80, 2), 4).tolist())) for f in (3, 11, 12)]
    linked = [(str(p.track), p) for p in points]
    for number, (track, p) in enumerate([*linked, *alone], start=2101):
        quality, mean = rng.normal(30, 5), rng.normal(120, 9)
        lines.append(
            f"ID{number},{number},{track},{quality:.3f},{p.x},{p.y},0.0,{p.frame / 30:.5f},{p.frame},0.5,1,,{mean:.3f}"
        )
    more = {"scale.pixel_nm": 1000.0, "is_in_length": True, "sample": "rowan", "settings.0.value": "um"}
    more |= {"software": "TrackMate"}
    return "rowan_spots.csv", _text(lines), points, more, ["points_not_linked", "positions_in_length"]


def make_comma() -> tuple[str, bytes, list[Point], dict[str, object], list[str]]:
    """From a computer with decimal commas: semicolons, a micro sign in Windows-1252, rows in no order."""
    points = [Point(p.track + 1, p.frame, round(p.x * 0.2, 4), round(p.y * 0.2, 4)) for p in points_of(70)]
    order = np.random.default_rng(71).permutation(len(points))
    lines = ["Track;Frame;x (µm);y (µm)"]
    lines += [
        f"{p.track};{p.frame};{p.x};{p.y}".replace(".", ",") for p in (points[index] for index in order)
    ]
    more = {"scale.pixel_nm": 1000.0, "sample": "Erle", "settings.0.value": "um"}
    return "Erle.csv", _text(lines, "cp1252", end="\r\n"), points, more, ["positions_in_length"]


def make_nm() -> tuple[str, bytes, list[Point], dict[str, object], list[str]]:
    """Tabs, a frame called t, positions in nm."""
    points = [Point(p.track, p.frame, round(p.x * 166, 1), round(p.y * 166, 1)) for p in points_of(80)]
    lines = ["trajectory\tt\tx_nm\ty_nm", *(f"{p.track}\t{p.frame}\t{p.x}\t{p.y}" for p in points)]
    more = {"scale.pixel_nm": 1.0, "is_in_length": True, "sample": "hazel"}
    return "hazel-trajectories.tsv", _text(lines), points, more, ["positions_in_length"]


def make_plain() -> tuple[str, bytes, list[Point], dict[str, object], list[str]]:
    """The least that can be tracks: id, t, x, y."""
    points = points_of(90)
    lines = ["id,t,x,y", *(f"{p.track},{p.frame},{p.x},{p.y}" for p in points)]
    more = {"scale.pixel_nm": None, "is_in_length": False, "sample": "elder", "settings.0.value": "px"}
    return "elder.txt", _text(lines), points, more, ["unit_assumed"]


def _text(lines: list[str], encoding: str = "utf-8", *, end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode(encoding)


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {}
    for make in (make_trackpy, make_trackmate, make_comma, make_nm, make_plain):
        name, content, points, more, warnings = make()
        (FOLDER / name).write_bytes(content)
        last = len(points) - 1
        values = {
            "trajectories.count": TRACKS,
            "trajectories.track.0": 0,
            "trajectories.frame.0": points[0].frame,
            "trajectories.x_px.0": points[0].x,
            "trajectories.y_px.0": points[0].y,
            f"trajectories.track.{last}": TRACKS - 1,
            f"trajectories.x_px.{last}": points[last].x,
            "trajectories.peak": None,
            "scale.fps": None,
            "dilution.factor": None,
        }
        flags = {"independent_rows": True, "independent_columns": True}
        expected[name] = {"type": "TrackTable", "values": values | more, "warnings": warnings, **flags}
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (FOLDER / "expected.json").write_text(text + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    write()
