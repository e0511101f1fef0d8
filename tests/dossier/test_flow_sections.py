"""What the dossier shows of small-particle cytometry: controls first, bands not numbers, and what is missing."""

import dataclasses

import pytest
from tests.vesicles.flowing import analysed, even, events, flow_file, inputs, water
from tests.vesicles.test_flow_markers import THREE, isotype, panel, tube
from tests.vesicles.test_flow_scatter import MANIFEST, beads, sample

from vesicle.dossier.blocks import Figure, Table, Text, Verdicts
from vesicle.dossier.missing import without_laser
from vesicle.dossier.sections import flow, flow_antigens
from vesicle.findings import DetergentFinding, FlowFinding
from vesicle.measurements import Dilution
from vesicle.results import NotAssessed
from vesicle.vesicles.flow_antigens import antigen_patterns
from vesicle.vesicles.flow_detergent import pair_with_detergent


def shown(*files, manifest=""):
    given = inputs(*files, manifest=manifest)
    found = analysed(*files, manifest=manifest)
    given = dataclasses.replace(given, findings={FlowFinding: found})
    losses = pair_with_detergent(given)
    return flow.compose(dataclasses.replace(given, findings={FlowFinding: found, DetergentFinding: losses}))


def tables(blocks):
    return {block.id: block for block in blocks if isinstance(block, Table)}


def figures(blocks):
    return {block.id: block for block in blocks if isinstance(block, Figure)}


def texts(blocks):
    return " ".join(block.text for block in blocks if isinstance(block, Text))


def words(blocks):
    cells = [cell for table in tables(blocks).values() for row in table.rows for cell in row]
    captions = [table.caption + table.how for table in tables(blocks).values()]
    return " ".join(map(str, [*cells, *captions])) + texts(blocks)


def reporting(blocks):
    return {row[0]: (row[3], row[4]) for row in tables(blocks)["miflowcyt-ev"].rows}


def test_controls_come_before_everything_else():
    blocks = shown(flow_file("ev.fcs", even(1000)), water())
    order = [block.id for block in blocks if isinstance(block, Table)]
    assert order[:3] == ["flow-controls", "flow-counts", "flow-net"]
    net = tables(blocks)["flow-net"].rows[0]
    assert net[1].value == pytest.approx(10.0)


def test_a_control_that_is_not_clean_and_one_of_another_day_are_said_first():
    wash = flow_file("wash.fcs", even(2000), said={"role": "wash"})
    old = water(said={"acquired": "2026-01-01"})
    blocks = shown(flow_file("ev.fcs", even(1000)), wash, old)
    assert isinstance(blocks[0], Text)
    assert "wash.fcs" in blocks[0].text
    other = shown(flow_file("ev.fcs", even(1000)), old)
    assert "another day: ev.fcs" in texts(other)


def test_no_control_no_dilution_no_stain_and_no_beads_are_each_said():
    said = texts(shown(flow_file("ev.fcs", even(1000))))
    for words_ in ("No control run", "One dilution only", "not calibrated", "No stain is named"):
        assert words_ in said


def test_a_folder_of_controls_alone_has_no_table_of_counts():
    assert "flow-net" not in tables(shown(water()))


def test_the_scatter_of_sample_and_control_is_drawn():
    drawn = figures(shown(flow_file("ev.fcs", even(1000)), water()))
    assert [line.label for line in drawn["flow-scatter-1"].lines] == ["ev", "control"]
    alone = figures(shown(flow_file("ev.fcs", even(1000))))
    assert len(alone["flow-scatter-1"].lines) == 1


def test_diameters_are_bands_in_words_and_never_one_number():
    blocks = shown(beads(), sample(), water(count=200), manifest=MANIFEST)
    rows = tables(blocks)["flow-diameters"].rows
    assert all(" to " in row[3] and " to " in row[4] for row in rows)
    assert {"flow-calibration", "flow-half-angle"} <= set(figures(blocks))
    fixed = shown(beads(), sample(), manifest=MANIFEST + "half_angle_deg = 60.0\n")
    assert "flow-half-angle" not in figures(fixed)
    assert "No diameter" in texts(fixed)


def test_a_dilution_series_is_drawn_beside_proportion():
    files = [
        flow_file(
            f"d{i}.fcs", even(4 * 10 ** (4 - i)), said={"sample": "S", "dilution": Dilution(factor=10.0**i)}
        )
        for i in (1, 2, 3)
    ]
    blocks = shown(*files)
    assert len(tables(blocks)["dilution-series"].rows) == 3
    assert "too few events" in words(blocks)
    lines = figures(blocks)["dilution-series-1"].lines
    assert lines[1].y.tolist() == pytest.approx(lines[0].y.tolist())
    assert reporting(blocks)["FCE-3.7"] == ("filled", "S: slope 1.00")


def test_a_loss_with_detergent_is_shown_with_its_caveat():
    treated = flow_file("tx.fcs", even(100), said={"sample": "ev", "role": "detergent"})
    blocks = shown(flow_file("ev.fcs", even(1000)), treated)
    assert "no proof" in tables(blocks)["detergent"].caption
    assert reporting(blocks)["FCE-3.8"] == ("filled", "ev: 90 % lost")


