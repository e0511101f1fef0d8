"""Reading the bytes of a cytometer's file in a test."""

from pathlib import Path

from vesicle.readers import RawFile
from vesicle.readers.fcs import read
from vesicle.results import FileRef


def read_path(path: Path):
    ref = FileRef(path=path.name, sha256="", size_bytes=path.stat().st_size)
    return read(RawFile(ref=ref, content=b"", location=path))


def read_bytes(content: bytes, folder: Path, *, name: str = "elm.fcs"):
    path = folder / name
    path.write_bytes(content)
    return read_path(path)


def codes(file) -> list[str]:
    return sorted(warned.code for warned in file.warnings)


def columns(file, number: int = 0):
    values = file.datasets[number].values
    return values.columns(range(values.shape[1]))
