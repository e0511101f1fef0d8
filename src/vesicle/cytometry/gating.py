"""Gates on the events of one tube: what is dropped, why, and how many are left after each step.

Every gate takes the events kept so far and returns those that it keeps, with a record. A gate whose channel is
missing keeps all events and says that it was not applied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

TIME_BINS = 30
RATE_SD = 5.0
RATE_SHARE = 0.25
"""House rule: a bin of time is out when its rate is off the median by more than 5 SD and by a quarter."""
SINGLET_MAD = 3.0
"""House rule: singlets lie within so many robust SDs (scaled MADs) of the median of area over height."""
CELL_LEVEL = 0.05
"""House rule: cells are where the density is at least this share of its height at the mode."""
CELL_SADDLE = 0.7
LEAST_CELLS = 0.05
DEBRIS_RATIO = 2.5
"""House rule: a mode that scatters so much more than a heavier one holds the cells, the heavier one debris."""
LEAST_EVENTS = 100
DYE_SD = 4.0
"""House rule: without a second mode, cells that took up the dye lie so many SDs above the dim mode."""
PILED = 10
BINS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRecord:
    """What one gate did: events before and after, its limits by name, and a note."""

    name: str
    before: int
    after: int
    is_applied: bool
    limits: tuple[tuple[str, float], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The events that are kept, as a mask over all events of the tube, and the record."""

    kept: BoolArray
    record: GateRecord


def gate_ends(
    kept: BoolArray, scatter: Mapping[str, FloatArray], *, ceilings: Mapping[str, float] | None = None
) -> Gate:
    """Events whose scatter is above zero and below the end of the detector.

    Parameters
    ----------
    kept : numpy.ndarray
        Mask over all events.
    scatter : mapping of str to numpy.ndarray
        Scatter channels by name.
    ceilings : mapping of str to float, optional
        Largest value a channel can record; without it a heap of equal largest values is taken for the end.

    Returns
    -------
    Gate
        Not applied without scatter channels.
    """
    if not scatter:
        return _not_applied(kept, "saturation", "no scatter channel was given")
    mask, limits, dropped = kept.copy(), list[tuple[str, float]](), list[str]()
    for name, values in scatter.items():
        ceiling = (ceilings or {}).get(name, _heap(values[kept]))
        is_inside = np.isfinite(values) & (values > 0) & (values < ceiling)
        dropped.append(f"{name}: {int(np.count_nonzero(kept & ~is_inside))}")
        mask &= is_inside
        if math.isfinite(ceiling):
            limits.append((f"{name} below", ceiling))
    return _gate(
        "saturation",
        kept,
        mask,
        limits=limits,
        note=f"zero, not a number or at the end: {', '.join(dropped)}",
    )


def gate_time(kept: BoolArray, time: FloatArray | None) -> Gate:
    """Events recorded while the rate was as usual.

    Parameters
    ----------
    kept : numpy.ndarray
        Mask over all events.
    time : numpy.ndarray or None
        In any unit.

    Returns
    -------
    Gate
        Not applied without a time channel, with too few events, or where time does not run.
    """
    if time is None:
        return _not_applied(kept, "time", "the file has no time channel")
    seen = time[kept]
    if len(seen) < LEAST_EVENTS:
        return _not_applied(kept, "time", f"only {len(seen)} events")
    if not np.isfinite(seen).all() or np.ptp(seen) <= 0:
        return _not_applied(kept, "time", "the time channel does not run or is not finite")
    start, step, spans = _time_axis(seen)
    place = np.clip((seen - start) / step, 0, len(spans) - 1).astype(np.int64)
    rate = np.bincount(place, minlength=len(spans)) / spans
    usual = float(np.median(rate))
    spread = max(1.4826 * float(np.median(np.abs(rate - usual))), math.sqrt(usual))
    width = max(RATE_SD * spread, RATE_SHARE * usual)
    is_usual = np.abs(rate - usual) <= width
    mask = kept.copy()
    mask[kept] = is_usual[place]
    limits = [("least events per bin", max(0.0, usual - width)), ("most events per bin", usual + width)]
    note = f"{int(np.count_nonzero(~is_usual))} of {len(spans)} bins of time have an unusual rate"
    return _gate("time", kept, mask, limits=limits, note=note)


