"""``vesicle.toml`` -> ``Manifest``, with errors that name the key, the value, the choices and the remedy."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any

from vesicle.errors import BadValue, ManifestError, UsageError, nearest, quoted
from vesicle.manifest.model import Manifest
from vesicle.standards import canonical_term, load_limits, load_standard, terms
from vesicle.units import parse_dose

MANIFEST_NAME = "vesicle.toml"

CLOSED = {
    "batch.product_kind": "product_kind",
    "batch.claim_role": "claim_role",
    "isolation.method": "isolation_step",
    "storage.container": "container",
    "intended_use.route": "route",
    "files.role": "file_role",
}
"""Keys whose value must be one of our terms."""

OPEN = {
    "cells.tissue": "source_tissue",
    "donor.species": "species",
    "intended_use.indication": "indication",
    "intended_use.species": "species",
    "product.buffer": "storage_buffer",
    "culture.preconditioning.agent": "preconditioning",
}
"""Keys whose value may be free text; without an ontology term this is noted."""

LINEAGES = ("osteoblast", "adipocyte", "chondroblast")
SEXES = ("female", "male", "pooled", "unknown")

_IDENTIFIER_KEY = re.compile(
    r"(^|_)(name|surname|patient|birth|birthday|dob|mrn|ssn|address|phone|e?mail|insurance|passport)(_|$)"
)
_IDENTIFIER_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+"  # an address
    r"|\b(19|20)\d\d-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./](19|20)?\d\d\b"  # a date of birth
    r"|^[A-Z][a-z]+,? [A-Z][a-z]+$"  # a first and a last name
)


def load_manifest(folder: Path) -> Manifest:
    """The folder's ``vesicle.toml``, or an empty manifest when there is none.

    Parameters
    ----------
    folder : pathlib.Path
        The folder to be analysed.

    Returns
    -------
    Manifest
        Validated, with ``path`` set when the file exists.

    Raises
    ------
    ManifestError
        When a key or a value is not one that vesicle knows.
    UsageError
        When the file cannot be opened.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        return Manifest()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "The manifest cannot be read.",
            where=MANIFEST_NAME,
            why=str(error),
            next_step="Save it as UTF-8 text and make it readable.",
        ) from error
    return dataclasses.replace(manifest_from_text(text), path=MANIFEST_NAME)


