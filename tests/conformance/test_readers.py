"""Every reader, ours or new: a fixture folder, the highest sniff on its own files, and what they hold."""

import pickle

import numpy as np
import pytest
from tests.conformance.fixtures import (
    arrays_in,
    expected_of,
    fixture_files,
    records_in,
    value_at,
    whole_of,
    winner,
)

from vesicle.measurements import SizeHistogram
from vesicle.readers import find_readers

OURS = [reader for reader in find_readers() if reader.read.__module__.startswith("vesicle.")]
FILES = fixture_files()
each_reader = pytest.mark.parametrize("reader", OURS, ids=lambda reader: reader.name)
each_file = pytest.mark.parametrize(("reader", "path"), FILES, ids=[f"{r.name}/{p.name}" for r, p in FILES])


def measure(reader, path):
    return reader.read(whole_of(path, reader=reader))


@each_reader
def test_a_reader_has_a_folder_with_a_file_and_its_expected_values(reader):
    assert expected_of(reader.name), f"tests/data/readers/{reader.name}/expected.json names no file"


def test_reader_names_are_unique():
    names = [reader.name for reader in OURS]
    assert len(set(names)) == len(names)


@each_reader
def test_a_reader_says_what_it_gives_in_words(reader):
    assert reader.title
    assert reader.patterns
    assert len(reader.gives.split()) >= 3


@each_file
def test_the_reader_of_a_file_wins_over_all_others(reader, path):
    assert winner(path.name, path.read_bytes()) == reader.name


@each_file
def test_the_reader_of_a_file_wins_whatever_the_file_is_called(reader, path):
    assert winner(f"x{path.suffix}", path.read_bytes()) == reader.name


@each_reader
@pytest.mark.parametrize("content", [b"", b"\x00" * 999, bytes(range(256)) * 9, b"hello\n", b"a,b\n1,2\n"])
def test_no_reader_is_certain_about_a_file_that_has_nothing_of_its_format(reader, content):
    assert 0 <= reader.sniff("x.csv", content) < 0.9


@each_file
def test_a_file_holds_what_its_expected_values_say(reader, path):
    said = expected_of(reader.name)[path.name]
    measurement = measure(reader, path)
    assert type(measurement).__name__ == said["type"]
    for where, value in said["values"].items():
        found = value_at(measurement, where)
        if isinstance(value, float) and found is not None:
            assert found == pytest.approx(value, rel=1e-9), where
        else:
            assert found == value, where


@each_file
def test_a_file_gives_the_warnings_that_are_expected_and_no_others(reader, path):
    said = expected_of(reader.name)[path.name]
    assert sorted({warned.code for warned in measure(reader, path).warnings}) == sorted(said["warnings"])


@each_file
def test_a_measurement_can_be_sent_to_another_process(reader, path):
    measurement = measure(reader, path)
    again = pickle.loads(pickle.dumps(measurement))
    assert type(again) is type(measurement)
    for (where, array), (_, copy) in zip(arrays_in(measurement), arrays_in(again), strict=True):
        assert np.array_equal(array, copy, equal_nan=True), where


@each_file
def test_the_arrays_of_a_measurement_are_read_only(reader, path):
    for where, array in arrays_in(measure(reader, path)):
        assert not array.flags.writeable, where


@each_file
def test_the_classes_of_every_histogram_increase_and_hold_their_centres(reader, path):
    for histogram in records_in(measure(reader, path), SizeHistogram):
        assert np.all(np.diff(histogram.edges_nm) > 0)
        assert len(histogram.edges_nm) == len(histogram.centre_nm) + 1 == len(histogram.amount) + 1
        assert np.all(histogram.edges_nm[:-1] <= histogram.centre_nm)
        assert np.all(histogram.centre_nm <= histogram.edges_nm[1:])


@each_file
def test_reading_a_file_twice_gives_the_same_measurement(reader, path):
    assert repr(measure(reader, path)) == repr(measure(reader, path))
