"""C12: is the size stated with intervals, and is the preparation named for what was shown?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.checks.c10_purity import validity_ceiling
from vesicle.findings import SampleSize, SizeFinding
from vesicle.manifest import Manifest
from vesicle.results import CheckResult, Estimate, Evidence, NotAssessed, Part, Verdict, worst
from vesicle.standards import CheckStandard

_EXOSOME = re.compile(r"exosom", re.IGNORECASE)
CLAIMS = ("batch.id", "batch.product_kind", "batch.claim_role", "potency.mechanism")
"""Keys that name or claim; the word fails here and only warns in free text."""
FREE_TEXT = (
    "culture.medium",
    "culture.ev_depletion",
    "intended_use.indication",
    "intended_use.dose",
    "intended_use.schedule",
    "potency.assay",
)


def judge(inputs: Inputs) -> CheckResult:
    """The size statement of every sample, and the words of the manifest.

    Parameters
    ----------
    inputs : Inputs
        With sizes, the verdict of C01, and the manifest.

    Returns
    -------
    CheckResult
        One part per sample and one for the naming.
    """
    standard, sizes = inputs.limits["C12"], inputs.finding(SizeFinding)
    samples = () if isinstance(sizes, NotAssessed) else sizes.samples
    naming = judge_naming(inputs.manifest)
    if not samples:
        missing = not_assessed(standard, "no counted sample in the folder")
        if naming.verdict is not Verdict.FAIL:
            return missing
        return result(
            standard, Verdict.FAIL, missing.value, reason=naming.reason, parts=(*missing.parts, naming)
        )
    parts = (*(judge_sample(sample, standard, inputs) for sample in samples), naming)
    verdict, reason = overall(parts)
    return result(standard, verdict, deciding_value(parts), unit="nm, median", reason=reason, parts=parts)


def judge_sample(sample: SampleSize, standard: CheckStandard, inputs: Inputs) -> Part:
    """The verdict on the size statement of one sample.

    Parameters
    ----------
    sample : SampleSize
        With D10, D50, D90, mode and shares.
    standard : CheckStandard
        C12 with the limits in force.
    inputs : Inputs
        For what C01 says about the runs.

    Returns
    -------
    Part
        Its value is the median diameter.
    """
    evidence = tuple(Evidence(file=file) for file in _files(sample, inputs))
    ceiling, why = validity_ceiling(inputs, sample.runs)
    missing = [
        q
        for q in (sample.d10_nm, sample.median_nm, sample.d90_nm, sample.mode_nm)
        if isinstance(q, NotAssessed)
    ]
    if missing or ceiling is Verdict.NOT_ASSESSED:
        reason = missing[0].reason if missing else why
        return Part(
            subject=sample.sample,
            verdict=Verdict.NOT_ASSESSED,
            value=NotAssessed(reason),
            reason=reason,
            evidence=evidence,
        )
    found = [(Verdict.PASS, headline(sample, standard)), *_interval_gap(sample)]
    if ceiling is Verdict.WARN:
        found.append((Verdict.WARN, why))
    return Part(
        subject=sample.sample,
        verdict=worst(verdict for verdict, _ in found),
        value=sample.median_nm,
        reason="; ".join(reason for _, reason in found if reason),
        evidence=evidence,
    )


def _files(sample: SampleSize, inputs: Inputs) -> Iterator[str]:
    sizes = inputs.finding(SizeFinding)
    if isinstance(sizes, SizeFinding):
        for size in sizes.runs:
            if size.run.sample == sample.sample and size.run.stem in sample.runs:
                yield size.run.files[0].path


def _interval_gap(sample: SampleSize) -> Iterator[tuple[Verdict, str]]:
    median = sample.median_nm
    if isinstance(median, Estimate) and median.low == median.high:
        yield Verdict.WARN, "the file gives no basis for an interval"


def headline(sample: SampleSize, standard: CheckStandard) -> str:
    """What the preparation may be called by its size, and why.

    Parameters
    ----------
    sample : SampleSize
        With its shares.
    standard : CheckStandard
        C12 with the limits in force.

    Returns
    -------
    str
        A sentence for the dossier.
    """
    small = next((s for s in sample.shares if s.low_nm == 0 and s.high_nm == standard["small_nm"]), None)
    if small is None or isinstance(small.share, NotAssessed):
        return "the share of small particles is not assessed"
    share = small.share
    allowed = share.low > standard["small_share"]
    word = "may be called" if allowed else "may not be called"
    return (
        f"{share.value:.0%} of particles {small.label} ({share.low:.0%} to {share.high:.0%}): "
        f"{word} small EV-enriched, by tracking"
    )


def judge_naming(manifest: Manifest) -> Part:
    """Whether the manifest uses the word exosome without evidence of biogenesis.

    Parameters
    ----------
    manifest : Manifest
        What the user wrote.

    Returns
    -------
    Part
        Fails in a name or a claim, warns in free text, passes with evidence.
    """
    claims = [key for key in CLAIMS if _EXOSOME.search(_value(manifest, key))]
    texts = [key for key in FREE_TEXT if _EXOSOME.search(_value(manifest, key))]
    shown = bool(manifest.biogenesis_evidence)
    verdict, reason = Verdict.PASS, ""
    if claims and not shown:
        verdict = Verdict.FAIL
        reason = f"the word in {', '.join(claims)} needs biogenesis evidence with a file"
    elif texts and not shown:
        verdict, reason = Verdict.WARN, f"the word stands in {', '.join(texts)}"
    evidence = tuple(Evidence(file="vesicle.toml", row=key) for key in (*claims, *texts))
    return Part(
        subject="naming",
        verdict=verdict,
        value=NotAssessed("words, not a number"),
        reason=reason,
        evidence=evidence,
    )


def _value(manifest: Manifest, key: str) -> str:
    table, _, name = key.partition(".")
    return str(getattr(getattr(manifest, table), name) or "")


CHECK = Check(id="C12", needs=(SizeFinding,), judge=judge, after=("C01",))
