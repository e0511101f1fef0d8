"""Sizes from tables of tracks: the truth of a simulation, whatever the layout, the unit and the order of rows."""

from dataclasses import replace

import numpy as np
import pytest
from tests.vesicles.tracked import (
    CAMERA,
    MEDIAN_NM,
    TRACKS,
    columns,
    export,
    rule,
    simulated,
    sized,
    table,
)

from vesicle.analysis import Inputs
from vesicle.findings import TrackingFinding
from vesicle.manifest import Manifest, VideoDefaults
from vesicle.measurements import Scale
from vesicle.results import NotAssessed
from vesicle.standards import load_limits
from vesicle.vesicles.drift import drift_of_table
from vesicle.vesicles.positions import not_sized_again, tracks_of_run
from vesicle.vesicles.samples import assess_size
from vesicle.vesicles.size import summarise
from vesicle.vesicles.videos import Choices, measure_again, measure_videos

NAMES = ("median_nm", "mode_nm", "mean_nm", "sd_nm", "d10_nm", "d90_nm", "tracks")


@pytest.fixture(scope="module")
def plain():
    return sized(table())


def numbers(size):
    return {name: getattr(size, name) for name in NAMES}


def test_a_simulated_table_gives_its_truth(plain):
    assert plain.median_nm.contains(MEDIAN_NM) or plain.median_nm.value == pytest.approx(MEDIAN_NM, rel=0.05)
    assert plain.tracks.value == TRACKS
    assert plain.estimate.diffusion_um2_s.value == pytest.approx(
        4.90, rel=0.05
    )  # kT / (3 pi eta d), water at 25 C


def test_what_a_table_cannot_say_is_not_assessed(plain):
    assert "every particle" in plain.concentration_per_ml.reason
    assert "bright" in plain.estimate.detection_limit_nm.reason


def test_the_order_of_the_rows_changes_no_number(plain):
    rows = columns(simulated())
    order = np.random.default_rng(3).permutation(len(rows))
    assert numbers(sized(table([rows[i] for i in order]))) == numbers(plain)


@pytest.mark.parametrize(("unit", "pixel_nm"), [("um", 0.166), ("nm", 166.0)])
def test_positions_in_a_length_give_the_same_sizes_and_no_pixel_size_is_applied(plain, unit, pixel_nm):
    source = table(unit=unit, pixel_nm=pixel_nm, rules=(rule(pixel_nm=500.0),))
    assert source.scale.fps == CAMERA.fps
    assert "scale_disagrees" not in {warned.code for warned in source.warnings}
    found = sized(source)
    assert found.median_nm.value == pytest.approx(plain.median_nm.value, rel=0.01)
    settings = {setting.name: setting.value for setting in found.run.settings}
    assert settings["positions"] == unit
    assert "pixel_size" not in settings
    assert "um per frame" in found.estimate.drift_px_per_frame.reason


def test_a_pixel_size_from_the_command_line_is_not_applied_to_lengths_either(plain):
    from vesicle.vesicles.videos import measure

    choices = Choices(scale=Scale(pixel_nm=500.0, fps=30.0, exposure_ms=10.0, temperature_c=25.0))
    source = table(unit="um", pixel_nm=0.166, video=None)
    found = measure(source, choices, calibration=None, standard=load_limits()["C01"])
    assert found.median_nm.value == pytest.approx(plain.median_nm.value, rel=0.01)


def test_a_common_flow_is_taken_off_and_moves_the_median_by_less_than_two_percent(plain):
    found = sized(table(columns(simulated(), flow=(3.0, -2.0))))
    assert found.median_nm.value == pytest.approx(plain.median_nm.value, rel=0.02)
    assert found.estimate.drift_px_per_frame.value == pytest.approx(np.hypot(3, 2), rel=0.1)


def test_a_flow_that_changes_is_followed_where_particles_are_many():
    still = simulated(1500, 8)
    path = np.concatenate([[0.0], np.cumsum(2 * np.sin(np.arange(still.frame.max()) / 60))])
    moved = replace(still, x_px=still.x_px + path[still.frame])
    drift = drift_of_table(moved)
    busy = slice(50, 550)
    assert np.abs(drift[busy, 0] - np.diff(path)[busy]).max() < 0.5
    assert np.abs(drift[busy, 1]).max() < 0.3


def test_too_few_steps_show_no_flow():
    assert isinstance(drift_of_table(simulated(5)), NotAssessed)
    found = sized(table(columns(simulated(5))))
    assert "common flow" in found.estimate.drift_px_per_frame.reason


