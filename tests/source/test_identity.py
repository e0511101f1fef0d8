"""From tubes to percentages: gates, spillover, bad input, and numbers of other programs."""

from dataclasses import replace

import numpy as np
import pytest
from tests.source.tubes import ArrayValues, flow_file, inputs_of, with_identity

from vesicle.checks.c05_positive_markers import judge as judge_positive
from vesicle.checks.c06_negative_markers import judge as judge_negative
from vesicle.errors import ReadError
from vesicle.findings import IdentityFinding
from vesicle.manifest import CytometryDefaults, Donor, Manifest
from vesicle.measurements import PopulationRow, PopulationTable, Spillover
from vesicle.results import Estimate, FileRef, NotAssessed, Verdict, Warned
from vesicle.simulate.panel import StainPlan, TubePlan, simulate_tube
from vesicle.source.identity import identify_cells

SPILLOVER = {("FITC-A", "PE-A"): 0.25}


def stained(name="CD73 PE", *, label="CD73", share=0.97, seed=1, channel="PE-A", **plan):
    stains = {channel: StainPlan(label=label, share=share)}
    return simulate_tube(TubePlan(name=name, stains=stains, **plan), seed=seed)


def isotype(seed=2, **plan):
    return simulate_tube(TubePlan(name="isotype", **plan), seed=seed)


def finding(*measurements, manifest=None):
    return with_identity(*measurements, manifest=manifest).findings[IdentityFinding]


def without_events(file):
    dataset = file.datasets[0]
    empty = replace(dataset, values=ArrayValues(np.empty((0, len(dataset.channels)))), stored_events=0)
    return replace(file, datasets=(empty,))


def with_spillover(file, matrix):
    dataset = file.datasets[0]
    places = tuple(range(3, 3 + len(matrix)))
    return replace(
        file,
        datasets=(
            replace(dataset, spillover=Spillover(channels=places, matrix=matrix, keyword="$SPILLOVER")),
        ),
    )


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_the_net_percentage_is_the_share_that_was_stained(share):
    (reading,) = finding(flow_file(stained(share=share, cells=20_000)), flow_file(isotype())).readings
    assert reading.net_percent.value == pytest.approx(100 * share, abs=0.5)
    assert reading.net_percent.contains(100 * share)
    assert f"at or above {reading.threshold:.6g}" in reading.gated_percent.method


def test_gates_leave_the_single_cells_and_count_every_step():
    found = finding(flow_file(stained(debris=0.3, doublets=0.1, dead=0.0)), flow_file(isotype()))
    steps = {step.name: step.events for step in found.tubes[0].steps}
    assert list(steps) == ["recorded", "saturation", "time", "singlets", "cells", "viable"]
    assert steps["recorded"] == 8_400
    assert found.tubes[0].events == pytest.approx(6_000, rel=0.05)
    assert sorted(steps.values(), reverse=True) == list(steps.values())


@pytest.mark.parametrize("named", ["by its label", "in the manifest"])
def test_dead_cells_are_dropped_when_a_dye_is_named(named):
    label = "Viability dye" if named == "by its label" else ""
    manifest = Manifest(cytometry=CytometryDefaults(viability_channel=None if label else "PB450-A"))
    tubes = (stained(dead=0.3, viability_label=label), isotype(dead=0.3, viability_label=label))
    found = finding(*map(flow_file, tubes), manifest=manifest)
    before, after = [step.events for step in found.tubes[0].steps][-2:]
    assert before > 1.15 * after
    assert after == pytest.approx(6_000, rel=0.05)


def test_a_viability_channel_that_is_not_there_is_a_doubt():
    manifest = Manifest(cytometry=CytometryDefaults(viability_channel="7-AAD"))
    (reading,) = finding(flow_file(stained()), flow_file(isotype()), manifest=manifest).readings
    assert [doubt.code for doubt in reading.doubts] == ["viability_channel_missing"]


