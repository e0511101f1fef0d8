"""From a video, or a table of tracks, to a sized run: tracking, sizes, visible depth, number per volume."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from vesicle.analysis import Analysis, Inputs
from vesicle.errors import ReadError
from vesicle.events import Listener, Progressed, ignore
from vesicle.findings import RunSize, TrackingFinding
from vesicle.measurements import BEAD_ROLES, Scale, SizeRun, TrackTable, Video
from vesicle.results import NotAssessed, Provenance, Source, Warned
from vesicle.standards import CheckStandard
from vesicle.vesicles.estimate import TrackSizes, size_tracks
from vesicle.vesicles.positions import beside_the_vendors, tracks_of_run
from vesicle.vesicles.precision import USUAL_SIGMA_PX
from vesicle.vesicles.runs import Sized, not_sized, sized_run
from vesicle.vesicles.scales import Optics, completed, optics_of
from vesicle.vesicles.seen import Calibration, Seen, ceiling_of, evenly_seen, how_deep
from vesicle.vesicles.tracked import NotTracked, Tracked, in_frames_of_the_camera, track
from vesicle.vesicles.volume import calibrate

NO_PEAKS = "a table of tracks does not say how bright the particles were"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user chose for the videos of this run.

    ``scale`` beats what files and manifest state; ``threshold_factor`` multiplies the automatic threshold;
    ``seed`` is that of folds and resamples.
    """

    scale: Scale = field(default_factory=Scale)
    threshold_factor: float = 1.0
    seed: int = 0


def measure_videos(inputs: Inputs) -> TrackingFinding:
    """Every video, every table of tracks and every export with positions of the folder as a sized run.

    Parameters
    ----------
    inputs : Inputs
        With the videos among its measurements.

    Returns
    -------
    TrackingFinding
        Videos of beads with a certified diameter calibrate the depth of the others. An export with positions is
        there only when its scale is known; else its own sizes are all there is.
    """
    sources = (*inputs.all(Video), *inputs.all(TrackTable))
    standard = inputs.limits["C01"]
    calibration = _calibration(inputs.all(Video), Choices(), inputs.listen)
    filmed = (
        measure(source, Choices(), calibration=calibration, standard=standard, listen=inputs.listen)
        for source in sources
    )
    again = (
        measure_again(run, Choices(), standard=standard, listen=inputs.listen) for run in inputs.all(SizeRun)
    )
    runs = (*filmed, *(size for size in again if size is not None))
    return TrackingFinding(
        runs=runs,
        provenance=Provenance(
            files=tuple(size.run.files[0] for size in runs),
            reader=", ".join(dict.fromkeys(size.run.reader for size in runs)),
            method="spots above an automatic threshold, linked from frame to frame; exact likelihood of each "
            "track; mixture with smoothing chosen on tracks left out; number per volume by visible depth",
            source=Source(text="own derivations, checked on simulated videos", status="derived"),
        ),
    )


def measure(
    source: Video | TrackTable,
    choices: Choices,
    *,
    calibration: Calibration | NotAssessed | None,
    standard: CheckStandard,
    listen: Listener = ignore,
) -> RunSize:
    """One video or table of tracks as a sized run.

    Parameters
    ----------
    source : Video or TrackTable
        With its scale as far as it is known.
    choices : Choices
        What the user says on top.
    calibration : Calibration, NotAssessed or None
        Depth profile from beads, why they give none, or that there are none.
    standard : CheckStandard
        C01, for size standards.
    listen : callable, optional
        Called with events.

    Returns
    -------
    RunSize
        A run without a scale, or whose pixels cannot be read, has no result and says why.
    """
    source = replace(source, scale=_scale(source, choices))
    optics = optics_of(source.scale)
    if isinstance(optics, NotAssessed):
        return not_sized(source, optics, Warned(code="scale_missing", message=f"Not sized: {optics.reason}."))
    doing = "tracking" if isinstance(source, Video) else "sizing"
    listen(Progressed(step="analyse", what=f"{doing} {source.file.path}"))
    try:
        tracked = track(source, threshold_factor=choices.threshold_factor)
    except ReadError as error:
        return not_sized(source, NotAssessed(str(error)), Warned(code=error.code, message=str(error)))
    if isinstance(tracked, NotTracked):
        return not_sized(source, tracked.reason, *tracked.warnings)
    source = in_frames_of_the_camera(source, tracked)
    optics = optics_of(source.scale)
    assert isinstance(optics, Optics)  # what the scale lacked was said above
    sizes = _sizes(tracked, optics, choices)
    if isinstance(sizes, NotAssessed):
        return not_sized(source, sizes, *tracked.warnings, tracked=tracked)
    found = Sized(
        source=source,
        tracked=tracked,
        sizes=sizes,
        seen=_seen(tracked, sizes, calibration if isinstance(calibration, Calibration) else None),
        optics=optics,
        seed=choices.seed,
    )
    return sized_run(found, calibration=calibration, standard=standard)


