"""Section D3 on tracked videos: what it draws, what it lists, and that every gap is said."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.checks.build import about, inputs, run_size, sample_size, sizes
from tests.dossier import sample_videos as made
from tests.dossier.reading import table, texts

from vesicle.dossier.blocks import Figure, Picture, Table, Text
from vesicle.dossier.claims import forbidden_phrases
from vesicle.dossier.exports.document import encode
from vesicle.dossier.figures import draw
from vesicle.dossier.figures.layout import plan
from vesicle.dossier.figures.scale import tick_labels
from vesicle.dossier.sections import size
from vesicle.dossier.sections.size_censored import censored_sentence, censored_zone
from vesicle.dossier.sections.size_figures import is_logarithmic
from vesicle.dossier.sections.size_pictures import MOST_PICTURED, pictured, scale_bar
from vesicle.dossier.sections.size_videos import video_blocks
from vesicle.findings import SizeFinding
from vesicle.measurements.sizing import frozen
from vesicle.results import NotAssessed, Verdict, Warned

SMALL = (60, 80)
UNKNOWN = NotAssessed("nobody knows")


def video(**said):
    return made.video(shape=SMALL, spots=12, frames=30, **said)


def of(*runs, **said):
    return list(video_blocks(sizes(*runs, **said)))


def the(blocks, kind, block_id):
    return next(block for block in blocks if isinstance(block, kind) and block.id == block_id)


def words(blocks):
    return [block.text for block in blocks if isinstance(block, Text)]


@pytest.fixture(scope="module")
def run1():
    return made.tracked("run1", video=video())


@pytest.fixture(scope="module")
def blocks(run1):
    return of(run1)


@pytest.fixture(scope="module")
def everything():
    """A sample of five videos, one of them doubtful, a table of tracks and a bead standard."""
    return made.videos(video)


def test_runs_that_only_a_vendor_evaluated_add_nothing():
    assert of(run_size()) == []


def test_the_picture_shows_the_spots_of_its_frame_apart_by_whether_they_were_used(run1, blocks):
    picture, overlay = the(blocks, Picture, "frame-1"), run1.estimate.video.overlay
    used, others = picture.circles
    assert used.x_px.tolist() == overlay.x_px[overlay.is_tracked].tolist()
    assert others.y_px.tolist() == overlay.y_px[~overlay.is_tracked].tolist()
    assert (others.tone, used.radius_px) == ("faint", 5.0)
    assert picture.paths[0].x_px == run1.estimate.video.tracks.x_px
    for expected in (
        "Frame 120 of 30",
        "bright spots",
        "12 spots",
        "11 of them",
        "11 of the video's 512 tracks",
    ):
        assert expected in picture.summary


def test_a_frame_whose_spots_were_all_used_has_one_kind_of_circle(run1):
    film = run1.estimate.video
    all_used = replace(film.overlay, is_tracked=np.ones(12, dtype=bool), pixel_nm=None)
    dark = replace(film, overlay=all_used, polarity="dark")
    picture = the(of(made.tracked("r", video=dark)), Picture, "frame-1")
    assert len(picture.circles) == 1
    assert picture.scale_bar is None
    assert "dark spots on a bright ground" in picture.summary


@pytest.mark.parametrize(
    ("pixel_nm", "columns", "length_um"),
    [(166.0, 640, 20.0), (713.0, 640, 100.0), (1000.0, 4, 1.0), (65.0, 20, 0.2)],
)
def test_the_scale_bar_is_a_round_length_of_at_most_a_quarter_of_the_frame(pixel_nm, columns, length_um):
    bar = scale_bar(pixel_nm, columns)
    assert bar.length_um == pytest.approx(length_um)
    assert bar.length_px * pixel_nm == pytest.approx(1000 * length_um)
    assert bar.length_px <= columns / 4 * (1 + 1e-9)


def test_the_drift_is_drawn_frame_by_frame_in_both_directions(run1, blocks):
    figure = the(blocks, Figure, "drift-1")
    assert [line.label for line in figure.lines] == ["to the right", "downwards"]
    assert np.array_equal(figure.lines[1].y, run1.estimate.video.drift_px[:, 1])
    assert figure.lines[0].x.tolist() == list(range(2, 31))
    assert "it is 0.380 (0.360–0.400)" in figure.summary


def test_a_drift_that_was_not_assessed_and_a_video_of_one_frame_are_said_plainly():
    film = replace(video(), frames=1, drift_px=frozen(np.zeros((0, 2))), spots_per_frame=frozen([12.0]))
    found = of(made.tracked("r", video=film, drift_px_per_frame=UNKNOWN))
    figure = the(found, Figure, "drift-1")
    assert "the drift is not assessed: nobody knows" in figure.summary
    assert "<svg" in draw(figure)


# ---- which videos are drawn


def test_the_first_two_videos_of_a_sample_those_with_warnings_and_one_of_a_standard_are_drawn(everything):
    drawn = [everything.runs[index].run.stem for index in pictured(everything)]
    assert drawn == ["2026-11-23 run 1", "2026-11-23 run 2", "2026-11-23 run 4", "beads 100 nm"]
    said = [text for text in words(video_blocks(everything)) if text.startswith("Not drawn")]
    assert said == [
        "Not drawn, to keep the page short: 2026-11-23 run 3, 2026-11-23 run 5. Their numbers are in the tables."
    ]


def test_a_folder_of_many_videos_keeps_its_page_short(run1):
    runs = tuple(
        replace(run1, run=replace(run1.run, stem=f"r{k}", sample=f"S{k}"), warnings=(made.LOSSY,))
        for k in range(9)
    )
    found = of(*runs)
    assert sum(isinstance(block, Picture) for block in found) == MOST_PICTURED
    assert [block.id for block in found if isinstance(block, Picture)] == [f"frame-{k}" for k in range(1, 7)]
    assert "r6, r7, r8" in " ".join(words(found))


# ---- limits


def test_what_is_not_seen_is_said_once_for_each_sample_with_the_worst_of_its_runs(run1):
    worse = made.tracked("run2", video=None, detection_limit_nm=about(55.0, 52.0, 58.0))
    unknown = made.tracked("run3", video=None, detection_limit_nm=UNKNOWN)
    said = words(of(run1, worse, unknown))
    assert any(
        "MSC-EV 2026-041: 55.0 (52.0–58.0) nm, in the least sensitive of 2 runs." in text for text in said
    )
    assert "run3: how small a particle it shows was not assessed: nobody knows." in said
    assert any(
        "Evaluated here from the tracks themselves: 1 video and 2 track tables." in text for text in said
    )


def test_the_censored_range_of_a_run_is_its_own_limit_and_the_methods_only_without_one(run1):
    vendor = run_size()
    assert censored_zone([run1]).high == 48.0
    assert censored_zone([run1]).label == "below the detection limit"
    assert censored_zone([run1, vendor]).high == 60.0
    assert (censored_zone([]).high, censored_zone([vendor]).label) == (60.0, "censored")
    assert "from memory" not in censored_sentence([run1])
    assert "below 48 nm" in censored_sentence([run1])
    assert "from memory" in censored_sentence([vendor])
    other = made.tracked("run2", detection_limit_nm=about(53.0))
    both = censored_sentence([run1, other, vendor])
    assert "below 48 to 53 nm" in both
    assert "runs without a limit of their own: about 60 nm" in both


# ---- distribution


def figure_of(*runs, **said):
    mean = sample_size(
        "MSC-EV 2026-041", tuple(r.run.stem for r in runs), **{"distribution": made.distribution()} | said
    )
    found = SizeFinding(runs=runs, samples=(mean,))
    return next(block for block in size.compose(inputs(found)) if isinstance(block, Figure))


def test_classes_of_equal_ratio_are_drawn_on_a_logarithmic_axis_as_shares_per_decade(run1):
    figure = figure_of(run1)
    assert figure.x.is_log
    assert figure.y.unit == "per decade"
    (line,) = figure.lines
    assert (line.y * np.diff(np.log10(line.x))).sum() == pytest.approx(1.0)
    assert {"50", "100", "200"} <= set(tick_labels(plan(figure).x))
    assert "Share of particles per decade of diameter" in figure.caption


def test_a_logarithmic_axis_shows_the_censored_range_and_where_the_band_ends_and_no_more(run1):
    figure = figure_of(run1)
    (line,) = figure.lines
    seen = line.high > 0.002 * line.high.max()
    assert figure.x.low < 48.0 < line.x[:-1][seen].min() * 1.5
    assert line.x[1:][seen].max() <= figure.x.high < 1.3 * line.x[1:][seen].max()
    assert plan(figure).x.px(figure.zones[0].high) - plan(figure).x.start > 40


def test_classes_of_equal_width_stay_on_a_linear_axis(run1):
    edges = frozen(np.linspace(0.0, 400.0, 41))
    share = frozen(np.full(40, 1 / 40))
    linear = replace(made.distribution(), edges_nm=edges, fraction=share, low=share, high=share)
    assert not is_logarithmic([linear])
    assert not is_logarithmic([made.distribution(), linear])
    assert not is_logarithmic([])
    assert is_logarithmic([made.distribution()])
    mixed = figure_of(run1, replace(run1, distribution=linear), distribution=NotAssessed("classes differ"))
    assert not mixed.x.is_log
    assert mixed.y.unit == "per nm"


def test_a_distribution_without_a_particle_still_has_an_axis(run1):
    none = frozen(np.zeros(160))
    empty = replace(made.distribution(), fraction=none, low=none, high=none)
    figure = figure_of(run1, distribution=empty)
    assert figure.x.low < figure.x.high
    assert "<svg" in draw(figure)


def test_the_components_of_a_single_run_are_shaded_as_wide_as_their_spread(run1):
    figure = figure_of(run1)
    first, second = [zone for zone in figure.zones if zone.tone == "component"]
    assert (first.label, second.label) == ("101 nm, 62 %", "152 nm, 38 %")
    assert (first.low, first.high) == (pytest.approx(101.3 * 0.94), pytest.approx(101.3 * 1.06))
    assert draw(figure).count("v-component") == 2


def test_a_component_without_diameter_is_not_drawn_and_one_without_share_is():
    one = replace(made.estimate().components[0], fraction=UNKNOWN, spread_percent=UNKNOWN)
    two = replace(made.estimate().components[1], diameter_nm=UNKNOWN)
    figure = figure_of(made.tracked("run1", components=(one, two)))
    (zone,) = [zone for zone in figure.zones if zone.tone == "component"]
    assert zone.label == "101 nm"
    assert zone.low < 101.3 < zone.high


def test_components_of_several_runs_stand_side_by_side_and_not_in_the_distribution(run1):
    other = made.tracked("run2", video=None)
    assert not [zone for zone in figure_of(run1, other).zones if zone.tone == "component"]
    found = of(run1, other)
    figure = the(found, Figure, "components-1")
    assert [(p.group, p.label, p.value) for p in figure.points][:2] == [
        ("run1", "62 % of particles", 101.3),
        ("run1", "38 % of particles", 151.8),
    ]
    assert figure.summary == "4 components in 2 runs, from 101 to 152 nm."
    assert "62 % of particles" in draw(figure)


def test_components_without_a_diameter_are_in_the_table_only():
    bare = replace(made.estimate().components[0], diameter_nm=UNKNOWN, fraction=UNKNOWN)
    runs = [made.tracked(f"run{k}", components=(bare,)) for k in range(2)]
    found = of(*runs)
    assert not [block for block in found if isinstance(block, Figure)]
    assert len(table(found, "components").rows) == 2
    mixed = made.tracked("run3", components=(replace(bare, diameter_nm=about(90.0)),))
    assert the(of(*runs, mixed), Figure, "components-1").points[0].label == "share not assessed"


# ---- tables


def test_components_that_were_not_assessed_give_their_reason():
    found = of(made.tracked("run1", components=NotAssessed("fewer than 200 tracks")))
    assert table(found, "components").rows == (
        ("run1", "not assessed", *[NotAssessed("fewer than 200 tracks")] * 3),
    )


def test_a_table_of_tracks_has_no_frames_to_count():
    (row,) = table(of(made.tracked("run1", video=None)), "videos").rows
    assert [isinstance(cell, NotAssessed) for cell in row[2:5]] == [True] * 3


def test_spots_per_frame_are_those_of_the_video(run1, blocks):
    (row,) = table(blocks, "videos").rows
    spots = run1.estimate.video.spots_per_frame
    assert row[2:5] == (30, spots.mean(), f"{spots.min():.0f} to {spots.max():.0f}")


def test_the_volume_model_is_told_once_where_all_runs_share_it(run1):
    again = made.tracked("run2", video=None)
    sentence = run1.estimate.volume.sentence
    assert table(of(run1, again), "volumes").caption == sentence
    other = replace(run1.estimate.volume, kind="given depth", sentence="Depth given by the user.")
    told = table(of(run1, again, made.tracked("run3", volume=other)), "volumes")
    assert told.caption == f"run1, run2: {sentence} run3: Depth given by the user."
    assert [row[1] for row in told.rows] == ["bead calibration", "bead calibration", "given depth"]


def test_a_bead_standard_is_shown_with_its_certificate_its_verdict_and_the_rule():
    beads = made.tracked(
        "beads", role="size standard", sample="PS", bead=made.bead(expanded_uncertainty_nm=None)
    )
    shown = table(of(beads), "beads")
    (row,) = shown.rows
    assert row[:2] == ("beads", 100.0)
    assert row[2] == NotAssessed("not stated")
    assert row[-1] is Verdict.PASS
    assert "the rule is ours" in shown.caption
    known = table(of(made.tracked("beads", bead=made.bead())), "beads")
    assert known.rows[0][2] == 3.0


def test_settings_of_several_videos_are_compared(run1):
    changed = replace(run1.estimate.video, settings=made.settings(threshold="9.9")[:-1])
    rows = {
        row[0]: row[1:]
        for row in table(of(run1, made.tracked("run2", video=changed)), "tracking-settings").rows
    }
    assert rows["threshold"] == ("grey levels", "no", "8.4", "9.9")
    assert rows["search range"] == ("px", "yes", "11.5", "11.5")
    assert rows["seed"] == ("", "no", "20261123", "not stated")


def test_the_table_of_vendors_lists_no_run_without_a_vendor(run1):
    only = [b.id for b in size.compose(inputs(sizes(run1))) if isinstance(b, Table)]
    assert "vendor" not in only
    both = size.compose(inputs(sizes(run1, run_size())))
    assert [row[0] for row in table(both, "vendor").rows] == ["run1"]
    assert len(table(both, "runs").rows) == 2


# ---- the whole section


def test_nothing_of_the_section_is_forbidden_or_called_by_a_name_it_does_not_have(everything):
    said = list(texts(size.compose(inputs(everything))))
    assert forbidden_phrases(said) == ()
    assert not [text for text in said if "exosom" in text.casefold() or "nan" in text.casefold().split()]


def test_every_row_of_every_table_has_a_cell_for_each_column_and_ids_are_unique(everything):
    found = size.compose(inputs(everything))
    for block in found:
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows), block.id
    ids = [block.id for block in found if isinstance(block, Table | Figure | Picture)]
    assert len(ids) == len(set(ids))


def test_the_json_of_a_video_holds_its_numbers_but_neither_pixels_nor_paths(run1):
    found = encode(run1.estimate)
    film = run1.estimate.video
    assert found["video"]["spots_per_frame"]["mean"] == pytest.approx(film.spots_per_frame.mean())
    assert found["video"]["drift_px"]["y"]["max"] == pytest.approx(film.drift_px[:, 1].max())
    assert found["video"]["tracks"] == {"total": 512, "shown": 11}
    assert found["video"]["overlay"]["tracked"] == 11
    assert found["video"]["overlay"]["pixel_nm"] == 166.0
    assert found["components"][0]["diameter_nm"]["value"] == 101.3
    assert len(json.dumps(found)) < 5000


def test_the_json_of_a_video_of_one_frame_has_no_drift():
    film = replace(video(), frames=1, drift_px=frozen(np.zeros((0, 2))))
    assert encode(film)["drift_px"] == {"x": {}, "y": {}}


def test_what_the_tracking_doubts_is_told_once_with_the_names_of_all_runs_that_it_concerns():
    doubts = (
        Warned(code="frames_repeated", message="Five frames repeat."),
        Warned(code="x", message="Dirt."),
    )
    runs = [
        replace(made.tracked(name, video=video()), warnings=doubts[:n]) for name, n in (("a", 2), ("b", 1))
    ]
    said = [b.text for b in size.compose(inputs(sizes(*runs))) if isinstance(b, Text) and b.tone == "note"]
    assert said[:2] == ["a, b: Five frames repeat.", "a: Dirt."]
