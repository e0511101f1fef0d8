"""Distributions of several runs over the same size classes, so that they can be taken together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vesicle.findings import SizeDistribution
from vesicle.measurements.sizing import FloatArray, frozen

FEWEST_CLASSES = 4
EVEN = 0.01
"""Steps that differ by less than this share of their mean count as even."""


def has_log_classes(distribution: SizeDistribution) -> bool:
    """Whether all classes are equally wide on a logarithmic axis.

    Parameters
    ----------
    distribution : SizeDistribution
        Of one run.

    Returns
    -------
    bool
        False with a class that begins at zero, or with few classes.
    """
    edges = distribution.edges_nm
    if edges[0] <= 0 or len(edges) < FEWEST_CLASSES:
        return False
    steps = np.diff(np.log(edges))
    return bool(np.ptp(steps) < EVEN * steps.mean())


def in_common_classes(distributions: Sequence[SizeDistribution]) -> list[SizeDistribution]:
    """The same distributions over classes that all of them share.

    Parameters
    ----------
    distributions : sequence of SizeDistribution
        With logarithmic classes.

    Returns
    -------
    list of SizeDistribution
        From the smallest to the largest edge of all, in steps of the finest. Shares are split evenly over log size
        within a class, so each sums to what it did.
    """
    logs = [np.log(found.edges_nm) for found in distributions]
    low, high = min(edges[0] for edges in logs), max(edges[-1] for edges in logs)
    finest = min(float(np.diff(edges).mean()) for edges in logs)
    edges = np.linspace(low, high, round((high - low) / finest) + 1)
    return [_over(found, edges) for found in distributions]


def _over(found: SizeDistribution, log_edges: FloatArray) -> SizeDistribution:
    def split(share: FloatArray) -> FloatArray:
        below = np.concatenate([[0.0], np.cumsum(share)])
        return frozen(np.diff(np.interp(log_edges, np.log(found.edges_nm), below)))

    return SizeDistribution(
        diameter_nm=frozen(np.exp((log_edges[1:] + log_edges[:-1]) / 2)),
        edges_nm=frozen(np.exp(log_edges)),
        fraction=split(found.fraction),
        low=split(found.low),
        high=split(found.high),
    )
