"""Motion in the box: Einstein's law, blur, drift, and a way through the walls that nobody sees."""

import dataclasses

import numpy as np
import pytest

from vesicle.simulate.nta_motion import drift_frames, exposures_um
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import mixed


def plan(**given):
    """One size exactly, so that one diffusion coefficient holds; 250 particles or so."""
    common = {"components": (mixed(100.0, 0.0),), "frames": 120, "width_px": 160, "height_px": 120, "seed": 3}
    return plan_video(NtaSettings(**{**common, **given}))


def steps_um(video, places):
    """Displacements from frame to frame, the shorter way round the box."""
    size_um = video.box.size_um
    moved = np.diff(places, axis=0)
    return moved - size_um * np.rint(moved / size_um)


def mean_square(steps, lag):
    """Mean squared displacement per axis over non-overlapping lags, and its standard error."""
    whole = steps[: len(steps) // lag * lag].reshape(-1, lag, *steps.shape[1:]).sum(axis=1)
    squares = whole**2
    independent = np.prod(squares.shape[:2])
    return squares.mean(axis=(0, 1)), np.sqrt(2 / independent)


@pytest.mark.parametrize("lag", [1, 5])
def test_mean_square_displacement_is_2dt_along_every_axis(lag):
    video = plan(exposure_ms=10.0)
    places = np.array([path[0] for path in exposures_um(video)])
    found, error = mean_square(steps_um(video, places), lag)
    expected = 2 * video.diffusion_um2_per_s[0] * lag / 30
    assert found == pytest.approx(np.full(3, expected), rel=4 * error)
    assert error < 0.03


@pytest.mark.parametrize(("share", "substeps"), [(1.0, 8), (0.5, 8), (0.3, 32)])
def test_blur_takes_from_a_step_what_berglund_says(share, substeps):
    video = plan(exposure_ms=share * 1000 / 30, substeps=substeps, per_frame=100.0)
    places = np.array([path.mean(axis=0) for path in exposures_um(video)])
    steps = steps_um(video, places)
    found, error = mean_square(steps, 1)
    # Berglund 2010: R = share / 6 for an open shutter; points at finite distances see 1 - 1/n^2 of it.
    blur = share / 6 * (1 - 1 / substeps**2)
    spread = 2 * video.diffusion_um2_per_s[0] / 30
    assert found == pytest.approx(np.full(3, spread * (1 - 2 * blur)), rel=4 * error)
    shared = (steps[1:] * steps[:-1]).mean(axis=(0, 1))
    assert shared == pytest.approx(np.full(3, spread * blur), abs=4 * error * spread)


def test_a_flash_sees_one_point_of_time():
    video = plan(exposure_ms=0.0)
    assert {len(path) for path in exposures_um(video)} == {1}


def test_particles_are_everywhere_in_the_box():
    video = plan(per_frame=200.0, frames=2)
    start = next(exposures_um(video))[0]
    size_um = video.box.size_um
    share = (start + np.array([0, 0, video.box.half_um])) / size_um
    assert share.min() > -0.05
    assert share.max() < 1.05
    assert share.mean(axis=0) == pytest.approx([0.5] * 3, abs=0.05)
    assert share.std(axis=0) == pytest.approx([12**-0.5] * 3, rel=0.1)


def test_drift_moves_everything_by_as_much_as_stated():
    video = plan(drift_px=(4.0, -1.5), per_frame=200.0)
    places = np.array([path.mean(axis=0) for path in exposures_um(video)])
    moved_px = steps_um(video, places).mean(axis=(0, 1))[:2] * 1000 / 166
    assert moved_px == pytest.approx([4.0, -1.5], abs=0.05)


def test_drift_goes_on_while_the_shutter_is_open():
    video = plan(drift_px=(40.0, 0.0), exposure_ms=1000 / 30, frames=2, per_frame=200.0)
    first = next(exposures_um(video))
    along_px = (first[-1] - first[0]).mean(axis=0)[0] * 1000 / 166
    assert along_px == pytest.approx(40 * 7 / 8, abs=0.5)


def test_a_varying_drift_swings_by_half_around_its_mean():
    settings = NtaSettings(components=(mixed(100.0, 0.0),), drift_px=(1.0, 0.0), drift_period_s=4.0)
    time_s = np.arange(0, 12, 1 / 30)
    moved = drift_frames(settings, time_s)
    speed = np.diff(moved)
    assert (speed.min(), speed.max()) == pytest.approx((0.5, 1.5), abs=0.01)
    assert drift_frames(settings, np.array([0.0, 4.0, 8.0])) == pytest.approx([0, 120, 240])
    steady = dataclasses.replace(settings, drift_period_s=None)
    assert drift_frames(steady, time_s) == pytest.approx(time_s * 30)


@pytest.mark.parametrize("rings", [False, True])
def test_a_particle_that_goes_through_a_wall_of_the_box_is_not_seen(rings):
    sizes = (mixed(60.0, 0.1), mixed(200.0, 0.1))
    video = plan(components=sizes, drift_px=(9.0, 5.0), frames=60, rings=rings)
    size_um, before, crossed = video.box.size_um, None, 0
    for path in exposures_um(video):
        if before is not None:
            through = np.abs(path[0] - before[-1]).max(axis=1, where=True, initial=0) > size_um.min() / 2
            crossed += np.count_nonzero(through)
            assert brightest_pixel(video, before, through) < 0.1 * video.noise_grey
            assert brightest_pixel(video, path, through) < 0.1 * video.noise_grey
        before = path
    assert crossed > 20


def brightest_pixel(video, path_um, which):
    """How bright some particles make the image of one exposure."""
    image = np.zeros((video.settings.height_px, video.settings.width_px), np.float32)
    place_px = path_um[:, which, :2] * 1000 / 166 - video.box.margin_px - 0.5
    z_um = path_um[:, which, 2]
    grey = video.optics.light(z_um) * video.peak_grey[which] / len(path_um)
    video.optics.spots.paint(image, place_px.reshape(-1, 2), grey.ravel(), z_um.ravel())
    return float(image.max())
