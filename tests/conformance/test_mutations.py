"""Damaged files: the same numbers, a coded warning or a refusal, and never silently another number."""

import os
from pathlib import Path

import pytest

from vesicle.errors import VesicleError
from vesicle.readers import HEAD_BYTES, find_readers

from tests.conformance.fixtures import expected_of, raw_of
from tests.conformance.mutations import damaged, other_numbers

READERS = {reader.name: reader for reader in find_readers() if reader.name.startswith("zetaview-")}
TEXT = sorted(name for name in READERS if name.endswith("-txt"))
MUTATIONS = int(os.environ.get("VESICLE_MUTATIONS", "300"))
FOLDER = Path(__file__).resolve().parents[1] / "data" / "readers"
each_reader = pytest.mark.parametrize("reader", TEXT)


def silent_changes(reader, name, content, seeds):
    """What the reader made of damaged copies without saying so."""
    intact = reader.read(raw_of(name, content))
    known = {warned.code for warned in intact.warnings}
    found = []
    for seed in seeds:
        damage, copy = damaged(content, seed)
        if reader.sniff(name, copy[:HEAD_BYTES]) == 0:
            continue
        try:
            after = reader.read(raw_of(name, copy))
        except VesicleError:
            continue
        changed = other_numbers(intact, after)
        is_one_value = "negate" in damage and len(changed) == 1
        if {warned.code for warned in after.warnings} <= known and changed and not is_one_value:
            found.append((name, damage, changed[:3]))
    return found


@each_reader
def test_a_damaged_file_never_silently_gives_another_number(reader):
    names = sorted(expected_of(reader))
    share = MUTATIONS // len(names)
    found = [
        change
        for i, name in enumerate(names)
        for change in silent_changes(
            READERS[reader], name, (FOLDER / reader / name).read_bytes(), range(i * share, (i + 1) * share)
        )
    ]
    assert found == []


@each_reader
def test_a_damaged_real_file_never_silently_gives_another_number(reader, zetaview):
    files = [path for path in sorted(zetaview.glob("*.txt")) if _owner(path) == reader]
    assert files
    share = MUTATIONS // len(files)
    found = [
        change
        for i, path in enumerate(files)
        for change in silent_changes(
            READERS[reader], path.name, path.read_bytes(), range(i * share, (i + 1) * share)
        )
    ]
    assert found == []


def _owner(path):
    head = path.read_bytes()[:HEAD_BYTES]
    return max(TEXT, key=lambda name: READERS[name].sniff(path.name, head))
