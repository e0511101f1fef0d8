"""D6: what else is in the vial, as far as particles and protein can tell."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Axis, Block, Column, Figure, PointInterval, Table, Text, Verdicts, Zone
from vesicle.findings import ProteinFinding, PurityFinding
from vesicle.results import Estimate, NotAssessed
from vesicle.standards import CheckStandard


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """The ratio with its bands, and beside it the protein share it implies.

    Parameters
    ----------
    inputs : Inputs
        With purity and protein.

    Returns
    -------
    tuple of Block
        A sentence when either is missing.
    """
    return (*_figure(inputs), *_ratios(inputs), *_proteins(inputs), Verdicts(check_ids=("C10",)))


def _figure(inputs: Inputs) -> Iterator[Block]:
    found, standard = inputs.finding(PurityFinding), inputs.limits["C10"]
    rows = () if isinstance(found, NotAssessed) else found.rows
    points = tuple(
        PointInterval(label=row.sample, value=q.value, low=q.low, high=q.high)
        for row in rows
        if isinstance(q := row.particles_per_ug, Estimate)
    )
    if points:
        yield Figure(
            id="purity",
            title="Particles per ug protein",
            caption="Points with 95 % intervals. The bands are those in use for EVs of cell culture (edges from "
            "memory or second-hand); between the bands no class exists. A ratio is one piece of evidence on purity.",
            summary="; ".join(
                f"{p.label}: {p.value:.2g} ({p.low:.2g} to {p.high:.2g}) particles per ug" for p in points
            ),
            x=Axis(title="Particles per ug protein", unit="particles/ug", is_log=True),
            y=Axis(title="Sample"),
            points=points,
            zones=tuple(_zones(points, standard)),
        )


def _zones(points: tuple[PointInterval, ...], standard: CheckStandard) -> Iterator[Zone]:
    low = min(standard["impure_max"], *(point.low for point in points)) / 3
    high = max(standard["high_min"], *(point.high for point in points)) * 3
    yield Zone(label="impure", low=low, high=standard["impure_max"], tone="bad")
    yield Zone(label="low purity", low=standard["low_min"], high=standard["low_max"], tone="warn")
    yield Zone(label="high purity", low=standard["high_min"], high=high, tone="good")


def _ratios(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(PurityFinding)
    if isinstance(found, NotAssessed) or not found.rows:
        yield Text(
            text="Purity needs a counted sample and a protein assay of the same aliquot.", tone="missing"
        )
        return
    yield Table(
        id="purity-ratio",
        title="Band and implied protein share, side by side",
        columns=(
            Column(name="Sample"),
            Column(name="Particles per ug protein", unit="particles/ug"),
            Column(name="Class by band"),
            Column(
                name="Implied protein share f",
                meaning="share of the particles' mass if all protein were inside them; above 1 is impossible",
            ),
            Column(name="Note"),
        ),
        rows=tuple(
            (row.sample, row.particles_per_ug, row.purity_class, row.implied_protein_share, row.note)
            for row in found.rows
        ),
        caption="f > 1: more protein than the counted particles can hold. f < 0.02: particles over-counted or "
        "protein under-read. Anything between is compatible and does not prove purity.",
        how="f = 1 / (ratio x mean particle mass), mass = pi/6 <d^3> x 1.10 g/mL; derived, not a standard. "
        "Particles are those of the stock as counted, with the blank of C04 not taken off; protein is net "
        "of its blank.",
    )


def _proteins(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(ProteinFinding)
    if isinstance(found, NotAssessed) or not found.samples:
        return
    yield Table(
        id="protein",
        title=f"Protein assay{': ' + found.assay if found.assay else ', method not named'}",
        columns=(
            Column(name="Sample"),
            Column(name="Protein", unit="ug/mL"),
            Column(name="Replicates"),
            Column(name="Below detection limit"),
        ),
        rows=tuple(
            (
                s.sample,
                s.ug_per_ml,
                ", ".join(f"{value:.4g}" for value in s.replicates),
                "yes" if s.is_below_lod else "no",
            )
            for s in found.samples
        ),
        how="Mean of the replicates less the mean of the table's blank rows, where it has any.",
    )


SECTION = Section(
    id="D6",
    title="Purity",
    question="What else is in the vial?",
    order=6,
    needs=(PurityFinding, ProteinFinding),
    compose=compose,
)
