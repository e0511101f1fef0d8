"""Runs whose instrument lists the positions of its tracks: they are sized again, as a table of tracks is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vesicle.measurements import Scale, SizeRun, SizeTracks, TrackTable, Trajectories, VendorSummary
from vesicle.measurements.sizing import FloatArray, frozen, read_only
from vesicle.results import NotAssessed, Warned
from vesicle.vesicles.scales import completed, optics_of

_REPRODUCED = ("d10_nm", "d50_nm", "d90_nm", "mean_nm", "sd_nm", "tracks")


def tracks_of_run(run: SizeRun) -> TrackTable | NotAssessed:
    """The positions of a sizing run as a table of tracks: same file, sample, role, dilution and settings.

    Parameters
    ----------
    run : SizeRun
        Of an export that lists positions, such as NanoSight's AllTracks; with the scale that the user states.

    Returns
    -------
    TrackTable or NotAssessed
        Not assessed without positions, or while pixel size, frame rate or temperature is not known: the
        instrument's sizes then stand alone. Tracks that it left out of its distribution are there too.
    """
    scale = _scale(run)
    if scale is None or run.tracks is None:
        return NotAssessed("the file lists no positions")
    optics = optics_of(scale)
    if isinstance(optics, NotAssessed):
        return optics
    if isinstance(optics.mobility_um2_s_nm, NotAssessed):
        return optics.mobility_um2_s_nm
    found = _trajectories(run.tracks)
    if isinstance(found, NotAssessed):
        return found
    return TrackTable(
        file=run.files[0],
        reader=run.reader,
        stem=run.stem,
        sample=run.sample,
        trajectories=found,
        label=run.label,
        role=run.role,
        scale=scale,
        dilution=run.dilution,
        declared_dilution=run.declared_dilution,
        acquired=run.acquired,
        settings=run.settings,
        instrument=run.instrument,
        software=run.software,
        warnings=run.warnings,
    )


def _scale(run: SizeRun) -> Scale | None:
    """What the user states, completed by what the file does; None for a run without positions."""
    if run.scale is None:
        return None
    return completed(Scale(temperature_c=run.temperature_c, viscosity_mpas=run.viscosity_mpas), run.scale)


def _trajectories(tracks: SizeTracks) -> Trajectories | NotAssessed:
    if tracks.track is None or tracks.frame is None or tracks.x_px is None or tracks.y_px is None:
        return NotAssessed("the file lists no positions")
    order = np.lexsort((tracks.frame, tracks.track))
    return Trajectories(
        track=read_only(tracks.track[order]),
        frame=read_only(tracks.frame[order]),
        x_px=frozen(tracks.x_px[order]),
        y_px=frozen(tracks.y_px[order]),
    )


def not_sized_again(run: SizeRun) -> tuple[Warned, ...]:
    """Why the positions of a run were not used, where the user states a part of what they need.

    Parameters
    ----------
    run : SizeRun
        Any.

    Returns
    -------
    tuple of Warned
        Empty where nothing is stated of the camera, or all that is needed.
    """
    if run.scale is None or run.scale.pixel_nm is None:
        return ()
    found = tracks_of_run(run)
    if not isinstance(found, NotAssessed):
        return ()
    message = f"The positions of its tracks were not sized again: {found.reason}."
    return (Warned(code="not_sized_again", message=message),)


def beside_the_vendors(ours: SizeRun, theirs: SizeRun) -> SizeRun:
    """Our run with what the instrument says of the same tracks.

    Parameters
    ----------
    ours : SizeRun
        As it was sized again.
    theirs : SizeRun
        As read.

    Returns
    -------
    SizeRun
        With the vendor's numbers; where the file prints none, those of its diameters of the included tracks.
    """
    message = (
        "Sized again from the positions of the tracks; the vendor's numbers are those of its own diameters."
    )
    return replace(
        ours,
        files=theirs.files,
        vendor=_summary(theirs),
        quality=theirs.quality,
        scale=theirs.scale,
        warnings=(*ours.warnings, Warned(code="sized_again", message=message)),
    )


def _summary(run: SizeRun) -> VendorSummary:
    if run.tracks is None or not run.tracks.included.any():
        return run.vendor
    return _of_diameters(run.tracks.diameter_nm[run.tracks.included])


def _of_diameters(diameter_nm: FloatArray) -> VendorSummary:
    d10, d50, d90 = (float(q) for q in np.quantile(diameter_nm, [0.1, 0.5, 0.9]))
    return VendorSummary(
        d10_nm=d10,
        d50_nm=d50,
        d90_nm=d90,
        mean_nm=float(diameter_nm.mean()),
        sd_nm=float(diameter_nm.std()),
        tracks=len(diameter_nm),
        reproduced=_REPRODUCED,
    )
