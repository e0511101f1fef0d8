"""Protein assay tables with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class ProteinTruth:
    """The protein of one sample, and how well the assay repeats (coefficient of variation, as a share)."""

    sample: str
    ug_per_ml: float
    repeat_cv: float = 0.04


def protein_table(
    truths: tuple[ProteinTruth, ...], *, seed: int, replicates: int = 3, decimal: str = "."
) -> bytes:
    """A BCA table as csv: one row a sample, one column a replicate, in ug per mL.

    Parameters
    ----------
    truths : tuple of ProteinTruth
        The samples in order; a blank is a sample of its own.
    seed : int
        Same seed, same table.
    replicates : int, optional
        Columns of readings.
    decimal : {".", ","}, optional
        With a comma, semicolons part the columns, as spreadsheets do.

    Returns
    -------
    bytes
        UTF-8 text.
    """
    rng = np.random.default_rng(seed)
    delimiter = ";" if decimal == "," else ","
    head = ("Sample", "Assay", *(f"Replicate {n + 1} (ug/mL)" for n in range(replicates)))
    rows = [delimiter.join(head)]
    for truth in truths:
        readings = rng.normal(truth.ug_per_ml, truth.ug_per_ml * truth.repeat_cv, size=replicates)
        printed = (f"{max(reading, 0.0):.2f}".replace(".", decimal) for reading in readings)
        rows.append(delimiter.join((truth.sample, "BCA", *printed)))
    return ("\n".join(rows) + "\n").encode()
