"""Damage to a file's structure gives the same numbers, a coded warning or a refusal; never other numbers."""

import math
import os
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.conformance import mutations
from tests.conformance.fixtures import expected_of, fixture_files, raw_of, records_in, whole_of, winner

from vesicle.errors import ReadError
from vesicle.measurements import (
    FlowFile,
    MarkerReading,
    ParticleDiameters,
    PopulationRow,
    PositionRow,
    ProteinReading,
    SizeHistogram,
    SizeTracks,
    Trajectories,
    Video,
)
from vesicle.readers import find_readers

COUNT = int(os.environ.get("VESICLE_MUTATIONS", "300"))
NO_NUMBERS = {
    *(
        "file",
        "files",
        "reader",
        "stem",
        "sample",
        "settings",
        "quality",
        "warnings",
        "remarks",
        "reproduced",
    ),
    *(
        "row",
        "first_row",
        "name",
        "instrument",
        "label",
        "role",
        "software",
        "acquired",
        "edges_nm",
        "printed",
    ),
    *("marker", "lane", "material", "assay", "method"),
}
BY_READER = {reader.name: [p for r, p in fixture_files() if r is reader] for reader in find_readers()}
each_reader = pytest.mark.parametrize(
    "reader", [r for r in find_readers() if BY_READER[r.name]], ids=lambda r: r.name
)


def numbers_in(record):
    """All numbers of a measurement by their path; classes without particles are left out."""
    if isinstance(record, SizeHistogram):
        pairs = zip(record.centre_nm.tolist(), record.amount.tolist(), strict=True)
        return {f"class {centre:.9g}": amount for centre, amount in pairs if amount}
    if isinstance(record, SizeTracks):
        return {f"track {i}": value for i, row in enumerate(entries_of_tracks(record)) for value in [row]}
    if isinstance(record, Trajectories):
        return {
            f"pair {i}": value for i, row in enumerate(entries_of_trajectories(record)) for value in [row]
        }
    if isinstance(record, tuple) and record and all(isinstance(row, PositionRow) for row in record):
        positions = [row.position for row in record]
        named = [
            (f"{p:g} #{positions[:i].count(p)}", row)
            for i, (p, row) in enumerate(zip(positions, record, strict=True))
        ]
    elif isinstance(record, tuple) and record and all(isinstance(row, ProteinReading) for row in record):
        # A sample's name is a value of the table: another name is another sample, with the same numbers.
        named = [
            (str(i), row)
            for i, row in enumerate(sorted(record, key=lambda row: (row.is_blank, row.ug_per_ml)))
        ]
    elif isinstance(record, tuple) and record and all(isinstance(row, PopulationRow) for row in record):
        # The names of tubes and populations are values of the table as well.
        ordered = sorted(record, key=lambda row: (row.percent, row.events or 0, row.control_percent or 0))
        named = [(str(i), (row.percent, row.events, row.control_percent)) for i, row in enumerate(ordered)]
    elif isinstance(record, tuple) and record and all(isinstance(row, MarkerReading) for row in record):
        # Marker, sample and lane are values of the table as well.
        named = [(str(i), row) for i, row in enumerate(sorted(record, key=entry_of_marker))]
    elif is_dataclass(record):
        named = [(f.name, getattr(record, f.name)) for f in fields(record) if f.name not in NO_NUMBERS]
    elif isinstance(record, tuple | np.ndarray):
        named = [(str(i), item) for i, item in enumerate(record)]
    else:
        return {"": record.item() if isinstance(record, np.generic) else record}
    return {
        f"{name}.{path}".rstrip("."): value
        for name, item in named
        for path, value in numbers_in(item).items()
    }


def entry_of_marker(reading):
    """What a reading says, in an order in which any two can be compared."""
    numbers = (reading.intensity, reading.limit, reading.load_ug)
    return (reading.is_below_lod, str(reading.is_present), *(-1.0 if n is None else n for n in numbers))


