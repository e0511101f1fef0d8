"""The reader of a cytometer's file: scales, types, byte orders, times, volumes, and what real files hold."""

import pickle

import numpy as np
import pytest
from tests.data.flow_bytes import Flow, clouds
from tests.readers.flow import codes, columns, read_bytes, read_path

from vesicle.errors import ReadError
from vesicle.readers import RawFile
from vesicle.readers.fcs import READER, read, sniff
from vesicle.readers.fcs_values import summary_of
from vesicle.results import FileRef

VALUES = clouds(300, 3).astype(np.float32).astype(float)
COUNTS = np.floor(clouds(300, 3, seed=6) / 8)
NAMES = ["FSC-A", "FL1-A", "Time"]


def floats(**changed):
    return Flow(**{"values": VALUES, "names": NAMES, **changed})


def whole(**changed):
    return Flow(**{"values": COUNTS, "names": NAMES, "kind": "I", "spans": [1024] * 3, **changed})


def test_a_file_is_known_by_its_first_bytes_and_a_name_alone_claims_it_weakly():
    assert sniff("x", b"FCS3.1    ") > sniff("x", b"FCSx") > sniff("x.FCS", b"<html>") > sniff("x", b"x") == 0


def test_a_file_is_read_from_the_disk_alone():
    with pytest.raises(ReadError, match="disk"):
        read(RawFile(ref=FileRef(path="x.fcs", sha256="", size_bytes=1), content=b"x"))
    assert READER.is_streamed


def test_logarithmic_amplification_of_whole_numbers_is_undone(tmp_path):
    flow = whole(decades=["0,0", "4,0.1", "3,0"], names=["A", "B", "C"])
    found = columns(read_bytes(flow.bytes(), tmp_path))
    assert np.array_equal(found[:, 0], COUNTS[:, 0])
    assert np.allclose(found[:, 1], 0.1 * 10 ** (4 * COUNTS[:, 1] / 1024), rtol=1e-12)
    assert np.allclose(found[:, 2], 10 ** (3 * COUNTS[:, 2] / 1024), rtol=1e-12)


def test_amplification_of_floats_is_ignored_with_a_warning(tmp_path):
    file = read_bytes(floats(decades=["4,1", "0,0", "0,0"]).bytes(), tmp_path)
    assert codes(file) == ["amplification_ignored"]
    assert np.array_equal(columns(file), VALUES)


@pytest.mark.parametrize("text", ["4", "a,b", "-1,1", "inf,1", "99,1"])
def test_amplification_that_cannot_be_read_is_named(text, tmp_path):
    file = read_bytes(whole(decades=[text, "0,0", "0,0"]).bytes(), tmp_path)
    assert codes(file) == ["amplification_unusable"]


def test_a_linear_gain_is_divided_but_for_time(tmp_path):
    file = read_bytes(floats(keywords={"$P2G": "2.5", "$P3G": "0.01", "$P1G": "0"}).bytes(), tmp_path)
    found = columns(file)
    assert [c.gain for c in file.datasets[0].channels] == [1.0, 2.5, 1.0]
    assert np.allclose(found[:, 1], VALUES[:, 1] / 2.5, rtol=1e-12)
    assert np.array_equal(found[:, 2], VALUES[:, 2])
    assert np.array_equal(file.datasets[0].values.as_stored([1])[:, 0], VALUES[:, 1])


def test_a_gain_that_is_no_number_is_not_applied(tmp_path):
    assert codes(read_bytes(floats(keywords={"$P2G": "high"}).bytes(), tmp_path)) == ["gain_unusable"]


@pytest.mark.parametrize("order", ["1,2,3,4", "4,3,2,1"])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_whole_numbers_of_every_width_are_read_in_both_orders(bits, order, tmp_path):
    top = min(1 << bits, 1 << 20)
    values = np.floor(clouds(300, 3, seed=bits) ** 2) % top
    flow = whole(values=values, bits=[bits] * 3, spans=[float(top)] * 3, order=order)
    flow.keywords = {f"$P{n}R": str(top) for n in (1, 2, 3)}
    assert np.array_equal(columns(read_bytes(flow.bytes(), tmp_path)), values)


def test_words_with_exchanged_halves_are_read(tmp_path):
    flow = floats(keywords={"$BYTEORD": "3,4,1,2"}, tail=b"")
    content = flow.bytes()
    data = np.frombuffer(content[-VALUES.size * 4 :], dtype=np.uint8).reshape(-1, 4)
    exchanged = content[: -VALUES.size * 4] + data[:, [2, 3, 0, 1]].tobytes()
    assert np.array_equal(columns(read_bytes(exchanged, tmp_path)), VALUES)
    with pytest.raises(ReadError, match="cannot be applied"):
        read_bytes(whole(keywords={"$BYTEORD": "3,4,1,2"}).bytes(), tmp_path)


