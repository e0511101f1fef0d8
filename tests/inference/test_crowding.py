"""What brighter spots hide is told by the pairs that are missing: held against fields with holes of known size."""

from functools import lru_cache

import numpy as np
import pytest

from vesicle.inference.crowding import Field, crowding_in, hidden_over_rule, open_everywhere
from vesicle.inference.visibility import Visibility

WIDTH, HEIGHT, SIGMA, FRAMES = 1600, 900, 4.0, 300


def radius(ratio):
    return SIGMA * np.maximum(2.8, 2.5 * np.cbrt(ratio))


@lru_cache
def field(*, excess, per_frame=360, top=30.0, seed=1):
    """Spots of many peaks anywhere, less those in the holes of brighter ones, with the peaks before the loss."""
    rng = np.random.default_rng(seed)
    columns, before = [], []
    for frame in range(FRAMES):
        count = rng.poisson(per_frame)
        x, y = rng.random(count) * WIDTH, rng.random(count) * HEIGHT
        peak = np.exp(rng.random(count) * np.log(top))
        ratio = peak[:, None] / peak[None]
        away = np.hypot(x[:, None] - x, y[:, None] - y)
        is_hidden = ((ratio > 1) & (away < np.sqrt(excess) * radius(ratio))).any(axis=0)
        columns.append(np.stack((np.full(count, frame), x, y, peak))[:, ~is_hidden])
        before.append(peak)
    at, x, y, peak = np.concatenate(columns, axis=1)
    found = Field(
        frame=at.astype(np.int64),
        x_px=x,
        y_px=y,
        peak=peak,
        frames=FRAMES,
        area_px=float(WIDTH * HEIGHT),
        sigma_px=SIGMA,
    )
    return found, np.concatenate(before)


@pytest.mark.parametrize("excess", [1.2, 2.0])
def test_the_area_that_is_hidden_is_found_from_what_is_left(excess):
    found, _ = field(excess=excess)
    assert hidden_over_rule(found) == pytest.approx(excess, rel=0.2)


def test_spots_over_the_open_share_are_those_before_the_loss():
    found, before = field(excess=2.0)
    crowding = crowding_in(found)
    for low, high in ((1, 2), (2, 5), (5, 30)):
        inside = (found.peak >= low) & (found.peak < high)
        were = np.count_nonzero((before >= low) & (before < high))
        counted = np.sum(1 / crowding.open_share(np.log(found.peak[inside])))
        assert counted == pytest.approx(were, rel=0.1)
    assert np.count_nonzero(found.peak < 2) < 0.85 * np.count_nonzero(before < 2)  # there was a loss


def test_spots_that_keep_together_hide_no_less_than_the_rule_says():
    found, _ = field(excess=1.0, per_frame=20)
    twice = np.repeat(np.arange(len(found.peak)), 2)
    shifted = np.tile([0.0, 16.0], len(found.peak))
    together = Field(
        frame=found.frame[twice],
        x_px=found.x_px[twice] + shifted,
        y_px=found.y_px[twice],
        peak=found.peak[twice] * np.tile([1.0, 0.7], len(found.peak)),
        frames=FRAMES,
        area_px=found.area_px,
        sigma_px=SIGMA,
    )
    assert hidden_over_rule(together) == 1.0


def test_without_spots_or_with_one_frame_nothing_is_measured():
    found, _ = field(excess=2.0)
    first = np.flatnonzero(found.frame == 0)
    empty = np.empty(0, np.int64)
    for rows, share in ((empty, 1.0), (first, None)):
        alone = Field(
            frame=found.frame[rows],
            x_px=found.x_px[rows],
            y_px=found.y_px[rows],
            peak=found.peak[rows],
            frames=1,
            area_px=found.area_px,
            sigma_px=SIGMA,
        )
        crowding = crowding_in(alone)
        assert crowding.excess == 1.0
        if share is not None:
            assert crowding.open_share(np.array([0.0, 3.0])).tolist() == [share, share]


def test_an_open_field_leaves_the_depth_as_it_is_and_a_crowded_one_takes_most_from_the_faint():
    sizes = np.log(np.array([60.0, 100.0, 200.0]))
    fit = Visibility(knots=sizes, peaks=np.array([1.5, 3.0, 5.5]), spread=0.1, shape=0.02)
    depth = fit.depth(sizes, 1.0)
    assert open_everywhere().open_depth(fit, sizes, 1.0) == pytest.approx(depth)
    crowding = crowding_in(field(excess=2.0)[0])
    share = crowding.open_depth(fit, sizes, 1.0) / depth
    assert np.all(np.diff(share) > 0)
    assert share[0] < 0.9
    assert np.all(share > crowding.open_share(np.zeros(1)))
