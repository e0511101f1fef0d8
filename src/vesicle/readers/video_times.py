"""When the frames of an encoded video were taken, from their time stamps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.measurements.sizing import FloatArray
from vesicle.results import Warned

_SAME_RATE = 0.005
_OFF_BEAT = 0.3
_MOST_GAPS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The frame rate, the places in time (counted from 0) at which no frame was stored, and the doubts."""

    fps: float | None
    dropped: tuple[int, ...] = ()
    warnings: tuple[Warned, ...] = ()


def times_from(stamps: Sequence[int | None], *, tick_s: float, fps: float | None) -> Times:
    """What the time stamps of the frames say.

    Parameters
    ----------
    stamps : sequence of int or None
        One per frame, in any order, in ticks.
    tick_s : float
        Seconds per tick.
    fps : float or None
        The rate that the header states.

    Returns
    -------
    Times
        The header's rate where the stamps bear it out, else theirs.

    Examples
    --------
    >>> times_from([0, 1, 2, 4], tick_s=0.04, fps=25.0)
    Times(fps=25.0, dropped=(3,), warnings=())
    """
    known = np.array(sorted(stamp for stamp in stamps if stamp is not None), dtype=np.float64) * tick_s
    if len(known) < max(2, len(stamps)) or not 0 < known[-1] - known[0] < np.inf:
        return Times(fps=fps)
    since = known - known[0]
    middle = float(np.median(np.diff(since)))
    for step in (1 / fps if fps else 0.0, middle):
        slots = _slots(since, step)
        if slots is not None:
            return _even(since, slots, fps)
    gaps_ms = np.diff(since) * 1e3
    message = (
        f"The times between frames vary from {gaps_ms.min():.3g} to {gaps_ms.max():.3g} ms; frames are taken "
        "as evenly spaced, so sizes may be wrong."
    )
    note = Warned(code="frame_times_uneven", message=message)
    return Times(fps=float((len(since) - 1) / since[-1]), warnings=(note,))


def _slots(since: FloatArray, step: float) -> NDArray[np.int64] | None:
    """The place in time of each frame when frames come at this step, or None when they do not."""
    if not step > 0 or since[-1] / step * (1 - _MOST_GAPS) > len(since):
        return None
    slots = np.rint(since / step)
    gaps = np.diff(slots)
    is_even = (
        gaps.min() >= 1 and np.median(gaps) == 1 and np.all(np.abs(since - slots * step) <= _OFF_BEAT * step)
    )
    return slots.astype(np.int64) if is_even else None


def _even(since: FloatArray, slots: NDArray[np.int64], fps: float | None) -> Times:
    measured = float(slots[-1] / since[-1])
    is_borne_out = fps is not None and abs(fps - measured) <= _SAME_RATE * measured
    missing = np.setdiff1d(np.arange(int(slots[-1])), slots, assume_unique=True)
    return Times(fps=fps if is_borne_out else measured, dropped=tuple(missing.tolist()))
