"""Which marker was stained in which channel of a small-particle file, and what the field says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from vesicle.measurements.cytometry import FlowFile
from vesicle.standards import load_standard
from vesicle.vesicles.flow_files import main_dataset

_CD = re.compile(r"CD[ -]?(\d+)([a-e])?(?![0-9])", re.IGNORECASE)
_ALIASES = {"NT5E": "CD73", "THY1": "CD90", "THY-1": "CD90", "ENG": "CD105", "ENDOGLIN": "CD105"}


def marker_name(text: str) -> str:
    """The name of a marker without its fluorochrome.

    Parameters
    ----------
    text : str
        As a user or an instrument writes it.

    Returns
    -------
    str
        The CD number where there is one.

    Examples
    --------
    >>> marker_name("CD81 : FITC - Area"), marker_name("anti-cd11b PE"), marker_name("MemGlow 644 : AF647")
    ('CD81', 'CD11b', 'MemGlow 644')
    """
    found = _CD.search(text)
    if found:
        return f"CD{found[1]}{(found[2] or '').casefold()}"
    plain = text.partition(":")[0].strip()
    return _ALIASES.get(plain.upper(), plain)


def markers_of(file: FlowFile) -> Mapping[str, str]:
    """The stained channels of a file.

    Parameters
    ----------
    file : FlowFile
        With what the user states.

    Returns
    -------
    mapping of str to str
        Channel name to marker: as the manifest says, else from the labels ($PnS) that name a marker of the list or
        a stain beside a fluorochrome (``CD81 : FITC``); the first channel of each marker, as area and height repeat it.
    """
    if file.markers:
        return {name: marker_name(marker) for name, marker in file.markers.items()}
    dataset = main_dataset(file)
    found: dict[str, str] = {}
    for channel in dataset.channels if dataset else ():
        name = marker_name(channel.label)
        if name and name not in found.values() and (name.casefold() in _known() or " : " in channel.label):
            found[channel.name] = name
    return found


def words_for(marker: str) -> str:
    """What the field says of a marker on vesicles.

    Parameters
    ----------
    marker : str
        As :func:`marker_name` gives it.

    Returns
    -------
    str
        Empty where the list has nothing.

    Examples
    --------
    >>> words_for("CD41")
    'platelet'
    """
    rows: Sequence[Mapping[str, str]] = load_standard("flow_markers")["marker"]
    key = marker.casefold()
    return "; ".join(row["words"] for row in rows if row["marker"].casefold() == key)


@lru_cache
def _known() -> frozenset[str]:
    return frozenset(row["marker"].casefold() for row in load_standard("flow_markers")["marker"])
