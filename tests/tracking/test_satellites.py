"""One particle, one spot: saturated plateaus, rings, broad spots, and close neighbours that are two."""

import numpy as np
import pytest
from tests.tracking.scenes import camera, gaussians
from tests.tracking.test_spots import find

from vesicle.tracking.spots import HEIGHT, REACH, SATURATED, X, Y

SHAPE = (121, 161)


def ring(x, y, *, radius, width, peak):
    """A spot far out of focus: a bright ring with a darker middle."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    away = np.hypot(columns - x, rows - y)
    return peak * np.exp(-((away - radius) ** 2) / (2 * width**2))


def found_in(image, *, seed=0, least=1.9, **how):
    frame = camera(image, np.random.default_rng(seed), **how)
    return find(frame[None], least=least)[0]


@pytest.mark.parametrize("peak", [400.0, 3000.0, 60_000.0])
def test_a_saturated_spot_is_one_spot_at_its_centre(peak):
    spots = found_in(gaussians([(80.3, 60.7, peak)], SHAPE, 2.0))
    assert len(spots) == 1
    assert spots[0, SATURATED] == 1
    assert spots[0, REACH] > 1
    assert spots[0, X] == pytest.approx(80.3, abs=0.06)
    assert spots[0, Y] == pytest.approx(60.7, abs=0.06)


def test_a_dark_spot_at_zero_is_saturated_too():
    image = camera(-gaussians([(80.3, 60.7, 900.0)], SHAPE, 1.5), np.random.default_rng(0), level=150)
    spots, *_ = find(image[None], polarity="dark")
    assert spots[:, SATURATED].tolist() == [1]
    assert spots[0, X] == pytest.approx(80.3, abs=0.05)


@pytest.mark.parametrize("distance", [8, 20])
def test_two_saturated_particles_are_two(distance):
    spots = found_in(gaussians([(60, 60, 900.0), (60 + distance, 60, 900.0)], SHAPE, 1.5))
    assert sorted(np.rint(spots[:, X])) == [60, 60 + distance]


def test_the_rings_of_a_bright_particle_are_no_particles():
    bright = gaussians([(80, 60, 200.0)], SHAPE, 1.5)
    rings = ring(80, 60, radius=9, width=1.2, peak=6.0) + ring(80, 60, radius=14, width=1.2, peak=3.0)
    spots = found_in(bright + rings)
    assert len(found_in(rings)) > 3  # without the bright spot they would all be found
    assert [(round(x), round(y)) for x, y in spots[:, (X, Y)]] == [(80, 60)]


def test_a_weak_particle_far_from_a_bright_one_is_found():
    spots = found_in(gaussians([(60, 60, 200.0), (85, 60, 12.0)], SHAPE, 1.5))
    assert sorted(np.rint(spots[:, X])) == [60, 85]


def test_two_close_particles_of_like_brightness_are_two():
    spots = found_in(gaussians([(60, 60, 40.0), (66, 60, 30.0)], SHAPE, 1.5))
    assert sorted(np.rint(spots[:, X])) == [60, 66]


def test_two_maxima_closer_than_a_spot_are_the_stronger_one():
    spots = found_in(gaussians([(60, 60, 60.0), (63, 60, 50.0)], SHAPE, 1.0))
    assert len(spots) == 1


@pytest.mark.parametrize("radius", [3.0, 3.5])
def test_a_particle_far_out_of_focus_is_one_spot_in_the_middle_of_its_ring(radius):
    found = [found_in(ring(80.4, 60.2, radius=radius, width=1.5, peak=12.0), seed=seed) for seed in range(20)]
    assert sum(len(spots) == 1 for spots in found) >= 16
    assert np.std([spots[0, (X, Y)] - (80.4, 60.2) for spots in found if len(spots) == 1]) < radius / 3


def test_the_height_of_a_spot_does_not_depend_on_its_neighbours():
    alone = found_in(gaussians([(60, 60, 40.0)], SHAPE, 1.5))
    among = found_in(gaussians([(60, 60, 40.0), (90, 60, 90.0), (60, 90, 90.0)], SHAPE, 1.5))
    first = among[np.argmin(np.abs(among[:, X] - 60) + np.abs(among[:, Y] - 60))]
    assert first[HEIGHT] == pytest.approx(alone[0, HEIGHT], rel=0.03)


def test_a_frame_at_the_ceiling_everywhere_has_no_spot():
    assert len(find(np.full((1, *SHAPE), 255, np.uint8))[0]) == 0
