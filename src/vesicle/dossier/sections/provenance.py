"""D15: can every number be checked?"""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Table, Text, Verdicts
from vesicle.findings import IntegrityFinding
from vesicle.results import NotAssessed


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """Hashes, dates, versions, and the limits in force with who chose them.

    Parameters
    ----------
    inputs : Inputs
        With the integrity finding and the limits.

    Returns
    -------
    tuple of Block
        Two tables and a verdict.
    """
    return (Verdicts(check_ids=("C25",)), *_files(inputs), *_limits(inputs))


def _files(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(IntegrityFinding)
    if isinstance(found, NotAssessed):
        return
    yield Table(
        id="integrity",
        title="Files that were read",
        columns=(Column(name="File"), Column(name="Sample"), Column(name="Acquired"), Column(name="SHA-256")),
        rows=tuple((f.path, f.sample, f.acquired or "not stated", f.sha256) for f in found.files),
    )
    versions = ", ".join(found.software) or "not stated"
    yield Text(text=f"Instrument software, as stated by the files: {versions}.")


def _limits(inputs: Inputs) -> Iterator[Block]:
    yield Table(
        id="limits",
        title=f"Limits in force (rules {inputs.limits.version})",
        columns=(
            Column(name="Check"),
            Column(name="Limit"),
            Column(name="Value"),
            Column(name="Unit"),
            Column(name="Chosen by", meaning="house: by us; memory: not checked against the document"),
            Column(name="Changed in vesicle.toml"),
            Column(name="Meaning"),
        ),
        rows=tuple(
            (
                check_id,
                limit.name,
                limit.value,
                limit.unit,
                limit.status,
                f"yes, default {limit.default:g}" if limit.is_overridden else "no",
                limit.meaning,
            )
            for check_id, standard in inputs.limits.checks.items()
            for limit in standard.limits.values()
        ),
    )


SECTION = Section(
    id="D15",
    title="Integrity and provenance",
    question="Can I check every number?",
    order=15,
    needs=(IntegrityFinding,),
    compose=compose,
)
