"""What a detergent takes away, in cytometry and in tracking."""

import numpy as np
import pytest
from tests.checks.build import about, run_size, sample_size, size_run
from tests.vesicles.flowing import analysed, even, events, flow_file, inputs, water

from vesicle.analysis import Inputs
from vesicle.findings import DetergentFinding, FlowFinding, SizeFinding
from vesicle.inference.rates import count_estimate, difference
from vesicle.measurements import Dilution
from vesicle.results import NotAssessed
from vesicle.standards import load_limits
from vesicle.vesicles.flow_detergent import loss_percent, pair_with_detergent


def paired(*files):
    given = inputs(*files)
    found = analysed(*files)
    return pair_with_detergent(
        Inputs(manifest=given.manifest, limits=given.limits, findings={FlowFinding: found})
    )


def sample(count, **said):
    return flow_file("ev.fcs", even(count), said={"sample": "S"} | said)


def treated(count, **said):
    return flow_file("tx.fcs", even(count), said={"sample": "S", "role": "detergent"} | said)


def test_the_loss_is_that_of_the_net_numbers():
    row = paired(sample(10_100), treated(1100), water(count=100)).rows[0]
    assert row.loss_percent.value == pytest.approx(90.0)
    assert row.loss_percent.low < 90 < row.loss_percent.high < 91.5
    assert (row.measured_with, row.note) == ("flow cytometry", "")


def of(count):
    return count_estimate(count, scale=1.0, what="events")


def test_the_interval_of_the_loss_covers_the_truth():
    rng = np.random.default_rng(3)
    drawn = zip(rng.poisson(1100, 400), rng.poisson(300, 400), rng.poisson(100, 400), strict=True)
    found = [
        loss_percent(difference(of(s), of(w)), difference(of(t), of(w)))
        for s, t, w in ((int(s), int(t), int(w)) for s, t, w in drawn)
    ]
    assert 0.93 <= np.mean([loss.contains(80.0) for loss in found]) <= 0.995


def test_without_a_control_the_loss_is_of_what_was_counted_and_says_so():
    row = paired(sample(1000), treated(200)).rows[0]
    assert row.loss_percent.value == pytest.approx(80.0)
    assert row.note == "no control was taken off"


def test_a_treated_file_below_its_control_has_lost_all_and_not_more():
    loss = paired(sample(10_000), treated(50), water(count=100)).rows[0].loss_percent
    assert loss.value == loss.high == 100.0


def test_a_treated_file_without_events_has_lost_all():
    empty = flow_file("tx.fcs", events([]), said={"sample": "S", "role": "detergent"})
    assert paired(sample(10_000), empty, water(count=100)).rows[0].loss_percent.value == 100.0


def test_more_than_before_is_a_negative_loss():
    assert paired(sample(1000), treated(1500)).rows[0].loss_percent.value == pytest.approx(-50.0)


def test_a_detergent_run_without_its_sample_is_not_assessed():
    row = paired(treated(100), flow_file("other.fcs", even(100))).rows[0]
    assert "same sample without detergent" in row.loss_percent.reason


def test_numbers_are_compared_in_the_stock_where_the_dilutions_differ():
    row = paired(
        sample(1000, dilution=Dilution(factor=100.0)), treated(1000, dilution=Dilution(factor=10.0))
    ).rows[0]
    assert row.loss_percent.value == pytest.approx(90.0)


def test_a_dilution_stated_of_one_of_the_two_leaves_the_loss_open():
    row = paired(sample(1000, dilution=Dilution(factor=100.0)), treated(1000)).rows[0]
    assert "one of the two" in row.loss_percent.reason


def test_other_settings_leave_the_loss_open():
    odd = flow_file("tx.fcs", even(10), voltage=500.0, said={"sample": "S", "role": "detergent"})
    assert "different settings" in paired(sample(1000), odd).rows[0].loss_percent.reason


def test_a_sample_that_is_not_above_its_control_has_no_loss():
    loss = paired(sample(100), treated(100), water(count=100)).rows[0].loss_percent
    assert loss == NotAssessed("without detergent nothing is left above the control")


def tracked(*runs):
    sizes = SizeFinding(runs=runs, samples=(sample_size(),))
    given = inputs()
    return pair_with_detergent(
        Inputs(manifest=given.manifest, limits=load_limits(), findings={SizeFinding: sizes})
    ).rows


def test_tracking_runs_with_detergent_are_paired_by_sample():
    before = run_size(measured=about(1e7))
    after = run_size(size_run("run2", role="detergent"), measured=about(2e6))
    blank = run_size(size_run("pbs", role="buffer blank", sample="PBS"), measured=about(1e6))
    row = tracked(before, after)[0]
    assert (row.measured_with, row.note) == ("particle tracking", "no blank was taken off")
    assert row.loss_percent.value == pytest.approx(80.0)
    net = tracked(before, after, blank)[0]
    assert net.loss_percent.value == pytest.approx(100 * (1 - 1 / 9))


def test_a_tracking_run_that_counted_nothing_leaves_the_loss_open():
    after = run_size(size_run("run2", role="detergent"), measured=NotAssessed("no track"))
    assert tracked(run_size(), after)[0].loss_percent == NotAssessed("no track")
    assert tracked(after)[0].loss_percent.reason.startswith("the same sample")


def test_nothing_with_detergent_gives_no_row():
    assert paired(sample(100)) == DetergentFinding(provenance=paired(sample(100)).provenance)
    assert paired(sample(100)).rows == ()
