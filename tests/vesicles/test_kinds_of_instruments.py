"""Instruments of different kinds count differently: what one counted is no replicate of what another counted."""

import numpy as np
import pytest
from tests.vesicles.build import compared, histogram, run, sized

from vesicle.findings import SizeDistribution
from vesicle.measurements.sizing import frozen
from vesicle.results import Estimate, NotAssessed
from vesicle.vesicles.classes import has_log_classes, in_common_classes


def zetaview(name, **said):
    return run(name, instrument="ZetaView 1", **said)


def video(name, **said):
    return run(name, reader="video-avi", **said)


def both(**said):
    return [zetaview(f"z{i}") for i in range(3)] + [video(f"v{i}", measured=5e8, **said) for i in range(3)]


def test_a_sample_of_two_kinds_of_instruments_is_listed_once_for_each():
    found = sized(*both())
    assert [(s.sample, s.replicates) for s in found.samples] == [("A (video)", 3), ("A (ZetaView)", 3)]
    assert {s.preparation for s in found.samples} == {"A"}
    assert [size.run.stem for size in found.runs_of("A (video)")] == ["v0", "v1", "v2"]
    assert len(found.runs_of("A")) == 6


def test_a_run_that_names_no_instrument_stands_beside_those_that_do():
    names = [s.sample for s in sized(zetaview("z"), run("plain")).samples]
    assert sorted(names) == ["A (ZetaView)", "A (other)"]


def test_two_instruments_of_one_kind_are_replicates_whose_settings_differ():
    row = compared(zetaview("a"), run("b", instrument="ZetaView 2")).replicates[0]
    assert (row.sample, len(row.values_per_ml), row.differing) == ("A", 2, ("instrument",))


def test_replicates_and_dilutions_are_compared_within_one_kind():
    found = compared(*both(dilution=100.0))
    assert [row.cv_percent.value for row in found.replicates] == [pytest.approx(0, abs=1e-9)] * 2
    assert all(isinstance(row.ratio, NotAssessed) for row in found.dilutions)


def test_a_blank_counts_for_its_own_kind_and_the_other_says_where_it_was_judged():
    blank = zetaview("PBS", role="buffer blank", sample="PBS", measured=5e6, dilution=1.0)
    rows = {row.sample: row for row in compared(*both(), blank).blanks}
    assert isinstance(rows["A (ZetaView)"].percent, Estimate)
    assert isinstance(rows["A (video)"].percent, NotAssessed)
    assert rows["A (video)"].judged_as == "A (ZetaView)"
    assert rows["A (ZetaView)"].judged_as == ""


def logarithmic(low, high, classes):
    edges = np.geomspace(low, high, classes + 1)
    share = np.full(classes, 1 / classes)
    return SizeDistribution(
        diameter_nm=frozen(np.sqrt(edges[1:] * edges[:-1])),
        edges_nm=frozen(edges),
        fraction=frozen(share),
        low=frozen(share / 2),
        high=frozen(share * 2),
    )


def test_log_classes_of_several_runs_become_common_ones_without_loss():
    fine, wide = in_common_classes([logarithmic(50, 200, 40), logarithmic(40, 400, 30)])
    assert np.array_equal(fine.edges_nm, wide.edges_nm)
    assert fine.edges_nm[[0, -1]] == pytest.approx([40, 400])
    for found in (fine, wide):
        assert [found.low.sum(), found.fraction.sum(), found.high.sum()] == pytest.approx([0.5, 1, 2])
    assert fine.fraction[fine.edges_nm[1:] < 49].sum() == pytest.approx(0)


def test_linear_classes_and_single_ones_are_not_logarithmic():
    even = sized(run(histogram=histogram())).runs[0].distribution
    assert not has_log_classes(even)
    assert has_log_classes(logarithmic(50, 200, 10))
    assert not has_log_classes(logarithmic(50, 200, 2))
