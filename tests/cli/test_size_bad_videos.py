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
NOBODY, NOISE = "no particle was followed", "noise alone would give"
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
    "grey", [pytest.param(30, id="grey"), pytest.param(255, id="saturated"), pytest.param(0, id="black")]
)
def test_a_video_of_one_grey_level_says_that_nothing_changes(grey, sized):
    run, code = sized(Tiff().write(np.full((20, ROWS, COLUMNS), grey, np.uint8)))
    assert (run["status"], code) == ("no_result", 0)
    assert without_median(run) == "all 20 frames are the same picture"


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(noise(), id="noise alone"),
        pytest.param(255 * (noise(20) > 24).astype(np.uint8), id="black and white noise"),
        pytest.param(noise(30, 8, 8), id="smaller than a spot"),
    ],
)
def test_a_video_without_particles_says_that_none_was_followed_or_stands_out(frames, sized):
    run, code = sized(Tiff().write(frames))
    assert (run["status"], code) == ("no_result", 0)
    assert NOBODY in without_median(run) or NOISE in without_median(run)


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
    places = np.array([5, 18, 22, 31, 47, 55])
    dropped[places] = film[places - 1]
    run, _ = sized(Tiff().write(dropped))
    assert "frames_repeated" in codes(run)
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


@pytest.mark.parametrize("times", [2, 3])
def test_pictures_that_a_program_wrote_several_times_are_sized_at_the_rate_of_the_camera(film, sized, times):
    plain = median_of(sized(Tiff().write(film))[0])
    raised = ("--pixel-nm", 166, "--fps", 30 * times, "--exposure-ms", 10, "--temperature-c", 25)
    run, code = sized(Tiff().write(np.repeat(film, times, axis=0)), *raised)
    assert code == 0
    (said,) = [w["message"] for w in run["warnings"] if w["code"] == "pictures_repeated"]
    assert "at 30 pictures per second" in said
    assert median_of(run) == pytest.approx(plain, rel=0.01)


def test_every_fifth_frame_a_repeat_is_refused_since_the_time_between_frames_is_not_known(film, sized):
    run, code = sized(Tiff().write(film[np.arange(FRAMES) * 4 // 5]))
    assert (run["status"], code) == ("no_result", 0)
    assert "frame_times_unknown" in codes(run)
    assert "at every 5th frame" in without_median(run)


def test_no_track_goes_on_over_frames_that_the_recorder_marked_as_lost(film, sized):
    """Steps across them take longer: joined, the sizes would be a fifth too small."""
    lost = np.arange(3, FRAMES, 5)
    form = Avi(palette=GREY_RAMP, rate=30, lost=tuple(lost.tolist()))
    run, code = sized(form.write(np.delete(film, lost, axis=0)), name="elm.avi")
    assert code == 0
    assert "frames_dropped" in codes(run)
    assert median_of(run) == pytest.approx(TRUTH_NM, rel=ROUGHLY)


@pytest.mark.parametrize(("pixel_nm", "fps"), [(1660, 30), (2, 30), (166, 3000)])
def test_a_wrong_scale_that_gives_impossible_sizes_is_named(film, sized, pixel_nm, fps):
    run, _ = sized(Tiff().write(film), "--pixel-nm", pixel_nm, "--fps", fps, "--temperature-c", 25)
    assert "diameter_implausible" in codes(run)


def test_doubts_stand_below_the_numbers_for_people_too(film, tmp_path, call):
    (tmp_path / "fir.tif").write_bytes(Tiff().write(film))
    said = call("size", tmp_path / "fir.tif", "--pixel-nm", 1660, *CAMERA[2:])
    assert "fir.tif: The median diameter is" in said.stdout


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


def test_a_threshold_deep_in_the_noise_says_how_many_spots_are_noise_and_gives_no_size(film, sized):
    run, code = sized(Tiff().write(film), *CAMERA, "--threshold", 0.2)
    assert (run["status"], code) == ("no_result", 0)
    assert NOISE in without_median(run)
    assert "0.2 times the automatic threshold" in without_median(run)
    assert "spots_of_noise" in codes(run)


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
