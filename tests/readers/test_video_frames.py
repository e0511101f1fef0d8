"""Grey levels from stored bytes, in blocks of bounded size, from files that may change meanwhile."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests.data.make_videos import film
from tests.data.video_bytes import packed_12_bits

from vesicle.errors import ReadError
from vesicle.measurements.sizing import read_only
from vesicle.readers import video_frames
from vesicle.readers.video_frames import (
    PixelLayout,
    StoredFrames,
    block_length,
    luma_weights,
    to_grey,
    unpack_12_bits,
)


def stored(folder, frames, *, gap=0, **layout):
    """Frames in a file of their own, with ``gap`` bytes before each."""
    content = b"".join(b"\xee" * gap + frame.tobytes() for frame in frames)
    (folder / "elm.raw").write_bytes(content)
    height, width = frames.shape[1:3]
    each = frames[0].nbytes
    said = {"sample": frames.dtype.str, "row_bytes": each // height, **layout}
    return StoredFrames(
        path=folder / "elm.raw",
        where="elm.raw",
        size_bytes=len(content),
        offsets=read_only(np.arange(len(frames), dtype=np.int64) * (each + gap) + gap),
        layout=PixelLayout(height=height, width=width, **said),
        bits=frames.dtype.itemsize * 8,
    )


@pytest.mark.parametrize("gap", [0, 7])
@pytest.mark.parametrize("dtype", ["|u1", "<u2", ">u2"])
@pytest.mark.parametrize("length", [1, 3, 100])
def test_blocks_of_any_length_hold_the_frames_in_their_order(tmp_path, gap, dtype, length):
    truth = film(1, frames=7, height=6, width=9).astype(dtype)
    frames = stored(tmp_path, truth, gap=gap)
    blocks = list(frames.blocks(length))
    assert frames.shape == (7, 6, 9)
    assert [len(block) for block in blocks[:-1]] == [min(length, 7)] * (len(blocks) - 1)
    assert np.array_equal(np.concatenate(blocks), truth)
    assert all(block.dtype.isnative and block.flags.c_contiguous for block in blocks)


def test_nobody_can_write_into_a_block(tmp_path):
    (block,) = stored(tmp_path, film(1, frames=2, height=6, width=9)).blocks(8)
    with pytest.raises(ValueError, match="read-only"):
        block[0, 0, 0] = 1


def test_frames_can_be_sent_to_another_process(tmp_path):
    frames = stored(tmp_path, film(1, frames=5, height=6, width=9))
    again = pickle.loads(pickle.dumps(frames))
    assert np.array_equal(np.concatenate(list(again.blocks(2))), np.concatenate(list(frames.blocks(2))))


@given(
    arrays.arrays(np.uint16, st.tuples(st.integers(1, 4), st.integers(1, 9)), elements=st.integers(0, 4095))
)
def test_packed_levels_make_the_round_trip(levels):
    rows = np.frombuffer(packed_12_bits(levels), np.uint8).reshape(len(levels), -1)
    assert np.array_equal(unpack_12_bits(rows, width=levels.shape[1]), levels)


def test_rows_from_the_bottom_and_their_padding_are_put_right(tmp_path):
    truth = film(2, frames=3, height=5, width=7)
    padded = np.pad(truth[:, ::-1], ((0, 0), (0, 0), (0, 1)), constant_values=99)
    frames = stored(tmp_path, padded, is_bottom_up=True)
    frames = replace(frames, layout=replace(frames.layout, width=7))
    assert np.array_equal(np.concatenate(list(frames.blocks(2))), truth)


def test_colours_are_mixed_as_the_eye_sees_them():
    layout = PixelLayout(height=1, width=4, samples=3, row_bytes=12, weights=luma_weights("bgr"))
    pixels = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert to_grey(pixels.reshape(1, -1), layout).tolist() == [[[255, 29, 150, 76]]]


def test_a_table_and_a_shift_change_levels_and_nothing_else():
    inverted = bytes(range(255, -1, -1))
    layout = PixelLayout(height=1, width=3, row_bytes=3, table=inverted)
    assert to_grey(np.array([[0, 7, 255]], np.uint8), layout).tolist() == [[[255, 248, 0]]]
    wide = PixelLayout(height=1, width=2, row_bytes=4, sample="<u2", shift=4)
    levels = np.array([[16, 65520]], "<u2").view(np.uint8)
    assert to_grey(levels, wide).tolist() == [[[1, 4095]]]


@given(st.integers(1, 1000), st.integers(1, 10**9))
def test_a_block_never_holds_more_than_the_limit_unless_one_frame_does(length, frame_bytes):
    frames = block_length(length, frame_bytes)
    assert 1 <= frames <= length
    assert frames == 1 or frames * frame_bytes <= video_frames.BLOCK_BYTES


def test_a_file_that_changed_its_size_or_is_gone_is_refused_with_something_to_do(tmp_path):
    frames = stored(tmp_path, film(1, frames=4, height=6, width=9))
    content = frames.path.read_bytes()
    for other in (content + b"\0", content[:-1]):
        frames.path.write_bytes(other)
        with pytest.raises(ReadError, match="changed while") as caught:
            list(frames.blocks(2))
        assert "Run again" in caught.value.next_step
    frames.path.unlink()
    with pytest.raises(ReadError, match="cannot be opened"):
        list(frames.blocks(2))


def test_a_file_that_is_cut_between_two_blocks_is_refused_and_kills_nobody(tmp_path):
    frames = stored(tmp_path, film(1, frames=4, height=6, width=9))
    blocks = frames.blocks(1)
    next(blocks)
    with frames.path.open("r+b") as stream:
        stream.truncate(60)
    with pytest.raises(ReadError, match="ends before byte"):
        list(blocks)
