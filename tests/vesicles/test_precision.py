"""The error of positions and the blur: from the data where they tell, within what brightness allows."""

import numpy as np
import pytest
from tests.vesicles.moving import PIXEL_UM, optics, tracks

from vesicle.inference.displacements import steps_of
from vesicle.vesicles.precision import position_error
from vesicle.vesicles.strides import frames_for, steps_over

SIZES = np.full(400, 100.0)


def error_of(found, *, noise_grey=None, spot_sigma_px=1.5, **said):
    steps = steps_of(found.track, found.frame, found.x_px * PIXEL_UM, found.y_px * PIXEL_UM)
    return position_error(steps, optics(**said), found, noise_grey=noise_grey, spot_sigma_px=spot_sigma_px)


def test_the_error_of_positions_comes_from_neighbouring_displacements():
    found = error_of(tracks(SIZES, noise_px=1.0))
    assert np.sqrt(found.variance_um2) / PIXEL_UM == pytest.approx(1.0, abs=0.15)


def test_wrong_links_do_not_make_bright_spots_uncertain():
    # SNR 20: the best possible error is sqrt(2 / pi) / 20 = 0.04 px, and at most 0.1 px more is believed.
    noisy = tracks(SIZES, noise_px=0.6, peak=100.0)
    found = error_of(noisy, noise_grey=5.0)
    assert np.sqrt(found.variance_um2) / PIXEL_UM < 0.12


def test_no_error_is_smaller_than_light_allows():
    # SNR 2: sqrt(2 / pi) / 2 = 0.4 px.
    found = error_of(tracks(SIZES, noise_px=0.0, peak=10.0), noise_grey=5.0)
    assert np.sqrt(found.variance_um2) / PIXEL_UM >= 0.39


def test_an_exposure_that_nobody_states_is_estimated_and_said():
    blurred = tracks(np.full(800, 100.0), noise_px=0.05, substeps=16, open_share=1.0, peak=500.0)
    found = error_of(blurred, noise_grey=5.0, exposure_ms=None)
    assert found.blur == pytest.approx(1 / 6, abs=0.03)
    assert [warned.code for warned in found.warnings] == ["exposure_estimated"]


def test_more_blur_than_the_exposure_allows_is_believed_and_said():
    blurred = tracks(np.full(800, 100.0), noise_px=0.05, substeps=16, open_share=1.0, peak=500.0)
    found = error_of(blurred, noise_grey=5.0, exposure_ms=2.0)
    assert found.blur > 0.12
    assert [warned.code for warned in found.warnings] == ["blur_beyond_exposure"]


def test_a_stated_exposure_that_fits_is_kept():
    found = error_of(tracks(SIZES, noise_px=0.1, substeps=8, open_share=0.3), exposure_ms=10.0)
    assert found.blur == pytest.approx(0.05)
    assert found.warnings == ()


def test_nanoparticles_need_one_frame_per_step_and_slow_ones_more():
    assert frames_for(tracks(np.full(100, 100.0), frames=60)) == 1
    # A 1000 nm particle moves 1.09 px per axis and frame, one of 4000 nm half of it.
    assert frames_for(tracks(np.full(200, 4000.0), frames=60, noise_px=0.0)) == 4
    assert frames_for(tracks(np.full(200, 4000.0), frames=12, noise_px=0.0)) <= 2


def test_steps_over_frames_are_longer_by_the_root_and_none_is_lost():
    found = tracks(SIZES, frames=30, noise_px=0.0)
    one, three = (steps_over(found, pixel_um=1.0, frames=k) for k in (1, 3))
    assert np.mean(three.steps.dx**2) == pytest.approx(3 * np.mean(one.steps.dx**2), rel=0.05)
    assert three.per_track.tolist() == [27] * len(SIZES)
    parts = np.ones((three.steps.tracks, 2))
    assert three.together(parts).tolist() == np.ones((len(SIZES), 2)).tolist()


def test_the_longer_a_streak_is_than_a_spot_is_wide_the_less_its_centre_is_believed():
    # As uncertain as the data say; SNR 20, so that light allows far better.
    blurred = tracks(SIZES, noise_px=1.0, substeps=16, open_share=1.0, peak=100.0)
    narrow, wide = (
        error_of(blurred, noise_grey=5.0, exposure_ms=1000 / 30, spot_sigma_px=sigma) for sigma in (1.5, 3.0)
    )
    short = error_of(blurred, noise_grey=5.0, exposure_ms=1.0, spot_sigma_px=1.5)
    assert narrow.variance_um2 > 2 * wide.variance_um2
    assert wide.variance_um2 > short.variance_um2
