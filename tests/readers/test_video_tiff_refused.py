"""TIFF files that are no video, or are damaged or hostile: a reason, no traceback, bounded memory."""

import importlib.util
import io
import os
import zlib

import numpy as np
import pytest
from tests.data.make_videos import film, imagej
from tests.data.video_bytes import Tiff
from tests.readers.videos import codes, grey_of, message, read_bytes

from vesicle.errors import BadValue, MissingExtra, NothingRecognised, ReadError, TruncatedFile
from vesicle.readers import video_tiff_directory, video_tiff_frames, video_tiff_pages
from vesicle.readers.recognise import claimed_by
from vesicle.readers.video_tiff import READER, declines

TRUTH = film(1, frames=5, height=14, width=17)
HUGE = {"width": {256: (4, [2**31])}, "height": {257: (4, [2**32 - 1])}, "none": {256: (4, [0])}}


@pytest.mark.parametrize("tags", HUGE.values(), ids=HUGE)
def test_sizes_that_no_camera_has_are_refused_before_anything_is_allocated(tmp_path, tags):
    with pytest.raises(ReadError) as caught:
        read_bytes(tmp_path, Tiff(tags=tags).write(TRUTH))
    assert caught.value.next_step


def test_a_frame_above_the_limit_is_refused_and_the_limit_is_said(tmp_path):
    tags = {256: (4, [20_000]), 257: (4, [20_000]), 278: (4, [20_000])}
    with pytest.raises(ReadError, match="cannot be true") as caught:
        read_bytes(tmp_path, Tiff(tags=tags).write(TRUTH))
    assert "at most 100,000,000 pixels" in caught.value.why


REFUSED = {
    "float": (Tiff(sample_format=3), np.float32, "whole numbers"),
    "signed": (Tiff(sample_format=2), np.int16, "whole numbers"),
    "32 bits": (Tiff(), np.uint32, "'32' bits"),
    "codec": (Tiff(tags={259: (3, [2])}), np.uint8, "compression 2"),
    "colour space": (Tiff(photometric=5), np.uint8, "colour space 5"),
    "predictor": (Tiff(tags={317: (3, [3])}), np.uint8, "predictor"),
}


@pytest.mark.parametrize(("layout", "dtype", "why"), REFUSED.values(), ids=REFUSED)
def test_pages_that_cannot_be_tracked_are_refused_with_the_reason(tmp_path, layout, dtype, why):
    with pytest.raises(ReadError, match="not frames that can be tracked") as caught:
        read_bytes(tmp_path, layout.write(TRUTH.astype(dtype)))
    assert why in caught.value.why


def test_five_samples_in_a_pixel_are_refused(tmp_path):
    with pytest.raises(ReadError) as caught:
        read_bytes(tmp_path, Tiff().write(np.stack([TRUTH] * 5, axis=3)))
    assert "5 samples" in caught.value.why


HEADERS = (
    b"II*\0",
    b"II*\0\x08\0\0\0",
    b"II*\0\0\0\0\0",
    b"MM\0+" + b"\0" * 4,
    b"II*\0\x08\0\0\0" + b"\xff" * 200,
    b"II*\0\x08\0\0\0\x01",
    b"II*\0\x08\0\0\0\x05\0" + b"\0" * 9,
)


@pytest.mark.parametrize("content", HEADERS)
def test_a_header_without_a_picture_is_refused(tmp_path, content):
    with pytest.raises(TruncatedFile, match="no picture"):
        read_bytes(tmp_path, content)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_file_without_a_whole_frame_is_refused(tmp_path, share):
    content = Tiff(has_one_directory=True, description=imagej(5)).write(TRUTH)
    head = len(content) - TRUTH.nbytes
    with pytest.raises(TruncatedFile, match="before its first frame does"):
        read_bytes(tmp_path, content[: head + int(share * TRUTH[0].nbytes)])


def test_pages_that_share_their_bytes_are_refused(tmp_path):
    same = Tiff(tags={273: (4, [8])}).write(np.zeros((2, 3, 3), np.uint8))
    large = Tiff(tags={256: (4, [30]), 257: (4, [30]), 278: (4, [30]), 273: (4, [8]), 279: (4, [900])})
    content = large.write(np.zeros((4, 3, 3), np.uint8)) + b"\0" * 900
    assert len(read_bytes(tmp_path, same).frames.offsets) == 2
    with pytest.raises(BadValue, match="share the same bytes"):
        read_bytes(tmp_path, content)


