"""The visible depth follows from brightness: held against sources whose depth is known."""

import numpy as np
import pytest
from tests.inference.axial import sightings, true_depth

from vesicle.inference.reach import LAG, profile_scale
from vesicle.inference.visibility import Profile, Visibility, fit_visibility, mean_reach
from vesicle.measurements import Trajectories

THRESHOLD, NOISE, SPREAD = 2.0, 0.35, 0.1


def seen(*, peak, variance=0.3, sources=250, frames=400, seed=1):
    rng = np.random.default_rng(seed)
    all_peaks = sightings(
        sources=sources, frames=frames, peak=peak, variance=variance, noise=NOISE, spread=SPREAD, rng=rng
    )
    source, frame = np.nonzero((all_peaks > THRESHOLD).T)
    return source, frame, all_peaks[frame, source]


@pytest.mark.parametrize("peak", [10.0, 40.0])
def test_the_peak_in_focus_and_the_ratio_of_depths_are_found(peak):
    _, _, peaks = seen(peak=peak)
    size = np.log(100.0)
    found = fit_visibility(
        np.full(len(peaks), size), np.log(peaks), least=np.log(1.3 * THRESHOLD), most=np.inf
    )
    assert np.exp(found.log_peak(np.array(size))) == pytest.approx(peak, rel=0.06)
    rng = np.random.default_rng(2)
    levels = [level for level in (2.0, 4.0, 7.0) if level < 0.8 * peak]
    scales = [
        true_depth(level, peak, SPREAD, rng=rng) / float(found.depth(np.array(size), level))
        for level in levels
    ]
    assert max(scales) / min(scales) < 1.06


def test_a_camera_that_saturates_hides_brightness_and_not_depth():
    _, _, peaks = seen(peak=300.0)
    size, ceiling = np.log(200.0), 60.0
    free = fit_visibility(np.full(len(peaks), size), np.log(peaks), least=np.log(2.6), most=np.inf)
    capped = fit_visibility(
        np.full(len(peaks), size), np.log(np.minimum(peaks, ceiling)), least=np.log(2.6), most=np.log(ceiling)
    )
    depths = [float(fit.depth(np.array(size), THRESHOLD)) for fit in (free, capped)]
    assert depths[1] == pytest.approx(depths[0], rel=0.12)


def test_two_sizes_get_the_ratio_of_their_numbers_although_one_is_seen_twice_as_deep():
    parts = {100.0: seen(peak=10.0, sources=200)[2], 200.0: seen(peak=640.0, sources=200, seed=3)[2]}
    sizes = np.concatenate([np.full(len(peaks), np.log(nm)) for nm, peaks in parts.items()])
    peaks = np.concatenate(list(parts.values()))
    found = fit_visibility(sizes, np.log(peaks), least=np.log(1.3 * THRESHOLD), most=np.inf)
    depth = found.depth(np.log(np.array(list(parts))), THRESHOLD)
    counts = np.array([len(peaks) for peaks in parts.values()])
    assert counts[1] > 1.7 * counts[0]  # what is seen misleads
    assert counts[1] / depth[1] == pytest.approx(counts[0] / depth[0], rel=0.15)


@pytest.mark.parametrize(("peak", "variance"), [(10.0, 0.33), (40.0, 0.16)])
def test_beads_of_known_mobility_give_the_depth_in_um(peak, variance):
    source, frame, peaks = seen(peak=peak, variance=variance)
    size = np.log(100.0)
    fit = fit_visibility(np.full(len(peaks), size), np.log(peaks), least=np.log(1.3 * THRESHOLD), most=np.inf)
    tracks = Trajectories(
        track=source, frame=frame, x_px=np.zeros(len(peaks)), y_px=np.zeros(len(peaks)), peak=peaks
    )
    scale = profile_scale(
        tracks,
        fit,
        log_size=size,
        step_variance=LAG * variance,
        threshold=THRESHOLD,
        frames=400,
        inside=np.ones(len(peaks), dtype=bool),
    )
    truth = true_depth(THRESHOLD, peak, SPREAD, rng=np.random.default_rng(4))
    assert scale is not None
    assert scale.value * float(fit.depth(np.array(size), THRESHOLD)) == pytest.approx(truth, rel=0.1)
    assert 0 < scale.error < 0.1 * scale.value


