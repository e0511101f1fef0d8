"""Progress on standard error: a spinner on a terminal, plain lines elsewhere, no silence over two seconds."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from vesicle.cli.output import printable, say
from vesicle.events import Event, FileRead, FileStarted, Listener, Noticed, Progressed, StepStarted

HEARTBEAT_S = 1.5
"""Longest silence where no spinner turns; below the two seconds after which a program seems dead."""

_DOING = {
    "scan": "Looking at the files",
    "read": "Reading",
    "analyse": "Analysing",
    "compose": "Composing",
    "write": "Writing the dossier",
}


@dataclass(slots=True)
class Drawn:
    """What has happened so far, as far as one line can say it."""

    step: str = ""
    total: int = 0
    done: int = 0
    latest: str = ""
    waiting: dict[str, None] = field(default_factory=dict[str, None])

    def take(self, event: Event) -> str:
        """Follow an event.

        Parameters
        ----------
        event : Event
            What happened.

        Returns
        -------
        str
            A line that must stay on the screen; mostly empty.
        """
        match event:
            case StepStarted(step=step, total=total):
                self.step, self.total, self.done, self.latest = step, total, 0, ""
                self.waiting.clear()
            case FileStarted(path=path):
                self.waiting[path] = None
            case FileRead(path=path, status=status, message=message):
                self.waiting.pop(path, None)
                self.done, self.latest = self.done + 1, path
                return message if status == "unreadable" else ""
            case Progressed(what=what):
                self.done, self.latest = self.done + 1, what
            case Noticed(message=message):
                return message
            case _:
                pass
        return ""

    @property
    def opening(self) -> str:
        """What a step is about to do."""
        doing = _DOING.get(self.step, self.step.capitalize())
        return f"{doing} ({self.total})" if self.total > 1 else doing

    @property
    def line(self) -> str:
        """What is being done now, with the file or the analysis by name."""
        doing = _DOING.get(self.step, self.step.capitalize())
        count = f" {min(self.done + 1, self.total)} of {self.total}" if self.total > 1 else ""
        what = next(iter(self.waiting), self.latest)
        return f"{doing}{count}: {what}" if what else f"{doing}{count}"


@contextlib.contextmanager
def progress() -> Generator[Listener, None, None]:
    """A listener that draws on standard error while the block runs.

    Yields
    ------
    callable
        To be passed as ``listen``.
    """
    with _spinner() if sys.stderr.isatty() else heartbeat(say) as listen:
        yield listen


class Spoken:
    """Plain lines: one per step, one per thing that went wrong, and a sign of life after a silence.

    Parameters
    ----------
    write : callable
        Takes one line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._drawn, self._lock, self._is_silent = Drawn(), threading.Lock(), True

    def listen(self, event: Event) -> None:
        """Follow an event.

        Parameters
        ----------
        event : Event
            What happened.
        """
        with self._lock:
            kept = self._drawn.take(event)
            if kept or isinstance(event, StepStarted):
                self._is_silent = False
                self._write(kept or self._drawn.opening)

    def beat(self) -> None:
        """A sign of life, unless something was said since the last beat."""
        with self._lock:
            if self._is_silent:
                self._write(f"{self._drawn.line or 'Starting'} ...")
            self._is_silent = True


@contextlib.contextmanager
def heartbeat(
    write: Callable[[str], None], *, every_s: float = HEARTBEAT_S
) -> Generator[Listener, None, None]:
    """Plain lines, with a sign of life from a thread of its own.

    Parameters
    ----------
    write : callable
        Takes one line.
    every_s : float, optional
        Longest silence in seconds.

    Yields
    ------
    callable
        To be passed as ``listen``.
    """
    spoken, ended = Spoken(write), threading.Event()

    def beat() -> None:
        while not ended.wait(every_s):
            spoken.beat()

    thread = threading.Thread(target=beat, daemon=True, name="heartbeat")
    thread.start()
    try:
        yield spoken.listen
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def _spinner() -> Generator[Listener, None, None]:
    from rich.console import Console
    from rich.text import Text

    console, drawn = Console(stderr=True), Drawn()
    with console.status(Text("Starting")) as status:

        def listen(event: Event) -> None:
            kept = drawn.take(event)
            if kept:
                console.print(Text(printable(kept)))
            status.update(Text(printable(drawn.line), overflow="ellipsis", no_wrap=True))

        yield listen
