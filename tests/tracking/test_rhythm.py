"""Frames that repeat or are missing: when the pictures of a video were taken, or that nobody can say."""

from dataclasses import replace

import numpy as np
import pytest

from vesicle.results import NotAssessed, Warned
from vesicle.tracking.link import link_spots
from vesicle.tracking.records import Detected
from vesicle.tracking.rhythm import in_time

PICTURES = 60


def detected(order):
    """A spot that steps by a pixel from picture to picture, in a file that shows the pictures in this order."""
    order = np.asarray(order)
    repeated = np.flatnonzero(np.diff(order, prepend=-1) == 0)
    frame = np.setdiff1d(np.arange(len(order)), repeated)
    return Detected(
        frame=frame,
        x_px=order[frame] + 20.0,
        y_px=np.full(len(frame), 50.0),
        peak=np.full(len(frame), 20.0),
        is_saturated=np.zeros(len(frame), np.bool_),
        frames=len(order),
        height_px=100,
        width_px=200,
        margin_px=3,
        threshold=8.0,
        threshold_factor=1.0,
        noise_grey=2.0,
        level_grey=24.0,
        spot_sigma_px=1.5,
        polarity="bright",
        repeated=tuple(repeated.tolist()),
        warnings=(Warned(code="frames_repeated", message=""),) if len(repeated) else (),
    )


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 0), (0, 1)])
def test_pictures_that_all_stand_equally_often_are_used_once_in_even_time(times, first, last):
    """A cut at either end may take some of the copies of one picture."""
    order = np.repeat(np.arange(PICTURES), times)[first : times * PICTURES - last]
    found = in_time(detected(order))
    assert (found.frames, found.times_shown, found.repeated) == (PICTURES, times, ())
    assert found.x_px.tolist() == (found.frame + 20.0).tolist()
    assert np.all(order[found.stored] == np.arange(PICTURES))
    assert found.warnings == ()


def test_one_repeat_in_a_few_frames_shows_no_rule():
    assert isinstance(in_time(detected([0, 1, 1, 2])), NotAssessed)


def test_a_video_without_repeats_is_left_as_it_is():
    seen = detected(np.arange(PICTURES))
    assert in_time(seen) is seen


@pytest.mark.parametrize("every", [3, 5, 24])
def test_regular_repeats_of_some_pictures_are_refused_since_they_have_two_readings(every):
    """A frame rate was raised by so much, or each frame at that distance was lost; sizes differ by that share."""
    order = np.arange(8 * every) * (every - 1) // every
    found = in_time(detected(order))
    assert isinstance(found, NotAssessed)
    assert f"at every {every}th frame" in found.reason


def test_few_irregular_repeats_are_frames_that_were_lost_and_filled():
    order = np.arange(200)
    for place in (20, 37, 90, 91, 133, 160):
        order[place] = order[place - 1]
    seen = detected(order)
    assert in_time(seen) is seen


def test_many_irregular_repeats_are_refused():
    order = np.repeat(np.arange(90), np.random.default_rng(1).integers(1, 4, 90))
    assert "at no regular distance" in in_time(detected(order)).reason


@pytest.mark.parametrize("place", ["beginning", "middle", "end"])
def test_one_long_stop_of_a_recording_is_no_reason_to_refuse_it(place):
    times = np.ones(PICTURES, dtype=int)
    times[{"beginning": 0, "middle": 30, "end": -1}[place]] = 50
    seen = detected(np.repeat(np.arange(PICTURES), times))
    assert in_time(seen) is seen


def test_a_video_of_one_picture_has_no_time():
    assert in_time(detected(np.zeros(30, dtype=int))).reason == "all 30 frames are the same picture"


def test_frames_that_the_file_lacks_have_a_place_in_time_and_no_number_in_the_file():
    order = np.arange(10)
    found = in_time(detected(order), (2, 5, 6))
    assert found.frame.tolist() == [0, 1, 3, 4, 7, 8, 9, 10, 11, 12]
    assert (found.frames, found.repeated) == (13, (2, 5, 6))
    assert found.stored[found.frame].tolist() == list(range(10))
    assert found.stored[[2, 5, 6]].tolist() == [-1, -1, -1]
    assert np.flatnonzero(~found.is_searched).tolist() == [2, 5, 6]


def test_repeats_keep_their_places_beside_frames_that_the_file_lacks():
    order = np.arange(PICTURES)
    order[30] = 29
    found = in_time(detected(order), (10,))
    assert found.repeated == (10, 31)


def test_pictures_that_stand_twice_in_a_file_that_also_lacks_frames_are_refused():
    """The copies of a lost one are lost too, or not; nobody can say."""
    assert isinstance(in_time(detected(np.repeat(np.arange(PICTURES), 2)), (7,)), NotAssessed)


def test_no_step_is_made_across_a_frame_that_the_file_lacks():
    """Such a step takes twice the time, and would make the particle look half as large."""
    seen = detected(np.arange(PICTURES))
    assert link_spots(replace(seen)).trajectories.count == 1
    parted = link_spots(in_time(seen, (20, 40))).trajectories
    assert parted.count == 3
    assert np.all(np.diff(parted.frame)[np.diff(parted.track) == 0] == 1)
