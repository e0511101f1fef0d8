"""Numbers of a list of single diameters, taken from the diameters themselves and not from classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vesicle.inference.quantiles import quantile_interval
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, Quantity
from vesicle.vesicles.physics import particle_mass_ug

TRACK_CLASS_NM = 5.0
"""Width of the classes into which single tracks are counted for the distribution."""

IN_CLASSES = f" in {TRACK_CLASS_NM:g} nm classes"
"""How a method says so; numbers that come from the diameters themselves leave it out."""

_PERCENTILES = {"d10_nm": 0.1, "median_nm": 0.5, "d90_nm": 0.9}


def from_diameters(diameter_nm: FloatArray, binned: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """The numbers of a list of diameters, each without the error of classes.

    Percentiles get the interval between order statistics. Mean, SD and mass keep the relative interval
    that the bootstrap of the classes gave them; the mode stays that of the smoothed classes.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        Diameters of the included tracks, shape (tracks,), at least one.
    binned : mapping of str to Estimate or NotAssessed
        The same numbers from the distribution in classes.

    Returns
    -------
    dict of str to Estimate or NotAssessed
        With the names of ``binned``.
    """
    values = {
        "mean_nm": float(diameter_nm.mean()),
        "sd_nm": float(diameter_nm.std()),
        "particle_mass_ug": particle_mass_ug(1.0) * float(np.mean(diameter_nm**3)),
    }
    return {
        **binned,
        **{name: quantile_interval(diameter_nm, q, what="tracks") for name, q in _PERCENTILES.items()},
        **{name: _around(binned[name], value) for name, value in values.items()},
    }


def _around(binned: Quantity, value: float) -> Quantity:
    if not isinstance(binned, Estimate) or binned.value <= 0:
        return binned
    scale = value / binned.value
    method = binned.method.replace(IN_CLASSES, "")
    return replace(binned, value=value, low=binned.low * scale, high=binned.high * scale, method=method)
