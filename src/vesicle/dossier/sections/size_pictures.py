"""What can be seen of a tracked video: one frame with its spots and tracks, and the drift that was removed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from vesicle.dossier.blocks import Axis, Block, Circles, Figure, Line, Paths, Picture, ScaleBar, Text
from vesicle.dossier.numbers import format_quantity
from vesicle.findings import FrameOverlay, RunSize, SizeFinding, TrackedVideo, TrajectoryEstimate
from vesicle.results import NotAssessed

PICTURED_OF_SAMPLE, PICTURED_OF_OTHERS, MOST_PICTURED = 2, 1, 6
"""Videos drawn of each sample, of each standard or blank, and in a dossier; those with warnings are drawn too."""

_WIDEST_BAR = 0.25


def picture_blocks(sizes: SizeFinding) -> Iterator[Block]:
    """A frame and the drift of the first videos of each sample, and of those with warnings.

    Parameters
    ----------
    sizes : SizeFinding
        All runs.

    Yields
    ------
    Block
        Nothing without a video; a sentence names the videos that are not drawn.
    """
    drawn = pictured(sizes)
    left_out: list[str] = []
    for index, size in enumerate(sizes.runs):
        if size.estimate is None or size.estimate.video is None:
            continue
        if index in drawn:
            number = drawn.index(index) + 1
            yield _picture(f"frame-{number}", size, size.estimate.video)
            yield _drift(f"drift-{number}", size, size.estimate, size.estimate.video)
        else:
            left_out.append(size.run.stem)
    if left_out:
        yield Text(
            text=f"Not drawn, to keep the page short: {', '.join(left_out)}. Their numbers are in the tables."
        )


def pictured(sizes: SizeFinding) -> tuple[int, ...]:
    """The videos of which a frame is drawn.

    Parameters
    ----------
    sizes : SizeFinding
        All runs.

    Returns
    -------
    tuple of int
        Their places among the runs: the first of each sample and those with warnings, at most six, in order.
    """
    filmed = [index for index, size in enumerate(sizes.runs) if size.estimate and size.estimate.video]
    seen, first = Counter[str](), list[int]()
    for index in filmed:
        run = sizes.runs[index].run
        seen[run.sample] += 1
        if seen[run.sample] <= (PICTURED_OF_SAMPLE if run.role == "sample" else PICTURED_OF_OTHERS):
            first.append(index)
    doubtful = [index for index in filmed if index not in first and sizes.runs[index].warnings]
    return tuple(sorted([*first, *doubtful][:MOST_PICTURED]))


def scale_bar(pixel_nm: float, columns: int) -> ScaleBar:
    """A round length of at most a quarter of a frame's width.

    Parameters
    ----------
    pixel_nm : float
        Side of a pixel in the sample, positive.
    columns : int
        Width of the frame in pixels.

    Returns
    -------
    ScaleBar
        1, 2 or 5 times a power of ten, in um.

    Examples
    --------
    >>> scale_bar(166.0, 640).length_um
    20.0
    """
    room_um = _WIDEST_BAR * columns * pixel_nm / 1000
    power = 10.0 ** math.floor(math.log10(room_um))
    fitting = (multiple * power for multiple in (2.0, 5.0) if multiple * power <= room_um)
    length_um = max(fitting, default=power)
    return ScaleBar(length_um=length_um, length_px=length_um * 1000 / pixel_nm)


def _picture(picture_id: str, size: RunSize, video: TrackedVideo) -> Picture:
    overlay, tracks = video.overlay, video.tracks
    used = int(overlay.is_tracked.sum())
    ground = (
        "bright spots on a dark ground" if video.polarity == "bright" else "dark spots on a bright ground"
    )
    return Picture(
        id=picture_id,
        title=f"Spots and tracks of {size.run.stem}",
        caption="The line through a spot is the path of its track over the whole video, as recorded: drift is not "
        "removed. A spot without a line was seen too briefly, or at the edge, and gives no size.",
        summary=f"Frame {overlay.frame + 1} of {video.frames}, {ground}: {len(overlay.x_px)} spots were found, "
        f"{used} of them belong to a track that was used; {len(tracks.x_px)} of the video's {tracks.total} tracks "
        "are drawn.",
        grey=overlay.grey,
        circles=tuple(_circles(overlay)),
        paths=(
            Paths(label="tracks through this frame", x_px=tracks.x_px, y_px=tracks.y_px, total=tracks.total),
        ),
        scale_bar=scale_bar(overlay.pixel_nm, overlay.grey.shape[1]) if overlay.pixel_nm else None,
    )


def _circles(overlay: FrameOverlay) -> Iterator[Circles]:
    is_used = overlay.is_tracked
    radius = overlay.spot_radius_px
    yield Circles(
        label="spots of a track that was used",
        x_px=overlay.x_px[is_used],
        y_px=overlay.y_px[is_used],
        radius_px=radius,
    )
    if not is_used.all():
        yield Circles(
            label="other spots",
            x_px=overlay.x_px[~is_used],
            y_px=overlay.y_px[~is_used],
            radius_px=radius,
            tone="faint",
        )


def _drift(figure_id: str, size: RunSize, estimate: TrajectoryEstimate, video: TrackedVideo) -> Figure:
    frame = np.arange(2.0, len(video.drift_px) + 2)
    mean = format_quantity(estimate.drift_px_per_frame, "px per frame")
    what = (
        f"the drift is {mean}"
        if isinstance(estimate.drift_px_per_frame, NotAssessed)
        else f"it is {mean} on average"
    )
    return Figure(
        id=figure_id,
        title=f"Drift in {size.run.stem}",
        caption="Common displacement of all particles from one frame to the next, smoothed in time. It was removed "
        "from the tracks before any size was computed.",
        summary=f"Drift of the liquid or the stage, frame by frame: {what}.",
        x=Axis(title="Frame"),
        y=Axis(title="Displacement", unit="px per frame"),
        lines=tuple(
            Line(label=label, x=frame, y=video.drift_px[:, axis])
            for axis, label in enumerate(("to the right", "downwards"))
        ),
    )
