"""Simulated tracks as tables of other programs and of an instrument, and how they are sized."""

from functools import lru_cache

from tests.readers.tables import raw

from vesicle.manifest import FileRule, VideoDefaults
from vesicle.readers.assemble import assemble
from vesicle.readers.nanosight_alltracks import read_all_tracks
from vesicle.readers.track_table import read
from vesicle.simulate.nta_settings import TrackSettings
from vesicle.simulate.nta_sizes import parse_components
from vesicle.simulate.nta_tracks import simulate_trajectories
from vesicle.standards import load_limits
from vesicle.vesicles.videos import Choices, measure

CAMERA = VideoDefaults(pixel_nm=166.0, fps=30.0, exposure_ms=10.0, temperature_c=25.0)
TRACKS, MEDIAN_NM = 260, 100.0


@lru_cache
def simulated(tracks=TRACKS, seed=5):
    """Tracks of one size, with the numbers of the settings of a camera in CAMERA."""
    components = parse_components([f"{MEDIAN_NM:g}:0.02:1"], [])
    return simulate_trajectories(TrackSettings(components=components, tracks=tracks, seed=seed)).trajectories


def columns(found, *, flow=(0.0, 0.0)):
    rows = zip(found.track, found.frame, found.x_px, found.y_px, strict=True)
    return [(int(t), int(f), float(x + flow[0] * f), float(y + flow[1] * f)) for t, f, x, y in rows]


def table_text(rows, *, unit="px", pixel_nm=1.0):
    lines = [f"track,frame,x ({unit}),y ({unit})"]
    lines += [f"{t},{f},{x * pixel_nm!r},{y * pixel_nm!r}" for t, f, x, y in rows]
    return "\n".join(lines) + "\n"


def export_text(rows, *, size_nm=130.0):
    """The same rows as NanoSight's AllTracks, with one diameter for all; the last track is not included."""
    last = max(t for t, *_ in rows)
    lines = [
        "Particle ID,Size/nm,Diffusion coefficient/nm^2 s^-1,Frame,X/pixels,Y/pixels,Ln(Adjusted intensity)/AU,"
        "Included in distribution?"
    ]
    lines += [f"{t},{size_nm},{4.3e8 / size_nm:.0f},{f},{x!r},{y!r},9.1,{t != last}" for t, f, x, y in rows]
    return "\n".join(lines) + "\n"


def table(rows=None, *, video=CAMERA, rules=(), name="oak_tracks.csv", **kind):
    text = table_text(columns(simulated()) if rows is None else rows, **kind)
    return assemble((read(raw(text, name)),), rules, video)[0]


def export(rows=None, *, video=CAMERA, rules=(), name="oak_AllTracks.csv"):
    text = export_text(columns(simulated()) if rows is None else rows)
    return assemble((read_all_tracks(raw(text, name)),), rules, video)[0]


def sized(source):
    return measure(source, Choices(), calibration=None, standard=load_limits()["C01"])


def rule(**said):
    return FileRule(glob="*", **said)
