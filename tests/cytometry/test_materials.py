"""Refractive indices: the values of the methods, their sources, and what is not known."""

import pytest

from vesicle.cytometry.materials import material, vesicle_models
from vesicle.errors import UsageError

WAVELENGTHS_NM = (405.0, 488.0, 561.0, 638.0)


@pytest.mark.parametrize(
    ("name", "indices"),
    [
        ("water", (1.3431, 1.3374, 1.3343, 1.3320)),
        ("polystyrene", (1.6268, 1.6054, 1.5945, 1.5871)),
        ("silica", (1.4696, 1.4630, 1.4595, 1.4569)),
    ],
)
def test_indices_follow_the_formula_at_the_lines_of_lasers(name, indices):
    found = [material(name).index(wavelength) for wavelength in WAVELENGTHS_NM]
    assert found == pytest.approx(indices, abs=6e-5)


def test_polystyrene_meets_the_index_of_a_bead_data_sheet():
    """1.591 at 590 nm, as the sheet of the nanoViS beads states."""
    assert material("Polystyrene ").index(590.0) == pytest.approx(1.591, abs=1e-3)


def test_polystyrene_is_extrapolated_at_405_nm_and_says_so():
    assert material("polystyrene").is_extrapolated(405.0)
    assert not material("polystyrene").is_extrapolated(488.0)


def test_every_index_says_where_it_was_seen_or_that_the_house_chose_it():
    for name in ("water", "polystyrene", "silica"):
        source = material(name).source
        assert source.status == "second-hand"
        assert source.seen_in
    assert {model.source.status for model in vesicle_models()} == {"house"}


def test_vesicles_are_assumed_with_three_cores():
    particles = [model.particle for model in vesicle_models()]
    assert [particle.core_index for particle in particles] == [1.36, 1.38, 1.40]
    assert {(particle.shell_index, particle.shell_nm) for particle in particles} == {(1.48, 5.0)}


def test_an_unknown_material_is_refused_with_the_nearest_one():
    with pytest.raises(UsageError, match=r"'polystyren'.*Did you mean 'polystyrene'"):
        material("polystyren")
    with pytest.raises(UsageError, match="as a number"):
        material("gold")


@pytest.mark.parametrize("wavelength_nm", [100.0, 5000.0, float("nan")])
def test_an_index_far_outside_the_formula_is_refused(wavelength_nm):
    with pytest.raises(UsageError, match="not known"):
        material("water").index(wavelength_nm)
