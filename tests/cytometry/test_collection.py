"""Light collected in a cone: geometry that must hold, and a published curve."""

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.cytometry.collection import collected_at_the_side, collected_forward, side_scatter_curve
from vesicle.cytometry.mie import Light, Particle, amplitudes, scatter
from vesicle.errors import UsageError

BLUE = Light(wavelength_nm=488.0, medium_index=1.3374)
VESICLE = Particle(core_index=1.38, shell_index=1.48, shell_nm=5.0)
MODELS = {
    ("NIST beads", 1): Particle(core_index=1.6054),
    ("EV_model", 1): Particle(core_index=1.36, shell_index=1.48, shell_nm=5.0),
    ("EV_model", 2): VESICLE,
    ("EV_model", 3): Particle(core_index=1.40, shell_index=1.48, shell_nm=5.0),
}


@given(st.floats(20, 3000))
def test_half_the_sphere_at_the_side_collects_half_of_all_light(diameter_nm):
    """The pattern is the same on both sides of the plane of beam and polarisation."""
    scattering = scatter(np.array([diameter_nm]), VESICLE, BLUE)
    everything = scattering.efficiency[0] * np.pi * diameter_nm**2 / 4
    assert collected_at_the_side(scattering, BLUE, 90.0)[0] == pytest.approx(everything / 2, rel=1e-9)


@pytest.mark.parametrize("half_angle_deg", [5.0, 30.0, 60.0, 80.0, 88.0])
def test_the_cone_agrees_with_counting_directions_one_by_one(half_angle_deg):
    """A fine grid over the sphere, with the condition of the cone itself and no limits worked out."""
    diameter_nm = 700.0
    theta = (np.arange(1500) + 0.5) * np.pi / 1500
    phi = (np.arange(1500) + 0.5) * np.pi / 1500 - np.pi / 2
    s1, s2 = amplitudes(scatter(np.array([diameter_nm]), VESICLE, BLUE), np.cos(theta))
    inside = np.outer(np.sin(theta), np.cos(phi)) >= np.cos(np.radians(half_angle_deg))
    across = np.outer(np.abs(s1[0]) ** 2, np.cos(phi) ** 2) + np.outer(np.abs(s2[0]) ** 2, np.sin(phi) ** 2)
    total = np.sum(inside * across * np.sin(theta)[:, np.newaxis]) * (np.pi / 1500) ** 2
    curve = side_scatter_curve(np.array([diameter_nm]), VESICLE, BLUE, half_angle_deg)
    assert curve.collected_nm2[0] == pytest.approx(total / BLUE.wavenumber_per_nm**2, rel=3e-3)


def test_a_narrow_cone_collects_what_goes_straight_to_the_side():
    scattering = scatter(np.array([300.0]), VESICLE, BLUE)
    s1, _ = amplitudes(scattering, np.array([0.0]))
    solid_angle = 2 * np.pi * (1 - np.cos(np.radians(0.1)))
    expected = np.abs(s1[0, 0]) ** 2 * solid_angle / BLUE.wavenumber_per_nm**2
    assert collected_at_the_side(scattering, BLUE, 0.1)[0] == pytest.approx(expected, rel=1e-4)


@given(st.floats(1, 89), st.floats(1, 89))
def test_a_wider_lens_never_collects_less(one_deg, other_deg):
    scattering = scatter(np.array([50.0, 500.0]), VESICLE, BLUE)
    narrow, wide = sorted((one_deg, other_deg))
    more = collected_at_the_side(scattering, BLUE, wide) >= collected_at_the_side(
        scattering, BLUE, narrow
    ) * (1 - 1e-9)
    assert more.all()


def test_rings_around_the_beam_add_up():
    scattering = scatter(np.array([100.0, 1000.0]), VESICLE, BLUE)
    inner = collected_forward(scattering, BLUE, outer_deg=8.0)
    outer = collected_forward(scattering, BLUE, inner_deg=8.0, outer_deg=20.0)
    np.testing.assert_allclose(inner + outer, collected_forward(scattering, BLUE, outer_deg=20.0), rtol=1e-10)


def test_a_large_particle_scatters_nearly_all_forward():
    scattering = scatter(np.array([3000.0]), VESICLE, BLUE)
    everything = scattering.efficiency * np.pi * 3000.0**2 / 4
    assert 0.95 < (collected_forward(scattering, BLUE, outer_deg=90.0) / everything)[0] < 1


def test_many_diameters_are_computed_as_one_by_one():
    grid = np.linspace(30.0, 1000.0, 2100)
    curve = side_scatter_curve(grid, VESICLE, BLUE, 60.0)
    few = side_scatter_curve(grid[::300], VESICLE, BLUE, 60.0)
    np.testing.assert_allclose(curve.collected_nm2[::300], few.collected_nm2, rtol=1e-10)
    np.testing.assert_allclose(curve.efficiency[::300], few.efficiency, rtol=1e-10)


@pytest.mark.parametrize("half_angle_deg", [0.0, -10.0, 90.1, float("nan")])
def test_a_cone_that_cannot_be_is_refused(half_angle_deg):
    with pytest.raises(UsageError, match="half-angle"):
        side_scatter_curve(np.array([100.0]), VESICLE, BLUE, half_angle_deg)


@pytest.mark.parametrize(
    ("inner_deg", "outer_deg"), [(10.0, 10.0), (-1.0, 10.0), (0.0, 91.0), (5.0, float("nan"))]
)
def test_a_ring_that_cannot_be_is_refused(inner_deg, outer_deg):
    with pytest.raises(UsageError, match="ring"):
        collected_forward(
            scatter(np.array([100.0]), VESICLE, BLUE), BLUE, inner_deg=inner_deg, outer_deg=outer_deg
        )


def test_the_curves_of_another_program_are_met_to_a_hundredth_of_a_decade(real_data):
    """MieTheor_nano's workbook: 50-400 nm, 488 nm, half-angle 50 degrees; its unit is free, one for all curves."""
    path = real_data / "cytometry" / "mie" / "mattheor_ps_si_ev_curves.xlsx"
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    ratios = {}
    for (sheet, column), particle in MODELS.items():
        rows = [row for row in book[sheet].iter_rows(values_only=True) if isinstance(row[0], int | float)]
        rows = [row for row in rows if 50 <= row[0] <= 400]
        curve = side_scatter_curve(np.array([float(row[0]) for row in rows]), particle, BLUE, 50.0)
        ratios[sheet, column] = np.log10([row[column] for row in rows]) - np.log10(curve.collected_nm2)
        assert len(rows) == 351
    book.close()
    unit = np.mean([ratio.mean() for ratio in ratios.values()])
    for ratio in ratios.values():
        assert np.abs(ratio - ratio.mean()).max() < 0.01
        assert np.sqrt(np.mean((ratio - unit) ** 2)) < 0.01
