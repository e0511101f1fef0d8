"""Micrographs: which pictures are taken for one, what their headers say, and what the user may state."""

import numpy as np
import pytest
from tests.data.make_markers import jpeg, mrc, png, tiff

from vesicle import spine
from vesicle.errors import ReadError
from vesicle.measurements import Micrograph, ParticleDiameters
from vesicle.readers.micrograph import READER
from vesicle.readers.micrograph_names import named_method, named_view
from vesicle.readers.scan import read_path


def folder(tmp_path, **files):
    for name, content in files.items():
        path = tmp_path / "raw" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "raw"


def reading(root):
    found = spine.read(spine.scan(root))
    return {m.file.path: m for m in found.measurements if isinstance(m, Micrograph | ParticleDiameters)}, {
        record.file.path: record for record in found.files
    }


def gatan(tmp_path, *, unit="nm", scale=0.8):
    import tifffile

    tags = [(65003, "s", 0, unit, True), (65009, "d", 1, scale, True), (65010, "d", 1, scale, True)]
    tifffile.imwrite(tmp_path / "x_TEM.tif", np.zeros((8, 9), np.uint8), extratags=tags, metadata=None)
    return read_path(tmp_path / "x_TEM.tif")


def zeiss(tmp_path, text):
    import tifffile

    tags = [(34118, "s", 0, f"0\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = {text}\r\n", True)]
    tifffile.imwrite(tmp_path / "z.tif", np.zeros((8, 9), np.uint8), extratags=tags, metadata=None)
    return read_path(tmp_path / "z.tif")


def written(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return read_path(tmp_path / name)


def test_the_software_of_the_microscope_states_the_pixel(tmp_path):
    assert gatan(tmp_path).pixel_nm == pytest.approx(0.8)
    assert gatan(tmp_path, unit="um", scale=0.002).pixel_nm == pytest.approx(2.0)
    found = zeiss(tmp_path, "558.2 pm")
    assert (found.pixel_nm, found.method) == (pytest.approx(0.5582), "SEM")


def test_imagej_and_plain_resolution_state_the_pixel_of_a_picture(tmp_path):
    import tifffile

    grey = np.zeros((8, 9), np.uint8)
    tifffile.imwrite(
        tmp_path / "a_TEM.tif", grey, imagej=True, resolution=(0.5, 0.5), metadata={"unit": "nm"}
    )
    assert read_path(tmp_path / "a_TEM.tif").pixel_nm == pytest.approx(2.0)
    tifffile.imwrite(tmp_path / "b_TEM.tif", grey, resolution=(72, 72), resolutionunit="INCH", metadata=None)
    found = read_path(tmp_path / "b_TEM.tif")
    assert found.pixel_nm is None
    assert {w.code for w in found.warnings} == {"scale_not_believed", "micrograph_no_scale"}


def test_an_mrc_cell_is_in_angstrom_and_one_per_pixel_is_doubted(tmp_path):
    assert written(tmp_path, "a.mrc", mrc(8, 6, angstrom=4.5)).pixel_nm == pytest.approx(0.45)
    assert "scale_may_be_default" in {
        w.code for w in written(tmp_path, "b.mrc", mrc(8, 6, angstrom=1)).warnings
    }
    unset = mrc(8, 6, angstrom=0)
    assert written(tmp_path, "c.mrc", unset).pixel_nm is None


def test_the_same_header_in_the_other_byte_order_reads_the_same(tmp_path):
    little = mrc(8, 6, angstrom=4.5)
    big = bytearray(little)
    big[:224] = np.frombuffer(little[:224], "<u4").astype(">u4").tobytes()
    big[208:216] = b"MAP \x11\x11\x00\x00"
    assert written(tmp_path, "a.mrc", bytes(big)).pixel_nm == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a_TEM.png", png(8, 6, per_metre=1)[:20]),
        ("a_TEM.png", png(8, 6, per_metre=1).replace(b"IHDR\x00", b"IHDR\x01")),
        ("a_TEM.jpg", jpeg(8, 6)[:12]),
        ("a.mrc", mrc(8, 6, angstrom=4)[:1040]),
        ("a_TEM.tif", tiff(32, 24, pixel_m=1e-9)[:200]),
    ],
)
def test_a_damaged_picture_is_refused(tmp_path, name, content):
    with pytest.raises(ReadError) as caught:
        written(tmp_path, name, content)
    assert caught.value.next_step


