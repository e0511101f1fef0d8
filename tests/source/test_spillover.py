"""Compensation of tubes whose files state none: with single stains of the folder, or not, and why."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.source.tubes import ArrayValues, flow_file, with_identity

from vesicle import spine
from vesicle.analysis import Inputs
from vesicle.checks.panel_rules import judge_reading
from vesicle.dossier.blocks import Table, Text
from vesicle.dossier.sections.identity import SECTION
from vesicle.errors import ReadError
from vesicle.findings import IdentityFinding
from vesicle.measurements import Spillover
from vesicle.results import Estimate
from vesicle.simulate.panel import DYES, StainPlan, TubePlan, simulate_tube
from vesicle.source.identity import identify_cells
from vesicle.standards import load_limits

SPILL = {("FITC-A", "PE-A"): 0.25, ("PE-A", "PerCP-Cy5-5-A"): 0.1}


@cache
def simulated(plan, seed):
    name, stains, more = plan
    return simulate_tube(TubePlan(name=name, stains=dict(stains), spillover=SPILL, **dict(more)), seed=seed)


def tube(name, seed, stains=None, *, label="", states=False, cells=1_500, **plan):
    """A tube whose events hold spillover; ``states`` leaves the matrix in its file."""
    stains = {
        channel: StainPlan(label=label or ("" if isinstance(said, float) else said[0]), share=share)
        for channel, said in (stains or {}).items()
        for share in [said if isinstance(said, float) else said[1]]
    }
    made = simulated((name, tuple(stains.items()), (("cells", cells), *plan.items())), seed)
    return made if states else replace(made, spillover="")


def two_colours(**more):
    return tube("MSC P4", 1, {"FITC-A": ("CD90", 0.98), "PE-A": ("CD45", 0.0)}, cells=5_600, **more)


def single(dye, seed=0, **said):
    name = said.pop("name", f"single stain {dye}")
    fields = {"role": "single stain", "subject": "cells"} | said
    return flow_file(tube(name, 10 + seed + DYES.index(f"{dye}-A"), {f"{dye}-A": 0.6}), **fields)


def blank(name="unstained", seed=30, **said):
    return flow_file(tube(name, seed, cells=5_600), role="unstained", **said)


def singles():
    return [single(name.removesuffix("-A")) for name in DYES]


def finding(*files):
    return with_identity(*files).findings[IdentityFinding]


def reading_of(found, marker):
    return next(reading for reading in found.readings if reading.marker == marker)


def codes(items):
    return {item.code for item in items}


def test_single_stains_compensate_a_tube_whose_file_states_no_matrix():
    found = finding(flow_file(two_colours()), blank(), *singles())
    stated = finding(flow_file(two_colours(states=True)), flow_file(tube("unstained", 30, cells=5_600)))
    mine, theirs = (reading_of(f, "CD45").net_percent.value for f in (found, stated))
    raw = reading_of(finding(flow_file(two_colours()), blank()), "CD45").net_percent.value
    assert raw > 90, "without compensation CD90 in FITC makes every cell bright in PE"
    assert mine == pytest.approx(theirs, abs=0.5)
    notes = {item.compensation for item in found.tubes}
    assert notes == {"compensated with the spillover measured from 4 single stains"}
    assert "not_compensated" not in {note.code for r in found.readings for note in r.notes}


def test_the_measured_matrix_is_the_simulated_one_within_its_intervals():
    record = finding(flow_file(two_colours()), blank(), *singles()).single_stains
    truth = np.eye(4)
    for (dye, detector), share in SPILL.items():
        truth[DYES.index(dye), DYES.index(detector)] = share
    assert record.channels == DYES
    np.testing.assert_allclose(record.matrix, truth, atol=0.006)
    assert all(stain.positives > 800 for stain in record.stains)
    assert (record.low <= record.matrix + 1e-9).all()
    assert (record.high >= record.matrix - 1e-9).all()


def test_a_usable_matrix_of_the_file_wins_over_single_stains():
    found = finding(flow_file(two_colours(states=True)), blank(), *singles())
    notes = {item.file: item.compensation for item in found.tubes}
    assert notes["MSC P4.fcs"] == "compensated with $SPILLOVER (4 channels)"
    assert "single stains" in notes["unstained.fcs"]


def test_an_identity_in_the_file_gives_way_to_single_stains():
    file = flow_file(two_colours())
    ones = Spillover(channels=(3, 4), matrix=np.eye(2), keyword="$SPILLOVER")
    file = replace(file, datasets=(replace(file.datasets[0], spillover=ones),))
    found = finding(file, blank(), *singles())
    assert "measured from 4 single stains" in found.tubes[0].compensation


@pytest.mark.parametrize(
    ("name", "labels", "markers", "origin"),
    [
        ("single stain a", {}, {"PE-A": "CD73"}, "vesicle.toml"),
        ("single stain PE", {}, {}, "name of the file"),
        ("single stain phyco", {"PE-A": "phyco", "FITC-A": "other"}, {}, "name of the file"),
        ("single stain CD105", {"PE-A": "CD105", "FITC-A": "CD90"}, {}, "name of the file"),
        ("comp tube 3", {"PE-A": "CD105"}, {}, "label of the channel"),
        ("comp tube 3", {"PE-A": "CD105", "FITC-A": "CD90"}, {}, "largest signal"),
        ("comp tube 3", {}, {}, "largest signal"),
    ],
)
def test_the_channel_of_a_single_stain_is_named_or_seen(name, labels, markers, origin):
    file = single("PE", name=name, markers=markers)
    channels = tuple(replace(c, label=labels.get(c.name, "")) for c in file.datasets[0].channels)
    file = replace(file, datasets=(replace(file.datasets[0], channels=channels),))
    record = finding(flow_file(two_colours()), blank(), single("FITC"), file).single_stains
    (stain,) = (item for item in record.stains if item.file == f"{name}.fcs")
    assert (stain.channel, stain.problem) == ("PE-A", None)
    assert stain.named_by.startswith(origin)


def few(file, events):
    dataset = file.datasets[0]
    values = ArrayValues(dataset.values.array[:events])
    return replace(file, datasets=(replace(dataset, values=values),))


def at_voltage(file, voltage):
    channels = tuple(replace(channel, voltage=voltage) for channel in file.datasets[0].channels)
    return replace(file, datasets=(replace(file.datasets[0], channels=channels),))


def without_channel(file, name):
    dataset = file.datasets[0]
    kept = [place for place, channel in enumerate(dataset.channels) if channel.name != name]
    values = ArrayValues(dataset.values.array[:, kept])
    channels = tuple(dataset.channels[place] for place in kept)
    return replace(file, datasets=(replace(dataset, values=values, channels=channels),))


EXCHANGED = [single("FITC", name="single stain PE"), single("PE", name="single stain FITC")]


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        (singles(), "stain_missing", "no unstained tube"),
        ([blank(), single("FITC")], "stain_missing", "1 of 1 single stains"),
        ([blank(), single("FITC"), single("APC")], "stain_missing", "no single stain belongs to PE-A"),
        ([blank(), few(single("PE"), 90), single("FITC")], "stain_too_few_positives", "positive events"),
        ([blank(), *EXCHANGED], "stain_missing", "exchanged"),
        ([few(blank(), 0), *singles()], "stain_missing", "no events"),
        ([at_voltage(f, 500.0) for f in (blank(), *singles())], "stains_settings_differ", "another voltage"),
        ([without_channel(f, "Time") for f in (blank(), single("PE"))], "stain_missing", "1 of 1"),
        (
            [blank(), single("FITC"), at_voltage(single("PE"), 600.0)],
            "stain_missing",
            "another voltage of FITC-A",
        ),
        (
            [blank(), single("FITC", name="single stain PE"), single("APC")],
            "stain_missing",
            "brightest in FITC-A, not in PE-A",
        ),
    ],
)
def test_single_stains_that_cannot_be_used_leave_a_warning_at_the_marker(files, code, words):
    isotype = flow_file(tube("isotype", 40, cells=5_600))
    inputs = with_identity(flow_file(two_colours()), isotype, *files)
    reading = reading_of(inputs.findings[IdentityFinding], "CD45")
    (doubt,) = (item for item in reading.doubts if item.code == code)
    assert doubt.message.startswith("not compensated, since the single stains cannot be used")
    assert words in doubt.message
    said = next(row for row in tables(inputs)["identity-tubes"].rows if row[0] == "CD45")[-1]
    assert words in said, "the table of tubes says it beside the marker"
    assert judge_reading(reading, inputs.limits["C06"]).verdict == "warn"


def test_of_one_colour_refused_stains_are_a_note_and_no_doubt():
    sample = flow_file(tube("CD73 PE", 3, {"PE-A": ("CD73", 0.98)}))
    reading = finding(sample, blank(), single("FITC")).readings[0]
    assert "stain_missing" in codes(reading.notes)
    assert not reading.doubts


def test_tubes_that_cannot_be_a_single_stain_are_left_out_and_named():
    several = single("APC", markers={"APC-A": "CD73", "PE-A": "CD90"})
    twice = single("PE", 50, name="single stain PE again")
    dim = few(single("APC", name="comp tube"), 50)
    other = without_channel(single("PerCP-Cy5-5"), "APC-A")
    files = [single("FITC"), single("PE"), several, twice, dim, other]
    record = finding(flow_file(two_colours()), blank(), *files).single_stains
    problems = {stain.file: stain.problem and stain.problem.code for stain in record.stains}
    assert problems == {
        "single stain FITC.fcs": None,
        "single stain PE.fcs": None,
        "single stain APC.fcs": "stain_ambiguous",
        "single stain PE again.fcs": "stain_ambiguous",
        "comp tube.fcs": "stain_too_few_positives",
        "single stain PerCP-Cy5-5.fcs": "stains_settings_differ",
    }
    assert record.channels == ("FITC-A", "PE-A")


def test_heights_are_measured_where_most_detectors_were_recorded_so():
    def heights(file):
        names = {"FITC-A": "FL1-H", "PE-A": "FL2-H", "PerCP-Cy5-5-A": "FL3-H", "APC-A": "FL1-A"}
        channels = tuple(replace(c, name=names.get(c.name, c.name)) for c in file.datasets[0].channels)
        return replace(file, datasets=(replace(file.datasets[0], channels=channels),))

    tubes = (single("FITC", name="comp tube 1"), single("PE", name="comp tube 2"))
    files = [heights(f) for f in (flow_file(two_colours()), blank(), *tubes)]
    assert finding(*files).single_stains.channels == ("FL1-H", "FL2-H")


def test_stains_on_beads_are_compared_with_unstained_beads():
    beads = [single(dye, name=f"comp beads {dye}") for dye in ("FITC", "PE")]
    found = finding(flow_file(two_colours()), blank(), blank("unstained beads", 31), *beads)
    assert found.single_stains.unstained == "unstained beads.fcs"


def test_a_stain_that_cannot_be_read_again_refuses_the_matrix():
    class Gone(ArrayValues):
        def columns(self, _places):
            raise ReadError(what="the file changed", where="x", why="y", next_step="z")

    file = single("PE")
    gone = Gone(file.datasets[0].values.array)
    file = replace(file, datasets=(replace(file.datasets[0], values=gone),))
    record = finding(flow_file(two_colours()), blank(), single("FITC"), file).single_stains
    assert record.problem.code == "events_unreadable"


def test_stains_of_particles_or_of_nothing_known_are_not_measured():
    assert finding(blank(), *(replace(f, subject="particles") for f in singles())).single_stains is None
    assert finding(blank(), *(replace(f, subject="") for f in singles())).single_stains is None
    assert finding(flow_file(two_colours()), blank()).single_stains is None


def tables(inputs):
    return {block.id: block for block in SECTION.compose(inputs) if isinstance(block, Table)}


def test_the_section_prints_the_matrix_with_intervals_and_what_was_left_out():
    files = [*singles(), single("PE", 50, name="single stain PE again")]
    inputs = with_identity(flow_file(two_colours()), blank(), *files)
    table = tables(inputs)["identity-spillover"]
    assert [row[0] for row in table.rows] == list(DYES)
    share = table.rows[0][5]
    assert isinstance(share, Estimate)
    assert share.contains(share.value)
    assert share.value == pytest.approx(25, abs=0.6)
    said = [block.text for block in SECTION.compose(inputs) if isinstance(block, Text)]
    assert any("Left out of the spillover: single stain PE again.fcs" in text for text in said)
    refused = SECTION.compose(with_identity(flow_file(two_colours()), *singles()))
    assert any("do not give a spillover matrix" in b.text for b in refused if isinstance(b, Text))


MANIFEST = """
[[files]]
glob = "060909.*"
subject = "cells"
[[files]]
glob = "060909.001"
role = "unstained"
[[files]]
glob = "060909.00[2345]"
role = "single stain"
[[files]]
glob = "tube.fcs"
subject = "cells"
control = "060909.001"
markers = { "FL1-H" = "CD90", "FL2-H" = "CD45" }
"""


def test_a_real_folder_of_single_stains_gives_the_published_matrix_and_compensates(real_data, tmp_path):
    """flowCore's compref1; its rows of FL3 and FL4 rest on other gates, so only FL1 and FL2 are compared."""
    source = real_data / "cytometry" / "compensation"
    for number in range(1, 6):
        content = (source / "data" / f"060909.00{number}").read_bytes()
        (tmp_path / f"060909.00{number}").write_bytes(content)
    (tmp_path / "tube.fcs").write_bytes((tmp_path / "060909.002").read_bytes())
    (tmp_path / "vesicle.toml").write_text(MANIFEST)
    scanned = spine.scan(tmp_path)
    measurements = spine.read(scanned).measurements
    limits = load_limits(scanned.manifest.limits)
    found = identify_cells(Inputs(manifest=scanned.manifest, limits=limits, measurements=measurements))
    rows = (source / "compref1").read_text().splitlines()[1:]
    reference = np.array([[float(cell) for cell in row.split()[1:]] for row in rows])
    assert found.single_stains.channels == ("FL1-H", "FL2-H", "FL3-H", "FL4-H")
    assert np.abs(found.single_stains.matrix - reference)[:2].max() < 0.001
    assert {stain.named_by for stain in found.single_stains.stains} == {"label of the channel"}
    assert "measured from 4 single stains" in found.tubes[-1].compensation
    assert reading_of(found, "CD90").gated_percent.value > 95
    assert reading_of(found, "CD45").gated_percent.value < 20, "what FITC spills into FL2 is taken off"
