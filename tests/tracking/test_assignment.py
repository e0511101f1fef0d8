"""Assignments against SciPy, and small cases that a person can check."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from vesicle.tracking.assignment import BID, assign, assign_by_bids, assign_in_groups


def best_total(gain):
    """The largest sum of gains when nobody has to take part, by SciPy."""
    rows = len(gain)
    wide = np.hstack([np.maximum(gain, 0), np.zeros((rows, rows))])
    row, column = linear_sum_assignment(wide, maximize=True)
    return wide[row, column].sum()


def total_of(gain, chosen):
    rows = np.flatnonzero(chosen >= 0)
    assert len(set(chosen[rows])) == len(rows)
    assert np.all(gain[rows, chosen[rows]] > 0)
    return gain[rows, chosen[rows]].sum()


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 2), (2, 6), (30, 30)])
def test_the_sum_of_gains_is_the_largest_that_there_is(shape):
    rng = np.random.default_rng(0)
    for _ in range(30):
        gain = rng.normal(1, 2, shape)
        assert total_of(gain, assign(gain)) == pytest.approx(best_total(gain))


def test_two_good_links_beat_one_better_one():
    gain = np.array([[5.0, 4.0], [4.0, -1e9]])
    assert assign(gain).tolist() == [1, 0]


@pytest.mark.parametrize("shape", [(1, 1), (4, 2), (90, 70), (70, 90)])
def test_bids_come_as_close_to_the_largest_sum_as_they_promise(shape):
    rng = np.random.default_rng(3)
    for _ in range(10):
        gain = np.where(rng.random(shape) < 0.2, rng.uniform(0.1, 9, shape), -1e9)
        rows, columns = np.nonzero(gain > 0)
        edges = np.column_stack([rows, columns]).astype(np.int64)
        chosen = assign_by_bids(edges, gain[rows, columns], *shape)
        assert total_of(gain, chosen) >= best_total(gain) - shape[0] * BID


@pytest.mark.parametrize("crowd", [3, 40])
def test_groups_give_the_same_as_all_together(crowd):
    rng = np.random.default_rng(1)
    for _ in range(20):
        gain = np.where(rng.random((crowd, crowd)) < 1.5 / crowd, rng.uniform(0.1, 9, (crowd, crowd)), -1e9)
        rows, columns = np.nonzero(gain > 0)
        edges = np.column_stack([rows, columns]).astype(np.int64)
        chosen = assign_in_groups(edges, gain[rows, columns], crowd, crowd)
        assert total_of(gain, chosen) == pytest.approx(best_total(gain))


def test_a_group_too_large_for_the_exact_way_is_still_assigned():
    rng = np.random.default_rng(2)
    gain = rng.uniform(0.1, 9, (130, 130))
    rows, columns = np.nonzero(gain > 0)
    chosen = assign_in_groups(np.column_stack([rows, columns]).astype(np.int64), gain.ravel(), 130, 130)
    assert total_of(gain, chosen) >= best_total(gain) - 130 * BID


def test_nothing_to_assign_is_no_error():
    assert assign_in_groups(np.empty((0, 2), np.int64), np.empty(0), 2, 3).tolist() == [-1, -1]