def test_a_picture_without_an_end_mark_may_be_cut(tmp_path):
    for name, content in (("a_TEM.png", png(8, 6, per_metre=0)[:-12]), ("a_TEM.jpg", jpeg(8, 6)[:-2])):
        found = written(tmp_path, name, content)
        assert "picture_may_be_cut" in {w.code for w in found.warnings}


def test_only_pictures_that_are_named_are_taken_and_folders_name_them_too(tmp_path):
    grey = png(20, 10, per_metre=500_000_000)
    root = folder(
        tmp_path,
        **{
            "photo.png": grey,
            "plots__mean_SEM.png": grey,
            "TEM__0001.png": grey,
            "lot7_cryo.jpg": jpeg(9, 8),
            "stated.png": grey,
            "vesicle.toml": '[[files]]\nglob = "stated.png"\nview = "close-up"\nsample = "LOT-7"\npixel_nm = 0.4\n',
        },
    )
    pictures, records = reading(root)
    assert sorted(pictures) == ["TEM/0001.png", "lot7_cryo.jpg", "stated.png"]
    assert records["photo.png"].status == records["plots/mean_SEM.png"].status == "not_recognised"
    assert "view" in records["photo.png"].message
    stated = pictures["stated.png"]
    assert (stated.sample, stated.view, stated.pixel_nm) == ("LOT-7", "close-up", 0.4)
    assert [w.code for w in stated.warnings] == ["scale_disagrees"]
    assert records["stated.png"].sample == "LOT-7"
    assert pictures["TEM/0001.png"].method == "TEM"
    assert [w.code for w in pictures["lot7_cryo.jpg"].warnings] == ["micrograph_no_scale"]


def test_the_pixel_of_the_folders_videos_is_not_that_of_a_micrograph(tmp_path):
    root = folder(tmp_path, **{"a_TEM.jpg": jpeg(9, 8), "vesicle.toml": "[video]\npixel_nm = 166.0\n"})
    assert reading(root)[0]["a_TEM.jpg"].pixel_nm is None


def test_a_stack_is_no_single_micrograph(tmp_path):
    content = bytearray(mrc(8, 6, angstrom=4) + bytes(2 * 48))
    content[8] = 2
    (tmp_path / "a.mrc").write_bytes(content)
    assert "2 pictures" in READER.declines(tmp_path / "a.mrc")


def test_sizes_in_a_folder_of_a_microscope_are_no_tracking_run(tmp_path):
    root = folder(
        tmp_path,
        **{
            "TEM__sizes.csv": "Diameter (nm)\n80\n95\n",
            "outlines.csv": " ,Area,Feret\n1,1256.6,41\n",
            "vesicle.toml": '[[files]]\nglob = "outlines.csv"\npixel_nm = 2.0\nsample = "LOT-7"\n',
        },
    )
    sizes, records = reading(root)
    assert sizes["TEM/sizes.csv"].diameter_nm.tolist() == [80.0, 95.0]
    assert sizes["outlines.csv"].diameter_nm.tolist() == [pytest.approx(80.0, rel=1e-3)]
    assert (records["outlines.csv"].sample, sizes["outlines.csv"].pixel_nm) == ("LOT-7", 2.0)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("LOT7_uranyl_1.tif", "TEM, negative stain"),
        ("negative stain/1.tif", "TEM, negative stain"),
        ("CryoEM/1.mrc", "cryo-EM"),
        ("sem_0001.tif", "SEM"),
        ("micrograph 3.png", ""),
        ("temperature.png", None),
        ("system.jpg", None),
    ],
)
def test_names_tell_the_method_by_whole_words(path, method):
    assert named_method(path) == method


def test_a_view_is_named_by_the_file_alone_and_never_by_two_words_at_once():
    assert named_view("a/overview 1.tif") == "wide-field"
    assert named_view("wide-field/x.tif") == ""
    assert named_view("zoom_1.tif") == "close-up"
    assert named_view("overview_zoom.tif") == ""
