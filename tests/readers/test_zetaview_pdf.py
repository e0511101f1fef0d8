"""ZetaView reports: the digits as they stand on the page, and a reason for every page that has none."""

import importlib.util
import logging
import sys
from pathlib import Path

import pytest

from vesicle.errors import MissingExtra, ReadError
from vesicle.readers import RawFile
from vesicle.readers.zetaview_pdf import read, sniff
from vesicle.results import FileRef

MAKER = Path(__file__).resolve().parents[1] / "data" / "make_tables.py"
MEDIAN = "Median (X50)        112.4         112.4         171.0 "
NAME = "20240502_0003_larch_F2_size_488.pdf"


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_tables", MAKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raw(content, name=NAME):
    return RawFile(ref=FileRef(path=name, sha256="0", size_bytes=len(content)), content=content)


def codes(report):
    return {warned.code for warned in report.warnings}


def changed(make, old, new):
    lines = make.report_lines()
    assert old in lines
    return read(raw(make.pdf_of([[new if line == old else line for line in lines]])))


@pytest.mark.parametrize(
    ("file", "digits"),
    [
        (
            "20251217_0005_PC3_100kDa_F5_size_488.pdf",
            {
                "x10_nm": "79.8", "x50_nm": "127.3", "x90_nm": "213.5", "span": "1.1", "mean_nm": "143.8",
                "sd_nm": "62.0", "concentration_per_ml": "1.3E+7", "original_concentration_per_ml": "6.6E+9",
                "tracks": "630", "peak_nm": "101.8", "dilution": "500", "particles_per_frame": "31",
            },
        ),
        (
            "20251217_0016_PC3_100kDa_F1_2_size_488.pdf",
            {"x10_nm": "75.4", "x50_nm": "145.9", "x90_nm": "255.9",
             "mean_nm": "159.4", "sd_nm": "73.1", "peak_nm": "153.9"},
        ),
        (
            "20251217_0017_PC3_100kDa_F3T6_size_488.pdf",
            {"x10_nm": "82.2", "x50_nm": "155.6", "x90_nm": "288.5",
             "peak_nm": "111.2", "concentration_per_ml": "7.6E+6"},
        ),
    ],
)  # fmt: skip
def test_the_digits_of_real_reports_stand_as_printed(zetaview, raw_file, file, digits):
    report = read(raw_file(zetaview / file))
    printed = dict(report.printed)
    assert {name: printed[name] for name in digits} == digits
    assert report.warnings == ()
    assert report.stem == file.removesuffix(".pdf")
    assert report.dilution.factor == 500
    assert sniff(file, (zetaview / file).read_bytes()[:65_536]) == 0.9


def test_numbers_are_those_of_the_printed_digits(zetaview, raw_file):
    vendor = read(raw_file(zetaview / "20251217_0005_PC3_100kDa_F5_size_488.pdf")).vendor
    assert (vendor.d10_nm, vendor.d50_nm, vendor.d90_nm) == (79.8, 127.3, 213.5)
    assert (vendor.mean_nm, vendor.sd_nm, vendor.mode_nm) == (143.8, 62.0, 101.8)
    assert (vendor.concentration_per_ml, vendor.tracks) == (6.6e9, 630)


def test_no_person_of_the_page_is_kept(zetaview, raw_file):
    report = repr(read(raw_file(zetaview / "20251217_0005_PC3_100kDa_F5_size_488.pdf")))
    assert "@" not in report
    assert "Admin" not in report


def test_the_fixture_is_what_its_maker_writes(make):
    path = MAKER.parent / "readers" / "zetaview-pdf" / NAME
    assert path.read_bytes() == make.pdf_of([make.report_lines()])


def test_blocks_in_another_order_give_the_same_report(make):
    groups = list(make.REPORT)
    head, tables, rest = groups[:13], groups[13:17], groups[17:]
    moved = [line for group in (*rest, *tables, *head[::-1]) for line in group]
    whole, other = read(raw(make.pdf_of([make.report_lines()]))), read(raw(make.pdf_of([moved])))
    assert other.printed == whole.printed
    assert other.vendor == whole.vendor


def test_decimal_commas_give_the_same_numbers(make):
    lines = [
        line.replace(".", ",") if line[:1].isdigit() or "E+" in line or "(X50)" in line else line
        for line in make.report_lines()
    ]
    lines = [line.replace("24.87", "24,87").replace("1.00000", "1,00000") for line in lines]
    report = read(raw(make.pdf_of([lines])))
    assert report.vendor == read(raw(make.pdf_of([make.report_lines()]))).vendor
    assert dict(report.printed)["x10_nm"] == "70,1"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (MEDIAN, MEDIAN.replace("112.4", "121.4"), "report_disagrees"),
        ("Concentration Correction Factor: 1.00000 ", "Concentration Correction Factor: 3.00000 ", "report_disagrees"),
        ("Span", "Spin", "x_values_missing"),
        ("X Values (all sizes are given in nm)", "X Values", None),
        ("Number of Traced Particles: 812", "Number of Particles: 812", "report_field_missing"),
        ("FWHM / nm", "FWHM", "report_field_missing"),
    ],
)  # fmt: skip
def test_what_a_damaged_page_lacks_or_contradicts_is_said(make, old, new, code):
    report = changed(make, old, new)
    assert codes(report) == ({code} if code else set())


