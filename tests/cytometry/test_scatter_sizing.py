"""From a signal to diameters: all that have it, for every model, and never one number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vesicle.cytometry.collection import side_scatter_curve
from vesicle.cytometry.materials import vesicle_models
from vesicle.cytometry.mie import Light, Particle
from vesicle.cytometry.scatter_calibration import fit_scatter
from vesicle.cytometry.scatter_fit import Bead
from vesicle.cytometry.scatter_sizing import DiameterBand, diameter_band, noise_edge, sizes_of
from vesicle.errors import UsageError
from vesicle.results import NotAssessed

VIOLET = Light(wavelength_nm=405.0, medium_index=1.3431)
POLYSTYRENE = Particle(core_index=1.6268)
VESICLE = Particle(core_index=1.38, shell_index=1.48, shell_nm=5.0)
NANOVIS = ((80.0, 1141.0), (108.0, 6161.0), (142.0, 21518.0))


def calibrated(half_angle_deg=None):
    beads = [Bead(diameter_nm=d, particle=POLYSTYRENE, signal=s) for d, s in NANOVIS]
    return fit_scatter(beads, VIOLET, half_angle_deg=half_angle_deg)


FIT_60 = calibrated(60.0)


def collected(diameter_nm, particle, half_angle_deg):
    return float(
        side_scatter_curve(np.array([diameter_nm]), particle, VIOLET, half_angle_deg).collected_nm2[0]
    )


@settings(max_examples=15, deadline=None)
@given(st.floats(40, 950), st.sampled_from([20.0, 60.0]), st.sampled_from([POLYSTYRENE, VESICLE]))
def test_the_diameter_that_made_a_signal_is_among_those_found(diameter_nm, half_angle_deg, particle):
    signal = collected(diameter_nm, particle, half_angle_deg)
    sizes = sizes_of(signal, particle, VIOLET, half_angle_deg)
    for size in sizes:
        assert collected(size, particle, half_angle_deg) == pytest.approx(signal, rel=1e-6)
    # Two solutions closer than a nm, at a top of the curve, fall between two points of the search.
    assert not sizes or min(abs(size - diameter_nm) for size in sizes) < 1.5


def test_where_the_curve_folds_back_every_diameter_is_returned():
    grid = np.arange(200.0, 1000.0, 1.0)
    curve = side_scatter_curve(grid, POLYSTYRENE, VIOLET, 20.0).collected_nm2
    falls = int(np.flatnonzero(np.diff(curve) < 0)[0])
    top = curve[falls]
    sizes = sizes_of(0.97 * top, POLYSTYRENE, VIOLET, 20.0)
    assert len(sizes) >= 2
    assert sizes[0] < grid[falls] < sizes[1]
    assert list(sizes) == sorted(sizes)


def test_a_signal_out_of_reach_has_no_diameter():
    assert sizes_of(1e-9, VESICLE, VIOLET, 60.0) == ()
    assert sizes_of(1e12, VESICLE, VIOLET, 60.0) == ()


def test_no_diameters_can_be_searched_below_the_membrane():
    with pytest.raises(UsageError, match="no diameter"):
        sizes_of(1.0, VESICLE, VIOLET, 60.0, range_nm=(2.0, 8.0))


def test_a_vesicle_s_diameter_is_a_band_over_models():
    """The methods note 157 nm for 1.38/1.48/5 nm at a signal of 1000 after these beads."""
    band = diameter_band(1000.0, calibrated())
    assert [one.model.name for one in band.by_model] == ["low", "average", "high"]
    low, average, high = (one.diameters_nm[0] for one in band.by_model)
    assert average == pytest.approx(157, abs=2)
    assert band.low_nm == high < average < low == band.high_nm
    assert band.high_nm > 1.5 * band.low_nm
    assert band.is_complete


def test_the_angle_that_is_not_known_widens_the_band():
    free, given_angle = diameter_band(300.0, calibrated()), diameter_band(300.0, calibrated(60.0))
    assert free.low_any_angle_nm < free.low_nm
    assert free.high_any_angle_nm > free.high_nm
    assert (given_angle.low_any_angle_nm, given_angle.high_any_angle_nm) == (
        given_angle.low_nm,
        given_angle.high_nm,
    )


@settings(max_examples=8, deadline=None)
@given(st.floats(5, 3000), st.floats(1.05, 5))
def test_a_brighter_particle_is_larger_in_every_model(signal, factor):
    """At 60 degrees the curves rise throughout."""
    dim, bright = (diameter_band(s, FIT_60) for s in (signal, factor * signal))
    assert isinstance(dim, DiameterBand)
    assert isinstance(bright, DiameterBand)
    for one, other in zip(dim.by_model, bright.by_model, strict=True):
        if one.diameters_nm and other.diameters_nm:
            assert other.diameters_nm[0] > one.diameters_nm[0]


def test_a_model_that_does_not_reach_the_signal_leaves_the_band_open():
    fit = calibrated(60.0)
    band = diameter_band(20_000.0, fit)
    assert not band.is_complete
    assert [one.outside for one in band.by_model] == ["above", None, None]
    dim = diameter_band(fit.gain * collected(30.5, vesicle_models()[0].particle, 60.0), fit)
    assert [one.outside for one in dim.by_model] == [None, "below", "below"]


@pytest.mark.parametrize("signal", [0.0, -3.0, float("nan"), float("inf"), 1e15, 1e-9])
def test_a_signal_that_no_vesicle_has_is_not_assessed(signal):
    assert isinstance(diameter_band(signal, calibrated(60.0)), NotAssessed)


def test_own_models_replace_those_of_the_house():
    band = diameter_band(1000.0, calibrated(60.0), models=vesicle_models()[1:2])
    assert len(band.by_model) == 1
    assert band.low_nm == band.high_nm


def test_the_edge_of_the_noise_is_the_99th_percentile_of_the_control():
    assert noise_edge(np.arange(1, 102, dtype=float)) == pytest.approx(100.0)
    assert isinstance(noise_edge(np.array([1.0, np.nan] * 60)), NotAssessed)


def test_the_limit_of_detection_is_the_diameter_at_the_edge_of_the_noise():
    control = np.random.default_rng(0).lognormal(np.log(60.0), 0.2, 5000)
    band = diameter_band(noise_edge(control), calibrated(60.0))
    assert 60 < band.low_nm < band.high_nm < 130
