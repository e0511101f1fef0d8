"""What was tracked and sized as a run, in the records that checks, sections and the command line read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vesicle.findings import BeadCheck, RunSize, TrackedVideo, TrajectoryEstimate, VolumeModel
from vesicle.measurements import BEAD_ROLES, Scale, Setting, SizeRun, SizeTracks, TrackTable, Video
from vesicle.measurements.sizing import frozen, read_only
from vesicle.results import NotAssessed, Quantity, Warned, exact
from vesicle.standards import CheckStandard
from vesicle.vesicles.beads import judge_beads
from vesicle.vesicles.concentrations import stock_of
from vesicle.vesicles.estimate import TrackSizes
from vesicle.vesicles.numbers import (
    NumberDensity,
    components_of,
    distribution_of,
    estimate_of,
    number_density,
    numbers_of,
    shares_of,
)
from vesicle.vesicles.overlay import tracked_video
from vesicle.vesicles.scales import Optics, scale_settings
from vesicle.vesicles.seen import Calibration, Seen
from vesicle.vesicles.tracked import Tracked
from vesicle.vesicles.volume import NO_DEPTH, Counted, concentration, count_particles

SMALLEST_NM, LARGEST_NM = 10.0, 5000.0
"""Medians beyond these cannot come from a camera that follows diffusing particles: the scale is wrong (house rule)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """All that was found in one source: its tracks, what they say, how deep each size was seen, and with what."""

    source: Video | TrackTable
    tracked: Tracked
    sizes: TrackSizes
    seen: Seen
    optics: Optics
    seed: int


def sized_run(
    found: Sized, *, calibration: Calibration | NotAssessed | None, standard: CheckStandard
) -> RunSize:
    """A run with every number, interval and setting.

    Parameters
    ----------
    found : Sized
        What was found.
    calibration : Calibration, NotAssessed or None
        Depth profile from beads, why they give none, or that there are none.
    standard : CheckStandard
        C01, for size standards.

    Returns
    -------
    RunSize
        Sizes are not assessed where the temperature is not known.
    """
    optics, sizes, seen = found.optics, found.sizes, found.seen
    density = number_density(sizes, seen, ends=_ends_per_frame(found.tracked))
    known = optics.mobility_um2_s_nm
    sized = known if isinstance(known, NotAssessed) else density
    settings = tuple(_settings(found))
    measured, volume = _concentration(found, density, calibration)
    numbers = numbers_of(sized)
    estimate = TrajectoryEstimate(
        diffusion_um2_s=_diffusion(density, sizes),
        components=components_of(sized),
        detection_limit_nm=known if isinstance(known, NotAssessed) else seen.limit_nm,
        smoothing=_smoothing(sizes, seen),
        volume=volume,
        localisation_nm=exact(
            1000 * sizes.position.variance_um2**0.5,
            method="pooled over tracks from neighbouring displacements",
        ),
        drift_px_per_frame=_drift(found),
        video=_picture(found, settings),
        bead=_beads(found.source, numbers["mean_nm"], standard),
    )
    return _run_size(
        _run(found, settings),
        sized,
        measured=measured,
        tracks=exact(sizes.tracks, method="tracks of at least three successive sightings", n=sizes.tracks),
        estimate=estimate,
        warnings=(
            *found.tracked.warnings,
            *optics.warnings,
            *sizes.position.warnings,
            *_doubt_scale(numbers["median_nm"]),
        ),
    )


def _ends_per_frame(tracked: Tracked) -> float:
    """The rate at which tracks end because the video does, or because the flow carries them out of the field."""
    detected, drift = tracked.detected, tracked.drift_px
    if detected is None or isinstance(drift, NotAssessed) or not len(drift):
        return 0.0
    across, down = (float(part) for part in np.abs(drift.mean(axis=0)))
    return 1 / detected.frames + across / detected.width_px + down / detected.height_px


