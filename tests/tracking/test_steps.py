"""Steps and flow from all pairs of spots, before any is linked."""

import numpy as np
import pytest
from tests.tracking.scenes import as_detected, walkers

from vesicle.tracking.beliefs import points_of
from vesicle.tracking.link import in_order
from vesicle.tracking.steps import (
    count_displacements,
    count_distances,
    densest,
    first_drift,
    step_grid,
    steps_of_pairs,
)


def points(rows, *, frames):
    return points_of(in_order(as_detected(rows, frames=frames)), np.zeros((frames - 1, 2)))


@pytest.fixture(scope="module")
def walk():
    return points(walkers(frames=60, a_frame=60, step_px=4.9, drift=(4.0, -3.0), seed=1), frames=60)


def test_pairs_are_counted_as_numpy_counts_them(walk):
    reach, counts = 24, np.zeros((49, 49))
    distances = []
    for k in range(3):
        now, then = (slice(walk.first[j], walk.first[j + 1]) for j in (k, k + 1))
        dx = (walk.x[then] - walk.x[now][:, None]).ravel()
        dy = (walk.y[then] - walk.y[now][:, None]).ravel()
        near = (np.abs(dx) < reach) & (np.abs(dy) < reach)
        np.add.at(counts, (np.rint(dy[near]).astype(int) + reach, np.rint(dx[near]).astype(int) + reach), 1)
        distances.append(np.hypot(dx, dy))
    assert np.array_equal(count_displacements(walk, 3, reach)[0], counts)
    few = walk._replace(first=walk.first[:5])
    expected = np.histogram(np.concatenate(distances), bins=np.arange(0, 30.25, 0.25))[0]
    assert np.array_equal(count_distances(few._replace(first=walk.first[:5]), 0.25, 120).round(), expected)


def test_the_flow_is_seen_in_every_window(walk):
    drift = first_drift(walk)
    assert drift.shape == (59, 2)
    assert np.abs(drift - (4.0, -3.0)).max() < 1.5
    assert np.abs(drift.mean(axis=0) - (4.0, -3.0)).max() < 0.4


def test_too_few_spots_have_no_flow():
    assert first_drift(points(np.zeros((1, 4)), frames=1)).shape == (0, 2)
    assert first_drift(points(np.array([[0.0, 5, 5, 0], [3.0, 9, 9, 0]]), frames=9)).tolist() == [[0, 0]] * 8
    assert densest(np.zeros((5, 5), np.float32)).tolist() == [0, 0]


def test_steps_are_told_from_pairs_of_strangers():
    mixed = points(walkers(frames=80, a_frame=60, step_px=[0.6, 4.9], seed=2), frames=80)
    grid = step_grid(40.0)
    share = steps_of_pairs(mixed, grid, range_px=40.0)
    assert share.sum() == pytest.approx(1)
    assert share[(grid > 0.4) & (grid < 0.9)].sum() == pytest.approx(0.5, abs=0.12)
    assert share[grid > 3.0].sum() == pytest.approx(0.5, abs=0.12)


def test_the_grid_holds_what_the_range_allows():
    grid = step_grid(22.5)
    assert grid[-1] == pytest.approx(5)
    assert np.all(np.diff(np.log(grid)) < 0.4)
    assert len(step_grid(0.01)) >= 2
