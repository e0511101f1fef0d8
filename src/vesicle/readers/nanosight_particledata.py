"""NanoSight ``*ParticleData.csv``: one row per tracked particle.

The layout is known from public programs that read such files; no real file was at hand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import BadValue
from vesicle.measurements import SizeRun, SizeTracks
from vesicle.measurements.sizing import frozen, read_only
from vesicle.readers import RawFile, Reader
from vesicle.readers.nanosight_tracktable import (
    DIFFUSION,
    INCLUDED,
    INTENSITY,
    PARTICLE,
    SIZE,
    TrackTable,
    doubt_diffusion,
    doubt_intensity,
    read_columns,
    read_sizes,
    run_of,
    sniff_columns,
    without_unsized,
)

NAME = "nanosight-particledata-csv"
START, LENGTH = "Start frame", "Tracklength"
COLUMNS = (PARTICLE, SIZE, DIFFUSION, INTENSITY, START, LENGTH, INCLUDED)


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a NanoSight table of particles.

    Parameters
    ----------
    name : str
        Not used.
    head : bytes
        The first 64 KiB.

    Returns
    -------
    float
        0 to 1.
    """
    del name
    return sniff_columns(head, columns=COLUMNS, without=("X/pixels", "Y/pixels"))


def read_particle_data(raw: RawFile) -> SizeRun:
    """The particles of one video, one diameter and one track length each.

    Parameters
    ----------
    raw : RawFile
        The file.

    Returns
    -------
    SizeRun
        With ``tracks`` but no positions.

    Raises
    ------
    ReadError
        When columns are missing or values cannot be true.
    """
    table = without_unsized(read_columns(raw, columns=COLUMNS))
    size, included = read_sizes(table), table.included()
    _require_once(table, table.integers(PARTICLE, least=0))
    table.integers(START, least=0)
    length = table.integers(LENGTH, least=1)
    tracks = SizeTracks(diameter_nm=frozen(size), included=read_only(included), length_frames=frozen(length))
    run = run_of(raw, table, tracks, reader=NAME, suffix="ParticleData")
    return replace(run, warnings=(*run.warnings, *doubt_diffusion(table, size), *doubt_intensity(table)))


def _require_once(table: TrackTable, particle: NDArray[np.int64]) -> None:
    _, first = np.unique(particle, return_index=True)
    if len(first) == len(particle):
        return
    twice = table.rows[min(set(range(len(particle))) - set(first.tolist()))]
    raise BadValue(
        "A particle stands twice in the table.",
        where=f"{table.where}, row {twice}",
        why="Every Particle ID has one row.",
        next_step="Export the file again; rows were repeated.",
    )


READER = Reader(
    name=NAME,
    title="NanoSight ParticleData (csv)",
    patterns=("*ParticleData.csv",),
    sniff=sniff,
    read=read_particle_data,
    gives="one diameter and one length per track",
    how_to_export="In NTA, tick 'Particle data (csv)' on export.",
)