@pytest.mark.parametrize("images", [6, 10**9, 2**40])
def test_a_claim_of_countless_frames_gives_those_that_are_there(tmp_path, images):
    content = Tiff(has_one_directory=True, description=imagej(images)).write(TRUTH)
    video = read_bytes(tmp_path, content)
    assert np.array_equal(grey_of(video), TRUTH)
    assert codes(video) == ["frames_lost"]


def test_a_volume_at_each_time_is_refused_and_a_stack_of_slices_is_read(tmp_path):
    text = imagej(4, slices=2).replace("frames=4", "frames=2")
    with pytest.raises(ReadError, match="volume at each time"):
        read_bytes(tmp_path, Tiff(description=text).write(TRUTH[:4]))
    text = "ImageJ=1.54f\nimages=5\nslices=5\n"
    video = read_bytes(tmp_path, Tiff(description=text).write(TRUTH))
    assert (codes(video), len(grey_of(video))) == (["axis_as_frames"], 5)


def test_a_page_that_cannot_be_unpacked_is_named(tmp_path):
    content = bytearray(Tiff(compression=8).write(TRUTH))
    video = read_bytes(tmp_path, bytes(content))
    place = int(video.frames.offsets[3, 0])
    content[place : place + 20] = b"\xff" * 20
    with pytest.raises(ReadError, match="cannot be decoded") as caught:
        grey_of(read_bytes(tmp_path, bytes(content)))
    assert caught.value.where == "elm.tif, page 4"
    content[8:28] = b"\xff" * 20
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_bytes(tmp_path, bytes(content))


def test_a_strip_that_unpacks_to_more_than_it_may_hold_is_cut_off(tmp_path):
    bomb = zlib.compress(b"\0" * 50_000_000)
    frames = np.zeros((2, 4, 4), np.uint8)
    content = bytearray(Tiff(compression=8, tags={279: (4, [len(bomb)])}).write(frames))
    at = len(content)
    content += bomb + bomb
    placed = Tiff(compression=8, tags={273: (4, [at]), 279: (4, [len(bomb)])}).write(frames)
    video = read_bytes(tmp_path, placed.ljust(at, b"\0") + bomb + bomb)
    assert grey_of(video).shape == (2, 4, 4)
    assert len(video_tiff_frames._expanded(bomb, 8, most=16)) == 16


def test_a_strip_that_unpacks_to_less_than_a_row_is_refused(tmp_path):
    with pytest.raises(ReadError, match="cannot be decoded") as caught:
        read_bytes(tmp_path, Tiff(compression=8, tags={257: (4, [14]), 256: (4, [900])}).write(TRUTH))
    assert "less than a row" in caught.value.why


def test_a_compressed_file_that_is_cut_while_it_is_read_is_refused(tmp_path):
    video = read_bytes(tmp_path, Tiff(compression=8).write(TRUTH))
    blocks = video.frames.blocks(1)
    next(blocks)
    os.truncate(video.frames.path, 60)
    with pytest.raises(ReadError, match="changed while"):
        list(blocks)


def test_codecs_of_another_package_are_refused_with_the_line_to_type(tmp_path, monkeypatch):
    monkeypatch.setattr(video_tiff_frames, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="LZW") as caught:
        read_bytes(tmp_path, Tiff(tags={259: (3, [5])}).write(TRUTH))
    assert "pip install 'vesicle[video]'" in caught.value.next_step


def test_codecs_of_tifffile_are_decoded_by_it(tmp_path):
    import tifffile

    tifffile.imwrite(tmp_path / "oak.tif", TRUTH, compression="lzma", rowsperstrip=4, metadata=None)
    video = read_bytes(tmp_path, (tmp_path / "oak.tif").read_bytes())
    assert np.array_equal(grey_of(video), TRUTH)
    assert video.codec == "LZMA"
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_bytes(tmp_path, Tiff(tags={259: (3, [34925])}).write(TRUTH))


@pytest.mark.skipif(importlib.util.find_spec("imagecodecs") is None, reason="imagecodecs is not installed")
@pytest.mark.parametrize(("codec", "furthest"), [("lzw", 0), ("zstd", 0), ("jpeg", 40)])
def test_codecs_of_imagecodecs_are_decoded_and_lossy_ones_are_said(tmp_path, codec, furthest):
    import tifffile

    tifffile.imwrite(tmp_path / "oak.tif", TRUTH, compression=codec, metadata=None)
    video = read_bytes(tmp_path, (tmp_path / "oak.tif").read_bytes())
    assert np.abs(grey_of(video).astype(int) - TRUTH).max() <= furthest
    assert codes(video) == (["lossy_codec"] if codec == "jpeg" else [])


