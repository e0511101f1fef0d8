"""The spillover that single stains show, with the channel and the positives of each."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.dossier.blocks import Block, Cell, Column, Table, Text
from vesicle.findings import IdentityFinding, SingleStains, SingleStainTube
from vesicle.results import Estimate

_METHOD = "median of the positives less that of the unstained, over the same in the stain's own detector"


def spillover_blocks(finding: IdentityFinding) -> Iterator[Block]:
    """The matrix from single stains, or why it is not used.

    Parameters
    ----------
    finding : IdentityFinding
        With what the single stains show.

    Yields
    ------
    Table or Text
        None where the folder holds no single stain.
    """
    found = finding.single_stains
    if found is None:
        return
    if found.problem is not None:
        text = f"The single stains do not give a spillover matrix: {found.problem.message}."
        yield Text(text=text, tone="missing")
        return
    for stain in found.stains:
        if stain.problem is not None:
            yield Text(text=f"Left out of the spillover: {stain.problem.message}.", tone="note")
    yield _table(found)


def _table(found: SingleStains) -> Table:
    return Table(
        id="identity-spillover",
        title="Spillover measured from single stains",
        columns=(
            Column(name="Stained for"),
            Column(name="File"),
            Column(name="Channel named by"),
            Column(name="Positive events", meaning="above the 99.9th percentile of the unstained tube"),
            *(Column(name=f"Into {name}", unit="%") for name in found.channels),
        ),
        rows=tuple(
            _row(found, index, stain)
            for index, name in enumerate(found.channels)
            for stain in found.stains
            if stain.channel == name and stain.problem is None
        ),
        caption="What each detector sees of a fluorochrome, beside what its own detector sees, with 95 % intervals "
        "for the error of counting. Debris, skew and another autofluorescence shift it by some tenths of a per cent. "
        f"Unstained: {found.unstained}.",
        how=f"Share = {_METHOD}; all recorded events, not gated. The percentile and the medians are house rules. It is "
        "taken off the tubes whose own file states no usable matrix, with the same channels, voltages and gains.",
    )


def _row(found: SingleStains, index: int, stain: SingleStainTube) -> tuple[Cell, ...]:
    shares = (_share(found, index, column, stain) for column in range(len(found.channels)))
    return (stain.channel, stain.file, stain.named_by, stain.positives, *shares)


def _share(found: SingleStains, row: int, column: int, stain: SingleStainTube) -> Cell:
    if row == column or found.matrix is None or found.low is None or found.high is None:
        return 100
    value, low, high = (100 * float(array[row, column]) for array in (found.matrix, found.low, found.high))
    return Estimate(
        value=value, low=min(low, value), high=max(high, value), n=stain.positives, method=_METHOD
    )
