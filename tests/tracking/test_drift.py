"""The common displacement: seen through noise, never removed more than once."""

import numpy as np
import pytest

from vesicle.measurements.video import Trajectories
from vesicle.tracking.drift import drift_from_steps, position_of_drift, remove_drift, smooth_walk


def steps_around(drift, *, a_frame, spread, seed=0):
    rng = np.random.default_rng(seed)
    frame = np.repeat(np.arange(len(drift)), a_frame)
    return drift[frame] + spread * rng.standard_normal(len(frame)), frame


def test_a_steady_drift_is_averaged_over_the_whole_video():
    steps, frame = steps_around(np.full(300, 2.5), a_frame=20, spread=5.0)
    drift, error = drift_from_steps(steps, frame, np.zeros(300))
    assert np.ptp(drift) < 0.2
    assert abs(drift.mean() - 2.5) < 3 * 5.0 / np.sqrt(6000)
    assert error.mean() == pytest.approx(5.0 / np.sqrt(6000), rel=1.0)


def test_a_drift_that_changes_is_followed():
    true = 3 * np.sin(np.arange(400) / 15)
    steps, frame = steps_around(true, a_frame=40, spread=1.0)
    drift, error = drift_from_steps(steps, frame, np.zeros(400))
    assert np.std(drift - true) < 0.8 / np.sqrt(40)
    assert np.std(drift - true) == pytest.approx(np.sqrt(np.mean(error**2)), rel=0.3)


def test_false_links_hardly_move_the_drift():
    steps, frame = steps_around(np.full(200, 1.0), a_frame=30, spread=1.0)
    steps[::20] += 12.0
    drift, _ = drift_from_steps(steps, frame, np.zeros(200))
    assert drift.mean() == pytest.approx(1.0, abs=0.1)


def test_frames_without_links_take_the_drift_of_their_neighbours():
    steps, frame = steps_around(np.full(50, 4.0), a_frame=10, spread=0.5)
    some = (frame < 20) | (frame > 30)
    drift, error = drift_from_steps(steps[some], frame[some], np.zeros(50))
    assert np.abs(drift - 4).max() < 0.3
    assert np.isfinite(error).all()


def test_no_link_at_all_means_no_drift_and_no_knowledge():
    drift, error = drift_from_steps(np.empty(0), np.empty(0, int), np.ones(7))
    assert drift.tolist() == [0.0] * 7
    assert np.isinf(error).all()


def test_a_smoothed_walk_is_that_of_linear_algebra():
    """The same posterior mean from the precision matrix of the whole course."""
    rng = np.random.default_rng(1)
    seen, variance, agility = rng.normal(0, 2, 12), rng.uniform(0.5, 2, 12), 0.3
    variance[4] = np.inf
    walk = np.diff(np.eye(12), axis=0)
    precision = walk.T @ walk / agility + np.diag(1 / variance)
    mean, error2, _ = smooth_walk(seen, variance, agility)
    assert np.allclose(mean, np.linalg.solve(precision, seen / variance))
    assert np.allclose(error2, np.diag(np.linalg.inv(precision)))


def test_the_likelihood_of_a_walk_peaks_at_its_own_agility():
    rng = np.random.default_rng(2)
    course = np.cumsum(0.5 * rng.standard_normal(3000))
    seen, variance = course + rng.standard_normal(3000), np.ones(3000)
    agilities = [0.01, 0.0625, 0.25, 1.0, 4.0]
    assert max(agilities, key=lambda agility: smooth_walk(seen, variance, agility)[2]) == 0.25


def tracks():
    return Trajectories(
        track=np.array([0, 0, 0, 1, 1]),
        frame=np.array([0, 1, 3, 2, 3]),
        x_px=np.array([5.0, 6.0, 9.0, 1.0, 2.0]),
        y_px=np.zeros(5),
    )


def test_drift_is_removed_from_where_the_video_began():
    drift = np.array([[1.0, 0.5], [2.0, 0.0], [0.5, -1.0]])
    still = remove_drift(tracks(), drift)
    assert still.x_px.tolist() == [5.0, 5.0, 5.5, -2.0, -1.5]
    assert still.y_px.tolist() == [0.0, -0.5, 0.5, -0.5, 0.5]
    assert position_of_drift(drift).shape == (4, 2)


def test_removing_the_drift_of_nothing_is_nothing():
    empty = Trajectories(track=np.empty(0, int), frame=np.empty(0, int), x_px=np.empty(0), y_px=np.empty(0))
    assert len(remove_drift(empty, np.zeros((0, 2))).x_px) == 0
