"""``vesicle size`` of tables of tracks and of exports that list positions; every document against its schema."""

import pytest
from tests.vesicles.tracked import MEDIAN_NM, TRACKS, columns, export_text, simulated, table_text

CAMERA = ("--pixel-nm", 166, "--fps", 30, "--exposure-ms", 10, "--temperature-c", 25)
OF_TRACKS = {
    "diffusion_um2_s",
    "detection_limit_nm",
    "depth_um",
    "volume_model",
    "localisation_nm",
    "drift_px_per_frame",
    "smoothing",
}


@pytest.fixture
def folder(tmp_path):
    rows = columns(simulated())
    (tmp_path / "oak_tracks.csv").write_text(table_text(rows))
    (tmp_path / "oak_AllTracks.csv").write_text(export_text(rows))
    return tmp_path


def one(answer, *arguments):
    document, code = answer("size", *arguments)
    assert code == 0
    (run,) = document["runs"]
    return run


def test_a_table_of_tracks_has_what_only_positions_can_say(folder, answer):
    run = one(answer, folder / "oak_tracks.csv", *CAMERA)
    found = run["computed"]
    assert set(found) > OF_TRACKS
    assert (run["reader"], found["tracks"]["value"]) == ("track-table", TRACKS)
    assert found["median_nm"]["value"] == pytest.approx(MEDIAN_NM, rel=0.05)
    assert found["volume_model"]["kind"] == "not assessed"
    assert [set(component) for component in found["components"]] == [
        {"diameter_nm", "fraction", "spread_percent"}
    ]


def test_an_export_with_positions_says_the_same_beside_the_vendors_numbers(folder, answer):
    table = one(answer, folder / "oak_tracks.csv", *CAMERA)
    export = one(answer, folder / "oak_AllTracks.csv", *CAMERA)
    assert export["computed"] == table["computed"]
    assert export["vendor"]["d50_nm"] == 130.0
    alone = one(answer, folder / "oak_AllTracks.csv")
    assert alone["computed"]["median_nm"]["value"] == 130.0
    assert not OF_TRACKS & set(alone["computed"])


def test_the_manifest_of_a_folder_says_the_scale_of_tables_and_exports(folder, answer):
    text = "[video]\npixel_nm = 166.0\nfps = 30.0\nexposure_ms = 10.0\ntemperature_c = 25.0\n"
    (folder / "vesicle.toml").write_text(text)
    document, code = answer("size", folder)
    assert code == 0
    medians = [run["computed"]["median_nm"]["value"] for run in document["runs"]]
    assert medians[0] == medians[1] == pytest.approx(MEDIAN_NM, rel=0.05)


def test_few_tracks_and_a_missing_temperature_say_so_in_the_document(folder, answer):
    few = folder / "few.csv"
    few.write_text(table_text(columns(simulated(60))))
    found = one(answer, few, *CAMERA[:-2])["computed"]
    assert "value" in found["diffusion_um2_s"]
    assert "--temperature-c" in found["median_nm"]["not_assessed"]
    assert "not_assessed" in found["components"]


def test_a_missing_pixel_size_is_named(folder, answer):
    run = one(answer, folder / "oak_tracks.csv", "--fps", 30)
    assert run["status"] == "no_result"
    assert "--pixel-nm" in run["computed"]["median_nm"]["not_assessed"]


def test_names_of_columns_come_from_the_manifest(tmp_path, answer):
    rows = table_text(columns(simulated(20))).replace("track,frame", "n,zeit")
    (tmp_path / "odd.csv").write_text(rows)
    (tmp_path / "vesicle.toml").write_text(
        '[readers.track-table]\ntrack = "n"\nframe = "zeit"\nx = "x (px)"\ny = "y (px)"\n'
    )
    assert one(answer, tmp_path)["reader"] == "track-table"