def test_below_200_tracks_only_the_median_is_given():
    found = sized(table(columns(simulated(60))))
    assert found.median_nm.value == pytest.approx(MEDIAN_NM, rel=0.15)
    for quantity in (
        found.mode_nm,
        found.d10_nm,
        found.d90_nm,
        found.distribution,
        found.estimate.components,
    ):
        assert "200" in quantity.reason


def test_without_a_temperature_diffusion_is_given_and_size_is_not():
    found = sized(table(video=replace(CAMERA, temperature_c=None)))
    assert found.estimate.diffusion_um2_s.value == pytest.approx(4.90, rel=0.05)
    for quantity in (found.median_nm, found.distribution, found.estimate.components):
        assert "--temperature-c" in quantity.reason


@pytest.mark.parametrize(("missing", "option"), [("pixel_nm", "--pixel-nm"), ("fps", "--fps")])
def test_a_missing_scale_is_refused_by_the_name_of_what_is_missing(missing, option):
    found = sized(table(video=replace(CAMERA, **{missing: None})))
    assert found.run.status == "no_result"
    assert option in found.median_nm.reason
    assert [warned.code for warned in found.warnings] == ["scale_missing"]


def test_the_manifest_says_sample_role_and_dilution_of_a_table():
    rules = (rule(role="size standard", sample="beads 100", dilution=50.0, certified_nm=102.0, fps=60.0),)
    source = table(rules=rules)
    assert (source.sample, source.role, source.dilution.factor) == ("beads 100", "size standard", 50.0)
    assert (source.certified_nm, source.scale.fps, source.scale.pixel_nm) == (102.0, 60.0, 166.0)


def test_an_export_with_positions_gives_the_numbers_of_the_table_of_the_same_positions(plain):
    run = export()
    found = measure_again(run, Choices(), standard=load_limits()["C01"])
    assert numbers(found) == numbers(plain)
    assert found.estimate.diffusion_um2_s == plain.estimate.diffusion_um2_s
    vendor = found.run.vendor
    assert (vendor.d50_nm, vendor.tracks) == (130.0, TRACKS - 1)
    assert "d50_nm" in vendor.reproduced
    assert (found.run.files, found.run.sample, found.run.instrument) == (run.files, "oak", "NanoSight")
    assert "sized_again" in {warned.code for warned in found.run.warnings}


def inputs(*measurements, **findings):
    return Inputs(manifest=Manifest(), limits=load_limits(), measurements=measurements, **findings)


def test_an_export_that_was_sized_again_counts_once():
    run = export()
    tracking = measure_videos(inputs(run))
    found = assess_size(inputs(run, findings={TrackingFinding: tracking}))
    assert [size.run.reader for size in found.runs] == ["nanosight-alltracks-csv"]
    assert found.samples[0].replicates == 1
    assert found.samples[0].median_nm.value == pytest.approx(MEDIAN_NM, rel=0.05)
    assert tracking.provenance.files == run.files


def test_without_a_scale_an_export_is_what_it_was():
    run = export(video=None)
    tracking = measure_videos(inputs(run))
    assert tracking.runs == ()
    (size,) = assess_size(inputs(run, findings={TrackingFinding: tracking})).runs
    assert size.median_nm.value == 130.0
    assert size.estimate is None
    assert size.warnings == ()


def test_a_scale_that_is_not_complete_leaves_the_vendors_sizes_and_says_why():
    for video, missing in (
        (VideoDefaults(pixel_nm=166.0), "--fps"),
        (replace(CAMERA, temperature_c=None), "temperature"),
    ):
        size = summarise(export(video=video))
        assert size.median_nm.value == 130.0
        (warned,) = size.warnings
        assert warned.code == "not_sized_again"
        assert missing in warned.message


def test_an_export_whose_tracks_are_too_short_keeps_the_vendors_sizes():
    rows = [(t, f, x, y) for t, f, x, y in columns(simulated(5)) if f % 3 == 0]
    run = export(rows)
    assert measure_again(run, Choices(), standard=load_limits()["C01"]) is None
    assert summarise(run).warnings == ()


def test_a_run_without_positions_cannot_be_sized_again():
    run = export()
    bare = replace(run, tracks=replace(run.tracks, x_px=None))
    assert isinstance(tracks_of_run(bare), NotAssessed)
    assert isinstance(tracks_of_run(replace(run, scale=None)), NotAssessed)
    assert not_sized_again(replace(run, scale=None)) == ()


def test_an_export_from_which_the_vendor_took_no_track_has_no_numbers_of_the_vendor():
    run = export()
    nothing = replace(run, tracks=replace(run.tracks, included=np.zeros_like(run.tracks.included)))
    found = measure_again(nothing, Choices(), standard=load_limits()["C01"])
    assert found.run.vendor.d50_nm is None
    assert found.median_nm.value == pytest.approx(MEDIAN_NM, rel=0.05)
