"""NanoSight readers: what they find in real files, and what they refuse or doubt in damaged ones."""

import re
from pathlib import Path

import numpy as np
import pytest

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile
from vesicle.readers import HEAD_BYTES
from vesicle.readers.nanosight_alltracks import READER as ALL_TRACKS
from vesicle.readers.nanosight_particledata import READER as PARTICLE_DATA
from vesicle.readers.nanosight_summary import READER as SUMMARY

FILES = Path(__file__).resolve().parents[1] / "data" / "readers"
ALDER = FILES / SUMMARY.name / "alder 2024-03-05 10-00-00-ExperimentSummary.csv"
BIRCH = FILES / SUMMARY.name / "birch_-ExperimentSummary.csv"
ROWAN = FILES / SUMMARY.name / "rowan_Summary.csv"


def codes(run):
    return {warned.code for warned in run.warnings}


@pytest.fixture
def read(raw_file):
    """Read a file after text in it has been replaced by a regular expression."""

    def make(path, *changes):
        text = path.read_bytes().decode("cp1252")
        for old, new in changes:
            text, count = re.subn(old, new, text, count=1)
            assert count == 1, f"the file has no {old}"
        return SUMMARY.read(raw_file(path, content=text.encode("cp1252")))

    return make


@pytest.fixture
def read_real(raw_file, nanosight):
    return lambda name: SUMMARY.read(raw_file(nanosight / name))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("tidyNano_beads.csv", (100.5, 95.3, 96.4, 1.47e9)),
        ("tidyNano_beads2.csv", (101.5, 98.4, 99.8, 6.09e12)),
        ("GD14_pexo_1000_-ExperimentSummary.csv", (143.8, 108.2, 125.9, 8.71e8)),
    ],
)
def test_the_average_of_a_real_file_is_read_as_printed(read_real, name, numbers):
    vendor = read_real(name).vendor
    found = (vendor.mean_nm, vendor.mode_nm, vendor.d50_nm, vendor.concentration_per_ml)
    assert found == numbers
    assert vendor.reproduced == ("tracks",)


def test_a_recorded_dilution_has_been_applied_by_the_instrument(read_real):
    run = read_real("tidyNano_beads2.csv")
    assert (run.dilution.factor, run.dilution.applied_by, run.dilution.origin) == (
        1e4,
        "instrument",
        "header",
    )
    assert run.measured_per_ml == pytest.approx(6.09e8)
    assert run.acquired == "2020-06-16T11:52:04"
    assert run.sample == "100nmbeads"
    assert (run.temperature_c, run.viscosity_mpas) == (22.0, pytest.approx(0.952941))


def test_a_dilution_in_the_name_alone_is_not_recorded(read_real):
    run = read_real("GD14_pexo_1000_-ExperimentSummary.csv")
    assert (run.dilution.factor, run.dilution.applied_by) == (None, "nobody")
    assert run.measured_per_ml == run.vendor.concentration_per_ml
    assert "dilution_not_recorded" in codes(run)


def test_of_six_real_blocks_only_the_sizes_by_number_are_read(read_real):
    run = read_real("AD_12h_A_LS 2020-10-27 11-15-54-ExperimentSummary.csv")
    assert run.vendor.d50_nm == 114.1
    assert len(run.histogram.centre_nm) == 1000
    assert run.histogram.first_row == 95
    assert run.histogram.amount.sum() == pytest.approx(4.13e7, rel=0.005)
    assert {"few_tracks", "settings_differ", "vendor_warning"} <= codes(run)
    assert "Noise level: High noise" in run.per_video[1].remarks


def test_a_real_file_of_fifty_videos_lists_the_experiments_it_combines(read_real):
    run = read_real("PBS_LPS_-ExperimentSummary.csv")
    combined = next(warned for warned in run.warnings if warned.code == "combined_experiments")
    assert len(run.per_video) == 50
    assert "PBS_3_500_" in combined.message
    assert "LPS_2_250_" in combined.message
    assert run.vendor.tracks == sum(video.vendor.tracks for video in run.per_video)