def test_spillover_is_taken_off_so_that_a_bright_neighbour_is_no_positive():
    stains = {"FITC-A": StainPlan(label="CD90", share=1.0), "PE-A": StainPlan(label="CD45", share=0.0)}
    tube = simulate_tube(TubePlan(name="panel", stains=stains, spillover=SPILLOVER), seed=3)
    control = isotype(spillover=SPILLOVER)
    compensated = finding(flow_file(tube), flow_file(control))
    assert {r.marker: r.net_percent.value for r in compensated.readings}["CD45"] < 10
    raw = finding(flow_file(replace(tube, spillover="")), flow_file(replace(control, spillover="")))
    assert {r.marker: r.net_percent.value for r in raw.readings}["CD45"] > 90
    assert "not_compensated" in {note.code for r in raw.readings for note in r.notes}


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.array([[1.0, np.nan], [0.0, 1.0]]), "not finite"),
        (np.ones((2, 2)), "singular"),
        (np.eye(2), "identity"),
    ],
)
def test_a_matrix_that_cannot_be_used_leaves_the_signal_as_it_is_and_says_why(matrix, words):
    found = finding(with_spillover(flow_file(stained()), matrix), flow_file(isotype()))
    assert words in found.tubes[0].compensation
    assert found.readings[0].net_percent.contains(97)


def test_a_file_without_events_is_reported():
    (reading,) = finding(without_events(flow_file(stained())), flow_file(isotype())).readings
    assert reading.problem.code == "zero_events"
    assert isinstance(reading.net_percent, NotAssessed)


def test_a_control_without_events_is_named():
    (reading,) = finding(flow_file(stained()), without_events(flow_file(isotype()))).readings
    assert reading.problem.code == "zero_events"
    assert "isotype.fcs" in reading.problem.message


def test_a_control_of_a_hundred_events_has_no_such_percentile():
    (reading,) = finding(flow_file(stained()), flow_file(isotype(cells=120, debris=0.0))).readings
    assert reading.problem.code == "too_few_control_events"


def test_a_file_that_changed_is_a_problem_of_its_marker_only():
    class Changed(ArrayValues):
        def columns(self, places):  # noqa: ARG002
            raise ReadError("The file changed.")

    file = flow_file(stained())
    broken = replace(file, datasets=(replace(file.datasets[0], values=Changed(np.ones((9, 9)))),))
    other = flow_file(stained("CD90 PE", label="CD90", seed=5))
    found = finding(broken, other, flow_file(isotype()))
    assert {r.marker: r.problem.code if r.problem else "" for r in found.readings} == {
        "CD73": "events_unreadable",
        "CD90": "",
    }


def test_events_with_zero_scatter_leave_no_gated_events():
    file = flow_file(stained())
    dark = ArrayValues(file.datasets[0].values.array * np.array([0, 0, 0, 1, 1, 1, 1, 1, 1]))
    broken = replace(file, datasets=(replace(file.datasets[0], values=dark),))
    (reading,) = finding(broken, flow_file(isotype())).readings
    assert reading.problem.code == "no_gated_events"


def test_tubes_without_scatter_are_a_warning_whatever_their_number():
    inputs = with_identity(flow_file(stained(has_scatter=False)), flow_file(isotype(has_scatter=False)))
    (part, *_) = judge_positive(inputs).parts
    assert part.verdict is Verdict.WARN
    assert "scatter is missing" in part.reason


def test_particles_are_no_cells():
    assert finding(flow_file(stained(), subject="particles")).readings == ()


def test_a_tube_that_another_names_as_its_control_is_not_judged_itself():
    found = finding(
        flow_file(stained(), control="blank"), flow_file(stained("blank", label="CD90", share=0.0))
    )
    assert [reading.marker for reading in found.readings] == ["CD73"]
    assert found.readings[0].control_kind == "named in vesicle.toml"


def test_a_file_that_names_no_antigen_is_listed():
    found = finding(flow_file(stained()), flow_file(isotype()), flow_file(stained("tube 5", label="")))
    assert [path for path, _ in found.unplaced] == ["tube 5.fcs"]


def test_an_antigen_that_the_criteria_do_not_name_is_reported_and_not_judged():
    inputs = with_identity(flow_file(stained("CD44 PE", label="CD44")), flow_file(isotype()))
    (reading,) = inputs.findings[IdentityFinding].readings
    assert reading.required == ""
    assert isinstance(reading.net_percent, Estimate)
    assert "CD44" not in {part.subject for part in judge_positive(inputs).parts}


