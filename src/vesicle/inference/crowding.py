"""How much of a field brighter spots hide from fainter ones, from how the spots that were found lie to each other.

Sources that move freely lie anywhere. Where a spot is bright, fainter ones around it are lost: they merge with it, or
are taken for its rings. So fewer faint spots are found near bright ones than the same faint spots would have near the
bright ones of another frame; what is lacking tells the area that is hidden, whatever hides it. A rule gives how that
area depends on the two peaks, and the pairs give its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vesicle.inference.visibility import Visibility
from vesicle.measurements.sizing import FloatArray

_NEAREST, _RINGS = 2.8, 2.5
"""Spots hide those nearer than 2.8 of their standard deviations, where two of them make one maximum; and those nearer
than 2.5 times the cube root of the ratio of their peaks, since rings of diffraction decay as the cube."""

_REACH = 15.0
"""Standard deviations of a spot within which pairs are missed: the hole around a spot of 200 times the peak."""

_LEAST, _MOST = 1.0, 4.0
"""Bounds of the hidden area over that of the rule, which does not know how broad a saturated spot is (house rule)."""

_FRAMES, _SHIFTS = 300, (0.25, 0.5, 0.75)
"""Frames that are looked at, and how far the frames that they are compared with are away, in parts of the video."""

_USUAL_PAIRS = 100.0
"""Missed pairs that the rule stands for before any is seen: few pairs leave it as it is (house rule)."""

_PER_FOLD, _FOLDS = 4, 10.0
"""Levels per unit of the log peak, and how far they go above the faintest."""

_PERSISTS = 10.0
"""Frames in which about the same pair is seen: pairs are counted as so many fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowding:
    """The part of the field in which a spot would be found, by its peak.

    ``log_peak`` are increasing natural logs, ``share`` the part that is not hidden, shape (levels,) each. ``excess``
    is the hidden area over that of the rule.
    """

    log_peak: FloatArray
    share: FloatArray
    excess: float

    def open_share(self, log_peak: FloatArray) -> FloatArray:
        """The part of the field in which spots of these peaks would be found.

        Parameters
        ----------
        log_peak : numpy.ndarray
            Natural logs.

        Returns
        -------
        numpy.ndarray
            Of the same shape, above 0 and at most 1.
        """
        return np.interp(log_peak, self.log_peak, self.share)

    def open_depth(self, visibility: Visibility, log_size: FloatArray, threshold: float) -> FloatArray:
        """The depth in which a size is seen, each part of it counted as far as the field is open there.

        Parameters
        ----------
        visibility : Visibility
            How bright each size is.
        log_size : numpy.ndarray
            Natural logs of size.
        threshold : float
            A peak, above zero.

        Returns
        -------
        numpy.ndarray
            Of the same shape; as :meth:`Visibility.depth` where nothing is hidden.
        """
        levels = np.log(threshold) + np.arange(_PER_FOLD * _FOLDS) / _PER_FOLD
        deep = np.stack([visibility.depth(log_size, float(np.exp(level))) for level in levels])
        layers = deep - np.append(deep[1:], np.zeros_like(deep[:1]), axis=0)
        return self.open_share(levels + 0.5 / _PER_FOLD) @ layers


def open_everywhere() -> Crowding:
    """What holds where nothing is hidden.

    Returns
    -------
    Crowding
        With a share of 1.
    """
    return Crowding(log_peak=np.zeros(1), share=np.ones(1), excess=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Spots of all frames, sorted by frame, in a field of ``area_px`` with ``frames`` frames; columns as in a table."""

    frame: NDArray[np.int64]
    x_px: FloatArray
    y_px: FloatArray
    peak: FloatArray
    frames: int
    area_px: float
    sigma_px: float


def crowding_in(field: Field) -> Crowding:
    """How much of the field is hidden from each peak.

    Parameters
    ----------
    field : Field
        All spots that were found.

    Returns
    -------
    Crowding
        Open everywhere without spots.

    Notes
    -----
    **Source**: own derivation. Spots are taken to be independent of each other and spread evenly over the field, so the
    share that several leave open is the product of the shares that each leaves open.
    """
    if not len(field.peak):
        return open_everywhere()
    excess = hidden_over_rule(field)
    levels = np.log(field.peak.min()) + np.arange(_PER_FOLD * _FOLDS) / _PER_FOLD
    log_peak = np.log(field.peak)
    hidden = np.array([_area(log_peak[log_peak > level] - level, field.sigma_px).sum() for level in levels])
    return Crowding(
        log_peak=levels, share=np.exp(-excess * hidden / (field.area_px * field.frames)), excess=excess
    )


def _area(log_ratio: FloatArray, sigma_px: float) -> FloatArray:
    """What a spot hides, by the log of its peak over that of the other."""
    radius = sigma_px * np.maximum(_NEAREST, _RINGS * np.exp(log_ratio / 3))
    return np.pi * np.minimum(radius, _REACH * sigma_px) ** 2


def hidden_over_rule(field: Field) -> float:
    """The hidden area over that of the rule, from pairs that are missed within the reach of a spot.

    Parameters
    ----------
    field : Field
        All spots.

    Returns
    -------
    float
        Between 1 and 4; 1 where there are no pairs.
    """
    reach2 = (_REACH * field.sigma_px) ** 2
    pairs = _Pairs()
    starts = np.searchsorted(field.frame, np.arange(field.frames + 1))
    for one, other in _compared(field.frames):
        mine, theirs = (slice(starts[k], starts[k + 1]) for k in (one, other))
        pairs.add(field, mine, theirs, reach2=reach2, is_same=one == other)
    near, apart, away = pairs.near, pairs.apart, pairs.away
    if not (apart > 0 and away > 0 and pairs.far > 0):
        return _LEAST
    expected = apart * pairs.far / away
    by_rule = expected * pairs.area / (apart * np.pi * reach2)
    missed = (expected - near) / _PERSISTS
    found = (missed + _USUAL_PAIRS) / (by_rule / _PERSISTS + _USUAL_PAIRS)
    return float(np.clip(found, _LEAST, _MOST))


def _compared(frames: int) -> Iterator[tuple[int, int]]:
    every = -(-frames // _FRAMES)
    for frame in range(0, frames, every):
        yield frame, frame
        for shift in _SHIFTS:
            other = (frame + int(shift * frames)) % frames
            if other != frame:
                yield frame, other


@dataclass(slots=True, kw_only=True)
class _Pairs:
    """Pairs of a brighter and a fainter spot: within reach and beyond, in one frame and in different ones.

    ``area`` is the sum of what the rule hides in pairs of different frames that are within reach.
    """

    near: float = 0.0
    far: float = 0.0
    apart: float = 0.0
    away: float = 0.0
    area: float = 0.0

    def add(self, field: Field, mine: slice, theirs: slice, *, reach2: float, is_same: bool) -> None:
        """Count the pairs of two frames."""
        x, y, peak = field.x_px, field.y_px, field.peak
        dx, dy = x[mine, None] - x[None, theirs], y[mine, None] - y[None, theirs]
        is_brighter = peak[mine, None] > peak[None, theirs]
        is_near = is_brighter & (dx * dx + dy * dy < reach2)
        near, all_pairs = int(is_near.sum()), int(is_brighter.sum())
        if is_same:
            self.near += near
            self.far += all_pairs - near
            return
        self.apart += near
        self.away += all_pairs - near
        ratio = np.log((peak[mine, None] / peak[None, theirs])[is_near])
        self.area += float(_area(ratio, field.sigma_px).sum())
