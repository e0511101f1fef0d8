"""From particles per frame to particles per mL: the area that was searched, and the depth with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vesicle.findings import VolumeModel
from vesicle.inference.intervals import t_quantile
from vesicle.measurements import Trajectories
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, NotAssessed, Quantity, exact
from vesicle.tracking.records import Detected
from vesicle.vesicles.estimate import TrackSizes
from vesicle.vesicles.numbers import NumberDensity
from vesicle.vesicles.scales import Optics
from vesicle.vesicles.seen import Calibration, Seen, ceiling_of, crowding_of

if TYPE_CHECKING:
    from vesicle.inference.visibility import Visibility

_MARGIN_SIGMAS = 4.0
"""Spots nearer to the border than this many of their widths are found less surely and are not counted."""

_BLOCKS = 10
_UM3_PER_ML = 1e12

NO_DEPTH = (
    "the depth in which particles are seen is not known; give --depth-um, or a video of beads of known size "
    "(--beads VIDEO:NM, or role 'calibration beads' with certified_nm under [[files]])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Particles per frame inside an area, as a mean with its relative standard error."""

    per_frame: float
    relative_error: float
    area_um2: float
    frames: int


def count_particles(detected: Detected, *, threshold: float, pixel_um: float) -> Counted | NotAssessed:
    """How many particles are in the field at a time.

    Parameters
    ----------
    detected : Detected
        All spots.
    threshold : float
        Spots with a lower peak are not counted.
    pixel_um : float
        Length of a pixel.

    Returns
    -------
    Counted or NotAssessed
        The error is that of blocks of time, which neighbouring frames with the same particles do not falsify.
    """
    margin = _MARGIN_SIGMAS * detected.spot_sigma_px
    width, height = detected.width_px - 2 * margin, detected.height_px - 2 * margin
    if width <= 0 or height <= 0:
        return NotAssessed("the field is smaller than the spots in it")
    is_inside = (
        (detected.peak >= threshold)
        & (np.abs(detected.x_px - (detected.width_px - 1) / 2) <= width / 2)
        & (np.abs(detected.y_px - (detected.height_px - 1) / 2) <= height / 2)
    )
    used = np.ones(detected.frames, dtype=np.bool_)
    used[list(detected.repeated)] = False
    counts = np.bincount(detected.frame[is_inside], minlength=detected.frames)[used].astype(np.float64)
    mean = float(counts.mean())
    if mean == 0:
        return NotAssessed("no particle was found in the field")
    blocks = np.array([block.mean() for block in np.array_split(counts, min(_BLOCKS, len(counts)))])
    spread = float(blocks.std(ddof=1)) / math.sqrt(len(blocks)) if len(blocks) > 1 else mean
    return Counted(
        per_frame=mean,
        relative_error=spread / mean,
        area_um2=width * height * pixel_um**2,
        frames=int(used.sum()),
    )


def concentration(
    counted: Counted | NotAssessed,
    density: NumberDensity | NotAssessed,
    seen: Seen,
    *,
    optics: Optics,
    calibration: Calibration | None,
) -> tuple[Quantity, VolumeModel]:
    """Particles per mL in the cell, and the model of the volume behind it.

    Parameters
    ----------
    counted : Counted or NotAssessed
        Particles per frame.
    density : NumberDensity or NotAssessed
        Which sizes they have.
    seen : Seen
        How deep each size is seen.
    optics : Optics
        With the depth that the user states.
    calibration : Calibration or None
        From a video of beads.

    Returns
    -------
    concentration : Estimate or NotAssessed
        In particles/mL, as measured; of those above the detection limit.
    volume : VolumeModel
        Kind, depth and a sentence.
    """
    missing = next((item for item in (counted, density) if isinstance(item, NotAssessed)), None)
    if missing is not None:
        return missing, _unknown(missing.reason)
    assert isinstance(counted, Counted)
    assert isinstance(density, NumberDensity)
    shown = _shown_share(density, seen, is_deep_alike=optics.depth_um is not None)
    if optics.depth_um is not None:
        depth: Estimate = exact(optics.depth_um, method="stated by the user, the same for every size")
        sentence = f"Particles per frame over the area and the stated depth of {optics.depth_um:g} um."
        volume = VolumeModel(kind="given depth", depth_um=depth, sentence=sentence + _hidden_said(shown))
    elif calibration is not None and seen.depth.any():
        volume = _calibrated(density, seen, calibration, hidden=_hidden_said(shown))
    else:
        return NotAssessed(NO_DEPTH), _unknown(NO_DEPTH)
    return _per_ml(counted, volume, density.above_limit / shown), volume


