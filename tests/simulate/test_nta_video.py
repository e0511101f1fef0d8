"""The simulated video as a whole: signal to noise, number of visible particles, and a truth that adds up."""

import dataclasses
import itertools

import numpy as np
import pytest

from vesicle.errors import UsageError
from vesicle.simulate.nta import simulate_frames
from vesicle.simulate.nta_motion import exposures_um
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import VISIBLE_SNR, NtaSettings
from vesicle.simulate.nta_sizes import lognormal, mixed
from vesicle.simulate.nta_truth import Seen, positions, video_truth

BEADS = (mixed(100.0, 0.05),)
TWO = (mixed(100.0, 0.05), mixed(150.0, 0.05))
BROAD = (lognormal(110.0, 1.4),)


def plan(components=BEADS, **given):
    common = {"frames": 40, "width_px": 160, "height_px": 120, "seed": 11}
    return plan_video(NtaSettings(components=components, **{**common, **given}))


def seen_in(video):
    seen = Seen()
    for frame in simulate_frames(video):
        seen.add(frame.visible, is_kept=True)
    return seen


@pytest.fixture(scope="module")
def long_video():
    """Two sizes over enough frames that particles come and go."""
    video = plan(TWO, frames=500, width_px=64, height_px=48, exposure_ms=0.0)
    return video, seen_in(video)


def test_as_many_particles_are_visible_as_were_asked_for(long_video):
    video, seen = long_video
    counted = np.mean([len(snr) for snr in seen.snr])
    assert video.expected_per_frame == pytest.approx(60, rel=0.02)
    assert counted == pytest.approx(60, rel=0.08)


def test_the_visible_particles_of_the_smallest_size_have_the_snr_that_was_asked_for(long_video):
    video, seen = long_video
    snr = np.concatenate(seen.snr)
    particle = np.concatenate([visible.particle for visible in seen.frames])
    is_small = video.population.component[particle] == 0
    assert np.median(snr[is_small]) == pytest.approx(6, rel=0.06)
    assert np.median(snr[~is_small]) > 12
    assert snr.min() >= VISIBLE_SNR


def test_each_component_is_visible_as_often_as_its_own_depth_says(long_video):
    video, seen = long_video
    truth = video_truth(video, seen)
    particle = np.concatenate([visible.particle for visible in seen.frames])
    for index, row in enumerate(truth["components"]):
        counted = np.count_nonzero(video.population.component[particle] == index) / len(seen.snr)
        assert counted == pytest.approx(row["visible_per_frame"], rel=0.08)
    assert truth["components"][0]["depth_um"] < truth["components"][1]["depth_um"]


@pytest.mark.parametrize(
    "given",
    [
        {"components": BROAD, "per_frame": 20.0},
        {"components": BROAD, "brightness": "equal", "per_frame": 120.0},
        {"components": TWO, "snr_at_nm": 150.0, "rings": True},
        {"components": TWO, "snr": 20.0, "bits": 12, "brightness_spread": 0.5},
    ],
)
def test_the_truth_adds_up(given):
    video = plan(**given, frames=3)
    truth = video_truth(video, seen_in(video))
    box, per_frame = truth["box"], truth["visible_per_frame"]
    assert box["x_um"] * box["y_um"] * box["z_um"] * 1e-12 == pytest.approx(box["volume_ml"])
    assert truth["concentration_per_ml"] == pytest.approx(box["particles"] / box["volume_ml"])
    assert truth["area_um2"] == pytest.approx(160 * 120 * 0.166**2)
    product = truth["concentration_per_ml"] * truth["area_um2"] * truth["depth_um"] * 1e-12
    assert per_frame["expected"] == pytest.approx(product)
    assert per_frame["expected"] == pytest.approx(video.settings.per_frame, rel=0.03)
    rows = truth["components"]
    assert sum(row["visible_per_frame"] for row in rows) == pytest.approx(product)
    assert sum(row["particles"] for row in rows) == box["particles"]
    for row in rows:
        own = row["concentration_per_ml"] * truth["area_um2"] * row["depth_um"] * 1e-12
        assert row["visible_per_frame"] == pytest.approx(own)
    assert np.mean(truth["particles"]["depth_um"]) == pytest.approx(truth["depth_um"], abs=1e-4)


