"""Kill ``vesicle run`` at random moments, and look what is left each time.

Usage: killed_runs.py FOLDER OUT SEED TIMES. Prints one JSON line per kill. The runs are forked from one
process, so that the time goes into runs and not into starting Python.
"""

import contextlib
import hashlib
import io
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from vesicle import spine
from vesicle.cli import main

CRATE = "ro-crate-metadata.json"


def run_command(folder, out):
    """The real command, silenced."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            main(["run", str(folder), "--out", str(out), "--json"])
        except SystemExit as ended:
            return ended.code
    raise AssertionError


def forked(work):
    child = os.fork()
    if child == 0:
        try:
            os._exit(work())
        finally:
            os._exit(99)
    return child


def is_whole(folder):
    """Whether every file stands there with the hash that the dossier's own crate lists, and no other."""
    try:
        graph = json.loads((folder / CRATE).read_bytes())["@graph"]
    except (OSError, ValueError):
        return False
    listed = {
        item["@id"]: item["sha256"] for item in graph if (folder / item["@id"]).is_file() and "sha256" in item
    }
    found = {
        p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p.name != CRATE
    }
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}
    return len(hashes) > 5 and hashes == listed


def report(out, moment, next_code):
    places = (out, out.with_name(f"{out.name}.previous"))
    return {place.name: is_whole(place) for place in places if place.exists()} | {
        "moment": moment,
        "next": next_code,
    }


def kill_any_time(folder, out, *, seconds):
    def again_and_again():
        while True:
            run_command(folder, out)

    child = forked(again_and_again)
    time.sleep(seconds)
    kill(child)


def kill_while_writing(folder, out, *, seconds):
    """Wait until the run replaces its folder, a small part of its time, and kill it then."""
    told, tell = os.pipe()
    replace = spine.replace_folder

    def tell_and_replace(*arguments):
        os.write(tell, b"!")
        return replace(*arguments)

    def once():
        spine.replace_folder = tell_and_replace
        return run_command(folder, out)

    child = forked(once)
    os.close(tell)
    os.read(told, 1)
    os.close(told)
    time.sleep(seconds)
    kill(child)


def kill(child):
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def finish(folder, out):
    _, status = os.waitpid(forked(lambda: run_command(folder, out)), 0)
    return os.waitstatus_to_exitcode(status)


def all_kills(folder, out, seed, times):
    moments = random.Random(seed)
    spine.run(folder, out=out)
    started = time.monotonic()
    finish(folder, out)
    length = time.monotonic() - started
    for number in range(times):
        if number % 2:
            moment = moments.uniform(0, 1.5 * length)
            kill_any_time(folder, out, seconds=moment)
        else:
            moment = moments.uniform(0, 0.05)
            kill_while_writing(folder, out, seconds=moment)
        left = report(out, moment, None)
        left["next"] = finish(folder, out)
        left["after"] = is_whole(out)
        left["beside"] = sorted(path.name for path in out.parent.iterdir())
        sys.stdout.write(json.dumps(left) + "\n")


if __name__ == "__main__":
    all_kills(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
