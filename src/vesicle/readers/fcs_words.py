"""What is said of a file that is refused, without a word of it that may name a person."""

from __future__ import annotations

import re

from vesicle.errors import ReadError


def shown_value(text: str) -> str:
    """A value of a keyword for a message: numbers and single letters as they stand, nothing that may be a name.

    Parameters
    ----------
    text : str
        As the file has it.

    Returns
    -------
    str
        In quotes, or a word for what was found.

    Examples
    --------
    >>> shown_value("1,2,2,1"), shown_value("Somebody"), shown_value("")
    ("'1,2,2,1'", 'other text', 'missing')
    """
    if not text:
        return "missing"
    return f"'{text}'" if re.fullmatch(r"[\d,. +-]{1,24}|[A-Za-z]", text) else "other text"


def refusal(what: str, *, where: str, why: str) -> ReadError:
    """A refusal of a file for what its keywords say.

    Parameters
    ----------
    what : str
        What cannot be read.
    where : str
        The file's name.
    why : str
        What was found.

    Returns
    -------
    ReadError
        To be raised.
    """
    next_step = "Export the data again as FCS 3.0 or 3.1, as a list of events with numbers."
    return ReadError(what, where=where, why=why, next_step=next_step)
