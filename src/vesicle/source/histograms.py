"""Signals of a tube and of its control in common classes, for the figure."""

from __future__ import annotations

import numpy as np

from vesicle.findings import SignalHistogram
from vesicle.measurements.sizing import FloatArray

CLASSES = 48
DECADES = 4.5
"""Signals more than this below the brightest are drawn in the first class."""


def histogram_of(sample: FloatArray, control: FloatArray) -> SignalHistogram | None:
    """Shares of both tubes in classes that are equally wide on a logarithmic axis.

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
    >>> float(found.control[0])
    1.0
    """
    both = np.concatenate([sample, control])
    bright = both[both > 0]
    if len(bright) == 0:
        return None
    top = float(np.quantile(bright, 0.9995))
    low = max(float(np.quantile(bright, 0.01)), top / 10**DECADES)
    edges = np.geomspace(low, max(1.3 * top, 2 * low), CLASSES + 1)
    found = SignalHistogram(edges=edges, sample=_shares(sample, edges), control=_shares(control, edges))
    for array in (found.edges, found.sample, found.control):
        array.flags.writeable = False
    return found


def _shares(values: FloatArray, edges: FloatArray) -> FloatArray:
    inside = np.clip(values, edges[0], np.nextafter(edges[-1], 0))
    return np.histogram(inside, bins=edges)[0] / max(len(values), 1)