def gate_singlets(kept: BoolArray, area: FloatArray | None, height: FloatArray | None) -> Gate:
    """Events whose ratio of area to height is that of single particles.

    Parameters
    ----------
    kept : numpy.ndarray
        Mask over all events.
    area, height : numpy.ndarray or None
        Area and height of the same pulse, forward scatter as a rule.

    Returns
    -------
    Gate
        Not applied without both channels, or with too few events.
    """
    if area is None or height is None:
        return _not_applied(kept, "singlets", "area or height of forward scatter is missing")
    is_usable = kept & (area > 0) & (height > 0)
    if np.count_nonzero(is_usable) < LEAST_EVENTS:
        return _not_applied(kept, "singlets", f"only {np.count_nonzero(is_usable)} events with both above 0")
    ratio = area[is_usable] / height[is_usable]
    centre = float(np.median(ratio))
    width = SINGLET_MAD * 1.4826 * float(np.median(np.abs(ratio - centre)))
    if width == 0:
        return _not_applied(kept, "singlets", "area and height are the same signal")
    mask = is_usable.copy()
    mask[is_usable] = np.abs(ratio - centre) <= width
    limits = [("least area / height", centre - width), ("most area / height", centre + width)]
    return _gate(
        "singlets", kept, mask, limits=limits, note=f"median {centre:.4g} +- {SINGLET_MAD:g} scaled MAD"
    )


def gate_cells(
    kept: BoolArray, forward: FloatArray | None, side: FloatArray | None, *, level: float = CELL_LEVEL
) -> Gate:
    """Events around the main mode of forward and side scatter, on log scales.

    Where a mode scatters much more than the heaviest one, the heaviest is taken for debris.

    Parameters
    ----------
    kept : numpy.ndarray
        Mask over all events.
    forward, side : numpy.ndarray or None
        Linear scatter.
    level : float, optional
        Least density beside that at the mode.

    Returns
    -------
    Gate
        Not applied without both channels, or with too few events.
    """
    if forward is None or side is None:
        return _not_applied(kept, "cells", "forward or side scatter is missing")
    is_usable = kept & (forward > 0) & (side > 0)
    if np.count_nonzero(is_usable) < LEAST_EVENTS:
        return _not_applied(kept, "cells", f"only {np.count_nonzero(is_usable)} events with scatter above 0")
    place, density, axis = _scatter_density(np.log10(forward[is_usable]), np.log10(side[is_usable]))
    chosen, label, count = _cell_mode(density, axis)
    is_cell = (label == chosen) & (density >= level * density[label == chosen].max())
    mask = is_usable.copy()
    mask[is_usable] = is_cell.ravel()[place]
    limits = [
        (f"{end} {name}", float(pick(values[mask])))
        for name, values in (("forward scatter", forward), ("side scatter", side))
        for end, pick in (("least", np.min), ("most", np.max))
    ]
    note = f"{count} modes of scatter; " + (
        "the heaviest" if chosen == 0 else "the heaviest scatters little and is taken for debris"
    )
    return _gate("cells", kept, mask, limits=limits, note=note)


def gate_viable(kept: BoolArray, dye: FloatArray | None, *, unstained: FloatArray | None = None) -> Gate:
    """Events that did not take up a viability dye.

    Parameters
    ----------
    kept : numpy.ndarray
        Mask over all events.
    dye : numpy.ndarray or None
        The dye's channel.
    unstained : numpy.ndarray, optional
        The same channel of gated cells without the dye; the limit is then their 99.5th percentile.

    Returns
    -------
    Gate
        Not applied without a dye, or with too few events.
    """
    if dye is None:
        return _not_applied(kept, "viable", "no viability dye is named")
    seen = dye[kept]
    seen = seen[np.isfinite(seen)]
    if len(seen) < LEAST_EVENTS:
        return _not_applied(kept, "viable", f"only {len(seen)} events")
    if unstained is not None and len(unstained) >= LEAST_EVENTS:
        limit, note = float(np.percentile(unstained, 99.5)), "99.5th percentile of cells without the dye"
    else:
        limit, note = _dye_limit(seen)
    return _gate("viable", kept, kept & (dye < limit), limits=[("dye below", limit)], note=note)


def _gate(name: str, kept: BoolArray, mask: BoolArray, *, limits: list[tuple[str, float]], note: str) -> Gate:
    mask.flags.writeable = False
    before, after = int(np.count_nonzero(kept)), int(np.count_nonzero(mask))
    record = GateRecord(
        name=name, before=before, after=after, is_applied=True, limits=tuple(limits), note=note
    )
    return Gate(kept=mask, record=record)


def _not_applied(kept: BoolArray, name: str, reason: str) -> Gate:
    count = int(np.count_nonzero(kept))
    return Gate(
        kept=kept, record=GateRecord(name=name, before=count, after=count, is_applied=False, note=reason)
    )


