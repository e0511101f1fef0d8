"""The document ``vesicle.cells/1`` and the same verdicts as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from vesicle.cli.scan import columns
from vesicle.results import Estimate, Quantity, Verdict, value_of, worst

if TYPE_CHECKING:
    from vesicle.analysis import Inputs
    from vesicle.checks.panel_rules import MarkerVerdict
    from vesicle.findings import IdentityFinding


def cells_document(inputs: Inputs) -> Mapping[str, object]:
    """The machine contract of ``vesicle cells --json``.

    Parameters
    ----------
    inputs : Inputs
        With the finding on the cells and the verdicts of C05 and C06.

    Returns
    -------
    mapping
        Ready for JSON. A percentage that is not known is null, and the marker's ``reason`` says why;
        ``message`` is the reason in words.
    """
    finding = _finding(inputs)
    return {
        "schema": "vesicle.cells/1",
        "verdict": _panel(inputs).value,
        "markers": [_marker(judged, inputs) for judged in _judged(inputs, finding)],
        "missing": list(finding.missing),
    }


def cells_text(inputs: Inputs, unreadable: Sequence[tuple[str, str]] = ()) -> str:
    """One line for each marker, then what is missing.

    Parameters
    ----------
    inputs : Inputs
        As for :func:`cells_document`.
    unreadable : sequence of (str, str), optional
        Damaged files with their reasons.

    Returns
    -------
    str
        Several lines.
    """
    finding = _finding(inputs)
    head = ("Marker", "Must be", "Net % of gated cells", "Events", "Verdict", "Why")
    rows = [_row(judged, inputs) for judged in _judged(inputs, finding)]
    lines = [f"Identity of the producing cells: {_panel(inputs).value.replace('_', ' ')}"]
    lines += (
        columns([head, *rows]) if rows else ["  No stained tube and no statistics table of cells was read."]
    )
    if finding.missing:
        lines.append(f"Not stained: {', '.join(finding.missing)}")
    if not finding.species:
        lines.append("The donor's species is not declared; the criteria hold for human cells.")
    lines += [f"  {path}: {reason}" for path, reason in finding.unplaced]
    lines += [f"  {reason}" for _, reason in unreadable]
    return "\n".join(lines)


def _finding(inputs: Inputs) -> IdentityFinding:
    from vesicle.findings import IdentityFinding

    found = inputs.finding(IdentityFinding)
    return found if isinstance(found, IdentityFinding) else IdentityFinding()


def _panel(inputs: Inputs) -> Verdict:
    return worst(inputs.checks[check].verdict for check in ("C05", "C06"))


def _judged(inputs: Inputs, finding: IdentityFinding) -> Iterator[MarkerVerdict]:
    from vesicle.checks.panel_rules import judged_markers

    for required in ("positive", "negative"):
        yield from judged_markers(inputs, finding, required=required)


def _limit(judged: MarkerVerdict, inputs: Inputs) -> float:
    is_positive = judged.reading.required == "positive"
    return inputs.limits["C05"]["min_percent"] if is_positive else inputs.limits["C06"]["max_percent"]


def _marker(judged: MarkerVerdict, inputs: Inputs) -> Mapping[str, object]:
    reading = judged.reading
    return {
        "marker": judged.marker,
        "required": reading.required,
        "limit_percent": _limit(judged, inputs),
        "gated_percent": value_of(judged.of(reading.gated_percent)),
        "control_percent": value_of(judged.of(reading.control_percent)),
        "net_percent": _estimate(judged.net_percent),
        "events": reading.events,
        "verdict": judged.verdict.value,
        "reason": judged.code,
        "message": "; ".join(filter(None, (judged.reason, judged.caveat))),
    }


def _estimate(quantity: Quantity) -> Mapping[str, object]:
    if not isinstance(quantity, Estimate):
        return {"not_assessed": quantity.reason}
    return {
        "value": quantity.value,
        "low": quantity.low,
        "high": quantity.high,
        "level": quantity.level,
        "n": quantity.n,
        "method": quantity.method,
    }


def _row(judged: MarkerVerdict, inputs: Inputs) -> tuple[str, ...]:
    net, limit = judged.net_percent, _limit(judged, inputs)
    must = f">= {limit:g} %" if judged.reading.required == "positive" else f"<= {limit:g} %"
    share = f"{net.value:.3g} ({net.low:.3g} to {net.high:.3g})" if isinstance(net, Estimate) else "-"
    why = judged.reason if judged.verdict is not Verdict.PASS else ""
    return judged.marker, must, share, str(judged.reading.events), judged.verdict.value.replace("_", " "), why