def test_columns_are_those_that_are_asked_for(tmp_path):
    values = read_bytes(floats().bytes(), tmp_path).datasets[0].values
    assert np.array_equal(values.columns([2, 0]), VALUES[:, [2, 0]])
    assert values.columns([]).shape == (300, 0)


def test_values_go_to_another_process_and_notice_that_their_file_changed(tmp_path):
    file = read_bytes(floats().bytes(), tmp_path)
    again = pickle.loads(pickle.dumps(file))
    assert np.array_equal(columns(again), VALUES)
    path = tmp_path / "elm.fcs"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ReadError, match="changed"):
        columns(again)
    path.unlink()
    with pytest.raises(ReadError, match="opened"):
        columns(again)


def test_many_blocks_give_the_sums_of_all_events(tmp_path):
    values = clouds(60_001, 3).astype(np.float32).astype(float)
    values[50_000, 1] = np.nan
    file = read_bytes(floats(values=values).bytes(), tmp_path)
    kept = np.delete(values, 50_000, axis=0)
    summary = summary_of(file.datasets[0].values)
    assert np.allclose(summary.total, kept.sum(axis=0), rtol=1e-12)
    assert np.array_equal(summary.least, kept.min(axis=0))
    assert np.array_equal(summary.greatest, kept.max(axis=0))
    assert np.array_equal(columns(file), kept)


def test_a_summary_of_other_values_is_of_the_linear_ones():
    class Other:
        shape = (2, 1)

        def columns(self, places):
            return np.array([[1.0], [3.0]])[:, list(places)]

    assert summary_of(Other()).total.tolist() == [4.0]


def test_offsets_beyond_eight_digits_are_those_of_text(tmp_path):
    path = tmp_path / "large.fcs"
    events = 8_400_000
    flow = floats(values=np.zeros((1, 3)), header={2: 0, 3: 0}, tail=b"")
    flow.keywords = {"$TOT": str(events), "$ENDDATA": "000000000000", "$BEGINDATA": "000000000000"}
    first = 58 + len(flow.text(0, 0))
    flow.keywords |= {"$BEGINDATA": f"{first:012d}", "$ENDDATA": f"{first + events * 12 - 1:012d}"}
    with path.open("wb") as stream:
        stream.write(flow.bytes()[:first])
        stream.seek(first + (events - 1) * 12)
        stream.write(np.array([1.0, 2.0, 3.0], dtype="<f4").tobytes())
    assert path.stat().st_size > 99_999_999
    file = read_path(path)
    assert codes(file) == []
    assert file.datasets[0].values.shape == (events, 3)
    assert file.datasets[0].values.summary.total.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("keywords", "seconds"),
    [
        ({"$BTIM": "10:00:00", "$ETIM": "10:00:30"}, 30.0),
        ({"$BTIM": "23:59:50.50", "$ETIM": "00:00:10"}, 19.5),
        ({"$BTIM": "10:00:00:30", "$ETIM": "10:00:01:00"}, 0.5),
        ({"$BTIM": "x", "$ETIM": "10:00:01"}, None),
        ({"$TIMESTEP": "0.01"}, 2.99),
        ({"$TIMESTEP": "0.01", "$BTIM": "10:00:00", "$ETIM": "10:00:04"}, 2.99),
        ({"$TIMESTEP": "0.01", "$BTIM": "10:00:00", "$ETIM": "10:10:00"}, 600.0),
        ({"TIMETICKS": "100"}, 29.9),
    ],
)
def test_a_run_lasts_as_its_time_channel_says_where_the_clock_agrees(keywords, seconds, tmp_path):
    values = VALUES.copy()
    values[:, 2] = np.arange(300)
    dataset = read_bytes(floats(values=values, keywords=keywords).bytes(), tmp_path).datasets[0]
    assert dataset.duration_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("instrument", "volume", "said"),
    [("CytoFLEX nano", 500.0, []), ("Another", None, ["volume_not_used"])],
)
def test_a_volume_is_taken_where_its_unit_is_known(instrument, volume, said, tmp_path):
    file = read_bytes(floats(keywords={"$VOL": "500", "$CYT": instrument}).bytes(), tmp_path)
    assert (file.datasets[0].volume_nl, codes(file)) == (volume, said)


@pytest.mark.parametrize(
    ("date", "iso"), [("03-MAR-2026", "2026-03-03"), ("2026-03-03", "2026-03-03"), ("soon", None)]
)
def test_a_date_is_read_in_the_forms_that_instruments_write(date, iso, tmp_path):
    assert read_bytes(floats(keywords={"$DATE": date}).bytes(), tmp_path).acquired == iso