def not_sized(
    source: Video | TrackTable, reason: NotAssessed, *warnings: Warned, tracked: Tracked | None = None
) -> RunSize:
    """A run without a result, and why.

    Parameters
    ----------
    source : Video or TrackTable
        Where it comes from.
    reason : NotAssessed
        Of every number.
    *warnings : Warned
        Shown with the run.
    tracked : Tracked, optional
        What was found all the same.

    Returns
    -------
    RunSize
        With status ``no_result``.
    """
    doubts = (*warnings, *(tracked.warnings if tracked is not None and not warnings else ()))
    run = SizeRun(
        files=(source.file,),
        reader=source.reader,
        stem=source.stem,
        sample=source.sample,
        label=source.label,
        role=source.role,
        status="no_result",
        dilution=source.dilution,
        declared_dilution=source.declared_dilution,
        temperature_c=source.scale.temperature_c,
        acquired=source.acquired,
        settings=source.settings,
        instrument=source.instrument,
        software=source.software,
        warnings=source.warnings,
    )
    return _run_size(run, reason, measured=reason, tracks=reason, warnings=doubts)


def _run_size(
    run: SizeRun,
    sized: NumberDensity | NotAssessed,
    *,
    measured: Quantity,
    tracks: Quantity,
    estimate: TrajectoryEstimate | None = None,
    warnings: tuple[Warned, ...] = (),
) -> RunSize:
    numbers = numbers_of(sized)
    return RunSize(
        run=run,
        mode_nm=numbers["mode_nm"],
        median_nm=numbers["median_nm"],
        mean_nm=numbers["mean_nm"],
        sd_nm=numbers["sd_nm"],
        d10_nm=numbers["d10_nm"],
        d90_nm=numbers["d90_nm"],
        particle_mass_ug=numbers["particle_mass_ug"],
        tracks=tracks,
        measured_per_ml=measured,
        concentration_per_ml=stock_of(run, measured),
        shares=shares_of(sized),
        distribution=distribution_of(sized),
        estimate=estimate,
        warnings=warnings,
    )


def _doubt_scale(median_nm: Quantity) -> tuple[Warned, ...]:
    if isinstance(median_nm, NotAssessed) or SMALLEST_NM <= median_nm.value <= LARGEST_NM:
        return ()
    message = f"The median diameter is {median_nm.value:.3g} nm; check pixel size, frame rate and viscosity."
    return (Warned(code="diameter_implausible", message=message),)


def _run(found: Sized, settings: tuple[Setting, ...]) -> SizeRun:
    source, sizes = found.source, found.sizes
    return SizeRun(
        files=(source.file,),
        reader=source.reader,
        stem=source.stem,
        sample=source.sample,
        label=source.label,
        role=source.role,
        dilution=source.dilution,
        declared_dilution=source.declared_dilution,
        temperature_c=found.optics.temperature_c,
        viscosity_mpas=found.optics.viscosity_mpas,
        acquired=source.acquired,
        tracks=SizeTracks(
            diameter_nm=frozen(np.exp(sizes.log_mean)),
            included=read_only(np.ones(sizes.tracks, dtype=np.bool_)),
            length_frames=frozen(sizes.frames),
        ),
        settings=(*source.settings, *settings),
        instrument=source.instrument,
        software=source.software,
        warnings=source.warnings,
    )


def _concentration(
    found: Sized, density: NumberDensity | NotAssessed, calibration: Calibration | NotAssessed | None
) -> tuple[Quantity, VolumeModel]:
    """Particles per mL with the model behind it; where beads are there and give no depth, why not."""
    beads = calibration if isinstance(calibration, Calibration) else None
    measured, volume = concentration(
        _counted(found), density, found.seen, optics=found.optics, calibration=beads
    )
    if not isinstance(calibration, NotAssessed) or measured != NotAssessed(NO_DEPTH):
        return measured, volume
    reason = (
        f"the depth in which particles are seen is not known: {calibration.reason}; give --depth-um (depth_um "
        "under [video]), or another video of beads"
    )
    unknown = NotAssessed(reason)
    return unknown, replace(volume, depth_um=unknown, sentence=f"No number per volume: {reason}.")


