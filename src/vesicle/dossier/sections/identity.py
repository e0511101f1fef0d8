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
        *_notes(inputs, finding, judged),
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
            Column(name="Gated events"),
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
        return f"at least {inputs.limits['C05']['min_percent']:g}"
    return f"at most {inputs.limits['C06']['max_percent']:g}"


def _notes(inputs: Inputs, finding: IdentityFinding, judged: tuple[MarkerVerdict, ...]) -> Iterator[Block]:
    table = load_standard("isct2006")
    tissue = (
        canonical_term("source_tissue", inputs.manifest.cells.tissue or "")
        or inputs.manifest.cells.tissue
        or ""
    )
    missed = {m.marker for m in judged if m.verdict in {Verdict.FAIL, Verdict.WARN}}
    is_cocktail = any(len(r.antigens) != 1 for r in finding.readings)
    for row in table["caveat"] if judged else ():
        wanted = {"vesicles", *missed, *(["cocktail"] if is_cocktail else [])}
        if row["about"] in wanted and row.get("tissue", "") in tissue:
            yield _note(row)
    for row in table["tissue"]:
        if any(name in tissue for name in row["tissues"]):
            yield _note(row)
    if judged:
        yield Text(text=f"{table['boundary_note']} (Status: {table['boundary_status']}.)", tone="note")


def _note(row: dict[str, str]) -> Text:
    return Text(text=f"{row['text']} Source: {row['source']} (status: {row['status']}).", tone="note")


SECTION = Section(
    id="D1",
    title="Cell identity",
    question="Are these the right cells?",
    order=1,
    needs=(IdentityFinding, ProductionFinding),
    compose=compose,
)
