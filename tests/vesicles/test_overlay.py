"""The picture of a video's tracking: its frame, its spots and the paths that can be checked against them."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.scenes import Stack

from vesicle.tracking.link import link_spots
from vesicle.tracking.records import Detected
from vesicle.tracking.rhythm import in_time
from vesicle.vesicles.overlay import tracked_video

FRAMES, SHAPE = 40, (100, 120)
SPANS = {10: (0, 39), 30: (0, 12), 50: (5, 30), 70: (25, 39), 90: (19, 23)}
"""First and last frame of the particle at each height."""


def detected(frames=FRAMES):
    """Five particles, each walking to the right at its own height while it is seen."""
    rows = [(f, 10.0 + 2 * f, float(y)) for y, (first, last) in SPANS.items() for f in range(first, last + 1)]
    frame, x, y = (np.array(column) for column in zip(*sorted(rows), strict=True))
    return Detected(
        frame=frame.astype(np.int64),
        x_px=x,
        y_px=y,
        peak=np.full(len(frame), 20.0),
        is_saturated=np.zeros(len(frame), np.bool_),
        frames=frames,
        height_px=SHAPE[0],
        width_px=SHAPE[1],
        margin_px=3,
        threshold=8.0,
        threshold_factor=1.0,
        noise_grey=2.0,
        level_grey=24.0,
        spot_sigma_px=1.5,
        polarity="bright",
    )


def numbered(frames):
    """Frames whose brightest row is their number."""
    pixels = np.zeros((frames, *SHAPE), np.uint8)
    pixels[np.arange(frames), np.arange(frames) % SHAPE[0]] = 200
    return Stack(pixels)


def picture(found, frames):
    linked = link_spots(found, largest_step_px=6.0)
    used = np.arange(linked.trajectories.count)
    return tracked_video(frames, found, linked, used=used, pixel_nm=166.0, settings=())


def test_only_paths_of_tracks_that_are_seen_in_the_frame_are_drawn_the_longest_first():
    found = picture(detected(), numbered(FRAMES))
    here = {float(y) for y, (first, last) in SPANS.items() if first <= found.overlay.frame <= last}
    assert [float(path[0]) for path in found.tracks.y_px] == sorted(
        here, key=lambda y: SPANS[int(y)][0] - SPANS[int(y)][1]
    )
    assert len(here) < found.tracks.total == len(SPANS)
    ends = {
        (x, y)
        for xs, ys in zip(found.tracks.x_px, found.tracks.y_px, strict=True)
        for x, y in zip(xs, ys, strict=True)
    }
    assert set(zip(found.overlay.x_px, found.overlay.y_px, strict=True)) <= ends


@pytest.mark.parametrize("dropped", [(3,), (3, 21, 22)])
def test_the_frame_shown_is_that_of_its_spots_when_the_file_lacks_some(dropped):
    found = in_time(detected(), dropped)
    shown = picture(found, numbered(FRAMES))
    row = int(np.argmax(shown.overlay.grey.max(axis=1)))
    assert row == found.stored[shown.overlay.frame] != shown.overlay.frame
    assert np.all((shown.overlay.x_px - 10) / 2 == row)
    assert len(shown.spots_per_frame) == FRAMES


def test_the_frame_shown_is_that_of_its_spots_when_every_picture_stands_twice():
    seen = replace(detected(2 * FRAMES), frame=2 * detected().frame, repeated=tuple(range(1, 2 * FRAMES, 2)))
    shown = picture(in_time(seen), numbered(2 * FRAMES))
    assert int(np.argmax(shown.overlay.grey.max(axis=1))) == 2 * shown.overlay.frame
    assert shown.frames == FRAMES == len(shown.spots_per_frame)
