"""Tubes of an MSC panel with known counts: cells, debris, doublets and dead cells as a cytometer sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vesicle.simulate.flow_file import flow_file_bytes

SCATTER = ("FSC-A", "FSC-H", "SSC-A")
DYES = ("FITC-A", "PE-A", "PerCP-Cy5-5-A", "APC-A")
DEAD_DYE = "PB450-A"
AUTOFLUORESCENCE, NOISE_SD = 120.0, 30.0
BACKGROUND_SD = 43.0
"""Robust SD of an unstained cell in any channel, from both; the unit of a stain's brightness."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StainPlan:
    """One stain: its label, the share of single, live cells that carry it, and how bright they are.

    The share is a count: of 6,000 cells at 0.02 exactly 120 carry it. ``brightness_sd`` is the median of what
    it adds, in SDs of the background.
    """

    label: str
    share: float = 0.0
    brightness_sd: float = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TubePlan:
    """One tube: what is stained by channel, how many single, live cells, and what else was in it.

    ``spillover`` maps a dye and a detector to the share of the dye's signal that the detector sees.
    ``viability_label`` is what the label of the channel says in which dead cells shine.
    """

    name: str
    stains: Mapping[str, StainPlan] = field(default_factory=dict[str, StainPlan])
    cells: int = 6_000
    debris: float = 0.15
    doublets: float = 0.04
    dead: float = 0.05
    voltage: float = 450.0
    spillover: Mapping[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    has_scatter: bool = True
    viability_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTube:
    """The events of a tube, shape (events, channels), in the order of their recording."""

    name: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    voltage: float
    values: Values
    spillover: str = ""

    def to_bytes(self) -> bytes:
        """The tube as an FCS file.

        Returns
        -------
        bytes
            FCS 3.1, float32.
        """
        said = {"$SPILLOVER": self.spillover} if self.spillover else {}
        voltages = [None if name == "Time" else self.voltage for name in self.names]
        keywords = {"$CYT": "simulated cytometer", "$TIMESTEP": "0.01", **said}
        return flow_file_bytes(
            self.values, names=self.names, labels=self.labels, voltages=voltages, keywords=keywords
        )


def simulate_tube(plan: TubePlan, *, seed: int) -> SimulatedTube:
    """The events of one tube.

    Parameters
    ----------
    plan : TubePlan
        What is in it.
    seed : int
        Same seed, same events.

    Returns
    -------
    SimulatedTube
        Cells, doublets, dead cells and debris in random order.

    Examples
    --------
    >>> tube = simulate_tube(TubePlan(name="CD73", stains={"PE-A": StainPlan(label="CD73", share=0.98)}), seed=1)
    >>> tube.values.shape[1], tube.labels[4]
    (9, 'CD73')
    """
    rng = np.random.default_rng(seed)
    parts = [_cells(plan, plan.cells, rng, exact=True), *_others(plan, rng)]
    scatter = np.concatenate([part[0] for part in parts])
    dyes = np.concatenate([part[1] for part in parts]) @ _matrix(plan)
    dyes += rng.normal(0, NOISE_SD, dyes.shape)
    dead = np.concatenate([part[2] for part in parts])
    order = rng.permutation(len(scatter))
    time = np.sort(rng.uniform(0, 6_000, len(order)))
    columns = [
        *((scatter[order],) if plan.has_scatter else ()),
        dyes[order],
        dead[order, None],
        time[:, None],
    ]
    names = (*(SCATTER if plan.has_scatter else ()), *DYES, DEAD_DYE, "Time")
    return SimulatedTube(
        name=plan.name,
        names=names,
        labels=tuple(_label(plan, name) for name in names),
        voltage=plan.voltage,
        values=np.concatenate(columns, axis=1).astype(np.float32).astype(np.float64),
        spillover=_keyword(plan),
    )


def _label(plan: TubePlan, name: str) -> str:
    if name == DEAD_DYE:
        return plan.viability_label
    return plan.stains[name].label if name in plan.stains else ""


def _others(plan: TubePlan, rng: np.random.Generator) -> list[tuple[Values, Values, Values]]:
    doublets, dead, debris = (round(plan.cells * share) for share in (plan.doublets, plan.dead, plan.debris))
    first, second = _cells(plan, doublets, rng, exact=False), _cells(plan, doublets, rng, exact=False)
    pairs = first[0] + second[0]
    pairs[:, 1] = np.maximum(first[0][:, 1], second[0][:, 1]) * rng.normal(1.1, 0.04, doublets)
    scatter, dyes, _ = _cells(plan, dead, rng, exact=False)
    taken_up = rng.lognormal(np.log(20_000), 0.3, dead)
    shrunk = scatter * np.array([0.75, 0.75, 1.2])
    small = rng.lognormal(np.log([9_000.0, 9_000.0, 6_000.0]), 0.5, (debris, 3))
    small[:, 1] = small[:, 0] * rng.normal(0.9, 0.03, debris)
    weak = rng.lognormal(np.log(AUTOFLUORESCENCE / 6), 0.3, (debris, len(DYES)))
    return [
        (pairs, first[1] + second[1], first[2] + second[2]),
        (shrunk, dyes * 1.5, taken_up),
        (small, weak, rng.normal(0, NOISE_SD, debris)),
    ]


def _cells(
    plan: TubePlan, count: int, rng: np.random.Generator, *, exact: bool
) -> tuple[Values, Values, Values]:
    """Scatter, true signals by dye and the dye of dead cells of some live, single cells."""
    size = rng.lognormal(np.log(90_000), 0.15, count)
    height = size * rng.normal(0.9, 0.02, count)
    granularity = rng.lognormal(np.log(60_000), 0.2, count) * (size / 90_000) ** 0.5
    dyes = rng.lognormal(np.log(AUTOFLUORESCENCE), 0.25, (count, len(DYES)))
    for index, name in enumerate(DYES):
        stain = plan.stains.get(name)
        if stain is None:
            continue
        found = round(stain.share * count) if exact else int(rng.binomial(count, stain.share))
        carriers = rng.permutation(count)[:found]
        dyes[carriers, index] += rng.lognormal(np.log(stain.brightness_sd * BACKGROUND_SD), 0.35, found)
    return np.column_stack([size, height, granularity]), dyes, rng.normal(0, NOISE_SD, count)


def _matrix(plan: TubePlan) -> Values:
    matrix = np.eye(len(DYES))
    for (dye, detector), share in plan.spillover.items():
        matrix[DYES.index(dye), DYES.index(detector)] = share
    return matrix


def _keyword(plan: TubePlan) -> str:
    if not plan.spillover:
        return ""
    numbers = (f"{value:g}" for value in _matrix(plan).ravel())
    return ",".join([str(len(DYES)), *DYES, *numbers])
