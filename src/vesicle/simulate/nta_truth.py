"""The truth file of a simulated video: what an estimate is compared with."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vesicle import __version__
from vesicle.measurements.sizing import FloatArray
from vesicle.simulate.nta import Visible
from vesicle.simulate.nta_physics import viscosity_of
from vesicle.simulate.nta_plan import VideoPlan, reference_diameters_nm
from vesicle.simulate.nta_population import Population, expected_summary, shares, summary
from vesicle.simulate.nta_settings import VISIBLE_SNR, NtaSettings, TrackSettings
from vesicle.simulate.nta_sizes import Component
from vesicle.simulate.nta_tracks import SimulatedTracks

SCHEMA = "vesicle.truth/1"
NOTE = "Simulated, not measured."
DECIMALS = 4

DEFINITION = (
    "A particle is visible in a frame when the mean of its positions during the exposure lies in the field of "
    f"view and the peak of a motionless spot at its mean height is at least {VISIBLE_SNR:g} times the "
    "noise of an empty pixel of mean background (shot noise, read noise and rounding)."
)
SNR_DEFINITION = (
    "Peak of a motionless spot above its background over the noise of an empty pixel; median over the visible "
    "particles of the reference sizes."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was visible while a video was made: the clearness of each spot per frame, and the whole when kept."""

    snr: list[NDArray[np.float32]] = field(default_factory=list[NDArray[np.float32]])
    frames: list[Visible] = field(default_factory=list[Visible])

    def add(self, visible: Visible, *, is_kept: bool) -> None:
        """Take note of a frame.

        Parameters
        ----------
        visible : Visible
            What is visible in it.
        is_kept : bool
            Whether positions are wanted afterwards; they take ten times the memory.
        """
        self.snr.append(visible.snr.astype(np.float32))
        if is_kept:
            self.frames.append(visible)


def video_truth(plan: VideoPlan, seen: Seen) -> Mapping[str, object]:
    """The document ``vesicle.truth/1`` of a video.

    Parameters
    ----------
    plan : VideoPlan
        What was fixed before the first frame.
    seen : Seen
        What was visible in the frames.

    Returns
    -------
    mapping
        Ready for JSON.
    """
    settings = plan.settings
    return {
        **_head("video", settings),
        "derived": _derived(plan),
        "visible": {"definition": DEFINITION, "least_snr": VISIBLE_SNR},
        "box": _box(plan),
        "concentration_per_ml": plan.concentration_per_ml,
        "area_um2": plan.area_um2,
        "depth_um": float(plan.depth_um.mean()),
        "visible_per_frame": _per_frame(plan, seen),
        "components": _components(plan),
        "distribution": distribution(settings.components, plan.population.diameter_nm),
        "particles": _particles(plan),
    }


def tracks_truth(tracks: SimulatedTracks) -> Mapping[str, object]:
    """The document ``vesicle.truth/1`` of tracks without a video.

    Parameters
    ----------
    tracks : SimulatedTracks
        The tracks and their particles.

    Returns
    -------
    mapping
        Ready for JSON; particle i is track i.
    """
    settings, population = tracks.settings, tracks.population
    of_all = shares(settings.components)
    rows = [
        component_row(
            c, share=float(of_all[i]), diameter_nm=population.diameter_nm[population.component == i]
        )
        for i, c in enumerate(settings.components)
    ]
    return {
        **_head("tracks", settings),
        "derived": {"viscosity_mpas": viscosity_of(settings), "points": len(tracks.trajectories.track)},
        "components": rows,
        "distribution": distribution(settings.components, population.diameter_nm),
        "particles": {
            "diameter_nm": rounded(population.diameter_nm),
            "component": population.component.tolist(),
        },
    }


def positions(frames: Sequence[Visible]) -> Mapping[str, object]:
    """Where the visible particles are in every frame, as columns.

    Parameters
    ----------
    frames : sequence of Visible
        What was visible in each frame.

    Returns
    -------
    mapping
        Ready for JSON; one entry per particle and frame.
    """
    numbers = np.repeat(np.arange(len(frames)), [len(visible.particle) for visible in frames])
    columns: dict[str, object] = {
        "frame": numbers.tolist(),
        "particle": np.concatenate([visible.particle for visible in frames]).tolist(),
    }
    for name in ("x_px", "y_px", "z_um", "snr"):
        columns[name] = rounded(np.concatenate([getattr(visible, name) for visible in frames]))
    return columns


