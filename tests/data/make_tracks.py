"""Make the small files on which the readers of NanoSight track tables are tested.

Run ``python tests/data/make_tracks.py`` to write them again; every run writes the same bytes. The layout is
that which public programs read; the numbers are ours.
"""

import json
from pathlib import Path

import numpy as np

READERS = Path(__file__).parent / "readers"


def _tracks(seed: int, *, particles: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    tracks = []
    for number in range(particles):
        size = round(float(rng.lognormal(np.log(110), 0.3)), 2)
        length = int(rng.integers(4, 9))
        tracks.append(
            {
                "id": number,
                "size": size,
                "diffusion": round(4.5e8 / size),
                "start": int(rng.integers(0, 40)),
                "steps": np.cumsum(rng.normal(0, 2, (length, 2)), axis=0) + rng.uniform(60, 500, 2),
                "intensity": round(float(rng.normal(9, 1)), 3),
                "included": bool(length > 4),
            }
        )
    return tracks


def write_track_tables() -> None:
    tracks = _tracks(5, particles=14)
    head = "Particle ID,Size/nm,Diffusion coefficient/nm^2 s^-1,"
    points = [f"{head}Frame,X/pixels,Y/pixels,Ln(Adjusted intensity)/AU,Included in distribution?"]
    rows = [f"{head}Ln(Adjusted intensity)/AU,Start frame,Tracklength,Included in distribution?"]
    for t in tracks:
        shared = f"{t['id']},{t['size']},{t['diffusion']}"
        rows.append(f"{shared},{t['intensity']},{t['start']},{len(t['steps'])},{t['included']}")
        points += [
            f"{shared},{t['start'] + i},{x:.3f},{y:.3f},{t['intensity']},{t['included']}"
            for i, (x, y) in enumerate(t["steps"])
        ]
    values = {
        "sample": "elm_00",
        "status": "ok",
        "histogram": None,
        "vendor.d50_nm": None,
        "tracks.diameter_nm.0": tracks[0]["size"],
        "tracks.diameter_nm.13": tracks[13]["size"],
        "tracks.included.0": tracks[0]["included"],
        "tracks.length_frames.13": float(len(tracks[13]["steps"])),
    }
    last = {"tracks.track.5": 1 if len(tracks[0]["steps"]) <= 5 else 0, "tracks.frame.0": tracks[0]["start"]}
    last |= {"tracks.x_px.0": round(float(tracks[0]["steps"][0][0]), 3)}
    for reader, name, lines, more in (
        ("nanosight-alltracks-csv", "elm_00_AllTracks.csv", points, last),
        ("nanosight-particledata-csv", "elm_00_ParticleData.csv", rows, {"tracks.x_px": None}),
    ):
        folder = READERS / reader
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines) + "\n", encoding="ascii", newline="")
        said = {"type": "SizeRun", "values": values | more, "warnings": [], "independent_rows": True}
        _write_json(folder, {name: said})


def _write_json(folder: Path, expected: dict[str, object]) -> None:
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    write_track_tables()
