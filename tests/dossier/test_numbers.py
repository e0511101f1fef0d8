import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.dossier.numbers import (
    MINUS,
    THIN_SPACE,
    finest_exponent,
    format_estimate,
    format_number,
    format_quantity,
    spelled_out,
)
from vesicle.results import Estimate, NotAssessed, exact

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
reasonable = st.floats(1e-12, 1e12) | st.floats(-1e12, -1e-12)


def read(text):
    """The number that a person reads in a printed text."""
    text = text.replace(THIN_SPACE, "").replace(MINUS, "-").strip("()")
    number, _, power = text.partition(" × 10")
    return float(number) * 10.0 ** int(power.translate(SUPERSCRIPTS) or 0)


def read_estimate(text):
    """Value, low and high that a person reads in ``a (b–c) × 10ⁿ``."""
    match = re.fullmatch(r"(.+?) \((.+?)(?:–| to )(.+)\)( × 10\S+)?", text)
    return tuple(read(match[i] + (match[4] or "")) for i in (1, 2, 3))


def estimate(value, low, high):
    return Estimate(value=value, low=low, high=high, method="test")


@pytest.mark.parametrize(
    ("value", "low", "high", "printed"),
    [
        (118.38, 109.9, 127.1, "118 (110–127)"),
        (6.5712e9, 6.1e9, 7.052e9, "6.57 (6.10–7.05) × 10⁹"),
        (1.04, 0.97, 1.12, "1.04 (0.97–1.12)"),
        (7.94, 4.3, 19.8, "7.9 (4.3–19.8)"),
        (-3.2, -9.0, 4.0, f"{MINUS}3.2 ({MINUS}9.0 to 4.0)"),
        (0.00012, 0.0001, 0.00015, "1.20 (1.00–1.50) × 10⁻⁴"),
        (1e9, 1e5, 2e9, f"1 × 10⁹ (100{THIN_SPACE}000–2 × 10⁹)"),
        (0.942, 0.921, 0.958, "0.942 (0.921–0.958)"),
        (1.0, 1.0 - 4e-15, 1.0 + 2e-15, "1"),
    ],
)
def test_an_estimate_prints_the_digits_that_its_interval_supports(value, low, high, printed):
    assert format_estimate(estimate(value, low, high)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0, "0"),
        (188, "188"),
        (123456, f"123{THIN_SPACE}456"),
        (6.5678e9, "6.568 × 10⁹"),
        (0.031, "0.031"),
        (-12.5, f"{MINUS}12.5"),
        (0.99996, "1"),
        (999999.7, f"1{THIN_SPACE}000{THIN_SPACE}000"),
        (1e-5, "1 × 10⁻⁵"),
        (9999.6, f"10{THIN_SPACE}000"),
    ],
)
def test_a_number_alone_has_at_most_four_digits_and_a_count_has_all(value, printed):
    assert format_number(value) == printed


@given(reasonable)
def test_a_printed_number_is_the_number_to_four_digits(value):
    assert read(format_number(value)) == pytest.approx(value, rel=6e-4)


@given(reasonable, st.floats(1e-6, 10))
def test_a_printed_interval_is_the_interval_to_a_twentieth_of_its_half_width(value, spread):
    half = abs(value) * spread
    numbers = read_estimate(format_estimate(estimate(value, value - half, value + half)))
    for shown, true in zip(numbers, (value, value - half, value + half), strict=True):
        assert abs(shown - true) <= max(0.5 * half, 6e-4 * abs(value))


@given(reasonable, st.floats(1e-9, 10))
def test_no_more_than_two_digits_of_the_half_width_are_ever_printed(value, spread):
    half = abs(value) * spread
    shown = estimate(value, value - half, value + half)
    true_half = shown.high / 2 - shown.low / 2
    if true_half > abs(value) * 1e-12:
        assert 10.0 ** finest_exponent(shown) >= true_half / 100.1


@given(reasonable, st.floats(1e-5, 10))
def test_the_two_bounds_never_print_alike(value, spread):
    half = abs(value) * spread
    _, low, high = read_estimate(format_estimate(estimate(value, value - half, value + half)))
    assert low < high


@given(st.floats(1e-9, 1e9), st.floats(0, 1e-3), st.floats(1.0, 1e6))
def test_a_positive_lower_bound_never_prints_as_zero(value, share, factor):
    low = value * max(share, 1e-9)
    text = format_estimate(estimate(value, low, value * factor))
    lowest = re.search(r"\(([^–]+)–", text)
    assert lowest is None or read(lowest[1]) > 0


def test_an_exact_number_prints_without_an_interval():
    assert format_estimate(exact(3, method="counted")) == "3"


def test_a_quantity_carries_its_unit_or_its_reason():
    assert format_quantity(estimate(118.38, 109.9, 127.1), "nm") == "118 (110–127)\u00a0nm"
    assert format_quantity(exact(2, method="counted")) == "2"
    assert format_quantity(NotAssessed("no blank"), "nm") == "not assessed: no blank"


def test_powers_in_rules_are_spelled_out_and_other_words_are_not():
    assert spelled_out("at most 1.5e+09 in file2e+10x") == "at most 1.5 × 10⁹ in file2e+10x"


def test_an_estimate_around_zero_prints():
    assert math.isclose(read_estimate(format_estimate(estimate(0.0, -1.0, 1.0)))[2], 1.0)
