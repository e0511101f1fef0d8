"""``vesicle size`` of videos that nobody would want: an outcome in words, never a traceback, bounded memory."""

import json
import subprocess
import sys

import numpy as np
import pytest
from tests.data.video_bytes import GREY_RAMP, Avi, Tiff

from vesicle.simulate.nta import simulate_frames
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import mixed

CAMERA = ("--pixel-nm", 166, "--fps", 30, "--exposure-ms", 10, "--temperature-c", 25)
TRUTH_NM, ROUGHLY = 100.0, 0.08
NOBODY = "no particle was followed"
FRAMES, ROWS, COLUMNS = 60, 192, 256


def simulated(**wanted):
    small = {"frames": FRAMES, "width_px": COLUMNS, "height_px": ROWS, "per_frame": 15, "seed": 3}
    settings = NtaSettings(components=(mixed(TRUTH_NM, 0.02),), **(small | wanted))
    return np.stack([frame.image for frame in simulate_frames(plan_video(settings))])


@pytest.fixture(scope="module")
def film():
    return simulated()


@pytest.fixture
def sized(tmp_path, answer):
    """The one run of a video given as bytes, with the exit code."""

    def invoke(content, *arguments, name="birch.tif"):
        (tmp_path / name).write_bytes(content)
        document, code = answer("size", tmp_path / name, *(arguments or CAMERA))
        assert document["schema"] == "vesicle.size/1", document
        (run,) = document["runs"]
        return run, code

    return invoke


def without_median(run):
    return run["computed"]["median_nm"]["not_assessed"]


def median_of(run):
    assert run["status"] == "ok"
    return run["computed"]["median_nm"]["value"]


def codes(run):
    return {warned["code"] for warned in run["warnings"]}


def noise(frames=30, rows=ROWS, columns=COLUMNS):
    return np.random.default_rng(1).poisson(24, (frames, rows, columns)).astype(np.uint8)


def test_one_frame_is_a_picture_and_no_video(film, sized):
    run, code = sized(Tiff().write(film[:1]))
    assert (run["status"], code) == ("unreadable", 3)
    assert "single picture" in without_median(run)


def test_two_frames_are_too_few_to_follow_anything(film, sized):
    run, code = sized(Tiff().write(film[:2]))
    assert (run["status"], code) == ("no_result", 0)
    assert NOBODY in without_median(run)


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(np.full((20, ROWS, COLUMNS), 30, np.uint8), id="constant grey"),
        pytest.param(np.full((20, ROWS, COLUMNS), 255, np.uint8), id="all saturated"),
        pytest.param(np.zeros((20, ROWS, COLUMNS), np.uint8), id="black"),
        pytest.param(noise(), id="noise alone"),
        pytest.param(255 * (noise(20) > 24).astype(np.uint8), id="black and white noise"),
        pytest.param(noise(30, 8, 8), id="smaller than a spot"),
    ],
)
def test_a_video_without_particles_says_that_none_was_followed(frames, sized):
    run, code = sized(Tiff().write(frames))
    assert (run["status"], code) == ("no_result", 0)
    assert NOBODY in without_median(run)


def test_colours_become_grey_and_the_size_stays(film, sized):
    plain = median_of(sized(Tiff().write(film))[0])
    run, code = sized(Tiff(photometric=2).write(np.stack([film] * 3, -1)))
    assert code == 0
    assert "colour_to_grey" in codes(run)
    assert median_of(run) == plain
    assert plain == pytest.approx(TRUTH_NM, rel=ROUGHLY)


@pytest.mark.slow  # the functions are compiled again for 16 bits
def test_sixteen_bits_give_the_size_of_eight(film, sized):
    plain = median_of(sized(Tiff().write(film))[0])
    run, _ = sized(Tiff().write(film.astype(np.uint16) * 200))
    assert median_of(run) == pytest.approx(plain, rel=0.02)


def test_dark_particles_on_a_bright_ground_are_sized_too(sized):
    run, _ = sized(Tiff().write(simulated(dark=True)))
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


def test_frames_that_the_recorder_repeated_are_named_and_do_not_move_the_size(film, sized):
    dropped = film.copy()
    dropped[10::7] = film[9:-1:7]
    run, _ = sized(Tiff().write(dropped))
    assert "frames_repeated" in codes(run)
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