def test_no_real_file_contradicts_itself(nanosight, read_real):
    doubts = {"average_disagrees", "summary_disagrees", "table_truncated", "value_missing", "names_differ"}
    for path in sorted(nanosight.glob("*.csv")):
        if SUMMARY.sniff(path.name, path.read_bytes()[:HEAD_BYTES]):
            assert not doubts & codes(read_real(path.name)), path.name


@pytest.mark.parametrize(
    "name",
    [
        "ratio-ExperimentSummary.csv",
        "std_CTB_pilot_48hr-ExperimentSummary.csv",
        "time-course_std_reanalysis.csv",
    ],
)
def test_hand_made_tables_under_a_native_name_are_not_claimed(nanosight, name):
    head = (nanosight / name).read_bytes()[:HEAD_BYTES]
    assert [reader.sniff(name, head) for reader in (SUMMARY, ALL_TRACKS, PARTICLE_DATA)] == [0, 0, 0]


def test_settings_carry_the_key_and_the_row_of_the_file(read):
    level = next(setting for setting in read(ALDER).settings if setting.name == "camera_level")
    assert (level.value, level.key, level.row) == ("14", "Camera Level", 15)
    shutter = next(setting for setting in read(ALDER).settings if setting.name == "shutter")
    assert (shutter.value, shutter.unit) == ("31.48", "ms")


def test_settings_that_differ_are_listed_and_named(read):
    run = read(ALDER, (r"Camera Level,14,14,14", "Camera Level,14,15,14"))
    assert next(s for s in run.settings if s.name == "camera_level").value == "14 | 15"
    warned = next(warned for warned in run.warnings if warned.code == "settings_differ")
    assert "Camera Level" in warned.message
    assert warned.row == 15


def test_a_missing_row_of_the_table_is_noticed(read):
    run = read(ALDER, (r"\n995\.0,0,0[^\n]*", ""), (r"\n505\.0,[^\n]*", ""))
    warned = [warned for warned in run.warnings if warned.code == "table_truncated"]
    assert "495 and 515" in warned[0].message


def test_a_repeated_or_moved_row_of_the_table_is_refused(read):
    with pytest.raises(BadValue, match="do not increase"):
        read(ALDER, (r"\n505\.0,[^\n]*", r"\g<0>\g<0>"))


def test_a_table_that_begins_late_is_noticed(read):
    assert "table_truncated" in codes(read(ALDER, (r"\n5\.0,0[^\n]*", "")))


def test_a_table_that_ends_below_its_largest_particle_is_noticed(read):
    assert "table_truncated" in codes(
        read(ALDER, (r"\n(2|3|4|5|6|7|8|9)\d5\.0,[\s\S]*?\n,*\nPercentile", "\n\nPercentile"))
    )


def test_a_file_that_ends_within_its_table_is_noticed(raw_file):
    content = BIRCH.read_bytes()
    for cut in (b"\n895.0,", b"\n895.0,0,0"):
        short = content[: content.index(cut) + len(cut)]
        assert "table_truncated" in codes(SUMMARY.read(raw_file(BIRCH, content=short)))


def test_a_table_without_percentiles_may_end_at_a_round_class(read):
    change = (r"\nPercentile[\s\S]*", ""), (r" - With Percentiles", "")
    assert "table_truncated" not in codes(read(BIRCH, *change))
    assert "table_truncated" in codes(read(BIRCH, *change, (r"\n995\.0[^\n]*", "")))


@pytest.mark.parametrize(
    ("bad", "said"), [("-5", "-5"), ("NaN", "NaN"), ("many", "many"), ("", "lost or gained")]
)
def test_a_count_that_cannot_be_true_is_refused_with_its_row(read, bad, said):
    with pytest.raises(ReadError, match=re.escape(said)) as caught:
        read(BIRCH, (r"\n505\.0,0,0,0,1,", "\n505.0,0,0,0,1,9" if bad == "" else f"\n505.0,{bad},0,0,1,"))
    assert BIRCH.name in caught.value.where
    assert "row" in caught.value.where


