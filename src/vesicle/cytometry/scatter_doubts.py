"""What is doubtful about a scatter calibration, each with a stable code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vesicle.cytometry.scatter_fit import NARROWEST_DEG, WIDEST_DEG, FitLimits, ScatterCalibration
from vesicle.results import Warned


def doubts(calibration: ScatterCalibration, limits: FitLimits) -> ScatterCalibration:
    """The same calibration with its warnings.

    Parameters
    ----------
    calibration : ScatterCalibration
        Without warnings.
    limits : FitLimits
        What calls it doubtful.

    Returns
    -------
    ScatterCalibration
        With a warning for labels in place of measured diameters, a poor fit, few beads, and an angle that
        the beads do not determine.
    """
    return replace(calibration, warnings=tuple(_doubts(calibration, limits)))


def _doubts(fit: ScatterCalibration, limits: FitLimits) -> Iterator[Warned]:
    labels = [part.bead.name for part in fit.beads if part.bead.kind == "label"]
    if labels:
        yield Warned(
            code="label_diameters",
            message=f"The diameters of {_listed(labels)} are those of the label; a measured mean can differ by "
            "several nm, and scatter goes with about the sixth power. Take the means of the data sheet.",
        )
    if any(part.bead.kind == "" for part in fit.beads):
        yield Warned(
            code="diameter_kind_unknown",
            message="Nobody says whether the diameters of the beads are measured means or those of the label; "
            "state it, since the two can differ by several nm.",
        )
    if fit.residual_per_freedom_log10 > limits.residual_log10:
        yield _poor_fit(fit, limits)
    if len(fit.beads) < limits.fewest_beads or not _reaches_far(fit, limits):
        yield Warned(
            code="few_scatter_beads",
            message=f"{len(fit.beads)} populations up to {max(p.bead.diameter_nm for p in fit.beads):g} nm say little "
            f"about the half-angle; take at least {limits.fewest_beads}, some of them above "
            f"{limits.largest_nm:g} nm or of a second material.",
        )
    if fit.is_angle_fitted:
        yield from _of_angle(fit, limits)


def _poor_fit(fit: ScatterCalibration, limits: FitLimits) -> Warned:
    worst = max(fit.beads, key=lambda part: abs(part.log10_ratio))
    ratios = [part.log10_ratio for part in fit.beads]
    spread = 10 ** (max(ratios) - min(ratios)) - 1
    return Warned(
        code="poor_scatter_fit",
        message=f"The beads scatter by {fit.residual_per_freedom_log10:.3f} log10 around the fit (limit "
        f"{limits.residual_log10:g}, house); their gains differ by {100 * spread:.0f} %, most at {worst.bead.name}. "
        "Check that the diameters are measured means, and the material, wavelength and peaks.",
    )


def _reaches_far(fit: ScatterCalibration, limits: FitLimits) -> bool:
    materials = {part.bead.particle for part in fit.beads}
    return len(materials) > 1 or any(part.bead.diameter_nm > limits.largest_nm for part in fit.beads)


def _of_angle(fit: ScatterCalibration, limits: FitLimits) -> Iterator[Warned]:
    low, high = fit.half_angle_low_deg, fit.half_angle_high_deg
    if fit.half_angle_deg in (NARROWEST_DEG, WIDEST_DEG):
        yield Warned(
            code="angle_at_bound",
            message=f"The half-angle that fits best, {fit.half_angle_deg:g} degrees, is the end of the range that "
            "was tried: it stands for no lens, only for these beads.",
        )
    if high - low > limits.angle_range_deg or low == NARROWEST_DEG or high == WIDEST_DEG:
        yield Warned(
            code="angle_weakly_determined",
            message=f"Half-angles from {low:g} to {high:g} degrees fit these beads (95 %); diameters of vesicles are "
            "given over that range too.",
        )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
