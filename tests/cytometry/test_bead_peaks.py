"""Peaks of beads among noise, doublets and strangers; a population that is not there is named."""

import numpy as np
import pytest

from vesicle.cytometry.bead_peaks import ExpectedBead, find_bead_peaks
from vesicle.cytometry.collection import side_scatter_curve
from vesicle.cytometry.mie import Light, Particle
from vesicle.results import NotAssessed

VIOLET = Light(wavelength_nm=405.0, medium_index=1.3431)
POLYSTYRENE = Particle(core_index=1.6268)
GRID_NM = np.arange(15.0, 600.0)
GAIN = 30.0


@pytest.fixture(scope="module")
def curve():
    return GAIN * side_scatter_curve(GRID_NM, POLYSTYRENE, VIOLET, 60.0).collected_nm2


@pytest.fixture
def make(curve):
    """Events of some populations (diameter, share of variation, number), with doublets and noise."""

    def events(populations, *, noise=0, doublets=0.03, seed=0):
        random = np.random.default_rng(seed)
        parts = [noise_below(curve, noise, random)]
        for diameter_nm, variation, number in populations:
            single = np.interp(random.normal(diameter_nm, variation * diameter_nm, number), GRID_NM, curve)
            twins = random.choice(single, (2, int(doublets * number))).sum(axis=0)
            parts += [single, twins]
        return random.permutation(np.concatenate(parts))

    return events


def noise_below(curve, number, random):
    return np.interp(45.0, GRID_NM, curve) * 10 ** random.normal(0, 0.35, number)


def expected(*diameters_nm):
    return [ExpectedBead(diameter_nm=d, particle=POLYSTYRENE) for d in diameters_nm]


def diameters_at(peaks, curve):
    return [float(np.interp(peak.signal, curve[:400], GRID_NM[:400])) for peak in peaks]


@pytest.mark.parametrize("seed", range(4))
def test_unequal_populations_are_found_among_noise_and_doublets(make, curve, seed):
    events = make([(80, 0.05, 6000), (108, 0.05, 900), (142, 0.04, 4000)], noise=15_000, seed=seed)
    peaks = find_bead_peaks(events, expected(80, 108, 142), VIOLET)
    assert diameters_at(peaks, curve) == pytest.approx([80, 108, 142], abs=1.5)
    assert [peak.events > 400 for peak in peaks] == [True] * 3
    assert all(peak.low < peak.signal < peak.high for peak in peaks)


def test_peaks_come_in_the_order_of_the_beads(make, curve):
    events = make([(80, 0.04, 3000), (142, 0.04, 3000), (250, 0.03, 3000)])
    peaks = find_bead_peaks(events, expected(250, 80, 142), VIOLET)
    assert [peak.bead.diameter_nm for peak in peaks] == [250, 80, 142]
    assert diameters_at(peaks, curve) == pytest.approx([250, 80, 142], abs=1.5)


def test_a_population_that_nobody_asked_for_is_passed_over(make, curve):
    events = make([(80, 0.04, 3000), (108, 0.04, 3000), (180, 0.03, 9000), (300, 0.03, 3000)])
    peaks = find_bead_peaks(events, expected(80, 108, 300), VIOLET, half_angle_deg=60.0)
    assert diameters_at(peaks, curve) == pytest.approx([80, 108, 300], abs=2)


def test_two_choices_that_fit_alike_are_refused_with_the_remedy(make):
    """With a lens of 15 to 20 degrees beads of 300 nm would be where those of 180 nm are in this one."""
    events = make([(80, 0.04, 3000), (108, 0.04, 3000), (180, 0.03, 9000), (300, 0.03, 3000)])
    refused = find_bead_peaks(events, expected(80, 108, 300), VIOLET)
    assert "the 300 nm beads can be those at" in refused.reason
    assert "half-angle" in refused.reason


@pytest.mark.parametrize("missing", [80, 108, 200, 300])
def test_a_missing_population_is_named(make, missing):
    present = [(d, 0.04, 3000) for d in (80, 108, 200, 300) if d != missing]
    refused = find_bead_peaks(make(present, noise=5000), expected(80, 108, 200, 300), VIOLET)
    assert isinstance(refused, NotAssessed)
    assert f"the {missing} nm beads" in refused.reason


def test_events_without_beads_are_refused_with_the_names(make):
    refused = find_bead_peaks(make([], noise=20_000), expected(80, 108, 142), VIOLET)
    assert isinstance(refused, NotAssessed)
    assert "80 nm, 108 nm, 142 nm" in refused.reason


def test_a_broad_smear_is_no_set_of_peaks():
    events = 10 ** np.random.default_rng(3).uniform(1, 6, 40_000)
    assert isinstance(find_bead_peaks(events, expected(80, 108, 142), VIOLET), NotAssessed)


def test_few_events_are_not_searched(make):
    refused = find_bead_peaks(make([(80, 0.05, 50), (142, 0.05, 50)]), expected(80, 142), VIOLET)
    assert "too few" in refused.reason


def test_one_population_has_no_spacing(make):
    assert "spacing" in find_bead_peaks(make([(80, 0.05, 5000)]), expected(80), VIOLET).reason


def test_what_is_no_positive_number_is_left_out(make):
    events = make([(80, 0.04, 3000), (142, 0.04, 3000)])
    spoiled = np.concatenate((events, np.full(9000, np.nan), np.full(9000, -5.0), [np.inf, 0.0]))
    peaks = find_bead_peaks(spoiled, expected(80, 142), VIOLET)
    assert [p.signal for p in peaks] == [p.signal for p in find_bead_peaks(events, expected(80, 142), VIOLET)]


def test_another_gain_moves_every_peak_alike(make):
    events = make([(80, 0.04, 3000), (142, 0.04, 3000), (250, 0.03, 2000)])
    one = find_bead_peaks(events, expected(80, 142, 250), VIOLET)
    other = find_bead_peaks(1000 * events, expected(80, 142, 250), VIOLET)
    assert [p.signal for p in other] == pytest.approx([1000 * p.signal for p in one], rel=0.01)


def test_the_peaks_of_a_real_file_are_those_of_its_readme(nanovis):
    """The README gives medians of windows: 1141, 6161 and 21518, after division by the channel's gain."""
    peaks = find_bead_peaks(nanovis("VSSC1-H"), expected(80, 108, 142), VIOLET)
    assert [peak.signal for peak in peaks] == pytest.approx([1141, 6161, 21518], rel=0.03)
