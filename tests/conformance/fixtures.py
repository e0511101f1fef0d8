"""The small files of every reader, found on disk, and what stands in a measurement."""

import hashlib
import json
import tempfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np

from vesicle.readers import HEAD_BYTES, RawFile, Reader, find_readers
from vesicle.results import FileRef

FOLDER = Path(__file__).resolve().parents[1] / "data" / "readers"


_WRITTEN = tempfile.TemporaryDirectory()


def raw_of(name: str, content: bytes, *, reader: Reader | None = None) -> RawFile:
    """The file as its reader gets it; for a streamed reader it is written down, over the one before."""
    digest = hashlib.sha256(content).hexdigest()
    ref = FileRef(path=name, sha256=digest, size_bytes=len(content))
    if reader is None or not reader.is_streamed:
        return RawFile(ref=ref, content=content)
    location = Path(_WRITTEN.name) / f"damaged{Path(name).suffix}"
    location.write_bytes(content)
    return RawFile(ref=ref, content=b"", location=location)


def whole_of(path: Path, *, reader: Reader) -> RawFile:
    """A fixture as its reader gets it, at its own place."""
    raw = raw_of(path.name, path.read_bytes())
    return replace(raw, content=b"", location=path) if reader.is_streamed else raw


def expected_of(reader: str) -> dict:
    path = FOLDER / reader / "expected.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def fixture_files() -> list[tuple[Reader, Path]]:
    """Every file that an expected.json names, with the reader that must read it."""
    ours = [reader for reader in find_readers() if reader.read.__module__.startswith("vesicle.")]
    return [
        (reader, FOLDER / reader.name / name) for reader in ours for name in sorted(expected_of(reader.name))
    ]


def winner(name: str, head: bytes) -> str | None:
    scores = {reader.name: reader.sniff(name, head[:HEAD_BYTES]) for reader in find_readers()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] > 0 else None


def value_at(measurement: object, path: str) -> object:
    """The value at a dotted path such as ``per_video.0.vendor.d50_nm``."""
    found = measurement
    for step in path.split("."):
        found = found[int(step)] if step.lstrip("-").isdigit() else getattr(found, step)
    return found.item() if isinstance(found, np.generic) else found


def arrays_in(record: object) -> list[tuple[str, np.ndarray]]:
    """Every array inside a record, with its path."""
    if isinstance(record, np.ndarray):
        return [("", record)]
    if isinstance(record, tuple):
        pairs = [(str(i), item) for i, item in enumerate(record)]
    elif is_dataclass(record):
        pairs = [(f.name, getattr(record, f.name)) for f in fields(record)]
    else:
        return []
    return [(f"{name}.{path}".rstrip("."), array) for name, item in pairs for path, array in arrays_in(item)]


def records_in(record: object, kind: type) -> list:
    """Every record of one class inside a record."""
    if isinstance(record, kind):
        return [record]
    if isinstance(record, tuple):
        return [hit for item in record for hit in records_in(item, kind)]
    if is_dataclass(record):
        return [hit for f in fields(record) for hit in records_in(getattr(record, f.name), kind)]
    return []
