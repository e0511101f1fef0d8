"""What real files and hurried exports do to the format: the same numbers with a warning, or a refusal with a reason."""

import numpy as np
import pytest
from tests.data.flow_bytes import Flow, clouds
from tests.readers.flow import codes, columns, read_bytes

from vesicle.errors import BadValue, ReadError, TruncatedFile
from vesicle.measurements import Spillover
from vesicle.results import NotAssessed

EVENTS = 500
VALUES = clouds(EVENTS, 5).astype(np.float32).astype(float)
NAMES = ["FSC-A", "SSC-A", "FITC-A", "PE-A", "Time"]
COUNTS = np.floor(clouds(EVENTS, 5, seed=2) / 8)


def floats(**changed):
    return Flow(**{"values": VALUES, "names": NAMES, "tail": b"", **changed})


def whole(**changed):
    return Flow(
        **{"values": COUNTS, "names": NAMES, "kind": "I", "spans": [1024] * 5, "tail": b"", **changed}
    )


def test_a_sound_file_gives_its_values_and_no_warning(tmp_path):
    file = read_bytes(floats().bytes(), tmp_path)
    assert codes(file) == []
    assert np.array_equal(columns(file), VALUES)


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_file_that_was_cut_gives_its_whole_events(kept, tmp_path):
    content = floats().bytes()
    file = read_bytes(content[: int(len(content) * kept)], tmp_path)
    assert codes(file) == ["events_truncated"]
    count = file.datasets[0].values.shape[0]
    assert 0 < count < EVENTS
    assert f"{count:,} of {EVENTS:,}" in file.warnings[0].message
    assert np.array_equal(columns(file), VALUES[:count])


def test_a_file_that_is_seven_bytes_short_lacks_one_event(tmp_path):
    file = read_bytes(floats().bytes()[:-7], tmp_path)
    assert (codes(file), file.datasets[0].values.shape[0]) == (["events_truncated"], EVENTS - 1)


@pytest.mark.parametrize("stated", ["600", "400", "0", "-3"])
def test_a_wrong_number_of_events_is_replaced_by_that_of_the_segment(stated, tmp_path):
    file = read_bytes(floats(keywords={"$TOT": stated}).bytes(), tmp_path)
    assert codes(file) in (["total_disagrees"], ["total_missing"])
    assert np.array_equal(columns(file), VALUES)


def test_a_missing_number_of_events_follows_from_the_segment(tmp_path):
    file = read_bytes(floats(keywords={"$TOT": None}).bytes(), tmp_path)
    assert codes(file) == ["keyword_missing", "total_missing"]
    assert np.array_equal(columns(file), VALUES)


def test_a_start_that_is_one_byte_late_in_text_is_settled_by_the_header(tmp_path):
    file = read_bytes(floats(shift=1).bytes(), tmp_path)
    assert codes(file) == ["data_offset_conflict"]
    assert np.array_equal(columns(file), VALUES)


def test_a_wrong_place_in_the_header_is_settled_by_text(tmp_path):
    file = read_bytes(floats(header={2: 444, 3: 12_000}).bytes(), tmp_path)
    assert codes(file) == ["data_offset_conflict"]
    assert np.array_equal(columns(file), VALUES)


def test_an_end_that_equals_the_start_does_not_lose_the_events(tmp_path):
    flow = floats(keywords={"$ENDDATA": "00000000"})
    first = len(flow.text(0, 0)) + 58
    flow.keywords, flow.header = {"$ENDDATA": f"{first:08d}"}, {3: first}
    file = read_bytes(flow.bytes(), tmp_path)
    assert codes(file) == ["data_end_unusable"]
    assert np.array_equal(columns(file), VALUES)


@pytest.mark.parametrize("blank", ["", 0])
def test_a_header_without_offsets_is_settled_by_text(blank, tmp_path):
    file = read_bytes(floats(header={2: blank, 3: blank}).bytes(), tmp_path)
    assert codes(file) == ["header_offset_missing"]
    assert np.array_equal(columns(file), VALUES)


@pytest.mark.parametrize("order", ["1,2,3,4", "4,3,2,1"])
@pytest.mark.parametrize("make", [floats, whole])
def test_a_swapped_byte_order_is_detected(make, order, tmp_path):
    flow = make(order=order)
    flow.keywords = {"$BYTEORD": ",".join(reversed(order.split(",")))}
    file = read_bytes(flow.bytes(), tmp_path)
    assert codes(file) == ["byte_order_swapped"]
    assert np.array_equal(columns(file), flow.values)


def test_whole_numbers_of_full_range_in_the_wrong_order_are_doubted(tmp_path):
    flow = whole(values=COUNTS * 3, spans=[65536] * 5, keywords={"$BYTEORD": "4,3,2,1"})
    assert codes(read_bytes(flow.bytes(), tmp_path)) == ["byte_order_doubtful"]


