"""The local background, against plain NumPy and known grounds."""

from itertools import permutations

import numpy as np
import pytest

from tests.tracking.scenes import gaussians
from vesicle.tracking.ground import background_rows, cell_means, middle_of_five
from vesicle.tracking.learning import NOWHERE
from vesicle.tracking.plan import make_plan


def ground_of(image, *, sigma=1.5):
    """The background at every pixel."""
    frame = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    frame.flags.writeable = False
    plan = make_plan(frame.shape, sigma_px=sigma, polarity="bright", bits=8, limit=NOWHERE)
    wide = np.empty((max(1, frame.shape[0] // plan.cell), frame.shape[1]), np.float32)
    background_rows(frame, plan, wide)
    below = wide[np.minimum(plan.top + 1, len(wide) - 1)]
    return wide[plan.top] + plan.bottom_part[:, None] * (below - wide[plan.top])


def test_the_middle_of_five_is_their_median():
    for five in permutations(range(5)):
        assert middle_of_five(tuple(np.float32(number) for number in five)) == 2


def test_cells_hold_the_mean_of_their_pixels_and_the_last_ones_take_the_rest():
    frame = np.random.default_rng(0).integers(0, 255, (21, 35)).astype(np.uint8)
    frame.flags.writeable = False
    means = cell_means(frame, 8)
    assert means.shape == (2, 4)
    assert means[0, 1] == pytest.approx(frame[:8, 8:16].mean())
    assert means[1, 3] == pytest.approx(frame[8:, 24:].mean())


@pytest.mark.parametrize("shape", [(120, 160), (61, 47), (9, 300), (1, 1)])
def test_a_level_or_a_slope_is_its_own_background(shape):
    y, x = np.mgrid[: shape[0], : shape[1]]
    slope = 50 + 0.5 * x + 0.25 * y
    assert np.abs(ground_of(slope) - np.rint(slope)).max() < 3
    assert np.allclose(ground_of(np.full(shape, 77.0)), 77)


def test_spots_leave_the_background_where_it_is():
    rng = np.random.default_rng(1)
    spots = np.column_stack([rng.uniform(0, 160, 30), rng.uniform(0, 120, 30), np.full(30, 200.0)])
    ground = ground_of(20 + gaussians(spots, (120, 160), 1.5))
    assert np.median(np.abs(ground - 20)) < 0.3
    assert np.mean(np.abs(ground - 20) > 5) < 0.05


def test_a_broad_flare_belongs_to_the_background():
    flare = gaussians([(80, 60, 100.0)], (120, 160), 60.0)
    assert np.abs(ground_of(20 + flare) - 20 - flare)[20:100, 20:140].max() < 4
