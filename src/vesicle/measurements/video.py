"""What a camera recorded: a video of particles, its scale, and the tracks found in it or read from a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.scale import Scale
from vesicle.measurements.sizing import Dilution, FloatArray, Setting
from vesicle.results import FileRef, Warned

GreyBlock: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""Frames as grey levels, shape (frames, rows, columns)."""

BEAD_ROLES = frozenset({"size standard", "calibration beads"})
"""Roles of files of beads, whose diameter may be certified."""


class Frames(Protocol):
    """The pixels of a video, never in memory as a whole; picklable, so that any executor can take it."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Frames, rows and columns."""
        ...

    @property
    def bits(self) -> int:
        """Significant bits of a grey level: a pixel of 2**bits - 1 is saturated."""
        ...

    def blocks(self, length: int) -> Iterator[GreyBlock]:
        """The video in order, in blocks of at most ``length`` frames.

        Parameters
        ----------
        length : int
            At least 1.

        Yields
        ------
        numpy.ndarray
            Shape (frames, rows, columns), uint8 or uint16, read-only.

        Raises
        ------
        ReadError
            When the file cannot be decoded from some frame on, or changed since it was recognised.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video of one sample, as the camera or its software wrote it.

    ``label`` and ``sample`` as in :class:`SizeRun`. ``scale`` holds what the file states, completed by what
    the user states; ``codec`` names the encoding, ``is_lossy`` says whether it altered grey levels.
    ``certified_nm`` is the certified diameter of beads with its expanded uncertainty, from the manifest.
    ``dropped`` lists the places in time, counted from 0, of frames that the file marks as lost: they are not among
    ``frames``, so that frame k was taken at the k-th place that is not in the list.
    """

    file: FileRef
    reader: str
    stem: str
    sample: str
    frames: Frames
    label: str = ""
    role: str = "sample"
    scale: Scale = field(default_factory=Scale)
    codec: str = "uncompressed"
    is_lossy: bool = False
    dilution: Dilution = field(default_factory=Dilution)
    declared_dilution: float | None = None
    certified_nm: float | None = None
    certified_uncertainty_nm: float | None = None
    acquired: str | None = None
    dropped: tuple[int, ...] = ()
    settings: tuple[Setting, ...] = ()
    instrument: str = ""
    software: str = ""
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """Positions of particles over time, sorted by track and then by frame.

    All columns have shape (points,). ``track`` counts from 0 without gaps; the frames of a track increase,
    and a track may miss a frame. Positions are in pixels, x along a row, with the centre of the first pixel
    at 0, as seen in the video (drift not removed). ``peak`` is a spot's height above its background in grey
    levels and ``is_saturated`` whether it touched the camera's ceiling; both are None for tables that
    do not say.
    """

    track: NDArray[np.int64]
    frame: NDArray[np.int64]
    x_px: FloatArray
    y_px: FloatArray
    peak: FloatArray | None = None
    is_saturated: NDArray[np.bool_] | None = None

    @property
    def count(self) -> int:
        """Number of tracks."""
        return int(self.track[-1]) + 1 if len(self.track) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackTable:
    """Positions over time that another program found: a video without its pixels.

    Fields as in :class:`Video`. ``trajectories`` has no peaks, so nothing is known of the depth in which a
    particle was seen. ``is_in_length`` is True when the file states positions as lengths: a pixel is then that
    unit of length, and no pixel size of a camera replaces it.
    """

    file: FileRef
    reader: str
    stem: str
    sample: str
    trajectories: Trajectories
    label: str = ""
    role: str = "sample"
    scale: Scale = field(default_factory=Scale)
    is_in_length: bool = False
    dilution: Dilution = field(default_factory=Dilution)
    declared_dilution: float | None = None
    certified_nm: float | None = None
    certified_uncertainty_nm: float | None = None
    acquired: str | None = None
    settings: tuple[Setting, ...] = ()
    instrument: str = ""
    software: str = ""
    warnings: tuple[Warned, ...] = ()


Polarity: TypeAlias = Literal["bright", "dark"]
