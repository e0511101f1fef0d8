"""Tracks of particles whose paths are known: flow, gaps, crowds, slow and fast ones together."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.scenes import as_detected, particle_of, walkers, wrong_links

from vesicle.tracking.drift import remove_drift
from vesicle.tracking.link import link_spots, number_tracks

FASTEST, MIDDLE, SLOW = 4.9, 2.4, 0.5
"""Steps of particles of 50 and 200 nm, and of large ones, at 30 frames a second and 166 nm a pixel."""


def codes(linked):
    return {warning.code for warning in linked.warnings}


def steps_of(linked):
    tracks = remove_drift(linked.trajectories, linked.drift_px)
    one = (np.diff(tracks.track) == 0) & (np.diff(tracks.frame) == 1)
    return np.concatenate([np.diff(tracks.x_px)[one], np.diff(tracks.y_px)[one]])


@pytest.mark.parametrize("drift", [(0.0, 0.0), (4.0, 0.0), (-2.5, 3.0)])
@pytest.mark.parametrize(("a_frame", "most"), [(20, 0.02), (60, 0.04)])
def test_fast_particles_are_followed_in_any_flow(drift, a_frame, most):
    rows = walkers(frames=100, a_frame=a_frame, step_px=FASTEST, drift=drift, seed=1)
    linked = link_spots(as_detected(rows, frames=100))
    wrong, missed = wrong_links(rows, linked)
    assert wrong < most
    assert missed < most
    assert np.abs(linked.drift_px.mean(axis=0) - drift).max() < 0.35
    assert linked.range_px > 4.5 * FASTEST
    assert np.var(steps_of(linked)) == pytest.approx(FASTEST**2, rel=0.05)
    assert linked.warnings == ()


def test_a_crowd_of_fast_particles_costs_some_links():
    rows = walkers(frames=60, a_frame=120, step_px=FASTEST, drift=(4.0, 0.0), seed=2)
    wrong, missed = wrong_links(rows, link_spots(as_detected(rows, frames=60)))
    assert wrong < 0.08
    assert missed < 0.07


def test_brightness_tells_particles_apart_where_they_meet():
    rows = walkers(frames=60, a_frame=120, step_px=FASTEST, seed=3)
    rng = np.random.default_rng(0)
    own = rng.normal(3, 0.8, int(rows[:, 3].max()) + 1)[rows[:, 3].astype(int)]
    peak = np.exp(own + 0.15 * rng.standard_normal(len(rows)))
    with_it, _ = wrong_links(rows, link_spots(as_detected(rows, frames=60, peak=peak)))
    without, _ = wrong_links(rows, link_spots(as_detected(rows, frames=60)))
    assert with_it < 0.6 * without


def test_slow_and_fast_particles_keep_their_own_steps():
    rows = walkers(frames=150, a_frame=60, step_px=[FASTEST, SLOW], seed=4)
    linked = link_spots(as_detected(rows, frames=150))
    tracks = linked.trajectories
    is_slow = particle_of(rows, tracks) % 2 == 1
    one = (np.diff(tracks.track) == 0) & (np.diff(tracks.frame) == 1) & is_slow[1:] & is_slow[:-1]
    assert np.diff(tracks.x_px)[one].std() == pytest.approx(SLOW, rel=0.03)
    assert np.abs(np.diff(tracks.x_px)[one]).max() < 8 * SLOW
    assert wrong_links(rows, linked)[0] < 0.02


def test_the_range_follows_the_fastest_particles():
    ranges = []
    for step in (SLOW, MIDDLE, FASTEST):
        rows = walkers(frames=60, a_frame=40, step_px=step, seed=5)
        linked = link_spots(as_detected(rows, frames=60))
        assert step <= linked.step_px < 1.6 * step
        ranges.append(linked.range_px)
    assert ranges == sorted(ranges)


def test_a_drift_that_turns_is_followed():
    period = np.column_stack([3 * np.sin(np.arange(149) / 12), 2 * np.cos(np.arange(149) / 12)])
    rows = walkers(frames=150, a_frame=60, step_px=MIDDLE, seed=6)
    moved = np.vstack([np.zeros((1, 2)), np.cumsum(period, axis=0)])[rows[:, 0].astype(int)]
    rows[:, 1:3] += moved
    linked = link_spots(as_detected(rows, frames=150))
    assert np.std(linked.drift_px - period) < 0.4
    assert wrong_links(rows, linked)[0] < 0.02


def test_a_particle_that_is_missed_once_goes_on():
    rows = walkers(frames=80, a_frame=20, step_px=1.0, seed=7)
    seen = rows[np.random.default_rng(1).random(len(rows)) < 0.95]
    tracks = link_spots(as_detected(seen, frames=80)).trajectories
    gaps = np.diff(tracks.frame)[np.diff(tracks.track) == 0]
    assert set(gaps) == {1, 2}
    assert np.mean(gaps == 2) == pytest.approx(0.05, abs=0.02)
    without = link_spots(as_detected(seen, frames=80), memory=0).trajectories
    assert set(np.diff(without.frame)[np.diff(without.track) == 0]) == {1}
    assert without.count > tracks.count


def test_no_track_crosses_a_repeated_frame():
    rows = walkers(frames=40, a_frame=30, step_px=1.0, seed=8)
    rows = rows[rows[:, 0] != 20]
    linked = link_spots(as_detected(rows, frames=40, repeated=(20,)))
    tracks = linked.trajectories
    across = (np.diff(tracks.track) == 0) & (tracks.frame[:-1] < 20) & (tracks.frame[1:] > 20)
    assert not across.any()
    assert np.isfinite(linked.drift_error_px).all()


def test_every_spot_is_in_one_track_and_tracks_are_in_order():
    rows = walkers(frames=30, a_frame=30, step_px=2.0, seed=9)
    tracks = link_spots(as_detected(rows, frames=30, peak=np.arange(1.0, len(rows) + 1))).trajectories
    assert len(tracks.track) == len(rows)
    assert sorted(tracks.peak) == list(range(1, len(rows) + 1))
    assert np.array_equal(np.unique(tracks.track), np.arange(tracks.count))
    same = np.diff(tracks.track) == 0
    assert np.all(np.diff(tracks.track) >= 0)
    assert np.all(np.diff(tracks.frame)[same] > 0)


def test_the_largest_step_that_is_given_is_obeyed():
    rows = walkers(frames=40, a_frame=30, step_px=FASTEST, seed=10)
    linked = link_spots(as_detected(rows, frames=40), largest_step_px=6.0)
    tracks = remove_drift(linked.trajectories, linked.drift_px)
    one = (np.diff(tracks.track) == 0) & (np.diff(tracks.frame) == 1)
    assert np.hypot(np.diff(tracks.x_px), np.diff(tracks.y_px))[one].max() < 6.5
    assert linked.range_px <= 6.0
    assert "steps_exceed_range" in codes(linked)


@pytest.mark.parametrize("frames", [0, 1, 2, 9])
@pytest.mark.parametrize("spots", [0, 1])
def test_too_little_to_link_is_no_error(frames, spots):
    rows = np.zeros((spots if frames else 0, 4))
    linked = link_spots(as_detected(rows, frames=frames))
    assert linked.trajectories.count == len(rows)
    assert linked.drift_px.shape == linked.drift_error_px.shape == (max(0, frames - 1), 2)
    assert codes(linked) == ({"no_links"} if len(rows) else set())


def test_spots_far_apart_in_time_are_not_linked():
    rows = np.array([[0.0, 50, 50, 0], [30.0, 51, 50, 0]])
    linked = link_spots(as_detected(rows, frames=40))
    assert linked.trajectories.count == 2
    assert codes(linked) == {"no_links"}


def test_spots_that_stand_still_are_linked_without_a_step():
    rows = np.array([[k, x, 100.0, n] for k in range(20) for n, x in enumerate((50.0, 90.0, 300.0))])
    linked = link_spots(as_detected(rows, frames=20))
    assert linked.trajectories.count == 3
    assert np.abs(linked.drift_px).max() < 1e-3


def test_tracks_are_numbered_as_they_begin():
    assert number_tracks(np.array([-1, -1, 1, 0, -1, 2])).tolist() == [0, 1, 1, 0, 2, 1]


def test_a_crowd_too_dense_for_its_steps_is_told():
    rows = walkers(frames=30, a_frame=500, step_px=FASTEST, seed=11)
    linked = link_spots(as_detected(rows, frames=30))
    assert "steps_exceed_range" in codes(linked)


def test_an_unlucky_height_of_zero_is_no_error():
    rows = walkers(frames=20, a_frame=20, step_px=1.0, seed=12)
    found = as_detected(rows, frames=20)
    linked = link_spots(replace(found, peak=np.zeros_like(found.peak)))
    assert wrong_links(rows, linked)[0] < 0.01
