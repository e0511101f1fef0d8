"""``vesicle.toml`` -> ``Manifest``, with errors that name the key, the value, the choices and the remedy."""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
import typing
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vesicle.errors import BadValue, ManifestError, UsageError, nearest, quoted
from vesicle.manifest.identifiers import refuse_identifiers
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

USERS_WORDS = ("batch.product_kind", "batch.claim_role", "isolation.method")
"""Closed keys that keep the word exosome as the user wrote it, since check C12 judges it."""

_EXPECTED = {
    "int_type": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "bool_type": "true or false, without quotes",
    "string_type": "text in double quotes",
    "date_parsing": "a date such as 2026-03-02, without quotes",
    "date_from_datetime_parsing": "a date such as 2026-03-02, without quotes",
    "dict_type": "a table: its name in brackets, its keys below",
    "dataclass_type": "a table: its name in brackets, its keys below",
    "tuple_type": "a list: values in brackets, or a table with its name in double brackets",
}
"""What the layout wants, by the kind of mismatch, in the user's words."""

_MOST_SHOWN = 80


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
        When a key or a value is not one that vesicle knows, or a file of evidence is not there.
    UsageError
        When the file cannot be opened.
    """
    path = folder / MANIFEST_NAME
    if not os.path.lexists(path):
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
    manifest = manifest_from_text(text)
    for index, evidence in enumerate(manifest.biogenesis_evidence):
        if not _is_file_inside(folder, evidence.file):
            raise ManifestError(
                "The file of this evidence is not in the folder.",
                where=_where(("biogenesis_evidence", index, "file")),
                why=f"Found '{evidence.file}'; the word exosome needs an experiment with its file.",
                next_step="Put the file into the folder, or delete the entry.",
            )
    return dataclasses.replace(manifest, path=MANIFEST_NAME)


def _is_file_inside(folder: Path, name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts and (folder / path).is_file()


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
        # As JSON, dates are text and strict types still take them; a number in quotes stays an error.
        table = json.loads(json.dumps(tomllib.loads(text), default=str))
    except (ValueError, RecursionError) as error:  # tomllib lets some of Python's own errors through
        raise ManifestError(
            "This is not valid TOML.",
            where=MANIFEST_NAME,
            why=str(error),
            next_step="Text goes in double quotes; decimal numbers have a point.",
        ) from error
    refuse_identifiers(table, where=MANIFEST_NAME)
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
        return TypeAdapter(Manifest).validate_json(json.dumps(table), strict=True)
    except ValidationError as error:
        raise _mismatch(error.errors(include_url=False), table) from error


def _mismatch(errors: Sequence[Mapping[str, Any]], table: Mapping[str, Any]) -> ManifestError:
    first = errors[0]
    path = _existing(first["loc"], table)
    if first["type"] == "unexpected_keyword_argument":
        return _unknown_key(path, table)
    if first["type"] == "missing":
        return ManifestError(
            f"The key '{first['loc'][-1]}' is missing here.",
            where=_where(path),
            why=f"Found only {quoted(_value_at(table, path))}.",
            next_step="Add the key, or delete the whole entry.",
        )
    # A value that may be of two kinds has one error for each.
    wanted = [_EXPECTED.get(e["type"], "") for e in errors if _existing(e["loc"], table) == path]
    what = " or ".join(filter(None, wanted)) or first["msg"].removeprefix("Input should be ")
    return ManifestError(
        f"The value should be {what}.",
        where=_where(path),
        why=f"Found {_shown(first['input'])}.",
        next_step="Correct the value, or delete the line: an absent key is never an error.",
    )


def _existing(loc: Sequence[str | int], table: Any) -> tuple[str | int, ...]:
    """The part of a path that stands in the file; the rest names a missing key or a type."""
    path: list[str | int] = []
    for part in loc:
        try:
            table = table[part]
        except (KeyError, TypeError, IndexError):
            break
        path.append(part)
    return tuple(path)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _where(path: tuple[object, ...]) -> str:
    return f"{MANIFEST_NAME}, {'.'.join(str(part) for part in path)}"


def _unknown_key(path: tuple[str | int, ...], table: Mapping[str, Any]) -> ManifestError:
    found = str(path[-1])
    allowed = _keys_at(Manifest, [part for part in path[:-1] if isinstance(part, str)])
    close, home = nearest(found, allowed), _home_of(found)
    advice = "Delete the line, or move it to its table."
    if home and found not in allowed:
        advice = f"The key '{found}' belongs to [{home}]."
    elif close:
        advice = f"Did you mean '{close}'?"
    return ManifestError(
        f"There is no key '{found}' here.",
        where=_where(path),
        why=f"Found {_shown(_value_at(table, path))}; allowed keys: {quoted(allowed, most=20)}.",
        next_step=advice,
    )


def _home_of(key: str) -> str | None:
    tables = (name for name in _keys_at(Manifest, []) if key in _keys_at(Manifest, [name]))
    return next(tables, None)


def _value_at(table: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        table = table[part]
    return table


def _keys_at(kind: type | None, path: list[str]) -> list[str]:
    if kind is None:
        return []
    if not path:
        return [f.name for f in dataclasses.fields(kind) if f.name not in {"path", "notes"}]
    hint = typing.get_type_hints(kind)[path[0]]
    is_named = typing.get_origin(hint) is Mapping  # [specification.NAME]: the name itself is free
    return _keys_at(_record_in(hint), path[2:] if is_named else path[1:])


def _record_in(hint: Any) -> type | None:
    candidates = (hint, *typing.get_args(hint))
    return next((c for c in candidates if isinstance(c, type) and dataclasses.is_dataclass(c)), None)


def _check_terms(manifest: Manifest) -> Iterator[str]:
    for path, value in _leaves(manifest):
        key = ".".join(part for part in path if not part.isdigit())
        if key in CLOSED and canonical_term(CLOSED[key], value) is None:
            if key not in USERS_WORDS or "exosom" not in value.casefold():
                raise _not_a_term(path, value, terms(CLOSED[key]))
            yield f"{key} is kept in the user's words; check C12 judges the word."
        if key in OPEN and canonical_term(OPEN[key], value) is None:
            yield f"{key} is kept as free text: no ontology term with that label is known."
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
        yield f"intended_use.dose is kept as text and cannot be compared. {error.why}"


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
        if limit.unit is not None and _plain(limit.unit) != _plain(unit):
            raise ManifestError(
                "The unit of this limit does not match its attribute.",
                where=f"{MANIFEST_NAME}, specification.{name}.unit",
                why=f"Found '{limit.unit}'; allowed: '{unit}'.",
                next_step=f'Convert min and max, and write unit = "{unit}".',
            )
        if limit.min is None and limit.max is None:
            raise ManifestError(
                "This limit has neither a lower nor an upper bound.",
                where=f"{MANIFEST_NAME}, specification.{name}",
                why="Found neither min nor max.",
                next_step="Write min, max or both, or delete the table.",
            )
        if limit.min is not None and limit.max is not None and limit.min > limit.max:
            raise ManifestError(
                "The lower limit is above the upper limit.",
                where=f"{MANIFEST_NAME}, specification.{name}",
                why=f"Found min = {limit.min:g} and max = {limit.max:g}.",
                next_step="Exchange them.",
            )


def _plain(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).casefold().replace("μ", "u").replace(" ", "")
