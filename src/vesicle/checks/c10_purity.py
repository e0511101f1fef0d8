"""C10: how pure is the preparation, as particles per ug protein?"""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import PurityFinding, PurityRow, SizeFinding
from vesicle.results import CheckResult, NotAssessed, Part, Verdict, at_best, worst
from vesicle.standards import CheckStandard, canonical_term

_BY_CLASS = {"high purity": Verdict.PASS, "low purity": Verdict.WARN, "impure": Verdict.FAIL}

_TOO_MUCH = "more protein than the counted particles can hold"
_TOO_LITTLE = "particles over-counted or protein under-read"


def judge(inputs: Inputs) -> CheckResult:
    """The purity class of every sample, with the protein share it implies.

    Parameters
    ----------
    inputs : Inputs
        With the purity, and the verdict of C01 on the runs behind it.

    Returns
    -------
    CheckResult
        One part per sample.
    """
    standard, purity = inputs.limits["C10"], inputs.finding(PurityFinding)
    rows = () if isinstance(purity, NotAssessed) else purity.rows
    if not rows:
        return not_assessed(standard, "no counted sample in the folder")
    parts = tuple(judge_row(row, standard, inputs) for row in rows)
    verdict, reason = overall(parts)
    crossing = any("spans" in row.purity_class for row in rows)
    return result(
        standard,
        verdict,
        deciding_value(parts),
        unit="particles per ug",
        reason=reason,
        reason_code="interval_crosses_limit" if crossing and verdict is Verdict.WARN else "",
        parts=parts,
    )


def judge_row(row: PurityRow, standard: CheckStandard, inputs: Inputs) -> Part:
    """The verdict on the purity of one sample.

    Parameters
    ----------
    row : PurityRow
        Ratio, class and implied protein share.
    standard : CheckStandard
        C10 with the limits in force.
    inputs : Inputs
        For what C01 says about the runs.

    Returns
    -------
    Part
        At best a warning when the runs only have a warning, or when the protein has no replicates.
    """
    ratio = row.particles_per_ug
    ceiling, why = validity_ceiling(inputs, sample=row.sample, runs=row.runs)
    if isinstance(ratio, NotAssessed) or ceiling is Verdict.NOT_ASSESSED:
        reason = ratio.reason if isinstance(ratio, NotAssessed) else why
        return Part(
            subject=row.sample,
            verdict=Verdict.NOT_ASSESSED,
            value=NotAssessed(reason),
            reason=reason,
            evidence=row.evidence,
        )
    found = [(_BY_CLASS.get(row.purity_class, Verdict.WARN), row.purity_class), _share(row, standard)]
    if ceiling is Verdict.WARN:
        found.append((Verdict.WARN, why))
    if ratio.n == 1:
        found.append((Verdict.WARN, "without replicates of both assays the interval is too narrow"))
    found += [(Verdict.WARN, text) for text in _precipitation(inputs)]
    if row.note:
        found.append((Verdict.WARN, row.note))
    return Part(
        subject=row.sample,
        verdict=worst(verdict for verdict, _ in found),
        value=ratio,
        reason="; ".join(reason for _, reason in found if reason),
        evidence=row.evidence,
    )


def _precipitation(inputs: Inputs) -> Iterator[str]:
    """The steps that leave polymer behind, which the bands presuppose is absent (purity.toml)."""
    for step in inputs.manifest.isolation:
        if "precipitation" in (canonical_term("isolation_step", step.method) or step.method).casefold():
            yield f"the bands presuppose no precipitation polymer, and '{step.method}' is declared"


def files_behind(inputs: Inputs, *, sample: str, runs: tuple[str, ...]) -> tuple[str, ...]:
    """The size files of some runs of one sample.

    Parameters
    ----------
    inputs : Inputs
        With the sizes.
    sample : str
        The sample; two folders may hold runs of one stem.
    runs : tuple of str
        Stems of the runs.

    Returns
    -------
    tuple of str
        Paths, one for each run.
    """
    sizes = inputs.finding(SizeFinding)
    found = () if isinstance(sizes, NotAssessed) else sizes.runs_of(sample)
    return tuple(size.run.files[0].path for size in found if size.run.stem in runs)


def validity_ceiling(inputs: Inputs, *, sample: str, runs: tuple[str, ...]) -> tuple[Verdict, str]:
    """What C01 leaves possible for a statement that rests on these runs.

    Parameters
    ----------
    inputs : Inputs
        With the sizes and the result of C01, if it was judged.
    sample : str
        The sample.
    runs : tuple of str
        Stems of the runs.

    Returns
    -------
    ceiling : Verdict
        ``not_assessed`` when a run failed or was not assessed, else C01's own verdict.
    reason : str
        In words.
    """
    c01 = inputs.checks.get("C01")
    files = set(files_behind(inputs, sample=sample, runs=runs))
    parts = c01.parts if c01 else ()
    verdict = worst(part.verdict for part in parts if any(item.file in files for item in part.evidence))
    if verdict in {Verdict.FAIL, Verdict.NOT_ASSESSED}:
        return Verdict.NOT_ASSESSED, "the runs it rests on are not valid measurements (C01)"
    return at_best(Verdict.PASS, verdict), "C01 warns about a run, so this is at best a warning"


def _share(row: PurityRow, standard: CheckStandard) -> tuple[Verdict, str]:
    share = row.implied_protein_share
    if isinstance(share, NotAssessed):
        return Verdict.WARN, f"implied protein share not assessed: {share.reason}"
    text = f"implied protein share f = {share.value:.2g} ({share.low:.2g} to {share.high:.2g})"
    for limit, is_beyond, meaning in (
        (standard["max_share"], share.value > standard["max_share"], _TOO_MUCH),
        (standard["min_share"], share.value < standard["min_share"], _TOO_LITTLE),
    ):
        if is_beyond and share.low <= limit <= share.high:
            return Verdict.WARN, f"{text}: perhaps {meaning}; the interval reaches over {limit:g}"
        if is_beyond:
            return Verdict.WARN, f"{text}: {meaning}"
    return Verdict.PASS, text


CHECK = Check(id="C10", needs=(PurityFinding,), judge=judge, after=("C01",))
