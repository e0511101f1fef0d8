"""The compensation matrix that a file states, or the reason why it cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

from vesicle.measurements import FlowChannel, Spillover
from vesicle.readers.fcs_text import Keywords
from vesicle.results import NotAssessed, Warned

_KEYWORDS = ("$SPILLOVER", "SPILLOVER", "SPILL", "$SPILL", "$COMP")


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
        The reason of the latter, by its code.
    """
    from vesicle.cytometry.compensation import parse_spillover

    stated = next(((name, text) for name in _KEYWORDS if (text := keywords.text_of(name))), None)
    if stated is None:
        return NotAssessed("The file states no compensation matrix."), ()
    keyword, text = stated
    names, labels = [channel.name for channel in channels], [channel.label for channel in channels]
    found = parse_spillover(text, channels=names, keyword=keyword)
    if not isinstance(found, Spillover) and found.code == "spillover_unknown_names":
        by_label = parse_spillover(text, channels=labels, keyword=keyword)
        found = by_label if isinstance(by_label, Spillover) else found
    if isinstance(found, Spillover):
        return found, ()
    message = f"The compensation matrix of the file is not used: {found.reason}."
    return NotAssessed(message), (Warned(code=found.code, message=message),)
