"""NanoSight track tables: points, particles, and what makes them doubtful."""

import re
from pathlib import Path

import numpy as np
import pytest

from vesicle.errors import BadValue, ReadError
from vesicle.readers.nanosight_alltracks import READER as ALL_TRACKS
from vesicle.readers.nanosight_particledata import READER as PARTICLE_DATA

FILES = Path(__file__).resolve().parents[1] / "data" / "readers"
POINTS = FILES / ALL_TRACKS.name / "elm_00_AllTracks.csv"
PARTICLES = FILES / PARTICLE_DATA.name / "elm_00_ParticleData.csv"
READERS = {POINTS: ALL_TRACKS, PARTICLES: PARTICLE_DATA}


def codes(run):
    return {warned.code for warned in run.warnings}


@pytest.fixture
def read(raw_file):
    """Read a file after text in it has been replaced by a regular expression."""

    def make(path, *changes, **said):
        text = path.read_text(encoding="ascii")
        for old, new in changes:
            text, count = re.subn(old, new, text, count=1)
            assert count == 1, f"the file has no {old}"
        return READERS[path].read(raw_file(path, content=text.encode(), **said))

    return make


def test_points_belong_to_the_tracks_in_their_order(read):
    tracks = read(POINTS).tracks
    assert tracks.track.tolist() == sorted(tracks.track.tolist())
    assert np.bincount(tracks.track).tolist() == tracks.length_frames.tolist()


def test_both_tables_of_one_video_have_the_same_tracks(read):
    points, rows = read(POINTS).tracks, read(PARTICLES).tracks
    for name in ("diameter_nm", "included", "length_frames"):
        assert getattr(points, name).tolist() == getattr(rows, name).tolist(), name


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        (POINTS, (r"Frame,X/pixels", "X/pixels,Frame"), None),
        (POINTS, (r"X/pixels,Y/pixels", "Y/pixels,X/pixels"), "columns_reordered"),
        (POINTS, (r"\n2,67\.19,", "\n2,67.9,"), "track_disagrees"),
        (POINTS, (r"\n(2,[^\n]*)\n2,[^\n]*", r"\n\1"), "frames_missing"),
        (POINTS, (r"\n0,86\.48,(\d+),32", r"\n0,86.48,\1,32\g<0>"), None),
        (PARTICLES, (r"\n1,[^\n]*", r"\g<0>\g<0>"), None),
        (PARTICLES, (r"\n1,177", "\n1,17"), "size_and_diffusion_disagree"),
        (PARTICLES, (r"\n0,86\.48", "\n0,0"), "track_without_size"),
        (PARTICLES, (r"\n2,67\.19", "\n2,0"), None),
        (PARTICLES, (r"8\.042", "-inf"), ""),
        (PARTICLES, (r"8\.042", "x"), "odd_value"),
        (PARTICLES, (r"4,False", "4,Maybe"), None),
        (PARTICLES, (r"4,False", "4.5,False"), None),
        (PARTICLES, (r"Tracklength", "Length"), None),
        (PARTICLES, (r"Start frame", "Tracklength"), None),
        (PARTICLES, (r"\n1,", "\n1;"), None),
        (PARTICLES, (r"\n13,(\d+\.\d+)[\s\S]*", r"\n13,\1"), "table_truncated"),
    ],
)
def test_damaged_track_tables_are_doubted_or_refused(read, kind, change, code):
    if code is None:
        with pytest.raises(ReadError):
            read(kind, change)
    elif code:
        assert code in codes(read(kind, change))
    else:
        assert not codes(read(kind, change))


def test_sizes_of_another_liquid_are_doubted(raw_file):
    text = re.sub(r"(?m)^(\d+,[\d.]+,)(\d+)", r"\g<1>\g<2>00", PARTICLES.read_text())
    run = PARTICLE_DATA.read(raw_file(PARTICLES, content=text.encode()))
    assert "size_and_diffusion_disagree" in codes(run)


def test_a_particle_that_stands_twice_in_a_frame_is_refused(read):
    with pytest.raises(BadValue, match="twice"):
        read(POINTS, (r"\n0,[^\n]*", r"\g<0>\g<0>"))


def test_a_table_without_rows_has_no_result(raw_file):
    for path, reader in READERS.items():
        header = path.read_bytes().split(b"\n")[0] + b"\n"
        assert reader.read(raw_file(path, content=header)).status == "no_result"


def test_a_column_can_be_named_by_the_user(read):
    run = read(PARTICLES, ("Size/nm", "d"), columns={"Size/nm": "d"})
    assert run.tracks.diameter_nm[0] == 86.48


def test_a_track_line_too_long_for_a_table_is_refused(raw_file):
    content = PARTICLES.read_bytes() + b'"' + b"a" * 200_000 + b'"\n'
    with pytest.raises(ReadError, match="no line of a table"):
        PARTICLE_DATA.read(raw_file(PARTICLES, content=content))