def test_a_file_without_events_is_reported(tmp_path):
    file = read_bytes(floats(values=np.zeros((0, 3))).bytes(), tmp_path)
    assert codes(file) == ["no_events"]
    assert file.datasets[0].values.columns([0]).shape == (0, 1)


def test_supplemental_keywords_are_read(tmp_path):
    plain = floats(tail=b"")
    more = b"/$CYT/Supplied/"
    size = len(plain.bytes())
    flow = floats(
        tail=more, keywords={"$BEGINSTEXT": f"{size:08d}", "$ENDSTEXT": f"{size + len(more) - 1:08d}"}
    )
    shift = len(flow.bytes()) - len(more) - size
    flow.keywords = {
        "$BEGINSTEXT": f"{size + shift:08d}",
        "$ENDSTEXT": f"{size + shift + len(more) - 1:08d}",
    }
    file = read_bytes(flow.bytes(), tmp_path)
    assert (codes(file), file.instrument) == ([], "Supplied")
    flow.keywords |= {"$BEGINSTEXT": "90000000", "$ENDSTEXT": "90000020"}
    assert "supplement_lost" in codes(read_bytes(flow.bytes(), tmp_path))


ZOO = {
    "calibur_fcs2_0877408774_B08.fcs": (10_000, 8, 4_919_644),
    "coulter.lmd": (18_110, 8, 6_138_958),
    "cyan_offset_conflict.fcs": (5_789, 12, 188_230_811),
    "cytek_nl2000_header_only.fcs": (0, 27, 0),
    "data_start_offset_discrepancy_example.fcs": (2, 26, 110_401),
    "data_stop_offset_discrepancy_example.fcs": (2, 26, 110_401),
    "fake_large_blank_offsets.fcs": (11_585, 11, 9_751_510),
    "fc500_10bit_in_16bit_multi.lmd": (27_072, 4, 16_366_427),
    "flowcal_sample006_24bit_int.fcs": (32_224, 8, 2_963_807),
    "miltenyi_duplicate_names.fcs": (8_129, 9, 12_053),
    "partec_pas_off_by_one.fcs": (33_649, 8, 47_389_402),
    "partec_pu88_space_in_keys.fcs": (5_000, 3, 9_699_482),
    "variable_int_example.fcs": (2, 26, 110_401),
}


@pytest.mark.parametrize("name", ZOO)
def test_real_files_that_readers_trip_over_have_the_published_shapes_and_sums(name, real_data):
    """Events, channels and the sum of the first channel as stored; the sums are cut to whole numbers."""
    dataset = read_path(real_data / "cytometry" / "zoo" / name).datasets[0]
    total = float(dataset.values.summary.total[0])
    assert (*dataset.values.shape, int(total)) == ZOO[name]


def test_a_real_file_of_junk_is_refused(real_data):
    with pytest.raises(ReadError, match="no flow cytometry standard file"):
        read_path(real_data / "cytometry" / "zoo" / "corrupted_10_bytes.fcs")


OTHERS = {
    "ev/nanovis_low.fcs": (38_368, 26),
    "ev/hplc_water.fcs": (1_508, 26),
    "ev/water_1.fcs": (4_361, 26),
    "ev/blank_sampleline1.fcs": (1_516, 26),
    "ev/hplc_water_day2.fcs": (1_980, 26),
    "ev/exo_control.fcs": (13_008, 26),
    "ev/exo_iso_zero_events.fcs": (0, 26),
    "ev/jurkat_evs_memglow_id7000.fcs": (15_605, 15),
    "beads/apogee_rainbow_beads.fcs": (25_406, 22),
    "beads/flowcal_sample001_rcp30_5a.fcs": (33_024, 8),
    "beads/tasbe_beads.fcs": (10_000, 13),
    "control_mix/tasbe_blank.fcs": (10_000, 13),
    "control_mix/tasbe_eyfp.fcs": (10_000, 13),
    "gating_truth/data1.fcs": (13_367, 8),
    "compensation/data/060909.001": (10_000, 7),
}


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_real_file_is_read_with_its_events(name, real_data):
    file = read_path(real_data / "cytometry" / name)
    dataset = file.datasets[0]
    assert dataset.values.shape == OTHERS[name]
    found = columns(file)
    assert np.all(np.isfinite(found))
    assert np.allclose(dataset.values.as_stored([0]).sum(), dataset.values.summary.total[0], rtol=1e-12)


def test_a_real_volume_of_a_nano_cytometer_is_in_nanolitres(real_data):
    dataset = read_path(real_data / "cytometry" / "ev" / "exo_control.fcs").datasets[0]
    assert dataset.volume_nl == 500.0
    assert dataset.duration_s == pytest.approx(30.0, abs=0.1)
