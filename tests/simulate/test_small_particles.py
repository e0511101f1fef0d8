"""The simulated cytometer: its own laws, and what the package makes of files whose truth is known."""

import numpy as np
import pytest
from tests.folders import written

from vesicle.cli.cytometry import measure
from vesicle.events import ignore
from vesicle.simulate.example_cytometry import MANIFEST_TEXT, PLANS, example_cytometry
from vesicle.simulate.small_particles import (
    CytometerTruth,
    FilePlan,
    ParticleTruth,
    scattered,
    simulate_file,
)


def test_small_particles_scatter_with_the_sixth_power_of_their_size():
    sizes = np.array([5.0, 10.0])
    light = scattered(sizes, 1.39, CytometerTruth())
    assert light[1] / light[0] == pytest.approx(64, rel=0.01)


def test_the_scatter_of_a_small_sphere_is_that_of_mie_theory_in_ratio():
    """The two share no code; both must agree on how much fainter a vesicle is than a bead."""
    from vesicle.cytometry.collection import side_scatter_curve
    from vesicle.cytometry.mie import Light, Particle

    cytometer, sizes = CytometerTruth(), np.array([40.0, 80.0])
    light = Light(wavelength_nm=488.0, medium_index=cytometer.medium_index)
    theirs = [
        np.asarray(
            side_scatter_curve(sizes, Particle(core_index=n), light, half_angle_deg=50.0).collected_nm2
        )
        for n in (1.39, 1.605)
    ]
    ours = [scattered(sizes, n, cytometer) for n in (1.39, 1.605)]
    assert ours[0] / ours[1] == pytest.approx(theirs[0] / theirs[1], rel=0.1)
    assert ours[0][1] / ours[0][0] == pytest.approx(theirs[0][1] / theirs[0][0], rel=0.05)


def test_particles_that_meet_in_the_beam_are_one_event():
    crowded = simulate_file(
        ParticleTruth(),
        CytometerTruth(noise_per_ml=0.0, transit_s=1e-4),
        FilePlan(name="a", dilution=1e3),
        seed=1,
    )
    rate = crowded.particles / 50.0
    assert crowded.events == pytest.approx(crowded.particles * np.exp(-rate * 1e-4), rel=0.02)


def test_the_same_seed_gives_the_same_bytes():
    assert dict(example_cytometry()) == dict(example_cytometry())
    assert sum(len(content) for content in dict(example_cytometry()).values()) < 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    files = {f"cytometry/{name}": content for name, content in example_cytometry()}
    return written(tmp_path_factory.mktemp("demo"), files | {"vesicle.toml": MANIFEST_TEXT.encode()})


@pytest.fixture(scope="module")
def found(folder):
    return measure(folder, listen=ignore).found


def test_the_stock_that_was_simulated_is_found_again(found):
    stock = [count.stock_per_ml for count in found.of_part("sample")]
    assert len(stock) == 3
    assert all(estimate.value == pytest.approx(1.2e11, rel=0.08) for estimate in stock)


def test_the_dilution_series_has_no_swarm(found):
    series = found.series[0]
    assert series.dilutions == (1e4, 3e4, 9e4)
    assert series.slope.contains(1.0)


def test_the_phenotypes_that_were_simulated_are_found_again(found):
    shares = {p.positive: p.share.value for p in found.phenotypes if p.file.endswith("1to10000.fcs")}
    for names, share in ParticleTruth().stained:
        assert shares[names] == pytest.approx(share, abs=0.02)


def test_the_band_of_diameters_holds_the_median_that_was_simulated(found):
    band = next(b for b in found.diameters if b.what == "D50")
    assert band.low_nm < ParticleTruth().median_nm < band.high_nm


def test_a_crowded_series_shows_swarm(tmp_path):
    """Transit of 1 ms at up to 5000 events per second: several particles in one event."""
    crowd = CytometerTruth(transit_s=1e-3, noise_per_ml=0.0)
    files = {
        f"d{factor}.fcs": simulate_file(
            ParticleTruth(stock_per_ml=1e10),
            crowd,
            FilePlan(name="d", dilution=float(factor), volume_nl=100.0 * factor / 100),
            seed=factor,
        ).content
        for factor in (100, 400, 1600)
    }
    rules = "".join(
        f'[[files]]\nglob = "{name}"\nsample = "S"\ndilution = {name[1:-4]}.0\nsubject = "particles"\n'
        for name in files
    )
    series = measure(written(tmp_path, files | {"vesicle.toml": rules.encode()}), listen=ignore).found.series[
        0
    ]
    assert series.slope.high < 0.9
    assert dict(series.median_percent)["SSC-H"].low > 20


def test_every_plan_names_its_own_file():
    assert len({plan.name for plan in PLANS}) == len(PLANS)
