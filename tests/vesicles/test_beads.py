"""A size standard is judged against its certificate."""

import pytest

from vesicle.results import Estimate, NotAssessed, Verdict
from vesicle.standards import load_limits
from vesicle.vesicles.beads import judge_beads

STANDARD = load_limits()["C01"]


def judged(value, half):
    mean = Estimate(value=value, low=value - half, high=value + half, method="test")
    return judge_beads(mean, certified_nm=100.0, uncertainty_nm=3.0, standard=STANDARD)


@pytest.mark.parametrize(
    ("value", "half", "verdict"),
    [
        (103.0, 2.0, Verdict.PASS),
        (108.0, 3.0, Verdict.WARN),
        (113.0, 2.0, Verdict.FAIL),
        (92.0, 4.0, Verdict.WARN),
        (85.0, 2.0, Verdict.FAIL),
    ],
)
def test_ten_per_cent_around_the_certificate_is_the_limit(value, half, verdict):
    assert judged(value, half).verdict is verdict


def test_the_deviation_is_in_per_cent_with_its_interval():
    deviation = judged(103.0, 2.0).deviation_percent
    assert isinstance(deviation, Estimate)
    assert (deviation.low, deviation.value, deviation.high) == pytest.approx((1.0, 3.0, 5.0))


def test_a_mean_that_is_missing_is_no_pass():
    missing = NotAssessed("fewer than 200 tracks")
    found = judge_beads(missing, certified_nm=100.0, uncertainty_nm=None, standard=STANDARD)
    assert found.verdict is Verdict.NOT_ASSESSED
    assert found.deviation_percent == missing


def test_the_limit_is_that_of_the_manifest():
    strict = load_limits({"C01": {"bead_percent": 2.0}})["C01"]
    mean = Estimate(value=103.0, low=102.5, high=103.5, method="test")
    found = judge_beads(mean, certified_nm=100.0, uncertainty_nm=None, standard=strict)
    assert found.verdict is Verdict.FAIL
    assert "2 %" in found.rule
