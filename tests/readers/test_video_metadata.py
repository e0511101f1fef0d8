"""The scale of a video: taken where the file states it and it can be true, never from a screen's resolution."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.make_videos import OME, PLANE, film, imagej
from tests.data.video_bytes import Tiff
from tests.readers.videos import codes, grey_of, message, read_bytes

from vesicle.measurements import Scale
from vesicle.readers.video_metadata import (
    Stated,
    avi_date,
    first_stated,
    iso_date,
    nm_per,
    number,
    scale_from,
    seconds_per,
)

TRUTH = film(1, frames=4, height=8, width=9)
PER_UM = {282: (5, [(6_024_096, 1_000_000)]), 283: (5, [(6_024_096, 1_000_000)])}


def scale_of(folder, **said):
    return read_bytes(folder, Tiff(**said).write(TRUTH))


@pytest.mark.parametrize("unit", ["micron", "um", "µm", "\\u00B5m"])
def test_imagej_states_pixel_size_and_interval(tmp_path, unit):
    video = scale_of(tmp_path, description=imagej(4, unit=unit, finterval=0.02), first_tags=PER_UM)
    assert video.scale.pixel_nm == pytest.approx(166.0, rel=1e-6)
    assert (video.scale.fps, codes(video)) == (50.0, [])


@pytest.mark.parametrize(("unit", "factor"), [("nm", 1.0), ("mm", 1e6), ("cm", 1e7)])
def test_other_units_of_length_are_converted(tmp_path, unit, factor):
    tags = {282: (5, [(1000, 1)]), 283: (5, [(1000, 1)])}
    video = scale_of(tmp_path, description=imagej(4, unit=unit), first_tags=tags)
    stated = factor / 1000
    assert video.scale.pixel_nm == (pytest.approx(stated) if 1 <= stated <= 20_000 else None)


@pytest.mark.parametrize("unit", ["pixel", "inch ", "", "furlong"])
def test_a_unit_that_is_no_length_of_a_microscope_gives_no_scale(tmp_path, unit):
    video = scale_of(tmp_path, description=imagej(4, unit=unit), first_tags=PER_UM)
    assert video.scale.pixel_nm is None


def test_the_interval_has_a_unit_of_its_own(tmp_path):
    video = scale_of(tmp_path, description=imagej(4, finterval=20, tunit="ms"))
    assert video.scale.fps == pytest.approx(50.0)


def test_a_playing_speed_is_used_and_said(tmp_path):
    video = scale_of(tmp_path, description=imagej(4, fps=24))
    assert (video.scale.fps, codes(video)) == (24.0, ["rate_from_playback"])


@pytest.mark.parametrize(("fps", "shown"), [("0.0", "0"), ("1e9", "1e+09"), ("-3", "-3")])
def test_a_rate_that_no_camera_has_is_not_used(tmp_path, fps, shown):
    video = scale_of(tmp_path, description=imagej(4, fps=fps))
    assert video.scale.fps is None
    assert f"{shown} frames per second" in message(video, "scale_not_believed")
    assert "state fps in vesicle.toml" in message(video, "scale_not_believed")


def dots(per_unit, unit):
    return {282: (5, [(per_unit, 1)]), 283: (5, [(per_unit, 1)]), 296: (3, [unit])}


@pytest.mark.parametrize("per_inch", [1, 72, 96, 300, 600, 1200])
def test_the_resolution_of_a_screen_or_a_printer_is_no_scale(tmp_path, per_inch):
    video = scale_of(tmp_path, first_tags=dots(per_inch, 2))
    assert video.scale.pixel_nm is None
    assert "that of a screen" in message(video, "scale_not_believed")


def test_the_resolution_of_a_microscope_is_a_scale_and_none_is_none(tmp_path):
    assert scale_of(tmp_path, first_tags=dots(60_241, 3)).scale.pixel_nm == pytest.approx(166.0, rel=1e-5)
    for tags in (dots(1, 1), {282: (5, [(1, 0)])}, {}):
        video = scale_of(tmp_path, first_tags=tags)
        assert (video.scale.pixel_nm, codes(video)) == (None, [])


def test_pixels_that_are_not_square_are_no_scale(tmp_path):
    tags = {282: (5, [(60_241, 1)]), 283: (5, [(30_000, 1)]), 296: (3, [3])}
    video = scale_of(tmp_path, first_tags=tags)
    assert video.scale.pixel_nm is None
    assert "not square" in message(video, "scale_not_believed")


def ome(planes="", pixels="", **changes):
    text = OME.replace('SizeT="5"', 'SizeT="4"').format(planes=planes)
    for name, value in changes.items():
        text = re.sub(f'\\b{name}="[^"]*"', f'{name}="{value}"', text)
    return text.replace(' SizeX="21"', f' {pixels} SizeX="9"')


def test_ome_states_the_interval_the_exposure_and_the_units(tmp_path):
    planes = "".join(PLANE.format(t=t, at=20 * t) for t in range(4))
    video = scale_of(tmp_path, description=ome(planes))
    assert (video.scale.fps, video.scale.exposure_ms) == (50.0, 15.0)
    video = scale_of(tmp_path, description=ome(pixels='TimeIncrement="40" TimeIncrementUnit="ms"'))
    assert video.scale == Scale(pixel_nm=166.0, fps=25.0)
    video = scale_of(
        tmp_path, description=ome(pixels='PhysicalSizeXUnit="nm" PhysicalSizeYUnit="nm"', PhysicalSizeX=90)
    )
    assert video.scale.pixel_nm is None


def test_planes_that_state_their_times_only_in_part_give_no_rate(tmp_path):
    planes = PLANE.format(t=0, at=0) + '<Plane TheZ="0" TheC="0" TheT="1" ExposureTime="9"/>'
    video = scale_of(tmp_path, description=ome(planes))
    assert (video.scale.fps, video.scale.exposure_ms) == (None, None)


def test_significant_bits_that_the_levels_exceed_are_not_believed(tmp_path):
    deep = film(1, frames=4, height=8, width=9, bits=16)
    deep[0, 0, 0] = 65_535
    video = read_bytes(tmp_path, Tiff(description=ome()).write(deep))
    assert video.frames.bits == 16


@pytest.mark.parametrize(
    "text",
    [
        "<OME><Image><Pixels></OME>",
        "<OME/>",
        "<OME><Image/></OME>",
        '<!DOCTYPE a [<!ENTITY b "cc">]><OME><Image><Pixels SizeT="&b;"/></Image></OME>',
        '{"shape": "x"}',
        '{"shape": [1e999]}',
        '{"shape": [-5, 8, 9]}',
        '{"shape"' + "[" * 5000,
        "ImageJ=1.54f\nimages=many\nfinterval=soon\nunit\n",
        "ImageJ=",
        "\x00\xff",
    ],
)
def test_texts_that_are_damaged_or_hostile_say_nothing(tmp_path, text):
    video = scale_of(tmp_path, description=text)
    assert np.array_equal(grey_of(video), TRUTH)
    assert video.scale == Scale()


def test_of_several_channels_the_first_is_taken_in_any_order_of_the_axes(tmp_path):
    channels = np.concatenate([TRUTH[:2], 255 - TRUTH[:2]])
    text = ome(SizeT=2, SizeC=2, DimensionOrder="XYZTC")
    video = read_bytes(tmp_path, Tiff(description=text).write(channels))
    assert np.array_equal(grey_of(video), TRUTH[:2])
    fast = np.stack([TRUTH[:2], 255 - TRUTH[:2]], axis=1).reshape(4, 8, 9)
    for text in ("ImageJ=1\nimages=4\nchannels=2\nframes=2\n", ome(SizeT=2, SizeC=2)):
        video = read_bytes(tmp_path, Tiff(description=text).write(fast))
        assert np.array_equal(grey_of(video), TRUTH[:2])
        assert codes(video) == ["first_channel_used"]


def test_a_stack_that_a_program_calls_channels_is_a_video(tmp_path):
    many = film(1, frames=9, height=8, width=9)
    video = read_bytes(tmp_path, Tiff(description="ImageJ=1\nimages=9\nchannels=9\n").write(many))
    assert (codes(video), len(grey_of(video))) == (["axis_as_frames"], 9)


def test_dates_and_programs_are_taken_from_the_tags(tmp_path):
    tags = {305: (2, b"Camera 2.1\0"), 306: (2, b"2026:03:02 10:11:12\0")}
    video = scale_of(tmp_path, first_tags=tags)
    assert (video.acquired, video.software) == ("2026-03-02T10:11:12", "Camera 2.1")
    assert scale_of(tmp_path, first_tags={306: (2, b"2026:13:02 10:11:12\0")}).acquired is None


@given(st.text(max_size=30))
def test_no_text_is_too_odd_to_be_looked_at(text):
    assert iso_date(text) is None or text[:4].strip().isdigit()
    assert avi_date(text) is None or len(avi_date(text)) == 19
    assert number(text) is None or np.isfinite(number(text))
    assert nm_per(text) is None or nm_per(text) > 0
    assert seconds_per(text) is None or seconds_per(text) > 0


def test_the_first_place_that_states_a_value_wins_and_pixels_stay_together():
    merged = first_stated(
        Stated(fps=3.0), Stated(fps=4.0, pixel_nm=5.0), Stated(pixel_nm=6.0, pixel_height_nm=7.0)
    )
    assert (merged.fps, merged.pixel_nm, merged.pixel_height_nm) == (3.0, 5.0, None)


def test_an_exposure_that_cannot_be_true_is_not_used():
    for exposure in (0.0, -1.0, 1e6):
        scale, notes = scale_from(Stated(exposure_ms=exposure))
        assert scale.exposure_ms is None
        assert [note.code for note in notes] == ["scale_not_believed"]
    assert scale_from(Stated(exposure_ms=10.0)) == (Scale(exposure_ms=10.0), ())
