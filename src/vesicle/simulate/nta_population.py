"""Particles drawn from the components of a vial, and the summaries that an estimate is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from vesicle.measurements.sizing import FloatArray, read_only
from vesicle.simulate.nta_sizes import Component

SMALL_NM = 150.0
"""Truth files give the share of particles below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Particles: diameter, and the component that each belongs to; both of shape (particles,)."""

    diameter_nm: FloatArray
    component: NDArray[np.int64]


def shares(components: Sequence[Component]) -> FloatArray:
    """Each component's part of the number of particles.

    Parameters
    ----------
    components : sequence of Component
        With weights of any sum.

    Returns
    -------
    numpy.ndarray
        Shape (components,), sums to 1.
    """
    weights = np.array([component.weight for component in components])
    return weights / weights.sum()


def draw_even(components: Sequence[Component], *, count: int, rng: np.random.Generator) -> Population:
    """Particles that follow the components as evenly as a number allows, in random order.

    Each component gets its share of the particles, rounded, and its particles one diameter from each of as many
    equally probable classes. A video holds few particles: drawn freely, 200 of them would miss a share of
    one half by 0.035, which no estimator could know.

    Parameters
    ----------
    components : sequence of Component
        What is in the vial.
    count : int
        Number of particles.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Population
        Of exactly ``count`` particles.
    """
    numbers = _rounded(shares(components) * count)
    component = np.repeat(np.arange(len(components)), numbers)
    rank = np.concatenate([(np.arange(n) + rng.random(n)) / n for n in numbers if n])
    order = rng.permutation(count)
    return _population(components, component[order], rank[order])


def draw_free(components: Sequence[Component], *, count: int, rng: np.random.Generator) -> Population:
    """Particles drawn independently of each other.

    Parameters
    ----------
    components : sequence of Component
        What is in the vial.
    count : int
        Number of particles.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Population
        Of exactly ``count`` particles.
    """
    component = rng.choice(len(components), size=count, p=shares(components))
    return _population(components, component, rng.random(count))


def quantiles_nm(component: Component, rank: FloatArray) -> FloatArray:
    """Diameters of a component below which given shares of it lie.

    Parameters
    ----------
    component : Component
        A lognormal.
    rank : numpy.ndarray
        Shares between 0 and 1, both excluded.

    Returns
    -------
    numpy.ndarray
        In nm, same shape.
    """
    return component.median_nm * np.exp(component.log_sd * ndtri(rank))


def summary(diameter_nm: FloatArray) -> Mapping[str, float]:
    """What a size distribution is reported by, from the particles themselves.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        One diameter per particle, at least one.

    Returns
    -------
    mapping
        Quantiles, mean, standard deviation and the share below 150 nm.
    """
    d10, d50, d90 = np.quantile(diameter_nm, (0.1, 0.5, 0.9))
    return {
        "median_nm": float(d50),
        "d10_nm": float(d10),
        "d50_nm": float(d50),
        "d90_nm": float(d90),
        "mean_nm": float(diameter_nm.mean()),
        "sd_nm": float(diameter_nm.std()),
        "share_below_150_nm": float((diameter_nm < SMALL_NM).mean()),
    }


def expected_summary(components: Sequence[Component]) -> Mapping[str, float]:
    """The same summary of the law that particles are drawn from.

    Parameters
    ----------
    components : sequence of Component
        What is in the vial.

    Returns
    -------
    mapping
        As :func:`summary`.
    """
    share = shares(components)
    means = np.array([component.mean_nm for component in components])
    seconds = np.array([component.mean_nm**2 + component.sd_nm**2 for component in components])
    mean = float(share @ means)
    d10, d50, d90 = (_quantile_of_all(components, rank) for rank in (0.1, 0.5, 0.9))
    return {
        "median_nm": d50,
        "d10_nm": d10,
        "d50_nm": d50,
        "d90_nm": d90,
        "mean_nm": mean,
        "sd_nm": float(np.sqrt(max(share @ seconds - mean**2, 0.0))),
        "share_below_150_nm": share_below(components, SMALL_NM),
    }


def share_below(components: Sequence[Component], diameter_nm: float) -> float:
    """The part of all particles that is smaller than a diameter.

    Parameters
    ----------
    components : sequence of Component
        What is in the vial.
    diameter_nm : float
        Any positive diameter.

    Returns
    -------
    float
        Between 0 and 1.
    """
    below = [_below(component, diameter_nm) for component in components]
    return float(shares(components) @ np.array(below))


def _below(component: Component, diameter_nm: float) -> float:
    if component.log_sd == 0:
        return float(component.median_nm < diameter_nm)
    return float(ndtr(np.log(diameter_nm / component.median_nm) / component.log_sd))


def _quantile_of_all(components: Sequence[Component], rank: float) -> float:
    each = [float(quantiles_nm(component, np.array(rank))) for component in components]
    low, high = min(each), max(each)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if share_below(components, middle) < rank else (low, middle)
    return (low + high) / 2


def _rounded(expected: FloatArray) -> NDArray[np.int64]:
    """Whole numbers of the same sum: the largest remainders are rounded up."""
    numbers = np.floor(expected).astype(np.int64)
    left = round(float(expected.sum())) - int(numbers.sum())
    numbers[np.argsort(numbers - expected, kind="stable")[:left]] += 1
    return numbers


def _population(
    components: Sequence[Component], component: NDArray[np.int64], rank: FloatArray
) -> Population:
    median_nm = np.array([item.median_nm for item in components])[component]
    log_sd = np.array([item.log_sd for item in components])[component]
    diameter_nm = median_nm * np.exp(log_sd * ndtri(np.clip(rank, 1e-12, 1 - 1e-12)))
    return Population(diameter_nm=read_only(diameter_nm), component=read_only(component))