def _scale(source: Video | TrackTable, choices: Choices) -> Scale:
    """The scale with what the user chose; positions that are lengths have no pixel to be told the size of."""
    scale = completed(source.scale, choices.scale)
    is_in_length = isinstance(source, TrackTable) and source.is_in_length
    return replace(scale, pixel_nm=source.scale.pixel_nm) if is_in_length else scale


def measure_again(
    run: SizeRun, choices: Choices, *, standard: CheckStandard, listen: Listener = ignore
) -> RunSize | None:
    """An export with positions sized from these, with the vendor's numbers beside.

    Parameters
    ----------
    run : SizeRun
        As read, with what the user states of the camera.
    choices : Choices
        Seed; the scale is that of the run.
    standard : CheckStandard
        C01, for size standards.
    listen : callable, optional
        Called with events.

    Returns
    -------
    RunSize or None
        None when the run has no positions or no complete scale, or no track is long enough.
    """
    table = tracks_of_run(run)
    if isinstance(table, NotAssessed):
        return None
    alone = replace(choices, scale=Scale())
    size = measure(table, alone, calibration=None, standard=standard, listen=listen)
    if size.run.status == "no_result":
        return None
    return replace(size, run=beside_the_vendors(size.run, run))


def calibration_from(video: Video, choices: Choices, *, beads_nm: float) -> Calibration | NotAssessed:
    """The depth profile of the instrument from one video of beads.

    Parameters
    ----------
    video : Video
        Of beads of one size.
    choices : Choices
        What the user says of the scale.
    beads_nm : float
        Their certified diameter.

    Returns
    -------
    Calibration or NotAssessed
        Not assessed without a scale and a temperature, or with too few beads.

    Raises
    ------
    ReadError
        When the pixels cannot be read.
    """
    video = replace(video, scale=completed(video.scale, choices.scale))
    optics = optics_of(video.scale)
    if isinstance(optics, NotAssessed):
        return optics
    tracked = track(video, threshold_factor=choices.threshold_factor)
    if isinstance(tracked, NotTracked):
        return tracked.reason
    optics = optics_of(in_frames_of_the_camera(video, tracked).scale)
    assert isinstance(optics, Optics)
    sizes = _sizes(tracked, optics, choices)
    if isinstance(sizes, NotAssessed) or tracked.detected is None:
        return NotAssessed(f"no bead was followed in {video.stem}")
    return calibrate(
        tracked.seen_at, tracked.detected, sizes, optics=optics, beads_nm=beads_nm, name=video.stem
    )


def _sizes(tracked: Tracked, optics: Optics, choices: Choices) -> TrackSizes | NotAssessed:
    detected = tracked.detected
    return size_tracks(
        tracked.still,
        optics,
        noise_grey=None if detected is None else detected.noise_grey,
        spot_sigma_px=USUAL_SIGMA_PX if detected is None else detected.spot_sigma_px,
        longest_step_px=tracked.longest_step_px,
        seed=choices.seed,
    )


def _seen(tracked: Tracked, sizes: TrackSizes, calibration: Calibration | None) -> Seen:
    if tracked.detected is None:
        return evenly_seen(sizes, NO_PEAKS)
    return how_deep(
        tracked.still, tracked.detected, sizes, calibration=calibration, ceiling=ceiling_of(tracked.still)
    )


def _calibration(
    videos: Iterable[Video], choices: Choices, listen: Listener
) -> Calibration | NotAssessed | None:
    """The depth profile from the first beads that give one, else why the last ones do not."""
    found: Calibration | NotAssessed | None = None
    for video, beads_nm in _of_beads(videos):
        listen(Progressed(step="analyse", what=f"calibrating with {video.file.path}"))
        try:
            found = calibration_from(video, choices, beads_nm=beads_nm)
        except ReadError as error:
            found = NotAssessed(str(error))
        if isinstance(found, Calibration):
            return found
    return found


def _of_beads(videos: Iterable[Video]) -> Iterator[tuple[Video, float]]:
    for video in videos:
        if video.certified_nm is not None and video.role in BEAD_ROLES:
            yield video, video.certified_nm


ANALYSIS = Analysis(
    name="videos", needs=(Video, TrackTable, SizeRun), gives=TrackingFinding, run=measure_videos
)
