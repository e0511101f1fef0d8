"""Protein per sample, net of the buffer's own reading."""

from __future__ import annotations

from dataclasses import replace

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import ProteinFinding, ProteinSample
from vesicle.inference.intervals import mean_less_mean
from vesicle.measurements import ProteinReading, ProteinTable
from vesicle.results import Evidence, NotAssessed, Provenance, Quantity, exact


def assess_protein(inputs: Inputs) -> ProteinFinding:
    """Protein of every sample in the folder's assay tables.

    Where a table has blank rows, their mean is subtracted from each replicate of that table, the method
    says so, and the blank's own error is in the interval.

    Parameters
    ----------
    inputs : Inputs
        With the protein tables among its measurements.

    Returns
    -------
    ProteinFinding
        Empty when there is no table.
    """
    tables = inputs.all(ProteinTable)
    samples = [
        _sample(table, reading, _blank_values(table))
        for table in tables
        for reading in table.readings
        if not reading.is_blank
    ]
    return ProteinFinding(
        assay=", ".join(dict.fromkeys(table.assay for table in tables if table.assay)),
        samples=tuple(samples),
        provenance=Provenance(
            files=tuple(table.file for table in tables),
            reader="protein-table",
            method="mean of replicates minus the mean of the table's blank rows",
        ),
    )


def _blank_values(table: ProteinTable) -> tuple[float, ...]:
    return tuple(value for reading in table.readings if reading.is_blank for value in reading.ug_per_ml)


def _sample(table: ProteinTable, reading: ProteinReading, blank: tuple[float, ...]) -> ProteinSample:
    level = sum(blank) / len(blank) if blank else 0.0
    net = tuple(value - level for value in reading.ug_per_ml)
    return ProteinSample(
        sample=reading.sample,
        ug_per_ml=_quantity(reading, net, blank),
        replicates=net,
        is_below_lod=reading.is_below_lod,
        evidence=(Evidence(file=table.file.path, row=reading.row),),
    )


def _quantity(reading: ProteinReading, net: tuple[float, ...], blank: tuple[float, ...]) -> Quantity:
    if reading.is_below_lod:
        return NotAssessed("the protein is below the detection limit of the assay")
    if not net:
        return NotAssessed("the table holds no value for this sample")
    if sum(net) <= 0:
        return NotAssessed("the protein is not above the blank")
    of = f", net of a blank of {sum(blank) / len(blank):.3g} ug/mL" if blank else ""
    if len(net) == 1:
        return exact(net[0], method=f"a single value without replicates{of}: no interval can be given", n=1)
    mean = mean_less_mean(reading.ug_per_ml, blank, what="replicates")
    return replace(mean, method=mean.method + of)


ANALYSIS = Analysis(name="protein", needs=(ProteinTable,), gives=ProteinFinding, run=assess_protein)
