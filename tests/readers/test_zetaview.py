"""ZetaView exports: the vendor's own digits from real files, and every way in which a file can be torn."""

import datetime as dt
import re

import numpy as np
import pytest
from tests.conformance.fixtures import FOLDER, raw_of
from tests.conformance.mutations import other_numbers

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, VesicleError
from vesicle.readers import find_readers, zetaview_header, zetaview_positions, zetaview_profile, zetaview_txt
from vesicle.readers.assemble import assemble
from vesicle.readers.zetaview_header import parse_header, tidy
from vesicle.simulate.zetaview import SizeTruth, simulate_failed_run, simulate_run
from vesicle.simulate.zetaview_text import RunPlan
from vesicle.vesicles.size import summarise

SIZE, POSITIONS, PROFILE = zetaview_txt.READER, zetaview_positions.READER, zetaview_profile.READER

PRINTED = {
    "20251217_0005_PC3_100kDa_F5": ("79.8", "127.3", "213.5", "143.8", "62.0", "6.6E+9"),
    "20251217_0016_PC3_100kDa_F1_2": ("75.4", "145.9", "255.9", "159.4", "73.1", "5.8E+9"),
    "20251217_0017_PC3_100kDa_F3T6": ("82.2", "155.6", "288.5", "182.0", "107.6", "3.8E+9"),
}
"""X10, X50, X90, mean, SD and original concentration as the instrument's PDF prints them."""

MEDIANS = {
    "20250219_0005_EV_ip_p1_F7-1000_size_488.txt": 163.0,
    "20250219_0007_EV_ip_p1_F7-5000_size_488.txt": 137.5,
    "20250228_0010_EV_IP_P2.1_F4-1000_size_488.txt": 193.75,
    "20250228_0011_EV_IP_P2.1_F4-1000R_size_488.txt": 208.75,
    "20251217_0005_PC3_100kDa_F5_size_488.txt": 127.33871,
    "20251217_0016_PC3_100kDa_F1_2_size_488.txt": 145.882353,
    "20251217_0017_PC3_100kDa_F3T6_size_488.txt": 155.625,
    "Sample1_35nm_1-5pool.txt": 99.147287,
}
FAILED = ("20250219_0001_EV_ip_p1_F8-1000_size_488.txt", "20250228_0013_EV_IP_P2.1_F5-1000_size_488.txt")


def read(reader, path):
    return reader.read(raw_of(path.name, path.read_bytes()))


def is_printed(number, digits):
    """Whether the number rounds to the digits (half either way, as 82.25 is printed 82.2)."""
    mantissa, _, exponent = digits.partition("E")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(number - float(digits)) <= 0.5000001 * unit


@pytest.mark.parametrize("stem", PRINTED)
def test_the_table_yields_the_digits_that_the_pdf_prints(zetaview, stem):
    vendor = read(SIZE, zetaview / f"{stem}_size_488.txt").vendor
    found = (
        vendor.d10_nm,
        vendor.d50_nm,
        vendor.d90_nm,
        vendor.mean_nm,
        vendor.sd_nm,
        vendor.concentration_per_ml,
    )
    assert [is_printed(*pair) for pair in zip(found, PRINTED[stem], strict=True)] == [True] * 6, found


@pytest.mark.parametrize("stem", PRINTED)
def test_text_and_pdf_of_a_real_run_agree_in_every_digit(zetaview, stem):
    pytest.importorskip("pypdf")
    pdf = next(reader for reader in find_readers() if reader.name == "zetaview-pdf")
    parts = [read(SIZE, zetaview / f"{stem}_size_488.txt"), read(pdf, zetaview / f"{stem}_size_488.pdf")]
    (run,) = assemble(parts)
    assert run.warnings == ()
    assert [dict(run.report.printed)[name] for name in ("x10_nm", "x50_nm", "x90_nm")] == list(
        PRINTED[stem][:3]
    )


@pytest.mark.parametrize("name", MEDIANS)
def test_the_median_is_the_headers_and_the_centre_rule_reproduces_it(zetaview, name):
    run = read(SIZE, zetaview / name)
    assert run.vendor.d50_nm == MEDIANS[name]
    assert "d50_nm" not in run.vendor.reproduced
    assert not {"median_disagrees", "tracks_disagree"} & {warned.code for warned in run.warnings}


