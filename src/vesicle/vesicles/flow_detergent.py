"""What a detergent takes away of what was counted, in a cytometer or by tracking.

A loss is compatible with membrane vesicles and no proof: some lipoproteins vanish too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import RunSize, SizeFinding
from vesicle.findings.flow import DetergentFinding, DetergentLoss, FlowCount, FlowFinding
from vesicle.inference.intervals import envelope
from vesicle.inference.rates import difference, ratio
from vesicle.results import Estimate, Evidence, NotAssessed, Provenance, Quantity
from vesicle.vesicles.flow_controls import dilution_of
from vesicle.vesicles.flow_files import differing_settings

DETERGENT = "detergent"
_NO_SAMPLE = NotAssessed(
    "the same sample without detergent is not there; give both files one sample in [[files]]"
)


def pair_with_detergent(inputs: Inputs) -> DetergentFinding:
    """The loss of every sample that was measured with detergent and without.

    Parameters
    ----------
    inputs : Inputs
        With cytometer files and sizing runs.

    Returns
    -------
    DetergentFinding
        One row per sample and kind of instrument; empty where nothing has the role ``detergent``.
    """
    flow, sizes = inputs.finding(FlowFinding), inputs.finding(SizeFinding)
    rows: list[DetergentLoss] = []
    if isinstance(flow, FlowFinding):
        rows += _of_flow(flow)
    if isinstance(sizes, SizeFinding):
        rows += _of_tracking(sizes)
    files = tuple(
        ref
        for found in (flow, sizes)
        if not isinstance(found, NotAssessed)
        for ref in found.provenance.files
        if rows
    )
    return DetergentFinding(
        rows=tuple(rows),
        provenance=Provenance(files=files, method="1 - (with detergent less blank) / (without less blank)"),
    )


def _of_flow(flow: FlowFinding) -> list[DetergentLoss]:
    treated = [count for count in flow.counts if count.file.role == DETERGENT]
    samples = dict.fromkeys(count.file.sample for count in treated)
    return [
        _flow_row(name, [c for c in treated if c.file.sample == name], _untreated(flow, name))
        for name in samples
    ]


def _untreated(flow: FlowFinding, sample: str) -> list[FlowCount]:
    return [count for count in flow.of_part("sample") if count.file.sample == sample]


def _flow_row(sample: str, treated: Sequence[FlowCount], untreated: Sequence[FlowCount]) -> DetergentLoss:
    pairs = [one for one in untreated if not differing_settings(one.taken_with, treated[0].taken_with)]
    alike = _same_dilution(treated, pairs)
    before, after = _flow_level(alike or pairs), _flow_level(treated)
    note = "" if all(count.controls for count in (*treated, *pairs)) else "no control was taken off"
    if untreated and not pairs:
        before = NotAssessed("with and without detergent were measured with different settings")
    elif len({dilution_of(count.file) is None for count in (*treated, *(alike or pairs))}) > 1:
        before = NotAssessed("the dilution is stated of one of the two only")
    return _row(
        sample,
        "flow cytometry",
        before if untreated else _NO_SAMPLE,
        after,
        evidence=[count.path for count in (*treated, *untreated)],
        note=note,
    )


def _same_dilution(treated: Sequence[FlowCount], untreated: Iterable[FlowCount]) -> list[FlowCount]:
    dilutions = {dilution_of(count.file) for count in treated}
    return [count for count in untreated if dilution_of(count.file) in dilutions]


def _flow_level(counts: Sequence[FlowCount]) -> Quantity:
    """In the stock where the dilution is known, else as measured; without detergent counts less than its control."""
    found = [_net(count) for count in counts]
    known = [level for level in found if isinstance(level, Estimate)]
    if not known:
        return found[0] if found else _NO_SAMPLE
    return envelope(known, what="files")


def _net(count: FlowCount) -> Quantity:
    if isinstance(count.net_per_ml, NotAssessed) and count.events == 0:
        level: Quantity = count.events_per_ml
    else:
        level = count.net_per_ml if isinstance(count.net_per_ml, Estimate) else count.events_per_ml
    factor = dilution_of(count.file)
    return level.scaled(factor) if isinstance(level, Estimate) and factor else level


def _of_tracking(sizes: SizeFinding) -> list[DetergentLoss]:
    treated = sizes.of_role(DETERGENT)
    blanks = sizes.of_role("buffer blank")
    samples = dict.fromkeys(size.run.sample for size in treated)
    return [_tracking_row(name, sizes, treated, blanks) for name in samples]


def _tracking_row(
    sample: str, sizes: SizeFinding, treated: Sequence[RunSize], blanks: Sequence[RunSize]
) -> DetergentLoss:
    after = [size for size in treated if size.run.sample == sample]
    before = [size for size in sizes.of_role("sample") if size.run.sample == sample]
    note = "" if blanks else "no blank was taken off"
    return _row(
        sample,
        "particle tracking",
        _tracking_level(before, blanks) if before else _NO_SAMPLE,
        _tracking_level(after, blanks),
        evidence=[size.run.files[0].path for size in (*after, *before)],
        note=note,
    )


def _tracking_level(runs: Sequence[RunSize], blanks: Sequence[RunSize]) -> Quantity:
    blank = [size.measured_per_ml for size in blanks if isinstance(size.measured_per_ml, Estimate)]
    found = [_tracked(size, blank) for size in runs]
    known = [level for level in found if isinstance(level, Estimate)]
    return envelope(known, what="runs") if known else found[0]


def _tracked(size: RunSize, blank: Sequence[Estimate]) -> Quantity:
    measured = size.measured_per_ml
    if isinstance(measured, NotAssessed):
        return measured
    net = difference(measured, envelope(blank, what="blank runs")) if blank else measured
    factor = size.run.dilution.factor
    return net.scaled(factor) if factor else net


def _row(
    sample: str,
    measured_with: str,
    before: Quantity,
    after: Quantity,
    *,
    evidence: Sequence[str],
    note: str,
) -> DetergentLoss:
    return DetergentLoss(
        sample=sample,
        measured_with=measured_with,
        untreated_per_ml=before,
        treated_per_ml=after,
        loss_percent=loss_percent(before, after),
        evidence=tuple(Evidence(file=path) for path in evidence),
        note=note,
    )


def loss_percent(before: Quantity, after: Quantity) -> Quantity:
    """How much of a number is gone, in per cent.

    Parameters
    ----------
    before, after : Estimate or NotAssessed
        Net numbers in one unit.

    Returns
    -------
    Estimate or NotAssessed
        Below 0 where there is more than before, at most 100.

    Examples
    --------
    >>> a, b = (Estimate(value=v, low=v - 1, high=v + 1, method="t") for v in (100.0, 20.0))
    >>> round(loss_percent(a, b).value)
    80
    """
    if isinstance(before, NotAssessed):
        return before
    if isinstance(after, NotAssessed):
        return after
    left = ratio(after, before)
    if isinstance(left, NotAssessed):
        return NotAssessed("without detergent nothing is left above the control")
    return Estimate(
        value=min(100.0, 100 * (1 - left.value)),
        low=min(100.0, 100 * (1 - left.high)),
        high=min(100.0, 100 * (1 - left.low)),
        n=left.n,
        method="share of the net number that is gone with detergent; errors of both by the square-and-add rule",
    )


ANALYSIS = Analysis(
    name="detergent",
    needs=(FlowFinding, SizeFinding),
    gives=DetergentFinding,
    run=pair_with_detergent,
)
