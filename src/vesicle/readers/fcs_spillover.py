"""The compensation matrix that a file states, or the reason why it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from vesicle.measurements import FlowChannel, Spillover
from vesicle.measurements.sizing import FloatArray, read_only
from vesicle.readers.fcs_text import Keywords
from vesicle.results import NotAssessed, Warned

_KEYWORDS = ("$SPILLOVER", "SPILLOVER", "SPILL", "$SPILL")
_MOST_CONDITION, _MOST_OFF_DIAGONAL = 1e3, 1e-3
_DECIMAL_COMMA = re.compile(r"\d,\d+;|;\d+,\d")


def read_spillover(
    keywords: Keywords, channels: Sequence[FlowChannel]
) -> tuple[Spillover | NotAssessed, tuple[Warned, ...]]:
    """The matrix of a data set.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    channels : sequence of FlowChannel
        Its channels.

    Returns
    -------
    spillover : Spillover or NotAssessed
        The reason where there is none, or one that cannot be used.
    warnings : tuple of Warned
        ``spillover_refused`` for the latter.
    """
    stated = next(((name, text) for name in _KEYWORDS if (text := keywords.text_of(name))), None)
    if stated is None:
        return NotAssessed("The file states no compensation matrix."), ()
    keyword, text = stated
    found = _parsed(text, channels)
    reason = found if isinstance(found, str) else _reason_against(found[1])
    if isinstance(found, str) or reason:
        message = f"The compensation matrix of the file is not used: {reason}"
        return NotAssessed(message), (Warned(code="spillover_refused", message=message),)
    return Spillover(channels=found[0], matrix=read_only(found[1]), keyword=keyword), ()


def _parsed(text: str, channels: Sequence[FlowChannel]) -> tuple[tuple[int, ...], FloatArray] | str:
    parts = [part.strip() for part in text.split(",")]
    count = int(parts[0]) if parts[0].isdigit() and len(parts[0]) < 5 else 0
    if not 1 <= count <= len(channels):
        return "it does not begin with a number of channels that the file has."
    names, values = parts[1 : 1 + count], parts[1 + count :]
    if len(values) != count * count:
        hint = " Decimal commas cannot be told from separators." if _looks_like_commas(values, count) else ""
        return f"it holds {len(values)} values, and {count} channels need {count * count}.{hint}"
    places = [_place(name, channels) for name in names]
    if None in places or len(set(places)) != count:
        return "it names channels that the file has not, or one of them twice."
    try:
        matrix = np.array([float(value) for value in values]).reshape(count, count)
    except ValueError:
        return "some of its values are no numbers."
    return tuple(place for place in places if place is not None), matrix


def _looks_like_commas(values: Sequence[str], count: int) -> bool:
    return len(values) > count * count and all(value.lstrip("-").isdigit() for value in values)


def _place(name: str, channels: Sequence[FlowChannel]) -> int | None:
    """By name, else by label, else by a number that counts from 1 (Apogee)."""
    for texts in ([c.name for c in channels], [c.label for c in channels]):
        found = [place for place, text in enumerate(texts) if text.casefold() == name.casefold()]
        if len(found) == 1:
            return found[0]
    return int(name) - 1 if name.isdigit() and 1 <= int(name) <= len(channels) else None


def _reason_against(matrix: FloatArray) -> str:
    if not np.all(np.isfinite(matrix)):
        return "some of its values are not finite."
    off = float(np.max(np.abs(np.diag(matrix) - 1.0)))
    if off > _MOST_OFF_DIAGONAL:
        return f"its diagonal differs from 1 by up to {off:.3g}."
    condition = float(np.linalg.cond(matrix))
    if not condition <= _MOST_CONDITION:
        return f"it cannot be inverted well (condition number {condition:.3g}; at most 1000)."
    return ""
