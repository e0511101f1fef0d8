"""ZetaView position tables and profiles: what contradicts itself is said, what cannot be trusted refused."""

import datetime as dt

import pytest
from tests.conformance.fixtures import FOLDER, raw_of

from vesicle.errors import BadValue, MissingColumn, TruncatedFile
from vesicle.readers import zetaview_positions, zetaview_profile
from vesicle.simulate.zetaview import SizeTruth, simulate_run
from vesicle.simulate.zetaview_text import RunPlan

POSITIONS, PROFILE = zetaview_positions.READER, zetaview_profile.READER
TRUTH = SizeTruth(median_nm=115.0, log_sd=0.3, stock_per_ml=8e10)


def codes(measurement):
    return {warned.code for warned in measurement.warnings}


def table_of(change=lambda lines: lines, name="001_EV_size_488_11pos.txt"):
    plan = RunPlan(
        stem="001_EV_size_488",
        sample="EV",
        dilution=1000.0,
        acquired=dt.datetime(2026, 3, 1, 9, 0, 0),
        removed=(4,),
    )
    lines = simulate_run(TRUTH, plan, seed=11).positions_file.decode("cp1252").rstrip("\n").split("\n")
    return POSITIONS.read(raw_of(name, "\n".join(change(lines)).encode("cp1252")))


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
        (edit(5, 11, "GRUBBS_NUMBRE"), "removal_unknown"),
        (edit(5, 11, ""), "removal_unknown"),
        (edit(1, 11, "MAX_DRIFT"), "removal_unknown"),
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
