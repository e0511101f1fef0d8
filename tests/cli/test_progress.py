"""Progress: a sign of life at least every two seconds, and the name of what takes so long."""

import io
import sys
import threading

import pytest

from vesicle.cli import progress as drawing
from vesicle.cli.progress import HEARTBEAT_S, Drawn, Spoken, heartbeat, progress
from vesicle.events import FileRead, FileStarted, Noticed, Progressed, StepDone, StepStarted


def drawn_after(*events):
    drawn = Drawn()
    kept = [drawn.take(event) for event in events]
    return drawn, [line for line in kept if line]


def test_the_line_names_the_file_that_is_being_read_not_the_one_that_is_done():
    drawn, _ = drawn_after(
        StepStarted(step="read", total=3),
        FileStarted(path="a.txt"),
        FileRead(path="a.txt", status="ok"),
        FileStarted(path="b.txt"),
    )
    assert drawn.line == "Reading 2 of 3: b.txt"


def test_with_many_files_at_once_the_one_that_waits_longest_is_named():
    started = [FileStarted(path=name) for name in "abc"]
    drawn, _ = drawn_after(StepStarted(step="read", total=3), *started, FileRead(path="b", status="ok"))
    assert drawn.line == "Reading 2 of 3: a"


def test_a_step_without_files_names_its_latest_work():
    drawn, _ = drawn_after(StepStarted(step="analyse", total=9), Progressed(step="analyse", what="C01"))
    assert drawn.line == "Analysing 2 of 9: C01"
    drawn, _ = drawn_after(StepStarted(step="write", total=1))
    assert drawn.line == "Writing the dossier"


def test_only_trouble_and_notices_stay_on_the_screen():
    _, kept = drawn_after(
        Noticed(code="repaired", message="Repaired."),
        FileRead(path="a", status="unreadable", message="a: broken"),
        FileRead(path="b", status="ok", message="fine"),
        StepDone(step="read", seconds=1.0),
    )
    assert kept == ["Repaired.", "a: broken"]


def test_a_silence_is_broken_by_the_name_of_the_file_and_what_was_said_counts():
    lines = []
    spoken = Spoken(lines.append)
    spoken.listen(StepStarted(step="read", total=2))
    spoken.listen(FileStarted(path="large.csv"))
    assert lines == ["Reading (2)"]
    spoken.beat()
    assert lines == ["Reading (2)"], "something was said since the last beat"
    spoken.beat()
    spoken.beat()
    assert lines[1:] == ["Reading 1 of 2: large.csv ..."] * 2


def test_before_anything_is_known_the_beat_says_that_it_starts():
    lines = []
    Spoken(lines.append).beat()
    assert lines == ["Starting ..."]


def test_the_heart_goes_on_beating_by_itself_at_least_every_two_seconds():
    """However late the thread comes under load, it comes; nothing here depends on when."""
    assert HEARTBEAT_S < 2
    beats, wanted = threading.Semaphore(0), 3
    with heartbeat(lambda _line: beats.release(), every_s=0.001):
        assert all(beats.acquire(timeout=120) for _ in range(wanted))


def test_the_heart_stops_with_the_block_even_after_an_error():
    before = threading.active_count()
    with pytest.raises(KeyError), heartbeat(lambda _line: None, every_s=10):
        raise KeyError
    assert threading.active_count() == before


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_spinner_turns_and_trouble_stays(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as listen:
        listen(StepStarted(step="read", total=2))
        listen(FileStarted(path="[red]a\x1b[2J.csv"))
        listen(Noticed(code="repaired", message="Repaired [bold]it."))
    shown = screen.getvalue()
    assert "Repaired [bold]it." in shown
    assert "\x1b[2J" not in shown


def test_elsewhere_plain_lines_are_written(capsys):
    with drawing.progress() as listen:
        listen(StepStarted(step="scan", total=0))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Looking at the files\n")