def _heap(values: FloatArray) -> float:
    """The largest value where it is far more frequent than the next ones, else infinity."""
    finite = values[np.isfinite(values)]
    if len(finite) < PILED:
        return math.inf
    top = float(finite.max())
    near, counts = np.unique(finite[finite > top * 0.98 if top > 0 else finite >= top], return_counts=True)
    is_heap = counts[-1] >= PILED and counts[-1] > 5 * counts[:-1].max(initial=0) and near[-1] > 0
    return top if is_heap else math.inf


def _tick(time: FloatArray) -> float:
    """The step of a clock that counts coarsely; 0 for a fine one."""
    ticks = np.unique(time[: 10 * 30_000 : 10] if len(time) > 30_000 else time)
    step = float(np.diff(ticks).min()) if len(ticks) > 1 else 0.0
    return step if np.ptp(time) < 100 * TIME_BINS * step else 0.0


def _time_axis(time: FloatArray) -> tuple[float, float, FloatArray]:
    """Start and width of the bins, and the share of a width that each spans.

    The width is a whole number of ticks of a coarse clock; a short last bin is joined to the one before.
    """
    start, span, tick = float(time.min()), float(np.ptp(time)), _tick(time)
    if tick == 0:
        return start, span / TIME_BINS, np.ones(TIME_BINS)
    step = math.ceil((span / tick + 1) / TIME_BINS) * tick
    widths = (span + tick) / step
    spans = np.ones(max(1, round(widths)))
    spans[-1] += widths - len(spans)
    return start, step, spans


Axis: TypeAlias = tuple[float, float]


def _scatter_density(x: FloatArray, y: FloatArray) -> tuple[NDArray[np.int64], FloatArray, Axis]:
    """The bin of each event, the smoothed density (forward, side) and the axis of forward scatter."""
    from scipy.ndimage import gaussian_filter

    from vesicle.cytometry.modes import places

    axes = [_axis(values) for values in (x, y)]
    place = places(x, edges=axes[0], bins=BINS) * BINS + places(y, edges=axes[1], bins=BINS)
    counts = np.bincount(place, minlength=BINS * BINS).reshape(BINS, BINS).astype(np.float64)
    width = min(6.0, max(2.0, 0.06 * BINS * (len(x) / 1000) ** (-1 / 6)))
    return place, gaussian_filter(counts, width, mode="constant", truncate=3.0), axes[0]


def _axis(values: FloatArray) -> Axis:
    sample = values[:: max(1, len(values) // 50_000)]
    low, high = np.percentile(sample, [0.1, 99.9])
    pad = max(0.05 * (high - low), 1e-3)
    return float(low - pad), float(high + pad)


def _cell_mode(density: FloatArray, axis: Axis) -> tuple[int, NDArray[np.int64], int]:
    """Which mode holds the cells, the modes of all bins, and how many count."""
    from vesicle.cytometry.modes import find_modes

    modes = find_modes(density, saddle=CELL_SADDLE)
    forward = axis[0] + (modes.peak // BINS + 0.5) * (axis[1] - axis[0]) / BINS
    count = int(np.count_nonzero(modes.share >= LEAST_CELLS))
    chosen = 0
    for i in range(1, count):
        if forward[i] > forward[chosen] + math.log10(DEBRIS_RATIO):
            chosen = i
    return chosen, modes.label, max(1, count)


def _dye_limit(dye: FloatArray) -> tuple[float, str]:
    """The valley above the dimmest mode; without a second mode, so many SDs above it."""
    from vesicle.cytometry.modes import find_modes, smoothed

    centre = float(np.median(dye))
    scale = max(float(np.percentile(np.abs(dye - centre), 25)), 1e-9)
    stretched = np.arcsinh(dye / scale)
    axis, bins = _axis(stretched), 2 * BINS
    density = smoothed(stretched, edges=axis, bins=bins, width=max(3.0, 14 * (len(dye) / 1000) ** -0.2))
    modes = find_modes(density, saddle=0.6)
    heavy = [int(modes.peak[i]) for i in range(len(modes.share)) if modes.share[i] >= LEAST_CELLS]
    lowest = min(heavy)
    above = sorted(peak for peak in heavy if peak > lowest)
    if above:
        valley = lowest + int(np.argmin(density[lowest : above[0] + 1]))
        return scale * math.sinh(
            axis[0] + (valley + 0.5) * (axis[1] - axis[0]) / bins
        ), "valley above the dim mode"
    mode = scale * math.sinh(axis[0] + (lowest + 0.5) * (axis[1] - axis[0]) / bins)
    spread = 1.4826 * float(np.median(mode - dye[dye <= mode]))
    return mode + DYE_SD * spread, f"one mode only: {DYE_SD:g} robust SDs above it"
