"""A process to be killed: writes generation after generation of a dossier into one folder.

Usage: killed_writer.py OUT FIRST [KILL_AT]; with KILL_AT it dies at that file operation of the first write.
"""

import hashlib
import itertools
import json
import os
import sys
from pathlib import Path

from vesicle.dossier.exports.folder import replace_folder

OPERATIONS = {"open", "os.mkdir", "os.rename", "os.rmdir", "os.remove", "os.listdir", "os.scandir"}


def generation(number):
    """The files of one generation; dossier.json lists the hash of every other file."""
    files = {f"data/{index}.csv": f"generation {number} file {index}\n".encode() * 400 for index in range(4)}
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    marker = {"schema": "vesicle.dossier/1", "generation": number, "files": listed}
    return {"dossier.html": b"<p>", **files, "dossier.json": json.dumps(marker).encode()}


def whole_generation(folder):
    """The number of the generation that stands whole in a folder, or None."""
    try:
        marker = json.loads((folder / "dossier.json").read_bytes())
        found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in marker["files"]}
    except (OSError, ValueError):
        return None
    return marker["generation"] if found == marker["files"] else None


def die_at(count, beside):
    """End this process without any clean-up at the n-th file operation beside the output folder."""
    left = itertools.count(count, -1)

    def hook(event, arguments):
        if event in OPERATIONS and str(arguments[0]).startswith(beside) and next(left) <= 0:
            os._exit(9)

    sys.addaudithook(hook)


if __name__ == "__main__":
    out, first = Path(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        die_at(int(sys.argv[3]), str(out.parent))
        replace_folder(out, generation(first))
        sys.exit(0)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for number in itertools.count(first):
        replace_folder(out, generation(number))
