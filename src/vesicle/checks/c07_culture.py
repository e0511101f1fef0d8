"""C07: do the producing cells adhere, differentiate and live, as the manifest declares?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, overall, result
from vesicle.findings import IdentityFinding
from vesicle.manifest import Cells
from vesicle.results import CheckResult, Evidence, NotAssessed, Part, Verdict, exact
from vesicle.standards import CheckStandard, canonical_term, load_standard, terms

DECLARED = "declared in vesicle.toml"


def judge(inputs: Inputs) -> CheckResult:
    """The verdict on adherence, the three lineages and viability.

    Parameters
    ----------
    inputs : Inputs
        Its manifest is all that is read.

    Returns
    -------
    CheckResult
        One part each.
    """
    standard, manifest = inputs.limits["C07"], inputs.manifest
    parts = (
        *_criteria(manifest.cells, is_human=is_human(manifest.donor.species)),
        _viability(manifest.cells.viability_percent, standard),
    )
    verdict, reason = overall(parts)
    value = deciding_value(parts)
    unit = "" if isinstance(value, NotAssessed) else "%"  # only viability is a number
    return replace(result(standard, verdict, value, reason=reason, parts=parts), unit=unit)


def is_human(species: str | None) -> bool:
    """Whether the criteria for human cells apply.

    Parameters
    ----------
    species : str or None
        As declared.

    Returns
    -------
    bool
        True also where nothing is declared.
    """
    if not species:
        return True
    label = canonical_term("species", species)
    wanted = load_standard("isct2006")["species"]
    return label is not None and terms("species")[label].get("ontology_id") == wanted


def _criteria(cells: Cells, *, is_human: bool) -> Iterator[Part]:
    if not is_human:
        reason = "the criteria define human cells, and another species is declared"
        for subject in ("plastic adherence", "tri-lineage differentiation"):
            yield _part(subject, Verdict.NOT_APPLICABLE, reason)
        return
    if cells.plastic_adherent is None:
        yield _part("plastic adherence", Verdict.NOT_ASSESSED, "plastic_adherent is not declared")
    else:
        verdict = Verdict.PASS if cells.plastic_adherent else Verdict.FAIL
        yield _part("plastic adherence", verdict, DECLARED)
    yield _lineages(cells.trilineage)


def _lineages(declared: tuple[str, ...] | None) -> Part:
    subject = "tri-lineage differentiation"
    if declared is None:
        return _part(subject, Verdict.NOT_ASSESSED, "trilineage is not declared")
    folded = " ".join(declared).casefold()
    absent = [
        row["label"]
        for row in load_standard("isct2006")["lineage"]
        if not any(name in folded for name in row["names"])
    ]
    if absent:
        return _part(subject, Verdict.FAIL, f"declared without {', '.join(absent)}")
    return _part(subject, Verdict.PASS, DECLARED)


def _viability(percent: float | None, standard: CheckStandard) -> Part:
    if percent is None:
        return _part("viability", Verdict.NOT_ASSESSED, "viability_percent is not declared")
    verdict = Verdict.FAIL
    if percent >= standard["warn_percent"]:
        verdict = Verdict.PASS if percent >= standard["pass_percent"] else Verdict.WARN
    return Part(
        subject="viability",
        verdict=verdict,
        value=exact(percent, method=DECLARED),
        unit="%",
        reason=f"{percent:g} %, {DECLARED}",
        evidence=(Evidence(file="vesicle.toml", row="cells.viability_percent"),),
    )


def _part(subject: str, verdict: Verdict, reason: str) -> Part:
    value = NotAssessed("a statement, not a number" if verdict is not Verdict.NOT_ASSESSED else reason)
    return Part(subject=subject, verdict=verdict, value=value, reason=reason)


CHECK = Check(id="C07", needs=(IdentityFinding,), judge=judge)