def entries_of_tracks(tracks):
    """One entry per point where the file lists points, else one per track; sorted, so that rows may move."""
    if tracks.track is None:
        length = (
            tracks.length_frames if tracks.length_frames is not None else np.zeros(len(tracks.diameter_nm))
        )
        rows = zip(tracks.diameter_nm.tolist(), tracks.included.tolist(), length.tolist(), strict=True)
    else:
        size, used = tracks.diameter_nm[tracks.track], tracks.included[tracks.track]
        columns = (size, used, tracks.frame, tracks.x_px, tracks.y_px)
        rows = zip(*(column.tolist() for column in columns), strict=True)
    return sorted(rows)


def entries_of_trajectories(found):
    """One entry per point and one per pair of points of a track: the tracks' numbers say nothing themselves.

    Nothing in free motion says which axis is which, so x and y may be exchanged.
    """
    axes = np.sort([found.x_px, found.y_px], axis=0).T.tolist()
    points = [(frame, *at) for frame, at in zip(found.frame.tolist(), axes, strict=True)]
    tracks = np.split(np.arange(len(points)), np.flatnonzero(np.diff(found.track)) + 1)
    pairs = [(points[i], points[j]) for track in tracks for i in track for j in track if i <= j]
    return sorted(pairs)


def is_same(one, other):
    if isinstance(one, float | int) and isinstance(other, float | int):
        return (
            one == other or math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))
        )
    return one == other


def differences(before, after):
    """Paths whose numbers are not the same."""
    return [path for path in {**before, **after} if not is_same(before.get(path), after.get(path))]


def independent_entries(measurement):
    """What a table of rows without a sum or a count holds: each row stands for itself."""
    tracks = [row for found in records_in(measurement, SizeTracks) for row in entries_of_tracks(found)]
    classes = [item for h in records_in(measurement, SizeHistogram) for item in numbers_in(h).items()]
    readings = [tuple(numbers_in(reading).items()) for reading in records_in(measurement, ProteinReading)]
    readings += [
        (row.percent, row.events, row.control_percent) for row in records_in(measurement, PopulationRow)
    ]
    positions = [item for item in numbers_in(measurement).items() if records_in(measurement, PositionRow)]
    pairs = [row for found in records_in(measurement, Trajectories) for row in entries_of_trajectories(found)]
    markers = [tuple(numbers_in(reading).items()) for reading in records_in(measurement, MarkerReading)]
    sizes = [d for found in records_in(measurement, ParticleDiameters) for d in found.diameter_nm.tolist()]
    return {*tracks, *classes, *readings, *positions, *pairs, *markers, *sizes}


def says(reader, flag):
    """Whether the reader's expected.json says so of a file: ``independent_rows`` when nothing in the file sums or
    counts its rows, ``independent_columns`` when it is a table of any number of equal columns.
    """
    return any(said.get(flag, False) for said in expected_of(reader.name).values())


def is_other_unit(before, after):
    """Whether all numbers differ by powers of ten: the reader took the new unit at its word."""
    changed = [(before.get(path), after.get(path)) for path in differences(before, after)]
    if not all(isinstance(a, float) and isinstance(b, float) and a * b > 0 for a, b in changed):
        return False
    powers = [np.log10(b / a) for a, b in changed]
    return all(abs(power - round(power)) < 1e-9 for power in powers)


def codes(measurement):
    return Counter(warned.code for warned in measurement.warnings)


def verdict(reader, path, seed, whole):
    """What is wrong with the outcome of one mutation, or None."""
    name, content = mutations.mutate(seed, path.read_bytes(), suffix=path.suffix)
    try:
        damaged = reader.read(raw_of(path.name, content, reader=reader))
        wrong = watched(damaged) if isinstance(damaged, Video) else None
        if isinstance(damaged, FlowFile) and not codes(damaged) - codes(whole):
            wrong = other_events(whole, damaged)
    except ReadError:
        return None
    except Exception as error:  # noqa: BLE001 - that nothing else escapes is what is tested
        wrong = f"{type(error).__name__}: {error}"
    if wrong or reader.is_streamed:
        return wrong and f"seed {seed} {name} of {path.name}: {wrong}"
    if codes(damaged) - codes(whole):
        return None
    before, after = numbers_in(whole), numbers_in(damaged)
    other = differences(before, after)
    if not other:
        return None
    if name == "change_unit" and is_other_unit(before, after):
        return None
    # A hand-made table of any number of equal columns, without their mean, cannot show that one is gone.
    is_wide = reader.name == "diameter-table" and len(whole.per_video) > 1
    if name in mutations.OF_COLUMNS and (is_wide or says(reader, "independent_columns")):
        return None
    is_allowed = name in mutations.OF_ROWS and says(reader, "independent_rows")
    if is_allowed and independent_entries(damaged) <= independent_entries(whole):
        return None
    return f"seed {seed} {name} of {path.name}: silently other numbers at {', '.join(other[:5])}"


