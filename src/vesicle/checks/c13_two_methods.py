"""C13: were single vesicles seen by two methods, counted and pictured?"""

from __future__ import annotations

from collections.abc import Sequence

from vesicle.analysis import Inputs
from vesicle.checks import Check, not_assessed, result
from vesicle.findings import ImageRow, MicrographFinding
from vesicle.results import CheckResult, Evidence, NotAssessed, Part, Verdict, exact, worst

_VIEWS = ("wide-field", "close-up")


def judge(inputs: Inputs) -> CheckResult:
    """The two methods: a valid counting run, and micrographs of both views with their scale.

    Parameters
    ----------
    inputs : Inputs
        With the micrographs, and the result of C01.

    Returns
    -------
    CheckResult
        One part for the run, one for each view; its value is the number of usable pictures.
    """
    standard, found = inputs.limits["C13"], inputs.finding(MicrographFinding)
    images = () if isinstance(found, NotAssessed) else found.images
    if not images:
        return not_assessed(standard, "no micrograph in the folder")
    usable = [image for image in images if not image.refused]
    pictures = [_view(view, images, usable) for view in _VIEWS]
    parts = (_counted(inputs), *pictures)
    verdict = worst(part.verdict for part in parts)
    if len(usable) == 0 or parts[0].verdict is Verdict.NOT_ASSESSED:
        verdict = Verdict.NOT_ASSESSED
    elif any(part.verdict is Verdict.NOT_ASSESSED for part in pictures):
        verdict = Verdict.WARN
    reasons = dict.fromkeys(part.reason for part in parts if part.verdict is not Verdict.PASS)
    value = (
        exact(float(len(usable)), method="counted", n=len(usable))
        if usable
        else NotAssessed("no picture with its scale and its view")
    )
    return result(standard, verdict, value, unit="pictures", reason="; ".join(reasons), parts=parts)


def _counted(inputs: Inputs) -> Part:
    """What C01 says; a run that failed is no second method, and so leaves it not assessed."""
    c01 = inputs.checks.get("C01")
    verdicts = [part.verdict for part in c01.parts] if c01 else []
    valid = [verdict for verdict in verdicts if verdict in {Verdict.PASS, Verdict.WARN}]
    evidence = c01.evidence if c01 else ()
    if not valid:
        reason = "no valid counting run (C01)"
        return Part(
            subject="counting run",
            verdict=Verdict.NOT_ASSESSED,
            value=NotAssessed(reason),
            reason=reason,
            evidence=evidence,
        )
    is_clean = Verdict.PASS in valid
    return Part(
        subject="counting run",
        verdict=Verdict.PASS if is_clean else Verdict.WARN,
        value=exact(float(len(valid)), method="counted", n=len(valid)),
        unit="runs",
        reason="" if is_clean else "C01 warns about every counting run",
        evidence=evidence,
    )


def _view(view: str, images: Sequence[ImageRow], usable: Sequence[ImageRow]) -> Part:
    found = [image for image in usable if image.view == view]
    if found:
        evidence = tuple(item for image in found for item in image.evidence)
        value = exact(float(len(found)), method="counted", n=len(found))
        return Part(subject=f"{view} pictures", verdict=Verdict.PASS, value=value, evidence=evidence)
    refused = [image for image in images if image.refused]
    reason = f"no {view} picture with its scale"
    if refused:
        reason += f" ({refused[0].file}: {refused[0].refused})"
    return Part(
        subject=f"{view} pictures",
        verdict=Verdict.NOT_ASSESSED,
        value=NotAssessed(reason),
        reason=reason,
        evidence=tuple(Evidence(file=image.file) for image in refused),
    )


CHECK = Check(id="C13", needs=(MicrographFinding,), judge=judge, after=("C01",))
