"""Frame rates and lost frames from time stamps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.readers.video_times import Times, times_from


@given(
    st.integers(2, 300), st.sampled_from([24.0, 25.0, 30.0, 30000 / 1001, 60.0, 200.0]), st.integers(0, 10**6)
)
def test_stamps_rounded_to_milliseconds_bear_out_the_stated_rate(count, fps, start):
    stamps = [start + round(1000 * place / fps) for place in range(count)]
    found = times_from(stamps, tick_s=1e-3, fps=fps)
    assert found.fps == pytest.approx(fps, rel=0.02 if count < 30 else 0.001)
    assert (found.dropped, found.warnings) == ((), ())


@given(st.sets(st.integers(1, 58), max_size=12), st.permutations(range(6)))
def test_gaps_are_the_frames_that_were_lost_whatever_the_order_of_the_stamps(lost, order):
    stamps = [512 * place for place in range(60) if place not in lost]
    shuffled = [*[stamps[i] for i in order], *stamps[6:]]
    found = times_from(shuffled, tick_s=1 / 15360, fps=30.0)
    assert found == Times(fps=30.0, dropped=tuple(sorted(lost)))


def test_an_average_rate_that_counts_lost_frames_gives_way_to_the_stamps():
    stamps = [place for place in range(100) if place % 4 != 3]
    found = times_from(stamps, tick_s=0.02, fps=37.5)
    assert found.fps == pytest.approx(50.0)
    assert len(found.dropped) == 24


def test_a_stated_rate_of_twice_the_true_one_is_not_believed():
    assert times_from(range(0, 100, 2), tick_s=1 / 60, fps=60.0) == Times(fps=pytest.approx(30.0))


def test_uneven_stamps_are_said_and_give_the_mean_rate():
    moments = np.cumsum([0, 30, 70, 15, 90, 40, 33, 61]).tolist()
    found = times_from(moments, tick_s=1e-3, fps=25.0)
    assert [warned.code for warned in found.warnings] == ["frame_times_uneven"]
    assert found.fps == pytest.approx(7 / 0.339)
    assert found.dropped == ()


@pytest.mark.parametrize("stamps", [[], [5], [5, 5, 5], [0, None, 2, 3], [None, None]])
def test_without_usable_stamps_the_stated_rate_stands(stamps):
    assert times_from(stamps, tick_s=0.04, fps=25.0) == Times(fps=25.0)


def test_a_gap_as_long_as_the_video_is_no_list_of_lost_frames():
    found = times_from([0, 1, 2, 3, 10**9], tick_s=0.04, fps=25.0)
    assert found.dropped == ()
    assert [warned.code for warned in found.warnings] == ["frame_times_uneven"]
