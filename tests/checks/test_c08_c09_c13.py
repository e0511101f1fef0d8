"""C08, C09 and C13 on tables whose verdict a person can tell by looking."""

import pytest
from tests.checks.build import file_ref, inputs
from tests.readers.tables import raw

from vesicle.checks.c08_panel import CHECK as C08
from vesicle.checks.c09_depletion import CHECK as C09
from vesicle.checks.c13_two_methods import CHECK as C13
from vesicle.findings import MarkerFinding, MicrographFinding
from vesicle.measurements import Micrograph
from vesicle.readers.marker_table import READER
from vesicle.results import CheckResult, NotAssessed, Part, Source, Verdict, exact
from vesicle.vesicles.markers import assess_markers
from vesicle.vesicles.micrographs import assess_micrographs

HEAD = "Marker,Sample,Lane,Intensity,Load (ug)\n"
PANEL = ("CD63,EV,1,50,10", "CD81,EV,1,60,10", "TSG101,EV,1,40,10", "Albumin,EV,1,not detected,10")
BLANK = tuple(f"{marker},blank,2,5," for marker in ("CD63", "CD81", "TSG101", "Albumin"))


def markers(*rows, head=HEAD):
    return assess_markers(inputs(measurements=(READER.read(raw(head + "\n".join(rows) + "\n")),)))


def panel(*rows, manifest=""):
    return C08.judge(inputs(markers(*rows), manifest=manifest))


def depletion(*rows, manifest="", head=HEAD):
    return C09.judge(inputs(markers(*rows, head=head), manifest=manifest))


def test_three_proteins_of_both_categories_and_an_assayed_co_isolate_pass():
    found = panel(*PANEL, *BLANK)
    assert (found.verdict, found.value.value) == (Verdict.PASS, 3)
    assert "ALB below LOD" in found.parts[0].reason


@pytest.mark.parametrize(
    ("left_out", "named"),
    [("CD63", "3 EV proteins"), ("TSG101", "category 2"), ("Albumin", "category 3")],
)
def test_what_was_not_assayed_is_named_and_nothing_is_judged(left_out, named):
    found = panel(*(row for row in PANEL if not row.startswith(left_out)))
    assert found.verdict is Verdict.NOT_ASSESSED
    assert named in found.reason


@pytest.mark.parametrize("lost", ["CD63", "TSG101"])
def test_a_marker_that_was_looked_for_and_not_found_fails(lost):
    rows = [f"{lost},EV,1,not detected,10" if row.startswith(lost) else row for row in PANEL]
    assert panel(*rows).verdict is Verdict.FAIL


def test_numbers_alone_are_at_best_a_warning():
    rows = [*PANEL[:3], "Albumin,EV,1,3,10"]
    found = panel(*rows)
    assert found.verdict is Verdict.WARN
    assert "without a blank" in found.reason


def test_calnexin_and_actin_do_not_count_as_ev_proteins():
    rows = ("CD63,EV,1,+,10", "CD81,EV,1,+,10", "Actin,EV,1,+,10", "Calnexin,EV,1,+,10", "ALB,EV,1,-,10")
    assert panel(*rows).verdict is Verdict.NOT_ASSESSED


def test_no_table_is_not_assessed_by_any_of_them():
    nothing = inputs(MarkerFinding(), MicrographFinding())
    assert [check.judge(nothing).verdict for check in (C08, C09, C13)] == [Verdict.NOT_ASSESSED] * 3
    assert [check.judge(inputs()).verdict for check in (C08, C09, C13)] == [Verdict.NOT_ASSESSED] * 3


@pytest.mark.parametrize(
    ("signal", "verdict"),
    [(100, Verdict.PASS), (101, Verdict.WARN), (500, Verdict.WARN), (501, Verdict.FAIL)],
)
def test_the_ratio_to_the_lysate_decides_at_its_limits(signal, verdict):
    found = depletion(f"Calnexin,EV,1,{signal},10", "Calnexin,lysate,2,1000,10")
    assert found.verdict is verdict
    assert found.value.value == pytest.approx(signal / 1000)


