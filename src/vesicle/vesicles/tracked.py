"""From the frames of a video, or from a table of tracks, to tracks relative to the liquid; or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vesicle.measurements import TrackTable, Trajectories, Video
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed, Warned
from vesicle.tracking.records import Detected, Linked
from vesicle.vesicles.drift import drift_of_table
from vesicle.vesicles.estimate import without_drift

MOST_OF_NOISE = 0.5
"""Share of the spots that noise alone may give; with more, sizes would be those of chance (house rule)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """The tracks of a source: as seen, and relative to the liquid; with spots and links where there are pixels.

    ``drift_px`` is the common displacement between a frame and the next, shape (frames - 1, 2).
    """

    seen_at: Trajectories
    still: Trajectories
    drift_px: FloatArray | NotAssessed
    detected: Detected | None
    linked: Linked | None
    longest_step_px: float | None

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What detection and linking doubt."""
        found = self.detected.warnings if self.detected is not None else ()
        return (*found, *(self.linked.warnings if self.linked is not None else ()))

    @property
    def times_shown(self) -> int:
        """How many frames of the file show the same picture."""
        return 1 if self.detected is None else self.detected.times_shown


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTracked:
    """Why nothing was followed, and what was noticed on the way."""

    reason: NotAssessed
    warnings: tuple[Warned, ...]


def track(source: Video | TrackTable, *, threshold_factor: float) -> Tracked | NotTracked:
    """The tracks of one source.

    Parameters
    ----------
    source : Video or TrackTable
        Its scale is not used.
    threshold_factor : float
        Multiplies the automatic threshold.

    Returns
    -------
    Tracked or NotTracked
        Not tracked where most spots are noise, or where nothing says when the pictures were taken.

    Raises
    ------
    ReadError
        When the pixels cannot be read.
    """
    if isinstance(source, TrackTable):
        return tracked_elsewhere(source.trajectories)
    from vesicle.tracking.detect import detect_spots
    from vesicle.tracking.link import link_spots
    from vesicle.tracking.records import DetectionSettings
    from vesicle.tracking.rhythm import in_time

    seen = detect_spots(source.frames, DetectionSettings(threshold_factor=threshold_factor))
    detected = in_time(seen, source.dropped)
    if isinstance(detected, NotAssessed):
        doubt = Warned(code="frame_times_unknown", message=f"Not sized: {detected.reason}.")
        return NotTracked(reason=detected, warnings=(*seen.warnings, doubt))
    detected = replace(detected, warnings=(*detected.warnings, *doubt_rate(detected, source.scale.fps)))
    noise = mostly_noise(detected)
    if noise is not None:
        return NotTracked(reason=noise, warnings=detected.warnings)
    linked = link_spots(detected)
    return Tracked(
        seen_at=linked.trajectories,
        still=without_drift(linked.trajectories, linked.drift_px),
        drift_px=linked.drift_px,
        detected=detected,
        linked=linked,
        longest_step_px=linked.range_px,
    )


def tracked_elsewhere(trajectories: Trajectories) -> Tracked:
    """Tracks that another program made, with the common flow taken off where they tell it.

    Parameters
    ----------
    trajectories : Trajectories
        As read.

    Returns
    -------
    Tracked
        Without spots.
    """
    drift = drift_of_table(trajectories)
    is_known = not isinstance(drift, NotAssessed)
    return Tracked(
        seen_at=trajectories,
        still=without_drift(trajectories, drift) if is_known else trajectories,
        drift_px=drift,
        detected=None,
        linked=None,
        longest_step_px=None,
    )


def mostly_noise(detected: Detected) -> NotAssessed | None:
    """Why spots cannot be taken for particles, where noise alone would give most of them.

    Parameters
    ----------
    detected : Detected
        Spots of all frames.

    Returns
    -------
    NotAssessed or None
        None where enough of them stand out.
    """
    found = len(detected.frame) / max(1, int(detected.is_searched.sum()))
    if detected.noise_spots <= MOST_OF_NOISE * found or not found:
        return None
    if detected.threshold_factor >= 1:
        return NotAssessed(
            f"noise alone would give about as many spots, {found:.2g} a frame; none stands out of it"
        )
    return NotAssessed(
        f"noise alone would give about {min(detected.noise_spots, found):.2g} of the {found:.2g} spots a frame at "
        f"{detected.threshold_factor:g} times the automatic threshold; leave out --threshold, or give a larger one"
    )


def doubt_rate(detected: Detected, fps: float | None) -> tuple[Warned, ...]:
    """What is believed of the frame rate of a file in which every picture stands several times.

    Parameters
    ----------
    detected : Detected
        Says how often.
    fps : float or None
        Frames per second of the file.

    Returns
    -------
    tuple of Warned
        Empty where every picture stands once.
    """
    times = detected.times_shown
    if times == 1 or fps is None:
        return ()
    message = (
        f"Every picture stands {times} times in the file, as when a program raises the frame rate; each is used "
        f"once, at {fps / times:.4g} pictures per second. If the camera took {fps:.4g}, give --fps {fps * times:.4g} "
        "(or fps under [video]), the frames per second of the file."
    )
    return (Warned(code="pictures_repeated", message=message),)


def in_frames_of_the_camera(source: Video | TrackTable, tracked: Tracked) -> Video | TrackTable:
    """The source with the frame rate at which its pictures were taken.

    Parameters
    ----------
    source : Video or TrackTable
        With the frame rate of its file.
    tracked : Tracked
        Says how often each picture is shown.

    Returns
    -------
    Video or TrackTable
        The same where each is shown once.
    """
    if tracked.times_shown == 1 or source.scale.fps is None:
        return source
    return replace(source, scale=replace(source.scale, fps=source.scale.fps / tracked.times_shown))
