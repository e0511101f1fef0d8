"""TIFF stacks of every layout give the grey levels that were written."""

import numpy as np
import pytest
from tests.data.make_videos import film, imagej, tiff_cases
from tests.data.video_bytes import Tiff
from tests.readers.videos import codes, grey_of, message, read_bytes

from vesicle.errors import ReadError

TRUTH = film(1, frames=5, height=14, width=17)
DEEP = film(2, frames=5, height=14, width=17, bits=16)
DEEP[0, 0, 0] = 65535


@pytest.mark.parametrize("case", tiff_cases(), ids=lambda case: case.name)
def test_the_fixtures_give_the_levels_that_were_written(case, tmp_path):
    video = read_bytes(tmp_path, case.content, case.name)
    assert np.array_equal(grey_of(video), case.grey)


LAYOUTS = {
    "little": {},
    "big-endian": {"order": ">"},
    "bigtiff": {"is_big": True},
    "bigtiff-big-endian": {"is_big": True, "order": ">"},
    "strips": {"rows_per_strip": 3},
    "tiles": {"tile": (16, 16)},
    "deflate": {"compression": 8},
    "deflate-strips": {"compression": 8, "rows_per_strip": 5},
    "deflate-predictor": {"compression": 8, "predictor": 2, "order": ">"},
    "old-deflate-tiles": {"compression": 32946, "tile": (8, 8), "predictor": 2},
    "packbits": {"compression": 32773},
    "plain-predictor": {"predictor": 2},
    "inverted": {"photometric": 0},
}


@pytest.mark.parametrize("truth", [TRUTH, DEEP], ids=["8-bit", "16-bit"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_gives_the_levels_that_were_written(tmp_path, layout, truth):
    video = read_bytes(tmp_path, Tiff(**layout).write(truth))
    assert video.frames.shape == truth.shape
    assert video.frames.bits == truth.dtype.itemsize * 8
    assert np.array_equal(grey_of(video), truth)
    assert codes(video) == (["display_ignored"] if "photometric" in layout else [])


@pytest.mark.parametrize("planes", [{}, {"is_planar": True}, {"is_planar": True, "compression": 8}])
def test_equal_colours_give_their_first_channel_and_others_the_luma(tmp_path, planes):
    layout = Tiff(photometric=2, **planes)
    equal = read_bytes(tmp_path, layout.write(np.repeat(TRUTH[..., None], 3, axis=3)))
    assert np.array_equal(grey_of(equal), TRUTH)
    assert "first channel" in message(equal, "colour_to_grey")
    red = np.stack([TRUTH, np.zeros_like(TRUTH), np.zeros_like(TRUTH)], axis=3)
    assert np.array_equal(
        grey_of(read_bytes(tmp_path, layout.write(red))), np.rint(0.299 * TRUTH).astype(np.uint8)
    )
    assert "0.299 red" in message(read_bytes(tmp_path, layout.write(red)), "colour_to_grey")


def test_grey_with_a_second_sample_gives_the_first(tmp_path):
    video = read_bytes(tmp_path, Tiff().write(np.stack([TRUTH, 255 - TRUTH], axis=3)))
    assert np.array_equal(grey_of(video), TRUTH)
    assert "no colours" in message(video, "colour_to_grey")


def test_twelve_bits_in_sixteen_are_seen_in_the_frames_and_said(tmp_path):
    truth = film(3, frames=4, height=9, width=9, bits=12)
    video = read_bytes(tmp_path, Tiff().write(truth))
    assert (video.frames.bits, codes(video)) == (12, ["bits_inferred"])
    shifted = read_bytes(tmp_path, Tiff().write(truth << 4))
    assert (shifted.frames.bits, codes(shifted)) == (12, ["bits_inferred"])
    assert np.array_equal(grey_of(shifted), truth)


@pytest.mark.parametrize(
    "layout", [{"rows_per_strip": 4}, {"rows_per_strip": 4, "predictor": 1, "tile": None}]
)
def test_packed_levels_are_unpacked_strip_by_strip(tmp_path, layout):
    truth = film(3, frames=4, height=9, width=7, bits=12)
    content = Tiff(is_packed=True, **layout).write(truth)
    assert np.array_equal(grey_of(read_bytes(tmp_path, content)), truth)


def test_one_directory_for_many_frames_is_taken_at_its_word(tmp_path):
    described = imagej(5, unit="pixel")
    for description in (described, '{"shape": [5, 14, 17]}'):
        video = read_bytes(tmp_path, Tiff(has_one_directory=True, description=description).write(TRUTH))
        assert np.array_equal(grey_of(video), TRUTH)
    planes = {33629: (5, [(1, 1)] * 15)}
    many = np.concatenate([TRUTH] * 3)
    metamorph = read_bytes(tmp_path, Tiff(has_one_directory=True, first_tags=planes).write(many), "elm.stk")
    assert np.array_equal(grey_of(metamorph), many)


def test_a_preview_page_is_left_out(tmp_path):
    whole = Tiff().write(TRUTH)
    small = Tiff(tags={254: (4, [1])}).write(np.zeros((1, 4, 4), np.uint8))
    assert np.array_equal(grey_of(read_bytes(tmp_path, joined(whole, small))), TRUTH)
    other = Tiff().write(np.zeros((1, 4, 4), np.uint8))
    video = read_bytes(tmp_path, joined(whole, other))
    assert (codes(video), len(grey_of(video))) == (["pages_left_out"], 5)


def joined(first, second):
    """Two little-endian files as one: the pages of the second follow those of the first."""
    moved = bytearray(first + second)
    (start,) = np.frombuffer(second[4:8], "<u4")
    count = int(np.frombuffer(second[start : start + 2], "<u2")[0])
    for entry in range(count):
        at = len(first) + int(start) + 2 + 12 * entry
        tag = int(np.frombuffer(moved[at : at + 2], "<u2")[0])
        if tag == 273:
            place = int(np.frombuffer(moved[at + 8 : at + 12], "<u4")[0])
            moved[at + 8 : at + 12] = (place + len(first)).to_bytes(4, "little")
    moved[len(first) - 4 : len(first)] = (len(first) + int(start)).to_bytes(4, "little")
    return bytes(moved)


@pytest.mark.parametrize("share", [0.35, 0.6, 0.95])
def test_of_a_file_that_was_cut_the_whole_frames_are_read_and_the_lost_are_counted(tmp_path, share):
    content = Tiff(has_one_directory=True, description=imagej(5)).write(TRUTH)
    cut = content[: int(len(content) * share)]
    whole = (len(cut) - (len(content) - TRUTH.nbytes)) // TRUTH[0].nbytes
    if whole == 1:
        with pytest.raises(ReadError, match="one frame"):
            read_bytes(tmp_path, cut)
        return
    video = read_bytes(tmp_path, cut)
    assert np.array_equal(grey_of(video), TRUTH[:whole])
    assert message(video, "frames_lost") == f"The file ends before its frames do: {5 - whole} of 5 are lost."


def test_a_chain_that_is_cut_gives_the_pages_before_the_cut(tmp_path):
    content = Tiff().write(TRUTH)
    video = read_bytes(tmp_path, content[:-100])
    assert np.array_equal(grey_of(video), TRUTH[:4])
    assert "page 5 is not whole" in message(video, "frames_lost")


def test_a_chain_in_a_circle_gives_each_page_once(tmp_path):
    content = bytearray(Tiff().write(TRUTH))
    content[-4:] = content[4:8]
    video = read_bytes(tmp_path, bytes(content))
    assert np.array_equal(grey_of(video), TRUTH)
    assert "circle" in message(video, "frames_lost")
