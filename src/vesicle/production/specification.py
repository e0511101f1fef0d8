"""The user's own limits beside what the batch shows."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import (
    ComparisonFinding,
    PurityFinding,
    QuantityFinding,
    SampleSize,
    SizeFinding,
    SpecificationFinding,
    SpecificationRow,
)
from vesicle.manifest import SpecificationLimit
from vesicle.results import NotAssessed, Quantity, Verdict
from vesicle.standards import load_standard

_OF_SAMPLE = {
    "d10_nm": "d10_nm",
    "d50_nm": "median_nm",
    "d90_nm": "d90_nm",
    "mean_nm": "mean_nm",
    "mode_nm": "mode_nm",
    "concentration_per_ml": "concentration_per_ml",
}
_SHARES = {"share_below_200_nm": (0.0, 200.0), "share_40_150_nm": (40.0, 150.0)}


def judge_specification(inputs: Inputs) -> SpecificationFinding:
    """Every limit of the user against every counted sample.

    Parameters
    ----------
    inputs : Inputs
        With the manifest's ``[specification]`` and all findings it refers to.

    Returns
    -------
    SpecificationFinding
        Empty when the manifest sets no limits.
    """
    sizes = inputs.finding(SizeFinding)
    samples = () if isinstance(sizes, NotAssessed) else sizes.samples
    rows = tuple(
        _row(inputs, name, limit, sample)
        for name, limit in inputs.manifest.specification.items()
        for sample in (samples or (None,))
    )
    return SpecificationFinding(rows=rows)


def _row(inputs: Inputs, name: str, limit: SpecificationLimit, sample: SampleSize | None) -> SpecificationRow:
    attribute = load_standard("specification")["attributes"][name]
    found = _found(inputs, name, sample)
    verdict, reason = judge_limit(found, minimum=limit.min, maximum=limit.max)
    return SpecificationRow(
        sample=sample.sample if sample else "",
        attribute=name,
        title=attribute["title"],
        unit=attribute["unit"],
        minimum=limit.min,
        maximum=limit.max,
        found=found,
        verdict=verdict,
        reason=reason,
    )


def judge_limit(found: Quantity, *, minimum: float | None, maximum: float | None) -> tuple[Verdict, str]:
    """The verdict on a quantity between two limits: the whole interval must be inside to pass.

    Parameters
    ----------
    found : Estimate or NotAssessed
        What the batch shows.
    minimum, maximum : float or None
        The limits; None leaves a side open.

    Returns
    -------
    verdict : Verdict
        ``warn`` when the interval crosses a limit.
    reason : str
        Why, or ``interval_crosses_limit``.

    Examples
    --------
    >>> from vesicle.results import Estimate
    >>> judge_limit(Estimate(value=9, low=8, high=11, method=""), minimum=None, maximum=10)
    (<Verdict.WARN: 'warn'>, 'interval_crosses_limit')
    """
    if isinstance(found, NotAssessed):
        return Verdict.NOT_ASSESSED, found.reason
    low = -float("inf") if minimum is None else minimum
    high = float("inf") if maximum is None else maximum
    if low <= found.low and found.high <= high:
        return Verdict.PASS, ""
    if found.high < low or found.low > high:
        return Verdict.FAIL, "the whole interval lies outside the limits"
    return Verdict.WARN, "interval_crosses_limit"


def _found(inputs: Inputs, name: str, sample: SampleSize | None) -> Quantity:
    if sample is None:
        return NotAssessed("no counted sample in the folder")
    if name in _OF_SAMPLE:
        return getattr(sample, _OF_SAMPLE[name])
    if name in _SHARES:
        bounds = _SHARES[name]
        shares = (share.share for share in sample.shares if (share.low_nm, share.high_nm) == bounds)
        return next(shares, NotAssessed("the sample has no distribution"))
    found = (quantity for key, quantity in _elsewhere(inputs, sample.sample) if key == name)
    return next(found, NotAssessed("nothing in the folder gives this attribute"))


def _elsewhere(inputs: Inputs, sample: str) -> Iterator[tuple[str, Quantity]]:
    purity, comparison = inputs.finding(PurityFinding), inputs.finding(ComparisonFinding)
    quantity = inputs.finding(QuantityFinding)
    if isinstance(purity, PurityFinding):
        yield from (("particles_per_ug", row.particles_per_ug) for row in purity.rows if row.sample == sample)
    if isinstance(comparison, ComparisonFinding):
        yield from (
            ("replicate_cv_percent", r.cv_percent) for r in comparison.replicates if r.sample == sample
        )
        yield from (("blank_percent", row.percent) for row in comparison.blanks if row.sample == sample)
    if isinstance(quantity, QuantityFinding):
        for row in (row for row in quantity.rows if row.sample == sample):
            if row.component == "particles":
                yield "total_particles", row.total
            else:
                yield "protein_ug_per_ml", row.per_ml


ANALYSIS = Analysis(
    name="specification",
    needs=(SizeFinding, PurityFinding, QuantityFinding, ComparisonFinding),
    gives=SpecificationFinding,
    run=judge_specification,
)
