"""The writer of a cytometer's files: FlowIO and our reader read back what was written."""

import flowio
import numpy as np
import pytest
from tests.data.flow_bytes import clouds
from tests.readers.flow import codes, read_path

from vesicle.cytometry.fcs_write import WrittenChannel, WrittenFile, channels_named, fcs_bytes, write_fcs
from vesicle.errors import UsageError, WriteError

EVENTS = clouds(700, 3).astype(np.float32).astype(float)
WHOLE = np.floor(clouds(700, 3, seed=3)) % 200
CHANNELS = (
    WrittenChannel(name="FSC-A", label="Forward / scatter", voltage=310.0),
    WrittenChannel(name="FITC-A", label="CD81 FITC"),
    WrittenChannel(name="Time", range=1e6),
)


def events_of(found):
    return np.reshape(found.events, (-1, found.channel_count))


@pytest.mark.parametrize("is_big_endian", [False, True])
@pytest.mark.parametrize("stored_as", ["float32", "float64", "uint8", "uint16", "uint32"])
def test_flowio_and_our_reader_read_back_what_was_written(stored_as, is_big_endian, tmp_path):
    values = EVENTS if stored_as.startswith("float") else WHOLE
    spans = {"uint8": 256, "uint16": 65536, "uint32": 2.0**32}
    channels = tuple(
        WrittenChannel(name=c.name, label=c.label, range=spans.get(stored_as, 262144)) for c in CHANNELS
    )
    described = WrittenFile(
        channels=channels,
        stored_as=stored_as,
        is_big_endian=is_big_endian,
        keywords={"$CYT": "Example / one"},
    )
    path = tmp_path / "elm.fcs"
    write_fcs(path, values, described)
    theirs, ours = flowio.FlowData(str(path)), read_path(path)
    assert np.array_equal(events_of(theirs), values)
    assert np.array_equal(ours.datasets[0].values.columns(range(3)), values)
    assert codes(ours) == []
    assert theirs.pnn_labels == [c.name for c in CHANNELS]
    assert [c.label for c in ours.datasets[0].channels] == [c.label for c in CHANNELS]
    assert theirs.text["cyt"] == ours.instrument == "Example / one"
    assert path.read_bytes() == fcs_bytes(values, described)


def test_what_a_channel_says_is_written(tmp_path):
    channel = WrittenChannel(name="FL1", decades=(4.0, 1.0), range=1024, gain=2.0, voltage=500.5)
    path = tmp_path / "elm.fcs"
    write_fcs(path, WHOLE[:, :1], WrittenFile(channels=(channel,), stored_as="uint16"))
    found = read_path(path).datasets[0].channels[0]
    assert (found.decades, found.range, found.voltage, found.bits) == ((4.0, 1.0), 1024, 500.5, 16)
    assert flowio.FlowData(str(path)).text["p1g"] == "2"


def test_keywords_that_place_the_events_cannot_be_replaced(tmp_path):
    described = WrittenFile(
        channels=channels_named(["A"]), keywords={"$TOT": "7", "$begindata": "9", "NOTE": "/x"}
    )
    path = tmp_path / "elm.fcs"
    write_fcs(path, EVENTS[:, :1], described)
    assert codes(read_path(path)) == []
    assert np.array_equal(events_of(flowio.FlowData(str(path)))[:, 0], EVENTS[:, 0])


def test_no_events_are_a_file_without_events(tmp_path):
    path = tmp_path / "none.fcs"
    write_fcs(path, np.zeros((0, 2)), WrittenFile(channels=channels_named(["A", "B"])))
    assert codes(read_path(path)) == ["no_events"]


@pytest.mark.slow
def test_a_file_beyond_eight_digits_is_read_back(tmp_path):
    path = tmp_path / "large.fcs"
    values = np.zeros((6_300_000, 4), dtype=np.float32)
    values[-1] = 1, 2, 3, 4
    write_fcs(path, values, WrittenFile(channels=channels_named("ABCD")))
    assert path.read_bytes()[26:42].split() == [b"0", b"0"]
    assert codes(read_path(path)) == []
    assert read_path(path).datasets[0].values.summary.total.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("values", [EVENTS[0], EVENTS[:, :2], np.zeros((3, 0))])
def test_events_of_another_shape_are_refused(values):
    described = WrittenFile(channels=() if not values.size else CHANNELS)
    with pytest.raises(UsageError, match="match the channels"):
        fcs_bytes(values, described)


@pytest.mark.parametrize("value", [-1.0, 0.5, 256.0, np.nan])
def test_values_that_do_not_fit_are_refused(value):
    with pytest.raises(UsageError, match="do not fit"):
        fcs_bytes(np.array([[value]]), WrittenFile(channels=channels_named(["A"]), stored_as="uint8"))


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(WriteError, match="cannot be written"):
        write_fcs(tmp_path / "no" / "x.fcs", EVENTS, WrittenFile(channels=CHANNELS))
