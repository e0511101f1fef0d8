"""Text as people really have it: the same numbers whatever encoding, decimal mark or delimiter."""

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.errors import BadValue, ReadError
from vesicle.readers.text import decimal_mark, decode, guess_delimiter, head_text, parse_number, split_rows

SENTENCE = "Größe / µm\t1.5\r\nzwei\t2\rdrei"
PLAIN = "Größe / µm\t1.5\nzwei\t2\ndrei"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_the_same_in_every_encoding_of_windows(encoding):
    assert decode(SENTENCE.encode(encoding), where="f") == (PLAIN, ())


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zero_bytes(order):
    assert decode("Size / nm\t1.5".encode(order), where="f") == ("Size / nm\t1.5", ())


@pytest.mark.parametrize("content", [b"", b"\r\n \t", b"\x00" * 40])
def test_an_empty_file_is_refused(content):
    with pytest.raises(ReadError, match="empty"):
        decode(content, where="f.txt")


def test_a_binary_file_is_refused_whatever_its_name():
    with pytest.raises(ReadError, match="not a text file"):
        decode(bytes(range(1, 32)) * 50, where="f.txt")


def test_bytes_without_meaning_are_replaced_and_said_so():
    text, warnings = decode(b"caf\x81\xe9", where="f")
    assert (text, [w.code for w in warnings]) == ("caf\ufffdé", ["encoding_repaired"])
    torn = "Size".encode("utf-16") + b"\x00"
    assert [w.code for w in decode(torn, where="f")[1]] == ["encoding_repaired"]


def test_stray_zero_bytes_are_left_out_and_said_so():
    text, warnings = decode(b"Mobility /\xb5\x00m/s" + b" " * 80, where="f")
    assert text.startswith("Mobility /µm/s")
    assert [w.code for w in warnings] == ["zero_bytes_removed"]


def test_a_head_that_is_binary_is_no_text():
    assert head_text(b"\x01\x02\x03" * 99) == ""
    assert head_text(b"Size") == "Size"
    assert head_text(b"") == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9.10e+008", 9.1e8),
        (" 12 ", 12.0),
        ('"3.5"', 3.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.000E+0", -1.0),
        ("+2", 2.0),
        ("", None),
        ("NaN", None),
        ("inf", None),
        ("1e999", None),
        ("1,5", None),
        ("1.2.3", None),
        ("12 nm", None),
        (".", None),
        ("1e", None),
    ],
)
def test_numbers_are_read_as_instruments_print_them(text, number):
    assert parse_number(text) == number


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_decimal_comma_means_what_a_decimal_point_means(number):
    for pattern in ("{:.6f}", "{:.3E}", "{!r}"):
        text = pattern.format(number)
        assert parse_number(text.replace(".", ","), decimal=",") == parse_number(text) == float(text)


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_none(text):
    found = parse_number(text)
    assert found is None or math.isfinite(found)


def test_the_decimal_mark_is_that_of_the_numbers():
    assert decimal_mark(["7", "1,5", "x,y"], where="f") == ","
    assert decimal_mark(["7", "1.5", "8.06.01"], where="f") == "."
    assert decimal_mark(["7"], where="f") == "."


def test_mixed_decimal_marks_are_refused_with_both():
    with pytest.raises(BadValue, match="mixed") as caught:
        decimal_mark(["1.5", "2,5"], where="f.txt")
    assert "'1.5'" in caught.value.why
    assert "'2,5'" in caught.value.why


def test_rows_resolve_quotes_and_strip_cells():
    assert split_rows('a ;"b;c"\n"d ""e""";f\n', delimiter=";") == [["a", "b;c"], ['d "e"', "f"], []]
    assert split_rows("a\t b", delimiter="\t") == [["a", "b"]]


def test_a_quoted_cell_longer_than_any_table_is_no_table():
    with pytest.raises(csv.Error):
        split_rows(f'"{"x" * 140_000},1', delimiter=",")


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["a\tb;c", "1\t2;3"], "\t"),
        (["a;b", "1,5;2,5"], ";"),
        (["a,b", "1,2"], ","),
        (["title", "a;b", "1;2", "x,y"], ";"),
        ([], "\t"),
    ],
)
def test_the_delimiter_is_the_one_in_every_line(lines, mark):
    assert guess_delimiter(lines) == mark


@pytest.mark.parametrize("text", ["1e308", "-1e101", "1e-308", "5e-324", "1e400"])
def test_a_damaged_exponent_is_not_a_number(text):
    assert parse_number(text) is None
