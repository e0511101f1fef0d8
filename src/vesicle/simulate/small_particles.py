"""Files of a small-particle cytometer with known truth: numbers, sizes, stains, controls, and particles that coincide.

Particles reach the beam at random times; those closer than the transit time are one event whose signals add up, so
that too high a concentration gives swarm without being told to. Scatter follows Rayleigh, Gans and Debye around 90
degrees (light polarised across the plane): right for vesicles, whose index is near that of water, and good to some
per cent for beads far below the wavelength. Nothing here is shared with the package's own theory of scatter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from vesicle.measurements.sizing import FloatArray

CHANNELS = ("SSC-H", "FL1-H", "FL2-H", "FL3-H", "Time")
LABELS = ("", "CD9 : FITC - Height", "CD63 : PE - Height", "CD81 : APC - Height", "")
TETRASPANINS = ("CD9", "CD63", "CD81")
_TICK_S = 1e-5
_ANGLES = 41
_NL_PER_ML = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class CytometerTruth:
    """The instrument: laser, medium, gain, beam and noise.

    ``reach_deg`` is how far the lens reaches to both sides of 90 degrees, ``gain`` turns the scattering of
    :func:`scattered` into a signal; ``noise_per_ml`` are events of the instrument
    and its buffer, whose signals lie around ``noise_signal``.
    """

    wavelength_nm: float = 488.0
    medium_index: float = 1.337
    bead_index: float = 1.605
    reach_deg: float = 50.0
    gain: float = 8.0
    transit_s: float = 1e-5
    flow_nl_per_s: float = 20.0
    noise_per_ml: float = 1e5
    noise_signal: float = 12.0
    spread: float = 0.04
    background: float = 4.0
    brightness: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticleTruth:
    """The preparation: particles per mL of the stock that the instrument can see, their sizes and their stains.

    ``stained`` maps the tetraspanins that a particle carries to the share of particles that carry just these;
    ``membrane_share`` is what a detergent dissolves.
    """

    stock_per_ml: float = 1.2e11
    median_nm: float = 110.0
    log_sd: float = 0.25
    index: float = 1.39
    membrane_share: float = 0.93
    stained: tuple[tuple[tuple[str, ...], float], ...] = (
        (("CD9",), 0.15),
        (("CD9", "CD81"), 0.20),
        (("CD9", "CD63", "CD81"), 0.25),
        (("CD63",), 0.05),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """One run: what was put in and how much of it was drawn."""

    name: str
    dilution: float | None = None
    volume_nl: float = 1000.0
    is_stained: bool = False
    with_detergent: bool = False
    bead_nm: tuple[float, ...] = ()
    beads_per_ml: float = 3e6
    day: str = "05-MAR-2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedFile:
    """A file and what is in it: particles that crossed the beam, and events that were made of them."""

    name: str
    content: bytes
    particles: int
    noise: int
    events: int
    diameter_nm: FloatArray = field(repr=False)


def scattered(diameter_nm: FloatArray, index: float, cytometer: CytometerTruth) -> FloatArray:
    """Light scattered to the side, up to a constant.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        Of homogeneous spheres.
    index : float
        Refractive index.
    cytometer : CytometerTruth
        Laser and medium.

    Returns
    -------
    numpy.ndarray
        Same shape, in nm2.

    Notes
    -----
    **Source**: Rayleigh, Gans and Debye (from memory): the sixth power of the size times the squared contrast and the
    form factor of a sphere, averaged over the angles that the lens sees.

    Examples
    --------
    >>> small = scattered(np.array([10.0, 20.0]), 1.39, CytometerTruth())
    >>> round(float(small[1] / small[0]))
    63
    """
    wavenumber = 2 * math.pi * cytometer.medium_index / cytometer.wavelength_nm
    relative = (index / cytometer.medium_index) ** 2
    contrast = ((relative - 1) / (relative + 2)) ** 2
    angles = np.deg2rad(np.linspace(90 - cytometer.reach_deg, 90 + cytometer.reach_deg, _ANGLES))
    u = wavenumber * np.multiply.outer(np.asarray(diameter_nm, dtype=np.float64), np.sin(angles / 2))
    form = ((3 * (np.sin(u) - u * np.cos(u)) / u**3) ** 2).mean(axis=-1)
    return wavenumber**4 * (diameter_nm / 2) ** 6 * contrast * form


def simulate_file(
    particles: ParticleTruth, cytometer: CytometerTruth, plan: FilePlan, *, seed: int
) -> SimulatedFile:
    """One file as the instrument would write it.

    Parameters
    ----------
    particles : ParticleTruth
        The preparation.
    cytometer : CytometerTruth
        The instrument.
    plan : FilePlan
        The run; without dilution and beads it is a run of buffer alone.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    SimulatedFile
        With its truth.
    """
    rng = np.random.default_rng(seed)
    duration = plan.volume_nl / cytometer.flow_nl_per_s
    sizes, index = _sizes(particles, cytometer, plan, rng)
    signals = np.zeros((len(sizes), 4))
    signals[:, 0] = scattered(sizes, index, cytometer) * cytometer.gain
    signals[:, 0] *= rng.lognormal(0, cytometer.spread, len(sizes))
    if plan.is_stained:
        signals[:, 1:] = _stains(particles, cytometer, len(sizes), rng)
    merged, times = _coinciding(signals, rng.uniform(0, duration, len(sizes)), cytometer.transit_s)
    noise = rng.poisson(cytometer.noise_per_ml * plan.volume_nl / _NL_PER_ML)
    dark = np.zeros((noise, 4))
    dark[:, 0] = cytometer.noise_signal * rng.lognormal(0, 0.35, noise)
    matrix = np.column_stack(
        (np.concatenate((merged, dark)), np.concatenate((times, rng.uniform(0, duration, noise))) / _TICK_S)
    )
    matrix[:, 1:4] += rng.normal(0, cytometer.background, (len(matrix), 3))
    matrix = matrix[np.argsort(matrix[:, 4], kind="stable")]
    return SimulatedFile(
        name=plan.name,
        content=_file(matrix, plan, duration),
        particles=len(sizes),
        noise=noise,
        events=len(matrix),
        diameter_nm=sizes,
    )


def _sizes(
    particles: ParticleTruth, cytometer: CytometerTruth, plan: FilePlan, rng: np.random.Generator
) -> tuple[FloatArray, float]:
    drawn_ml = plan.volume_nl / _NL_PER_ML
    if plan.bead_nm:
        each = rng.poisson(plan.beads_per_ml * drawn_ml, len(plan.bead_nm))
        means = np.repeat(np.array(plan.bead_nm), each)
        return means * rng.normal(1, 0.015, len(means)), cytometer.bead_index
    if plan.dilution is None:
        return np.empty(0), particles.index
    left = 1 - particles.membrane_share if plan.with_detergent else 1.0
    count = rng.poisson(left * particles.stock_per_ml / plan.dilution * drawn_ml)
    return particles.median_nm * rng.lognormal(0, particles.log_sd, count), particles.index


def _stains(
    particles: ParticleTruth, cytometer: CytometerTruth, count: int, rng: np.random.Generator
) -> FloatArray:
    shares = [share for _, share in particles.stained]
    kind = rng.choice(len(shares) + 1, size=count, p=[*shares, 1 - sum(shares)])
    carried = [[name in names for name in TETRASPANINS] for names, _ in particles.stained]
    has = np.array([*carried, [False] * 3])[kind]
    return has * cytometer.brightness * rng.lognormal(0, 0.3, (count, 3))


def _coinciding(signals: FloatArray, times: FloatArray, transit_s: float) -> tuple[FloatArray, FloatArray]:
    """Particles closer than the transit time as one event."""
    order = np.argsort(times)
    ordered, when = signals[order], times[order]
    if not len(when):
        return ordered, when
    starts = np.flatnonzero(np.r_[True, np.diff(when) > transit_s])
    return np.add.reduceat(ordered, starts), when[starts]


def _file(matrix: FloatArray, plan: FilePlan, duration_s: float) -> bytes:
    """FCS 3.1 with 32-bit floats, little-endian."""
    data = matrix.astype("<f4").tobytes()
    start = 4096
    end = start + max(0, len(data) - 1)
    minutes, seconds = divmod(int(duration_s), 60)
    said = {
        "$BEGINANALYSIS": "0",
        "$ENDANALYSIS": "0",
        "$BEGINSTEXT": "0",
        "$ENDSTEXT": "0",
        "$BEGINDATA": str(start),
        "$ENDDATA": str(end),
        "$BYTEORD": "1,2,3,4",
        "$DATATYPE": "F",
        "$MODE": "L",
        "$NEXTDATA": "0",
        "$PAR": str(len(CHANNELS)),
        "$TOT": str(len(matrix)),
        "$CYT": "CytoFLEX nano (simulated)",
        "$DATE": plan.day,
        "$BTIM": "10:00:00",
        "$ETIM": f"10:{minutes:02d}:{seconds:02d}",
        "$TIMESTEP": f"{_TICK_S:g}",
        "$VOL": f"{plan.volume_nl:g}",
    }
    for place, (name, label) in enumerate(zip(CHANNELS, LABELS, strict=True), start=1):
        said |= {
            f"$P{place}N": name,
            f"$P{place}B": "32",
            f"$P{place}E": "0,0",
            f"$P{place}R": "16777216",
        }
        if label and plan.is_stained:
            said[f"$P{place}S"] = label
    text = "|" + "".join(f"{key}|{value}|" for key, value in said.items())
    offsets = (256, 256 + len(text) - 1, start, end, 0, 0)
    header = "FCS3.1    " + "".join(f"{offset:>8}" for offset in offsets)
    return (header.ljust(256) + text).ljust(start).encode("ascii") + data + b"00000000"