def watched(video):
    """What is wrong with a pass over a damaged video; a changed header or grey level can be as good as the true one."""
    blocks = list(video.frames.blocks(8))
    shape = (sum(len(block) for block in blocks), *blocks[0].shape[1:])
    if shape != video.frames.shape or any(block.flags.writeable for block in blocks):
        return f"frames of {shape} in place of {video.frames.shape}, or not read-only"
    used = max(int(block.max()) for block in blocks)
    return None if used < 1 << video.frames.bits else f"level {used} in {video.frames.bits} bits"


def other_events(whole, damaged):
    """What differs between two cytometer's files without a warning: how many events, channels, or their values."""
    before, after = (
        [(dataset.values.shape, [c.name for c in dataset.channels]) for dataset in file.datasets]
        for file in (whole, damaged)
    )
    if before != after:
        return f"silently {after} in place of {before}"
    for one, other in zip(whole.datasets, damaged.datasets, strict=True):
        places = range(len(one.channels))
        if not np.array_equal(one.values.columns(places), other.values.columns(places)):
            return f"silently other events in data set {one.number}"
    return None


@each_reader
def test_damaged_structure_gives_the_same_numbers_or_a_warning_or_a_refusal(reader):
    wrong = []
    for index, path in enumerate(BY_READER[reader.name]):
        whole = reader.read(whole_of(path, reader=reader))
        wrong += [
            verdict(reader, path, seed, whole) for seed in range(index, COUNT, len(BY_READER[reader.name]))
        ]
    found = [text for text in wrong if text]
    assert not found, "\n".join(found[:40])


@each_reader
def test_another_digit_in_one_value_changes_no_other_class(reader):
    for path in (path for path in BY_READER[reader.name] if path.suffix in mutations.TEXT):
        whole = records_in(reader.read(raw_of(path.name, path.read_bytes())), SizeHistogram)
        for seed in range(max(1, COUNT // 6 // len(BY_READER[reader.name]))):
            content = mutations.change_one_value(seed, path.read_bytes())
            try:
                changed = reader.read(raw_of(path.name, path.read_bytes() if content is None else content))
            except ReadError:
                continue
            found = records_in(changed, SizeHistogram)
            # A single value may turn an empty video into one with a result, or back.
            assert abs(len(found) - len(whole)) <= 1, f"seed {seed} of {path.name}"
            for before, after in zip(whole, found, strict=False):
                assert_one_class_differs(before, after, where=f"seed {seed} of {path.name}")


def assert_one_class_differs(before, after, *, where):
    if len(after.centre_nm) == len(before.centre_nm) and np.array_equal(after.centre_nm, before.centre_nm):
        other = int(np.sum(after.amount != before.amount))
        assert other <= 1, f"{where}: {other} classes have other amounts"
    else:
        kept = set(numbers_in(before)) & set(numbers_in(after))
        assert len(kept) >= len(numbers_in(before)) - 1, f"{where}: more than one class moved"


def real_files(folder: Path):
    return sorted(path for path in folder.rglob("*") if path.suffix in mutations.TEXT and path.is_file())


def read_real_files(folder: Path):
    """The real files that a reader claims and can read, each with its reader and its measurement."""
    by_name = {reader.name: reader for reader in find_readers()}
    for path in real_files(folder):
        name = winner(path.name, path.read_bytes())
        try:
            if name is not None:
                yield by_name[name], path, by_name[name].read(raw_of(path.name, path.read_bytes()))
        except ReadError:
            continue


@pytest.mark.slow
def test_damaged_real_files_give_the_same_numbers_or_a_warning_or_a_refusal(real_data):
    found = [
        f"{reader.name}: {text}"
        for reader, path, whole in read_real_files(real_data / "sizing")
        for seed in range(max(1, COUNT // 12))
        if (text := verdict(reader, path, seed, whole))
    ]
    assert not found, "\n".join(found[:60])
