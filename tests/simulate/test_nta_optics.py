"""Spots, light sheet and camera: energy, closed forms of diffraction, and the exact law of the noise."""

import numpy as np
import pytest
from scipy.special import gammaln, j1, ndtr

from vesicle.simulate.nta_camera import empty_scene, record
from vesicle.simulate.nta_optics import Optics, focus_from_spot_um, optics_of
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import mixed
from vesicle.simulate.nta_spots import (
    DEFOCUS_STEP,
    RADIUS_STEP,
    DiffractedSpots,
    GaussianSpots,
    diffraction_table,
)

GAUSSIAN = GaussianSpots(psf_px=1.5, focus_um=3.4)
BEADS = (mixed(100.0, 0.05),)


@pytest.fixture(scope="module")
def diffracted():
    return DiffractedSpots(psf_px=1.5, focus_um=3.4, table=diffraction_table())


def settings(**given):
    return NtaSettings(components=BEADS, **given)


def painted(spots, *, x=60.0, y=60.0, grey=1000.0, z_um=0.0, size=121):
    image = np.zeros((size, size), np.float32)
    spots.paint(image, np.array([[x, y]]), np.array([grey]), np.array([z_um]))
    return image.astype(float)


def test_the_light_of_a_gaussian_spot_does_not_depend_on_its_focus():
    expected = 2 * np.pi * 1.5**2 * 1000
    assert [painted(GAUSSIAN, z_um=z).sum() for z in (0, -3, 6)] == pytest.approx([expected] * 3, rel=1e-3)


def test_the_light_of_a_diffracted_spot_hardly_depends_on_its_focus(diffracted):
    sharp, *others = (painted(diffracted, grey=10_000, z_um=z).sum() for z in (0, -3, 6, 10))
    assert others == pytest.approx([sharp] * 3, rel=0.005)


def test_a_gaussian_spot_has_the_shape_of_the_formula():
    image = painted(GAUSSIAN, x=60.3, y=59.1, z_um=3.4)
    y, x = np.mgrid[:121, :121]
    formula = 500 * np.exp(-((x - 60.3) ** 2 + (y - 59.1) ** 2) / (2 * 2 * 1.5**2))
    assert np.abs(image - formula).max() < 0.05


def test_a_tabulated_spot_has_the_shape_of_its_table(diffracted):
    row = 30
    z_um = row * DEFOCUS_STEP * 3.4 / (4 * 1.39156)
    image = painted(diffracted, x=60.3, y=59.1, z_um=z_um)
    y, x = np.mgrid[:121, :121]
    optical = np.hypot(x - 60.3, y - 59.1) / 1.5 * 2 * np.pi * 0.21
    radii = np.arange(diffraction_table().shape[1]) * RADIUS_STEP
    formula = 1000 * np.interp(optical, radii, diffraction_table()[row])
    assert np.abs(image - formula).max() < 0.05


def test_a_spot_at_the_edge_is_cut_and_one_far_outside_is_absent(diffracted):
    for spots in (GAUSSIAN, diffracted):
        whole = painted(spots, x=60.0, y=60.0)
        assert painted(spots, x=-0.0, y=60.0)[:, :61] == pytest.approx(whole[:, 60:], abs=0.05)
        assert not painted(spots, x=-300.0, y=60.0).any()
        assert not painted(spots, grey=0.01).any()


def test_a_dark_spot_is_the_negative_of_a_bright_one(diffracted):
    for spots in (GAUSSIAN, diffracted):
        assert np.array_equal(painted(spots, grey=-1000.0, z_um=2), -painted(spots, grey=1000.0, z_um=2))


def test_diffraction_in_focus_is_the_disc_of_airy():
    v = np.arange(1, diffraction_table().shape[1]) * RADIUS_STEP
    assert diffraction_table()[0, 1:] == pytest.approx((2 * j1(v) / v) ** 2, abs=1e-12)


def test_diffraction_on_the_axis_follows_its_closed_form():
    quarter = np.arange(1, len(diffraction_table())) * DEFOCUS_STEP / 4
    assert diffraction_table()[1:, 0] == pytest.approx((np.sin(quarter) / quarter) ** 2, abs=1e-12)


def test_the_peak_has_halved_at_the_stated_defocus(diffracted):
    for spots in (GAUSSIAN, diffracted):
        assert spots.peak(np.array([0.0, 3.4, -3.4])) == pytest.approx([1, 0.5, 0.5], abs=0.003)


def test_far_from_focus_a_diffracted_spot_is_brightest_on_a_ring(diffracted):
    profile = painted(diffracted, z_um=8.5)[60, 60:]
    assert profile.argmax() > 3
    assert profile.max() == pytest.approx(1000 * diffracted.peak(np.array([8.5]))[0], rel=0.1)