def _counted(found: Sized) -> Counted | NotAssessed:
    if found.tracked.detected is None:
        return NotAssessed("a table of tracks does not hold every particle of a frame")
    threshold, pixel_um = found.seen.threshold, found.optics.pixel_um
    return count_particles(found.tracked.detected, threshold=threshold, pixel_um=pixel_um)


def _settings(found: Sized) -> Iterator[Setting]:
    named = {setting.name for setting in found.source.settings}
    for name, value, unit in scale_settings(_of_the_camera(found.source)):
        if value is not None and name not in named:
            yield Setting(name=name, value=f"{value:g}", unit=unit)
    detected, linked = found.tracked.detected, found.tracked.linked
    if detected is not None and linked is not None:
        yield Setting(name="detection_threshold_factor", value=f"{detected.threshold_factor:g}")
        yield Setting(name="detection_threshold", value=f"{detected.threshold:.3g}", unit="grey levels")
        yield Setting(name="noise", value=f"{detected.noise_grey:.3g}", unit="grey levels")
        yield Setting(name="spot_width", value=f"{detected.spot_sigma_px:.3g}", unit="px")
        yield Setting(name="search_range", value=f"{linked.range_px:.3g}", unit="px")
        yield Setting(name="memory", value=str(linked.memory), unit="frames")
        hidden = 100 * found.seen.hidden_at_threshold
        yield Setting(name="field_hidden_at_threshold", value=f"{hidden:.2g}", unit="%")
    yield Setting(name="shortest_track", value="3", unit="successive sightings")
    yield Setting(name="frames_per_step", value=str(found.sizes.frames_per_step), unit="frames")
    yield Setting(name="smoothing", value=f"{found.sizes.smoothing:.3g}")
    yield Setting(name="seed", value=str(found.seed))
    if found.optics.depth_um is not None:
        yield Setting(name="depth", value=f"{found.optics.depth_um:g}", unit="um")


def _of_the_camera(source: Video | TrackTable) -> Scale:
    """The scale without the unit of length that stands for a pixel where positions are lengths."""
    is_in_length = isinstance(source, TrackTable) and source.is_in_length
    return replace(source.scale, pixel_nm=None) if is_in_length else source.scale


def _diffusion(density: NumberDensity | NotAssessed, sizes: TrackSizes) -> Quantity:
    from vesicle.inference.densities import quantiles

    if isinstance(density, NotAssessed):
        return density
    middle = np.array([0.5])
    return estimate_of(
        density, lambda d: sizes.mobility_um2_s_nm / quantiles(density.log_size, d, middle)[..., 0]
    )


def _smoothing(sizes: TrackSizes, seen: Seen) -> str:
    return f"smoothing of {sizes.smoothing:.3g}; {seen.text}"


def _drift(found: Sized) -> Quantity:
    drift = found.tracked.drift_px
    if isinstance(drift, NotAssessed):
        return drift
    if not len(drift):
        return NotAssessed("the video has one frame")
    length = float(np.hypot(drift[:, 0], drift[:, 1]).mean())
    if isinstance(found.source, TrackTable) and found.source.is_in_length:
        moved = f"{length * found.optics.pixel_um:.3g} um per frame"
        return NotAssessed(f"the positions are lengths, not pixels; a common flow of {moved} was taken off")
    return exact(length, method="mean length of the common displacement between frames", n=len(drift))


def _picture(found: Sized, settings: tuple[Setting, ...]) -> TrackedVideo | None:
    detected, linked = found.tracked.detected, found.tracked.linked
    if not isinstance(found.source, Video) or detected is None or linked is None:
        return None
    return tracked_video(
        found.source.frames,
        detected,
        linked,
        used=found.sizes.rows,
        pixel_nm=found.optics.pixel_nm,
        settings=settings,
    )


def _beads(source: Video | TrackTable, mean_nm: Quantity, standard: CheckStandard) -> BeadCheck | None:
    if source.certified_nm is None or source.role not in BEAD_ROLES:
        return None
    return judge_beads(
        mean_nm,
        certified_nm=source.certified_nm,
        uncertainty_nm=source.certified_uncertainty_nm,
        standard=standard,
    )
