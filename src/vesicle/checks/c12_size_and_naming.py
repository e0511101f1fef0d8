"""C12: is the size stated with intervals, and is the preparation named for what was shown?"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.checks.c10_purity import files_behind, validity_ceiling
from vesicle.findings import SampleSize, SizeFinding
from vesicle.manifest import Manifest
from vesicle.results import CheckResult, Estimate, Evidence, NotAssessed, Part, Verdict, worst
from vesicle.standards import CheckStandard

_EXOSOME = re.compile(r"exosom", re.IGNORECASE)
CLAIMS = ("batch.id", "batch.product_kind", "batch.claim_role", "potency.mechanism", "files.sample")
"""Keys that name or claim; the word fails here and only warns in the manifest's other texts."""
SILENT = ("path", "notes", "files.glob", "limits", "readers", "specification", "biogenesis_evidence")
"""What says nothing about the preparation: file names, limits, columns, and the evidence itself."""


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
    sized = tuple(judge_sample(sample, standard, inputs) for sample in samples)
    parts = (*(sized or not_assessed(standard, "no counted sample in the folder").parts), naming)
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
    files = files_behind(inputs, sample=sample.sample, runs=sample.runs)
    evidence = tuple(Evidence(file=file) for file in files)
    ceiling, why = validity_ceiling(inputs, sample=sample.sample, runs=sample.runs)
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
    found = dict.fromkeys(key for key, text in _texts(manifest) if _EXOSOME.search(text))
    claims = [key for key in found if key in CLAIMS]
    texts = [key for key in found if key not in CLAIMS]
    is_shown = bool(manifest.biogenesis_evidence)
    verdict, reason = Verdict.PASS, ""
    if claims and not is_shown:
        verdict = Verdict.FAIL
        reason = f"the word in {', '.join(claims)} needs biogenesis evidence with a file"
    elif texts and not is_shown:
        verdict, reason = Verdict.WARN, f"the word stands in {', '.join(texts)}"
    evidence = tuple(Evidence(file="vesicle.toml", row=key) for key in (*claims, *texts))
    if claims or texts:
        evidence += tuple(Evidence(file=item.file) for item in manifest.biogenesis_evidence)
    return Part(
        subject="naming",
        verdict=verdict,
        value=NotAssessed("words, not a number"),
        reason=reason,
        evidence=evidence,
    )


def _texts(record: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the manifest with its key; entries of a list share the key of the list."""
    if key.startswith(SILENT):
        return
    if isinstance(record, str):
        yield key, record
    elif isinstance(record, tuple):
        for item in record:
            yield from _texts(item, key)
    elif dataclasses.is_dataclass(record):
        for item in dataclasses.fields(record):
            yield from _texts(getattr(record, item.name), f"{key}.{item.name}".lstrip("."))


CHECK = Check(id="C12", needs=(SizeFinding,), judge=judge, after=("C01",))
