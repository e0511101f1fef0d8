"""Encoded videos: lossless ones to the last level, lossy ones with a warning, damaged ones with a reason."""

import subprocess
import sys

import numpy as np
import pytest
from tests.conformance.fixtures import FOLDER
from tests.data.make_videos import film
from tests.readers.videos import codes, grey_of, message, read_bytes

from vesicle.errors import MissingExtra, NothingRecognised, ReadError
from vesicle.readers import video_av, video_av_frames, video_record
from vesicle.readers.scan import read_path
from vesicle.readers.video_av import READER, container_of

av = pytest.importorskip("av")

TRUTH = film(3, frames=14, height=32, width=48)
DEEP = film(4, frames=9, height=32, width=48, bits=12)


def encoded(path, grey, *, codec, layout, given="gray", rate=30, stamps=None):
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width, stream.pix_fmt = *grey.shape[1:3], layout
        for number, levels in enumerate(grey):
            frame = av.VideoFrame.from_ndarray(levels, format=given)
            frame.pts = number if stamps is None else stamps[number]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


LOSSLESS = {
    "ffv1.mkv": ("ffv1", "gray", "gray", TRUTH, 8),
    "ffv1.avi": ("ffv1", "gray", "gray", TRUTH, 8),
    "png.mov": ("png", "gray", "gray", TRUTH, 8),
    "deep.mkv": ("ffv1", "gray12le", "gray12le", DEEP, 12),
    "ten.mkv": ("ffv1", "gray10le", "gray10le", DEEP >> 2, 10),
    "sixteen.mkv": ("ffv1", "gray16le", "gray16le", DEEP * 16 + 5, 16),
    "colour.mkv": ("ffv1", "bgr0", "rgb24", np.repeat(TRUTH[..., None], 3, axis=3), 8),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_codecs_give_every_level_that_was_written(tmp_path, name):
    codec, layout, given, grey, bits = LOSSLESS[name]
    video = read_path(encoded(tmp_path / name, grey, codec=codec, layout=layout, given=given))
    assert np.array_equal(grey_of(video), grey if grey.ndim == 3 else grey[..., 0])
    assert (video.frames.bits, video.is_lossy, video.scale.fps) == (bits, False, 30.0)
    assert codes(video) == (["colour_to_grey"] if grey.ndim == 4 else [])


def test_a_twelve_bit_camera_in_sixteen_bits_is_seen(tmp_path):
    video = read_path(encoded(tmp_path / "a.mkv", DEEP, codec="ffv1", layout="gray16le", given="gray16le"))
    assert (video.frames.bits, codes(video)) == (12, ["bits_inferred"])


@pytest.mark.parametrize(
    ("name", "codec", "layout"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.mov", "mpeg4", "yuv420p"),
        ("a.wmv", "wmv2", "yuv420p"),
        ("a.mpg", "mpeg1video", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("b.avi", "mpeg4", "yuv420p"),
    ],
)
def test_lossy_codecs_are_read_near_the_truth_and_said(tmp_path, name, codec, layout):
    video = read_path(encoded(tmp_path / name, TRUTH, codec=codec, layout=layout))
    grey = grey_of(video)
    assert grey.shape == TRUTH.shape
    assert (video.is_lossy, codes(video), video.scale.fps) == (True, ["lossy_codec"], 30.0)
    assert video.codec in message(video, "lossy_codec")
    # Black is 16 and white 235 in most of these files; taken as they are, the ground would be 13 levels too bright.
    assert np.median(grey) == pytest.approx(np.median(TRUTH), abs=3)
    assert np.corrcoef(grey.ravel(), TRUTH.ravel())[0, 1] > 0.9


def test_luma_and_colour_in_one_plane_are_taken_apart(tmp_path):
    path = encoded(tmp_path / "a.mov", TRUTH, codec="rawvideo", layout="uyvy422")
    grey = grey_of(read_path(path))
    assert np.abs(grey.astype(int) - TRUTH).max() <= 2


def test_a_frame_that_time_stamps_leave_out_is_listed(tmp_path):
    stamps = [place for place in range(16) if place not in {4, 9}]
    path = encoded(tmp_path / "a.mkv", TRUTH, codec="ffv1", layout="gray", stamps=stamps)
    video = read_path(path)
    assert video.dropped == (4, 9)
    assert len(grey_of(video)) == 14
    assert "leave out 2 frames, the first at 4" in message(video, "frames_dropped")


@pytest.mark.parametrize(
    ("name", "codec", "share"), [("a.mkv", "ffv1", 0.6), ("a.avi", "ffv1", 0.6), ("b.mkv", "libx264", 0.95)]
)
def test_of_a_file_that_was_cut_the_whole_frames_are_read_and_the_lost_are_counted(
    tmp_path, name, codec, share
):
    layout = "gray" if codec == "ffv1" else "yuv420p"
    content = encoded(tmp_path / name, TRUTH, codec=codec, layout=layout).read_bytes()
    video = read_bytes(tmp_path, content[: int(len(content) * share)], name)
    found = len(grey_of(video))
    assert 2 <= found < 14
    assert message(video, "frames_lost").endswith(f"{14 - found} of 14 are lost.")


def test_a_file_without_its_index_is_refused_with_the_likely_cause(tmp_path):
    content = encoded(tmp_path / "a.mp4", TRUTH, codec="libx264", layout="yuv420p").read_bytes()
    with pytest.raises(ReadError, match="cannot be opened") as caught:
        read_bytes(tmp_path, content[: len(content) // 2], "cut.mp4")
    assert "not ended" in caught.value.why


def test_a_frame_that_cannot_be_decoded_is_named(tmp_path):
    content = bytearray((FOLDER / "video-av" / "ash_ffv1.mkv").read_bytes())
    middle = content.index(b"\xa3", len(content) * 4 // 5)
    content[middle + 20 : middle + 400] = b"\xff" * 380
    video = read_bytes(tmp_path, bytes(content), "ash.mkv")
    with pytest.raises(ReadError, match=r"from frame \d+ on") as caught:
        grey_of(video)
    assert caught.value.next_step


def test_a_video_that_is_exchanged_for_another_is_refused(tmp_path):
    path = encoded(tmp_path / "a.mkv", TRUTH, codec="ffv1", layout="gray")
    video = read_path(path)
    small = encoded(tmp_path / "b.mkv", TRUTH[:, :16, :16], codec="ffv1", layout="gray").read_bytes()
    path.write_bytes(small)
    with pytest.raises(ReadError, match="changed while"):
        grey_of(video)
    path.write_bytes(small.ljust(video.frames.size_bytes, b"\0"))
    with pytest.raises(ReadError, match="from frame 1 on") as caught:
        grey_of(video)
    assert "16 x 16" in caught.value.why


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.wmv", "a.mpg", "a.flv", "a.y4m"])
@pytest.mark.parametrize("junk", [b"", b"\0" * 900, b"\xff" * 900])
def test_a_magic_word_with_nothing_behind_it_is_refused(tmp_path, name, junk, capfd):
    starts = {
        "a.mkv": b"\x1aE\xdf\xa3",
        "a.mp4": b"\0\0\0\x18ftypmp42",
        "a.wmv": b"0&\xb2u\x8ef\xcf\x11",
        "a.mpg": b"\0\0\x01\xba",
        "a.flv": b"FLV\x01",
        "a.y4m": b"YUV4MPEG2 ",
    }
    with pytest.raises(ReadError) as caught:
        read_bytes(tmp_path, starts[name] + junk, name)
    assert caught.value.next_step
    assert capfd.readouterr() == ("", "")


def test_sound_alone_is_refused(tmp_path):
    path = tmp_path / "a.mkv"
    with av.open(path, "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(ReadError, match="no video"):
        read_path(path)


def test_frames_above_the_limit_are_refused_before_they_are_decoded(monkeypatch):
    monkeypatch.setattr(video_record, "LARGEST_FRAME_PX", 1000)
    with pytest.raises(ReadError) as caught:
        read_path(FOLDER / "video-av" / "ash_ffv1.mkv")
    assert "48 x 32 pixels; at most 1,000" in caught.value.why


def test_a_picture_in_a_container_for_videos_is_none(tmp_path):
    for brand in (b"heic", b"avif"):
        with pytest.raises(NothingRecognised):
            read_bytes(tmp_path, b"\0\0\0\x18ftyp" + brand, "photo.bin")
    assert container_of(b"\0\0\0\x18ftypisom") == "mov"


def test_a_file_that_changed_its_kind_is_refused(tmp_path, raw_file):
    path = tmp_path / "a.mkv"
    path.write_bytes(b"hello")
    with pytest.raises(ReadError, match="from frame 1 on"):
        READER.read(raw_file(path, location=path))


def test_without_the_package_the_line_to_type_is_said():
    source = FOLDER / "video-av" / "maple_mjpeg.avi"
    code = (
        "import sys; sys.modules['av'] = None\n"
        "from vesicle.readers.scan import read_path\nfrom vesicle.errors import MissingExtra\n"
        f"try: read_path({str(source)!r})\n"
        "except MissingExtra as error: print(error.next_step)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'vesicle[video]'" in done.stdout
    assert issubclass(MissingExtra, ReadError)


def test_what_a_decoder_raises_while_packets_are_counted_is_a_refusal(monkeypatch):
    def fail(*_):
        raise MemoryError("Cannot allocate memory")

    monkeypatch.setattr(video_av, "packets", fail)
    with pytest.raises(ReadError, match="from frame 1 on") as caught:
        read_path(FOLDER / "video-av" / "yew_h264.mp4")
    assert "Cannot allocate" in caught.value.why


def test_a_decoder_makes_no_room_for_frames_above_the_limit(monkeypatch):
    video = read_path(FOLDER / "video-av" / "yew_h264.mp4")
    monkeypatch.setattr(video_av_frames, "LARGEST_FRAME_PX", 1000)
    with pytest.raises(ReadError, match="from frame 1 on"):
        grey_of(video)
