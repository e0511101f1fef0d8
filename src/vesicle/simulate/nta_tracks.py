"""Tracks without a video: positions of diffusing particles with motion blur and localisation error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray, read_only
from vesicle.measurements.video import Trajectories
from vesicle.simulate.nta_physics import diffusion_um2_per_s, viscosity_of
from vesicle.simulate.nta_population import Population, draw_free
from vesicle.simulate.nta_settings import SHORTEST, TrackSettings, check_track_settings

FIELD_PX = (640.0, 480.0)
LATEST_START = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTracks:
    """Tracks, and for each of them the particle behind it."""

    settings: TrackSettings
    trajectories: Trajectories
    population: Population


def simulate_trajectories(settings: TrackSettings) -> SimulatedTracks:
    """Tracks of particles drawn independently from the components; every size is seen equally well.

    Parameters
    ----------
    settings : TrackSettings
        What the user asked for.

    Returns
    -------
    SimulatedTracks
        Always the same for the same settings.

    Raises
    ------
    UsageError
        When a setting is outside its range.

    Notes
    -----
    The number of points of a track is 5 or more, geometric above. The mean position during an exposure is drawn
    from its exact law: given the displacement I over the exposure tau, it is I / 2 beyond the start, with
    variance D tau / 6 per axis.
    """
    check_track_settings(settings)
    rng = np.random.default_rng([settings.seed, 4])
    population = draw_free(settings.components, count=settings.tracks, rng=rng)
    lengths = SHORTEST - 1 + rng.geometric(1 / (settings.length - SHORTEST + 1), size=settings.tracks)
    diffusion = diffusion_um2_per_s(
        population.diameter_nm, temperature_c=settings.temperature_c, viscosity_mpas=viscosity_of(settings)
    )
    place_px = _places_um(settings, diffusion, lengths, rng) * 1000 / settings.pixel_nm
    return SimulatedTracks(
        settings=settings, trajectories=_trajectories(place_px, lengths, rng), population=population
    )


def _places_um(
    settings: TrackSettings, diffusion: FloatArray, lengths: NDArray[np.int64], rng: np.random.Generator
) -> FloatArray:
    """Measured positions relative to the start of each track, shape (points, 2)."""
    points = int(lengths.sum())
    step = np.repeat(np.sqrt(2 * diffusion), lengths)[:, None]
    exposure_s = settings.exposure_ms / 1000
    during = rng.standard_normal((points, 2)) * step * math.sqrt(exposure_s)
    after = rng.standard_normal((points, 2)) * step * math.sqrt(max(1 / settings.fps - exposure_s, 0))
    bridge = rng.standard_normal((points, 2)) * step * math.sqrt(exposure_s / 12)
    error = rng.standard_normal((points, 2)) * settings.localisation_nm / 1000
    ends = np.cumsum(during + after, axis=0)
    starts = ends - during - after
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return starts - starts[first] + during / 2 + bridge + error


def _trajectories(place_px: FloatArray, lengths: NDArray[np.int64], rng: np.random.Generator) -> Trajectories:
    tracks = len(lengths)
    origin = np.repeat(rng.random((tracks, 2)) * FIELD_PX, lengths, axis=0)
    begins = np.cumsum(lengths) - lengths
    start = rng.integers(0, LATEST_START, size=tracks)
    return Trajectories(
        track=read_only(np.repeat(np.arange(tracks), lengths)),
        frame=read_only(np.arange(len(place_px)) - np.repeat(begins - start, lengths)),
        x_px=read_only(np.ascontiguousarray(place_px[:, 0] + origin[:, 0])),
        y_px=read_only(np.ascontiguousarray(place_px[:, 1] + origin[:, 1])),
    )