def test_a_span_that_its_percentiles_do_not_give_is_said(make):
    lines = make.report_lines()
    at = lines.index("70.1")
    lines[at] = "10.1"
    assert codes(read(raw(make.pdf_of([lines])))) == {"report_disagrees"}


def test_a_page_that_does_not_state_nm_says_so(make):
    lines = [line.replace("in nm)", ")") for line in make.report_lines()]
    assert codes(read(raw(make.pdf_of([lines])))) == {"unit_assumed"}


def test_missing_sample_and_date_and_dilution_are_unknown(make):
    gone = ("Sample Name", "Experiment", "Dilution Factor", "Number of Traced")
    lines = [line for line in make.report_lines() if not line.startswith(gone)]
    report = read(raw(make.pdf_of([["ZetaView", *lines]])))
    assert report.sample == NAME.removesuffix(".pdf")
    assert report.acquired is None
    assert report.dilution.factor is None
    assert report.vendor.tracks is None


def test_a_row_of_x_values_that_is_cut_off_gives_no_percentile(make):
    lines = make.report_lines()
    at = lines.index("Number", lines.index("X10"))
    report = read(raw(make.pdf_of([[*lines[: at + 3], *lines[-4:]]])))
    assert report.vendor.d10_nm is None
    assert "x_values_missing" in codes(report)


def test_a_peak_table_with_unequal_columns_is_refused(make):
    lines = [line for line in make.report_lines() if line != "188.1"]
    with pytest.raises(ReadError, match="peak table"):
        read(raw(make.pdf_of([lines])))


def test_two_values_for_one_quantity_are_refused(make):
    lines = [*make.report_lines(), "Number of Traced Particles: 813"]
    with pytest.raises(ReadError, match="two values"):
        read(raw(make.pdf_of([lines])))


def test_only_the_first_three_pages_are_read(make):
    empty = [["nothing"]] * 3
    assert read(raw(make.pdf_of([*empty[:2], make.report_lines(), *empty * 40]))).vendor.tracks == 812
    with pytest.raises(ReadError, match="not a ZetaView size report"):
        read(raw(make.pdf_of([*empty, make.report_lines()])))


def test_other_documents_are_refused_and_not_claimed(make):
    content = make.pdf_of([["A letter about nothing"]], author="someone")
    assert sniff("letter.pdf", content) == 0
    assert sniff("a_size_488.pdf", content) == 0.6
    with pytest.raises(ReadError, match="not a ZetaView size report"):
        read(raw(content))


def test_a_page_without_text_is_refused(make):
    with pytest.raises(ReadError, match="only pictures"):
        read(raw(make.pdf_of([[]])))


@pytest.mark.parametrize("keep", [9, 300, 900, 1_700])
def test_a_cut_off_file_is_refused_or_read_whole(make, keep):
    with pytest.raises(ReadError):
        read(raw(make.pdf_of([make.report_lines()])[:keep]))


def test_a_protected_file_is_refused(make):
    import io

    import pypdf

    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(make.pdf_of([make.report_lines()]))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(ReadError, match="password"):
        read(raw(out.getvalue()))


def test_a_file_beyond_any_report_is_not_opened(monkeypatch, make):
    monkeypatch.setattr("vesicle.readers.zetaview_pdf.MOST_BYTES", 100)
    with pytest.raises(ReadError, match="less than 100"):
        read(raw(make.pdf_of([make.report_lines()])))


def test_without_pypdf_the_command_that_installs_it_is_named(monkeypatch, make):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(MissingExtra, match=r"pip install 'vesicle\[pdf\]'"):
        read(raw(make.pdf_of([make.report_lines()])))


def test_the_chatter_of_the_pdf_library_is_not_heard_and_its_level_restored(caplog):
    logger = logging.getLogger("pypdf")
    logger.setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG), pytest.raises(ReadError):
        read(raw(b"%PDF-1.4\nZetaView\nrubbish"))
    assert caplog.records == []
    assert logger.level == logging.DEBUG
    logger.setLevel(logging.NOTSET)


def test_a_text_file_is_not_claimed():
    assert sniff("ZetaView_size_488.pdf", b"ZetaView, but no pdf") == 0
