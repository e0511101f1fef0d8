"""D17: what is missing, and what each missing thing would allow."""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Table, Text
from vesicle.dossier.missing import missing_items
from vesicle.measurements import ProteinTable, SizeRun
from vesicle.standards import planned_checks


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """Files and keys that would let more be judged, and the checks that this version does not judge.

    Parameters
    ----------
    inputs : Inputs
        With measurements and manifest.

    Returns
    -------
    tuple of Block
        Two tables.
    """
    runs = inputs.all(SizeRun)
    kinds = {run.reader for run in runs} | {table.reader for table in inputs.all(ProteinTable)}
    kinds |= {run.positions.reader for run in runs if run.positions}
    items = missing_items(kinds=kinds, roles={run.role for run in runs}, manifest=inputs.manifest)
    return (
        Table(
            id="missing",
            title="What would let more be judged",
            columns=(Column(name="Missing"), Column(name="Would allow")),
            rows=tuple((item.what, item.allows) for item in items),
        )
        if items
        else Text(text="Nothing that this version can use is missing."),
        Table(
            id="planned",
            title="Checks that this version does not judge",
            columns=(Column(name="Check"), Column(name="Title")),
            rows=planned_checks(),
            caption="They are not counted above. A question that is not asked is not answered with yes.",
        ),
    )


SECTION = Section(
    id="D17",
    title="What is missing",
    question="What was not looked at?",
    order=17,
    needs=(),
    compose=compose,
)
