"""What the user states about a video, its file, and its name, laid over each other."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.make_videos import film
from tests.data.video_bytes import Avi, Tiff
from tests.folders import written

from vesicle import spine
from vesicle.errors import ManifestError
from vesicle.manifest import FileRule, VideoDefaults, manifest_from_text
from vesicle.measurements import Dilution, Scale, TrackTable, Trajectories, Video
from vesicle.readers.assemble import assemble
from vesicle.readers.said import SCALE_NAMES, said_about
from vesicle.results import FileRef

NONE = np.zeros(0, np.int64)
STATED = Scale(pixel_nm=166.0, fps=30.0, temperature_c=25.0)


def video(name="elm-500.avi", **said):
    ref = FileRef(path=name, sha256="", size_bytes=1)
    stem = name.rpartition("/")[2].rpartition(".")[0]
    return Video(
        file=ref, reader="video-avi", stem=stem, sample=stem, frames=None, **{"scale": STATED, **said}
    )


def settled(found, *rules, defaults=None):
    (done,) = assemble([found], rules, defaults)
    return done


def codes(found):
    return [warned.code for warned in found.warnings]


def test_without_a_word_of_the_user_the_file_stands():
    found = settled(video())
    assert (found.scale, found.label, found.sample, found.role) == (STATED, "elm-500", "elm-500", "sample")
    assert (found.dilution, codes(found)) == (Dilution(), [])


def test_a_dilution_of_the_user_is_applied_by_us_and_taken_off_the_name():
    found = settled(video(), FileRule(glob="*.avi", dilution=500.0))
    assert found.dilution == Dilution(factor=500.0, applied_by="vesicle", origin="vesicle.toml")
    assert (found.sample, found.declared_dilution) == ("elm", 500.0)


@pytest.mark.parametrize("name", ["elm video 3.avi", "elm_vid02.avi", "elm-movie.avi", "elm rep 2.avi"])
def test_numbered_videos_are_of_one_sample(name):
    assert settled(video(name)).sample == "elm"
    assert settled(video(name), FileRule(glob="*", sample="F7")).sample == "F7"


def test_a_role_from_the_name_is_said_and_gives_way_to_the_user():
    found = settled(video("100nm beads.avi"))
    assert (found.role, codes(found)) == ("size standard", ["role_inferred"])
    found = settled(video("100nm beads.avi"), FileRule(glob="*", role="sample"))
    assert (found.role, codes(found)) == ("sample", [])


def test_what_the_user_says_of_a_file_beats_what_he_says_of_all_and_both_beat_the_file():
    rule = FileRule(glob="elm*", fps=60.0)
    found = settled(video(), rule, defaults=VideoDefaults(fps=50.0, exposure_ms=5.0, pixel_nm=200.0))
    assert found.scale == Scale(pixel_nm=200.0, fps=60.0, exposure_ms=5.0, temperature_c=25.0)
    texts = [warned.message for warned in found.warnings if warned.code == "scale_disagrees"]
    assert "states pixel_nm 166, vesicle.toml states 200" in texts[0]
    assert "states fps 30, vesicle.toml states 60" in texts[1]
    assert len(texts) == 2


@pytest.mark.parametrize(
    ("name", "near", "far"), [("fps", 30.2, 30.4), ("pixel_nm", 165.0, 164.0), ("temperature_c", 25.4, 25.6)]
)
def test_a_small_difference_is_no_disagreement(name, near, far):
    close, wide = (settled(video(), defaults=VideoDefaults(**{name: value})) for value in (near, far))
    assert (codes(close), codes(wide)) == ([], ["scale_disagrees"])
    assert getattr(close.scale, name) == near
    assert getattr(wide.scale, name) == far


@pytest.mark.parametrize("role", ["size standard", "calibration beads"])
def test_the_certificate_of_beads_comes_from_the_user(role):
    rule = FileRule(glob="*", role=role, certified_nm=100.0, certified_uncertainty_nm=3.0)
    found = settled(video(), rule)
    assert (found.certified_nm, found.certified_uncertainty_nm, codes(found)) == (100.0, 3.0, [])


@pytest.mark.parametrize(
    "said",
    [
        {"certified_nm": 100.0},
        {"certified_uncertainty_nm": 3.0},
        {"certified_uncertainty_nm": 3.0, "role": "size standard"},
    ],
)
def test_a_certificate_that_cannot_be_meant_is_not_used_and_said(said):
    found = settled(video(), FileRule(glob="*", **said))
    assert (found.certified_nm, found.certified_uncertainty_nm) == (None, None)
    assert codes(found) == ["certificate_not_used"]


def test_a_table_of_tracks_is_settled_like_a_video():
    paths = Trajectories(track=NONE, frame=NONE, x_px=NONE * 1.0, y_px=NONE * 1.0)
    ref = FileRef(path="elm-500.csv", sha256="", size_bytes=1)
    table = TrackTable(file=ref, reader="tracks", stem="elm-500", sample="elm-500", trajectories=paths)
    found = settled(table, FileRule(glob="*.csv", dilution=500.0), defaults=VideoDefaults(fps=25.0))
    assert isinstance(found, TrackTable)
    assert (found.sample, found.scale.fps, found.dilution.factor) == ("elm", 25.0, 500.0)


def test_a_dilution_that_the_file_states_is_kept_when_the_user_states_another():
    own = Dilution(factor=10.0, applied_by="vesicle", origin="header")
    found = settled(video(dilution=own), FileRule(glob="*", dilution=20.0))
    assert (found.dilution, codes(found)) == (own, ["dilution_disagrees"])
    assert settled(video(dilution=own), FileRule(glob="*", dilution=10.0)).warnings == ()


def test_every_key_of_the_scale_may_stand_in_both_tables():
    keys = "\n".join(f"{name} = 12.0" for name in SCALE_NAMES)
    manifest = manifest_from_text(f'[video]\n{keys}\n[[files]]\nglob = "b*"\n{keys.replace("12", "13")}\n')
    assert said_about("a.avi", manifest.files, manifest.video).scale.depth_um == 12.0
    assert said_about("b.avi", manifest.files, manifest.video).scale.depth_um == 13.0
    assert said_about("b.avi", manifest.files).scale == replace(Scale(), **dict.fromkeys(SCALE_NAMES, 13.0))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fps", "0"),
        ("fps", "30000"),
        ("pixel_nm", "0.166"),
        ("exposure_ms", "0"),
        ("depth_um", "-1"),
        ("fsp", "30"),
    ],
)
def test_a_scale_that_cannot_be_meant_is_refused_by_its_key(key, value):
    with pytest.raises(ManifestError) as caught:
        manifest_from_text(f"[video]\n{key} = {value}\n")
    assert caught.value.where == f"vesicle.toml, video.{key}"


TRUTH = film(1, frames=4, height=20, width=22)
FOLDER = {
    "elm video 1.avi": Avi().write(TRUTH),
    "elm video 2.tif": Tiff().write(TRUTH),
    "tem.tif": Tiff().write(TRUTH[:1]),
    "photo.tif": Tiff().write(TRUTH[:1]),
    "cut.tif": Tiff().write(TRUTH)[:200],
    "vesicle.toml": b"[video]\npixel_nm = 166.0\nfps = 50.0\n",
}


def test_a_folder_of_videos_and_pictures_is_read_and_only_the_damaged_file_fails(tmp_path):
    reading = spine.read(spine.scan(written(tmp_path / "raw", FOLDER)))
    status = {record.file.path: record.status for record in reading.files}
    assert status == {
        "elm video 1.avi": "ok",
        "elm video 2.tif": "ok",
        "tem.tif": "ok",
        "photo.tif": "not_recognised",
        "cut.tif": "unreadable",
    }
    videos = [measurement for measurement in reading.measurements if isinstance(measurement, Video)]
    assert [(found.sample, found.scale.pixel_nm, found.scale.fps) for found in videos] == [
        ("elm", 166.0, 50.0)
    ] * 2
    records = {record.file.path: record for record in reading.files}
    assert [warned.code for warned in records["elm video 1.avi"].warnings] == ["scale_disagrees"]
    assert records["elm video 2.tif"].sample == "elm"
    assert "single picture" in records["photo.tif"].message
    assert [warned.code for warned in records["tem.tif"].warnings] == ["micrograph_no_scale"]
