"""Mie coefficients agree with two other programs, and obey what any scatterer must."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.cytometry.mie import Light, Particle, amplitudes, scatter
from vesicle.cytometry.riccati import radial_waves
from vesicle.errors import UsageError

REFERENCE = json.loads((Path(__file__).parent / "mie_reference.json").read_text(encoding="utf-8"))
COSINES = np.cos(np.radians(REFERENCE["angle_deg"]))
BLUE = Light(wavelength_nm=488.0, medium_index=1.3374)
VESICLE = Particle(core_index=1.38, shell_index=1.48, shell_nm=5.0)
diameters = st.floats(10, 3000)


def computed(row):
    light = Light(wavelength_nm=row["wavelength_nm"], medium_index=row["medium"])
    particle = Particle(
        core_index=row["core"], shell_index=row.get("shell"), shell_nm=row.get("shell_nm", 0.0)
    )
    scattering = scatter(np.array([float(row["diameter_nm"])]), particle, light)
    s1, s2 = amplitudes(scattering, COSINES)
    return float(scattering.efficiency[0]), np.abs(s1[0]) ** 2, np.abs(s2[0]) ** 2


@pytest.mark.parametrize("kind", ["homogeneous", "coated"])
def test_the_frozen_values_of_another_program_are_met_to_1e_8(kind):
    """Homogeneous: miepython 3.3.0. Coated: scattnlay 2.4. See ``about`` in the file."""
    rows = REFERENCE[kind]
    assert len(rows) >= 32
    for row in rows:
        qsca, s1, s2 = computed(row)
        assert qsca == pytest.approx(row["qsca"], rel=1e-8)
        np.testing.assert_allclose(s1, row["s1_squared"], rtol=1e-8)
        # At 90 degrees S2 of a small sphere cancels to rounding, so it is compared with S1 there.
        np.testing.assert_allclose(s2, row["s2_squared"], rtol=1e-8, atol=1e-13 * max(row["s1_squared"]))


def test_a_small_sphere_scatters_as_rayleigh_says():
    """Qsca = 8/3 x^4 |(m2 - 1) / (m2 + 2)|^2 for a diameter far below the wavelength."""
    m2 = (1.6054 / BLUE.medium_index) ** 2
    scattering = scatter(np.array([1.0, 2.0]), Particle(core_index=1.6054), BLUE)
    expected = 8 / 3 * scattering.size_parameter**4 * ((m2 - 1) / (m2 + 2)) ** 2
    np.testing.assert_allclose(scattering.efficiency, expected, rtol=1e-3)


@given(diameters, st.floats(1.34, 1.7))
def test_light_is_neither_made_nor_lost(diameter_nm, index):
    """Without absorption extinction, by the optical theorem from the forward wave, equals scattering."""
    scattering = scatter(np.array([diameter_nm]), Particle(core_index=index), BLUE)
    forward, _ = amplitudes(scattering, np.array([1.0]))
    extinction = 4 / scattering.size_parameter[0] ** 2 * forward[0, 0].real
    assert scattering.efficiency[0] == pytest.approx(extinction, rel=1e-9, abs=1e-15)


@given(diameters, st.floats(1.34, 1.6), st.floats(0.5, 4.9))
def test_a_shell_of_the_core_s_own_index_is_no_shell(diameter_nm, index, shell_nm):
    plain = scatter(np.array([diameter_nm]), Particle(core_index=index), BLUE)
    particle = Particle(core_index=index, shell_index=index, shell_nm=shell_nm)
    coated = scatter(np.array([diameter_nm]), particle, BLUE)
    assert coated.efficiency[0] == pytest.approx(plain.efficiency[0], rel=1e-9)


def test_a_shell_that_reaches_the_centre_is_a_solid_sphere():
    solid = scatter(np.array([10.0]), Particle(core_index=1.48), BLUE).efficiency
    np.testing.assert_allclose(scatter(np.array([10.0]), VESICLE, BLUE).efficiency, solid, rtol=1e-12)


def test_a_particle_like_its_medium_does_not_scatter():
    scattering = scatter(np.array([30.0, 3000.0]), Particle(core_index=BLUE.medium_index), BLUE)
    assert scattering.efficiency.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("particle", [VESICLE, Particle(core_index=1.6054)])
def test_a_diameter_scatters_the_same_in_any_company(particle):
    """The largest sets the number of orders, and those overflow for the smallest."""
    together = scatter(np.array([10.0, 20_000.0, 300.0]), particle, BLUE).efficiency
    alone = [scatter(np.array([d]), particle, BLUE).efficiency[0] for d in (10.0, 20_000.0, 300.0)]
    np.testing.assert_allclose(together, alone, rtol=1e-11)


@given(st.floats(0.01, 60.0), st.integers(2, 60))
def test_radial_waves_keep_their_wronskian(argument, orders):
    """Regular' times irregular less regular times irregular' is 1 for every order and argument."""
    waves = radial_waves(np.array([argument]), orders)
    with np.errstate(all="ignore"):
        wronskian = waves.regular_slope * waves.irregular - waves.regular * waves.irregular_slope
    usable = (np.abs(waves.irregular) < 1e150) & (waves.regular > 1e-150)
    np.testing.assert_allclose(wronskian[usable], 1.0, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"wavelength_nm": 0.488}, "wavelength"),
        ({"wavelength_nm": float("nan")}, "wavelength"),
        ({"medium_index": 0.9}, "medium"),
    ],
)
def test_light_that_cannot_be_is_refused(change, word):
    with pytest.raises(UsageError, match=word):
        Light(**{"wavelength_nm": 488.0, "medium_index": 1.33, **change})


@pytest.mark.parametrize(
    ("given_values", "word"),
    [
        ({"core_index": 0.5}, "core"),
        ({"core_index": float("inf")}, "core"),
        ({"core_index": 1.4, "shell_index": 9.0, "shell_nm": 5.0}, "shell"),
        ({"core_index": 1.4, "shell_index": 1.5, "shell_nm": -1.0}, "thickness"),
        ({"core_index": 1.4, "shell_index": 1.5}, "thickness"),
        ({"core_index": 1.4, "shell_nm": 5.0}, "refractive index"),
    ],
)
def test_a_particle_that_cannot_be_is_refused(given_values, word):
    with pytest.raises(UsageError, match=word):
        Particle(**given_values)


@pytest.mark.parametrize("diameter_nm", [0.0, -5.0, float("nan"), float("inf"), 1e6])
def test_a_diameter_that_cannot_be_is_refused(diameter_nm):
    with pytest.raises(UsageError, match="diameter"):
        scatter(np.array([100.0, diameter_nm]), VESICLE, BLUE)


def test_a_vesicle_smaller_than_its_membrane_is_refused():
    with pytest.raises(UsageError, match="smaller than its shell"):
        scatter(np.array([9.0]), VESICLE, BLUE)


def test_diameters_of_another_shape_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="one row"):
        scatter(np.ones((2, 2)), VESICLE, BLUE)