@pytest.mark.parametrize("name", MEDIANS)
def test_our_median_at_edges_lies_half_a_class_above_the_vendors(zetaview, name):
    run = read(SIZE, zetaview / name)
    assert np.diff(run.histogram.edges_nm) == pytest.approx(5.0)
    found = summarise(run).median_nm.value
    count = run.histogram.count
    below = np.cumsum(count) - count
    crossing = int(np.searchsorted(np.cumsum(count), count.sum() / 2))
    if count[crossing] and below[crossing] < count.sum() / 2:
        # The concentrations behind our median are printed with four digits, the counts are exact.
        assert found - MEDIANS[name] == pytest.approx(2.5, abs=0.006)
    if "PC3_100kDa_F5" in name:
        assert found == pytest.approx(129.84, abs=0.005)


@pytest.mark.parametrize("name", FAILED)
def test_a_failed_run_has_no_result_and_never_a_zero(zetaview, name):
    run = read(SIZE, zetaview / name)
    assert (run.status, run.histogram, run.measured_per_ml) == ("no_result", None, None)
    assert (run.vendor.d50_nm, run.vendor.concentration_per_ml, run.vendor.tracks) == (None, None, 0)
    assert [warned.code for warned in run.warnings] == ["no_result"]


@pytest.mark.parametrize("name", MEDIANS)
def test_the_log_table_is_never_added_to_the_linear_one(zetaview, name):
    run = read(SIZE, zetaview / name)
    assert run.histogram.count.sum() == run.second_histogram.count.sum() == run.vendor.tracks
    assert run.measured_per_ml == pytest.approx(run.histogram.amount.sum())
    assert run.second_histogram.amount.sum() == pytest.approx(run.measured_per_ml, rel=2e-3)
    assert len(run.histogram.count) == 1200


@pytest.mark.parametrize("stem", ["20250219_0005_EV_ip_p1_F7-1000", "20250219_0007_EV_ip_p1_F7-5000"])
def test_the_table_sums_to_the_mean_of_the_kept_positions(zetaview, stem):
    run = read(SIZE, zetaview / f"{stem}_size_488.txt")
    kept = [row for row in read(POSITIONS, zetaview / f"{stem}_size_488_11pos.txt").rows if row.is_kept]
    measured = sum(row.concentration_per_ml for row in kept) / len(kept)
    assert run.measured_per_ml == pytest.approx(measured, rel=0.03)
    stock = sum(row.stock_concentration_per_ml for row in kept) / len(kept)
    assert run.vendor.concentration_per_ml == pytest.approx(stock, rel=0.03)


def test_the_settings_of_a_real_file_lead_to_their_rows(zetaview):
    path = zetaview / "20251217_0005_PC3_100kDa_F5_size_488.txt"
    run = read(SIZE, path)
    lines = path.read_text("cp1252").splitlines()
    found = {item.name: item.value for item in run.settings}
    assert (found["sensitivity"], found["pixel_size"], found["sop"]) == ("80", "0.713", "EV_488")
    for item in run.settings:
        assert item.key in lines[item.row - 1]
    assert run.quality_of("cell_check").value == "Very Good"
    assert run.quality_of("drift_checked").value.startswith("1904")
    assert run.quality_of("absent") is None
    assert (run.acquired, run.temperature_c, run.viscosity_mpas) == ("2025-12-17T10:28:05", 25.13, 0.897194)
    assert run.instrument == "ZetaView 24-1152"


def test_the_profile_of_a_real_file_has_the_instruments_potential(zetaview):
    profile = read(PROFILE, zetaview / "20250219_0006_EV_ip_p1_F7-1000_prof_488.txt")
    assert (profile.zeta_mv, profile.mobility_um_s_per_v_cm) == (-22.210896, -1.730703)
    assert (len(profile.position), profile.velocity_um_s[0]) == (11, 5.876)
    assert (profile.conductivity_us_cm, profile.ph, profile.dilution.factor) == (52.0, 7.0, 1000.0)


TRUTH = SizeTruth(median_nm=115.0, log_sd=0.3, stock_per_ml=8e10)
PLAN = RunPlan(
    stem="001_EV_size_488", sample="EV", dilution=1000.0, acquired=dt.datetime(2026, 3, 1, 9, 0, 0)
)


@pytest.fixture(scope="module")
def simulated():
    return simulate_run(TRUTH, PLAN, seed=11)


