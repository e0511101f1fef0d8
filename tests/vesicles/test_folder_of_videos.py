"""Videos of one folder: beads give the others their depth, and say why when they cannot."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.scenes import Stack
from tests.vesicles.build import inputs, reference

from vesicle.manifest import FileRule, VideoDefaults
from vesicle.measurements import Scale, Video
from vesicle.readers.assemble import assemble
from vesicle.results import Estimate, NotAssessed
from vesicle.simulate.nta import simulate_frames
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import mixed
from vesicle.vesicles.videos import measure_videos

CAMERA = VideoDefaults(pixel_nm=166.0, fps=30.0, exposure_ms=10.0, temperature_c=25.0)
BEADS = FileRule(glob="*beads*", role="calibration beads", certified_nm=100.0)


@pytest.fixture(scope="module")
def film():
    settings = NtaSettings(
        components=(mixed(100.0, 0.02),), frames=150, width_px=256, height_px=192, per_frame=15, seed=3
    )
    return np.stack([frame.image for frame in simulate_frames(plan_video(settings))])


def video(name, frames):
    return Video(
        file=reference(f"{name}.tif"),
        reader="video-tiff",
        stem=name,
        sample=name,
        frames=Stack(frames),
        scale=Scale(),
    )


def measured(*videos, camera=CAMERA):
    found = measure_videos(inputs(*assemble(videos, (BEADS,), camera)))
    return {size.run.stem: size for size in found.runs}


def test_a_video_of_calibration_beads_gives_the_others_a_number_per_volume(film):
    found = measured(video("oak", film), video("beads", film))
    assert isinstance(found["oak"].measured_per_ml, Estimate)
    assert found["oak"].estimate.volume.kind == "bead calibration"
    assert found["beads"].estimate.bead.certified_nm == 100.0


def test_beads_that_cannot_calibrate_are_the_reason_that_is_given(film):
    found = measured(video("oak", film), video("beads", film[:1].repeat(30, axis=0)))
    reason = found["oak"].measured_per_ml.reason
    assert "all 30 frames are the same picture" in reason
    assert reason in found["oak"].estimate.volume.sentence
    stated = measured(
        video("oak", film), video("beads", film[:1].repeat(30, axis=0)), camera=replace(CAMERA, depth_um=8.0)
    )
    assert isinstance(stated["oak"].measured_per_ml, Estimate)


def test_without_beads_or_a_depth_both_ways_to_give_one_are_named(film):
    (found,) = measured(video("oak", film)).values()
    assert isinstance(found.measured_per_ml, NotAssessed)
    assert "--depth-um" in found.measured_per_ml.reason
    assert "calibration beads" in found.measured_per_ml.reason
