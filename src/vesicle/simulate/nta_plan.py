"""A video before its first frame: gain, number of particles and box, worked out from the settings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vesicle.errors import UsageError
from vesicle.measurements.sizing import FloatArray, read_only
from vesicle.simulate.nta_optics import Optics, Profile, optics_of
from vesicle.simulate.nta_physics import diffusion_um2_per_s, scattered, viscosity_of
from vesicle.simulate.nta_population import Population, draw_even, quantiles_nm, shares
from vesicle.simulate.nta_settings import VISIBLE_SNR, NtaSettings, check_settings
from vesicle.simulate.nta_sizes import Component

UNSEEN_SNR = 0.02
"""Where the box ends in z, even the brightest particle is this dim: nobody sees it come back on the other side."""

BRIGHTEST_RANK = 0.9999
MARGIN_STEPS = 6.0
MOST_PARTICLES = 200_000
CLASSES = 64
"""Equally probable classes of size, and of the particles' own brightness, when the gain is set."""

LARGEST_LOG_GAIN, HALVINGS = 40.0, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The periodic box: the field of view in the middle, ``margin_px`` around it, ``half_um`` above and below."""

    width_um: float
    height_um: float
    half_um: float
    margin_px: int

    @property
    def size_um(self) -> FloatArray:
        """Lengths along x, y and z."""
        return np.array([self.width_um, self.height_um, 2 * self.half_um])

    @property
    def volume_ml(self) -> float:
        """Volume of the box."""
        return self.width_um * self.height_um * 2 * self.half_um * 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlan:
    """All that is fixed before the first frame.

    ``peak_grey`` is the height in grey levels of each particle's spot in focus, ``noise_grey`` the standard
    deviation of an empty pixel, ``depth_um`` the depth in which each particle is visible.
    ``gain_grey`` is the peak of a particle at the brightness cap (of every particle, when equally bright).
    """

    settings: NtaSettings
    viscosity_mpas: float
    optics: Optics
    noise_grey: float
    gain_grey: float
    population: Population
    own_factor: FloatArray
    peak_grey: FloatArray
    depth_um: FloatArray
    box: Box

    @property
    def area_um2(self) -> float:
        """Area that the camera sees."""
        pixel_um = self.settings.pixel_nm / 1000
        return self.settings.width_px * self.settings.height_px * pixel_um**2

    @property
    def concentration_per_ml(self) -> float:
        """Particles in the box over its volume."""
        return len(self.peak_grey) / self.box.volume_ml

    @property
    def expected_per_frame(self) -> float:
        """Mean number of visible particles per frame: each fills the box evenly."""
        share = self.area_um2 * 1e-12 / self.box.volume_ml
        return float((self.depth_um * share).sum())

    @property
    def diffusion_um2_per_s(self) -> FloatArray:
        """Of every particle."""
        return diffusion_um2_per_s(
            self.population.diameter_nm,
            temperature_c=self.settings.temperature_c,
            viscosity_mpas=self.viscosity_mpas,
        )


def plan_video(settings: NtaSettings) -> VideoPlan:
    """Gain, particles and box of a video.

    Parameters
    ----------
    settings : NtaSettings
        What the user asked for.

    Returns
    -------
    VideoPlan
        The same for the same settings.

    Raises
    ------
    UsageError
        When a setting is outside its range, or too few or too many particles would be needed.
    """
    check_settings(settings)
    optics = optics_of(settings)
    noise_grey = noise_of(settings)
    profile = optics.profile()
    snr = find_gain(settings, profile)
    box, per_ml = _box(settings, optics, profile, snr=snr)
    rng = np.random.default_rng([settings.seed, 0])
    count = _number(per_ml * box.volume_ml)
    population = draw_even(settings.components, count=count, rng=rng)
    own_factor = _own_factors(settings, count, rng)
    peak_grey = snr * noise_grey * own_factor * relative_brightness(settings, population.diameter_nm)
    return VideoPlan(
        settings=settings,
        viscosity_mpas=viscosity_of(settings),
        optics=optics,
        noise_grey=noise_grey,
        gain_grey=snr * noise_grey,
        population=population,
        own_factor=read_only(own_factor),
        peak_grey=read_only(peak_grey),
        depth_um=read_only(profile.depth_um(VISIBLE_SNR * noise_grey / peak_grey)),
        box=box,
    )


def noise_of(settings: NtaSettings) -> float:
    """The noise of an empty pixel of mean level: shot noise, read noise and rounding.

    Parameters
    ----------
    settings : NtaSettings
        What the user asked for.

    Returns
    -------
    float
        Standard deviation in grey levels.
    """
    shot = settings.background_grey / settings.electrons_per_grey
    return math.sqrt(shot + settings.read_noise**2 + 1 / 12)


def relative_brightness(settings: NtaSettings, diameter_nm: FloatArray) -> FloatArray:
    """Brightness of particles before the gain and without their own factor.

    Parameters
    ----------
    settings : NtaSettings
        With the law of brightness.
    diameter_nm : numpy.ndarray
        Diameters.

    Returns
    -------
    numpy.ndarray
        1 at the cap, or 1 for all.
    """
    if settings.brightness == "equal":
        return np.ones_like(diameter_nm)
    return scattered(diameter_nm, cap_nm=settings.brightness_cap_nm)


def find_gain(settings: NtaSettings, profile: Profile) -> float:
    """The peak over noise of a particle at the cap that gives the smallest class its median signal to noise.

    Parameters
    ----------
    settings : NtaSettings
        With ``snr`` and the class that it is for.
    profile : Profile
        Of the optics.

    Returns
    -------
    float
        In units of the noise of an empty pixel.

    Notes
    -----
    Particles are everywhere with equal probability, so half of the visible ones exceed the median when the depth in
    which the class reaches it is half of the depth in which the class is visible.
    """
    relative = _spread_out(settings, reference_diameters_nm(settings))
    low, high = -LARGEST_LOG_GAIN, LARGEST_LOG_GAIN
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        snr = math.exp(middle) * relative
        clear = profile.depth_um(settings.snr / snr).sum()
        visible = profile.depth_um(VISIBLE_SNR / snr).sum()
        low, high = (middle, high) if 2 * clear <= visible else (low, middle)
    return math.exp((low + high) / 2)


def reference_diameters_nm(settings: NtaSettings) -> FloatArray:
    """The sizes whose visible particles have the median signal to noise that was asked for.

    Parameters
    ----------
    settings : NtaSettings
        With components and ``snr_at_nm``.

    Returns
    -------
    numpy.ndarray
        One size, or equally probable sizes of the smallest component.
    """
    if settings.snr_at_nm is not None:
        return np.array([settings.snr_at_nm])
    smallest = min(settings.components, key=lambda component: component.mean_nm)
    if smallest.kind == "lognormal":
        return quantiles_nm(smallest, np.array([0.1]))
    return _classes_nm(smallest)


def _classes_nm(component: Component) -> FloatArray:
    return quantiles_nm(component, _ranks())


def _ranks() -> FloatArray:
    return (np.arange(CLASSES) + 0.5) / CLASSES


def _spread_out(settings: NtaSettings, diameter_nm: FloatArray) -> FloatArray:
    """Equally probable brightnesses of particles of these sizes, their own factors included."""
    own = quantiles_nm(Component(median_nm=1.0, log_sd=settings.brightness_spread), _ranks())
    return np.outer(relative_brightness(settings, diameter_nm), own).ravel()


def _box(settings: NtaSettings, optics: Optics, profile: Profile, *, snr: float) -> tuple[Box, float]:
    """The box, and the concentration per mL that puts the wanted number of visible particles into a frame."""
    each = [_spread_out(settings, _classes_nm(component)) for component in settings.components]
    depths = np.array([profile.depth_um(VISIBLE_SNR / (snr * part)).mean() for part in each])
    depth_um = float(shares(settings.components) @ depths)
    pixel_um = settings.pixel_nm / 1000
    area_um2 = settings.width_px * settings.height_px * pixel_um**2
    half_um = max(profile.reach_um(UNSEEN_SNR / (snr * _brightest(settings))), 2 * settings.sheet_um)
    margin_px = _margin_px(settings, optics, half_um)
    box = Box(
        width_um=(settings.width_px + 2 * margin_px) * pixel_um,
        height_um=(settings.height_px + 2 * margin_px) * pixel_um,
        half_um=half_um,
        margin_px=margin_px,
    )
    return box, settings.per_frame / (area_um2 * depth_um * 1e-12) if depth_um else math.inf


def _own_factors(settings: NtaSettings, count: int, rng: np.random.Generator) -> FloatArray:
    """As even as the sizes are, and independent of them."""
    own = Component(median_nm=1.0, log_sd=settings.brightness_spread)
    return draw_even((own,), count=count, rng=rng).diameter_nm


def _brightest(settings: NtaSettings) -> float:
    rank = np.array([BRIGHTEST_RANK])
    sizes = np.concatenate([quantiles_nm(component, rank) for component in settings.components])
    own = quantiles_nm(Component(median_nm=1.0, log_sd=settings.brightness_spread), rank)
    return float(relative_brightness(settings, sizes).max() * own[0])


def _margin_px(settings: NtaSettings, optics: Optics, half_um: float) -> int:
    """Wide enough that a particle outside, however large its spot, moves in a frame without being seen."""
    smallest = min(float(quantiles_nm(c, np.array(1 - BRIGHTEST_RANK))) for c in settings.components)
    diffusion = diffusion_um2_per_s(
        np.array([smallest]), temperature_c=settings.temperature_c, viscosity_mpas=viscosity_of(settings)
    )
    step_px = math.sqrt(2 * float(diffusion[0]) * settings.frame_s) * 1000 / settings.pixel_nm
    widest_px = optics.spots.radius_px(half_um)
    drift_px = 1.5 * max(map(abs, settings.drift_px))
    return math.ceil(widest_px + MARGIN_STEPS * step_px + drift_px)


def _number(expected: float) -> int:
    if 1 <= expected <= MOST_PARTICLES:
        return round(expected)
    raise UsageError(
        "This video would need too few or too many particles.",
        where="--per-frame",
        why=f"The box would hold {expected:.3g} particles; it can hold from 1 to {MOST_PARTICLES}.",
        next_step="Change --per-frame, or choose --snr or --snr-at-nm so that more of the particles are visible.",
    )
