"""ZetaView size exports with known truth, in the instrument's layout and without any real measurement.

The model: a lognormal number distribution; particles per frame are Poisson around the concentration of the
measured sample; tracks are Poisson and each has a diameter drawn from the truth. The concentration of a
class is its count times one constant, chosen so that the table sums to the concentration of the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.simulate.zetaview_text import Run, RunPlan, positions_text, size_text

POSITIONS = (0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.85, 0.90)
"""Where in the cell the instrument looks."""

PER_ML_PER_PARTICLE = 4.0e5
"""Concentration in the cell per particle in view: the inverse of the volume that the camera sees."""

LINEAR_NM: FloatArray = frozen(2.5 + 5.0 * np.arange(1200))
LOG_NM: FloatArray = frozen(4.6833 * 10.0 ** (np.arange(200) / 64))


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTruth:
    """A lognormal preparation: median and spread of the diameter, and the concentration of the stock.

    ``log_sd`` is the standard deviation of the natural logarithm of the diameter.
    """

    median_nm: float
    log_sd: float
    stock_per_ml: float

    def quantile_nm(self, share: float) -> float:
        """The diameter below which a share of the particles lies.

        Parameters
        ----------
        share : float
            Between 0 and 1, both excluded.

        Returns
        -------
        float
            Diameter in nm.

        Examples
        --------
        >>> SizeTruth(median_nm=120, log_sd=0.3, stock_per_ml=1e10).quantile_nm(0.5)
        120.0
        """
        from statistics import NormalDist

        return self.median_nm * float(np.exp(self.log_sd * NormalDist().inv_cdf(share)))

    @property
    def mean_nm(self) -> float:
        """Arithmetic mean diameter of the truth."""
        return self.median_nm * float(np.exp(self.log_sd**2 / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRun:
    """Two files of one run, and what was drawn.

    ``measured_per_ml`` is the concentration in the cell as the instrument would report it, and
    ``diameter_nm`` the drawn diameters of the kept tracks, shape (tracks,).
    """

    size_name: str
    size_file: bytes
    positions_name: str
    positions_file: bytes
    measured_per_ml: float
    diameter_nm: FloatArray


def simulate_run(truth: SizeTruth, plan: RunPlan, *, seed: int) -> SimulatedRun:
    """One size run of a known preparation as the two text files of a ZetaView.

    Parameters
    ----------
    truth : SizeTruth
        What is in the vial.
    plan : RunPlan
        Dilution, settings and layout.
    seed : int
        Same seed, same files.

    Returns
    -------
    SimulatedRun
        The files and what was drawn.
    """
    rng = np.random.default_rng(seed)
    in_view = truth.stock_per_ml / plan.dilution / PER_ML_PER_PARTICLE
    particles = rng.poisson(in_view, size=len(POSITIONS)).astype(float)
    particles[list(plan.removed)] *= 4.0
    tracks = rng.poisson(plan.expected_tracks / len(POSITIONS), size=len(POSITIONS))
    log_median = np.log(truth.median_nm)
    per_position = [np.exp(rng.normal(log_median, truth.log_sd, size=int(count))) for count in tracks]
    return _exported(plan, particles, per_position)


def simulate_failed_run(plan: RunPlan, *, seed: int) -> SimulatedRun:
    """A run that found too little to track: no traces, one sentinel row, every position removed.

    Parameters
    ----------
    plan : RunPlan
        Dilution, settings and layout; ``removed`` is not used.
    seed : int
        Same seed, same files.

    Returns
    -------
    SimulatedRun
        With no diameters and a concentration of 0 in the header's own sense.
    """
    rng = np.random.default_rng(seed)
    particles = rng.poisson(2.0, size=len(POSITIONS)).astype(float)
    return _exported(plan, particles, [np.empty(0)] * len(POSITIONS))


def _exported(plan: RunPlan, particles: FloatArray, per_position: list[FloatArray]) -> SimulatedRun:
    is_kept = np.array([d.size > 0 and i not in plan.removed for i, d in enumerate(per_position)])
    kept = [diameters for diameters, keep in zip(per_position, is_kept, strict=True) if keep]
    diameter_nm = np.concatenate(kept) if kept else np.empty(0)
    average = float(particles[is_kept].mean()) if kept else 0.0
    run = Run(
        plan=plan,
        positions=POSITIONS,
        particles=particles,
        is_kept=is_kept,
        diameters_nm=tuple(per_position),
        average_particles=average,
        per_ml_per_particle=PER_ML_PER_PARTICLE,
        linear=(LINEAR_NM, _counted(diameter_nm, LINEAR_NM - 2.5)),
        logarithmic=(LOG_NM, _counted(diameter_nm, LOG_NM * 10 ** (-1 / 128))),
    )
    return SimulatedRun(
        size_name=f"{plan.stem}.txt",
        size_file=_encoded(size_text(run), plan),
        positions_name=f"{plan.stem}_11pos.txt",
        positions_file=_encoded(positions_text(run), plan),
        measured_per_ml=average * PER_ML_PER_PARTICLE,
        diameter_nm=frozen(diameter_nm),
    )


def _counted(diameter_nm: FloatArray, lower_nm: FloatArray) -> FloatArray:
    edges = np.append(lower_nm, np.inf)
    return np.histogram(diameter_nm, bins=edges)[0].astype(float)


def _encoded(lines: Iterable[str], plan: RunPlan) -> bytes:
    return "".join(f"{line}{plan.newline}" for line in lines).encode("cp1252")
