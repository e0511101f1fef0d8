"""Diameters of events by one model: the same as those of one signal, and none where the curve folds back."""

import numpy as np
import pytest

from vesicle.cytometry.event_diameters import event_diameters
from vesicle.cytometry.materials import laser_in, sphere_of, vesicle_models
from vesicle.cytometry.scatter_sizing import log10_curve, sizes_of

LIGHT = laser_in("water", 488.0)
MODEL = vesicle_models()[1].particle


def test_events_have_the_diameter_that_a_single_signal_has():
    _, curve = log10_curve(MODEL, LIGHT, 40.0)
    signals = np.geomspace(1.1 * 10 ** curve[0], 0.9 * 10 ** curve[250], 25)
    found = event_diameters(signals, MODEL, LIGHT, 40.0)
    alone = [sizes_of(float(signal), MODEL, LIGHT, 40.0) for signal in signals]
    assert found.diameter_nm == pytest.approx([sizes[0] for sizes in alone], abs=0.01)
    assert (found.below, found.above, found.several) == (0, 0, 0)


def test_a_signal_of_several_diameters_gives_none_and_is_counted():
    bead = sphere_of("polystyrene", 488.0)
    diameters, curve = log10_curve(bead, LIGHT, 30.0)
    folded = 10 ** curve[np.flatnonzero(np.diff(curve) < 0)[0]]
    assert len(sizes_of(float(folded) * 0.999, bead, LIGHT, 30.0)) > 1
    found = event_diameters(np.array([10 ** curve[20], folded * 0.999]), bead, LIGHT, 30.0)
    assert found.diameter_nm.tolist() == [pytest.approx(diameters[20]), 0.0]
    assert (found.below, found.above, found.several) == (0, 0, 1)


def test_signals_that_the_curve_does_not_reach_give_none_and_are_counted():
    _, curve = log10_curve(MODEL, LIGHT, 40.0)
    ends = [-1.0, 0.0, 0.9 * 10 ** curve.min(), 1.1 * 10 ** curve.max()]
    found = event_diameters(np.array(ends), MODEL, LIGHT, 40.0)
    assert found.diameter_nm.tolist() == [0.0] * 4
    assert (found.below, found.above, found.several) == (3, 1, 0)


def test_a_curve_that_only_falls_gives_no_diameter_at_all():
    bead = sphere_of("polystyrene", 488.0)
    diameters, curve = log10_curve(bead, LIGHT, 30.0)
    start = next(n for n in range(len(curve)) if np.all(np.diff(curve[n : n + 20]) < 0))
    span = (float(diameters[start]), float(diameters[start + 15]))
    inner = 10 ** curve[start + 1 : start + 14]
    found = event_diameters(inner, bead, LIGHT, 30.0, range_nm=span)
    assert not found.diameter_nm.any()
    assert found.several == len(inner)


def test_no_events_give_no_diameters():
    assert len(event_diameters(np.empty(0), MODEL, LIGHT, 40.0).diameter_nm) == 0
