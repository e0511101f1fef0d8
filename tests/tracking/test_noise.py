"""Noise of a video and the threshold that follows; what stands still."""

import numpy as np
import pytest
from tests.tracking.scenes import camera, gaussians

from vesicle.tracking.filters import noise_gain, smoothing_taps
from vesicle.tracking.learning import NOWHERE, noise_of_width
from vesicle.tracking.noise import (
    clipped_spread,
    height_at,
    limit_of,
    lower_spread,
    measure_noise,
    noise_by_level,
    sample_frames,
)
from vesicle.tracking.plan import Limit, cell_px, make_plan, margin_px
from vesicle.tracking.spots import HEIGHT, X, Y
from vesicle.tracking.static import FEWEST_SAMPLES, Standing, height_above, nothing_stands

SHAPE = (160, 200)


def noise_of(image, *, noise=2.0, frames=6, polarity="bright", seed=0):
    rng = np.random.default_rng(seed)
    stack = np.stack([camera(image, rng, noise=noise) for _ in range(frames)])
    stack.flags.writeable = False
    plan = make_plan(SHAPE, sigma_px=1.5, polarity=polarity, bits=8, limit=NOWHERE)
    return measure_noise(sample_frames(stack, plan), plan.taps, polarity)


def test_noise_of_pixels_and_after_the_filter_are_what_they_are():
    found = noise_of(np.zeros(SHAPE))
    assert found.pixel == pytest.approx(np.hypot(2.0, 12**-0.5), rel=0.04)
    assert found.filtered == pytest.approx(found.pixel * noise_gain(smoothing_taps(1.5)), rel=0.06)
    assert found.white == pytest.approx(found.filtered, rel=0.06)
    assert found.level == pytest.approx(24, abs=0.2)


def test_spots_hardly_raise_the_noise():
    rng = np.random.default_rng(1)
    spots = np.column_stack([rng.uniform(0, 200, 40), rng.uniform(0, 160, 40), np.full(40, 90.0)])
    crowded = noise_of(gaussians(spots, SHAPE, 1.5))
    assert crowded.filtered / noise_of(np.zeros(SHAPE)).filtered < 1.25
    assert crowded.pixel / noise_of(np.zeros(SHAPE)).pixel < 1.1


def test_noise_never_falls_below_that_of_rounding():
    found = noise_of(np.zeros(SHAPE), noise=0.0)
    assert found.pixel == pytest.approx(12**-0.5)
    assert found.filtered == pytest.approx(12**-0.5 * noise_gain(smoothing_taps(1.5)))
    assert found.excess > 0


def test_brighter_ground_is_noisier_where_light_comes_in_grains():
    rng = np.random.default_rng(2)
    level = rng.uniform(20, 200, 60_000).astype(np.float32)
    height = (np.sqrt(1 + 0.05 * level) * rng.standard_normal(60_000)).astype(np.float32)
    base, slope = noise_by_level(height, level, least=0.01)
    assert slope == pytest.approx(0.05, rel=0.1)
    assert base == pytest.approx(1, abs=0.4)
    assert noise_by_level(height, np.full(60_000, 20, np.float32), least=0.01)[1] == 0


def test_a_spread_ignores_what_lies_outside():
    values = np.random.default_rng(3).normal(0, 3, 50_000)
    values[:2000] = 80
    assert clipped_spread(values) == pytest.approx(3, rel=0.03)
    assert lower_spread(values) == pytest.approx(3, rel=0.06)
    assert clipped_spread(np.zeros(9)) == 0
    assert clipped_spread(np.empty(0)) == 0


def test_the_limit_is_the_threshold_and_grows_with_the_level_beyond_the_usual():
    found = noise_of(np.zeros(SHAPE))
    usual = limit_of(found, factor=1.0, area_px=32_000, sigma_px=1.5, part=1.0)
    twice = limit_of(found, factor=2.0, area_px=32_000, sigma_px=1.5, part=1.0)
    assert np.sqrt(twice.floor / usual.floor) == pytest.approx(2)
    assert 4.5 < np.sqrt(usual.floor) / found.filtered < 5.5
    rising = Limit(noise=1.0, floor=25.0, base=0.0, slope=1.0)
    assert height_at(rising, np.array([10.0, 25.0, 100.0])).tolist() == [5.0, 5.0, 10.0]


def test_grains_make_the_limit_higher_for_bright_spots_only():
    bright, dark = (noise_of(np.zeros(SHAPE), polarity=polarity) for polarity in ("bright", "dark"))
    assert bright.skew > dark.skew == 0


def test_cells_and_rims_grow_with_the_spots():
    assert [cell_px(sigma) for sigma in (0.8, 1.5, 4.0, 9.0)] == [8, 8, 20, 20]
    assert [margin_px(sigma) for sigma in (0.8, 1.5, 4.0)] == [2, 3, 8]


def test_the_error_of_a_width_is_that_of_the_curvature_of_filtered_noise():
    from scipy.ndimage import gaussian_filter

    image = gaussian_filter(np.random.default_rng(4).standard_normal((600, 600)), 2.0)
    bend = image[2:, 1:-1] + image[:-2, 1:-1] + image[1:-1, 2:] + image[1:-1, :-2] - 4 * image[1:-1, 1:-1]
    expected = noise_of_width(2.0) / 2.0**2 * image.std()
    assert bend.std() == pytest.approx(expected, rel=0.25)


def standing(heights, *, noise=1.0):
    """Samples of a frame of one row whose pixels have given heights over time, shape (samples, pixels)."""
    kept = nothing_stands((1, heights.shape[1]), noise=noise, expected=len(heights))
    for row in heights:
        kept.samples.append(kept.bytes_of(row[None].astype(np.float32)))
    return kept


def test_only_what_never_moves_is_static():
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((24, 5))
    heights = noise + np.array([0.0, 8.0, 40.0, 0.0, 0.0])
    heights[:12, 3] += 20  # a particle that is here for half of the video
    heights[:19, 4] += 20  # and one that stays longer
    found = standing(heights).height_at(np.zeros(5, int), np.arange(5), np.ones(5))
    assert found[[0, 3, 4]].tolist() == [0, 0, 0]
    assert found[1:3] == pytest.approx([8, 40], rel=0.1)


def test_a_short_video_has_nothing_static():
    heights = np.full((FEWEST_SAMPLES - 1, 2), 30.0)
    assert standing(heights).height_at(np.zeros(2, int), np.arange(2), np.ones(2)).tolist() == [0, 0]
    assert len(standing(heights).height_at(np.empty(0, int), np.empty(0, int), np.empty(0))) == 0


def test_heights_survive_as_bytes():
    kept = Standing(noise=2.0, every=1)
    heights = np.array([[-9.0, -1.0, 0.0, 1.0, 3.0, 30.0, 300.0]], np.float32)
    assert kept.heights(kept.bytes_of(heights))[0] == pytest.approx(heights[0], rel=0.1, abs=0.3)


def test_large_frames_are_kept_in_every_second_pixel_or_fewer():
    assert nothing_stands((480, 640), noise=1.0, expected=25).every == 1
    assert nothing_stands((2000, 2000), noise=1.0, expected=25).every == 3


def test_a_particle_in_front_of_dirt_keeps_its_own_height():
    spots = np.zeros((2, 8), np.float32)
    spots[:, X], spots[:, Y], spots[:, HEIGHT] = [1, 1], 0, [30.0, 11.0]
    own = height_above(spots, standing(np.full((20, 3), 10.0)), np.ones(2))
    assert own[0] == pytest.approx(20, rel=0.1)
    assert own[1] == 0
