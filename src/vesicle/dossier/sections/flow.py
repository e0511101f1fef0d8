"""D4F: small particles in a cytometer, judged by their controls first."""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Text, Verdicts
from vesicle.dossier.sections.flow_figures import calibration_figures, histogram_figures, series_figures
from vesicle.dossier.sections.flow_reporting import reporting_blocks
from vesicle.dossier.sections.flow_stains import stain_tables
from vesicle.dossier.sections.flow_tables import (
    control_tables,
    detergent_table,
    scatter_tables,
    series_tables,
)
from vesicle.findings import DetergentFinding, FlowFinding
from vesicle.results import NotAssessed


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """Controls, counts, dilutions, detergent, calibration, diameters, stains, and what MIFlowCyt-EV asks for.

    Parameters
    ----------
    inputs : Inputs
        With the cytometer's files, and pairs with detergent by any method.

    Returns
    -------
    tuple of Block
        A sentence where no such file was read.
    """
    found, losses = inputs.finding(FlowFinding), inputs.finding(DetergentFinding)
    detergent = () if isinstance(losses, NotAssessed) else tuple(detergent_table(losses))
    if isinstance(found, NotAssessed) or not found.counts:
        missing = Text(text="No cytometer file of small particles was read.", tone="missing")
        return (missing, *detergent, Verdicts(check_ids=("C14", "C22")))
    return (
        *control_tables(found),
        *histogram_figures(found),
        Verdicts(check_ids=("C04", "C22")),
        *series_tables(found),
        *series_figures(found),
        *detergent,
        Verdicts(check_ids=("C14",)),
        *scatter_tables(found),
        *calibration_figures(found),
        *stain_tables(found),
        *reporting_blocks(inputs, found),
    )


SECTION = Section(
    id="D4F",
    title="Small-particle cytometry",
    question="What did the cytometer count, and do the controls allow it?",
    order=4.5,
    needs=(FlowFinding, DetergentFinding),
    compose=compose,
)