def size_of(content, name="001_EV_size_488.txt"):
    content = content.encode("cp1252") if isinstance(content, str) else content
    return SIZE.read(raw_of(name, content))


def codes(measurement):
    return {warned.code for warned in measurement.warnings}


def test_a_simulated_run_comes_back_with_what_was_drawn(simulated):
    run = size_of(simulated.size_file)
    assert run.vendor.tracks == simulated.diameter_nm.size
    assert run.measured_per_ml == pytest.approx(simulated.measured_per_ml, rel=1e-3)
    assert summarise(run).median_nm.value == pytest.approx(np.median(simulated.diameter_nm), abs=2.5)
    assert run.vendor.mean_nm == pytest.approx(simulated.diameter_nm.mean(), abs=0.5)
    assert codes(run) == set()


def changed(simulated, *pairs):
    text = simulated.size_file.decode("cp1252")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Concentration / cm-3", "Concentration / mm-3", "columns_unusual"),
        ("Size / nm\t", "Size / um\t", "columns_unusual"),
        ("Volume / nm^3\tArea / nm^2", "Area / nm^2\tVolume / nm^3", "columns_unusual"),
        ("Concentration / cm-3", "Concentr.", "concentration_missing"),
        ("Temperature:", "Temprature:", "temperature_missing"),
        ("Viscosity:\t", "Viscosity:\tNaN", "viscosity_missing"),
        ("Dilution::", "Verdünnung::", "dilution_missing"),
        ("Dilution::\t1000", "Dilution::\t-1000", "dilution_missing"),
        ("Number of Traces:", "Traces:", "cross_check_missing"),
        ("Median Number (D50):", "Median:", "cross_check_missing"),
        ("Sample:\tEV", "Sample:\t", "sample_missing"),
        ("Correction Factor:\t1.000000", "Correction Factor:\tNaN", "correction_unusable"),
        ("Correction Factor:\t1.000000", "Correction Factor:\t-2", "correction_unusable"),
        ("Operator:\tDemo", "Dilution::\t7", "key_repeated"),
    ],
)
def test_what_is_odd_in_a_header_is_said_by_its_code(simulated, old, new, code):
    assert code in codes(size_of(changed(simulated, (old, new))))


def test_a_correction_factor_is_part_of_the_measured_concentration(simulated):
    plain, twice = size_of(simulated.size_file), size_of(changed(simulated, ("Factor:\t1.0", "Factor:\t2.0")))
    assert twice.measured_per_ml == pytest.approx(2 * plain.measured_per_ml)
    assert twice.vendor.concentration_per_ml == pytest.approx(2 * plain.vendor.concentration_per_ml)


def test_an_unusable_correction_factor_counts_as_one(simulated):
    plain, odd = size_of(simulated.size_file), size_of(changed(simulated, ("Factor:\t1.0", "Factor:\t-1.0")))
    assert odd.measured_per_ml == plain.measured_per_ml


def rows_of(simulated):
    lines = simulated.size_file.decode("cp1252").split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("Size / nm"))
    return lines, start + 1


def test_a_median_or_a_number_of_tracks_that_the_table_does_not_hold_is_said(simulated):
    tracks = simulated.diameter_nm.size
    odd = size_of(changed(simulated, (f"Number of Traces:\t{tracks}", f"Number of Traces:\t{tracks + 1}")))
    assert codes(odd) == {"tracks_disagree"}
    lines, _ = rows_of(simulated)
    at = next(i for i, line in enumerate(lines) if line.startswith("Median Number"))
    lines[at] = "Median Number (D50):\t90.000000"
    assert codes(size_of("\n".join(lines))) == {"median_disagrees"}


def test_a_missing_class_is_said(simulated):
    lines, start = rows_of(simulated)
    del lines[start + 500]
    assert "classes_not_equidistant" in codes(size_of("\n".join(lines)))
    lines, start = rows_of(simulated)
    del lines[start + 1300]
    assert "classes_not_equidistant" in codes(size_of("\n".join(lines)))


def test_a_class_that_stands_twice_is_refused(simulated):
    lines, start = rows_of(simulated)
    lines.insert(start + 30, lines[start + 30])
    with pytest.raises(BadValue, match="twice") as caught:
        size_of("\n".join(lines))
    assert f"row {start + 32}" in caught.value.where


