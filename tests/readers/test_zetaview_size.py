"""ZetaView size exports: what is drawn comes back, and what is torn is said or refused."""

import datetime as dt
import re

import numpy as np
import pytest
from tests.conformance.fixtures import FOLDER, raw_of

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile, VesicleError
from vesicle.readers import zetaview_header, zetaview_positions, zetaview_profile, zetaview_txt
from vesicle.readers.zetaview_header import parse_header, tidy
from vesicle.simulate.zetaview import SizeTruth, simulate_failed_run, simulate_run
from vesicle.simulate.zetaview_text import RunPlan
from vesicle.vesicles.size import summarise

SIZE, POSITIONS, PROFILE = zetaview_txt.READER, zetaview_positions.READER, zetaview_profile.READER

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
        ("Temperature:", "Temp:", "temperature_missing"),
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


def test_a_failed_run_that_states_no_number_of_tracks_says_so():
    failed = simulate_failed_run(PLAN, seed=1).size_file
    assert codes(size_of(failed.replace(b"Number of Traces", b"Traces"))) == {
        "no_result",
        "cross_check_missing",
    }


@pytest.mark.parametrize(
    ("one", "other"), [("Temperature", "pH"), ("Median Number", "Median Volume"), ("Dilution:", "Sample")]
)
def test_keys_that_changed_places_are_noticed(simulated, one, other):
    text = simulated.size_file.decode("cp1252")
    swapped = text.replace(one, "@@").replace(other, one).replace("@@", other)
    assert "keys_reordered" in codes(size_of(swapped))


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


def test_every_prefix_of_a_file_is_read_or_refused_and_never_fails_otherwise():
    content = (FOLDER / "zetaview-size-txt" / "20260203_0002_Birke_5.txt").read_bytes()
    whole = size_of(content, "x.txt")
    for end in range(1, len(content) - 2, 331):
        try:
            run = size_of(content[:end], "x.txt")
        except VesicleError:
            continue
        assert run.status == "ok"
        assert codes(run) - codes(whole) or run.vendor == whole.vendor


def with_classes(simulated, width_nm):
    """The simulated run with its linear table in classes of another width, printed with four digits."""
    head, _, table = simulated.size_file.decode("cp1252").partition("Size / nm")
    columns, *rows = table.splitlines()
    end = next(i for i, row in enumerate(rows) if row.startswith("-1"))
    edges = np.arange(0.0, 1200.0 + width_nm / 2, width_nm)
    count = np.histogram(simulated.diameter_nm, bins=edges)[0]
    centre = (edges[1:] + edges[:-1]) / 2
    linear = [
        f"{c:.3E}\t{n:.3E}\t{n * 1e4:.3E}\t0.000E+0\t0.000E+0" for c, n in zip(centre, count, strict=True)
    ]
    return "\n".join([f"{head}Size / nm{columns}", *linear, *rows[end:], ""])


@pytest.mark.parametrize("width_nm", [0.5, 1.0, 2.5])
def test_narrow_classes_that_print_alike_above_a_micrometre_are_no_damage(simulated, width_nm):
    run = size_of(with_classes(simulated, width_nm))
    assert np.allclose(np.diff(run.histogram.edges_nm), width_nm)
    assert "classes_not_equidistant" not in codes(run)


def test_a_class_above_a_micrometre_that_stands_twice_is_noticed(simulated):
    lines = with_classes(simulated, 1.0).splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("1.100E"))
    with pytest.raises(BadValue, match="twice"):
        size_of("".join([*lines[: at + 1], *([lines[at]] * 20), *lines[at + 1 :]]))


@pytest.mark.parametrize("count", ["1.000E+19", "1.000E-40"])
def test_a_number_of_tracks_that_cannot_be_is_refused(simulated, count):
    text = simulated.size_file.decode("cp1252")
    damaged = re.sub(r"(?m)^(1\.025E\+2\t)[^\t]+", rf"\g<1>{count}", text, count=1)
    assert damaged != text
    with pytest.raises(BadValue, match="hold this many particles"):
        size_of(damaged)
