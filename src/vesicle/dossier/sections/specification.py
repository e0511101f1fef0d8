"""D14: does the batch meet the limits that the user wrote?"""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Cell, Column, Table, Text
from vesicle.findings import SpecificationFinding
from vesicle.results import NotAssessed


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """The user's limits beside what was found; our own rules stay in the checks.

    Parameters
    ----------
    inputs : Inputs
        With the specification.

    Returns
    -------
    tuple of Block
        A sentence when the manifest sets no limits.
    """
    found = inputs.finding(SpecificationFinding)
    if isinstance(found, NotAssessed) or not found.rows:
        text = "No limits of your own: write [specification.d50_nm] with min and max in vesicle.toml to see them here."
        return (Text(text=text, tone="missing"),)
    return (
        Table(
            id="specification",
            title="Limits of the user",
            columns=(
                Column(name="Sample"),
                Column(name="Attribute"),
                Column(name="Unit"),
                Column(name="Min"),
                Column(name="Max"),
                Column(name="Found"),
                Column(name="Verdict"),
                Column(name="Reason"),
            ),
            rows=tuple(
                (
                    r.sample or "all",
                    r.title,
                    r.unit,
                    _bound(r.minimum),
                    _bound(r.maximum),
                    r.found,
                    r.verdict,
                    r.reason,
                )
                for r in found.rows
            ),
            caption="These limits are the user's, not ours. A pass needs the whole interval inside them.",
        ),
    )


def _bound(limit: float | None) -> Cell:
    return "none" if limit is None else limit


SECTION = Section(
    id="D14",
    title="Specification",
    question="Does it meet the limits the user wrote?",
    order=14,
    needs=(SpecificationFinding,),
    compose=compose,
)