def distribution(components: Sequence[Component], diameter_nm: FloatArray) -> Mapping[str, object]:
    """The true distribution: of the particles, and of the law they were drawn from.

    Parameters
    ----------
    components : sequence of Component
        The law.
    diameter_nm : numpy.ndarray
        The particles.

    Returns
    -------
    mapping
        Two summaries.
    """
    return {"particles": summary(diameter_nm), "law": expected_summary(components)}


def rounded(values: FloatArray) -> list[float]:
    """Numbers with as many decimals as anybody needs of a position.

    Parameters
    ----------
    values : numpy.ndarray
        One column.

    Returns
    -------
    list of float
        With four decimals.
    """
    return np.round(values, DECIMALS).tolist()


def _head(kind: str, settings: NtaSettings | TrackSettings) -> Mapping[str, object]:
    return {
        "schema": SCHEMA,
        "kind": kind,
        "note": NOTE,
        "vesicle_version": __version__,
        "settings": dataclasses.asdict(settings),
    }


def component_row(component: Component, *, share: float, diameter_nm: FloatArray) -> dict[str, object]:
    """One component: what was asked for, and what its particles are.

    Parameters
    ----------
    component : Component
        The law.
    share : float
        Of the number per volume, as asked for.
    diameter_nm : numpy.ndarray
        Its particles; there may be none.

    Returns
    -------
    dict
        Ready for JSON.
    """
    return {
        "label": component.label,
        "kind": component.kind,
        "share": share,
        "law": expected_summary((component,)),
        "particles": len(diameter_nm),
        "summary": summary(diameter_nm) if len(diameter_nm) else None,
    }


def _components(plan: VideoPlan) -> list[dict[str, object]]:
    population = plan.population
    rows: list[dict[str, object]] = []
    share_of_field = plan.area_um2 * 1e-12 / plan.box.volume_ml
    of_all = shares(plan.settings.components)
    for index, component in enumerate(plan.settings.components):
        mine = population.component == index
        depth_um = plan.depth_um[mine]
        row = component_row(component, share=float(of_all[index]), diameter_nm=population.diameter_nm[mine])
        row["concentration_per_ml"] = int(mine.sum()) / plan.box.volume_ml
        row["depth_um"] = float(depth_um.mean()) if mine.any() else None
        row["visible_per_frame"] = float(depth_um.sum() * share_of_field)
        rows.append(row)
    return rows


def _derived(plan: VideoPlan) -> Mapping[str, object]:
    return {
        "viscosity_mpas": plan.viscosity_mpas,
        "focus_um": plan.optics.focus_um,
        "background_grey": plan.settings.background_grey,
        "noise_grey": plan.noise_grey,
        "gain_grey": plan.gain_grey,
        "snr_definition": SNR_DEFINITION,
        "snr_reference_nm": rounded(reference_diameters_nm(plan.settings)),
    }


def _box(plan: VideoPlan) -> Mapping[str, object]:
    x_um, y_um, z_um = plan.box.size_um.tolist()
    return {
        "x_um": x_um,
        "y_um": y_um,
        "z_um": z_um,
        "margin_px": plan.box.margin_px,
        "volume_ml": plan.box.volume_ml,
        "particles": len(plan.peak_grey),
    }


def _per_frame(plan: VideoPlan, seen: Seen) -> Mapping[str, object]:
    counts = [len(snr) for snr in seen.snr]
    snr = np.concatenate(seen.snr)
    return {
        "expected": plan.expected_per_frame,
        "counted": float(np.mean(counts)),
        "least": min(counts),
        "most": max(counts),
        "median_snr": float(np.median(snr)) if snr.size else None,
    }


def _particles(plan: VideoPlan) -> Mapping[str, object]:
    population: Population = plan.population
    return {
        "diameter_nm": rounded(population.diameter_nm),
        "component": population.component.tolist(),
        "brightness": rounded(plan.own_factor),
        "peak_grey": rounded(plan.peak_grey),
        "depth_um": rounded(plan.depth_um),
    }
