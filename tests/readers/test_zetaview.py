"""ZetaView exports: the vendor's own digits, reproduced from real files."""

import numpy as np
import pytest
from tests.conformance.fixtures import raw_of

from vesicle.readers import find_readers, zetaview_positions, zetaview_profile, zetaview_txt
from vesicle.readers.assemble import assemble
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