def test_a_picture_repeated_many_times_is_no_motion(film, sized):
    run, _ = sized(Tiff().write(np.repeat(film[:1], 20, axis=0)))
    assert "frames_repeated" in codes(run)
    assert NOBODY in without_median(run)


def test_a_frame_rate_of_zero_is_not_believed_and_can_be_stated(film, sized):
    content = Avi(palette=GREY_RAMP, rate=0, period_us=0).write(film)
    run, code = sized(content, *CAMERA[:2], *CAMERA[4:], name="ash.avi")
    assert (run["status"], code) == ("no_result", 0)
    assert "--fps" in without_median(run)
    assert "scale_not_believed" in codes(run)
    run, _ = sized(content, name="ash.avi")
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


@pytest.mark.parametrize(
    ("name", "form"), [("elm.avi", Avi(palette=GREY_RAMP, rate=30)), ("elm.tif", Tiff())], ids=["avi", "tiff"]
)
def test_a_file_cut_within_a_frame_gives_what_is_left_and_says_so(film, sized, name, form):
    whole = form.write(film)
    run, code = sized(whole[: 2 * len(whole) // 3 + 101], name=name)
    assert code == 0
    assert "frames_lost" in codes(run)
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


def test_what_is_missing_of_the_scale_is_asked_for_by_its_option(film, sized):
    run, code = sized(Tiff().write(film), "--temperature-c", 25)
    assert (run["status"], code) == ("no_result", 0)
    assert "--pixel-nm and --fps" in without_median(run)
    run, _ = sized(Tiff().write(film), *CAMERA[:-2])
    assert "--temperature-c" in without_median(run)


def test_a_threshold_far_above_all_particles_finds_none(film, sized):
    run, code = sized(Tiff().write(film), *CAMERA, "--threshold", 10)
    assert (run["status"], code) == ("no_result", 0)
    assert NOBODY in without_median(run)


@pytest.mark.slow  # links thousands of spots of noise
def test_a_threshold_deep_in_the_noise_is_warned_of(film, sized):
    run, code = sized(Tiff().write(film), *CAMERA, "--threshold", 0.2)
    assert code == 0
    assert codes(run)


@pytest.mark.parametrize("factor", [0.1, 11, "nan"])
def test_a_threshold_outside_its_range_is_wrong_usage(film, tmp_path, answer, factor):
    (tmp_path / "fir.tif").write_bytes(Tiff().write(film[:3]))
    document, code = answer("size", tmp_path / "fir.tif", *CAMERA, "--threshold", factor)
    assert code == 2
    assert "--threshold" in document["error"]["what"]


@pytest.mark.slow
def test_five_hundred_particles_a_frame_are_sized(sized):
    crowd = simulated(frames=40, width_px=640, height_px=480, per_frame=500)
    run, code = sized(Tiff().write(crowd))
    assert code == 0
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


MOST_MB = 300
METER = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
said = child.stdout.read()
_, status, usage = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))
print(said.decode())
"""


@pytest.mark.slow
def test_two_gigabytes_are_sized_in_the_memory_of_a_small_video(tmp_path):
    film, frames = simulated(width_px=640, height_px=480), 6600
    said = f"ImageJ=1.54f\nimages={frames}\nframes={frames}\n"
    content = Tiff(has_one_directory=True, description=said).write(film)
    path = tmp_path / "yew.tif"
    with path.open("wb") as file:  # a hole in the file takes no place on the disk
        file.write(content)
        file.truncate(len(content) + (frames - len(film)) * film[0].size)
    command = [sys.executable, "-m", "vesicle", "size", path, *CAMERA, "--json"]
    metered = [sys.executable, "-S", "-c", METER, *map(str, command)]
    peak_mb, said = subprocess.run(
        metered, check=True, capture_output=True, text=True, timeout=200
    ).stdout.split("\n", 1)
    (run,) = json.loads(said)["runs"]
    assert path.stat().st_size > 2e9
    assert "frames_repeated" in codes(run)
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)
    assert float(peak_mb) < MOST_MB
