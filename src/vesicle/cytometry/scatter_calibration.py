"""From bead populations to the gain and the effective half-angle of a cytometer's side scatter.

Signal = gain x cross-section(diameter, indices, wavelength, half-angle). The gain is the mean log ratio at each
half-angle, the angle that with the least squared log residual.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vesicle.cytometry.bead_peaks import ExpectedBead, find_bead_peaks
from vesicle.cytometry.collection import WIDEST_DEG as ANY_DEG
from vesicle.cytometry.collection import collected_at_the_side
from vesicle.cytometry.mie import Light, Scattering, scatter
from vesicle.cytometry.scatter_doubts import doubts
from vesicle.cytometry.scatter_fit import (
    NARROWEST_DEG,
    WIDEST_DEG,
    AngleProfile,
    Bead,
    BeadFit,
    DiameterKind,
    FitLimits,
    ScatterCalibration,
)
from vesicle.cytometry.scatter_sizing import sizes_of
from vesicle.errors import UsageError
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.results import NotAssessed, Quantity, exact

LEVEL = 0.95
_COARSE_DEG = np.arange(NARROWEST_DEG, WIDEST_DEG + 0.5, 1.0)
_FINE_DEG = np.arange(-0.9, 0.95, 0.1)
_SEARCHED = (0.4, 2.5)
"""A left-out bead's diameter is searched between these multiples of the stated one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scattered:
    """The beads of a fit, with their scatter and its coarse profile (a row per angle) computed once."""

    beads: tuple[Bead, ...]
    light: Light
    scattering: tuple[Scattering, ...]
    coarse: FloatArray

    @property
    def signals(self) -> FloatArray:
        return np.log10([bead.signal for bead in self.beads])

    def expected(self, half_angles_deg: FloatArray) -> FloatArray:
        """Log10 cross-sections, one row per angle."""
        return _expected(self.scattering, self.light, half_angles_deg)

    def without(self, left_out: int) -> _Scattered:
        keep = [index for index in range(len(self.beads)) if index != left_out]
        return _Scattered(
            beads=tuple(self.beads[index] for index in keep),
            light=self.light,
            scattering=tuple(self.scattering[index] for index in keep),
            coarse=self.coarse[:, keep],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    angle: float
    log10_gain: float
    residuals: FloatArray
    profile: AngleProfile

    @property
    def squares(self) -> float:
        return float(np.sum(self.residuals**2))


def fit_scatter(
    beads: Sequence[Bead],
    light: Light,
    *,
    half_angle_deg: float | None = None,
    limits: FitLimits | None = None,
) -> ScatterCalibration | NotAssessed:
    """Gain and effective half-angle of side scatter, with what is doubtful about them.

    Parameters
    ----------
    beads : sequence of Bead
        At least three populations to fit the angle, two when it is given.
    light : Light
        Laser and medium.
    half_angle_deg : float, optional
        The lens's own half-angle, where it is known; fitted from 5 to 88 degrees when absent.
    limits : FitLimits, optional
        What calls the fit doubtful.

    Returns
    -------
    ScatterCalibration or NotAssessed
        Not assessed when the beads cannot carry a fit.

    Examples
    --------
    >>> from vesicle.cytometry.mie import Particle
    >>> polystyrene = Particle(core_index=1.6268)
    >>> pairs = ((80, 1141), (108, 6161), (142, 21518))
    >>> beads = [Bead(diameter_nm=d, particle=polystyrene, signal=s) for d, s in pairs]
    >>> fit = fit_scatter(beads, Light(wavelength_nm=405.0, medium_index=1.3431))
    >>> round(fit.residual_log10, 3)
    0.012
    """
    reason = _refusal(beads, half_angle_deg)
    if reason:
        return NotAssessed(reason)
    sure = limits or FitLimits()
    scattered = _scattered(beads, light)
    found = _fit(scattered) if half_angle_deg is None else _fit_gain(scattered, half_angle_deg)
    is_fitted = half_angle_deg is None
    freedom = len(beads) - (2 if is_fitted else 1)
    is_refitted = is_fitted and len(beads) > 3
    low, high = _compatible(found, freedom, sure) if is_fitted else (found.angle, found.angle)
    without_doubts = ScatterCalibration(
        light=light,
        gain=10**found.log10_gain,
        half_angle_deg=found.angle,
        half_angle_low_deg=low,
        half_angle_high_deg=high,
        is_angle_fitted=is_fitted,
        is_angle_refitted=is_refitted,
        residual_log10=math.sqrt(found.squares / len(beads)),
        residual_per_freedom_log10=math.sqrt(found.squares / freedom),
        profile=found.profile,
        beads=_bead_fits(scattered, found, is_angle_refitted=is_refitted),
        warnings=(),
    )
    return doubts(without_doubts, sure)


def calibrate_from_events(
    signals: FloatArray,
    beads: Sequence[ExpectedBead],
    light: Light,
    *,
    kind: DiameterKind = "measured",
    half_angle_deg: float | None = None,
    limits: FitLimits | None = None,
) -> ScatterCalibration | NotAssessed:
    """The calibration from the events of a file of beads: their peaks, then gain and half-angle.

    Parameters
    ----------
    signals : numpy.ndarray
        Linear side scatter of every event.
    beads : sequence of ExpectedBead
        The populations of the file.
    light : Light
        Laser and medium.
    kind : {"measured", "label", ""}, optional
        What the diameters are; empty where nobody says.
    half_angle_deg : float, optional
        Of the lens, where it is known.
    limits : FitLimits, optional
        What calls the fit doubtful.

    Returns
    -------
    ScatterCalibration or NotAssessed
        Not assessed when a population has no peak, or the peaks cannot carry a fit.
    """
    peaks = find_bead_peaks(signals, beads, light, half_angle_deg=half_angle_deg)
    if isinstance(peaks, NotAssessed):
        return peaks
    found = [
        Bead(
            diameter_nm=peak.bead.diameter_nm,
            particle=peak.bead.particle,
            signal=peak.signal,
            kind=kind,
            events=peak.events,
        )
        for peak in peaks
    ]
    return fit_scatter(found, light, half_angle_deg=half_angle_deg, limits=limits)


def _scattered(beads: Sequence[Bead], light: Light) -> _Scattered:
    one_by_one = tuple(scatter(np.array([bead.diameter_nm]), bead.particle, light) for bead in beads)
    return _Scattered(
        beads=tuple(beads),
        light=light,
        scattering=one_by_one,
        coarse=_expected(one_by_one, light, _COARSE_DEG),
    )


def _expected(scattering: Sequence[Scattering], light: Light, half_angles_deg: FloatArray) -> FloatArray:
    rows = [
        [float(collected_at_the_side(one, light, float(angle))[0]) for one in scattering]
        for angle in half_angles_deg
    ]
    return np.log10(np.array(rows))


def _refusal(beads: Sequence[Bead], half_angle_deg: float | None) -> str:
    fewest = 3 if half_angle_deg is None else 2
    if half_angle_deg is not None and not 0 < half_angle_deg <= ANY_DEG:
        raise UsageError(
            f"A cone cannot have a half-angle of {half_angle_deg:g} degrees.",
            why="Accepted is anything above 0 up to 90.",
            next_step="Give half the opening of the lens, or leave it out to have it fitted.",
        )
    if len(beads) < fewest:
        fitted = "gain and half-angle" if half_angle_deg is None else "the gain"
        return f"{len(beads)} bead populations cannot determine {fitted}; at least {fewest} are needed"
    bad = [bead.name for bead in beads if not (math.isfinite(bead.signal) and bead.signal > 0)]
    if bad:
        return f"the signal of the {bad[0]} beads is not a positive number"
    kinds = [(bead.diameter_nm, bead.particle) for bead in beads]
    twice = [bead.name for bead, kind in zip(beads, kinds, strict=True) if kinds.count(kind) > 1]
    return f"the {twice[0]} beads are given more than once" if twice else ""


def _fit(scattered: _Scattered) -> _Found:
    """Coarse over all angles, then in tenths of a degree around the best."""
    best = float(_COARSE_DEG[_squares(scattered.signals, scattered.coarse).argmin()])
    near = np.setdiff1d(np.clip(best + _FINE_DEG, NARROWEST_DEG, WIDEST_DEG).round(1), _COARSE_DEG)
    angles = np.concatenate((_COARSE_DEG, near))
    expected = np.concatenate((scattered.coarse, scattered.expected(near)))
    order = np.argsort(angles)
    return _found(scattered, angles[order], expected[order])


def _fit_gain(scattered: _Scattered, half_angle_deg: float) -> _Found:
    angles = np.array([half_angle_deg])
    return _found(scattered, angles, scattered.expected(angles))


def _found(scattered: _Scattered, angles: FloatArray, expected: FloatArray) -> _Found:
    ratios = scattered.signals - expected
    gains = ratios.mean(axis=1)
    squares = _squares(scattered.signals, expected)
    best = int(squares.argmin())
    profile = AngleProfile(
        half_angle_deg=frozen(angles),
        gain=frozen(10**gains),
        residual_log10=frozen(np.sqrt(squares / ratios.shape[1])),
    )
    return _Found(
        angle=float(angles[best]),
        log10_gain=float(gains[best]),
        residuals=ratios[best] - gains[best],
        profile=profile,
    )


def _squares(signals: FloatArray, expected: FloatArray) -> FloatArray:
    return np.var(signals - expected, axis=1) * len(signals)


def _compatible(found: _Found, freedom: int, limits: FitLimits) -> tuple[float, float]:
    """The outermost angles whose squared residual an F test at 95 % does not tell from the least one."""
    from scipy.special import fdtri

    scale = max(found.squares / freedom, limits.floor_log10**2)
    most = found.squares + float(fdtri(1, freedom, LEVEL)) * scale
    squares = found.profile.residual_log10**2 * (freedom + 2)
    inside = found.profile.half_angle_deg[squares <= most]
    return float(inside[0]), float(inside[-1])


def _bead_fits(scattered: _Scattered, found: _Found, *, is_angle_refitted: bool) -> tuple[BeadFit, ...]:
    return tuple(
        BeadFit(
            bead=bead,
            log10_ratio=float(residual),
            error_nm=_left_out(scattered, index, None if is_angle_refitted else found.angle),
        )
        for index, (bead, residual) in enumerate(zip(scattered.beads, found.residuals, strict=True))
    )


def _left_out(scattered: _Scattered, index: int, angle: float | None) -> Quantity:
    """The error of a bead's diameter as the other beads predict it.

    Three beads leave two for two parameters, which is no test of either: the angle is then held.
    """
    others, bead = scattered.without(index), scattered.beads[index]
    found = _fit(others) if angle is None else _fit_gain(others, angle)
    cross_section = bead.signal / 10**found.log10_gain
    low, high = _SEARCHED
    span = (max(bead.particle.smallest_nm, low * bead.diameter_nm), high * bead.diameter_nm)
    sizes = sizes_of(cross_section, bead.particle, scattered.light, found.angle, range_nm=span)
    if not sizes:
        return NotAssessed(f"no diameter near {bead.name} has the signal of these beads")
    nearest = min(sizes, key=lambda size: abs(size - bead.diameter_nm))
    how = "gain and half-angle" if angle is None else "gain, half-angle held"
    return exact(
        nearest - bead.diameter_nm, method=f"predicted from the other beads ({how})", n=len(others.beads)
    )
