"""Tracks without a video: lengths, Einstein's law with blur and localisation error, and their table."""

import numpy as np
import pytest

from vesicle.errors import UsageError
from vesicle.simulate.nta_physics import diffusion_um2_per_s, viscosity_of
from vesicle.simulate.nta_settings import TrackSettings
from vesicle.simulate.nta_sizes import lognormal, mixed
from vesicle.simulate.nta_tracks import simulate_trajectories
from vesicle.simulate.nta_write import Target, write_tracks

BEADS = (mixed(100.0, 0.0),)


def simulated(**given):
    return simulate_trajectories(TrackSettings(**{"components": BEADS, "seed": 2, **given}))


def test_tracks_are_as_long_as_stated_and_never_below_five_points():
    lengths = np.bincount(simulated(tracks=20_000, length=20.0).trajectories.track)
    assert lengths.min() == 5
    assert lengths.mean() == pytest.approx(20, abs=5 * 15.5 / np.sqrt(20_000))
    # Geometric above four: the standard deviation is sqrt(1 - p) / p with p = 1/16.
    assert lengths.std() == pytest.approx(np.sqrt(15 / 16) * 16, rel=0.05)
    assert set(np.bincount(simulated(length=5.0).trajectories.track)) == {5}


def test_frames_of_a_track_follow_each_other():
    found = simulated().trajectories
    same = np.diff(found.track) == 0
    assert np.all(np.diff(found.frame)[same] == 1)
    assert np.all(np.diff(found.track)[~same] == 1)
    assert found.frame.min() >= 0
    assert found.count == 1500


@pytest.mark.parametrize("exposure_ms", [0.0, 10.0, 1000 / 30])
@pytest.mark.parametrize("localisation_nm", [0.0, 30.0])
def test_steps_have_the_covariance_of_blurred_motion_with_error(exposure_ms, localisation_nm):
    tracks = simulated(tracks=4000, exposure_ms=exposure_ms, localisation_nm=localisation_nm)
    found = tracks.trajectories
    places_um = np.column_stack((found.x_px, found.y_px)) * 0.166
    steps = np.diff(places_um, axis=0)
    inside = np.diff(found.track) == 0
    pairs = inside[1:] & inside[:-1]
    d = diffusion_um2_per_s(
        np.array([100.0]), temperature_c=25, viscosity_mpas=viscosity_of(tracks.settings)
    )[0]
    blur, noise = exposure_ms / 1000 * 30 / 6, (localisation_nm / 1000) ** 2
    variance, shared = 2 * d / 30 * (1 - 2 * blur) + 2 * noise, 2 * d / 30 * blur - noise
    error = variance * np.sqrt(2 / inside.sum())
    assert (steps[inside] ** 2).mean(axis=0) == pytest.approx([variance] * 2, abs=4 * error)
    assert (steps[1:] * steps[:-1])[pairs].mean(axis=0) == pytest.approx([shared] * 2, abs=4 * error)


def test_a_track_does_not_know_of_the_one_before():
    found = simulated(tracks=4000, length=5.0).trajectories
    starts = np.flatnonzero(np.diff(found.track)) + 1
    jumps = found.x_px[starts] - found.x_px[starts - 1]
    assert jumps.std() == pytest.approx(640 / np.sqrt(6), rel=0.05)


def test_every_track_has_its_own_particle():
    tracks = simulated(
        components=(lognormal(110, 1.4),), tracks=3000, length=60.0, localisation_nm=0.0, exposure_ms=0.0
    )
    found, size_nm = tracks.trajectories, tracks.population.diameter_nm
    inside = np.diff(found.track) == 0
    squares = (np.diff(found.x_px) ** 2 + np.diff(found.y_px) ** 2)[inside]
    mean = np.bincount(found.track[1:][inside], squares) / np.bincount(found.track[1:][inside])
    assert np.corrcoef(np.log(mean), np.log(size_nm))[0, 1] < -0.75
    assert np.median(mean * size_nm) == pytest.approx(np.mean(mean * size_nm), rel=0.05)


def test_the_same_seed_gives_the_same_tracks_and_another_one_others():
    one, two, three = (simulated(seed=seed).trajectories.x_px for seed in (1, 1, 3))
    assert np.array_equal(one, two)
    assert not np.array_equal(one[:100], three[:100])


def test_the_table_holds_the_tracks_in_pixels(tmp_path):
    target = Target(out=tmp_path / "a.csv", truth=tmp_path / "a.json")
    settings = TrackSettings(components=BEADS, tracks=50, seed=4)
    truth = write_tracks(settings, target)
    assert target.out.read_text().splitlines()[0] == "particle,frame,x,y"
    table = np.loadtxt(target.out, delimiter=",", skiprows=1)
    found = simulate_trajectories(settings).trajectories
    expected = np.column_stack((found.track, found.frame, found.x_px, found.y_px))
    assert table == pytest.approx(expected, abs=1e-4)
    assert truth["derived"]["points"] == len(table)
    assert len(truth["particles"]["diameter_nm"]) == 50
    assert truth["components"][0]["summary"]["d50_nm"] == pytest.approx(100)
    write_again = Target(out=tmp_path / "b.csv")
    write_tracks(settings, write_again)
    assert write_again.out.read_bytes() == target.out.read_bytes()


def test_a_component_of_which_nothing_was_drawn_has_no_summary(tmp_path):
    settings = TrackSettings(components=(*BEADS, mixed(200.0, 0.0, 1e-6)), tracks=5)
    rows = write_tracks(settings, Target(out=tmp_path / "a.csv"))["components"]
    assert (rows[1]["particles"], rows[1]["summary"]) == (0, None)


def test_an_old_table_is_kept(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        write_tracks(TrackSettings(components=BEADS), Target(out=tmp_path / "a.csv"))
