"""Elements of SVG as text: everything escaped, every coordinate finite."""

from __future__ import annotations

import math
import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

FONT = "'Helvetica Neue', 'Segoe UI', Roboto, Arial, sans-serif"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE = frozenset("WF")


def element(name: str, content: str = "", **attributes: object) -> str:
    """One element; attribute names lose a trailing underscore, the others become hyphens.

    Parameters
    ----------
    name : str
        The element's name.
    content : str, optional
        Markup that is already escaped.
    **attributes : object
        Numbers are rounded to two decimals; None leaves an attribute out.

    Returns
    -------
    str
        The markup.

    Examples
    --------
    >>> element("path", d="M0 0", stroke_width=1.5)
    '<path d="M0 0" stroke-width="1.5"/>'
    """
    parts = [
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(clean(_value(value)))}"
        for key, value in attributes.items()
        if value is not None
    ]
    return f"<{name}{''.join(parts)}>{content}</{name}>" if content else f"<{name}{''.join(parts)}/>"


def words(text: str) -> str:
    """Text as content of an element.

    Parameters
    ----------
    text : str
        Anything, hostile names included.

    Returns
    -------
    str
        Escaped, without the control characters that XML does not allow.
    """
    return escape(clean(text))


def clean(text: str) -> str:
    """Text without the characters that XML does not allow.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        With a replacement character in place of each.
    """
    return _NOT_XML.sub("\ufffd", text)


def number(value: float) -> str:
    """A coordinate with two decimals at most.

    Parameters
    ----------
    value : float
        Finite.

    Returns
    -------
    str
        For example ``12.5``.

    Raises
    ------
    ValueError
        When the number is not finite: a drawing would silently lose it.
    """
    if not math.isfinite(value):
        message = f"a coordinate must be finite, got {value}"
        raise ValueError(message)
    return f"{round(value, 2):g}" if abs(value) < 1e5 else f"{value:.0f}"


def key_of(name: str) -> str:
    """A name as a part of an element's id.

    Parameters
    ----------
    name : str
        The id of a figure.

    Returns
    -------
    str
        Letters and digits of ASCII as they are, a hyphen for everything else.

    Examples
    --------
    >>> key_of("size_nm")
    'size-nm'
    """
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)


def text_width(text: str, *, size: float = 12.0) -> float:
    """How wide a text will be at most, without asking for a font.

    Parameters
    ----------
    text : str
        One line.
    size : float, optional
        Font size in px.

    Returns
    -------
    float
        Width in px, rather too much than too little.
    """
    return sum(1.0 if unicodedata.east_asian_width(letter) in _WIDE else 0.58 for letter in text) * size


def shortened(text: str, *, width: float, size: float = 12.0) -> str:
    """Text that fits a width; its middle gives way, since names differ at their ends.

    Parameters
    ----------
    text : str
        One line.
    width : float
        Room in px.
    size : float, optional
        Font size in px.

    Returns
    -------
    str
        The text, or its two ends around an ellipsis.
    """
    if text_width(text, size=size) <= width:
        return text
    keep = max(2, int(width / (0.58 * size)) - 1)
    while keep > 2 and text_width(f"{text[: keep // 2]}…{text[-(keep - keep // 2) :]}", size=size) > width:
        keep -= 1
    return f"{text[: keep // 2]}…{text[-(keep - keep // 2) :]}"


def document(body: str, *, width: float, height: float, title: str, summary: str, key: str) -> str:
    """A whole drawing with its title and description for those who cannot see it.

    Parameters
    ----------
    body : str
        Markup of the drawing.
    width, height : float
        The view box in px.
    title, summary : str
        What it is, and what it shows.
    key : str
        Unique in the page; it ties the title to the drawing.

    Returns
    -------
    str
        Self-contained SVG.
    """
    paper = element("rect", class_="v-paper", width=width, height=height, fill="#ffffff")
    named = element("title", words(title) or " ", id=f"{key}-title") + element(
        "desc", words(summary) or " ", id=f"{key}-desc"
    )
    return element(
        "svg",
        f"{named}{paper}{body}",
        xmlns="http://www.w3.org/2000/svg",
        class_="v-svg",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        font_family=FONT,
        font_size="12",
    )


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else str(value)