@pytest.mark.parametrize("span", ["NA", "", "-1"])
def test_a_range_that_is_no_number_is_left_out(span, tmp_path):
    file = read_bytes(whole(keywords={"$P1R": span}).bytes(), tmp_path)
    assert "range_missing" in codes(file)
    assert file.datasets[0].channels[0].range is None
    assert np.array_equal(columns(file), COUNTS)


def test_a_channel_without_a_name_goes_by_its_number(tmp_path):
    file = read_bytes(floats(keywords={"$P3N": None}).bytes(), tmp_path)
    assert codes(file) == ["channel_unnamed", "keyword_missing"]
    assert file.datasets[0].channels[2].name == "P3"


def test_channels_of_one_name_are_numbered(tmp_path):
    file = read_bytes(floats(names=["A", "B", "a", "A", "Time"]).bytes(), tmp_path)
    assert codes(file) == ["channel_names_repeated"]
    assert [c.name for c in file.datasets[0].channels] == ["A", "B", "a-2", "A-3", "Time"]


def test_events_that_are_no_numbers_are_dropped_and_counted(tmp_path):
    values = VALUES.copy()
    values[[3, 499], [0, 4]] = np.nan, np.inf
    file = read_bytes(floats(values=values).bytes(), tmp_path)
    dataset = file.datasets[0]
    assert codes(file) == ["events_not_finite"]
    assert (dataset.values.shape[0], dataset.stored_events, dataset.dropped_events) == (498, 500, 2)
    assert np.array_equal(columns(file), np.delete(VALUES, [3, 499], axis=0))
    assert np.allclose(dataset.values.summary.total, columns(file).sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("step", ["NaN", "abc", "-1", "inf"])
def test_a_time_step_that_is_no_number_is_ignored(step, tmp_path):
    file = read_bytes(floats(keywords={"$TIMESTEP": step}).bytes(), tmp_path)
    assert codes(file) == ["timestep_unusable"]
    assert file.datasets[0].time_step_s is None
    assert np.array_equal(columns(file), VALUES)


@pytest.mark.parametrize("following", [" ", "x", "77", "99999999"])
def test_a_next_data_set_that_is_not_there_is_none(following, tmp_path):
    file = read_bytes(floats(keywords={"$NEXTDATA": following}).bytes(), tmp_path)
    assert codes(file) == ["nextdata_ignored"]
    assert len(file.datasets) == 1


def test_a_chain_of_data_sets_that_leads_back_ends(tmp_path):
    flow = floats(keywords={"$NEXTDATA": "00000000"})
    size = len(flow.bytes())
    flow.keywords = {"$NEXTDATA": f"{size:08d}"}
    behind = floats(keywords={"$NEXTDATA": f"-{size}"})
    file = read_bytes(flow.bytes() + behind.bytes(), tmp_path)
    assert len(file.datasets) == 2
    assert "nextdata_ignored" in codes(file)


def test_a_second_data_set_that_is_damaged_does_not_cost_the_first(tmp_path):
    flow = floats(keywords={"$NEXTDATA": "00000000"})
    flow.keywords = {"$NEXTDATA": f"{len(flow.bytes()):08d}"}
    file = read_bytes(flow.bytes() + b"FCS3.1    junk", tmp_path)
    assert (codes(file), len(file.datasets)) == (["dataset_lost"], 1)


def test_an_unknown_version_is_read_and_named(tmp_path):
    file = read_bytes(floats(version="FCS4.0").bytes(), tmp_path)
    assert (codes(file), file.version) == (["version_unknown"], "FCS4.0")


SPILLOVERS = {
    "nan": ("2,FITC-A,PE-A,1,nan,0,1", "spillover_not_finite"),
    "singular": ("2,FITC-A,PE-A,1,1,1,1", "spillover_singular"),
    "short": ("2,FITC-A,PE-A,1,0.1,0", "spillover_length"),
    "commas": ("2,FITC-A,PE-A,1,0,0,1,0,2,1,0", "spillover_decimal_commas"),
    "names": ("2,FITC-A,Cy5-A,1,0,0,1", "spillover_unknown_names"),
    "twice": ("2,FITC-A,FITC-A,1,0,0,1", "spillover_repeated_names"),
    "diagonal": ("2,FITC-A,PE-A,1,0,0,0.9", "spillover_diagonal"),
    "text": ("2,FITC-A,PE-A,1,x,0,1", "spillover_not_numbers"),
    "count": ("x,FITC-A,PE-A,1,0,0,1", "spillover_without_size"),
}


@pytest.mark.parametrize(("text", "code"), SPILLOVERS.values(), ids=SPILLOVERS)
def test_a_matrix_that_cannot_be_used_is_refused_by_its_reason(text, code, tmp_path):
    file = read_bytes(floats(keywords={"$SPILLOVER": text}).bytes(), tmp_path)
    spillover = file.datasets[0].spillover
    assert codes(file) == [code]
    assert isinstance(spillover, NotAssessed)
    assert spillover.reason == file.warnings[0].message
    assert np.array_equal(columns(file), VALUES)


@pytest.mark.parametrize("names", ["FITC-A,PE-A", "3,4", "CD73,CD45"])
def test_a_matrix_names_channels_by_name_by_number_or_by_label(names, tmp_path):
    flow = floats(keywords={"SPILL": f"2,{names},1,0.2,0.1,1"}, labels={3: "CD73", 4: "CD45"})
    spillover = read_bytes(flow.bytes(), tmp_path).datasets[0].spillover
    assert isinstance(spillover, Spillover)
    assert (spillover.channels, spillover.keyword) == ((2, 3), "SPILL")
    assert spillover.matrix.tolist() == [[1, 0.2], [0.1, 1]]


def test_keywords_with_blanks_around_them_are_found(tmp_path):
    content = floats().bytes()
    file = read_bytes(content.replace(b"/$PAR/", b"/$PAR /").replace(b"$MODE", b"$MODE"), tmp_path)
    assert file.datasets[0].values.shape[1] == 5


def test_a_doubled_separator_is_an_escape_and_an_empty_value_where_that_is_needed(tmp_path):
    escaped = read_bytes(floats(labels={3: "GFP/FITC"}).bytes(), tmp_path)
    assert (codes(escaped), escaped.datasets[0].channels[2].label) == ([], "GFP/FITC")
    empty = read_bytes(floats(keywords={"$P1S": "", "$P2S": ""}).bytes(), tmp_path)
    assert codes(empty) == ["empty_keywords"]
    assert np.array_equal(columns(empty), VALUES)


def test_bits_that_fill_no_byte_are_settled_by_the_length_of_the_events(tmp_path):
    file = read_bytes(whole(keywords={f"$P{n}B": "10" for n in range(1, 6)}).bytes(), tmp_path)
    assert codes(file) == ["bits_repaired"]
    assert np.array_equal(columns(file), COUNTS)
    packed = whole(values=COUNTS % 256, bits=[8] * 5, keywords={f"$P{n}B": "12" for n in range(1, 6)})
    with pytest.raises(ReadError, match="packed in bits"):
        read_bytes(packed.bytes(), tmp_path)


def test_wrong_whole_bits_are_settled_by_the_length_of_the_events(tmp_path):
    file = read_bytes(whole(keywords={"$P2B": "32"}).bytes(), tmp_path)
    assert codes(file) == ["bits_repaired"]
    assert np.array_equal(columns(file), COUNTS)


def test_bits_beyond_the_range_are_left_out_and_named(tmp_path):
    tagged = COUNTS.copy()
    tagged[:, 1] += 1024
    tagged[::3, 3] += 4096
    file = read_bytes(whole(values=tagged).bytes(), tmp_path)
    assert "bits_beyond_range" in codes(file)
    assert np.array_equal(columns(file), COUNTS)


def test_whole_numbers_taken_for_floats_are_no_numbers_of_a_detector(tmp_path):
    flow = whole(bits=[32] * 5, keywords={"$DATATYPE": "F"})
    assert "values_implausible" in codes(read_bytes(flow.bytes(), tmp_path))


def test_bytes_that_were_inserted_are_noticed(tmp_path):
    content = floats().bytes()
    file = read_bytes(content[:-3000] + b"\x01\x02\x03\x04" + content[-3000:], tmp_path)
    assert "bytes_left_over" in codes(file)


REFUSED = {
    "empty": (b"", BadValue),
    "junk": (b"oi21j08cn\n", BadValue),
    "html": (b"<!DOCTYPE html><html>" + b" " * 90, BadValue),
    "header alone": (b"FCS3.1    ", TruncatedFile),
    "text behind the end": (b"FCS3.1    " + b"     256    2000" * 3, TruncatedFile),
    "no keywords": (b"FCS3.1    " + b"      58      80" * 3 + b"/" + b"a" * 60, BadValue),
}


@pytest.mark.parametrize(("content", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_such_file_is_refused_by_its_reason(content, kind, tmp_path):
    with pytest.raises(kind) as caught:
        read_bytes(content, tmp_path)
    assert caught.value.what
    assert caught.value.why
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("keywords", "reason"),
    [
        ({"$MODE": "C"}, "counts"),
        ({"$DATATYPE": "A"}, "way that is not read"),
        ({"$BYTEORD": "1,1,2"}, "byte order"),
        ({"$PAR": "0", "$P1B": None}, "no channels"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_reason(keywords, reason, tmp_path):
    with pytest.raises(ReadError, match=reason):
        read_bytes(floats(keywords=keywords).bytes(), tmp_path)
