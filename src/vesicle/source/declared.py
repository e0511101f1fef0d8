"""Percentages that another program computed: declared, their events not seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vesicle.cytometry.positives import wilson
from vesicle.findings import AntigenReading
from vesicle.measurements import PopulationRow, PopulationTable
from vesicle.results import Estimate, Evidence, NotAssessed, Quantity, Warned, exact
from vesicle.source.stains import COCKTAIL, required_of
from vesicle.standards.antigens import antigens_in, control_named, names_cocktail

_METHOD = "declared by another program, events not seen"


def declared_readings(tables: Iterable[PopulationTable]) -> Iterator[AntigenReading]:
    """One reading for each percentage of a statistics table that names an antigen.

    Parameters
    ----------
    tables : iterable of PopulationTable
        As read.

    Yields
    ------
    AntigenReading
        Marked as declared; rows of control tubes are left out.
    """
    for table in tables:
        for row in table.rows:
            if not control_named(row.tube) and not control_named(row.marker):
                yield from _reading(table, row)


def _reading(table: PopulationTable, row: PopulationRow) -> Iterator[AntigenReading]:
    said = row.marker if antigens_in(row.marker) or names_cocktail(row.marker) else row.tube
    antigens = antigens_in(said)
    are_negative = all(required_of(antigen) == "negative" for antigen in antigens)
    is_cocktail = are_negative and (len(antigens) > 1 or (not antigens and names_cocktail(said)))
    marker = COCKTAIL if is_cocktail else antigens[0] if antigens else ""
    if (len(antigens) > 1 and not is_cocktail) or not marker:
        return
    gated, control = _percent(row.percent, row.events), _control(row)
    yield AntigenReading(
        marker=marker,
        antigens=antigens,
        required="negative" if is_cocktail else required_of(marker),
        file=table.file.path,
        channel="",
        events=row.events or 0,
        gated_percent=gated,
        control_percent=control,
        net_percent=_net(gated, control),
        subtracted_percent=NotAssessed("the events were not seen"),
        is_declared=True,
        doubts=(
            Warned(code="events_not_seen", message="declared by another program; its events were not seen"),
        ),
        notes=() if isinstance(control, Estimate) else (_NO_CONTROL,),
        evidence=(Evidence(file=table.file.path, row=row.row),),
    )


_NO_CONTROL = Warned(
    code="control_not_declared", message="the table has no control beside it; nothing was taken off"
)


def _percent(percent: float, events: int | None) -> Estimate:
    if not events:
        return exact(percent, method=_METHOD)
    low, high = wilson(percent / 100 * events, events)
    method = f"{_METHOD}; Wilson interval on its number of events"
    return Estimate(
        value=percent, low=min(100 * low, percent), high=max(100 * high, percent), n=events, method=method
    )


def _control(row: PopulationRow) -> Quantity:
    if row.control_percent is None:
        return NotAssessed("the table has no control beside it")
    return exact(row.control_percent, method=_METHOD)


def _net(gated: Estimate, control: Quantity) -> Estimate:
    """The gated percentage less that of the control, which is taken as exact since its events are not stated."""
    if isinstance(control, NotAssessed) or control.value >= 100:
        return gated
    value, low, high = (
        100 * max(0.0, (part - control.value) / (100 - control.value))
        for part in (gated.value, gated.low, gated.high)
    )
    return Estimate(
        value=value,
        low=low,
        high=high,
        n=gated.n,
        method=f"(gated - control) / (1 - control); {gated.method}",
    )