def test_the_shares_are_numbers_per_volume():
    video = plan((mixed(100, 0.05, 4), mixed(200, 0.05, 1)), per_frame=200.0, frames=2)
    rows = video_truth(video, seen_in(video))["components"]
    assert [row["share"] for row in rows] == [0.8, 0.2]
    assert rows[0]["concentration_per_ml"] / rows[1]["concentration_per_ml"] == pytest.approx(4, rel=0.02)


def test_one_reference_size_gives_every_sample_the_same_gain():
    gains = [plan(sizes, snr_at_nm=90.0).gain_grey for sizes in (BEADS, TWO, BROAD)]
    assert gains == [gains[0]] * 3
    assert plan(BROAD).gain_grey != gains[0]


def test_the_reference_of_a_lognormal_is_its_tenth_percentile():
    at_d10 = 110 * 1.4**-1.2815515655446004
    assert plan(BROAD).gain_grey == pytest.approx(plan(BROAD, snr_at_nm=at_d10).gain_grey)


def test_peaks_follow_the_sixth_power_up_to_the_cap():
    sizes = (mixed(60, 0.0), mixed(120, 0.0), mixed(240, 0.0))
    video = plan(sizes, brightness_spread=0.0, brightness_cap_nm=120.0)
    peak = [video.peak_grey[video.population.component == index][0] for index in range(3)]
    assert (peak[1] / peak[0], peak[2] / peak[1]) == pytest.approx((64, 4))
    assert video.gain_grey == pytest.approx(peak[1])


def test_equal_brightness_knows_no_size_and_particles_differ_by_their_spread():
    video = plan(
        BROAD, brightness="equal", brightness_spread=0.25, per_frame=900.0, width_px=640, height_px=480
    )
    logs = np.log(video.peak_grey / video.gain_grey)
    assert logs.std() == pytest.approx(0.25, rel=0.1)
    assert abs(np.corrcoef(logs, np.log(video.population.diameter_nm))[0, 1]) < 0.1


def test_a_still_particle_in_focus_has_its_peak_in_the_image():
    video = plan(snr=60.0, exposure_ms=0.0, brightness_spread=0.0, per_frame=20.0)
    stack, visible = zip(
        *((frame.image.astype(float), frame.visible) for frame in simulate_frames(video)), strict=True
    )
    excess = []
    for image, spots in zip(stack, visible, strict=True):
        near = np.hypot(spots.x_px - np.rint(spots.x_px), spots.y_px - np.rint(spots.y_px)) < 0.2
        apart = [alone(spots, i) for i in range(len(spots.particle))]
        for i in np.flatnonzero(near & np.array(apart) & (spots.snr < 40)):
            found = image[round(spots.y_px[i]), round(spots.x_px[i])] - 24
            excess.append(found / (spots.snr[i] * video.noise_grey))
    assert len(excess) > 10
    assert np.mean(excess) == pytest.approx(0.995, abs=4 * np.std(excess) / np.sqrt(len(excess)))


def alone(spots, i):
    """No other spot within 20 px, nor the edge of the frame within half a pixel."""
    apart = np.hypot(spots.x_px - spots.x_px[i], spots.y_px - spots.y_px[i])
    inside = 0 < spots.x_px[i] < 159 and 0 < spots.y_px[i] < 119
    return inside and np.count_nonzero(apart < 20) == 1


def test_an_empty_pixel_has_the_noise_that_is_stated():
    video = plan(
        per_frame=0.5, width_px=320, height_px=240, electrons_per_grey=0.5, read_noise=2.0, frames=20
    )
    stack = np.array([frame.image for frame in simulate_frames(video)], dtype=float)
    assert np.median(stack.std(axis=0, ddof=1)) == pytest.approx(video.noise_grey, rel=0.02)
    assert np.median(stack) == pytest.approx(24, abs=0.5)


