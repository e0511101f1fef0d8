"""AVI files of every plain layout give the levels that were written; damaged ones are refused with a reason."""

import struct

import numpy as np
import pytest
from tests.data.make_videos import avi_cases, film
from tests.data.video_bytes import GREY_RAMP, Avi, chunk
from tests.readers.videos import codes, grey_of, message, read_bytes

from vesicle.errors import NothingRecognised, ReadError, TruncatedFile
from vesicle.readers import video_avi_chunks
from vesicle.readers.video_avi import READER

TRUTH = film(1, frames=5, height=11, width=18)
DEEP = film(2, frames=5, height=11, width=17, bits=16)
DEEP[0, 0, 0] = 65_535


def read_avi(folder, content):
    return read_bytes(folder, content, "elm.avi")


@pytest.mark.parametrize("case", avi_cases(), ids=lambda case: case.name)
def test_the_fixtures_give_the_levels_that_were_written(case, tmp_path):
    assert np.array_equal(grey_of(read_bytes(tmp_path, case.content, case.name)), case.grey)


LAYOUTS = {
    "bottom-up": Avi(),
    "ramp": Avi(palette=GREY_RAMP),
    "top-down": Avi(is_top_down=True),
    "unpadded": Avi(is_padded=False),
    "grey codec": Avi(codec=b"Y800"),
    "grey codec, unpadded": Avi(codec=b"GREY", is_padded=False),
    "no index": Avi(has_index=False),
    "beyond 2 GB": Avi(frames_each=2),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_grey_layout_gives_the_levels_that_were_written(tmp_path, layout):
    video = read_avi(tmp_path, layout.write(TRUTH))
    assert np.array_equal(grey_of(video), TRUTH)
    assert (video.scale.fps, codes(video), video.is_lossy) == (25.0, [], False)


@pytest.mark.parametrize(
    ("codec", "bits"), [(b"Y16 ", 16), (b"Y1\0\x10", 16), (b"Y12 ", 12), (b"Y1\0\x0a", 10), (b"Y10 ", 10)]
)
def test_deep_levels_keep_their_bits(tmp_path, codec, bits):
    truth = DEEP >> (16 - bits)
    video = read_avi(tmp_path, Avi(bits=16, codec=codec).write(truth))
    assert video.frames.bits == bits
    assert np.array_equal(grey_of(video), truth)


@pytest.mark.parametrize(("bits", "samples"), [(24, 3), (32, 4)])
def test_colours_become_grey_by_a_rule_that_is_said(tmp_path, bits, samples):
    blue = np.zeros((*TRUTH.shape, samples), np.uint8)
    blue[..., 0] = TRUTH
    video = read_avi(tmp_path, Avi(bits=bits).write(blue))
    assert np.array_equal(grey_of(video), np.rint(np.float32(0.114) * TRUTH).astype(np.uint8))
    assert "0.114 blue" in message(video, "colour_to_grey")


def test_a_palette_that_is_no_ramp_is_looked_up_and_said(tmp_path):
    inverted = b"".join(bytes([255 - level] * 3 + [0]) for level in range(256))
    video = read_avi(tmp_path, Avi(palette=inverted).write(TRUTH))
    assert np.array_equal(grey_of(video), 255 - TRUTH)
    assert "no plain ramp" in message(video, "palette_used").replace("not a plain", "no plain")
    red = b"".join(bytes([0, 0, level, 0]) for level in range(256))
    video = read_avi(tmp_path, Avi(palette=red).write(TRUTH))
    assert np.array_equal(grey_of(video), np.rint(0.299 * TRUTH).astype(np.uint8))
    assert "has colours" in message(video, "palette_used")


def test_frames_that_the_recorder_lost_are_listed_by_their_place_in_time(tmp_path):
    video = read_avi(tmp_path, Avi(lost=(0, 3, 6)).write(TRUTH))
    assert video.dropped == (0, 3, 6)
    assert np.array_equal(grey_of(video), TRUTH)
    assert "lost 3 of 8 frames, the first at 0" in message(video, "frames_dropped")


@pytest.mark.parametrize("share", [0.4, 0.7, 0.97])
def test_of_a_file_that_was_cut_the_whole_frames_are_read_and_the_lost_are_counted(tmp_path, share):
    content = Avi(has_index=False).write(TRUTH)
    each = 8 + 20 * 11
    cut = content[: int(len(content) * share)]
    whole = (len(cut) - (len(content) - 5 * each)) // each
    if whole < 2:
        with pytest.raises(ReadError):
            read_avi(tmp_path, cut)
        return
    video = read_avi(tmp_path, cut)
    assert np.array_equal(grey_of(video), TRUTH[:whole])
    assert f"{5 - whole} of 5 are lost" in message(video, "frames_lost")


def test_a_recording_that_was_never_ended_is_read_to_its_end(tmp_path):
    content = bytearray(Avi(claimed=0, has_index=False).write(TRUTH))
    content[4:8] = b"\0" * 4
    movi = content.index(b"movi") - 4
    content[movi : movi + 4] = b"\0" * 4
    video = read_avi(tmp_path, bytes(content))
    assert np.array_equal(grey_of(video), TRUTH)
    assert codes(video) == []


def test_a_chain_of_chunks_that_breaks_gives_the_frames_before(tmp_path):
    content = bytearray(Avi().write(TRUTH))
    third = [at for at in range(len(content)) if content[at : at + 4] == b"00db"][3]
    content[third : third + 4] = b"\0\xff\0\xff"
    video = read_avi(tmp_path, bytes(content))
    assert np.array_equal(grey_of(video), TRUTH[:3])
    assert codes(video) == ["frames_lost"]


@pytest.mark.parametrize(
    ("stated", "fps"),
    [
        ((30_000, 1001, 0), 30_000 / 1001),
        ((0, 1, 50_000), 20.0),
        ((5, 0, 50_000), 20.0),
        ((0, 0, 0), None),
        ((10**9, 1, 0), None),
    ],
)
def test_the_rate_is_that_of_the_stream_else_of_the_file_else_none(tmp_path, stated, fps):
    rate, scale, period_us = stated
    video = read_avi(tmp_path, Avi(rate=rate, scale=scale, period_us=period_us).write(TRUTH))
    assert video.scale.fps == (None if fps is None else pytest.approx(fps))
    assert codes(video) == ([] if fps else ["scale_not_believed"])


def field(content, name, at, value):
    """The file with another number in one of its headers."""
    place = content.index(name) + 8 + at
    return content[:place] + struct.pack("<I", value & 0xFFFFFFFF) + content[place + 4 :]


@pytest.mark.parametrize(
    ("at", "value"), [(4, 2**31 - 1), (4, 0), (4, -5), (8, 0), (8, -(2**31)), (8, 2**31 - 1)]
)
def test_sizes_that_no_camera_has_are_refused(tmp_path, at, value):
    with pytest.raises(ReadError) as caught:
        read_avi(tmp_path, field(Avi().write(TRUTH), b"strf", at, value))
    assert caught.value.next_step


@pytest.mark.parametrize("claimed", [2**32 - 1, 10**6, 0])
def test_a_claim_of_countless_frames_changes_nothing(tmp_path, claimed):
    video = read_avi(tmp_path, Avi(claimed=claimed).write(TRUTH))
    assert np.array_equal(grey_of(video), TRUTH)


def test_frames_of_another_size_than_the_header_says_are_refused(tmp_path):
    with pytest.raises(TruncatedFile):
        read_avi(tmp_path, field(Avi().write(TRUTH), b"strf", 8, 400))


def test_sixteen_bits_without_a_codec_are_refused_with_the_reason(tmp_path):
    with pytest.raises(ReadError, match="cannot be told") as caught:
        read_avi(tmp_path, Avi(bits=16).write(DEEP))
    assert "16 bits" in caught.value.why


def test_a_codec_behind_a_long_header_is_refused_by_its_name(tmp_path):
    content = Avi(codec=b"MJPG").write(TRUTH)
    at = content.index(b"LIST")
    with pytest.raises(ReadError) as caught:
        read_avi(tmp_path, content[:at] + chunk(b"JUNK", b"\0" * 70_000) + content[at:])
    assert "'MJPG'" in caught.value.why


@pytest.mark.parametrize("length", [12, 30, 60, 150, 180])
def test_headers_that_are_cut_are_refused(tmp_path, length):
    with pytest.raises(TruncatedFile, match="no whole header"):
        read_avi(tmp_path, Avi().write(TRUTH)[:length])


def test_a_file_of_sound_alone_is_refused(tmp_path):
    with pytest.raises(TruncatedFile) as caught:
        read_avi(tmp_path, Avi().write(TRUTH).replace(b"vids", b"auds"))
    assert "sound alone" in caught.value.why


def test_a_header_without_frames_is_refused(tmp_path):
    content = Avi().write(TRUTH)
    with pytest.raises(TruncatedFile, match="before its first frame"):
        read_avi(tmp_path, content[: content.index(b"00db")])


def test_one_frame_is_refused(tmp_path):
    with pytest.raises(ReadError, match="one frame cannot be tracked"):
        read_avi(tmp_path, Avi().write(TRUTH[:1]))


def test_the_second_stream_is_not_mixed_into_the_first(tmp_path):
    content = Avi(has_index=False).write(TRUTH)
    at = content.index(b"00db")
    other = chunk(b"01wb", b"sound!") + chunk(b"01db", b"\0" * 220) + chunk(b"JUNK", b"x")
    assert np.array_equal(grey_of(read_avi(tmp_path, content[:at] + other + content[at:])), TRUTH)


def test_a_file_of_too_many_chunks_ends_there(tmp_path, monkeypatch):
    monkeypatch.setattr(video_avi_chunks, "MOST_FRAMES", 3)
    video = read_avi(tmp_path, Avi().write(TRUTH))
    assert len(grey_of(video)) == 3
    assert "more than 3 frames" in str([warned.message for warned in video.warnings])


def test_what_is_no_avi_is_not_claimed_and_not_read(tmp_path, raw_file):
    with pytest.raises(NothingRecognised):
        read_avi(tmp_path, b"RIFF\0\0\0\0WAVEfmt ")
    with pytest.raises(ReadError, match="not an AVI"):
        READER.read(raw_file(tmp_path / "elm.avi", location=tmp_path / "elm.avi"))
    with pytest.raises(ReadError, match="not from memory"):
        READER.read(raw_file("elm.avi", content=b"RIFF"))
