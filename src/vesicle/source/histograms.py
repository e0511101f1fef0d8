"""Signals of a tube and of its control in common classes, for the figure."""

from __future__ import annotations

import numpy as np

from vesicle.findings import SignalHistogram
from vesicle.measurements.sizing import FloatArray

CLASSES = 48
DECADES = 4.5
"""Width of the logicle scale, the usual one."""
_ENDS = (0.001, 0.9995)
"""Quantiles of both tubes that the axis reaches, and 0; events beyond them are in the outermost classes."""
_MARGIN = 0.02
"""Room below the lowest end, so that 0 lies on the axis whatever the rounding."""
_BELOW, _ABOVE, _POINTS = -1.0, 1.5, 5_001


def histogram_of(sample: FloatArray, control: FloatArray) -> SignalHistogram | None:
    """Shares of both tubes in classes that are equally wide on a logicle scale.

    The scale is nearly linear around zero, as wide as the negative signals need, and logarithmic above; for display
    only.

    Parameters
    ----------
    sample, control : numpy.ndarray
        Signals of the gated events, compensated where that was done; some may be below zero.

    Returns
    -------
    SignalHistogram or None
        None when no signal is above zero.

    Examples
    --------
    >>> import numpy as np
    >>> found = histogram_of(np.array([10.0, 1000.0]), np.array([10.0, -3.0]))
    >>> bool(found.edges[0] <= -2.9), float(found.control[0])
    (True, 0.5)
    """
    both = np.concatenate([sample, control])
    if not np.any(both > 0):
        return None
    edges = _edges(both)
    found = SignalHistogram(edges=edges, sample=_shares(sample, edges), control=_shares(control, edges))
    for array in (found.edges, found.sample, found.control):
        array.flags.writeable = False
    return found


def _edges(values: FloatArray) -> FloatArray:
    """Edges of classes from a table of the scale, which needs no solving."""
    from vesicle.cytometry.transforms import from_logicle, logicle_for

    lowest, highest = (float(end) for end in np.quantile(values, _ENDS))
    top = highest if highest > 0 else float(values.max())  # the few above 0 may lie beyond that quantile
    scale = logicle_for(values, top=top, decades=DECADES)
    places = np.linspace(_BELOW, _ABOVE, _POINTS)
    first, last = np.interp([min(lowest, 0.0), 1.3 * top], from_logicle(places, scale), places)
    return from_logicle(np.linspace(first - _MARGIN, last, CLASSES + 1), scale)


def _shares(values: FloatArray, edges: FloatArray) -> FloatArray:
    inside = np.clip(values, edges[0], np.nextafter(edges[-1], edges[0]))
    return np.histogram(inside, bins=edges)[0] / max(len(values), 1)
