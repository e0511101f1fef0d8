"""The matched filter and its threshold."""

import numpy as np
import pytest
from scipy.ndimage import correlate1d, maximum_filter

from vesicle.tracking.filters import (
    FALSE_SPOTS_A_FRAME,
    both_sides,
    noise_gain,
    smoothing_taps,
    spot_response,
    tail_gains,
    threshold_in_noise,
)


def filtered_by_scipy(image, taps):
    weights = both_sides(taps)
    return correlate1d(correlate1d(image, weights, axis=0, mode="mirror"), weights, axis=1, mode="mirror")


@pytest.mark.parametrize("sigma", [0.8, 1.5, 4.0])
def test_noise_after_the_filter_is_the_noise_of_a_pixel_times_the_gain(sigma):
    image = np.random.default_rng(0).standard_normal((400, 400))
    taps = smoothing_taps(sigma)
    assert filtered_by_scipy(image, taps).std() == pytest.approx(noise_gain(taps), rel=0.05)


@pytest.mark.parametrize("sigma", [0.8, 1.5, 4.0])
def test_the_response_is_the_height_of_a_filtered_spot(sigma):
    y, x = np.mgrid[-30:31, -30:31]
    spot = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    taps = smoothing_taps(sigma)
    assert filtered_by_scipy(spot, taps).max() == pytest.approx(spot_response(taps, sigma))


def test_the_tails_of_filtered_grains_are_those_of_the_gains():
    grains = np.random.default_rng(1).poisson(2.0, (1500, 1500))
    taps = smoothing_taps(1.0)
    image = filtered_by_scipy(grains.astype(float), taps)
    z = (image - image.mean()) / image.std()
    skewness, excess = tail_gains(taps)
    assert np.mean(z**3) == pytest.approx(skewness / np.sqrt(2.0), rel=0.1)
    assert np.mean(z**4) - 3 == pytest.approx(excess / 2.0, rel=0.25)


@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_pure_noise_passes_the_threshold_as_seldom_as_it_says(sigma):
    """A level that noise passes 200 times as often is counted, since the real one would need hours."""
    rng, taps, shape = np.random.default_rng(2), smoothing_taps(sigma), (600, 600)
    level = threshold_in_noise(shape[0] * shape[1] / 200, sigma)
    maxima = 0
    for _ in range(10):
        image = filtered_by_scipy(rng.standard_normal(shape), taps) / noise_gain(taps)
        maxima += np.sum((image == maximum_filter(image, 3)) & (image > level))
    assert maxima / 10 < 1.5 * 200 * FALSE_SPOTS_A_FRAME
    assert maxima / 10 > 0.4 * 200 * FALSE_SPOTS_A_FRAME


def test_long_tails_raise_the_threshold():
    plain = threshold_in_noise(300_000, 1.5)
    assert threshold_in_noise(300_000, 1.5, skew=0.1) == pytest.approx(plain + (plain**2 - 1) / 60)
    assert threshold_in_noise(300_000, 1.5, excess=0.1) > plain