def _unknown(reason: str) -> VolumeModel:
    sentence = f"No number per volume: {reason}."
    return VolumeModel(kind="not assessed", depth_um=NotAssessed(reason), sentence=sentence)


def _over_sightings(density: NumberDensity, of_size: FloatArray) -> float:
    """The harmonic mean over sightings, for which sightings over it are the number per volume."""
    inverse = np.divide(1.0, of_size, out=np.zeros_like(of_size), where=of_size > 0)
    return 1 / float(density.occupancy @ inverse)


def _shown_share(density: NumberDensity, seen: Seen, *, is_deep_alike: bool) -> float:
    """The part of the field that brighter spots do not hide from the particles, which counts as searched."""
    if is_deep_alike:
        return _over_sightings(density, seen.open_share)
    return _over_sightings(density, seen.room) / _over_sightings(density, seen.depth)


def _hidden_said(shown: float) -> str:
    percent = round(100 * (1 - shown))
    return (
        f" Brighter spots hide {percent} % of the field from a particle, on average; that area is not counted."
        if percent
        else ""
    )


def _calibrated(density: NumberDensity, seen: Seen, calibration: Calibration, *, hidden: str) -> VolumeModel:
    value = calibration.scale_um * _over_sightings(density, seen.depth)
    half = t_quantile(7) * calibration.relative_error * value
    depth = Estimate(
        value=value,
        low=max(value - half, 0.0),
        high=value + half,
        method=f"mean over sightings; {calibration.text}",
    )
    sentence = (
        f"Particles per frame over the area and the depth in which each size is seen; {calibration.text}."
    )
    return VolumeModel(kind="bead calibration", depth_um=depth, sentence=sentence + hidden)


def _per_ml(counted: Counted, volume: VolumeModel, times: float) -> Quantity:
    depth = volume.depth_um
    if isinstance(depth, NotAssessed):
        return depth
    per_frame = counted.per_frame * times
    value = per_frame / (counted.area_um2 * depth.value) * _UM3_PER_ML
    of_depth = (depth.high - depth.low) / (2 * t_quantile(7) * depth.value)
    half = t_quantile(_BLOCKS - 1) * math.hypot(counted.relative_error, of_depth)
    method = (
        f"{counted.per_frame:.1f} particles a frame over area and depth ({volume.kind}); errors of both added"
    )
    return Estimate(
        value=value, low=value * math.exp(-half), high=value * math.exp(half), n=counted.frames, method=method
    )


def calibrate(
    trajectories: Trajectories,
    detected: Detected,
    sizes: TrackSizes,
    *,
    optics: Optics,
    beads_nm: float,
    name: str,
) -> Calibration | NotAssessed:
    """The depth profile of the instrument, from a video of beads of one known size.

    Parameters
    ----------
    trajectories : Trajectories
        With peaks; drift removed.
    detected : Detected
        The spots behind them.
    sizes : TrackSizes
        What the tracks say; beads that are not of the certified size (aggregates) are left out by it.
    optics : Optics
        Of the video.
    beads_nm : float
        Diameter on the certificate.
    name : str
        Of the video, for the text.

    Returns
    -------
    Calibration or NotAssessed
        Not assessed without temperature, or when too few beads were seen.
    """
    from vesicle.inference.reach import LAG, profile_scale

    if isinstance(optics.mobility_um2_s_nm, NotAssessed):
        return optics.mobility_um2_s_nm
    beads = _of_size(trajectories, sizes, beads_nm)
    peak = beads.peak
    if peak is None or len(peak) < _FEWEST_SIGHTINGS:
        return NotAssessed(f"too few beads of {beads_nm:g} nm were seen in {name}")
    fitted = _profile_of(beads, peak, detected, log_size=math.log(beads_nm))
    in_focus = float(fitted.log_peak(np.array(math.log(beads_nm))))
    known_to = math.sqrt(max(in_focus - math.log(detected.threshold), 0.0))
    variance = 2 * optics.mobility_um2_s_nm / beads_nm / optics.fps * (LAG - 2 * sizes.position.blur)
    found = profile_scale(
        beads,
        fitted,
        log_size=math.log(beads_nm),
        step_variance=variance,
        threshold=detected.threshold,
        frames=detected.frames,
        inside=_far_from_border(beads, detected, reach_px=4 * math.sqrt(variance) / optics.pixel_um)
        & _far_from_bright(beads, detected),
    )
    if found is None:
        return NotAssessed(f"too few beads of {beads_nm:g} nm passed in and out of view in {name}")
    text = f"depth profile from beads of {beads_nm:g} nm in {name}, {found.losses} passages out of view"
    return Calibration(
        scale_um=found.value,
        relative_error=found.error / found.value,
        shape=fitted.shape,
        text=text,
        known_to=known_to,
    )


