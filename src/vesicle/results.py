"""The words every Finding is made of: Estimate, NotAssessed, Provenance, Verdict, CheckResult."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; the unit stands in the name of the field that holds it.

    ``low`` and ``high`` bound the interval at ``level`` (0.95 unless said), ``n`` is the number of
    independent observations behind it, ``method`` says how the interval was made. A number that was
    counted or declared without error has ``low == value == high``.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    n: int | None = None
    method: str

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.value, self.low, self.high)):
            raise ValueError(f"an estimate needs finite numbers, got {self.value}, {self.low}, {self.high}")

    def scaled(self, factor: float, *, method: str | None = None) -> Estimate:
        """The same estimate in another unit or after an exact multiplication.

        Parameters
        ----------
        factor : float
            A positive exact factor, such as a dilution.
        method : str, optional
            Replaces the text of the method.

        Returns
        -------
        Estimate
            Value and interval times the factor.

        Examples
        --------
        >>> Estimate(value=2.0, low=1.0, high=3.0, method="t").scaled(10).high
        30.0
        """
        return Estimate(
            value=self.value * factor,
            low=self.low * factor,
            high=self.high * factor,
            level=self.level,
            n=self.n,
            method=method or self.method,
        )

    def contains(self, number: float) -> bool:
        """Whether the number lies inside the interval, bounds included.

        Parameters
        ----------
        number : float
            A limit or a reference value in the same unit.

        Returns
        -------
        bool
            True when ``low <= number <= high``.
        """
        return self.low <= number <= self.high


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Unknown is a value: why there is no number, and so what would give one."""

    reason: str


Quantity: TypeAlias = Estimate | NotAssessed


def exact(value: float, *, method: str, n: int | None = None) -> Estimate:
    """A number that was counted or declared, with no interval of its own.

    Parameters
    ----------
    value : float
        The number.
    method : str
        Where it comes from, for example "counted" or "declared in the manifest".
    n : int, optional
        How many observations it counts.

    Returns
    -------
    Estimate
        With ``low == value == high``.
    """
    return Estimate(value=value, low=value, high=value, n=n, method=method)


class Verdict(StrEnum):
    """The five states of a check; missing data is never a pass."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"


_SEVERITY = (Verdict.FAIL, Verdict.WARN, Verdict.NOT_ASSESSED, Verdict.PASS, Verdict.NOT_APPLICABLE)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a whole from the verdicts of its parts.

    A failure outweighs a warning, a warning outweighs a part that could not be assessed, and a part
    that could not be assessed outweighs a pass, since nothing that rests on it can pass.

    Parameters
    ----------
    verdicts : iterable of Verdict
        The parts.

    Returns
    -------
    Verdict
        ``not_assessed`` when there are no parts.

    Examples
    --------
    >>> worst([Verdict.PASS, Verdict.NOT_ASSESSED])
    <Verdict.NOT_ASSESSED: 'not_assessed'>
    """
    found = set(verdicts)
    return next((verdict for verdict in _SEVERITY if verdict in found), Verdict.NOT_ASSESSED)


def at_best(verdict: Verdict, ceiling: Verdict) -> Verdict:
    """A verdict that cannot be better than the one it rests on.

    Parameters
    ----------
    verdict : Verdict
        What the check itself says.
    ceiling : Verdict
        What it rests on.

    Returns
    -------
    Verdict
        The worse of the two.
    """
    return worst((verdict, ceiling))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """One input file as it was read: path relative to the folder, SHA-256 and size in bytes."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something a reader repaired or doubts: a stable code, a sentence and the row it stands in."""

    code: str
    message: str
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule or a value comes from, and whether it was seen there.

    ``status`` is ``seen``, ``second-hand``, ``memory``, ``house`` (our own choice) or ``derived``; a
    mixed status says in words which part is which.
    """

    text: str
    status: str
    doi: str | None = None
    seen_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The way back from a number: files, reader, parameters and the standard with its source."""

    files: tuple[FileRef, ...] = ()
    reader: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    method: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A place that can be looked up: a file of the folder, and the row (or key) in it."""

    file: str
    row: int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The verdict on one subject of a check: one run, one sample, one rule; ``unit`` is that of its value."""

    subject: str
    verdict: Verdict
    value: Quantity
    unit: str = ""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check says, and all that a reader needs to dispute it.

    ``rule`` is the rule in words with the limits that were used, ``overrides`` lists the limits that
    the manifest changed, ``parts`` holds one row per run or sample, ``would_change`` says what would
    change the verdict.
    """

    id: str
    title: str
    verdict: Verdict
    value: Quantity
    unit: str = ""
    rule: str
    source: Source
    reason: str = ""
    reason_code: str = ""
    would_change: str = ""
    evidence: tuple[Evidence, ...] = ()
    parts: tuple[Part, ...] = ()
    overrides: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Its own reason, else that of its missing number; empty when neither says anything."""
        return self.reason or (self.value.reason if isinstance(self.value, NotAssessed) else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What measurements mean; every domain's findings extend this record."""

    provenance: Provenance = field(default_factory=Provenance)


def value_of(quantity: Quantity) -> float | None:
    """The number of a quantity, or None when it was not assessed.

    Parameters
    ----------
    quantity : Estimate or NotAssessed
        The quantity.

    Returns
    -------
    float or None
        The value without its interval.
    """
    return quantity.value if isinstance(quantity, Estimate) else None
