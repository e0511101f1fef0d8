"""One file per check: findings and a standard in, a verdict out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from vesicle.analysis import Inputs
from vesicle.discovery import built_in, distinct, installed
from vesicle.results import CheckResult, Estimate, Evidence, NotAssessed, Part, Quantity, Verdict, worst
from vesicle.standards import CheckStandard

MOST_NAMES = 4
"""More subjects than this are counted, not listed; the parts list them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The declaration of one check.

    ``needs`` lists the finding classes that ``judge`` reads, ``after`` the ids of checks whose verdict it
    rests on. ``judge`` is pure and never raises for missing data: it answers ``not_assessed``.
    """

    id: str
    needs: tuple[type, ...]
    judge: Callable[[Inputs], CheckResult]
    after: tuple[str, ...] = ()


def find_checks() -> tuple[Check, ...]:
    """Every check, ours and those of installed packages, each after the checks it rests on.

    Returns
    -------
    tuple of Check
        Ordered by id as far as ``after`` allows.

    Raises
    ------
    ValueError
        When checks rest on each other in a circle.
    """
    ours = built_in("vesicle.checks", attribute="CHECK", kind=Check)
    found = distinct(ours + installed("vesicle.checks", kind=Check), key=lambda check: check.id)
    pending, ordered = sorted(found, key=lambda check: check.id), list[Check]()
    ids = {check.id for check in found}
    while pending:
        done = {check.id for check in ordered}
        ready = [check for check in pending if set(check.after) & ids <= done]
        if not ready:
            raise ValueError(f"checks rest on each other: {', '.join(check.id for check in pending)}")
        ordered += ready
        pending = [check for check in pending if check not in ready]
    return tuple(ordered)


def result(
    standard: CheckStandard,
    verdict: Verdict,
    value: Quantity,
    *,
    reason: str = "",
    reason_code: str = "",
    unit: str = "",
    parts: Iterable[Part] = (),
) -> CheckResult:
    """The result of a check with its rule, source and overrides filled in from the standard.

    Parameters
    ----------
    standard : CheckStandard
        The check's rule with the limits in force.
    verdict : Verdict
        The verdict of the whole.
    value : Estimate or NotAssessed
        The number that the verdict rests on.
    reason : str, optional
        Why, in one or two sentences.
    reason_code : str, optional
        A stable word such as ``interval_crosses_limit``.
    unit : str, optional
        The unit of the value, and of the parts that name none of their own.
    parts : iterable of Part, optional
        One per run, sample or rule.

    Returns
    -------
    CheckResult
        Ready for the dossier.
    """
    rows = tuple(replace(part, unit=part.unit or unit) for part in parts)
    evidence = tuple(dict.fromkeys(item for part in rows for item in part.evidence))
    return CheckResult(
        id=standard.id,
        title=standard.title,
        verdict=verdict,
        value=value,
        unit=unit,
        rule=standard.rule,
        source=standard.source,
        reason=reason,
        reason_code=reason_code,
        would_change="" if verdict is Verdict.PASS else standard.would_change,
        evidence=evidence,
        parts=rows,
        overrides=standard.overrides,
    )


def not_assessed(standard: CheckStandard, reason: str, *, evidence: Iterable[Evidence] = ()) -> CheckResult:
    """The result of a check that could not be judged.

    Parameters
    ----------
    standard : CheckStandard
        The check's rule.
    reason : str
        What is missing.
    evidence : iterable of Evidence, optional
        Where it was looked for.

    Returns
    -------
    CheckResult
        With the verdict ``not_assessed``.
    """
    part = Part(
        subject="all",
        verdict=Verdict.NOT_ASSESSED,
        value=NotAssessed(reason),
        reason=reason,
        evidence=tuple(evidence),
    )
    return result(standard, Verdict.NOT_ASSESSED, NotAssessed(reason), reason=reason, parts=(part,))


def overall(parts: Iterable[Part]) -> tuple[Verdict, str]:
    """The verdict of the whole and the reasons of the parts that decided it.

    Parameters
    ----------
    parts : iterable of Part
        One per subject.

    Returns
    -------
    verdict : Verdict
        The worst of the parts.
    reason : str
        Each reason once, with the subjects it holds for; empty for a pass of several parts.
    """
    rows = tuple(parts)
    verdict = worst(part.verdict for part in rows)
    if verdict is Verdict.PASS and len(rows) > 1:
        return verdict, ""
    subjects: dict[str, list[str]] = {}
    for part in rows:
        if part.verdict is verdict and part.reason:
            subjects.setdefault(part.reason, []).append(part.subject)
    return verdict, "; ".join(f"{_listed(names)}: {reason}" for reason, names in subjects.items())


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} of them, such as {names[0]}"


def deciding_value(parts: Iterable[Part]) -> Quantity:
    """The number to show for the whole: that of the part which decided, else of any part that has one.

    Parameters
    ----------
    parts : iterable of Part
        At least one.

    Returns
    -------
    Estimate or NotAssessed
        The first estimate among the deciding parts.
    """
    rows = tuple(parts)
    verdict = worst(part.verdict for part in rows)
    ordered = sorted(rows, key=lambda part: part.verdict is not verdict)
    return next((part.value for part in ordered if isinstance(part.value, Estimate)), rows[0].value)
