"""D5: which antigens of the producing cell the particles carry."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Cell, Column, Table, Text, Verdicts
from vesicle.findings import AntigenPattern, FlowFinding
from vesicle.results import NotAssessed


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """The mean of each antigen, the ratio of the two groups, and what it cannot say.

    Parameters
    ----------
    inputs : Inputs
        With the patterns.

    Returns
    -------
    tuple of Block
        A sentence where none of these antigens was stained.
    """
    return (*_patterns(inputs), Verdicts(check_ids=("C15",)))


def _patterns(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(FlowFinding)
    if isinstance(found, NotAssessed) or not found.antigens:
        yield Text(text="No such antigen was stained on particles, or no channel is named.", tone="missing")
        return
    yield Table(
        id="msc-antigens",
        title="MSC-antigen pattern",
        columns=(
            Column(name="Sample"),
            Column(name="Antigen"),
            Column(name="Group", meaning="whether an MSC has it"),
            Column(name="Mean, calibrated", meaning="of all events, less the control"),
            Column(name="Unit"),
        ),
        rows=tuple(row for pattern in found.antigens for row in _rows(pattern)),
    )
    yield Table(
        id="msc-antigen-ratio",
        title="Antigens that an MSC has, over those that it lacks",
        columns=(Column(name="Sample"), Column(name="Ratio of the means")),
        rows=tuple((pattern.sample, pattern.ratio) for pattern in found.antigens),
        caption="Compatible with MSC and not specific: fibroblasts and endothelium share the pattern.",
        how="Mean of CD73, CD90 and CD105 over the mean of CD14, CD34 and CD11b (or CD45), each a mean of all "
        "events by the ladder's fit with slope 1, less that of the control.",
    )


def _rows(pattern: AntigenPattern) -> Iterator[tuple[Cell, ...]]:
    for name, mean in pattern.present:
        yield pattern.sample, name, "an MSC has it", mean, pattern.unit
    for name, mean in pattern.absent:
        yield pattern.sample, name, "an MSC lacks it", mean, pattern.unit


SECTION = Section(
    id="D5",
    title="MSC-antigen pattern",
    question="Do the particles carry antigens of MSC?",
    order=5,
    needs=(FlowFinding,),
    compose=compose,
)