def test_a_single_picture_is_no_failure_and_no_video(tmp_path):
    with pytest.raises(NothingRecognised, match="single picture") as caught:
        read_bytes(tmp_path, Tiff().write(TRUTH[:1]))
    assert "Diameter (nm)" in caught.value.next_step
    (tmp_path / "two.tif").write_bytes(Tiff().write(TRUTH[:2]))
    (tmp_path / "bad.tif").write_bytes(HEADERS[0])
    assert [declines(tmp_path / name) for name in ("two.tif", "bad.tif", "gone.tif")] == ["", "", ""]


def test_one_frame_of_several_channels_is_refused(tmp_path):
    text = "ImageJ=1.54f\nimages=3\nchannels=3\n"
    with pytest.raises(ReadError, match="one frame cannot be tracked") as caught:
        read_bytes(tmp_path, Tiff(description=text).write(TRUTH[:3]))
    assert "channels of one" in caught.value.why


def test_what_is_no_tiff_and_what_changed_since_the_scan_is_not_read(tmp_path, raw_file):
    path = tmp_path / "elm.tif"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ReadError, match="not a TIFF") as caught:
        READER.read(raw_file(path, location=path))
    assert "89 50 4e 47" in caught.value.why
    with pytest.raises(ReadError, match="changed while"):
        READER.read(raw_file(path, content=b"", location=path))
    path.unlink()
    with pytest.raises(ReadError, match="cannot be opened"):
        READER.read(raw_file(path, content=b"", location=path))


def test_a_wrong_magic_under_the_name_of_a_video_says_what_to_save():
    reader, hint = claimed_by("elm.tif", b"\x89PNG\r\n\x1a\n")
    assert reader is None
    assert hint is not None
    assert "uncompressed AVI or TIFF stack" in hint.remedy


class Counted(io.BytesIO):
    """A file that counts the bytes that are read of it."""

    total = 0

    def read(self, size=-1, /):
        found = super().read(size)
        self.total += len(found)
        return found


def test_directories_that_overlap_are_read_no_longer_than_the_file_allows(monkeypatch):
    monkeypatch.setattr(video_tiff_directory, "_SMALLEST_BUDGET", 0)
    # Sixty entries of one directory claim nearly the whole file as their list of strips.
    entry = b"\x11\x01\x04\0" + (2400).to_bytes(4, "little") + (8).to_bytes(4, "little")
    content = b"II*\0\x08\0\0\0" + (60).to_bytes(2, "little") + entry * 60 + b"\0" * 10_000
    file = Counted(content)
    with pytest.raises(ReadError):
        video_tiff_pages.read_structure(file, where="elm.tif")
    assert 3 * len(content) < file.total <= 4 * len(content) + 16


def test_a_list_of_too_many_strips_ends_there(tmp_path, monkeypatch):
    monkeypatch.setattr(video_tiff_pages, "_MOST_SEGMENTS", 9)
    video = read_bytes(tmp_path, Tiff(rows_per_strip=5).write(TRUTH))
    assert len(grey_of(video)) == 3
    assert "more than 9 strips" in message(video, "frames_lost")


def test_a_list_of_too_many_pages_ends_there(tmp_path, monkeypatch):
    monkeypatch.setattr(video_tiff_directory, "MOST_FRAMES", 3)
    video = read_bytes(tmp_path, Tiff().write(TRUTH))
    assert len(grey_of(video)) == 3
    assert "more than 3 pages" in message(video, "frames_lost")


@pytest.mark.slow
def test_a_sparse_file_far_above_the_limit_for_texts_is_read_in_blocks(tmp_path):
    import tracemalloc

    content = Tiff(has_one_directory=True, description=imagej(1000)).write(np.zeros((1, 480, 640), np.uint8))
    path = tmp_path / "large.tif"
    path.write_bytes(content)
    os.truncate(path, 307_000_000)
    tracemalloc.start()
    from vesicle.readers.scan import read_path

    video = read_path(path)
    frames = sum(len(block) for block in video.frames.blocks(16))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert frames == video.frames.shape[0] == (307_000_000 - (len(content) - 640 * 480)) // (640 * 480)
    assert peak < 40_000_000
    assert codes(video) == ["frames_lost"]
