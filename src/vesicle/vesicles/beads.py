"""A size standard against its certificate (rule NTA11)."""

from __future__ import annotations

from vesicle.findings import BeadCheck
from vesicle.results import Estimate, Quantity, Verdict
from vesicle.standards import CheckStandard


def judge_beads(
    mean_nm: Quantity, *, certified_nm: float, uncertainty_nm: float | None, standard: CheckStandard
) -> BeadCheck:
    """Whether the mean found agrees with the certificate.

    Parameters
    ----------
    mean_nm : Estimate or NotAssessed
        Mean diameter found.
    certified_nm : float
        Diameter on the certificate.
    uncertainty_nm : float or None
        Its expanded uncertainty.
    standard : CheckStandard
        C01, with the limit ``bead_percent`` in force.

    Returns
    -------
    BeadCheck
        A warning where the interval crosses the limit.

    Notes
    -----
    **Source**: nta_reporting.toml, NTA11; the limit is ours, after the expanded uncertainty of 10-12 % that
    Kestens 2017 reports.
    """
    limit = standard["bead_percent"]
    rule = f"mean within {limit:g} % of the certificate (NTA11; limit house, numbers of Kestens 2017 seen)"
    deviation: Quantity = mean_nm
    verdict = Verdict.NOT_ASSESSED
    if isinstance(mean_nm, Estimate):
        deviation = _deviation(mean_nm, certified_nm)
        verdict = _verdict(deviation, limit)
    return BeadCheck(
        certified_nm=certified_nm,
        expanded_uncertainty_nm=uncertainty_nm,
        mean_nm=mean_nm,
        deviation_percent=deviation,
        verdict=verdict,
        rule=rule,
    )


def _deviation(mean_nm: Estimate, certified_nm: float) -> Estimate:
    return Estimate(
        value=100 * (mean_nm.value / certified_nm - 1),
        low=100 * (mean_nm.low / certified_nm - 1),
        high=100 * (mean_nm.high / certified_nm - 1),
        n=mean_nm.n,
        method=f"{mean_nm.method}; over the certified diameter, less 100 %",
    )


def _verdict(deviation: Estimate, limit: float) -> Verdict:
    if max(abs(deviation.low), abs(deviation.high)) <= limit:
        return Verdict.PASS
    if deviation.low > limit or deviation.high < -limit:
        return Verdict.FAIL
    return Verdict.WARN
