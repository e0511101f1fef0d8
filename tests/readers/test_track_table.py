"""Tables of tracks as other programs write them, and what damage or doubt does to them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.make_track_tables import FOLDER, points_of
from tests.readers.tables import codes, raw, workbook

from vesicle.errors import BadValue, MissingColumn, ReadError, TruncatedFile
from vesicle.readers.track_table import READER, read, sniff
from vesicle.simulate.nta_settings import TrackSettings
from vesicle.simulate.nta_sizes import parse_components
from vesicle.simulate.nta_write import Target, write_tracks

POINTS = points_of(7)
HEAD = "particle,frame,x,y"
ROWS = [f"{p.track},{p.frame},{p.x},{p.y}" for p in POINTS]


def table(rows=ROWS, head=HEAD, **columns):
    return read(raw("\n".join([head, *rows]) + "\n", **columns))


def refused(kind, rows=ROWS, head=HEAD, **columns):
    with pytest.raises(kind) as caught:
        table(rows, head, **columns)
    assert caught.value.next_step
    return caught.value


def is_same(one, other):
    one, other = one.trajectories, other.trajectories
    columns = ("track", "frame", "x_px", "y_px")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_says_nothing(random):
    shuffled = list(ROWS)
    random.shuffle(shuffled)
    assert is_same(table(shuffled), table())


@pytest.mark.parametrize(
    "head",
    [
        "Track ID,Frame number,X position (px),Y position (px)",
        "traj_id,t [frame],x/pixels,y/pixels",
        "TRACK_ID,FRAME,POSITION_X [pixel],POSITION_Y [pixel]",
        "TID,Slice n°,x_px,y_px",
        '"particle","frame","x (px)","y (px)"',
    ],
)
def test_the_same_points_under_other_names_are_the_same_tracks(head):
    found = table(head=head)
    assert is_same(found, table())
    assert codes(found) == set()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_separates_the_columns(delimiter):
    rows = [row.replace(",", delimiter) for row in ROWS]
    assert is_same(table(rows, HEAD.replace(",", delimiter)), table())


def test_decimal_commas_are_numbers_and_a_mixture_of_marks_is_refused():
    rows = [row.replace(",", ";").replace(".", ",") for row in ROWS]
    assert is_same(table(rows, HEAD.replace(",", ";")), table())
    rows[-1] = rows[-1].replace(",", ".")
    assert "mixed" in refused(BadValue, rows, HEAD.replace(",", ";")).what


def test_quoted_cells_are_the_cells_inside():
    assert is_same(table([",".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS]), table())


def test_the_users_names_win_over_names_that_we_know():
    head = "n,zeit,horizontal,vertical,x"
    found = table([f"{row},3.5" for row in ROWS], head, track="n", frame="Zeit", x="horizontal", y="vertical")
    assert is_same(found, table())
    assert codes(found) == {"unit_assumed"}
    known = table(
        [f"{row},3.5" for row in ROWS], head, track="n", frame="zeit", x="horizontal", y="vertical", unit="px"
    )
    assert codes(known) == set()


def test_a_name_of_the_user_that_is_not_there_is_refused_with_the_nearest():
    error = refused(MissingColumn, track="parti-cle")
    assert "'parti-cle'" in error.what
    assert "nearest is 'particle'" in error.why


def test_a_key_of_the_user_that_we_do_not_have_is_refused_with_the_nearest():
    assert "'frame'" in refused(BadValue, frames="frame").next_step
    assert "Delete" in refused(BadValue, colour="frame").next_step


def test_a_missing_column_is_named():
    error = refused(MissingColumn, head="particle,frame,x,mass")
    assert "position y" in error.what
    assert "'mass'" in error.why
    assert "number of the frame" in refused(MissingColumn, head="particle,mass,x,y").what


def test_two_columns_that_could_be_one_are_refused_and_the_user_can_choose():
    rows = [f"{row},0.1,0.2" for row in ROWS]
    assert "More than one" in refused(BadValue, rows, f"{HEAD},x_um,y_um").what
    assert is_same(table(rows, f"{HEAD},x_um,y_um", x="x", y="y"), table())


@pytest.mark.parametrize(("unit", "nm"), [("um", 1e3), ("nm", 1.0), ("microns", 1e3), ("µm", 1e3)])
def test_positions_in_a_length_are_pixels_of_that_length_and_it_is_said(unit, nm):
    found = table(head=f"particle,frame,x ({unit}),y ({unit})")
    assert (found.scale.pixel_nm, found.is_in_length) == (nm, True)
    assert found.trajectories.x_px[0] == POINTS[0].x
    (warned,) = found.warnings
    assert f"{nm:g} nm" in warned.message


def test_a_unit_that_the_user_states_is_used():
    assert table(unit="nm").scale.pixel_nm == 1.0
    assert "furlong" in refused(BadValue, unit="furlong").why


def test_positions_in_two_units_or_in_an_unknown_one_are_refused():
    assert "'um'" in refused(BadValue, head="particle,frame,x (um),y (px)").why
    assert "no stated unit" in refused(BadValue, head="particle,frame,x (um),y").why
    assert "'parsec'" in refused(BadValue, head="particle,frame,x (parsec),y (parsec)").why


def trackmate(unit):
    names = ["Track ID,Frame,X,Y", "Track ID,Frame,X,Y", f",,{unit},{unit}"]
    return table([*(names if unit else names[:2]), *ROWS], "TRACK_ID,FRAME,POSITION_X,POSITION_Y")


def test_the_row_of_units_of_trackmate_is_heeded():
    assert trackmate("(micron)").scale.pixel_nm == 1000
    assert trackmate("(pixel)").scale.pixel_nm is None
    assert codes(trackmate("(pixel)")) == set()
    assert trackmate("micron").is_in_length
    assert codes(trackmate("")) == {"unit_assumed"}
    assert is_same(trackmate("(pixel)"), table())
    assert trackmate("(pixel)").software == "TrackMate"
    with pytest.raises(BadValue, match="'cubit'"):
        trackmate("(cubit)")


@pytest.mark.parametrize("none", ["None", "", "-1", "nan", "NaN", "-2.0", "N/A"])
def test_points_without_a_track_are_left_out_and_counted(none):
    found = table([*ROWS, f"{none},4,100.5,200.5", f"{none},5,,"])
    assert is_same(found, table())
    (warned,) = found.warnings
    assert (warned.code, warned.row) == ("points_not_linked", len(ROWS) + 2)
    assert warned.message.startswith(f"2 of {len(ROWS) + 2} points")


def test_a_table_without_any_track_is_refused():
    error = refused(ReadError, [f"None,{i},{i}.5,3" for i in range(9)])
    assert "belongs to a track" in error.what


@pytest.mark.parametrize(
    "row",
    [
        "0,1.5,10,20",
        "0,-1,10,20",
        "0,1e9,10,20",
        "0,x,10,20",
        "0,,10,20",
        "0,99,10,",
        "0,99,nan,20",
        "0,99,inf,20",
        "0,99,1_0,20",
        "0,99,200000,20",
        "0,99,10,-1e6",
        "1.5,99,10,20",
        "two,99,10,20",
        "1e17,99,10,20",
        "0,99,1e-200,2",
    ],
)
def test_a_row_that_cannot_be_true_is_refused_with_its_number(row):
    rows = [*ROWS[:20], row, *ROWS[20:]]
    assert refused(BadValue, rows).where == "table.csv, row 22"


def test_far_positions_are_judged_as_lengths_where_they_are_lengths():
    assert table(["0,1,200000,5", "0,2,200001,6"], "track,frame,x_nm,y_nm").trajectories.count == 1
    refused(BadValue, ["0,1,200000,5"], "track,frame,x_um,y_um")
    refused(BadValue, head="track,frame,x (mm),y (mm)")
    assert table(["0,1,0.2,0.5"], "track,frame,x (mm),y (mm)").scale.pixel_nm == 1e6


def test_a_row_that_stands_twice_counts_once():
    found = table([*ROWS, ROWS[4]])
    assert is_same(found, table())
    assert [(w.code, w.row) for w in found.warnings] == [("points_repeated", len(ROWS) + 2)]


def test_a_track_at_two_places_in_one_frame_is_left_out():
    first = next(p for p in POINTS if p.track == 5)
    found = table([*ROWS, f"5,{first.frame},1.5,2.5"])
    assert found.trajectories.count == 13
    assert first.x not in found.trajectories.x_px
    assert codes(found) == {"tracks_branch"}


def test_a_table_whose_every_track_stands_twice_in_a_frame_is_refused():
    error = refused(BadValue, [f"1,0,{i},{i * i}" for i in range(9)])
    assert "'particle'" in error.why


def test_a_track_of_one_point_is_kept():
    found = table([*ROWS, "77,3,10.5,20.5"])
    assert found.trajectories.count == 15
    assert (found.trajectories.track == 14).sum() == 1
    assert codes(found) == set()


def test_a_table_of_tracks_of_one_point_is_doubted():
    found = table([f"{i},{p.frame},{p.x},{p.y}" for i, p in enumerate(POINTS)])
    assert codes(found) == {"tracks_of_one_point"}
    assert codes(table(ROWS[:1])) == set()


def test_a_column_called_id_must_number_tracks():
    rows = [f"{i},{p.frame},{p.x},{p.y}" for i, p in enumerate(POINTS)]
    error = refused(BadValue, rows, "id,frame,x,y")
    assert "no number stands twice" in error.what


def test_track_and_frame_exchanged_are_doubted():
    assert "tracks_jump" in codes(table(head="frame,particle,x,y"))


def test_another_column_in_place_of_a_position_is_doubted():
    rows = [f"{row},{2 + i % 7 / 100}" for i, row in enumerate(ROWS)]
    assert codes(table(rows, "particle,frame,x,mass,y")) == {"steps_uneven"}


def test_a_common_flow_is_no_doubt():
    rows = [f"{p.track},{p.frame},{p.x + 4 * p.frame},{p.y}" for p in POINTS]
    assert codes(table(rows)) == set()


def test_steps_that_skip_frames_are_doubted():
    rows = [f"{p.track},{2 * p.frame},{p.x},{p.y}" for p in POINTS]
    assert codes(table(rows)) == {"frames_missing"}


def test_a_row_with_lost_or_gained_fields_is_refused_and_one_cut_off_at_the_end_is_left_out():
    assert "3 fields" in refused(TruncatedFile, [*ROWS[:5], "1,2,3", *ROWS[5:]]).why
    assert refused(TruncatedFile, [*ROWS[:5], "1,2,3,4,5", *ROWS[5:]]).where == "table.csv, row 7"
    cut = read(raw("\n".join([HEAD, *ROWS, "0,99"])))
    assert is_same(cut, table())
    assert codes(cut) == {"table_truncated"}
    no_end = read(raw("\n".join([HEAD, *ROWS, "0,99,1.5,2.5"])))
    assert is_same(no_end, table())
    assert codes(no_end) == {"table_may_be_truncated"}


def test_blank_lines_and_filled_up_rows_change_nothing():
    padded = [f"{row},,," for row in ROWS[:9]] + ["", ",,,"] + ROWS[9:] + ["", ""]
    assert is_same(table(padded), table())


def test_numbers_above_the_header_are_doubted_and_words_are_not():
    above = read(raw("\n".join([ROWS[0], HEAD, *ROWS]) + "\n"))
    assert codes(above) == {"row_above_header"}
    assert codes(read(raw("\n".join(["Experiment 7", "", HEAD, *ROWS]) + "\n"))) == set()


def test_a_header_without_rows_and_an_empty_file_are_refused():
    refused(TruncatedFile, [])
    with pytest.raises(ReadError, match="empty"):
        read(raw(""))


def test_the_name_of_the_file_is_the_name_of_the_sample():
    content = "\n".join([HEAD, *ROWS]) + "\n"
    assert read(raw(content, "LOT-7_tracks.csv")).sample == "LOT-7"
    assert read(raw(content, "LOT-7 spots.tsv")).sample == "LOT-7"
    assert read(raw(content, "tracks.csv")).sample == "tracks"


def test_a_table_of_the_simulator_is_read(tmp_path):
    out = tmp_path / "simulated.csv"
    write_tracks(TrackSettings(components=parse_components(["100:0.05:1"], []), tracks=20), Target(out=out))
    content = out.read_bytes()
    assert sniff(out.name, content) > 0.5
    found = read(raw(content, out.name))
    assert found.trajectories.count == 20
    assert found.warnings == ()


@pytest.mark.parametrize(
    "content",
    [
        "id,frame,x,y,diameter (nm)\n" + "".join(f"{i},1,{i},{i},{90 + i}\n" for i in range(30)),
        "id,x,y,diameter (nm)\n1,2,3,90\n",
        "frame,x,y\n1,2,3\n",
        "particle,frame,x,y\nnone yet\n",
        '"',
    ],
)
def test_other_tables_are_not_taken_for_tracks(content):
    assert sniff("table.csv", content.encode()) == 0


def test_a_list_of_ids_whose_rows_cannot_be_read_is_not_claimed():
    assert sniff("table.csv", b"id,t,x,y\n1,0.5,2,3\n1,0.7,2,3\n") == 0


def test_a_workbook_is_not_claimed():
    book = workbook(tracks=[HEAD.split(","), *([float(c) for c in row.split(",")] for row in ROWS)])
    assert sniff("tracks.xlsx", book) == 0


def test_no_fixture_of_another_reader_is_claimed_more_surely_than_by_its_own():
    others = [p for p in FOLDER.parent.rglob("*") if p.is_file() and p.parent != FOLDER]
    claimed = {path.name for path in others if sniff(path.name, path.read_bytes()[:65536])}
    assert claimed == {"elm_00_AllTracks.csv"}


def test_no_real_file_of_an_instrument_is_claimed(real_data):
    files = [p for p in real_data.rglob("*") if p.suffix in {".csv", ".tsv", ".txt"}]
    assert len(files) > 30
    assert [p for p in files if sniff(p.name, p.read_bytes()[:65536])] == []


def test_the_reader_says_what_is_needed():
    assert "frame" in READER.how_to_export
