"""What is in the simulated vial: sizes as written, physics, and particles that follow their law."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.errors import UsageError
from vesicle.simulate.nta_physics import diffusion_um2_per_s, scattered, viscosity_of, water_mpas
from vesicle.simulate.nta_population import (
    draw_even,
    draw_free,
    expected_summary,
    quantiles_nm,
    share_below,
    summary,
)
from vesicle.simulate.nta_settings import (
    LIMITS,
    TRACK_LIMITS,
    NtaSettings,
    TrackSettings,
    check_settings,
    check_track_settings,
)
from vesicle.simulate.nta_sizes import lognormal, mixed, parse_components

OPTION_OF = {"width_px": "--width", "height_px": "--height", "drift_px": "--drift"}
BEADS = (mixed(100.0, 0.05),)


def test_a_mixture_is_read_as_it_is_written():
    small, large, broad = parse_components(["50:0.1:4,200:0", "100:0.2:0.5"], [])
    assert (small.mean_nm, small.sd_nm, small.weight) == pytest.approx((50, 5, 4))
    assert (large.median_nm, large.log_sd, large.weight, large.label) == (200, 0, 1, "200:0")
    assert (broad.sd_nm, broad.kind) == (pytest.approx(20), "mix")


def test_a_lognormal_may_stand_beside_a_mixture():
    beads, vesicles = parse_components(["100:0.05"], ["110:1.4:3"])
    assert (beads.kind, vesicles.kind) == ("mix", "lognormal")
    assert (vesicles.median_nm, np.exp(vesicles.log_sd), vesicles.weight) == pytest.approx((110, 1.4, 3))
    assert vesicles.label == "110:1.4"


@pytest.mark.parametrize(
    ("mix", "lognormals", "why"),
    [
        (["100"], [], "1 numbers are given, not 2 or 3"),
        (["100:0.05:1:1"], [], "4 numbers"),
        (["100:a"], [], "'a' is not a number"),
        (["100:0.05,"], [], "'' is not a number"),
        (["0:0.05"], [], "goes from 5 to 5000"),
        (["-100:0.05"], [], "diameter in nm is -100"),
        (["nan:0.05"], [], "diameter in nm is nan"),
        (["100:5"], [], "CV, a fraction, is 5"),
        (["100:0.05:0"], [], "weight is 0"),
        ([], ["110:0.9"], "GSD is 0.9; it goes from 1 to 5"),
        ([], [], "needs --mix or --lognormal"),
    ],
)
def test_sizes_that_cannot_be_are_refused_with_what_is_allowed(mix, lognormals, why):
    with pytest.raises(UsageError) as refused:
        parse_components(mix, lognormals)
    assert why in refused.value.why
    assert "For example" in refused.value.next_step


def test_water_has_the_viscosity_of_the_tables():
    tabled = {0: 1.792, 20: 1.0016, 25: 0.8900, 37: 0.6913}
    assert {t: water_mpas(t) for t in tabled} == pytest.approx(tabled, rel=0.001)


def test_the_viscosity_given_goes_before_that_of_water():
    assert viscosity_of(NtaSettings(components=BEADS, viscosity_mpas=1.5)) == 1.5
    assert viscosity_of(TrackSettings(components=BEADS, temperature_c=20)) == water_mpas(20)


def test_diffusion_is_inverse_to_size_and_viscosity():
    sizes = np.array([50.0, 100.0])
    thin, thick = (diffusion_um2_per_s(sizes, temperature_c=25, viscosity_mpas=v) for v in (0.89, 1.78))
    assert thin[0] == pytest.approx(2 * thin[1])
    assert thin == pytest.approx(2 * thick)
    # kT = 4.116e-21 J at 25 C; 3 pi eta d = 8.388e-10 kg/s for 100 nm.
    assert thin[1] == pytest.approx(4.116e-21 / 8.388e-10 * 1e12, rel=1e-3)


def test_light_grows_with_the_sixth_power_up_to_the_cap_and_the_second_above():
    at_50, at_100, at_150, at_300 = scattered(np.array([50.0, 100, 150, 300]), cap_nm=150)
    assert at_100 / at_50 == pytest.approx(2**6)
    assert (at_150, at_300) == pytest.approx((1, 4))
    around = scattered(np.array([150 - 1e-9, 150 + 1e-9]), cap_nm=150)
    assert np.diff(around) == pytest.approx(0, abs=1e-9)


@given(
    st.lists(st.tuples(st.floats(20, 400), st.floats(0, 0.5), st.floats(0.01, 10)), min_size=1, max_size=4),
    st.integers(50, 400),
)
def test_an_even_draw_misses_no_share_by_more_than_one_particle(parts, count):
    components = tuple(mixed(*part) for part in parts)
    drawn = draw_even(components, count=count, rng=np.random.default_rng(1))
    weights = np.array([part[2] for part in parts])
    numbers = np.bincount(drawn.component, minlength=len(parts))
    assert len(drawn.diameter_nm) == numbers.sum() == count
    assert np.abs(numbers - count * weights / weights.sum()).max() <= 1


def test_an_even_draw_has_one_particle_in_each_of_as_many_probable_classes():
    (component,) = parse_components([], ["110:1.4"])
    drawn = np.sort(draw_even((component,), count=100, rng=np.random.default_rng(5)).diameter_nm)
    edges = quantiles_nm(component, np.arange(1, 100) / 100)
    assert np.searchsorted(edges, drawn).tolist() == list(range(100))


def test_free_draws_agree_with_the_law_they_come_from():
    components = (mixed(70, 0.1, 3.0), lognormal(140, 1.3, 1.0))
    drawn = draw_free(components, count=400_000, rng=np.random.default_rng(2))
    found, law = summary(drawn.diameter_nm), expected_summary(components)
    assert found == {name: pytest.approx(value, rel=0.01) for name, value in law.items()}
    assert np.bincount(drawn.component)[0] / 400_000 == pytest.approx(0.75, abs=0.004)


def test_quantiles_of_single_sizes_are_these_sizes():
    law = expected_summary((mixed(100, 0, 1), mixed(200, 0, 3)))
    assert (law["d10_nm"], law["d50_nm"], law["d90_nm"]) == pytest.approx((100, 200, 200))
    assert law["share_below_150_nm"] == 0.25
    assert (law["mean_nm"], law["sd_nm"]) == pytest.approx((175, np.sqrt(3) * 25))


def test_half_of_a_lognormal_is_below_its_median():
    assert share_below((lognormal(110, 1.4),), 110) == pytest.approx(0.5)


def test_the_defaults_are_allowed():
    check_settings(NtaSettings(components=BEADS))
    check_track_settings(TrackSettings(components=BEADS))


@pytest.mark.parametrize("name", LIMITS)
def test_a_number_outside_its_range_is_refused_with_the_range(name):
    low, high = LIMITS[name]
    for value in (low - 1, high * 1.01, float("nan")):
        settings = NtaSettings(components=BEADS, **{name: value})
        with pytest.raises(UsageError) as refused:
            check_settings(settings)
        assert f"from {low:g} to {high:g}" in refused.value.why
        assert refused.value.where == OPTION_OF.get(name, f"--{name.replace('_', '-')}")


@pytest.mark.parametrize("name", TRACK_LIMITS)
def test_tracks_refuse_the_same(name):
    with pytest.raises(UsageError, match=name.replace("_", " ")):
        check_track_settings(TrackSettings(components=BEADS, **{name: TRACK_LIMITS[name][0] - 1}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"exposure_ms": 34.0}, "at most one frame, 33.3333 ms"),
        ({"bits": 16}, "8 or 12"),
        ({"drift_px": (0.0, 51.0)}, "up to 50 px"),
        ({"drift_px": (float("nan"), 0.0)}, "up to 50 px"),
        ({"background": 255.0}, "below 255"),
        ({"components": ()}, "one or more"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(change, why):
    settings = dataclasses.replace(NtaSettings(components=BEADS), **change)
    with pytest.raises(UsageError) as refused:
        check_settings(settings)
    assert why in refused.value.why


def test_a_shutter_that_is_open_all_the_time_is_allowed():
    check_settings(NtaSettings(components=BEADS, fps=30.0, exposure_ms=1000 / 30))


def test_a_dark_video_has_a_bright_ground():
    assert NtaSettings(components=BEADS).background_grey == 24
    assert NtaSettings(components=BEADS, dark=True).background_grey == 153
    assert NtaSettings(components=BEADS, dark=True, bits=12, background=900).background_grey == 900
