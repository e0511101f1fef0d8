"""What must be stated of a video is named, key by key and file by file."""

from types import SimpleNamespace

from vesicle.dossier.missing import without_scale
from vesicle.measurements import Scale
from vesicle.results import FileRef


def video(path, **scale):
    return SimpleNamespace(file=FileRef(path=path, sha256="0" * 64, size_bytes=1), scale=Scale(**scale))


def test_videos_that_lack_the_same_keys_are_named_together():
    complete = video("c.avi", pixel_nm=200.0, fps=30.0, temperature_c=25.0)
    (item,) = without_scale([video("a.avi", fps=30.0), complete, video("b.avi", fps=25.0)])
    assert (
        item.what == "pixel_nm, temperature_c of 'a.avi', 'b.avi', under [video] or [[files]] in vesicle.toml"
    )
    assert "C01" in item.allows


def test_a_complete_scale_leaves_nothing_missing():
    assert without_scale([video("c.avi", pixel_nm=200.0, fps=30.0, temperature_c=25.0)]) == ()
