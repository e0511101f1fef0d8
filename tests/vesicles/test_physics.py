"""Viscosity, harmonising and mass against published or worked figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vesicles.build import run

from vesicle.readers.nanosight_summary import READER as NANOSIGHT
from vesicle.readers.zetaview_txt import READER as ZETAVIEW
from vesicle.results import NotAssessed
from vesicle.standards import load_standard
from vesicle.vesicles.conditions import Conditions, corrected_factor
from vesicle.vesicles.physics import particle_mass_ug, size_factor, water_viscosity_mpas
from vesicle.vesicles.size import summarise

WATER = Conditions(is_water=True)


def test_water_at_25_and_20_degrees_has_the_viscosity_of_the_tables():
    assert water_viscosity_mpas(25.0) == pytest.approx(0.8902, abs=0.0005)
    assert water_viscosity_mpas(20.0) == pytest.approx(1.0016, abs=0.0005)


@given(st.floats(0, 39))
def test_water_gets_thinner_as_it_warms(celsius):
    assert water_viscosity_mpas(celsius + 1) < water_viscosity_mpas(celsius)


@pytest.mark.parametrize("celsius", [-0.1, 40.1, float("nan")])
def test_the_viscosity_of_water_is_refused_where_the_formula_was_not_checked(celsius):
    with pytest.raises(ValueError, match="0 to 40"):
        water_viscosity_mpas(celsius)


@given(st.floats(5, 40), st.floats(5, 40), st.floats(0.5, 2), st.floats(0.5, 2))
def test_correcting_there_and_back_changes_no_size(one_c, two_c, one_mpas, two_mpas):
    there = size_factor(
        from_temperature_c=one_c,
        from_viscosity_mpas=one_mpas,
        to_temperature_c=two_c,
        to_viscosity_mpas=two_mpas,
    )
    back = size_factor(
        from_temperature_c=two_c,
        from_viscosity_mpas=two_mpas,
        to_temperature_c=one_c,
        to_viscosity_mpas=one_mpas,
    )
    assert there * back == pytest.approx(1.0)


def test_one_degree_is_about_two_and_a_half_per_cent_of_size():
    factor = size_factor(
        from_temperature_c=24.0,
        from_viscosity_mpas=water_viscosity_mpas(24.0),
        to_temperature_c=25.0,
        to_viscosity_mpas=water_viscosity_mpas(25.0),
    )
    assert factor == pytest.approx(1.0265, abs=0.001)


def harmonised(reader, path, raw_file):
    measured = reader.read(raw_file(path))
    return corrected_factor(measured, WATER)[0]


def test_harmonising_real_files_moves_the_two_vendors_apart_by_the_stated_1_3_per_cent(
    zetaview, nanosight, raw_file
):
    runs = [ZETAVIEW.read(raw_file(path)) for path in zetaview.glob("*_size_488.txt")]
    ours = [corrected_factor(run, WATER)[0] for run in runs if abs(run.temperature_c - 25) < 1]
    assert len(ours) >= 7
    theirs = [harmonised(NANOSIGHT, nanosight / "tidyNano_beads2.csv", raw_file)]
    theirs += [harmonised(NANOSIGHT, nanosight / "GD14_pexo_1000_-ExperimentSummary.csv", raw_file)]
    assert all(1.010 <= factor <= 1.011 for factor in ours), ours
    assert theirs == pytest.approx([0.9982, 0.9982], abs=2e-4)
    assert ours[0] / theirs[0] == pytest.approx(1.0125, abs=0.0015)


def test_a_viscosity_that_is_asked_for_rescales_every_diameter_and_no_concentration():
    plain = summarise(run(temperature_c=25.0, viscosity_mpas=0.9))
    thicker = summarise(run(temperature_c=25.0, viscosity_mpas=0.9), Conditions(viscosity_mpas=1.8))
    assert thicker.size_factor == 0.5
    for name in ("d10_nm", "median_nm", "d90_nm", "mean_nm", "mode_nm", "sd_nm"):
        before, after = getattr(plain, name), getattr(thicker, name)
        assert (after.value, after.low, after.high) == pytest.approx(
            (before.value / 2, before.low / 2, before.high / 2)
        )
    assert thicker.concentration_per_ml == plain.concentration_per_ml
    assert [warned.code for warned in thicker.warnings] == ["harmonised"]
    assert "0.5000" in thicker.warnings[0].message


def test_a_temperature_alone_keeps_the_liquid_and_changes_its_viscosity_as_waters():
    factor, _ = corrected_factor(run(temperature_c=20.0, viscosity_mpas=1.1), Conditions(temperature_c=25.0))
    kelvin = (25 + 273.15) / (20 + 273.15)
    assert factor == pytest.approx(kelvin * water_viscosity_mpas(20) / water_viscosity_mpas(25))


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ({}, WATER),
        ({"temperature_c": 25.0}, WATER),
        ({"temperature_c": 25.0, "viscosity_mpas": 0.0}, WATER),
        ({"temperature_c": 25.0, "viscosity_mpas": -1.0}, WATER),
        ({"temperature_c": 55.0, "viscosity_mpas": 0.5}, WATER),
        ({"temperature_c": 25.0, "viscosity_mpas": 0.9}, Conditions(temperature_c=60.0)),
        ({"temperature_c": 55.0, "viscosity_mpas": 0.5}, Conditions(temperature_c=25.0)),
    ],
)
def test_sizes_that_cannot_be_harmonised_are_refused_in_words(stated, wanted):
    factor, notes = corrected_factor(run(**stated), wanted)
    assert isinstance(factor, NotAssessed)
    assert "cannot be harmonised" in factor.reason
    assert [note.code for note in notes] == ["not_harmonised"]


def test_a_viscosity_that_is_stated_needs_no_formula_for_water():
    factor, _ = corrected_factor(
        run(temperature_c=55.0, viscosity_mpas=0.5), Conditions(temperature_c=55.0, viscosity_mpas=0.25)
    )
    assert factor == 2.0


@pytest.mark.parametrize(
    ("viscosity", "celsius", "codes"),
    [
        (0.897, 25.1, []),
        (1.0, 25.0, ["viscosity_unlike_water"]),
        (1.0, 55.0, []),
        (None, 25.0, []),
        (1.0, None, []),
    ],
)
def test_a_stated_viscosity_more_than_5_per_cent_from_water_is_flagged(viscosity, celsius, codes):
    factor, notes = corrected_factor(run(viscosity_mpas=viscosity, temperature_c=celsius), Conditions())
    assert (factor, [note.code for note in notes]) == (1.0, codes)


def test_particle_masses_are_the_worked_examples_of_the_standard():
    for row in load_standard("purity")["physical_plausibility"]["worked"]:
        mass = particle_mass_ug(row["d_nm"] ** 3)
        assert mass == pytest.approx(row["m_ug"], rel=0.005)
        assert 1 / (3e10 * mass) == pytest.approx(row["f_at_3e10"], rel=0.02)
        assert 1 / (1.5e9 * mass) == pytest.approx(row["f_at_1_5e9"], rel=0.01)
