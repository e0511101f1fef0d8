"""Criteria and reference values as TOML, each with its source; the only code is this loader."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from vesicle.errors import ManifestError, nearest, quoted
from vesicle.results import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of a check: value, unit, who chose it, and the default when the manifest changed it."""

    name: str
    value: float
    unit: str
    status: str
    meaning: str
    default: float

    @property
    def is_overridden(self) -> bool:
        """Whether the manifest changed this limit."""
        return self.value != self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStandard:
    """The rule of one check in words, with its limits and its source."""

    id: str
    title: str
    system: str
    rule_template: str
    source: Source
    would_change: str
    limits: Mapping[str, Limit]

    @property
    def rule(self) -> str:
        """The rule in words, with the limits in force."""
        return self.rule_template.format(**{name: limit.value for name, limit in self.limits.items()})

    @property
    def overrides(self) -> tuple[str, ...]:
        """The limits that the manifest changed, as sentences."""
        return tuple(
            f"{limit.name} = {limit.value:g} {limit.unit} set in vesicle.toml "
            f"(default {limit.default:g}, {limit.status})"
            for limit in self.limits.values()
            if limit.is_overridden
        )

    def __getitem__(self, name: str) -> float:
        return self.limits[name].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The standards of every check, with the manifest's overrides applied."""

    version: str
    checks: Mapping[str, CheckStandard]

    def __getitem__(self, check_id: str) -> CheckStandard:
        return self.checks[check_id]


@lru_cache
def load_standard(name: str) -> Mapping[str, Any]:
    """One standards table as it stands in the package.

    Parameters
    ----------
    name : str
        The file's name without ``.toml``, for example ``purity``.

    Returns
    -------
    mapping
        Read-only at the top level; treat the rest as constant.
    """
    text = resources.files("vesicle.standards").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def load_limits(overrides: Mapping[str, Mapping[str, float]] | None = None) -> Limits:
    """Every check's rule and limits, with overrides of the manifest's ``[limits]`` applied.

    Parameters
    ----------
    overrides : mapping of str to mapping, optional
        Check id to limit name to value.

    Returns
    -------
    Limits
        With each changed limit marked.

    Raises
    ------
    ManifestError
        When a check or a limit of that name does not exist, or when the limit is not ours to change.
    """
    table = load_standard("checks")
    checks = {check_id: _check(check_id, row) for check_id, row in table["checks"].items()}
    for check_id, changes in (overrides or {}).items():
        if check_id not in checks:
            raise _unknown(f"limits.{check_id}", check_id, checks)
        checks[check_id] = _override(checks[check_id], changes)
    return Limits(version=table["version"], checks=MappingProxyType(checks))


def planned_checks() -> tuple[tuple[str, str], ...]:
    """The checks that this version does not judge, as pairs of id and title.

    Returns
    -------
    tuple of (str, str)
        In the order of their ids.
    """
    return tuple((row["id"], row["title"]) for row in load_standard("checks")["planned"])


def terms(field: str) -> Mapping[str, Mapping[str, str]]:
    """The controlled terms of one manifest field, by label.

    Parameters
    ----------
    field : str
        For example ``source_tissue``.

    Returns
    -------
    mapping of str to mapping
        Label to the row, with ``ontology_id`` where one is known and ``id_status``.
    """
    return {row["label"]: row for row in load_standard("vocab")["term"] if row["field"] == field}


def canonical_term(field: str, value: str) -> str | None:
    """The label of the term that a user's word means, by label or by a synonym in its note.

    Parameters
    ----------
    field : str
        For example ``file_role``.
    value : str
        What the user wrote.

    Returns
    -------
    str or None
        None when no term matches.

    Examples
    --------
    >>> canonical_term("source_tissue", "BM")
    'bone marrow'
    """
    folded = value.strip().casefold()
    if not folded:
        return None
    for label, row in terms(field).items():
        synonyms = re.split(r"[;(]", row.get("note", ""))
        if folded == label.casefold() or folded in (synonym.strip().casefold() for synonym in synonyms):
            return label
    return None


def _check(check_id: str, row: Mapping[str, Any]) -> CheckStandard:
    limits = {
        name: Limit(name=name, default=limit["value"], **limit) for name, limit in row["limits"].items()
    }
    return CheckStandard(
        id=check_id,
        title=row["title"],
        system=row["system"],
        rule_template=row["rule"],
        source=Source(text=row["source"], status=row["source_status"], doi=row.get("doi")),
        would_change=row["would_change"],
        limits=MappingProxyType(limits),
    )


def _override(standard: CheckStandard, changes: Mapping[str, float]) -> CheckStandard:
    limits = dict(standard.limits)
    for name, value in changes.items():
        key = f"limits.{standard.id}.{name}"
        if name not in limits:
            raise _unknown(key, name, limits)
        if limits[name].status == "seen":
            ours = quoted(other for other in limits if limits[other].status != "seen")
            raise ManifestError(
                f"The limit {name} of {standard.id} comes from its source and cannot be changed.",
                where=f"vesicle.toml, {key}",
                why=f"Found {value:g}; the source states {limits[name].default:g} {limits[name].unit}.",
                next_step=f"Limits that can be changed: {ours or 'none'}.",
            )
        limits[name] = replace(limits[name], value=float(value))
    return replace(standard, limits=MappingProxyType(limits))


def _unknown(key: str, found: str, allowed: Mapping[str, object]) -> ManifestError:
    close = nearest(found, allowed)
    return ManifestError(
        f"There is no '{found}'.",
        where=f"vesicle.toml, {key}",
        why=f"Allowed: {quoted(allowed, most=40) or 'nothing, since this check has no limits'}.",
        next_step=f"Did you mean '{close}'?" if close else "Delete the line, or take one of these.",
    )
