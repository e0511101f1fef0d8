"""Scatter of small particles: calibrated with beads, and read as a band of diameters over models of a vesicle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vesicle.findings.flow import DiameterBand, FlowCount, ScatterBead, ScatterModel
from vesicle.manifest import CytometryDefaults
from vesicle.measurements.cytometry import FlowFile
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.results import NotAssessed, Warned
from vesicle.vesicles.flow_files import (
    day_of,
    differing_settings,
    main_dataset,
    scatter_place,
    shown_channel,
    values_of,
)
from vesicle.vesicles.flow_samples import control_values, net_quantiles

if TYPE_CHECKING:
    from vesicle.cytometry.bead_peaks import BeadPeak, ExpectedBead
    from vesicle.cytometry.mie import Light
    from vesicle.cytometry.scatter_fit import Bead, ScatterCalibration

_PERCENTILES = (("D10", 0.1), ("D50", 0.5), ("D90", 0.9))
LIMIT = "detection limit"
_FEWEST_TO_LEAVE_ONE = 4
_CURVE_POINTS = 200
_NO_BEADS = (
    'no file of scatter beads: list it in [[files]] with role = "calibration beads" and bead_diameters_nm'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """The calibration as the mathematics knows it, beside the record for the dossier and the file of the beads."""

    fit: ScatterCalibration
    model: ScatterModel
    beads: FlowCount


def calibrate(counts: Sequence[FlowCount], defaults: CytometryDefaults) -> Calibrated | NotAssessed:
    """Gain and effective half-angle of the scatter channel, from the files of beads.

    Parameters
    ----------
    counts : sequence of FlowCount
        All files.
    defaults : CytometryDefaults
        Scatter channel, wavelength and, where known, half-angle.

    Returns
    -------
    Calibrated or NotAssessed
        Not assessed with what is missing: diameters, wavelength, channel, or peaks that fit the beads.
    """
    files = [count for count in counts if count.file.beads and count.file.beads.diameters_nm]
    missing = _missing(counts, files, defaults)
    if missing:
        return NotAssessed(missing)
    first = files[0]
    alike = [count for count in files if not differing_settings(first.taken_with, count.taken_with)]
    light = _light(defaults)
    found = [_beads(count, light, defaults.scatter_channel) for count in alike]
    refused = next((one for one in found if isinstance(one, NotAssessed)), None)
    usable = [one for one in found if not isinstance(one, NotAssessed)]
    if not usable:
        return refused or NotAssessed(_NO_BEADS)
    return _fitted(first, usable, light, defaults)


def _missing(counts: Sequence[FlowCount], files: Sequence[FlowCount], defaults: CytometryDefaults) -> str:
    without = [count.path for count in counts if count.part == "beads"]
    if not files and without:
        return (
            f"{without[0]} holds beads, but vesicle.toml does not state their diameters (bead_diameters_nm)"
        )
    if not files:
        return _NO_BEADS
    if defaults.wavelength_nm is None:
        return "the laser of the scatter channel is not stated: wavelength_nm in [cytometry]"
    dataset = main_dataset(files[0].file)
    if dataset is None or scatter_place(dataset, defaults.scatter_channel) is None:
        wanted = defaults.scatter_channel or "of side scatter"
        return f"{files[0].path} has no channel {wanted}: name one with scatter_channel in [cytometry]"
    return ""


def _light(defaults: CytometryDefaults) -> Light:
    from vesicle.cytometry.materials import material
    from vesicle.cytometry.mie import Light

    wavelength = defaults.wavelength_nm or 0.0
    return Light(wavelength_nm=wavelength, medium_index=material("water").index(wavelength))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Populations:
    count: FlowCount
    channel: str
    beads: tuple[Bead, ...]
    warnings: tuple[Warned, ...]


def _beads(count: FlowCount, light: Light, channel: str | None) -> _Populations | NotAssessed:
    from vesicle.cytometry.bead_peaks import find_bead_peaks
    from vesicle.cytometry.scatter_fit import Bead

    dataset, stated = main_dataset(count.file), count.file.beads
    place = scatter_place(dataset, channel) if dataset else None
    if dataset is None or place is None or stated is None:
        return NotAssessed(f"{count.path} lacks the scatter channel")
    signals = values_of(dataset, [place])[:, 0]
    expected = _expected(stated.diameters_nm, stated.material, light)
    found, warnings = find_bead_peaks(signals, expected, light), tuple[Warned, ...]()
    if isinstance(found, NotAssessed) and len(expected) >= _FEWEST_TO_LEAVE_ONE:
        found, warnings = _without_smallest(signals, expected, light, found)
    if isinstance(found, NotAssessed):
        return NotAssessed(f"{count.path}: {found.reason}")
    kind = stated.diameter_kind or "label"
    return _Populations(
        count=count,
        channel=dataset.channels[place].name,
        beads=tuple(
            Bead(
                diameter_nm=peak.bead.diameter_nm,
                particle=peak.bead.particle,
                signal=peak.signal,
                kind=kind,
                events=peak.events,
            )
            for peak in found
        ),
        warnings=warnings,
    )


def _expected(diameters_nm: Sequence[float], substance: str, light: Light) -> list[ExpectedBead]:
    from vesicle.cytometry.bead_peaks import ExpectedBead
    from vesicle.cytometry.materials import material
    from vesicle.cytometry.mie import Particle

    particle = Particle(core_index=material(substance).index(light.wavelength_nm))
    return [ExpectedBead(diameter_nm=size, particle=particle) for size in sorted(set(diameters_nm))]


def _without_smallest(
    signals: FloatArray, expected: Sequence[ExpectedBead], light: Light, refused: NotAssessed
) -> tuple[tuple[BeadPeak, ...] | NotAssessed, tuple[Warned, ...]]:
    """The smallest beads may lie below the detection limit; no other population may be missing."""
    from vesicle.cytometry.bead_peaks import find_bead_peaks

    found = find_bead_peaks(signals, expected[1:], light)
    if isinstance(found, NotAssessed):
        return refused, ()
    message = f"No peak fits the {expected[0].name} beads, the smallest stated: below the detection limit; left out."
    return found, (Warned(code="smallest_beads_not_seen", message=message),)


def _fitted(
    first: FlowCount, usable: Sequence[_Populations], light: Light, defaults: CytometryDefaults
) -> Calibrated | NotAssessed:
    from vesicle.cytometry.scatter_calibration import fit_scatter

    beads = [bead for one in usable for bead in one.beads]
    fit = fit_scatter(beads, light, half_angle_deg=defaults.half_angle_deg)
    if isinstance(fit, NotAssessed):
        return fit
    warnings = tuple(warned for one in usable for warned in one.warnings)
    model = _model(fit, usable[0], warnings=(*warnings, *_kind_not_stated(first), *fit.warnings))
    return Calibrated(fit=fit, model=model, beads=usable[0].count)


def _kind_not_stated(count: FlowCount) -> Iterator[Warned]:
    if count.file.beads and not count.file.beads.diameter_kind:
        message = (
            "vesicle.toml does not say whether the beads' diameters are measured means or labels "
            "(bead_diameter_kind); they are taken for labels."
        )
        yield Warned(code="bead_kind_not_stated", message=message)


def _model(fit: ScatterCalibration, first: _Populations, *, warnings: tuple[Warned, ...]) -> ScatterModel:
    curve_nm, signal = _curve(fit)
    dataset = main_dataset(first.count.file)
    place = dataset.place(first.channel) if dataset else None
    return ScatterModel(
        channel=shown_channel(dataset, place) if dataset and place is not None else first.channel,
        wavelength_nm=fit.light.wavelength_nm,
        gain=fit.gain,
        half_angle_deg=fit.half_angle_deg,
        half_angle_low_deg=fit.half_angle_low_deg,
        half_angle_high_deg=fit.half_angle_high_deg,
        is_angle_fitted=fit.is_angle_fitted,
        residual_log10=fit.residual_log10,
        profile_deg=fit.profile.half_angle_deg,
        profile_log10=fit.profile.residual_log10,
        beads=tuple(
            ScatterBead(
                diameter_nm=part.bead.diameter_nm,
                signal=part.bead.signal,
                events=part.bead.events,
                log10_ratio=part.log10_ratio,
                error_nm=part.error_nm,
            )
            for part in fit.beads
        ),
        curve_nm=curve_nm,
        curve_signal=signal,
        material=first.count.file.beads.material if first.count.file.beads else "",
        file=first.count.path,
        method=fit.method,
        warnings=warnings,
    )


def _curve(fit: ScatterCalibration) -> tuple[FloatArray, FloatArray]:
    from vesicle.cytometry.collection import collected_at_the_side
    from vesicle.cytometry.mie import scatter

    sizes = [part.bead.diameter_nm for part in fit.beads]
    grid = np.geomspace(0.7 * min(sizes), 1.4 * max(sizes), _CURVE_POINTS)
    scattering = scatter(grid, fit.beads[0].bead.particle, fit.light)
    return frozen(grid), frozen(fit.gain * collected_at_the_side(scattering, fit.light, fit.half_angle_deg))


def diameters(
    counts: Sequence[FlowCount], calibrated: Calibrated, *, scatter_channel: str | None
) -> tuple[tuple[DiameterBand, ...], str]:
    """Diameters that the scatter of each sample can mean, at three percentiles and at the edge of the noise.

    Parameters
    ----------
    counts : sequence of FlowCount
        Held against their controls, which are taken off the scatter.
    calibrated : Calibrated
        From :func:`calibrate`.
    scatter_channel : str or None
        The manifest's choice.

    Returns
    -------
    bands : tuple of DiameterBand
        None where a sample's settings differ from those of the beads, or where no model reaches the signal.
    missing : str
        Why some are missing.
    """
    paths = {count.path: count for count in counts}
    bands: list[DiameterBand] = []
    reasons: list[str] = []
    for count in counts:
        if count.part != "sample" or not count.events:
            continue
        unlike = unlike_beads(count, calibrated.beads)
        if unlike:
            reasons.append(f"{count.path}: {unlike}")
            continue
        signals = dict(_signals(count, paths, scatter_channel))
        for what, signal in signals.items():
            band = _band(count, what, signal, calibrated, edge=signals.get(LIMIT))
            if isinstance(band, DiameterBand):
                bands.append(band)
            else:
                reasons.append(f"{count.path}, {what}: {band.reason}")
    return tuple(bands), "; ".join(dict.fromkeys(reasons))


def unlike_beads(count: FlowCount, beads: FlowCount) -> str:
    """Why the scatter of a file cannot be read with the beads of another.

    Parameters
    ----------
    count, beads : FlowCount
        The file, and that of the beads.

    Returns
    -------
    str
        Empty where the instrument and all stated settings are the same.
    """
    if not is_same_instrument(count, beads.file):
        return "measured on another instrument than the beads"
    differing = differing_settings(count.taken_with, beads.taken_with)
    return f"its settings are not those of the beads ({differing[0]})" if differing else ""


def with_bead_flags(counts: Sequence[FlowCount], calibrated: Calibrated) -> tuple[FlowCount, ...]:
    """The samples whose beads were measured on another day, marked: a gain drifts.

    Parameters
    ----------
    counts : sequence of FlowCount
        All files.
    calibrated : Calibrated
        With the file of the beads.

    Returns
    -------
    tuple of FlowCount
        In the same order.
    """
    beads = calibrated.beads.file
    return tuple(
        replace(count, flags=(*count.flags, "beads_other_day"))
        if count.part == "sample" and is_same_instrument(count, beads) and _is_other_day(count, beads)
        else count
        for count in counts
    )


def is_same_instrument(count: FlowCount, beads: FlowFile) -> bool:
    """Whether a file and one of beads may come from one cytometer.

    Parameters
    ----------
    count : FlowCount
        The file.
    beads : FlowFile
        Of the beads.

    Returns
    -------
    bool
        False only where both name an instrument and the names differ.
    """
    return not count.file.instrument or not beads.instrument or count.file.instrument == beads.instrument


def _is_other_day(count: FlowCount, beads: FlowFile) -> bool:
    return bool(day_of(beads)) and day_of(count.file) not in {"", day_of(beads)}


def _signals(
    count: FlowCount, paths: Mapping[str, FlowCount], scatter_channel: str | None
) -> Iterator[tuple[str, float | NotAssessed]]:
    from vesicle.cytometry.scatter_sizing import noise_edge

    dataset = main_dataset(count.file)
    place = scatter_place(dataset, scatter_channel) if dataset else None
    if dataset is None or place is None:
        yield "D50", NotAssessed("the file lacks the scatter channel")
        return
    controls = [paths[path] for path in count.controls if path in paths]
    noise, weight = control_values(count, controls, dataset.channels[place].name)
    values = values_of(dataset, [place])[:, 0]
    found = net_quantiles(values, noise, weight, shares=[share for _, share in _PERCENTILES])
    for (what, _), signal in zip(_PERCENTILES, found, strict=True):
        yield (
            what,
            signal if math.isfinite(signal) else NotAssessed("too few events are left without the control"),
        )
    yield LIMIT, noise_edge(noise) if len(noise) else NotAssessed("no control whose noise has an edge")


def _band(
    count: FlowCount,
    what: str,
    signal: float | NotAssessed,
    calibrated: Calibrated,
    *,
    edge: float | NotAssessed | None,
) -> DiameterBand | NotAssessed:
    from vesicle.cytometry.scatter_sizing import diameter_band

    if isinstance(signal, NotAssessed):
        return signal
    found = diameter_band(signal, calibrated.fit)
    if isinstance(found, NotAssessed):
        return found
    return DiameterBand(
        sample=count.file.sample,
        file=count.path,
        what=what,
        signal=signal,
        low_nm=found.low_nm,
        high_nm=found.high_nm,
        low_any_angle_nm=found.low_any_angle_nm,
        high_any_angle_nm=found.high_any_angle_nm,
        by_model=tuple((one.model.name, one.diameters_nm) for one in found.by_model),
        is_complete=found.is_complete,
        is_below_limit=isinstance(edge, float) and signal < edge,
    )
