"""D1: are the producing cells mesenchymal stromal cells, by the criteria of 2006?"""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks.panel_rules import IN_COCKTAIL, MarkerVerdict, judged_markers, share_text
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Cell, Column, Table, Text, Verdicts
from vesicle.dossier.sections.identity_figures import figures
from vesicle.dossier.sections.identity_tables import declared_table, gates_table, limits_table, tubes_table
from vesicle.findings import IdentityFinding, ProductionFinding
from vesicle.results import Estimate, NotAssessed, Quantity, Verdict
from vesicle.standards import canonical_term, load_standard


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """What the cytometer saw of each antigen, with its control, and what the manifest declares of the cells.

    Parameters
    ----------
    inputs : Inputs
        With the identity and production findings and the verdicts of C05 to C07.

    Returns
    -------
    tuple of Block
        A sentence where no tube of cells was read.
    """
    found = inputs.finding(IdentityFinding)
    finding = IdentityFinding() if isinstance(found, NotAssessed) else found
    judged = tuple(
        marker
        for required in ("positive", "negative")
        for marker in judged_markers(inputs, finding, required=required)
    )
    return (
        *_summary(finding, judged),
        *figures(inputs, finding, judged),
        *_markers(inputs, judged),
        *tubes_table(finding),
        *gates_table(finding),
        *declared_table(inputs),
        *limits_table(inputs, is_judged=bool(judged)),
        *_notes(inputs, judged),
        Verdicts(check_ids=("C05", "C06", "C07")),
    )


def _summary(finding: IdentityFinding, judged: tuple[MarkerVerdict, ...]) -> Iterator[Block]:
    if not judged:
        text = "No cytometer file or statistics table of the cells was read, so their antigens are not shown here."
        yield Text(text=text, tone="missing")
        return
    for verdict, words in (
        (Verdict.PASS, "Meet their limit"),
        (Verdict.FAIL, "Miss their limit"),
        (Verdict.WARN, "Left open"),
        (Verdict.NOT_APPLICABLE, "Not judged, since another species is declared"),
    ):
        names = [marker.marker for marker in judged if marker.verdict is verdict]
        if names:
            yield Text(text=f"{words}: {', '.join(names)}.")
    inside = [marker.marker for marker in judged if marker.code == IN_COCKTAIL]
    if inside:
        yield Text(text=f"Stained together, and judged as a whole: {', '.join(inside)}.")
    unknown = [m.marker for m in judged if m.verdict is Verdict.NOT_ASSESSED and m.code != IN_COCKTAIL]
    if unknown:
        yield Text(text=f"Not assessed: {', '.join(unknown)}; the table says why.", tone="missing")
    if finding.missing:
        yield Text(text=f"Not stained: {', '.join(finding.missing)}.", tone="missing")
    if not finding.species:
        text = "The donor's species is not declared. The criteria define human cells, and these are judged as such."
        yield Text(text=text, tone="note")
    for path, reason in finding.unplaced:
        yield Text(text=f"{path}: {reason}.", tone="note")


def _markers(inputs: Inputs, judged: tuple[MarkerVerdict, ...]) -> Iterator[Block]:
    if not judged:
        return
    yield Table(
        id="identity-markers",
        title="Antigens of the producing cells",
        columns=(
            Column(name="Antigen"),
            Column(name="Required", unit="%"),
            Column(name="Gated", unit="%", meaning="gated events at or above the threshold"),
            Column(name="Control", unit="%", meaning="the same in its control"),
            Column(
                name="Net", unit="%", meaning="(gated - control) / (1 - control), the number that is judged"
            ),
            Column(name="Events", meaning="gated events of the tube"),
            Column(name="Verdict"),
            Column(name="Reason"),
        ),
        rows=tuple(_row(inputs, marker) for marker in judged if marker.code != IN_COCKTAIL),
        caption="Judged is the whole 95 % interval of the net percentage, which holds the error of the threshold too.",
        how="Intervals of the gated and control percentages stand in the JSON. "
        "The threshold is a percentile of the matched control; the tubes behind each row follow below.",
    )


def _row(inputs: Inputs, marker: MarkerVerdict) -> tuple[Cell, ...]:
    reading = marker.reading
    return (
        marker.marker,
        _required(inputs, marker),
        _rounded(reading.gated_percent),
        _rounded(reading.control_percent),
        marker.net_percent if isinstance(marker.net_percent, Estimate) else "none",
        reading.events,
        marker.verdict,
        # The number stands in a column of its own.
        marker.reason.removeprefix(share_text(marker.net_percent)).lstrip(":, "),
    )


def _rounded(quantity: Quantity) -> Cell:
    return round(quantity.value, 2) if isinstance(quantity, Estimate) else "none"


def _required(inputs: Inputs, marker: MarkerVerdict) -> str:
    if marker.reading.required == "positive":
        return f"≥ {inputs.limits['C05']['min_percent']:g}"
    return f"≤ {inputs.limits['C06']['max_percent']:g}"


def _notes(inputs: Inputs, judged: tuple[MarkerVerdict, ...]) -> Iterator[Block]:
    """Cautions on antigens that missed their limit, and what is known of the declared tissue."""
    table = load_standard("isct2006")
    declared = inputs.manifest.cells.tissue or ""
    tissue = canonical_term("source_tissue", declared) or declared
    missed = {marker.marker for marker in judged if marker.verdict in {Verdict.FAIL, Verdict.WARN}}
    for row in table["caveat"]:
        if row["about"] in missed and row.get("tissue", "") in tissue:
            yield Text(text=f"{row['text']} Source: {row['source']} (status: {row['status']}).", tone="note")
    known = [row for row in table["tissue"] if any(name in tissue for name in row["tissues"])]
    if known:
        yield Table(
            id="identity-tissue",
            title=f"What was read of cells from {', '.join(dict.fromkeys(t for r in known for t in r['tissues']))}",
            columns=(Column(name="What is known"), Column(name="Source"), Column(name="Status")),
            rows=tuple((row["text"], row["source"], row["status"]) for row in known),
            caption="Nothing here was measured on this batch, and nothing is judged by it.",
        )
    if judged:
        yield Text(text=next(row["text"] for row in table["caveat"] if row["about"] == "vesicles"))


SECTION = Section(
    id="D1",
    title="Cell identity",
    question="Are these the right cells?",
    order=1,
    needs=(IdentityFinding, ProductionFinding),
    compose=compose,
)