@pytest.mark.parametrize("z_um", [0.0, 5.0, 8.0])
def test_beyond_its_radius_a_spot_has_faded(diffracted, z_um):
    y, x = np.mgrid[:121, :121]
    for spots in (GAUSSIAN, diffracted):
        beyond = np.hypot(x - 60, y - 60) > spots.radius_px(z_um) + 1
        assert painted(spots, z_um=z_um)[beyond].max() <= 1.5


def test_the_depth_in_which_a_spot_is_seen_solves_the_law_of_its_peak():
    optics = Optics(sheet_um=2.5, focus_um=1e6, spots=GaussianSpots(psf_px=1.5, focus_um=1e6))
    least = np.array([0.5, 0.1, 1.5])
    expected = 2 * 2.5 * np.sqrt(2 * np.log(1 / least[:2]))
    assert optics.profile().depth_um(least) == pytest.approx([*expected, 0], abs=0.005)
    assert optics.profile().reach_um(0.1) == pytest.approx(expected[1] / 2, abs=0.005)
    assert optics.profile().reach_um(1.5) == 0


def test_the_focus_follows_from_the_spot_unless_it_is_given():
    assert optics_of(settings()).focus_um == focus_from_spot_um(1.5 * 166)
    assert optics_of(settings(focus_um=2.0)).focus_um == 2
    assert focus_from_spot_um(200) == pytest.approx(4 * focus_from_spot_um(100))
    assert isinstance(optics_of(settings(rings=True)).spots, DiffractedSpots)


def recorded(mean, **given):
    image = np.full((1000, 1500), mean, np.float32)
    return record(image, settings(**given), np.random.default_rng(7))


def exact_law(mean, *, electrons, read_noise):
    """Probability of each grey level: Poisson counts, normal read noise, rounding."""
    counts = np.arange(0, 400)
    levels = np.arange(-20, 300)
    upper, lower = (levels[:, None] + side - counts / electrons for side in (0.5, -0.5))
    rounded = ndtr(upper / read_noise) - ndtr(lower / read_noise)
    expected = mean * electrons
    return levels, rounded @ np.exp(counts * np.log(expected) - expected - gammaln(counts + 1))


@pytest.mark.parametrize(
    ("mean", "electrons"), [(24.0, 1.0), (60.0, 1.0), (40.0, 0.8), (8.0, 1.0), (30.0, 4.0)]
)
def test_the_noise_follows_the_law_of_counts_and_read_noise(mean, electrons):
    found = recorded(mean, electrons_per_grey=electrons, read_noise=1.5)
    levels, law = exact_law(mean, electrons=electrons, read_noise=1.5)
    centre = levels @ law
    sd = np.sqrt((levels - centre) ** 2 @ law)
    assert found.mean() == pytest.approx(centre, abs=5 * sd / 1200)
    assert found.std() == pytest.approx(sd, rel=0.005)
    for least in (centre + 2 * sd, centre + 4 * sd):
        expected = law[levels >= least].sum() * found.size
        assert np.count_nonzero(found >= least) == pytest.approx(
            expected, abs=5 * np.sqrt(expected) + 0.05 * expected
        )
    below = law[levels <= centre - 2 * sd].sum() * found.size
    assert np.count_nonzero(found <= centre - 2 * sd) == pytest.approx(
        below, abs=5 * np.sqrt(below) + 0.1 * below
    )


@pytest.mark.parametrize(("bits", "kind", "ceiling"), [(8, np.uint8, 255), (12, np.uint16, 4095)])
def test_a_pixel_saturates_at_the_ceiling_of_its_bits(bits, kind, ceiling):
    found = recorded(10_000.0, bits=bits)
    assert found.dtype == kind
    assert np.all(found == ceiling)


def test_no_level_is_negative():
    assert np.all(recorded(0.0, read_noise=0.0) == 0)
    assert recorded(-5.0, read_noise=2.0).max() < 20


def test_without_flare_the_ground_is_flat():
    assert np.all(empty_scene(settings(), np.random.default_rng(1)) == 24)


def test_an_uneven_ground_keeps_its_mean_and_deviates_as_far_as_stated():
    scene = empty_scene(settings(uneven=0.4), np.random.default_rng(1)).astype(float)
    assert scene.mean() == pytest.approx(24, rel=1e-4)
    assert np.abs(scene / 24 - 1).max() == pytest.approx(0.4, rel=1e-3)


def test_flares_are_few_large_and_bright():
    scene = empty_scene(settings(flare=3), np.random.default_rng(1))
    assert scene.min() >= 24
    assert scene.max() > 1.4 * 24
    half = scene > 24 + (scene.max() - 24) / 2
    assert half.sum() > 100