def test_spots_are_dark_on_a_bright_ground_when_asked():
    bright, dark = (
        next(simulate_frames(plan(snr=30.0, dark=d, background=120.0))).image for d in (False, True)
    )
    assert bright.max() - 120 > 120 - bright.min() + 20
    assert 120 - dark.min() > dark.max() - 120 + 20


def test_twelve_bits_leave_room_that_eight_bits_cut():
    sizes = (mixed(80, 0.05), mixed(200, 0.05))
    images = {bits: next(simulate_frames(plan(sizes, bits=bits))).image for bits in (8, 12)}
    assert images[8].max() == 255
    assert np.count_nonzero(images[8] == 255) > 20
    assert 255 < images[12].max() <= 4095
    assert images[12].dtype == np.uint16


def test_positions_are_where_the_motion_puts_them():
    video = plan(frames=5)
    columns = positions(seen_in(video).frames)
    place = {frame: path.mean(axis=0) for frame, path in enumerate(exposures_um(video))}
    frame, particle = np.array(columns["frame"]), np.array(columns["particle"])
    x_um = np.array([place[f][p, 0] for f, p in zip(frame, particle, strict=True)])
    margin = video.box.margin_px
    assert columns["x_px"] == pytest.approx(x_um * 1000 / 166 - margin - 0.5, abs=1e-3)
    assert set(frame.tolist()) == set(range(5))
    assert max(columns["x_px"]) < 159.5
    assert max(columns["y_px"]) < 119.5


def test_the_same_seed_gives_the_same_frames_and_another_one_others():
    first, again, other = (
        np.array([frame.image for frame in simulate_frames(plan(frames=3, seed=seed, flare=2))])
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_longer_video_begins_with_the_shorter_one():
    short, long = (plan(frames=frames) for frames in (3, 6))
    pairs = itertools.islice(zip(simulate_frames(short), simulate_frames(long), strict=False), 3)
    assert all(np.array_equal(one.image, two.image) for one, two in pairs)


def test_noise_does_not_change_the_motion():
    quiet, loud = (plan(frames=2, read_noise=noise, flare=flare) for noise, flare in ((0.5, 0), (0.5, 3)))
    one, two = (next(simulate_frames(video)).visible for video in (quiet, loud))
    assert np.array_equal(one.x_px, two.x_px)


@pytest.mark.parametrize(
    "given",
    [
        {"per_frame": 2000.0, "width_px": 8192, "height_px": 8192, "snr": 1000.0, "snr_at_nm": 5000.0},
        {"snr_at_nm": 5000.0, "components": (mixed(10, 0.0),)},
    ],
)
def test_a_box_that_would_hold_too_many_particles_is_refused(given):
    with pytest.raises(UsageError, match="too few or too many"):
        plan(**given)


def test_settings_stand_in_the_truth_with_the_seed():
    video = plan(seed=77)
    truth = video_truth(video, seen_in(dataclasses.replace(video)))
    assert truth["settings"]["seed"] == 77
    assert truth["settings"]["components"][0]["weight"] == 1
    assert truth["derived"]["gain_grey"] == video.gain_grey
    assert "3 times the noise" in truth["visible"]["definition"]
    assert truth["distribution"]["particles"]["d50_nm"] == pytest.approx(100, abs=1)


@pytest.mark.slow
def test_a_video_of_the_usual_size_has_the_number_and_the_snr_that_were_asked_for():
    video = plan_video(NtaSettings(components=BEADS, seed=3))
    snr = [frame.visible.snr for frame in simulate_frames(video)]
    assert len(snr) == 600
    assert np.mean([len(one) for one in snr]) == pytest.approx(60, rel=0.05)
    assert np.median(np.concatenate(snr)) == pytest.approx(6, rel=0.05)
