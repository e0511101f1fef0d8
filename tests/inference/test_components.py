"""Components are hills that valleys part; a density without a valley is one."""

import numpy as np
import pytest

from vesicle.inference.components import components

GRID = np.log(20) + 0.02 * np.arange(200)


def lognormal(median, width):
    density = np.exp(-0.5 * ((GRID - np.log(median)) / width) ** 2)
    return density / density.sum()


def mixed(*parts):
    density = sum(share * lognormal(median, width) for share, median, width in parts)
    return density / density.sum()


def jittered(density, *, by=0.1, seed=1):
    rng = np.random.default_rng(seed)
    rows = density * np.exp(by * rng.normal(size=(200, 1)) * np.sin(GRID))
    return rows / rows.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("width", [0.02, 0.1, 0.34, 0.5])
def test_one_hill_is_one_component(width):
    density = lognormal(110, width)
    (found,) = components(GRID, density, jittered(density))
    assert found.share == 1.0
    assert found.size == pytest.approx(110 * np.exp(width**2 / 2), rel=0.03)


@pytest.mark.parametrize("larger", [150, 200])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_two_sizes_are_two_components_with_their_shares(larger, share):
    density = mixed((share, 100, 0.05), (1 - share, larger, 0.05))
    small, large = components(GRID, density, jittered(density))
    assert (small.size, large.size) == pytest.approx((100, larger), rel=0.02)
    assert (small.share, large.share) == pytest.approx((share, 1 - share), abs=0.02)
    assert small.shares.shape == (200,)
    assert np.allclose(small.shares + large.shares, 1)


def test_a_sliver_and_a_notch_are_no_components():
    density = mixed((0.99, 100, 0.1), (0.01, 400, 0.05))
    assert len(components(GRID, density, jittered(density))) == 1
    notched = mixed((0.5, 100, 0.1), (0.5, 118, 0.1))
    assert len(components(GRID, notched, jittered(notched))) == 1


def test_a_valley_that_resamples_do_not_show_is_none():
    density = mixed((0.5, 100, 0.1), (0.5, 150, 0.1))
    assert len(components(GRID, density, jittered(density))) == 2
    flat = lognormal(122, 0.25)
    assert len(components(GRID, density, np.tile(flat, (200, 1)))) == 1
