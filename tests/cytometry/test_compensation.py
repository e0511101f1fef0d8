"""Spillover from keywords and from single stains, and what takes it off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cytometry.fcs import read_fcs

from vesicle.cytometry import compensation, stains
from vesicle.cytometry.compensation import (
    RefusedSpillover,
    checked_spillover,
    compensate,
    is_identity,
    parse_spillover,
)
from vesicle.cytometry.stains import spillover_from_stains
from vesicle.measurements.cytometry import Spillover

CHANNELS = ["FSC-A", "FL1", "FL2"]


def refusal(text):
    found = parse_spillover(text, channels=CHANNELS)
    assert isinstance(found, RefusedSpillover)
    assert found.reason
    return found.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2,FL1,FL2,1,nan,0,1", "spillover_not_finite"),
        ("2,FL1,FL2,1,1e999,0,1", "spillover_not_finite"),
        ("2,FL1,FL2,1,1_0,0,1", "spillover_not_finite"),
        ("2,FL1,FL2,1,0.1,0", "spillover_length"),
        ("2,FL1,FL2,1,0.1,0,1,0.5", "spillover_length"),
        ("2,FL1,FL2,1,0,25,0,1", "spillover_decimal_commas"),
        ("2;FL1;FL2;1;0,25;0;1", "spillover_decimal_commas"),
        ("2,FL1,PE-A,1,0,0,1", "spillover_unknown_names"),
        ("2,1,9,1,0,0,1", "spillover_unknown_names"),
        ("2,FL1,FL1,1,0,0,1", "spillover_repeated_names"),
        ("2,FL1,FL2,1,0,0,0.99", "spillover_diagonal"),
        ("2,FL1,FL2,100,24,0,100", "spillover_diagonal"),
        ("2,FL1,FL2,1,1,1,1", "spillover_singular"),
        ("2,FL1,FL2,1,0.9995,0.9995,1", "spillover_ill_conditioned"),
        ("2,FL1,FL2,1,a lot,0,1", "spillover_not_numbers"),
        ("FL1,FL2,1,0,0,1", "spillover_without_size"),
        ("0", "spillover_without_size"),
        ("", "spillover_without_size"),
        ("99999999999,1", "spillover_without_size"),
        ("9999,1", "spillover_length"),
    ],
)
def test_an_unusable_matrix_is_refused_by_its_reason(text, code):
    assert refusal(text) == code


def test_the_reason_of_a_refused_diagonal_holds_the_value_and_its_channel():
    found = parse_spillover("2,FL1,FL2,1,0,0,0.9", channels=CHANNELS)
    assert "'FL2'" in found.reason
    assert "0.9 " in found.reason


def test_a_matrix_that_is_not_square_is_refused():
    found = checked_spillover(np.ones((2, 3)), names=["a", "b"], channels=[0, 1], keyword="here")
    assert found.code == "spillover_not_square"


@pytest.mark.parametrize("names", ["FL2,FL1", "3,2", "fl2, FL1 ", '"FL2","FL1"'])
def test_names_numbers_case_quotes_and_blanks_lead_to_the_same_channels(names):
    found = parse_spillover(f"2,{names},1,0.1,0,1", channels=CHANNELS, keyword="SPILL")
    assert found.channels == (2, 1)
    assert found.keyword == "SPILL"
    assert not found.matrix.flags.writeable


def test_a_channel_named_by_a_number_comes_before_a_place():
    assert parse_spillover("2,2,3,1,0,0,1", channels=["3", "2", "1"]).channels == (1, 0)


def test_a_matrix_without_names_covers_every_channel_or_is_refused():
    whole = parse_spillover("3,1,0.1,0,0,1,0,0,0,1", channels=CHANNELS, keyword="$COMP")
    assert whole.channels == (0, 1, 2)
    assert refusal("2,1,0.1,0,1") == "spillover_length"


def test_the_identity_is_named_as_no_compensation():
    assert is_identity(parse_spillover("2,FL1,FL2,1,0,0,1", channels=CHANNELS))
    assert not is_identity(parse_spillover("2,FL1,FL2,1,0.001,0,1", channels=CHANNELS))


@given(st.lists(st.floats(0, 0.3), min_size=6, max_size=6), st.sampled_from(["<f4", ">f4", "<f8", ">u2"]))
def test_what_spilled_over_is_taken_off_again(shares, kind):
    matrix = np.eye(3)
    matrix[~np.eye(3, dtype=bool)] = shares
    found = checked_spillover(matrix, names=["a", "b", "c"], channels=[0, 1, 2], keyword="made")
    assert isinstance(found, Spillover)
    true = np.random.default_rng(0).uniform(0, 1000, (50, 3))
    observed = (true @ matrix).astype(kind)
    before = observed.copy()
    corrected = compensate(observed, found)
    assert corrected.dtype == (np.dtype("f8") if kind in ("<f8", ">u2") else np.dtype("f4"))
    assert np.abs(corrected - true).max() < (6 if kind == ">u2" else 0.01)
    assert np.array_equal(observed, before)


def test_events_are_compensated_alike_in_every_block(monkeypatch):
    found = parse_spillover("2,FL1,FL2,1,0.2,0.1,1", channels=CHANNELS)
    signals = np.random.default_rng(0).normal(100, 50, (1000, 2))
    whole = compensate(signals, found)
    monkeypatch.setattr(compensation, "BLOCK_EVENTS", 64)
    assert np.array_equal(compensate(signals, found), whole)
    assert compensate(signals[:0], found).shape == (0, 2)


NAMES = ["FL1", "FL2", "FL3"]
TRUE = np.array([[1, 0.25, 0.03], [0.01, 1, 0.14], [0.0, 0.02, 1]])
OWN = np.array([40.0, 55.0, 30.0])


def tube(rng, *, stained=None, share=0.9, events=1500):
    """Cells with their own fluorescence; a share of them takes one stain."""
    own = OWN * rng.normal(1, 0.15, (events, 1)) + rng.normal(0, 4, (events, 3))
    if stained is None:
        return own
    brightness = np.where(rng.random(events) < share, rng.lognormal(7.5, 0.3, events), 0.0)
    return own + brightness[:, None] * TRUE[stained]


def measured(rng, **changed):
    tubes = {name: tube(rng, stained=i) for i, name in enumerate(NAMES)}
    return spillover_from_stains(tube(rng), tubes | changed, names=NAMES, channels=[3, 4, 5])


def test_single_stains_give_the_true_shares_within_their_intervals():
    covered = []
    for seed in range(8):
        found = measured(np.random.default_rng(seed))
        assert np.abs(found.spillover.matrix - TRUE).max() < 0.01
        aside = ~np.eye(3, dtype=bool)
        covered.append(((found.low <= TRUE) & (found.high >= TRUE))[aside])
    assert 0.85 <= np.mean(covered) <= 1.0
    assert found.spillover.channels == (3, 4, 5)
    assert all(1300 < n < 1400 for n in found.positives)


def test_the_events_resampled_of_a_large_tube_give_the_error_of_the_whole(monkeypatch):
    whole = measured(np.random.default_rng(1))
    monkeypatch.setattr(stains, "MOST_RESAMPLED", 500)
    part = measured(np.random.default_rng(1))
    widths = [found.high[0, 1] - found.low[0, 1] for found in (part, whole)]
    assert 0.7 < widths[0] / widths[1] < 1.4


def test_stains_that_cannot_be_used_are_refused_by_name():
    rng = np.random.default_rng(0)
    few = measured(rng, FL2=tube(rng, stained=1, share=0.01))
    assert (few.code, "'FL2'" in few.reason) == ("stain_too_few_positives", True)
    exchanged = measured(rng, FL1=tube(rng, stained=1))
    assert (exchanged.code, "'FL2'" in exchanged.reason) == ("stain_in_wrong_detector", True)
    saturated = measured(rng, FL3=np.minimum(tube(rng, stained=2), 1500))
    assert (saturated.code, "'FL3'" in saturated.reason) == ("stain_saturated", True)
    missing = spillover_from_stains(tube(rng), {}, names=NAMES, channels=[0, 1, 2])
    assert (missing.code, "'FL1'" in missing.reason) == ("stain_missing", True)
    empty = spillover_from_stains(np.empty((0, 3)), {"FL1": tube(rng)}, names=NAMES, channels=[0, 1, 2])
    assert "unstained" in empty.reason


def test_stains_that_make_a_matrix_nobody_can_invert_are_refused():
    rng = np.random.default_rng(0)
    both = tube(rng, events=1500)
    both += rng.lognormal(7.5, 0.3, (1500, 1)) * np.array([1.0, 0.9999, 0.0])
    other = tube(rng, events=1500)
    other += rng.lognormal(7.5, 0.3, (1500, 1)) * np.array([0.9999, 1.0, 0.0])
    found = measured(rng, FL1=both - [0, 0.5, 0], FL2=other - [0.5, 0, 0])
    assert found.code in ("spillover_singular", "spillover_ill_conditioned", "stain_in_wrong_detector")


def test_single_stains_of_a_calibur_agree_with_the_published_reference(real_data):
    """flowCore's compref1; its rows of FL3 and FL4 rest on other gates, so only FL1 and FL2 are compared."""
    folder, names = real_data / "cytometry" / "compensation", ["FL1-H", "FL2-H", "FL3-H", "FL4-H"]
    tubes = {}
    for line in (folder / "comp_match").read_text().split()[1:]:
        file, channel = line.split(",")
        table, columns = read_fcs(folder / "data" / file)
        tubes[channel] = table[:, [columns.index(name) for name in names]]
    found = spillover_from_stains(tubes.pop("unstained"), tubes, names=names, channels=range(4))
    rows = (folder / "compref1").read_text().splitlines()[1:]
    reference = np.array([[float(cell) for cell in row.split()[1:]] for row in rows])
    assert np.abs(found.spillover.matrix - reference)[:2].max() < 0.001
    assert (np.abs(found.spillover.matrix - reference) <= found.high - found.low + 1e-9)[:2].all()