def test_exchanged_classes_are_refused(simulated):
    lines, start = rows_of(simulated)
    lines[start], lines[start + 1] = lines[start + 1], lines[start]
    with pytest.raises(BadValue, match="do not increase"):
        size_of("\n".join(lines))


def test_a_concentration_that_does_not_follow_from_its_tracks_is_said(simulated):
    lines, start = rows_of(simulated)
    filled = next(i for i in range(start, start + 1200) if lines[i].split("\t")[1] != "0.000E+0")
    for at, column in ((filled, 1), (filled, 2), (start, 2)):
        cells = lines[at].split("\t")
        cells[column] = "9.000E+0" if column == 1 else "7.777E+6"
        torn = [*lines[:at], "\t".join(cells), *lines[at + 1 :]]
        assert "concentration_disagrees" in codes(size_of("\n".join(torn)))


def test_a_second_table_with_other_tracks_is_said(simulated):
    lines, start = rows_of(simulated)
    at = next(i for i in range(start + 1201, len(lines)) if lines[i].split("\t")[1] not in {"0.000E+0", ""})
    cells = lines[at].split("\t")
    cells[1] = "9.990E+2"
    lines[at] = "\t".join(cells)
    assert {"tables_disagree", "concentration_disagrees"} <= codes(size_of("\n".join(lines)))


@pytest.mark.parametrize("keep", [1200, 700, 30])
def test_a_table_that_is_cut_off_is_said(simulated, keep):
    lines, start = rows_of(simulated)
    run = size_of("\n".join(lines[: start + keep]))
    assert "table_truncated" in codes(run)


def test_a_table_that_is_cut_off_before_its_first_track_is_no_failed_run(simulated):
    lines, start = rows_of(simulated)
    for keep in (0, 2):
        with pytest.raises(TruncatedFile, match="no track"):
            size_of("\n".join(lines[: start + keep]))


def test_a_failed_run_that_was_cut_before_its_sentinel_is_refused():
    failed = simulate_failed_run(PLAN, seed=1).size_file
    assert size_of(failed).status == "no_result"
    with pytest.raises(TruncatedFile):
        size_of(failed[: failed.rindex(b"-1.000E+0\t-1.000E+0\t-1.000E+0\t-1.000E+0")])


def test_without_the_row_of_minus_one_the_second_table_is_still_told_apart(simulated):
    lines, start = rows_of(simulated)
    sentinel = next(i for i in range(start, len(lines)) if lines[i].startswith("-1"))
    run = size_of("\n".join([*lines[:sentinel], *lines[sentinel + 1 :]]))
    assert run.measured_per_ml == size_of(simulated.size_file).measured_per_ml


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda cells: cells[:-1], TruncatedFile, "cut off"),
        (lambda cells: [*cells, "1"], TruncatedFile, "too many"),
        (lambda cells: [cells[0], "-3.000E+0", *cells[2:]], BadValue, "negative"),
        (lambda cells: [cells[0], "NaN", *cells[2:]], BadValue, "not a number"),
        (lambda cells: [cells[0], "1,000E+0", *cells[2:]], BadValue, "not a number"),
    ],
)
def test_a_torn_row_is_refused_with_its_number(simulated, change, error, words):
    lines, start = rows_of(simulated)
    lines[start + 20] = "\t".join(change(lines[start + 20].split("\t")))
    with pytest.raises(error, match=words) as caught:
        size_of("\n".join(lines))
    assert f"row {start + 21}" in caught.value.where


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda text: text.replace("Size / nm", "Sizes in nm"), MissingColumn, "no size table"),
        (lambda text: text.replace("\t", ";"), ReadError, "not separated by tabs"),
        (lambda text: text + "\n" + text, ReadError, "several size tables"),
        (lambda text: text.replace("\tNumber\t", "\tCount\t"), MissingColumn, "no column 'Number'"),
        (lambda text: text.replace("Size / nm", "Size / px"), BadValue, "not a length"),
        (lambda text: text.replace("Temperature:\t24.6", "Temperature:\t24,6"), BadValue, "mixed"),
    ],
)
def test_another_structure_is_refused_in_words(simulated, change, error, words):
    with pytest.raises(error, match=words):
        size_of(change(simulated.size_file.decode("cp1252")))


