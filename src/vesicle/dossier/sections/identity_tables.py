"""Tables of cell identity: tubes, gates, declared facts and limits."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier.blocks import Block, Cell, Column, Table
from vesicle.dossier.sections.production import named
from vesicle.findings import AntigenReading, GatedTube, IdentityFinding, ProductionFinding
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.standards import load_standard

_ABOUT_CELLS = ("donor.", "cells.")


def tubes_table(finding: IdentityFinding) -> Iterator[Block]:
    """Every tube of every antigen with its control and threshold.

    Parameters
    ----------
    finding : IdentityFinding
        What the tubes say.

    Yields
    ------
    Table
        None without a reading.
    """
    if not finding.readings:
        return
    yield Table(
        id="identity-tubes",
        title="Tubes, controls and thresholds",
        columns=(
            Column(name="Antigen"),
            Column(name="File"),
            Column(name="Channel"),
            Column(name="Control"),
            Column(name="Threshold", meaning="in the units of the channel, compensated where that was done"),
            Column(name="Net", unit="%"),
            Column(name="Net at the 99th percentile", unit="%"),
            Column(name="Net at the 99.9th percentile", unit="%"),
            Column(
                name="Scaled subtraction",
                unit="%",
                meaning="only where the medians lie closer than 4 SD of the control",
            ),
            Column(name="Named by"),
            Column(name="Notes"),
        ),
        rows=tuple(_tube_row(reading) for reading in finding.readings),
        caption="The scaled subtraction stands beside the threshold for dim markers and does not decide alone: where "
        "the threshold fails a positive marker and the subtraction reaches the limit, the verdict is a warning.",
        how="Control: an FMO of the antigen, else an isotype, else an unstained tube, with the same channel, voltage "
        "and gain; the manifest may name it.",
    )


def gates_table(finding: IdentityFinding) -> Iterator[Block]:
    """Events of each tube after each gate.

    Parameters
    ----------
    finding : IdentityFinding
        What the tubes say.

    Yields
    ------
    Table
        None without a gated tube.
    """
    if not finding.tubes:
        return
    names = list(dict.fromkeys(step.name for tube in finding.tubes for step in tube.steps))
    shared, varying = _remarks(finding)
    yield Table(
        id="identity-gates",
        title="Events left after each gate",
        columns=(
            Column(name="File"),
            Column(name="Tube"),
            *(Column(name=name.capitalize()) for name in names),
            *((Column(name="Notes"),) if varying else ()),
        ),
        rows=tuple(
            (
                tube.file,
                tube.role,
                *({step.name: step.events for step in tube.steps}.get(name) for name in names),
                *(("; ".join(text for text in _remarks_of(tube) if text not in shared),) if varying else ()),
            )
            for tube in finding.tubes
        ),
        caption=f"Of every tube: {'; '.join(shared)}." if shared else "",
        how="Gates in this order; the limits of each are house rules, the same for a tube and its control.",
    )


def _remarks(finding: IdentityFinding) -> tuple[tuple[str, ...], bool]:
    """What holds for every tube, and whether more is to be said of some."""
    each = [_remarks_of(tube) for tube in finding.tubes]
    shared = tuple(text for text in each[0] if all(text in texts for texts in each))
    return shared, any(set(texts) - set(shared) for texts in each)


def _remarks_of(tube: GatedTube) -> tuple[str, ...]:
    gates = (f"{step.name}: {step.note}" for step in tube.steps if _is_telling(step.note))
    return (tube.compensation, *gates)


def _is_telling(note: str) -> bool:
    is_time = "unusual" in note and not note.startswith("0 ")
    return note.startswith("not applied") or "no number" in note or is_time


def declared_table(inputs: Inputs) -> Iterator[Block]:
    """What the manifest says of the donor and the cells, with ontology terms.

    Parameters
    ----------
    inputs : Inputs
        With the production finding.

    Yields
    ------
    Table
        None where nothing is declared.
    """
    found = inputs.finding(ProductionFinding)
    declared = () if isinstance(found, NotAssessed) else found.declared
    rows = tuple((key, named(value), term) for key, value, term in declared if key.startswith(_ABOUT_CELLS))
    if rows:
        yield Table(
            id="identity-declared",
            title="Donor and cells, as declared",
            columns=(Column(name="Key"), Column(name="Value"), Column(name="Ontology term")),
            rows=rows,
            caption="Words of the user; nothing here was measured.",
        )


def limits_table(inputs: Inputs, *, is_judged: bool) -> Iterator[Block]:
    """The limits of C05 to C07 with who chose them.

    Parameters
    ----------
    inputs : Inputs
        For the limits in force.
    is_judged : bool
        Whether any antigen was judged; without one only the viability has a limit to show.

    Yields
    ------
    Table
        One row per limit.
    """
    checks = ("C05", "C06", "C07") if is_judged else ("C07",)
    rows: list[tuple[Cell, ...]] = [
        (
            check,
            limit.meaning,
            f"{limit.value:g} {limit.unit}",
            _status(limit.status, is_changed=limit.is_overridden),
        )
        for check in checks
        for limit in inputs.limits[check].limits.values()
    ]
    yield Table(
        id="identity-limits",
        title="Limits and who chose them",
        columns=(Column(name="Check"), Column(name="Limit"), Column(name="Value"), Column(name="Status")),
        rows=tuple(rows),
        caption="Seen: read in a public text. House: chosen by us, and changeable under [limits] in vesicle.toml."
        + (f" {load_standard('isct2006')['boundary_note']}" if is_judged else ""),
    )


def _status(status: str, *, is_changed: bool) -> str:
    return "changed in vesicle.toml" if is_changed else status


def _tube_row(reading: AntigenReading) -> tuple[Cell, ...]:
    nets = dict(reading.nets)
    problem = [reading.problem.message] if reading.problem else []
    said = [item.message for item in (*reading.doubts, *reading.notes) if item.code != "not_compensated"]
    control = f"{reading.control_file} ({reading.control_kind})" if reading.control_file else "none"
    return (
        reading.marker if reading.required else f"{reading.marker} (not one of the criteria)",
        reading.file,
        reading.channel or "not known",
        control,
        "none" if reading.threshold is None else round(reading.threshold, 4),
        _or_none(reading.net_percent),
        _or_none(nets.get(99.0)),
        _or_none(nets.get(99.9)),
        "separated" if _is_separated(reading) else _or_none(reading.subtracted_percent),
        reading.named_by or "the table",
        "; ".join((*problem, *said)),
    )


def _or_none(quantity: Quantity | None) -> Cell:
    """The reason stands in the notes of the row, once."""
    return quantity if isinstance(quantity, Estimate) else "none"


def _is_separated(reading: AntigenReading) -> bool:
    share = reading.subtracted_percent
    return isinstance(share, NotAssessed) and "separates" in share.reason