def test_stains_show_phenotypes_with_the_words_of_the_field():
    blocks = shown(tube("ev.fcs", bright={("FL1_H",): 2000}, markers=THREE), isotype())
    assert tables(blocks)["tetraspanins"].rows[-1][1] == "none of CD9, CD63, CD81"
    assert "exosome-associated" in tables(blocks)["flow-markers"].rows[0]
    states = {item: state for item, (state, _) in reporting(blocks).items()}
    assert (states["FCE-3.4"], states["FCE-3.3"], states["FCE-3.5"]) == ("filled", "missing", "missing")
    assert states["FCE-2.1"] == states["FCE-4.3"] == states["FCE-6.4"] == "missing"


def test_a_ladder_is_shown_with_what_is_doubtful():
    from tests.vesicles.test_flow_markers import VALUES
    from tests.vesicles.test_flow_markers import beads as ladder

    control = tube("iso.fcs", seed=2, role="isotype")
    blocks = shown(ladder(VALUES), tube("ev.fcs", markers=THREE), control)
    assert tables(blocks)["ladders"].rows[0][0] == "FL1-H"
    assert reporting(blocks)["FCE-4.3"] == ("filled", "FL1-H (MESF)")
    assert reporting(blocks)["FCE-6.4"][0] == "filled"


def test_items_without_a_stain_are_not_applicable():
    found = reporting(shown(flow_file("ev.fcs", even(1000)), water()))
    assert {found[item][0] for item in ("FCE-2.1", "FCE-3.2", "FCE-3.5", "FCE-4.3")} == {"not applicable"}
    assert found["FCE-3.1"][0] == found["FCE-6.3"][0] == found["FCE-4.2"][0] == "filled"
    assert found["FCE-2.3"][0] == found["FCE-7.1"][0] == "missing"


def test_calibrated_scatter_fills_its_items():
    dated = sample(said={"dilution": Dilution(factor=100.0)}, **{"$TR": "SSC 100"})
    blocks = shown(beads(), dated, water(count=200), manifest=MANIFEST)
    found = reporting(blocks)
    for item in ("FCE-2.3", "FCE-4.1", "FCE-4.4", "FCE-5.1", "FCE-5.2", "FCE-6.2"):
        assert found[item][0] == "filled", item


def test_the_users_answers_are_quoted_and_unknown_items_named():
    manifest = '[cytometry.reporting]\n"FCE-7.1" = "FR-FCM-0000"\n"FCE-9.9" = "x"\n'
    blocks = shown(flow_file("ev.fcs", even(1000)), manifest=manifest)
    assert reporting(blocks)["FCE-7.1"] == ("filled", '"FR-FCM-0000"')
    assert "'FCE-9.9'" in texts(blocks)


def test_the_preparation_is_reported_where_the_manifest_states_it():
    manifest = '[cells]\ntissue = "bone marrow"\n[[isolation]]\nmethod = "ultracentrifugation"\n'
    blocks = shown(flow_file("ev.fcs", even(10)), manifest=manifest)
    assert reporting(blocks)["FCE-1.1"][0] == "filled"


def test_every_item_of_the_standard_has_a_row_with_its_status():
    table = tables(shown(flow_file("ev.fcs", even(10))))["miflowcyt-ev"]
    assert len(table.rows) == 25
    assert {row[5] for row in table.rows} == {"memory", "second-hand"}


def test_nothing_calls_an_event_an_exosome_or_a_vesicle_per_ml():
    blocks = shown(tube("ev.fcs", markers=THREE), isotype(), water(count=200), beads(), manifest=MANIFEST)
    said = words(blocks).casefold().replace("exosome-associated", "")
    assert "exosome" not in said
    assert "vesicles/ml" not in said


def test_without_cytometer_files_the_section_says_so_and_shows_its_checks():
    blocks = flow.compose(inputs())
    assert "No cytometer file" in texts(blocks)
    assert Verdicts(check_ids=("C14", "C22")) in blocks


def test_the_antigen_pattern_says_that_it_is_not_specific():
    found = FlowFinding(antigens=antigen_patterns(panel()))
    given = dataclasses.replace(inputs(), findings={FlowFinding: found})
    blocks = flow_antigens.compose(given)
    assert len(tables(blocks)["msc-antigens"].rows) == 6
    assert "not specific" in tables(blocks)["msc-antigen-ratio"].caption
    assert "No such antigen" in texts(flow_antigens.compose(inputs()))


def test_files_of_particles_without_a_laser_or_beads_say_what_is_missing():
    said = [item.what for item in without_laser([flow_file("ev.fcs", even(1))], inputs().manifest)]
    assert len(said) == 2
    assert without_laser([], inputs().manifest) == ()
    given = inputs(manifest=MANIFEST).manifest
    assert without_laser([beads()], given) == ()


def test_a_file_without_events_and_without_volume_is_shown_as_such():
    blocks = shown(flow_file("ev.fcs", events([]), volume_nl=None))
    row = tables(blocks)["flow-counts"].rows[0]
    assert (row[2], isinstance(row[3], NotAssessed)) == (0, True)
    assert "no events; volume not known; no control" in tables(blocks)["flow-net"].rows[0][4]