def test_a_table_of_a_single_class_has_edges():
    lines = simulate_run(TRUTH, PLAN, seed=1).size_file.decode("cp1252").split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("Size / nm")) + 1
    one = "1.000E+2\t5.000E+0\t5.000E+5\t1.0E+0\t1.0E+0"
    run = size_of("\n".join([*lines[:start], one]))
    assert list(run.histogram.edges_nm) == [50.0, 150.0]
    assert "table_truncated" in codes(run)
    one = one.replace("5.000E+0\t", "1.000E+0\t")
    assert size_of("\n".join([*lines[:start], one])).vendor.sd_nm is None


def test_an_export_in_decimal_commas_gives_the_same_numbers(simulated):
    text = simulated.size_file.decode("cp1252")
    commas = re.sub(r"(?<=\d)\.(?=\d)", ",", text).replace("8,06,01", "8.06.01")
    one, two = size_of(text), size_of(commas)
    assert (two.vendor, two.dilution, two.temperature_c) == (one.vendor, one.dilution, one.temperature_c)
    assert np.array_equal(one.histogram.amount, two.histogram.amount)


def test_a_header_alone_is_recognised_with_less_certainty_than_a_table(simulated):
    text = simulated.size_file
    assert SIZE.sniff("x", text) == 0.95
    assert SIZE.sniff("x", text[: text.index(b"Results (Pos")]) == 0.6
    assert SIZE.sniff("x", b"Size / nm\tNumber\n1\t2\n") == 0.0
    assert PROFILE.sniff("x", text) == 0.0
    assert POSITIONS.sniff("x", text) == 0.0


def test_a_header_keeps_the_first_of_repeated_keys_and_knows_notes_from_values():
    header = parse_header(
        ["Sample:\ta", "Sample:\tb", "pH:\t7.0\tentered", "Conductivity: 52.0\tsensed", "no key", "\t\t"],
        where="f",
    )
    assert header.text("Sample") == "a"
    assert (header.number("pH"), header.number("Conductivity"), header.number("gone")) == (7.0, 52.0, None)
    assert (header.acquired, header.dilution.factor) == (None, None)
    assert header.settings(zetaview_header.SETTINGS)[0].value == "7"


@pytest.mark.parametrize(
    ("date", "time", "acquired"),
    [
        ("2026-01-02", "09:00:00", "2026-01-02T09:00:00"),
        ("2026-01-02", "9 am", "2026-01-02"),
        ("02.01.2026", "09:00:00", None),
    ],
)
def test_a_date_is_kept_only_in_iso_form(date, time, acquired):
    assert parse_header([f"Date:\t{date}", f"Time:\t{time}"], where="f").acquired == acquired


@pytest.mark.parametrize(
    ("printed", "tidied"),
    [("80.000000", "80"), ("0,713000", "0,713"), ("100", "100"), ("8.06.01", "8.06.01")],
)
def test_a_printed_value_loses_only_its_trailing_zeros(printed, tidied):
    assert tidy(printed) == tidied


def table_of(change=lambda lines: lines, name="001_EV_size_488_11pos.txt"):
    text = simulate_run(TRUTH, RunPlan(**{**_plan(), "removed": (4,)}), seed=11).positions_file
    lines = text.decode("cp1252").rstrip("\n").split("\n")
    return POSITIONS.read(raw_of(name, "\n".join(change(lines)).encode("cp1252")))


def _plan():
    return {name: getattr(PLAN, name) for name in PLAN.__slots__}


def edit(row, column, value):
    def change(lines):
        cells = lines[row].split("\t")
        cells[column] = value
        return [*lines[:row], "\t".join(cells), *lines[row + 1 :]]

    return change


