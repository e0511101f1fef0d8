"""C25: are the files what they seem?"""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks import Check, not_assessed, overall, result
from vesicle.findings import IntegrityFinding
from vesicle.measurements import FileFact
from vesicle.results import CheckResult, Evidence, NotAssessed, Part, Verdict, exact


def judge(inputs: Inputs) -> CheckResult:
    """Whether content, dates and versions of the files contradict each other.

    Parameters
    ----------
    inputs : Inputs
        With the integrity finding.

    Returns
    -------
    CheckResult
        One part per rule; its value counts the files.
    """
    standard, found = inputs.limits["C25"], inputs.finding(IntegrityFinding)
    if isinstance(found, NotAssessed) or not found.files:
        return not_assessed(standard, "no file was read")
    parts = tuple(_parts(found))
    verdict, reason = overall(parts)
    value = exact(len(found.files), method="files with a SHA-256", n=len(found.files))
    notes = [] if found.production_date else ["dates not compared: no production_date in vesicle.toml"]
    text = "; ".join(filter(None, (reason, *notes)))
    return result(standard, verdict, value, unit="files", reason=text, parts=parts)


def _parts(found: IntegrityFinding) -> Iterator[Part]:
    for group in found.duplicates:
        names = ", ".join(f"'{fact.path}'" for fact in group)
        yield _part("one content, two names", Verdict.FAIL, f"{names} have the same content", group)
    for group in found.copies:
        names = ", ".join(f"'{fact.path}'" for fact in group)
        yield _part("copies", Verdict.WARN, f"{names} are copies of one file, used once", group)
    for fact in found.before_production:
        reason = f"measured {fact.acquired}, before the production on {found.production_date}"
        yield _part(fact.path, Verdict.FAIL, reason, (fact,))
    for path in found.changed:
        yield Part(
            subject=path,
            verdict=Verdict.FAIL,
            value=NotAssessed("its content changed"),
            reason="the file changed while it was read",
            evidence=(Evidence(file=path),),
        )
    hashed = exact(len(found.files), method="files hashed when read and again at the end")
    yield Part(subject="SHA-256 of every file", verdict=Verdict.PASS, value=hashed)


def _part(subject: str, verdict: Verdict, reason: str, facts: tuple[FileFact, ...]) -> Part:
    return Part(
        subject=subject,
        verdict=verdict,
        value=exact(len(facts), method="files concerned"),
        reason=reason,
        evidence=tuple(Evidence(file=fact.path) for fact in facts),
    )


CHECK = Check(id="C25", needs=(IntegrityFinding,), judge=judge)
