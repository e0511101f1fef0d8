"""Spots of whole videos: what is found, what is not, and what is said about it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.scenes import LEVEL, NOISE, Stack, apart, camera, gaussians, matched, video

from vesicle.events import Progressed
from vesicle.tracking import detect
from vesicle.tracking.detect import detect_spots
from vesicle.tracking.records import DetectionSettings

SHAPE = (120, 160)
AS_IT_IS = DetectionSettings()


def moving(count, *, frames, peak, seed=0):
    """Spots at new places in every frame, far from each other."""
    rng = np.random.default_rng(seed)
    places = [apart(rng, count, SHAPE) for _ in range(frames)]
    return [np.column_stack([place, np.full(count, peak)]) for place in places]


def codes(found):
    return {warning.code for warning in found.warnings}


@pytest.fixture(scope="module")
def clear():
    """Thirty spots of six times the noise in 40 frames: the truth, the video and what was found."""
    truth = moving(30, frames=40, peak=6 * NOISE)
    stack = Stack(video(truth, SHAPE))
    return truth, stack, detect_spots(stack, AS_IT_IS)


def test_every_clear_spot_is_found_and_nothing_else(clear):
    truth, _, found = clear
    hits = sum(np.sum(matched(found, spots, frame=k) >= 0) for k, spots in enumerate(truth))
    assert hits >= 0.995 * 30 * 40
    assert len(found.frame) - hits <= 4
    assert found.warnings == ()


def test_the_settings_in_force_are_those_of_the_video(clear):
    _, _, found = clear
    assert found.noise_grey == pytest.approx(NOISE, rel=0.05)
    assert found.level_grey == pytest.approx(LEVEL, abs=0.2)
    assert found.spot_sigma_px == pytest.approx(1.5, abs=0.1)
    assert found.polarity == "bright"
    assert (found.frames, found.height_px, found.width_px) == (40, *SHAPE)
    assert np.median(found.peak) == pytest.approx(6 * NOISE, rel=0.05)
    assert np.all(np.diff(found.frame) >= 0)


def test_half_of_the_spots_as_high_as_the_threshold_are_found():
    truth = moving(30, frames=30, peak=3.75, seed=5)
    found = detect_spots(Stack(video(truth, SHAPE)), replace(AS_IT_IS, spot_sigma_px=1.5))
    assert found.threshold == pytest.approx(3.75, rel=0.02)
    hits = sum(np.sum(matched(found, spots, frame=k) >= 0) for k, spots in enumerate(truth))
    assert 0.35 < hits / 900 < 0.7


def test_the_factor_multiplies_the_threshold(clear):
    _, stack, found = clear
    stricter = detect_spots(stack, replace(AS_IT_IS, threshold_factor=1.5, spot_sigma_px=1.5))
    assert stricter.threshold / found.threshold == pytest.approx(1.5, rel=0.1)
    assert stricter.peak.min() > found.threshold


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("length", [3, 17])
def test_the_result_does_not_depend_on_threads_or_blocks(clear, monkeypatch, threads, length):
    _, stack, found = clear
    monkeypatch.setattr(detect, "THREADS", threads)
    monkeypatch.setattr(detect, "LONGEST_BLOCK", length)
    again = detect_spots(stack, replace(AS_IT_IS, spot_sigma_px=found.spot_sigma_px))
    monkeypatch.setattr(detect, "LONGEST_BLOCK", 32)
    reference = detect_spots(stack, replace(AS_IT_IS, spot_sigma_px=found.spot_sigma_px))
    assert np.array_equal(again.x_px, reference.x_px)
    assert np.array_equal(again.peak, reference.peak)


def test_progress_is_told(clear):
    events = []
    detect_spots(clear[1], AS_IT_IS, listen=events.append)
    assert all(isinstance(event, Progressed) for event in events)
    assert events[-1].what == "40 of 40 frames"


@pytest.mark.parametrize("polarity", ["bright", "dark"])
def test_polarity_is_seen_or_obeyed(polarity):
    sign = 1 if polarity == "bright" else -1
    stack = Stack(video(moving(20, frames=12, peak=sign * 16.0), SHAPE, level=120.0))
    assert detect_spots(stack, AS_IT_IS).polarity == polarity
    other = "dark" if polarity == "bright" else "bright"
    forced = detect_spots(stack, replace(AS_IT_IS, polarity=other))
    assert forced.polarity == other
    assert len(forced.frame) < 5


@pytest.mark.parametrize("sigma", [1.0, 2.5, 4.0])
def test_the_width_of_the_filter_follows_the_spots(sigma):
    stack = Stack(video(moving(12, frames=16, peak=20.0), SHAPE, sigma=sigma))
    assert detect_spots(stack, AS_IT_IS).spot_sigma_px == pytest.approx(sigma, rel=0.12)


@pytest.mark.parametrize("noise", [0.3, 0.8, 3.0])
def test_noise_alone_gives_nearly_no_spots(noise):
    rng = np.random.default_rng(7)
    frames = np.stack([camera(np.zeros((240, 320)), rng, noise=noise) for _ in range(60)])
    found = detect_spots(Stack(frames), AS_IT_IS)
    assert len(found.frame) <= 4  # 0.02 a frame are meant, 1.2 in all


def test_grains_of_light_give_nearly_no_spots():
    frames = np.random.default_rng(8).poisson(2.0, (60, 240, 320)).astype(np.uint8)
    assert len(detect_spots(Stack(frames), AS_IT_IS).frame) <= 4


@pytest.mark.slow
@pytest.mark.parametrize("bits", [12, 16])
def test_more_bits_mean_the_same_spots(bits):
    truth = moving(20, frames=12, peak=300.0)
    stack = Stack(video(truth, SHAPE, noise=50.0, level=600.0, bits=bits), bits=bits)
    found = detect_spots(stack, AS_IT_IS)
    assert len(found.frame) == pytest.approx(240, abs=3)
    assert found.noise_grey == pytest.approx(50, rel=0.05)


def test_repeated_frames_are_listed_and_hold_no_spots(clear):
    pixels = clear[1].pixels.copy()
    pixels[5], pixels[33] = pixels[4], pixels[32]
    pixels[34] = pixels[32]
    found = detect_spots(Stack(pixels), AS_IT_IS)
    assert found.repeated == (5, 33, 34)
    assert not np.isin(found.frame, found.repeated).any()
    assert "frames_repeated" in codes(found)


def test_dirt_is_left_out_and_a_particle_in_front_of_it_is_not():
    rng = np.random.default_rng(9)
    dirt = gaussians([(40, 40, 25.0), (100, 80, 60.0)], SHAPE, 1.8)
    walk = np.linspace(20, 140, 48)
    frames = np.stack([camera(dirt + gaussians([(x, 80, 60.0)], SHAPE, 1.5), rng) for x in walk])
    found = detect_spots(Stack(frames), AS_IT_IS)
    still = (np.hypot(found.x_px - 40, found.y_px - 40) < 3) | (
        np.hypot(found.x_px - 100, found.y_px - 80) < 1
    )
    assert np.mean(still) < 0.1
    assert "static_spots" in codes(found)
    away = np.abs(walk - 100) > 5
    assert (
        sum(((found.frame == k) & (np.abs(found.x_px - walk[k]) < 1)).any() for k in np.flatnonzero(away))
        > 38
    )


def test_a_slow_particle_is_not_taken_for_dirt():
    """It stays within four pixels for the whole video; a median over time would remove it."""
    rng = np.random.default_rng(10)
    x = 80 + 4 * np.sin(np.linspace(0, 9, 60))
    frames = np.stack([camera(gaussians([(at, 60, 30.0)], SHAPE, 1.5), rng) for at in x])
    found = detect_spots(Stack(frames), replace(AS_IT_IS, spot_sigma_px=1.5))
    assert len(found.frame) == 60
    assert np.abs(found.x_px - x).max() < 0.5


def test_a_spot_at_the_ceiling_is_marked():
    stack = Stack(video(moving(6, frames=14, peak=600.0), SHAPE))
    found = detect_spots(stack, AS_IT_IS)
    assert found.is_saturated.all()
    assert len(found.frame) == 84
    assert "spots_saturated" in codes(found)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.zeros((0, 40, 50), np.uint8), {"no_frames"}),
        (np.full((1, 40, 50), 30, np.uint8), {"one_frame", "no_spots"}),
        (np.full((20, 40, 50), 255, np.uint8), {"no_spots", "frames_repeated"}),
        (np.zeros((3, 1, 1), np.uint8), {"no_spots", "frames_repeated"}),
        (np.random.default_rng(0).integers(0, 255, (9, 60, 80)).astype(np.uint8), {"no_spots"}),
    ],
)
def test_a_video_without_spots_says_so(pixels, expected):
    found = detect_spots(Stack(pixels), AS_IT_IS)
    assert len(found.frame) == 0
    assert codes(found) == expected


def test_one_frame_with_spots_is_searched():
    found = detect_spots(Stack(video(moving(12, frames=1, peak=30.0), SHAPE)), AS_IT_IS)
    assert len(found.frame) == 12
    assert codes(found) == {"one_frame"}


def test_too_few_spots_leave_the_usual_width():
    found = detect_spots(Stack(video(moving(1, frames=3, peak=30.0), SHAPE)), AS_IT_IS)
    assert found.spot_sigma_px == 1.5
    assert "spot_width_assumed" in codes(found)


def test_a_frame_full_of_maxima_is_told(monkeypatch):
    monkeypatch.setattr(detect, "MOST_SPOTS", 20)
    found = detect_spots(Stack(video(moving(30, frames=14, peak=40.0), SHAPE)), AS_IT_IS)
    assert "too_many_spots" in codes(found)


def test_a_video_that_gets_quieter_keeps_the_threshold_of_its_beginning():
    """Candidates were chosen by the noise of the first frames; a lower threshold would miss some of them."""
    rng = np.random.default_rng(11)
    frames = [camera(np.zeros(SHAPE), rng, noise=6.0 if k < 32 else 1.0) for k in range(400)]
    found = detect_spots(Stack(np.stack(frames)), replace(AS_IT_IS, spot_sigma_px=1.5))
    alone = detect_spots(Stack(np.stack(frames[:32])), replace(AS_IT_IS, spot_sigma_px=1.5))
    assert found.threshold == pytest.approx(0.8 * alone.threshold, rel=0.05)


def test_five_hundred_spots_a_frame_are_found():
    rng = np.random.default_rng(12)
    truth = [np.column_stack([rng.uniform(4, 316, 130), rng.uniform(4, 236, 130), np.full(130, 16.0)])] * 2
    found = detect_spots(Stack(video(truth, (240, 320))), AS_IT_IS)
    assert len(found.frame) / 2 > 0.93 * 130