def manifest_from_text(text: str) -> Manifest:
    r"""A manifest from TOML text, validated against the fixed layout.

    Parameters
    ----------
    text : str
        The content of ``vesicle.toml``.

    Returns
    -------
    Manifest
        With notes about values accepted as free text.

    Raises
    ------
    ManifestError
        When the text is not TOML, or a key or a value is not one that vesicle knows.

    Examples
    --------
    >>> manifest_from_text('[cells]\npassage = 4').cells.passage
    4
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(
            "This is not valid TOML.",
            where=MANIFEST_NAME,
            why=str(error),
            next_step="Text goes in double quotes; decimal numbers have a point.",
        ) from error
    _refuse_identifiers(table)
    for reserved in ("path", "notes"):
        if reserved in table:
            raise _unknown_key((reserved,), table)
    manifest = _validated(table)
    notes = tuple(_check_terms(manifest))
    _check_specification(manifest)
    load_limits(manifest.limits)
    return dataclasses.replace(manifest, notes=notes)


def _validated(table: Mapping[str, Any]) -> Manifest:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Manifest).validate_python(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = tuple(part for part in first["loc"] if not str(part).startswith(("tagged", "function")))
        if first["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
            raise _unknown_key(path, table) from error
        raise ManifestError(
            f"{_expected(first['msg'])}.",
            where=_where(path),
            why=f"Found {first['input']!r}.",
            next_step="Correct the value, or delete the line: an absent key is never an error.",
        ) from error


def _expected(message: str) -> str:
    return message.removesuffix(".").replace("Input should be", "The value should be")


def _where(path: tuple[object, ...]) -> str:
    return f"{MANIFEST_NAME}, {'.'.join(str(part) for part in path)}"


def _unknown_key(path: tuple[object, ...], table: Mapping[str, Any]) -> ManifestError:
    allowed = _keys_at(Manifest, [part for part in path[:-1] if isinstance(part, str)])
    allowed = [key for key in allowed if not (len(path) == 1 and key in {"path", "notes"})]
    found = str(path[-1])
    close = nearest(found, allowed)
    return ManifestError(
        f"There is no key '{found}' here.",
        where=_where(path),
        why=f"Found {_value_at(table, path)!r}; allowed keys: {quoted(allowed, most=20)}.",
        next_step=f"Did you mean '{close}'?" if close else "Delete the line, or move it to its table.",
    )


def _value_at(table: Any, path: tuple[object, ...]) -> object:
    for part in path:
        table = table[part]
    return table


def _keys_at(kind: type, path: list[str]) -> list[str]:
    hints = typing.get_type_hints(kind, include_extras=False)
    if not path:
        return [f.name for f in dataclasses.fields(kind)]
    return _keys_at(_record_in(hints[path[0]]), path[1:]) if path[0] in hints else []


def _record_in(hint: Any) -> type:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return hint
    for inner in typing.get_args(hint):
        if dataclasses.is_dataclass(inner) and isinstance(inner, type):
            return inner
        if typing.get_origin(inner) in {UnionType, tuple}:
            return _record_in(inner)
    return Manifest


def _refuse_identifiers(table: Mapping[str, Any]) -> None:
    donor = table.get("donor")
    if not isinstance(donor, Mapping):
        return
    for key, value in donor.items():
        if _IDENTIFIER_KEY.search(str(key).casefold()) or (
            isinstance(value, str) and key != "species" and _IDENTIFIER_VALUE.search(value.strip())
        ):
            raise ManifestError(
                "This looks like it identifies a person; vesicle takes no patient data.",
                where=f"{MANIFEST_NAME}, donor.{key}",
                why="The value is not repeated here. Allowed keys: 'id', 'species', 'age', 'sex', 'autologous'.",
                next_step='Use a code that only your lab can resolve, for example id = "D07".',
            )


def _check_terms(manifest: Manifest) -> Iterator[str]:
    for path, value in _leaves(manifest):
        key = ".".join(part for part in path if not part.isdigit())
        if key in CLOSED and canonical_term(CLOSED[key], value) is None:
            if "exosom" not in value.casefold():
                raise _not_a_term(path, value, terms(CLOSED[key]))
            yield f"{key} = '{value}' is kept in the user's words; check C12 judges the word."
        if key in OPEN and canonical_term(OPEN[key], value) is None:
            yield f"{key} = '{value}' is kept as free text: no ontology term with that label is known."
        if key == "cells.trilineage" and value not in LINEAGES:
            raise _not_a_term(path, value, LINEAGES)
        if key == "donor.sex" and value not in SEXES:
            raise _not_a_term(path, value, SEXES)
        if key == "intended_use.dose":
            yield from _check_dose(value)


def _check_dose(text: str) -> Iterator[str]:
    try:
        parse_dose(text)
    except BadValue as error:
        yield f"intended_use.dose = '{text}' is kept as text and cannot be compared: {error.why}"


def _leaves(record: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(record, str):
        yield path, record
    elif isinstance(record, tuple):
        for index, item in enumerate(record):
            yield from _leaves(item, (*path, str(index)))
    elif dataclasses.is_dataclass(record):
        for item in dataclasses.fields(record):
            yield from _leaves(getattr(record, item.name), (*path, item.name))


def _not_a_term(path: tuple[str, ...], value: str, allowed: typing.Iterable[str]) -> ManifestError:
    choices = list(allowed)
    close = nearest(value, choices)
    return ManifestError(
        "This term is not in the vocabulary.",
        where=_where(path),
        why=f"Found '{value}'; allowed: {quoted(choices, most=40)}.",
        next_step=f"Did you mean '{close}'?" if close else "Take one of these.",
    )


def _check_specification(manifest: Manifest) -> None:
    attributes = load_standard("specification")["attributes"]
    for name, limit in manifest.specification.items():
        if name not in attributes:
            raise _not_a_term(("specification", name), name, attributes)
        unit = attributes[name]["unit"]
        if limit.unit is not None and limit.unit.casefold().replace("µ", "u") != unit.casefold():
            raise ManifestError(
                "The unit of this limit does not match its attribute.",
                where=f"{MANIFEST_NAME}, specification.{name}.unit",
                why=f"Found '{limit.unit}'; allowed: '{unit}'.",
                next_step=f'Convert min and max, and write unit = "{unit}".',
            )
        if limit.min is not None and limit.max is not None and limit.min > limit.max:
            raise ManifestError(
                "The lower limit is above the upper limit.",
                where=f"{MANIFEST_NAME}, specification.{name}",
                why=f"Found min = {limit.min:g} and max = {limit.max:g}.",
                next_step="Exchange them.",
            )