def test_a_position_table_holds_what_was_kept_and_why_not():
    table = table_of()
    assert (table.stem, len(table.rows), codes(table)) == ("001_EV_size_488", 11, set())
    assert [i for i, row in enumerate(table.rows) if not row.is_kept] == [4]
    assert (table.rows[4].removal, table.rows[4].row) == ("GRUBBS_NUMBER", 6)
    assert table.rows[0].stock_concentration_per_ml == pytest.approx(
        1000 * table.rows[0].concentration_per_ml, rel=0.06
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda lines: lines[:-3], "table_truncated"),
        (lambda lines: lines[:1], "table_truncated"),
        (lambda lines: [*lines[:3], *lines[4:]], "mean_disagrees"),
        (lambda lines: [*lines[:5], *lines[6:]], "positions_disagree"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "rows_exchanged"),
        (edit(1, 0, ""), "mean_disagrees"),
        (edit(1, 6, "500"), "mean_disagrees"),
        (edit(12, 7, "x"), "mean_disagrees"),
        (edit(5, 5, "1.0E+9"), "columns_disagree"),
        (edit(5, 3, "900.0"), "columns_disagree"),
        (edit(0, 11, "Why"), "columns_unusual"),
        (edit(0, 0, "Used"), "columns_unusual"),
    ],
)
def test_a_position_table_that_was_changed_is_said_by_its_code(change, code):
    assert code in codes(table_of(change))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (edit(0, 4, "Conc. (p./uL)"), MissingColumn),
        (edit(0, 7, "X50 (um)"), MissingColumn),
        (edit(1, 3, "many"), BadValue),
        (edit(1, 3, "-4.0"), BadValue),
        (edit(1, 3, "4,0"), BadValue),
        (edit(12, 1, "Mittel"), BadValue),
        (lambda lines: [*lines[:2], lines[2].rpartition("\t")[0], *lines[3:]], TruncatedFile),
    ],
)
def test_a_position_table_that_cannot_be_trusted_is_refused(change, error):
    with pytest.raises(error):
        table_of(change)


def test_a_position_table_under_another_name_is_not_counted_against_it():
    table = table_of(lambda lines: [*lines[:5], *lines[6:]], name="x.txt")
    assert (table.stem, codes(table)) == ("x", set())


def profile_of(*pairs, name="20260203_0004_ALDER_prof_488.txt"):
    text = (FOLDER / "zetaview-profile-txt" / name).read_bytes().decode("cp1252")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return PROFILE.read(raw_of(name, text.encode("cp1252")))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Mobility /µm/s", "Mobility /mm/s", "mobility_missing"),
        ("ZP Factor:", "Factor:", "cross_check_missing"),
        ("ZP Factor:\t12.8", "ZP Factor:\t13.8", "potential_disagrees"),
        ("Zeta Potential / mV:\t-17", "Zeta Potential / mV:\t-71", "potential_disagrees"),
        ("Positions:\t11", "Positions:\t12", "positions_disagree"),
        ("Positions:\t11", "Places:\t11", "positions_disagree"),
        ("\t-4.300E+1", "\t-4.600E+1", "average_disagrees"),
        ("8.000E-1\t", "1.000E-2\t", "rows_exchanged"),
    ],
)
def test_a_profile_that_contradicts_itself_is_said_by_its_code(old, new, code):
    assert code in codes(profile_of((old, new)))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("Zeta Potential / mV:", "Zeta Potential / V:", MissingColumn),
        ("Zeta Potential / mV:\t-17.920000", "Zeta Potential / mV:\tNaN", MissingColumn),
        ("Negative V\tAverage", "Average\tNegative V", MissingColumn),
        ("8.000E-1\t", "8,000E-1\t", BadValue),
        ("8.000E-1\t", "x\t", BadValue),
        ("pH:\t7.1", "pH:\t7,1", BadValue),
    ],
)
def test_a_profile_that_cannot_be_trusted_is_refused(old, new, error):
    with pytest.raises(error):
        profile_of((old, new))


def test_a_profile_without_its_table_keeps_the_potential_and_says_so():
    text = (FOLDER / "zetaview-profile-txt" / "20260203_0004_ALDER_prof_488.txt").read_bytes()
    profile = PROFILE.read(raw_of("x.txt", text[: text.index(b"Position\t")]))
    assert (profile.zeta_mv, len(profile.position)) == (-17.92, 0)
    assert "table_truncated" in codes(profile)


def test_a_profile_in_decimal_commas_with_mixed_rows_is_refused():
    text = (FOLDER / "zetaview-profile-txt" / "Birke_prof_520.txt").read_bytes()
    head, mark, body = text.partition(b"Position\t")
    with pytest.raises(BadValue, match="mixed"):
        PROFILE.read(raw_of("x.txt", head + mark + body.replace(b",", b".")))


def test_every_prefix_of_a_file_is_read_or_refused_and_never_fails_otherwise():
    content = (FOLDER / "zetaview-size-txt" / "20260203_0002_Birke_5.txt").read_bytes()
    whole = size_of(content, "x.txt")
    for end in range(1, len(content) - 2, 331):
        try:
            run = size_of(content[:end], "x.txt")
        except VesicleError:
            continue
        assert run.status == "ok"
        assert codes(run) - codes(whole) or not other_numbers(whole, run)
