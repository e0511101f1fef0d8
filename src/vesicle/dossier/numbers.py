"""Numbers as a reader should see them: no more digits than the interval supports."""

from __future__ import annotations

import math
import re

from vesicle.results import Estimate, NotAssessed, Quantity

THIN_SPACE = "\u202f"
"""A narrow space that does not break, between groups of three digits."""

MINUS = "\u2212"

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHORT_POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]\d{2,3})(?!\w)")
_LARGEST_PLAIN = 1e6
_SMALLEST_PLAIN = 1e-3
_TWO_DIGITS_BELOW = 3.55


def power_of_ten(exponent: int) -> str:
    """A power of ten in superscripts.

    Parameters
    ----------
    exponent : int
        Any whole number.

    Returns
    -------
    str
        For example ``10⁹``.

    Examples
    --------
    >>> power_of_ten(-3)
    '10⁻³'
    """
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def format_number(value: float, *, digits: int = 4) -> str:
    """A number without an interval, to a few significant digits.

    Parameters
    ----------
    value : float
        Finite.
    digits : int, optional
        Significant digits at most; whole numbers below a million are printed in full.

    Returns
    -------
    str
        With thin spaces between thousands, or as a power of ten when very large or very small.

    Examples
    --------
    >>> format_number(6.5678e9)
    '6.568 × 10⁹'
    >>> format_number(0.25)
    '0.25'
    """
    if value == 0:
        return "0"
    if _is_plain(value):
        return _plain_number(value, digits=digits)
    exponent = magnitude(_rounded(value, digits=digits))
    return f"{_trimmed(_fixed(value / 10.0**exponent, digits - 1))} × {power_of_ten(exponent)}"


def _plain_number(value: float, *, digits: int) -> str:
    if float(value).is_integer():
        return _fixed(value, 0)
    rounded = _rounded(value, digits=digits)
    return _trimmed(_fixed(rounded, max(0, digits - 1 - magnitude(rounded))))


def format_estimate(estimate: Estimate) -> str:
    """An estimate as ``value (low–high)``, its digits set by the width of the interval.

    Of the interval's half-width two digits are shown when it begins with 1, 2 or 3 (below 3.55), else one;
    of the value at least three where that shows no third digit of the half-width, and at most four of the
    largest number unless the bounds could not be told apart. A very large or small estimate has one power
    of ten for all three.

    Parameters
    ----------
    estimate : Estimate
        A number that was counted or declared (``low == value == high``) prints without an interval.

    Returns
    -------
    str
        Without the unit.

    Examples
    --------
    >>> format_estimate(Estimate(value=118.38, low=109.9, high=127.1, method="t"))
    '118 (110–127)'
    >>> format_estimate(Estimate(value=6.5712e9, low=6.1e9, high=7.052e9, method="t"))
    '6.57 (6.10–7.05) × 10⁹'
    """
    if math.isclose(estimate.low, estimate.high, rel_tol=1e-9):
        return format_number(estimate.value)
    finest = finest_exponent(estimate)
    if estimate.low > 0 and round(estimate.low / 10.0**finest) == 0:
        value, low, high = (format_number(x, digits=2) for x in (estimate.value, estimate.low, estimate.high))
        return f"{value} ({low}–{high})"
    largest = max(abs(estimate.value), abs(estimate.low), abs(estimate.high))
    if _is_plain(largest):
        return _interval(estimate, finest=finest, exponent=0)
    exponent = magnitude(estimate.value or largest)
    return f"{_interval(estimate, finest=finest, exponent=exponent)} × {power_of_ten(exponent)}"


def format_quantity(quantity: Quantity, unit: str = "") -> str:
    """An estimate with its unit, or why there is none.

    Parameters
    ----------
    quantity : Estimate or NotAssessed
        What to print.
    unit : str, optional
        Printed behind the number.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> format_quantity(NotAssessed("no blank"))
    'not assessed: no blank'
    """
    if isinstance(quantity, NotAssessed):
        return f"not assessed: {quantity.reason}"
    return f"{format_estimate(quantity)}\u00a0{unit}" if unit else format_estimate(quantity)


def finest_exponent(estimate: Estimate) -> int:
    """The power of ten of the last digit that is worth printing.

    Parameters
    ----------
    estimate : Estimate
        With ``low < high``.

    Returns
    -------
    int
        For example -1 when one decimal is printed.
    """
    largest = max(abs(estimate.value), abs(estimate.low), abs(estimate.high))
    half = estimate.high / 2 - estimate.low / 2
    width = magnitude(half)
    finest = width - 1 if half < _TWO_DIGITS_BELOW * 10.0**width else width
    if estimate.value:
        finest = min(finest, max(magnitude(estimate.value) - 2, width - 1))
    return min(max(finest, magnitude(largest) - 3), max(width, magnitude(largest) - 14))


def spelled_out(text: str) -> str:
    """A text whose numbers such as ``1.5e+09`` are written as powers of ten.

    Parameters
    ----------
    text : str
        A rule in words.

    Returns
    -------
    str
        The same words.

    Examples
    --------
    >>> spelled_out("at most 1.5e+09, from 3e-05")
    'at most 1.5 × 10⁹, from 3 × 10⁻⁵'
    """
    return _SHORT_POWER.sub(lambda match: f"{match[1]} × {power_of_ten(int(match[2]))}", text)


def magnitude(value: float) -> int:
    """The power of ten of the first digit of a number.

    Parameters
    ----------
    value : float
        Finite and not zero.

    Returns
    -------
    int
        For example 2 for 118.
    """
    return math.floor(math.log10(abs(value)))


def _interval(estimate: Estimate, *, finest: int, exponent: int) -> str:
    decimals = max(0, exponent - finest)
    value, low, high = (
        _fixed(round(x / 10.0**finest) * 10.0 ** (finest - exponent), decimals)
        for x in (estimate.value, estimate.low, estimate.high)
    )
    dash = " to " if MINUS in low + high else "–"
    return f"{value} ({low}{dash}{high})"


def _is_plain(value: float) -> bool:
    return _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN


def _rounded(value: float, *, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    whole, dot, fraction = text.partition(".")
    sign, whole = (MINUS, whole[1:]) if whole.startswith("-") else ("", whole)
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", THIN_SPACE)
    return f"{sign}{whole}{dot}{fraction}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
