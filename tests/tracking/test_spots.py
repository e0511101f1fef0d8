"""Filter, maxima and sub-pixel centres of single frames, against SciPy and known spots."""

import numpy as np
import pytest
from scipy.ndimage import correlate1d

from tests.tracking.scenes import apart, camera, gaussians
from vesicle.tracking.blocks import find_in_block
from vesicle.tracking.filters import both_sides, spot_response
from vesicle.tracking.learning import NOWHERE
from vesicle.tracking.plan import Limit, make_plan
from vesicle.tracking.spots import FRAME, HEIGHT, LEVEL, REACH, SATURATED, WIDTH2, X, Y, make_room


def find(frames, *, sigma=1.5, polarity="bright", bits=8, least=3.0, most=500):
    frames = np.ascontiguousarray(frames)
    frames.flags.writeable = False
    limit = Limit(noise=0.38, floor=least**2, base=0.0, slope=0.0)
    plan = make_plan(frames.shape[1:], sigma_px=sigma, polarity=polarity, bits=bits, limit=limit)
    room = make_room(frames.shape[1:], plan, most)
    spots, full = find_in_block(frames, np.ones(len(frames), bool), plan, room)
    return spots, full, plan, room


@pytest.mark.parametrize("polarity", ["bright", "dark"])
@pytest.mark.parametrize("shape", [(60, 83), (7, 40), (1, 1)])
def test_a_filtered_frame_is_that_of_scipy_without_its_background(polarity, shape):
    frame = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    _, _, plan, room = find(frame[None], polarity=polarity, least=1e9)
    image = frame.astype(float)
    for axis in (0, 1):
        mode = "mirror" if shape[axis] > len(plan.taps) else None
        if mode is None:
            return  # SciPy mirrors again and again where the filter is longer than the frame
        image = correlate1d(image, both_sides(plan.taps), axis=axis, mode=mode)
    below = room.ground[np.minimum(plan.top + 1, len(room.ground) - 1)]
    ground = room.ground[plan.top] + plan.bottom_part[:, None] * (below - room.ground[plan.top])
    assert np.allclose(room.image, plan.sign * (image - ground), atol=1e-3)


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.5, 4.0])
@pytest.mark.parametrize("polarity", ["bright", "dark"])
def test_a_spot_without_noise_is_found_where_it_is(sigma, polarity):
    """No locking to pixels: 25 places between pixels, each right within a hundredth of one."""
    sign = 1 if polarity == "bright" else -1
    worst = 0.0
    for dx in (-0.4, -0.2, 0.0, 0.2, 0.4):
        for dy in (-0.4, -0.2, 0.0, 0.2, 0.4):
            image = 100 + sign * gaussians([(50 + dx, 40 + dy, 80.0)], (81, 101), sigma)
            spots, *_ = find(np.rint(image)[None].astype(np.uint8), sigma=sigma, polarity=polarity)
            assert len(spots) == 1
            worst = max(worst, abs(spots[0, X] - 50 - dx), abs(spots[0, Y] - 40 - dy))
    assert worst < 0.02


def test_height_width_and_level_are_those_of_the_spot():
    image = 30 + gaussians([(50.3, 40.2, 90.0)], (81, 101), 1.5)
    spots, _, plan, _ = find(np.rint(image)[None].astype(np.uint8))
    spot = spots[0]
    assert spot[HEIGHT] / spot_response(plan.taps, 1.5) == pytest.approx(90, rel=0.02)
    assert spot[WIDTH2] == pytest.approx(2 * 1.5**2, rel=0.05)
    assert spot[LEVEL] == pytest.approx(30, abs=0.5)
    assert spot[SATURATED] == 0
    assert spot[REACH] == 0


def test_centres_are_nearly_as_good_as_noise_allows():
    """The Cramer-Rao bound of one axis is sqrt(2 / pi) noise / peak, for white noise and a known width."""
    rng, errors = np.random.default_rng(1), []
    for _ in range(12):
        places = apart(rng, 30)
        image = camera(gaussians([(*place, 16.0) for place in places], (120, 160), 1.5), rng)
        spots, *_ = find(image[None])
        for x, y in places:
            nearest = spots[np.argmin((spots[:, X] - x) ** 2 + (spots[:, Y] - y) ** 2)]
            errors.append((nearest[X] - x, nearest[Y] - y))
    bound = np.sqrt(2 / np.pi) * 2.0 / 16
    assert np.std(errors) < 1.15 * bound
    assert np.abs(np.mean(errors, axis=0)).max() < 3 * bound / np.sqrt(len(errors))


def test_frames_are_counted_from_the_block_and_unwanted_ones_are_passed_over():
    frames = np.stack([np.rint(30 + gaussians([(40, 30, 90.0)], (61, 81), 1.5))] * 3).astype(np.uint8)
    frames.flags.writeable = False
    _, _, plan, room = find(frames)
    spots, _ = find_in_block(frames, np.array([True, False, True]), plan, room)
    assert spots[:, FRAME].tolist() == [0, 2]


def test_a_full_table_is_told_and_holds_what_fits():
    rng = np.random.default_rng(2)
    frame = rng.integers(0, 255, (1, 120, 160)).astype(np.uint8)
    spots, full, *_ = find(frame, least=0.01, most=5)
    assert full == 1
    assert 0 < len(spots) <= 5
    many, full, *_ = find(np.repeat(frame, 2, axis=0), sigma=0.8, least=0.01, most=4000)
    assert full == 0
    assert len(many) > 2 * 256


def test_nothing_is_above_an_infinite_limit():
    frame = np.random.default_rng(3).integers(0, 255, (1, 40, 40)).astype(np.uint8)
    frame.flags.writeable = False
    plan = make_plan((40, 40), sigma_px=1.5, polarity="bright", bits=8, limit=NOWHERE)
    assert len(find_in_block(frame, np.ones(1, bool), plan, make_room((40, 40), plan, 9))[0]) == 0


def test_a_noisier_ground_asks_for_higher_maxima():
    image = np.full((64, 640), 20.0)
    image[:, 320:] = 200.0
    image += gaussians([(100, 32, 12.0), (540, 32, 12.0)], image.shape, 1.5)
    frame = np.rint(image)[None].astype(np.uint8)
    frame.flags.writeable = False
    limit = Limit(noise=1.0, floor=1.0, base=0.0, slope=0.5)  # needs 3.2 on the left, 10 on the right
    plan = make_plan((64, 640), sigma_px=1.5, polarity="bright", bits=8, limit=limit)
    spots, _ = find_in_block(frame, np.ones(1, bool), plan, make_room((64, 640), plan, 50))
    assert [round(x) for x in spots[:, X] if abs(x - 320) > 40] == [100]
