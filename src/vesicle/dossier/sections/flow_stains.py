"""Tables of what was stained on small particles: ladders, markers, combinations of tetraspanins."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.dossier.blocks import Block, Column, Table, Text
from vesicle.findings import FlowFinding, Phenotype


def stain_tables(found: FlowFinding) -> Iterator[Block]:
    """Ladders, markers and combinations of tetraspanins.

    Parameters
    ----------
    found : FlowFinding
        With what was stained.

    Yields
    ------
    Block
        A sentence where no channel is named.
    """
    if found.ladders:
        yield _ladder_table(found)
    if not found.markers:
        text = "No stain is named, in the files ($PnS) or under markers in [[files]], so no phenotype is counted."
        yield Text(text=text, tone="missing")
        return
    yield _marker_table(found)
    if found.phenotypes:
        yield _phenotype_table(found)


def _ladder_table(found: FlowFinding) -> Table:
    return Table(
        id="ladders",
        title="Fluorescence calibration",
        columns=(
            Column(name="Channel"),
            Column(name="Unit"),
            Column(name="Slope", meaning="log-log; 0.9 to 1.1 is expected"),
            Column(name="Intercept", unit="log10"),
            Column(name="Beads' own fluorescence"),
            Column(name="Peaks"),
            Column(name="Remarks"),
        ),
        rows=tuple(
            (
                one.channel,
                one.unit,
                one.slope,
                one.intercept,
                one.auto,
                one.peaks,
                "; ".join(warned.message for warned in one.doubts),
            )
            for one in found.ladders
        ),
    )


def _marker_table(found: FlowFinding) -> Table:
    return Table(
        id="flow-markers",
        title="Stained markers",
        columns=(
            Column(name="File"),
            Column(name="Marker", meaning="with its channel"),
            Column(name="Positive, net", unit="% of events"),
            Column(name="Control"),
            Column(name="Mean, calibrated", meaning="of all events, less the control"),
            Column(name="In the field's words", meaning="handed on from reviews, not read here"),
        ),
        rows=tuple(
            (
                m.file,
                f"{m.marker} ({m.channel}{f', in {m.unit}' if m.unit else ''})",
                m.positive_percent,
                m.control or "none",
                m.mean_calibrated,
                m.words,
            )
            for m in found.markers
        ),
        how="Positive: at or above the percentile of the control that C22 names, less the share of the control "
        "above it. Compensated where the file states a matrix.",
    )


def _phenotype_table(found: FlowFinding) -> Table:
    return Table(
        id="tetraspanins",
        title="Combinations of tetraspanins",
        columns=(
            Column(name="File"),
            Column(name="Positive for", meaning="and for none of the others that have a threshold"),
            Column(name="Events"),
            Column(name="Share of events"),
            Column(name="Share in the control"),
            Column(name="Net share"),
        ),
        rows=tuple(
            (
                p.file,
                _combination(p),
                p.events,
                p.share,
                p.control_share,
                p.net_share,
            )
            for p in found.phenotypes
        ),
        caption="Shares of events, not of vesicles: an event that is negative may be a particle too dim to see.",
    )


def _combination(phenotype: Phenotype) -> str:
    return " + ".join(phenotype.positive) or f"none of {', '.join(phenotype.negative)}"
