"""What the tracks of one video say, and what a reader needs to see to believe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray, Setting
from vesicle.measurements.video import Polarity
from vesicle.results import NotAssessed, Quantity, Verdict

VolumeKind: TypeAlias = Literal["given depth", "bead calibration", "not assessed"]

MOST_TRACKS_SHOWN = 300
"""How many tracks an overlay holds at most; the others are counted, not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a size distribution.

    ``fraction`` is its share of the number of particles per volume (0 to 1), ``spread_percent`` its standard
    deviation over its mean.
    """

    diameter_nm: Quantity
    fraction: Quantity
    spread_percent: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeModel:
    """How a count per frame becomes a number per volume: the depth seen, where it is from, and in words."""

    kind: VolumeKind
    depth_um: Quantity
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameOverlay:
    """One frame of a video with the spots found in it.

    ``grey`` has shape (rows, columns), brought to 8 bits where the camera recorded more; ``x_px``, ``y_px``
    and ``is_tracked`` (whether the spot became part of a track that was used) have shape (spots,), with the
    centre of the first pixel at 0. ``frame`` counts from 0; ``pixel_nm`` is None where no one states the scale.
    """

    frame: int
    grey: NDArray[np.uint8]
    x_px: FloatArray
    y_px: FloatArray
    is_tracked: NDArray[np.bool_]
    spot_radius_px: float
    pixel_nm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackOverlay:
    """Paths of tracks that pass through the frame of the overlay, longest first, in its pixels.

    At most 300 of them; ``total`` is the number of tracks of the video that were used. Paths of other moments
    would hide the frame and could not be checked against its spots.
    """

    x_px: tuple[FloatArray, ...]
    y_px: tuple[FloatArray, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedVideo:
    """What was found in a video, frame by frame, and the settings that were in force.

    ``spots_per_frame`` leaves out frames that repeat another or are lost; ``drift_px`` has shape (frames - 1, 2),
    x then y: the common displacement between a frame and the next, as it was removed. ``settings`` holds every
    choice that moves a number: threshold, noise, spot width, search range, memory, shortest track, frame rate,
    pixel size, exposure, temperature, viscosity, seed, smoothing.
    """

    overlay: FrameOverlay
    tracks: TrackOverlay
    frames: int
    spots_per_frame: FloatArray
    drift_px: FloatArray
    settings: tuple[Setting, ...]
    polarity: Polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class BeadCheck:
    """A size standard against its certificate.

    ``expanded_uncertainty_nm`` is that of the certificate (k = 2), where known. ``deviation_percent`` is the mean
    found over the certified diameter, less 100. ``rule`` is the rule in words with its limit and the status of
    its source.
    """

    certified_nm: float
    expanded_uncertainty_nm: float | None
    mean_nm: Quantity
    deviation_percent: Quantity
    verdict: Verdict
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoryEstimate:
    """What the displacements of one video's tracks say about the particles, and how it was found.

    ``diffusion_um2_s`` is the median over the particles. Below ``detection_limit_nm`` fewer than half of the
    particles are seen, so the distribution is censored there. ``smoothing`` says how much of it the
    cross-validation chose, ``localisation_nm`` is the error of one position per axis, ``drift_px_per_frame`` the
    mean length of the common displacement. ``bead`` is None when the run is no size standard.
    """

    diffusion_um2_s: Quantity
    components: tuple[Component, ...] | NotAssessed
    detection_limit_nm: Quantity
    smoothing: str
    volume: VolumeModel
    localisation_nm: Quantity
    drift_px_per_frame: Quantity
    video: TrackedVideo | None = None
    bead: BeadCheck | None = None
