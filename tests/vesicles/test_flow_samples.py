"""Dilution series: single particles follow the dilution and stay as bright; several at once do neither."""

import numpy as np
import pytest
from tests.vesicles.flowing import analysed, even, events, flow_file, water

from vesicle.measurements import Dilution
from vesicle.results import Estimate, NotAssessed
from vesicle.vesicles.flow_samples import net_median, net_quantiles


def series(counts, *, levels=None, controls=(), markers=None, stain=None):
    """One sample at 10x, 100x, 1000x ... with these events."""
    files = []
    for index, count in enumerate(counts):
        level = levels[index] if levels else 1000.0
        scatter = np.full(count, level) * np.linspace(0.95, 1.05, count)
        said = {"sample": "S", "dilution": Dilution(factor=10.0 ** (index + 1)), "markers": markers or {}}
        matrix = events(scatter) if stain is None else events(scatter, FL1_H=np.full(count, stain[index]))
        files.append(flow_file(f"d{index}.fcs", matrix, said=said))
    return analysed(*files, *controls).series[0]


def test_events_in_proportion_have_slope_one_and_constant_medians():
    found = series([40_000, 4000, 400])
    assert found.slope.value == pytest.approx(1.0, abs=1e-6)
    assert 0.9 < found.slope.low < found.slope.high < 1.1
    assert dict(found.median_percent)["SSC-H"].value == pytest.approx(0.0, abs=0.1)


def test_the_slope_uses_numbers_net_of_the_control():
    control = water(count=400)
    found = series([40_400, 4400, 800], controls=(control,))
    assert found.slope.value == pytest.approx(1.0, abs=0.01)
    raw = series([40_400, 4400, 800])
    assert raw.slope.value < 0.97


def test_swarm_gives_a_shallow_slope_and_a_median_that_falls_with_dilution():
    found = series([20_000, 4000, 500], levels=[3000.0, 1500.0, 1000.0])
    assert found.slope.high < 0.9
    assert dict(found.median_percent)["SSC-H"].value == pytest.approx(200.0, rel=0.01)


def test_the_median_of_every_stain_is_followed():
    found = series([4000, 400], markers={"FL1-H": "CD9"}, stain=[130.0, 100.0])
    assert dict(found.median_percent)["CD9 (FL1-H)"].value == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("counts", "words"), [([4000], "1 dilution"), ([4000, 400], "2 dilution"), ([], "no file states")]
)
def test_fewer_than_three_dilutions_are_no_series(counts, words):
    files = [flow_file("no.fcs", even(10), said={"sample": "S"})] if not counts else []
    found = series(counts) if counts else analysed(*files).series[0]
    assert words in found.slope.reason


def test_nothing_left_above_the_control_leaves_the_slope_open():
    found = series([40_000, 4000, 380], controls=(water(count=400),))
    assert "nothing is left" in found.slope.reason


def test_the_interval_of_the_slope_allows_five_percent_for_each_dilution():
    """Three points a decade apart: 1.96 x 0.02 / sqrt(2), with little error of counting."""
    found = series([400_000, 80_000, 16_000])
    assert found.slope.high - found.slope.value == pytest.approx(1.96 * 0.02 / np.sqrt(2), rel=0.1)


def test_a_median_of_too_few_events_is_left_out():
    found = series([40_000, 4000, 50])
    assert isinstance(dict(found.medians)["SSC-H"][2], NotAssessed)
    assert isinstance(dict(found.median_percent)["SSC-H"], Estimate)
    none = series([90, 40])
    assert isinstance(dict(none.median_percent)["SSC-H"], NotAssessed)


def test_a_median_at_zero_has_no_ratio():
    found = series([4000, 400], levels=[0.0, 0.0])
    assert isinstance(dict(found.median_percent)["SSC-H"], NotAssessed)


def test_net_quantiles_take_the_control_off_the_distribution():
    rng = np.random.default_rng(1)
    noise, signal = rng.lognormal(1, 0.3, 20_000), rng.lognormal(5, 0.3, 20_000)
    sample = np.concatenate((rng.lognormal(1, 0.3, 40_000), signal))
    assert net_median(sample, noise, 2.0).value == pytest.approx(np.median(signal), rel=0.02)
    low, high = net_quantiles(sample, noise, 2.0, shares=(0.1, 0.9))
    assert (low, high) == pytest.approx(tuple(np.quantile(signal, [0.1, 0.9])), rel=0.05)


def test_the_interval_of_a_net_median_covers_the_truth():
    rng = np.random.default_rng(12)
    covered = []
    for _ in range(300):
        noise, other = rng.lognormal(1, 0.5, rng.poisson(300)), rng.lognormal(1, 0.5, rng.poisson(600))
        sample = np.concatenate((other, rng.lognormal(2, 1, rng.poisson(900))))
        covered.append(net_median(sample, noise, 2.0).contains(np.exp(2)))
    assert 0.91 <= np.mean(covered) <= 0.99