def test_absence_passes_only_beside_a_positive_lysate():
    assert depletion("GM130,EV,1,not detected,10", "GM130,lysate,2,900,10").verdict is Verdict.PASS
    alone = depletion("GM130,EV,1,not detected,10")
    assert alone.verdict is Verdict.NOT_ASSESSED
    assert "absence alone is no evidence" in alone.reason
    negative = depletion("GM130,EV,1,not detected,10", "GM130,lysate,2,not detected,10")
    assert negative.verdict is Verdict.NOT_ASSESSED


def test_loads_that_are_not_stated_are_a_warning_whatever_the_ratio():
    head = "Marker,Sample,Lane,Intensity\n"
    for signal in ("50", "900", "not detected"):
        found = depletion(f"CANX,EV,1,{signal}", "CANX,lysate,2,1000", head=head)
        assert found.verdict is Verdict.WARN
        assert "loads are not stated" in found.reason


def test_an_interval_that_crosses_a_limit_is_a_warning_with_its_code():
    rows = [f"CANX,EV,{n},{n},10" for n in (60, 100, 160)] + [f"CANX,lysate,{n},{n},10" for n in (900, 1000)]
    found = depletion(*rows)
    assert (found.verdict, found.reason_code) == (Verdict.WARN, "interval_crosses_limit")


def test_a_marker_seen_without_a_lysate_keeps_another_from_passing():
    good = ("CANX,EV,1,not detected,10", "CANX,lysate,2,900,10")
    assert depletion(*good, "GM130,EV,1,not detected,10").verdict is Verdict.PASS
    found = depletion(*good, "GM130,EV,1,80,10")
    assert found.verdict is Verdict.WARN
    assert "GOLGA2 seen" in found.reason


def test_the_house_ratio_can_be_changed_and_the_seen_panel_cannot():
    rows = ("CANX,EV,1,150,10", "CANX,lysate,2,1000,10")
    assert depletion(*rows, manifest="[limits.C09]\npass_ratio = 0.2\n").verdict is Verdict.PASS


def c01(*verdicts):
    parts = tuple(
        Part(subject=f"r{i}", verdict=v, value=exact(1.0, method="")) for i, v in enumerate(verdicts)
    )
    source = Source(text="", status="house")
    return CheckResult(
        id="C01",
        title="",
        verdict=verdicts[0],
        value=exact(1.0, method=""),
        rule="",
        source=source,
        parts=parts,
    )


def two_methods(*pictures, run=Verdict.PASS):
    shots = tuple(
        Micrograph(
            file=file_ref(f"{i}.tif"), reader="micrograph", stem="", sample="", width_px=500, height_px=500, bits=8,
            pixel_nm=pixel, view=view,
        )
        for i, (view, pixel) in enumerate(pictures)
    )  # fmt: skip
    checks = (c01(run),) if run else ()
    return C13.judge(inputs(assess_micrographs(inputs(measurements=shots)), checks=checks))


BOTH = (("wide-field", 5.0), ("close-up", 0.5))


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (Verdict.PASS, Verdict.PASS),
        (Verdict.WARN, Verdict.WARN),
        (Verdict.FAIL, Verdict.NOT_ASSESSED),
        (None, Verdict.NOT_ASSESSED),
    ],
)
def test_both_views_rest_on_a_valid_counting_run(run, verdict):
    assert two_methods(*BOTH, run=run).verdict is verdict


def test_one_view_is_a_warning_and_no_scale_is_not_assessed():
    one = two_methods(BOTH[0])
    assert one.verdict is Verdict.WARN
    assert "no close-up picture" in one.reason
    mixed = two_methods(BOTH[0], ("close-up", None))
    assert mixed.verdict is Verdict.WARN
    assert "1.tif: no scale" in mixed.reason
    none = two_methods(("wide-field", None), ("close-up", None))
    assert none.verdict is Verdict.NOT_ASSESSED
    assert isinstance(none.value, NotAssessed)
