"""No patient data: keys and values that look as if they identify a person are refused, and not repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from vesicle.errors import ManifestError

_KEY_PARTS = ("patient", "surname", "birth", "passport", "insurance", "address", "telephone", "email")
"""Refused wherever they stand in a key."""

_KEY_WORDS = frozenset({"name", "dob", "mrn", "ssn", "nhs", "phone", "mail", "initials"})
"""Refused as a word of a key: ``last_name``, ``lastName`` and ``last-name`` are two words each."""

_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+"  # an address
    r"|\b(19|20)\d\d-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./](19|20)?\d\d\b"  # a date of birth
)
_NAME_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")


def refuse_identifiers(table: Mapping[str, object], *, where: str) -> None:
    """Stop when a key, or a value of ``[donor]``, looks as if it identifies a person.

    Parameters
    ----------
    table : mapping
        The manifest as TOML gives it.
    where : str
        The manifest's name, for the message.

    Raises
    ------
    ManifestError
        With the key and without the value.
    """
    for path, value in _entries(table):
        # Under [readers] the values are column names, and the keys ours.
        suspect = path[0] != "readers" and _is_personal_key(path[-1])
        in_donor = path[0] == "donor" and path[-1] != "species"
        if suspect or (in_donor and _is_personal(str(value))):
            raise ManifestError(
                "This looks like it identifies a person; vesicle takes no patient data.",
                where=f"{where}, {'.'.join(path)}",
                why="The value is not repeated here. Keys of a donor: "
                "'id', 'species', 'age', 'sex', 'autologous'.",
                next_step='Use a code that only your lab can resolve, for example id = "D07".',
            )


def _entries(table: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(table, Mapping):
        for key, value in table.items():
            inner = (*path, str(key))
            if isinstance(value, Mapping | list):
                yield inner, ""
            else:
                yield inner, value
            yield from _entries(value, inner)
    elif isinstance(table, Sequence) and not isinstance(table, str):
        for item in table:
            yield from _entries(item, path)


def _is_personal_key(key: str) -> bool:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).casefold()
    words = re.findall(r"[a-z]+", spaced)
    return any(part in key.casefold() for part in _KEY_PARTS) or not _KEY_WORDS.isdisjoint(words)


def _is_personal(value: str) -> bool:
    if _VALUE.search(value.strip()):
        return True
    words = value.replace(",", " ").split()
    return 2 <= len(words) <= 4 and all(_is_name(word) for word in words)


def _is_name(word: str) -> bool:
    if not word[0].isupper():
        return False
    is_initial = len(word) == 2 and word[1] == "."
    return is_initial or (not word.isupper() and _NAME_WORD.fullmatch(word) is not None)
