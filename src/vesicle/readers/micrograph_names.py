"""Whether a picture is named as a micrograph, and what its name says of method and view."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

View = Literal["wide-field", "close-up", ""]

_METHODS: Mapping[str, str] = {
    "cryotem": "cryo-EM",
    "cryoem": "cryo-EM",
    "cryo": "cryo-EM",
    "uranyl": "TEM, negative stain",
    "uac": "TEM, negative stain",
    "negstain": "TEM, negative stain",
    "tem": "TEM",
    "stem": "STEM",
    "sem": "SEM",
    "fesem": "SEM",
    "afm": "AFM",
    "em": "EM",
    "micrograph": "",
    "micrographs": "",
}
"""Words that name a picture of a microscope, the most telling first."""
_NOT_PICTURES = frozenset(
    {
        *("plot", "plots", "graph", "chart", "figure", "fig", "hist", "histogram"),
        *("bar", "bars", "barplot", "mean", "scheme", "logo", "workflow"),
    }
)
_WIDE = re.compile(r"wide.?field|overview|low.?mag\w*|ubersicht|(?<![a-z])wide(?![a-z])", re.IGNORECASE)
_CLOSE = re.compile(
    r"close.?up|zoom\w*|high.?mag\w*|detail\w*|nahaufnahme|(?<![a-z])close(?![a-z])", re.IGNORECASE
)


def named_method(path: str) -> str | None:
    """The method that a path names, or None when nothing in it names a microscope.

    Parameters
    ----------
    path : str
        Relative to the folder; folders count too.

    Returns
    -------
    str or None
        Empty when it says "micrograph" alone.

    Examples
    --------
    >>> named_method("TEM/LOT-7_0001.tif"), named_method("plots/mean_SEM.png"), named_method("photo.jpg")
    ('TEM', None, None)
    """
    words = _words(path)
    if words & _NOT_PICTURES:
        return None
    if {"negative", "stain"} <= words:
        return _METHODS["uranyl"]
    return next((method for word, method in _METHODS.items() if word in words), None)


def named_view(path: str) -> View:
    """The view that a file's name suggests.

    Parameters
    ----------
    path : str
        Relative to the folder; only the name itself counts.

    Returns
    -------
    str
        ``wide-field``, ``close-up`` or empty.

    Examples
    --------
    >>> named_view("TEM/LOT-7 overview.tif"), named_view("LOT-7_TEM.tif")
    ('wide-field', '')
    """
    stem = path.rsplit("/", 1)[-1]
    is_wide, is_close = _WIDE.search(stem) is not None, _CLOSE.search(stem) is not None
    if is_wide == is_close:
        return ""
    return "wide-field" if is_wide else "close-up"


def _words(path: str) -> set[str]:
    stem = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", path)
    parts = re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]", stem)
    return {part.casefold() for part in parts} | {w.casefold() for w in re.findall(r"[A-Za-z]+", stem)}
