"""Small folders for tests of whole runs: the example batch, one run of it, and a protein table."""

from vesicle.manifest import Manifest
from vesicle.readers.scan import scan_files
from vesicle.simulate.example import example_tables

EXAMPLE = example_tables()
RUN = next(content for name, content in EXAMPLE.items() if name.endswith("_size_488.txt"))
PROTEIN = b"sample,rep 1 (ug/mL),rep 2 (ug/mL)\nF1,8,8.4\n"
SMALL = {"run1.txt": RUN, "bca.csv": PROTEIN}


def written(folder, files):
    """The folder with these files in it, sub-folders included."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def state(folder):
    """Bytes, time and mode of every file, to compare with later."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def records(dossier):
    """The dossier's files by their paths."""
    return {record.file.path: record for record in dossier.files}


def scanned(folder, manifest=None):
    """What the scan says about every file, by its path."""
    return {file.ref.path: file for file in scan_files(folder, manifest or Manifest())}