def scale_with(noise):
    """The scale from sources whose peaks have this noise; 2 is the threshold, 10 the peak in focus."""
    rng = np.random.default_rng(8)
    peaks = sightings(sources=500, frames=400, peak=10.0, variance=0.3, noise=noise, spread=SPREAD, rng=rng)
    source, frame = np.nonzero((peaks > THRESHOLD).T)
    zero, size = np.zeros(len(source)), np.log(100.0)
    found = profile_scale(
        Trajectories(track=source, frame=frame, x_px=zero, y_px=zero, peak=peaks[frame, source]),
        Visibility(knots=np.array([size]), peaks=np.array([np.log(10.0)]), spread=SPREAD, shape=0.0),
        log_size=size,
        step_variance=LAG * 0.3,
        threshold=THRESHOLD,
        frames=400,
        inside=np.ones(len(source), dtype=bool),
    )
    assert found is not None
    return found.value


def test_noise_of_the_peak_is_not_taken_for_motion():
    # Uncorrected, this noise (40 % at the threshold) takes 11 % off.
    assert scale_with(0.8) == pytest.approx(scale_with(0.0), rel=0.07)


def test_too_few_passages_give_no_depth():
    source, frame, peaks = seen(peak=10.0, sources=2, frames=20)
    fit = Visibility(knots=np.array([4.6]), peaks=np.array([2.3]), spread=0.1, shape=0.0)
    at = np.zeros(len(peaks))
    tracks = Trajectories(track=source, frame=frame, x_px=at, y_px=at, peak=peaks)
    everywhere = np.ones(len(peaks), dtype=bool)
    arguments = {"log_size": 4.6, "step_variance": 1.0, "threshold": THRESHOLD, "frames": 20}
    assert profile_scale(tracks, fit, inside=everywhere, **arguments) is None
    blind = Trajectories(track=source, frame=frame, x_px=at, y_px=at)
    assert profile_scale(blind, fit, inside=everywhere, **arguments) is None


def test_no_sighting_above_the_limit_is_said():
    with pytest.raises(ValueError, match="no sighting"):
        fit_visibility(np.array([4.6]), np.array([0.0]), least=1.0, most=np.inf)


def test_a_calibrated_shape_is_kept():
    _, _, peaks = seen(peak=10.0, sources=60)
    sizes = np.full(len(peaks), 4.6)
    assert (
        fit_visibility(sizes, np.log(peaks), least=np.log(2.6), most=np.inf, known=Profile(0.07)).shape
        == 0.07
    )


def test_the_mean_reach_of_equal_sources_is_the_profile_itself():
    above = np.array([-1.0, 0.0, 1.0, 4.0])
    assert mean_reach(above, spread=0.0, shape=0.0) == pytest.approx([0.0, 0.0, 1.0, 2.0])


def test_beyond_the_classes_brightness_goes_on_as_light_is_scattered():
    sizes = np.log(np.array([50.0, 100.0, 200.0, 400.0]))
    fit = Visibility(knots=sizes[1:3], peaks=np.array([2.0, 2.0 + 6 * np.log(2)]), spread=0.1, shape=0.0)
    assert fit.slope() == pytest.approx(6.0)
    expected = [2.0 - 6 * np.log(2), 2.0, 2.0 + 6 * np.log(2), 2.0 + 8 * np.log(2)]
    assert fit.log_peak(sizes) == pytest.approx(expected)


def test_where_brightness_does_not_depend_on_size_it_is_the_same_everywhere():
    narrow = Visibility(knots=np.array([4.6, 4.65]), peaks=np.array([2.0, 2.4]), spread=0.1, shape=0.0)
    assert narrow.slope() == 0.0
    assert narrow.log_peak(np.array([3.0, 4.6, 4.65, 7.0])).tolist() == [2.0, 2.0, 2.4, 2.4]


def test_beyond_what_beads_tell_a_profile_goes_on_as_a_gaussian_one():
    above = np.array([1.0, 4.0, 16.0])
    found = mean_reach(above, spread=0.0, shape=0.25, known_to=2.0)
    assert found == pytest.approx([1.25, 2 * 2.0, 4 * 2.0])


def test_the_shape_of_the_profile_is_found_although_brighter_spots_hide_faint_sightings():
    def open_share(log_peak):
        return np.clip(0.4 + 0.3 * log_peak, 0.4, 1.0)

    rng, t = np.random.default_rng(4), np.linspace(0, 2, 2001)
    at = np.interp(rng.random(20_000) * 2 * (1 + 0.15 * 4), t * (1 + 0.15 * t * t), t)
    log_peak = 4 - at**2
    left = log_peak[rng.random(len(log_peak)) < open_share(log_peak)]
    size, limits = np.full(len(left), np.log(100.0)), {"least": 0.2, "most": np.inf}
    assert fit_visibility(size, left, **limits, open_share=open_share).shape == pytest.approx(0.15, abs=0.04)
    assert fit_visibility(size, left, **limits).shape < 0.08  # what it looks like to who does not know
