"""What turns pixels into sizes is complete, or what is missing is named."""

import pytest

from vesicle.measurements import Scale
from vesicle.results import NotAssessed
from vesicle.vesicles.physics import diffusion_um2_s, water_viscosity_mpas
from vesicle.vesicles.scales import Optics, completed, optics_of

FULL = Scale(pixel_nm=166.0, fps=30.0, exposure_ms=10.0, temperature_c=25.0)


def test_diffusion_follows_from_temperature_viscosity_and_size():
    # kT at 25 C is 4.1164e-21 J; in water of 0.8902 mPa s a 100 nm sphere has 4.906 um^2/s by hand.
    assert diffusion_um2_s(100.0, temperature_c=25.0, viscosity_mpas=0.8902) == pytest.approx(
        4.906, abs=0.002
    )


def test_a_full_scale_gives_blur_and_mobility():
    optics = optics_of(FULL)
    assert isinstance(optics, Optics)
    assert optics.blur == pytest.approx(0.3 / 6)
    assert optics.mobility_um2_s_nm == pytest.approx(490.6, rel=1e-3)
    assert optics.viscosity_mpas == pytest.approx(water_viscosity_mpas(25.0))
    assert optics.warnings == ()


@pytest.mark.parametrize(
    ("scale", "named", "unnamed"),
    [
        (Scale(fps=30.0), ("--pixel-nm",), ("--fps",)),
        (Scale(pixel_nm=166.0), ("--fps",), ("--pixel-nm",)),
        (Scale(), ("--pixel-nm", "--fps"), ()),
    ],
)
def test_what_is_missing_is_refused_by_name(scale, named, unnamed):
    refused = optics_of(scale)
    assert isinstance(refused, NotAssessed)
    assert all(option in refused.reason for option in named)
    assert not any(option in refused.reason for option in unnamed)


def test_without_a_temperature_only_the_size_is_missing():
    optics = optics_of(Scale(pixel_nm=166.0, fps=30.0, exposure_ms=0.0))
    assert isinstance(optics, Optics)
    assert isinstance(optics.mobility_um2_s_nm, NotAssessed)
    assert "--temperature-c" in optics.mobility_um2_s_nm.reason


def test_outside_the_range_of_water_the_viscosity_is_asked_for():
    hot = optics_of(Scale(pixel_nm=166.0, fps=30.0, exposure_ms=0.0, temperature_c=60.0))
    assert isinstance(hot, Optics)
    assert isinstance(hot.mobility_um2_s_nm, NotAssessed)
    assert "--viscosity-mpas" in hot.mobility_um2_s_nm.reason
    known = optics_of(completed(FULL, Scale(temperature_c=60.0, viscosity_mpas=0.466)))
    assert isinstance(known, Optics)
    assert not isinstance(known.mobility_um2_s_nm, NotAssessed)


@pytest.mark.parametrize(
    ("exposure_ms", "blur", "codes"),
    [(None, None, []), (50.0, 1 / 6, ["exposure_too_long"]), (0.0, 0.0, [])],
)
def test_a_doubtful_exposure_is_said(exposure_ms, blur, codes):
    optics = optics_of(Scale(pixel_nm=166.0, fps=30.0, exposure_ms=exposure_ms, temperature_c=25.0))
    assert isinstance(optics, Optics)
    assert optics.blur == pytest.approx(blur)
    assert [warned.code for warned in optics.warnings] == codes


def test_the_user_is_believed_before_the_file():
    merged = completed(FULL, Scale(pixel_nm=200.0, depth_um=5.0))
    assert (merged.pixel_nm, merged.fps, merged.depth_um) == (200.0, 30.0, 5.0)