def test_a_missing_weighting_line_is_said(read):
    run = read(ALDER, (r"\nWeighting,Number,", ""))
    assert "weighting_missing" in codes(run)
    assert run.vendor.d50_nm == read(ALDER).vendor.d50_nm


def test_a_table_by_volume_under_the_word_number_is_refused(read):
    with pytest.raises(MissingColumn, match="weighted by number"):
        read(
            BIRCH,
            (
                r"Concentration \(particles / ml\),Concentration \(particles / ml\)",
                "Volume conc. (nm³ / ml),x",
            ),
        )


def test_a_file_without_its_size_table_is_refused(raw_file):
    content = BIRCH.read_bytes()
    with pytest.raises(TruncatedFile, match="no size table"):
        SUMMARY.read(raw_file(BIRCH, content=content[: content.index(b"[Size Data]")]))


def test_a_size_table_with_no_rows_is_refused(raw_file):
    content = BIRCH.read_bytes()
    with pytest.raises(TruncatedFile, match="no classes"):
        SUMMARY.read(raw_file(BIRCH, content=content[: content.index(b"\n5.0,") + 5]))


def test_sizes_in_another_unit_are_refused(read):
    with pytest.raises(MissingColumn):
        read(BIRCH, (r"Bin centre \(nm\)", "Bin centre (um)"))


def test_concentrations_in_millions_are_scaled(read, raw_file):
    text = BIRCH.read_text(encoding="cp1252").replace(
        "Concentration (particles / ml)", "Concentration (E6 particles / ml)"
    )
    run = SUMMARY.read(raw_file(BIRCH, content=text.encode("cp1252")))
    assert run.histogram.amount.sum() == pytest.approx(1e6 * read(BIRCH).histogram.amount.sum())
    assert {"summary_disagrees", "average_disagrees"} <= codes(run)


def test_swapped_keywords_are_noticed_by_the_table(read):
    run = read(ALDER, (r"\nD90,", "\nX,"), (r"\nMean,", "\nD90,"), (r"\nX,", "\nMean,"))
    assert "summary_disagrees" in codes(run)


def test_a_temperature_in_the_place_of_a_viscosity_is_noticed(read):
    run = read(
        ALDER, (r"Temperature/C", "X"), (r"Viscosity/cP", "Temperature/C"), (r"\nX,", "\nViscosity/cP,")
    )
    assert "viscosity_unlike_water" in codes(run)


def test_a_printed_average_that_is_not_that_of_the_videos_is_noticed(read):
    run = read(ALDER, (r"(Concentration \(Particles / ml\),.*),4\.30e\+11,", r"\1,4.50e+11,"))
    assert "average_disagrees" in codes(run)
    assert run.vendor.concentration_per_ml == 4.5e11


def test_several_videos_without_an_average_have_no_numbers_for_the_run(raw_file):
    text = BIRCH.read_text(encoding="cp1252")
    without = re.sub(r",(Concentration average|Average),Standard Error,?", "", text)
    without = re.sub(r"(?m)^(\d+\.0,\d+,\d+),\d+,\d+,$", r"\1", without)
    run = SUMMARY.read(raw_file(BIRCH, content=without.encode("cp1252")))
    assert "average_missing" in codes(run)
    assert (run.vendor.d50_nm, run.vendor.concentration_per_ml, run.measured_per_ml) == (None, None, None)
    assert run.vendor.tracks == 516
    assert run.histogram.amount.sum() > 0


def test_the_only_video_is_the_run(read):
    run = read(ROWAN)
    assert run.vendor == run.per_video[0].vendor
    assert np.array_equal(run.histogram.amount, run.per_video[0].histogram.amount)
    assert not codes(run) & {"average_missing"}


def test_different_dilutions_of_videos_give_no_one_factor(read):
    run = read(ALDER, (r"factor\),5\.00e\+02,5", "factor),2.50e+02,5"))
    assert (run.dilution.factor, run.dilution.applied_by) == (None, "instrument")
    assert run.measured_per_ml is None
    assert run.per_video[0].dilution.factor == 250
    assert "dilution_differs" in codes(run)


