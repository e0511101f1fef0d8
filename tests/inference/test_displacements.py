"""The likelihood of displacements against the normal density, and against simulated exposures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from tests.inference.brownian import Camera, follow

from vesicle.inference.displacements import Steps, lag1_diffusion, log_likelihood, steps_of

GRID = np.geomspace(0.02, 2.0, 7)


def steps(rng, lengths, owner, tracks):
    total = int(np.sum(lengths))
    return Steps(
        dx=rng.normal(size=total),
        dy=rng.normal(size=total),
        starts=np.cumsum(lengths) - lengths,
        owner=np.asarray(owner),
        tracks=tracks,
    )


def covariance(length, diffusion, blur, noise):
    c0 = 2 * diffusion * (1 - 2 * blur) + 2 * noise
    c1 = 2 * blur * diffusion - noise
    return c0 * np.eye(length) + c1 * (np.eye(length, k=1) + np.eye(length, k=-1))


def exact(segment, diffusion, blur, noise):
    normal = multivariate_normal(cov=covariance(segment.shape[1], diffusion, blur, noise))
    return float(normal.logpdf(segment).sum()) + segment.shape[1] * np.log(2 * np.pi)


@pytest.mark.parametrize("blur", [0.0, 0.05, 1 / 6])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_likelihood_is_that_of_the_full_covariance(blur, noise):
    lengths = np.array([1, 2, 5, 5, 19])
    made = steps(np.random.default_rng(0), lengths, np.arange(5), 5)
    found = log_likelihood(made, GRID, blur=blur, noise=noise)
    for track, (start, length) in enumerate(zip(made.starts, lengths, strict=True)):
        segment = np.stack((made.dx, made.dy))[:, start : start + length]
        wanted = [exact(segment, value, blur, noise) for value in GRID]
        assert found[track] == pytest.approx(wanted, abs=1e-9)


def test_segments_of_a_track_add_up_and_a_track_without_steps_says_nothing():
    lengths = np.array([3, 4, 3])
    made = steps(np.random.default_rng(1), lengths, [0, 0, 2], 3)
    apart = Steps(dx=made.dx, dy=made.dy, starts=made.starts, owner=np.arange(3), tracks=3)
    alone = log_likelihood(apart, GRID, blur=0.1, noise=0.01)
    found = log_likelihood(made, GRID, blur=0.1, noise=0.01)
    assert found[0] == pytest.approx(alone[0] + alone[1])
    assert found[1] == pytest.approx(np.zeros(len(GRID)))
    assert found[2] == pytest.approx(alone[2])


def test_each_track_may_have_its_own_noise():
    made = steps(np.random.default_rng(2), np.array([6, 6, 6]), np.arange(3), 3)
    noise = np.array([0.0, 0.05, 0.4])
    found = log_likelihood(made, GRID, blur=0.1, noise=noise)
    for track, value in enumerate(noise):
        assert found[track] == pytest.approx(log_likelihood(made, GRID, blur=0.1, noise=value)[track])


@given(st.floats(1e-3, 1e3), st.floats(0, 0.25, exclude_max=True), st.floats(0, 1e3), st.integers(1, 400))
def test_every_eigenvalue_of_the_covariance_is_positive(diffusion, blur, noise, length):
    c0 = 2 * diffusion * (1 - 2 * blur) + 2 * noise
    c1 = 2 * blur * diffusion - noise
    values = c0 + 2 * c1 * np.cos(np.arange(1, length + 1) * np.pi / (length + 1))
    lowest = min(2 * diffusion, 2 * diffusion * (1 - 4 * blur) + 4 * noise)
    assert values.min() >= lowest * (1 - 1e-9) - 1e-9 * noise > -1e-6


def test_tracks_are_cut_where_a_frame_is_missing():
    track = np.array([0, 0, 0, 0, 1, 2, 2, 2])
    frame = np.array([3, 4, 6, 7, 0, 1, 2, 3])
    x = np.array([0.0, 1.0, 5.0, 7.0, 9.0, 1.0, 4.0, 9.0])
    found = steps_of(track, frame, x, -x)
    assert found.dx.tolist() == [1.0, 2.0, 3.0, 5.0]
    assert found.dy.tolist() == [-1.0, -2.0, -3.0, -5.0]
    assert found.lengths.tolist() == [1, 1, 2]
    assert found.owner.tolist() == [0, 0, 2]
    assert found.per_track.tolist() == [2, 0, 2]


@pytest.mark.parametrize("points", [0, 1])
def test_fewer_than_two_points_have_no_step(points):
    nothing = np.zeros(points)
    found = steps_of(nothing.astype(np.int64), nothing.astype(np.int64), nothing, nothing)
    assert (len(found.dx), len(found.starts), found.tracks) == (0, 0, points)
    assert lag1_diffusion(found).tolist() == pytest.approx([np.nan] * points, nan_ok=True)


def test_lag_1_is_a_quarter_of_the_mean_squared_step():
    made = Steps(
        dx=np.array([3.0, 0.0, 1.0]),
        dy=np.array([4.0, 1.0, 0.0]),
        starts=np.array([0, 2]),
        owner=np.array([0, 0]),
        tracks=2,
    )
    assert lag1_diffusion(made) == pytest.approx([27 / 3 / 4, np.nan], nan_ok=True)


def best(likelihood, grid):
    """The place of the maximum of the summed likelihood, by a parabola."""
    total = likelihood.sum(axis=0)
    top = int(total.argmax())
    left, centre, right = total[top - 1 : top + 2]
    shift = 0.5 * (left - right) / (left - 2 * centre + right)
    return grid[top] * (grid[1] / grid[0]) ** shift


def test_blur_and_noise_of_simulated_exposures_are_accounted_for():
    camera = Camera(exposure_s=1 / 30, noise_um=0.1)
    made = steps_of(*follow(np.random.default_rng(3), np.full(3000, 100.0), np.full(3000, 15), camera))
    truth = float(camera.diffusion(100.0))
    grid = truth * np.geomspace(0.6, 1.6, 80)
    told = log_likelihood(made, grid, blur=camera.blur, noise=camera.noise_um**2)
    untold = log_likelihood(made, grid, blur=0.0, noise=0.0)
    assert best(told, grid) == pytest.approx(truth, rel=0.02)
    assert best(untold, grid) < 0.85 * truth


def test_a_search_range_is_accounted_for():
    camera = Camera(noise_um=0.0)
    track, frame, x, y = follow(np.random.default_rng(4), np.full(3000, 100.0), np.full(3000, 20), camera)
    truth = float(camera.diffusion(100.0))
    longest = 2.2 * np.sqrt(2 * truth)
    is_lost = np.append(0, (np.hypot(np.diff(x), np.diff(y)) > longest) & (np.diff(track) == 0))
    made = steps_of(np.cumsum(np.append(0, np.diff(track)) + is_lost), frame, x, y)
    grid = truth * np.geomspace(0.6, 1.6, 80)
    told = log_likelihood(made, grid, blur=camera.blur, noise=0.0, longest_step=longest)
    untold = log_likelihood(made, grid, blur=camera.blur, noise=0.0)
    assert best(told, grid) == pytest.approx(truth, rel=0.02)
    assert best(untold, grid) < 0.88 * truth


@pytest.mark.parametrize(
    ("blur", "noise", "first"), [(0.3, 0.0, 0.1), (-0.1, 0.0, 0.1), (0.1, -1.0, 0.1), (0.1, 0.0, 0.0)]
)
def test_arguments_out_of_range_are_refused(blur, noise, first):
    made = steps(np.random.default_rng(5), np.array([3]), [0], 1)
    with pytest.raises(ValueError, match="blur must be in"):
        log_likelihood(made, np.array([first, 1.0]), blur=blur, noise=noise)
