"""D4: are they vesicles, as far as markers and pictures of single ones can tell?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import (
    Axis,
    Block,
    Cell,
    Column,
    Figure,
    PointInterval,
    Table,
    Text,
    Verdicts,
    Zone,
)
from vesicle.dossier.sections.markers_pictures import picture_blocks
from vesicle.findings import DepletionRow, MarkerFinding, MarkerRow, MicrographFinding
from vesicle.results import Estimate, NotAssessed
from vesicle.standards import CheckStandard
from vesicle.standards.ev_markers import category_label, ev_marker

_ASKED = (1, 2, 3, 4)
"""Categories that a panel is asked to cover; the fifth only where a function is claimed."""
_ANNEXIN = "ANXA5"


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """Markers by category, their depletion beside the lysate, and the pictures with their scale.

    Parameters
    ----------
    inputs : Inputs
        With markers and micrographs.

    Returns
    -------
    tuple of Block
        A sentence where either is missing.
    """
    found = inputs.finding(MarkerFinding)
    markers = found if isinstance(found, MarkerFinding) and found.rows else None
    return (
        *(_markers(markers, inputs) if markers else _no_markers()),
        Verdicts(check_ids=("C08", "C09")),
        *picture_blocks(inputs.finding(MicrographFinding)),
        Verdicts(check_ids=("C13",)),
    )


def _no_markers() -> Iterator[Block]:
    yield Text(
        text="Whether the particles carry markers of vesicles needs a table of a blot, an ELISA or capture beads, with "
        "the lysate of the cells beside the vesicles.",
        tone="missing",
    )


def _markers(found: MarkerFinding, inputs: Inputs) -> Iterator[Block]:
    yield Text(
        text="CD9, CD63, CD81, CD82, TSG101, ALIX, HSP70 and HSP90 are found with vesicles of several origins: their "
        "presence is compatible with EVs, and does not show how a vesicle was formed. No marker is specific for one "
        "kind of EV."
    )
    yield _panel(found)
    if any(row.marker == _ANNEXIN for row in found.rows):
        yield Text(
            text="Annexin V (ANXA5): as a stain it shows vesicles that expose phosphatidylserine, not all "
            "microvesicles; as a band it is the protein itself.",
            tone="note",
        )
    if found.depletion:
        yield from _figure(found.depletion, inputs.limits["C09"])
        yield _depletion(found.depletion)


def _panel(found: MarkerFinding) -> Table:
    assays = f": {', '.join(found.assays)}" if found.assays else ""
    rows = [cells for sample in found.samples for cells in _panel_rows(sample, found.rows)]
    return Table(
        id="markers",
        title=f"Markers by category{assays}",
        columns=(
            Column(name="Sample"),
            Column(name="Marker", meaning="HGNC symbol; as the table writes it in brackets"),
            Column(name="In the vesicles"),
            Column(
                name="Category",
                meaning="of MISEV2018, table 3; 1 is transmembrane or GPI-anchored, 4 is of other parts of the cell",
            ),
            Column(name="Intensity", meaning="net of the blank, on the table's own scale"),
            Column(name="Decided by"),
            Column(
                name="Category read in", meaning="whether the marker's category was seen in a public text"
            ),
            Column(name="Note"),
        ),
        rows=tuple(rows),
        caption="Present is above the mean of the blanks plus two of their standard deviations (house), or what the "
        "table says in words. Below LOD: not told from nothing. Not assayed: nobody looked, which is no result.",
        how="Intensities of different markers cannot be compared: each antibody has a scale of its own.",
    )


def _panel_rows(sample: str, rows: Sequence[MarkerRow]) -> Iterator[tuple[Cell, ...]]:
    ours = [row for row in rows if row.sample == sample]
    for category in (*_ASKED, 5, None):
        members = [row for row in ours if row.category == category]
        for row in members:
            yield _panel_row(row)
        if not members and category in _ASKED:
            yield (sample, "", "not assayed", category_label(category), None, "", "", "")


def _panel_row(row: MarkerRow) -> tuple[Cell, ...]:
    known = ev_marker(row.written)
    is_same = row.written.casefold() == row.marker.casefold()
    return (
        row.sample,
        row.marker if is_same else f"{row.marker} ({row.written})",
        row.state,
        category_label(row.category),
        row.intensity,
        row.basis,
        known.status if known else "",
        row.note,
    )


def _figure(rows: Sequence[DepletionRow], standard: CheckStandard) -> Iterator[Block]:
    points = tuple(
        PointInterval(label=f"{row.marker}, {row.sample}", value=q.value, low=q.low, high=q.high)
        for row in rows
        if isinstance(q := row.ratio, Estimate)
    )
    if not points:
        return
    most = max(1.0, *(point.high for point in points)) * 1.05
    low, high = standard["pass_ratio"], standard["warn_ratio"]
    yield Figure(
        id="depletion",
        title="Proteins of other compartments, vesicles over lysate",
        caption="Points with 95 % intervals where there are replicates; from 0 where the vesicles are below a stated "
        "limit. The bands are our own choice (house).",
        summary="; ".join(f"{p.label}: {p.value:.2g} ({p.low:.2g} to {p.high:.2g})" for p in points),
        x=Axis(title="Vesicles / lysate, per ug of protein", unit="ratio", low=0.0, high=most),
        y=Axis(title="Marker"),
        points=points,
        zones=(
            Zone(label="depleted", low=0.0, high=low, tone="good"),
            Zone(label="in part", low=low, high=high, tone="warn"),
            Zone(label="not depleted", low=high, high=most, tone="bad"),
        ),
    )


def _depletion(rows: Sequence[DepletionRow]) -> Table:
    return Table(
        id="depletion-lysate",
        title="Proteins of other compartments beside the cells' lysate",
        columns=(
            Column(name="Sample"),
            Column(name="Marker"),
            Column(name="In the vesicles"),
            Column(
                name="Vesicles / lysate", unit="ratio", meaning="per ug of protein where loads are stated"
            ),
            Column(name="Protein loaded", meaning="vesicles and lysate"),
            Column(name="Why no number"),
        ),
        rows=tuple(
            (
                row.sample,
                row.marker,
                row.state,
                row.ratio if isinstance(row.ratio, Estimate) else None,
                row.load or "not stated",
                row.ratio.reason if isinstance(row.ratio, NotAssessed) else "",
            )
            for row in rows
        ),
        how="Means of lanes net of the blank, divided by the load; the interval is on the log scale. Signals are "
        "taken to grow in proportion to the load.",
    )


SECTION = Section(
    id="D4",
    title="Are they vesicles?",
    question="Do markers and pictures agree with vesicles?",
    order=4,
    needs=(MarkerFinding, MicrographFinding),
    compose=compose,
)