def test_an_unknown_species_is_not_taken_for_human():
    found = finding(
        flow_file(stained()), flow_file(isotype()), manifest=Manifest(donor=Donor(species="sheep"))
    )
    assert not found.is_human


def test_the_same_event_values_on_another_scale_give_the_same_percentage():
    tubes = (flow_file(stained()), flow_file(isotype()))
    (first,) = finding(*tubes).readings
    scaled = [
        replace(
            file,
            datasets=(replace(file.datasets[0], values=ArrayValues(7.0 * file.datasets[0].values.array)),),
        )
        for file in tubes
    ]
    (second,) = finding(*scaled).readings
    assert second.net_percent == pytest.approx(first.net_percent) or (
        second.net_percent.value == first.net_percent.value
    )


def table(*rows):
    return PopulationTable(
        file=FileRef(path="stats.csv", sha256="0", size_bytes=1),
        reader="population-table",
        rows=tuple(PopulationRow(row=i + 2, **row) for i, row in enumerate(rows)),
    )


DECLARED = (
    ({"percent": 99.0, "events": 9_000}, "CD73", Verdict.WARN, "events were not seen"),
    ({"percent": 99.0}, "CD73", Verdict.WARN, "events were not seen"),
    ({"percent": 95.0}, "CD73", Verdict.WARN, "exactly on the limit"),
    ({"percent": 95.1, "events": 9_000}, "CD90", Verdict.WARN, "interval crosses"),
    ({"percent": 80.0, "events": 9_000}, "CD105", Verdict.FAIL, "below"),
    (
        {"percent": 2.4, "events": 90_000, "control_percent": 1.0},
        "CD45",
        Verdict.WARN,
        "events were not seen",
    ),
    ({"percent": 2.4, "events": 90_000}, "CD45", Verdict.FAIL, "above"),
)


@pytest.mark.parametrize(("row", "marker", "verdict", "words"), DECLARED)
def test_percentages_of_another_program_are_at_best_a_warning(row, marker, verdict, words):
    inputs = with_identity(table({"tube": "MSC", "marker": f"{marker}+", **row}))
    check = judge_negative(inputs) if marker == "CD45" else judge_positive(inputs)
    part = next(part for part in check.parts if part.subject == marker)
    assert part.verdict is verdict
    assert words in part.reason


def test_events_decide_where_a_table_says_something_else():
    declared = table({"tube": "MSC", "marker": "CD73+", "percent": 50.0, "events": 9_000})
    inputs = with_identity(flow_file(stained(share=0.99)), flow_file(isotype()), declared)
    part = next(part for part in judge_positive(inputs).parts if part.subject == "CD73")
    assert part.verdict is Verdict.PASS


def test_rows_of_controls_and_of_no_antigen_are_left_out_and_cocktails_are_one():
    rows = (
        {"tube": "isotype", "marker": "CD73+", "percent": 0.5},
        {"tube": "MSC", "marker": "P4", "percent": 5.0},
        {"tube": "MSC", "marker": "negative cocktail", "percent": 1.0},
        {"tube": "MSC", "marker": "CD73 CD90", "percent": 90.0},
    )
    assert [r.marker for r in finding(table(*rows)).readings] == ["negative cocktail"]


def test_values_that_the_reader_doubts_make_a_warning_of_any_verdict():
    doubt = Warned(code="values_implausible", message="many values are no signals")
    inputs = with_identity(flow_file(stained(share=0.99), warnings=(doubt,)), flow_file(isotype()))
    part = next(part for part in judge_positive(inputs).parts if part.subject == "CD73")
    assert part.verdict is Verdict.WARN
    assert "no signals" in part.reason


def test_a_folder_without_cells_lists_the_whole_panel_as_missing():
    found = identify_cells(inputs_of())
    assert found.readings == ()
    assert len(found.missing) == 8
    assert judge_positive(inputs_of()).verdict is Verdict.NOT_ASSESSED