@pytest.mark.parametrize("bad", ["0", "-2", "ten"])
def test_an_impossible_dilution_is_refused(read, bad):
    with pytest.raises(BadValue):
        read(ALDER, (r"factor\),5\.00e\+02,", f"factor),{bad},"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (r"\nMean,[^\n]*", "", "value_missing"),
        (r"\nMean,\d+\.\d", "\nMean,N/A", "value_missing"),
        (r"\nDilution factor[^\n]*", "", "value_missing"),
        (r"\n\[Size Data\]", "", "section_missing"),
        (r"\nFilename:,alder_00", "\nFilename:,alder_0", "names_differ"),
        (r"\nFilename:[^\n]*", "", "names_differ"),
        (r"\nMean,", "\nMode,1,2,3,4\nMean,", "duplicate_key"),
        (r"\nTemperature/C,", "\nTemperature/C,22.0,", "ragged_row"),
        (r"\nCompleted tracks,\d+", "\nCompleted tracks,7", "tracks_disagree"),
    ],
)
def test_a_damaged_line_is_named_by_its_code(read, old, new, code):
    assert code in codes(read(ALDER, (old, new)))


def test_two_videos_of_one_name_are_noticed(raw_file):
    content = ALDER.read_bytes().replace(b"alder_01", b"alder_00")
    assert "duplicate_videos" in codes(SUMMARY.read(raw_file(ALDER, content=content)))


def test_a_second_different_number_table_is_noticed(raw_file):
    content = BIRCH.read_bytes()
    second = content[content.index(b"Weighting,Number") :].replace(b"\n95.0,", b"\n95.0,1")
    assert "several_tables" in codes(SUMMARY.read(raw_file(BIRCH, content=content + second)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\[Results\],,,,Average", "[Results],,,Average"),
        (r"Filename:,alder_00,", "Filename:,"),
        (r"Concentration average,Standard Error", "Standard Error,Concentration average"),
    ],
)
def test_columns_that_do_not_fit_each_other_are_refused(read, old, new):
    with pytest.raises(ReadError):
        read(ALDER, (old, new))


def test_a_file_without_video_names_still_has_its_numbers(read):
    run = read(ALDER, (r"\nFilename:[^\n]*", ""), (r"\nFilename,[^\n]*", ""))
    assert [video.name for video in run.per_video] == ["video 1", "video 2", "video 3"]
    assert run.vendor == read(ALDER).vendor


def test_a_semicolon_file_with_decimal_commas_has_the_same_numbers(raw_file, read):
    content = ALDER.read_bytes().replace(b",", b";").replace(b".", b",")
    run = SUMMARY.read(raw_file(ALDER, content=content))
    assert run.vendor == read(ALDER).vendor
    assert run.dilution == read(ALDER).dilution


def test_an_impossible_or_absent_time_is_not_a_time(read):
    assert read(ALDER, ("05/03/2024", "45/03/2024")).acquired is None
    assert read(ALDER, ("05/03/2024", "")).acquired is None


def test_a_line_too_long_for_a_table_is_refused(raw_file):
    content = b'NTA Experiment Summary File,"' + b"a" * 200_000 + b'"\n' + ALDER.read_bytes()
    with pytest.raises(ReadError, match="no line of a table"):
        SUMMARY.read(raw_file(ALDER, content=content))


def test_a_failed_run_has_no_result(raw_file):
    path = FILES / SUMMARY.name / "water-ExperimentSummary.csv"
    assert SUMMARY.read(raw_file(path)).status == "no_result"


def test_control_characters_are_noticed_with_their_row(raw_file):
    content = BIRCH.read_bytes().replace(b"Diluent", b"Dilu\x1eent")
    warned = SUMMARY.read(raw_file(BIRCH, content=content)).warnings
    assert ("control_characters", 6) in [(w.code, w.row) for w in warned]
