"""The words of every finding."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.results import (
    Estimate,
    NotAssessed,
    Verdict,
    at_best,
    exact,
    value_of,
    worst,
)

verdicts = st.lists(st.sampled_from(list(Verdict)))
ORDER = [Verdict.FAIL, Verdict.WARN, Verdict.NOT_ASSESSED, Verdict.PASS, Verdict.NOT_APPLICABLE]


def estimate(value=2.0, low=1.0, high=4.0):
    return Estimate(value=value, low=low, high=high, n=5, method="m")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_an_estimate_is_never_nan_or_infinite(field, bad):
    with pytest.raises(ValueError, match="finite"):
        Estimate(**{"value": 1.0, "low": 1.0, "high": 1.0, "method": "m", field: bad})


def test_an_exact_factor_scales_value_and_interval():
    scaled = estimate().scaled(10, method="other")
    assert (scaled.value, scaled.low, scaled.high, scaled.n, scaled.method) == (20, 10, 40, 5, "other")
    assert estimate().scaled(2).method == "m"


def test_an_interval_contains_its_bounds():
    assert all(estimate().contains(x) for x in (1.0, 2.0, 4.0))
    assert not any(estimate().contains(x) for x in (0.999, 4.001))


def test_a_counted_number_has_no_width():
    found = exact(7, method="counted", n=7)
    assert (found.low, found.value, found.high, found.n) == (7, 7, 7, 7)


@given(verdicts)
def test_the_worst_verdict_is_the_first_in_the_order_of_severity(found):
    expected = min(found, key=ORDER.index, default=Verdict.NOT_ASSESSED)
    assert worst(found) is expected


@given(verdicts.filter(bool))
def test_nothing_that_rests_on_a_part_that_was_not_assessed_passes(found):
    assert worst([*found, Verdict.NOT_ASSESSED]) is not Verdict.PASS


@given(st.sampled_from(list(Verdict)), st.sampled_from(list(Verdict)))
def test_a_ceiling_is_never_exceeded(verdict, ceiling):
    assert ORDER.index(at_best(verdict, ceiling)) <= ORDER.index(ceiling)


def test_the_value_of_an_unknown_is_none_and_never_zero():
    assert value_of(NotAssessed("why")) is None
    assert value_of(estimate()) == 2.0


def test_words_can_be_sent_to_another_process():
    for word in (estimate(), NotAssessed("why"), Verdict.WARN):
        assert pickle.loads(pickle.dumps(word)) == word