def _profile_of(beads: Trajectories, peak: FloatArray, detected: Detected, *, log_size: float) -> Visibility:
    """How bright the beads are at each depth, in units of the profile's scale."""
    from vesicle.inference.visibility import fit_visibility

    return fit_visibility(
        np.full(len(peak), log_size),
        np.log(peak),
        least=math.log(1.3 * detected.threshold),
        most=math.log(min(peak.max() * 1.001, ceiling_of(beads))),
        widest=_BEAD_SPREAD,
        open_share=crowding_of(detected).open_share,
    )


_FEWEST_SIGHTINGS = 1000
_BEAD_SPREAD = 0.4
"""Spread of the log peak of beads: six times that of their size, which is a few per cent, and noise (house rule)."""

_BEAD_WINDOW = 0.5
"""Tracks whose mean log size is further than this from the certificate are aggregates or dirt."""


def _of_size(trajectories: Trajectories, sizes: TrackSizes, beads_nm: float) -> Trajectories:
    is_bead = np.ones(trajectories.count, dtype=np.bool_)  # short tracks are beads that left soon, and count
    is_bead[sizes.rows] = np.abs(sizes.log_mean - math.log(beads_nm)) < _BEAD_WINDOW
    keep = is_bead[trajectories.track]
    peak, saturated = trajectories.peak, trajectories.is_saturated
    return Trajectories(
        track=trajectories.track[keep],
        frame=trajectories.frame[keep],
        x_px=trajectories.x_px[keep],
        y_px=trajectories.y_px[keep],
        peak=None if peak is None else peak[keep],
        is_saturated=None if saturated is None else saturated[keep],
    )


def _far_from_border(beads: Trajectories, detected: Detected, *, reach_px: float) -> NDArray[np.bool_]:
    return (
        (beads.x_px >= reach_px)
        & (beads.x_px <= detected.width_px - 1 - reach_px)
        & (beads.y_px >= reach_px)
        & (beads.y_px <= detected.height_px - 1 - reach_px)
    )


_HIDES_WITHIN = 10.0
"""Standard deviations of a spot within which it may hide another: the hole around one of 64 times the peak."""


def _far_from_bright(beads: Trajectories, detected: Detected) -> NDArray[np.bool_]:
    """Sightings without a bright spot near, which could hide the bead so that it seems to have left.

    Brighter than half of the sightings, and not brighter than the bead: else the faint ones would be left out more.
    """
    peak = beads.peak
    assert peak is not None
    bright = np.flatnonzero(detected.peak > np.median(peak))
    bright = bright[np.argsort(detected.frame[bright], kind="stable")]
    starts = np.searchsorted(detected.frame[bright], np.arange(detected.frames + 1))
    order = np.argsort(beads.frame, kind="stable")
    ends = np.searchsorted(beads.frame[order], np.arange(detected.frames + 1))
    is_alone = np.ones(len(peak), dtype=np.bool_)
    reach2 = (_HIDES_WITHIN * detected.spot_sigma_px) ** 2
    for frame in range(detected.frames):
        mine, theirs = order[ends[frame] : ends[frame + 1]], bright[starts[frame] : starts[frame + 1]]
        dx = beads.x_px[mine, None] - detected.x_px[None, theirs]
        dy = beads.y_px[mine, None] - detected.y_px[None, theirs]
        away2 = dx * dx + dy * dy
        is_alone[mine] = ~((away2 > 0) & (away2 < reach2)).any(axis=1)
    return is_alone
