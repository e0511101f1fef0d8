"""Simulated videos on disk: opened by other people's programs, the same bytes, nothing half done."""

import json

import numpy as np
import pytest
import tifffile

from vesicle.errors import UsageError, WriteError
from vesicle.events import Progressed, StepStarted
from vesicle.simulate import nta_files
from vesicle.simulate.nta import simulate_frames
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import mixed
from vesicle.simulate.nta_write import Target, write_video


def settings(**given):
    common = {"components": (mixed(100.0, 0.05),), "frames": 4, "width_px": 66, "height_px": 40, "seed": 1}
    return NtaSettings(**{**common, **given})


def frames_of(wanted):
    return np.array([frame.image for frame in simulate_frames(plan_video(wanted))])


@pytest.mark.parametrize(("bits", "kind"), [(8, np.uint8), (12, np.uint16)])
def test_a_tiff_holds_the_frames_and_says_their_scale_to_imagej(tmp_path, bits, kind):
    wanted = settings(bits=bits, fps=29.97)
    write_video(wanted, Target(out=tmp_path / "a.tif"))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.is_imagej
        said, page = file.imagej_metadata, file.pages[0]
        assert (said["frames"], said["unit"], said["fps"]) == (4, "um", 29.97)
        assert said["finterval"] == pytest.approx(1 / 29.97)
        assert "not measured" in said["Info"]
        pixels, units = page.tags["XResolution"].value
        assert units / pixels == pytest.approx(0.166, rel=1e-4)
        assert len(file.pages) == 4
        stack = file.asarray()
    assert stack.dtype == kind
    assert np.array_equal(stack, frames_of(wanted))


def test_a_tiff_is_one_block_that_can_be_mapped_into_memory(tmp_path):
    write_video(settings(), Target(out=tmp_path / "a.tif"))
    assert np.array_equal(tifffile.memmap(tmp_path / "a.tif", mode="r"), frames_of(settings()))


def test_a_video_too_long_for_imagej_becomes_bigtiff_with_ome_metadata(tmp_path, monkeypatch):
    monkeypatch.setattr(nta_files, "LARGEST_IMAGEJ_BYTES", 100)
    write_video(settings(bits=12), Target(out=tmp_path / "a.tif"))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert (file.is_bigtiff, file.is_ome) == (True, True)
        for said in (
            'PhysicalSizeX="0.166"',
            'SignificantBits="12"',
            'TimeIncrementUnit="s"',
            "not measured",
        ):
            assert said in file.ome_metadata
        assert np.array_equal(file.asarray(), frames_of(settings(bits=12)))


@pytest.mark.parametrize("fps", [30.0, 29.97, 0.5])
def test_an_avi_is_opened_by_other_programs_with_its_frame_rate(tmp_path, fps):
    av = pytest.importorskip("av")
    wanted = settings(fps=fps)
    write_video(wanted, Target(out=tmp_path / "a.avi"))
    with av.open(tmp_path / "a.avi") as file:
        stream = file.streams.video[0]
        assert float(stream.average_rate) == pytest.approx(fps)
        assert (stream.frames, stream.width, stream.height) == (4, 66, 40)
        assert "not measured" in file.metadata["comment"]
        # The palette is the grey ramp: indices are grey levels.
        stack = np.array([frame.to_ndarray()[0] for frame in file.decode(stream)])
    assert np.array_equal(stack, frames_of(wanted))


@pytest.mark.parametrize("name", ["a.tif", "a.avi"])
def test_the_same_seed_gives_the_same_bytes(tmp_path, name):
    for folder, seed in (("one", 5), ("two", 5), ("three", 6)):
        (tmp_path / folder).mkdir()
        target = Target(out=tmp_path / folder / name, truth=tmp_path / folder / "truth.json")
        write_video(settings(seed=seed), target, with_positions=True)
    one, two, three = ((tmp_path / f / name).read_bytes() for f in ("one", "two", "three"))
    assert one == two != three
    assert (tmp_path / "one/truth.json").read_bytes() == (tmp_path / "two/truth.json").read_bytes()


def test_the_truth_is_written_as_it_is_returned(tmp_path):
    target = Target(out=tmp_path / "a.tif", truth=tmp_path / "a.json")
    truth = write_video(settings(), target, with_positions=True)
    assert json.loads(target.truth.read_text("utf-8")) == json.loads(json.dumps(truth))
    assert len(truth["positions"]["x_px"]) == sum(
        len(frame.visible.particle) for frame in simulate_frames(plan_video(settings()))
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.tif"]


def test_every_frame_is_announced(tmp_path):
    heard = []
    write_video(settings(), Target(out=tmp_path / "a.tif"), listen=heard.append)
    assert heard[0] == StepStarted(step="simulating", total=4)
    assert [event.what for event in heard[1:] if isinstance(event, Progressed)] == [
        f"frame {i}" for i in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("a.mp4", {}, "ends in '.mp4'; it can end in .tif, .tiff, .avi"),
        ("a", {}, "ends in ''"),
        ("a.avi", {"bits": 12}, "8 bits here, not 12"),
        ("a.avi", {"frames": 1_000_000}, "holds 2 GB"),
    ],
)
def test_a_name_that_cannot_hold_the_video_is_refused(tmp_path, name, given, why):
    with pytest.raises(UsageError) as refused:
        write_video(settings(**given), Target(out=tmp_path / name))
    assert why in refused.value.why
    assert ".tif" in refused.value.next_step
    assert not any(tmp_path.iterdir())


def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(tmp_path):
    out, truth = tmp_path / "a.tif", tmp_path / "a.json"
    truth.write_text("mine")
    with pytest.raises(UsageError, match="there already") as refused:
        write_video(settings(), Target(out=out, truth=truth))
    assert "--force" in refused.value.next_step
    assert (truth.read_text(), out.exists()) == ("mine", False)
    write_video(settings(), Target(out=out, truth=truth, is_replacing=True))
    assert json.loads(truth.read_text())["kind"] == "video"


def test_the_truth_never_replaces_the_video(tmp_path):
    out = tmp_path / "a.tif"
    with pytest.raises(UsageError, match="would replace"):
        write_video(settings(), Target(out=out, truth=out, is_replacing=True))


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(WriteError) as failed:
        write_video(settings(), Target(out=tmp_path / "no" / "a.avi"))
    assert "a folder that exists" in failed.value.next_step


def test_a_stopped_simulation_leaves_nothing_behind(tmp_path):
    def stop(event):
        if isinstance(event, Progressed):
            raise KeyboardInterrupt

    for name in ("a.tif", "a.avi"):
        with pytest.raises(KeyboardInterrupt):
            write_video(settings(), Target(out=tmp_path / name), listen=stop)
    assert not any(tmp_path.iterdir())
