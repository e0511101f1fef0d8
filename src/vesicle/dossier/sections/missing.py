"""D17: the questions that this version does not ask."""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Table
from vesicle.standards import planned_checks


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """The checks that this version does not judge; missing files and keys follow in the dossier's own list.

    Parameters
    ----------
    inputs : Inputs
        With the checks that were judged, which may come from other packages.

    Returns
    -------
    tuple of Block
        One table.
    """
    return (
        Table(
            id="planned",
            title="Checks that this version does not judge",
            columns=(Column(name="Check"), Column(name="Title")),
            rows=tuple(pair for pair in planned_checks() if pair[0] not in inputs.checks),
            caption="They are not counted above. A question that is not asked is not answered with yes.",
        ),
    )


SECTION = Section(
    id="D17",
    title="Not judged",
    question="What was not looked at?",
    order=17,
    needs=(),
    compose=compose,
)
