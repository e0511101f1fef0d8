"""The producing cells of the example batch in a cytometer: one stained tube and its isotypes."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.simulate.panel import StainPlan, TubePlan, simulate_tube

SHARES = {
    "FITC-A": ("CD90", 0.985),
    "PE-A": ("CD45 CD34 CD11b CD19 HLA-DR", 0.006),
    "PerCP-Cy5-5-A": ("CD105", 0.968),
    "APC-A": ("CD73", 0.99),
}
"""By channel: what was stained, and the share of the live, single cells that carry it."""

_SPILLOVER = {("FITC-A", "PE-A"): 0.18, ("PE-A", "PerCP-Cy5-5-A"): 0.12}
_SEEDS = {"DEMO-01 cells": 31, "DEMO-01 cells isotypes": 32}


def example_cells() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the two FCS files.

    Yields
    ------
    name : str
        With its ending.
    content : bytes
        Always the same.

    Examples
    --------
    >>> [name for name, _ in example_cells()]
    ['DEMO-01 cells.fcs', 'DEMO-01 cells isotypes.fcs']
    """
    stains = {channel: StainPlan(label=label, share=share) for channel, (label, share) in SHARES.items()}
    for name, seed in _SEEDS.items():
        plan = TubePlan(
            name=name,
            stains=stains if not name.endswith("isotypes") else {},
            cells=6_500,
            spillover=_SPILLOVER,
            viability_label="viability dye",
        )
        yield f"{name}.fcs", simulate_tube(plan, seed=seed).to_bytes()
