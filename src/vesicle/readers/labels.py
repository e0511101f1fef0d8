"""What a sample's label says about its group, its role and its dilution, when nobody states it.

These are guesses from names. They are shown as such, and any of them gives way to ``[[files]]`` in
``vesicle.toml``.
"""

from __future__ import annotations

import re

_DILUTED = re.compile(
    r"^(?P<base>.+?)[-_ ]+(?P<number>\d{2,8})x?[-_ ]*(?:r|rep|replicate|run)?[-_ ]?\d{0,2}[-_ ]*$",
    re.IGNORECASE,
)
_REPLICATE = re.compile(r"[-_ ]+(?:r|rep|replicate|run)[-_ ]?\d*$", re.IGNORECASE)
_DIGITS = 3
_YEAR = re.compile(r"20[1-4]\d|20[1-4]\d(?:0[1-9]|1[0-2])\d\d")
_BLANK_WORDS = frozenset(
    {"pbs", "dpbs", "buffer", "water", "diluent", "blank", "hplc", "milliq", "filtered", "control"}
)
_BLANK_CORE = frozenset({"pbs", "dpbs", "buffer", "water", "diluent", "blank", "milliq"})
_BEAD_WORDS = frozenset({"bead", "beads", "latex", "polystyrene", "nanosphere", "nanospheres"})


def named_dilution(label: str) -> float | None:
    """The dilution that a label seems to name: a round number of two or more digits at its end.

    Dates and sample numbers are not dilutions: a year, or more than three digits that are not zeros at
    its end, is left alone.

    Parameters
    ----------
    label : str
        For example ``EV_F7-1000``.

    Returns
    -------
    float or None
        A hint, never a fact.

    Examples
    --------
    >>> named_dilution("EV_F7-1000R"), named_dilution("EV_F7-1000r1"), named_dilution("EV_F7")
    (1000.0, 1000.0, None)
    """
    match = _DILUTED.match(label.strip())
    if match is None or len(match["number"].strip("0")) > _DIGITS or _YEAR.fullmatch(match["number"]):
        return None
    return float(match["number"])


def sample_of(label: str, *, dilution: float | None) -> str:
    """The sample that a label belongs to, with a dilution and a replicate mark taken off its end.

    A number is taken off only when it equals the dilution that the file or the user states.

    Parameters
    ----------
    label : str
        As the instrument has it.
    dilution : float or None
        The dilution of the run.

    Returns
    -------
    str
        The name shared by all runs of the sample.

    Examples
    --------
    >>> sample_of("EV_F7-1000R", dilution=1000.0), sample_of("EV_F7-1000", dilution=5000.0)
    ('EV_F7', 'EV_F7-1000')
    """
    text = _REPLICATE.sub("", label.strip()).strip(" _-")
    match = _DILUTED.match(text)
    if match and dilution is not None and float(match["number"]) == round(dilution):
        text = match["base"]
    return text.strip(" _-") or label.strip()


def role_of(label: str) -> str:
    """The role that a label suggests: a blank of buffer, a size standard, or a sample.

    Only labels made of nothing but words for buffer and numbers count as blanks, since "PBS" is also the
    name of a control treatment.

    Parameters
    ----------
    label : str
        As the instrument has it.

    Returns
    -------
    str
        A term of the vocabulary ``file_role``.

    Examples
    --------
    >>> role_of("PBS blank 2"), role_of("PBS_LPS"), role_of("100nm beads")
    ('buffer blank', 'sample', 'size standard')
    """
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", label)]
    words = [word for word in words if word not in {"nm", "um", "x", "rep", "run", "r"}]
    if "blank" in words or (words and set(words) <= _BLANK_WORDS and set(words) & _BLANK_CORE):
        return "buffer blank"
    glued = re.search(r"nm(beads?)(?![a-z])", label.casefold())
    return "size standard" if glued or set(words) & _BEAD_WORDS else "sample"
